/**
 * The Backprop page: one pass forward and back, number by number, then the update, and again. The rows of the run come from
 * the stream; each iteration's pass is asked of the engine at that row's parameters. This module wires the parts together.
 */
import { post, Refusal } from "../api.js";
import * as connection from "../connection.js";
import { t } from "../i18n.js";
import { GRAINS, momentsOf } from "../moments.js";
import { isOnData, single, withOwnRule, withParameter, withRule } from "../networkspec.js";
import * as playing from "../player.js";
import { said } from "../problems.js";
import * as racing from "../race.js";
import { torchScript } from "../pytorch.js";
import { withProblem, withStart } from "../settings.js";
import { point } from "../trajectory.js";
import { inFragment, writeAddress } from "./address.js";
import { createAgain } from "./backprop_again.js";
import { createControls, showControls } from "./backprop_controls.js";
import { createGraph } from "./backprop_graph.js";
import { createLines } from "./backprop_lines.js";
import { order, show } from "./backprop_screen.js";
import { createTable, editParameter } from "./backprop_table.js";
import { createChrome, isDark, readPage, sayIgnored } from "./chrome.js";
import { createFormula, showFormula, showFormulaErrors } from "./formula.js";
import { createLede } from "./lede.js";
import { say } from "./notice.js";
import { RULE_EXAMPLE } from "./rules.js";
import { createGallery } from "./scenes.js";
import { saveHandOut, showCode } from "./share.js";
import { createTransport, showTransport } from "./transport.js";

const MOMENTS_A_SECOND = 1.2;
const OWN_RATE = 0.1; // of a typed rule before its own is typed
const SPEEDS = [0.5, 1, 2, 4];

const page = readPage();
const scenes = page.scenes;
const title = (name) =>
  name === "sgd" ? t("Gradient descent") : (page.catalog.optimizers.find((row) => row.name === name)?.title ?? t("Your own rule"));

const state = {
  page,
  titleOf: title,
  spec: single(page.spec),
  link: page.link,
  scene: scenes.find((scene) => scene.link === page.link) ?? null,
  grain: "node",
  iteration: 0,
  row: 0,
  model: null,
  pass: null,
  ran: null,
  version: 0,
  moments: [],
  picked: false,
  selected: -1,
  problem: null,
  prediction: null,
  answered: true,
  map: null,
  speed: 1,
  wanted: null,
  playNext: false,
};

const race = racing.createRace({ shown: () => state.wanted?.iteration ?? state.iteration, changed: heard });
const player = playing.createPlayer({ grant: () => {}, arrived: () => Infinity, steps: 0 });
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
    state: waiting,
  },
});

/* ---- running ---- */

let historyWay = null;

/** Run a spec; the page shows `iteration` of it, at `moment` (by default where it is, in the same grain). */
function run(spec, { iteration = 0, moment = player.step, history: way = "push", keep = false } = {}) {
  if (!keep) Object.assign(state, { picked: false, selected: -1 });
  Object.assign(state, { spec, problem: null, wanted: { moment, iteration } });
  historyWay = way;
  racing.expect(race, spec, 0);
  connection.open(link, spec, 0, spec.steps);
  soon();
}

function heard(what) {
  if (what === "opened") {
    state.spec = single(race.spec);
    state.link = race.link && `${location.pathname}${new URL(race.link, location.origin).search}`;
    if (historyWay) remember(historyWay);
    historyWay = null;
    formulaShown();
    modelShown();
  }
  if (what === "swapped") state.iteration = state.wanted?.iteration ?? 0;
  if (what !== "opened") ask();
  soon();
}

let asked = "";
const passes = new Map(); // the last passes by what was asked, so that going back is at once

/** Ask for the pass at the shown iteration's parameters. */
async function ask() {
  const trajectory = race.runs[0];
  if (race.next || !trajectory) return;
  const last = trajectory.count - 1;
  if (trajectory.status.state !== "running" && state.iteration > last) state.iteration = Math.max(0, last);
  const at = point(trajectory, race.parameters, state.iteration);
  if (!at) return trouble(trajectory);
  const ran = { spec: state.spec, iteration: state.iteration, trajectory, parameters: race.parameters };
  const body = { problem: state.spec.problem, at, ...(isOnData(state.spec.problem) ? { row: state.row } : {}) };
  const key = JSON.stringify(body);
  if (key === asked) return settle(passes.get(key), ran);
  asked = key;
  if (passes.has(key)) return settle(passes.get(key), ran, key);
  try {
    const answer = await post("/backpropagations", body, { query: { lang: page.language } });
    passes.set(key, answer);
    if (passes.size > 40) passes.delete(passes.keys().next().value);
    if (asked === key) settle(answer, ran, key);
  } catch (error) {
    if (asked !== key) return;
    asked = "";
    if (error instanceof Refusal) refused(error.problem);
    else say(t("The server does not answer; what is shown stays."));
  }
}

