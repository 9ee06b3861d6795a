/** The gradient as a product: every factor over its number, right algebra for both losses, and its size at every step. */
import { t } from "../i18n.js";
import { fix, num, plainNumber } from "../numbers.js";
import { createChart, drawChart } from "./chart.js";
import { element } from "./element.js";
import { formula } from "./losses_formulas.js";

const FACTORS = { mse: ["error", "slope", "input"], ce: ["relative", "slope", "input"] };

/** The ledger of a loss in `host`. */
export function createLedger(host, loss) {
  const numbers = {};
  const symbol = (name) => element("span", { class: `k ${name}` }, formula(name));
  const number = (name) => (numbers[name] = element("span", { class: `n ${name}`, "data-number": name }));
  const sign = (text) => element("span", { class: "o", "aria-hidden": "true" }, text);
  const factors = FACTORS[loss];
  const product = element("div", { class: "product", role: "group" },
    symbol("gradient"), sign("="), ...factors.flatMap((name, index) => [index ? sign("×") : null, symbol(name)]),
    number("gradient"), sign("="), ...factors.flatMap((name, index) => [index ? sign("×") : null, number(name)]));
  const remark = element("p", { class: "remark", "data-number": "remark" });
  const spark = element("div", { class: "spark", "aria-hidden": "true" });
  host.append(
    element("div", { class: "worked" }, product, remark),
    element("div", { class: "sizes" }, spark, element("span", {}, t("gradient size, step by step"))),
  );
  return { host, product, numbers, remark, chart: createChart(spark, "") };
}

/** Show the numbers of the step shown. */
export function drawLedger(ledger, { now, input, target, step, race }, loss) {
  const { a, slope, gradient } = now[loss];
  const error = a - target;
  const relative = slope > 0 ? error / slope : NaN;
  const put = (name, text) => {
    if (ledger.numbers[name].textContent !== text) ledger.numbers[name].textContent = text;
  };
  put("gradient", num(gradient, 3));
  put("slope", num(slope, 4));
  put("input", plainNumber(input));
  if (loss === "mse") put("error", num(error, 4));
  else put("relative", num(relative, 3));
  ledger.product.setAttribute("aria-label", t("gradient {value}", { value: num(gradient, 3) }));
  const times = slope > 0 ? num(1 / slope, 3) : "∞";
  const remark =
    loss === "mse"
      ? t("Cross-entropy’s gradient would be {times} times as large here: 1/σ′(z).", { times })
      : t("The first two factors cancel: a − y = {error} is left.", { error: fix(error, 3) });
  if (ledger.remark.textContent !== remark) ledger.remark.textContent = remark;
  drawSizes(ledger.chart, now, race.spec.steps, step, loss);
}

function drawSizes(chart, now, steps, step, loss) {
  const { trajectory } = now[loss];
  const column = trajectory.columns.get("gradient_w");
  const count = trajectory.count;
  if (chart.version !== trajectory.version || chart.count !== count) {
    chart.sizes = Array.from(column.subarray(0, count), Math.abs);
    chart.steps = chart.sizes.map((_, row) => row);
    Object.assign(chart, { version: trajectory.version, count });
  }
  let top = 1e-9;
  for (const { trajectory: each } of Object.values(now)) {
    const sizes = each.columns.get("gradient_w");
    for (let row = 0; row < each.count; row += 1) top = Math.max(top, Math.abs(sizes[row]) || 0);
  }
  const colour = `var(--c-${loss})`;
  const row = Math.min(step, count - 1);
  drawChart(chart, {
    x: { range: [0, steps] },
    y: { range: [0, top * 1.08] },
    margin: { left: 3, right: 6, top: 5, bottom: 3 },
    fills: [{ x: chart.steps, y: chart.sizes, count: row + 1, colour, opacity: 0.14 }],
    lines: [
      { x: chart.steps, y: chart.sizes, colour, width: 1.3, opacity: 0.4 },
      { x: chart.steps, y: chart.sizes, count: row + 1, colour, width: 2.2 },
    ],
    dots: [{ x: row, y: chart.sizes[row], colour, radius: 4 }],
  });
}
