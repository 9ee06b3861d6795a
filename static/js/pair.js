/**
 * Two neurons trained in step from one start, one by squared error and one by cross-entropy: editing their spec. Each
 * function takes a spec and gives the next one, leaving the first as it was.
 */

const LOSSES = ["mse", "ce"];

/** The run of each loss: {mse: index, ce: index}; -1 where the spec has none. */
export function places(spec) {
  const at = (loss) => spec.runs.findIndex((run) => (run.problem ?? spec.problem)?.kind === "neuron" && (run.problem ?? spec.problem).loss === loss);
  return { mse: at("mse"), ce: at("ce") };
}

/** Both runs of one neuron from whatever neurons a spec has: what is missing is made from what is there. */
export function paired(spec, fallback) {
  const at = places(spec);
  const found = LOSSES.filter((loss) => at[loss] >= 0);
  if (!found.length) return fallback;
  const runs = LOSSES.map((loss) => own(spec, spec.runs[at[loss] >= 0 ? at[loss] : at[found[0]]], loss));
  const { input, target } = runs[0].problem;
  const start = runs[0].start ?? spec.start;
  return {
    start, steps: spec.steps, seed: spec.seed ?? 0, changes: [],
    runs: runs.map(({ start: _own, ...run }) => ({ ...run, problem: { ...run.problem, input, target } })),
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

/** Another input or target for both: `fields` is {input} or {target}. */
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
