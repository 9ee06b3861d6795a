/**
 * One figure of a link and its transport, for a frame on somebody else's page. It is made of the pages' own parts; a link
 * with a mistake shows what is wrong instead of a figure that was not meant.
 */
import { post } from "../api.js";
import { advance, createConnection, open } from "../connection.js";
import { progress, sentence } from "../describe.js";
import { t } from "../i18n.js";
import { makeMap } from "../map.js";
import { changeSpeed, createPlayer, FIRST_GRANT, pause, play, seek, tick } from "../player.js";
import { worded } from "../problems.js";
import { arrived, createRace, expect, finish, missing, opened, steps } from "../race.js";
import { problemOf } from "../settings.js";
import { cell, rowAt } from "../trajectory.js";
import { inFragment } from "./address.js";
import { currentTheme, readPage } from "./chrome.js";
import { contourAspect, createContour, drawContour } from "./contour.js";
import { createCurve, drawCurve } from "./curve.js";
import { element } from "./element.js";
import { showSentence } from "./lede.js";
import { createLoss, drawLoss } from "./loss.js";
import { loadPlotly, loadPlotlyInSpace } from "./plotly.js";
import { stateOf } from "./stage_state.js";
import { factOf } from "./stage_words.js";
import { createSurface, drawSurface } from "./surface.js";
import { createTransport, showTransport } from "./transport.js";

const REST_AFTER = 140; // ms without change before Plotly draws the paths
const WORDS_EVERY = 100; // ms between sentences while playing

const FIGURES = {
  contour: { load: loadPlotly, create: createContour, draw: drawContour },
  curve: { load: loadPlotly, create: createCurve, draw: drawCurve },
  surface: { load: loadPlotlyInSpace, create: createSurface, draw: drawSurface },
  loss: { load: loadPlotly, create: createLoss, draw: drawLoss },
};

const data = readPage();
const find = (id) => document.querySelector(id);
const length = Math.max(...data.spec.runs.map((run) => run.steps ?? data.spec.steps));

/** What stateOf reads: a page with nothing switched on. */
const page = {
  ...data,
  selected: data.spec.runs.length - 1,
  hidden: new Set(),
  seen: 0,
  gesture: null,
  hover: null,
  downhill: false,
  fog: false,
  basinsWanted: false,
  lossAxis: "auto",
  goal: null,
  map: null,
  theme: currentTheme(data.tokens),
  lede: { live: find("#live"), key: "" },
  figure: FIGURES[data.figure],
  view: null,
  raf: 0,
  changedAt: 0,
  saidAt: 0,
};

