/**
 * Logistic regression under both losses: the points with both models, the share on the right side, and for each loss its
 * landscape over the two parameters, from above and as a surface, with the path. Labels are flipped by a click.
 */
import { post } from "../api.js";
import { alpha } from "../colours.js";
import { t } from "../i18n.js";
import { landscape, model, valleys, windowAround } from "../landscape.js";
import { niceTicks, rows } from "../levels.js";
import { sequence, sigmoid } from "../neuron.js";
import { fix, num, plainNumber } from "../numbers.js";
import { withFields } from "../pair.js";
import { rounded } from "../points.js";
import { cell, ended } from "../trajectory.js";
import { createChart, describeChart, drawChart, roomOf } from "./chart.js";
import { basinsOf, painted, tiles } from "./losses_basins.js";
import { onMap } from "./losses_drag.js";
import { drawHill, load, moveStart } from "./losses_space.js";
import { ghostsOf, runsOf } from "./losses_words.js";
import { say } from "./notice.js";

const LOSSES = ["mse", "ce"];
const COLOUR = { mse: "var(--c-mse)", ce: "var(--c-ce)" };
const MARGIN = { left: 34, right: 10, top: 6, bottom: 22 };
const GHOST = { width: 1.4, dash: [1.5, 4], opacity: 0.7 };
const CONFIG = { displayModeBar: false, staticPlot: true };

/** The views of the data; `act.edit` hears of flipped labels and of another start. */
export function createData(page, act) {
  const chart = (id) => createChart(document.querySelector(`#${id} .plot`), "");
  const look = Object.fromEntries(LOSSES.map((loss) => [loss, { ...page.tokens.losses[loss], dash: page.tokens.dashes[page.tokens.losses[loss].dash] }]));
  const data = {
    page, act, look, points: chart("points"), progress: chart("progress"), models: new Map(), views: {}, plotly: null, asked: false, scapes: {}, tinted: {},
    map: Object.fromEntries(LOSSES.map((loss) => [loss, mapPanel(`map-${loss}`)])),
  };
  data.points.host.addEventListener("click", (event) => flip(data, event));
  for (const loss of LOSSES) onMap(data, data.map[loss].chart, { start: () => data.shown.race.spec.start, window: () => data.scapes[loss].window3, move: (point) => moveStart(act, data.shown.race.spec, point) });
  return data;
}

function mapPanel(id) {
  const host = document.querySelector(`#${id} .plot`);
  const plot = document.createElement("div");
  plot.className = "plotly-host under";
  host.append(plot);
  return { plot, chart: createChart(host, ""), key: "" };
}

/** Draw everything at the step shown; `redraw` is called when something that was fetched has come. */
export function drawData(data, shown, redraw) {
  data.redraw = redraw;
  const described = modelOf(data, shown.race.spec.runs[0].problem);
  const runs = runsOf(shown);
  if (!described) return;
  data.shown = { ...shown, described, runs, ghosts: ghostsOf(shown), size: shown.theme.size(1) };
  drawPoints(data, data.shown);
  drawProgress(data, data.shown);
  if (!data.plotly) load(data);
  for (const loss of LOSSES) {
    const scape = scapeOf(data, data.shown, loss);
    if (!scape) continue;
    const basins = basinsOf(data, data.shown, loss, scape);
    drawMap(data, data.shown, loss, scape, basins);
    if (data.plotly) drawHill(data, loss, `hill-${loss}`, tinted(data, shown, loss, scape, basins), runs[loss], shown, shown.race.parameters);
    remark(data.shown, loss, scape);
  }
}

/** The points of a dataset, which the server makes; null until they are here. `data` keeps them in `models`. */
export function modelOf(data, problem) {
  const { loss: _loss, ...same } = problem;
  const key = JSON.stringify(same);
  if (!data.models.has(key)) {
    data.models.set(key, null);
    post("/models", problem).then((answer) => {
      data.models.set(key, answer);
      data.redraw();
    }).catch((error) => say(error.message));
  }
  return data.models.get(key);
}

/* the points, with both models' outputs */

