/**
 * The stage: one animation loop that turns the page's values into what the panels draw. While something moves only canvas
 * is touched; when it has rested for a moment Plotly takes the paths.
 */
import { post } from "../api.js";
import { identities } from "../identity.js";
import { t } from "../i18n.js";
import { makeMap } from "../map.js";
import { tick } from "../player.js";
import { problemOf, settingAt, startOf } from "../settings.js";
import { num, plainNumber } from "../numbers.js";
import { value } from "../program.js";
import { cell, ended, gradient, point, rowAt, settles } from "../trajectory.js";
import { suggestedGoal } from "../arrival.js";
import { showArrival } from "./arrival.js";
import { contourAspect, createContour, drawContour } from "./contour.js";
import { currentTheme, isDark } from "./chrome.js";
import { createCurve, drawCurve } from "./curve.js";
import { showFormula } from "./formula.js";
import { showInspector } from "./inspector.js";
import { showKicker, showQuestion, showSentence, showVerdict } from "./lede.js";
import { createLoss, drawLoss, lossIsLog } from "./loss.js";
import { showOptimizers } from "./optimizers.js";
import { curvatureWords, fetchFan, followRates, gaugesOf, overlaysOf } from "./overlays.js";
import { loadPlotlyInSpace } from "./plotly.js";
import { linesOf } from "./rules.js";
import { showGallery, verdict } from "./scenes.js";
import { createSurface, drawSurface } from "./surface.js";
import { fetchBasins } from "./sweeps.js";
import { showTicks, showTransport } from "./transport.js";
import { showWindow } from "./window.js";

const REST_AFTER = 140; // ms without change before Plotly draws the paths
const WORDS_EVERY = 100; // ms between sentences while playing
const SLOW_SURFACE = 6; // ms: where the projection takes longer it is drawn ten times a second

const find = (id) => document.querySelector(id);

/** Make the panels. */
export function createStage(page, plotly, on) {
  page.theme = currentTheme(page.tokens);
  page.stage = {
    contour: createContour(find("#contour"), plotly, on), curve: createCurve(find("#curve"), plotly, on), loss: createLoss(find("#loss"), plotly, on),
    surface: null, quad: find("#quad"), raf: 0, changedAt: 0, saidAt: 0, surfaceAt: 0, surfaceCost: 0, railDirty: true, answers: new Map(),
  };
  for (const button of document.querySelectorAll(".tabs button")) {
    button.addEventListener("click", () => {
      page.stage.quad.dataset.view = button.dataset.view;
      for (const other of document.querySelectorAll(".tabs button")) other.setAttribute("aria-pressed", String(other === button));
      touch(page);
    });
  }
  find("#loss-aside").addEventListener("click", () => {
    page.lossAxis = page.stage.loss.isLog ? "linear" : "log";
    touch(page);
  });
}

/** The third dimension, once its part of Plotly is here; says why where there is none. */
export async function plotIn(page) {
  try {
    const plotly = await loadPlotlyInSpace();
    page.stage.surface = createSurface(find("#surface"), plotly, { camera: () => {} });
    touch(page);
  } catch (error) {
    const missing = find("#surface-missing");
    missing.hidden = false;
    missing.textContent = error.message === "webgl" ? t("The surface needs WebGL, which this browser has switched off or lacks. The contour shows the same.")
      : t("The surface could not be loaded. The contour shows the same.");
  }
}

/** Another theme, presentation or size: everything is drawn again. */
export function redraw(page) {
  if (!page.stage) return;
  page.theme = currentTheme(page.tokens);
  page.stage.railDirty = true;
  remap(page);
  touch(page);
}

/** An optimizer's line, for menus. */
export function lookOf(page, name) {
  const look = page.tokens.optimizers[name] ?? { family: page.catalog.optimizers.find((row) => row.name === name)?.family ?? "plain", dash: "solid" };
  return { colour: page.tokens[isDark() ? "dark" : "light"][look.family] ?? "currentColor", dash: page.tokens.dashes[look.dash] };
}

/** Something changed: draw at the next frame, and let it rest after. */
export function touch(page) {
  if (!page.stage) return;
  page.stage.changedAt = performance.now();
  page.stage.raf ||= requestAnimationFrame((now) => frame(page, now));
}

/** The page can be used. */
export function wake(page) {
  if (page.stage && page.map && page.race.runs.length) document.documentElement.dataset.ready = "";
}

/* ---- the map ---- */

