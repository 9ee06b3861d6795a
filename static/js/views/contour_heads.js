/** What stands on a contour map above the paths: overlays, the start, heads with their names, rings at what is pointed at. */
import { placeLabels } from "../geometry.js";
import { inked } from "../pixels.js";
import { toPixels } from "../plane.js";
import { rowAt } from "../trajectory.js";
import { ordered, pixelsOf } from "./contour_paths.js";
import { drawFog } from "./overlays.js";
import { drawHead, drawLabel, headLayer } from "./trail.js";

const LABELS_EVERY = 220; // ms between new places for the labels while playing

/** Draw them all on the cleared layer. */
export function drawHeads(view, state) {
  const context = headLayer(view.trail);
  const { theme } = state;
  const visible = ordered(state.runs).filter((run) => run.visible && run.trajectory.count);
  view.told = []; // boxes of the words of overlays
  for (const overlay of state.overlays ?? []) overlay(context, (point) => toPixels(view, point), view);
  if (state.fog) drawFog(context, (point) => toPixels(view, point), state, view.area);
  drawStart(context, view, state);
  const heads = state.together ? [] : visible.map((run) => headOf(view, state, run));
  for (const head of heads) {
    drawHead(context, { ...head, radius: theme.size(head.run.selected ? 6.5 : 5.5), paper: theme.paper });
  }
  drawNames(context, view, state, heads);
  drawRings(context, view, state, visible);
}

function headOf(view, state, run) {
  const row = rowAt(run.trajectory, state.step);
  const path = pixelsOf(view, run, row, state.parameters);
  return { run, x: path.x[path.count - 1], y: path.y[path.count - 1], symbol: run.identity.symbol, colour: run.identity.colour };
}

function drawStart(context, view, state) {
  const { theme } = state;
  for (const start of state.starts) {
    const [x, y] = toPixels(view, start);
    drawHead(context, { x, y, symbol: "circle-open", colour: theme.ink, radius: theme.size(state.together ? 6 : 4.5), paper: theme.paper });
  }
  if ((state.together || state.step > 4) && state.starts.length === 1) {
    const [x, y] = toPixels(view, state.starts[0]);
    const up = y > 26 ? -15 : 16;
    drawLabel(context, {
      text: state.words.start,
      cx: x,
      cy: y + up,
      colour: theme.ink,
      paper: theme.paper,
      font: `400 ${theme.size(11)}px ${theme.sans}`,
    });
  }
}

function drawNames(context, view, state, heads) {
  const { theme } = state;
  const size = theme.size(12.5);
  const font = `600 ${size}px ${theme.sans}`;
  context.font = font;
  const { width, height } = view.area;
  const inside = heads.filter((head) => head.x > -5 && head.x < width + 5 && head.y > -5 && head.y < height + 5);
  const labels = inside.sort((a, b) => Number(b.run.selected) - Number(a.run.selected)).map((head) => ({
    ...head, text: head.run.identity.name, width: context.measureText(head.run.identity.name).width + 4, height: size * 1.25,
    place: view.places.get(head.run.index)?.place,
  }));
  const now = performance.now();
  if (!state.moving || now - view.placedAt > LABELS_EVERY || labels.some((label) => !view.places.has(label.run.index))) {
    view.placedAt = now;
    placeNames(view, state, labels);
  }
  for (const label of labels) {
    const at = view.places.get(label.run.index);
    if (!at) continue;
    drawLabel(context, { text: label.text, cx: label.x + at.dx, cy: label.y + at.dy, colour: label.colour, paper: theme.paper, font });
  }
}

function placeNames(view, state, labels) {
  const ink = ordered(state.runs).filter((run) => run.visible).flatMap((run) => inked(pixelsOf(view, run, state.step, state.parameters)));
  const box = (point, w, h) => {
    const [x, y] = toPixels(view, point);
    return [x - w, y - h, x + w, y + h];
  };
  const taken = [
    ...state.map.labels.map((label) => box([label.x, label.y], 12, 7)), ...state.starts.map((start) => box(start, 16, 20)),
    ...(state.map.minima ?? []).map((point) => box(point, 6, 6)), ...view.told,
  ];
  if (!state.moving) for (const label of labels) label.place = undefined;
  placeLabels(labels, ink, taken, view.area.width, view.area.height);
  view.places = new Map(labels.map((l) => [l.run.index, { place: l.place, dx: l.cx - l.x, dy: l.cy - l.y }]));
}

/** Rings at the step or the place that is pointed at, here or in another panel. */
function drawRings(context, view, state, visible) {
  const { theme, hover } = state;
  if (hover?.row !== undefined) {
    for (const run of visible) {
      const path = pixelsOf(view, run, rowAt(run.trajectory, hover.row), state.parameters);
      drawHead(context, {
        x: path.x[path.count - 1],
        y: path.y[path.count - 1],
        symbol: "circle-open",
        colour: run.identity.colour,
        radius: 4,
        paper: theme.paper,
      });
    }
  }
  if (hover?.point && hover.from !== "contour") {
    const [x, y] = toPixels(view, hover.point);
    drawHead(context, { x, y, symbol: "circle-open", colour: theme.ink, radius: 4.5, paper: theme.paper });
  }
}
