/** The Classify page: models learn to separate points. Wires spec, stream, player, rail, map and panels together. */
import { Refusal } from "../api.js";
import * as connection from "../connection.js";
import { t } from "../i18n.js";
import { alone, classifies, withDataset, withModel } from "../learning.js";
import { modelOf, patched } from "../models.js";
import * as playing from "../player.js";
import { learned, owned, standardised, unfit, withLabel, withMoved, withoutPoint, withPoint } from "../points.js";
import * as racing from "../race.js";
import { problemOf } from "../settings.js";
import { inFragment, writeAddress } from "./address.js";
import { createChrome, currentTheme, isDark, phone, readPage, sayIgnored } from "./chrome.js";
import { createControls } from "./classify_controls.js";
import { createCurves } from "./classify_curves.js";
import { createMap, lookAt, sees } from "./classify_map.js";
import { nameOf } from "./classify_names.js";
import { createPanel, panelFor } from "./classify_panels.js";
import { askForPoints } from "./classify_paste.js";
import { createProbe } from "./classify_probe.js";
import { createScreen, paint } from "./classify_screen.js";
import { createSlice } from "./classify_slice.js";
import { cure, note, refusal } from "./classify_words.js";
import { element } from "./element.js";
import { createLede } from "./lede.js";
import { saveHandOut, saveSpec } from "./share.js";
import { trainingScript } from "./training_script.js";
import { createTransport, showTransport } from "./transport.js";

const REST_AFTER = 130; // ms without change before the map is drawn finely

const page = readPage();
const { scenes } = page;
const find = (id) => document.getElementById(id);
const asked = new URLSearchParams(location.hash.slice(1));
const kept = history.state?.kept ? history.state.spec : null; // was too long for a link: this tab's history has it

const state = {
  page,
  spec: kept ?? (classifies(page.spec) ? page.spec : scenes[0].spec),
  link: kept ? null : page.link,
  scene: null,
  panel: null,
  shown: 0,
  models: [],
  model: null,
  palette: [],
  theme: currentTheme(page.tokens),
  tool: "look",
  brush: 0,
  probe: null,
  weights: true,
  pulls: false,
  shift: 0,
  seen: 0,
  problem: null,
  answered: true,
  prediction: null,
  note: null,
  blank: false,
  names: [],
  below: asked.get("below") === "surface" ? "surface" : "point",
  slice: { directions: "path", seed: 0, space: false },
};

