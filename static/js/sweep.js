/** What a sweep says: the best rate of a curve, and which minimum each of many starts ends in. */

/** The index of the best value: fewest steps to the goal, else the lowest finite loss at the end; -1 when all fail. */
export function best({ steps, loss, state }) {
  let found = -1;
  for (let i = 0; i < loss.length; i += 1) {
    if (steps[i] !== null && (found < 0 || steps[found] === null || steps[i] < steps[found])) found = i;
  }
  if (found >= 0) return found;
  for (let i = 0; i < loss.length; i += 1) {
    const sound = Number.isFinite(loss[i] ?? NaN) && state[i] === "finished";
    if (sound && (found < 0 || loss[i] < loss[found])) found = i;
  }
  return found;
}

/** For each start the number of the minimum it ends in, within `reach`; -1 for none. Rows as the sweep's. */
export function basins({ end_x: xs, end_y: ys }, minima, reach) {
  return xs.map((row, j) => row.map((x, i) => {
    const y = ys[j][i];
    if (!Number.isFinite(x ?? NaN) || !Number.isFinite(y ?? NaN)) return -1;
    return minima.findIndex((minimum) => Math.hypot(minimum[0] - x, minimum[1] - y) < reach);
  }));
}

/** What the sweep itself says of each of `count` minima, from the starts that ended there: {x, y, loss, starts}. */
export function minimaOf({ end_x: xs, end_y: ys, loss }, ends, count) {
  const sums = Array.from({ length: count }, () => ({ x: 0, y: 0, loss: 0, starts: 0 }));
  ends.forEach((row, j) => row.forEach((end, i) => {
    if (end < 0) return;
    const sum = sums[end];
    sum.x += xs[j][i];
    sum.y += ys[j][i];
    sum.loss += loss[j][i];
    sum.starts += 1;
  }));
  return sums.map(({ x, y, loss: height, starts }) => ({
    x: x / starts,
    y: y / starts,
    loss: height / starts,
    starts,
  }));
}
