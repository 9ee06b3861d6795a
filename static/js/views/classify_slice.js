/**
 * The surface that training walks on: the loss over a plane through the weights, with the path, from above or in space.
 * The plane is asked of the service once a run rests; the step shown moves along the path.
 */
import { Refusal, post } from "../api.js";
import { t } from "../i18n.js";
import { rows } from "../levels.js";
import { num } from "../numbers.js";
import { AXES, planeOf } from "../slice.js";
import { countUpTo } from "../thin.js";
import { cell, rowAt } from "../trajectory.js";
import { createChart, describeChart, drawChart } from "./chart.js";
import { refusal } from "./classify_words.js";
import { say } from "./notice.js";
import { loadPlotly, loadPlotlyInSpace } from "./plotly.js";
import { createSurface, drawSurface } from "./surface.js";

const CONFIG = { displayModeBar: false, staticPlot: true };
const MARGIN = { left: 14, right: 1, top: 1, bottom: 18 };
const PATIENCE = 250; // ms without another spec before a plane is asked for
const KEPT = 24;
const EYE = { eye: { x: 0.95, y: -1.35, z: 0.85 }, center: { x: 0, y: 0, z: -0.12 }, up: { x: 0, y: 0, z: 1 } };

/** The panel; `on.change({directions, seed, space})` hears of its switches, `on.redraw()` when something has come. */
export function createSlice(on) {
  const find = (id) => document.getElementById(id);
  const flat = document.createElement("div");
  flat.className = "plotly-host under";
  const [plot, space] = [find("slice-map"), find("slice-space")];
  plot.append(flat);
  const view = {
    on,
    flat,
    plot,
    space,
    chart: createChart(plot, ""),
    aside: find("slice-aside"),
    said: find("slice-said"),
    kept: new Map(),
    waiting: 0,
    asked: "",
    drawn: "",
    plotly: null,
    hill: null,
  };
  new ResizeObserver(() => on.redraw()).observe(plot);
  switches("slice-directions", (value) => on.change(value === "path" ? { directions: "path" } : { directions: "seeded", again: true }));
  switches("slice-form", (value) => on.change({ space: value === "space" }));
  return view;
}

function switches(id, heard) {
  document.getElementById(id).addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) heard(button.dataset.value);
  });
}

/** Draw {spec, shown, runs, step, theme, slice: {directions, seed, space}}. */
export function drawSlice(view, shown) {
  const { slice } = shown;
  press("slice-directions", slice.directions);
  press("slice-form", slice.space ? "space" : "map");
  view.plot.hidden = slice.space;
  view.space.hidden = !slice.space;
  const plane = planeFor(view, shown);
  view.space.parentElement.toggleAttribute("data-old", plane?.old ?? true);
  if (!plane) return;
  if (shown.readable) words(view, shown, plane);
  if (slice.space) drawHill(view, shown, plane);
  else drawFlat(view, shown, plane);
}

function press(id, value) {
  for (const button of document.getElementById(id).children) button.setAttribute("aria-pressed", String(button.dataset.value === value));
}

/** The plane of what is shown, or the last one while it is on its way. */
function planeFor(view, { spec, shown, slice }) {
  const body = { spec, run: shown, directions: slice.directions, ...(slice.directions === "seeded" ? { seed: slice.seed } : {}) };
  const key = JSON.stringify(body);
  if (view.asked !== key) {
    view.asked = key;
    clearTimeout(view.waiting);
    if (!view.kept.has(key)) view.waiting = setTimeout(() => ask(view, key, body), view.last ? PATIENCE : 0);
  }
  if (view.kept.has(key)) view.last = view.kept.get(key);
  return view.last ? { ...view.last, old: !view.kept.has(key) } : null;
}

async function ask(view, key, body) {
  try {
    const plane = planeOf(await post("/slices", body), key);
    if (view.kept.size > KEPT) view.kept.clear();
    view.kept.set(key, plane);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (view.asked === key) view.aside.textContent = refusal(error.problem);
  }
  view.on.redraw();
}

function words(view, shown, plane) {
  const { trajectory, model } = shown.runs[shown.shown];
  const row = rowAt(trajectory, shown.step);
  const all = model.parameters.length;
  const values = { share: percentOf(plane.share), loss: num(cell(trajectory, "loss", row), 3), step: row, all, usual: percentOf(2 / all) };
  put(view.aside, t("This plane holds {share} of the path’s motion.", values));
  put(
    view.said,
    shown.slice.directions === "path"
      ? t("Loss {loss} at step {step}. Of {all} weights these are the two directions along which the path moved most.", values)
      : t("Loss {loss} at step {step}. Of {all} weights two random directions hold {usual} of a path on average.", values),
  );
  describeChart(view.chart, `${t("The loss over a plane through the weights, with the path.")} ${view.said.textContent}`);
}

