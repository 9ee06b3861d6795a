/**
 * The panels of the Batches page at one tick of its clock: the bowl with its walks, the loss above the best one, the points
 * with their lines, the gradients that other batches would give, and the noise floor against the rate; of a model with
 * many features, the weights on their way.
 */
import { t } from "../i18n.js";
import { equalAspect } from "../levels.js";
import { makeMap } from "../map.js";
import { fix, num, plainNumber } from "../numbers.js";
import { costOf, stairs } from "../pace.js";
import { cloudOf, drawBatches, gradientOf, noiseFloor, pointGradients, uphillShare } from "../regression.js";
import { withRate } from "../walks.js";
import { createFeatures, drawFeatures } from "./batches_features.js";
import { chosenOf, countText, find, here, log10, LOWEST, powers, write } from "./batches_parts.js";
import { createPoints, drawPoints } from "./batches_points.js";
import { excessText, spoken } from "./batches_words.js";
import { createChart, describeChart, drawChart, pointerData, roomOf } from "./chart.js";
import { contourAspect, createContour, drawContour } from "./contour.js";

const REST_AFTER = 140; // ms without change before Plotly draws the paths
const PARAMETERS = ["w_1", "b"];
const WIDE = 400; // pixels of the loss chart from which there is room for a hint
const DRAWS = 250; // batches in the cloud
const TAIL = 40; // updates of a noisy walk that stay in full colour: older ones would cover the map
const RATES = Array.from({ length: 81 }, (_, i) => 10 ** (-2 + (2.3 * i) / 80));

/** Make the panels. */
export function createStage(page, plotly, act) {
  const chart = (id) => createChart(find(id), "");
  const stage = {
    changedAt: 0, act, contour: createContour(find("contour"), plotly, act), excess: chart("excess"), data: createPoints(page, chart("data"), act), cloud: chart("cloud"), floor: chart("floor"),
    features: createFeatures(act), views: new WeakMap(), batches: new Map(), lines: new WeakMap(), mapKey: "", map: null,
  };
  pickRate(page, stage);
  return stage;
}

/** Whether nothing has changed for a moment. */
export function isResting(stage, now) {
  return now - stage.changedAt >= REST_AFTER;
}

/** Draw everything; `rest` hands the paths to Plotly. */
export function drawStage(page, rest) {
  find("panels").dataset.of = page.plane ? "plane" : "features";
  drawExcess(page);
  if (!page.plane) return drawFeatures(page, page.stage.features);
  drawBowl(page, rest);
  drawPoints(page, page.stage.data);
  drawCloud(page);
  drawFloor(page);
}

/* the bowl */

/** A run's rows up to the one shown, as the contour takes them: the same object as long as the rows are the same. */
function shownPart(stage, { trajectory, row }) {
  let view = stage.views.get(trajectory);
  if (!view) stage.views.set(trajectory, (view = { columns: trajectory.columns }));
  return Object.assign(view, { version: trajectory.version, count: row + 1, status: trajectory.status });
}

/** The last rows of a run, as a run of their own. */
function tailPart({ trajectory, row }) {
  const first = Math.max(0, row - TAIL);
  const columns = new Map(PARAMETERS.map((name) => [name, trajectory.columns.get(name).subarray(first, row + 1)]));
  return { columns, version: `${trajectory.version}.${row}`, count: row + 1 - first, status: trajectory.status };
}

const isLong = ({ look, row }) => look.kind !== "full" && row > 1.5 * TAIL;

function drawBowl(page, rest) {
  const { stage, walkers, theme } = page;
  const chosen = chosenOf(page);
  const map = bowlOf(page, chosen, page.frame ?? here(chosen, 0));
  const common = (walker) => ({ index: walker.index, selected: walker.selected, visible: true, identity: walker.look });
  const runs = walkers.map((walker) => ({ ...common(walker), trajectory: isLong(walker) ? tailPart(walker) : shownPart(stage, walker) }));
  const ghosts = [
    ...page.ghosts.filter(({ plane }) => plane).map((ghost, index) => ({ index: -100 - index, selected: false, visible: true, identity: ghost.look, trajectory: ghost.trajectory })),
    ...walkers.filter(isLong).map((walker) => ({ ...common(walker), index: -1 - walker.index, selected: false, trajectory: shownPart(stage, walker) })),
  ];
  drawContour(stage.contour, {
    map, theme, runs, ghosts, starts: startsOf(walkers), parameters: PARAMETERS, step: walkers.some(({ row }) => row > 4) ? Infinity : 4, moving: !rest,
    hover: page.hover?.row === undefined ? page.hover : null, words: { start: t("start") }, overlays: page.fan ? [(context, toPixels) => drawFan(context, toPixels, page)] : [],
  }, rest);
}

