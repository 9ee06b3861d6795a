/**
 * Walks with batches of any size on one problem: editing their spec, and who is who. Each edit takes a spec and gives the
 * next one, leaving the first as it was.
 */
import { removeRun } from "./settings.js";

const DASH_ORDER = ["solid", "dash", "dot", "dashdot", "longdash"];
const SYMBOL_ORDER = ["circle", "diamond", "square", "triangle-up", "triangle-down"];
const MOST_STEPS = 10_000;
const LONGER = 10; // small batches are cheap: their walks go on for up to so many times the updates
const LINES = ["line", "outliers"]; // datasets of one input
export const MOST_WALKS = 6;

const each = (spec, change) => ({ ...spec, changes: [], runs: spec.runs.map(change) });
const at = (spec, index, change) => each(spec, (run, i) => (i === index ? change(run) : run));

/** A run's batch, else the shared one, else all points. */
export function batchOf(spec, index) {
  return spec.runs[index].batch ?? spec.batch ?? { mode: "full" };
}

/** How many points an update sees. */
export function sizeOf(batch, count) {
  return batch.mode === "full" ? count : batch.mode === "stochastic" ? 1 : Math.min(batch.size, count);
}

/** "stochastic", "mini" or "full". */
export function kindOf(batch, count) {
  const size = sizeOf(batch, count);
  return size >= count ? "full" : size === 1 ? "stochastic" : "mini";
}

/** The batch of a size; all points cannot be drawn with replacement. */
export function makeBatch(size, count, replacement = false) {
  if (size >= count) return { mode: "full" };
  const again = replacement ? { with_replacement: true } : {};
  return size <= 1 ? { mode: "stochastic", ...again } : { mode: "mini", size, ...again };
}

/** How many updates a walk makes: more where each costs less. */
export function stepsOf(size, steps) {
  return Math.min(MOST_STEPS, steps * Math.max(1, Math.min(LONGER, Math.floor(64 / size))));
}

/** Another batch size for a walk over `count` points. */
export function withSize(spec, index, size, count) {
  return at(spec, index, ({ steps: _old, ...run }) => {
    const steps = stepsOf(size, spec.steps);
    return {
      ...run,
      batch: makeBatch(size, count, run.batch?.with_replacement),
      ...(steps > spec.steps ? { steps } : {}),
    };
  });
}

/** A walk's points drawn with replacement, or reshuffled before each epoch. */
export function withReplacement(spec, index, replacement) {
  return at(spec, index, (run) => {
    const { with_replacement: _old, ...batch } = run.batch ?? { mode: "full" };
    return { ...run, batch: replacement && batch.mode !== "full" ? { ...batch, with_replacement: true } : batch };
  });
}

/** A learning rate, for one walk or, without an index, for all. */
export function withRate(spec, rate, index = null) {
  return each(spec, (run, i) =>
    index === null || i === index ? { ...run, settings: { ...run.settings, lr: rate } } : run,
  );
}

/** Whether all walks have one rate and no schedule tells them apart. */
export function sharesRate(spec) {
  return spec.runs.every((run) => run.settings.lr === spec.runs[0].settings.lr);
}

/** A rate that falls as 1/t, or a constant one. */
export function withInverse(spec, index, half) {
  return at(spec, index, ({ schedule: _old, ...run }) =>
    half ? { ...run, schedule: { name: "inverse", settings: { half } } } : run,
  );
}

/** Another rule for one walk, at its usual rate. */
export function withRule(spec, index, optimizer, lr) {
  return at(spec, index, (run) => ({ ...run, optimizer, settings: { lr } }));
}

/** What a walk goes by: the name of its rule. */
export const ruleOf = (run) => run.optimizer ?? "own";

/** Whether rules, not batches, tell the walks apart. */
export function mixesRules(spec) {
  return new Set(spec.runs.map(ruleOf)).size > 1;
}

/** What a walk's curve over all rates depends on: everything but its rate. */
export function rateKey(spec, index) {
  const { optimizer, settings: { lr: _rate, ...settings } } = spec.runs[index];
  return JSON.stringify([optimizer, settings, batchOf(spec, index), problemOf(spec, index)]);
}

/** Whether a problem is a line over one input: two parameters, so that its loss is a map. */
export function isPlane({ kind, dataset, bias }) {
  if (kind !== "linear" || bias === false || dataset.features) return false;
  return dataset.points ? dataset.points[0]?.length === 1 : LINES.includes(dataset.name);
}

/** Whether the page can show a spec: linear models, all over a line, or all over the same many features. */
export function isShown(spec) {
  const problems = spec.runs.map((_, index) => problemOf(spec, index));
  if (
    !problems.every(
      (problem) =>
        problem?.kind === "linear" && problem.bias !== false && !problem.dataset.features && !problem.weight_decay,
    )
  )
    return false;
  return (
    problems.every(isPlane) ||
    (!problems.some(isPlane) && new Set(problems.map((problem) => JSON.stringify(problem))).size === 1)
  );
}

/** A walk's own problem, else the shared one. */
export const problemOf = (spec, index) => spec.runs[index]?.problem ?? spec.problem;

/**
 * The walks go on with other points: those on `problem` take the new ones, and every walk begins where it is now
 * (`places`). Nothing else is carried over: the spec alone says what runs.
 */