const percentOf = (share) => `${num(100 * Math.min(1, share), share > 0.9995 ? 4 : 3)}\u00a0%`;

function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/* from above */

function drawFlat(view, { step, theme }, plane) {
  const { path } = plane;
  const [us, vs] = AXES.map((name) => path.columns.get(name));
  const row = rowAt(path, step);
  const whole = lineOf(plane);
  const walked = {
    x: [...whole.x.subarray(0, countUpTo(plane.rows, row)), us[row]],
    y: [...whole.y.subarray(0, countUpTo(plane.rows, row)), vs[row]],
  };
  const side = Math.min(view.plot.clientWidth - MARGIN.left - MARGIN.right, view.plot.clientHeight - MARGIN.top - MARGIN.bottom);
  const spare = Math.max(0, view.plot.clientWidth - side - MARGIN.left - MARGIN.right);
  const margin = { ...MARGIN, right: MARGIN.right + spare, bottom: Math.max(MARGIN.bottom, view.plot.clientHeight - side - MARGIN.top) };
  const halo = { width: 5.4, colour: "var(--paper)", opacity: 0.75 };
  const size = theme.size(1);
  const drawn = drawChart(view.chart, {
    size,
    x: { range: plane.window[0], ticks: [], name: AXES[0] },
    y: { range: plane.window[1], ticks: [], grid: false, name: AXES[1] },
    margin: { ...margin, bottom: margin.bottom / size, left: margin.left / size },
    still: {
      key: [plane.key, theme.key].join(),
      words: plane.labels.map(({ x, y, loss }) => ({
        x,
        y,
        anchor: "middle",
        text: num(loss, 1),
        size: 11,
        colour: "var(--ink-2)",
        name: "level",
      })),
    },
    lines: [
      { ...whole, colour: "var(--ink)", width: 1.2, opacity: 0.4, name: "whole" },
      { ...walked, ...halo },
      { ...walked, colour: "var(--ink)", width: 2.4, name: "walked" },
    ],
    dots: [
      { x: us[0], y: vs[0], colour: "var(--ink)", open: true, radius: 4.5, name: "start" },
      { x: us[row], y: vs[row], colour: "var(--ink)", name: "here" },
    ],
  });
  if (!drawn) return;
  if (!view.plotly) return void loadFlat(view);
  const key = [plane.key, theme.key, view.plot.clientWidth, view.plot.clientHeight].join();
  if (key !== view.drawn) {
    view.drawn = key;
    fill(view, plane, theme);
  }
}

/** The path's line, made once for a plane. */
function lineOf(plane) {
  plane.line ??= Object.fromEntries(
    ["x", "y"].map((axis, i) => [axis, Float64Array.from(plane.rows, (row) => plane.path.columns.get(AXES[i])[row])]),
  );
  return plane.line;
}

function loadFlat(view) {
  view.loading ??= loadPlotly().then((plotly) => {
    view.plotly = plotly;
    view.on.redraw();
  });
}

function fill(view, { grid, scale, window }, theme) {
  const { area } = view.chart;
  const [width, height] = [view.plot.clientWidth, view.plot.clientHeight];
  view.plotly.react(
    view.flat,
    [
      {
        type: "contour",
        x: grid.x,
        y: grid.y,
        z: rows(grid.f, grid.x.length, scale.level),
        colorscale: theme.surface,
        zmin: scale.low,
        zmax: scale.high,
        showscale: false,
        hoverinfo: "skip",
        autocontour: false,
        contours: { start: scale.start, end: scale.high, size: scale.step, coloring: "heatmap" },
        line: { color: theme.isoline, width: 0.8 },
      },
    ],
    {
      width,
      height,
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      margin: { l: area.left, t: area.top, r: width - area.left - area.width, b: height - area.top - area.height },
      xaxis: { visible: false, range: window[0], fixedrange: true },
      yaxis: { visible: false, range: window[1], fixedrange: true },
    },
    CONFIG,
  );
}

/* in space */

function drawHill(view, { step, theme }, plane) {
  if (!view.hill) return void raise(view);
  const { path } = plane;
  drawSurface(view.hill, {
    map: plane, theme, step, parameters: AXES, ghosts: [], starts: [AXES.map((name) => path.columns.get(name)[0])], hover: null,
    runs: [{ trajectory: path, identity: { name: "path", colour: theme.ink, dash: [], symbol: "circle" }, visible: true, selected: true }],
  });
}

function raise(view) {
  view.raising ??= loadPlotlyInSpace().then((plotly) => {
    view.hill = Object.assign(createSurface(view.space, plotly, { camera: () => {} }), { camera: EYE });
  }).catch((error) => {
    view.on.change({ space: false });
    say(
      error.message === "webgl"
        ? t("This browser shows nothing in three dimensions: it has no WebGL.")
        : t("The surface could not be loaded."),
    );
  }).finally(view.on.redraw);
}
