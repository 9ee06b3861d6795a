/**
 * Accuracy and loss against the step, for every run: ink, told apart by dash; the run on the map is the strong one. Beside
 * its accuracy stands the likelihood of a point, e^(−loss): the product goes up as the loss goes down.
 */
import { parts } from "../describe.js";
import { t } from "../i18n.js";
import { logLoss } from "../likelihood.js";
import { niceTicks } from "../levels.js";
import { fix, num } from "../numbers.js";
import { countUpTo, thinned } from "../thin.js";
import { cell, rowAt } from "../trajectory.js";
import { createChart, describeChart, drawChart } from "./chart.js";
import { percent, powerOfTen } from "./classify_words.js";
import { element } from "./element.js";

const DASHES = [[], [7, 4], [1.5, 3]];
const MARGIN = { left: 32, right: 16 };
const HEAD = 18; // room for the words over a point at the top

/** Both charts. */
export function createCurves() {
  const chart = (id) => createChart(document.querySelector(`#${id} .plot`), "");
  return { accuracy: chart("accuracy"), loss: chart("loss-chart"), said: document.getElementById("likelihood"), cache: new WeakMap() };
}

/** Draw {runs [{trajectory, name, model, problem}], ghosts [trajectory], shown, step, steps, theme, readable}. */
export function drawCurves(view, shown) {
  const own = shown.runs[shown.shown];
  const likely = own.problem.loss === "ce" ? likelihoodOf(view, own) : null;
  draw(
    view,
    view.accuracy,
    shown,
    "accuracy",
    {
      range: [0, 1],
      ticks: [
        [0, "0"],
        [0.5, "0.5"],
        [1, "1"],
      ],
    },
    percent,
    t("Accuracy"),
    likely,
  );
  const top = Math.max(1e-6, ...shown.runs.map(({ trajectory }) => highest(trajectory)));
  const ticks = niceTicks(0, top, 3).map((v) => [v, String(v)]);
  draw(view, view.loss, shown, "loss", { range: [0, top * 1.05], ticks }, (v) => num(v, 3), t("Loss"));
  if (shown.readable) say(view, own, likely);
}

/** The highest loss that a chart has to hold: a run that explodes does not flatten the others. */
function highest(trajectory) {
  const losses = trajectory.columns.get("loss") ?? [];
  let top = 0;
  for (let row = 0; row < trajectory.count; row += 1) if (losses[row] > top) top = losses[row];
  return Math.min(top, Math.max(4 * losses[0], 0.5));
}

/** A column, or what `at(row)` makes of its rows, as a line with no more points than the chart can show. */
function lineOf(view, trajectory, column, name = column, at = (row) => trajectory.columns.get(column)[row]) {
  const values = trajectory.columns.get(column);
  if (!values) return null;
  if (!view.cache.has(trajectory)) view.cache.set(trajectory, new Map());
  const kept = view.cache.get(trajectory);
  let line = kept.get(name);
  if (line?.version !== trajectory.version || line.of !== trajectory.count) {
    const places = thinned(values, trajectory.count);
    line = {
      version: trajectory.version,
      of: trajectory.count,
      places,
      x: Float64Array.from(places),
      y: Float64Array.from(places, at),
      at,
    };
    kept.set(name, line);
  }
  return line;
}

/** How likely a point is, as the geometric mean over all: e to the mean log-likelihood. */
function likelihoodOf(view, { trajectory, model, problem }) {
  const decay = problem.weight_decay ?? 0;
  return lineOf(view, trajectory, "loss", "likelihood", (row) => Math.exp(-logLoss(trajectory, model.parameters, row, decay)));
}

/** A line up to a row, drawn as two: the points that are kept, and the way from the last of them. */
function upTo(line, row, style) {
  const count = countUpTo(line.places, row);
  const last = count - 1;
  const pieces = [{ x: line.x, y: line.y, count, ...style }];
  if (line.places[last] < row) pieces.push({ x: [line.x[last], row], y: [line.y[last], line.at(row)], ...style, name: undefined });
  return pieces;
}

