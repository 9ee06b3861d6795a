/** The words of the Losses page: its headline, and the marks over the slider. */
import { parts } from "../describe.js";
import { t } from "../i18n.js";
import { crosses } from "../neuron.js";
import { fix, num, plainNumber } from "../numbers.js";
import { kindOf, places } from "../pair.js";
import { entropy } from "../terms.js";
import { cell, ended, rowAt } from "../trajectory.js";
import { element } from "./element.js";
import { LOSSES } from "./losses_look.js";

const STUCK = 0.85; // an output this far from the target "still" stands there

/** {mse, ce}: the run of each loss as {trajectory, row, over}. */
export function runsOf({ race, spec, step }) {
  const at = places(race.spec ?? spec);
  return Object.fromEntries(LOSSES.map((loss) => {
    const trajectory = race.runs[at[loss]];
    return [loss, { trajectory, row: rowAt(trajectory, step), over: ended(trajectory) }];
  }));
}

/** The loss in a row without what weight decay adds to it: the cross-entropy alone. */
export function bareLoss({ race }, trajectory, row) {
  const decay = race.spec.runs[0].problem.weight_decay ?? 0;
  const squares = race.parameters.reduce((sum, name) => sum + cell(trajectory, name, row) ** 2, 0);
  return cell(trajectory, "loss", row) - (decay / 2) * squares;
}

/** {mse, ce}: the rows of each loss before the last change, where there are any. */
export function ghostsOf({ race }) {
  const at = places(race.spec);
  return Object.fromEntries(LOSSES.map((loss) => [loss, race.ghosts.find(({ run }) => run === at[loss])?.trajectory ?? null]));
}

/** The live sentence, in `place`: both outputs at the step shown. */
export function headline(place, shown) {
  const text = sentence(shown);
  const key = JSON.stringify(text);
  if (place.dataset.key === key) return;
  place.dataset.key = key;
  place.replaceChildren(...text.map(({ slot, text: words }) => {
    if (slot === "mse" || slot === "ce") return element("span", { class: `who ${slot}` }, words);
    return slot === "a" || slot === "b" ? element("b", {}, words) : words;
  }));
}

function sentence(shown) {
  if (shown.panel === "outputs") return parts("Every natural pair of output and loss leaves the same gradient: {a}.", { a: "a − y" });
  if (shown.panel === "terms") return termsSentence(shown);
  return kindOf(shown.race.spec) === "neuron" ? neuronSentence(shown) : dataSentence(shown);
}

/** Term by term: product and loss, or what of the loss stays and what goes. */
function termsSentence(shown) {
  const { step, race, asked } = shown;
  const { trajectory, row } = runsOf(shown).ce;
  const loss = bareLoss(shown, trajectory, row);
  const { problem } = race.spec.runs[0];
  if (problem.kind === "neuron") {
    const slots = { steps: step, a: fix(loss, 4), b: fix(loss - entropy(problem.target), 4), target: plainNumber(problem.target) };
    if (asked.pending()) return parts("The target is {target}, and cross-entropy is {a}.", slots);
    return step === 0
      ? parts("The target is {target}: cross-entropy is {a}, of which training can take away {b}.", slots)
      : parts("After {steps} steps cross-entropy is {a}; {b} of it can still go.", slots);
  }
  const count = problem.dataset.points?.length ?? problem.dataset.count;
  const slots = { steps: step, a: num(Math.exp(-loss * count), 3), b: fix(loss, 4) };
  if (step === 0) return parts("At the start the points together have the likelihood {a}, and the loss is {b}.", slots);
  return parts("After {steps} steps the likelihood is up to {a} and the loss down to {b}.", slots);
}

/** On data: where both are, and how many points they have on the right side. */
function dataSentence(shown) {
  const { step, race } = shown;
  const runs = runsOf(shown);
  const read = (loss, name) => cell(runs[loss].trajectory, name, runs[loss].row);
  const names = race.parameters;
  const place = (loss) => `(${names.map((name) => fix(read(loss, name), 2)).join(", ")})`;
  const common = { mse: t("squared error"), ce: t("cross-entropy"), steps: step };
  if (race.spec.runs[0].problem.bias === false) {
    if (step === 0) return parts("Both start from {a}.", { a: place("mse") });
    return parts("After {steps} steps {mse} is at {a}, {ce} at {b}.", { ...common, a: place("mse"), b: place("ce") });
  }
  const share = (loss) => `${fix(100 * read(loss, "accuracy"), 1)}\u00a0%`;
  if (step === 0) return parts("Both start from {a}, where every point gets probability one half.", { a: place("mse") });
  return parts("After {steps} steps {mse} has {a} of the points on the right side, {ce} {b}.", {
    ...common,
    a: share("mse"),
    b: share("ce"),
  });
}

function neuronSentence(shown) {
  const { step, race } = shown;
  const runs = runsOf(shown);
  const { target } = race.spec.runs[0].problem;
  const output = (loss) => fix(cell(runs[loss].trajectory, "output", runs[loss].row), 3);
  const common = {
    mse: t("squared error"),
    ce: t("cross-entropy"),
    a: output("mse"),
    b: output("ce"),
    steps: step,
    target: plainNumber(target),
  };
  for (const loss of LOSSES) {
    const { trajectory, over } = runs[loss];
    if (over && trajectory.status.state === "diverged" && step >= trajectory.status.step) {
      return named(
        loss,
        parts("{who} diverged after step {steps}: its learning rate is too large.", { who: common[loss], steps: trajectory.status.step }),
      );
    }
  }
  if (step === 0) return parts("Both start from the same place: output {a}, where {target} is wanted.", common);
  const far = (loss) => Math.abs(cell(runs[loss].trajectory, "output", runs[loss].row) - target);
  if (step === 1) return parts("After 1 step {mse} outputs {a}; {ce} outputs {b}.", common);
  if (far("mse") > STUCK && far("ce") < far("mse") - 0.1 && target < 0.5)
    return parts("After {steps} steps {mse} still outputs {a}; {ce} is down to {b}.", common);
  if (far("mse") > STUCK && far("ce") < far("mse") - 0.1)
    return parts("After {steps} steps {mse} still outputs {a}; {ce} is up to {b}.", common);
  return parts("After {steps} steps {mse} outputs {a}; {ce} outputs {b}.", common);
}

/** The sentence's {who} is this loss. */
const named = (loss, sentenceParts) => sentenceParts.map((part) => (part.slot === "who" ? { ...part, slot: loss } : part));

/** Where each output crosses one half, for the slider. */
export function marks(shown) {
  if (shown.panel !== "neuron" || kindOf(shown.race.spec) !== "neuron") return [];
  const runs = runsOf(shown);
  const { target } = shown.race.spec.runs[0].problem;
  const words =
    target < 0.5
      ? { mse: t("Squared error < 0.5"), ce: t("Cross-entropy < 0.5") }
      : { mse: t("Squared error > 0.5"), ce: t("Cross-entropy > 0.5") };
  return LOSSES.flatMap((loss) => {
    const { trajectory } = runs[loss];
    const step = crosses(trajectory.columns.get("output") ?? [], trajectory.count, target);
    return step < 0 ? [] : [{ step, label: words[loss], colour: `var(--c-${loss})` }];
  });
}
