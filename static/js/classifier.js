/**
 * What a trained model says of any point: its features, its layers and its outputs, computed from the parameters as
 * `POST /models` describes them. It knows no document; a map asks it for whole columns of points at once.
 */
import { valueColumns } from "./program.js";

const sigmoid = (z) => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)));
const ACTIVATIONS = { sigmoid, tanh: Math.tanh, relu: (z) => (z > 0 ? z : 0), linear: (z) => z };

/** Which input a variable of a feature is: x and y, or x_1 to x_n. */
const inputOf = (name) => ({ x: 0, y: 1 })[name] ?? Number(name.slice(2)) - 1;

/** The model's features at points given by the columns of their inputs: one Float64Array per feature. */
export function features(model, ...inputs) {
  return model.features.map(({ program }, index) => {
    const made = valueColumns(program, program.variables.map((name) => inputs[inputOf(name)]));
    const [shift, scale] = [model.shift[index], model.scale[index]];
    if (shift === 0 && scale === 1) return made;
    return Float64Array.from(made, (v) => (v - shift) / scale);
  });
}

/** Where each layer's parameters stand: weights row by row, then biases. */
export function layerParts({ sizes, bias }) {
  let at = 0;
  return sizes.slice(1).map((to, index) => {
    const from = sizes[index];
    const part = { from, to, weights: at, biases: at + from * to, end: at + from * to + (bias ? to : 0), bias };
    at = part.end;
    return part;
  });
}

/** z of the output layer: one column per output. */
export function logits(model, theta, columns) {
  const parts = layerParts(model.layers);
  return parts.reduce((inputs, part, index) => {
    const z = forward(part, theta, inputs);
    if (index === parts.length - 1) return z;
    const bend = ACTIVATIONS[model.layers.activation];
    for (const column of z) for (let i = 0; i < column.length; i += 1) column[i] = bend(column[i]);
    return z;
  }, columns);
}

function forward({ from, to, weights, biases, bias }, theta, inputs) {
  const { length } = inputs[0];
  return Array.from({ length: to }, (_, unit) => {
    const z = new Float64Array(length);
    if (bias) z.fill(theta[biases + unit]);
    for (let source = 0; source < from; source += 1) {
      const w = theta[weights + unit * from + source];
      const input = inputs[source];
      for (let i = 0; i < length; i += 1) z[i] += w * input[i];
    }
    return z;
  });
}

/** The outputs a at z, in columns of their own: a softmax's add up to 1. */
export function outputs(model, z) {
  if (model.layers.output !== "softmax") {
    const bend = ACTIVATIONS[model.layers.output];
    return z.map((column) => Float64Array.from(column, bend));
  }
  const a = z.map((column) => new Float64Array(column.length));
  for (let i = 0; i < z[0].length; i += 1) {
    let top = -Infinity;
    for (const column of z) if (column[i] > top) top = column[i];
    let total = 0;
    for (let k = 0; k < z.length; k += 1) total += a[k][i] = Math.exp(z[k][i] - top);
    for (let k = 0; k < z.length; k += 1) a[k][i] /= total;
  }
  return a;
}

/** A probability for every class, column by column; one sigmoid tells two classes apart. */
export function probabilities(model, theta, columns) {
  return ofClasses(model, outputs(model, logits(model, theta, columns)));
}

/** From outputs to classes. */
function ofClasses(model, a) {
  const inside = model.layers.output === "softmax" || model.layers.output === "sigmoid";
  const bounded = inside
    ? a
    : a.map((column) => column.map((v) => Math.min(1, Math.max(0, model.layers.output === "tanh" ? (v + 1) / 2 : v))));
  return bounded.length === 1 && !model.sets ? [bounded[0].map((v) => 1 - v), bounded[0]] : bounded;
}

/** Whether classes exclude each other: else each has a yes or no of its own. */
export function exclusive(model) {
  return model.layers.output === "softmax" || model.layers.sizes.at(-1) === 1 || !(model.sets || model.separate);
}

