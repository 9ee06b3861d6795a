/** Output by step of the neuron under both losses, or their losses by step; the dotted line of the target is dragged. */
import { t } from "../i18n.js";
import { fix, num, plainNumber } from "../numbers.js";
import { withFields } from "../pair.js";
import { describeChart, drawChart } from "./chart.js";
import { onDrag } from "./losses_drag.js";
import { COLOUR, GHOST, LOSSES, nameOf } from "./losses_look.js";

/** The outputs up to the step shown, with what is to come in pale; or, where `shown.curve` says so, the losses. */
export function drawOutput(view, shown) {
  if (shown.curve === "loss") return drawLosses(view, shown);
  const { now, race, step, seen, target, size, theme, ghosts } = shown;
  const { steps } = race.spec;
  const reach = Math.max(step, seen);
  const lines = [];
  const words = [];
  const dots = [];
  for (const loss of LOSSES) {
    const { trajectory, a } = now[loss];
    const y = trajectory.columns.get("output");
    const x = indices(trajectory.count);
    const dash = view.look[loss].dash;
    lines.push(...ghostLines(ghosts, loss, "output"));
    lines.push({
      x,
      y,
      count: Math.min(steps + 1, trajectory.count),
      colour: COLOUR[loss],
      width: 1.5,
      opacity: theme.dark ? 0.45 : 0.36,
      name: `${loss}-future`,
    });
    lines.push({ x, y, count: Math.min(step + 1, trajectory.count), colour: COLOUR[loss], width: 2.8, dash, name: loss });
    dots.push({ x: now[loss].row, y: a, symbol: view.look[loss].symbol, colour: COLOUR[loss], name: loss });
    words.push({ ...beside(step, steps, loss, now), text: fix(a, 3), class: "bold", colour: COLOUR[loss], name: `${loss}-output` });
    const last = Math.min(steps, trajectory.count - 1);
    words.push({
      x: steps,
      y: y[last],
      dx: 0,
      dy: nameAbove(loss, now, last) * 13,
      anchor: "end",
      text: nameOf(loss),
      class: "bold",
      colour: COLOUR[loss],
      size: 12,
    });
  }
  const target01 = [[0, "0"], [0.5, "0.5"], [1, "1"]];
  drawChart(view.output, {
    size,
    x: { range: [0, steps], ticks: stepTicks(steps) },
    y: { range: [-0.02, 1.04], ticks: target01 },
    margin: { right: 18, bottom: 22 },
    still: {
      key: `${target}`,
      lines: [{ x: [0, steps], y: [target, target], colour: "var(--ink-3)", width: 1, dash: [2, 3], name: "target" }],
    },
    uprights: [{ x: Math.min(step, steps) }],
    lines,
    dots,
    words,
  });
  document.querySelector("#output .aside").textContent = t("target is {target}, dotted: drag it", { target: plainNumber(target) });
  describeChart(
    view.output,
    t("Output against step. At step {step} squared error outputs {a}, cross-entropy {b}.", {
      step,
      a: fix(now.mse.a, 3),
      b: fix(now.ce.a, 3),
      reach,
    }),
  );
}

