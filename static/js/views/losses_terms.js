/**
 * Cross-entropy term by term, of the model that is trained by it: the chance that each point was given, its term in the
 * binary and in the categorical form, and a slide rule on which the terms lie end to end while the chances multiply above
 * them. A single point with a soft target is taken apart into entropy and divergence instead (losses_floor.js).
 */
import { t } from "../i18n.js";
import { model } from "../landscape.js";
import { niceTicks } from "../levels.js";
import { logit, sequence, sigmoid } from "../neuron.js";
import { fix, num, plainNumber } from "../numbers.js";
import { kindOf, withPairStart } from "../pair.js";
import { termsOf, together } from "../terms.js";
import { cell } from "../trajectory.js";
import { createChart, describeChart, drawChart } from "./chart.js";
import { fillRow, makeTable, sayEqual, write } from "./losses_account.js";
import { modelOf } from "./losses_data.js";
import { onArrows, onDrag } from "./losses_drag.js";
import { drawFloor, dragFloor } from "./losses_floor.js";
import { COLOUR } from "./losses_look.js";
import { drawRuler } from "./losses_ruler.js";
import { bareLoss, ghostsOf, runsOf } from "./losses_words.js";

const BLUE = COLOUR.ce;
const STEADY = [0.01, 0.99]; // outputs that a point is dragged to

/** The views of the terms; `act.edit` hears of another start or target. */
export function createTerms(page, act) {
  const chart = (id) => createChart(document.querySelector(`#${id} .plot`), "");
  const terms = {
    page,
    act,
    models: new Map(),
    chances: chart("chances"),
    product: chart("product"),
    ruler: chart("ruler"),
    table: null,
    at: null,
    shown: null,
    look: page.tokens.losses.ce,
  };
  drag(terms);
  dragFloor(terms);
  point(terms);
  return terms;
}

/** Draw everything at the step shown; `redraw` is called when something that was fetched has come. */
export function drawTerms(terms, shown, redraw) {
  terms.redraw = redraw;
  const size = shown.theme.size(1);
  const { trajectory, row } = runsOf(shown).ce;
  const ghost = ghostsOf(shown).ce;
  const dash = terms.page.tokens.dashes[terms.look.dash];
  const scene = { ...shown, trajectory, row, ghost, dash, size, loss: bareLoss(shown, trajectory, row) };
  const soft = kindOf(shown.race.spec) === "neuron";
  document.querySelector("#soft-label").hidden = !soft;
  if (soft) return drawFloor(terms, scene);
  const { problem } = shown.race.spec.runs[0];
  const described = modelOf(terms, problem);
  if (!described) return;
  const bias = problem.bias !== false;
  const points = model(described.points, described.labels, bias);
  const at = (place, rows) => termsOf(points, shown.race.parameters.map((name) => cell(rows, name, place)));
  const list = at(row, trajectory);
  if (!Number.isFinite(list[0]?.z)) return;
  terms.shown = { ...scene, points, bias, list, all: together(list), at };
  drawChances(terms, terms.shown);
  drawProduct(terms, terms.shown);
  drawTable(terms, terms.shown);
  drawRuler(terms, terms.shown);
  const { product, sum } = terms.shown.all;
  sayEqual(
    t("negative log-likelihood: −ln ∏ ÷ {count} =", { count: list.length }),
    (product > 1e-300 ? -Math.log(product) : sum) / list.length,
    scene.loss,
  );
}

/* the points: how much of the panel's height each one was given is the chance of what happened */

