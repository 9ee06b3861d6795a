import { evaluations, order, suggestedGoal } from "../../static/js/arrival.js";
import { append, createTrajectory } from "../../static/js/trajectory.js";
import { equal, test } from "./check.js";

function run(losses, counted) {
  const trajectory = createTrajectory(["loss", ...(counted ? ["evaluations"] : [])]);
  append(trajectory, 0, losses.length, { loss: losses, evaluations: counted });
  return trajectory;
}

test("a step is a gradient, unless the engine counts them or a step sees a part of the data", () => {
  equal(evaluations(run([3, 2, 1]), 2), 2);
  equal(evaluations(run([3, 2, 1], [0, 4, 7]), 2), 7);
  equal(evaluations(run([3, 2, 1]), 2, 0.25), 0.5);
});

test("who needs fewest gradients arrives first, who has not been seen there comes last", () => {
  const runs = [run([9, 1, 1], [0, 12, 14]), run([9, 5, 1]), run([9, 8, 7])];
  equal(order(runs, 1), [{ index: 1, step: 2, evaluations: 2 }, { index: 0, step: 1, evaluations: 12 }, { index: 2, step: -1, evaluations: -1 }]);
  equal(order(runs, 1, 1).map(({ index }) => index), [0, 1, 2]);
  equal(order(runs, 1, Infinity, [1, 16]).map(({ index }) => index), [0, 1, 2]);
});

test("the goal that is suggested lies a hundredth above the floor", () => {
  equal(suggestedGoal(60, 10), 0.1);
});
