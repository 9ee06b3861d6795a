/**
 * The stage: one animation loop that turns the page's values into what the panels draw, in this order: transport, rail,
 * map, surface, loss, words. While something moves only canvas is touched; when it has rested for a moment Plotly takes
 * the paths.
 */
import { t } from "../i18n.js";
import { tick } from "../player.js";
import { settingAt } from "../settings.js";
import { ended } from "../trajectory.js";
import { createContour, drawContour } from "./contour.js";
import { currentTheme } from "./chrome.js";
import { createCurve, drawCurve } from "./curve.js";
import { followBasins, followFan } from "./ensembles.js";
import { showInspector } from "./inspector.js";
import { createLoss, drawLoss } from "./loss.js";
import { followRates, gaugesOf, overlaysOf } from "./overlays.js";
import { loadPlotlyInSpace } from "./plotly.js";
import { linesOf } from "./rules.js";
import { remap } from "./stage_map.js";
import { showBoard, showRail } from "./stage_rail.js";
import { stateOf } from "./stage_state.js";
import { showWords } from "./stage_words.js";
import { createSurface, drawSurface } from "./surface.js";
import { showTransport } from "./transport.js";

const REST_AFTER = 140; // ms without change before Plotly draws the paths
const WORDS_EVERY = 100; // ms between sentences while playing
const SURFACE_EVERY = 30; // ms between projections of the paths in space while they move
const SPACE_AFTER = 100; // ms: the part in space holds the page while it is made, which can be seen and used by then
const SLOW_SURFACE = 6; // ms: where the projection takes longer it is drawn ten times a second

const find = (id) => document.querySelector(id);

/** Make the panels. */
export function createStage(page, plotly, on) {
  page.theme = currentTheme(page.tokens);
  page.stage = {
    contour: createContour(find("#contour"), plotly, on),
    curve: createCurve(find("#curve"), plotly, on),
    loss: createLoss(find("#loss"), plotly, on),
    surface: null,
    on,
    quad: find("#quad"),
    raf: 0,
    changedAt: 0,
    saidAt: 0,
    surfaceAt: 0,
    surfaceCost: 0,
    railDirty: true,
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
async function plotIn(page) {
  try {
    const plotly = await loadPlotlyInSpace();
    page.stage.surface = createSurface(find("#surface"), plotly, page.stage.on);
    touch(page);
  } catch (error) {
    const missing = find("#surface-missing");
    missing.hidden = false;
    missing.textContent =
      error.message === "webgl"
        ? t("The surface needs WebGL, which this browser has switched off or lacks. The contour shows the same.")
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

/** Something changed: draw at the next frame, and let it rest after. */
export function touch(page) {
  if (!page.stage) return;
  page.stage.changedAt = performance.now();
  page.stage.raf ||= requestAnimationFrame((now) => frame(page, now));
}

/** The rail changed too: its sliders, names or problems. */
export function touchRail(page) {
  if (page.stage) page.stage.railDirty = true;
  touch(page);
}

const isAwake = () => document.documentElement.dataset.ready !== undefined;

/** The page can be used: the flat part is drawn, and soon the part in space may come. */
function wake(page) {
  if (isAwake()) return;
  document.documentElement.dataset.ready = "";
  setTimeout(() => plotIn(page), SPACE_AFTER);
}

function frame(page, now) {
  const { stage, player } = page;
  stage.raf = 0;
  const before = player.step;
  tick(player, now);
  page.seen = Math.max(page.seen, player.step);
  if (player.playing || player.step !== before) stage.changedAt = now;
  const rested = !isAwake() || now - stage.changedAt >= REST_AFTER; // what is drawn first has not moved yet
  const rest = !player.playing && !page.gesture && rested;
  draw(page, now, rest);
  if (!rest) stage.raf = requestAnimationFrame((then) => frame(page, then));
}

function draw(page, now, rest) {
  const { stage, player, race } = page;
  showTransport(page.transport, { step: player.step, steps: player.steps, playing: player.playing, speed: player.speed });
  if (!page.map || !race.runs.length || race.runs.length !== race.spec.runs.length || !race.runs.some((run) => run.count || ended(run))) {
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
    showWords(page, state, rest);
    showPanels(page, state, rest);
  }
  wake(page);
}

function drawSpace(stage, state, now) {
  if (!stage.surface) return;
  const pause = stage.surfaceCost < SLOW_SURFACE ? SURFACE_EVERY : 100;
  if (state.moving && now - stage.surfaceAt < pause) return;
  stage.surfaceAt = now;
  const before = performance.now();
  drawSurface(stage.surface, state);
  stage.surfaceCost = 0.8 * stage.surfaceCost + 0.2 * (performance.now() - before);
}

/** The panels in words and numbers, and what is asked of the service for what is shown. */
function showPanels(page, state, rest) {
  showBoard(page, state);
  followFan(page, state);
  followRates(page, state, rest);
  followBasins(page, state, rest);
  const { map } = state;
  const { trajectory, index, identity } = state.runs[page.selected] ?? state.runs[0];
  const run = state.spec.runs[index];
  showInspector(page.inspector, {
    spec: state.spec,
    index,
    who: identity,
    step: state.step,
    trajectory,
    parameters: state.parameters,
    names: map.variables.length === state.parameters.length ? map.variables : state.parameters,
    lines: linesOf(page, state, index),
    plain: run.optimizer === "sgd" && !run.schedule,
    rate: settingAt(state.spec, index, "lr", Math.min(state.step, trajectory.count - 2)),
    moving: !rest,
    refresh: () => touch(page),
  });
}
