/**
 * Plotly traces and layouts, as values: from a theme (colours and sizes of tokens.json), a map and paths to what Plotly is
 * given. Nothing here draws or knows a document.
 */
import { alpha } from "./colours.js";
import { niceTicks, rows } from "./levels.js";
import { superscript } from "./numbers.js";

export const CONFIG = {
  displayModeBar: false,
  scrollZoom: false,
  doubleClick: false,
  responsive: false,
  showTips: false,
};

const CAMERA = { eye: { x: 0.16, y: -1.06, z: 1.36 }, center: { x: 0, y: 0.02, z: -0.1 }, up: { x: 0, y: 0, z: 1 } };

/** A 2-D axis without lines; `more` overrides. */
export function axis(theme, more = {}) {
  return {
    showgrid: false, zeroline: false, showline: false, ticks: "", fixedrange: true, ticklabelstandoff: 4,
    tickfont: { family: theme.sans, size: theme.size(11), color: theme.ink3 }, ...more,
  };
}

/** A transparent layout of a given size in pixels. */
export function layout(theme, width, height, more = {}) {
  return {
    width, height, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", showlegend: false, hovermode: false,
    dragmode: false, font: { family: theme.sans, size: theme.size(12), color: theme.ink2 }, separators: ".,", ...more,
  };
}

/** A number on an axis: a true minus, powers of ten as 10⁻². */
export function tick(value) {
  return String(value).replace("-", "−");
}

/** 10 to an exponent as people write it: 0.1, 1, 10, 100, 10³, 10⁻². */
export function decade(exponent) {
  if (exponent >= -1 && exponent <= 2) return String(Number((10 ** exponent).toPrecision(3)));
  return `10${superscript(exponent)}`;
}

const name = (theme, text, more) => ({
  xref: "paper", yref: "paper", showarrow: false, text: `<i>${text}</i>`,
  font: { family: theme.serif, size: theme.size(14), color: theme.ink2 }, ...more,
});

/** The margins of the contour panel, in pixels: what lies outside the map. */
export function contourMargins(theme) {
  return { l: theme.present ? 34 : 28, r: 1, t: 4, b: theme.present ? 26 : 22 };
}

/** The contour figure: map, marks of the critical points, ghosts and paths. */
export function contourFigure({ theme, map, width, height, paths = [], ghosts = [], marks = true, arrows = null }) {
  const { scale, grid, window } = map;
  const traces = [{
    type: "contour", x: grid.x, y: grid.y, z: rows(grid.f, grid.x.length, scale.level), colorscale: theme.surface,
    zmin: scale.low, zmax: scale.high, showscale: false, hoverinfo: "skip", autocontour: false, connectgaps: false,
    contours: { start: scale.start, end: scale.high, size: scale.step, coloring: "fill" },
    line: { color: theme.isoline, width: 0.8, smoothing: 1 },
  }];
  if (arrows)
    traces.push({
      type: "scatter",
      mode: "lines",
      x: arrows.x,
      y: arrows.y,
      hoverinfo: "skip",
      line: { color: alpha(theme.ink, 0.34), width: 1 },
    });
  if (marks) traces.push(...markTraces(theme, map));
  traces.push(...pathTraces(theme, paths, ghosts));
  const annotations = [
    name(theme, map.variables[0], { x: 1, y: 0, xanchor: "right", yanchor: "top", yshift: -4 }),
    name(theme, map.variables[1], { x: 0, y: 1, xanchor: "right", yanchor: "top", xshift: -8, yshift: 4 }),
    ...map.labels.map(({ x, y, exponent }) => ({
      x, y, text: decade(exponent), showarrow: false,
      font: { family: theme.sans, size: theme.size(10.5), color: theme.ink2 },
    })),
  ];
  const ticks = (range, count, cut) => {
    const values = niceTicks(range[0], range[1], count).filter(cut);
    return { range, tickvals: values, ticktext: values.map(tick) };
  };
  const [[x0, x1], [y0, y1]] = window;
  const named = Math.max(0.07, theme.size(24) / height); // of the height: where the name of the upright axis stands
  return {
    data: traces,
    layout: layout(theme, width, height, {
      margin: contourMargins(theme), annotations,
      // The names of the axes stand at their ends: no tick may touch them.
      xaxis: axis(theme, ticks(window[0], 6, (v) => v <= x1 - 0.045 * (x1 - x0) && v >= x0 + 0.02 * (x1 - x0))),
      yaxis: axis(theme, ticks(window[1], 6, (v) => v <= y1 - named * (y1 - y0) && v >= y0 + 0.01 * (y1 - y0))),
    }),
  };
}

