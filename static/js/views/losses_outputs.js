/**
 * Which output goes with which loss: a table of five outputs and two losses. Each cell has the gradient at the output and
 * trains its pair in miniature, from the page's start at its rate and by its optimizer; a cell that makes no sense says why.
 */
import { post } from "../api.js";
import { mark, t } from "../i18n.js";
import { niceTicks } from "../levels.js";
import { sigmoid } from "../neuron.js";
import { fix, num } from "../numbers.js";
import { createChart, describeChart, drawChart } from "./chart.js";
import { element, mathematics } from "./element.js";
import { LOSSES } from "./losses_look.js";
import { say } from "./notice.js";

const i = (name) => `<mi>${name}</mi>`;
const o = (sign) => `<mo>${sign}</mo>`;
const sub = (name, index) => `<msub>${i(name)}${i(index)}</msub>`;
const brackets = (inside) => `<mrow><mo stretchy="false">(</mo>${inside}<mo stretchy="false">)</mo></mrow>`;
const error = i("a") + o("−") + i("y");

// Each loss as a formula in x and y, which stand for weight and bias: z is the text of input · x + y, t that of the target.
const ROWS = [
  {
    name: mark("linear"),
    output: (z) => z,
    mse: { loss: (z, y) => `(${z} - ${y})**2/2`, gradient: error, natural: true },
    ce: { why: mark("The output may be negative or above 1: it is no probability, and its logarithm has no meaning.") },
  },
  {
    name: mark("sigmoid"),
    output: sigmoid,
    mse: { loss: (z, y) => `(sigmoid(${z}) - ${y})**2/2`, gradient: brackets(error) + i("a") + brackets(`<mn>1</mn>${o("−")}${i("a")}`) },
    ce: { loss: (z, y) => `softplus(${z}) - ${y}*(${z})`, gradient: error, natural: true },
  },
  {
    name: mark("softmax"),
    output: sigmoid,
    about: mark("two classes"),
    mse: {
      loss: (z, y) => `(sigmoid(${z}) - ${y})**2`,
      gradient: `${sub("a", "j")}${brackets(`${sub("a", "j")}${o("−")}${sub("y", "j")}${o("−")}<munder><mo largeop="false">∑</mo>${i("k")}</munder>${sub("a", "k")}${brackets(sub("a", "k") + o("−") + sub("y", "k"))}`)}`,
    },
    ce: { loss: (z, y) => `softplus(${z}) - ${y}*(${z})`, gradient: sub("a", "j") + o("−") + sub("y", "j"), natural: true },
  },
  {
    name: mark("tanh"),
    output: Math.tanh,
    mse: {
      loss: (z, y) => `(tanh(${z}) - ${y})**2/2`,
      gradient: brackets(error) + brackets(`<mn>1</mn>${o("−")}<msup>${i("a")}<mn>2</mn></msup>`),
    },
    ce: { why: mark("The output may be negative. Moved to (1 + a)/2 it is a sigmoid of 2z, and that row holds.") },
  },
  {
    name: mark("ReLU"),
    output: (z) => Math.max(0, z),
    mse: {
      loss: (z, y) => `(relu(${z}) - ${y})**2/2`,
      gradient: `${brackets(error)}<mspace width="0.3em"/>${brackets(`${i("z")}${o("&gt;")}<mn>0</mn>`)}`,
    },
    ce: { why: mark("The output may be above 1, where ln(1 − a) has no meaning, and is 0 for half of all z.") },
  },
];

/** The table in `host`, filled when it is first shown. */
export function createOutputs(host) {
  return { host, filled: false, charts: [], key: "", asked: "", runs: null };
}

/** Show the table at the step shown; `redraw` is called when its runs have come. */
export function drawOutputs(outputs, shown, redraw) {
  if (!outputs.filled) fill(outputs);
  train(outputs, shown.race.spec, redraw);
  for (const cell of outputs.charts) if (outputs.runs) drawCell(outputs, cell, shown);
}

