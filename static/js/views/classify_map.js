/**
 * The map: decision regions as shade, points by class, weight vectors, the pull of every point, and the probe. Three
 * canvases: what the parameters say, the points, drawn anew only when one of them looks different, and what lies over
 * them. While it moves the regions are coarse, at rest fine.
 */
import { errors, exclusive, features, probabilities, rights } from "../classifier.js";
import { fix } from "../numbers.js";
import { equalAspect, niceTicks } from "../levels.js";
import { boundaries, gridPoints, shade } from "../regions.js";
import { takeHands } from "./classify_hands.js";
import { symbolPath } from "./trail.js";

const MARGIN = { left: 28, right: 1, top: 2, bottom: 22 };
const COARSE = 30000; // cells while moving
const FINE = 160000;
const SLOW = 6; // ms: regions that took longer are drawn with fewer cells next time, down to a tenth
const QUICK = 3;
const COSTLY = 60; // parameters from which the fine grid is made coarser
const TINT = { light: 0.34, dark: 0.38 };

/** The map in `host`. `on`: tool() that a click uses, probe(point), add(point), move(index, point, phase), label(index), erase(index), brush(k). */
export function createMap(host, on) {
  const layer = (name) => {
    const canvas = document.createElement("canvas");
    canvas.className = "trail";
    canvas.dataset.trail = name;
    canvas.setAttribute("aria-hidden", "true");
    host.append(canvas);
    return canvas.getContext("2d");
  };
  const map = {
    host,
    on,
    below: layer("regions"),
    dots: layer("points"),
    above: layer("marks"),
    cells: document.createElement("canvas"),
    window: null,
    shown: null,
    key: "",
    held: null,
    quality: 1,
    box: null,
    stamps: new Map(),
  };
  // Asked once: a size that is asked for in the middle of a frame lays the page out anew.
  new ResizeObserver(() => (map.box = [host.clientWidth, host.clientHeight])).observe(host);
  takeHands(map);
  return map;
}

/** Look at this window from now on; it is widened to the panel's shape. */
export function lookAt(map, window) {
  map.wanted = window;
  map.key = "";
}

/** Whether all points lie inside what is drawn. */
export function sees(map, points) {
  if (!map.wanted) return false;
  return points.every((point) => point.every((v, i) => v >= map.wanted[i][0] && v <= map.wanted[i][1]));
}

function measure(map, theme) {
  const { host } = map;
  map.box ??= [host.clientWidth, host.clientHeight];
  const [width, height] = map.box;
  if (width < 60 || height < 60) return false;
  const ratio = Math.min(devicePixelRatio || 1, 2);
  const size = theme.size(1);
  const margin = { ...MARGIN, left: MARGIN.left * size, bottom: MARGIN.bottom * size };
  const area = {
    left: margin.left,
    top: margin.top,
    width: width - margin.left - margin.right,
    height: height - margin.top - margin.bottom,
  };
  const window = equalAspect(map.wanted, area.width / area.height);
  for (const { canvas } of [map.below, map.dots, map.above]) {
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      map.key = map.axes = map.dotted = "";
    }
  }
  const [[x0, x1], [y0, y1]] = window;
  Object.assign(map, {
    area, window, ratio, width, height,
    px: (x) => area.left + ((x - x0) / (x1 - x0)) * area.width, py: (y) => area.top + ((y1 - y) / (y1 - y0)) * area.height,
    x: (px) => x0 + ((px - area.left) / area.width) * (x1 - x0), y: (py) => y1 - ((py - area.top) / area.height) * (y1 - y0),
    step: (x1 - x0) / area.width,
  });
  return true;
}

/**
 * Draw {theme, model, theta, moving, palette [{colour, rgb, symbol}], weights, pulls, pulled, probe, tool, version}. `theta` is
 * null while there is nothing to say: then points alone are drawn.
 */
export function drawMap(map, shown) {
  if (!map.wanted || !measure(map, shown.theme)) return;
  map.shown = shown;
  const fine = !shown.moving;
  const key = [shown.version, shown.theme.key, fine, map.width, map.height, map.ratio, map.wanted].join("|");
  if (key !== map.key) {
    map.key = key;
    const began = performance.now();
    drawRegions(map, shown, fine);
    if (!fine) pace(map, performance.now() - began);
  }
  drawMarks(map, shown);
}

