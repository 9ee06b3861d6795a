/**
 * What moves, on canvas over a plot: a layer of halos, an append-only layer of lines and a cleared layer of heads. Only
 * new segments are drawn each frame; everything is drawn again when the mapping, the order or a past point changed.
 */

import { Recorder } from "../vector.js";

const OVERHANG = 10; // pixels that a head may stand over the edge of its plot

/** Three canvases over `host`, which must be positioned. They take no pointer and are hidden from readers. */
export function createTrail(host, name) {
  const layers = ["halo", "line", "head"].map((layer) => {
    const canvas = document.createElement("canvas");
    canvas.className = `trail trail-${layer}`;
    canvas.dataset.trail = name;
    canvas.setAttribute("aria-hidden", "true");
    host.append(canvas);
    return canvas.getContext("2d");
  });
  const trail = { layers, inked: new Set(), box: null, ratio: 1, drawn: [], signature: "", redraw: null };
  for (const { canvas } of layers) canvas.trail = trail;
  return trail;
}

/**
 * What the layers show as SVG shapes, layer by layer: the trail's owner draws it once more, on recorders. Each is
 * {shapes, pad}, `pad` being how far the layer stands over the trail's box.
 */
export function vectorsOf(trail) {
  const { layers, inked } = trail;
  trail.inked = new Set();
  const measure = (font, text) => Object.assign(layers[2], { font }).measureText(text).width;
  trail.layers = layers.map(({ canvas }) => new Recorder(canvas, { measure, picture: addressOf }));
  invalidate(trail);
  try {
    trail.redraw();
    return trail.layers.map(({ shapes }, index) => ({ shapes, pad: index === 2 ? OVERHANG : 0 }));
  } finally {
    Object.assign(trail, { layers, inked });
    invalidate(trail);
  }
}

function addressOf(image) {
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas.toDataURL();
}

const shapeFor = (context) => new (context.Shape ?? Path2D)();

/** Cover `box` {left, top, width, height} of the host, in CSS pixels. */
export function place(trail, box) {
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  const same = trail.box && trail.ratio === ratio && ["left", "top", "width", "height"].every((k) => trail.box[k] === box[k]);
  if (same) return;
  Object.assign(trail, { box, ratio, signature: "" });
  trail.inked.clear(); // a new size wipes
  trail.layers.forEach((context, index) => {
    const { canvas } = context;
    const pad = index === 2 ? OVERHANG : 0;
    const [width, height] = [box.width + 2 * pad, box.height + 2 * pad];
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    Object.assign(canvas.style, { left: `${box.left - pad}px`, top: `${box.top - pad}px`, width: `${width}px`, height: `${height}px` });
    context.setTransform(ratio, 0, 0, ratio, pad * ratio, pad * ratio);
  });
}

/** Forget what was drawn: the next draw begins again. */
export function invalidate(trail) {
  trail.signature = "";
}

/** Wipe the lines: Plotly shows them now. */
export function clearLines(trail) {
  wipeLines(trail);
  trail.signature = "";
}

/** A layer that never had ink costs nothing: the browser does not even put it on the screen. */
function wipeLines(trail) {
  for (const context of trail.inked) wipe(trail, context);
  trail.inked.clear();
}

function wipe({ box }, context) {
  context.clearRect(-OVERHANG, -OVERHANG, box.width + 2 * OVERHANG, box.height + 2 * OVERHANG);
}

/**
 * Draw paths up to their `count`: {x, y (pixels), hidden?, count, colour, dash, width, halo, opacity?}. `signature` says
 * which mapping and styles these are: when it differs from the last one, all is drawn again.
 */
export function drawLines(trail, paths, signature) {
  if (!trail.box) return;
  const shrunk = paths.some((path, index) => path.count < (trail.drawn[index]?.count ?? 0));
  if (signature !== trail.signature || shrunk || paths.length !== trail.drawn.length) {
    wipeLines(trail);
    trail.signature = signature;
    trail.drawn = paths.map(() => ({ count: 0, length: 0 }));
  }
  paths.forEach((path, index) => extend(trail, path, trail.drawn[index]));
}

function extend(trail, path, drawn) {
  if (path.count <= drawn.count) return;
  const [halo, line] = trail.layers;
  for (const faded of path.hidden ? [true, false] : [false]) {
    const pieces = trace(shapeFor(line), path, Math.max(0, drawn.count - 1), faded);
    if (!pieces.any) continue;
    if (path.halo && !faded) stroke(trail, halo, pieces.shape, { colour: path.halo, width: path.width + 2.6, dash: [], opacity: 1 });
    const opacity = (path.opacity ?? 1) * (faded ? 0.32 : 1);
    stroke(trail, line, pieces.shape, {
      ...path,
      width: faded ? path.width * 0.7 : path.width,
      dash: faded ? [] : path.dash,
      opacity,
      offset: drawn.length,
    });
  }
  drawn.length += lengthOf(path, Math.max(0, drawn.count - 1));
  drawn.count = path.count;
}

/** Segments from vertex `from` on whose far end is hidden or not; NaN lifts the pen. */
function trace(shape, path, from, faded) {
  let any = false;
  let pen = false;
  for (let i = from + 1; i < path.count; i += 1) {
    const drawnSegment = Number.isFinite(path.x[i]) && Number.isFinite(path.x[i - 1]) && Boolean(path.hidden?.[i]) === faded;
    if (!drawnSegment) {
      pen = false;
      continue;
    }
    if (!pen) shape.moveTo(path.x[i - 1], path.y[i - 1]);
    shape.lineTo(path.x[i], path.y[i]);
    pen = true;
    any = true;
  }
  return { shape, any };
}

