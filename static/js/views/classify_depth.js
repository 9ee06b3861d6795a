/** The panel about depth: the length of each layer's gradient, at the step shown or over time, for one or two networks. */
import { layerNorms } from "../classifier.js";
import { t } from "../i18n.js";
import { withBothLosses } from "../learning.js";
import { niceTicks } from "../levels.js";
import { fix, num, superscript } from "../numbers.js";
import { countUpTo, spread } from "../thin.js";
import { gradient } from "../trajectory.js";
import { createChart, describeChart, drawChart } from "./chart.js";
import { put, title } from "./classify_parts.js";
import { element } from "./element.js";

const SLOWEST = -8; // the power of ten below which a gradient is drawn as nothing
const LONGEST = 1;
const MOMENTS = 160; // of a run, at which its gradients are measured

/** The panel; the head switches between the step shown and all of them. */
export const depthPanel = {
  form: (shown) => [shown.overTime, differ(shown), shown.runs.map(({ model, name }) => [model.layers.sizes, name])].join("/"),
  build(panel, shown) {
    const { parts, act } = panel;
    parts.said = element("p", {});
    const views = [
      [false, t("at this step")],
      [true, t("over time")],
    ].map(([value, words]) =>
      element(
        "button",
        { type: "button", "aria-pressed": String(Boolean(shown.overTime) === value), onclick: () => act.show({ overTime: value }) },
        words,
      ),
    );
    const body = shown.overTime ? times(parts, act, shown) : bars(parts, shown);
    const both = element(
      "button",
      {
        class: "button",
        type: "button",
        id: "both-losses",
        onclick: () => act.edit(withBothLosses(panel.now.spec, panel.now.shown), { shown: 0, ghost: false }),
      },
      t("Compare the two losses"),
    );
    return [
      title(t("Length of the gradient by layer"), element("div", { class: "seg", id: "over-time" }, ...views)),
      body,
      parts.said,
      ...(differ(shown) ? [] : [both]),
    ];
  },
  draw(parts, shown) {
    const norms = shown.runs.map((run) => normsAt(run, run.row));
    if (shown.overTime) parts.charts.forEach((chart, index) => drawTimes(chart, shown.runs[index], shown));
    else drawBars(parts, norms);
    put(parts.said, words(shown, norms));
  },
};

/** Whether the two networks differ in their loss alone. */
const differ = ({ runs }) => runs.length === 2 && runs[0].problem.loss !== runs[1].problem.loss;

function normsAt({ trajectory, model }, row) {
  const g = gradient(trajectory, model.parameters, row);
  return g && Number.isFinite(g[0]) ? layerNorms(model, g) : [];
}

function words(shown, norms) {
  const ratios = shown.runs
    .map(({ name }, index) => `${name} ${num(norms[index].length > 1 ? norms[index][0] / norms[index].at(-1) : NaN, 2)}`)
    .join(", ");
  if (!differ(shown)) return t("First layer over last: {ratios}.", { ratios });
  const begun = shown.runs.map((run) => normsAt(run, 0));
  const [ce, mse] = shown.runs[0].problem.loss === "ce" ? begun : begun.reverse();
  const times = ce.map((size, layer) => size / mse[layer]).filter(Number.isFinite);
  return t(
    "From the same start cross-entropy’s gradient is {low} to {high} times as long in every layer: the loss cures the factor of the output, not the depth. First layer over last: {ratios}.",
    { low: fix(Math.min(...times), 1), high: fix(Math.max(...times), 1), ratios },
  );
}

/* at the step shown */

function bars(parts, shown) {
  const deepest = Math.max(...shown.runs.map(({ model }) => model.layers.sizes.length - 1));
  parts.bars = shown.runs.map(() => Array.from({ length: deepest }, () => ({ bar: element("i"), value: element("span") })));
  const rows = Array.from({ length: deepest }, (_, layer) => [
    element("span", {}, t("layer {layer}", { layer: layer + 1 })),
    ...parts.bars.map((list) => element("div", { class: "bar-of" }, list[layer].bar, list[layer].value)),
  ]);
  return element(
    "div",
    { class: "layers", style: { "--runs": String(shown.runs.length) } },
    element("span"),
    ...shown.runs.map(({ name }) => element("b", {}, name)),
    ...rows.flat(),
  );
}

function drawBars(parts, norms) {
  parts.bars.forEach((list, index) => list.forEach(({ bar, value }, layer) => {
    const size = norms[index][layer];
    bar.style.setProperty("--p", String(size > 10 ** SLOWEST ? Math.min(1, 1 - Math.log10(size) / SLOWEST) : 0));
    put(value, size === undefined ? "" : num(size, 2));
  }));
}

/* over time */

function times(parts, act, shown) {
  const figures = shown.runs.map(({ name }) =>
    element(
      "figure",
      { class: "fig time" },
      element("figcaption", { class: "cap" }, element("b", {}, name)),
      element("div", { class: "plot" }),
    ),
  );
  parts.charts = figures.map((figure) => createChart(figure.lastChild, ""));
  for (const { host } of parts.charts) new ResizeObserver(() => act.show({})).observe(host);
  return element("div", { class: "times", style: { "--runs": String(shown.runs.length) } }, ...figures);
}

const measured = new WeakMap();

/** The logarithm of every layer's gradient at moments of a run: {rows, layers}. */
function historyOf(run) {
  const { trajectory, model } = run;
  let found = measured.get(trajectory);
  if (found?.count !== trajectory.count || found.version !== trajectory.version) {
    const rows = spread(trajectory.count, MOMENTS);
    const norms = Array.from(rows, (row) => normsAt(run, row));
    const layers = model.layers.sizes.slice(1).map((_, layer) => norms.map((list) => Math.max(SLOWEST, Math.log10(list[layer]))));
    found = { count: trajectory.count, version: trajectory.version, rows, layers };
    measured.set(trajectory, found);
  }
  return found;
}

function drawTimes(chart, run, { step, steps, theme }) {
  const { rows, layers } = historyOf(run);
  const count = countUpTo(rows, Math.min(step, run.row));
  const last = layers.length - 1;
  const style = (layer) => ({ colour: "var(--ink)", opacity: 1 - (0.75 * layer) / Math.max(1, last), width: layer === 0 ? 2.4 : 1.4 });
  const late = step > 0.7 * steps;
  const label = (layer) => ({
    x: rows[count - 1],
    y: layers[layer][count - 1],
    dx: late ? -5 : 5,
    dy: layer ? -9 : 10,
    anchor: late ? "end" : "start",
    text: t("layer {layer}", { layer: layer + 1 }),
    size: 11,
    class: layer ? "" : "bold",
    name: `layer-${layer + 1}`,
  });
  const decades = [-8, -6, -4, -2, 0].map((exponent) => [exponent, exponent ? `10${superscript(exponent)}` : "1"]);
  drawChart(chart, {
    x: {
      range: [0, steps],
      ticks: niceTicks(0, steps, 3)
        .filter(Number.isInteger)
        .map((v) => [v, String(v)]),
    },
    y: { range: [SLOWEST, LONGEST], ticks: decades },
    size: theme.size(1),
    margin: { left: 34, right: 10 },
    lines: layers.map((y, layer) => ({ x: rows, y, count, ...style(layer), name: `layer-${layer + 1}` })).reverse(),
    words: count ? [label(0), ...(last ? [label(last)] : [])] : [],
  });
  describeChart(chart, t("Length of each layer’s gradient by step, {name}.", { name: run.name }));
}
