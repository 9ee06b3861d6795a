import { countUpTo, spread, thinned } from "../../static/js/thin.js";
import { equal, test } from "./check.js";

test("a short line keeps every point", () => {
  equal(Array.from(thinned([3, 1, 2], 3)), [0, 1, 2]);
  equal(Array.from(thinned([3, 1, 2], 2)), [0, 1]);
});

test("a long line keeps its ends and every peak, in order", () => {
  const values = Float64Array.from({ length: 9001 }, (_, i) => Math.sin(i / 900));
  values[4321] = 50;
  values[4322] = -50;
  const places = Array.from(thinned(values, 9001, 100));
  equal([places[0], places.at(-1), places.length <= 301], [0, 9000, true]);
  equal([places.includes(4321), places.includes(4322)], [true, true]);
  equal(places.every((place, i) => i === 0 || place > places[i - 1]), true);
});

test("how many places lie before a row", () => {
  equal([0, 1, 4, 5, 99].map((row) => countUpTo(Uint32Array.from([0, 2, 5]), row)), [1, 1, 2, 3, 3]);
});

test("rows spread over a run have its first and its last", () => {
  equal(Array.from(spread(3, 5)), [0, 1, 2]);
  equal(Array.from(spread(101, 5)), [0, 25, 50, 75, 100]);
});
