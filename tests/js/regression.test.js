import * as fitting from "../../static/js/regression.js";
import { close, equal, holds, test } from "./check.js";

/** Points about y = 1.5 x + 0.5, x uniform in (-2, 2), noise of sd 1. */
function noisy(count, seed = 3) {
  const random = fitting.randomOf(seed);
  const points = Array.from({ length: count }, () => [4 * random() - 2]);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return { points, labels: points.map(([x]) => 1.5 * x + 0.5 + normal()) };
}

const FIT = fitting.fitLine(noisy(512).points, noisy(512).labels);

test("points on a line give that line, without loss", () => {
  const fit = fitting.fitLine([[0], [1], [2]], [1, 3, 5]);
  equal(fit.minimum.map((v) => Number(v.toFixed(12))), [2, 1]);
  close(fit.least, 0);
  close(fitting.excessAt(fit, [2, 2]), 0.5);
});

test("the gradient is the mean of the points' gradients, and the slope of the excess", () => {
  const place = [-2, 3];
  const full = fitting.gradientOf(FIT, place);
  const all = fitting.cloudOf(FIT, place, fitting.drawBatches(512, 512, 1));
  close(all.x[0], full[0], 1e-10);
  close(all.y[0], full[1], 1e-10);
  const by = 1e-5;
  close((fitting.excessAt(FIT, [-2 + by, 3]) - fitting.excessAt(FIT, [-2 - by, 3])) / (2 * by), full[0], 1e-8);
});

test("a batch has different rows, and one point at a time is every point", () => {
  for (const rows of fitting.drawBatches(20, 7, 50)) equal([rows.length, new Set(rows).size], [7, 7]);
  equal(fitting.drawBatches(3, 1, 10), [[0], [1], [2]]);
});

test("larger batches point uphill less often, all points never", () => {
  const near = FIT.minimum.map((v) => v + 0.2);
  const share = (size) => fitting.uphillShare(fitting.cloudOf(FIT, near, fitting.drawBatches(512, size, 400)), fitting.gradientOf(FIT, near));
  holds(share(1) > 0.3 && share(1) < 0.5);
  holds(share(64) < 0.2);
  equal(share(512), 0);
});

test("the noise floor grows with the rate, falls with the batch, and ends at a cliff", () => {
  const floors = [0.03, 0.1, 0.3].map((rate) => fitting.noiseFloor(FIT, 1, rate));
  for (const [i, expected] of [0.014, 0.06, 0.26].entries()) close(floors[i], expected, 0.03); // scenes.md, one seed
  close(fitting.noiseFloor(FIT, 64, 0.1) / fitting.noiseFloor(FIT, 1, 0.1), 1 / 64, 0.01);
  equal(fitting.noiseFloor(FIT, 1, 0.8), Infinity);
  equal(fitting.noiseFloor(FIT, 512, 1.2), 0);
  equal(fitting.noiseFloor(FIT, 512, 1.9), Infinity);
});

test("the floor is where a simulated walk settles", () => {
  const random = fitting.randomOf(5);
  let [w, b] = FIT.minimum;
  let sum = 0;
  const steps = 60000;
  for (let k = 0; k < steps; k += 1) {
    const row = Math.floor(random() * FIT.count);
    const residual = w * FIT.x[row] + b - FIT.y[row];
    w -= 0.2 * residual * FIT.x[row];
    b -= 0.2 * residual;
    sum += fitting.excessAt(FIT, [w, b]);
  }
  close(sum / steps / fitting.noiseFloor(FIT, 1, 0.2), 1, 0.05);
});