/** The map of the selected run's function; asks /surfaces once per function. */
export async function mapFor(page) {
  if (!page.stage) return;
  const key = problemKey(page);
  const problem = JSON.parse(key);
  const { answers } = page.stage;
  if (!answers.has(key)) answers.set(key, post("/surfaces", problem, { query: { resolution: 2 } }));
  try {
    const answer = await answers.get(key);
    if (key !== problemKey(page)) return;
    Object.assign(page, { answer, answerKey: key });
    page.stage.railDirty = true;
    remap(page);
  } catch {
    answers.delete(key);
  }
}

/** The function itself, without the noise on its gradients. */
function problemKey(page) {
  const { noise: _noise, ...problem } = problemOf(page.spec, page.selected) ?? {};
  return JSON.stringify(problem);
}

function remap(page) {
  if (!page.answer) return;
  const oneDimensional = page.answer.variables.length === 1;
  page.stage.quad.dataset.dimensions = oneDimensional ? "1" : "2";
  const window = page.window?.length === page.answer.variables.length ? page.window : null;
  page.map = makeMap(page.answer, { window, aspect: contourAspect(page.stage.contour, page.theme) });
}

/** f at a point, as far as the map knows it. */
export function fieldOf(page) {
  return page.map?.program;
}

/* ---- a frame ---- */

function frame(page, now) {
  const { stage, player } = page;
  stage.raf = 0;
  const before = player.step;
  tick(player, now);
  page.seen = Math.max(page.seen, player.step);
  if (player.playing || player.step !== before) stage.changedAt = now;
  const rest = !player.playing && !page.gesture && now - stage.changedAt >= REST_AFTER;
  draw(page, now, rest);
  if (!rest) stage.raf = requestAnimationFrame((then) => frame(page, then));
}

function draw(page, now, rest) {
  const { stage, player, race } = page;
  showTransport(page.transport, { step: player.step, steps: player.steps, playing: player.playing, speed: player.speed });
  if (!page.map || !race.runs.length || race.runs.length !== race.spec.runs.length || !race.runs.some((run) => run.count)) {
    if (stage.railDirty) showRail(page);
    return;
  }
  const state = stateOf(page);
  state.overlays = overlaysOf(page, state);
  state.gauges = gaugesOf(page, state);
  if (rest && page.theory && stage.gaugeStep !== player.step) [stage.railDirty, stage.gaugeStep] = [true, player.step];
  if (stage.railDirty) showRail(page, state);
  if (state.map.variables.length === state.parameters.length) {
    if (state.map.variables.length === 1) drawCurve(stage.curve, state);
    else {
      drawContour(stage.contour, state, rest);
      drawSpace(stage, state, now);
    }
  }
  drawLoss(stage.loss, state, rest);
  if (now - stage.saidAt > WORDS_EVERY || rest) {
    stage.saidAt = now;
    say(page, state, rest);
  }
  wake(page);
}

function drawSpace(stage, state, now) {
  if (!stage.surface) return;
  const due = !state.moving || stage.surfaceCost < SLOW_SURFACE || now - stage.surfaceAt > 100;
  if (!due) return;
  stage.surfaceAt = now;
  const before = performance.now();
  drawSurface(stage.surface, state);
  stage.surfaceCost = 0.8 * stage.surfaceCost + 0.2 * (performance.now() - before);
}

/** Everything that panels draw from. */
function stateOf(page) {
  const { race, player, theme, map } = page;
  const { spec } = race;
  const who = whoIs(page, spec);
  const runs = race.runs.map((trajectory, index) => ({
    trajectory, index, identity: who[index], selected: index === page.selected, visible: !page.hidden.has(index),
  }));
  const starts = [];
  spec.runs.forEach((_, index) => {
    const start = startOf(spec, index);
    if (start && !page.hidden.has(index) && !starts.some((other) => other.every((v, i) => v === start[i]))) starts.push(start);
  });
  return {
    spec, theme, map, runs, starts, parameters: race.parameters, step: player.step, steps: player.steps, seen: page.seen, moving: player.playing || Boolean(page.gesture),
    ghosts: race.ghosts.filter((ghost) => who[ghost.run] && !page.hidden.has(ghost.run)).map((ghost) => ({
      ...ghost, identity: who[ghost.run], visible: true, selected: false, index: -1 - ghost.run,
    })),
    hover: page.fog ? null : page.hover, words: { start: t("start") }, downhill: page.downhill, fog: page.fog, basins: page.basinsWanted ? page.basins : null, lossAxis: page.lossAxis, goal: page.goal === null ? null : page.goal + (map.minimum ?? 0),
    lossFloor: { floor: map.minimum ?? 0, known: map.minimum !== null && map.minimum !== undefined }, identities: who,
  };
}

