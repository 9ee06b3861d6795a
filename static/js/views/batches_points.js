/** The points of the Batches page with the line of each walk; points are added, dragged and taken away while it runs. */
import { t } from "../i18n.js";
import { fix } from "../numbers.js";
import { nearest, rounded, withMoved, withoutPoint, withPoint } from "../points.js";
import { fitLine, randomOf } from "../regression.js";
import { chosenOf, find, here, write } from "./batches_parts.js";
import { describeChart, drawChart, pointerData, roomOf } from "./chart.js";

const REACH = { mouse: 5, touch: 16 }; // pixels from which a press takes hold of a point
const MOVED = 3; // pixels: less is a click
const SPREAD = 0.15; // of many points added at once, as a part of the panel
const FEWEST = 3;
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** Wire the panel; `act.points({points, labels}, what)` hears of every change. */
export function createPoints(page, chart, act) {
  const { host } = chart;
  const points = { page, chart, act, cursor: null, picked: -1, held: null, fit: null, range: null, key: "" };
  host.addEventListener("pointerdown", (event) => press(points, event));
  host.addEventListener("pointermove", (event) => glide(points, event));
  host.addEventListener("pointerup", (event) => lift(points, event));
  host.addEventListener("pointercancel", () => letGo(points));
  host.addEventListener("keydown", (event) => key(points, event));
  host.addEventListener("blur", () => { points.cursor = null; act.redraw(); });
  // A finger that takes hold of a point drags it; anywhere else it scrolls the page.
  host.addEventListener("touchstart", (event) => {
    const [touch] = event.touches;
    if (points.fit && under(points, pixels(chart, touch), REACH.touch) >= 0) event.preventDefault();
  }, { passive: false });
  find("take-away").addEventListener("click", () => takeAway(points, points.picked));
  return points;
}

/** The points as a dataset of a person's own: five digits each, so that a link can hold them. */
const dataset = ({ fit }) => ({ points: Array.from(fit.x, (value) => [rounded(value)]), labels: Array.from(fit.y, rounded) });