/** Everything at one point: {features, z, a, p} as plain lists. */
export function atPoint(model, theta, [x, y]) {
  const columns = features(model, Float64Array.of(x), Float64Array.of(y));
  const z = logits(model, theta, columns);
  const a = outputs(model, z);
  const first = (list) => list.map((column) => column[0]);
  return { features: first(columns), z: first(z), a: first(a), p: first(ofClasses(model, a)) };
}

/** The Jacobian of the outputs, ∂a_j/∂z_k: of a softmax a_j (1 − a_j) and −a_j a_k beside it; others bend each z alone. */
export function jacobian(a, output = "softmax") {
  const slope = SLOPES[output];
  return a.map((aj, j) => a.map((ak, k) => (j === k ? slope(aj) : output === "softmax" ? -aj * ak : 0)));
}

const SLOPES = {
  softmax: (a) => a * (1 - a),
  sigmoid: (a) => a * (1 - a),
  tanh: (a) => 1 - a * a,
  relu: (a) => Number(a > 0),
  linear: () => 1,
};

/** ∂C/∂a of one point: with cross-entropy −y/a under a softmax and (a − y)/(a (1 − a)) under sigmoids, with squared error a − y. */
export function lossSlope(loss, output, a, y) {
  if (loss !== "ce") return a.map((ak, k) => ak - y[k]);
  if (output === "softmax") return a.map((ak, k) => (y[k] ? -y[k] / ak : 0));
  return a.map((ak, k) => (ak - y[k]) / (ak * (1 - ak)));
}

/** A row times a matrix. */
export function product(row, matrix) {
  return matrix[0].map((_, k) => row.reduce((sum, v, j) => sum + v * matrix[j][k], 0));
}

/** What the outputs have to say: 1 for a point's class; a softmax shares between several. */
export function targets(model) {
  const count = model.layers.sizes.at(-1);
  return Array.from({ length: count }, (_, k) => Float64Array.from(model.labels, (label) => {
    if (!model.classes) return label;
    const own = [label].flat();
    if (count === 1) return Number(own.includes(1));
    if (!own.includes(k)) return 0;
    return model.layers.output === "softmax" ? 1 / own.length : 1;
  }));
}

/** a − y of every point: one column per output. With cross-entropy a weight's gradient is its mean times x. */
export function errors(model, theta, columns, wanted) {
  return outputs(model, logits(model, theta, columns)).map((a, k) => a.map((v, i) => v - wanted[k][i]));
}

/** The mean cross-entropy over all points plus weight decay, as the engine counts it. */
export function crossEntropy(model, theta, columns, wanted, decay = 0) {
  const z = logits(model, theta, columns);
  let loss = 0;
  for (let i = 0; i < z[0].length; i += 1)
    loss += model.layers.output === "softmax" ? ofSoftmax(z, wanted, i) : ofSigmoids(z, wanted, i);
  const square = theta.reduce((sum, v) => sum + v * v, 0);
  return loss / z[0].length + (decay / 2) * square;
}

function ofSoftmax(z, wanted, i) {
  const top = Math.max(...z.map((column) => column[i]));
  const total = z.reduce((sum, column) => sum + Math.exp(column[i] - top), 0);
  return z.reduce((sum, column, k) => sum - wanted[k][i] * (column[i] - top - Math.log(total)), 0);
}

function ofSigmoids(z, wanted, i) {
  return z.reduce(
    (sum, column, k) =>
      sum + Math.max(column[i], 0) + Math.log1p(Math.exp(-Math.abs(column[i]))) - wanted[k][i] * column[i],
    0,
  );
}

/** Whether each point is told rightly: the largest probability is its class's, or every yes and no is right. */
export function rights(model, p) {
  return model.labels.map((label, i) => {
    if (model.sets) return p.every((column, k) => (column[i] > 0.5) === [label].flat().includes(k));
    let best = 0;
    for (let k = 1; k < p.length; k += 1) if (p[k][i] > p[best][i]) best = k;
    return best === label;
  });
}

/** The length of each layer's part of a gradient. */
export function layerNorms(model, gradient) {
  return layerParts(model.layers).map(({ weights, end }) => Math.hypot(...gradient.slice(weights, end)));
}
