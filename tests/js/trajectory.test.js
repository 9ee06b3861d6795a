import { append, cell, createTrajectory, ghostOf, gradient, lossRange, point, reaches, settles, truncate } from "../../static/js/trajectory.js";
import { equal, holds, test } from "./check.js";

const NAMES = ["step", "x", "loss", "gradient_x"];

/** Gradient descent by hand: f = x² from 1 at rate 0.4. */
function byHand() {
  const run = createTrajectory(NAMES);
  append(run, 0, 3, { step: [0, 1, 2], x: [1, 0.2, 0.04], loss: [1, 0.04, 0.0016], gradient_x: [2, 0.4, 0.08] });
  return run;
}

test("rows arrive in slices, by name or by order", () => {
  const run = byHand();
  holds(append(run, 3, 2, [[3, 4], [0.008, 0.0016], [6.4e-5, 2.56e-6], [0.016, 0.0032]]));
  equal(run.count, 5);
  equal([cell(run, "x", 0), cell(run, "x", 4), cell(run, "x", 5)], [1, 0.0016, NaN]);
});

test("a gap is refused, and what came twice is not counted twice", () => {
  const run = byHand();
  equal(append(run, 5, 1, { step: [5], x: [0], loss: [0], gradient_x: [0] }), false);
  holds(append(run, 1, 2, { step: [1, 2], x: [0.2, 0.04], loss: [0.04, 0.0016], gradient_x: [0.4, 0.08] }));
  equal(run.count, 3);
});

test("null is a number that is not there", () => {
  const run = createTrajectory(["step", "x"]);
  append(run, 0, 1, { step: [0], x: [null] });
  equal(cell(run, "x", 0), NaN);
});

test("a frame's columns are copied: what becomes of the frame changes no row", () => {
  const run = createTrajectory(["step", "x"]);
  const frame = Float64Array.of(0, 1, 2, 0.5, NaN, 0.125);
  append(run, 0, 3, [frame.subarray(0, 3), frame.subarray(3)]);
  frame.fill(7);
  equal([run.count, cell(run, "step", 2), cell(run, "x", 0), cell(run, "x", 1), cell(run, "x", 2)], [3, 2, 0.5, NaN, 0.125]);
});

test("thousands of rows keep their values while the columns grow", () => {
  const run = createTrajectory(["step", "loss"]);
  for (let from = 0; from < 5000; from += 100) {
    const rows = Array.from({ length: 100 }, (_, i) => from + i);
    append(run, from, 100, { step: rows, loss: rows.map((row) => row * 2) });
  }
  equal([run.count, cell(run, "loss", 0), cell(run, "loss", 4999)], [5000, 0, 9998]);
});

test("truncating makes another version and forgets the end", () => {
  const run = byHand();
  run.status = { state: "finished" };
  const before = run.version;
  truncate(run, 2);
  equal([run.count, run.status.state, run.version === before], [2, "running", false]);
});

test("points and gradients are lists; rows that are not there are null", () => {
  equal([point(byHand(), ["x"], 1), gradient(byHand(), ["x"], 1), point(byHand(), ["x"], 9)], [[0.2], [0.4], null]);
});

test("a ghost keeps its rows when the run goes on without them", () => {
  const run = byHand();
  const ghost = ghostOf(run, ["x", "loss"], 2);
  append(run, 0, 1, { step: [0], x: [7], loss: [49], gradient_x: [14] });
  equal([ghost.count, cell(ghost, "x", 0)], [2, 1]);
});

test("settling means staying below, reaching means the first time", () => {
  const run = createTrajectory(["step", "loss"]);
  append(run, 0, 6, { step: [0, 1, 2, 3, 4, 5], loss: [1, 0.005, 0.5, 0.02, 0.004, 0.001] });
  equal([settles(run, 0.01), reaches(run, 0.01), settles(run, 0.0001), reaches(run, 0.0001)], [4, 1, -1, -1]);
});

test("the range of losses leaves out what is not finite", () => {
  const run = createTrajectory(["step", "loss"]);
  append(run, 0, 3, { step: [0, 1, 2], loss: [3, null, 5] });
  equal([lossRange([run], 10), lossRange([run], 0), lossRange([createTrajectory(["loss"])], 5)], [[3, 5], [3, 3], null]);
});