/** Minima as upright crosses, saddles as diagonal ones, maxima as dots: marks, not data. */
function markTraces(theme, { minima = [], saddles = [], maxima = [] }) {
  const mark = (points, symbol, size) => ({
    type: "scatter", mode: "markers", x: points.map((p) => p[0]), y: points.map((p) => p[1]), hoverinfo: "skip",
    marker: { symbol, size, line: { width: 1.4, color: theme.ink2 }, color: theme.ink2 },
  });
  const traces = [];
  if (minima.length) traces.push(mark(minima, "cross-thin", 9));
  if (saddles.length) traces.push(mark(saddles, "x-thin", 7));
  if (maxima.length) traces.push(mark(maxima, "circle", 3));
  return traces;
}

/** Lines of rows 0..count of each path: every halo first, so that no halo cuts a line. */
function pathTraces(theme, paths, ghosts) {
  // A uid becomes a class of the drawn trace: "path" ones are hidden while canvas draws them.
  const line = (path, kind, index, style) => ({
    type: "scatter",
    mode: "lines",
    x: path.x,
    y: path.y,
    hoverinfo: "skip",
    connectgaps: false,
    name: path.label,
    meta: kind,
    uid: `path-${kind}-${index}`,
    line: style,
  });
  return [
    ...ghosts.map((path, i) =>
      line(path, "ghost", i, { color: alpha(path.colour, theme.dark ? 0.45 : 0.38), width: 1.4 }),
    ),
    ...paths.map((path, i) => line(path, "halo", i, { color: theme.halo, width: path.width + 2.6 })),
    ...paths.map((path, i) =>
      line(path, "run", i, { color: path.colour, width: path.width, dash: plotlyDash(path.dash) }),
    ),
  ];
}

/** A dash pattern in pixels, as Plotly wants it. */
function plotlyDash(dash) {
  return dash.length ? dash.map((length) => `${length}px`).join(",") : "solid";
}

const ROOM = 330; // pixels of height that the surface and the labels below it need

/** The 3-D surface over a square-ish window, with iso-lines, a floor grid and names on the outermost ticks. */
export function surfaceFigure({ theme, map, width, height, camera }) {
  const { scale, grid3, window3, variables } = map;
  const [low, high] = scale.heights;
  const floor = low - (high - low) * 0.04;
  const [xs, ys] = window3.map(([a, b]) => niceTicks(a, b - 0.02 * (b - a), 4));
  const named = (values, variable, last) =>
    values.map((v, i) => (i === (last ? values.length - 1 : 0) ? `${variable} = ${tick(v)}` : tick(v)));
  const third = (more) => ({
    showbackground: false,
    showspikes: false,
    showgrid: false,
    zeroline: false,
    showline: false,
    ticks: "",
    title: { text: "" },
    tickfont: { family: theme.sans, size: theme.size(10.5), color: theme.ink3 },
    ...more,
  });
  // A low panel has the same tick labels as a high one: they need a greater part of it.
  const lacking = Math.max(0, ROOM / height - 1);
  const far = (width / height < 1.15 ? 1.13 : 1) * (1 + 0.28 * lacking);
  const center = { ...CAMERA.center, z: CAMERA.center.z - 0.12 * lacking };
  const eye = Object.fromEntries(Object.entries(CAMERA.eye).map(([key, v]) => [key, v * far]));
  return {
    data: [
      {
        type: "surface",
        x: grid3.x,
        y: grid3.y,
        z: rows(grid3.f, grid3.x.length, scale.height),
        ...(map.paint ?? {
          surfacecolor: rows(grid3.f, grid3.x.length, scale.level),
          cmin: scale.low,
          cmax: scale.high,
          colorscale: theme.surface,
        }),
        showscale: false,
        hoverinfo: "skip",
        opacity: 1,
        lightposition: { x: -2000, y: -1000, z: 4000 },
        lighting: { ambient: 0.86, diffuse: 0.22, specular: 0.03, roughness: 0.9, fresnel: 0.05 },
        contours: {
          x: { highlight: false },
          y: { highlight: false },
          z: {
            show: true,
            highlight: false,
            start: low + (high - low) / 14,
            end: high,
            size: (high - low) / 14,
            color: theme.ridge,
            width: 1,
          },
        },
      },
      floorTrace(theme, window3, xs, ys, floor),
    ],
    layout: layout(theme, width, height, {
      margin: { l: 0, r: 0, t: 0, b: 0 },
      uirevision: "camera",
      scene: {
        uirevision: "camera",
        dragmode: "turntable",
        camera: camera ?? { ...CAMERA, eye, center },
        aspectmode: "manual",
        aspectratio: map.aspect3,
        xaxis: third({ range: window3[0], tickangle: 0, tickvals: xs, ticktext: named(xs, variables[0], true) }),
        yaxis: third({ range: window3[1], tickangle: 0, tickvals: ys, ticktext: named(ys, variables[1], false) }),
        zaxis: third({ showticklabels: false, range: [floor, high + (high - low) * 0.03] }),
      },
    }),
  };
}