function pixels({ host }, event) {
  const box = host.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

function under({ fit, chart: { scale } }, [px, py], reach) {
  const places = Array.from(fit.x, (x, i) => [scale.x(x), scale.y(fit.y[i])]);
  return nearest(places, ([x, y]) => Math.hypot(x - px, y - py), reach);
}

/* by pointer */

function press(points, event) {
  if (event.button > 0 || !points.fit || !points.chart.scale) return;
  const at = pixels(points.chart, event);
  const index = under(points, at, event.pointerType === "mouse" ? REACH.mouse : REACH.touch);
  points.held = { index, from: at, moved: false };
  if (index >= 0) points.chart.host.setPointerCapture(event.pointerId);
}

function glide(points, event) {
  const { held, chart, act } = points;
  if (!held) {
    if (points.fit && chart.scale) chart.host.toggleAttribute("data-near", under(points, pixels(chart, event), REACH.mouse) >= 0);
    return;
  }
  const at = pixels(chart, event);
  held.moved ||= Math.hypot(at[0] - held.from[0], at[1] - held.from[1]) > MOVED;
  if (held.index < 0 || !held.moved) return;
  held.to = inside(points, pointerData(chart, event));
  act.redraw();
}

function lift(points, event) {
  const { held, act } = points;
  points.held = null;
  if (!held) return;
  if (held.index < 0) return held.moved ? null : add(points, inside(points, pointerData(points.chart, event)));
  if (held.to) return act.points(moved(points, held), t("A point was moved."));
  points.picked = points.picked === held.index ? -1 : held.index;
  act.redraw();
}

function letGo(points) {
  points.held = null;
  points.act.redraw();
}

function inside({ range }, { x, y }) {
  const within = (value, [low, high]) => Math.max(low, Math.min(high, value));
  return [within(x, range.x), within(y, range.y)];
}

/** The same points with one at another place. */
function moved(points, { index, to: [x, y] }) {
  const next = withMoved(dataset(points), index, [x]);
  return { points: next.points, labels: next.labels.map((label, i) => (i === index ? rounded(y) : label)) };
}

/** One point where the click was, or many around it. */
function add(points, [x, y]) {
  const many = Number(find("brush").value);
  const { range, fit } = points;
  const random = randomOf(fit.count);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const off = ([low, high]) => (many > 1 ? 0.5 * SPREAD * (high - low) * normal() : 0);
  let next = dataset(points);
  for (let i = 0; i < many; i += 1) {
    const place = inside(points, { x: x + off(range.x), y: y + off(range.y) });
    next = withPoint(next, [place[0]], rounded(place[1]));
  }
  points.act.points(next, many > 1 ? t("{count} points were added.", { count: many }) : t("A point was added."));
}

function takeAway(points, index) {
  if (index < 0) return;
  if (points.fit.count <= FEWEST) return points.act.refuse(t("A line needs at least {count} points.", { count: FEWEST }));
  points.picked = -1;
  points.act.points(withoutPoint(dataset(points), index), t("A point was taken away."));
}

/* by keyboard: arrows move a cursor, Enter adds a point there, Delete takes the nearest away */

function key(points, event) {
  const { chart, act, range } = points;
  if (!points.fit || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = STEPS[event.key];
  const middle = (side) => (side[0] + side[1]) / 2;
  if (step) {
    const [width, height] = roomOf(chart);
    const unit = event.shiftKey ? 40 : 8;
    const from = points.cursor ?? [middle(range.x), middle(range.y)];
    const [x, y] = [
      from[0] + (step[0] * unit * (range.x[1] - range.x[0])) / width,
      from[1] + (step[1] * unit * (range.y[1] - range.y[0])) / height,
    ];
    points.cursor = inside(points, { x, y });
    act.redraw();
  } else if (event.key === "Enter" && points.cursor) add(points, points.cursor);
  else if (event.key === "Delete" || event.key === "Backspace") {
    const { scale } = chart;
    takeAway(
      points,
      points.picked >= 0 ? points.picked : points.cursor ? under(points, [scale.x(points.cursor[0]), scale.y(points.cursor[1])], 30) : -1,
    );
  } else if (event.key === "Escape" && points.picked >= 0) {
    points.picked = -1;
    act.redraw();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

/* drawing */

/** Draw the points, the best line, the line of each walk, and the next point of a stochastic one. */
export function drawPoints(page, points) {
  const { walkers, theme } = page;
  const chosen = chosenOf(page);
  if (points.fit && points.fit !== chosen.fit && !points.held) Object.assign(points, { picked: -1 });
  const fit = points.held?.to ? fitMoved(points) : chosen.fit;
  if (!points.held) points.fit = chosen.fit;
  const range = (points.range = rangeOf(points, fit));
  const still = stillOf(fit, range, theme);
  const lines = walkers.map((walker) =>
    across(range, here(walker), {
      colour: walker.look.colour,
      width: walker.selected ? 2.8 : 2.2,
      dash: walker.look.dash,
      name: `line-${walker.index}`,
    }),
  );
  const dots = [];
  if (chosen.look.kind === "stochastic" && !points.held?.to) drawNext(chosen, range, lines, dots);
  if (points.picked >= 0 && points.picked < fit.count)
    dots.push({
      x: fit.x[points.picked],
      y: fit.y[points.picked],
      symbol: "circle",
      open: true,
      radius: 6,
      colour: "var(--ink)",
      name: "picked",
    });
  if (points.held?.to)
    dots.push({ x: points.held.to[0], y: points.held.to[1], symbol: "circle", radius: 4.5, colour: "var(--ink)", name: "held" });
  if (points.cursor)
    dots.push({
      x: points.cursor[0],
      y: points.cursor[1],
      symbol: "circle",
      open: true,
      radius: 5,
      colour: "var(--focus)",
      name: "cursor",
    });
  const unit = range.y[1] - range.y[0] > 24 ? 10 : 5;
  const ticks = (every, side) =>
    Array.from({ length: 41 }, (_, i) => (i - 20) * every)
      .filter((v) => v > side[0] && v < side[1])
      .map((v) => [v, fix(v, 0)]);
  drawChart(points.chart, {
    size: theme.size(1),
    x: { range: range.x, ticks: ticks(1, range.x) },
    y: { range: range.y, ticks: ticks(unit, range.y) },
    margin: { left: 24, right: 6 },
    still,
    lines,
    dots,
  });
  find("take-away").hidden = points.picked < 0;
  find("brush-field").hidden = points.picked >= 0;
  const [w, b] = here(chosen);
  describeChart(
    points.chart,
    t("{count} points, and the line of each walk. {name}: slope {w}, height {b}.", {
      count: fit.count,
      name: chosen.look.name,
      w: fix(w, 2),
      b: fix(b, 2),
    }),
  );
  write("data-aside", chosen.look.kind === "stochastic" ? t("ring: the next point") : t("dotted: the best line"));
}

/** The fit while a point is being dragged: what it will be when the point is let go. */
function fitMoved(points) {
  const { points: x, labels } = moved(points, points.held);
  return fitLine(x, labels);
}

/** What is drawn holds all points; it stays as long as it does. */
function rangeOf({ range }, { x, y }) {
  const ends = (values) => values.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [Infinity, -Infinity]);
  const [across_, up] = [ends(x), ends(y)];
  const holds = ([low, high], [a, b]) => a >= low && b <= high && high - low < 2.5 * (b - a);
  const padded = ([low, high], pad) => [low - pad * (high - low || 1), high + pad * (high - low || 1)];
  return range && holds(range.x, across_) && holds(range.y, up) ? range : { x: padded(across_, 0.06), y: padded(up, 0.07) };
}

function stillOf(fit, range, theme) {
  const [wBest, bBest] = fit.minimum;
  const dotted = (values) => Array.from(values).flatMap((value) => [value, value, NaN]);
  return {
    key: [fit.count, wBest, bBest, theme.key].join(),
    lines: [
      { x: dotted(fit.x), y: dotted(fit.y), colour: "var(--ink-3)", width: 3.2, opacity: 0.42, cap: "round", name: "points" },
      across(range, fit.minimum, { colour: "var(--ink)", width: 1.2, dash: [2, 3], name: "best" }),
    ],
    words: [
      { x: range.x[1], y: wBest * range.x[1] + bBest, dx: -2, dy: 14, anchor: "end", text: t("best"), size: 11, colour: "var(--ink-2)" },
    ],
  };
}

/** The point that the next update sees, and how far the line is from it: both follow from its gradient. */
function drawNext(chosen, range, lines, dots) {
  const [w, b] = here(chosen);
  const gradient = chosen.parameters.map((name) => chosen.trajectory.columns.get(`gradient_${name}`)[chosen.row]);
  const [x, y] = [gradient[0] / gradient[1], w * (gradient[0] / gradient[1]) + b - gradient[1]];
  lines.push({
    x: [x, x],
    y: [y, Math.max(range.y[0], Math.min(range.y[1], w * x + b))],
    colour: chosen.look.colour,
    width: 1.4,
    dash: [2, 3],
    name: "residual",
  });
  dots.push({ x, y, symbol: "circle", open: true, radius: 4.5, colour: chosen.look.colour, name: "drawn" });
}

function across(range, [w, b], more) {
  return { ...clipped(range, w, b), ...more };
}

/** A line cut to the panel. */
function clipped({ x: [x0, x1], y: [y0, y1] }, w, b) {
  const inner = (x) => Math.max(y0, Math.min(y1, w * x + b));
  const at = (x) => (w === 0 ? x : (inner(x) - b) / w);
  const [a, c] = [at(x0), at(x1)];
  return a >= x0 - 1e-9 && a <= x1 && c >= x0 && c <= x1 + 1e-9 ? { x: [a, c], y: [inner(x0), inner(x1)] } : { x: [], y: [] };
}