/** As many cells as this machine draws in time. */
function pace(map, took) {
  if (took > SLOW) map.quality = Math.max(0.1, map.quality * 0.8);
  else if (took < QUICK) map.quality = Math.min(1, map.quality * 1.25);
}

function begin(map, context) {
  context.setTransform(map.ratio, 0, 0, map.ratio, 0, 0);
  context.clearRect(0, 0, map.width, map.height);
}

/* what the parameters say */

function drawRegions(map, shown, fine) {
  const { below: context, area } = map;
  context.setTransform(map.ratio, 0, 0, map.ratio, 0, 0);
  drawAxes(map, shown);
  context.clearRect(area.left, area.top, area.width, area.height);
  if (!shown.theta) return;
  const grid = gridFor(map, shown, fine);
  const p = probabilities(shown.model, shown.theta, grid.columns);
  const alone = exclusive(shown.model);
  const image = new ImageData(grid.nx, grid.ny);
  shade(image.data, p, shown.palette.map(({ rgb }) => rgb), shown.paper, TINT[shown.theme.dark ? "dark" : "light"], alone);
  Object.assign(map.cells, { width: grid.nx, height: grid.ny });
  map.cells.getContext("2d").putImageData(image, 0, 0);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = fine ? "high" : "low";
  context.drawImage(map.cells, area.left, area.top, area.width, area.height);
  drawBoundaries(map, shown, p, grid, alone);
}

/** The grid's points and features are made once for a window, a size and a model. */
function gridFor(map, { model }, fine) {
  const cost = Math.max(1, model.parameters.length / COSTLY);
  const cells = Math.min(
    (fine ? FINE : COARSE * map.quality) / cost ** (fine ? 0.9 : 0.75),
    map.area.width * map.area.height * map.ratio ** 2,
  );
  const ny = Math.max(24, Math.round(Math.sqrt((cells * map.area.height) / map.area.width)));
  const nx = Math.max(24, Math.round((ny * map.area.width) / map.area.height));
  const key = [nx, ny, map.window, model.features.map(({ text }) => text), model.shift, model.scale].join("|");
  const slot = fine ? "fine" : "coarse";
  if (map[slot]?.key !== key) {
    const { x, y } = gridPoints(map.window, nx, ny);
    map[slot] = { key, nx, ny, columns: features(model, x, y) };
  }
  return map[slot];
}

function drawBoundaries(map, shown, p, { nx, ny }, alone) {
  const { below: context, area } = map;
  const pieces = boundaries(p, nx, ny, alone);
  const x = (cell) => area.left + ((cell + 0.5) / nx) * area.width;
  const y = (cell) => area.top + ((cell + 0.5) / ny) * area.height;
  context.beginPath();
  for (let i = 0; i < pieces.length; i += 4) {
    context.moveTo(x(pieces[i]), y(pieces[i + 1]));
    context.lineTo(x(pieces[i + 2]), y(pieces[i + 3]));
  }
  context.strokeStyle = shown.theme.ink;
  context.lineWidth = 1.4 * shown.theme.size(1);
  context.lineCap = "round";
  context.stroke();
}

/** The axes, drawn when they change: setting a canvas's font makes the browser look up the page's styles. */
function drawAxes(map, { theme, names }) {
  const { below: context, area, window } = map;
  const key = [window, map.width, map.height, map.ratio, theme.key].join();
  if (key === map.axes) return;
  map.axes = key;
  context.clearRect(0, 0, map.width, map.height);
  context.fillStyle = theme.ink3;
  context.font = `400 ${theme.size(11)}px ${theme.sans}`;
  const [[x0, x1], [y0, y1]] = window;
  const bottom = area.top + area.height;
  context.textBaseline = "top";
  context.textAlign = "center";
  for (const v of niceTicks(x0, x1, 6))
    if (v < x1 - 0.06 * (x1 - x0) && v > x0 + 0.02 * (x1 - x0)) context.fillText(tick(v), map.px(v), bottom + 6);
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const v of niceTicks(y0, y1, 6))
    if (v < y1 - 0.07 * (y1 - y0) && v > y0 + 0.02 * (y1 - y0)) context.fillText(tick(v), area.left - 6, map.py(v));
  context.font = `italic 400 ${theme.size(14)}px ${theme.serif}`;
  context.fillStyle = theme.ink2;
  context.fillText(names[1], area.left - 6, area.top + 9);
  context.textBaseline = "top";
  context.fillText(names[0], area.left + area.width - 2, bottom + 3);
}

