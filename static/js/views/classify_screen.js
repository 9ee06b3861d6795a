/** What the Classify page shows of its state at a step: the map, the curves, the panels, the headline and the rail. */
import { t } from "../i18n.js";
import { nearest } from "../points.js";
import { problemOf } from "../settings.js";
import { point, rowAt } from "../trajectory.js";
import { showControls } from "./classify_controls.js";
import { drawCurves } from "./classify_curves.js";
import { drawMap } from "./classify_map.js";
import { nameOf, paletteOf, rgb } from "./classify_names.js";
import { drawPanel, shifted } from "./classify_panels.js";
import { drawProbe } from "./classify_probe.js";
import { drawSlice } from "./classify_slice.js";
import { headline, marks, verdict } from "./classify_words.js";
import { element } from "./element.js";
import { showQuestion, showVerdict } from "./lede.js";
import { showTicks } from "./transport.js";

const READABLE = 100; // ms: numbers change no faster than they can be read
const SNAP = 0.012; // of the window: how near the probe must be to a point to tell about it

const find = (id) => document.getElementById(id);

/** The screen of a page: its state, what runs, what people do, and the views. */
export function createScreen(parts) {
  return { ...parts, told: 0 }; // when numbers were written last
}

/** Whether a run's rows are those of a model's parameters. */
const fits = (model, trajectory) =>
  Boolean(model && trajectory) &&
  trajectory.count > 0 &&
  trajectory.names.indexOf("loss") === model.parameters.length + 1 &&
  trajectory.names[1] === model.parameters[0];

/** Whether every run of the spec has its model and its rows. */
function whole({ state, race }) {
  const count = state.spec.runs.length;
  return race.runs.length === count && state.models.length === count && state.models.every((model, index) => fits(model, race.runs[index]));
}

/** Every run at a step, with its model, its row and its parameters there. */
function runsAt({ page, state, race }, step) {
  return state.models.map((model, index) => {
    const trajectory = race.runs[index];
    const row = rowAt(trajectory, step);
    const [problem, run] = [problemOf(state.spec, index), state.spec.runs[index]];
    const name = nameOf(state.spec, index, page.catalog);
    return { model, trajectory, row, theta: point(trajectory, model.parameters, row), problem, run, name };
  });
}

/** Show a step; `moving` draws the map coarsely. */
export function paint(screen, step, moving) {
  const { page, state, race, player, lede, map, curves, transport } = screen;
  const { model, theme } = state;
  const live = find("live");
  const complete = whole(screen);
  state.palette = paletteOf(page, theme, model, ownNames(state));
  state.probe ??= model.window.map(([low, high]) => low + (high - low) * 0.62);
  const runs = complete ? runsAt(screen, step) : [];
  const own = runs[state.shown];
  const { blank } = state;
  find("learn").toggleAttribute("data-blank", blank);
  const theta = own && !blank ? shifted(own.theta, state.panel === "shift" ? state.shift : 0) : null;
  const version = own
    ? [own.trajectory.version, own.row, state.shift, state.shown, Boolean(theta), model.parameters.length].join()
    : "none";
  const at = nearest(
    model.points,
    (p) => Math.hypot(p[0] - state.probe[0], p[1] - state.probe[1]),
    SNAP * (map.wanted ? map.wanted[0][1] - map.wanted[0][0] : 1),
  );
  if (complete || blank || !own) {
    drawMap(map, {
      theme,
      model,
      theta,
      moving,
      version,
      palette: state.palette,
      paper: rgb(page.tokens[theme.dark ? "dark" : "light"].paper),
      names: ["x", "y"],
      columns: model.columns,
      wanted: model.wanted,
      weights: state.weights,
      pulls: state.pulls,
      pulled: state.brush,
      probe: state.probe,
    });
  }
  showRail(screen);
  if (blank) {
    live.dataset.key = "";
    live.textContent = state.note.text;
    showQuestion(lede, null);
    showVerdict(lede, null);
    showTicks(transport, [], player.steps);
  }
  if (blank || !own?.theta) return;
  const readable = !player.playing || performance.now() - screen.told > READABLE;
  if (readable) screen.told = performance.now();
  const ghosts = race.ghosts.map(({ trajectory }) => trajectory);
  const shown = { ...state, step, steps: state.spec.steps, runs, ghosts, theme, key: version, readable };
  find("learn").dataset.below = state.below;
  paintBelow(screen, shown, own, at);
  drawCurves(curves, shown);
  if (readable)
    headline(live, { trajectory: own.trajectory, step, name: own.name, several: runs.length > 1, decay: own.problem.weight_decay > 0 });
  showTicks(transport, marks(own.trajectory), player.steps);
  showQuestion(lede, state.answered ? null : state.scene);
  const done = state.prediction !== null && state.scene && (step >= Math.min(player.steps, 30) || !player.playing);
  showVerdict(lede, done ? verdict(state.scene, state.prediction, own.trajectory) : null);
  find("kicker").textContent =
    state.scene && state.answered && !done ? state.scene.lesson : t("How does a line, or a set of lines, learn to separate?");
  document.documentElement.dataset.ready = "";
}

/** What is below the curves: what the model says at one point, or the surface that it walks on. */
function paintBelow({ state, probe, panel, slice }, shown, { model, theta }, at) {
  const surface = state.below === "surface";
  find("slice").hidden = !surface;
  find("probe").hidden = find("probe-aside").hidden = surface;
  find("slice-form").hidden = !surface;
  if (surface) {
    find("panel").hidden = true;
    drawSlice(slice, shown);
    return;
  }
  if (!shown.readable) return;
  drawProbe(probe, {
    model,
    theta,
    probe: at >= 0 ? model.points[at] : state.probe,
    point: at,
    brush: state.brush,
    palette: state.palette,
    theme: shown.theme,
  });
  drawPanel(panel, shown);
}

/** The names that a person's own points came with. */
const ownNames = (state) => (problemOf(state.spec, state.shown).dataset.points ? state.names : []);

function showRail({ page, state, act, controls }) {
  showControls(controls, { state });
  for (const button of find("scenes").children) button.setAttribute("aria-pressed", String(button.dataset.scene === state.scene?.name));
  for (const name of ["tool", "below"])
    for (const button of find(name).children) button.setAttribute("aria-pressed", String(button.dataset.value === state[name]));
  find("map").dataset.tool = state.tool;
  showWhich(page, state, act);
  showNote(state, act);
}

function showWhich(page, state, act) {
  const which = find("which");
  const { runs } = state.spec;
  which.hidden = runs.length < 2;
  const key = JSON.stringify([runs.map((_, index) => nameOf(state.spec, index, page.catalog)), state.shown]);
  if (which.dataset.key === key) return;
  which.dataset.key = key;
  which.replaceChildren(...(runs.length > 1 ? runs.map((_, index) => element("button", {
    type: "button", "aria-pressed": String(index === state.shown), onclick: () => act.which(index),
  }, nameOf(state.spec, index, page.catalog))) : []));
}

/** What is wrong with the points, on the map, with its cure. */
function showNote(state, act) {
  const text = state.note?.text ?? "";
  let box = find("map").querySelector(".map-note");
  if (!text) return void box?.remove();
  if (box?.dataset.text === text) return;
  box?.remove();
  box = element("div", { class: "map-note", role: "status", "data-text": text }, element("p", {}, text));
  if (state.note.cure)
    box.append(
      element(
        "button",
        { class: "button", type: "button", onclick: act.standardise },
        t("Standardise"),
      ),
    );
  find("map").append(box);
}
