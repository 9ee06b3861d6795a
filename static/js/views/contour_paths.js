/** The paths of a contour map: as pixels for its canvases, as numbers for Plotly. */
import { insideWindow, toPixels } from "../plane.js";
import { clamp, pathTo } from "../pixels.js";
import { rowAt } from "../trajectory.js";

/** The selected run is drawn last, over the others. */
export function ordered(runs) {
  return [...runs.filter((run) => !run.selected), ...runs.filter((run) => run.selected)];
}

const widthOf = (run) => (run.selected ? 2.8 : 2.2);

/**
 * Pixels of rows 0..until of a run. A run that has left the map would cross it with every leap: from outside to outside
 * nothing is drawn.
 */
export function pixelsOf(view, run, until, parameters) {
  const [xs, ys] = parameters.map((name) => run.trajectory.columns.get(name));
  const out = (row) => !insideWindow(view.window, xs[row], ys[row]);
  return pathTo(view.pixels, run.trajectory, until, (row, put) => {
    const [px, py] = toPixels(view, [xs[row], ys[row]]);
    if (row > 0 && out(row) && out(row - 1)) put(NaN, NaN);
    put(clamp(px), clamp(py));
  });
}

/** The lines to draw on canvas: ghosts, then runs. */
export function linesOf(view, state) {
  const { theme } = state;
  const line = (run, more) => {
    const path = pixelsOf(view, run, state.step, state.parameters);
    return {
      x: path.x, y: path.y, count: path.count, colour: run.identity.colour, dash: run.identity.dash, width: widthOf(run),
      halo: theme.halo, signature: `${run.trajectory.version}${run.identity.colour}${run.identity.dash}${run.selected}`, ...more,
    };
  };
  return [
    ...state.ghosts.map((run) => line(run, { halo: null, dash: [], width: 1.4, opacity: theme.dark ? 0.45 : 0.38 })),
    ...ordered(state.runs).filter((run) => run.visible).map((run) => line(run)),
  ];
}

/** The traces for Plotly, up to the step that is shown: of runs, of ghosts. */
export function tracesOf(view, runs, state) {
  return runs.map((run) => {
    const [xs, ys] = state.parameters.map((name) => run.trajectory.columns.get(name));
    const [x, y] = [[], []];
    let inside = true;
    for (let row = 0; row <= rowAt(run.trajectory, state.step); row += 1) {
      const now = insideWindow(view.window, xs[row], ys[row]);
      if (!now && !inside) x.push(null), y.push(null);
      x.push(bounded(xs[row]));
      y.push(bounded(ys[row]));
      inside = now;
    }
    return { ...run.identity, label: run.identity.name, width: widthOf(run), x, y };
  });
}

/** What Plotly can take: a path that ran away leaves the map in its own direction. */
function bounded(v) {
  return Number.isFinite(v) ? Math.max(-1e9, Math.min(1e9, v)) : null;
}
