/**
 * The surface in space: Plotly draws it, the paths are projected with its camera onto canvas, and what the surface hides
 * is faded. The projection needs Plotly's private scene (its version is pinned and a test guards it); without it the
 * paths are scatter3d traces.
 */
import { CONFIG, surfaceFigure } from "../figures.js";
import { hidden, multiply, projector } from "../geometry.js";
import { groundBetween } from "../levels.js";
import { clamp, createPixels, pathTo, useMapping } from "../pixels.js";
import { value } from "../program.js";
import { rowAt } from "../trajectory.js";
import { roomOf } from "./room.js";
import { listen } from "./surface_pointer.js";
import { createTrail, drawHead, drawLabel, drawLines, headLayer, place } from "./trail.js";

const PIECE = 0.015; // of the window: a long step follows the ground in pieces of this length
const MOST_PIECES = 40;

/** The surface in `host`; `on.start(point, phase)` and `on.hover(..)` hear the person. */
export function createSurface(host, plotly, on) {
  const plot = document.createElement("div");
  plot.className = "plotly-host";
  host.append(plot);
  const view = {
    host,
    plot,
    plotly,
    on,
    trail: createTrail(host, "surface"),
    pixels: createPixels(),
    drawn: "",
    camera: null,
    hooked: false,
    turn: 0,
  };
  view.trail.redraw = () => drawSurface(view, view.state);
  if (on.start) listen(view, () => sightOf(view));
  return view;
}

/** Draw what `state` says; Plotly only when the surface, the size or the theme changed. */
export function drawSurface(view, state) {
  const { host, plot } = view;
  const [width, height] = roomOf(host);
  if (!width || !height || !state.map?.grid3) return;
  view.state = state;
  const key = [state.map.key3, width, height, state.theme.key].join();
  if (key !== view.drawn) {
    view.drawn = key;
    const figure = surfaceFigure({ theme: state.theme, map: state.map, width, height, camera: view.camera });
    view.plotly.react(plot, figure.data, figure.layout, CONFIG);
    view.turn += 1;
    hook(view);
  }
  place(view.trail, { left: 0, top: 0, width, height });
  if (cameraOf(plot)) repaint(view);
  else if (!state.moving) plotPaths(view, state, key, width, height);
}

/** Without Plotly's scene: the paths as traces of the plot itself, once they rest. */
function plotPaths(view, state, key, width, height) {
  const signature = key + state.runs.map((run) => `${run.trajectory.version}${rowAt(run.trajectory, state.step)}${run.visible}`).join();
  if (view.plotted === signature) return;
  view.plotted = signature;
  const figure = surfaceFigure({ theme: state.theme, map: state.map, width, height, camera: view.camera });
  const ground = groundOf(state.map);
  for (const run of state.runs.filter((candidate) => candidate.visible)) {
    const [xs, ys] = state.parameters.map((name) => run.trajectory.columns.get(name));
    const points = Array.from({ length: rowAt(run.trajectory, state.step) + 1 }, (_, row) =>
      ground.inside([xs[row], ys[row]]) ? ground.at([xs[row], ys[row]]) : [null, null, null],
    );
    const [x, y, z] = [0, 1, 2].map((axis) => points.map((point) => point[axis]));
    figure.data.push({
      type: "scatter3d",
      mode: "lines",
      x,
      y,
      z,
      hoverinfo: "skip",
      line: { color: run.identity.colour, width: run.selected ? 6 : 4 },
    });
  }
  view.plotly.react(view.plot, figure.data, figure.layout, CONFIG);
}

function hook(view) {
  if (view.hooked || !view.plot.on) return;
  view.hooked = true;
  const turned = () => {
    view.turn += 1;
    requestAnimationFrame(() => repaint(view));
  };
  for (const name of ["plotly_relayouting", "plotly_relayout", "plotly_afterplot"]) view.plot.on(name, turned);
  view.plot.on("plotly_relayout", (change) => {
    if (!change["scene.camera"]) return;
    view.camera = change["scene.camera"];
  });
  view.plot.addEventListener("wheel", () => setTimeout(turned, 60), { passive: true });
}

/** The camera as one matrix from data to clip space, and the scene's scales; null without Plotly's scene. */
export function cameraOf(plot) {
  const scene = plot._fullLayout?.scene?._scene;
  const camera = scene?.glplot?.cameraParams;
  if (!camera || !scene.dataScale) return null;
  return { matrix: multiply(multiply(camera.projection, camera.view), camera.model), scales: scene.dataScale };
}

/** What the camera sees: the ground, the projection and the camera's matrix; null until there is a scene. */
function sightOf({ state, host, plot }) {
  const camera = cameraOf(plot);
  if (!state?.map?.grid3 || !camera) return null;
  return { ground: groundOf(state.map), eye: projector(camera.matrix, camera.scales, ...roomOf(host)), matrix: camera.matrix };
}

