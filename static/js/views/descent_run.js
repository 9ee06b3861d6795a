/** Running a spec on the Descent page: what is sent, what comes back, and the address that says what runs. */
import { errorsAt } from "../api.js";
import { open } from "../connection.js";
import { t } from "../i18n.js";
import { FIRST_GRANT, restart } from "../player.js";
import { expect, keepGhosts, missing } from "../race.js";
import { firstDifference } from "../settings.js";
import { withLanguage, writeAddress } from "./address.js";
import { showProblem } from "./element.js";
import { showFormulaErrors } from "./formula.js";
import { say } from "./notice.js";
import { touch, touchRail } from "./stage.js";
import { mapFor } from "./stage_map.js";

/**
 * Run a spec from row `from`. `ghost` keeps the paths on screen as a ghost; `history` is "push" for an edit that Back should
 * undo, "replace" for one of many small ones, null when the address stays.
 */
export function run(page, spec, { from = 0, ghost = false, history = "push" } = {}) {
  page.spec = spec;
  page.history = history;
  from = firstRow(page.race, spec, from);
  if (ghost && !page.gesture) keepGhosts(page.race, page.player.step);
  if (!ghost && from === 0) page.race.ghosts = [];
  expect(page.race, spec, from);
  const until = Math.min(spec.steps, Math.max(FIRST_GRANT, page.player.step + FIRST_GRANT));
  page.player.granted = until;
  open(page.connection, spec, from, until);
  touchRail(page);
}

/**
 * The row to begin with: not after one that another spec made, or that has not come, as when two changes follow each other
 * faster than their rows arrive.
 */
function firstRow(race, spec, from) {
  return from > 0 && race.spec ? Math.min(from, firstDifference(race.spec, spec), missing(race)) : from;
}

/** Run what the page opened with, from its first row. */
export function runFirst(page) {
  expect(page.race, page.spec, 0);
  const until = Math.min(page.spec.steps, page.player.step + FIRST_GRANT);
  page.player.granted = until;
  open(page.connection, page.spec, 0, until);
  history.replaceState({ spec: page.spec, scene: page.scene?.name ?? null }, "");
}

/** What the race tells: an opened spec, rows, an end. */
export function changed(page, what) {
  if (what === "opened") acceptOpened(page);
  else touch(page);
}

function acceptOpened(page) {
  const { race, player } = page;
  page.problems = {};
  page.spec = race.spec;
  page.link = race.link && `/${race.link.slice(race.link.indexOf("?"))}`; // this page shows problems that belong to others, too
  if (player.steps !== race.spec.steps || player.step > race.spec.steps) {
    const granted = player.granted;
    restart(player, race.spec.steps, granted);
  }
  page.selected = Math.min(page.selected, race.spec.runs.length - 1);
  remember(page);
  mapFor(page).then(() => touch(page));
  touchRail(page);
}

/** The address says what runs; the fragment says what is shown of it. */
function remember(page) {
  if (!page.history || !page.link) return;
  const moved = withLanguage(page.link) !== location.pathname + location.search;
  writeAddress(page.link, "", { spec: page.spec, scene: page.scene?.name ?? null }, moved ? page.history : "replace");
  page.history = "replace";
}

/** A spec was refused: what ran goes on, and the error stands beside its field. */
export function refused(page, problem) {
  page.race.expected = null;
  page.spec = page.race.spec ?? page.spec;
  const running = [...errorsAt(problem, "steps"), ...errorsAt(problem, "seed"), ...errorsAt(problem, "problem", "noise")];
  showProblem(document.querySelector("#running-problem"), null, running.map((error) => `${error.field}: ${error.message}`).join(" "));
  const beside = running.length ? true : showFormulaErrors(page.formula, problem);
  page.problems = Object.fromEntries(page.spec.runs.map((_, index) => [index, errorsAt(problem, "runs", index)]));
  const atRun = Object.values(page.problems).some((errors) => errors.length);
  if (!beside && !atRun) say(problem.detail ?? problem.title);
  touchRail(page);
}

/** A word beside the transport where the stream is not as it should be. */
export function connectionState(page, state) {
  const words = {
    waiting: t("The connection is lost. It will go on from the same step."),
    rest: t("The stream is refused here (a proxy, perhaps): steps come in slices instead."),
  }[state];
  page.connected = document.querySelector("#connection");
  clearTimeout(page.connectionNote);
  if (state === "waiting") page.connectionNote = setTimeout(() => showConnection(page, words), 400);
  else showConnection(page, state === "rest" ? words : null);
}

function showConnection(page, words) {
  page.connected.hidden = !words;
  page.connected.textContent = words ?? "";
}
