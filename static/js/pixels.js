/** Paths in pixels: a trajectory's rows mapped to the screen once each, and again only when the mapping changes. */

/** A cache for the paths of one view; what ran before is not kept for it. */
export function createPixels() {
  return { key: null, paths: new WeakMap() };
}

/** Forget all paths unless `key` names the mapping they were made with. */
export function useMapping(pixels, key) {
  if (pixels.key === key) return;
  pixels.key = key;
  pixels.paths = new WeakMap();
}

/**
 * Pixels of rows 0..until of a trajectory. `map(row, put)` calls put(x, y, hidden) once or more for a row (more where the
 * way between two rows is bent). Returns {x, y, hidden, count}: the vertices up to that row.
 */
export function pathTo(pixels, trajectory, until, map) {
  let path = pixels.paths.get(trajectory);
  if (!path || path.version !== trajectory.version) {
    path = { version: trajectory.version, x: [], y: [], hidden: [], ends: [] };
    pixels.paths.set(trajectory, path);
  }
  const last = Math.min(until, trajectory.count - 1);
  const put = (x, y, hidden = false) => {
    path.x.push(x);
    path.y.push(y);
    path.hidden.push(hidden);
  };
  for (let row = path.ends.length; row <= last; row += 1) {
    map(row, put);
    path.ends.push(path.x.length);
  }
  return { x: path.x, y: path.y, hidden: path.hidden, count: last < 0 ? 0 : path.ends[last] };
}

/** Vertices at least `gap` pixels apart, with points in between on long pieces: what labels should not cover. */
export function inked({ x, y, count }, gap = 5) {
  const points = [];
  let last = null;
  for (let i = 0; i < count; i += 1) {
    if (!Number.isFinite(x[i])) {
      last = null;
      continue;
    }
    const length = last ? Math.hypot(x[i] - last[0], y[i] - last[1]) : Infinity;
    if (length < gap) continue;
    const pieces = last ? Math.min(60, Math.ceil(length / gap)) : 1;
    for (let k = 1; k <= pieces; k += 1) {
      const t = k / pieces;
      points.push(last ? [last[0] + (x[i] - last[0]) * t, last[1] + (y[i] - last[1]) * t] : [x[i], y[i]]);
    }
    last = [x[i], y[i]];
  }
  return points;
}

/** The vertex nearest to a place, within `reach` pixels: {row, distance}; row -1 when there is none. */
export function nearestRow(pixels, trajectory, until, px, py, reach) {
  const path = pixels.paths.get(trajectory);
  let best = { row: -1, distance: reach };
  for (let row = 0; path && row <= Math.min(until, path.ends.length - 1); row += 1) {
    const i = path.ends[row] - 1;
    const distance = Math.hypot(path.x[i] - px, path.y[i] - py);
    if (distance < best.distance) best = { row, distance };
  }
  return best;
}

const FAR = 20000;

/** Pixels that a canvas can take: a diverging path leaves the panel and never reaches infinity. */
export function clamp(v) {
  return Number.isFinite(v) ? Math.max(-FAR, Math.min(FAR, v)) : NaN;
}