/** Where walks begin: one place, or one each where they go on from somewhere. */
function startsOf(walkers) {
  return [...new Map(walkers.map((walker) => here(walker, 0)).map((start) => [start.join(), start])).values()];
}

function bowlOf(page, chosen, start) {
  const { stage, theme } = page;
  const aspect = contourAspect(stage.contour, theme);
  const key = JSON.stringify([chosen.answer.formula, page.window, page.gesture ? stage.startKey : start, aspect.toFixed(3)]);
  if (!page.gesture) stage.startKey = start;
  if (stage.mapKey !== key) {
    stage.mapKey = key;
    const { minimum } = chosen.fit;
    const span = Math.max(1, ...minimum.map((m, i) => Math.abs(m - start[i])));
    const around = minimum.map((m, i) => [Math.min(start[i] - 0.12 * span, m - 0.42 * span), Math.max(start[i] + 0.12 * span, m + 0.42 * span)]);
    stage.map = makeMap(chosen.answer, { window: page.window ?? equalAspect(around, aspect), aspect });
  }
  return stage.map;
}

/** Where the same walk is with 20 other seeds. */
function drawFan(context, toPixels, page) {
  const { row, look } = chosenOf(page);
  context.fillStyle = look.colour;
  context.strokeStyle = page.theme.paper;
  context.lineWidth = 1;
  for (const { w, b } of page.fan.walks) {
    const at = Math.min(row, w.length - 1);
    const [x, y] = toPixels([w[at], b[at]]);
    context.beginPath();
    context.arc(x, y, 3, 0, 2 * Math.PI);
    context.globalAlpha = 0.75;
    context.fill();
    context.globalAlpha = 1;
    context.stroke();
  }
}

/* the loss above the best one */

/** Powers of ten of a loss; where it leaves what is drawn, below or above, the line ends at the edge. */
function withinPanel(values, top) {
  let gone = false;
  return Array.from(values, (value) => {
    const exponent = log10(value);
    const out = !(exponent > LOWEST && exponent < top);
    const first = out && !gone;
    gone = out;
    return !out ? exponent : first ? Math.max(LOWEST, Math.min(top, exponent)) : NaN;
  });
}