function whoIs(page, spec) {
  const key = JSON.stringify([spec.runs, spec.problem?.noise, page.theme.dark]);
  if (page.whoKey !== key) {
    page.whoKey = key;
    page.who = identities(spec, {
      tokens: page.tokens, dark: page.theme.dark, format: plainNumber,
      titles: Object.fromEntries(page.catalog.optimizers.map((row) => [row.name, row.title])),
      families: Object.fromEntries(page.catalog.optimizers.map((row) => [row.name, row.family])),
      words: { descent: t("Gradient descent"), short: t("GD"), own: t("Own rule") },
    });
  }
  return page.who;
}

function showRail(page, state) {
  const spec = page.spec;
  page.stage.railDirty = false;
  showOptimizers(page.optimizers, {
    spec, step: page.player.step, identities: whoIs(page, spec), selected: page.selected, hidden: page.hidden, problems: page.problems, gauges: state?.gauges,
  });
  showRunning(page);
  showFormula(page.formula, { problem: problemOf(spec, page.selected), map: page.answerKey === problemKey(page) ? page.answer : null, start: startOf(spec, page.selected) });
}

/** Steps, noise and seed. */
function showRunning(page) {
  const { steps, seed } = page.spec;
  const values = { "#steps": steps, "#noise": problemOf(page.spec, page.selected)?.noise ?? 0, "#seed": seed ?? 0 };
  for (const [id, number] of Object.entries(values)) {
    const input = find(id);
    if (document.activeElement !== input) input.value = plainNumber(number);
  }
  showWindow(page);
  page.stage.quad.dataset.fog = String(page.fog);
  if (page.stage.surface) {
    find("#surface-missing").hidden = !page.fog;
    find("#surface-missing").textContent = t("In the fog nobody sees the mountain.");
  }
}

/* ---- words ---- */

function say(page, state, rest) {
  const chosen = state.runs[page.selected] ?? state.runs[0];
  const row = catalogRow(page);
  const title = page.scene ? page.scene.title : (row?.title ?? t("Your own function"));
  showKicker(page.lede, { number: page.scene ? page.scenes.indexOf(page.scene) + 1 : 0, title, lesson: page.scene?.lesson ?? row?.lesson ?? "" });
  showQuestion(page.lede, page.answered ? null : page.scene);
  showVerdict(page.lede, page.seen >= state.steps ? verdict(page.scene, page.prediction) : null);
  showGallery(page.gallery, page.scene);
  showSentence(page.lede, factOf(page, state, chosen), !rest);
  asides(page, state);
  board(page, state);
  followFan(page, state);
  followRates(page, state, rest);
  followBasins(page, state, rest);
  showMilestones(page, state);
  showInspector(page.inspector, {
    spec: state.spec, index: chosen.index, who: chosen.identity, step: state.step, trajectory: chosen.trajectory, parameters: state.parameters,
    lines: page.catalog.optimizers.find((entry) => entry.name === state.spec.runs[chosen.index].optimizer)?.lines ?? linesOf(page, state, chosen.index), plain: state.spec.runs[chosen.index].optimizer === "sgd" && !state.spec.runs[chosen.index].schedule,
    rate: settingAt(state.spec, chosen.index, "lr", Math.min(state.step, chosen.trajectory.count - 2)), moving: !rest, refresh: () => touch(page),
  });
}

/** The order of arrival, while its panel is open. */
function board(page, state) {
  const open = page.panel === "arrival";
  find("#why-panel").hidden = open;
  find("#arrival").hidden = !open;
  if (!open) return;
  const first = cell(state.runs[0].trajectory, "loss", 0);
  const { known } = state.lossFloor;
  const floor = known ? state.lossFloor.floor : 0;
  page.goal ??= suggestedGoal(first, floor);
  showArrival(page.arrival, { runs: state.runs, goal: page.goal, floor, known, seen: page.seen });
}

/** Twenty other seeds of the selected run, asked for once for each run. */
function followFan(page, state) {
  const noisy = problemOf(state.spec, page.selected)?.noise > 0;
  find("#fan-row").hidden = !noisy || state.parameters.length !== 2;
  if (!page.fanWanted || !noisy) {
    page.fan = null;
    return;
  }
  const key = JSON.stringify([state.spec.problem, state.spec.start, state.spec.steps, state.spec.runs[page.selected], state.spec.seed]);
  if (page.fan?.key !== key) page.fan = null;
  if (page.fan || page.fanAsked === key) return;
  page.fanAsked = key;
  fetchFan(page, state).then((paths) => {
    page.fan = { key, paths };
    touch(page);
  }, () => (page.fanAsked = null));
}

