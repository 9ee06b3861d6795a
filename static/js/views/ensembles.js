/**
 * Many runs at once, asked of the service: a fan of twenty other seeds, and where a thousand starts end. Each is asked for
 * once for what is shown, and drawn on the contour.
 */
import { post, postLines } from "../api.js";
import { alpha } from "../colours.js";
import { toPixels } from "../plane.js";
import { problemOf } from "../settings.js";
import { basins } from "../sweep.js";

/* ---- a fan of seeds ---- */

const SEEDS = 20;
const AT_ONCE = 10;

/** Twenty other seeds of the selected run, asked for once for each run. */
export function followFan(page, state) {
  const noisy = problemOf(state.spec, page.selected)?.noise > 0;
  document.querySelector("#fan-row").hidden = !noisy || state.parameters.length !== 2;
  if (!page.fanWanted || !noisy) {
    page.fan = null;
    return;
  }
  const key = JSON.stringify([state.spec.problem, state.spec.start, state.spec.steps, state.spec.runs[page.selected], state.spec.seed]);
  if (page.fan?.key !== key) page.fan = null;
  if (page.fan || page.fanAsked === key) return;
  page.fanAsked = key;
  fetchFan(page, state).then((paths) => {
    page.fan = { key, paths };
    page.touch();
  }, () => (page.fanAsked = null));
}

/** The selected run with twenty other seeds; null without noise. */
async function fetchFan(page, state) {
  const chosen = state.spec.runs[page.selected];
  const runs = Array.from({ length: SEEDS }, (_, i) => ({ ...chosen, seed: state.spec.seed + 1 + i, columns: state.parameters }));
  const paths = [];
  for (let from = 0; from < SEEDS; from += AT_ONCE) {
    const answer = await post("/trajectories", { ...state.spec, runs: runs.slice(from, from + AT_ONCE), changes: [] });
    paths.push(...answer.runs.map((run) => state.parameters.map((name) => run.columns[name])));
  }
  return paths;
}

/** The fan up to the step that is shown. */
export function drawFan(context, at, fan, state, chosen) {
  context.strokeStyle = alpha(chosen.identity.colour, 0.28);
  context.lineWidth = 1;
  context.setLineDash([]);
  for (const [xs, ys] of fan.paths) {
    context.beginPath();
    for (let row = 0; row <= Math.min(state.step, xs.length - 1); row += 1) {
      const [x, y] = at([xs[row], ys[row]]);
      context[row ? "lineTo" : "moveTo"](x, y);
    }
    context.stroke();
  }
}

/* ---- a thousand starts ---- */

const STARTS = [42, 30];

/** A thousand starts by the selected rule, once what runs has rested. */
export function followBasins(page, state, rest) {
  const possible = state.parameters.length === 2 && state.map.minima.length > 0 && !state.map.data;
  document.querySelector("#basins-row").hidden = !possible;
  if (!page.basinsWanted || !possible || !rest) return;
  const { optimizer, rule, settings } = state.spec.runs[page.selected];
  const key = JSON.stringify([state.map.key, optimizer, rule, settings, state.spec.steps, state.spec.seed, state.theme.dark]);
  if (page.basins?.key === key || page.basinsAsked === key) return;
  page.basinsAsked = key;
  page.basinsAbort?.abort();
  page.basinsAbort = new AbortController();
  const colours = ["adam", "plain", "mom", "ada", "sign"].map((family) => page.tokens[state.theme.dark ? "dark" : "light"][family]);
  fetchBasins(page, state, page.basinsAbort.signal).then((found) => {
    if (found) page.basins = { ...found, key, colours };
    page.touch();
  }, () => (page.basinsAsked = null));
}

/** Where a thousand starts on the window end by the selected run's rule. */
async function fetchBasins(page, state, signal) {
  const [[x0, x1], [y0, y1]] = state.map.window;
  const over = { x: { low: x0, high: x1, count: STARTS[0] }, y: { low: y0, high: y1, count: STARTS[1] } };
  let found = null;
  await postLines("/sweeps", { spec: { ...state.spec, changes: [] }, run: page.selected, over }, (line) => {
    if (line.type === "result") found = line;
  }, signal);
  if (!found) return null;
  const reach = 0.06 * Math.min(x1 - x0, y1 - y0);
  return { xs: found.over.x, ys: found.over.y, ends: basins(found, state.map.minima, reach) };
}

/** A dot for each of many starts, in the colour of the minimum it ends in; under the paths. */
export function drawBasins(view, state, key) {
  const wanted = state.basins ? `${key}${state.basins.key}` : "";
  if (wanted === view.basinsDrawn) return;
  view.basinsDrawn = wanted;
  const ratio = view.trail.ratio;
  const { left, top, width, height } = view.area;
  Object.assign(view.under, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
  Object.assign(view.under.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
  if (!state.basins) return;
  const context = view.under.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const { xs, ys, ends, colours } = state.basins;
  ends.forEach((row, j) => row.forEach((end, i) => {
    const [x, y] = toPixels(view, [xs[i], ys[j]]);
    context.fillStyle = end < 0 ? state.theme.ink3 : colours[end % colours.length];
    context.globalAlpha = end < 0 ? 0.25 : 0.5;
    context.beginPath();
    context.arc(x, y, end < 0 ? 1.4 : 2.4, 0, 2 * Math.PI);
    context.fill();
  }));
}