const race = racing.createRace({ shown: () => player.step, changed: heard });
const player = playing.createPlayer({
  grant: (until) => connection.advance(link, until),
  arrived: () => racing.arrived(race),
  steps: state.spec.steps,
});
const link = connection.createConnection({
  streamAddress: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v1/stream`,
  restAddress: "/api/v1/trajectories",
  language: page.language,
  listeners: {
    opened: (message) => racing.opened(race, message),
    steps: (message) => racing.steps(race, message),
    ended: (message) => racing.finish(race, message),
    error: refused,
    have: () => racing.missing(race),
    state: () => soon(),
  },
});

/* what people do */

const act = {
  toggle() {
    answered();
    if (player.playing) playing.pause(player);
    else playing.play(player);
    stir();
  },
  seek(step) { playing.pause(player); playing.seek(player, step); stir(); },
  nudge(steps) { answered(); act.seek(player.step + steps); },
  first() { act.seek(0); },
  speed(value) { player.speed = value; soon(); },
  faster(direction) { playing.changeSpeed(player, direction); soon(); },
  loop() { player.loop = !player.loop; },
  /** Another spec. `window`: look at its points anew; `light`: only points moved, and what is known of the model holds. */
  edit(spec, { history = "push", step = player.step, shown = state.shown, window = false, light = false, ghost = !light } = {}) {
    if (window) race.ghosts = [];
    else if (ghost) racing.keepGhosts(race, Infinity, [state.shown]);
    state.scene = null;
    answered();
    state.panel = panelFor(spec, state.panel);
    state.shown = Math.min(shown, spec.runs.length - 1);
    state.brush = Math.min(state.brush, 4);
    run(spec, step, history, { window, light });
  },
  scene(scene) {
    playing.pause(player);
    race.ghosts = [];
    choose(scene);
    run(scene.spec, scene.step, "push", { window: true });
  },
  show(change) { Object.assign(state, change); soon(); },
  /** Other switches of the plane; `again` takes other random directions. */
  slice({ again = false, ...change }) {
    const seed = state.slice.seed + (again && state.slice.directions === "seeded" ? 1 : 0);
    act.show({ slice: { ...state.slice, seed, ...change } });
  },
  shift(value) { state.shift = value; answered(); soon(); },
  /** Another of the runs is the one that map and panels show. */
  which(index) { map.key = ""; act.show({ shown: index }); stir(); },
  standardise() { act.edit(withDataset(state.spec, standardised(mine()), true), { window: true }); },
  paste() {
    askForPoints((parsed) => {
      const { points, labels, classes, names } = parsed;
      const spec = withDataset(alone(state.spec, state.shown), { points, labels, classes }, false);
      const { kind, output } = problemOf(spec, 0);
      const single = kind === "logistic" || (kind === "network" && output === "sigmoid");
      state.names = names;
      act.edit(single && classes > 2 ? withModel(spec, 0, "softmax", { classes }) : spec, { window: true, step: 0, shown: 0 });
    }, (spec) => act.edit(spec, { window: true, step: 0, shown: 0 }));
  },
  save: () => saveSpec(share),
};

/** A scene is on the page: its question, its panel, what it looks at. */
function choose(scene) {
  Object.assign(state, {
    scene,
    answered: !scene?.question,
    prediction: null,
    shown: scene?.view.shown ?? 0,
    panel: scene?.view.panel ?? panelFor(scene?.spec ?? state.spec),
    shift: 0,
    seen: 0,
    tool: "look",
    probe: scene?.view.probe ?? null,
  });
  if (scene) player.speed = scene.view.speed ?? 1;
}

function answered() {
  state.answered = true;
}

const edits = {
  tool: () => state.tool,
  probe(place) { state.probe = place; soon(); },
  brush(k) { if (k < (state.model?.classes ?? 0)) act.show({ brush: k }); },
  add(place, whole = false) {
    const dataset = mine();
    redo(withPoint(dataset, place, labelFor()), whole ? "push" : "replace", !whole);
    return learned(dataset).length;
  },
  move(index, place, phase) { redo(withMoved(...among(index), place), phase === "end" ? "push" : "replace", phase !== "end"); },
  label(index) { redo(withLabel(...among(index), state.brush), "push"); },
  erase(index) { redo(withoutPoint(...among(index)), "push"); },
};

/** The dataset, and the place in it of a point that is learned from. */
function among(index) {
  const dataset = mine();
  return [dataset, learned(dataset)[index]];
}

const labelFor = () => (state.model.sets ? [state.brush] : state.brush);

/** The points as the person's own. */
const mine = () => owned(problemOf(state.spec, state.shown).dataset, state.model);

function redo(dataset, history, light = false) {
  act.edit(withDataset(state.spec, dataset, true), { history, light });
}

/* running */

let historyWay = null;

function run(spec, step, way, { window = false, light = false } = {}) {
  state.spec = spec;
  state.problem = null;
  state.note = null;
  historyWay = way;
  const shown = Math.min(step, spec.steps);
  Object.assign(player, { steps: spec.steps, step: shown, position: shown, granted: spec.steps });
  state.models = patched(state.models, spec);
  const code = unfit(problemOf(spec, state.shown).dataset);
  state.blank = Boolean(code) && state.models.length > 0;
  if (state.blank) {
    state.note = { text: cure(code), cure: false };
    state.tool = state.tool === "look" ? "draw" : state.tool;
    playing.pause(player);
    loading += 1;
    return stir();
  }
  racing.expect(race, spec, 0);
  connection.open(link, spec, 0, spec.steps);
  if (!light || state.models.length !== spec.runs.length) load(spec, window);
  stir();
}

/* models: what the points, features and layers are */

let loading = 0;

async function load(spec, window) {
  const mineNow = (loading += 1);
  try {
    const models = await Promise.all(spec.runs.map((_, index) => modelOf(problemOf(spec, index), page.language)));
    if (mineNow !== loading) return;
    state.models = models;
    const { points, notes } = models[state.shown];
    if (window || !sees(map, points)) lookAt(map, models[state.shown].window);
    state.note = notes[0] ? note(notes[0]) : null;
    stir();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (mineNow === loading) refused(error.problem);
  }
}

function heard(what) {
  if (what === "opened") {
    state.link = race.link;
    if (historyWay) remember(historyWay);
    historyWay = null;
  }
  stir();
}

function refused(problem) {
  state.problem = { text: refusal(problem) };
  if (race.spec) {
    state.spec = race.spec;
    load(race.spec, false);
  }
  playing.pause(player);
  soon();
}

/* the address: spec in the query, what is shown in the fragment */

function fragment() {
  return `#step=${player.step}${state.shown ? `&run=${state.shown}` : ""}${state.below === "surface" ? "&below=surface" : ""}`;
}

/** What is too long for a link is kept by this tab's history alone. */
function remember(way) {
  writeAddress(state.link ?? location.pathname, fragment(), { spec: state.spec, scene: state.scene?.name ?? null, kept: !state.link }, way);
}

addEventListener("popstate", (event) => {
  if (!event.state?.spec) return;
  choose(scenes.find(({ name }) => name === event.state.scene) ?? null);
  answered();
  if (!state.scene) state.panel = panelFor(event.state.spec);
  run(event.state.spec, stepAsked() ?? 0, null, { window: true });
});

const stepAsked = () => inFragment("step");

/* the parts */

const lede = createLede({
  answer(choice) {
    state.prediction = choice;
    answered();
    playing.play(player);
    soon();
  },
});
const map = createMap(find("map"), edits);
const probe = createProbe((brush) => act.show({ brush }));
const curves = createCurves();
const panel = createPanel(find("panel"), act);
const slice = createSlice({ change: act.slice, redraw: () => soon() });
const controls = createControls(state, act);
const transport = createTransport(act, [0.25, 1, 2, 8, 32]);
const screen = createScreen({ page, state, race, player, act, lede, map, probe, curves, panel, slice, controls, transport });

find("scenes").append(
  ...scenes.map((scene) =>
    element("button", { type: "button", "data-scene": scene.name, title: scene.lesson, onclick: () => act.scene(scene) }, scene.title),
  ),
);
for (const name of ["tool", "below"]) {
  find(name).addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) act.show({ [name]: button.dataset.value });
  });
}

