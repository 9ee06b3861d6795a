/**
 * The contour map: Plotly draws the field, the axes and, at rest, the paths; while they move, canvas draws them. A press
 * or a drag sets the start, arrows move it, the wheel and two fingers zoom, and a press near a path picks its step.
 */
import { CONFIG, contourFigure, contourMargins } from "../figures.js";
import { placeLabels } from "../geometry.js";
import { downhill } from "../overlays.js";
import { clamp, createPixels, inked, nearestRow, pathTo, useMapping } from "../pixels.js";
import { rowAt } from "../trajectory.js";
import { drawFog } from "./overlays.js";
import { clearLines, createTrail, drawHead, drawLabel, drawLines, headLayer, invalidate, place } from "./trail.js";

const LABELS_EVERY = 220; // ms between new places for the labels while playing

/** A contour map in `host`. `plotly` is loaded; `on` hears start(point, phase), hover(point | null), zoom(window | null). */
export function createContour(host, plotly, on) {
  const plot = document.createElement("div");
  plot.className = "plotly-host";
  host.append(plot);
  const under = document.createElement("canvas");
  under.className = "trail trail-under";
  under.setAttribute("aria-hidden", "true");
  host.append(under);
  const view = {
    under, basinsDrawn: "",
    host, plot, plotly, on, trail: createTrail(host, "contour"), pixels: createPixels(), drawn: "", resting: "",
    places: new Map(), placedAt: 0, area: null, window: null, overlays: [],
  };
  listen(view);
  return view;
}

/** The aspect (width / height) of the map's own area: what windows are widened to. */
export function contourAspect(view, theme) {
  const m = contourMargins(theme);
  return Math.max(0.5, (view.host.clientWidth - m.l - m.r) / Math.max(1, view.host.clientHeight - m.t - m.b));
}

/** Draw what `state` says. While it moves only canvas is touched; `rest` hands the lines to Plotly. */
export function drawContour(view, state, rest) {
  const { host } = view;
  const [width, height] = [host.clientWidth, host.clientHeight];
  if (!width || !height || !state.map) return;
  const m = contourMargins(state.theme);
  view.area = { left: m.l, top: m.t, width: width - m.l - m.r, height: height - m.t - m.b };
  view.window = state.map.window;
  view.state = state;
  place(view.trail, view.area);
  const key = [state.map.key, width, height, state.theme.key, state.downhill, state.fog].join();
  useMapping(view.pixels, key);
  const paths = linesOf(view, state);
  const signature = key + paths.map((p) => p.signature).join();
  const full = `${signature}|${paths.map((p) => p.count).join()}`;
  if (key !== view.drawn || (rest && full !== view.resting)) {
    view.drawn = key;
    plotFigure(view, state, rest ? full : "", width, height);
  }
  if (full === view.resting) {
    delete host.dataset.moving;
  } else {
    host.dataset.moving = "";
    drawLines(view.trail, paths, signature);
  }
  drawBasins(view, state, key);
  drawHeads(view, state);
}