function drawExcess(page) {
  const { stage, walkers, clock, theme, player } = page;
  const chart = stage.excess;
  const size = theme.size(1);
  const width = roomOf(chart)[0];
  const from = clock.log ? 0.7 : 0;
  const x = (amount) => (clock.log ? Math.log10(Math.max(amount, from)) : amount);
  const range = [x(from), x(clock.most) + (clock.log ? 0.02 : 0)];
  const top = log10(Math.max(...walkers.map(({ excess }) => excess[0]))) + 0.25;
  const shape = (walker, values, rows) => {
    const steps = stairs(walker.pace, values, rows, { currency: clock.currency, atOnce: clock.atOnce, log: clock.log, from, to: clock.most, columns: width });
    return { x: steps.x.map(x), y: withinPanel(steps.y, top) };
  };
  const whole = (walker) => {
    const key = [walker.trajectory.version, walker.trajectory.count, clock.currency, clock.atOnce, clock.most, width].join();
    let known = stage.lines.get(walker.trajectory);
    if (known?.key !== key) {
      const rows = Math.min(walker.trajectory.count - 1, clock.row(walker.pace, clock.ticks));
      known = { key, rows, faint: shape(walker, walker.level, rows) };
      stage.lines.set(walker.trajectory, known);
    }
    return known;
  };
  const fan = page.fan?.walks.length ? page.fan : null;
  const hint = width > WIDE * size ? hintOf(page) : "";
  const known = page.answered; // before the question is answered nothing gives the answer away
  const waiting = !known && player.step === 0;
  const still = {
    key: [known, waiting, walkers.map((walker) => whole(walker).key + walker.look.name + walker.look.colour), fan?.key, page.selected, page.ghostsKey].join(),
    lines: !known ? [] : [
      ...page.ghosts.map((ghost) => ({ ...shape(ghost, ghost.level, Math.min(ghost.rows, clock.row(ghost.pace, clock.ticks))), colour: ghost.look.colour, width: 1.2, dash: [5, 3], opacity: theme.dark ? 0.6 : 0.5, name: "ghost" })),
      ...walkers.flatMap((walker) => floorLine(walker, page.race.spec, range)),
      ...walkers.map((walker) => ({ ...whole(walker).faint, colour: walker.look.colour, width: 1.4, opacity: theme.dark ? 0.42 : 0.34 })),
      ...(fan ? fan.walks.map((walk) => ({ ...shape(walkers[fan.index] ?? walkers[0], walk.level, walk.level.length - 1), colour: (walkers[fan.index] ?? walkers[0]).look.colour, width: 1, opacity: 0.4 })) : []),
    ],
    words: [
      ...(hint ? [{ x: range[0], y: LOWEST, dx: 6, dy: -10, text: hint, size: 11, colour: "var(--ink-3)" }] : []),
      ...(!waiting ? [] : [{ x: (range[0] + range[1]) / 2, y: (LOWEST + top) / 2, anchor: "middle", text: t("Each walk draws its line here, after your guess."), size: 12, colour: "var(--ink-3)" }]),
      ...(known ? names(walkers, whole, range, chart, size) : []),
    ],
  };
  const lines = [];
  for (const walker of walkers) {
    if (walker.look.kind !== "full") lines.push({ ...shape(walker, walker.excess, walker.row), colour: walker.look.colour, width: 0.8, opacity: 0.3, name: `raw-${walker.index}` });
    lines.push({ ...shape(walker, walker.level, walker.row), colour: walker.look.colour, width: walker.selected ? 2.8 : 2.3, dash: walker.look.dash, name: `walk-${walker.index}` });
  }
  const amount = clock.amount(player.step);
  const dots = walkers.map((walker) => {
    const value = walker.level[walker.row];
    const reached = Math.min(costOf(walker.pace, walker.row, clock.currency, clock.atOnce), amount);
    return { x: x(walker.over ? reached : amount), y: Math.max(LOWEST, Math.min(top, log10(value))), symbol: walker.look.symbol, colour: walker.look.colour, name: `walk-${walker.index}`, radius: walker.selected ? 6 : 5 };
  });
  const ticks = clock.log ? powers(0, range[1]) : stepTicks(clock.most);
  drawChart(chart, {
    size, x: { range, ticks: ticks.filter(([value]) => value <= range[1] - 0.01 * (range[1] - range[0])) }, y: { range: [LOWEST, top], ticks: powers(LOWEST, top) },
    margin: { left: 36, right: (clock.log ? 64 : 118) * size, top: 8, bottom: 22 }, still, uprights: [{ x: x(amount) }], lines, dots,
  });
  describeChart(chart, `${t("Loss above the best one, on a logarithmic scale.")} ${spoken(page)}`);
}

/** What a line is that its name does not say. */
function hintOf({ answered, walkers, ghosts }) {
  if (!answered) return "";
  if (ghosts.length) return t("dashes: before the change");
  return walkers.some(({ look }) => look.kind !== "full") ? t("thick: mean of the last quarter of the updates") : "";
}

/** Where theory puts the floor of a walk at a constant rate. */
function floorLine({ fit, look, lr, index, plain }, spec, range) {
  if (!plain || fit.inputs) return [];
  const floor = noiseFloor(fit, look.size, lr);
  if (look.kind === "full" || spec.runs[index].schedule || !Number.isFinite(floor) || log10(floor) < LOWEST) return [];
  return [{ x: range, y: [log10(floor), log10(floor)], colour: look.colour, width: 1, dash: [1.5, 4], opacity: 0.8 }];
}

/** Each walk's name at the end of its line, pushed apart. */
function names(walkers, whole, range, chart, size) {
  const height = Math.max(80, roomOf(chart)[1] - 30);
  const unit = (Math.abs(LOWEST) + 1.3) / height;
  const found = walkers.map((walker) => {
    const { faint } = whole(walker);
    let last = faint.y.length - 1;
    while (last > 0 && !Number.isFinite(faint.y[last])) last -= 1;
    return { x: faint.x[last], y: Math.max(LOWEST + 10 * unit, faint.y[last]), walker };
  }).sort((a, b) => a.y - b.y);
  found.forEach((name, i) => {
    for (const below of found.slice(0, i)) if (Math.abs(below.x - name.x) < 0.3 * (range[1] - range[0])) name.y = Math.max(name.y, below.y + 16 * size * unit);
  });
  return found.map(({ x, y, walker }) => ({ x, y, dx: 8, text: walker.look.name, class: "bold", colour: walker.look.colour, size: 12, name: `name-${walker.index}` }));
}

