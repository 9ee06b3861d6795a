/**
 * The loss of a logistic model with two parameters over a window: heights, where it bends downwards, and its valleys.
 * A model is {features: [[..], ..], labels}: the loss is the mean over its points of (a − y)²/2 or of the cross-entropy,
 * with a = sigmoid(u·f1 + v·f2); a bias is a feature that is 1.
 */
import { linspace, makeScale } from "./levels.js";
import { loss as lossAt, sigmoid } from "./neuron.js";

const FINE = 96;

/** Points and labels as a model of two features; with one input the second is the bias. */
export function model(points, labels, bias) {
  return { features: points.map((point) => (bias ? [point[0], 1] : [point[0], point[1]])), labels };
}

/** The loss at (u, v). */
export function lossOf(kind, { features, labels }, u, v) {
  let sum = 0;
  for (let i = 0; i < labels.length; i += 1) sum += lossAt(kind, u * features[i][0] + v * features[i][1], labels[i]);
  return sum / labels.length;
}

/**
 * The loss as a formula in x and y, which stand for u and v, or null where it is longer than the engine reads: of a formula a
 * thousand runs go together, of a model one after the other. Points at one place with one label are one term.
 */
export function formulaOf(kind, { features, labels }, decay = 0) {
  const counts = new Map();
  features.forEach(([f, g], i) => {
    const term = termText(kind, linearText(f, g), labels[i]);
    counts.set(term, (counts.get(term) ?? 0) + 1);
  });
  const terms = [...counts].map(([term, count]) => (count > 1 ? `${count}*${term}` : term));
  const text = `(${terms.join("+")})/${kind === "mse" ? 2 * labels.length : labels.length}${decay ? `+${decay}*(x**2+y**2)/2` : ""}`;
  return text.length <= LONGEST ? text : null;
}

const LONGEST = 200;

function termText(kind, z, label) {
  if (kind === "mse") return label ? `(sigmoid(${z})-1)**2` : `sigmoid(${z})**2`;
  return label ? `softplus(-(${z}))` : `softplus(${z})`;
}

/** f·x + g·y without what is zero or one. */
function linearText(f, g) {
  const part = (factor, name) => (factor === 1 ? name : `${factor}*${name}`);
  const parts = [[f, "x"], [g, "y"]].filter(([factor]) => factor !== 0).map(([factor, name]) => part(factor, name));
  return parts.length ? parts.join("+").replace("+-", "-") : "0";
}

/** The least curvature at (u, v): negative where the loss bends downwards in some direction. */
export function leastCurvature(kind, { features, labels }, u, v) {
  let [p, q, r] = [0, 0, 0];
  for (let i = 0; i < labels.length; i += 1) {
    const [f, g] = features[i];
    const a = sigmoid(u * f + v * g);
    const s = a * (1 - a);
    const bend = kind === "mse" ? s * (s + (a - labels[i]) * (1 - 2 * a)) : s;
    p += bend * f * f;
    q += bend * f * g;
    r += bend * g * g;
  }
  const n = labels.length;
  return ((p + r) / 2 - Math.hypot((p - r) / 2, q)) / n;
}

/** Loss and least curvature over a window [[u0, u1], [v0, v1]], as what the surface and the map are drawn from. */
export function landscape(kind, points, window, variables) {
  const x = linspace(...window[0], FINE);
  const y = linspace(...window[1], FINE);
  const f = new Float64Array(FINE * FINE);
  const bend = new Float64Array(FINE * FINE);
  for (let j = 0; j < FINE; j += 1) {
    for (let i = 0; i < FINE; i += 1) {
      f[j * FINE + i] = lossOf(kind, points, x[i], y[j]);
      bend[j * FINE + i] = kind === "mse" ? leastCurvature(kind, points, x[i], y[j]) : 1;
    }
  }
  const grid = { x, y, f };
  return {
    grid, grid3: grid, bend, window3: window, variables, scale: makeScale(f, { log: false, minimum: null }),
    aspect3: { x: 1.06, y: 1.06, z: 0.6 }, f: between(grid), key3: `${kind}${JSON.stringify(window)}`,
  };
}

/** Heights between the grid's points, from the four around. */
export function between({ x, y, f }) {
  const [dx, dy] = [x[1] - x[0], y[1] - y[0]];
  const width = x.length;
  return (u, v) => {
    const s = Math.max(0, Math.min(width - 1.001, (u - x[0]) / dx));
    const t = Math.max(0, Math.min(y.length - 1.001, (v - y[0]) / dy));
    const [i, j] = [Math.floor(s), Math.floor(t)];
    const [a, b] = [s - i, t - j];
    const at = (k, l) => f[l * width + k];
    return (1 - b) * ((1 - a) * at(i, j) + a * at(i + 1, j)) + b * ((1 - a) * at(i, j + 1) + a * at(i + 1, j + 1));
  };
}

/** The places of the lowest points of a grid, each lower than its neighbours, at least to a grid's step. */
export function valleys({ grid: { x, y, f } }) {
  const found = [];
  const width = x.length;
  for (let j = 1; j < y.length - 1; j += 1) {
    for (let i = 1; i < width - 1; i += 1) {
      const here = f[j * width + i];
      const around = [-1, 0, 1].flatMap((dj) => [-1, 0, 1].map((di) => [di, dj])).filter(([di, dj]) => di || dj);
      if (around.every(([di, dj]) => f[(j + dj) * width + i + di] > here)) found.push({ x: x[i], y: y[j], loss: here });
    }
  }
  return found;
}

/** A window around paths: at least 2 wide, a third wider than they are on each side, its ends round numbers. */
export function windowAround(columns) {
  return columns.map((values) => {
    let [low, high] = [Infinity, -Infinity];
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    if (!(low <= high)) return [-2, 2];
    const pad = Math.max((high - low) * 0.4, (2 - (high - low)) / 2, 0.4);
    return [Math.floor((low - pad) * 2) / 2, Math.ceil((high + pad) * 2) / 2];
  });
}
