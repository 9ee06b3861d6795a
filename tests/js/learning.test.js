import { alone, classifies, featuresName, staysAbove, startName, turnedStart, twins, withBothLosses, withDataset, withFeatures, withModel, withOptimizer, withProblems, withRate, withStart } from "../../static/js/learning.js";
import { close, equal, test } from "./check.js";

const BLOBS = { name: "blobs", count: 150, classes: 3 };
const single = { problem: { kind: "softmax", dataset: BLOBS, loss: "ce", weight_decay: 0 }, start: [1], steps: 200, runs: [{ optimizer: "sgd", settings: { lr: 0.1 } }] };
const pair = { steps: 200, runs: [{ optimizer: "sgd", settings: { lr: 0.1 }, problem: { kind: "softmax", dataset: BLOBS } }, { optimizer: "sgd", settings: { lr: 0.2 }, problem: { kind: "logistic", dataset: BLOBS }, start: [2] }] };

test("the wrong start of the scene: 1.5 times each direction, turned by 120°", () => {
  equal(turnedStart("softmax", 3, 2), [-0.75, 1.299038, -0.75, -1.299038, 1.5, 0, 0, 0, 0]);
  equal(turnedStart("softmax", 3, 4).length, 15);
  equal(turnedStart("logistic", 2, 2).length, 3);
});

test("which start a spec has", () => {
  const model = { classes: 3, features: [1, 1], layers: { bias: true } };
  equal(startName(withStart(single, turnedStart("softmax", 3, 2)), 0, model), "turned");
  equal(startName(withStart(single, null), 0, model), "zero");
  equal(startName(withStart(single, Array(9).fill(0.5)), 0, model), null);
});

test("another dataset loses the start unless it is kept", () => {
  equal(withDataset(single, { name: "moons" }, false).start, undefined);
  equal(withDataset(single, { points: [] }, true).start, [1]);
  const both = withDataset(pair, { name: "moons" }, true);
  equal(both.runs.map(({ problem }) => problem.dataset.name), ["moons", "moons"]);
  equal(both.runs[1].start, [2]);
  equal(single.problem.dataset, BLOBS);
});

test("another model keeps data, loss and decay; logistic takes two classes", () => {
  const next = withModel(pair, 0, "logistic", { classes: 3, sets: false });
  equal([next.runs.length, next.problem.kind, next.problem.dataset.classes], [1, "logistic", 2]);
  const deep = withModel(single, 0, "network", { classes: 3, sets: false }).problem;
  equal([deep.output, deep.hidden, deep.loss], ["softmax", [8, 8], "ce"]);
});

test("one run alone takes its problem and start along", () => {
  const next = alone(pair, 1);
  equal([next.problem.kind, next.start, next.runs.length], ["logistic", [2], 1]);
});

test("rates, optimizers and problems change where they should", () => {
  equal(withRate(pair, 1, 0.4).runs.map(({ settings }) => settings.lr), [0.1, 0.4]);
  equal(withOptimizer(single, 0, "momentum", [{ name: "lr", default: 0.01 }, { name: "momentum", default: 0.9 }]).runs[0].settings, { lr: 0.1, momentum: 0.9 });
  equal(withOptimizer(single, 0, "newton", [{ name: "lr", default: 1 }]).runs[0].settings, { lr: 1 });
  equal(withProblems(single, (problem) => ({ ...problem, weight_decay: 0.1 }), true).start, [1]);
  equal([classifies(pair), classifies({ problem: { kind: "linear" }, runs: [{}] })], [true, false]);
});

test("features come and go", () => {
  const squares = withFeatures(BLOBS, "squares");
  equal([featuresName(squares), featuresName(withFeatures(squares, "plain")), featuresName({ features: ["x"] })], ["squares", "plain", null]);
});

test("from where a column stays above a goal", () => {
  equal([staysAbove([0, 1, 0.2, 0.9, 0.95], 5, 0.9), staysAbove([0, 1], 2, 2), staysAbove([1, 1], 2, 1)], [3, -1, 0]);
});

test("softmax's difference of rows beside logistic regression's weights", () => {
  const softmax = new Map(Object.entries({ w_0_1: [0, -1], w_1_1: [0, 1], b_0: [0, 0], b_1: [0, 0.5] }));
  const { table, apart } = twins(softmax, new Map(Object.entries({ step: [0, 1], w_1: [0, 2], b: [0, 0.4] })), 1);
  equal(table[0], { name: "w_1", softmax: 2, logistic: 2 });
  close(apart, 0.1);
});

test("one model with both losses, from the same start", () => {
  const both = withBothLosses(single, 0);
  equal(both.runs.map(({ problem, start, settings }) => [problem.loss, problem.kind, start, settings.lr]), [["ce", "softmax", [1], 0.1], ["mse", "softmax", [1], 0.1]]);
  equal([both.problem, both.start], [undefined, undefined]);
});
