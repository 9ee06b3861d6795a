/**
 * Which output goes with which loss: a table of five outputs and two losses. Each cell has the gradient at the output and
 * is trained in miniature by the engine, from z = 4 with target 0 and rate 0.15; a cell that makes no sense says why.
 */
import { post } from "../api.js";
import { mark, t } from "../i18n.js";
import { sigmoid } from "../neuron.js";
import { createChart, describeChart, drawChart } from "./chart.js";
import { element, mathematics } from "./element.js";
import { say } from "./notice.js";

const STEPS = 300;
const i = (name) => `<mi>${name}</mi>`;
const o = (sign) => `<mo>${sign}</mo>`;
const sub = (name, index) => `<msub>${i(name)}${i(index)}</msub>`;
const brackets = (inside) => `<mrow><mo stretchy="false">(</mo>${inside}<mo stretchy="false">)</mo></mrow>`;
const error = i("a") + o("−") + i("y");

// Text of the loss in x and y, which stand for weight and bias: with input 1, z = x + y.
const ROWS = [
  { name: mark("linear"), output: (z) => z, top: 4.2,
    mse: { loss: "(x + y)**2/2", gradient: error, natural: true },
    ce: { why: mark("The output may be negative or above 1: it is no probability, and its logarithm has no meaning.") } },
  { name: mark("sigmoid"), output: sigmoid, top: 1.05,
    mse: { loss: "sigmoid(x + y)**2/2", gradient: brackets(error) + i("a") + brackets(`<mn>1</mn>${o("−")}${i("a")}`) },
    ce: { loss: "softplus(x + y)", gradient: error, natural: true } },
  { name: mark("softmax"), output: sigmoid, top: 1.05,
    mse: { loss: "sigmoid(x + y)**2", gradient: `${sub("a", "j")}${brackets(`${sub("a", "j")}${o("−")}${sub("y", "j")}${o("−")}<munder><mo largeop="false">∑</mo>${i("k")}</munder>${sub("a", "k")}${brackets(sub("a", "k") + o("−") + sub("y", "k"))}`)}` },
    ce: { loss: "softplus(x + y)", gradient: sub("a", "j") + o("−") + sub("y", "j"), natural: true } },
  { name: mark("tanh"), output: Math.tanh, top: 1.05,
    mse: { loss: "tanh(x + y)**2/2", gradient: brackets(error) + brackets(`<mn>1</mn>${o("−")}<msup>${i("a")}<mn>2</mn></msup>`) },
    ce: { why: mark("The output may be negative. Moved to (1 + a)/2 it is a sigmoid of 2z, and that row holds.") } },
  { name: mark("ReLU"), output: (z) => Math.max(0, z), top: 4.2,
    mse: { loss: "relu(x + y)**2/2", gradient: `${brackets(error)}<mspace width="0.3em"/>${brackets(`${i("z")}${o("&gt;")}<mn>0</mn>`)}` },
    ce: { why: mark("The output may be above 1, where ln(1 − a) has no meaning, and is 0 for half of all z.") } },
];
const LOSSES = ["mse", "ce"];

/** The table in `host`, filled and trained when it is first shown. */
export function createOutputs(host) {
  return { host, filled: false, charts: [], rows: null };
}

/** Show the table; `redraw` is called when its runs have come. */
export function drawOutputs(outputs, shown, redraw) {
  if (!outputs.filled) fill(outputs, redraw);
  for (const { chart, row, loss, run } of outputs.charts) {
    const made = outputs.rows?.[run];
    if (!made) continue;
    const { x, y } = made.columns;
    const a = x.map((w, step) => row.output(w + y[step]));
    const steps = a.map((_, step) => step);
    drawChart(chart, {
      size: shown.theme.size(1), x: { range: [0, STEPS], ticks: [[0, "0"], [150, "150"], [300, "300"]] }, y: { range: [Math.min(0, -0.03 * row.top), row.top], ticks: [[0, "0"], [Math.floor(row.top), String(Math.floor(row.top))]] },
      margin: { left: 20, right: 14, top: 6, bottom: 18 }, lines: [{ x: steps, y: a, colour: `var(--c-${loss})`, width: 2.2, dash: loss === "ce" ? [7, 4] : [], name: loss }],
    });
    const half = a.findIndex((value) => value < 0.5);
    describeChart(chart, t("Output by step; below one half from step {step}.", { step: half < 0 ? "–" : half }));
  }
}

function fill(outputs, redraw) {
  outputs.filled = true;
  const runs = [];
  const cell = (row, loss) => {
    const entry = row[loss];
    if (entry.why) return element("td", { class: `${loss} senseless` }, element("p", {}, t(entry.why)));
    const plot = element("div", { class: "plot" });
    outputs.charts.push({ plot, row, loss, run: runs.length });
    runs.push({ optimizer: "sgd", settings: { lr: 0.15 }, problem: { kind: "formula", formula: entry.loss } });
    return element("td", { class: loss }, element("p", { class: "gradient" }, mathematics(`<math><mfrac displaystyle="false"><mrow><mo>∂</mo><mi>C</mi></mrow><mrow><mo>∂</mo><mi>z</mi></mrow></mfrac><mo>=</mo>${entry.gradient}</math>`),
      entry.natural ? element("b", { class: "natural" }, t("natural pair")) : null), plot);
  };
  const head = element("tr", {}, element("th", { scope: "col" }, t("Output")), element("th", { scope: "col", class: "mse" }, t("Mean squared error")), element("th", { scope: "col", class: "ce" }, t("Cross-entropy")));
  outputs.host.append(element("table", {}, element("thead", {}, head), element("tbody", {},
    ...ROWS.map((row) => element("tr", {}, element("th", { scope: "row" }, t(row.name)), ...LOSSES.map((loss) => cell(row, loss)))))));
  for (const entry of outputs.charts) entry.chart = createChart(entry.plot, t("Output by step"));
  post("/trajectories", { start: [2, 2], steps: STEPS, runs }).then((answer) => {
    outputs.rows = answer.runs;
    redraw();
  }).catch((problem) => say(problem.message));
}
