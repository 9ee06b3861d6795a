/**
 * Editing a spec: each function takes a spec and gives the next one, leaving the first as it was. The server checks and
 * completes what they make; addresses are written by it alone.
 */

const runsOf = (spec, change) => spec.runs.map((run, index) => change(run, index));

/** Another function to descend: the start, the changes made on the way and what belonged to the old one go. */
export function withProblem(spec, problem, start) {
  const { start: _start, changes: _changes, ...rest } = spec;
  const runs = runsOf(rest, ({ problem: _own, start: _ownStart, ...run }) => run);
  return { ...rest, problem, runs, ...(start ? { start: [...start] } : {}) };
}

/** Other points for the fitted model of every run; changes made on the way belonged to the old path. */
export function withDataset(spec, dataset) {
  const { changes: _changes, ...rest } = spec;
  const fitted = (owner) => (owner.problem ? { ...owner, problem: { ...owner.problem, dataset } } : owner);
  return { ...fitted(rest), runs: runsOf(rest, fitted) };
}

/** Another start for every run; changes made on the way belonged to the old path. */
export function withStart(spec, start) {
  const { changes: _changes, ...rest } = spec;
  return { ...rest, start: [...start], runs: runsOf(rest, ({ start: _own, ...run }) => run) };
}

/** Another number of steps; changes after it go. */
export function withSteps(spec, steps) {
  return { ...spec, steps, runs: runsOf(spec, ({ steps: _own, ...run }) => run),
    changes: (spec.changes ?? []).filter((change) => change.after < steps) };
}

/** Another seed for every run. */
export function withSeed(spec, seed) {
  return { ...spec, seed, runs: runsOf(spec, ({ seed: _own, ...run }) => run) };
}

/** Noise on each gradient component, for a surface or a formula. */
export function withNoise(spec, noise) {
  return { ...spec, problem: { ...spec.problem, noise } };
}

/** A run's setting from the start on; its changes of that setting on the way go. */
export function withSetting(spec, index, name, value) {
  const runs = runsOf(spec, (run, i) => (i === index ? { ...run, settings: { ...run.settings, [name]: value } } : run));
  const changes = [];
  for (const change of spec.changes ?? []) {
    if (change.run !== index || !(name in change.settings)) {
      changes.push(change);
      continue;
    }
    const { [name]: _gone, ...settings } = change.settings;
    if (Object.keys(settings).length) changes.push({ ...change, settings });
  }
  return { ...spec, runs, changes };
}

/** A run's setting changed in mid-run: row `after` is the last that the old value made. Later changes of the run go. */
export function withChange(spec, index, after, settings) {
  const kept = (spec.changes ?? []).filter((change) => change.run !== index || change.after < after);
  const same = (spec.changes ?? []).find((change) => change.run === index && change.after === after);
  const change = { run: index, after, settings: { ...same?.settings, ...settings } };
  return { ...spec, changes: [...kept, change].sort((a, b) => a.after - b.after || a.run - b.run) };
}

/** One more run. */
export function addRun(spec, run) {
  return { ...spec, runs: [...spec.runs, run] };
}

/** A run less; the others' changes keep pointing at them. */
export function removeRun(spec, index) {
  const changes = (spec.changes ?? []).filter((change) => change.run !== index);
  return {
    ...spec, runs: spec.runs.filter((_, i) => i !== index),
    changes: changes.map((change) => ({ ...change, run: change.run > index ? change.run - 1 : change.run })),
  };
}

/** The same run once more, behind it. */
export function duplicateRun(spec, index) {
  const shifted = (spec.changes ?? []).map((c) => ({ ...c, run: c.run > index ? c.run + 1 : c.run }));
  const copies = (spec.changes ?? []).filter((c) => c.run === index).map((c) => ({ ...c, run: index + 1 }));
  const runs = [...spec.runs.slice(0, index + 1), structuredClone(spec.runs[index]), ...spec.runs.slice(index + 1)];
  return { ...spec, runs, changes: [...shifted, ...copies] };
}

/** A run with another schedule; null for a constant rate. */
export function withSchedule(spec, index, schedule) {
  return { ...spec, runs: runsOf(spec, (run, i) => {
    if (i !== index) return run;
    const { schedule: _old, ...rest } = run;
    return schedule ? { ...rest, schedule } : rest;
  }) };
}

/** A run with another rule text and its settings; changes made on the way, and a schedule without a rate, go with the old ones. */
export function withRule(spec, index, rule, settings) {
  const changes = (spec.changes ?? []).filter((change) => change.run !== index);
  return { ...spec, changes, runs: runsOf(spec, (run, i) => {
    if (i !== index) return run;
    const { schedule, ...rest } = run;
    return { ...rest, ...(schedule && "lr" in settings ? { schedule } : {}), rule, settings };
  }) };
}

/**
 * The settings of a typed rule, one name nearer to what it reads: the service names one that is missing, or one too many.
 * Null when what it says is about something else.
 */
export function ruleSettings(settings, problem, defaultOf) {
  const error = (problem?.errors ?? []).find(
    ({ field, code }) => /\.settings\.\w+$/.test(field) && (code === "missing" || code === "unknown"),
  );
  if (!error) return null;
  const name = error.field.slice(error.field.lastIndexOf(".") + 1);
  if (error.code === "missing") return { ...settings, [name]: defaultOf(name) };
  const { [name]: _gone, ...rest } = settings;
  return rest;
}

/** The same learning rate for all. */
export function withSameRate(spec, rate) {
  return spec.runs.reduce(
    (next, run, index) => ("lr" in (run.settings ?? {}) ? withSetting(next, index, "lr", rate) : next),
    spec,
  );
}

/** The setting's value that makes the step after row `step`. */
export function settingAt(spec, index, name, step) {
  let value = spec.runs[index]?.settings?.[name];
  for (const change of spec.changes ?? []) {
    if (change.run === index && change.after <= step && name in change.settings) value = change.settings[name];
  }
  return value;
}

/** A run's own start, else the shared one. */
export function startOf(spec, index) {
  return spec.runs[index]?.start ?? spec.start;
}

/** A run's own problem, else the shared one. */
export function problemOf(spec, index) {
  return spec.runs[index]?.problem ?? spec.problem;
}

/** Where a change begins to matter: the first row that differs between two specs; 0 when all may. */
export function firstDifference(before, after) {
  const bare = ({ changes: _changes, ...rest }) => JSON.stringify(rest);
  if (!before || bare(before) !== bare(after)) return 0;
  const key = (change) => JSON.stringify([change.run, change.after, change.settings]);
  const old = new Set((before.changes ?? []).map(key));
  const now = new Set((after.changes ?? []).map(key));
  const differing = [...(before.changes ?? []), ...(after.changes ?? [])].filter(
    (c) => old.has(key(c)) !== now.has(key(c)),
  );
  return differing.length ? Math.min(...differing.map((change) => change.after)) + 1 : Infinity;
}
