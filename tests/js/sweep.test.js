import { order, suggestedGoal } from "../../static/js/arrival.js";
import { mix } from "../../static/js/colours.js";
import { basins, best } from "../../static/js/sweep.js";
import { append, createTrajectory } from "../../static/js/trajectory.js";
import { equal, test } from "./check.js";

test("the best rate arrives in the fewest steps", () => {
  equal(best({ steps: [null, 40, 12, 30], loss: [3, 0, 0, 0], state: ["finished", "finished", "finished", "finished"] }), 2);
});

test("where none arrives the lowest sound loss is best", () => {
  equal(best({ steps: [null, null, null], loss: [3, 1, 0.5], state: ["finished", "finished", "diverged"] }), 1);
  equal(best({ steps: [null], loss: [null], state: ["diverged"] }), -1);
});

test("a start belongs to the minimum it ends in", () => {
  const ends = { end_x: [[1, -1], [0.98, null]], end_y: [[0, 0], [0.01, null]] };
  equal(basins(ends, [[-1, 0], [1, 0]], 0.05), [[1, 0], [1, -1]]);
});

test("a tint is a share of its colour", () => {
  equal([mix("#000000", "#ffffff", 0.2), mix("#0a48b0", "#cb3600", 0), mix("#0a48b0", "#cb3600", 1)], ["#333333", "#0a48b0", "#cb3600"]);
});

test("arrival is counted as far as it has been seen", () => {
  const run = (losses) => {
    const made = createTrajectory(["step", "loss"]);
    append(made, 0, losses.length, { step: losses.map((_, i) => i), loss: losses });
    return made;
  };
  const runs = [run([4, 3, 2, 1]), run([4, 1, 1, 1]), run([4, 4, 4, 4])];
  equal(order(runs, 1).map((row) => [row.index, row.step]), [[1, 1], [0, 3], [2, -1]]);
  equal(order(runs, 1, 2).map((row) => [row.index, row.step]), [[1, 1], [0, -1], [2, -1]]);
});

test("the goal suggested is a power of ten above the minimum", () => {
  equal([suggestedGoal(1.55, -2.06), suggestedGoal(2500, 0)], [0.01, 10]);
});