/** A pass is here: show it, with what it is of (`ran`), at the moment that was wanted. */
function settle(pass, ran, key = null) {
  if (!pass) return;
  state.ran = ran;
  if (key) {
    Object.assign(state, { pass, version: key });
    if (!pass.nodes[state.selected]) state.selected = -1;
  }
  state.moments = momentsOf(pass, state.grain);
  const wanted = state.wanted?.moment ?? player.step;
  state.wanted = null;
  player.steps = state.moments.length - 1;
  playing.seek(player, Math.min(wanted, player.steps));
  if (state.playNext) playing.play(player);
  state.playNext = false;
  soon();
}

/** A run whose first row is not there has nothing to show. */
function trouble(trajectory) {
  if (trajectory.status.state === "running") return;
  state.problem = { detail: said(trajectory.status) };
  soon();
}

function refused(problem) {
  state.problem = problem;
  if (race.spec) state.spec = single(race.spec);
  showFormulaErrors(formula, problem);
  soon();
}

function waiting(now) {
  const place = document.querySelector("#connection");
  place.hidden = now !== "waiting";
  place.textContent = now === "waiting" ? t("The connection is lost. It will go on from the same step.") : "";
}

/* ---- what people do ---- */

const act = {
  edit: (spec, how = {}) => run(spec, { moment: Math.min(player.step, player.steps), ...how }),
  rule(optimizer, lr) {
    const row = page.catalog.optimizers.find(({ name }) => name === optimizer);
    const settings = Object.fromEntries((row?.settings ?? []).map((setting) => [setting.name, setting.default]));
    if (lr !== undefined) settings.lr = lr;
    const start = state.iteration > 0 ? state.pass.at : state.spec.start;
    if (optimizer === "own") return run(withOwnRule(state.spec, RULE_EXAMPLE, { lr: OWN_RATE }, act.place()), { keep: true });
    run(withRule(state.spec, optimizer, settings, start), { keep: true });
  },
  /** Where a changed rule goes on from: what is shown. */
  place: () => (state.iteration > 0 ? state.pass.at : state.spec.start),
  setting(name, value, way) {
    const [own] = state.spec.runs;
    run({ ...state.spec, changes: [], runs: [{ ...own, settings: { ...own.settings, [name]: value } }] }, { history: way, keep: true });
  },
  /** A parameter typed into the table: everything follows from it. */
  parameter(node, value) {
    state.scene = null;
    run(withParameter(state.spec, state.pass.at, order(state.pass, node), value), { keep: true, moment: player.step });
  },
  row(index) {
    playing.pause(player);
    Object.assign(state, { row: index, wanted: null }); // at the moment that is shown when its pass is here
    ask();
    soon();
  },
  kind(kind) {
    const now = ["formula", "surface"].includes(state.spec.problem.kind) ? "formula" : "network";
    if (kind !== now) act.scene(scenes.find((scene) => (kind === "formula") === (scene.spec.problem.kind === "formula")));
  },
  scene(scene) {
    playing.pause(player);
    Object.assign(state, { scene, prediction: null, answered: !scene.question, grain: scene.view.grain ?? "node" });
    run(scene.spec, { moment: 0 });
  },
  answer(choice) {
    Object.assign(state, { prediction: choice, answered: true });
    player.step = 0;
    playing.play(player);
    soon();
  },
  grain(grain) {
    const { phase, layer } = state.moments[player.step] ?? {};
    state.grain = grain;
    state.moments = state.pass ? momentsOf(state.pass, grain) : [];
    player.steps = Math.max(0, state.moments.length - 1);
    const same = state.moments.findIndex((moment) => moment.phase === phase && (moment.layer === layer || grain === "pass"));
    playing.seek(player, same >= 0 ? same : Math.min(player.step, player.steps));
    soon();
  },
  iterate(iteration, moment = state.wanted?.moment ?? player.step, play = false) {
    const last = Math.max(0, (race.runs[0]?.count ?? 1) - 1);
    const next = Math.max(0, Math.min(last, iteration));
    if (next === state.iteration) return;
    Object.assign(state, { iteration: next, wanted: { moment }, playNext: play, answered: true });
    ask();
    soon();
  },
  select(node) {
    state.answered = true;
    const again = state.selected === node && state.picked;
    Object.assign(state, again ? { picked: false, selected: -1 } : { picked: true, selected: node });
    soon();
  },
  refuse(words) {
    state.problem = { detail: words };
    soon();
  },
};

