/** The head of the stage: what is shown and what it teaches, the question before Play, and the live sentence. */
import { plain, sentence } from "../describe.js";
import { t } from "../i18n.js";
import { element } from "./element.js";

const DECORATION = { solid: "solid", dot: "dotted", dash: "dashed", dashdot: "dashed", longdash: "dashed" };

/** `on`: answer(choice), skip(). */
export function createLede(on) {
  const find = (id) => document.querySelector(id);
  return {
    on,
    kicker: find("#kicker"),
    live: find("#live"),
    ask: find("#ask"),
    root: find(".lede"),
    verdict: find("#verdict"),
    key: "",
    asked: "",
  };
}

/** While a finger drags something on the stage nothing above it may move it away: the head keeps its room. */
export function holdRoom(lede, held) {
  if (Boolean(lede.root.style.minHeight) === held) return;
  lede.root.style.minHeight = held ? `${lede.root.offsetHeight}px` : "";
}

/** "Two holes: where you end depends on the way." */
export function showKicker(lede, { number, title, lesson }) {
  const key = [number, title, lesson].join("|");
  if (lede.kicker.dataset.key === key) return;
  lede.kicker.dataset.key = key;
  const colon = document.documentElement.lang.startsWith("zh") ? "：" : ": ";
  lede.kicker.replaceChildren(
    ...(number ? [element("span", { class: "d" }, t("Scene {number}", { number })), element("span", { class: "d" }, " · ")] : []),
    element("span", { class: "n" }, title), element("span", { class: "d" }, lesson ? `${colon}${lesson}` : ""),
  );
}

/** The question of a scene with its choices; null takes it away. */
export function showQuestion(lede, scene) {
  const key = scene ? scene.name : "";
  if (lede.asked === key) return;
  lede.asked = key;
  lede.ask.hidden = !scene;
  lede.live.hidden = Boolean(scene);
  if (!scene) return;
  lede.ask.replaceChildren(
    element("p", { class: "q", id: "question" }, scene.question),
    element(
      "div",
      { class: "choices", role: "group", "aria-labelledby": "question" },
      scene.choices.map((choice, index) =>
        element("button", { class: "button", type: "button", onclick: () => lede.on.answer(index) }, choice),
      ),
    ),
  );
}

/** What became of the prediction, beside the scene's name; null takes it away. */
export function showVerdict(lede, text) {
  lede.verdict.hidden = !text;
  lede.verdict.textContent = text ?? "";
}

/** The live sentence; while it plays readers are left in peace. */
export function showSentence(lede, fact, moving, said = sentence(fact)) {
  const key = plain(said) + fact.colour;
  const politeness = moving ? "off" : "polite";
  if (lede.live.getAttribute("aria-live") !== politeness) lede.live.setAttribute("aria-live", politeness);
  if (lede.key === key) return;
  lede.key = key;
  lede.live.replaceChildren(...said.map((part) => {
    if (part.slot === "who")
      return element(
        "span",
        { class: "who", style: { color: fact.colour, "text-decoration-style": DECORATION[fact.dashName] } },
        part.text,
      );
    if (part.slot === "loss") return element("b", {}, part.text);
    return part.slot ? element("span", { class: "num" }, part.text) : part.text;
  }));
}

