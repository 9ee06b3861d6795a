/**
 * Cross-entropy taken apart: the term of every point, the likelihood that the terms are the logarithms of, and for a soft
 * target what of it is entropy and what divergence. Everything is computed from z, so that no logarithm is of a rounded 0.
 */
import { sigmoid } from "./neuron.js";

const softplus = (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

/** share · value, where nothing of anything is nothing: 0 ln 0 = 0. */
const weigh = (share, value) => (share === 0 ? 0 : share * value);

/** One point with target y at z: {y, z, a, logs: [ln a, ln(1 − a)], parts: [−y ln a, −(1 − y) ln(1 − a)], term, chance}. */
export function termOf(y, z) {
  const logs = [-softplus(-z), -softplus(z)];
  const parts = [weigh(y, -logs[0]), weigh(1 - y, -logs[1])];
  const term = parts[0] + parts[1];
  return { y, z, a: sigmoid(z), logs, parts, term, chance: Math.exp(-term) };
}

/** The points together: {product, sum, mean}, the product of their chances and the sum and the mean of their terms. */
export function together(terms) {
  const sum = terms.reduce((total, { term }) => total + term, 0);
  return { product: terms.reduce((total, { chance }) => total * chance, 1), sum, mean: sum / terms.length };
}

/** H(p) of p = (y, 1 − y): the least that cross-entropy can be. */
export function entropy(y) {
  return weigh(y, -Math.log(y)) + weigh(1 - y, -Math.log(1 - y));
}

/**
 * The two outcomes of one point, 1 and 0, and their sums: {rows: [{p, q, entropy, divergence, cross}, ..], entropy,
 * divergence, cross} with −p ln p, p ln(p/q) and −p ln q in each row.
 */
export function outcomes(y, z) {
  const { logs, a } = termOf(y, z);
  const rows = [[y, a, logs[0]], [1 - y, 1 - a, logs[1]]].map(([p, q, ln]) => ({
    p, q, entropy: weigh(p, -Math.log(p)), divergence: weigh(p, Math.log(p) - ln), cross: weigh(p, -ln),
  }));
  const sum = (name) => rows[0][name] + rows[1][name];
  return { rows, entropy: sum("entropy"), divergence: sum("divergence"), cross: sum("cross") };
}

/** What a logistic model or a neuron says of its points at parameters [u, v]: their terms; `points` is {features, labels}. */
export function termsOf({ features, labels }, [u, v]) {
  return labels.map((y, i) => termOf(y, u * features[i][0] + v * features[i][1]));
}
