/**
 * The map of a function over a window: a grid of values from its program, the heights and colours they are drawn with,
 * and where the level lines and their labels go. A logarithm of f - minimum where f spans many decades, else f itself.
 */
import { valueColumns } from "./program.js";

const DECADES_SHOWN = 5.5;
const EVEN_LEVELS = 12;
const CLIPPED = 0.995; // what is drawn of an unbounded function

/** n values from a to b. */
export function linspace(a, b, n) {
  return Array.from({ length: n }, (_, i) => a + ((b - a) * i) / (n - 1));
}

/** f on an nx by ny grid over window [[x0, x1], [y0, y1]]: {x, y, f} with f a flat Float64Array, row by row. */
export function sampleGrid(program, window, nx, ny) {
  const x = linspace(...window[0], nx);
  const y = linspace(...window[1], ny);
  const xs = new Float64Array(nx * ny);
  const ys = new Float64Array(nx * ny);
  for (let j = 0; j < ny; j += 1) {
    for (let i = 0; i < nx; i += 1) {
      xs[j * nx + i] = x[i];
      ys[j * nx + i] = y[j];
    }
  }
  const inputs = program.variables.map((name) => (name === "y" || name === "b" ? ys : xs));
  return { x, y, f: valueColumns(program, inputs) };
}

/**
 * The ground between the points of a grid, as a function of x and y: `map(f)` at the points, straight between them, which is
 * what a drawn surface shows. NaN outside the window and beside a hole.
 */
export function groundBetween({ x, y, f }, map) {
  const [width, height] = [x.length, y.length];
  const heights = Float64Array.from(f, (value) => map(value));
  const [left, low] = [x[0], y[0]];
  const [perX, perY] = [(width - 1) / (x[width - 1] - left), (height - 1) / (y[height - 1] - low)];
  return (px, py) => {
    const [u, v] = [(px - left) * perX, (py - low) * perY];
    if (!(u >= 0 && v >= 0 && u <= width - 1 && v <= height - 1)) return NaN;
    const [i, j] = [Math.min(width - 2, Math.floor(u)), Math.min(height - 2, Math.floor(v))];
    const [a, b, at] = [u - i, v - j, j * width + i];
    const near = heights[at] + (heights[at + 1] - heights[at]) * a;
    const far = heights[at + width] + (heights[at + width + 1] - heights[at + width]) * a;
    return near + (far - near) * b;
  };
}

/** Rows of numbers for Plotly; what is not finite is a hole. */
export function rows(values, width, map = (v) => v) {
  const out = [];
  for (let start = 0; start < values.length; start += width) {
    const row = new Array(width);
    for (let i = 0; i < width; i += 1) {
      const mapped = map(values[start + i]);
      row[i] = Number.isFinite(mapped) ? mapped : null;
    }
    out.push(row);
  }
  return out;
}

/**
 * How values become levels (the colour, the lines) and heights (the third dimension).
 * `minimum` is the function's known least value or null, `log` what the catalog says suits the function.
 */
export function makeScale(values, { log, minimum }) {
  const finite = Float64Array.from(values).filter(Number.isFinite).sort();
  if (!finite.length) return linearScale(0, 1);
  const least = finite[0];
  const floor = Math.min(minimum ?? least, least);
  const top = finite[Math.floor((finite.length - 1) * (log ? 1 : CLIPPED))];
  if (!log) return linearScale(least, top > least ? top : least + 1);
  const high = Math.log10(Math.max(top - floor, 1e-12));
  const epsilon = 10 ** (high - DECADES_SHOWN);
  const softness = 10 ** (high - 2.6);
  const level = (f) => Math.log10(Math.max(0, f - floor) + epsilon);
  const height = (f) => Math.min(Math.log10(Math.max(0, f - floor) + softness), Math.log10(top - floor + softness));
  const low = Math.max(level(least), high - DECADES_SHOWN);
  return {
    log, floor, level, height, low, high: Math.max(level(top), low + 0.5), step: 0.5,
    start: Math.ceil(low * 2) / 2, heights: [Math.log10(Math.max(least - floor, 0) + softness), height(top)],
  };
}

function linearScale(low, high) {
  const step = (high - low) / EVEN_LEVELS;
  const level = (f) => f;
  const height = (f) => Math.min(f, high);
  return { log: false, floor: 0, level, height, low, high, step, start: low + step / 2, heights: [low, high] };
}

/** Round numbers from `low` to `high`, about `count` of them: 1, 2 or 5 times a power of ten apart. */
export function niceTicks(low, high, count) {
  const span = high - low;
  const unit = 10 ** Math.floor(Math.log10(span / count));
  const step = [1, 2, 5, 10].map((factor) => factor * unit).find((size) => span / size <= count + 0.5) ?? 10 * unit;
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * span; k += 1) {
    ticks.push(Number((k * step).toPrecision(12)));
  }
  return ticks;
}

/** The window widened, never cut, so that both axes have the same scale in a panel of this aspect (width / height). */
export function equalAspect(window, aspect) {
  const [[x0, x1], [y0, y1]] = window;
  const [width, height] = [x1 - x0, y1 - y0];
  if (width / height < aspect) {
    const grow = (height * aspect - width) / 2;
    return [[x0 - grow, x1 + grow], [y0, y1]];
  }
  const grow = (width / aspect - height) / 2;
  return [[x0, x1], [y0 - grow, y1 + grow]];
}

/**
 * Where the decades of a logarithmic map are written: along a ray from the lowest point in the direction in which the
 * labels get most room. [{x, y, exponent}].
 */
export function decadeLabels(f, scale, window, from) {
  if (!scale.log || !from) return [];
  let best = [];
  let most = -Infinity;
  for (let k = 0; k < 16; k += 1) {
    const angle = (k * Math.PI) / 8 + 0.2;
    const [labels, room] = alongRay(f, scale, window, from, [Math.cos(angle), Math.sin(angle)]);
    if (room > most) [best, most] = [labels, room];
  }
  return best;
}

function alongRay(f, scale, [[x0, x1], [y0, y1]], [px, py], [ux, uy]) {
  const span = Math.min(x1 - x0, y1 - y0);
  const labels = [];
  let last = null;
  let room = 0;
  let before = Math.floor(Math.log10(Math.max(f(px, py) - scale.floor, 1e-12)));
  for (let r = 0.004 * span; r < 2 * span; r += 0.004 * span) {
    const [x, y] = [px + ux * r, py + uy * r];
    const inside = x > x0 + 0.04 * span && x < x1 - 0.04 * span && y > y0 + 0.05 * span && y < y1 - 0.05 * span;
    if (!inside) break;
    const exponent = Math.floor(Math.log10(Math.max(f(x, y) - scale.floor, 1e-12)));
    const gap = last ? Math.hypot(x - last.x, y - last.y) : r;
    if (exponent > before && exponent >= -1 && gap > 0.085 * span) {
      last = { x, y, exponent };
      labels.push(last);
      room += Math.min(gap / span, 0.25);
    }
    before = Math.max(before, exponent);
  }
  return [labels, room];
}
