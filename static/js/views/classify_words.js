/** The words of the Classify page: its live sentence, verdicts, and what is wrong with data and how to cure it. */
import { parts } from "../describe.js";
import { t } from "../i18n.js";
import { fix, num, superscript } from "../numbers.js";
import { staysAbove } from "../learning.js";
import { cell, rowAt } from "../trajectory.js";
import { element } from "./element.js";

/** An accuracy in words: 81 %. Rounded down, so that 100 % means all. */
export function percent(share) {
  return `${Math.floor(share * 100 + 1e-9)}\u00a0%`;
}

/** 10 to an exponent that a number may be too small to hold: 1.63 × 10⁻³⁰. */
export function powerOfTen(exponent) {
  if (exponent > -4) return num(10 ** exponent, 3);
  const whole = Math.floor(exponent);
  return `${fix(10 ** (exponent - whole), 2)} × 10${superscript(whole)}`;
}

/** The live sentence about the run on the map, in `place`. */
export function headline(place, shown) {
  const text = sentence(shown);
  const key = JSON.stringify(text);
  if (place.dataset.key === key) return;
  place.dataset.key = key;
  place.replaceChildren(...text.map(({ slot, text: words }) => (slot === "share" || slot === "loss" ? element("b", {}, words) : words)));
}

function sentence({ trajectory, step, name, several, decay }) {
  const row = rowAt(trajectory, step);
  const read = (column) => cell(trajectory, column, row);
  const held = read("held_out_accuracy");
  const values = { steps: row, share: percent(read("accuracy")), loss: num(read("loss"), 3), held: percent(held), who: name };
  const { state, code } = trajectory.status;
  if (step > row || (step === row && state !== "running" && state !== "finished"))
    return ended(state, code, { ...values, steps: trajectory.status.step ?? row });
  if (row === 0 && read("accuracy") < 0.3)
    return parts("These weights put only {share} of the points on the right side; the loss is {loss}.", values);
  if (row === 0) return parts("At the start {share} of the points are on the right side; the loss is {loss}.", values);
  if (Number.isFinite(held))
    return parts("After {steps} steps {share} of the points it learns from are right, and {held} of those held out.", values);
  if (read("accuracy") === 1 && !decay)
    return parts("After {steps} steps all points are on the right side; the loss is {loss}, and the weights keep growing.", values);
  if (row === 1) return parts("After 1 step {share} of the points are on the right side; the loss is {loss}.", values);
  if (several) return parts("After {steps} steps {who} has {share} of the points on the right side; the loss is {loss}.", values);
  return parts("After {steps} steps {share} of the points are on the right side; the loss is {loss}.", values);
}

function ended(state, code, values) {
  if (state === "diverged") return parts("It diverged after step {steps}: the learning rate is too large here.", values);
  if (code === "singular_hessian")
    return parts(
      "{who} refuses at step {steps}: the Hessian is singular, because one vector can be added to all classes. Weight decay cures it.",
      values,
    );
  if (code === "indefinite_hessian") return parts("{who} refuses at step {steps}: the curvature is not positive there.", values);
  if (code === "rule_undefined")
    return parts("{who} stopped after step {steps}: its rule has no next step there, as when it divides by zero.", values);
  if (state === "stopped")
    return parts("{who} stopped after step {steps}: it found no way further down. {share} of the points are right.", values);
  return parts("After {steps} steps {share} of the points are on the right side; the loss is {loss}.", values);
}

/** What became of a prediction. */
export function verdict(scene, choice, trajectory) {
  const truth = facts(scene, trajectory);
  return `${choice === scene.answer ? t("Right.") : t("Not quite.")} ${truth}`;
}

function facts(scene, trajectory) {
  const goal = scene.view.goal;
  if (goal) {
    const at = staysAbove(trajectory.columns.get("accuracy") ?? [], trajectory.count, goal);
    if (at > 0) return t("From step {step} on at least {share} are right.", { step: at, share: percent(goal) });
  }
  return scene.lesson;
}

/** The mark over the slider: from where on nine of ten are right. */
export function marks(trajectory, goal = 0.9) {
  const accuracy = trajectory.columns.get("accuracy") ?? [];
  const step = staysAbove(accuracy, trajectory.count, goal);
  return step > 0 ? [{ step, label: t("{share} right", { share: percent(goal) }), colour: "var(--ink-2)" }] : [];
}

const REFUSALS = {
  one_class: () => t("All points are of one class: there is nothing to tell apart. Draw points of another class."),
  empty: () => t("There are no points yet. Choose a class and click on the map, or paste points."),
  two_classes: () => t("Logistic regression tells two classes apart. Choose softmax for more."),
  labels_do_not_fit: () => t("These labels overlap: this model takes one class per point. Choose one against the rest, or softmax."),
  no_class: () => t("Softmax needs a class for every point. Give it one, or choose one against the rest."),
  too_many: ({ most }) => t("At most {most} are possible. Leave some out.", { most }),
  too_large: () => t("This is too much to send at once. Take fewer steps, layers or units."),
  not_finite: () => t("A number is missing or not finite. Correct that point or delete it."),
};

/** A refusal of the engine as a sentence with its cure. */
export function refusal(problem) {
  const error = problem.errors?.[0];
  return REFUSALS[error?.code]?.(error.values ?? {}) ?? (error ? `${error.field}: ${error.message}` : (problem.detail ?? problem.title));
}

/** What to do about points that nothing can be learnt from. */
export function cure(code) {
  return REFUSALS[code]();
}

/** A note about awkward data: what it is, and whether standardising cures it. */
export function note({ code, values }) {
  if (code === "equal_points") return { text: t("All points are equal: no model can tell them apart. Move some of them."), cure: false };
  if (code === "huge_scale")
    return { text: t("Inputs as large as {size} need a tiny learning rate.", { size: num(values.size, 2) }), cure: true };
  return { text: t("One input spreads {ratio} times as far as another.", { ratio: fix(values.ratio, 0) }), cure: true };
}

const LINES = {
  cells: (text) => t("has {text} values instead of three: x, y and a class.", { text }),
  number: (text) => t("“{text}” is not a finite number: correct it, or leave the line out.", { text }),
  class: () => t("has no class after x and y."),
  classes: (text) => t("“{text}” would be a sixth class; five are possible.", { text }),
  many: (text) => t("is one too many: {text} points are possible.", { text }),
  empty: () => t("There are no points: write x, y and a class on each line, such as 1.5, -0.3, A."),
};

/** What is wrong with pasted text, naming the line. */
export function pasteProblem({ line, code, text }) {
  return code === "empty" ? LINES.empty() : t("Line {line}: {what}", { line, what: LINES[code](text) });
}
