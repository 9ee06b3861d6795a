/**
 * One neuron under both losses: output by step, size of the gradient by output, the loss over z with its tangent, the
 * sigmoid with the neuron on it, and the gradient as a product of its numbers.
 */
import { t } from "../i18n.js";
import { floor, logit, loss as lossAt, sequence, sigmoid, slope, summit } from "../neuron.js";
import { fix, num, plainNumber } from "../numbers.js";
import { withFields, withPairStart } from "../pair.js";
import { cell } from "../trajectory.js";
import { createChart, describeChart, drawChart, pointerData } from "./chart.js";
import { onArrows, onDrag } from "./losses_drag.js";
import { createLedger, drawLedger } from "./losses_ledger.js";
import { formula } from "./losses_formulas.js";
import { ghostsOf, runsOf } from "./losses_words.js";

const LOSSES = ["mse", "ce"];
const AS = sequence(0, 1, 101);
const COLOUR = { mse: "var(--c-mse)", ce: "var(--c-ce)" };
const NAMES = () => ({ mse: t("squared error"), ce: t("cross-entropy") });

/** The views of the page; `act.edit` hears of another start. */
export function createNeuron(tokens, act) {
  const chart = (id, label) => createChart(document.querySelector(`#${id} .plot`), label);
  const look = Object.fromEntries(LOSSES.map((loss) => [loss, { ...tokens.losses[loss], dash: tokens.dashes[tokens.losses[loss].dash] }]));
  const view = {
    look, act, output: chart("output", ""), gradient: chart("gradient", ""),
    cost: Object.fromEntries(LOSSES.map((loss) => [loss, chart(`cost-${loss}`, "")])),
    sigmoid: Object.fromEntries(LOSSES.map((loss) => [loss, chart(`sigmoid-${loss}`, "")])),
    ledger: Object.fromEntries(LOSSES.map((loss) => [loss, createLedger(document.getElementById(`ledger-${loss}`), loss)])),
  };
  for (const place of document.querySelectorAll("[data-formula]")) place.append(formula(place.dataset.formula));
  document.querySelector("#gradient .h").append(" ", formula("size"));
  dragOutput(view);
  dragTarget(view);
  for (const loss of LOSSES) {
    dragZ(view, view.cost[loss]);
    dragZ(view, view.sigmoid[loss]);
    turnZ(view, view.sigmoid[loss].root);
  }
  return view;
}

/** Draw everything at `shown.step`. */
export function drawNeuron(view, shown) {
  const runs = runsOf(shown);
  const { input, target } = shown.race.spec.runs[0].problem;
  const now = Object.fromEntries(LOSSES.map((loss) => {
    const { trajectory, row } = runs[loss];
    const read = (name) => cell(trajectory, name, row);
    const z = read("w") * input + read("b");
    return [loss, { trajectory, row, z, a: read("output"), slope: read("slope"), gradient: read("gradient_w"), loss: read("loss") }];
  }));
  const scene = { ...shown, runs, now, input, target, ghosts: ghostsOf(shown), size: shown.theme.size(1) };
  view.shown = scene;
  drawOutput(view, scene);
  drawGradient(view, scene);
  const far = Math.max(6, ...LOSSES.map((loss) => Math.ceil(Math.abs(now[loss].z)) + 1));
  for (const loss of LOSSES) {
    drawCost(view, scene, loss, Math.min(far, 40));
    drawSigmoid(view, scene, loss, Math.min(far, 40));
    drawLedger(view.ledger[loss], scene, loss);
  }
}

/* output by step */

