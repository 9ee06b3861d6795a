/** The Batches page: walks with batches of any size down one bowl. Wires spec, stream, clock, controls and panels. */
import * as connection from "../connection.js";
import { t } from "../i18n.js";
import { makeClock, nextMove, tickOf } from "../pace.js";
import * as playing from "../player.js";
import * as racing from "../race.js";
import { ghostOf } from "../trajectory.js";
import * as walks from "../walks.js";
import { inFragment, writeAddress } from "./address.js";
import { createControls, showControls } from "./batches_controls.js";
import { fitAll, fitOf, measureFloors, openFan } from "./batches_measures.js";
import { countText } from "./batches_parts.js";
import { createStage, drawStage, isResting } from "./batches_stage.js";
import { pacesOf, walkersOf } from "./batches_walkers.js";
import { sayWalks, verdictOf } from "./batches_words.js";
import { createChrome, currentTheme, isDark, isPresenting, readPage, sayIgnored } from "./chrome.js";
import { createLede, showKicker, showQuestion, showVerdict } from "./lede.js";
import { saveHandOut } from "./share.js";
import { trainingScript } from "./training_script.js";
import { createTransport, showTransport } from "./transport.js";

const data = readPage();
const { scenes } = data;
const WORDS_EVERY = 100; // ms between sentences while playing
const BY = ["examples", "updates", "time"];

const page = {
  data, scenes, tokens: data.tokens, spec: data.spec, link: data.link, scene: null, selected: 0, by: "examples", atOnce: 32, answered: true, verdict: null,
  ownRates: false, fan: null, wantsFan: false, problem: null, window: null, fits: new Map(), floors: { key: "", measured: [] }, rates: null, stage: null, hover: null,
  gesture: false, plane: true, ran: null, clock: null, clockOf: null, ghosts: [], ghostsKey: 0, frame: null, goesOn: false, changedPoints: null,
  theme: currentTheme(data.tokens),
};