function stepTicks(steps) {
  const unit = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000].find((each) => steps / each <= 7) ?? 5000;
  return Array.from({ length: Math.floor(steps / unit) + 1 }, (_, i) => [i * unit, countText(i * unit)]);
}

/* the gradients that batches would give here */

function batchesOf(stage, count, size) {
  const key = `${count},${size}`;
  if (!stage.batches.has(key)) stage.batches.set(key, drawBatches(count, size, DRAWS));
  return stage.batches.get(key);
}

function drawCloud(page) {
  const { stage, walkers, theme } = page;
  const chosen = chosenOf(page);
  const { fit } = chosen;
  const place = here(chosen);
  const full = gradientOf(fit, place);
  const seen = new Set();
  const clouds = [...walkers].sort((a, b) => a.look.size - b.look.size).filter((walker) => walker.fit === fit && !seen.has(walker.look.size) && seen.add(walker.look.size))
    .map((walker) => ({ walker, cloud: cloudOf(fit, place, batchesOf(stage, fit.count, walker.look.size)) }));
  const reach = reachOf(fit, place, full, clouds);
  const [width, height] = roomOf(stage.cloud);
  const aspect = Math.max(0.4, (width - 40) / Math.max(40, height - 34));
  const [rx, ry] = aspect > 1 ? [reach * aspect, reach] : [reach, reach / aspect];
  const lines = clouds.map(({ walker, cloud }) => ({
    x: Array.from(cloud.x).flatMap((value) => [bounded(value, rx), bounded(value, rx), NaN]), y: Array.from(cloud.y).flatMap((value) => [bounded(value, ry), bounded(value, ry), NaN]),
    colour: walker.look.colour, width: walker === chosen ? 3.6 : 3, opacity: walker === chosen ? 0.6 : 0.38, cap: "round", name: `cloud-${walker.index}`,
  }));
  const gradient = chosen.parameters.map((name) => chosen.trajectory.columns.get(`gradient_${name}`)[chosen.row]);
  lines.push({ x: [0, full[0]], y: [0, full[1]], colour: "var(--ink)", width: 2.2, name: "full" });
  const unit = niceUnit(reach);
  const ticks = (r) => [-unit, 0, unit].filter((v) => Math.abs(v) < r).map((v) => [v, plainNumber(v)]);
  drawChart(stage.cloud, {
    size: theme.size(1), x: { range: [-rx, rx], ticks: ticks(0.6 * rx), name: "∂C/∂w" }, y: { range: [-ry, ry], ticks: ticks(ry) }, margin: { left: 32, right: 6, top: 12 },
    still: { key: "origin", lines: [{ x: [0, 0], y: [-ry, ry], colour: "var(--rule)", width: 1 }], words: [{ x: -rx, y: ry, dx: 4, dy: 2, text: [["∂C/∂b", "v"]], size: 12 }] },
    lines, dots: [{ x: full[0], y: full[1], symbol: "circle", radius: 3.5, colour: "var(--ink)", name: "full" }, { x: bounded(gradient[0], rx), y: bounded(gradient[1], ry), symbol: chosen.look.symbol, colour: chosen.look.colour, name: "drawn" }],
  });
  const own = clouds.find(({ walker }) => walker.look.size === chosen.look.size) ?? clouds[0];
  const share = uphillShare(own.cloud, full);
  write("cloud-aside", chosen.look.kind === "full" ? t("all points agree") : t("{share} % would climb", { share: fix(100 * share, 0) }));
  describeChart(stage.cloud, t("Gradients of possible batches of {name} at its place; {share} % of them would climb. The full gradient is {gw}, {gb}.", {
    name: chosen.look.name, share: fix(100 * share, 0), gw: fix(full[0], 2), gb: fix(full[1], 2),
  }));
}

const bounded = (value, reach) => Math.max(-reach, Math.min(reach, value));

/** How far the panel reaches: nearly all gradients of the widest cloud, in few sizes so that it does not breathe. */
function reachOf(fit, place, full, clouds) {
  const { x, y } = clouds[0]?.cloud ?? { x: pointGradients(fit, place)[0], y: pointGradients(fit, place)[1] };
  const sizes = Array.from(x, (value, i) => Math.max(Math.abs(value), Math.abs(y[i]))).sort((a, b) => a - b);
  const far = Math.max(sizes[Math.floor(0.97 * (sizes.length - 1))], Math.hypot(...full) * 1.1, 1e-3);
  const unit = 10 ** Math.floor(Math.log10(far));
  return unit * [1, 2, 3, 5, 10].find((factor) => factor * unit >= far);
}

