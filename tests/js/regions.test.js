import { boundaries, gridPoints, shade, strength } from "../../static/js/regions.js";
import { close, equal, holds, test } from "./check.js";

test("cells run from the top left, and stand in the middle", () => {
  const { x, y } = gridPoints([[0, 4], [0, 2]], 4, 2);
  equal([x[0], y[0], x[7], y[7]], [0.5, 1.5, 3.5, 0.5]);
});

test("the shade is nothing at a tie and grows in steps", () => {
  holds(strength(0.34, 3) < strength(0.7, 3) && strength(0.7, 3) < strength(0.999, 3));
  equal(strength(1, 3), 1);
  equal(strength(0.5, 2), strength(0.55, 2));
});

test("a cell takes the winner's colour, or the colours of every yes", () => {
  const bytes = new Uint8ClampedArray(8);
  const palette = [[255, 0, 0], [0, 0, 255]];
  shade(bytes, [[1, 0], [0, 1]], palette, [0, 0, 0], 1);
  equal([...bytes.slice(0, 3), ...bytes.slice(4, 7)], [255, 0, 0, 0, 0, 255]);
  shade(bytes, [[1, 0.1], [1, 0.2]], palette, [9, 9, 9], 1, false);
  holds(bytes[0] > 100 && bytes[2] > 100 && bytes[4] === 9, "both, and neither");
});

test("the boundary of two halves is one straight line where they tie", () => {
  const [nx, ny] = [5, 4];
  const one = Float64Array.from({ length: nx * ny }, (_, i) => 0.1 + 0.2 * (i % nx));
  const pieces = boundaries([one.map((v) => 1 - v), one], nx, ny);
  equal(pieces.length, 4 * (ny - 1));
  for (let i = 0; i < pieces.length; i += 2) close(pieces[i], 2, 1e-12);
});

test("where there is one class there is no boundary", () => {
  const p = [new Float64Array(9).fill(0.9), new Float64Array(9).fill(0.1)];
  equal(boundaries(p, 3, 3), []);
});
