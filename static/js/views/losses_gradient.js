/** The size of the gradient by output: a line under cross-entropy, a hump under squared error. The start is dragged along it. */
import { t } from "../i18n.js";
import { logit, sequence, sigmoid, slope, summit } from "../neuron.js";
import { fix, num } from "../numbers.js";
import { withPairStart } from "../pair.js";
import { drawChart, pointerData } from "./chart.js";
import { onArrows } from "./losses_drag.js";
import { COLOUR, LOSSES, nameOf } from "./losses_look.js";

const AS = sequence(0, 1, 101);

/** Both curves, or while the question is open cross-entropy's alone, with both neurons on them. */
export function drawGradient(view, { now, target, size, asked }) {
  const open = asked.pending();
  const curve = (loss) => ({
    x: AS,
    y: AS.map((a) => Math.abs(slope(loss, a, target))),
    colour: COLOUR[loss],
    width: 2.2,
    dash: view.look[loss].dash,
    name: loss,
  });
  const top = summit(target);
  const still = { key: `${target}${open}`, lines: open ? [curve("ce")] : [curve("ce"), curve("mse")], words: [] };
  const side = target <= 0.5 ? 0.66 : 0.34;
  still.words.push({
    x: side,
    y: Math.abs(side - target),
    dx: target <= 0.5 ? 10 : -10,
    dy: 6,
    anchor: target <= 0.5 ? "start" : "end",
    text: nameOf("ce"),
    class: "bold",
    colour: COLOUR.ce,
    size: 12,
  });
  if (!open)
    still.words.push({ x: top.a, y: top.size, dy: -12, anchor: "middle", text: nameOf("mse"), class: "bold", colour: COLOUR.mse, size: 12 });
  const dots = LOSSES.map((loss) => ({
    x: now[loss].a,
    y: Math.abs(slope(loss, now[loss].a, target)),
    symbol: view.look[loss].symbol,
    colour: COLOUR[loss],
    name: loss,
  }));
  const guess = asked.guess();
  const uprights = guess === null ? [] : [{ x: guess }];
  const words =
    guess === null || open
      ? []
      : [{ x: top.a, y: top.size, dy: 16, anchor: "middle", text: num(top.size, 3), colour: COLOUR.mse, size: 11.5 }];
  drawChart(view.gradient, {
    size, x: { range: [0, 1], ticks: [[0, "0"], [0.25, "0.25"], [0.5, "0.5"], [0.75, "0.75"]], name: "a" },
    y: { range: [0, 1.04], ticks: [[0, "0"], [0.5, "0.5"], [1, "1"]] }, margin: { right: 18 }, still, uprights, dots, words,
  });
  document.querySelector("#gradient .aside").textContent = t("by output · drag a dot to start there");
  const [m, c] = dots.map(({ y }) => num(y, 3));
  view.gradient.root.setAttribute("aria-valuenow", String(Number(now.mse.a.toFixed(3))));
  view.gradient.root.setAttribute(
    "aria-valuetext",
    t("squared error: output {a}, gradient {m}; cross-entropy: output {b}, gradient {c}", {
      a: fix(now.mse.a, 3),
      b: fix(now.ce.a, 3),
      m,
      c,
    }),
  );
}

/** The start is moved along the output: dragged, or by the arrow keys while the chart has the focus. */
export function dragOutput(view) {
  const { host, root } = view.gradient;
  for (const [name, value] of Object.entries({
    role: "slider",
    tabindex: "0",
    "aria-valuemin": "0",
    "aria-valuemax": "1",
    "aria-label": t("Output at the start"),
  }))
    root.setAttribute(name, value);
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
