import { holdsOut, learned, nearest, owned, parsePoints, rounded, standardised, unfit, withLabel, withMoved, withoutPoint, withPoint } from "../../static/js/points.js";
import { close, equal, test } from "./check.js";

test("lines of x, y and a class, however they are separated", () => {
  for (const sign of [", ", ";", "\t", " "]) {
    const found = parsePoints(`1.5${sign}-2${sign}A\r\n\n# a remark\n0${sign}1e2${sign}B\n`);
    equal([found.points, found.labels, found.classes, found.names], [[[1.5, -2], [0, 100]], [0, 1], 2, ["A", "B"]]);
  }
});

test("a line of names is skipped, and classes that are numbers are put in order", () => {
  const found = parsePoints("x,y,class\n1,2,3\n4,5,0\n1,1,1");
  equal([found.labels, found.names], [[2, 0, 1], ["0", "1", "3"]]);
});

test("what cannot be read is named with its line", () => {
  equal(parsePoints("1,2,A\n3,4").error, { line: 2, code: "cells", text: "2" });
  equal(parsePoints("1,2,A\n3,abc,B").error, { line: 2, code: "number", text: "abc" });
  equal(parsePoints("1,2,A\n3,NaN,B").error, { line: 2, code: "number", text: "NaN" });
  equal(parsePoints("1,2,A\n\n3,4,").error, { line: 3, code: "class", text: "" });
  equal(parsePoints("0,0,A\n0,0,B\n0,0,C\n0,0,D\n0,0,E\n0,0,F").error, { line: 6, code: "classes", text: "F" });
  equal(parsePoints(Array(2001).fill("1,2,A").join("\n")).error, { line: 2001, code: "many", text: "2000" });
  equal(parsePoints("  \n").error.code, "empty");
});

test("edits leave the dataset they were made from as it was", () => {
  const first = { points: [[0, 0], [1, 1]], labels: [0, 1], classes: 2 };
  const whole = JSON.stringify(first);
  equal(withPoint(first, [0.123456789, 2], 1).points.at(-1), [0.12346, 2]);
  equal(withMoved(first, 0, [5, 5]).points, [[5, 5], [1, 1]]);
  equal(withLabel(first, 0, 1).labels, [1, 1]);
  equal(withoutPoint(first, 0), { points: [[1, 1]], labels: [1], classes: 2 });
  equal(JSON.stringify(first), whole);
});

test("where points may have several labels one is added, or taken away", () => {
  const sets = { points: [[0, 0]], labels: [[1]] };
  equal(withLabel(sets, 0, 0).labels, [[0, 1]]);
  equal(withLabel(withLabel(sets, 0, 0), 0, 1).labels, [[0]]);
});

test("a model's points become a person's own, and what is held out stays so", () => {
  const model = { points: [[1.23456789, 0]], labels: [0], held: { points: [[2, 2]], labels: [1] }, classes: 2 };
  const mine = owned({ name: "blobs", features: ["x"], held_out: 0.5 }, model);
  equal(mine, { points: [[1.2346, 0], [2, 2]], labels: [0, 1], classes: 2, features: ["x"], held_out: [1] });
  equal([holdsOut(mine), holdsOut({ held_out: 0.5 }), holdsOut({ held_out: 0 }), holdsOut({})], [true, true, false, false]);
  const more = withPoint(mine, [3, 3], 1);
  equal([more.held_out, learned(more)], [[1], [0, 2]]);
  const less = withoutPoint(more, 0);
  equal([less.points, less.held_out, learned(less)], [[[2, 2], [3, 3]], [0], [1]]);
  equal(withoutPoint(more, 1).held_out, []);
  equal(owned(mine, model), mine);
});

test("standardised points have mean 0 and standard deviation 1", () => {
  const { points } = standardised({ points: [[1000, 1], [3000, 1], [5000, 1]], labels: [0, 1, 0] });
  close(points[0][0], -1.2247, 1e-4);
  equal(points.map((p) => p[1]), [0, 0, 0]);
});

test("the nearest point within reach", () => {
  equal(nearest([[0], [3]], ([x]) => Math.abs(x - 2), 5), 1);
  equal(nearest([[0], [3]], ([x]) => Math.abs(x - 2), 0.5), -1);
  equal(rounded(1234567), 1234600);
});

test("no points and points of one class cannot be learnt from", () => {
  equal([unfit({ points: [], labels: [] }), unfit({ points: [[0, 0]], labels: [2] }), unfit({ points: [[0, 0], [1, 1]], labels: [0, 1] })], ["empty", "one_class", null]);
  equal([unfit({ name: "blobs" }), unfit({ points: [[0, 0]], labels: [[0]] })], [null, null]);
});

test("a missing number is named with its line, in the first line too", () => {
  equal(parsePoints("NaN,NaN,A\n1,2,B").error, { line: 1, code: "number", text: "NaN" });
  equal(parsePoints("x,y,class\n1,2,A\n3,inf,B").error, { line: 3, code: "number", text: "inf" });
  equal(parsePoints("1,2,A\n1,,B").error, { line: 2, code: "number", text: "" });
});
