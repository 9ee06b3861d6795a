/**
 * The loss of a model over a plane through its parameters, as `POST /slices` tells it: what a map and a surface are drawn
 * from, and the path as rows of its place above the plane. It knows no document.
 */
import { between } from "./landscape.js";
import { niceTicks } from "./levels.js";

const DECADES = 9; // of losses that are told apart: what is lower is drawn as the lowest
const SPREAD = 8; // from so many times the lowest loss on, lines stand at 1, 2, 5, 10 ..
const LINES = 10; // about so many where they are evenly spaced
const RAYS = 24; // ways out of the path's end along which the lines may be labelled
export const AXES = ["u", "v"];

/** {grid, scale, labels, f, path, ...} of an answer; `path` is a trajectory with the columns u and v. */
export function planeOf(answer, key) {
  const { x, y } = answer;
  const grid = { x, y, f: Float64Array.from(answer.loss.flat(), (v) => v ?? NaN) };
  const window3 = [x, y].map((values) => [values[0], values.at(-1)]);
  const scale = scaleOf(grid.f);
  const f = between(grid);
  return {
    key,
    key3: key,
    grid,
    grid3: grid,
    window: window3,
    window3,
    variables: AXES,
    scale,
    f,
    labels: labelsOf({ window3, scale, f }),
    aspect3: { x: 1.06, y: 1.06, z: 0.6 },
    share: answer.shares[0] + answer.shares[1],
    path: trajectoryOf(answer.path),
    rows: rowsOf(answer.path, window3[0][1] - window3[0][0]),
  };
}

const CLOSE = 0.003; // of the window: nearer steps are one point of the line

/** The rows of a path that its line needs, in rising order: each far enough from the one before to be seen, and the last. */
function rowsOf({ x, y }, span) {
  const kept = [0];
  for (let row = 1; row < x.length; row += 1) {
    const last = kept.at(-1);
    if (row === x.length - 1 || Math.hypot(x[row] - x[last], y[row] - y[last]) > CLOSE * span) kept.push(row);
  }
  return Uint32Array.from(kept);
}

function trajectoryOf(path) {
  const columns = new Map([["u", Float64Array.from(path.x)], ["v", Float64Array.from(path.y)]]);
  return { names: AXES, columns, count: path.x.length, version: 0, status: { state: "finished" } };
}

/** Lines at 1, 2, 5, 10 .. where the losses span a lot, else evenly spaced at round numbers; each line is a level k. */
function scaleOf(values) {
  const finite = values.filter(Number.isFinite).sort();
  const [least, most] = finite.length ? [finite[0], finite.at(-1)] : [0, 1];
  const wide = most > SPREAD * Math.max(least, 0) && most > 0;
  const lowest = Math.max(least, most * 10 ** -DECADES);
  const ticks = niceTicks(least, most > least ? most : least + 1, LINES);
  const step = ticks.length > 1 ? ticks[1] - ticks[0] : 1;
  const level = wide ? (f) => steps(Math.max(f, lowest)) : (f) => f / step;
  const lossAt = wide ? roundLoss : (k) => Number((k * step).toPrecision(12));
  const [low, high] = [level(least), level(most)];
  const top = Math.max(high, low + 0.5);
  return {
    log: wide,
    level,
    lossAt,
    height: (f) => Math.min(level(f), top),
    low,
    high: top,
    start: Math.ceil(low - 1e-9),
    step: 1,
    heights: [low, top],
  };
}

const MARKS = [1, 2, 5, 10];

/** The loss of line k: 1 at 0, 2 at 1, 5 at 2, 10 at 3, 0.5 at −1. */
function roundLoss(k) {
  const decade = Math.floor(k / 3);
  return Number((MARKS[k - 3 * decade] * 10 ** decade).toPrecision(6));
}

/** Where a loss stands among the lines, smoothly between them. */
function steps(f) {
  const decade = Math.floor(Math.log10(f));
  const part = f / 10 ** decade;
  const k = part < 2 ? 0 : part < 5 ? 1 : 2;
  return 3 * decade + k + Math.log(part / MARKS[k]) / Math.log(MARKS[k + 1] / MARKS[k]);
}

/** Where the lines are labelled: along the way out of the path's end that gives the labels most room. [{x, y, loss}]. */
function labelsOf({ window3, scale, f }) {
  let best = { room: -1, labels: [] };
  for (let ray = 0; ray < RAYS; ray += 1) {
    const found = alongRay(f, scale, window3, ((ray + 0.37) * 2 * Math.PI) / RAYS);
    if (found.room > best.room) best = found;
  }
  return best.labels;
}

function alongRay(f, scale, [[x0, x1], [y0, y1]], angle) {
  const span = x1 - x0;
  const labels = [];
  let room = 0;
  let before = Math.floor(scale.level(f(0, 0)));
  for (let r = 0; r < 2 * span; r += 0.004 * span) {
    const [x, y] = [r * Math.cos(angle), r * Math.sin(angle)];
    if (!(x > x0 + 0.06 * span && x < x1 - 0.06 * span && y > y0 + 0.06 * span && y < y1 - 0.06 * span)) break;
    const k = Math.floor(scale.level(f(x, y)));
    const last = labels.at(-1);
    const gap = last ? Math.hypot(x - last.x, y - last.y) : Math.max(r, 0.1 * span);
    if (k > before && gap > 0.1 * span) {
      labels.push({ x, y, loss: scale.lossAt(k) });
      room += Math.min(gap / span, 0.2);
    }
    before = Math.max(before, k);
  }
  return { labels, room };
}
