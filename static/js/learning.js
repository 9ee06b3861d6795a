/**
 * Editing a spec of models on data. Each function takes a spec and gives the next one, leaving the first as it was. Every
 * run keeps its own problem, so that two models can learn from the same points.
 */

import { problemOf } from "./settings.js";

const LINEAR = ["softmax", "logistic", "one_vs_rest"];
const TURN = (2 * Math.PI) / 3;
const WRONG = 1.5;

/** Features that the page offers, as formulas of the inputs. */
export const FEATURES = { plain: null, squares: ["x", "y", "x**2", "y**2"] };

/** Where a run starts; null where the spec leaves it to the model. */
export function startAt(spec, index) {
  return spec.runs[index]?.start ?? (spec.runs[index]?.problem ? null : spec.start) ?? null;
}

/** Whether a page of classifiers can show a spec. */
export function classifies(spec) {
  return spec.runs.every((_, index) => [...LINEAR, "network"].includes(problemOf(spec, index)?.kind));
}

/** The spec that a file holds; null where it is none that a page of classifiers can show. */
export function parseSpec(text) {
  try {
    const spec = JSON.parse(text);
    const whole = Array.isArray(spec.runs) && spec.runs.length > 0 && Number.isInteger(spec.steps);
    return whole && classifies(spec) && spec.runs.every((_, index) => problemOf(spec, index).dataset) ? spec : null;
  } catch {
    return null;
  }
}

/** Every problem changed; starts that no longer fit go with the changes made on the way. `keep` keeps the starts. */
export function withProblems(spec, change, keep = false) {
  const { start, changes: _changes, ...rest } = spec;
  const runs = spec.runs.map((run) => {
    const { problem, start: own, ...others } = run;
    return { ...others, ...(problem ? { problem: change(problem) } : {}), ...(keep && own ? { start: own } : {}) };
  });
  const shared = spec.problem ? { problem: change(spec.problem) } : {};
  return { ...rest, ...shared, ...(keep && start ? { start } : {}), runs };
}

/** Another dataset for every run; `keep` when it has the same classes and features. */
export function withDataset(spec, dataset, keep) {
  return withProblems(spec, (problem) => ({ ...problem, dataset }), keep);
}

/** One run of another kind of model, on the same data. What the kinds share stays. */
export function withModel(spec, index, kind, { classes, sets }) {
  const { dataset, weight_decay: decay, loss, features } = problemOf(spec, index);
  const problem = {
    kind,
    dataset: fitting(dataset, kind, classes),
    loss,
    weight_decay: decay,
    ...(features ? { features } : {}),
  };
  if (kind === "network")
    Object.assign(problem, {
      hidden: [8, 8],
      activation: "tanh",
      init: "xavier",
      output: classes > 2 && !sets ? "softmax" : "sigmoid",
      bias: true,
    });
  const { problem: _own, start: _start, ...run } = spec.runs[index];
  const { start: _shared, changes: _changes, ...rest } = spec;
  return { ...rest, problem, runs: [run] };
}

/** Logistic regression tells two classes apart: of a named dataset with a choice it takes two. */
function fitting(dataset, kind, classes) {
  return kind === "logistic" && classes > 2 && "classes" in dataset && !dataset.points
    ? { ...dataset, classes: 2 }
    : dataset;
}

/** The first run alone. */
export function alone(spec, index) {
  const problem = problemOf(spec, index);
  const start = startAt(spec, index);
  const { problem: _own, start: _start, ...run } = spec.runs[index];
  const { changes: _changes, start: _shared, ...rest } = spec;
  return { ...rest, problem, ...(start ? { start } : {}), runs: [run] };
}

/** One run's model twice, once with each loss. */
export function withBothLosses(spec, index) {
  const problem = problemOf(spec, index);
  const start = startAt(spec, index);
  const { problem: _own, start: _start, ...run } = spec.runs[index];
  const { changes: _changes, start: _shared, problem: _problem, ...rest } = spec;
  return {
    ...rest,
    runs: ["ce", "mse"].map((loss) => ({ ...run, problem: { ...problem, loss }, ...(start ? { start } : {}) })),
  };
}