/** A dot for each of many starts, in the colour of the minimum it ends in; under the paths. */
function drawBasins(view, state, key) {
  const wanted = state.basins ? `${key}${state.basins.key}` : "";
  if (wanted === view.basinsDrawn) return;
  view.basinsDrawn = wanted;
  const ratio = view.trail.ratio;
  const { left, top, width, height } = view.area;
  Object.assign(view.under, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
  Object.assign(view.under.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
  if (!state.basins) return;
  const context = view.under.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const { xs, ys, ends, colours } = state.basins;
  ends.forEach((row, j) => row.forEach((end, i) => {
    const [x, y] = toPixels(view, [xs[i], ys[j]]);
    context.fillStyle = end < 0 ? state.theme.ink3 : colours[end % colours.length];
    context.globalAlpha = end < 0 ? 0.25 : 0.5;
    context.beginPath();
    context.arc(x, y, end < 0 ? 1.4 : 2.4, 0, 2 * Math.PI);
    context.fill();
  }));
}

function plotFigure(view, state, full, width, height) {
  const at = (run) => rowAt(run.trajectory, state.step);
  const path = (run) => {
    const [xs, ys] = state.parameters.map((name) => run.trajectory.columns.get(name));
    const [x, y] = [[], []];
    let inside = true;
    for (let row = 0; row <= at(run); row += 1) {
      const now = insideWindow(view.window, xs[row], ys[row]);
      if (!now && !inside) x.push(null), y.push(null);
      x.push(bounded(xs[row]));
      y.push(bounded(ys[row]));
      inside = now;
    }
    return { ...run.identity, label: run.identity.name, width: widthOf(run), x, y };
  };
  const visible = ordered(state.runs).filter((run) => run.visible);
  const figure = contourFigure({
    theme: state.theme, map: state.map, width, height, marks: !state.fog, arrows: state.downhill ? downhill(state.map.program, state.map.window) : null,
    paths: full ? visible.map(path) : [], ghosts: full ? state.ghosts.map(path) : [],
  });
  view.plotly.react(view.plot, figure.data, figure.layout, CONFIG);
  view.resting = full;
  if (full) clearLines(view.trail);
  else invalidate(view.trail);
}

/** What Plotly can take: a path that ran away leaves the map in its own direction. */
function bounded(v) {
  return Number.isFinite(v) ? Math.max(-1e9, Math.min(1e9, v)) : null;
}

const widthOf = (run) => (run.selected ? 2.8 : 2.2);

/** The selected run is drawn last, over the others. */
function ordered(runs) {
  return [...runs.filter((run) => !run.selected), ...runs.filter((run) => run.selected)];
}

/** From data to pixels of the map's area. */
export function toPixels(view, [x, y]) {
  const [[x0, x1], [y0, y1]] = view.window;
  return [((x - x0) / (x1 - x0)) * view.area.width, ((y1 - y) / (y1 - y0)) * view.area.height];
}

/** From pixels of the map's area to data. */
export function toData(view, px, py) {
  const [[x0, x1], [y0, y1]] = view.window;
  return [x0 + (px / view.area.width) * (x1 - x0), y1 - (py / view.area.height) * (y1 - y0)];
}

function pixelsOf(view, run, until, parameters) {
  const [xs, ys] = parameters.map((name) => run.trajectory.columns.get(name));
  const out = (row) => !insideWindow(view.window, xs[row], ys[row]);
  return pathTo(view.pixels, run.trajectory, until, (row, put) => {
    const [px, py] = toPixels(view, [xs[row], ys[row]]);
    if (row > 0 && out(row) && out(row - 1)) put(NaN, NaN);
    put(clamp(px), clamp(py));
  });
}

/** A run that has left the map would cross it with every leap: from outside to outside nothing is drawn. */
function insideWindow([[x0, x1], [y0, y1]], x, y) {
  return x >= x0 && x <= x1 && y >= y0 && y <= y1;
}

function linesOf(view, state) {
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

function drawHeads(view, state) {
  const context = headLayer(view.trail);
  const { theme } = state;
  const visible = ordered(state.runs).filter((run) => run.visible && run.trajectory.count);
  for (const overlay of state.overlays ?? []) overlay(context, (point) => toPixels(view, point), view);
  if (state.fog) drawFog(context, (point) => toPixels(view, point), state, view.area);
  drawStart(context, view, state);
  const heads = visible.map((run) => headOf(view, state, run));
  for (const head of heads) {
    drawHead(context, { ...head, radius: theme.size(head.run.selected ? 6.5 : 5.5), paper: theme.paper });
  }
  drawNames(context, view, state, heads);
  drawRings(context, view, state, visible);
}

function headOf(view, state, run) {
  const row = rowAt(run.trajectory, state.step);
  const path = pixelsOf(view, run, row, state.parameters);
  return { run, x: path.x[path.count - 1], y: path.y[path.count - 1], symbol: run.identity.symbol, colour: run.identity.colour };
}

function drawStart(context, view, state) {
  const { theme } = state;
  for (const start of state.starts) {
    const [x, y] = toPixels(view, start);
    drawHead(context, { x, y, symbol: "circle-open", colour: theme.ink, radius: theme.size(4.5), paper: theme.paper });
  }
  if (state.step > 4 && state.starts.length === 1) {
    const [x, y] = toPixels(view, state.starts[0]);
    const up = y > 26 ? -15 : 16;
    drawLabel(context, { text: state.words.start, cx: x, cy: y + up, colour: theme.ink, paper: theme.paper, font: `400 ${theme.size(11)}px ${theme.sans}` });
  }
}

function drawNames(context, view, state, heads) {
  const { theme } = state;
  const size = theme.size(12.5);
  const font = `600 ${size}px ${theme.sans}`;
  context.font = font;
  const { width, height } = view.area;
  const inside = heads.filter((head) => head.x > -5 && head.x < width + 5 && head.y > -5 && head.y < height + 5);
  const labels = inside.sort((a, b) => Number(b.run.selected) - Number(a.run.selected)).map((head) => ({
    ...head, text: head.run.identity.name, width: context.measureText(head.run.identity.name).width + 4, height: size * 1.25,
    place: view.places.get(head.run.index)?.place,
  }));
  const now = performance.now();
  if (!state.moving || now - view.placedAt > LABELS_EVERY || labels.some((label) => !view.places.has(label.run.index))) {
    view.placedAt = now;
    place14(view, state, labels);
  }
  for (const label of labels) {
    const at = view.places.get(label.run.index);
    if (!at) continue;
    drawLabel(context, { text: label.text, cx: label.x + at.dx, cy: label.y + at.dy, colour: label.colour, paper: theme.paper, font });
  }
}

function place14(view, state, labels) {
  const ink = ordered(state.runs).filter((run) => run.visible).flatMap((run) => inked(pixelsOf(view, run, state.step, state.parameters)));
  const box = (point, w, h) => {
    const [x, y] = toPixels(view, point);
    return [x - w, y - h, x + w, y + h];
  };
  const taken = [
    ...state.map.labels.map((label) => box([label.x, label.y], 12, 7)), ...state.starts.map((start) => box(start, 16, 20)),
    ...(state.map.minima ?? []).map((point) => box(point, 6, 6)),
  ];
  if (!state.moving) for (const label of labels) label.place = undefined;
  placeLabels(labels, ink, taken, view.area.width, view.area.height);
  view.places = new Map(labels.map((l) => [l.run.index, { place: l.place, dx: l.cx - l.x, dy: l.cy - l.y }]));
}

/** Rings at the step or the place that is pointed at, here or in another panel. */
function drawRings(context, view, state, visible) {
  const { theme, hover } = state;
  if (hover?.row !== undefined) {
    for (const run of visible) {
      const path = pixelsOf(view, run, rowAt(run.trajectory, hover.row), state.parameters);
      drawHead(context, { x: path.x[path.count - 1], y: path.y[path.count - 1], symbol: "circle-open", colour: run.identity.colour, radius: 4, paper: theme.paper });
    }
  }
  if (hover?.point && hover.from !== "contour") {
    const [x, y] = toPixels(view, hover.point);
    drawHead(context, { x, y, symbol: "circle-open", colour: theme.ink, radius: 4.5, paper: theme.paper });
  }
}

/* ---- what a person does ---- */

function listen(view) {
  const { host } = view;
  const fingers = new Map();
  let drag = null;
  let pinch = null;
  const local = (event) => {
    const box = host.getBoundingClientRect();
    return [event.clientX - box.left - (view.area?.left ?? 0), event.clientY - box.top - (view.area?.top ?? 0)];
  };
  const inside = ([x, y]) => view.area && x >= 0 && y >= 0 && x <= view.area.width && y <= view.area.height;

  host.addEventListener("pointerdown", (event) => {
    const at = local(event);
    if (event.button !== 0 || !inside(at)) return;
    fingers.set(event.pointerId, at);
    if (fingers.size === 2) {
      drag = null;
      pinch = beginPinch(view, [...fingers.values()]);
      return;
    }
    const near = view.state?.starts.some((start) => Math.hypot(...toPixels(view, start).map((v, i) => v - at[i])) < 22);
    drag = { id: event.pointerId, from: at, moved: false, touch: event.pointerType !== "mouse", near };
    if (!drag.touch || near) host.setPointerCapture(event.pointerId);
  });
  host.addEventListener("pointermove", (event) => {
    const at = local(event);
    if (fingers.has(event.pointerId)) fingers.set(event.pointerId, at);
    if (pinch && fingers.size === 2) return void view.on.zoom(pinched(view, pinch, [...fingers.values()]));
    if (drag && event.pointerId === drag.id) {
      const far = Math.hypot(at[0] - drag.from[0], at[1] - drag.from[1]) > 4;
      if (!drag.moved && !far) return;
      if (drag.touch && !drag.near) return; // one finger beside the start scrolls the page
      if (!drag.moved) view.on.hover(null);
      view.on.start(toData(view, ...at), drag.moved ? "move" : "begin");
      drag.moved = true;
      return;
    }
    if (event.pointerType === "touch") return;
    view.on.hover(inside(at) ? pointed(view, at) : null);
  });
  const release = (event) => {
    fingers.delete(event.pointerId);
    if (pinch && fingers.size < 2) {
      pinch = null;
      drag = null;
      return;
    }
    if (!drag || event.pointerId !== drag.id) return;
    const at = local(event);
    if (event.type === "pointerup") {
      if (!drag.moved) view.on.start(toData(view, ...at), "begin");
      view.on.start(toData(view, ...at), "end");
    }
    drag = null;
  };
  host.addEventListener("pointerup", release);
  host.addEventListener("pointercancel", release);
  host.addEventListener("pointerleave", () => view.on.hover(null));
  host.addEventListener("wheel", (event) => {
    const at = local(event);
    if (!inside(at) || !view.window) return;
    event.preventDefault();
    view.on.zoom(zoomed(view, at, Math.exp(Math.max(-60, Math.min(60, event.deltaY)) * 0.004)));
  }, { passive: false });
  host.addEventListener("dblclick", (event) => {
    event.preventDefault();
    view.on.zoom(null);
  });
  host.addEventListener("keydown", (event) => key(view, event));
}

/** The window scaled about a place by a factor. */
function zoomed(view, [px, py], factor) {
  const about = toData(view, px, py);
  return view.window.map(([low, high], i) => [about[i] + (low - about[i]) * factor, about[i] + (high - about[i]) * factor]);
}

function beginPinch(view, [a, b]) {
  return { window: view.window, span: Math.hypot(a[0] - b[0], a[1] - b[1]), about: toData(view, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2) };
}

function pinched(view, pinch, [a, b]) {
  const factor = pinch.span / Math.max(20, Math.hypot(a[0] - b[0], a[1] - b[1]));
  const [width, height] = pinch.window.map(([low, high]) => (high - low) * factor);
  const [u, v] = [(a[0] + b[0]) / 2 / view.area.width, (a[1] + b[1]) / 2 / view.area.height];
  const [x, y] = pinch.about;
  return [[x - u * width, x + (1 - u) * width], [y - (1 - v) * height, y + v * height]];
}

/** What the pointer is at: a step of a path when one is close, else the place. */
function pointed(view, [px, py]) {
  const { state } = view;
  let best = { row: -1, distance: 9 };
  for (const run of state?.runs ?? []) {
    if (!run.visible) continue;
    const found = nearestRow(view.pixels, run.trajectory, state.step, px, py, best.distance);
    if (found.row >= 0) best = { ...found, run: run.index };
  }
  const point = toData(view, px, py);
  return best.row >= 0 ? { point, row: best.row, run: best.run, from: "contour" } : { point, from: "contour" };
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

function key(view, event) {
  const arrow = ARROWS[event.key];
  const start = view.state?.starts[0];
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (arrow && start) {
    event.preventDefault();
    event.stopPropagation();
    const [, [y0, y1]] = view.window;
    const step = ((y1 - y0) / 80) * (event.shiftKey ? 5 : 1);
    view.on.start([start[0] + arrow[0] * step, start[1] + arrow[1] * step], "nudge");
  } else if (event.key === "+" || event.key === "-") {
    event.preventDefault();
    const factor = event.key === "+" ? 0.8 : 1.25;
    view.on.zoom(zoomed(view, [view.area.width / 2, view.area.height / 2], factor));
  }
}
