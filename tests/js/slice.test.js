import { planeOf } from "../../static/js/slice.js";
import { close, equal, test } from "./check.js";

const grid = (f, n = 21, half = 5) => {
  const at = Array.from({ length: n }, (_, i) => -half + (2 * half * i) / (n - 1));
  return { x: at, y: at, loss: at.map((y) => at.map((x) => f(x, y))), shares: [0.75, 0.125], path: { x: [3, 1, 0], y: [1, 1, 0] } };
};

test("the path is a trajectory, and the plane's share of its motion the sum of both", () => {
  const plane = planeOf(grid((x, y) => x * x + y * y + 0.1), "k");
  equal([plane.path.count, plane.share, plane.window], [3, 0.875, [[-5, 5], [-5, 5]]]);
  equal(Array.from(plane.path.columns.get("u")), [3, 1, 0]);
});

test("losses over decades have lines at 1, 2, 5 and 10, labelled with what they are", () => {
  const plane = planeOf(grid((x, y) => x * x + y * y + 0.1, 101), "k");
  equal(plane.scale.log, true);
  equal([-1, 0, 1, 2, 3, 4].map(plane.scale.lossAt), [0.5, 1, 2, 5, 10, 20]);
  for (const k of [-2, 0, 1, 2, 5]) close(plane.scale.level(plane.scale.lossAt(k)), k, 1e-9);
  equal(plane.labels.length > 1, true);
  for (const { x, y, loss } of plane.labels) close(x * x + y * y + 0.1, loss, 0.15 * loss);
});

test("losses that hardly differ have evenly spaced lines at round numbers", () => {
  const plane = planeOf(grid((x, y) => 0.7 + 0.01 * x - 0.002 * y), "k");
  equal(plane.scale.log, false);
  close(plane.scale.lossAt(Math.round(plane.scale.level(0.7))), 0.7, 1e-9);
  equal(plane.scale.high - plane.scale.low < 20, true);
});

test("a hole in the plane is a hole, and a flat plane is drawn", () => {
  const holed = planeOf(grid((x) => (x > 4 ? null : 1 + x * x)), "k");
  equal([Number.isNaN(holed.grid.f[20]), Number.isFinite(holed.scale.high)], [true, true]);
  const flat = planeOf(grid(() => 0.5), "k");
  equal(flat.scale.high > flat.scale.low, true);
});
