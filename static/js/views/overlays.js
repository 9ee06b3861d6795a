/** What can be laid over the contour at the selected run: curvature, arrows of steps, fog. */
import { post } from "../api.js";
import { alpha } from "../colours.js";
import { t } from "../i18n.js";
import { remembered } from "../memory.js";
import { num } from "../numbers.js";
import { cliff, curvature, steepestCurvature } from "../overlays.js";
import { settingAt } from "../settings.js";
import { point, rowAt } from "../trajectory.js";
import { drawFan } from "./ensembles.js";
import { linesOf } from "./rules.js";
import { drawArrow, drawLabel } from "./trail.js";

const SUNSET = 60; // gradient evaluations until nothing is seen
const ARROW = 58; // pixels of the longest arrow
const SIZE = 34; // pixels of the longest half axis of a remembered size

const pointOf = (state, run, step = state.step) => point(run.trajectory, state.parameters, rowAt(run.trajectory, step));

/** The overlays of a state, as functions that draw on the head layer; `page` holds what is switched on. */
export function overlaysOf(page, state) {
  const chosen = state.runs.find((run) => run.selected);
  if (!chosen?.trajectory.count || state.parameters.length !== 2) return [];
  const drawn = [];
  if (page.fan) drawn.push((context, at) => drawFan(context, at, page.fan, state, chosen));
  if (page.theory) drawn.push((context, at) => drawCurvature(context, at, page, state, chosen));
  if (page.arrows && !state.moving) drawn.push((context, at, view) => drawSteps(context, at, page, state, chosen, view.told));
  return drawn;
}

function drawCurvature(context, at, page, state, chosen) {
  const { theme, map } = state;
  const here = pointOf(state, chosen);
  const span = map.window[1][1] - map.window[1][0];
  const found = here && curvature(map.program, here, span * 0.24);
  page.curvature = found;
  if (!found) return;
  const trace = (points, width, dash = []) => {
    context.beginPath();
    points.forEach((p, i) => context[i ? "lineTo" : "moveTo"](...at(p)));
    context.setLineDash(dash);
    context.lineWidth = width;
    context.strokeStyle = theme.ink;
    context.stroke();
    context.setLineDash([]);
  };
  if (found.ellipse) {
    trace(found.ellipse, 1.2);
    context.fillStyle = alpha(theme.ink, 0.07);
    context.fill();
  }
  for (const axis of found.axes) trace(axis, found.ellipse ? 0.6 : 1.2);
  if (!found.newton) return;
  trace([here, found.newton], 1.4, [3, 3]);
  drawCross(context, ...at(found.newton));
}

/** Where a Newton step leads. */
export function drawCross(context, x, y) {
  for (const slope of [1, -1]) {
    context.lineWidth = 1.6;
    context.beginPath();
    context.moveTo(x - 4, y - 4 * slope);
    context.lineTo(x + 4, y + 4 * slope);
    context.stroke();
  }
}

/** The caption of the theory overlay: curvatures, and the greatest stable rate if the ground were its quadratic. */
export function curvatureWords(page, state) {
  const found = page.curvature;
  if (!found) return "";
  const [steep, flat] = found.values;
  if (!found.bowl)
    return t("curvature {steep} and {flat}: no bowl, so a Newton step leads to a saddle or a top", {
      steep: num(steep, 3),
      flat: num(flat, 2),
    });
  const run = state.spec.runs[page.selected];
  const rate = cliff(run, steep);
  const words = { steep: num(steep, 3), flat: num(flat, 2), rate: rate && num(rate, 2) };
  const { theory, measured } = page.rates?.key === ratesKey(page, state) ? page.rates : {};
  if (rate && typeof theory === "number" && typeof measured === "number") {
    return t("curvature {steep} by {flat}, η < {rate} · a step ×{theory}, measured ×{measured}",
      { ...words, theory: num(theory, 3), measured: num(measured, 3) });
  }
  return rate
    ? t("curvature {steep} by {flat}; if this were its quadratic: stable below η = {rate}", words)
    : t("curvature {steep} by {flat}", words);
}

/** The caption on a curve, where the curvature is one number. */
export function slopeWords(page, state) {
  const chosen = state.runs[page.selected];
  const here = chosen?.trajectory.count ? pointOf(state, chosen) : null;
  if (!here) return "";
  const bend = steepestCurvature(state.map.program, here);
  const rate = cliff(state.spec.runs[page.selected], bend);
  if (rate) return t("curvature {bend}; if this were its parabola: stable below η = {rate}", { bend: num(bend, 3), rate: num(rate, 2) });
  return t("curvature {bend}", { bend: num(bend, 3) });
}

const ratesKey = (page, state) => `${page.link}/${page.selected}/${state.step}`;