page.race = createRace({ shown: () => page.player.step, changed: () => touch() });
page.player = createPlayer({ steps: length, arrived: () => arrived(page.race), grant: (until) => advance(page.connection, until) });
page.connection = createConnection({
  streamAddress: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v1/stream`,
  restAddress: "/api/v1/trajectories",
  language: data.language,
  listeners: {
    opened: (message) => opened(page.race, message),
    steps: (message) => steps(page.race, message),
    ended: (message) => finish(page.race, message),
    error: (problem) => showWrong(problem),
    state: showConnection,
    have: () => missing(page.race),
  },
});

/* ---- drawing ---- */

function touch() {
  page.changedAt = performance.now();
  page.raf ||= requestAnimationFrame(frame);
}

function frame(now) {
  page.raf = 0;
  const before = page.player.step;
  tick(page.player, now);
  page.seen = Math.max(page.seen, page.player.step);
  if (page.player.playing || page.player.step !== before) page.changedAt = now;
  const rest = !page.player.playing && now - page.changedAt >= REST_AFTER;
  draw(now, rest);
  if (!rest) page.raf = requestAnimationFrame(frame);
}

function draw(now, rest) {
  const { player, race, view } = page;
  showTransport(transport, { step: player.step, steps: player.steps, playing: player.playing, speed: player.speed });
  if (!view || !page.map || !race.runs.some((run) => run.count)) return;
  const state = stateOf(page);
  page.figure.draw(view, state, rest);
  if (now - page.saidAt > WORDS_EVERY || rest) {
    page.saidAt = now;
    say(state, rest);
  }
  document.documentElement.dataset.ready = "";
}

function say(state, rest) {
  const chosen = state.runs[page.selected];
  if (state.map.program) {
    const fact = factOf(page, state, chosen);
    return showSentence(page.lede, fact, !rest, sentence(fact));
  }
  const { trajectory, identity } = chosen;
  const row = rowAt(trajectory, state.step);
  const fact = {
    who: identity.name,
    colour: identity.colour,
    dashName: identity.dashName,
    step: state.step,
    row,
    loss: cell(trajectory, "loss", row),
    status: trajectory.status,
    lr: NaN,
  };
  return showSentence(page.lede, fact, !rest, progress(fact));
}

/** Another size or theme: everything is drawn again. */
function redraw() {
  page.theme = currentTheme(page.tokens);
  remap();
  touch();
}

function remap() {
  if (page.answer)
    page.map = makeMap(page.answer, { aspect: page.view && data.figure === "contour" ? contourAspect(page.view, page.theme) : 1 });
}

/* ---- what a person does ---- */

function seekTo(step) {
  seek(page.player, Math.min(step, page.player.steps));
  touch();
}

const transport = createTransport({
  toggle: () => {
    if (page.player.playing) pause(page.player);
    else play(page.player);
    touch();
  },
  seek: seekTo,
  nudge: (by) => {
    pause(page.player);
    seekTo(page.player.step + by);
  },
  first: () => seekTo(0),
  speed: (value) => {
    page.player.speed = value;
    touch();
  },
  faster: (direction) => {
    changeSpeed(page.player, direction);
    touch();
  },
  loop: () => {
    page.player.loop = !page.player.loop;
    touch();
  },
}, [0.25, 1, 4, 16]);

/** The page itself opens at the step that is shown here. */
find("#home").addEventListener("click", ({ currentTarget: home }) => {
  const address = new URL(home.href);
  const language = new URLSearchParams(location.search).get("lang");
  if (language) address.searchParams.set("lang", language);
  address.hash = page.player.step > 0 ? `step=${page.player.step}` : "";
  home.href = address.href;
});

/* ---- what goes wrong ---- */

function showWrong({ errors = [], detail }) {
  const said = errors.length ? errors.map(({ field, message }) => (field ? `${field}: ${message}` : message)) : [detail];
  find("#wrong").replaceChildren(
    element("p", {}, t("This figure cannot be shown: its link has a mistake.")),
    element("ul", {}, ...said.map((text) => element("li", {}, text))),
  );
  for (const [id, hidden] of [["#wrong", false], ["#figure", true], ["#live", true], ["#bar", true]]) find(id).hidden = hidden;
  document.documentElement.dataset.ready = "";
}

function showConnection(state) {
  const place = find("#connection");
  place.hidden = state !== "waiting";
  place.textContent = place.hidden ? "" : t("The connection is lost. It will go on from the same step.");
}

function showMissing(error) {
  find("#figure").replaceChildren(element("p", { class: "missing" }, error.message === "webgl"
    ? t("The surface needs WebGL, which this browser has switched off or lacks.") : t("The figure could not be loaded.")));
  document.documentElement.dataset.ready = "";
}

/* ---- beginning ---- */

async function begin() {
  if (data.ignored.length) return showWrong(worded({ errors: data.ignored }));
  page.player.step = Math.min(inFragment("step") ?? 0, length);
  const until = Math.min(length, page.player.step + FIRST_GRANT);
  page.player.granted = until;
  expect(page.race, data.spec, 0);
  open(page.connection, data.spec, 0, until);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  try {
    const ignore = () => {};
    const on = { start: ignore, zoom: ignore, camera: ignore, seek: seekTo, hover: (hover) => ((page.hover = hover), touch()) };
    page.view = page.figure.create(find("#plot"), await page.figure.load(), on);
    const { noise: _noise, ...problem } = problemOf(data.spec, 0);
    if (data.drawn) page.answer = await post("/surfaces", problem, { query: { resolution: 2 } });
    else page.map = {}; // a loss alone
    new ResizeObserver(redraw).observe(find("#plot"));
    redraw();
  } catch (error) {
    showMissing(error);
  }
}

begin();
