/** What the Batches page asks the engine for beside its walks: the points, a fan of seeds, and the floors as measured. */
import { post } from "../api.js";
import { fitFeatures } from "../features.js";
import { smoothed } from "../pace.js";
import { fitLine } from "../regression.js";
import * as walks from "../walks.js";

const RATES = [0.02, 0.05, 0.1, 0.2, 0.4];
const SETTLED = [200, 800]; // updates over which a floor is measured

const WIDE = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]; // rates at which rules are compared
export const MEASURED = 40; // updates after which
const AVERAGED = 10; // the last of them
const MOST_RUNS = 12; // that a spec may have

const { problemOf } = walks;

/** The points of every problem of the spec, and the sums that the panels need: of a line, or of many features. */
export async function fitAll(page, spec) {
  const keys = new Set(spec.runs.map((_, index) => JSON.stringify(problemOf(spec, index))));
  await Promise.all(
    [...keys].filter((key) => !page.fits.has(key)).map(async (key) => page.fits.set(key, await fitted(page, JSON.parse(key)))),
  );
}

async function fitted(page, problem) {
  const query = { lang: page.data.language };
  if (walks.isPlane(problem)) {
    const answer = await post("/surfaces", problem, { query: { resolution: 2, ...query } });
    return { answer, fit: fitLine(answer.data.points, answer.data.labels) };
  }
  const { points, labels } = await post("/models", problem, { query });
  return { fit: fitFeatures(points, labels) };
}

/** {answer, fit} of a walk's problem; undefined until it is here. */
export function fitOf(page, spec, index) {
  return page.fits.get(JSON.stringify(problemOf(spec, index)));
}

/** The selected walk with 20 other seeds; `changed` hears when they are here. */
export async function openFan(page, changed) {
  const { race, ran: spec, selected: index } = page;
  const { fit } = fitOf(page, spec, index);
  const key = JSON.stringify([spec.problem, spec.start, spec.seed, spec.runs[index]]);
  if (page.fan?.key === key) return;
  page.fan = { key, index, walks: [] };
  const { specs, loss } = walks.fanSpecs(spec, index, { count: fit.count, parameters: race.parameters });
  const answers = await Promise.all(specs.map((each) => post("/trajectories", each)));
  if (page.fan?.key !== key) return;
  page.fan.walks = answers.flatMap(({ runs }) => runs).map(({ columns }) => ({
    w: columns.w_1, b: columns.b, level: smoothed(columns[loss].map((value) => Math.max(0, value - fit.least)), columns[loss].length - 1),
  }));
  changed();
}

/** Long walks from the minimum itself at several rates: the mean of what they do there is the floor. */
export async function measureFloors(page, changed) {
  const { ran: spec, selected } = page;
  const { fit } = fitOf(page, spec, selected);
  if (fit.inputs) return measureRates(page, spec, fit, changed);
  const batches = new Map();
  spec.runs.forEach((_, index) => {
    const batch = walks.batchOf(spec, index);
    if (
      fitOf(page, spec, index)?.fit === fit &&
      spec.runs[index].optimizer === "sgd" &&
      walks.kindOf(batch, fit.count) !== "full" &&
      batches.size < 2
    )
      batches.set(JSON.stringify(batch), { batch, index });
  });
  const key = JSON.stringify([problemOf(spec, selected), [...batches.keys()]]);
  if (page.floors.key === key) return;
  page.floors = { key, measured: [] };
  if (!batches.size) return;
  const chosen = [...batches.values()];
  const runs = chosen.flatMap(({ batch }) => RATES.map((lr) => ({ optimizer: "sgd", settings: { lr }, batch, columns: ["full_loss"] })));
  const { runs: made } = await post("/trajectories", {
    problem: problemOf(spec, selected),
    start: fit.minimum,
    steps: SETTLED[1],
    seed: 1,
    runs,
  });
  if (page.floors.key !== key) return;
  page.floors.measured = chosen.map(({ batch, index }, group) => ({
    size: walks.sizeOf(batch, fit.count), index,
    points: RATES.map((rate, i) => ({ rate, excess: tailOf(made[group * RATES.length + i].columns.full_loss) - fit.least })),
  }));
  changed();
}

/** Every rule of the page at many rates: how far above the best it is after some updates. */
async function measureRates(page, spec, fit, changed) {
  const chosen = new Map(spec.runs.map((_, index) => [walks.rateKey(spec, index), index]));
  const key = JSON.stringify([problemOf(spec, page.selected), [...chosen.keys()]]);
  if (page.rates?.key === key) return;
  page.rates = { key, measured: [] };
  const runs = [...chosen.values()].flatMap((index) =>
    WIDE.map((lr) => ({
      optimizer: spec.runs[index].optimizer,
      settings: { ...spec.runs[index].settings, lr },
      batch: walks.batchOf(spec, index),
      problem: problemOf(spec, index),
      columns: [lossOf(page, spec, index)],
    })),
  );
  const parts = Array.from({ length: Math.ceil(runs.length / MOST_RUNS) }, (_, i) => runs.slice(i * MOST_RUNS, (i + 1) * MOST_RUNS));
  const answers = await Promise.all(parts.map((part) => post("/trajectories", { steps: MEASURED, seed: spec.seed, runs: part })));
  if (page.rates.key !== key) return;
  const ends = answers.flatMap((answer) => answer.runs).map(({ columns }) => Object.values(columns)[0]);
  const excess = (losses) =>
    losses.length <= MEASURED ? NaN : losses.slice(-AVERAGED).reduce((sum, value) => sum + value, 0) / AVERAGED - fit.least;
  page.rates.measured = [...chosen.keys()].map((rule, group) => ({
    key: rule,
    points: WIDE.map((rate, i) => ({ rate, excess: excess(ends[group * WIDE.length + i]) })),
  }));
  changed();
}

function lossOf(page, spec, index) {
  return walks.kindOf(walks.batchOf(spec, index), fitOf(page, spec, index).fit.count) === "full" ? "loss" : "full_loss";
}

/** The mean loss once settled; NaN where the walk did not come that far. */
function tailOf(losses) {
  const tail = losses.slice(SETTLED[0]);
  return tail.length < SETTLED[1] - SETTLED[0] ? NaN : tail.reduce((sum, value) => sum + value, 0) / tail.length;
}