/** Predicted and measured rate of convergence of the selected run, with the curvature here: asked of the service at rest. */
export async function followRates(page, state, rest) {
  const key = ratesKey(page, state);
  if (!page.theory || !rest || !page.link || page.ratesAsked === key) return;
  page.ratesAsked = key;
  try {
    const query = new URL(page.link, location.origin).search;
    const response = await fetch(`/api/v1/theory${query}&row=${state.step}`);
    if (!response.ok) return; // a spec that theory does not take has its curvature alone
    const { theory, measured } = (await response.json()).runs[page.selected];
    page.rates = { key, theory: theory?.factor, measured: measured?.factor };
    page.touch();
  } catch {
    page.ratesAsked = null;
  }
}

/** Beside each rate: how much of the cliff it uses at the point where its run is. */
export function gaugesOf(page, state) {
  if (!page.theory) return null;
  return state.runs.map((run) => {
    const spec = state.spec.runs[run.index];
    const here = run.trajectory.count ? pointOf(state, run) : null;
    if (!here || spec.schedule || (spec.problem && JSON.stringify(spec.problem) !== JSON.stringify(state.spec.runs[page.selected].problem)))
      return null;
    const top = cliff(spec, steepestCurvature(state.map.program, here));
    if (!top) return null;
    const part = settingAt(state.spec, run.index, "lr", state.step) / top;
    return { part, text: t("{part} of the cliff at {rate}", { part: num(part, 2), rate: num(top, 2) }) };
  });
}

/* ---- arrows: downhill, the step, what memory alone would do, and what the other rules would do here ---- */

function drawSteps(context, at, page, state, chosen, told) {
  const { theme } = state;
  const row = rowAt(chosen.trajectory, state.step);
  const here = point(chosen.trajectory, state.parameters, row);
  const next = point(chosen.trajectory, state.parameters, row + 1);
  const slope = point(chosen.trajectory, state.parameters.map((name) => `gradient_${name}`), row);
  if (!next || !slope) return;
  askWhatIf(page, state, chosen, here);
  askCoasting(page, state, chosen, row);
  const origin = at(here);
  const others = page.whatIf?.key === whatIfKey(state, here) ? page.whatIf.steps : [];
  const steps = [
    { to: next, colour: chosen.identity.colour, width: 2.6, dash: [] },
    ...others.map((step) => ({
      to: here.map((v, i) => v + step.move[i]),
      colour: state.runs[step.run]?.identity.colour,
      width: 1.6,
      dash: [3, 3],
    })),
  ];
  if (page.coasting?.key === coastingKey(chosen, row))
    steps.push({ to: page.coasting.to, colour: theme.ink, width: 2, dash: [1.5, 3], word: t("if flat here") });
  const ways = steps
    .map(({ to, ...look }) => ({ ...look, way: at(to).map((v, i) => v - origin[i]) }))
    .filter(({ way }) => way.every(Number.isFinite));
  ways.sort((a, b) => Math.hypot(...b.way) - Math.hypot(...a.way)); // no arrow hides a shorter one that goes the same way
  const scale = Math.max(1, ARROW / Math.max(Math.hypot(...(ways[0]?.way ?? [])), 1e-9));
  const unit = [at([here[0] + 1, here[1]])[0] - origin[0], at([here[0], here[1] + 1])[1] - origin[1]]; // pixels of one, the screen's y going down
  const onScreen = (values) => values.map((v, i) => v * unit[i]);
  const uphill = onScreen(slope);
  const long = Math.hypot(...uphill) || 1;
  drawWay(
    context,
    origin,
    uphill.map((v) => (-v / long) * theme.size(ARROW)),
    { colour: theme.ink, width: 1.4, dash: [], word: t("downhill") },
    theme,
    told,
  );
  for (const { word, values } of sizesHere(page, state, chosen, row))
    drawSize(context, origin, { word, values: onScreen(values) }, uphill[1] < 0 ? -1 : 1, theme, told);
  for (const { way, ...look } of ways) {
    if (look.colour) drawWay(context, origin, way.map((v) => v * scale), look, theme, told);
  }
}

/** An arrow from `origin` by `way` pixels, with its word at its head. */
function drawWay(context, [x, y], [u, v], { colour, width, dash, word }, theme, told) {
  drawArrow(context, { x0: x, y0: y, x1: x + u, y1: y + v, colour, paper: theme.paper, width, dash });
  const length = Math.hypot(u, v);
  if (word && length > 8) tell(context, word, x + u + (u / length) * 6, y + v + (v / length) * 9, theme, { side: u < 0 ? -1 : 1, told });
}

/** What the selected run's rule had remembered of the gradient's size when it came to this row. */
function sizesHere(page, state, chosen, row) {
  const { key, detail } = page.inspector;
  return key === `${chosen.trajectory.version}/${chosen.index}`
    ? remembered(linesOf(page, state, chosen.index), detail, state.parameters, row)
    : [];
}