function drawOutput(view, shown) {
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
    lines.push({ x, y, count: Math.min(steps + 1, trajectory.count), colour: COLOUR[loss], width: 1.5, opacity: theme.dark ? 0.45 : 0.36, name: `${loss}-future` });
    lines.push({ x, y, count: Math.min(step + 1, trajectory.count), colour: COLOUR[loss], width: 2.8, dash, name: loss });
    dots.push({ x: now[loss].row, y: a, symbol: view.look[loss].symbol, colour: COLOUR[loss], name: loss });
    words.push({ ...beside(step, steps, loss, now), text: fix(a, 3), class: "bold", colour: COLOUR[loss], name: `${loss}-output` });
    const last = Math.min(steps, trajectory.count - 1);
    words.push({ x: steps, y: y[last], dx: 0, dy: nameAbove(loss, now, last) * 13, anchor: "end", text: NAMES()[loss], class: "bold", colour: COLOUR[loss], size: 12 });
  }
  const target01 = [[0, "0"], [0.5, "0.5"], [1, "1"]];
  drawChart(view.output, {
    size, x: { range: [0, steps], ticks: stepTicks(steps) }, y: { range: [-0.02, 1.04], ticks: target01 },
    margin: { right: 18, bottom: 22 }, still: { key: `${target}`, lines: [{ x: [0, steps], y: [target, target], colour: "var(--ink-3)", width: 1, dash: [2, 3], name: "target" }] },
    uprights: [{ x: Math.min(step, steps) }], lines, dots, words,
  });
  document.querySelector("#output .aside").textContent = t("target is {target}, dotted: drag it", { target: plainNumber(target) });
  describeChart(view.output, t("Output against step. At step {step} squared error outputs {a}, cross-entropy {b}.", { step, a: fix(now.mse.a, 3), b: fix(now.ce.a, 3), reach }));
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
    words.push({ x: row, y: y[row], dx: step < steps * 0.86 ? 10 : -10, dy: below ? (loss === "mse" ? -12 : 15) : -14, anchor: step < steps * 0.86 ? "start" : "end", text: num(losses[row], 3), class: "bold", colour: COLOUR[loss], name: `${loss}-loss` });
    const side = loss === "mse" ? { x: 0, dx: -6, anchor: "end" } : { x: steps, dx: 6, anchor: "start" };
    for (const part of [0.5, 1]) words.push({ ...side, y: part, text: num(part * top, 2), colour: COLOUR[loss], size: 11 });
  }
  drawChart(view.output, {
    size, x: { range: [0, steps], ticks: stepTicks(steps) }, y: { range: [-0.02, 1.1], ticks: [[0, "0"], [0.5, ""], [1, ""]] },
    margin: { left: 40, right: 44 * size, bottom: 22 }, still: { key: "losses" }, uprights: [{ x: Math.min(step, steps) }], lines, dots, words,
  });
  document.querySelector("#output .aside").textContent = t("each on a scale of its own, so compare the outputs instead");
  describeChart(view.output, t("Loss against step, each on a scale of its own: squared error up to {m}, cross-entropy up to {c}.", { m: num(tops.mse, 3), c: num(tops.ce, 3) }));
}

/** What a loss did before the last change, thin and dotted. */
function ghostLines(ghosts, loss, column, map = (values) => values) {
  const values = ghosts[loss]?.columns.get(column);
  return values ? [{ x: indices(values.length), y: map(values), count: values.length, colour: COLOUR[loss], width: 1.4, dash: [1.5, 4], opacity: 0.7, name: `${loss}-ghost` }] : [];
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
  return { x: row, y: a, dx: right ? 10 : -10, dy: (below && a > other) || (a < other && a > 0.16) ? 15 : -14, anchor: right ? "start" : "end" };
}

function nameAbove(loss, now, last) {
  const [mine, other] = [loss, loss === "mse" ? "ce" : "mse"].map((name) => now[name].trajectory.columns.get("output")[Math.min(last, now[name].trajectory.count - 1)]);
  if (mine === other) return loss === "mse" ? -1 : 1;
  if (mine > other && other < 0.08 && mine - other < 0.14) return -1.6; // the other's name is between them
  return mine > other || mine < 0.08 ? -1 : 1;
}

function stepTicks(steps) {
  const unit = [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000].find((u) => steps / u <= 7) ?? 5000;
  return Array.from({ length: Math.floor(steps / unit) + 1 }, (_, i) => [i * unit, String(i * unit)]);
}

/* size of the gradient by output */

