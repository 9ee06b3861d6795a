/**
 * A run's rows as they arrive: columns of equal length, row 0 being the start.
 * A trajectory is a plain value; rows that are not there yet are simply not counted.
 */

const FIRST_CAPACITY = 256;
let versions = 0; // a version names rows that never change; only new ones are added

/** An empty trajectory with the given column names. */
export function createTrajectory(names) {
  return { names: [...names], count: 0, columns: new Map(), status: { state: "running" }, version: (versions += 1) };
}

/**
 * Put `count` rows beginning with row `from`. `columns` is {name: values} or a list in the order of the names;
 * null becomes NaN. What a binary frame brings is copied, so that no frame is kept for a view into it. Rows that were there from `from` on are replaced. Returns false when rows in between are missing.
 */
export function append(trajectory, from, count, columns) {
  if (from > trajectory.count) return false;
  trajectory.names.forEach((name, index) => {
    const values = Array.isArray(columns) ? columns[index] : columns[name];
    const column = room(trajectory, name, from + count);
    if (values instanceof Float64Array && values.length === count) column.set(values, from);
    else for (let row = 0; row < count; row += 1) column[from + row] = values?.[row] ?? NaN;
  });
  trajectory.count = Math.max(trajectory.count, from + count);
  return true;
}

function room(trajectory, name, length) {
  const column = trajectory.columns.get(name);
  if (column && column.length >= length) return column;
  const grown = new Float64Array(Math.max(FIRST_CAPACITY, length, 2 * (column?.length ?? 0)));
  grown.fill(NaN);
  if (column) grown.set(column);
  trajectory.columns.set(name, grown);
  return grown;
}

/** Forget the rows from `count` on: what was computed with settings that no longer hold. */
export function truncate(trajectory, count) {
  trajectory.count = Math.min(trajectory.count, count);
  trajectory.status = { state: "running" };
  trajectory.version = versions += 1;
}

/** The whole column, longer than `count`; undefined when the run does not have it. */
export function column(trajectory, name) {
  return trajectory.columns.get(name);
}

/** The number in one cell; NaN when it is not there. */
export function cell(trajectory, name, row) {
  return row >= 0 && row < trajectory.count ? (trajectory.columns.get(name)?.[row] ?? NaN) : NaN;
}

/** The parameters at a row, as a list; null when the row is not there. */
export function point(trajectory, parameters, row) {
  if (row < 0 || row >= trajectory.count) return null;
  return parameters.map((name) => trajectory.columns.get(name)?.[row] ?? NaN);
}

/** The points of the last tenth of the rows, an even number of them so that a swing to both sides has its middle. */
export function tail(trajectory, parameters) {
  const rows = 2 * Math.ceil(trajectory.count / 20);
  return Array.from({ length: Math.min(rows, trajectory.count) }, (_, k) => point(trajectory, parameters, trajectory.count - 1 - k));
}

/** The gradient at a row, as a list; null when the row is not there. */
export function gradient(trajectory, parameters, row) {
  return point(trajectory, parameters.map((name) => `gradient_${name}`), row);
}

/** The last row that exists at or before `step`: where a run that ended early stays. */
export function rowAt(trajectory, step) {
  return Math.min(step, trajectory.count - 1);
}

/** True once no more rows will come. */
export function ended(trajectory) {
  return trajectory.status.state !== "running";
}

/** A copy of the first `count` rows of the named columns, for the ghost that stays after a change. */
export function ghostOf(trajectory, names, count) {
  const ghost = createTrajectory(names);
  ghost.count = Math.min(count, trajectory.count);
  for (const name of names) ghost.columns.set(name, trajectory.columns.get(name)?.slice(0, ghost.count));
  return ghost;
}

/** The first row whose loss is below `goal` and stays below it; -1 when there is none. */
export function settles(trajectory, goal, offset = 0) {
  const losses = trajectory.columns.get("loss");
  if (!losses || trajectory.count === 0) return -1;
  let row = trajectory.count - 1;
  if (!(losses[row] - offset < goal)) return -1;
  while (row > 0 && losses[row - 1] - offset < goal) row -= 1;
  return row;
}

/** The first row whose loss is at most `goal`; -1 when there is none. */
export function reaches(trajectory, goal) {
  const losses = trajectory.columns.get("loss");
  for (let row = 0; losses && row < trajectory.count; row += 1) if (losses[row] <= goal) return row;
  return -1;
}

/** The least and the greatest finite loss of rows 0..until of several trajectories; null when there is none. */
export function lossRange(trajectories, until) {
  let low = Infinity;
  let high = -Infinity;
  for (const trajectory of trajectories) {
    const losses = trajectory.columns.get("loss");
    const rows = Math.min(until + 1, trajectory.count);
    for (let row = 0; losses && row < rows; row += 1) {
      const loss = losses[row];
      if (!Number.isFinite(loss)) continue;
      if (loss < low) low = loss;
      if (loss > high) high = loss;
    }
  }
  return low <= high ? [low, high] : null;
}
