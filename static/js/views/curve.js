/**
 * A function of one variable: its curve, each run hopping along it, and for the selected run the tangent whose slope is the
 * gradient and the step it makes. A press or a drag sets the start.
 */
import { CONFIG, contourMargins, curveFigure } from "../figures.js";
import { placeLabels } from "../geometry.js";
import { clamp, createPixels, pathTo, useMapping } from "../pixels.js";
import { hessian, value, valueAndGradient } from "../program.js";
import { point, rowAt } from "../trajectory.js";
import { drawCross, drawFog } from "./overlays.js";
import { roomOf } from "./room.js";
import { createTrail, drawArrow, drawHead, drawLabel, drawLines, headLayer, place } from "./trail.js";

/** The curve in `host`; `on.start(point, phase)`, `on.hover(..)` and `on.zoom(window | null)` hear the person. */
export function createCurve(host, plotly, on) {
  const plot = document.createElement("div");
  plot.className = "plotly-host";
  host.append(plot);
  const view = { host, plot, plotly, on, trail: createTrail(host, "curve"), pixels: createPixels(), drawn: "", area: null };
  view.trail.redraw = () => drawCurve(view, view.state);
  listen(view);
  return view;
}

/** Draw what `state` says. */
export function drawCurve(view, state) {
  const { host } = view;
  const [width, height] = roomOf(host);
  if (!width || !height || !state.map?.range) return;
  Object.assign(view, { state, window: state.map.window });
  const m = { ...contourMargins(state.theme), l: 38, r: 16 };
  view.area = { left: m.l, top: m.t, width: width - m.l - m.r, height: height - m.t - m.b };
  place(view.trail, view.area);
  const key = [state.map.key, width, height, state.theme.key].join();
  if (key !== view.drawn) {
    view.drawn = key;
    const figure = curveFigure({ theme: state.theme, map: state.map, width, height });
    view.plotly.react(view.plot, figure.data, figure.layout, CONFIG);
  }
  useMapping(view.pixels, key);
  drawPaths(view, state);
}

function toPixels(view, x, f) {
  const [x0, x1] = view.window[0];
  const [f0, f1] = view.state.map.range;
  return [clamp(((x - x0) / (x1 - x0)) * view.area.width), clamp(((f1 - f) / (f1 - f0)) * view.area.height)];
}

function drawPaths(view, state) {
  const { theme, map } = state;
  const [parameter] = state.parameters;
  const line = (run, more) => {
    const xs = run.trajectory.columns.get(parameter);
    const path = pathTo(view.pixels, run.trajectory, state.step, (row, put) =>
      put(...toPixels(view, xs[row], value(map.program, [xs[row]]))),
    );
    return {
      x: path.x, y: path.y, count: path.count, colour: run.identity.colour, dash: run.identity.dash, width: run.selected ? 2.2 : 1.6,
      halo: theme.halo, signature: `${run.trajectory.version}${run.identity.colour}${run.selected}`, ...more,
    };
  };
  const visible = [...state.runs]
    .filter((run) => run.visible && run.trajectory.count)
    .sort((a, b) => Number(a.selected) - Number(b.selected));
  const paths = [
    ...state.ghosts.map((run) => line(run, { dash: [], halo: null, width: 1.2, opacity: 0.4 })), ...visible.map((run) => line(run)),
  ];
  drawLines(view.trail, paths, view.drawn + paths.map((path) => path.signature).join());
  const context = headLayer(view.trail);
  const at = ([x]) => toPixels(view, x, value(map.program, [x]));
  if (state.fog) drawFog(context, at, state, view.area);
  for (const run of visible) dots(context, view, state, run, parameter);
  const chosen = visible.find((run) => run.selected);
  if (chosen && !state.asked) tangent(context, view, state, chosen, parameter);
  for (const place of state.asked ?? []) {
    const [x, y] = at(place);
    drawHead(context, { x, y, symbol: "circle-open", colour: theme.ink3, radius: theme.size(6), paper: theme.paper });
  }
  if (chosen && state.theory) quadratic(context, view, state, chosen);
  const heads = visible.map((run) => {
    const x = run.trajectory.columns.get(parameter)[rowAt(run.trajectory, state.step)];
    const [px, py] = toPixels(view, x, value(map.program, [x]));
    return { run, x: px, y: py, symbol: run.identity.symbol, colour: run.identity.colour };
  });
  for (const start of state.starts) {
    const [x, y] = toPixels(view, start[0], value(map.program, start));
    drawHead(context, { x, y, symbol: "circle-open", colour: theme.ink, radius: theme.size(4.5), paper: theme.paper });
  }
  for (const head of heads) drawHead(context, { ...head, radius: theme.size(head.run.selected ? 6.5 : 5.5), paper: theme.paper });
  names(context, view, state, heads);
}

/** Every place that a run has been at: on a line the hops hide each other. */
function dots(context, view, state, run, parameter) {
  const xs = run.trajectory.columns.get(parameter);
  context.fillStyle = run.identity.colour;
  for (let row = Math.max(0, state.step - 400); row <= rowAt(run.trajectory, state.step); row += 1) {
    const [x, y] = toPixels(view, xs[row], value(state.map.program, [xs[row]]));
    context.beginPath();
    context.arc(x, y, 2.2, 0, 2 * Math.PI);
    context.fill();
  }
}

