/**
 * One neuron under both losses: output by step, size of the gradient by output, the loss over z with its tangent, the
 * sigmoid with the neuron on it, and the gradient as a product of its numbers.
 */
import { t } from "../i18n.js";
import { floor, loss as lossAt, sequence, sigmoid, slope } from "../neuron.js";
import { fix, num, plainNumber } from "../numbers.js";
import { withPairStart } from "../pair.js";
import { cell } from "../trajectory.js";
import { createChart, describeChart, drawChart } from "./chart.js";
import { onArrows, onDrag } from "./losses_drag.js";
import { formula } from "./losses_formulas.js";
import { dragOutput, drawGradient } from "./losses_gradient.js";
import { createLedger, drawLedger } from "./losses_ledger.js";
import { COLOUR, LOSSES } from "./losses_look.js";
import { dragTarget, drawOutput } from "./losses_output.js";
import { ghostsOf, runsOf } from "./losses_words.js";

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
  for (const [name, value] of Object.entries({
    role: "slider",
    tabindex: "0",
    "aria-valuemin": String(-FARTHEST),
    "aria-valuemax": String(FARTHEST),
  }))
    root.setAttribute(name, value);
  onArrows(view, root, 0.1, (move, { race, input }) => startAtZ(view, race.spec.start[0] * input + race.spec.start[1] + move));
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
  const ends = [-1, 1].map(
    (side) => z + side * run * Math.min(1, (side * steep > 0 ? high - at : at) / Math.max(1e-9, Math.abs(steep * run))),
  );
  const least = floor(loss, target);
  const still = {
    key: `${loss}${target}`,
    lines: [
      { x: zs, y: values, colour: "var(--ink-2)", width: 1.8 },
      ...(least ? [{ x: [-far, far], y: [least, least], colour: "var(--ink-3)", width: 1, dash: [2, 3] }] : []),
    ],
    words: least
      ? [
          {
            x: -far,
            y: least,
            dx: 2,
            dy: 10,
            text: t("floor {least}: the target's entropy", { least: fix(least, 3) }),
            colour: "var(--ink-3)",
            size: 11,
          },
        ]
      : [],
  };
  const rises = target <= 0.5;
  const soft = target > 0.02 && target < 0.98;
  drawChart(view.cost[loss], {
    size,
    x: { range: [-far, far], ticks: zTicks(far), name: "z" },
    y: { range: [0, high], ticks: heightTicks(high) },
    margin: { right: 10 },
    still,
    lines: [{ x: ends, y: ends.map((end) => at + steep * (end - z)), colour: COLOUR[loss], width: 2.4, name: "tangent" }],
    dots: [{ x: z, y: at, symbol: view.look[loss].symbol, colour: COLOUR[loss], name: loss }],
    words: [
      {
        ...(soft ? { x: 0, y: high * 0.94, anchor: "middle" } : { x: rises ? far : -far, y: high * 0.11, anchor: rises ? "end" : "start" }),
        text: [
          [t("slope"), null],
          [` ${num(steep, 3)}`, "bold"],
        ],
        colour: COLOUR[loss],
        name: "slope",
      },
    ],
  });
  document.querySelector(`#cost-${loss} .aside`).textContent = t("a scale of its own");
  describeChart(
    view.cost[loss],
    t("Loss over z. At z = {z} the loss is {loss} and its slope {slope}.", { z: fix(z, 2), loss: num(at, 3), slope: num(steep, 3) }),
  );
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
    key: `sigmoid${z > 0}`,
    fills: [{ x: zs, y: slopes }],
    lines: [
      { x: [-far, far], y: [0.25, 0.25], colour: "var(--ink-3)", width: 1, dash: [2, 3], name: "bound" },
      { x: zs, y: slopes, colour: "var(--ink-3)", width: 1.4, dash: [4, 3] },
      { x: zs, y: values, colour: "var(--ink-2)", width: 1.8 },
    ],
    words: [
      {
        x: 0,
        y: 0.1,
        anchor: "middle",
        text: [
          ["σ", "v"],
          ["′(", null],
          ["z", "v"],
          [")", null],
        ],
        size: 14,
        class: "serif",
        colour: "var(--ink-3)",
      },
      {
        x: z > 0 ? -far : far,
        y: 0.25,
        dx: z > 0 ? 3 : -3,
        dy: -9,
        anchor: z > 0 ? "start" : "end",
        text: [
          ["σ", "v"],
          ["′ ≤ 0.25", null],
        ],
        size: 11.5,
        colour: "var(--ink-3)",
        name: "bound",
      },
    ],
  };
  const place =
    z > 2
      ? { dx: -8, anchor: "end", y: d + (a - d) * 0.3 }
      : z > -2
        ? { dx: z > 0 ? 12 : -12, dy: z > 0 ? 8 : -10, anchor: z > 0 ? "start" : "end", y: a }
        : { dx: -6, dy: -18, anchor: "middle", y: a };
  const curve = z > 0 ? { x: far * 0.08, y: 0.8, anchor: "end" } : { x: far * 0.5, y: 0.86, anchor: "start" };
  drawChart(view.sigmoid[loss], {
    size,
    x: { range: [-far, far], ticks: zTicks(far), name: "z" },
    y: {
      range: [0, 1.06],
      ticks: [
        [0, "0"],
        [0.5, "0.5"],
        [1, "1"],
      ],
    },
    margin: { right: 10 },
    still,
    lines: [{ x: [z, z], y: [d, a], colour: COLOUR[loss], width: 1.4, dash: [2, 3] }],
    dots: [
      { x: z, y: a, symbol: view.look[loss].symbol, colour: COLOUR[loss], name: loss },
      { x: z, y: d, symbol: view.look[loss].symbol, colour: COLOUR[loss], open: true, radius: 4.5, name: "slope" },
    ],
    words: [
      {
        ...curve,
        text: [
          ["σ", "v"],
          ["(", null],
          ["z", "v"],
          [")", null],
        ],
        size: 14,
        class: "serif",
      },
      {
        x: z,
        ...place,
        text: [
          ["σ", "v"],
          ["′ = ", null],
          [fix(d, 3), "bold"],
        ],
        colour: COLOUR[loss],
        name: "slope",
      },
    ],
  });
  document.querySelector(`#sigmoid-${loss} .aside`).textContent = t("drag to start elsewhere");
  const { root } = view.sigmoid[loss];
  root.setAttribute("aria-valuenow", String(Number(z.toFixed(2))));
  root.setAttribute("aria-valuetext", t("z = {z}: output {a}, slope {slope}", { z: fix(z, 2), a: fix(a, 3), slope: fix(d, 3) }));
  describeChart(
    view.sigmoid[loss],
    t("The sigmoid. At z = {z} the output is {a} and the slope {slope}.", { z: fix(z, 2), a: fix(a, 3), slope: fix(d, 3) }),
  );
}
