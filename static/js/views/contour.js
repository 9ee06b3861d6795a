/**
 * The contour map: Plotly draws the field, the axes and, at rest, the paths; while they move, canvas draws them. A press
 * or a drag sets the start, arrows move it, the wheel and two fingers zoom, and a press near a path picks its step.
 */
import { CONFIG, contourFigure, contourMargins } from "../figures.js";
import { downhill } from "../overlays.js";
import { createPixels, useMapping } from "../pixels.js";
import { drawHeads } from "./contour_heads.js";
import { linesOf, ordered, tracesOf } from "./contour_paths.js";
import { listen } from "./contour_pointer.js";
import { drawBasins } from "./ensembles.js";
import { roomOf } from "./room.js";
import { clearLines, createTrail, drawLines, invalidate, place } from "./trail.js";

/** A contour map in `host`. `plotly` is loaded; `on` hears start(point, phase), hover(point | null), zoom(window | null). */
export function createContour(host, plotly, on) {
  const plot = document.createElement("div");
  plot.className = "plotly-host";
  host.append(plot);
  const under = document.createElement("canvas");
  under.className = "trail trail-under";
  under.width = 0;
  under.setAttribute("aria-hidden", "true");
  host.append(under);
  const view = {
    under, basinsDrawn: "",
    host, plot, plotly, on, trail: createTrail(host, "contour"), pixels: createPixels(), drawn: "", resting: "",
    places: new Map(), placedAt: 0, area: null, window: null, overlays: [],
  };
  view.trail.redraw = () => drawContour(view, view.state, Boolean(view.resting));
  listen(view);
  return view;
}

/** The aspect (width / height) of the map's own area: what windows are widened to. */
export function contourAspect(view, theme) {
  const m = contourMargins(theme);
  return Math.max(0.5, (view.host.clientWidth - m.l - m.r) / Math.max(1, view.host.clientHeight - m.t - m.b));
}

/** Draw what `state` says. While it moves only canvas is touched; `rest` hands the lines to Plotly. */
export function drawContour(view, state, rest) {
  const { host } = view;
  const [width, height] = roomOf(host);
  if (!width || !height || !state.map) return;
  const m = contourMargins(state.theme);
  view.area = { left: m.l, top: m.t, width: width - m.l - m.r, height: height - m.t - m.b };
  view.window = state.map.window;
  view.state = state;
  place(view.trail, view.area);
  const key = [state.map.key, width, height, state.theme.key, state.downhill, state.fog].join();
  useMapping(view.pixels, key);
  const paths = linesOf(view, state);
  const signature = key + paths.map((p) => p.signature).join();
  const full = `${signature}|${paths.map((p) => p.count).join()}`;
  if (key !== view.drawn || (rest && full !== view.resting)) {
    view.drawn = key;
    plotFigure(view, state, rest ? full : "", width, height);
  }
  if (full === view.resting) {
    delete host.dataset.moving;
  } else {
    host.dataset.moving = "";
    drawLines(view.trail, paths, signature);
  }
  drawBasins(view, state, key);
  drawHeads(view, state);
}

function plotFigure(view, state, full, width, height) {
  const visible = ordered(state.runs).filter((run) => run.visible);
  const figure = contourFigure({
    theme: state.theme,
    map: state.map,
    width,
    height,
    marks: !state.fog,
    arrows: state.downhill ? downhill(state.map.program, state.map.window) : null,
    paths: full ? tracesOf(view, visible, state) : [],
    ghosts: full ? tracesOf(view, state.ghosts, state) : [],
  });
  view.plotly.react(view.plot, figure.data, figure.layout, CONFIG);
  view.resting = full;
  if (full) clearLines(view.trail);
  else invalidate(view.trail);
}