const share = {
  link: () => state.link, fragment, spec: () => state.spec, name: () => state.scene?.name ?? "classify",
  more: [{ icon: "page", words: t("Interactive hand-out"), press: () => saveHandOut(share, "loss", isDark() ? "dark" : "light") }],
  code: [trainingScript(race, page.language, (spec) => spec.runs.map((_, index) => nameOf(spec, index, page.catalog)))],
};

createChrome({
  changed: () => {
    state.theme = currentTheme(page.tokens);
    map.key = "";
    stir();
  },
  link: () => state.link,
  keys: [
    {
      keys: ["1", "2", "3", "4", "5", "6"],
      words: t("the scenes"),
      press: (_, event) => scenes[Number(event.key) - 1] && act.scene(scenes[Number(event.key) - 1]),
    },
    {
      keys: ["s"],
      words: t("the loss surface, or this point"),
      press: () => act.show({ below: state.below === "surface" ? "point" : "surface" }),
    },
    ...[
      ["v", "look", t("look at a point")],
      ["a", "draw", t("draw points")],
      ["r", "label", t("relabel points")],
      ["x", "erase", t("delete points")],
    ].map(([key, tool, words]) => ({ keys: [key], words, press: () => act.show({ tool }) })),
  ],
  share,
});

/* drawing: once a frame, only when something changed */

let frame = 0;
let stirred = 0;
let resting = 0;
let settled = 0;

function soon() {
  frame ||= requestAnimationFrame(draw);
}

/** Something moved: coarse now, fine when it has rested. */
function stir() {
  stirred = performance.now();
  clearTimeout(resting);
  resting = setTimeout(soon, REST_AFTER + 20);
  soon();
}

function draw(now) {
  frame = 0;
  const before = player.step;
  const step = playing.tick(player, now);
  if (step !== before) stirred = performance.now();
  state.seen = Math.max(state.seen, step);
  showTransport(transport, { step, steps: player.steps, playing: player.playing, speed: player.speed });
  const live = find("live");
  live.setAttribute("aria-live", player.playing ? "off" : "polite");
  state.model = state.models[Math.min(state.shown, state.models.length - 1)] ?? null;
  if (state.model) paint(screen, step, player.playing || performance.now() - stirred < REST_AFTER);
  if (!player.playing) {
    clearTimeout(settled);
    settled = setTimeout(() => !state.problem && !state.blank && remember("replace"), 400);
    if (step !== before) stir();
  }
  if (player.playing) soon();
}

/* begin */

choose(scenes.find((scene) => scene.link === state.link) ?? null);
if (asked.has("run")) state.shown = Math.min(Number(asked.get("run")) || 0, state.spec.runs.length - 1);
if (stepAsked()) answered();
history.replaceState({ spec: state.spec, scene: state.scene?.name ?? null, kept: Boolean(kept) }, "");
run(state.spec, stepAsked() ?? state.scene?.step ?? 0, null, { window: true });
sayIgnored(page.ignored);
phone.addEventListener("change", stir);
document.fonts.ready.then(() => { map.key = map.axes = ""; stir(); });
