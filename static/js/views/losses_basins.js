/** Where a thousand starts on the map end under each loss: swept by the service, coloured by the minimum that each ends in. */
import { postLines } from "../api.js";
import { mix } from "../colours.js";
import { basins, minimaOf } from "../sweep.js";
import { formulaOf } from "../landscape.js";
import { say } from "./notice.js";

const ACROSS = 32; // starts a side
const REACH = 0.05; // of the window: as near as this to a minimum is in it
const TINT = 0.26; // of a basin's colour on the map and on the surface
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
  const { problem, ...rule } = spec.runs[run];
  const formula = formulaOf(loss, scape.points, problem.weight_decay);
  const names = formula ? ["x", "y"] : parameters;
  const asked = formula
    ? { start: spec.start, steps: spec.steps, runs: [{ ...rule, problem: { kind: "formula", formula } }] }
    : { ...spec, changes: [] };
  const over = Object.fromEntries(
    names.map((name, index) => [name, { low: scape.window3[index][0], high: scape.window3[index][1], count: ACROSS }]),
  );
  const reach = REACH * (scape.window3[0][1] - scape.window3[0][0]);
  postLines("/sweeps", { spec: asked, run: formula ? 0 : run, over }, (line) => {
    if (line.type === "progress") mine.share = line.done / line.of;
    if (line.type === "error") say(line.problem.detail ?? line.problem.title);
    if (line.type === "result") {
      const found = { end_x: line[`end_${names[0]}`], end_y: line[`end_${names[1]}`], loss: line.loss };
      const ends = basins(found, scape.valleys.map(({ x, y }) => [x, y]), reach);
      Object.assign(mine, {
        share: 1,
        xs: line.over[names[0]],
        ys: line.over[names[1]],
        ends,
        minima: minimaOf(found, ends, scape.valleys.length),
      });
    }
    data.redraw();
  }, mine.abort.signal).catch((error) => {
    if (error.name !== "AbortError") say(error.message);
  });
}

/** The basins as boxes of a tint for each minimum, row by row within `window`; nothing where none was reached. */
export function tiles({ xs, ys, ends }, [[x0, x1], [y0, y1]]) {
  const edges = (at, low, high) => [low, ...at.slice(1).map((value, index) => (value + at[index]) / 2), high];
  const [across, up] = [edges(xs, x0, x1), edges(ys, y0, y1)];
  return ends.flatMap((row, j) => {
    const boxes = [];
    row.forEach((end, i) => {
      const last = boxes.at(-1);
      if (last?.end === end) last.x1 = across[i + 1];
      else boxes.push({ end, x0: across[i], x1: across[i + 1], y0: up[j], y1: up[j + 1] });
    });
    return boxes
      .filter(({ end }) => end >= 0)
      .map((box) => ({
        ...box,
        colour: `var(--c-${FAMILIES[box.end % FAMILIES.length]})`,
        opacity: TINT,
        tile: true,
        name: `basin-${box.end}`,
      }));
  });
}

/** The landscape with a surface in the tints of its basins: the colours of heights once for each minimum, and once plain. */
export function painted(scape, { key, xs, ends, minima }, theme, colours) {
  const { x, y, f } = scape.grid3;
  const { low, high, level } = scape.scale;
  const counts = minima.length + 1;
  const near = (index, length) => Math.round((index / (length - 1)) * (xs.length - 1));
  const surfacecolor = Array.from(y, (_, j) => Array.from(x, (_, i) => {
    const end = ends[near(j, y.length)][near(i, x.length)];
    const share = Math.max(0, Math.min(1, (level(f[j * x.length + i]) - low) / (high - low)));
    return (end < 0 ? minima.length : end) + 0.02 + 0.96 * share; // not on the border of two scales
  }));
  const colorscale = Array.from({ length: counts }, (_, index) => theme.surface.map(([at, colour]) => {
    const tint = colours[FAMILIES[index % FAMILIES.length]];
    return [(index + at) / counts, index < minima.length ? mix(colour, tint, TINT) : colour];
  })).flat();
  return { ...scape, key3: `${scape.key3}${key}`, paint: { surfacecolor, cmin: 0, cmax: counts, colorscale } };
}