function drawChances(terms, { points, bias, list, race, row, trajectory, ghost, dash, size, phone }) {
  const place = (index) => (bias ? points.features[index][0] : list[index].z);
  const places = list.map((_, index) => place(index));
  const pad = 0.12 * (Math.max(...places) - Math.min(...places)) || 1;
  const range = [Math.min(...places) - pad, Math.max(...places) + pad];
  const xs = sequence(...range, 121);
  const curve = (rows, at) => {
    const [u, v] = race.parameters.map((name) => cell(rows, name, at));
    return xs.map((x) => sigmoid(bias ? u * x + v : x));
  };
  const faint = (index) => (terms.at === null || terms.at === index ? 1 : 0.35);
  const few = list.length <= 12;
  const bars = list.map(({ y, a }, index) => ({
    x: [place(index), place(index)],
    y: [1 - y, a],
    colour: BLUE,
    width: few ? 9 : 3,
    opacity: 0.28 * faint(index),
    cap: "butt",
    name: `chance-${index}`,
  }));
  const lines = [
    ...bars,
    ...(ghost
      ? [{ x: xs, y: curve(ghost, Math.min(row, ghost.count - 1)), colour: BLUE, width: 1.4, dash: [1.5, 4], opacity: 0.7, name: "ghost" }]
      : []),
    { x: xs, y: curve(trajectory, row), colour: BLUE, width: 2.4, dash, name: "model" },
  ];
  const dots = list.flatMap(({ y, a }, index) => [
    { x: place(index), y, colour: "var(--ink-3)", radius: few ? 4 : 2.5, name: `label-${index}` },
    { x: place(index), y: a, symbol: terms.look.symbol, colour: BLUE, radius: few ? 5.5 : 3, name: `point-${index}` },
  ]);
  const words = few
    ? list.map(({ y, a, chance }, index) => ({
        x: place(index),
        y: (1 - y + a) / 2,
        dx: 9,
        text: fix(chance, 3),
        colour: BLUE,
        class: terms.at === index ? "bold" : "",
        size: 12,
        name: `chance-${index}`,
      }))
    : [];
  drawChart(terms.chances, {
    size,
    x: {
      range,
      ticks: niceTicks(range[0], range[1] - 0.05 * (range[1] - range[0]), 6).map((v) => [v, plainNumber(v)]),
      name: bias ? "x" : "z",
    },
    y: {
      range: [-0.06, 1.06],
      ticks: [
        [0, "0"],
        [0.5, "0.5"],
        [1, "1"],
      ],
    },
    margin: { left: 34, right: phone ? 48 : 16 },
    lines,
    dots,
    words,
  });
  write("#chances .w", t("Points and chances"));
  write("#chances .aside", bias ? t("a bar is the chance of what happened · drag an output") : t("a bar is the chance of what happened"));
  const chosen = list[terms.at ?? 0];
  const { root } = terms.chances;
  root.setAttribute("aria-valuenow", String(Number(chosen.a.toFixed(3))));
  root.setAttribute(
    "aria-valuetext",
    t("point {number}: output {a}, chance {chance}", { number: (terms.at ?? 0) + 1, a: fix(chosen.a, 3), chance: fix(chosen.chance, 3) }),
  );
  describeChart(terms.chances, t("The points with the model. Up and down moves the output of a point, left and right chooses another."));
}

/** An output is dragged: the model starts again with the weight that it has and the bias that leads through there. */
function lead(terms, index, a) {
  const { race, points, row, trajectory } = terms.shown;
  const w = Number(cell(trajectory, race.parameters[0], row).toFixed(3));
  const b = logit(Math.max(STEADY[0], Math.min(STEADY[1], a))) - w * points.features[index][0];
  terms.act.edit(withPairStart(race.spec, [w, Number(b.toFixed(3))]), { step: 0, moving: true });
}

function drag(terms) {
  const { root } = terms.chances;
  for (const [name, value] of Object.entries({ role: "slider", tabindex: "0", "aria-valuemin": "0", "aria-valuemax": "1" }))
    root.setAttribute(name, value);
  const points = () => terms.shown && !terms.shown.floor;
  onDrag(terms, terms.chances, (at) => {
    if (!points() || !terms.shown.bias) return false;
    const { scale } = terms.chances;
    const far = terms.shown.list.map(({ a }, index) =>
      Math.hypot(scale.x(terms.shown.points.features[index][0]) - scale.x(at.x), scale.y(a) - scale.y(at.y)),
    );
    const nearest = far.indexOf(Math.min(...far));
    if (far[nearest] > 28) return false;
    terms.at = nearest;
    return true;
  }, (at) => lead(terms, terms.at, at.y));
  onArrows(terms, root, 0.02, (move, { floor, list, bias }, event) => {
    if (floor) return floor.move(move);
    const index = terms.at ?? 0;
    const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (sideways) {
      terms.at = (index + sideways + list.length) % list.length;
      terms.act.show({});
    } else if (bias) lead(terms, index, list[index].a + move);
  });
}

/** A point that the mouse is over is marked everywhere: in the chart, in its row, on the rule. */
function point(terms) {
  const marked = (event) =>
    /^(?:chance|label|point|term)-(\d+)$/.exec(
      event.target.dataset?.dot ??
        event.target.dataset?.line ??
        event.target.dataset?.box ??
        event.target.closest?.("[data-term]")?.dataset.term ??
        "",
    );
  document.querySelector("#terms").addEventListener("pointermove", (event) => { // not "pointerover": what moves under a still mouse takes nothing from the keys
    if (event.pointerType !== "mouse" || event.buttons) return;
    const found = marked(event);
    const at = found ? Number(found[1]) : null;
    if (at === terms.at) return;
    terms.at = at;
    terms.act.show({});
  });
}

/* product up, loss down */

