/** The landscape of each loss over the two parameters of a logistic regression: from above, and as a surface in space. */
import { alpha } from "../colours.js";
import { t } from "../i18n.js";
import { landscape, model, valleys, windowAround } from "../landscape.js";
import { rows } from "../levels.js";
import { fix, num } from "../numbers.js";
import { cell, ended } from "../trajectory.js";
import { createChart, describeChart, drawChart } from "./chart.js";
import { basinsOf, painted, tiles } from "./losses_basins.js";
import { COLOUR, GHOST, LOSSES, MARGIN, ticks } from "./losses_look.js";
import { drawHill } from "./losses_space.js";

const CONFIG = { displayModeBar: false, staticPlot: true };

/** A panel with the levels by Plotly under a chart of the path. */
export function mapPanel(id) {
  const host = document.querySelector(`#${id} .plot`);
  const plot = document.createElement("div");
  plot.className = "plotly-host under";
  host.append(plot);
  return { plot, chart: createChart(host, ""), key: "" };
}

/** Both maps and, once Plotly is there, both surfaces, at the step shown. */
export function drawMaps(data, shown) {
  for (const loss of LOSSES) {
    const scape = scapeOf(data, shown, loss);
    if (!scape) continue;
    const basins = basinsOf(data, shown, loss, scape);
    drawMap(data, shown, loss, scape, basins);
    const { runs, race } = shown;
    if (data.plotly) drawHill(data, loss, `hill-${loss}`, tinted(data, shown, loss, scape, basins), runs[loss], shown, race.parameters);
    remark(shown, loss, scape);
  }
}

/** Computed once for each problem and window; the window fits both paths once they are whole. */
function scapeOf(data, { described, runs, race, gesture }, loss) {
  const problem = race.spec.runs[0].problem;
  const bias = problem.bias !== false;
  const whole = LOSSES.every((each) => ended(runs[each].trajectory));
  if ((!whole || gesture) && data.scapes[loss]) return data.scapes[loss]; // under a hand that moves the start the map stands still
  const window = bias
    ? windowAround(
        race.parameters.map((name) =>
          LOSSES.flatMap((each) => Array.from(runs[each].trajectory.columns.get(name).subarray(0, runs[each].trajectory.count))),
        ),
      )
    : [
        [-3.6, 2.4],
        [-3.6, 2.4],
      ];
  const key = JSON.stringify([described.points.length, described.labels, window, loss]);
  if (data.scapes[loss]?.key !== key) {
    const names = bias ? ["w", "b"] : ["w₁", "w₂"];
    const points = model(described.points, described.labels, bias);
    const scape = landscape(loss, points, window, names);
    data.scapes[loss] = { ...scape, points, key, key3: key, valleys: valleys(scape), bends: scape.bend.some((value) => value < -1e-9) };
  }
  return data.scapes[loss];
}

/** The landscape as a surface, in the tints of its basins once they are known; made once. */
function tinted(data, { theme }, loss, scape, basins) {
  if (!basins?.minima) return scape;
  const key = [scape.key, basins.key, theme.key].join();
  if (data.tinted[loss]?.key !== key)
    data.tinted[loss] = { key, map: painted(scape, basins, theme, data.page.tokens[theme.dark ? "dark" : "light"]) };
  return data.tinted[loss].map;
}