export function withPoints(spec, problem, { points, labels }, places) {
  const same = (other) => JSON.stringify(other) === JSON.stringify(problem);
  const next = { ...problem, dataset: { points, labels } };
  const fitting = (batch) => (batch.mode === "mini" && batch.size >= points.length ? { mode: "full" } : batch);
  const { start: _shared, ...rest } = spec;
  return {
    ...rest, changes: [], ...(spec.problem ? { problem: same(spec.problem) ? next : spec.problem } : {}),
    runs: spec.runs.map((run, index) => {
      if (!same(problemOf(spec, index))) return { ...run, start: places[index] };
      return {
        ...run,
        ...(run.problem ? { problem: next } : {}),
        ...(run.batch ? { batch: fitting(run.batch) } : {}),
        start: places[index],
      };
    }),
  };
}

/** Another start for all. */
export function withPlace(spec, start) {
  return { ...each(spec, ({ start: _own, ...run }) => run), start: [...start] };
}

/** One walk more, of a size that is not there yet. */
export function addWalk(spec, count) {
  const there = new Set(spec.runs.map((_, index) => sizeOf(batchOf(spec, index), count)));
  const size = [64, 8, 256, 1, 16, 128].find((free) => free < count && !there.has(free)) ?? 32;
  const next = {
    ...spec,
    changes: [],
    runs: [...spec.runs, { optimizer: "sgd", settings: { lr: spec.runs[0].settings.lr } }],
  };
  return withSize(next, next.runs.length - 1, size, count);
}

/** A walk less. */
export function removeWalk(spec, index) {
  return removeRun(spec, index);
}

/** The 20 walks that differ from one only in their seed, in specs of at most ten runs. */
export function fanSpecs(spec, index, { count, parameters, many = 20, steps = 400 }) {
  const { columns: _own, ...run } = spec.runs[index];
  const loss = kindOf(batchOf(spec, index), count) === "full" ? "loss" : "full_loss";
  const seeds = Array.from({ length: many }, (_, i) => (spec.seed ?? 0) + 1 + i);
  const of = (chosen) => ({
    ...spec,
    changes: [],
    runs: chosen.map((seed) => ({
      ...run,
      batch: batchOf(spec, index),
      seed,
      steps: Math.min(steps, run.steps ?? spec.steps),
      columns: [...parameters, loss],
    })),
  });
  return { loss, specs: [of(seeds.slice(0, 10)), of(seeds.slice(10))].filter(({ runs }) => runs.length) };
}

/**
 * [{name, kind, size, colour, dash, dashName, symbol}] of the walks. Hue is what a batch is (one point, some, all), or the
 * rule where walks differ in it; dash and head tell walks of the same kind apart. `counts`: points of each walk's problem;
 * `words`: stochastic(), mini(size), full(), of(name, count), again(name), rule(optimizer).
 */
export function looks(spec, counts, { tokens, dark, words, format }) {
  const palette = tokens[dark ? "dark" : "light"];
  const kinds = spec.runs.map((_, index) => kindOf(batchOf(spec, index), counts[index]));
  const batches = spec.runs.map((_, index) => words[kinds[index]](sizeOf(batchOf(spec, index), counts[index])));
  const rules = mixesRules(spec);
  const plain = rules ? ruleNames(spec, batches, words) : batches;
  const names = tellApart(spec, counts, plain, { format, words });
  const groups = rules ? spec.runs.map(ruleOf) : kinds;
  return spec.runs.map((run, index) => {
    const look = rules ? tokens.optimizers[groups[index]] ?? tokens.optimizers.own : tokens.batches[groups[index]];
    const number = groups.slice(0, index).filter((other) => other === groups[index]).length;
    const dashName = DASH_ORDER[(DASH_ORDER.indexOf(look.dash) + number) % DASH_ORDER.length];
    return {
      name: names[index],
      kind: kinds[index],
      size: sizeOf(batchOf(spec, index), counts[index]),
      colour: palette[look.family],
      dash: tokens.dashes[dashName],
      dashName,
      symbol: SYMBOL_ORDER[(Math.max(0, SYMBOL_ORDER.indexOf(look.symbol)) + number) % SYMBOL_ORDER.length],
    };
  });
}

/** A rule by its title, with what its batches are where that differs, too. */
function ruleNames(spec, batches, words) {
  const differ = new Set(batches).size > 1;
  return spec.runs.map((run, index) =>
    differ ? `${words.rule(ruleOf(run))}, ${batches[index]}` : words.rule(ruleOf(run)),
  );
}

/** Names that differ: by the rate and its schedule, by the points, by how they are drawn, else by number. */
function tellApart(spec, counts, plain, { format, words }) {
  const again = (i) => Boolean(batchOf(spec, i).with_replacement);
  const rate = (i) => `η ${format(spec.runs[i].settings.lr)}${spec.runs[i].schedule ? "/t" : ""}`;
  const alike = new Set(plain).size === 1;
  return plain.map((name, index) => {
    const twins = plain.flatMap((other, i) => (other === name ? [i] : []));
    const differ = (of) => new Set(twins.map(of)).size === twins.length;
    if (twins.length < 2) return name;
    if (differ(rate)) return alike ? rate(index) : `${name} ${rate(index)}`;
    if (differ((i) => counts[i])) return words.of(name, counts[index]);
    if (differ(again)) return again(index) ? words.again(name) : name;
    return `${name} (${twins.indexOf(index) + 1})`;
  });
}
