/** The bowl of a regression's loss with its walks, and where the same walk is with other seeds. */
import { t } from "../i18n.js";
import { equalAspect } from "../levels.js";
import { makeMap } from "../map.js";
import { chosenOf, here } from "./batches_parts.js";
import { contourAspect, drawContour } from "./contour.js";

const PARAMETERS = ["w_1", "b"];
const TAIL = 40; // updates of a noisy walk that stay in full colour: older ones would cover the map

/** A run's rows up to the one shown, as the contour takes them: the same object as long as the rows are the same. */
function shownPart(stage, { trajectory, row }) {
  let view = stage.views.get(trajectory);
  if (!view) stage.views.set(trajectory, (view = { columns: trajectory.columns }));
  return Object.assign(view, { version: trajectory.version, count: row + 1, status: trajectory.status });
}

/** The last rows of a run, as a run of their own. */
function tailPart({ trajectory, row }) {
  const first = Math.max(0, row - TAIL);
  const columns = new Map(PARAMETERS.map((name) => [name, trajectory.columns.get(name).subarray(first, row + 1)]));
  return { columns, version: `${trajectory.version}.${row}`, count: row + 1 - first, status: trajectory.status };
}

const isLong = ({ look, row }) => look.kind !== "full" && row > 1.5 * TAIL;

/** The contour with every walk up to its row; `rest` hands the paths to Plotly. */
export function drawBowl(page, rest) {
  const { stage, walkers, theme } = page;
  const chosen = chosenOf(page);
  const map = bowlOf(page, chosen, page.frame ?? here(chosen, 0));
  const common = (walker) => ({ index: walker.index, selected: walker.selected, visible: true, identity: walker.look });
  const runs = walkers.map((walker) => ({ ...common(walker), trajectory: isLong(walker) ? tailPart(walker) : shownPart(stage, walker) }));
  const ghosts = [
    ...page.ghosts
      .filter(({ plane }) => plane)
      .map((ghost, index) => ({ index: -100 - index, selected: false, visible: true, identity: ghost.look, trajectory: ghost.trajectory })),
    ...walkers
      .filter(isLong)
      .map((walker) => ({ ...common(walker), index: -1 - walker.index, selected: false, trajectory: shownPart(stage, walker) })),
  ];
  const starts = startsOf(walkers);
  drawContour(
    stage.contour,
    {
      map,
      theme,
      runs,
      ghosts,
      starts,
      together: starts.length === 1 && walkers.every(({ row }) => row === 0), // one ring: names on one place would hide each other
      parameters: PARAMETERS,
      step: walkers.some(({ row }) => row > 4) ? Infinity : 4,
      moving: !rest,
      hover: page.hover?.row === undefined ? page.hover : null,
      words: { start: t("start") },
      overlays: page.fan ? [(context, toPixels) => drawFan(context, toPixels, page)] : [],
    },
    rest,
  );
}

/** Where walks begin: one place, or one each where they go on from somewhere. */
function startsOf(walkers) {
  return [...new Map(walkers.map((walker) => here(walker, 0)).map((start) => [start.join(), start])).values()];
}

function bowlOf(page, chosen, start) {
  const { stage, theme } = page;
  const aspect = contourAspect(stage.contour, theme);
  const key = JSON.stringify([chosen.answer.formula, page.window, page.gesture ? stage.startKey : start, aspect.toFixed(3)]);
  if (!page.gesture) stage.startKey = start;
  if (stage.mapKey !== key) {
    stage.mapKey = key;
    const { minimum } = chosen.fit;
    const span = Math.max(1, ...minimum.map((m, i) => Math.abs(m - start[i])));
    const around = minimum.map((m, i) => [
      Math.min(start[i] - 0.12 * span, m - 0.42 * span),
      Math.max(start[i] + 0.12 * span, m + 0.42 * span),
    ]);
    stage.map = makeMap(chosen.answer, { window: page.window ?? equalAspect(around, aspect), aspect });
  }
  return stage.map;
}

/** Where the same walk is with 20 other seeds. */
function drawFan(context, toPixels, page) {
  const { row, look } = chosenOf(page);
  context.fillStyle = look.colour;
  context.strokeStyle = page.theme.paper;
  context.lineWidth = 1;
  for (const { w, b } of page.fan.walks) {
    const at = Math.min(row, w.length - 1);
    const [x, y] = toPixels([w[at], b[at]]);
    context.beginPath();
    context.arc(x, y, 3, 0, 2 * Math.PI);
    context.globalAlpha = 0.75;
    context.fill();
    context.globalAlpha = 1;
    context.stroke();
  }
}
