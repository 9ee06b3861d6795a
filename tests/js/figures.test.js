import { eigen, hidden, invert, multiply, placeLabels, projector, solve, spread } from "../../static/js/geometry.js";
import { decade, lossScale } from "../../static/js/figures.js";
import { identities } from "../../static/js/identity.js";
import { equalAspect, makeScale, niceTicks, sampleGrid } from "../../static/js/levels.js";
import { cliff, curvature } from "../../static/js/overlays.js";
import { clamp, createPixels, nearestRow, pathTo, useMapping } from "../../static/js/pixels.js";
import { position, rateReach, valueAt } from "../../static/js/scale.js";
import { createTrajectory, append } from "../../static/js/trajectory.js";
import { close, equal, holds, test } from "./check.js";

/** (x² + 50 y²)/2. */
const RAVINE = {
  variables: ["x", "y"], operations: [["variable", "x"], ["variable", "y"], ["mul", 0, 0], ["mul", 1, 1], ["number", 50], ["mul", 4, 3], ["add", 2, 5],
    ["number", 0.5], ["mul", 7, 6], ["mul", 4, 1]],
  value: 8, gradient: [0, 9],
};

test("the ravine's curvatures are 50 and 1, its cliff 2/50, momentum's 2(1 + β)/50", () => {
  const found = curvature(RAVINE, [-8, 2], 1);
  close(found.values[0], 50, 1e-6);
  close(found.values[1], 1, 1e-6);
  close(found.newton[0], 0, 1e-6);
  close(cliff({ optimizer: "sgd", settings: {} }, 50), 0.04);
  close(cliff({ optimizer: "momentum", settings: { momentum: 0.9 } }, 50), 0.076);
  equal([cliff({ optimizer: "adam", settings: {} }, 50), cliff({ optimizer: "sgd", settings: {} }, -1)], [null, null]);
});

test("eigenvectors belong to their eigenvalues", () => {
  const { values, vectors } = eigen([[2, 1], [1, 2]]);
  close(values[0], 3);
  close(vectors[0][0] / vectors[0][1], 1);
  equal(solve([[1, 2], [2, 4]], [1, 1]), null);
});

test("a camera and its inverse give the identity, and a projector its own points", () => {
  const m = [1.2, 0.1, 0, 0, -0.2, 0.9, 0.3, 0, 0.1, 0.2, -1.1, -1, 0, 0, -2, 1.5];
  multiply(m, invert(m)).forEach((v, i) => close(v, i % 5 === 0 ? 1 : 0, 1e-9));
  const eye = projector([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], [1, 1, 1], 200, 100);
  equal(eye.project([0, 0, 0]), [100, 50]);
});

test("a hill hides what lies behind it", () => {
  const hill = (x, y) => Math.exp(-8 * (x * x + y * y));
  const box = [[-1, 1], [-1, 1]];
  holds(hidden([-0.8, 0, 0.02], [3, 0, 0.9], hill, box, [0, 1]));
  holds(!hidden([0.8, 0, 0.02], [3, 0, 0.9], hill, box, [0, 1]));
});

test("equal aspect widens and never cuts", () => {
  equal(equalAspect([[0, 1], [0, 1]], 2), [[-0.5, 1.5], [0, 1]]);
  equal(equalAspect([[0, 4], [0, 1]], 2), [[0, 4], [-0.5, 1.5]]);
});

test("ticks are round and inside", () => {
  equal(niceTicks(-1.8, 1.8, 4), [-1, 0, 1]);
  equal(niceTicks(0, 150, 6), [0, 50, 100, 150]);
});

test("levels are even, or by half decades above the minimum", () => {
  const grid = sampleGrid(RAVINE, [[-2, 2], [-2, 2]], 21, 21);
  const linear = makeScale(grid.f, { log: false, minimum: 0 });
  equal([linear.log, linear.level(3)], [false, 3]);
  const log = makeScale(grid.f, { log: true, minimum: 0 });
  equal([log.log, log.step], [true, 0.5]);
  holds(log.level(100) > log.level(10) && log.height(1e9) === log.heights[1]);
});

test("decades are written as people write them", () => {
  equal([-2, -1, 0, 2, 3].map(decade), ["10⁻²", "0.1", "1", "100", "10³"]);
});

test("a logarithmic loss axis has the decades of f - minimum, and an end", () => {
  const scale = lossScale(true, -2, [-2, 98]);
  close(scale.to(98), 2);
  holds(scale.to(-2) >= scale.range[0] && scale.range[1] > 2);
});