/** A thousand starts by the selected rule, once what runs has rested. */
function followBasins(page, state, rest) {
  const possible = state.parameters.length === 2 && state.map.minima.length > 0;
  find("#basins-row").hidden = !possible;
  if (!page.basinsWanted || !possible || !rest) return;
  const { optimizer, rule, settings } = state.spec.runs[page.selected];
  const key = JSON.stringify([state.map.key, optimizer, rule, settings, state.spec.steps, state.spec.seed, state.theme.dark]);
  if (page.basins?.key === key || page.basinsAsked === key) return;
  page.basinsAsked = key;
  page.basinsAbort?.abort();
  page.basinsAbort = new AbortController();
  const colours = ["adam", "plain", "mom", "ada", "sign"].map((family) => page.tokens[state.theme.dark ? "dark" : "light"][family]);
  fetchBasins(page, state, page.basinsAbort.signal).then((found) => {
    if (found) page.basins = { ...found, key, colours };
    touch(page);
  }, () => (page.basinsAsked = null));
}

function catalogRow(page) {
  const problem = problemOf(page.spec, page.selected);
  return page.catalog.surfaces.find((surface) => problem?.kind === "surface" && surface.name === problem.name);
}

function factOf(page, state, { trajectory, identity, index }) {
  const row = rowAt(trajectory, state.step);
  const slope = gradient(trajectory, state.parameters, row);
  const over = ended(trajectory) && row >= trajectory.count - 1;
  const span = Math.min(...state.map.window.map(([low, high]) => high - low));
  return {
    who: identity.name, colour: identity.colour, dashName: identity.dashName, step: state.step, row, over, status: trajectory.status,
    point: point(trajectory, state.parameters, row), loss: cell(trajectory, "loss", row), slope: slope ? Math.hypot(...slope) : NaN,
    steepest: over ? steepest(trajectory, state.parameters) : NaN, lr: settingAt(state.spec, index, "lr", row) ?? NaN, minima: state.map.marks, reach: span * 0.02,
  };
}

const slopes = new WeakMap();

/** The greatest slope that a run has met; looked for once. */
function steepest(trajectory, parameters) {
  const known = slopes.get(trajectory);
  if (known?.version === trajectory.version && known.count === trajectory.count) return known.most;
  let most = 0;
  for (let row = 0; row < trajectory.count; row += 1) most = Math.max(most, Math.hypot(...gradient(trajectory, parameters, row)));
  slopes.set(trajectory, { version: trajectory.version, count: trajectory.count, most });
  return most;
}

function asides(page, state) {
  const { map, hover } = state;
  const log = map.scale.log;
  write("#surface-aside", log ? t("drag to turn · height is log loss") : t("drag to turn · height is loss"));
  const at = hover?.point && map.variables.length === hover.point.length ? hover.point : null;
  write("#contour-aside", page.fog ? fogWords(state) : page.theory && map.variables.length === 2 ? curvatureWords(page, state) : at ? t("f({point}) = {value}", { point: at.map((v) => plainNumber(Number(v.toPrecision(3)))).join(", "), value: valueText(map, at) })
    : log ? t("lines every half decade · click to set the start") : t("evenly spaced lines · click to set the start"));
  write("#curve-aside", at && map.variables.length === 1 ? t("f({point}) = {value}", { point: plainNumber(Number(at[0].toPrecision(3))), value: valueText(map, at) })
    : t("tangent and next step of the selected run · click to set the start"));
  page.stage.loss.isLog = lossIsLog(state, page.stage.loss.range);
  write("#loss-aside", page.stage.loss.isLog ? t("log scale, per step") : t("linear scale, per step"));
}

function fogWords(state) {
  if (state.step >= 60) return t("The sun has set after 60 gradient evaluations: wherever you stand, you stay.");
  return t("Only the ground around each walker is seen; the sun sets in {steps} steps.", { steps: 60 - state.step });
}

function valueText(map, at) {
  return num(value(map.program, at), 3);
}

function write(id, text) {
  const place = find(id);
  if (place.textContent === text) return;
  place.textContent = text;
  if (place.localName !== "button") place.title = text; // where the column is too narrow for it
}

function showMilestones(page, state) {
  if (!state.lossFloor.known) return void showTicks(page.transport, [], state.steps);
  const goal = 0.01;
  const marks = state.runs.filter((run) => run.visible && ended(run.trajectory)).flatMap((run) => {
    const at = settles(run.trajectory, goal, state.lossFloor.floor);
    return at > 0 && at <= page.seen && at < 0.97 * state.steps ? [{ step: at, label: t("{who} below {goal}", { who: run.identity.name, goal }), colour: run.identity.colour }] : [];
  });
  const key = JSON.stringify([marks, state.steps]);
  if (page.stage.marksKey === key) return;
  page.stage.marksKey = key;
  showTicks(page.transport, marks, state.steps);
}
