import { atPoint, crossEntropy, errors, exclusive, features, jacobian, layerNorms, layerParts, logits, lossSlope, probabilities, product, rights, targets } from "../../static/js/classifier.js";
import { eigenvalues, flat, hessian } from "../../static/js/curvature.js";
import { close, equal, test } from "./check.js";

const input = (name, index) => ({ text: name, program: { variables: [name], operations: [["variable", name]], value: 0, gradient: [] }, index });

/** The softmax worked by hand: three points, no bias. */
function made(more = {}) {
  return {
    layers: { sizes: [2, 3], activation: "linear", output: "softmax", bias: false }, features: [input("x"), input("y")], shift: [0, 0], scale: [1, 1],
    points: [[0.5, -1.2], [-0.3, 1.1], [0.8, -0.6]], labels: [0, 1, 2], classes: 3, sets: false, parameters: Array(6), ...more,
  };
}

const columnsOf = (model) => features(model, Float64Array.from(model.points, (p) => p[0]), Float64Array.from(model.points, (p) => p[1]));

test("the softmax worked by hand: ten steps of gradient descent from zero", () => {
  const model = made();
  const columns = columnsOf(model);
  const wanted = targets(model);
  const theta = new Float64Array(6);
  const losses = [crossEntropy(model, theta, columns, wanted)];
  for (let step = 0; step < 10; step += 1) {
    const off = errors(model, theta, columns, wanted);
    off.forEach((error, k) => columns.forEach((column, f) => {
      theta[2 * k + f] -= (0.01 * error.reduce((sum, e, i) => sum + e * column[i], 0)) / 3;
    }));
    losses.push(crossEntropy(model, theta, columns, wanted));
  }
  const published = [1.0986, 1.0947, 1.0909, 1.0871, 1.0833, 1.0795, 1.0758, 1.0721, 1.0685, 1.0648, 1.0612];
  losses.forEach((loss, step) => close(loss, published[step], 6e-5));
  equal([0, 2, 4, 1, 3, 5].map((i) => Number(theta[i].toFixed(4))), [0.0053, -0.0207, 0.0154, -0.0317, 0.0436, -0.0119]);
});

test("the probabilities of a point add up to 1, far out too, and the Jacobian's rows to 0", () => {
  const model = made();
  for (const place of [[0, 0], [3, -2], [1e6, 1e6]]) {
    const { p, a } = atPoint(model, [2, 1, -1, 0, 0.5, 3], place);
    close(p.reduce((sum, v) => sum + v), 1);
    for (const row of jacobian(a)) close(row.reduce((sum, v) => sum + v), 0, 1e-15);
  }
});

test("layers stand one after the other, weights row by row, then biases", () => {
  equal(layerParts({ sizes: [2, 3, 1], bias: true }).map(({ weights, biases, end }) => [weights, biases, end]), [[0, 6, 9], [9, 12, 13]]);
  const model = made({ layers: { sizes: [2, 2, 1], activation: "relu", output: "sigmoid", bias: true }, classes: 2 });
  const theta = [1, 0, 0, -1, 0, 0.5, 2, 3, -1]; // hidden: relu(x), relu(0.5 − y); z = 2 h1 + 3 h2 − 1
  close(atPoint(model, theta, [1, 0.25]).z[0], 2 * 1 + 3 * 0.25 - 1);
  equal(layerNorms(model, [3, 4, 0, 0, 0, 0, 0, 0, 2]), [5, 2]);
});

test("one sigmoid tells two classes apart; several say yes or no each", () => {
  const one = made({ layers: { sizes: [2, 1], activation: "linear", output: "sigmoid", bias: true }, classes: 2 });
  close(atPoint(one, [1, 0, 0], [0, 0]).p[1], 0.5);
  equal([exclusive(one), exclusive(made({ separate: true, layers: { ...made().layers, output: "sigmoid" } }))], [true, false]);
});

test("a point is told rightly by its largest probability, overlapping labels by every yes and no", () => {
  const p = [Float64Array.of(0.6, 0.2, 0.9), Float64Array.of(0.4, 0.8, 0.7)];
  equal(rights({ labels: [0, 0, 1], sets: false }, p), [true, false, false]);
  equal(rights({ labels: [[0], [1], [0, 1]], sets: true }, p), [true, true, true]);
});