test("runs of one optimizer are told apart by what differs, by dash and by head", () => {
  const tokens = { light: { plain: "#c30", adam: "#086", ink: "#000" }, dashes: { solid: [], dash: [7, 4], dot: [1.5, 3], dashdot: [8, 3, 1.5, 3], longdash: [13, 4] },
    optimizers: { sgd: { family: "plain", dash: "dot", symbol: "circle" }, adam: { family: "adam", dash: "solid", symbol: "circle" } } };
  const words = { descent: "Gradient descent", short: "GD", own: "Own rule" };
  const named = (runs, problem = {}) => identities({ problem, runs }, { tokens, dark: false, titles: { sgd: "SGD", adam: "Adam" }, families: {}, words, format: String });
  const twins = named([{ optimizer: "sgd", settings: { lr: 0.1 } }, { optimizer: "sgd", settings: { lr: 0.2 } }]);
  equal(twins.map((run) => run.name), ["GD 0.1", "GD 0.2"]);
  holds(twins[0].dashName !== twins[1].dashName && twins[0].symbol !== twins[1].symbol);
  equal(named([{ optimizer: "sgd", settings: {} }, { optimizer: "adam", settings: {} }]).map((run) => run.name), ["Gradient descent", "Adam"]);
  equal(named([{ optimizer: "sgd", settings: {} }], { noise: 1 })[0].name, "SGD");
  equal(named([{ optimizer: "sgd", batch: { mode: "stochastic" } }])[0].name, "SGD");
});

test("runs of one optimizer that differ in loss or batch are named by it", () => {
  const tokens = { light: { plain: "#c30", ink: "#000" }, dashes: { solid: [], dash: [7, 4], dot: [1.5, 3], dashdot: [8, 3, 1.5, 3], longdash: [13, 4] },
    optimizers: { sgd: { family: "plain", dash: "dot", symbol: "circle" } } };
  const words = { descent: "Gradient descent", short: "GD", own: "Own rule", losses: { mse: "squared error", ce: "cross-entropy" }, batch: ({ mode, size }) => size ?? mode };
  const named = (runs) => identities({ problem: {}, runs }, { tokens, dark: false, titles: { sgd: "SGD" }, families: {}, words, format: String }).map((run) => run.name);
  const sgd = { optimizer: "sgd", settings: { lr: 0.1 } };
  equal(named(["mse", "ce"].map((loss) => ({ ...sgd, problem: { loss } }))), ["GD · squared error", "GD · cross-entropy"]);
  equal(named([sgd, { ...sgd, batch: { mode: "mini", size: 16 } }]), ["SGD · full", "SGD · 16"]);
  equal(named([sgd, sgd]), ["GD 1", "GD 2"]);
});

test("sliders and values agree on their scales", () => {
  const rate = rateReach({ name: "lr", low: 0, high: 1000, scale: "log" }, 0.05);
  for (const value of [0.01, 0.05, 0.1, 1]) equal(valueAt(rate, position(rate, value)), value);
  const beta = { name: "beta", low: 0, high: 0.99999, scale: "complement" };
  for (const value of [0, 0.9, 0.99, 0.999]) close(valueAt(beta, position(beta, value)), value, 1e-9);
  const part = { name: "part", low: 0, high: 2, scale: "linear" };
  equal(valueAt(part, position(part, 1.5)), 1.5);
});

test("pixels are made once, and again when the mapping or the rows change", () => {
  const run = createTrajectory(["step", "x"]);
  append(run, 0, 3, { step: [0, 1, 2], x: [0, 1, 2] });
  const pixels = createPixels();
  let made = 0;
  const map = (row, put) => {
    made += 1;
    put(row * 10, 0);
  };
  useMapping(pixels, "a");
  equal(pathTo(pixels, run, 1, map).count, 2);
  equal(pathTo(pixels, run, 2, map).count, 3);
  equal([made, pathTo(pixels, run, 0, map).count], [3, 1]);
  useMapping(pixels, "b");
  pathTo(pixels, run, 2, map);
  equal(made, 6);
  equal(nearestRow(pixels, run, 2, 12, 1, 9).row, 1);
  equal([clamp(1e300), clamp(NaN)], [20000, NaN]);
});

test("labels stay apart", () => {
  const heads = [0, 1, 2].map(() => ({ x: 100, y: 100, width: 60, height: 16 }));
  placeLabels(heads, [], [], 300, 200);
  const boxes = heads.map((head) => [head.cx - 30, head.cy - 8, head.cx + 30, head.cy + 8]);
  boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b) => holds(a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1], "labels overlap")));
  const items = spread([{ y: 10 }, { y: 11 }, { y: 12 }], 17, 0, 100);
  holds(items[1].y - items[0].y >= 16 && items[2].y - items[1].y >= 16);
});
