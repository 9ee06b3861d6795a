import { isFitted, moved, offeredName, OFFERED, ownDataset, pointsOf, pullOf, saysOf, unfit } from "../../static/js/fitted.js";
import { close, equal, test } from "./check.js";

test("points come back in the order in which they were drawn", () => {
  const data = { points: [[1], [3]], labels: [10, 30], held: { points: [[2]], labels: [20] }, order: [0, 2, 1] };
  equal(pointsOf(data), [[1, 10, false], [2, 20, true], [3, 30, false]]);
  equal(ownDataset(pointsOf(data)), { points: [[1], [2], [3]], labels: [10, 20, 30], held_out: [1] });
  equal(ownDataset([[1.23456789, -0.000123456, false]]), { points: [[1.2346]], labels: [-0.00012346] });
});

test("a class stays a class, however high its point is dragged", () => {
  equal(moved("logistic", [[0, 0, false], [1, 1, true]], 1, [2, -3]), [[0, 0, false], [2, 0, true]]);
  equal(moved("linear", [[0, 0, false]], 0, [2, -3]), [[2, -3, false]]);
  equal([unfit("linear", [[0, 0]]), unfit("logistic", [[0, 0], [1, 0]]), unfit("logistic", [[0, 0], [1, 1]])], ["few", "one_class", null]);
});

test("what is offered is known again, with or without points held out", () => {
  for (const kind of ["linear", "logistic"]) {
    for (const [name, dataset] of Object.entries(OFFERED[kind].datasets)) equal(offeredName({ kind, dataset: { ...dataset, held_out: 0.3 } }), name);
    equal(offeredName({ kind, dataset: { points: [[1], [2]], labels: [0, 1] } }), null);
  }
  equal([isFitted({ kind: "linear" }), isFitted({ kind: "surface" }), isFitted(undefined)], [true, false, false]);
});

test("what a model says, and what a point adds to its loss", () => {
  equal(saysOf("linear", [2, 1])(3), 7);
  close(saysOf("logistic", [2, -6])(3), 0.5);
  equal(pullOf({ kind: "linear" }, [2, 1], [3, 9]), 2);
  close(pullOf({ kind: "logistic", loss: "ce" }, [0, 0], [5, 1]), Math.log(2));
  close(pullOf({ kind: "logistic", loss: "mse" }, [0, 0], [5, 1]), 0.125);
});
