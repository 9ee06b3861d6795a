/**
 * Predict first: the scene's question stands under the headline. It is answered by one of the answers, of a neuron also by
 * a tap on the gradient's chart, and only then is drawn what gives it away. Play reveals it, too.
 */
import { t } from "../i18n.js";
import { summit } from "../neuron.js";
import { fix, num } from "../numbers.js";
import { panelOf } from "../pair.js";
import { element } from "./element.js";

/** The question in `box`; `on.redraw()` hears that more may be shown, `on.play()` that a scene is to be played. */
export function createQuestion(box, on) {
  const question = { box, scene: null, open: false, tapped: null, chosen: null };
  const close = (change) => {
    Object.assign(question, { open: false, ...change });
    show(question, api);
    if (change && question.scene.step === 0) on.play();
    on.redraw();
  };
  const api = {
    /** Ask what a scene asks; nothing without one. */
    ask(scene) {
      Object.assign(question, { scene: scene?.question ? scene : null, open: Boolean(scene?.question), tapped: null, chosen: null });
      show(question, api);
      on.redraw();
    },
    pending: () => question.open,
    guess: () => question.tapped,
    tapped: (output) => close({ tapped: output }),
    choose: (index) => close({ chosen: index }),
    /** Show the answer without a guess. */
    reveal: () => question.open && close(),
  };
  return api;
}

function show(question, api) {
  const { box, scene, open } = question;
  box.hidden = !scene || (!open && question.tapped === null && question.chosen === null);
  if (box.hidden) return;
  if (open) {
    box.replaceChildren(
      element("p", { class: "q" }, scene.question, " ", panelOf(scene) === "neuron" ? t("Tap the chart, or:") : ""),
      element(
        "div",
        { class: "answers" },
        ...scene.choices.map((choice, index) =>
          element("button", { class: "button", type: "button", onclick: () => api.choose(index) }, choice),
        ),
      ),
    );
    return;
  }
  box.replaceChildren(element("p", { class: "verdict", role: "status" }, verdict(question)));
}

function verdict({ scene, tapped, chosen }) {
  if (panelOf(scene) !== "neuron") return `${chosen === scene.answer ? t("Right.") : t("Not quite.")} ${scene.lesson}`;
  const { target } = scene.spec.runs[0].problem;
  const top = summit(target);
  const truth = t("It is largest at {a}, where it is {size}, and 0 at 0 and at 1.", {
    a: target === 0 ? "2/3" : fix(top.a, 2),
    size: num(top.size, 3),
  });
  if (tapped !== null) {
    const off = Math.abs(tapped - top.a);
    return `${off < 0.05 ? t("Right on: you tapped {a}.", { a: fix(tapped, 2) }) : t("You tapped {a}.", { a: fix(tapped, 2) })} ${truth}`;
  }
  return `${chosen === scene.answer ? t("Right.") : t("Not quite.")} ${truth}`;
}