/** The tangent at the selected run, and its next step along the axis. */
function tangent(context, view, state, run, parameter) {
  const { theme, map } = state;
  const row = rowAt(run.trajectory, state.step);
  const xs = run.trajectory.columns.get(parameter);
  const [f, [slope]] = valueAndGradient(map.program, [xs[row]]);
  const reach = (view.window[0][1] - view.window[0][0]) * 0.16;
  const [x0, y0] = toPixels(view, xs[row] - reach, f - slope * reach);
  const [x1, y1] = toPixels(view, xs[row] + reach, f + slope * reach);
  context.strokeStyle = theme.ink;
  context.lineWidth = 1.3;
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
  if (row + 1 >= run.trajectory.count) return;
  const [px, py] = toPixels(view, xs[row], f);
  const [qx] = toPixels(view, xs[row + 1], f);
  drawArrow(context, { x0: px, y0: py, x1: qx, y1: py, colour: theme.ink, paper: theme.paper, width: 1.6 });
}

/** The parabola with the curvature here, and a cross where it is level: there Newton's step leads. */
function quadratic(context, view, state, run) {
  const { theme, map } = state;
  const here = point(run.trajectory, state.parameters, rowAt(run.trajectory, state.step));
  const [f, [slope]] = valueAndGradient(map.program, here);
  const [[curvature]] = hessian(map.program, here);
  if (!Number.isFinite(curvature)) return;
  const [x0, x1] = view.window[0];
  context.strokeStyle = theme.ink;
  context.lineWidth = 1.2;
  context.setLineDash([3, 3]);
  context.beginPath();
  for (let i = 0; i <= 120; i += 1) {
    const d = x0 + ((x1 - x0) * i) / 120 - here[0];
    context[i ? "lineTo" : "moveTo"](...toPixels(view, here[0] + d, f + slope * d + (curvature / 2) * d * d));
  }
  context.stroke();
  context.setLineDash([]);
  if (!(Math.abs(curvature) > 0)) return;
  const newton = -slope / curvature;
  const [x, y] = toPixels(view, here[0] + newton, f + (slope * newton) / 2);
  drawCross(context, x, y);
}

function names(context, view, state, heads) {
  const { theme } = state;
  const size = theme.size(12.5);
  const font = `600 ${size}px ${theme.sans}`;
  context.font = font;
  const inside = heads.filter((head) => head.x >= 0 && head.x <= view.area.width && head.y >= 0 && head.y <= view.area.height);
  const curve = Array.from({ length: 160 }, (_, i) => {
    const x = view.window[0][0] + ((view.window[0][1] - view.window[0][0]) * i) / 159;
    return toPixels(view, x, value(state.map.program, [x]));
  });
  const labels = inside.reverse().map((head) => ({
    ...head, text: head.run.identity.name, width: context.measureText(head.run.identity.name).width + 4, height: size * 1.25,
  }));
  placeLabels(labels, curve, [], view.area.width, view.area.height);
  for (const label of labels)
    drawLabel(context, { text: label.text, cx: label.cx, cy: label.cy, colour: label.colour, paper: theme.paper, font });
}

function listen(view) {
  const { host } = view;
  let drag = false;
  const at = (event) => {
    const x = event.clientX - host.getBoundingClientRect().left - (view.area?.left ?? 0);
    const share = x / (view.area?.width ?? 1);
    if (!view.window || share < 0 || share > 1) return null;
    const [low, high] = view.window[0];
    return low + share * (high - low);
  };
  host.addEventListener("pointerdown", (event) => {
    const x = at(event);
    if (event.button !== 0 || x === null) return;
    drag = true;
    if (event.pointerType === "mouse") host.setPointerCapture(event.pointerId);
    view.on.start([x], "begin");
  });
  host.addEventListener("pointermove", (event) => {
    const x = at(event);
    if (drag && x !== null && event.pointerType === "mouse") view.on.start([x], "move");
    else if (!drag) view.on.hover(x === null ? null : { point: [x], from: "curve" });
  });
  const release = (event) => {
    const x = at(event);
    if (drag && x !== null && event.type === "pointerup") view.on.start([x], "end");
    drag = false;
  };
  host.addEventListener("pointerup", release);
  host.addEventListener("pointercancel", release);
  host.addEventListener("pointerleave", () => view.on.hover(null));
  host.addEventListener("wheel", (event) => {
    const x = at(event);
    if (x === null) return;
    event.preventDefault();
    const factor = Math.exp(Math.max(-60, Math.min(60, event.deltaY)) * 0.004);
    view.on.zoom([view.window[0].map((end) => x + (end - x) * factor)]);
  }, { passive: false });
  host.addEventListener("dblclick", () => view.on.zoom(null));
  host.addEventListener("keydown", (event) => {
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!direction || event.ctrlKey || event.metaKey || event.altKey || !view.state) return;
    event.preventDefault();
    event.stopPropagation();
    const step = ((view.window[0][1] - view.window[0][0]) / 80) * (event.shiftKey ? 5 : 1);
    view.on.start([view.state.starts[0][0] + direction * step], "nudge");
  });
}
