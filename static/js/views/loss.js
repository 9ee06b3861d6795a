/** The loss chart: Plotly draws axes and, at rest, the curves; canvas draws what moves. The pointer scrubs through steps. */
import { CONFIG, lossFigure, lossMargins, lossScale } from "../figures.js";
import { spread } from "../geometry.js";
import { t } from "../i18n.js";
import { clamp, createPixels, pathTo, useMapping } from "../pixels.js";
import { lossRange, rowAt } from "../trajectory.js";
import { roomOf } from "./room.js";
import { clearLines, createTrail, drawHead, drawLines, headLayer, invalidate, place } from "./trail.js";

/** The chart in `host`; `on.seek(step)` and `on.hover({row} | null)` hear the pointer. */
export function createLoss(host, plotly, on) {
  const plot = document.createElement("div");
  plot.className = "plotly-host";
  host.append(plot);
  const view = { host, plot, plotly, on, trail: createTrail(host, "loss"), pixels: createPixels(), drawn: "", resting: "", area: null };
  view.trail.redraw = () => drawLoss(view, view.state, Boolean(view.resting));
  listen(view);
  return view;
}

/** Whether the chart is logarithmic: as chosen, else where it spans more than three decades above a known minimum. */
export function lossIsLog(state, range) {
  if (state.lossAxis !== "auto") return state.lossAxis === "log";
  if (!range) return false;
  const { floor, known } = state.lossFloor;
  return known && (range[1] - floor) / Math.max(range[0] - floor, 1e-12) > 2000;
}

/** Draw what `state` says; `rest` hands the curves to Plotly. */
export function drawLoss(view, state, rest) {
  const { host } = view;
  const [width, height] = roomOf(host);
  const visible = state.runs.filter((run) => run.visible && run.trajectory.count);
  if (!width || !height) return;
  view.state = state;
  const range = shownRange(visible, state);
  const log = lossIsLog(state, range);
  view.range = range;
  const scale = lossScale(log, log ? state.lossFloor.floor : 0, range);
  const margins = lossMargins(state.theme, labelRoom(view, visible, state.theme));
  view.area = { left: margins.l, top: margins.t, width: width - margins.l - margins.r, height: height - margins.t - margins.b };
  place(view.trail, view.area);
  const key = [scale.log, ...scale.range.map((v) => v.toPrecision(4)), state.steps, width, height, margins.r, state.theme.key].join();
  useMapping(view.pixels, key);
  const paths = linesOf(view, state, visible, scale);
  const signature = key + paths.map((path) => path.signature).join();
  const seen = Math.max(state.seen, state.step);
  const full = `${signature}|${paths.map((path) => path.count).join()}|${seen}`;
  if (key !== view.drawn || (rest && full !== view.resting)) {
    view.drawn = key;
    plotFigure(view, state, visible, { scale, margins, width, height, full: rest ? full : "", seen });
  }
  if (full === view.resting) delete host.dataset.moving;
  else {
    host.dataset.moving = "";
    drawLines(view.trail, paths, signature);
  }
  drawHeads(view, state, visible, scale);
}

/** The losses to make room for: all that have arrived, but a run that flies off does not flatten the others. */
function shownRange(visible, state) {
  const whole = lossRange(visible.map((run) => run.trajectory), state.steps);
  const first = lossRange(visible.map((run) => run.trajectory), 0);
  if (!whole || !first) return [0, 1];
  const spanned = Math.max(first[1] - whole[0], Math.abs(first[1]) * 0.1, 1e-9);
  return [whole[0], Math.min(whole[1], first[1] + spanned * 2)];
}

function labelRoom(view, visible, theme) {
  const context = view.trail.layers[2];
  context.font = `600 ${theme.size(12)}px ${theme.sans}`;
  const widest = Math.max(0, ...visible.map((run) => context.measureText(run.identity.name).width));
  return Math.ceil(widest) + 14;
}