function drawPoints(data, { described, runs, race, size, ghosts }) {
  const bias = race.spec.runs[0].problem.bias !== false;
  if (!bias) return drawPlane(data, { described, runs, race, size });
  const [low, high] = described.window[0];
  const xs = sequence(low, high, 161);
  const [wn, bn] = race.parameters;
  const at = (loss) => [cell(runs[loss].trajectory, wn, runs[loss].row), cell(runs[loss].trajectory, bn, runs[loss].row)];
  const lines = [];
  const words = [];
  for (const loss of LOSSES) {
    const [w, b] = at(loss);
    const [v, c] = ghosts[loss] ? [wn, bn].map((name) => cell(ghosts[loss], name, Math.min(runs[loss].row, ghosts[loss].count - 1))) : [];
    if (ghosts[loss]) lines.push({ x: xs, y: xs.map((x) => sigmoid(v * x + c)), ...GHOST, colour: COLOUR[loss], name: `${loss}-ghost` });
    lines.push({ x: xs, y: xs.map((x) => sigmoid(w * x + b)), colour: COLOUR[loss], width: 2.4, dash: data.look[loss].dash, name: loss });
    const edge = -b / w;
    if (!(edge > low && edge < high)) continue;
    lines.push({ x: [edge, edge], y: [-0.06, 1.06], colour: COLOUR[loss], width: 1.2, dash: [2, 3] });
    words.push({ x: edge, y: loss === "mse" ? 0.24 : 0.76, dx: loss === "mse" ? -8 : 8, anchor: loss === "mse" ? "end" : "start", text: plainNumber(Number(edge.toFixed(2))), colour: COLOUR[loss], class: "bold", name: `${loss}-edge` });
  }
  const row = standing();
  const dots = described.points.map(([x], index) => {
    const label = described.labels[index];
    const offset = 0.045 * row(`${x},${label}`) * (label ? -1 : 1); // points at one place stand over each other
    return { x, y: label + offset, colour: "var(--ink-3)", radius: 3.5, name: `point-${index}` };
  });
  drawChart(data.points, { size, x: { range: [low, high], ticks: ticks(low, high), name: "x" }, y: { range: [-0.1, 1.1], ticks: [[0, "0"], [0.5, "0.5"], [1, "1"]] }, margin: MARGIN, lines, dots, words });
  document.querySelector("#points .aside").textContent = t("click a point to flip its label");
  describeChart(data.points, t("Points, with the output of both models."));
}

/** Without a bias the points lie in a plane: filled where the label is 1. A model halves it by a line through the origin. */
function drawPlane(data, { described, runs, race, size }) {
  const [across, up] = [0.15, 0.28].map((room, axis) => reachOf(described.points.map((point) => point[axis]), room));
  const [un, vn] = race.parameters;
  const lines = LOSSES.flatMap((loss) => {
    const [u, v] = [un, vn].map((name) => cell(runs[loss].trajectory, name, runs[loss].row));
    return u || v ? [{ ...halving(u, v, across, up), colour: COLOUR[loss], width: 2.4, dash: data.look[loss].dash, name: loss }] : [];
  });
  const row = standing();
  const apart = (12 * size * (across[1] - across[0])) / roomOf(data.points)[0];
  const dots = described.points.map(([x, y], index) => ({ x: x + row(`${x},${y}`) * apart, y, colour: "var(--ink-2)", radius: 4.5, open: !described.labels[index], name: `point-${index}` }));
  drawChart(data.points, { size, x: { range: across, ticks: ticks(...across), name: "x₁" }, y: { range: up, ticks: ticks(...up), name: "x₂" }, margin: MARGIN, lines, dots });
  document.querySelector("#points .aside").textContent = t("filled: label 1 · points at one place stand in a row");
  describeChart(data.points, t("Points on the two axes; filled ones have the label 1."));
}

/** What the values span, a little less and `room` of it more: the axis has its name there. */
function reachOf(values, room) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const span = high - low || 8;
  return [low - 0.15 * span, high + room * span];
}

/** Where u·x + v·y is 0 within a window that holds the origin. */
function halving(u, v, across, up) {
  const along = [-v, u];
  const spans = [across, up].map((ends, axis) => ends.map((end) => end / along[axis]).sort((one, other) => one - other));
  const ends = [Math.max(...spans.map(([low]) => low)), Math.min(...spans.map(([, high]) => high))];
  return { x: ends.map((far) => far * along[0]), y: ends.map((far) => far * along[1]) };
}

/** How many points stood at a place before this one. */
function standing() {
  const seen = new Map();
  return (place) => {
    const before = seen.get(place) ?? 0;
    seen.set(place, before + 1);
    return before;
  };
}

function ticks(low, high) {
  return niceTicks(low, high - 0.1 * (high - low), 6).map((value) => [value, plainNumber(value)]);
}

/** A click on a point gives it the other label; the points are then the reader's own. */
function flip(data, event) {
  const index = Number(event.target.dataset?.dot?.replace("point-", "") ?? NaN);
  if (!Number.isInteger(index) || !data.shown) return;
  const { described, race } = data.shown;
  const labels = described.labels.map((label, i) => (i === index ? 1 - label : label));
  data.act.edit(withFields(race.spec, { dataset: { points: described.points.map((point) => point.map(rounded)), labels } }));
}

/* how far both are, by step */

