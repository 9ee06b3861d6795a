/**
 * A linear model of many features, as numbers: how often each feature occurs, where its weight belongs, and how far it has
 * come. Loss is the mean of (w · x + b - y)²/2; a place is [w_1, .., w_n, b].
 */

/** The sums of points [[x_1, ..], ..] and labels [y, ..]: {count, inputs, minimum, least, shares, order, curvatures}. */
export function fitFeatures(points, labels) {
  const count = labels.length;
  const rows = points.map((point) => [...point, 1]);
  const size = rows[0].length;
  const hessian = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_unused, j) => rows.reduce((sum, row) => sum + row[i] * row[j], 0) / count),
  );
  const pull = Array.from(
    { length: size },
    (_, i) => rows.reduce((sum, row, k) => sum + row[i] * labels[k], 0) / count,
  );
  const minimum = solve(hessian, pull);
  const shares = points[0].map((_, j) => points.reduce((sum, point) => sum + Number(point[j] !== 0), 0) / count);
  const order = shares.map((_, j) => j).sort((a, b) => shares[b] - shares[a] || a - b);
  const least = rows.reduce((sum, row, k) => sum + (dot(row, minimum) - labels[k]) ** 2 / 2, 0) / count;
  return { count, inputs: size - 1, minimum, least, shares, order, curvatures: [0, steepest(hessian)] };
}

const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);

/** Linear equations by elimination; a feature that never occurs keeps the weight 0. */
function solve(matrix, right) {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  const size = rows.length;
  for (let column = 0; column < size; column += 1) {
    const best = rows
      .slice(column)
      .reduce((at, row, i) => (Math.abs(row[column]) > Math.abs(rows[at][column]) ? column + i : at), column);
    [rows[column], rows[best]] = [rows[best], rows[column]];
    if (Math.abs(rows[column][column]) < 1e-12) continue;
    for (let i = 0; i < size; i += 1) {
      if (i === column) continue;
      const factor = rows[i][column] / rows[column][column];
      if (factor) for (let j = column; j <= size; j += 1) rows[i][j] -= factor * rows[column][j];
    }
  }
  return rows.map((row, i) => (Math.abs(row[i]) < 1e-12 ? 0 : row[size] / row[i]));
}

/** The largest curvature, by repeated multiplication. */
function steepest(hessian) {
  let direction = hessian.map(() => 1);
  let length = 0;
  for (let round = 0; round < 200; round += 1) {
    const next = hessian.map((row) => dot(row, direction));
    length = Math.hypot(...next);
    direction = next.map((value) => value / length);
  }
  return length;
}

/** Which part of its way from the start to the best each weight has covered: 0 at the start, 1 where it belongs. */
export function covered({ minimum, inputs }, start, place) {
  return Array.from({ length: inputs }, (_, j) => (place[j] - start[j]) / (minimum[j] - start[j]));
}

/** What a walk has moved each weight for each unit of its gradient, up to a row: the rate that the rule really gave it. */
export function stridePerGradient(values, gradients, rows) {
  let [moved, felt] = [0, 0];
  for (let row = 0; row < rows; row += 1) {
    moved += Math.abs(values[row + 1] - values[row]);
    felt += Math.abs(gradients[row]);
  }
  return felt > 0 ? moved / felt : NaN;
}

/** The mean over the features that occur least: a fifth of them, at least one. */
export function meanOfRarest({ order, inputs }, values) {
  const rarest = order.slice(-Math.max(1, Math.round(inputs / 5)));
  return rarest.reduce((sum, j) => sum + values[j], 0) / rarest.length;
}