function drawProduct(terms, { race, trajectory, row, step, size, theme, at, ghost, loss, all }) {
  const { steps } = race.spec;
  const history = likelihoods(terms, trajectory, at);
  const losses = Array.from(trajectory.columns.get("loss").subarray(0, trajectory.count));
  const top = Math.max(...losses);
  const most = Math.max(...history, 1e-300);
  const xs = losses.map((_, index) => index);
  const series = [
    {
      name: "loss",
      y: losses.map((value) => value / top),
      colour: BLUE,
      dash: terms.page.tokens.dashes[terms.look.dash],
      symbol: terms.look.symbol,
      now: loss,
      word: t("loss"),
    },
    {
      name: "likelihood",
      y: history.map((value) => value / most),
      colour: "var(--ink)",
      dash: [],
      symbol: "square",
      now: all.product,
      word: t("likelihood"),
    },
  ];
  const lines = series.flatMap(({ name, y, colour, dash }) => [
    { x: xs, y, colour, width: 1.5, opacity: theme.dark ? 0.45 : 0.36 }, { x: xs, y, count: row + 1, colour, width: 2.6, dash, name },
  ]);
  if (ghost)
    lines.unshift({
      x: xs,
      y: Array.from(ghost.columns.get("loss"), (value) => value / top),
      count: Math.min(xs.length, ghost.count),
      colour: BLUE,
      width: 1.4,
      dash: [1.5, 4],
      opacity: 0.7,
      name: "loss-ghost",
    });
  const right = step < steps * 0.7;
  const above = (index) => series[index].y[row] >= series[1 - index].y[row] || series[index].y[row] < 0.12;
  const words = series.flatMap(({ name, y, colour, now, word }, index) => [
    {
      x: row,
      y: y[row],
      dx: right ? 10 : -10,
      dy: above(index) ? -13 : 14,
      anchor: right ? "start" : "end",
      text: [
        [`${word} `, null],
        [num(now, 3), "bold"],
      ],
      colour,
      name,
    },
    ...[0.5, 1].map((part) => ({
      x: index ? steps : 0,
      y: part,
      dx: index ? 6 : -6,
      anchor: index ? "start" : "end",
      text: num(part * (index ? most : top), 2),
      colour,
      size: 11,
    })),
  ]);
  drawChart(terms.product, {
    size,
    x: { range: [0, steps], ticks: niceTicks(0, steps, 5).map((v) => [v, String(v)]) },
    y: {
      range: [0, 1.08],
      ticks: [
        [0, "0"],
        [0.5, ""],
        [1, ""],
      ],
    },
    margin: { left: 40, right: 52 * size, top: 16 * size },
    uprights: [{ x: Math.min(step, steps) }],
    lines,
    words,
    dots: series.map(({ name, y, colour, symbol }) => ({ x: row, y: y[row], symbol, colour, name })),
  });
  write("#product .w", t("Product up, loss down"));
  write("#product .aside", t("by step · each on a scale of its own"));
  describeChart(
    terms.product,
    t("By step: likelihood {likelihood}, loss {loss}.", { likelihood: num(all.product, 3), loss: num(loss, 3) }),
  );
}

/** The likelihood at every row that has come; computed once for each. */
function likelihoods(terms, trajectory, at) {
  const known = terms.history?.version === trajectory.version ? terms.history.values : [];
  for (let row = known.length; row < trajectory.count; row += 1) known.push(together(at(row, trajectory)).product);
  terms.history = { version: trajectory.version, values: known };
  return known;
}

/* the table */

const HEADS = () => [
  ["x", null], ["y", null], ["a", null],
  [t("chance of what happened"), "chance", t("Bernoulli")],
  [t("binary form"), "binary", t("two outcomes")],
  [t("categorical form"), "categorical", t("multinomial, one draw")],
  [t("term"), null],
];

function drawTable(terms, { points, list, all, bias, loss }) {
  const key = `points${list.length}`;
  if (terms.table?.key !== key) terms.table = makeTable(key, HEADS(), list.length, "term");
  const short = (value) => fix(value, 3);
  list.forEach(({ y, a, chance, term }, index) => {
    const features = points.features[index].slice(0, bias ? 1 : 2).map(plainNumber).join(", ");
    const texts = [
      features, plainNumber(y), short(a), short(chance),
      `−[${plainNumber(y)} · ln ${short(a)} + ${plainNumber(1 - y)} · ln ${short(1 - a)}]`,
      `−(${plainNumber(1 - y)} · ln ${short(1 - a)} + ${plainNumber(y)} · ln ${short(a)})`, fix(term, 4),
    ];
    fillRow(terms.table.rows[index], texts, terms.at === index);
  });
  const sum = num(all.sum, 5);
  fillRow(
    terms.table.foot,
    [t("together"), "", "", `∏ = ${num(all.product, 4)}`, `∑ = ${sum}`, `∑ = ${sum}`, `${sum} ÷ ${list.length} = ${num(loss, 4)}`],
    false,
  );
}
