/** What theory says at a point, as numbers and shapes: curvature, its axes, the cliff of a rate, downhill directions. */
import { eigen, ellipse, solve } from "./geometry.js";
import { hessian, valueAndGradient } from "./program.js";

/**
 * Curvature at a point of the plane: {values (greatest first), vectors, newton (the point a Newton step leads to, or null),
 * ellipse (points of a level line of the local quadratic, or null where it is no bowl), axes}.
 */
export function curvature(program, point, size) {
  const matrix = hessian(program, point);
  if (!matrix.flat().every(Number.isFinite)) return null;
  const { values, vectors } = eigen(matrix);
  const [, gradient] = valueAndGradient(program, point);
  const step = solve(matrix, gradient);
  const newton = step && step.every(Number.isFinite) ? point.map((v, i) => v - step[i]) : null;
  const flat = Math.sqrt(Math.abs(values[1]) / Math.abs(values[0])) || 0;
  const radii = [size * Math.max(0.08, flat), size];
  return {
    values, vectors, newton, bowl: values[1] > 0, ellipse: values[1] > 0 ? ellipse(point, vectors, radii) : null,
    axes: vectors.map((v, i) => [point.map((p, k) => p - v[k] * radii[i]), point.map((p, k) => p + v[k] * radii[i])]),
  };
}

/**
 * The greatest rate at which a rule is stable on a quadratic with this curvature: 2/λ for gradient descent, 2(1 + β)/λ for
 * momentum; null for rules without such a number, or where the ground does not curve up.
 */
export function cliff(run, steepest) {
  if (!(steepest > 0)) return null;
  if (run.optimizer === "sgd") return 2 / steepest;
  if (run.optimizer === "momentum") return (2 * (1 + (run.settings.momentum ?? 0))) / steepest;
  return null;
}

/** The greatest curvature at a point, in any number of dimensions up to two. */
export function steepestCurvature(program, point) {
  const matrix = hessian(program, point);
  return matrix.length === 1 ? matrix[0][0] : eigen(matrix).values[0];
}

/** Arrows along -∇f, all of one length, as one broken line {x, y} for Plotly. */
export function downhill(program, [[x0, x1], [y0, y1]], count = 13) {
  const cell = (x1 - x0) / count;
  const [x, y] = [[], []];
  for (let i = 0.5; i < count; i += 1) {
    for (let j = 0.5; j * cell < y1 - y0; j += 1) {
      const at = [x0 + i * cell, y0 + j * cell];
      const [, gradient] = valueAndGradient(program, at);
      const size = Math.hypot(...gradient);
      if (!(size > 0) || !Number.isFinite(size)) continue;
      const [u, v] = gradient.map((g) => -g / size);
      const reach = 0.34 * cell;
      const [ex, ey] = [at[0] + u * reach, at[1] + v * reach];
      const barb = 0.3 * reach;
      x.push(at[0] - u * reach, ex, null, ex - barb * (u * 0.8 + v * 0.6), ex, ex - barb * (u * 0.8 - v * 0.6), null);
      y.push(at[1] - v * reach, ey, null, ey - barb * (v * 0.8 - u * 0.6), ey, ey - barb * (v * 0.8 + u * 0.6), null);
    }
  }
  return { x, y };
}
