/**
 * The runs on the page: a spec, the trajectory of each of its runs as rows arrive, and the ghosts of what ran before.
 * While a new spec's first rows are on the way the old paths stay, so that nothing blinks. It knows no document.
 */
import { append, createTrajectory, ended, ghostOf, truncate } from "./trajectory.js";

/** Nothing runs yet. `shown()` is the step on the screen; `changed(what)` is told "opened", "rows", "ended" or "error". */
export function createRace({ shown, changed }) {
  return {
    shown,
    changed,
    spec: null,
    link: null,
    parameters: [],
    runs: [],
    ghosts: [],
    next: null,
    from: 0,
    problem: null,
  };
}

/** The spec that is about to run from row `from`; what ran stays on the screen until its rows are here. */
export function expect(race, spec, from) {
  race.expected = { spec, from };
}

/** The server's `opened`: the complete spec, its link and each run's columns. */
export function opened(race, message) {
  const from = message.from ?? race.expected?.from ?? 0; // a resumed stream goes on where it was
  race.expected = null;
  race.problem = null;
  race.spec = message.spec;
  race.link = message.link;
  const names = message.runs.map((run) => run.columns);
  if (from > 0 && race.runs.length === names.length && !race.next) {
    cut(race.runs, from);
  } else if (from > 0 && race.next?.runs.length === names.length) {
    cut(race.next.runs, from);
  } else {
    race.next = { runs: names.map(createTrajectory), parameters: parametersOf(names[0] ?? []) };
  }
  race.changed("opened");
}

/** Rows from `from` on come again; a run that ended before them stays ended. */
function cut(runs, from) {
  for (const run of runs) if (run.count > from) truncate(run, from);
}

function parametersOf(names) {
  return names.slice(1, names.indexOf("loss"));
}

/** Rows of one run. */
export function steps(race, { run, from, count, columns }) {
  const trajectory = (race.next ?? race).runs[run];
  if (!trajectory || !append(trajectory, from, count, columns)) return;
  settle(race);
  race.changed("rows");
}

/** A run is over. */
export function finish(race, { run, status }) {
  const trajectory = (race.next ?? race).runs[run];
  if (!trajectory) return;
  trajectory.status = status;
  settle(race);
  race.changed("ended");
}

/** Show the new paths once all of them have come as far as what is on the screen. */
function settle(race) {
  if (!race.next) return;
  const far = race.next.runs.every((run) => ended(run) || run.count > race.shown());
  if (!far) return;
  Object.assign(race, race.next, { next: null });
  race.changed("swapped");
}

/** Keep what is on the screen as the ghost of a change, rows 0..until. */
export function keepGhosts(race, until, which = race.runs.map((_, index) => index)) {
  race.ghosts = which.filter((index) => race.runs[index]?.count > 1)
    .map((index) => ({ run: index, trajectory: ghostOf(race.runs[index], race.runs[index].names, until + 1) }));
}

/** The last step that every run still going has; Infinity when all are over. */
export function arrived(race) {
  return Math.min(Infinity, ...race.runs.map((run) => (ended(run) ? Infinity : run.count - 1)));
}

/** The first row that is still missing somewhere. */
export function missing(race) {
  const runs = (race.next ?? race).runs.filter((run) => !ended(run));
  return runs.length ? Math.min(...runs.map((run) => run.count)) : Infinity;
}