const HELD = { dash: [1.5, 3], width: 1.3, opacity: 0.9 };

/** The runs that also have a loss on points they do not learn from. */
function heldOut(visible) {
  return visible.flatMap((run) => {
    const losses = run.trajectory.columns.get("held_out_loss");
    return losses ? [{ run, losses }] : [];
  });
}

const twins = new WeakMap();

/** What a line's pixels are kept under: the run itself, and beside it one twin for the loss held out. */
function keyOf(trajectory, losses) {
  if (losses === trajectory.columns.get("loss")) return trajectory;
  if (!twins.has(trajectory)) twins.set(trajectory, {});
  return Object.assign(twins.get(trajectory), { version: trajectory.version, count: trajectory.count });
}

function linesOf(view, state, visible, scale) {
  const line = (run, { losses = run.trajectory.columns.get("loss"), ...more } = {}) => {
    const path = pathTo(view.pixels, keyOf(run.trajectory, losses), state.step, (row, put) => {
      const [x, y] = toPixels(view, state, scale, row, losses[row]);
      put(x, y);
    });
    return {
      x: path.x, y: path.y, count: path.count, colour: run.identity.colour, dash: run.identity.dash, width: run.selected ? 2.6 : 2,
      halo: null, signature: `${run.trajectory.version}${run.identity.colour}${run.selected}`, ...more,
    };
  };
  return [
    ...state.ghosts.map((run) => line(run, { dash: [], width: 1.4, opacity: 0.38 })),
    ...heldOut(visible).map(({ run, losses }) => line(run, { ...HELD, losses })),
    ...[...visible].sort((a, b) => Number(a.selected) - Number(b.selected)).map((run) => line(run)),
  ];
}

function toPixels(view, state, { range: [low, high], to }, row, loss) {
  return [(row / state.steps) * view.area.width, clamp(((high - to(loss)) / (high - low)) * view.area.height)];
}

function plotFigure(view, state, visible, { scale, margins, width, height, full, seen }) {
  const rows = (run, until, which = "loss") => {
    const losses = run.trajectory.columns.get(which)?.subarray(0, rowAt(run.trajectory, until) + 1) ?? [];
    const y = Array.from(losses, (loss) => (Number.isFinite(loss) ? Math.max(-1e12, Math.min(1e12, scale.to(loss))) : null));
    return { ...run.identity, label: run.identity.name, width: run.selected ? 2.6 : 2, x: y.map((_, row) => row), y };
  };
  const figure = lossFigure({
    theme: state.theme,
    width,
    height,
    margins,
    scale,
    steps: state.steps,
    paths: full
      ? [
          ...visible.map((run) => rows(run, state.step)),
          ...heldOut(visible).map(({ run }) => ({
            ...rows(run, state.step, "held_out_loss"),
            ...HELD,
            label: t("{who}, held out", { who: run.identity.name }),
          })),
        ]
      : [],
    ghosts: full ? state.ghosts.map((run) => rows(run, state.step)) : [],
    futures: seen > state.step ? visible.map((run) => rows(run, seen)) : [],
  });
  view.plotly.react(view.plot, figure.data, figure.layout, CONFIG);
  view.resting = full;
  if (full) clearLines(view.trail);
  else invalidate(view.trail);
}

function drawHeads(view, state, visible, scale) {
  const context = headLayer(view.trail);
  const { theme } = state;
  const { width, height } = view.area;
  const x = (state.step / state.steps) * width;
  const upright = (at, colour) => {
    context.strokeStyle = colour;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(at, 0);
    context.lineTo(at, height);
    context.stroke();
  };
  upright(Math.min(width - 0.5, Math.round(x) + 0.5), theme.ink3);
  if (state.hover?.row !== undefined) upright((state.hover.row / state.steps) * width, theme.rule2);
  for (const goal of state.goal === null ? [] : [state.goal]) level(context, view, state, scale, goal);
  for (const run of visible) {
    const row = rowAt(run.trajectory, state.step);
    const [px, py] = toPixels(view, state, scale, row, run.trajectory.columns.get("loss")[row]);
    drawHead(context, {
      x: px,
      y: py,
      symbol: run.identity.symbol,
      colour: run.identity.colour,
      radius: theme.size(4.5),
      paper: theme.paper,
    });
  }
  names(view, state, visible, scale);
}