const tick = (v) => String(v).replace("-", "−");

/* what lies over it */

function drawMarks(map, shown) {
  drawPoints(map, shown);
  const { above: context } = map;
  begin(map, context);
  context.save();
  clipToArea(map, context);
  if (shown.theta && shown.pulls) drawPulls(map, shown);
  if (shown.theta && shown.weights) drawWeights(map, shown);
  if (shown.probe) drawProbe(map, shown);
  context.restore();
}

function clipToArea({ area }, context) {
  context.beginPath();
  context.rect(area.left, area.top, area.width, area.height);
  context.clip();
}

function drawPoints(map, shown) {
  const { model, theta, palette, theme } = shown;
  const told = theta ? wrongs(shown) : null;
  const key = [theme.key, map.width, map.height, map.ratio, map.window, told && told.map(Number).join("")].join("|");
  if (key === map.dotted && map.points === model.points && map.labels === model.labels) return;
  Object.assign(map, { dotted: key, points: model.points, labels: model.labels });
  const { dots: context } = map;
  begin(map, context);
  context.save();
  clipToArea(map, context);
  const r = (model.points.length > 400 ? 3 : 4.2) * theme.size(1);
  const draw = (points, labels, opacity, right) => points.forEach((point, i) => {
    const own = [labels[i]].flat();
    const stamp = stampOf(map, own.map((k) => palette[k]), r, { open: Boolean(right && !right[i]), paper: theme.paper, ink: theme.ink2 });
    context.globalAlpha = opacity;
    const [x, y] = [map.px(point[0]), map.py(point[1])].map((v) => Math.round((v - stamp.half) * map.ratio) / map.ratio); // whole pixels keep it sharp
    context.drawImage(stamp.canvas, x, y, 2 * stamp.half, 2 * stamp.half);
  });
  draw(model.held.points, model.held.labels, 0.45, null);
  draw(model.points, model.labels, 1, told);
  context.restore();
}

/** A point drawn once for each look of it: a thousand stamps cost less than a hundred outlines. */
function stampOf(map, looks, r, style) {
  const key = [looks.map(({ colour, symbol }) => colour + symbol), r, style.open, style.paper, map.ratio].join();
  let stamp = map.stamps.get(key);
  if (!stamp) {
    const half = Math.ceil(2.2 * r);
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 2 * half * map.ratio;
    const context = canvas.getContext("2d");
    context.scale(map.ratio, map.ratio);
    drawPoint(context, half, half, looks, r, style);
    if (map.stamps.size > 60) map.stamps.clear();
    map.stamps.set(key, (stamp = { canvas, half }));
  }
  return stamp;
}

function wrongs({ model, theta, columns }) {
  return model.points.length ? rights(model, probabilities(model, theta, columns)) : [];
}

/** A point: its class's shape and colour; open where the model is wrong, both halves where it has two labels. */
function drawPoint(context, x, y, looks, r, { open, paper, ink }) {
  context.lineJoin = "round";
  if (!looks.length) {
    context.strokeStyle = ink;
    context.lineWidth = 1.4;
    context.stroke(symbolPath("circle", x, y, r));
  }
  looks.forEach((look, index) => {
    context.save();
    if (looks.length > 1) {
      context.beginPath();
      context.rect(x + (index ? 0 : -2 * r), y - 2 * r, 2 * r, 4 * r);
      context.clip();
    }
    const shape = symbolPath(look.symbol, x, y, r);
    context.lineWidth = 2;
    context.strokeStyle = paper;
    context.fillStyle = open ? paper : look.colour;
    if (open) context.lineWidth = 3.6;
    context.stroke(shape);
    context.fill(shape);
    if (open) {
      context.lineWidth = 1.7;
      context.strokeStyle = look.colour;
      context.stroke(shape);
    }
    context.restore();
  });
}

