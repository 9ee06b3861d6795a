/** The panels of the Batches page where a model has many features: every weight on its way, this gradient, the stride that a rule really gives, and every rate. */
import { covered, meanOfRarest, stridePerGradient } from "../features.js";
import { t } from "../i18n.js";
import { fix, plainNumber } from "../numbers.js";
import { chosenOf, find, here, log10, powers, write } from "./batches_parts.js";
import { createChart, describeChart, drawChart, pointerData } from "./chart.js";
import { MEASURED } from "./batches_measures.js";

const WAY = [-0.3, 1.72]; // parts of the way that are drawn
const STRIDES = [-2, 1.31];
const RATES = [-2, 0.31];
const LEAST = -4;

/** Make the panels. */
export function createFeatures(act) {
  const chart = (id) => createChart(find(id), "");
  const features = { weights: chart("weights"), gradient: chart("batch-gradient"), strides: chart("strides"), rates: chart("rates") };
  features.rates.host.addEventListener("pointerdown", (event) => {
    if (event.button === 0 && event.pointerType !== "touch" && features.rates.scale)
      act.rate(Number((10 ** Math.max(-2.5, Math.min(0.3, pointerData(features.rates, event).x))).toPrecision(2)));
  });
  return features;
}

/** Draw all of them. */
export function drawFeatures(page, features) {
  drawWeights(page, features.weights);
  drawGradient(page, features.gradient);
  drawStrides(page, features.strides);
  drawRates(page, features.rates);
}

/** How far each walk's weights have come; kept with the walker, for the sentence asks too. */
export function wayOf(walker) {
  walker.way ??= covered(walker.fit, here(walker, 0), here(walker));
  return walker.way;
}

/** The part of the way that the weights of the rarest features have covered. */
export const rarestOf = (walker) => meanOfRarest(walker.fit, wayOf(walker));

const bounded = (value, [low, high]) => Math.max(low, Math.min(high, value));
const percent = (share) => `${fix(100 * share, share < 0.1 ? 1 : 0)}\u00a0%`;

/** Ticks under some features, with how often each occurs. */
function featureTicks({ order, shares, inputs }) {
  const every = Math.max(1, Math.round((inputs - 1) / 5));
  return order.flatMap((feature, place) =>
    (place % every === 0 || place === inputs - 1) && !(place !== inputs - 1 && inputs - 1 - place < every)
      ? [[place, percent(shares[feature])]]
      : [],
  );
}

function drawWeights(page, chart) {
  const { walkers, theme } = page;
  const chosen = chosenOf(page);
  const { fit } = chosen;
  const width = fit.inputs - 1;
  const shown = (walker) => fit.order.map((feature) => bounded(wayOf(walker)[feature], WAY));
  const last = (walker) => shown(walker).at(-1);
  const ends = [...walkers].sort((a, b) => last(a) - last(b)).map((walker) => ({ walker, y: last(walker) }));
  ends.forEach((end, i) => { if (i && end.y < ends[i - 1].y + 0.09) end.y = ends[i - 1].y + 0.09; });
  const places = fit.order.map((_, place) => place);
  drawChart(chart, {
    size: theme.size(1),
    x: { range: [-0.5, width + 0.5], ticks: featureTicks(fit) },
    y: {
      range: WAY,
      ticks: [
        [0, "0 %"],
        [0.5, "50 %"],
        [1, "100 %"],
      ],
    },
    margin: { left: 44, right: 92 * theme.size(1), top: 12, bottom: 24 },
    still: {
      key: [fit.least, theme.key].join(),
      lines: [
        { x: [-0.5, width + 0.5], y: [1, 1], colour: "var(--ink)", width: 1.2, dash: [2, 3], name: "target" },
        ...fit.order.map((feature, place) => ({
          x: [place, place],
          y: [WAY[0], WAY[0] + 0.6 * fit.shares[feature]],
          colour: "var(--rule-2)",
          width: 7,
          cap: "butt",
        })),
      ],
      words: [
        { x: -0.5, y: WAY[1], dx: 6, dy: 4, text: t("dotted: where each weight belongs"), size: 11, colour: "var(--ink-3)" },
        {
          x: -0.5,
          y: WAY[0] + 0.6 * fit.shares[fit.order[0]],
          dx: 26,
          dy: -6,
          text: t("how often each feature occurs"),
          size: 11,
          colour: "var(--ink-3)",
        },
      ],
    },
    lines: walkers.map((walker) => ({
      x: places,
      y: shown(walker),
      colour: walker.look.colour,
      width: walker.selected ? 1.8 : 1.4,
      opacity: 0.6,
      dash: walker.look.dash,
      name: `way-${walker.index}`,
    })),
    dots: walkers.flatMap((walker) =>
      shown(walker).map((y, place) => ({
        x: place,
        y,
        symbol: walker.look.symbol,
        colour: walker.look.colour,
        radius: walker.selected ? 4 : 3.2,
        name: `way-${walker.index}`,
      })),
    ),
    words: ends.map(({ walker, y }) => ({
      x: width + 0.5,
      y,
      dx: 4,
      text: walker.look.name,
      class: "bold",
      colour: walker.look.colour,
      size: 12,
    })),
  });
  describeChart(
    chart,
    t("How far each weight has come, common features first. The rarest: {facts}.", {
      facts: walkers.map((walker) => `${walker.look.name} ${percent(rarestOf(walker))}`).join(", "),
    }),
  );
}