function repaint(view) {
  const { state } = view;
  const sight = sightOf(view);
  if (!sight) return;
  const { ground, eye } = sight;
  useMapping(view.pixels, `${view.drawn}${view.turn}${sight.matrix.map((v) => v.toFixed(5)).join()}`);
  const line = (run, more) => {
    const path = pathTo(view.pixels, run.trajectory, state.step, walk(run, state, ground, eye));
    return {
      ...path, colour: run.identity.colour, dash: run.identity.dash, width: run.selected ? 3 : 2.4, halo: state.theme.halo,
      signature: `${run.trajectory.version}${run.identity.colour}${run.selected}`, ...more,
    };
  };
  const visible = [...state.runs].filter((run) => run.visible).sort((a, b) => Number(a.selected) - Number(b.selected));
  const paths = [
    ...state.ghosts.map((run) => line(run, { halo: null, dash: [], width: 1.4, opacity: 0.4 })), ...visible.map((run) => line(run)),
  ];
  drawLines(view.trail, paths, view.pixels.key + paths.map((path) => path.signature).join());
  drawPoints(view, state, visible, ground, eye);
}

const drawnGrounds = new WeakMap();

/**
 * The ground of a map: `height` at a place by the function itself, which is where paths go; `drawn`, between the points of
 * the grid, is what hides them and costs a ray little; whether a place is inside.
 */
function groundOf(map) {
  const { scale, window3, grid3, program } = map;
  const [low, high] = scale.heights;
  const lift = (high - low) * 0.006;
  const f = map.f ?? ((x, y) => value(program, [x, y]));
  const height = (x, y) => Math.min(high, scale.height(f(x, y)));
  const inside = ([x, y]) => x >= window3[0][0] && x <= window3[0][1] && y >= window3[1][0] && y <= window3[1][1];
  if (!drawnGrounds.has(grid3)) drawnGrounds.set(grid3, groundBetween(grid3, scale.height));
  return {
    height,
    drawn: drawnGrounds.get(grid3),
    inside,
    range: [low, high],
    box: window3,
    at: (p) => [p[0], p[1], height(p[0], p[1]) + lift],
  };
}

/** Maps a row to vertices: the way from the row before, in pieces that follow the ground. */
function walk(run, state, ground, eye) {
  const [xs, ys] = state.parameters.map((name) => run.trajectory.columns.get(name));
  const size = ground.box[1][1] - ground.box[1][0];
  const vertex = (put, point) => {
    const q = ground.at(point);
    const [px, py] = eye.project(q);
    put(clamp(px), clamp(py), hidden(q, eye.eye(q), ground.drawn, ground.box, ground.range));
  };
  return (row, put) => {
    const to = [xs[row], ys[row]];
    if (!ground.inside(to)) return void put(NaN, NaN);
    const from = row > 0 ? [xs[row - 1], ys[row - 1]] : to;
    if (ground.inside(from)) {
      const length = Math.hypot(to[0] - from[0], to[1] - from[1]) / size;
      const pieces = Math.min(MOST_PIECES, Math.floor(length / PIECE));
      for (let k = 1; k < pieces; k += 1) vertex(put, from.map((v, i) => v + ((to[i] - v) * k) / pieces));
    }
    return void vertex(put, to);
  };
}

function drawPoints(view, state, visible, ground, eye) {
  const context = headLayer(view.trail);
  const { theme, hover } = state;
  const spot = (point, head) => {
    if (!point || !ground.inside(point)) return;
    const q = ground.at(point);
    const [x, y] = eye.project(q);
    const behind = hidden(q, eye.eye(q), ground.drawn, ground.box, ground.range);
    drawHead(context, { x, y, paper: theme.paper, opacity: behind ? 0.55 : 1, ...head });
  };
  const at = (run, row) => state.parameters.map((name) => run.trajectory.columns.get(name)?.[rowAt(run.trajectory, row)]);
  for (const start of state.starts) {
    spot(start, { symbol: "circle-open", colour: theme.ink, radius: theme.size(state.together ? 6 : 4.5) });
    if (state.words && state.starts.length === 1 && (state.together || state.step > 4)) nameStart(context, state, start, ground, eye);
  }
  for (const run of visible) {
    if (!run.trajectory.count) continue;
    if (!state.together)
      spot(at(run, state.step), { symbol: run.identity.symbol, colour: run.identity.colour, radius: theme.size(run.selected ? 7 : 6) });
    if (hover?.row !== undefined) spot(at(run, hover.row), { symbol: "circle-open", colour: run.identity.colour, radius: 4.5 });
  }
  if (hover?.point && hover.from !== "surface") spot(hover.point, { symbol: "circle-open", colour: theme.ink, radius: 5 });
}

function nameStart(context, { theme, words }, start, ground, eye) {
  if (!ground.inside(start)) return;
  const [cx, y] = eye.project(ground.at(start));
  drawLabel(context, {
    text: words.start,
    cx,
    cy: y - theme.size(17),
    colour: theme.ink,
    paper: theme.paper,
    font: `400 ${theme.size(11)}px ${theme.sans}`,
  });
}
