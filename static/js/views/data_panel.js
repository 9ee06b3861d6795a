/**
 * The points of a fitted model, with the line or the curve of every run at the step shown. Points are dragged, added by a
 * press on an empty place, chosen and taken away; by keys too. For a line each error stands as its square.
 */
import { isFitted, moved, ownDataset, pointsOf, pullOf, saysOf, unfit } from "../fitted.js";
import { t } from "../i18n.js";
import { niceTicks } from "../levels.js";
import { fix, num, plainNumber } from "../numbers.js";
import { nearest } from "../points.js";
import { problemOf } from "../settings.js";
import { cell, rowAt } from "../trajectory.js";
import { createChart, describeChart, drawChart, pointerData } from "./chart.js";

const REACH = { mouse: 10, pen: 14, touch: 24 }; // pixels round a point
const SQUARES = 3; // errors that are drawn as squares: all of them would hide the points
const EVERY = 110; // ms between what a drag asks of the service
const MARGIN = { left: 34, right: 12, top: 8, bottom: 22 };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

const find = (id) => document.querySelector(id);

/** The panel; `on.data(dataset, phase)` hears changed points, phase being begin, move, end or once. */
export function createDataPanel(on) {
  const host = find("#points");
  const panel = { on, host, chart: createChart(host, ""), chosen: -1, drag: null, all: [], shown: null, range: null, sentAt: 0 };
  host.addEventListener("pointerdown", (event) => down(panel, event));
  host.addEventListener("pointermove", (event) => move(panel, event));
  for (const name of ["pointerup", "pointercancel"]) host.addEventListener(name, (event) => up(panel, event));
  host.addEventListener("keydown", (event) => key(panel, event));
  find("#point-remove").addEventListener("click", () => remove(panel));
  return panel;
}

/** Draw the points and what every visible run makes of them; `page.answer` is the surface's answer. */
export function showData(panel, page, state) {
  const problem = problemOf(state.spec, page.selected);
  const { data } = page.answer ?? {};
  if (!isFitted(problem) || !data || state.parameters.length !== 2) return;
  panel.problem = problem;
  if (!panel.drag) panel.all = pointsOf(data);
  panel.chosen = Math.min(panel.chosen, panel.all.length - 1);
  const range = panel.drag ? panel.range : rangeOf(problem.kind, panel.all);
  panel.range = range;
  const places = state.runs.filter((run) => run.visible && run.trajectory.count).map((run) => ({
    run, at: state.parameters.map((name) => cell(run.trajectory, name, rowAt(run.trajectory, state.step))),
  })).sort((a, b) => Number(a.run.selected) - Number(b.run.selected));
  const chosen = places.find(({ run }) => run.selected) ?? places[0];
  drawChart(panel.chart, {
    size: state.theme.size(1),
    margin: MARGIN,
    x: { range: range.x, ticks: ticks(range.x, 6), name: "x" },
    y: {
      range: range.y,
      ticks:
        problem.kind === "logistic"
          ? [
              [0, "0"],
              [0.5, "0.5"],
              [1, "1"],
            ]
          : ticks(range.y, 5),
      name: "y",
    },
    lines: [
      ...squares(panel, problem, chosen, range),
      ...best(problem, state, range),
      ...places.flatMap((place) => fits(problem, place, range)),
    ],
    dots: dotsOf(panel),
  });
  aside(panel, problem, state, chosen);
}

function ticks([low, high], count) {
  return niceTicks(low, high - 0.08 * (high - low), count).map((value) => [value, plainNumber(value).replace("-", "−")]);
}

