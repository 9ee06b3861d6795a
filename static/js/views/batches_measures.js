/** What the Batches page asks the engine for beside its walks: the points, a fan of seeds, and the floors as measured. */
import { post } from "../api.js";
import { smoothed } from "../pace.js";
import { fitLine } from "../regression.js";
import * as walks from "../walks.js";

const RATES = [0.02, 0.05, 0.1, 0.2, 0.4];
const SETTLED = [200, 800]; // updates over which a floor is measured

const problemOf = (spec, index) => spec.runs[index]?.problem ?? spec.problem;

/** The points of every problem of the spec, and the sums that the panels need. */
export async function fitAll(page, spec) {
  const keys = new Set(spec.runs.map((_, index) => JSON.stringify(problemOf(spec, index))));
  await Promise.all([...keys].filter((key) => !page.fits.has(key)).map(async (key) => {
    const answer = await post("/surfaces", JSON.parse(key), { query: { resolution: 2, lang: page.data.language } });
    page.fits.set(key, { answer, fit: fitLine(answer.data.points, answer.data.labels) });
  }));
}

/** {answer, fit} of a walk's problem; undefined until it is here. */
export function fitOf(page, spec, index) {
  return page.fits.get(JSON.stringify(problemOf(spec, index)));
}

/** The selected walk with 20 other seeds; `changed` hears when they are here. */
export async function openFan(page, changed) {
  const { race, selected: index } = page;
  const { spec } = race;
  const { fit } = fitOf(page, spec, index);
  const key = JSON.stringify([spec.problem, spec.start, spec.seed, spec.runs[index]]);
  if (page.fan?.key === key) return;
  page.fan = { key, index, walks: [] };
  const { specs, loss } = walks.fanSpecs(spec, index, { count: fit.count });
  const answers = await Promise.all(specs.map((each) => post("/trajectories", each)));
  if (page.fan?.key !== key) return;
  page.fan.walks = answers.flatMap(({ runs }) => runs).map(({ columns }) => ({
    w: columns.w_1, b: columns.b, level: smoothed(columns[loss].map((value) => Math.max(0, value - fit.least)), columns[loss].length - 1),
  }));
  changed();
}

/** Long walks from the minimum itself at several rates: the mean of what they do there is the floor. */
export async function measureFloors(page, changed) {
  const { race, selected } = page;
  const { spec } = race;
  const { fit } = fitOf(page, spec, selected);
  const batches = new Map();
  spec.runs.forEach((_, index) => {
    const batch = walks.batchOf(spec, index);
    if (fitOf(page, spec, index)?.fit === fit && walks.kindOf(batch, fit.count) !== "full" && batches.size < 2) batches.set(JSON.stringify(batch), { batch, index });
  });
  const key = JSON.stringify([problemOf(spec, selected), [...batches.keys()]]);
  if (page.floors.key === key) return;
  page.floors = { key, measured: [] };
  if (!batches.size) return;
  const chosen = [...batches.values()];
  const runs = chosen.flatMap(({ batch }) => RATES.map((lr) => ({ optimizer: "sgd", settings: { lr }, batch, columns: ["full_loss"] })));
  const { runs: made } = await post("/trajectories", { problem: problemOf(spec, selected), start: fit.minimum, steps: SETTLED[1], seed: 1, runs });
  if (page.floors.key !== key) return;
  page.floors.measured = chosen.map(({ batch, index }, group) => ({
    size: walks.sizeOf(batch, fit.count), index,
    points: RATES.map((rate, i) => ({ rate, excess: tailOf(made[group * RATES.length + i].columns.full_loss) - fit.least })),
  }));
  changed();
}

/** The mean loss once settled; NaN where the walk did not come that far. */
function tailOf(losses) {
  const tail = losses.slice(SETTLED[0]);
  return tail.length < SETTLED[1] - SETTLED[0] ? NaN : tail.reduce((sum, value) => sum + value, 0) / tail.length;
}
