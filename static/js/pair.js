/**
 * A neuron, or a logistic model on data, trained twice in step from one start, by squared error and by cross-entropy:
 * editing its spec. Each function takes a spec and gives the next one, leaving the first as it was.
 */

const LOSSES = ["mse", "ce"];
const KINDS = ["neuron", "logistic"];

/** The run of each loss: {mse: index, ce: index}; -1 where the spec has none. */
export function places(spec) {
  const at = (loss) => spec.runs.findIndex((run) => {
    const problem = run.problem ?? spec.problem;
    return KINDS.includes(problem?.kind) && problem.loss === loss;
  });
  return { mse: at("mse"), ce: at("ce") };
}

/** "neuron" or "logistic". */
export function kindOf(spec) {
  return (spec.runs[0].problem ?? spec.problem).kind;
}

/** What a scene is shown in: its own panel, or that of its kind of model. */
export function panelOf(scene) {
  return scene.view.panel ?? kindOf(scene.spec);
}

/** Both runs of one problem from whatever a spec has of it: what is missing is made from what is there. */
export function paired(spec, fallback) {
  const at = places(spec);
  const found = LOSSES.filter((loss) => at[loss] >= 0);
  if (!found.length) return fallback;
  const runs = LOSSES.map((loss) => own(spec, spec.runs[at[loss] >= 0 ? at[loss] : at[found[0]]], loss));
  const { loss: _loss, ...same } = runs[0].problem;
  const start = runs[0].start ?? spec.start;
  return {
    start, steps: spec.steps, seed: spec.seed ?? 0, changes: [],
    runs: runs.map(({ start: _own, ...run }) => ({ ...run, problem: { ...same, loss: run.problem.loss } })),
  };
}

function own(spec, run, loss) {
  const { problem, ...rest } = run;
  return { ...rest, problem: { ...(problem ?? spec.problem), loss } };
}

const each = (spec, change) => ({ ...spec, changes: [], runs: spec.runs.map(change) });

/** Another start for both. */
export function withPairStart(spec, start) {
  return { ...each(spec, (run) => run), start: [...start] };
}

/** Another input, target or dataset for both: `fields` is {input}, {target} or {dataset}. */
export function withFields(spec, fields) {
  return each(spec, (run) => ({ ...run, problem: { ...run.problem, ...fields } }));
}

/** A learning rate, for one loss or, without one, for both. */
export function withRate(spec, lr, loss = null) {
  return each(spec, (run) => (loss && run.problem.loss !== loss ? run : { ...run, settings: { ...run.settings, lr } }));
}

/** Another optimizer for both, with its own settings and each run's rate. */
export function withOptimizer(spec, optimizer, rate = null) {
  return each(spec, (run) => ({ problem: run.problem, optimizer, settings: { lr: rate ?? run.settings.lr } }));
}

/** The rate of a loss. */
export function rateOf(spec, loss) {
  return spec.runs[places(spec)[loss]].settings.lr;
}
