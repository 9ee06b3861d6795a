/** What a person does on the Descent page, as what becomes of the spec, the player and the scene. */
import { suggestedGoal } from "../arrival.js";
import { isFitted } from "../fitted.js";
import { nearestPlace } from "../geometry.js";
import { t } from "../i18n.js";
import { pause, play, seek } from "../player.js";
import * as edit from "../settings.js";
import { cell } from "../trajectory.js";
import { run } from "./descent_run.js";
import { showDialog } from "./notice.js";
import { touch, touchRail } from "./stage.js";
import { mapFor } from "./stage_map.js";
import { bestRates, curvesOf } from "./sweeps.js";

const CHANGE_EVERY = 250; // ms between changes that a slider makes in mid-run

/** Whether an edit bends the path from here on: only while it plays, and somewhere on the way. */
const bends = ({ player }) => player.playing && player.step > 0 && player.step < player.steps;

/** A setting of a run; `phase` is "move" while a slider is dragged. */
export function setSetting(page, index, name, value, phase) {
  leaveScene(page);
  if (bends(page)) {
    const now = performance.now();
    if (phase === "move" && now - page.bentAt < CHANGE_EVERY) return;
    page.bentAt = now;
    const after = page.player.step;
    run(page, edit.withChange(page.spec, index, after, { [name]: value }), { from: after + 1, ghost: true, history: "replace" });
    return;
  }
  run(page, edit.withSetting(page.spec, index, name, value), {
    ghost: true,
    history: page.gesture || phase === "move" ? "replace" : "push",
  });
  page.gesture = phase === "move" ? "slider" : null;
}

/** The start of all runs; `phase` is begin, move, end, or nudge for a key. */
export function setStart(page, point, phase) {
  if (phase === "end") {
    page.gesture = null;
    return;
  }
  leaveScene(page);
  run(
    page,
    edit.withStart(
      page.spec,
      point.map((v) => rounded(page, v)),
    ),
    { ghost: true, history: phase === "begin" ? "push" : "replace" },
  );
  if (phase !== "nudge") page.gesture = "start";
}

/** A press on the map: the answer to a question about places, where it is near one of them, else the start. */
export function pressMap(page, point, phase) {
  const places = page.answered ? null : page.scene?.view?.places;
  if (places && phase === "begin" && places[0].length === point.length) {
    const reach = 0.1 * Math.min(...page.map.window.map(([low, high]) => high - low));
    const choice = nearestPlace(places, point, reach);
    page.tapped = choice >= 0;
    if (page.tapped) answer(page, choice);
  }
  if (!page.tapped) setStart(page, point, phase);
  else if (phase === "end") page.tapped = false;
}

/** As many digits as a pixel is worth. */
export function rounded(page, v) {
  const window = page.map?.window[0] ?? [0, 1];
  const digits = Math.max(0, Math.min(12, 3 - Math.floor(Math.log10(window[1] - window[0]))));
  return Number(v.toFixed(digits));
}

/** Another function to descend, from `start` or from its own. */
export function setProblem(page, problem, start) {
  page.window = null;
  chooseScene(page, null);
  page.race.ghosts = [];
  seekTo(page, 0);
  page.seen = 0;
  const noise = page.spec.problem?.noise;
  const noisy = noise && problem.noise === undefined && !isFitted(problem);
  if (isFitted(problem) !== isFitted(page.spec.problem)) page.panel = isFitted(problem) ? "points" : "why";
  run(page, edit.withProblem(page.spec, noisy ? { ...problem, noise } : problem, start));
}

/** Other points under the runs: while they are dragged the map keeps its place and the old paths stay as ghosts. */
export function setData(page, dataset, phase) {
  leaveScene(page);
  const dragged = phase === "begin" || phase === "move";
  if (phase === "begin") page.held = page.map.window3;
  run(page, edit.withDataset(page.spec, dataset), { ghost: true, history: phase === "begin" || phase === "once" ? "push" : "replace" });
  page.gesture = dragged ? "points" : null;
  if (!dragged) page.held = null;
}

/* ---- scenes ---- */

/** The scene that is shown, with its question unless `quietly`; null for none. */
export function chooseScene(page, scene, quietly = false) {
  page.scene = scene;
  page.verdict = null;
  page.prediction = null;
  page.answered = !scene?.question || !scene.choices.length || quietly;
}

/** A scene that was changed is no longer that scene. */
export function leaveScene(page) {
  if (page.scene && !page.scene.touched) page.answered = true;
}

/** Open a scene of the gallery. */
export function openScene(page, scene) {
  pause(page.player);
  Object.assign(page, {
    window: null,
    goal: null,
    selected: scene.view?.run ?? scene.spec.runs.length - 1,
    hidden: new Set(),
    seen: 0,
    lossAxis: scene.view?.loss ?? "auto",
  });
  chooseScene(page, scene);
  page.race.ghosts = [];
  seekTo(page, scene.step ?? 0);
  run(page, scene.spec);
  page.link = scene.link;
}

/** Back or Forward: what ran then runs again. */
export function goBack(page, { spec, scene }) {
  page.window = null;
  chooseScene(page, page.scenes.find(({ name }) => name === scene) ?? null, true);
  run(page, spec, { history: null });
}

/** A choice was taken: it plays, the run that was asked about is followed, and the answer is seen. */
export function answer(page, choice) {
  page.prediction = choice;
  page.answered = true;
  play(page.player);
  select(page, page.scene.view?.follow ?? page.selected);
}

/* ---- what is shown ---- */

/** Show a step. */
export function seekTo(page, step) {
  seek(page.player, step);
  if (page.player.step > 0) page.answered = true;
  touch(page);
}

/** The run that is shown and steered. */
export function select(page, index) {
  page.selected = index;
  mapFor(page).then(() => touch(page));
  touchRail(page);
  touch(page);
}

/** Another part of the plane; null for the whole window. */
export function setWindow(page, window) {
  page.window = window;
  mapFor(page).then(() => touch(page));
}

/* ---- rates ---- */

/** Every run with its own best rate, as the service finds it; the same button hangs up. */
export async function fair(page) {
  const button = document.querySelector("#fair");
  if (page.sweeping) return page.sweeping.abort();
  page.sweeping = new AbortController();
  const name = button.textContent;
  const { minimum } = page.map ?? {};
  const goal = typeof minimum === "number" ? minimum + (page.goal ?? suggestedGoal(cell(page.race.runs[0], "loss", 0), minimum)) : null;
  const progress = (done, of) => (button.textContent = t("Stop ({percent} %)", { percent: Math.round((100 * done) / of) }));
  progress(0, 1);
  const found = await bestRates(page.spec, goal, { progress }, page.sweeping.signal);
  page.sweeping = null;
  button.textContent = name;
  if (!found?.length) return null;
  run(page, found.reduce((spec, { index, rate }) => edit.withSetting(spec, index, "lr", rate), page.spec), { ghost: true });
  return showDialog(t("Each with its own best rate"), curvesOf(found, page.who, goal));
}

/** The selected run's rate for all. */
export function sameRate(page) {
  const rate = edit.settingAt(page.spec, page.selected, "lr", 0);
  if (rate === undefined) return;
  leaveScene(page);
  run(page, edit.withSameRate(page.spec, rate), { ghost: true });
}
