/**
 * The Descent page: one spec runs, streamed from the engine, and every panel shows the same step of it. This module wires
 * the parts together; what each part does stands in its own.
 */
import { errorsAt } from "../api.js";
import { suggestedGoal } from "../arrival.js";
import { advance, createConnection, open } from "../connection.js";
import { nearestPlace } from "../geometry.js";
import { t } from "../i18n.js";
import { parseNumber } from "../numbers.js";
import { changeSpeed, createPlayer, FIRST_GRANT, pause, play, restart, seek } from "../player.js";
import { arrived, createRace, expect, finish, keepGhosts, missing, opened, steps } from "../race.js";
import { torchScript } from "../pytorch.js";
import * as edit from "../settings.js";
import { createChrome, isDark, readPage, sayIgnored } from "./chrome.js";
import { createArrival } from "./arrival.js";
import { anchor, showProblem } from "./element.js";
import { createFormula, showFormulaErrors } from "./formula.js";
import { createInspector } from "./inspector.js";
import { createLede } from "./lede.js";
import { say, showDialog } from "./notice.js";
import { createGallery } from "./scenes.js";
import { createOptimizers } from "./optimizers.js";
import { loadPlotly } from "./plotly.js";
import { saveHandOut, showCode } from "./share.js";
import { createStage, lookOf, mapFor, plotIn, redraw, touch, wake } from "./stage.js";
import { bestRates, curvesOf } from "./sweeps.js";
import { createTransport } from "./transport.js";
import { windowFrom, wireWindow } from "./window.js";

const CHANGE_EVERY = 250; // ms between changes that a slider makes in mid-run

const data = readPage();

const page = {
  data, catalog: data.catalog, tokens: data.tokens, scenes: data.scenes, spec: data.spec, link: data.link, selected: data.spec.runs.length - 1, hidden: new Set(), seen: 0,
  scene: null, answered: true, prediction: null, verdict: null, problems: {}, window: null, lossAxis: "auto", goal: null, gesture: null, hover: null,
  theory: false, downhill: false, arrows: false, fog: false, fanWanted: false, fan: null, basinsWanted: false, basins: null, sweeping: null, panel: "why",
  touch: () => touch(page),
};

