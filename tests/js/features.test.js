import * as features from "../../static/js/features.js";
import { close, equal, holds, test } from "./check.js";

// Two features, one in every second point, one in every fourth; y = 3 x_1 - 2 x_2 + 1 exactly.
const POINTS = [[1, 0], [0, 0], [1, 1], [0, 0]];
const LABELS = POINTS.map(([a, b]) => 3 * a - 2 * b + 1);

test("a fit finds the weights, the least loss, and how often a feature occurs", () => {
  const fit = features.fitFeatures(POINTS, LABELS);
  fit.minimum.forEach((value, i) => close(value, [3, -2, 1][i], 1e-12));
  close(fit.least, 0, 1e-20);
  equal(fit.shares, [0.5, 0.25]);
  equal(fit.order, [0, 1]);
});

test("the largest curvature is that of the mean of x x'", () => {
  const fit = features.fitFeatures([[1], [1], [-1], [-1]], [1, 2, 3, 4]);
  close(fit.curvatures[1], 1, 1e-9);
  const [a, b, d] = [0.5, 0.25, 0.25]; // [[1/2, 1/4], [1/4, 1/4]] and the bias [1/2, 1/4, 1]
  const { curvatures } = features.fitFeatures(POINTS, LABELS);
  const value = (l) => (a - l) * ((d - l) * (1 - l) - b * b) - b * (b * (1 - l) - b * a) + a * (b * b - a * (d - l));
  close(value(curvatures[1]), 0, 1e-9);
  holds(curvatures[1] > 1);
});

test("a feature that never occurs keeps its weight", () => {
  equal(features.fitFeatures([[1, 0], [2, 0], [3, 0]], [2, 4, 6]).minimum.map((v) => Math.round(v * 1e9) / 1e9), [2, 0, 0]);
});

test("covered is the part of the way", () => {
  equal(features.covered({ minimum: [2, -1, 0], inputs: 2 }, [0, 1, 0], [1, 1, 5]), [0.5, 0]);
});

test("plain descent moves by its rate for each unit of gradient", () => {
  const gradients = [4, 2, 0, 1];
  const values = [10, 9.6, 9.4, 9.4, 9.3];
  close(features.stridePerGradient(values, gradients, 4), 0.1, 1e-12);
  holds(Number.isNaN(features.stridePerGradient([1, 1], [0], 1)));
});

test("the rarest are the last fifth", () => {
  equal(features.meanOfRarest({ order: [1, 0, 2, 4, 3], inputs: 5 }, [0, 1, 2, 3, 4]), 3);
});