/** −(a − y) x of every point for one class: a point of the class pulls its w towards itself, the others push it off. */
function drawPulls(map, shown) {
  const { model, theta, columns, wanted, pulled, palette, theme } = shown;
  const outputs = model.layers.sizes.at(-1);
  const k = Math.min(outputs === 1 ? 0 : pulled, outputs - 1);
  const error = errors(model, theta, columns, wanted)[k];
  const colour = palette[outputs === 1 ? 1 : k].colour;
  const { above: context } = map;
  context.strokeStyle = colour;
  context.lineWidth = 1.2 * theme.size(1);
  const scale = 0.45 / map.step;
  model.points.forEach((point, i) => {
    const [dx, dy] = [-error[i] * columns[0][i] * scale, error[i] * (columns[1]?.[i] ?? 0) * scale];
    if (Math.hypot(dx, dy) < 2) return;
    arrow(context, map.px(point[0]), map.py(point[1]), dx, dy, 4);
  });
}

function arrow(context, x, y, dx, dy, head) {
  const angle = Math.atan2(dy, dx);
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + dx, y + dy);
  for (const side of [-1, 1]) {
    context.moveTo(x + dx, y + dy);
    context.lineTo(x + dx - head * Math.cos(angle + side * 0.45), y + dy - head * Math.sin(angle + side * 0.45));
  }
  context.stroke();
}

/** Each class's weights as an arrow from the origin, shrunk only where they would leave the map. */
function drawWeights(map, shown) {
  const { model, theta, palette, theme } = shown;
  const outputs = model.layers.sizes.at(-1);
  if (model.layers.sizes.length > 2) return;
  const inputs = model.layers.sizes[0];
  const vectors = Array.from({ length: outputs }, (_, k) => [theta[k * inputs], inputs > 1 ? theta[k * inputs + 1] : 0]);
  const longest = Math.max(...vectors.map(([x, y]) => Math.hypot(x, y)), 1e-9);
  const reach = 0.42 * Math.min(map.window[0][1] - map.window[0][0], map.window[1][1] - map.window[1][0]);
  const scale = Math.min(1, reach / longest) / map.step;
  const { above: context } = map;
  const [x, y] = [map.px(0), map.py(0)];
  vectors.forEach(([wx, wy], k) => {
    if (Math.hypot(wx, wy) * scale < 2) return;
    const look = palette[outputs === 1 ? 1 : k];
    for (const [colour, width] of [[theme.paper, 6], [look.colour, 2.6]]) {
      context.strokeStyle = colour;
      context.lineWidth = width * theme.size(1);
      arrow(context, x, y, wx * scale, -wy * scale, 9 * theme.size(1));
    }
    const far = Math.hypot(wx, wy) * scale;
    if (far < 14) return;
    name(
      context,
      theme,
      look.colour,
      outputs === 1 ? "w" : `w${"₀₁₂₃₄"[k]}`,
      x + wx * scale * (1 + 13 / far),
      y - wy * scale * (1 + 13 / far),
    );
  });
}

function name(context, theme, colour, text, x, y) {
  context.font = `italic 600 ${theme.size(15)}px ${theme.serif}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineWidth = 4;
  context.lineJoin = "round";
  context.strokeStyle = theme.paper;
  context.strokeText(text, x, y);
  context.fillStyle = colour;
  context.fillText(text, x, y);
}

function drawProbe(map, { probe, theme }) {
  const { above: context } = map;
  const [x, y] = [map.px(probe[0]), map.py(probe[1])];
  for (const [colour, width] of [[theme.paper, 4.5], [theme.ink, 1.6]]) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    context.arc(x, y, 8, 0, 2 * Math.PI);
    for (const [a, b] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      context.moveTo(x + 5 * a, y + 5 * b);
      context.lineTo(x + 12 * a, y + 12 * b);
    }
    context.stroke();
  }
}

/** A place in words. */
export function placeWords([x, y]) {
  return `(${fix(x, 2)}, ${fix(y, 2)})`;
}
