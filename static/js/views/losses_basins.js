/** Where a thousand starts on the map end under each loss: swept by the service, coloured by the minimum that each ends in. */
import { postLines } from "../api.js";
import { basins, minimaOf } from "../sweep.js";
import { say } from "./notice.js";

const ACROSS = 32; // starts a side
const REACH = 0.05; // of the window: as near as this to a minimum is in it
const FAMILIES = ["adam", "ada", "sign", "mom", "plain"];

/**
 * The basins of a loss on its landscape: {key, xs, ys, ends, minima} once they are known, {share} while they are swept, null
 * when they are not wanted. `data.redraw` is called as they come; what is no longer wanted is cancelled.
 */
export function basinsOf(data, { race, basins: wanted }, loss, scape) {
  const kept = (data.basins ??= {});
  const run = race.spec.runs.findIndex(({ problem }) => problem.loss === loss);
  const { start: _start, ...same } = race.spec;
  const key = JSON.stringify([{ ...same, runs: race.spec.runs[run] }, scape.window3]);
  if (kept[loss] && (!wanted || kept[loss].key !== key)) {
    kept[loss].abort.abort();
    kept[loss] = null;
  }
  if (!wanted || !scape.valleys.length) return null;
  if (!kept[loss]) sweep(data, kept, { key, run, spec: race.spec, parameters: race.parameters, loss, scape });
  return kept[loss];
}

function sweep(data, kept, { key, run, spec, parameters, loss, scape }) {
  const mine = (kept[loss] = { key, share: 0, abort: new AbortController() });
  const over = Object.fromEntries(parameters.map((name, index) => [name, { low: scape.window3[index][0], high: scape.window3[index][1], count: ACROSS }]));
  const reach = REACH * (scape.window3[0][1] - scape.window3[0][0]);
  postLines("/sweeps", { spec: { ...spec, changes: [] }, run, over }, (line) => {
    if (line.type === "progress") mine.share = line.done / line.of;
    if (line.type === "error") say(line.problem.detail ?? line.problem.title);
    if (line.type === "result") {
      const found = { end_x: line[`end_${parameters[0]}`], end_y: line[`end_${parameters[1]}`], loss: line.loss };
      const ends = basins(found, scape.valleys.map(({ x, y }) => [x, y]), reach);
      Object.assign(mine, { share: 1, xs: line.over[parameters[0]], ys: line.over[parameters[1]], ends, minima: minimaOf(found, ends, scape.valleys.length) });
    }
    data.redraw();
  }, mine.abort.signal).catch((error) => {
    if (error.name !== "AbortError") say(error.message);
  });
}

/** The basins as a trace between the levels and the path: a tint for each minimum, nothing where none was reached. */
export function tint({ xs, ys, ends, minima }, colours) {
  const last = Math.max(1, minima.length - 1);
  const shades = minima.map((_, index) => colours[FAMILIES[index % FAMILIES.length]]);
  const scale = shades.length > 1 ? shades.map((colour, index) => [index / last, colour]) : [[0, shades[0]], [1, shades[0]]];
  return {
    type: "heatmap", x: xs, y: ys, z: ends.map((row) => row.map((end) => (end < 0 ? null : end))), colorscale: scale, zmin: 0, zmax: last, zsmooth: false,
    opacity: 0.3, showscale: false, hoverinfo: "skip",
  };
}