function niceUnit(reach) {
  const unit = 10 ** Math.floor(Math.log10(reach));
  return unit * (reach / unit >= 5 ? 5 : reach / unit >= 2 ? 2 : 0.5);
}

/* the floor against the rate */

const RANGE = [-2, 0.31];

function drawFloor(page) {
  const { stage, walkers, theme, floors } = page;
  const { fit } = chosenOf(page);
  const drawn = [fit.least, fit.count, page.answered, JSON.stringify(floors.measured), theme.key, roomOf(stage.floor), walkers.map(({ look, lr }) => look.name + look.size + look.colour + lr)].join();
  if (stage.floorKey === drawn) return;
  stage.floorKey = drawn;
  const noisy = walkers.filter((walker) => page.answered && walker.plain && walker.look.kind !== "full" && walker.fit === fit);
  const sizes = [...new Map(noisy.toReversed().map((walker) => [walker.look.size, walker])).values()].slice(0, 3);
  const still = { key: drawn, lines: [], dots: [], words: [] };
  for (const { look } of sizes) {
    const y = RATES.map((rate) => log10(noiseFloor(fit, look.size, rate)));
    still.lines.push({ x: RATES.map(Math.log10), y: y.map((value) => (value > 1 || value < LOWEST ? NaN : value)), colour: look.colour, width: 2, dash: look.dash });
    still.words.push({ x: -2, y: y[0], dx: 4, dy: -24, text: look.size === 1 ? t("1 point") : t("{size} points", { size: look.size }), class: "bold", colour: look.colour, size: 11.5 });
  }
  for (const { size, points } of floors.measured) {
    const look = sizes.find((walker) => walker.look.size === size)?.look;
    if (look) still.dots.push(...points.filter(({ excess }) => excess > 0).map(({ rate, excess }) => ({ x: Math.log10(rate), y: Math.max(LOWEST, log10(excess)), symbol: look.symbol, open: true, radius: 3.6, colour: look.colour, name: `measured-${size}` })));
  }
  const dots = noisy.map((walker) => ({ x: Math.log10(walker.lr), y: log10(noiseFloor(fit, walker.look.size, walker.lr)), symbol: walker.look.symbol, colour: walker.look.colour, name: `floor-${walker.index}` }))
    .filter(({ y }) => y >= LOWEST && y <= 1);
  if (!page.answered) still.words.push({ x: (RANGE[0] + RANGE[1]) / 2, y: -1.6, anchor: "middle", text: t("How high noise keeps a walk: after your guess."), size: 11.5, colour: "var(--ink-3)" });
  drawChart(stage.floor, {
    size: theme.size(1), x: { range: RANGE, ticks: [[-2, "0.01"], [-1, "0.1"], [0, "1"]], name: "η" }, y: { range: [LOWEST, 1], ticks: powers(LOWEST, 1, 2) }, margin: { left: 36, right: 6 }, still,
    uprights: [{ x: Math.log10(2 / fit.curvatures[1]) }], dots, words: [{ x: Math.log10(2 / fit.curvatures[1]), y: LOWEST + 0.5, dx: -5, anchor: "end", text: t("cliff"), size: 11, colour: "var(--ink-3)" }],
  });
  const facts = sizes.map(({ look, lr }) => `${look.name}: ${excessText(noiseFloor(fit, look.size, lr))}`).join(", ");
  describeChart(stage.floor, t("The noise floor grows with the learning rate. In theory now: {facts}.", { facts: facts || num(0) }));
}

/** A press on the chart sets the rate: of all walks, or of the selected one when each has its own. */
function pickRate(page, stage) {
  const { host } = stage.floor;
  let held = false;
  const pick = (event, way) => {
    if (!stage.floor.scale) return;
    const lr = Number((10 ** Math.max(-2.5, Math.min(0.3, pointerData(stage.floor, event).x))).toPrecision(2));
    stage.act.edit(withRate(page.spec, lr, page.ownRates ? page.selected : null), way);
  };
  host.classList.add("pick-rate");
  host.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.pointerType === "touch") return;
    held = true;
    host.setPointerCapture(event.pointerId);
    pick(event, "push");
  });
  host.addEventListener("pointermove", (event) => held && pick(event, "replace"));
  for (const name of ["pointerup", "pointercancel"]) host.addEventListener(name, () => (held = false));
}
