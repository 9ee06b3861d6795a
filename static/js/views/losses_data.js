/**
 * Logistic regression under both losses: the points with both models, the share on the right side, and for each loss its
 * landscape over the two parameters, from above and as a surface, with the path. Labels are flipped by a click.
 */
import { post } from "../api.js";
import { t } from "../i18n.js";
import { niceTicks } from "../levels.js";
import { sequence, sigmoid } from "../neuron.js";
import { plainNumber } from "../numbers.js";
import { withFields } from "../pair.js";
import { rounded } from "../points.js";
import { cell } from "../trajectory.js";
import { createChart, describeChart, drawChart, roomOf } from "./chart.js";
import { onMap } from "./losses_drag.js";
import { COLOUR, GHOST, LOSSES, MARGIN, nameOf, ticks } from "./losses_look.js";
import { drawMaps, mapPanel } from "./losses_maps.js";
import { load, moveStart } from "./losses_space.js";
import { ghostsOf, runsOf } from "./losses_words.js";
import { say } from "./notice.js";

/** The views of the data; `act.edit` hears of flipped labels and of another start. */
export function createData(page, act) {
  const chart = (id) => createChart(document.querySelector(`#${id} .plot`), "");
  const look = Object.fromEntries(
    LOSSES.map((loss) => [loss, { ...page.tokens.losses[loss], dash: page.tokens.dashes[page.tokens.losses[loss].dash] }]),
  );
  const data = {
    page,
    act,
    look,
    points: chart("points"),
    progress: chart("progress"),
    models: new Map(),
    views: {},
    plotly: null,
    asked: false,
    scapes: {},
    tinted: {},
    map: Object.fromEntries(LOSSES.map((loss) => [loss, mapPanel(`map-${loss}`)])),
  };
  data.points.host.addEventListener("click", (event) => flip(data, event));
  for (const loss of LOSSES)
    onMap(data, data.map[loss].chart, {
      start: () => data.shown.race.spec.start,
      window: () => data.scapes[loss].window3,
      move: (point) => moveStart(act, data.shown.race.spec, point),
    });
  return data;
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
  drawMaps(data, data.shown);
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
    words.push({
      x: edge,
      y: loss === "mse" ? 0.24 : 0.76,
      dx: loss === "mse" ? -8 : 8,
      anchor: loss === "mse" ? "end" : "start",
      text: plainNumber(Number(edge.toFixed(2))),
      colour: COLOUR[loss],
      class: "bold",
      name: `${loss}-edge`,
    });
  }
  const row = standing();
  const dots = described.points.map(([x], index) => {
    const label = described.labels[index];
    const offset = 0.045 * row(`${x},${label}`) * (label ? -1 : 1); // points at one place stand over each other
    return { x, y: label + offset, colour: "var(--ink-3)", radius: 3.5, name: `point-${index}` };
  });
  drawChart(data.points, {
    size,
    x: { range: [low, high], ticks: ticks(low, high), name: "x" },
    y: {
      range: [-0.1, 1.1],
      ticks: [
        [0, "0"],
        [0.5, "0.5"],
        [1, "1"],
      ],
    },
    margin: MARGIN,
    lines,
    dots,
    words,
  });
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
  const dots = described.points.map(([x, y], index) => ({
    x: x + row(`${x},${y}`) * apart,
    y,
    colour: "var(--ink-2)",
    radius: 4.5,
    open: !described.labels[index],
    name: `point-${index}`,
  }));
  drawChart(data.points, {
    size,
    x: { range: across, ticks: ticks(...across), name: "x₁" },
    y: { range: up, ticks: ticks(...up), name: "x₂" },
    margin: MARGIN,
    lines,
    dots,
  });
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
    if (!open)
      words.push({
        x: steps,
        y: y?.[trajectory.count - 1],
        dy: (y?.[row] ?? 0) >= other || (y?.[row] ?? 0) < high * 0.15 ? -13 : 14,
        anchor: "end",
        text: nameOf(loss),
        class: "bold",
        colour: COLOUR[loss],
        size: 12,
      });
  }
  const range = share ? [Math.min(0.45, low - 0.05), 1.04] : [0, high * 1.08 || 1];
  document.querySelector("#progress .h").textContent = share ? t("Points on the right side") : t("Loss");
  document.querySelector("#progress .aside").textContent = share ? t("share, by step") : t("by step · each a loss of its own");
  drawChart(data.progress, {
    size,
    x: { range: [0, steps], ticks: niceTicks(0, steps, 5).map((v) => [v, String(v)]) },
    y: { range, ticks: niceTicks(range[0], range[1], 4).map((v) => [v, plainNumber(v)]) },
    margin: { ...MARGIN, right: 16 },
    uprights: [{ x: Math.min(step, steps) }],
    lines,
    dots,
    words,
  });
  describeChart(data.progress, t("Progress by step."));
}