/** Show a moment: of this pass, and of the one that is on its way, which may be longer. */
function showMoment(moment) {
  playing.pause(player);
  playing.seek(player, Math.min(moment, player.steps));
  if (state.wanted) state.wanted.moment = moment;
  soon();
}

const transport = createTransport({
  toggle() {
    state.answered = true;
    if (player.playing) playing.pause(player);
    else if (player.step >= player.steps) act.iterate(state.iteration + 1, 0, true);
    else playing.play(player);
    soon();
  },
  seek(step) {
    state.answered = true;
    showMoment(step);
  },
  nudge(by) {
    playing.pause(player);
    state.answered = true;
    Object.assign(state, { picked: false });
    if (by > 0 && player.step >= player.steps) return act.iterate(state.iteration + 1, 0);
    if (by < 0 && player.step <= 0) return act.iterate(state.iteration - 1, Infinity);
    showMoment(player.step + by);
  },
  first() { showMoment(0); },
  speed(value) { state.speed = value; soon(); },
  faster(direction) {
    state.speed = SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, SPEEDS.indexOf(state.speed) + direction))];
    soon();
  },
  loop() { player.loop = !player.loop; soon(); },
}, SPEEDS);

const graph = createGraph(document.querySelector("#graph"), {
  ...act,
  edit: (node) => state.pass.nodes[node].role === "parameter" && editParameter(table, node),
});
const lines = createLines({ rule: act.rule, refresh: soon });
const table = createTable({ ...act, refresh: soon });
const again = createAgain(act);
const lede = createLede(act);
const gallery = createGallery(scenes, act.scene);
const controls = createControls(state, act);
const screen = { state, player, soon, views: { graph, lines, table, again, lede, gallery, transport } };
const formula = createFormula(page.catalog, {
  surface: (name, settings) => leave(withProblem(state.spec, { kind: "surface", name, settings })),
  formula: (made) =>
    leave(
      withProblem(
        state.spec,
        { kind: "formula", formula: made.formula },
        made.variables.length === state.spec.start?.length ? state.spec.start : undefined,
      ),
    ),
  start: (at) => run(withStart(state.spec, at)),
});

function leave(spec) {
  Object.assign(state, { scene: null, answered: true });
  run(spec, { moment: 0 });
}

const share = {
  link: () => state.link,
  fragment,
  spec: () => state.spec,
  name: () => `steepest-backprop${state.scene ? `-${state.scene.name}` : ""}`,
  more: [{ icon: "page", words: t("Interactive hand-out"), press: () => saveHandOut(share, "descent", isDark() ? "dark" : "light") }],
  code: [
    { icon: "code", words: t("PyTorch script"), possible: () => Boolean(script()), press: () => showCode(t("PyTorch script"), script()) },
  ],
};

/** The script of a formula's descent; a network's parameters are no point that torch would be given so. */
function script() {
  const typed = ["formula", "surface"].includes(state.spec.problem.kind);
  return typed && state.program ? torchScript(state.spec, state.program, [title(state.spec.runs[0].optimizer)]) : null;
}