function drawProgress(data, { runs, race, step, size, theme, asked, ghosts }) {
  const { steps } = race.spec;
  const share = race.spec.runs[0].problem.bias !== false;
  const column = share ? "accuracy" : "loss";
  let [low, high] = [Infinity, -Infinity];
  for (const { trajectory } of Object.values(runs)) {
    const y = trajectory.columns.get(column);
    for (let i = 0; y && i < trajectory.count; i += 1) [low, high] = [Math.min(low, y[i]), Math.max(high, y[i])];
  }
  const open = asked.pending(); // what is to come would give the answer away
  const lines = [];
  const dots = [];
  const words = [];
  for (const loss of LOSSES) {
    const { trajectory, row } = runs[loss];
    const y = trajectory.columns.get(column);
    const x = Array.from({ length: Math.max(trajectory.count, ghosts[loss]?.count ?? 0) }, (_, i) => i);
    const before = ghosts[loss]?.columns.get(column);
    if (before) lines.push({ x, y: before, count: before.length, ...GHOST, colour: COLOUR[loss], name: `${loss}-ghost` });
    if (!open) lines.push({ x, y, count: trajectory.count, colour: COLOUR[loss], width: 1.5, opacity: theme.dark ? 0.45 : 0.36 });
    lines.push({ x, y, count: row + 1, colour: COLOUR[loss], width: 2.6, dash: data.look[loss].dash, name: loss });
    dots.push({ x: row, y: y?.[row], symbol: data.look[loss].symbol, colour: COLOUR[loss], name: loss });
    const other = runs[loss === "mse" ? "ce" : "mse"].trajectory.columns.get(column)?.[runs[loss].row] ?? 0;
    if (!open) words.push({ x: steps, y: y?.[trajectory.count - 1], dy: (y?.[row] ?? 0) >= other || (y?.[row] ?? 0) < high * 0.15 ? -13 : 14, anchor: "end", text: loss === "mse" ? t("squared error") : t("cross-entropy"), class: "bold", colour: COLOUR[loss], size: 12 });
  }
  const range = share ? [Math.min(0.45, low - 0.05), 1.04] : [0, high * 1.08 || 1];
  document.querySelector("#progress .h").textContent = share ? t("Points on the right side") : t("Loss");
  document.querySelector("#progress .aside").textContent = share ? t("share, by step") : t("by step · each a loss of its own");
  drawChart(data.progress, {
    size, x: { range: [0, steps], ticks: niceTicks(0, steps, 5).map((v) => [v, String(v)]) }, y: { range, ticks: niceTicks(range[0], range[1], 4).map((v) => [v, plainNumber(v)]) },
    margin: { ...MARGIN, right: 16 }, uprights: [{ x: Math.min(step, steps) }], lines, dots, words,
  });
  describeChart(data.progress, t("Progress by step."));
}

/* the landscape of each loss */

/** Computed once for each problem and window; the window fits both paths once they are whole. */
function scapeOf(data, { described, runs, race, gesture }, loss) {
  const problem = race.spec.runs[0].problem;
  const bias = problem.bias !== false;
  const whole = LOSSES.every((each) => ended(runs[each].trajectory));
  if ((!whole || gesture) && data.scapes[loss]) return data.scapes[loss]; // under a hand that moves the start the map stands still
  const window = bias ? windowAround(race.parameters.map((name) => LOSSES.flatMap((each) => Array.from(runs[each].trajectory.columns.get(name).subarray(0, runs[each].trajectory.count))))) : [[-3.6, 2.4], [-3.6, 2.4]];
  const key = JSON.stringify([described.points.length, described.labels, window, loss]);
  if (data.scapes[loss]?.key !== key) {
    const names = bias ? ["w", "b"] : ["w₁", "w₂"];
    const points = model(described.points, described.labels, bias);
    const scape = landscape(loss, points, window, names);
    data.scapes[loss] = { ...scape, points, key, key3: key, valleys: valleys(scape), bends: scape.bend.some((value) => value < -1e-9) };
  }
  return data.scapes[loss];
}

/** The landscape as a surface, in the tints of its basins once they are known; made once. */
function tinted(data, { theme }, loss, scape, basins) {
  if (!basins?.minima) return scape;
  const key = [scape.key, basins.key, theme.key].join();
  if (data.tinted[loss]?.key !== key) data.tinted[loss] = { key, map: painted(scape, basins, theme, data.page.tokens[theme.dark ? "dark" : "light"]) };
  return data.tinted[loss].map;
}