function lengthOf(path, from) {
  let length = 0;
  for (let i = from + 1; i < path.count; i += 1) {
    const piece = Math.hypot(path.x[i] - path.x[i - 1], path.y[i] - path.y[i - 1]);
    if (Number.isFinite(piece)) length += piece;
  }
  return length;
}

function stroke(trail, context, shape, { colour, width, dash, opacity, offset = 0 }) {
  trail.inked.add(context);
  context.globalAlpha = opacity;
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.lineJoin = "round";
  context.lineCap = dash.length && dash[0] < width ? "round" : "butt";
  context.setLineDash(dash);
  context.lineDashOffset = offset;
  context.stroke(shape);
  context.globalAlpha = 1;
}

/** Clear the heads and give their context to draw on, in CSS pixels. */
export function headLayer(trail) {
  const context = trail.layers[2];
  wipe(trail, context);
  context.setLineDash([]);
  return context;
}

/** One head: symbol in a paper ring; open ones are rings in their colour. */
export function drawHead(context, { x, y, symbol, colour, radius, paper, opacity = 1 }) {
  if (!Number.isFinite(x) || !Number.isFinite(y)) return;
  const open = symbol.endsWith("-open");
  const shape = symbolPath(symbol.replace("-open", ""), x, y, radius, shapeFor(context));
  context.globalAlpha = opacity;
  context.lineJoin = "round";
  context.fillStyle = open ? paper : colour;
  if (open) {
    context.strokeStyle = paper;
    context.lineWidth = 5;
    context.stroke(shape);
  }
  context.fill(shape);
  context.strokeStyle = open ? colour : paper;
  context.lineWidth = open ? 2 : 1.8;
  if (open) context.stroke(shape);
  else {
    context.stroke(shape);
    context.fill(shape);
  }
  context.globalAlpha = 1;
}

/** The outline of a head's symbol, in `path`. */
export function symbolPath(symbol, x, y, r, path = new Path2D()) {
  const polygon = (points) => {
    points.forEach(([u, v], i) => (i ? path.lineTo(x + u * r, y + v * r) : path.moveTo(x + u * r, y + v * r)));
    path.closePath();
  };
  if (symbol === "diamond")
    polygon([
      [0, -1.25],
      [1.25, 0],
      [0, 1.25],
      [-1.25, 0],
    ]);
  else if (symbol === "square")
    polygon([
      [-0.92, -0.92],
      [0.92, -0.92],
      [0.92, 0.92],
      [-0.92, 0.92],
    ]);
  else if (symbol === "triangle-up")
    polygon([
      [0, -1.2],
      [1.15, 0.85],
      [-1.15, 0.85],
    ]);
  else if (symbol === "triangle-down")
    polygon([
      [0, 1.2],
      [1.15, -0.85],
      [-1.15, -0.85],
    ]);
  else if (symbol === "cross")
    polygon([
      [-0.4, -1.1],
      [0.4, -1.1],
      [0.4, -0.4],
      [1.1, -0.4],
      [1.1, 0.4],
      [0.4, 0.4],
      [0.4, 1.1],
      [-0.4, 1.1],
      [-0.4, 0.4],
      [-1.1, 0.4],
      [-1.1, -0.4],
      [-0.4, -0.4],
    ]);
  else if (symbol === "star")
    polygon(
      Array.from({ length: 10 }, (_, i) => {
        const [angle, reach] = [(i * Math.PI) / 5 - Math.PI / 2, i % 2 ? 0.55 : 1.3];
        return [Math.cos(angle) * reach, Math.sin(angle) * reach];
      }),
    );
  else if (symbol === "pentagon")
    polygon(
      Array.from({ length: 5 }, (_, i) => {
        const angle = (i * 2 * Math.PI) / 5 - Math.PI / 2;
        return [Math.cos(angle) * 1.15, Math.sin(angle) * 1.15];
      }),
    );
  else path.arc(x, y, r, 0, 2 * Math.PI);
  return path;
}

/** A label with a paper halo, centred at (cx, cy). */
export function drawLabel(context, { text, cx, cy, colour, paper, font, align = "center" }) {
  context.font = font;
  context.textAlign = align;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.strokeStyle = paper;
  context.lineWidth = 3.5;
  context.globalAlpha = 0.85;
  context.strokeText(text, cx, cy);
  context.globalAlpha = 1;
  context.fillStyle = colour;
  context.fillText(text, cx, cy);
}

/** An arrow from (x0, y0) to (x1, y1) with a small head and a halo. */
export function drawArrow(context, { x0, y0, x1, y1, colour, paper, width = 2, dash = [], size = 7 }) {
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (!(length > 1.5) || !Number.isFinite(length)) return;
  const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
  const head = Math.min(size, length * 0.6);
  const shaft = shapeFor(context);
  shaft.moveTo(x0, y0);
  shaft.lineTo(x1 - ux * head * 0.7, y1 - uy * head * 0.7);
  const tip = shapeFor(context);
  tip.moveTo(x1, y1);
  tip.lineTo(x1 - ux * head - uy * head * 0.5, y1 - uy * head + ux * head * 0.5);
  tip.lineTo(x1 - ux * head + uy * head * 0.5, y1 - uy * head - ux * head * 0.5);
  tip.closePath();
  context.lineCap = "butt";
  context.lineJoin = "round";
  context.setLineDash([]);
  context.strokeStyle = paper;
  context.lineWidth = width + 2.4;
  context.globalAlpha = 0.8;
  context.stroke(shaft);
  context.stroke(tip);
  context.globalAlpha = 1;
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.setLineDash(dash);
  context.stroke(shaft);
  context.setLineDash([]);
  context.fillStyle = colour;
  context.fill(tip);
}
