import { formulaOf, leastCurvature, lossOf, model } from "/static/js/landscape.js";
import { sigmoid } from "/static/js/neuron.js";
import { close, equal, holds, test } from "./check.js";

const AXIS = [[10, 0], [1, 0], [1, 0], [1, 0], [1, 0], [1, 0]];
const VALLEYS = model([...AXIS, ...AXIS.map(([x, y]) => [y, x])], [1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1], false);

const softplus = (z) => Math.log(1 + Math.exp(z));
const worth = (text, x, y) => new Function("x", "y", "sigmoid", "softplus", `return ${text}`)(x, y, sigmoid, softplus);

test("the loss of few points is a formula, one term for each place and label", () => {
  const text = formulaOf("mse", VALLEYS);
  equal(text, "((sigmoid(10*x)-1)**2+4*sigmoid(x)**2+(sigmoid(x)-1)**2+(sigmoid(10*y)-1)**2+4*sigmoid(y)**2+(sigmoid(y)-1)**2)/24");
  for (const kind of ["mse", "ce"]) {
    for (const [x, y] of [[-3, 1], [0.12, -1.386], [2, 2]]) close(worth(formulaOf(kind, VALLEYS), x, y), lossOf(kind, VALLEYS, x, y));
  }
});

test("inputs with a bias, negative numbers and weight decay are in the formula", () => {
  const points = model([[-0.5], [1.5]], [0, 1], true);
  const text = formulaOf("ce", points, 0.1);
  close(worth(text, 0.7, -0.2), lossOf("ce", points, 0.7, -0.2) + 0.05 * (0.7 ** 2 + 0.2 ** 2));
});

test("too many places are too long for a formula", () => {
  const many = model(Array.from({ length: 30 }, (_, i) => [i / 7]), Array.from({ length: 30 }, (_, i) => i % 2), true);
  equal(formulaOf("mse", many), null);
});

test("squared error bends downwards between its valleys, cross-entropy nowhere", () => {
  holds(leastCurvature("mse", VALLEYS, -0.4, -0.4) < 0);
  holds(leastCurvature("mse", VALLEYS, 0.12, 0.12) > 0);
  holds(leastCurvature("ce", VALLEYS, -0.4, -0.4) > 0);
});