/** A learning rate for a run. */
export function withRate(spec, index, lr) {
  const { changes: _changes, ...rest } = spec;
  return {
    ...rest,
    runs: spec.runs.map((run, i) => (i === index ? { ...run, settings: { ...run.settings, lr } } : run)),
  };
}

/** Another optimizer for a run, with its own settings; its rate stays where both have one. */
export function withOptimizer(spec, index, optimizer, settings) {
  const { changes: _changes, ...rest } = spec;
  const known = Object.fromEntries(settings.map((setting) => [setting.name, setting.default]));
  const runs = spec.runs.map((run, i) => {
    if (i !== index) return run;
    const lr = run.settings?.lr;
    return { ...run, optimizer, settings: { ...known, ...("lr" in known && lr > 0 && known.lr !== 1 ? { lr } : {}) } };
  });
  return { ...rest, runs };
}

/** Another start for every run; null leaves it to the models. */
export function withStart(spec, start) {
  const { start: _start, changes: _changes, ...rest } = spec;
  return { ...rest, ...(start ? { start } : {}), runs: spec.runs.map(({ start: _own, ...run }) => run) };
}

/** Weights 1.5 times each class's direction, turned by 120°, biases 0: everything is wrong at first. */
export function turnedStart(kind, classes, features, bias = true) {
  const outputs = kind === "logistic" ? [1] : Array.from({ length: classes }, (_, k) => k);
  const weights = outputs.flatMap((k) => {
    const angle = (2 * Math.PI * k) / classes + TURN;
    return Array.from({ length: features }, (_, f) =>
      f < 2 ? rounded(WRONG * (f ? Math.sin(angle) : Math.cos(angle))) : 0,
    );
  });
  return [...weights, ...(bias ? outputs.map(() => 0) : [])];
}

const rounded = (v) => Number(v.toFixed(6));

/** Which of the page's starts a spec has: "turned", "zero", or null for another. */
export function startName(spec, index, model) {
  const start = startAt(spec, index);
  if (!LINEAR.includes(problemOf(spec, index).kind)) return null;
  if (!start || start.every((v) => v === 0)) return "zero";
  const turned = turnedStart(problemOf(spec, index).kind, model.classes, model.features.length, model.layers.bias);
  return turned.length === start.length && turned.every((v, i) => Math.abs(v - start[i]) < 1e-4) ? "turned" : null;
}

/** The name of the features that a dataset has. */
export function featuresName(dataset) {
  return (
    Object.keys(FEATURES).find(
      (name) => JSON.stringify(FEATURES[name] ?? undefined) === JSON.stringify(dataset.features),
    ) ?? null
  );
}

/** A dataset with other features. */
export function withFeatures(dataset, name) {
  const { features: _features, ...rest } = dataset;
  return FEATURES[name] ? { ...rest, features: FEATURES[name] } : rest;
}

/** The first row of a column from which on it stays at or above a goal; -1 when there is none. */
export function staysAbove(values, count, goal) {
  let row = count;
  while (row > 0 && values[row - 1] >= goal) row -= 1;
  return row < count ? row : -1;
}

/**
 * Two-class softmax beside logistic regression, row by row: the softmax's difference of rows, the logistic weights, and
 * how far apart they have ever been up to `row`. Columns are {name: values}.
 */
export function twins(softmax, logistic, row) {
  const names = [...logistic.keys()].filter((name) => name.startsWith("w_") || name === "b");
  const of = (name) => (name === "b" ? ["b_1", "b_0"] : [`w_1_${name.slice(2)}`, `w_0_${name.slice(2)}`]);
  let apart = 0;
  const table = names.map((name) => {
    const [one, zero] = of(name).map((other) => softmax.get(other));
    const own = logistic.get(name);
    for (let i = 0; i <= row; i += 1) apart = Math.max(apart, Math.abs(one[i] - zero[i] - own[i]));
    return { name, softmax: one[row] - zero[row], logistic: own[row] };
  });
  return { table, apart };
}
