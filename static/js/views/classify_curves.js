/** Accuracy and loss against the step, for every run: ink, told apart by dash; the run on the map is the strong one. */
import { t } from "../i18n.js";
import { niceTicks } from "../levels.js";
import { num } from "../numbers.js";
import { cell, rowAt } from "../trajectory.js";
import { createChart, describeChart, drawChart } from "./chart.js";
import { percent } from "./classify_words.js";

const DASHES = [[], [7, 4], [1.5, 3]];

/** Both charts. */
export function createCurves() {
  const chart = (id) => createChart(document.querySelector(`#${id} .plot`), "");
  return { accuracy: chart("accuracy"), loss: chart("loss-chart"), cache: new WeakMap() };
}

/** Draw {runs [{trajectory, name}], shown, step, steps, theme}. */
export function drawCurves(view, shown) {
  draw(view, view.accuracy, shown, "accuracy", { range: [0, 1.04], ticks: [[0, "0"], [0.5, "0.5"], [1, "1"]] }, percent, t("Accuracy"));
  const top = Math.max(1e-6, ...shown.runs.map(({ trajectory }) => highest(trajectory)));
  const ticks = niceTicks(0, top, 3).map((v) => [v, String(v)]);
  draw(view, view.loss, shown, "loss", { range: [0, top * 1.05], ticks }, (v) => num(v, 3), t("Loss"));
}

/** The highest loss that a chart has to hold: a run that explodes does not flatten the others. */
function highest(trajectory) {
  const losses = trajectory.columns.get("loss") ?? [];
  let top = 0;
  for (let row = 0; row < trajectory.count; row += 1) if (losses[row] > top) top = losses[row];
  return Math.min(top, Math.max(4 * losses[0], 0.5));
}

function rowsOf(view, trajectory) {
  let found = view.cache.get(trajectory);
  if (found?.version !== trajectory.version || found.x.length < trajectory.count) {
    found = { version: trajectory.version, x: Float64Array.from({ length: trajectory.count }, (_, row) => row) };
    view.cache.set(trajectory, found);
  }
  return found.x;
}

function draw(view, chart, shown, column, y, write, label) {
  const lines = [];
  const dots = [];
  const words = [];
  shown.runs.forEach(({ trajectory, name }, index) => {
    const own = index === shown.shown;
    const values = trajectory.columns.get(column);
    if (!values) return;
    const x = rowsOf(view, trajectory);
    const row = rowAt(trajectory, shown.step);
    const dash = DASHES[index % DASHES.length];
    const reach = Math.max(row, Math.min(shown.seen, trajectory.count - 1));
    if (reach > row) lines.push({ x, y: values, count: reach + 1, colour: "var(--ink)", width: 1.3, opacity: 0.25, dash });
    lines.push({ x, y: values, count: row + 1, colour: own ? "var(--ink)" : "var(--ink-3)", width: own ? 2.2 : 1.6, dash });
    const value = cell(trajectory, column, row);
    dots.push({ x: row, y: Math.min(value, y.range[1]), colour: own ? "var(--ink)" : "var(--ink-3)", radius: own ? 4.5 : 3.5, name });
    const late = row > 0.6 * shown.steps;
    if (own) words.push({ x: row, y: Math.min(value, y.range[1]), dx: late ? -10 : 10, dy: column === "accuracy" && value > 0.8 ? 15 : -13, anchor: late ? "end" : "start", text: write(value), class: "bold", colour: "var(--ink)", name: column });
  });
  const held = shown.runs[shown.shown].trajectory.columns.get(`held_out_${column}`);
  const { trajectory } = shown.runs[shown.shown];
  if (held) lines.push({ x: rowsOf(view, trajectory), y: held, count: rowAt(trajectory, shown.step) + 1, colour: "var(--ink-3)", width: 1.6, dash: DASHES[2] });
  const ticks = niceTicks(0, shown.steps, 3).filter(Number.isInteger).map((v) => [v, String(v)]);
  drawChart(chart, { x: { range: [0, shown.steps], ticks }, y, lines, dots, words, size: shown.theme.size(1), still: { key: [shown.theme.key, shown.steps].join() }, margin: { left: 32, right: 12 } });
  const now = cell(trajectory, column, rowAt(trajectory, shown.step));
  describeChart(chart, t("{what} against the step: {value} at step {step}.", { what: label, value: write(now), step: shown.step }));
}
