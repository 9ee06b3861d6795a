/**
 * Fitted models with two parameters on the Descent page, as values: what can be chosen, what a person's own points are, and
 * what a model says of an x. A problem is {kind: "linear" | "logistic", dataset, ..}; its data is what /surfaces answers.
 */
import { sigmoid } from "./neuron.js";
import { rounded } from "./points.js";

export const KINDS = ["linear", "logistic"];
export const HELD_OUT = 0.3; // the share that is held out when that is asked for
const SEED = { count: 40, seed: 0 };

/** The datasets that the page offers for each kind, and where its runs start. */
export const OFFERED = {
  linear: { start: [-1, 3], datasets: { line: { name: "line", ...SEED }, outliers: { name: "outliers", ...SEED } } },
  logistic: {
    start: [-1, 2],
    datasets: {
      overlapping: { name: "mislabelled", ...SEED, sd: 1.4, far: 0 },
      mislabelled: { name: "mislabelled", ...SEED, far: 4 },
    },
  },
};

/** Whether a problem is a fitted model. */
export function isFitted(problem) {
  return KINDS.includes(problem?.kind);
}

/** Which of the offered datasets a problem has; null for points of one's own or another dataset. */
export function offeredName({ kind, dataset }) {
  const plain = ({ held_out: _held, ...rest }) => JSON.stringify(Object.entries(rest).sort());
  return Object.entries(OFFERED[kind].datasets).find(([, offered]) => plain(offered) === plain(dataset))?.[0] ?? null;
}

/** All points in the order in which they were drawn: [[x, y, held], ..]. */
export function pointsOf({ points, labels, held, order }) {
  const all = [];
  [...points.map(([x], i) => [x, labels[i], false]), ...held.points.map(([x], i) => [x, held.labels[i], true])].forEach(
    (point, i) => (all[order[i]] = point),
  );
  return all;
}

/** A dataset of one's own with these points [[x, y, held], ..]: what is held out stays so, whatever is added or taken away. */
export function ownDataset(all) {
  const held = all.flatMap((point, index) => (point[2] ? [index] : []));
  return { points: all.map(([x]) => [rounded(x)]), labels: all.map(([, y]) => rounded(y)), ...(held.length ? { held_out: held } : {}) };
}

/** With one point moved: anywhere for a line; between classes where that is what y means. */
export function moved(kind, all, index, [x, y]) {
  const to = kind === "logistic" ? [x, Number(y >= 0.5)] : [x, y];
  return all.map((point, i) => (i === index ? [...to, point[2]] : point));
}

/** What keeps points from being learned from: "few", "one_class" or null. */
export function unfit(kind, all) {
  if (all.length < 2) return "few";
  return kind === "logistic" && new Set(all.map(([, y]) => y)).size < 2 ? "one_class" : null;
}

/** What a model with slope w and height b says of x: a number, or the probability of class 1. */
export function saysOf(kind, [w, b]) {
  return kind === "logistic" ? (x) => sigmoid(w * x + b) : (x) => w * x + b;
}

/** What one point adds to the loss: half the squared distance, or the cross-entropy. */
export function pullOf({ kind, loss }, [w, b], [x, y]) {
  const z = w * x + b;
  if (kind === "linear") return (z - y) ** 2 / 2;
  if (loss === "mse") return (sigmoid(z) - y) ** 2 / 2;
  return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - y * z;
}