test("standardised features are shifted and scaled as the engine does", () => {
  const model = made({ shift: [1, 0], scale: [2, 1] });
  equal(features(model, Float64Array.of(5), Float64Array.of(7)), [[2], [7]]);
});

test("a regression's features are its inputs, however many, and its targets are the labels", () => {
  const variables = ["x_1", "x_2", "x_3"];
  const inputs = variables.map((name) => ({ program: { variables, operations: [["variable", name]], value: 0 } }));
  const model = { classes: 0, features: inputs, shift: [0, 0, 1], scale: [1, 1, 2], labels: [2.5, -1], layers: { sizes: [3, 1], output: "linear" } };
  equal(features(model, Float64Array.of(1), Float64Array.of(2), Float64Array.of(4)), [[1], [2], [1.5]]);
  equal(targets(model), [[2.5, -1]]);
});

test("a softmax with bias has features + 1 flat directions, and weight decay lifts them all", () => {
  const theta = [0.3, -0.2, 0.1, 0.4, -0.5, 0.2, 0.1, 0, -0.1];
  const spread = made({ layers: { ...made().layers, bias: true }, points: Array.from({ length: 12 }, (_, i) => [Math.cos(i), Math.sin(2 * i)]), labels: Array.from({ length: 12 }, (_, i) => i % 3) });
  equal(flat(eigenvalues(hessian(spread, theta, columnsOf(spread)))), 3);
  const lifted = eigenvalues(hessian(spread, theta, columnsOf(spread), 0.1));
  equal(flat(lifted), 0);
  close(lifted.at(-1), 0.1, 1e-12);
});

test("the Hessian is the slope of the gradient", () => {
  const model = made();
  const columns = columnsOf(model);
  const wanted = targets(model);
  const theta = Float64Array.of(0.3, -0.2, 0.1, 0.4, -0.5, 0.2);
  const h = 1e-4;
  const moved = (i, j, a, b) => Float64Array.from(theta, (v, k) => v + (k === i ? a : 0) + (k === j ? b : 0));
  const loss = (at) => crossEntropy(model, at, columns, wanted, 0.2);
  const rows = hessian(model, theta, columns, 0.2);
  for (const [i, j] of [[0, 0], [0, 3], [2, 5]]) {
    const numeric = (loss(moved(i, j, h, h)) - loss(moved(i, j, h, -h)) - loss(moved(i, j, -h, h)) + loss(moved(i, j, -h, -h))) / (4 * h * h);
    close(rows[i][j], numeric, 1e-6);
  }
});

test("eigenvalues of a known matrix", () => {
  const found = eigenvalues([[2, 1, 0], [1, 2, 1], [0, 1, 2]]);
  [2 + Math.SQRT2, 2, 2 - Math.SQRT2].forEach((value, i) => close(found[i], value, 1e-12));
});

test("columns of points and single points agree", () => {
  const model = made();
  const theta = [2, 1, -1, 0, 0.5, 3];
  const columns = columnsOf(model);
  const p = probabilities(model, theta, columns);
  model.points.forEach((place, i) => atPoint(model, theta, place).p.forEach((v, k) => close(p[k][i], v)));
  equal(logits(model, theta, columns).length, 3);
});

test("the loss's slope times the Jacobian collapses to a − y under cross-entropy", () => {
  const a = [0.7, 0.2, 0.1];
  const y = [0, 1, 0];
  product(lossSlope("ce", "softmax", a, y), jacobian(a)).forEach((v, k) => close(v, a[k] - y[k], 1e-15));
  product(lossSlope("ce", "sigmoid", a, y), jacobian(a, "sigmoid")).forEach((v, k) => close(v, a[k] - y[k], 1e-15));
  product(lossSlope("mse", "sigmoid", a, y), jacobian(a, "sigmoid")).forEach((v, k) => close(v, (a[k] - y[k]) * a[k] * (1 - a[k]), 1e-15));
  product(lossSlope("mse", "tanh", a, y), jacobian(a, "tanh")).forEach((v, k) => close(v, (a[k] - y[k]) * (1 - a[k] ** 2), 1e-15));
});