/** The pairs by the page's own start, rate and optimizer; asked for again when one of these is another. */
function train(outputs, { start, steps, runs }, redraw) {
  const { input, target } = runs[0].problem;
  const z = `${input}*x + y`;
  const spec = {
    start, steps,
    runs: outputs.charts.map(({ row, loss }) => {
      const { optimizer, settings } = runs.find(({ problem }) => problem.loss === loss);
      return { optimizer, settings, problem: { kind: "formula", formula: row[loss].loss(z, target) } };
    }),
  };
  const key = JSON.stringify(spec);
  if (key === outputs.key || outputs.asked) return;
  outputs.asked = key;
  post("/trajectories", spec).then((answer) => {
    outputs.runs = answer.runs.map(({ columns }, index) => ({
      a: columns.x.map((w, step) => outputs.charts[index].row.output(w * input + columns.y[step])),
      gradient: columns.gradient_y,
    }));
  }).catch((problem) => say(problem.message)).finally(() => {
    Object.assign(outputs, { key, asked: "" });
    redraw();
  });
}

function drawCell(outputs, { chart, loss, run, number }, { theme, race, step, asked }) {
  const { a, gradient } = outputs.runs[run];
  const { steps } = race.spec;
  const { target } = race.spec.runs[0].problem;
  const at = Math.min(step, a.length - 1);
  const open = asked.pending();
  const [low, high] = [Math.min(0, ...a), Math.max(1, ...a)];
  const colour = `var(--c-${loss})`;
  const xs = a.map((_, index) => index);
  const right = step < steps * 0.8;
  drawChart(chart, {
    size: theme.size(1),
    x: { range: [0, steps], ticks: niceTicks(0, steps, 3).map((v) => [v, String(v)]) },
    y: {
      range: [low - 0.04 * (high - low), high * 1.05],
      ticks: [
        [0, "0"],
        [Math.floor(high), String(Math.floor(high))],
      ],
    },
    margin: { left: 20, right: 14, top: 6, bottom: 18 },
    lines: [
      { x: [0, steps], y: [target, target], colour: "var(--ink-3)", width: 1, dash: [2, 3] },
      ...(open ? [] : [{ x: xs, y: a, colour, width: 1.4, opacity: theme.dark ? 0.45 : 0.36 }]),
      { x: xs, y: a, count: at + 1, colour, width: 2.2, dash: loss === "ce" ? [7, 4] : [], name: loss },
    ],
    dots: [{ x: at, y: a[at], symbol: loss === "ce" ? "diamond" : "circle", colour, radius: 4.5, name: loss }],
    words: [
      {
        x: at,
        y: a[at],
        dx: right ? 9 : -9,
        dy: a[at] > (low + high) / 2 ? 12 : -11,
        anchor: right ? "start" : "end",
        text: fix(a[at], 3),
        class: "bold",
        colour,
        size: 12,
        name: "output",
      },
    ],
  });
  const now = `= ${num(gradient[at], 3)}`;
  if (number.textContent !== now) number.textContent = now;
  const half = a.findIndex((value) => value < 0.5);
  describeChart(
    chart,
    open ? t("Output by step.") : t("Output by step; below one half from step {step}.", { step: half < 0 ? "–" : half }),
  );
}

function fill(outputs) {
  outputs.filled = true;
  let run = 0;
  const cell = (row, loss) => {
    const entry = row[loss];
    if (entry.why) return element("td", { class: `${loss} senseless` }, element("p", {}, t(entry.why)));
    const plot = element("div", { class: "plot" });
    const number = element("b", { class: "now" });
    outputs.charts.push({ plot, row, loss, run, number });
    run += 1;
    return element(
      "td",
      { class: loss },
      element(
        "p",
        { class: "gradient" },
        element(
          "span",
          {},
          mathematics(
            `<math><mfrac displaystyle="false"><mrow><mo>∂</mo><mi>C</mi></mrow><mrow><mo>∂</mo><mi>z</mi></mrow></mfrac><mo>=</mo>${entry.gradient}</math>`,
          ),
          " ",
          number,
        ),
        entry.natural ? element("b", { class: "natural" }, t("natural pair")) : null,
      ),
      plot,
    );
  };
  const head = element(
    "tr",
    {},
    element("th", { scope: "col" }, t("Output")),
    element("th", { scope: "col", class: "mse" }, t("Mean squared error")),
    element("th", { scope: "col", class: "ce" }, t("Cross-entropy")),
  );
  outputs.host.append(
    element(
      "table",
      {},
      element("thead", {}, head),
      element(
        "tbody",
        {},
        ...ROWS.map((row) =>
          element(
            "tr",
            {},
            element("th", { scope: "row" }, t(row.name), row.about ? element("small", {}, t(row.about)) : null),
            ...LOSSES.map((loss) => cell(row, loss)),
          ),
        ),
      ),
    ),
  );
  for (const entry of outputs.charts) entry.chart = createChart(entry.plot, t("Output by step"));
}