/** A remembered size of the gradient along each axis, as an ellipse: its longer axis is always as long, its shape is what tells. */
function drawSize(context, origin, { word, values }, up, theme, told) {
  const longest = Math.max(...values.map(Math.abs));
  if (!(longest > 0)) return;
  const [rx, ry] = values.map((v) => (Math.abs(v) / longest) * theme.size(SIZE));
  context.beginPath();
  context.ellipse(...origin, Math.max(1, rx), Math.max(1, ry), 0, 0, 2 * Math.PI);
  context.fillStyle = alpha(theme.ink, 0.06);
  context.fill();
  context.lineWidth = 1;
  context.setLineDash([1.5, 3]);
  context.strokeStyle = theme.ink;
  context.stroke();
  context.setLineDash([]);
  tell(context, word, origin[0], origin[1] + up * (ry + theme.size(10)), theme, { side: 0, told });
}

/** A word where it hides no other one: moved up or down by whole lines; `told` are the boxes of those before. */
function tell(context, text, x, y, theme, { side, told }) {
  const font = `400 ${theme.size(11)}px ${theme.sans}`;
  context.font = font;
  const width = context.measureText(text).width;
  const line = theme.size(14);
  const cx = x + (side * width) / 2;
  const box = (by) => [cx - width / 2 - 2, y + by - line / 2, cx + width / 2 + 2, y + by + line / 2];
  const free = ([x0, y0, x1, y1]) => !told.some((other) => x0 < other[2] && other[0] < x1 && y0 < other[3] && other[1] < y1);
  const by = [0, line, -line, 2 * line, -2 * line].find((shift) => free(box(shift))) ?? 0;
  told.push(box(by));
  drawLabel(context, { text, cx, cy: y + by, colour: theme.ink, paper: theme.paper, font });
}

const coastingKey = (chosen, row) => `${chosen.trajectory.version}/${chosen.index}/${row}`;

/** Where the selected run's rule would lead from this row on flat ground, by its memory alone: asked of the engine. */
async function askCoasting(page, state, chosen, row) {
  const key = coastingKey(chosen, row);
  if (page.coastingAsked === key || !linesOf(page, state, chosen.index).length) return;
  page.coastingAsked = key;
  try {
    const { coasting } = await post("/explanations", { spec: state.spec, run: chosen.index, step: row + 1 });
    const to = state.parameters.map((name) => coasting[name]);
    page.coasting = to.every(Number.isFinite) ? { key, to } : null;
    page.touch();
  } catch {
    page.coasting = null;
  }
}

const whatIfKey = (state, here) => JSON.stringify([here, state.spec.runs.map((run) => [run.optimizer, run.rule, run.settings])]);

/** One step of every other rule from here, without a memory: asked of the engine. */
async function askWhatIf(page, state, chosen, here) {
  const key = whatIfKey(state, here);
  if (page.whatIfAsked === key || state.spec.runs.length < 2) return;
  page.whatIfAsked = key;
  const others = state.runs.filter((run) => run !== chosen && run.visible).map((run) => run.index);
  if (!others.length) return;
  const runs = others.map((index) => {
    const { start: _start, steps: _steps, schedule: _schedule, ...run } = state.spec.runs[index];
    return run;
  });
  try {
    const answer = await post("/trajectories", { ...state.spec, start: here, steps: 1, runs, changes: [] });
    const steps = answer.runs.flatMap((run, i) => {
      const move = state.parameters.map((name) => run.columns[name][1] - run.columns[name][0]);
      return move.every(Number.isFinite) ? [{ run: others[i], move }] : [];
    });
    page.whatIf = { key, steps };
    page.touch();
  } catch {
    page.whatIf = null;
  }
}

/* ---- fog ---- */

/** Cover the map but for a disc round each walker; the light fades until the sun has set. */
export function drawFog(context, at, state, { width, height }) {
  const { theme } = state;
  const light = Math.max(0, 1 - state.step / SUNSET);
  const cover = new OffscreenCanvas(Math.max(1, Math.round(width)), Math.max(1, Math.round(height)));
  const layer = cover.getContext("2d");
  layer.fillStyle = light > 0 ? alpha(theme.paper, 0.985) : alpha(theme.dark ? "#05070a" : "#1b1f24", 0.94);
  layer.fillRect(0, 0, width, height);
  layer.globalCompositeOperation = "destination-out";
  for (const run of light > 0 ? state.runs.filter((candidate) => candidate.visible && candidate.trajectory.count) : []) {
    const [x, y] = at(pointOf(state, run));
    const radius = Math.min(width, height) * (0.07 + 0.12 * light);
    const disc = layer.createRadialGradient(x, y, radius * 0.4, x, y, radius);
    disc.addColorStop(0, "rgba(0,0,0,1)");
    disc.addColorStop(1, "rgba(0,0,0,0)");
    layer.fillStyle = disc;
    layer.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
  }
  context.drawImage(cover, 0, 0, width, height);
  return light;
}