createChrome({
  changed: soon,
  link: () => state.link,
  keys: [
    {
      keys: ["n", "b"],
      words: t("the next iteration, the one before"),
      press: (_, event) => act.iterate(state.iteration + (event.key === "n" ? 1 : -1)),
    },
    {
      keys: ["g"],
      words: t("number by number, by layer, all at once"),
      press: () => act.grain(GRAINS[(GRAINS.indexOf(state.grain) + 1) % GRAINS.length]),
    },
    {
      keys: scenes.map((_, index) => String(index + 1)),
      words: t("the scenes"),
      press: (_, event) => act.scene(scenes[Number(event.key) - 1]),
    },
  ],
  share,
});
addEventListener("keydown", (event) => {
  const typing =
    state.picked && /^[-−.\d]$/.test(event.key) && event.target.closest?.("#graph, #parameters") && !event.target.matches("input");
  if (typing && state.pass.nodes[state.selected]?.role === "parameter") {
    event.preventDefault();
    event.stopPropagation();
    return editParameter(table, state.selected, event.key);
  }
  if (event.key === "Escape" && state.picked && !event.defaultPrevented) act.select(state.selected);
}, true);

/** The typed formula's field shows what runs. */
async function formulaShown() {
  const { problem } = state.spec;
  if (!["formula", "surface"].includes(problem.kind)) return;
  try {
    const map = await post("/surfaces", problem, { query: { resolution: 2, lang: page.language } });
    state.program = map.program;
    showFormula(formula, { problem, map, start: state.spec.start });
  } catch (error) {
    if (error instanceof Refusal) refused(error.problem);
  }
}

/** The points that a network learns from, for the picture in which one is chosen. */
let modelOf = "";
async function modelShown() {
  const { problem } = state.spec;
  const key = isOnData(problem) ? JSON.stringify(problem.dataset) : "";
  if (key === modelOf) return;
  Object.assign(state, { model: null, row: modelOf ? 0 : state.row });
  modelOf = key;
  if (!key) return;
  try {
    const model = await post("/models", problem, { query: { lang: page.language } });
    if (modelOf === key) state.model = model;
    if (state.row >= model.points.length) act.row(0);
  } catch (error) {
    if (error instanceof Refusal) refused(error.problem);
  }
  soon();
}

/* ---- the address: the spec in the query, what is shown of it in the fragment ---- */

function fragment() {
  const shown = {
    ...(state.iteration ? { iteration: state.iteration } : {}),
    ...(player.step ? { moment: player.step } : {}),
    ...(state.grain !== "node" ? { grain: state.grain } : {}),
    ...(state.row ? { row: state.row + 1 } : {}),
  };
  const text = new URLSearchParams(shown).toString();
  return text ? `#${text}` : "";
}

function remember(way) {
  writeAddress(state.link, fragment(), { spec: state.spec, scene: state.scene?.name ?? null }, way);
}

addEventListener("popstate", (event) => {
  if (!event.state?.spec) return;
  state.scene = scenes.find(({ name }) => name === event.state.scene) ?? null;
  run(event.state.spec, { ...shownByAddress(), history: null });
});

function shownByAddress() {
  const said = new URLSearchParams(location.hash.slice(1));
  state.row = Math.max(0, (inFragment("row") ?? 0) - 1);
  if (GRAINS.includes(said.get("grain"))) state.grain = said.get("grain");
  return { iteration: inFragment("iteration") ?? 0, moment: inFragment("moment") ?? 0 };
}

/* ---- drawing: once a frame, only when something changed ---- */

let frame = 0;
let settled = 0;

function soon() {
  frame ||= requestAnimationFrame(draw);
}

function draw(now) {
  frame = 0;
  player.speed = (state.speed * MOMENTS_A_SECOND) / playing.STEPS_A_SECOND;
  const at = playing.tick(player, now);
  if (player.playing) state.picked = false;
  showTransport(transport, { step: at, steps: player.steps, playing: player.playing, speed: state.speed });
  showControls(controls, state);
  if (state.pass && state.moments.length) {
    show(screen, at);
    document.documentElement.dataset.ready = "";
  } else if (state.problem) document.documentElement.dataset.ready = "";
  if (!player.playing) {
    clearTimeout(settled);
    settled = setTimeout(() => remember("replace"), 400);
  }
  if (player.playing) soon();
}

/* ---- begin ---- */

history.replaceState({ spec: state.spec, scene: state.scene?.name ?? null }, "");
state.grain = state.scene?.view.grain ?? "node";
const asWanted = shownByAddress();
state.answered = !state.scene?.question || Boolean(asWanted.iteration || asWanted.moment);
run(state.spec, { ...asWanted, history: null });
sayIgnored(page.ignored);
document.fonts.ready.then(soon);
new ResizeObserver(soon).observe(document.querySelector("#graph"));