function drawGradient(view, { now, target, size, asked }) {
  const open = asked.pending();
  const curve = (loss) => ({ x: AS, y: AS.map((a) => Math.abs(slope(loss, a, target))), colour: COLOUR[loss], width: 2.2, dash: view.look[loss].dash, name: loss });
  const top = summit(target);
  const still = { key: `${target}${open}`, lines: open ? [curve("ce")] : [curve("ce"), curve("mse")], words: [] };
  const side = target <= 0.5 ? 0.66 : 0.34;
  still.words.push({ x: side, y: Math.abs(side - target), dx: target <= 0.5 ? 10 : -10, dy: 6, anchor: target <= 0.5 ? "start" : "end", text: NAMES().ce, class: "bold", colour: COLOUR.ce, size: 12 });
  if (!open) still.words.push({ x: top.a, y: top.size, dy: -12, anchor: "middle", text: NAMES().mse, class: "bold", colour: COLOUR.mse, size: 12 });
  const dots = LOSSES.map((loss) => ({ x: now[loss].a, y: Math.abs(slope(loss, now[loss].a, target)), symbol: view.look[loss].symbol, colour: COLOUR[loss], name: loss }));
  const guess = asked.guess();
  const uprights = guess === null ? [] : [{ x: guess }];
  const words = guess === null || open ? [] : [{ x: top.a, y: top.size, dy: 16, anchor: "middle", text: num(top.size, 3), colour: COLOUR.mse, size: 11.5 }];
  drawChart(view.gradient, {
    size, x: { range: [0, 1], ticks: [[0, "0"], [0.25, "0.25"], [0.5, "0.5"], [0.75, "0.75"]], name: "a" },
    y: { range: [0, 1.04], ticks: [[0, "0"], [0.5, "0.5"], [1, "1"]] }, margin: { right: 18 }, still, uprights, dots, words,
  });
  document.querySelector("#gradient .aside").textContent = t("by output · drag a dot to start there");
  const [m, c] = dots.map(({ y }) => num(y, 3));
  view.gradient.root.setAttribute("aria-valuenow", String(Number(now.mse.a.toFixed(3))));
  view.gradient.root.setAttribute("aria-valuetext", t("squared error: output {a}, gradient {m}; cross-entropy: output {b}, gradient {c}", { a: fix(now.mse.a, 3), b: fix(now.ce.a, 3), m, c }));
}

