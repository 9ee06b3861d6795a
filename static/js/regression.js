/**
 * A line fitted to points, as numbers: its bowl of loss, the gradient that each point alone would give, and where noise
 * keeps a walk from settling. Loss is the mean of (w x + b - y)²/2; a point of the bowl is [w, b].
 */

const MOST_FLOORS = 1000; // that are kept: every frame asks for the same ones

/** The sums of points [[x], ..] and labels [y, ..]: curvature, minimum, and the points themselves. */
export function fitLine(points, labels) {
  const count = labels.length;
  const x = Float64Array.from(points, ([first]) => first);
  const y = Float64Array.from(labels);
  const mean = (term) => {
    let sum = 0;
    for (let i = 0; i < count; i += 1) sum += term(x[i], y[i]);
    return sum / count;
  };
  const [mx, mxx, my, mxy] = [mean((a) => a), mean((a) => a * a), mean((_, b) => b), mean((a, b) => a * b)];
  const determinant = mxx - mx * mx;
  const w = (mxy - mx * my) / determinant;
  const b = my - w * mx;
  const [middle, apart] = [(mxx + 1) / 2, Math.hypot((mxx - 1) / 2, mx)];
  return {
    count, x, y, mean, hessian: [mxx, mx, 1], minimum: [w, b], least: mean((a, c) => (w * a + b - c) ** 2 / 2),
    curvatures: [middle - apart, middle + apart], floors: new Map(),
  };
}

/** How far above the least loss a place lies: half of d' H d. */
export function excessAt({ hessian: [hww, hwb, hbb], minimum }, [w, b]) {
  const [u, v] = [w - minimum[0], b - minimum[1]];
  return (hww * u * u + 2 * hwb * u * v + hbb * v * v) / 2;
}

/** The gradient over all points. */
export function gradientOf({ hessian: [hww, hwb, hbb], minimum }, [w, b]) {
  const [u, v] = [w - minimum[0], b - minimum[1]];
  return [hww * u + hwb * v, hwb * u + hbb * v];
}

/** The gradient of each point alone: (a - y) x and (a - y). */
export function pointGradients({ x, y, count }, [w, b]) {
  const [dw, db] = [new Float64Array(count), new Float64Array(count)];
  for (let i = 0; i < count; i += 1) {
    db[i] = w * x[i] + b - y[i];
    dw[i] = db[i] * x[i];
  }
  return [dw, db];
}

/** Pseudo-random numbers of a seed, 0 to 1 (mulberry32): what is only drawn, never what runs. */
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** `many` batches of `size` different rows out of `count`; every row by itself when size is 1. */
export function drawBatches(count, size, many) {
  if (size <= 1) return Array.from({ length: count }, (_, row) => [row]);
  if (size >= count) return [Array.from({ length: count }, (_, row) => row)];
  const random = randomOf(size);
  const rows = Array.from({ length: count }, (_, row) => row);
  return Array.from({ length: many }, () => {
    for (let i = 0; i < size; i += 1) {
      const j = i + Math.floor(random() * (count - i));
      [rows[i], rows[j]] = [rows[j], rows[i]];
    }
    return rows.slice(0, size);
  });
}

/** The gradients that these batches would give at a place: {x, y}. */
export function cloudOf(fit, place, batches) {
  const [dw, db] = pointGradients(fit, place);
  const mean = (values) => batches.map((rows) => rows.reduce((sum, row) => sum + values[row], 0) / rows.length);
  return { x: mean(dw), y: mean(db) };
}

/** The share of gradients whose step would climb: they point against the full gradient. */
export function uphillShare({ x, y }, [gx, gy]) {
  const against = x.reduce((sum, value, i) => sum + Number(value * gx + y[i] * gy < 0), 0);
  return against / x.length;
}

/**
 * The excess loss around which a walk at a constant rate settles, with batches drawn with replacement. Exact: the
 * covariance S of the place obeys S = (1 - rate H) S (1 - rate H) + rate²/size (E[xx' S xx'] - H S H + E[r² xx']),
 * r the residual at the minimum; three linear equations. Infinity where it has no solution: the walk diverges.
 */
export function noiseFloor(fit, size, rate) {
  const key = `${size},${rate}`;
  if (!fit.floors.has(key)) {
    if (fit.floors.size > MOST_FLOORS) fit.floors.clear();
    fit.floors.set(key, settledExcess(fit, size, rate));
  }
  return fit.floors.get(key);
}

function settledExcess(fit, size, rate) {
  if (size >= fit.count) return rate < 2 / fit.curvatures[1] ? 0 : Infinity;
  const { hessian: [hww, hwb, hbb], minimum: [w, b], mean } = fit;
  const moment = [0, 1, 2, 3, 4].map((power) => mean((x) => x ** power));
  const noise = [2, 1, 0].map((power) => mean((x, y) => (w * x + b - y) ** 2 * x ** power));
  const images = [[1, 0, 0], [0, 1, 0], [0, 0, 1]].map(([p, q, r]) => {
    // S = [[p, q], [q, r]]: what one update makes of it
    const hs = [[hww * p + hwb * q, hww * q + hwb * r], [hwb * p + hbb * q, hwb * q + hbb * r]];
    const hsh = [hs[0][0] * hww + hs[0][1] * hwb, hs[0][0] * hwb + hs[0][1] * hbb, hs[1][0] * hwb + hs[1][1] * hbb];
    const both = [2 * hs[0][0], hs[0][1] + hs[1][0], 2 * hs[1][1]];
    const spread = [2, 1, 0].map((k) => p * moment[k + 2] + 2 * q * moment[k + 1] + r * moment[k]);
    return [p, q, r].map((s, k) => s - rate * both[k] + rate * rate * (hsh[k] + (spread[k] - hsh[k]) / size));
  });
  const source = noise.map((value) => (rate * rate * value) / size);
  const matrix = [0, 1, 2].map((row) => [0, 1, 2].map((column) => Number(row === column) - images[column][row]));
  const settled = solve(matrix, source);
  // Below the cliff the solution is a covariance; beyond it, some part of it is negative.
  if (!settled || settled[0] < 0 || settled[2] < 0 || settled[0] * settled[2] < settled[1] ** 2) return Infinity;
  return (hww * settled[0] + 2 * hwb * settled[1] + hbb * settled[2]) / 2;
}

/** Three linear equations by Cramer's rule; null when they have no single solution. */
function solve(matrix, right) {
  const det = ([[a, b, c], [d, e, f], [g, h, i]]) => a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  const whole = det(matrix);
  if (Math.abs(whole) < 1e-300) return null;
  return right.map(
    (_, column) => det(matrix.map((row, i) => row.map((value, j) => (j === column ? right[i] : value)))) / whole,
  );
}
