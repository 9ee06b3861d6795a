/** Order of arrival: which run reaches a loss first, in steps and in gradient evaluations. */
import { reaches } from "./trajectory.js";

/**
 * Gradient evaluations that a run made for rows 0..row: one a step, unless the engine counts them itself (a line search tries
 * several places, a Hessian counts as a gradient for each of its rows). `share` of the data is what a step looks at.
 */
export function evaluations(trajectory, row, share = 1) {
  const counted = trajectory.columns.get("evaluations")?.[row];
  return Number.isFinite(counted) ? counted : row * share;
}

/**
 * [{index, step, evaluations}] of trajectories by arrival at `goal`; runs that have not arrived come last with step -1.
 * `shares` are the parts of the data that a step of each looks at.
 */
export function order(trajectories, goal, until = Infinity, shares = []) {
  const rows = trajectories.map((trajectory, index) => {
    const step = reaches(trajectory, goal);
    const seen = step >= 0 && step <= until;
    return { index, step: seen ? step : -1, evaluations: seen ? evaluations(trajectory, step, shares[index]) : -1 };
  });
  return rows.sort(
    (a, b) => (a.step < 0) - (b.step < 0) || a.evaluations - b.evaluations || a.step - b.step || a.index - b.index,
  );
}

/** A goal that suits: about a hundredth of the start's height above the least known loss, as a power of ten. */
export function suggestedGoal(start, floor) {
  const above = Math.max(start - floor, 1e-12);
  return Number((10 ** Math.floor(Math.log10(above * 1e-2))).toPrecision(3));
}