page.race = createRace({ shown: () => page.player.step, changed });
page.player = createPlayer({ steps: page.spec.steps, arrived: () => arrived(page.race), grant: (until) => advance(page.connection, until) });
page.connection = createConnection({
  streamAddress: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v1/stream`,
  restAddress: "/api/v1/trajectories", language: data.language,
  listeners: {
    opened: (message) => opened(page.race, message), steps: (message) => steps(page.race, message), ended: (message) => finish(page.race, message),
    error: refused, state: connectionState, have: () => missing(page.race),
  },
});

/* ---- running a spec ---- */

/**
 * Run a spec from row `from`. `ghost` keeps the paths on screen as a ghost; `history` is "push" for an edit that Back should
 * undo, "replace" for one of many small ones, null when the address stays.
 */
function run(spec, { from = 0, ghost = false, history = "push" } = {}) {
  page.spec = spec;
  page.history = history;
  if (ghost && !page.gesture) keepGhosts(page.race, page.player.step);
  if (!ghost && from === 0) page.race.ghosts = [];
  expect(page.race, spec, from);
  const until = Math.min(spec.steps, Math.max(FIRST_GRANT, page.player.step + FIRST_GRANT));
  page.player.granted = until;
  open(page.connection, spec, from, until);
  showRail();
}

/** What the race tells: an opened spec, rows, an end. */
function changed(what) {
  if (what === "opened") acceptOpened();
  if (what === "swapped" || what === "rows" || what === "ended") {
    touch(page);
    if (!document.documentElement.dataset.ready && page.race.runs.length) wake(page);
  }
}

function acceptOpened() {
  const { race, player } = page;
  page.problems = {};
  page.spec = race.spec;
  page.link = race.link;
  if (player.steps !== race.spec.steps || player.step > race.spec.steps) {
    const granted = player.granted;
    restart(player, race.spec.steps, granted);
  }
  page.selected = Math.min(page.selected, race.spec.runs.length - 1);
  remember();
  mapFor(page).then(() => touch(page));
  showRail();
}

/** The address says what runs; the fragment says what is shown of it. */
function remember() {
  if (!page.history || !page.link) return;
  const address = withLanguage(page.link);
  const state = { spec: page.spec, scene: page.scene?.name ?? null };
  if (page.history === "push" && address !== location.pathname + location.search) history.pushState(state, "", address);
  else history.replaceState(state, "", address);
  page.history = "replace";
}

function withLanguage(link) {
  const language = new URLSearchParams(location.search).get("lang");
  return language ? `${link}${link.includes("?") ? "&" : "?"}lang=${language}` : link;
}

addEventListener("popstate", (event) => {
  if (!event.state?.spec) return;
  page.window = null;
  chooseScene(page.scenes.find((scene) => scene.name === event.state.scene) ?? null, true);
  run(event.state.spec, { history: null });
});

/** A spec was refused: what ran goes on, and the error stands beside its field. */
function refused(problem) {
  page.race.expected = null;
  page.spec = page.race.spec ?? page.spec;
  const running = [...errorsAt(problem, "steps"), ...errorsAt(problem, "seed"), ...errorsAt(problem, "problem", "noise")];
  showProblem(document.querySelector("#running-problem"), null, running.map((error) => `${error.field}: ${error.message}`).join(" "));
  const beside = running.length ? true : showFormulaErrors(page.formula, problem);
  page.problems = Object.fromEntries(page.spec.runs.map((_, index) => [index, errorsAt(problem, "runs", index)]));
  const atRun = Object.values(page.problems).some((errors) => errors.length);
  if (!beside && !atRun) say(problem.detail ?? problem.title);
  showRail();
}

function connectionState(state) {
  const words = {
    waiting: t("The connection is lost. It will go on from the same step."),
    rest: t("The stream is refused here (a proxy, perhaps): steps come in slices instead."),
  }[state];
  page.connected = document.querySelector("#connection");
  clearTimeout(page.connectionNote);
  if (state === "waiting") page.connectionNote = setTimeout(() => showConnection(words), 400);
  else showConnection(state === "rest" ? words : null);
}

function showConnection(words) {
  page.connected.hidden = !words;
  page.connected.textContent = words ?? "";
}

/* ---- what a person does ---- */

/** Whether an edit bends the path from here on: only while it plays, and somewhere on the way. */
const bends = () => page.player.playing && page.player.step > 0 && page.player.step < page.player.steps;

let lastChange = 0;

function setSetting(index, name, value, phase) {
  leaveScene();
  if (bends()) {
    const now = performance.now();
    if (phase === "move" && now - lastChange < CHANGE_EVERY) return;
    lastChange = now;
    const after = page.player.step;
    run(edit.withChange(page.spec, index, after, { [name]: value }), { from: after + 1, ghost: true, history: "replace" });
    return;
  }
  run(edit.withSetting(page.spec, index, name, value), { ghost: true, history: page.gesture || phase === "move" ? "replace" : "push" });
  page.gesture = phase === "move" ? "slider" : null;
}

function setStart(point, phase) {
  if (phase === "end") {
    page.gesture = null;
    return;
  }
  leaveScene();
  run(edit.withStart(page.spec, point.map(rounded)), { ghost: true, history: phase === "begin" ? "push" : "replace" });
  if (phase !== "nudge") page.gesture = "start";
}

let tapped = false;

/** A press on the map: the answer to a question about places, where it is near one of them, else the start. */
function pressMap(point, phase) {
  const places = page.answered ? null : page.scene?.view?.places;
  if (places && phase === "begin" && places[0].length === point.length) {
    const reach = 0.1 * Math.min(...page.map.window.map(([low, high]) => high - low));
    const choice = nearestPlace(places, point, reach);
    tapped = choice >= 0;
    if (tapped) answer(choice);
  }
  if (!tapped) setStart(point, phase);
  else if (phase === "end") tapped = false;
}

/** As many digits as a pixel is worth. */
function rounded(v) {
  const window = page.map?.window[0] ?? [0, 1];
  const digits = Math.max(0, Math.min(12, 3 - Math.floor(Math.log10(window[1] - window[0]))));
  return Number(v.toFixed(digits));
}

function setProblem(problem, start) {
  page.window = null;
  leaveScene();
  page.race.ghosts = [];
  seekTo(0);
  page.seen = 0;
  const noise = page.spec.problem?.noise;
  run(edit.withProblem(page.spec, noise && problem.noise === undefined ? { ...problem, noise } : problem, start));
}

function chooseScene(scene, quietly = false) {
  page.scene = scene;
  page.verdict = null;
  page.prediction = null;
  page.answered = !scene?.question || !scene.choices.length || quietly;
}

/** A scene that was changed is no longer that scene. */
function leaveScene() {
  if (page.scene && !page.scene.touched) page.answered = true;
}

function openScene(scene) {
  pause(page.player);
  Object.assign(page, { window: null, goal: null, selected: scene.view?.run ?? scene.spec.runs.length - 1, hidden: new Set(), seen: 0, lossAxis: scene.view?.loss ?? "auto" });
  chooseScene(scene);
  page.race.ghosts = [];
  seekTo(scene.step ?? 0);
  run(scene.spec);
  page.link = scene.link;
}

function answer(choice) {
  page.prediction = choice;
  page.answered = true;
  play(page.player);
  touch(page);
}

function seekTo(step) {
  seek(page.player, step);
  if (page.player.step > 0) page.answered = true;
  touch(page);
}

const transport = createTransport({
  toggle: () => {
    page.answered = true;
    if (page.player.playing) pause(page.player);
    else play(page.player);
    touch(page);
  },
  seek: (step) => seekTo(Math.min(step, page.player.steps)),
  nudge: (by) => {
    pause(page.player);
    page.answered = true;
    seekTo(page.player.step + by);
  },
  first: () => seekTo(0),
  speed: (value) => {
    page.player.speed = value;
    touch(page);
  },
  faster: (direction) => {
    changeSpeed(page.player, direction);
    touch(page);
  },
  loop: () => {
    page.player.loop = !page.player.loop;
    touch(page);
  },
});

function select(index) {
  page.selected = index;
  mapFor(page).then(() => touch(page));
  showRail();
  touch(page);
}

function wire() {
  page.formula = createFormula(page.catalog, {
    surface: (name, settings) => setProblem({ kind: "surface", name, settings }),
    formula: (made) => {
      const same = made.variables.length === page.map?.variables.length;
      setProblem({ kind: "formula", formula: made.formula, ...(same ? { window: page.map.window.map((side) => side.map(rounded)) } : {}) },
        same ? page.spec.start ?? undefined : undefined);
    },
    start: (point) => {
      setStart(point, "begin");
      setStart(point, "end");
    },
  });
  page.optimizers = createOptimizers(page.catalog, {
    select, set: setSetting,
    schedule: (index, schedule) => run(edit.withSchedule(page.spec, index, schedule), { ghost: true }),
    rule: (index, text, settings) => run(edit.withRule(page.spec, index, text, settings), { ghost: true }),
    add: (added) => {
      page.selected = page.spec.runs.length;
      run(edit.addRun(page.spec, added));
    },
    remove: (index) => {
      page.hidden = new Set([...page.hidden].filter((i) => i !== index).map((i) => (i > index ? i - 1 : i)));
      if (page.selected >= index && page.selected > 0) page.selected -= 1;
      run(edit.removeRun(page.spec, index));
    },
    duplicate: (index) => {
      page.selected = index + 1;
      run(edit.duplicateRun(page.spec, index));
    },
    show: (index, visible) => {
      if (visible) page.hidden.delete(index);
      else page.hidden.add(index);
      showRail();
      touch(page);
    },
  });
  page.optimizers.lookOf = (name) => lookOf(page, name);
  anchor(page.optimizers.add, page.optimizers.menu);
  page.inspector = createInspector();
  page.arrival = createArrival({
    goal: (loss) => {
      page.goal = loss;
      touch(page);
    },
  });
  wireSwitches();
  wireRunning();
  wireWindow(page, (window) => {
    setWindow(window);
    history.replaceState(history.state, "", location.pathname + location.search + fragment());
  });
  page.lede = createLede({ answer });
  page.gallery = createGallery(page.scenes, openScene);
  page.transport = transport;
  createChrome({
    changed: () => redraw(page), link: () => page.link, keys: keys(),
    share: takeAway(),
  });
}

/** What can be taken away: the hand-out of this page and the script of its runs beside what every page has. */
function takeAway() {
  const script = () => torchScript(page.spec, page.answer?.program, page.who.map(({ name }) => name));
  const share = {
    link: () => page.link, fragment, spec: () => page.spec, name: () => page.scene?.name ?? page.spec.problem?.name ?? "descent",
    more: [{ icon: "page", words: t("Interactive hand-out"), press: () => saveHandOut(share, "descent", isDark() ? "dark" : "light") }],
    code: [{ icon: "code", words: t("PyTorch script"), possible: () => Boolean(page.who && script()), press: () => showCode(t("PyTorch script"), script()) }],
  };
  return share;
}

/** What is shown of the spec: the step, where it is not the first, and the window, where it is not the whole one. */
function fragment() {
  const shown = [page.player.step > 0 && `step=${page.player.step}`, page.window && `window=${page.window.flat().map((v) => Number(v.toPrecision(6)))}`];
  const said = shown.filter(Boolean).join("&");
  return said && `#${said}`;
}

function keys() {
  const press = (id) => () => document.querySelector(id).click();
  const number = (chrome, event) => {
    const index = Number(event.key) - 1;
    if (document.documentElement.dataset.present !== undefined && page.scenes[index]) openScene(page.scenes[index]);
    else if (index < page.spec.runs.length) select(index);
  };
  return [
    { keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9"], words: t("select a run; when presenting, open a scene"), press: number },
    { keys: ["t"], words: t("theory overlay"), press: press("#theory") }, { keys: ["g"], words: t("downhill directions"), press: press("#downhill") },
    { keys: ["a"], words: t("arrows of the step"), press: press("#arrows") }, { keys: ["f"], words: t("fog"), press: press("#fog") },
    { keys: ["l"], words: t("play again and again") },
  ];
}

/** Switches of what is laid over the plots, and the two panels that share a place. */
function wireSwitches() {
  for (const [id, name] of [["#theory", "theory"], ["#downhill", "downhill"], ["#arrows", "arrows"], ["#fog", "fog"], ["#fan", "fanWanted"], ["#basins", "basinsWanted"]]) {
    document.querySelector(id).addEventListener("change", (event) => {
      page[name] = event.target.checked;
      showRail();
    });
  }
  for (const tab of document.querySelectorAll("[data-panel]")) {
    tab.addEventListener("click", () => {
      page.panel = tab.dataset.panel;
      for (const other of document.querySelectorAll("[data-panel]")) other.setAttribute("aria-pressed", String(other === tab));
      if (page.panel !== "arrival") page.goal = null;
      touch(page);
    });
  }
  document.querySelector("#fair").addEventListener("click", fair);
  document.querySelector("#same-rate").addEventListener("click", () => {
    const rate = edit.settingAt(page.spec, page.selected, "lr", 0);
    if (rate !== undefined) run(edit.withSameRate(page.spec, rate), { ghost: true });
  });
}

/** Every run with its own best rate, as the service finds it; the same button hangs up. */
async function fair() {
  const button = document.querySelector("#fair");
  if (page.sweeping) return page.sweeping.abort();
  page.sweeping = new AbortController();
  const name = button.textContent;
  const { minimum } = page.map ?? {};
  const goal = typeof minimum === "number" ? minimum + (page.goal ?? suggestedGoal(page.race.runs[0].columns.get("loss")[0], minimum)) : null;
  const found = await bestRates(page.spec, goal, {
    progress: (done, of) => (button.textContent = t("Stop ({percent} %)", { percent: Math.round((100 * done) / of) })),
  }, page.sweeping.signal);
  page.sweeping = null;
  button.textContent = name;
  if (!found?.length) return null;
  run(found.reduce((spec, { index, rate }) => edit.withSetting(spec, index, "lr", rate), page.spec), { ghost: true });
  return showDialog(t("Each with its own best rate"), curvesOf(found, page.who, goal));
}

/** Steps, noise and seed of all runs. */
function wireRunning() {
  const problem = document.querySelector("#running-problem");
  const wireNumber = (id, next) => document.querySelector(id).addEventListener("change", (event) => {
    const value = parseNumber(event.target.value);
    if (Number.isNaN(value)) return showProblem(problem, null, t("“{text}” is not a number: type one such as 0.1.", { text: event.target.value }));
    showProblem(problem, null, null);
    leaveScene();
    return run(next(value), { ghost: true });
  });
  wireNumber("#steps", (value) => edit.withSteps(page.spec, value));
  wireNumber("#noise", (value) => edit.withNoise(page.spec, value));
  wireNumber("#seed", (value) => edit.withSeed(page.spec, value));
}

/** Another part of the plane; null for the whole window. */
function setWindow(window) {
  page.window = window;
  mapFor(page).then(() => touch(page));
}

function showRail() {
  if (page.stage) page.stage.railDirty = true;
  touch(page);
}

/* ---- beginning ---- */

async function begin() {
  wire();
  const fragment = new URLSearchParams(location.hash.slice(1));
  page.window = windowFrom(fragment.get("window"));
  page.player.step = Math.min(Number(fragment.get("step")) || 0, page.spec.steps);
  page.scene = page.scenes.find((scene) => scene.link === page.link) ?? null;
  chooseScene(page.scene, Boolean(page.player.step));
  if (page.scene && !fragment.has("step")) page.player.step = page.scene.step ?? 0;
  expect(page.race, page.spec, 0);
  const until = Math.min(page.spec.steps, page.player.step + FIRST_GRANT);
  page.player.granted = until;
  open(page.connection, page.spec, 0, until);
  history.replaceState({ spec: page.spec, scene: page.scene?.name ?? null }, "");
  const plotly = await loadPlotly();
  createStage(page, plotly, {
    start: pressMap, seek: seekTo,
    hover: (hover) => {
      page.hover = hover;
      touch(page);
    },
    zoom: setWindow,
  });
  await mapFor(page);
  touch(page);
  sayIgnored(data.ignored);
  plotIn(page);
}

begin();
