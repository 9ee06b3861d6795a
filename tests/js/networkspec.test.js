import * as networks from "../../static/js/networkspec.js";
import { equal, holds, test } from "./check.js";

const SPEC = {
  problem: { kind: "network", dataset: { points: [[0.05, 0.1]], labels: [[0.01, 0.99]] }, hidden: [2], activation: "sigmoid", output: "sigmoid", loss: "mse", bias: "fixed" },
  start: [0.15, 0.2], steps: 200, seed: 0, changes: [], runs: [{ optimizer: "sgd", settings: { lr: 0.5 } }],
};

test("a network learns from one point or from a dataset, with the same hidden layers", () => {
  holds(networks.isSmall(SPEC.problem) && !networks.isOnData(SPEC.problem));
  const moons = networks.withData(SPEC, "moons");
  holds(networks.isOnData(moons.problem));
  equal(moons.problem, { ...SPEC.problem, dataset: { name: "moons" }, loss: "ce", bias: true });
  equal(networks.sizesOf(moons.problem), [2, 2, 1]);
  equal(networks.sizesOf({ ...moons.problem, output: "softmax" }), [2, 2, 2]);
  equal("start" in moons, false);
  const back = networks.withData(moons, "");
  equal(back.problem.dataset, { points: [[0.05, 0.1]], labels: [[1, 0]] });
});

test("on data only the hidden sizes can be others", () => {
  const moons = networks.withData(SPEC, "moons");
  equal(networks.withSizes(moons, [2, 3, 3, 1]).problem.hidden, [3, 3]);
  equal(networks.withPair(moons, "softmax", "ce").problem.output, "softmax");
});

test("a typed parameter begins the run where the others are", () => {
  equal(networks.withParameter(SPEC, [1, 2, 3], 1, -0.5).start, [1, -0.5, 3]);
  equal(SPEC.start, [0.15, 0.2]);
});

test("a rule of one's own takes the place of the optimizer and keeps the batch", () => {
  const batched = { ...SPEC, runs: [{ optimizer: "sgd", settings: { lr: 0.5 }, batch: { mode: "stochastic" } }] };
  equal(networks.withOwnRule(batched, "x = x - lr*g", { lr: 1 }).runs, [{ rule: "x = x - lr*g", settings: { lr: 1 }, batch: { mode: "stochastic" } }]);
  equal(networks.withRule(SPEC, "exact_line_search", {}).runs, [{ optimizer: "exact_line_search", settings: {} }]);
});
