import { groundBetween, linspace, makeScale, sampleGrid } from "../../static/js/levels.js";
import { close, equal, holds, test } from "./check.js";

/** x² + 3y, as the engine sends it. */
const PROGRAM = {
  variables: ["x", "y"], operations: [["variable", "x"], ["mul", 0, 0], ["number", 3], ["variable", "y"], ["mul", 2, 3], ["add", 1, 4]], value: 5, gradient: [],
};

test("a grid goes row by row from the window's lower left corner", () => {
  const { x, y, f } = sampleGrid(PROGRAM, [[-1, 1], [0, 2]], 3, 2);
  equal([x, y, [...f]], [[-1, 0, 1], [0, 2], [1, 0, 1, 7, 6, 7]]);
});

test("the drawn ground is the function at the grid's points and straight between them", () => {
  const ground = groundBetween(sampleGrid(PROGRAM, [[-1, 1], [0, 2]], 3, 2), (f) => f);
  equal([ground(-1, 0), ground(1, 2), ground(0, 2)], [1, 7, 6]);
  close(ground(0.5, 0), 0.5); // the chord, where the function itself has 0.25
  close(ground(-0.5, 1), 3.5);
});

test("outside the window and beside a hole there is no ground", () => {
  const grid = sampleGrid(PROGRAM, [[-1, 1], [0, 2]], 3, 2);
  equal([groundBetween(grid, (f) => f)(1.01, 1), groundBetween(grid, (f) => f)(0, -0.1)], [NaN, NaN]);
  const holed = groundBetween(grid, (f) => (f === 7 ? NaN : f));
  holds(Number.isNaN(holed(0.5, 1)), "beside the hole");
});

test("where f spans many decades the height is a logarithm above the minimum, else f itself", () => {
  const values = Float64Array.from(linspace(0, 100, 101), (v) => v * v);
  const scale = makeScale(values, { log: true, minimum: 0 });
  close(scale.height(1e4) - scale.height(1e3), 1, 0.02); // a decade, softened towards the minimum
  holds(scale.heights[1] - scale.heights[0] < 2.7, "the softness ends the depth");
  equal(makeScale(values, { log: false, minimum: 0 }).height(50), 50);
});
