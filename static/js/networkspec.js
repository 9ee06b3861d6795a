/** Editing the spec of one small network, on one point or on a dataset: each function takes a spec and gives the next, leaving the first as it was. */

const INPUTS = [0.05, 0.1, 0.5, -0.3];
const TARGETS = [0.01, 0.99, 0.5, 0.2];
export const MOST_UNITS = 4;
export const MOST_HIDDEN = 9; // ten layers of weights

/** Outputs and losses that make sense together, as one choice each. */
export const PAIRS = [["sigmoid", "mse"], ["sigmoid", "ce"], ["softmax", "ce"], ["softmax", "mse"], ["linear", "mse"]];

/** Whether the spec's problem is a network on one point with a target for each output. */
export function isSmall(problem) {
  return (
    problem.kind === "network" && problem.dataset.points?.length === 1 && Array.isArray(problem.dataset.labels?.[0])
  );
}

/** Datasets that a small network can learn from: two inputs, two classes. */
export const DATASETS = ["moons", "xor", "circles"];

/** Whether the spec's problem is a network on a dataset, so that a pass is of one point of many. */
export function isOnData(problem) {
  return problem.kind === "network" && !isSmall(problem);
}

/** Units of each layer, inputs first. */
export function sizesOf({ hidden, dataset, output }) {
  if (dataset.points)
    return [
      dataset.points[0].length,
      ...hidden,
      Array.isArray(dataset.labels[0]) ? dataset.labels[0].length : output === "softmax" ? 2 : 1,
    ];
  return [2, ...hidden, output === "softmax" ? 2 : 1];
}

/** The same hidden layers on a dataset, or on one point again; weights are drawn anew. */
export function withData(spec, name) {
  const { problem } = spec;
  if (!name)
    return anew(spec, {
      ...problem,
      dataset: { points: [fill([], 2, INPUTS)], labels: [targets({ ...problem, dataset: { labels: [[1, 0]] } }, 2)] },
    });
  const [output, loss] =
    problem.output === "sigmoid" && problem.loss === "mse" ? ["sigmoid", "ce"] : [problem.output, problem.loss];
  return anew(spec, {
    ...problem,
    dataset: { name },
    output,
    loss,
    bias: problem.bias === "fixed" ? true : problem.bias,
  });
}

/** One parameter typed: the run begins there, with the others where they are. */
export function withParameter(spec, at, place, value) {
  return { ...spec, changes: [], start: at.map((old, index) => (index === place ? value : old)) };
}

/** Other sizes: new weights, drawn from the seed; inputs and targets that are there stay. */
export function withSizes(spec, sizes) {
  const { problem } = spec;
  if (isOnData(problem)) return anew(spec, { ...problem, hidden: sizes.slice(1, -1) });
  const outputs = sizes.at(-1);
  const points = [fill(problem.dataset.points[0], sizes[0], INPUTS)];
  const labels = [targets(problem, outputs)];
  return anew(spec, { ...problem, dataset: { points, labels }, hidden: sizes.slice(1, -1) });
}

const fill = (have, count, more) =>
  Array.from({ length: count }, (_, index) => have[index] ?? more[index % more.length]);

function targets({ dataset, output, loss }, count) {
  const have = dataset.labels[0];
  if (output !== "softmax" || loss !== "ce") return fill(have, count, TARGETS);
  return oneHot(Math.min(count - 1, Math.max(0, have.indexOf(Math.max(...have)))), count);
}

const oneHot = (place, count) => Array.from({ length: count }, (_, index) => (index === place ? 1 : 0));

/** Other fields of the network with the same weights. */
export function withNetwork(spec, fields) {
  return { ...spec, changes: [], problem: { ...spec.problem, ...fields } };
}

/** Another output with its loss; targets that the pair cannot have become a true class. */
export function withPair(spec, output, loss) {
  if (isOnData(spec.problem)) return anew(spec, { ...spec.problem, output, loss });
  const labels = spec.problem.dataset.labels[0];
  const made = { ...spec.problem, output, loss };
  const sum = labels.reduce((total, value) => total + value, 0);
  const fits = output !== "softmax" || loss !== "ce" || Math.abs(sum - 1) < 1e-6;
  const own = fits ? labels : oneHot(labels.indexOf(Math.max(...labels)), labels.length);
  return withNetwork(spec, { ...made, dataset: { ...spec.problem.dataset, labels: [own] } });
}

/** Another input. */
export function withInput(spec, place, value) {
  const points = [spec.problem.dataset.points[0].map((old, index) => (index === place ? value : old))];
  return withNetwork(spec, { dataset: { ...spec.problem.dataset, points } });
}

/** Another target; under softmax with cross-entropy the true class. */
export function withTarget(spec, place, value) {
  const have = spec.problem.dataset.labels[0];
  const classes = spec.problem.output === "softmax" && spec.problem.loss === "ce";
  const labels = [classes ? oneHot(place, have.length) : have.map((old, index) => (index === place ? value : old))];
  return withNetwork(spec, { dataset: { ...spec.problem.dataset, labels } });
}

/** New weights: the next seed's. */
export function withNewWeights(spec) {
  return anew(
    { ...spec, seed: (spec.seed ?? 0) + 1 },
    { ...spec.problem, bias: spec.problem.bias === "fixed" ? true : spec.problem.bias },
  );
}

function anew(spec, problem) {
  const { start: _start, ...rest } = spec;
  return { ...rest, changes: [], problem };
}

/** Another rule from the parameters `start`, where the old one had come to. */
export function withRule(spec, optimizer, settings, start = spec.start) {
  const { batch } = spec.runs[0];
  return { ...spec, start, changes: [], runs: [{ optimizer, settings, ...(batch ? { batch } : {}) }] };
}

/** A rule of one's own, in lines, from `start`. */
export function withOwnRule(spec, rule, settings, start = spec.start) {
  const { batch } = spec.runs[0];
  return { ...spec, start, changes: [], runs: [{ rule, settings, ...(batch ? { batch } : {}) }] };
}

/** One run of whatever a link asked for: this page follows the first. */
export function single(spec) {
  const [run] = spec.runs;
  const problem = run.problem ?? spec.problem;
  const { problem: _problem, start, seed, steps, columns: _columns, detail: _detail, ...own } = run;
  return {
    ...spec,
    problem,
    runs: [own],
    changes: (spec.changes ?? []).filter((change) => change.run === 0),
    ...(start ? { start } : {}),
    ...(seed !== undefined ? { seed } : {}),
    ...(steps ? { steps } : {}),
  };
}