function rangeOf(kind, all) {
  const extent = (axis, pad) => {
    const values = all.map((point) => point[axis]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const room = pad * (high - low || 2);
    return [low - room, high + room];
  };
  return { x: extent(0, 0.12), y: kind === "logistic" ? [-0.15, 1.15] : extent(1, 0.12) };
}

/** A run's line, or its curve with the place where it changes its mind. */
function fits({ kind }, { run, at }, range) {
  const says = saysOf(kind, at);
  const style = { colour: run.identity.colour, dash: run.identity.dash, width: run.selected ? 2.8 : 2.2, name: `fit-${run.index}` };
  const [x0, x1] = range.x;
  const count = 121;
  const xs = Array.from({ length: count }, (_, i) => x0 + ((x1 - x0) * i) / (count - 1));
  const inside = (y) => (y >= range.y[0] && y <= range.y[1] ? y : NaN);
  const line = { x: xs, y: xs.map((x) => inside(says(x))), ...style };
  const edge = -at[1] / at[0];
  if (kind !== "logistic" || !(edge > x0 && edge < x1)) return [line];
  return [line, { x: [edge, edge], y: range.y, colour: style.colour, width: 1.2, dash: [2, 3], name: `edge-${run.index}` }];
}

/** The model at the minimum, which for a line least squares gives in one step. */
function best({ kind }, state, range) {
  const [minimum] = state.map.minima;
  if (!minimum || state.map.variables.length !== 2) return [];
  const says = saysOf(kind, minimum);
  const xs = Array.from({ length: 81 }, (_, i) => range.x[0] + ((range.x[1] - range.x[0]) * i) / 80);
  return [
    {
      x: xs,
      y: xs.map(says).map((y) => (y >= range.y[0] && y <= range.y[1] ? y : NaN)),
      colour: "var(--ink)",
      width: 1.2,
      dash: [2, 3],
      name: "best",
    },
  ];
}

/** The selected run's errors as distances; for a line the greatest, and the chosen one, as the squares that count. */
function squares(panel, { kind }, chosen, range) {
  if (!chosen || !panel.chart.scale) return [];
  const says = saysOf(kind, chosen.at);
  const { colour } = chosen.run.identity;
  const unit = kind === "linear" ? unitOf(panel.chart) : 0;
  const sizes = panel.all.map(([x, y, held]) => (held ? 0 : Math.abs(says(x) - y)));
  const great = [...sizes].sort((a, b) => b - a)[SQUARES - 1] ?? 0;
  return panel.all.flatMap(([x, y, held], index) => {
    const there = says(x);
    if (held || !Number.isFinite(there)) return [];
    const side = Math.abs(y - there) * unit * (x > (range.x[0] + range.x[1]) / 2 ? -1 : 1); // towards the middle
    const squared = kind === "linear" && (sizes[index] >= great || index === panel.chosen);
    const outline = squared ? { x: [x, x + side, x + side, x, x], y: [y, y, there, there, y] } : { x: [x, x], y: [y, there] };
    return [{ ...outline, colour, width: 1, opacity: index === panel.chosen ? 1 : squared ? 0.7 : 0.32, name: `pull-${index}` }];
  });
}

/** How much x is as long on the screen as one of y. */
function unitOf({ scale }) {
  return Math.abs((scale.y(1) - scale.y(0)) / (scale.x(1) - scale.x(0)));
}

function dotsOf(panel) {
  return panel.all.map(([x, y, held], index) => ({
    x,
    y,
    name: `point-${index}`,
    colour: index === panel.chosen ? "var(--focus)" : "var(--ink-2)",
    open: held,
    radius: index === panel.chosen ? 6 : 4,
  }));
}

function aside(panel, problem, state, chosen) {
  const { all, chosen: index } = panel;
  const remover = find("#point-remove");
  remover.hidden = index < 0;
  const held = all.some((point) => point[2]);
  const words =
    index < 0 || !chosen
      ? [t("drag a point · press an empty place for one more"), held && t("rings are held out")].filter(Boolean).join(" · ")
      : t("({x}, {y}) adds {loss} to the sum", {
          x: fix(all[index][0], 2),
          y: fix(all[index][1], 2),
          loss: num(pullOf(problem, chosen.at, all[index]), 3),
        });
  const place = find("#points-aside");
  if (place.textContent !== words) place.textContent = place.title = words;
  if (state.moving || !chosen) return;
  const [w, b] = chosen.at;
  describeChart(
    panel.chart,
    t("{count} points and the fit of each run. {name}: slope {w}, height {b}.", {
      count: all.length,
      name: chosen.run.identity.name,
      w: fix(w, 2),
      b: fix(b, 2),
    }),
  );
}

/* ---- what a person does ---- */

function pixelsTo(panel, event) {
  const box = panel.host.getBoundingClientRect();
  const [px, py] = [event.clientX - box.left, event.clientY - box.top];
  return ([x, y]) => Math.hypot(panel.chart.scale.x(x) - px, panel.chart.scale.y(y) - py);
}

function down(panel, event) {
  if (event.button !== 0 || !panel.chart.scale) return;
  const index = nearest(panel.all, pixelsTo(panel, event), REACH[event.pointerType] ?? REACH.mouse);
  panel.press = { id: event.pointerId, x: event.clientX, y: event.clientY };
  panel.chosen = index;
  if (index >= 0) {
    panel.drag = { id: event.pointerId, index, moved: false };
    panel.host.setPointerCapture(event.pointerId);
  }
  panel.on.redraw();
}

function move(panel, event) {
  const { drag, press } = panel;
  if (press && Math.hypot(event.clientX - press.x, event.clientY - press.y) > 4) panel.press = null;
  if (!drag || drag.id !== event.pointerId || panel.press) return;
  const { x, y } = pointerData(panel.chart, event);
  const all = moved(panel.problem.kind, panel.all, drag.index, [x, y]);
  if (unfit(panel.problem.kind, all)) return;
  panel.all = all;
  const now = performance.now();
  if (!drag.moved || now - panel.sentAt > EVERY) {
    panel.sentAt = now;
    send(panel, drag.moved ? "move" : "begin");
    drag.moved = true;
  } else panel.on.redraw();
}

function up(panel, event) {
  const { drag, press } = panel;
  panel.drag = null;
  panel.press = null;
  if (drag?.moved) return send(panel, "end");
  if (drag || press?.id !== event.pointerId || event.type !== "pointerup") return null;
  const { x, y } = pointerData(panel.chart, event);
  return add(panel, [x, y]);
}

function add(panel, [x, y]) {
  panel.all = [...panel.all, [x, panel.problem.kind === "logistic" ? Number(y >= 0.5) : y, false]];
  panel.chosen = panel.all.length - 1;
  send(panel, "once");
}

function remove(panel) {
  const all = panel.all.filter((_, index) => index !== panel.chosen);
  const trouble = unfit(panel.problem.kind, all);
  if (trouble)
    return panel.on.refuse(
      trouble === "few" ? t("Two points are the least: add another one first.") : t("Both classes need a point: add another one first."),
    );
  panel.all = all;
  panel.chosen = -1;
  return send(panel, "once");
}

function send(panel, phase) {
  panel.on.data(ownDataset(panel.all), phase);
}

function key(panel, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !panel.range) return;
  const turn = { PageDown: 1, PageUp: -1 }[event.key];
  const arrow = ARROWS[event.key];
  const count = panel.all.length;
  if (turn) panel.chosen = (panel.chosen + turn + count) % count;
  else if (arrow && panel.chosen >= 0) nudge(panel, arrow, event.shiftKey ? 5 : 1);
  else if (event.key === "Delete" || event.key === "Backspace") remove(panel);
  else if (event.key === "Insert" || event.key === "Enter")
    add(
      panel,
      [panel.range.x, panel.range.y].map(([low, high]) => (low + high) / 2),
    );
  else if (event.key === "Escape") panel.chosen = -1;
  else return;
  event.preventDefault();
  event.stopPropagation();
  panel.on.redraw();
}

function nudge(panel, [dx, dy], size) {
  const [[x0, x1], [y0, y1]] = [panel.range.x, panel.range.y];
  const [x, y] = panel.all[panel.chosen];
  const up = panel.problem.kind === "logistic" ? dy : (dy * size * (y1 - y0)) / 80;
  const all = moved(panel.problem.kind, panel.all, panel.chosen, [x + (dx * size * (x1 - x0)) / 80, y + up]);
  if (unfit(panel.problem.kind, all)) return;
  panel.all = all;
  send(panel, "once");
}
