/**
 * Predict first: the scene's question stands in the empty corner of the gradient's chart. It is answered by a tap on the
 * chart or by one of the answers, and only then the curve that gives it away is drawn. Play reveals it, too.
 */
import { t } from "../i18n.js";
import { summit } from "../neuron.js";
import { fix, num } from "../numbers.js";
import { kindOf } from "../pair.js";
import { element } from "./element.js";

/** The question over one of `hosts`, by the kind of model; `on.redraw()` hears that more may be shown. */
export function createQuestion(hosts, on) {
  const box = element("div", { class: "question", hidden: true });
  const question = { box, hosts, scene: null, open: false, tapped: null, chosen: null };
  const api = {
    /** Ask what a scene asks; nothing without one. */
    ask(scene) {
      Object.assign(question, { scene: scene?.question ? scene : null, open: Boolean(scene?.question), tapped: null, chosen: null });
      show(question, api);
      on.redraw();
    },
    pending: () => question.open,
    guess: () => question.tapped,
    tapped(output) {
      Object.assign(question, { open: false, tapped: output });
      show(question, api);
      on.redraw();
    },
    choose(index) {
      Object.assign(question, { open: false, chosen: index });
      show(question, api);
      on.redraw();
    },
    /** Show the answer without a guess. */
    reveal() {
      if (!question.open) return;
      question.open = false;
      show(question, api);
    },
  };
  return api;
}

function show(question, api) {
  const { box, scene, open } = question;
  box.hidden = !scene || (!open && question.tapped === null && question.chosen === null);
  if (box.hidden) return;
  const kind = kindOf(scene.spec);
  question.hosts[kind].append(box);
  if (open) {
    box.replaceChildren(element("p", { class: "q" }, scene.question, " ", kind === "neuron" ? t("Tap the chart, or:") : ""), element("div", { class: "answers" },
      ...scene.choices.map((choice, index) => element("button", { class: "button", type: "button", onclick: () => api.choose(index) }, choice))));
    return;
  }
  box.replaceChildren(element("p", { class: "verdict", role: "status" }, verdict(question)));
}

function verdict({ scene, tapped, chosen }) {
  if (kindOf(scene.spec) !== "neuron") return `${chosen === scene.answer ? t("Right.") : t("Not quite.")} ${scene.lesson}`;
  const { target } = scene.spec.runs[0].problem;
  const top = summit(target);
  const truth = t("It is largest at {a}, where it is {size}, and 0 at 0 and at 1.", { a: target === 0 ? "2/3" : fix(top.a, 2), size: num(top.size, 3) });
  if (tapped !== null) {
    const off = Math.abs(tapped - top.a);
    return `${off < 0.05 ? t("Right on: you tapped {a}.", { a: fix(tapped, 2) }) : t("You tapped {a}.", { a: fix(tapped, 2) })} ${truth}`;
  }
  return `${chosen === scene.answer ? t("Right.") : t("Not quite.")} ${truth}`;
}
