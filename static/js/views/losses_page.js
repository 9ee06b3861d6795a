/** The Losses page: one neuron trained twice in step. Wires spec, stream, player, controls and views together. */
import * as connection from "../connection.js";
import { t } from "../i18n.js";
import { kindOf, paired } from "../pair.js";
import * as playing from "../player.js";
import * as racing from "../race.js";
import { createChrome, currentTheme, phone, readPage, sayIgnored } from "./chrome.js";
import { createControls, showControls } from "./losses_controls.js";
import { createData, drawData } from "./losses_data.js";
import { createNeuron, drawNeuron } from "./losses_neuron.js";
import { createOutputs, drawOutputs } from "./losses_outputs.js";
import { createQuestion } from "./losses_question.js";
import { createSpace, drawSpace } from "./losses_space.js";
import { headline, marks } from "./losses_words.js";
import { createTransport, showTicks, showTransport } from "./transport.js";

const page = readPage();
const scenes = page.scenes;
const opening = scenes.find((scene) => scene.link === page.link) ?? null;

const state = {
  page, scene: opening, spec: paired(page.spec, scenes[0].spec), link: page.link, own: false, space: false, panel: null, seen: 0, problem: null, waiting: false,
  theme: currentTheme(page.tokens),
};

const race = racing.createRace({ shown: () => player.step, changed: heard });
const player = playing.createPlayer({ grant: (until) => connection.advance(link, until), arrived: () => racing.arrived(race), steps: state.spec.steps });
player.speed = 1;
const link = connection.createConnection({
  streamAddress: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v1/stream`, restAddress: "/api/v1/trajectories", language: page.language,
  listeners: {
    opened: (message) => racing.opened(race, message), steps: (message) => racing.steps(race, message), ended: (message) => racing.finish(race, message),
    error: refused, have: () => racing.missing(race), state: (now) => { state.waiting = now === "waiting"; soon(); },
  },
});

/* what people do */

const act = {
  toggle() {
    question.reveal();
    if (player.playing) playing.pause(player);
    else playing.play(player);
    soon();
  },
  seek(step) {
    if (kindOf(state.spec) === "logistic") question.reveal();
    playing.pause(player); 
    playing.seek(player, step);
    soon();
  },
  nudge(steps) { act.seek(player.step + steps); },
  first() { act.seek(0); },
  speed(value) { player.speed = value; soon(); },
  faster(direction) { playing.changeSpeed(player, direction); soon(); },
  loop() { player.loop = !player.loop; },
  /** Another spec: it runs from its first row, and the page shows `step` of it, by default the one it showed. */
  edit(spec, { scene = null, step = player.step, keep = true } = {}) {
    state.scene = scene;
    state.own = scene?.view.own ?? state.own;
    run(spec, step, keep ? "push" : "replace");
  },
  scene(scene) {
    playing.pause(player);
    act.edit(scene.spec, { scene, step: scene.step });
    question.ask(scene);
  },
  /** The first scene of a kind of model. */
  kind(kind) {
    state.panel = kind === "outputs" ? kind : null;
    playing.pause(player);
    soon();
    if (state.panel) return;
    if (kindOf(state.spec) !== kind) act.scene(scenes.find((scene) => kindOf(scene.spec) === kind));
  },
  show(change) { Object.assign(state, change); soon(); },
};

const controls = createControls(state, act);
const neuron = createNeuron(page.tokens, act);
const data = createData(page, act);
const space = createSpace(page, soon);
const outputs = createOutputs(document.querySelector("#outputs"));
const question = createQuestion({ neuron: neuron.gradient.host, logistic: data.progress.host }, { redraw: soon, play: () => act.toggle() });
const transport = createTransport(act, [0.25, 1, 4, 16]);

createChrome({
  changed: () => { state.theme = currentTheme(page.tokens); soon(); },
  link: () => state.link,
  keys: [{ keys: ["1", "2", "3", "4", "5"], words: t("the scenes"), press: (_, event) => scenes[Number(event.key) - 1] && act.scene(scenes[Number(event.key) - 1]) }],
  share: { link: () => state.link, fragment, spec: () => state.spec, name: () => "steepest-losses" },
});

/* running */

let historyWay = null;

function run(spec, step, way) {
  state.spec = spec;
  state.problem = null;
  historyWay = way;
  const shown = Math.min(step, spec.steps);
  Object.assign(player, { steps: spec.steps, step: shown, position: shown, granted: spec.steps });
  racing.expect(race, spec, 0);
  connection.open(link, spec, 0, spec.steps);
  soon();
}

function heard(what) {
  if (what === "opened") {
    state.spec = race.spec;
    state.link = race.link && `/losses${new URL(race.link, location.origin).search}`;
    if (historyWay && race.link) remember(historyWay);
    historyWay = null;
  }
  soon();
}

function refused(problem) {
  state.problem = problem;
  state.spec = race.spec ?? state.spec;
  soon();
}

/* the address: spec in the query, step in the fragment */

function fragment() {
  return `#step=${player.step}${state.panel ? `&panel=${state.panel}` : ""}`;
}

function remember(way) {
  const lang = new URLSearchParams(location.search).get("lang");
  const address = state.link + (lang ? `${state.link.includes("?") ? "&" : "?"}lang=${lang}` : "") + fragment();
  history[way === "push" ? "pushState" : "replaceState"]({ spec: state.spec, scene: state.scene?.name ?? null }, "", address);
}

addEventListener("popstate", (event) => {
  const scene = scenes.find(({ name }) => name === event.state?.scene) ?? null;
  if (event.state?.spec) act.edit(event.state.spec, { scene, step: stepAsked() ?? 0, keep: false });
});

function stepAsked() {
  const asked = new URLSearchParams(location.hash.slice(1)).get("step");
  return asked !== null && /^\d{1,5}$/.test(asked) ? Number(asked) : null;
}

/* drawing: once a frame, only when something changed */

let frame = 0;

function soon() {
  frame ||= requestAnimationFrame(draw);
}

let settled = 0;
let ticked = "";

function draw(now) {
  frame = 0;
  const step = playing.tick(player, now);
  state.seen = Math.max(state.seen, step);
  showTransport(transport, { step, steps: player.steps, playing: player.playing, speed: player.speed });
  showControls(controls, state, race);
  const live = document.querySelector("#live");
  live.setAttribute("aria-live", player.playing ? "off" : "polite");
  if (race.runs.length) {
    const shown = { ...state, race, step, phone: phone.matches, asked: question };
    const kind = kindOf(race.spec);
    const panel = state.panel ?? kind;
    document.documentElement.dataset.panel = panel;
    for (const [id, name] of Object.entries({ neuron: "neuron", data: "logistic", outputs: "outputs" })) document.getElementById(id).hidden = panel !== name;
    if (panel === "outputs") drawOutputs(outputs, shown, soon);
    else if (kind === "neuron") {
      drawSpace(space, shown);
      drawNeuron(neuron, shown);
    } else drawData(data, shown, soon);
    headline(live, shown);
    const ticks = marks(shown);
    const key = JSON.stringify([ticks, player.steps, innerWidth]);
    if (key !== ticked) showTicks(transport, ticks, player.steps);
    ticked = key;
    document.documentElement.dataset.ready = "";
  }
  if (!player.playing) {
    clearTimeout(settled);
    settled = setTimeout(() => state.link && remember("replace"), 400);
  }
  if (player.playing) soon();
}

/* begin */

if (new URLSearchParams(location.hash.slice(1)).get("panel") === "outputs") state.panel = "outputs";
history.replaceState({ spec: state.spec, scene: state.scene?.name ?? null }, "");
const bare = !page.asked;
run(state.spec, stepAsked() ?? (bare || state.scene ? (state.scene ?? scenes[0]).step : 0), null);
question.ask(state.scene);
sayIgnored(page.ignored);
document.fonts.ready.then(soon);