const race = racing.createRace({ shown: () => (page.goesOn ? 0 : Math.max(0, ...(page.walkers ?? []).map(({ row }) => row))), changed: heard });
const player = playing.createPlayer({ grant: () => {}, arrived: lastTick, steps: 300 });
player.granted = Infinity; // all rows of these short walks are granted at once
const link = connection.createConnection({
  streamAddress: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v1/stream`, restAddress: "/api/v1/trajectories", language: data.language,
  listeners: {
    opened: (message) => racing.opened(race, message), steps: (message) => racing.steps(race, message), ended: (message) => racing.finish(race, message),
    error: refused, have: () => racing.missing(race), state: connected,
  },
});
Object.assign(page, { race, player });

/* ---- running ---- */

function run(spec, history = "push") {
  if (history !== "replace") Object.assign(page, { ghosts: history === "push" ? ghostsNow() : [], ghostsKey: page.ghostsKey + 1, frame: null, changedPoints: null });
  page.spec = spec;
  page.problem = null;
  page.historyWay = history;
  page.selected = Math.min(page.selected, spec.runs.length - 1);
  racing.expect(race, spec, 0);
  connection.open(link, spec, 0, Math.max(...spec.runs.map((walk) => walk.steps ?? spec.steps)));
  soon();
}

function heard(what) {
  if (what === "opened") accept();
  if (what === "swapped") {
    page.ran = race.spec;
    page.plane = race.spec.runs.every((_, index) => walks.isPlane(walks.problemOf(race.spec, index)));
    if (page.goesOn) playing.seek(player, 0);
    page.goesOn = false;
    setClock();
  }
  soon();
}

/** Whether what is on the screen is what was asked for last: its rows, its points and its clock are here. */
const isCurrent = () => !race.expected && !race.next && Boolean(page.clock) && page.clockOf === page.ran;

/** What is on the screen, to be left there as the ghost of a change: whole walks, or up to here where they go on with other points. */
function ghostsNow() {
  const walkers = page.answered ? page.walkers ?? [] : [];
  return walkers.map(({ look, pace, level, row, trajectory, parameters }) => {
    const rows = page.goesOn ? row : trajectory.count - 1;
    return { look, pace, level, rows, plane: page.plane, trajectory: ghostOf(trajectory, parameters, rows + 1) };
  });
}

async function accept() {
  page.spec = race.spec;
  page.link = race.link;
  if (page.historyWay && page.link) remember(page.historyWay);
  page.historyWay = page.historyWay && "replace";
  try {
    await fitAll(page, race.spec);
  } catch (error) {
    page.problem = error.problem ?? { detail: error.message };
  }
  setClock();
}

function refused(problem) {
  page.problem = problem;
  page.spec = race.spec ?? page.spec;
  race.expected = null;
  soon();
}

function connected(state) {
  const place = document.querySelector("#connection");
  place.hidden = state !== "waiting";
  place.textContent = state === "waiting" ? t("The connection is lost. It will go on from the same step.") : "";
}

/* ---- the clock: ticks of the transport, amounts, rows ---- */

/**
 * The clock of the walks on the screen, once their points are here too; compared otherwise, it goes to where the selected walk is
 * now, or one that still moves.
 */
function setClock() {
  const spec = page.ran;
  if (!spec?.runs.every((_, index) => fitOf(page, spec, index))) return;
  const before = page.clock;
  const moving = [page.walkers?.[page.selected], ...(page.walkers ?? [])].find((walker) => walker && !walker.over);
  const changed = page.clockOf !== spec;
  page.clockOf = spec;
  page.paces = pacesOf(page, spec);
  page.clock = makeClock(page.by, page.paces, { steps: spec.steps, atOnce: page.atOnce });
  player.steps = page.clock.ticks;
  const same = !before || (before.currency === page.by && before.atOnce === page.atOnce);
  if (same || !page.walkers) playing.seek(player, player.step);
  else playing.seek(player, moving ? tickOf(page.clock, page.paces[moving.index], moving.row) : page.clock.ticks);
  if (changed) measure();
  soon();
}

/** What the engine is asked for beside the walks, of those on the screen. */
function measure() {
  if (!isCurrent()) return;
  if (page.wantsFan) openFan(page, soon);
  measureFloors(page, soon);
}

/** The last tick whose rows are all here. */
function lastTick() {
  const { clock } = page;
  if (!clock || race.next || page.clockOf !== page.ran) return player.step;
  const here = (tick) => race.runs.every((walk, index) => walk.status.state !== "running" || clock.row(page.paces[index], tick) < walk.count);
  return here(clock.ticks) ? clock.ticks : Math.max(0, player.step);
}

/* ---- what people do ---- */

const act = {
  toggle() {
    page.answered = true;
    if (player.playing) playing.pause(player);
    else playing.play(player);
    soon();
  },
  seek(tick) { playing.pause(player); playing.seek(player, tick); soon(); },
  nudge(by) {
    if (!page.clock) return;
    page.answered = true;
    let tick = player.step;
    for (let i = 0; i < Math.abs(by); i += 1) tick = nextMove(page.clock, page.paces, tick, Math.sign(by));
    act.seek(tick);
  },
  first() { act.seek(0); },
  speed(value) { player.speed = value; soon(); },
  faster(direction) { playing.changeSpeed(player, direction); soon(); },
  loop() { player.loop = !player.loop; soon(); },
  edit(spec, history = "push") { leaveScene(); run(spec, history); },
  select(index) {
    page.selected = index;
    page.fan = null;
    measure();
    soon();
  },
  by(currency) { page.by = currency; setClock(); soon(); },
  atOnce(points) { page.atOnce = points; setClock(); soon(); },
  ownRates(on) {
    page.ownRates = on;
    if (!on && !walks.sharesRate(page.spec)) act.edit(walks.withRate(page.spec, page.spec.runs[0].settings.lr));
    soon();
  },
  fan(on) {
    page.wantsFan = on;
    page.fan = null;
    measure();
    soon();
  },
  scene(name) {
    const scene = scenes.find((each) => each.name === name);
    if (!scene) return;
    playing.pause(player);
    choose(scene);
    playing.seek(player, 0);
    page.walkers = null;
    run(scene.spec, "push");
  },
  answer(choice) {
    page.answered = true;
    page.verdict = { choice };
    playing.play(player);
    soon();
  },
  start(point, phase) {
    page.gesture = phase === "begin" || phase === "move";
    if (phase === "end") return soon();
    act.edit(walks.withPlace(page.spec, point.map((v) => Number(v.toFixed(2)))), phase === "begin" ? "push" : "replace");
  },
  /** Other points while it runs: every walk goes on from where it is. */
  points(dataset, words) {
    if (!page.walkers || race.next) return;
    const problem = walks.problemOf(race.spec, page.selected);
    const frame = page.stage.startKey;
    leaveScene();
    page.goesOn = true;
    const places = page.walkers.map((walker) => race.parameters.map((name) => walker.trajectory.columns.get(name)[walker.row]));
    run(walks.withPoints(race.spec, problem, dataset, places));
    Object.assign(page, { frame, changedPoints: words });
  },
  rule(optimizer) {
    const lr = data.catalog.optimizers.find(({ name }) => name === optimizer).settings.find(({ name }) => name === "lr").default;
    page.ownRates = true;
    act.edit(walks.withRule(page.spec, page.selected, optimizer, lr));
  },
  rate(lr) { act.edit(walks.withRate(page.spec, lr, page.ownRates ? page.selected : null)); },
  refuse(words) { page.problem = { detail: words }; soon(); },
  redraw() { soon(); },
  zoom(window) { page.window = window; soon(); },
  hover(hover) { page.hover = hover; soon(); },
};

/** A scene that was changed is no longer that scene. */
function leaveScene() {
  page.answered = true;
  page.scene = null;
  page.verdict = null;
}

function choose(scene, quietly = false) {
  Object.assign(page, {
    scene, verdict: null, answered: quietly || !scene?.question, window: null, selected: scene?.view.select ?? 0, by: scene?.view.by ?? page.by, fan: null,
  });
  page.ownRates = scene ? !walks.sharesRate(scene.spec) : page.ownRates;
  player.speed = scene?.view.speed ?? 1;
}

const controls = createControls(page, act);
const lede = createLede({ answer: act.answer });
const transport = createTransport(act, [0.25, 1, 4, 16]);

const share = {
  link: () => page.link, fragment, spec: () => page.spec, name: () => `steepest-${page.scene?.name ?? "batches"}`,
  more: [{ icon: "page", words: t("Interactive hand-out"), press: () => saveHandOut(share, "loss", isDark() ? "dark" : "light") }],
  code: [trainingScript(race, data.language, () => page.looks.map(({ name }) => name))],
};

createChrome({
  changed: () => {
    page.theme = currentTheme(page.tokens);
    soon();
  },
  link: () => page.link,
  keys: [
    { keys: ["1", "2", "3", "4", "5", "6"], words: t("select a walk; when presenting, open an experiment"), press: (_, event) => number(Number(event.key) - 1) },
    { keys: ["x"], words: t("compare by points, updates or time"), press: () => act.by(BY[(BY.indexOf(page.by) + 1) % BY.length]) },
    { keys: ["f"], words: t("fan of 20 seeds"), press: () => act.fan(!page.wantsFan) },
    { keys: ["l"], words: t("play again and again") },
  ],
  share,
});

function number(index) {
  if (isPresenting() && scenes[index]) act.scene(scenes[index].name);
  else if (index < page.spec.runs.length) act.select(index);
}

/* ---- the address: spec in the query; what is shown of it in the fragment ---- */

function fragment() {
  const shown = { step: player.step, by: page.by, ...(page.by === "time" ? { at_once: page.atOnce } : {}), walk: page.selected, ...(page.wantsFan ? { fan: 1 } : {}) };
  return `#${new URLSearchParams(shown)}`;
}

function remember(way) {
  writeAddress(page.link, fragment(), { spec: page.spec, scene: page.scene?.name ?? null }, way);
}

addEventListener("popstate", (event) => {
  if (!event.state?.spec) return;
  choose(scenes.find(({ name }) => name === event.state.scene) ?? null, true);
  readFragment();
  run(event.state.spec, null);
});

function readFragment() {
  const asked = new URLSearchParams(location.hash.slice(1));
  if (BY.includes(asked.get("by"))) page.by = asked.get("by");
  page.atOnce = inFragment("at_once") || page.atOnce;
  page.selected = Math.min(inFragment("walk") ?? page.selected, page.spec.runs.length - 1);
  page.wantsFan = asked.has("fan");
  const step = inFragment("step");
  if (step !== null) player.step = player.position = step;
  return step;
}

/* ---- drawing ---- */

let frame = 0;
let settled = 0;
let said = 0;

function soon() {
  if (page.stage) page.stage.changedAt = performance.now();
  frame ||= requestAnimationFrame(draw);
}

function draw(now) {
  frame = 0;
  const ready = page.stage && page.clock && page.clockOf === page.ran && race.runs.every(({ count }) => count > 0);
  if (ready) playing.tick(player, now);
  showControls(controls, page);
  if (!ready) return;
  if (player.playing) page.stage.changedAt = now;
  page.walkers = walkersOf(page);
  const rest = !player.playing && !page.gesture && isResting(page.stage, now);
  drawStage(page, rest);
  const amount = page.clock.amount(player.step);
  showTransport(transport, {
    step: player.step, steps: player.steps, playing: player.playing, speed: player.speed,
    reading: { say: saying(page.by), step: countText(amount), steps: countText(page.clock.most) },
  });
  if (rest || now - said >= WORDS_EVERY) {
    said = now;
    words(rest);
  }
  document.documentElement.dataset.ready = "";
  if (!rest) frame ||= requestAnimationFrame(draw);
  else if (!settled && page.link) settled = setTimeout(() => { settled = 0; remember("replace"); }, 300);
}

const saying = (by) => (slots) => ({
  examples: () => t("Points seen: {step}", slots), updates: () => t("Update {step}", slots), time: () => t("Time {step}", slots),
})[by]();

function words(rest) {
  const number = page.scene ? scenes.indexOf(page.scene) + 1 : 0;
  showKicker(lede, { number, title: page.scene?.title ?? t("Your own walks"), lesson: page.verdict ? "" : page.changedPoints ?? page.scene?.lesson ?? t("What does a batch cost, and what does its noise do?") });
  showQuestion(lede, page.answered ? null : page.scene);
  showVerdict(lede, page.verdict && page.scene && isCurrent() ? verdictOf(page) : null);
  lede.live.setAttribute("aria-live", rest ? "polite" : "off");
  sayWalks(lede.live, page);
}

/* ---- beginning ---- */

async function begin() {
  const opening = scenes.find((scene) => scene.link === page.link) ?? null;
  choose(opening);
  if (!walks.isShown(data.spec)) {
    choose(scenes[0]);
    page.spec = scenes[0].spec;
  }
  page.ownRates = !walks.sharesRate(page.spec);
  if (readFragment()) page.answered = true;
  history.replaceState({ spec: page.spec, scene: page.scene?.name ?? null }, "");
  run(page.spec, null);
  const { default: plotly } = await import("./plotly_flat.js");
  page.stage = createStage(page, plotly, act);
  sayIgnored(data.ignored);
  document.fonts.ready.then(soon);
  soon();
}

begin();
