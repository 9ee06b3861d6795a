/**
 * The Descent page: one spec runs, streamed from the engine, and every panel shows the same step of it. This module wires
 * the parts together; what each part does stands in its own.
 */
import { advance, createConnection } from "../connection.js";
import { isFitted } from "../fitted.js";
import { createPlayer } from "../player.js";
import { arrived, createRace, finish, missing, opened, steps } from "../race.js";
import * as edit from "../settings.js";
import { inFragment } from "./address.js";
import { createArrival } from "./arrival.js";
import { createChrome, readPage, sayIgnored } from "./chrome.js";
import { fragment, keys, takeAway, transportOf, wireRunning, wireSwitches } from "./descent_controls.js";
import { changed, connectionState, refused, run, runFirst } from "./descent_run.js";
import {
  answer,
  chooseScene,
  goBack,
  openScene,
  pressMap,
  rounded,
  seekTo,
  select,
  setData,
  setProblem,
  setSetting,
  setStart,
  setWindow,
} from "./descent_steer.js";
import { createDataPanel } from "./data_panel.js";
import { anchor } from "./element.js";
import { createFormula } from "./formula.js";
import { createInspector } from "./inspector.js";
import { createLede } from "./lede.js";
import { say } from "./notice.js";
import { createOptimizers } from "./optimizers.js";
import { createGallery } from "./scenes.js";
import { createStage, redraw, touch, touchRail } from "./stage.js";
import { mapFor } from "./stage_map.js";
import { lookOf } from "./stage_state.js";
import { windowFrom, wireWindow } from "./window.js";

const data = readPage();

const page = {
  data,
  catalog: data.catalog,
  tokens: data.tokens,
  scenes: data.scenes,
  spec: data.spec,
  link: data.link,
  selected: data.spec.runs.length - 1,
  hidden: new Set(),
  seen: 0,
  scene: null,
  answered: true,
  prediction: null,
  verdict: null,
  problems: {},
  window: null,
  lossAxis: "auto",
  goal: null,
  gesture: null,
  hover: null,
  theory: false,
  downhill: false,
  arrows: false,
  fog: false,
  fanWanted: false,
  fan: null,
  basinsWanted: false,
  basins: null,
  sweeping: null,
  panel: isFitted(data.spec.problem) ? "points" : "why",
  held: null,
  bentAt: 0,
  tapped: false,
  answers: new Map(),
  touch: () => touch(page),
};

page.race = createRace({ shown: () => page.player.step, changed: (what) => changed(page, what) });
page.player = createPlayer({
  steps: page.spec.steps,
  arrived: () => arrived(page.race),
  grant: (until) => advance(page.connection, until),
});
page.connection = createConnection({
  streamAddress: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v1/stream`,
  restAddress: "/api/v1/trajectories",
  language: data.language,
  listeners: {
    opened: (message) => opened(page.race, message),
    steps: (message) => steps(page.race, message),
    ended: (message) => finish(page.race, message),
    error: (problem) => refused(page, problem),
    state: (state) => connectionState(page, state),
    have: () => missing(page.race),
  },
});

addEventListener("popstate", (event) => {
  if (event.state?.spec) goBack(page, event.state);
});

function wire() {
  page.formula = createFormula(page.catalog, {
    surface: (name, settings) => setProblem(page, { kind: "surface", name, settings }),
    fitted: (problem, start) => setProblem(page, problem, start ?? page.spec.start ?? undefined),
    formula: (made) => {
      const same = made.variables.length === page.map?.variables.length;
      setProblem(
        page,
        {
          kind: "formula",
          formula: made.formula,
          ...(same ? { window: page.map.window.map((side) => side.map((v) => rounded(page, v))) } : {}),
        },
        same ? (page.spec.start ?? undefined) : undefined,
      );
    },
    start: (point) => {
      setStart(page, point, "begin");
      setStart(page, point, "end");
    },
  });
  page.optimizers = createOptimizers(page.catalog, {
    select: (index) => select(page, index), set: (...change) => setSetting(page, ...change),
    schedule: (index, schedule) => run(page, edit.withSchedule(page.spec, index, schedule), { ghost: true }),
    rule: (index, text, settings) => run(page, edit.withRule(page.spec, index, text, settings), { ghost: true }),
    add: (added) => {
      page.selected = page.spec.runs.length;
      run(page, edit.addRun(page.spec, added));
    },
    remove: (index) => {
      page.hidden = new Set([...page.hidden].filter((i) => i !== index).map((i) => (i > index ? i - 1 : i)));
      if (page.selected >= index && page.selected > 0) page.selected -= 1;
      run(page, edit.removeRun(page.spec, index));
    },
    duplicate: (index) => {
      page.selected = index + 1;
      run(page, edit.duplicateRun(page.spec, index));
    },
    show: (index, visible) => {
      if (visible) page.hidden.delete(index);
      else page.hidden.add(index);
      touchRail(page);
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
  wireSwitches(page);
  wireRunning(page);
  wireWindow(page, (window) => {
    setWindow(page, window);
    history.replaceState(history.state, "", location.pathname + location.search + fragment(page));
  });
  page.points = createDataPanel({ data: (dataset, phase) => setData(page, dataset, phase), redraw: () => touch(page), refuse: say });
  page.lede = createLede({ answer: (choice) => answer(page, choice) });
  page.gallery = createGallery(page.scenes, (scene) => openScene(page, scene));
  page.transport = transportOf(page);
  createChrome({
    changed: () => redraw(page), link: () => page.link, keys: keys(page),
    share: takeAway(page),
  });
}

async function begin() {
  wire();
  const shown = new URLSearchParams(location.hash.slice(1));
  page.window = windowFrom(shown.get("window"));
  page.player.step = Math.min(inFragment("step") ?? 0, page.spec.steps);
  page.scene = page.scenes.find((scene) => scene.link === page.link) ?? null;
  chooseScene(page, page.scene, Boolean(page.player.step));
  if (page.scene && !shown.has("step")) page.player.step = page.scene.step ?? 0;
  runFirst(page);
  mapFor(page);
  const { default: plotly } = await import("./plotly_flat.js");
  createStage(page, plotly, {
    start: (point, phase) => pressMap(page, point, phase), seek: (step) => seekTo(page, step),
    hover: (hover) => {
      page.hover = hover;
      touch(page);
    },
    zoom: (window) => setWindow(page, window),
  });
  await mapFor(page);
  touch(page);
  sayIgnored(data.ignored);
}

begin();
