/**
 * The map that the panels share: what /surfaces knows about a function, sampled over the window on screen. Everything is
 * computed from the engine's own program, so that zooming asks nobody.
 */
import { between } from "./landscape.js";
import { decadeLabels, equalAspect, linspace, makeScale, sampleGrid } from "./levels.js";
import { value, valueColumns } from "./program.js";

const FLAT = [150, 130];
const SPACE = 110;
const LINE = 500;
const LONG = 300; // operations: a sum over points is sampled less finely, and read off its grid between

/**
 * `answer`: what /surfaces gave. `window`: where the person zoomed to, or null. `aspect`: of the contour's area.
 * Gives {key, key3, variables, window, grid, scale, labels, window3, grid3, range, minima, saddles, maxima, ...}.
 */
export function makeMap(answer, { window = null, aspect = 1 }) {
  return answer.variables.length === 1 ? lineMap(answer, window) : planeMap(answer, window, aspect);
}

function common(answer, window) {
  const points = (marks) => (marks ?? []).map((mark) => mark.point);
  return {
    program: answer.program,
    variables: answer.variables,
    formula: answer.formula,
    mathml: answer.mathml,
    zoomed: Boolean(window),
    marks: [...(answer.minima ?? [])].sort((a, b) => a.value - b.value),
    minimum: answer.minimum,
    data: answer.data ?? null,
    minima: points(answer.minima),
    saddles: points(answer.saddles),
    maxima: points(answer.maxima),
  };
}

function planeMap(answer, zoomed, aspect) {
  const window = equalAspect(zoomed ?? answer.window, aspect);
  const window3 = zoomed ?? answer.window;
  const long = answer.program.operations.length > LONG;
  const [flat, space] = long ? [[84, 74], 64] : [FLAT, SPACE];
  const grid = sampleGrid(answer.program, window, ...flat);
  const grid3 = sampleGrid(answer.program, window3, space, space);
  const scale = makeScale(grid3.f, { log: answer.height === "log", minimum: answer.minimum });
  const map = { ...common(answer, zoomed), window, window3, grid, grid3, scale };
  const f = long ? between(grid) : (x, y) => value(answer.program, [x, y]);
  const which = [answer.formula, answer.data?.points, answer.data?.labels];
  return {
    ...map, labels: decadeLabels(f, scale, window, map.minima[0]), key: JSON.stringify([...which, window]),
    key3: JSON.stringify([...which, window3]), aspect3: aspectOf(window3), ...(long ? { f: between(grid3) } : {}),
  };
}

/** Proportions of the box in space: those of the window, but never a plank. */
function aspectOf([[x0, x1], [y0, y1]]) {
  const ratio = Math.max(0.75, Math.min(1.5, (x1 - x0) / (y1 - y0)));
  return { x: 1.06 * Math.sqrt(ratio), y: 1.06 / Math.sqrt(ratio), z: 0.56 };
}

function lineMap(answer, zoomed) {
  const window = zoomed ?? answer.window;
  const x = linspace(...window[0], LINE);
  const f = valueColumns(answer.program, [Float64Array.from(x)]);
  const finite = Float64Array.from(f).filter(Number.isFinite).sort();
  const low = Math.min(finite[0] ?? 0, answer.minimum ?? Infinity);
  const high = finite[Math.floor((finite.length - 1) * 0.99)] ?? 1;
  const pad = (high - low) * 0.06 || 1;
  const map = { ...common(answer, zoomed), window, grid: { x, f }, range: [low - pad, high + pad] };
  return {
    ...map,
    labels: [],
    key: JSON.stringify([answer.formula, window]),
    scale: makeScale(f, { log: false, minimum: answer.minimum }),
  };
}