function drawMap(data, shown, loss, scape, basins) {
  const { runs, race, step, theme, size, ghosts } = shown;
  const panel = data.map[loss];
  const { trajectory } = runs[loss];
  const [us, vs] = race.parameters.map((name) => trajectory.columns.get(name));
  const [[x0, x1], [y0, y1]] = scape.window3;
  const [gu, gv] = race.parameters.map((name) => ghosts[loss]?.columns.get(name));
  const before = gu && gv ? [{ x: gu, y: gv, count: gu.length, ...GHOST, colour: COLOUR[loss], name: `${loss}-ghost` }] : [];
  drawChart(panel.chart, {
    size, x: { range: [x0, x1], ticks: ticks(x0, x1), name: scape.variables[0] }, y: { range: [y0, y1], ticks: ticks(y0, y1), grid: false, name: scape.variables[1] }, margin: MARGIN,
    still: { key: `${scape.key}${basins?.minima ? basins.key : ""}`, boxes: basins?.minima ? tiles(basins, scape.window3) : [], words: valleyWords(scape, basins) },
    lines: [...before, { x: us, y: vs, count: Math.min(step + 1, trajectory.count), colour: COLOUR[loss], width: 2.6, dash: data.look[loss].dash, name: loss }],
    dots: [{ x: race.spec.start[0], y: race.spec.start[1], colour: "var(--ink)", open: true, radius: 4.5 }, { x: us[runs[loss].row], y: vs[runs[loss].row], symbol: data.look[loss].symbol, colour: COLOUR[loss], name: loss }],
  });
  document.querySelector(`#map-${loss} .aside`).textContent = aboutMap(scape, basins);
  describeChart(panel.chart, t("The loss over the parameters, with the path. It is at ({u}, {v}). Arrow keys move the start.", { u: fix(us[runs[loss].row], 2), v: fix(vs[runs[loss].row], 2) }));
  if (!data.plotly || !panel.chart.area) return;
  const key = [scape.key, theme.key, ...Object.values(panel.chart.area)].join();
  if (key === panel.key) return;
  panel.key = key;
  fillMap(data.plotly, panel, scape, theme);
}

/** A cross at every minimum; with the basins at the place that the runs found, and how low it is. */
function valleyWords(scape, basins) {
  const cross = { anchor: "middle", text: "+", size: 16, colour: "var(--ink-2)", name: "valley" };
  if (!basins?.minima) return scape.valleys.map(({ x, y }) => ({ ...cross, x, y }));
  return basins.minima.flatMap(({ x, y, loss, starts }, index) => (starts ? [{ ...cross, x, y }, { x, y, dy: 15, anchor: "middle", text: num(loss, 4), size: 11, colour: "var(--ink)", name: "minimum" }] : [{ ...cross, ...scape.valleys[index] }]));
}

function aboutMap(scape, basins) {
  if (basins && !basins.minima) return t("a thousand starts: {share}%", { share: Math.round(100 * basins.share) });
  if (basins) return scape.bends ? t("colour: where a start ends") : t("one basin: every start ends in it");
  return scape.bends ? t("shaded: it bends downwards") : t("it bends upwards everywhere");
}

function fillMap(plotly, { plot, chart }, scape, theme) {
  const { x, y, f } = scape.grid;
  const { area, host } = chart;
  const { low, high } = scape.scale;
  const field = rows(f, x.length);
  // Plotly fills what a constraint leaves out: here where the least curvature is not above 0.
  const shade = {
    type: "contour", x, y, z: rows(scape.bend, x.length), showscale: false, hoverinfo: "skip", autocontour: false,
    contours: { type: "constraint", operation: ">", value: 0 }, fillcolor: alpha(theme.ink, 0.13), line: { color: theme.ink3, width: 1, dash: "2px,3px" },
  };
  plotly.react(plot, [
    { type: "contour", x, y, z: field, colorscale: theme.surface, zmin: low, zmax: high, showscale: false, hoverinfo: "skip", autocontour: false, contours: { start: low + (high - low) / 28, end: high, size: (high - low) / 14 }, line: { color: theme.isoline, width: 0.8 } },
    ...(scape.bends ? [shade] : []),
  ], {
    width: host.clientWidth, height: host.clientHeight, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    margin: { l: area.left, t: area.top, r: host.clientWidth - area.left - area.width, b: host.clientHeight - area.top - area.height },
    xaxis: { visible: false, range: scape.window3[0], fixedrange: true }, yaxis: { visible: false, range: scape.window3[1], fixedrange: true },
  }, CONFIG);
}

function remark({ runs }, loss, scape) {
  const { trajectory, row } = runs[loss];
  const count = scape.valleys.length;
  const values = { loss: num(cell(trajectory, "loss", row), 3), count };
  const text = count > 1 ? t("loss {loss} · {count} minima here", values) : count ? t("loss {loss} · one minimum here", values) : t("loss {loss}", values);
  const place = document.querySelector(`[data-remark=${loss}]`);
  if (place.textContent !== text) place.textContent = text;
}
