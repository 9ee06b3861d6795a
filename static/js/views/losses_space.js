/** The neuron's losses over weight and bias as surfaces, when asked for: drawn by Plotly, their paths over it. */
import { makeMap } from "../map.js";
import { post } from "../api.js";
import { t } from "../i18n.js";
import { withPairStart } from "../pair.js";
import { LOSSES } from "./losses_look.js";
import { say } from "./notice.js";
import { loadPlotlyInSpace } from "./plotly.js";
import { createSurface, drawSurface } from "./surface.js";
import { ghostsOf, runsOf } from "./losses_words.js";

// Across the diagonal w = b, along which a neuron with input 1 moves.
const EYE = { eye: { x: 1.06, y: -1.28, z: 0.64 }, center: { x: 0.03, y: 0.03, z: -0.13 }, up: { x: 0, y: 0, z: 1 } };
const FAR = { ...EYE, eye: { x: 1.28, y: -1.55, z: 0.9 } };

/** The surfaces' panels; Plotly is loaded only when they are first shown. */
export function createSpace(page, act, redraw) {
  return { page, act, redraw, plotly: null, asked: false, maps: new Map(), views: {} };
}

/** Show the surfaces in place of the curves, or the curves again. */
export function drawSpace(space, shown) {
  const on = shown.space && !space.failed;
  for (const loss of LOSSES) {
    document.getElementById(`space-${loss}`).hidden = !on;
    document.getElementById(`cost-${loss}`).hidden = on;
  }
  if (!on) return;
  if (!space.plotly) return void load(space);
  const runs = runsOf(shown);
  shown.race.spec.runs.forEach((run) => {
    const map = mapOf(space, run.problem);
    const loss = run.problem.loss;
    if (map) drawHill(space, loss, `space-${loss}`, map, runs[loss], shown, ["w", "b"]);
  });
}

/** One surface with one path; `runs` is {trajectory}. */
export function drawHill(space, loss, id, map, run, shown, parameters) {
  const host = document.querySelector(`#${id} .plot`);
  const view = (space.views[id] ??= createHill(space, host, id.startsWith("hill") ? FAR : EYE));
  view.spec = shown.race.spec;
  const { tokens } = space.page;
  const look = tokens.losses[loss];
  const colour = tokens[shown.theme.dark ? "dark" : "light"][look.family];
  const identity = { name: loss, colour, dash: tokens.dashes[look.dash], symbol: look.symbol };
  const start = shown.race.spec.start;
  const ghost = ghostsOf(shown)[loss];
  drawSurface(view, {
    map,
    theme: shown.theme,
    step: shown.step,
    parameters,
    words: { start: t("start") },
    ghosts: ghost?.columns.has(parameters[0]) ? [{ trajectory: ghost, identity }] : [],
    starts: [start],
    hover: null,
    runs: [{ trajectory: run.trajectory, identity, visible: true, selected: true }],
  });
}

function createHill({ plotly, act }, host, camera) {
  const view = createSurface(host, plotly, {
    hover: () => {},
    start: (point, phase) => (phase === "end" ? act.rest() : moveStart(act, view.spec, point)),
  });
  for (const [name, value] of Object.entries({
    tabindex: "0",
    role: "application",
    "aria-label": t("The surface in three dimensions, with every path on it. Arrow keys move the start, comma and full stop turn it."),
  }))
    host.setAttribute(name, value);
  host.addEventListener("keyup", act.rest);
  host.closest("figure").querySelector(".aside").textContent = t("drag the start, or turn");
  return Object.assign(view, { camera });
}

/** Both start elsewhere: a gesture, until `act.rest()`. */
export function moveStart(act, spec, point) {
  act.edit(withPairStart(spec, point.map((value) => Number(value.toFixed(2)))), { moving: true });
}

/** Fetch Plotly once; without WebGL the curves stay, and the page says why. */
export function load(space) {
  if (space.asked) return;
  space.asked = true;
  loadPlotlyInSpace().then((plotly) => (space.plotly = plotly)).catch((error) => {
    space.failed = true;
    say(
      error.message === "webgl"
        ? t("This browser shows nothing in three dimensions: it has no WebGL.")
        : t("The surface could not be loaded."),
    );
  }).finally(space.redraw);
}

function mapOf(space, problem) {
  const key = JSON.stringify(problem);
  if (!space.maps.has(key)) {
    space.maps.set(key, null);
    post("/surfaces", problem).then((answer) => {
      space.maps.set(key, makeMap(answer, {}));
      space.redraw();
    }).catch((error) => say(error.message));
  }
  return space.maps.get(key);
}