function drawMap(data, shown, loss, scape, basins) {
  const { runs, race, step, theme, size, ghosts } = shown;
  const panel = data.map[loss];
  const { trajectory } = runs[loss];
  const [us, vs] = race.parameters.map((name) => trajectory.columns.get(name));
  const [[x0, x1], [y0, y1]] = scape.window3;
  const [gu, gv] = race.parameters.map((name) => ghosts[loss]?.columns.get(name));
  const before = gu && gv ? [{ x: gu, y: gv, count: gu.length, ...GHOST, colour: COLOUR[loss], name: `${loss}-ghost` }] : [];
  drawChart(panel.chart, {
    size,
    x: { range: [x0, x1], ticks: ticks(x0, x1), name: scape.variables[0] },
    y: { range: [y0, y1], ticks: ticks(y0, y1), grid: false, name: scape.variables[1] },
    margin: MARGIN,
    still: {
      key: `${scape.key}${basins?.minima ? basins.key : ""}`,
      boxes: basins?.minima ? tiles(basins, scape.window3) : [],
      words: valleyWords(scape, basins),
    },
    lines: [
      ...before,
      {
        x: us,
        y: vs,
        count: Math.min(step + 1, trajectory.count),
        colour: COLOUR[loss],
        width: 2.6,
        dash: data.look[loss].dash,
        name: loss,
      },
    ],
    dots: [
      { x: race.spec.start[0], y: race.spec.start[1], colour: "var(--ink)", open: true, radius: 4.5 },
      { x: us[runs[loss].row], y: vs[runs[loss].row], symbol: data.look[loss].symbol, colour: COLOUR[loss], name: loss },
    ],
  });
  document.querySelector(`#map-${loss} .aside`).textContent = aboutMap(scape, basins);
  describeChart(
    panel.chart,
    t("The loss over the parameters, with the path. It is at ({u}, {v}). Arrow keys move the start.", {
      u: fix(us[runs[loss].row], 2),
      v: fix(vs[runs[loss].row], 2),
    }),
  );
  if (!data.plotly || !panel.chart.area) return;
  const key = [scape.key, theme.key, ...Object.values(panel.chart.area)].join();
  if (key === panel.key) return;
  panel.key = key;
  fillMap(data.plotly, panel, scape, theme);
}

/** A cross at every minimum; with the basins at the place that the runs found, and how low it is. */
function valleyWords(scape, basins) {
  const cross = { anchor: "middle", text: "+", size: 16, colour: "var(--ink-2)", name: "valley" };
  if (!basins?.minima) return scape.valleys.map(({ x, y }) => ({ ...cross, x, y }));
  return basins.minima.flatMap(({ x, y, loss, starts }, index) =>
    starts
      ? [
          { ...cross, x, y },
          { x, y, dy: 15, anchor: "middle", text: num(loss, 4), size: 11, colour: "var(--ink)", name: "minimum" },
        ]
      : [{ ...cross, ...scape.valleys[index] }],
  );
}

function aboutMap(scape, basins) {
  if (basins && !basins.minima) return t("a thousand starts: {share} %", { share: Math.round(100 * basins.share) });
  if (basins) return scape.bends ? t("colour: where a start ends") : t("one basin: every start ends in it");
  return scape.bends ? t("shaded: it bends downwards") : t("it bends upwards everywhere");
}

function fillMap(plotly, { plot, chart }, scape, theme) {
  const { x, y, f } = scape.grid;
  const { area, host } = chart;
  const { low, high } = scape.scale;
  const field = rows(f, x.length);
  // Plotly fills what a constraint leaves out: here where the least curvature is not above 0.
  const shade = {
    type: "contour",
    x,
    y,
    z: rows(scape.bend, x.length),
    showscale: false,
    hoverinfo: "skip",
    autocontour: false,
    contours: { type: "constraint", operation: ">", value: 0 },
    fillcolor: alpha(theme.ink, 0.13),
    line: { color: theme.ink3, width: 1, dash: "2px,3px" },
  };
  plotly.react(
    plot,
    [
      {
        type: "contour",
        x,
        y,
        z: field,
        colorscale: theme.surface,
        zmin: low,
        zmax: high,
        showscale: false,
        hoverinfo: "skip",
        autocontour: false,
        contours: { start: low + (high - low) / 28, end: high, size: (high - low) / 14 },
        line: { color: theme.isoline, width: 0.8 },
      },
      ...(scape.bends ? [shade] : []),
    ],
    {
      width: host.clientWidth,
      height: host.clientHeight,
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      margin: { l: area.left, t: area.top, r: host.clientWidth - area.left - area.width, b: host.clientHeight - area.top - area.height },
      xaxis: { visible: false, range: scape.window3[0], fixedrange: true },
      yaxis: { visible: false, range: scape.window3[1], fixedrange: true },
    },
    CONFIG,
  );
}

function remark({ runs }, loss, scape) {
  const { trajectory, row } = runs[loss];
  const count = scape.valleys.length;
  const values = { loss: num(cell(trajectory, "loss", row), 3), count };
  const text =
    count > 1
      ? t("loss {loss} · {count} minima here", values)
      : count
        ? t("loss {loss} · one minimum here", values)
        : t("loss {loss}", values);
  const place = document.querySelector(`[data-remark=${loss}]`);
  if (place.textContent !== text) place.textContent = text;
}