/** The gradient of the selected walk's batch: nothing for a feature that does not occur in it. */
function drawGradient(page, chart) {
  const chosen = chosenOf(page);
  const { fit, trajectory, row, parameters } = chosen;
  const values = fit.order.map((feature) => trajectory.columns.get(`gradient_${parameters[feature]}`)[row]);
  const reach = [0.1, 0.2, 0.5, 1, 2, 5, 10].find((each) => Math.max(...values.map(Math.abs)) <= each) ?? 10;
  const silent = values.filter((value) => value === 0).length;
  drawChart(chart, {
    size: page.theme.size(1),
    x: { range: [-0.5, fit.inputs - 0.5], ticks: featureTicks(fit) },
    y: {
      range: [-reach, reach],
      ticks: [
        [-reach, plainNumber(-reach)],
        [0, "0"],
        [reach, plainNumber(reach)],
      ],
    },
    margin: { left: 34, right: 8, top: 10 },
    still: { key: `${reach}${fit.least}`, lines: [{ x: [-0.5, fit.inputs - 0.5], y: [0, 0], colour: "var(--rule-2)", width: 1 }] },
    lines: values.map((value, place) => ({
      x: [place, place],
      y: [0, bounded(value, [-reach, reach])],
      colour: chosen.look.colour,
      width: 5,
      cap: "butt",
      name: "component",
    })),
  });
  write("gradient-aside", chosen.look.kind === "full" ? "" : t("{count} of {all} not in this batch", { count: silent, all: fit.inputs }));
  describeChart(chart, t("The gradient of this batch, feature by feature: {count} of {all} are 0.", { count: silent, all: fit.inputs }));
}

