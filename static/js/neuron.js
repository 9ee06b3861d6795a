/** One sigmoid neuron and its two losses, as functions of z and of the output a: what the curves of the page are drawn from. */

/** 1 / (1 + e⁻ᶻ), without overflow. */
export function sigmoid(z) {
  if (z >= 0) return 1 / (1 + Math.exp(-z));
  const e = Math.exp(z);
  return e / (1 + e);
}

/** The z of an output strictly between 0 and 1. */
export function logit(a) {
  return Math.log(a) - Math.log1p(-a);
}

const softplus = (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

/** The loss at z for a target y: (a − y)²/2, or −y ln a − (1 − y) ln(1 − a). */
export function loss(kind, z, y) {
  return kind === "mse" ? (sigmoid(z) - y) ** 2 / 2 : softplus(z) - y * z;
}

/** ∂C/∂z at an output a: (a − y) a (1 − a), or a − y. */
export function slope(kind, a, y) {
  return kind === "mse" ? (a - y) * a * (1 - a) : a - y;
}

/** The least that cross-entropy can be: the entropy of a soft target, 0 for a hard one. */
export function floor(kind, y) {
  if (kind === "mse" || y <= 0 || y >= 1) return 0;
  return -y * Math.log(y) - (1 - y) * Math.log(1 - y);
}

/** Where squared error's gradient is largest on the far side of a target, and how large: 2/3 and 4/27 for target 0. */
export function summit(y) {
  // d/da (a − y) a (1 − a) = −3a² + 2(1 + y)a − y
  const root = Math.sqrt(Math.max(0, (1 + y) ** 2 - 3 * y));
  const tops = [(1 + y + root) / 3, (1 + y - root) / 3].filter((a) => a >= 0 && a <= 1);
  return tops.map((a) => ({ a, size: Math.abs(slope("mse", a, y)) })).sort((one, other) => other.size - one.size)[0];
}

/** `count` numbers from low to high. */
export function sequence(low, high, count) {
  return Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));
}

/** The first step at which outputs have crossed one half towards the target; -1 when they start there or never do. */
export function crosses(outputs, count, target) {
  const there = (a) => (target < 0.5 ? a < 0.5 : a > 0.5);
  if (count === 0 || target === 0.5 || there(outputs[0])) return -1;
  for (let row = 1; row < count; row += 1) if (there(outputs[row])) return row;
  return -1;
}