function level(context, view, state, { range: [low, high], to }, goal) {
  const y = ((high - to(goal)) / (high - low)) * view.area.height;
  context.strokeStyle = state.theme.ink2;
  context.setLineDash([2, 3]);
  context.beginPath();
  context.moveTo(0, y);
  context.lineTo(view.area.width, y);
  context.stroke();
  context.setLineDash([]);
}

/** Names at the right end, at their loss as far as it has been seen, pushed apart. */
function names(view, state, visible, scale) {
  const { theme } = state;
  const seen = Math.max(state.seen, state.step);
  const items = visible.map((run) => {
    const row = rowAt(run.trajectory, seen);
    const [, y] = toPixels(view, state, scale, row, run.trajectory.columns.get("loss")[row]);
    return { run, y: Math.max(0, Math.min(view.area.height, Number.isFinite(y) ? y : 0)) };
  });
  const gap = Math.min(theme.size(17), view.area.height / Math.max(1, items.length));
  spread(items, gap, 6, view.area.height - 6);
  const font = `600 ${Math.min(theme.size(12), gap * 0.95)}px ${theme.sans}`;
  // The names stand in the right margin, outside the trail's canvas: they are text of the page.
  const list = (view.names ??= makeNames(view));
  const key = JSON.stringify([font, view.area, items.map(({ run }) => [run.identity.name, run.identity.colour])]);
  if (key !== view.namesKey) {
    view.namesKey = key;
    list.replaceChildren(...items.map(({ run }) => nameOf(view, run.identity, font)));
  }
  // While the curves grow the names only move, which costs no layout.
  items.forEach(({ y }, index) => {
    const move = `translateY(calc(${Math.round(view.area.top + y)}px - 50%))`;
    if (list.children[index].style.transform !== move) list.children[index].style.transform = move;
  });
}

function nameOf({ area }, { name, colour }, font) {
  const label = document.createElement("span");
  label.textContent = name;
  Object.assign(label.style, { left: `${area.left + area.width + 8}px`, color: colour, font });
  return label;
}

function makeNames(view) {
  const list = document.createElement("div");
  list.className = "line-names";
  list.setAttribute("aria-hidden", "true");
  view.host.append(list);
  return list;
}

function listen(view) {
  const { host } = view;
  let scrubbing = false;
  const stepAt = (event) => {
    const x = event.clientX - host.getBoundingClientRect().left - (view.area?.left ?? 0);
    const share = x / (view.area?.width ?? 1);
    return share < -0.02 || share > 1.02 ? null : Math.round(Math.max(0, Math.min(1, share)) * view.state.steps);
  };
  host.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !view.state || event.pointerType === "touch") return;
    const step = stepAt(event);
    if (step === null) return;
    scrubbing = true;
    host.setPointerCapture(event.pointerId);
    view.on.seek(step);
  });
  host.addEventListener("pointermove", (event) => {
    if (!view.state || event.pointerType === "touch") return;
    const step = stepAt(event);
    if (scrubbing && step !== null) view.on.seek(step);
    else view.on.hover(step === null ? null : { row: step, from: "loss" });
  });
  for (const name of ["pointerup", "pointercancel"]) host.addEventListener(name, () => (scrubbing = false));
  host.addEventListener("click", (event) => {
    const step = view.state && stepAt(event);
    if (event.pointerType === "touch" && step !== null) view.on.seek(step);
  });
  host.addEventListener("pointerleave", () => view.on.hover(null));
}