/** The start is moved along the output: dragged, or by the arrow keys while the chart has the focus. */
function dragOutput(view) {
  const { host, root } = view.gradient;
  for (const [name, value] of Object.entries({ role: "slider", tabindex: "0", "aria-valuemin": "0", "aria-valuemax": "1", "aria-label": t("Output at the start") })) root.setAttribute(name, value);
  const startAt = (a) => {
    const { race, input } = view.shown;
    const [w] = race.spec.start;
    const b = logit(Math.max(0.002, Math.min(0.998, a))) - w * input;
    view.act.edit(withPairStart(race.spec, [w, Number(b.toFixed(3))]), { step: 0, moving: true });
  };
  let dragging = false;
  host.addEventListener("pointerdown", (event) => {
    if (!view.shown || event.button !== 0 || event.target.closest("button")) return;
    const at = pointerData(view.gradient, event);
    if (view.shown.asked.pending()) return view.shown.asked.tapped(Math.max(0, Math.min(1, at.x)));
    const near = LOSSES.some((loss) => Math.abs(view.gradient.scale.x(view.shown.now[loss].a) - view.gradient.scale.x(at.x)) < 24);
    if (!near) return;
    dragging = true;
    host.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  host.addEventListener("pointermove", (event) => dragging && startAt(pointerData(view.gradient, event).x));
  for (const name of ["pointerup", "pointercancel"]) host.addEventListener(name, () => {
    if (dragging) view.act.rest();
    dragging = false;
  });
  onArrows(view, root, 0.02, (move, { race, input }) => {
    const [w, b] = race.spec.start;
    startAt(sigmoid(w * input + b) + move);
  });
}

const FARTHEST = 6; // where the start is dragged to, in z

function startAtZ(view, z) {
  const { race, input } = view.shown;
  const [w] = race.spec.start;
  const b = Math.max(-FARTHEST, Math.min(FARTHEST, z)) - w * input;
  view.act.edit(withPairStart(race.spec, [w, Number(b.toFixed(3))]), { step: 0, moving: true });
}

/** Over z a mouse may press anywhere, a finger near the neuron: elsewhere it scrolls the page. */
function dragZ(view, chart) {
  const near = (at) => LOSSES.some((loss) => Math.abs(chart.scale.x(view.shown.now[loss].z) - chart.scale.x(at.x)) < 32);
  onDrag(view, chart, (at, event) => event.pointerType === "mouse" || near(at), (at) => startAtZ(view, at.x));
}

function turnZ(view, root) {
  for (const [name, value] of Object.entries({ role: "slider", tabindex: "0", "aria-valuemin": String(-FARTHEST), "aria-valuemax": String(FARTHEST) })) root.setAttribute(name, value);
  onArrows(view, root, 0.1, (move, { race, input }) => startAtZ(view, race.spec.start[0] * input + race.spec.start[1] + move));
}

/** The dotted line of the target is dragged up and down. */
function dragTarget(view) {
  const chart = view.output;
  const near = (at) => Math.abs(chart.scale.y(view.shown.target) - chart.scale.y(at.y)) < 14;
  onDrag(view, chart, (at) => view.shown.curve === "output" && near(at), (at) => {
    const target = Number(Math.max(0, Math.min(1, at.y)).toFixed(2));
    if (target !== view.shown.target) view.act.edit(withFields(view.shown.race.spec, { target }), { moving: true });
  });
}

/* the loss over z, with its tangent */

function drawCost(view, { now, target, size }, loss, far) {
  const zs = sequence(-far, far, 121);
  const values = zs.map((z) => lossAt(loss, z, target));
  const high = Math.max(...values) * 1.07;
  const { z } = now[loss];
  const at = lossAt(loss, z, target);
  const steep = slope(loss, sigmoid(z), target);
  // The tangent is as long on the screen however steep, and ends at the panel's edges.
  const run = Math.min(far * 0.34, (high * 0.3) / Math.max(1e-9, Math.abs(steep)));
  const ends = [-1, 1].map((side) => z + side * run * Math.min(1, (side * steep > 0 ? high - at : at) / Math.max(1e-9, Math.abs(steep * run))));
  const least = floor(loss, target);
  const still = {
    key: `${loss}${target}`, lines: [{ x: zs, y: values, colour: "var(--ink-2)", width: 1.8 }, ...(least ? [{ x: [-far, far], y: [least, least], colour: "var(--ink-3)", width: 1, dash: [2, 3] }] : [])],
    words: least ? [{ x: -far, y: least, dx: 2, dy: 10, text: t("floor {least}: the target's entropy", { least: fix(least, 3) }), colour: "var(--ink-3)", size: 11 }] : [],
  };
  const rises = target <= 0.5;
  const soft = target > 0.02 && target < 0.98;
  drawChart(view.cost[loss], {
    size, x: { range: [-far, far], ticks: zTicks(far), name: "z" }, y: { range: [0, high], ticks: heightTicks(high) },
    margin: { right: 10 }, still, lines: [{ x: ends, y: ends.map((end) => at + steep * (end - z)), colour: COLOUR[loss], width: 2.4, name: "tangent" }],
    dots: [{ x: z, y: at, symbol: view.look[loss].symbol, colour: COLOUR[loss], name: loss }],
    words: [{ ...(soft ? { x: 0, y: high * 0.94, anchor: "middle" } : { x: rises ? far : -far, y: high * 0.11, anchor: rises ? "end" : "start" }), text: [[t("slope"), null], [` ${num(steep, 3)}`, "bold"]], colour: COLOUR[loss], name: "slope" }],
  });
  document.querySelector(`#cost-${loss} .aside`).textContent = t("a scale of its own");
  describeChart(view.cost[loss], t("Loss over z. At z = {z} the loss is {loss} and its slope {slope}.", { z: fix(z, 2), loss: num(at, 3), slope: num(steep, 3) }));
}

function zTicks(far) {
  const unit = far <= 7 ? 2 : far <= 14 ? 4 : 10;
  const last = Math.floor((far - 0.6) / unit) * unit;
  return Array.from({ length: (2 * last) / unit + 1 }, (_, i) => i * unit - last).map((z) => [z, fix(z, 0)]).filter(([z]) => z < far * 0.9);
}

function heightTicks(high) {
  const unit = [0.1, 0.25, 0.5, 1, 2, 5, 10, 20].find((u) => high / u <= 4.5) ?? 20;
  return Array.from({ length: Math.floor(high / unit) + 1 }, (_, i) => [i * unit, plainNumber(i * unit)]);
}

/* the sigmoid, with the neuron on it: read z, output and slope, and that the slope never passes a quarter */

function drawSigmoid(view, { now, size }, loss, far) {
  const zs = sequence(-far, far, 121);
  const values = zs.map(sigmoid);
  const slopes = values.map((a) => a * (1 - a));
  const { z, a, slope: d } = now[loss];
  const still = {
    key: `sigmoid${z > 0}`, fills: [{ x: zs, y: slopes }],
    lines: [{ x: [-far, far], y: [0.25, 0.25], colour: "var(--ink-3)", width: 1, dash: [2, 3], name: "bound" }, { x: zs, y: slopes, colour: "var(--ink-3)", width: 1.4, dash: [4, 3] }, { x: zs, y: values, colour: "var(--ink-2)", width: 1.8 }],
    words: [
      { x: 0, y: 0.1, anchor: "middle", text: [["σ", "v"], ["′(", null], ["z", "v"], [")", null]], size: 14, class: "serif", colour: "var(--ink-3)" },
      { x: z > 0 ? -far : far, y: 0.25, dx: z > 0 ? 3 : -3, dy: -9, anchor: z > 0 ? "start" : "end", text: [["σ", "v"], ["′ ≤ 0.25", null]], size: 11.5, colour: "var(--ink-3)", name: "bound" },
    ],
  };
  const place = z > 2 ? { dx: -8, anchor: "end", y: d + (a - d) * 0.3 } : z > -2 ? { dx: z > 0 ? 12 : -12, dy: z > 0 ? 8 : -10, anchor: z > 0 ? "start" : "end", y: a } : { dx: -6, dy: -18, anchor: "middle", y: a };
  const curve = z > 0 ? { x: far * 0.08, y: 0.8, anchor: "end" } : { x: far * 0.5, y: 0.86, anchor: "start" };
  drawChart(view.sigmoid[loss], {
    size, x: { range: [-far, far], ticks: zTicks(far), name: "z" }, y: { range: [0, 1.06], ticks: [[0, "0"], [0.5, "0.5"], [1, "1"]] }, margin: { right: 10 }, still,
    lines: [{ x: [z, z], y: [d, a], colour: COLOUR[loss], width: 1.4, dash: [2, 3] }],
    dots: [{ x: z, y: a, symbol: view.look[loss].symbol, colour: COLOUR[loss], name: loss }, { x: z, y: d, symbol: view.look[loss].symbol, colour: COLOUR[loss], open: true, radius: 4.5, name: "slope" }],
    words: [{ ...curve, text: [["σ", "v"], ["(", null], ["z", "v"], [")", null]], size: 14, class: "serif" }, { x: z, ...place, text: [["σ", "v"], ["′ = ", null], [fix(d, 3), "bold"]], colour: COLOUR[loss], name: "slope" }],
  });
  document.querySelector(`#sigmoid-${loss} .aside`).textContent = t("drag to start elsewhere");
  const { root } = view.sigmoid[loss];
  root.setAttribute("aria-valuenow", String(Number(z.toFixed(2))));
  root.setAttribute("aria-valuetext", t("z = {z}: output {a}, slope {slope}", { z: fix(z, 2), a: fix(a, 3), slope: fix(d, 3) }));
  describeChart(view.sigmoid[loss], t("The sigmoid. At z = {z} the output is {a} and the slope {slope}.", { z: fix(z, 2), a: fix(a, 3), slope: fix(d, 3) }));
}