function draw(view, chart, shown, column, y, write, label, likely = null) {
  const lines = [];
  const dots = [];
  const words = [];
  const bounded = (v) => Math.min(v, y.range[1]);
  const late = shown.step > 0.6 * shown.steps;
  const word = (more) => ({ dx: late ? -10 : 10, anchor: late ? "end" : "start", ...more });
  for (const ghost of shown.ghosts) {
    const line = lineOf(view, ghost, column);
    if (line) lines.push({ x: line.x, y: line.y, colour: "var(--ink-3)", width: 1.2, opacity: 0.6, name: "ghost" });
  }
  shown.runs.forEach(({ trajectory, name }, index) => {
    const own = index === shown.shown;
    const line = lineOf(view, trajectory, column);
    if (!line || !trajectory.count) return;
    const row = rowAt(trajectory, shown.step);
    const dash = DASHES[index % DASHES.length];
    const reach = Math.max(row, Math.min(shown.seen, trajectory.count - 1));
    if (reach > row) lines.push(...upTo(line, reach, { colour: "var(--ink)", width: 1.3, opacity: 0.25, dash }));
    lines.push(
      ...upTo(line, row, { colour: own ? "var(--ink)" : "var(--ink-3)", width: own ? 2.2 : 1.6, dash, name: `${column}-${index}` }),
    );
    const value = cell(trajectory, column, row);
    dots.push({ x: row, y: bounded(value), colour: own ? "var(--ink)" : "var(--ink-3)", radius: own ? 4.5 : 3.5, name });
    if (own)
      words.push(word({ x: row, y: bounded(value), dy: -13, text: write(value), class: "bold", colour: "var(--ink)", name: column }));
  });
  const { trajectory } = shown.runs[shown.shown];
  const row = rowAt(trajectory, shown.step);
  const held = lineOf(view, trajectory, `held_out_${column}`);
  if (held) lines.push(...upTo(held, row, { colour: "var(--ink-3)", width: 1.6, dash: DASHES[2], name: "held" }));
  if (likely) {
    lines.push(...upTo(likely, row, { colour: "var(--ink-2)", width: 1.4, dash: [4, 3], name: "likelihood" }));
    words.push(
      word({
        x: row,
        ...besideLikelihood(likely.at(row), cell(trajectory, column, row)),
        text: t("likelihood {value}", { value: fix(likely.at(row), 2) }),
        size: 11,
        name: "likelihood",
      }),
    );
  }
  const ticks = niceTicks(0, shown.steps, 3).filter(Number.isInteger).map((v) => [v, String(v)]);
  const size = shown.theme.size(1);
  drawChart(chart, {
    x: { range: [0, shown.steps], ticks },
    y,
    lines,
    dots,
    words,
    size,
    still: { key: [shown.theme.key, shown.steps].join() },
    margin: { ...MARGIN, top: HEAD * size },
  });
  if (shown.readable)
    describeChart(
      chart,
      t("{what} against the step: {value} at step {step}.", { what: label, value: write(cell(trajectory, column, row)), step: shown.step }),
    );
}

/** Where the word on the likelihood stands: below its dot; near the axis above it, and above the accuracy's word if that is there. */
function besideLikelihood(value, accuracy) {
  if (value > 0.2) return { y: value, dy: 13 };
  return accuracy < 0.35 ? { y: accuracy, dy: -28 } : { y: value, dy: -6 };
}

/** The likelihood of all points: the product that goes up while the loss goes down. */
function say({ said }, { model, row }, likely) {
  said.hidden = !likely;
  if (!likely) return;
  const count = model.points.length;
  const loss = -Math.log(likely.at(row));
  const product = powerOfTen((-count * loss) / Math.LN10);
  const power = `−${count} × ${num(loss, 5)}`;
  if (said.dataset.key === product + power) return;
  said.dataset.key = product + power;
  said.replaceChildren(
    ...parts("Likelihood of the {count} points: ∏ a = {product} = {power}", { count, product, power })
      .flatMap(({ slot, text }) => (slot === "power" ? ["e", element("sup", {}, text)] : [text])),
  );
}