function floorTrace(theme, [[x0, x1], [y0, y1]], xs, ys, z) {
  const x = [];
  const y = [];
  for (const v of new Set([x0, ...xs, x1])) x.push(v, v, null), y.push(y0, y1, null);
  for (const v of new Set([y0, ...ys, y1])) x.push(x0, x1, null), y.push(v, v, null);
  return {
    type: "scatter3d", mode: "lines", x, y, z: x.map((v) => (v === null ? null : z)), hoverinfo: "skip",
    line: { color: theme.rule2, width: 1 },
  };
}

/** The margins of the loss chart: names of the runs stand at its right. */
export function lossMargins(theme, room) {
  return { l: theme.present ? 44 : 38, r: room, t: 6, b: theme.present ? 26 : 22 };
}

/**
 * The axis of the loss chart: logarithmic in f - floor where the map is, else linear. `range` in the axis's own
 * coordinate, `to` from loss to it.
 */
export function lossScale(log, floor, [low, high]) {
  if (!log) {
    const pad = (high - low) * 0.06 || 1;
    return { log, range: [low - pad, high + pad], to: (loss) => loss };
  }
  const least = Math.max(low - floor, 1e-9, (high - floor) * 1e-8);
  const top = Math.max(high - floor, least * 10);
  return {
    log,
    range: [Math.log10(least) - 0.1, Math.log10(top) + 0.25],
    to: (loss) => Math.log10(Math.max(loss - floor, least * 0.8)),
  };
}

/** The loss chart: full lines up to the step shown, faint beyond. `paths` carry y already on the axis's coordinate. */
export function lossFigure({ theme, width, height, margins, scale, steps, paths = [], futures = [], ghosts = [] }) {
  const faint = futures.map((path) => ({
    type: "scatter", mode: "lines", x: path.x, y: path.y, hoverinfo: "skip", meta: "future",
    line: { color: alpha(path.colour, theme.dark ? 0.38 : 0.3), width: 1.4 },
  }));
  return {
    data: [...faint, ...pathTraces(theme, paths, ghosts).filter((trace) => trace.meta !== "halo")],
    layout: layout(theme, width, height, {
      margin: margins,
      xaxis: axis(theme, {
        range: [0, steps],
        ...stepTicks(steps),
        showline: true,
        linecolor: theme.rule2,
        linewidth: 1,
      }),
      yaxis: axis(theme, {
        range: scale.range,
        ...lossTicks(scale),
        showgrid: true,
        gridcolor: theme.rule,
        gridwidth: 1,
      }),
    }),
  };
}

function stepTicks(steps) {
  const values = niceTicks(0, steps, 6).filter(Number.isInteger);
  return { tickvals: values, ticktext: values.map(String) };
}

function lossTicks({ log, range: [low, high] }) {
  if (!log) {
    const values = niceTicks(low, high, 4);
    return { tickvals: values, ticktext: values.map(tick) };
  }
  const decades = [];
  for (let d = Math.ceil(low); d <= high; d += 1) decades.push(d);
  const every = Math.max(1, Math.ceil(decades.length / 4));
  return { tickvals: decades, ticktext: decades.map((d) => (d % every ? "" : decade(d))) };
}

/** The curve of a function of one variable. */
export function curveFigure({ theme, map, width, height }) {
  const [x0, x1] = map.window[0];
  const xs = niceTicks(x0, x1, 8).filter((v) => v <= x1 - 0.03 * (x1 - x0));
  const ys = niceTicks(map.range[0], map.range[1], 5);
  return {
    data: [
      {
        type: "scatter",
        mode: "lines",
        x: map.grid.x,
        y: Array.from(map.grid.f, (v) => (Number.isFinite(v) ? v : null)),
        line: { color: theme.ink2, width: 1.8 },
        hoverinfo: "skip",
      },
    ],
    layout: layout(theme, width, height, {
      margin: { ...contourMargins(theme), l: 38, r: 16 },
      annotations: [
        name(theme, map.variables[0], { x: 1, y: 0, xanchor: "right", yanchor: "top", yshift: -4 }),
        name(theme, "f", { x: 0, y: 1, xanchor: "right", yanchor: "top", xshift: -10, yshift: 4 }),
      ],
      xaxis: axis(theme, {
        range: [x0, x1],
        tickvals: xs,
        ticktext: xs.map(tick),
        showline: true,
        linecolor: theme.rule2,
      }),
      yaxis: axis(theme, {
        range: map.range,
        tickvals: ys.slice(0, -1),
        ticktext: ys.slice(0, -1).map(tick),
        showgrid: true,
        gridcolor: theme.rule,
      }),
    }),
  };
}