/** Both losses by step, each as tall as the panel: what one squares and the other takes the logarithm of has no common scale. */
function drawLosses(view, { now, race, step, size, theme, ghosts }) {
  const { steps } = race.spec;
  const lines = [];
  const dots = [];
  const words = [];
  const tops = {};
  for (const loss of LOSSES) {
    const { trajectory, row } = now[loss];
    const losses = trajectory.columns.get("loss").subarray(0, trajectory.count);
    const top = losses.reduce((most, value) => (value > most ? value : most), 1e-9);
    const share = (values) => Array.from(values, (value) => value / top);
    const [x, y, dash] = [indices(trajectory.count), share(losses), view.look[loss].dash];
    tops[loss] = top;
    lines.push(...ghostLines(ghosts, loss, "loss", share));
    lines.push({ x, y, count: y.length, colour: COLOUR[loss], width: 1.5, opacity: theme.dark ? 0.45 : 0.36 });
    lines.push({ x, y, count: Math.min(step + 1, y.length), colour: COLOUR[loss], width: 2.8, dash, name: `${loss}-loss` });
    dots.push({ x: row, y: y[row], symbol: view.look[loss].symbol, colour: COLOUR[loss], name: `${loss}-loss` });
    const below = y[row] > 0.5;
    words.push({
      x: row,
      y: y[row],
      dx: step < steps * 0.86 ? 10 : -10,
      dy: below ? (loss === "mse" ? -12 : 15) : -14,
      anchor: step < steps * 0.86 ? "start" : "end",
      text: num(losses[row], 3),
      class: "bold",
      colour: COLOUR[loss],
      name: `${loss}-loss`,
    });
    const side = loss === "mse" ? { x: 0, dx: -6, anchor: "end" } : { x: steps, dx: 6, anchor: "start" };
    for (const part of [0.5, 1]) words.push({ ...side, y: part, text: num(part * top, 2), colour: COLOUR[loss], size: 11 });
  }
  drawChart(view.output, {
    size,
    x: { range: [0, steps], ticks: stepTicks(steps) },
    y: {
      range: [-0.02, 1.1],
      ticks: [
        [0, "0"],
        [0.5, ""],
        [1, ""],
      ],
    },
    margin: { left: 40, right: 44 * size, bottom: 22 },
    still: { key: "losses" },
    uprights: [{ x: Math.min(step, steps) }],
    lines,
    dots,
    words,
  });
  document.querySelector("#output .aside").textContent = t("each on a scale of its own, so compare the outputs instead");
  describeChart(
    view.output,
    t("Loss against step, each on a scale of its own: squared error up to {m}, cross-entropy up to {c}.", {
      m: num(tops.mse, 3),
      c: num(tops.ce, 3),
    }),
  );
}

/** What a loss did before the last change, thin and dotted. */
function ghostLines(ghosts, loss, column, map = (values) => values) {
  const values = ghosts[loss]?.columns.get(column);
  if (!values) return [];
  return [{ x: indices(values.length), y: map(values), count: values.length, ...GHOST, colour: COLOUR[loss], name: `${loss}-ghost` }];
}

const indices = (() => {
  let all = Array.from({ length: 1024 }, (_, i) => i);
  return (count) => {
    if (all.length < count) all = Array.from({ length: 2 * count }, (_, i) => i);
    return all;
  };
})();

/** A dot's number beside it, where it hides neither line. */
function beside(step, steps, loss, now) {
  const { row, a } = now[loss];
  const other = now[loss === "mse" ? "ce" : "mse"].a;
  const right = step < steps * 0.86;
  const below = a > other ? a > 0.9 : a >= 0.12;
  return {
    x: row,
    y: a,
    dx: right ? 10 : -10,
    dy: (below && a > other) || (a < other && a > 0.16) ? 15 : -14,
    anchor: right ? "start" : "end",
  };
}

function nameAbove(loss, now, last) {
  const [mine, other] = [loss, loss === "mse" ? "ce" : "mse"].map(
    (name) => now[name].trajectory.columns.get("output")[Math.min(last, now[name].trajectory.count - 1)],
  );
  if (mine === other) return loss === "mse" ? -1 : 1;
  if (mine > other && other < 0.08 && mine - other < 0.14) return -1.6; // the other's name is between them
  return mine > other || mine < 0.08 ? -1 : 1;
}

function stepTicks(steps) {
  const unit = [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000].find((u) => steps / u <= 7) ?? 5000;
  return Array.from({ length: Math.floor(steps / unit) + 1 }, (_, i) => [i * unit, String(i * unit)]);
}

/** The dotted line of the target is dragged up and down. */
export function dragTarget(view) {
  const chart = view.output;
  const near = (at) => Math.abs(chart.scale.y(view.shown.target) - chart.scale.y(at.y)) < 14;
  onDrag(view, chart, (at) => view.shown.curve === "output" && near(at), (at) => {
    const target = Number(Math.max(0, Math.min(1, at.y)).toFixed(2));
    if (target !== view.shown.target) view.act.edit(withFields(view.shown.race.spec, { target }), { moving: true });
  });
}