/** Way over gradient, summed up to here: for plain descent the rate itself, for adaptive rules a rate for each feature. */
function drawStrides(page, chart) {
  const { walkers, theme } = page;
  const { fit } = chosenOf(page);
  const of = (walker) => fit.order.map((feature) => {
    const name = walker.parameters[feature];
    return log10(stridePerGradient(walker.trajectory.columns.get(name), walker.trajectory.columns.get(`gradient_${name}`), walker.row));
  });
  const shown = walkers.map((walker) => ({
    walker,
    y: of(walker).map((value) => (Number.isFinite(value) ? bounded(value, STRIDES) : NaN)),
  }));
  drawChart(chart, {
    size: theme.size(1),
    x: { range: [-0.5, fit.inputs - 0.5], ticks: featureTicks(fit) },
    y: { range: STRIDES, ticks: powers(-2, 1) },
    margin: { left: 36, right: 8, top: 10 },
    lines: shown.map(({ walker, y }) => ({
      x: y.map((_, place) => place),
      y,
      colour: walker.look.colour,
      width: walker.selected ? 2.6 : 2,
      dash: walker.look.dash,
      name: `stride-${walker.index}`,
    })),
    words: shown.every(({ y }) => y.every(Number.isNaN))
      ? [{ x: (fit.inputs - 1) / 2, y: -0.3, anchor: "middle", text: t("after the first update"), size: 11.5, colour: "var(--ink-3)" }]
      : [],
  });
  const { selected } = page;
  const ends = shown[selected]?.y ?? shown[0].y;
  describeChart(
    chart,
    t("Step for each unit of gradient: {common} for the commonest feature, {rare} for the rarest.", {
      common: plainNumber(Number((10 ** ends[0]).toPrecision(2))),
      rare: plainNumber(Number((10 ** ends.at(-1)).toPrecision(2))),
    }),
  );
}

/** What each rule would have reached at every rate: none is shown at a rate that does not suit it. */
function drawRates(page, chart) {
  const { walkers, theme, rates } = page;
  const known = page.answered ? rates?.measured ?? [] : [];
  const top = Math.max(0.5, log10(walkers[0].excess[0]) + 0.2);
  const height = (excess) => bounded(log10(excess), [LEAST, top]);
  const curves = known.flatMap(({ key, points }) => {
    const walker = walkers.find((each) => each.rateKey === key);
    return walker ? [{ walker, points: points.filter(({ excess }) => excess > 0) }] : [];
  });
  drawChart(chart, {
    size: theme.size(1),
    x: {
      range: RATES,
      ticks: [
        [-2, "0.01"],
        [-1, "0.1"],
        [0, "1"],
      ],
      name: "η",
    },
    y: { range: [LEAST, top], ticks: powers(LEAST, top) },
    margin: { left: 36, right: 8, top: 10 },
    lines: curves.map(({ walker, points }) => ({
      x: points.map(({ rate }) => Math.log10(rate)),
      y: points.map(({ excess }) => height(excess)),
      colour: walker.look.colour,
      width: walker.selected ? 2.4 : 1.8,
      dash: walker.look.dash,
      name: `rates-${walker.index}`,
    })),
    dots: walkers.flatMap((walker) => {
      const curve = curves.find((each) => each.walker.rateKey === walker.rateKey);
      const at = curve && between(curve.points, walker.lr);
      return at > 0
        ? [
            {
              x: Math.log10(walker.lr),
              y: height(at),
              symbol: walker.look.symbol,
              colour: walker.look.colour,
              name: `rate-${walker.index}`,
            },
          ]
        : [];
    }),
    words: curves.length
      ? []
      : [
          {
            x: (RATES[0] + RATES[1]) / 2,
            y: (LEAST + top) / 2,
            anchor: "middle",
            text: page.answered ? t("being measured") : t("after your guess"),
            size: 11.5,
            colour: "var(--ink-3)",
          },
        ],
  });
  const best = curves
    .map(({ walker, points }) => `${walker.look.name}: η ${plainNumber(points.reduce((a, b) => (b.excess < a.excess ? b : a)).rate)}`)
    .join(", ");
  describeChart(
    chart,
    t("Loss above the best after {count} updates at every rate. Best rates: {facts}.", { count: MEASURED, facts: best || "–" }),
  );
}

/** The measured curve at a rate between two that were measured. */
function between(points, rate) {
  const after = points.findIndex((point) => point.rate >= rate * (1 - 1e-9));
  if (after < 0) return NaN;
  if (after === 0 || points[after].rate <= rate * (1 + 1e-9))
    return Math.abs(Math.log(points[after].rate / rate)) < 1e-6 ? points[after].excess : NaN;
  const [a, b] = [points[after - 1], points[after]];
  const part = Math.log(rate / a.rate) / Math.log(b.rate / a.rate);
  return Math.exp(Math.log(a.excess) + part * (Math.log(b.excess) - Math.log(a.excess)));
}
