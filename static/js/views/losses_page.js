/** The Losses page: one neuron trained twice in step. Wires spec, stream, player, controls and views together. */
import * as connection from "../connection.js";
import { t } from "../i18n.js";
import { kindOf, paired, panelOf } from "../pair.js";
import * as playing from "../player.js";
import * as racing from "../race.js";
import { inFragment, writeAddress } from "./address.js";
import { createChrome, currentTheme, isDark, phone, readPage, sayIgnored } from "./chrome.js";
import { createControls, showControls } from "./losses_controls.js";
import { createData, drawData } from "./losses_data.js";
import { createNeuron, drawNeuron } from "./losses_neuron.js";
import { createOutputs, drawOutputs } from "./losses_outputs.js";
import { nameOf } from "./losses_look.js";
import { createQuestion } from "./losses_question.js";
import { createSpace, drawSpace } from "./losses_space.js";
import { createTerms, drawTerms } from "./losses_terms.js";
import { headline, marks } from "./losses_words.js";
import { saveHandOut } from "./share.js";
import { trainingScript } from "./training_script.js";
import { createTransport, showTicks, showTransport } from "./transport.js";

const page = readPage();
const scenes = page.scenes;
const PANELS = ["neuron", "logistic", "terms", "outputs"];
const read = paired(page.spec, scenes[0].spec);
const asked = panelAsked(read);
const opening = scenes.find((scene) => (!page.asked || scene.link === page.link) && (!asked || asked === panelOf(scene))) ?? null;
const first = page.asked ? read : opening.spec;

const state = {
  page, scene: opening, spec: first, link: page.link, panel: asked ?? kindOf(first),
  own: false, space: false, basins: opening?.view.basins ?? false, curve: "output", seen: 0, gesture: false, problem: null, waiting: false,
  theme: currentTheme(page.tokens),
};

const race = racing.createRace({ shown: () => player.step, changed: heard });
const player = playing.createPlayer({
  grant: (until) => connection.advance(link, until),
  arrived: () => racing.arrived(race),
  steps: state.spec.steps,
});
player.speed = 1;
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
    state: (now) => {
      state.waiting = now === "waiting";
      soon();
    },
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
    if (state.panel !== "neuron") question.reveal();
    playing.pause(player);
    playing.seek(player, step);
    soon();
  },
  nudge(steps) { act.seek(player.step + steps); },
  first() { act.seek(0); },
  speed(value) { player.speed = value; soon(); },
  faster(direction) { playing.changeSpeed(player, direction); soon(); },
  loop() { player.loop = !player.loop; },
  /**
   * Another spec: it runs from its first row, and the page shows `step` of it, by default the one it showed. What ran stays as
   * a ghost; of a gesture (`moving`) only what ran before it.
   */
  edit(spec, { step = player.step, moving = false } = {}) {
    state.scene = null;
    if (!state.gesture) racing.keepGhosts(race, Infinity);
    const way = state.gesture ? "replace" : "push";
    state.gesture = moving;
    run(spec, step, way);
  },
  /** A gesture is over. */
  rest() {
    if (state.gesture) soon();
    state.gesture = false;
  },
  scene(scene) {
    playing.pause(player);
    show(scene, panelOf(scene), scene.spec, scene.step, "push");
    question.ask(scene);
  },
  /** The first scene of a panel, where another one is shown. */
  panel(panel) {
    if (panel !== state.panel) act.scene(scenes.find((scene) => panelOf(scene) === panel));
  },
  show(change) { Object.assign(state, change); soon(); },
};

const controls = createControls(state, act);
const neuron = createNeuron(page.tokens, act);
const data = createData(page, act);
const space = createSpace(page, act, soon);
const outputs = createOutputs(document.querySelector("#outputs"));
const terms = createTerms(page, act);
const question = createQuestion(document.querySelector("#question"), { redraw: soon, play: () => { playing.play(player); soon(); } });
const transport = createTransport(act, [0.25, 1, 4, 16]);

createChrome({
  changed: () => {
    state.theme = currentTheme(page.tokens);
    soon();
  },
  link: () => state.link,
  keys: [
    {
      keys: scenes.map((_, index) => String(index + 1)),
      words: t("the scenes"),
      press: (_, event) => act.scene(scenes[Number(event.key) - 1]),
    },
  ],
  share: takeAway(),
});

/** What can be taken away: the hand-out of this page beside what every page has. */
function takeAway() {
  const share = {
    link: () => state.link, fragment, spec: () => state.spec, name: () => "steepest-losses",
    more: [{ icon: "page", words: t("Interactive hand-out"), press: () => saveHandOut(share, "losses", isDark() ? "dark" : "light") }],
    code: [trainingScript(race, page.language, (spec) => spec.runs.map(({ problem }) => nameOf(problem.loss)))],
  };
  return share;
}

/* running */

let historyWay = null;

/** A spec of another subject, in its panel: nothing of what ran stays. */
function show(scene, panel, spec, step, way) {
  Object.assign(state, { scene, panel, own: scene?.view.own ?? false, basins: scene?.view.basins ?? state.basins, gesture: false });
  race.ghosts = [];
  run(spec, step, way);
}

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
  return `#step=${player.step}${state.panel === kindOf(state.spec) ? "" : `&panel=${state.panel}`}`;
}

function remember(way) {
  writeAddress(state.link, fragment(), { spec: state.spec, scene: state.scene?.name ?? null, panel: state.panel }, way);
}

addEventListener("popstate", (event) => {
  if (!event.state?.spec) return;
  const scene = scenes.find(({ name }) => name === event.state.scene) ?? null;
  show(scene, event.state.panel, event.state.spec, stepAsked() ?? 0, "replace");
  question.ask(null);
});

/** The panel that the address names, where a spec can be shown in it. */
function panelAsked(spec) {
  const name = new URLSearchParams(location.hash.slice(1)).get("panel");
  return name === "terms" || (name === "outputs" && kindOf(spec) === "neuron") ? name : null;
}

const stepAsked = () => inFragment("step");

/* drawing: once a frame, only when something changed */

let frame = 0;

function soon() {
  frame ||= requestAnimationFrame(draw);
}

const drawPanel = {
  neuron(shown) {
    drawSpace(space, shown);
    drawNeuron(neuron, shown);
  },
  logistic: (shown) => drawData(data, shown, soon),
  terms: (shown) => drawTerms(terms, shown, soon),
  outputs: (shown) => drawOutputs(outputs, shown, soon),
};

/** Whether what is on the screen is of a kind of model; else that is on its way. */
function here(kind) {
  return kindOf(race.spec) === kind && race.runs[0].columns.has("output") === (kind === "neuron");
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
    document.documentElement.dataset.panel = state.panel;
    for (const panel of PANELS) document.getElementById(panel === "logistic" ? "data" : panel).hidden = panel !== state.panel;
    if (here(kindOf(state.spec))) drawPanel[state.panel](shown);
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

history.replaceState({ spec: state.spec, scene: state.scene?.name ?? null, panel: state.panel }, "");
const bare = !page.asked;
run(state.spec, stepAsked() ?? (bare || state.scene ? (state.scene ?? scenes[0]).step : 0), null);
question.ask(state.scene);
sayIgnored(page.ignored);
const sizes = new ResizeObserver(soon);
for (const plot of document.querySelectorAll("#stage .plot")) sizes.observe(plot);
document.fonts.ready.then(soon);
