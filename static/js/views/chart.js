/**
 * A small chart in SVG: axes, lines, dots and words, drawn from a description. What stands still is drawn once for each
 * `still.key`; what moves is drawn anew each time. Colours are the page's own properties, so light and dark cost nothing.
 */
import { symbolOutline } from "../symbols.js";
import { svg } from "./element.js";
import { roomOf as roomOfHost } from "./room.js";

const MARGIN = { left: 30, right: 16, top: 8, bottom: 22 };

/** A chart that fills `host`; `label` is what a reader hears. */
export function createChart(host, label) {
  // Two drawings over each other: what moves must not make the browser lay out the words that stand still.
  const still = svg("g");
  const moving = svg("svg", { class: "chart moving", "aria-hidden": "true" });
  const root = svg("svg", { class: "chart", role: "img", "aria-label": label }, still);
  host.append(root, moving);
  return { host, root, still, moving, key: "", area: null, scale: null };
}

/** The room of a chart in pixels: [width, height]. */
export function roomOf(chart) {
  return roomOfHost(chart.host);
}

/** What a reader hears about the chart now. */
export function describeChart(chart, text) {
  chart.root.setAttribute("aria-label", text);
}

/**
 * Draw {x: {range, ticks}, y: {range, ticks, grid}, still: {key, lines, words, fills}, lines, dots, words, uprights, boxes}.
 * A tick is [value, text]; `size` scales type. Returns false when the host has no room.
 */
export function drawChart(chart, figure) {
  const { root } = chart;
  const [width, height] = roomOf(chart);
  if (width < 40 || height < 40) return false;
  const size = figure.size ?? 1;
  const margin = { ...MARGIN, ...figure.margin };
  const area = {
    left: margin.left * size,
    top: margin.top,
    width: width - margin.left * size - margin.right,
    height: height - margin.top - margin.bottom * size,
  };
  const key = [width, height, size, figure.x.range, figure.y.range, figure.still?.key].join();
  Object.assign(chart, { area, scale: scales(area, figure), size });
  if (key !== chart.key) {
    chart.key = key;
    for (const layer of [root, chart.moving]) layer.setAttribute("viewBox", `0 0 ${width} ${height}`);
    chart.still.replaceChildren(...axes(chart, figure), ...(figure.still ? marks(chart, figure.still) : []));
  }
  chart.moving.replaceChildren(...marks(chart, figure));
  return true;
}

function scales(area, { x, y }) {
  const map = ([low, high], start, length) => (value) => start + ((value - low) / (high - low)) * length;
  return {
    x: map(x.range, area.left, area.width), y: map(y.range, area.top + area.height, -area.height),
    dataX: (pixel) => x.range[0] + ((pixel - area.left) / area.width) * (x.range[1] - x.range[0]),
    dataY: (pixel) => y.range[1] - ((pixel - area.top) / area.height) * (y.range[1] - y.range[0]),
  };
}

function axes(chart, { x, y }) {
  const { area, scale, size } = chart;
  const nodes = [];
  const bottom = area.top + area.height;
  for (const [value, text] of y.ticks ?? []) {
    const at = Math.round(scale.y(value)) + 0.5;
    if (y.grid !== false) nodes.push(svg("line", { x1: area.left, x2: area.left + area.width, y1: at, y2: at, class: "grid" }));
    nodes.push(svg("text", { x: area.left - 6, y: at, class: "tick", "text-anchor": "end", dy: ".35em", "font-size": 11 * size }, text));
  }
  nodes.push(
    svg("line", { x1: area.left, x2: area.left + area.width, y1: Math.round(bottom) + 0.5, y2: Math.round(bottom) + 0.5, class: "axis" }),
  );
  for (const [value, text] of x.ticks ?? []) {
    nodes.push(
      svg("text", { x: scale.x(value), y: bottom + 15 * size, class: "tick", "text-anchor": "middle", "font-size": 11 * size }, text),
    );
  }
  if (x.name)
    nodes.push(
      svg(
        "text",
        { x: area.left + area.width, y: bottom + 15 * size, class: "variable", "text-anchor": "end", "font-size": 14 * size },
        x.name,
      ),
    );
  if (y.name)
    nodes.push(
      svg(
        "text",
        { x: area.left - 6, y: area.top + 6 * size, class: "variable", "text-anchor": "end", dy: ".35em", "font-size": 14 * size },
        y.name,
      ),
    );
  return nodes;
}

function marks(chart, { lines = [], fills = [], boxes = [], uprights = [], dots = [], words = [] }) {
  return [
    ...boxes.map((box) => boxMark(chart, box)),
    ...uprights.map((upright) => uprightMark(chart, upright)),
    ...fills.map((fill) => fillMark(chart, fill)),
    ...lines.flatMap((line) => lineMark(chart, line)),
    ...dots.map((dot) => dotMark(chart, dot)),
    ...words.map((word) => wordMark(chart, word)),
  ];
}

const finite = (x, y) => Number.isFinite(x) && Number.isFinite(y);

/** The path of points, the pen lifted where one is not finite. */
function outline({ scale }, { x, y, count = x.length }) {
  let path = "";
  let pen = false;
  for (let i = 0; i < count; i += 1) {
    if (finite(x[i], y[i])) path += `${pen ? "L" : "M"}${scale.x(x[i]).toFixed(1)} ${scale.y(y[i]).toFixed(1)}`;
    pen = finite(x[i], y[i]);
  }
  return path;
}

function lineMark(chart, line) {
  const d = outline(chart, line);
  if (!d) return [];
  const style = {
    d,
    class: "line",
    stroke: line.colour,
    "stroke-width": (line.width ?? 2) * (chart.size > 1 ? 1.15 : 1),
    "stroke-opacity": line.opacity,
    "stroke-dasharray": line.dash?.length ? line.dash.join(" ") : null,
    "stroke-linecap": line.cap ?? (line.dash?.[0] < 2.5 ? "round" : null),
    "data-line": line.name,
  };
  return [svg("path", style)];
}

function fillMark(chart, fill) {
  const { scale } = chart;
  const last = (fill.count ?? fill.x.length) - 1;
  const d = `${outline(chart, fill)}L${scale.x(fill.x[last])} ${scale.y(0)}L${scale.x(fill.x[0])} ${scale.y(0)}Z`;
  return svg("path", { d, fill: fill.colour ?? "var(--ink)", "fill-opacity": fill.opacity ?? 0.07 });
}

/** A box from (x0, y0) to (x1, y1): with a gap of paper to its neighbours, or, one of a `tile`, on whole pixels without one. */
function boxMark({ scale }, { x0, x1, y0, y1, colour, opacity = 1, tile = false, name }) {
  const [left, right, top, bottom] = [scale.x(x0), scale.x(x1), scale.y(y1), scale.y(y0)].map((at) => (tile ? Math.round(at) : at));
  return svg("rect", {
    x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top), fill: colour, "fill-opacity": opacity,
    stroke: tile ? null : "var(--paper)", "stroke-width": tile ? null : 1.5, "data-box": name, "data-from": x0, "data-to": x1,
  });
}

function uprightMark({ scale, area }, { x }) {
  const at = Math.round(scale.x(x)) + 0.5;
  return svg("line", { x1: at, x2: at, y1: area.top, y2: area.top + area.height, class: "upright" });
}

function dotMark(chart, dot) {
  if (!finite(dot.x, dot.y)) return svg("g");
  const { scale, size } = chart;
  const shape = { d: symbolOutline(dot.symbol ?? "circle", scale.x(dot.x), scale.y(dot.y), (dot.radius ?? 5.5) * size) };
  const open = dot.open;
  return svg("path", {
    ...shape,
    class: "dot",
    fill: open ? "var(--paper)" : dot.colour,
    stroke: open ? dot.colour : "var(--paper)",
    "stroke-width": open ? 1.8 : 2,
    "data-dot": dot.name,
    "data-x": dot.x,
    "data-y": dot.y,
  });
}

/** Words at a place of the data, moved by (dx, dy) pixels; `text` is a string or [[text, class], ..]. */
function wordMark(chart, word) {
  if (!finite(word.x, word.y)) return svg("g");
  const { scale, size } = chart;
  const parts = Array.isArray(word.text) ? word.text : [[word.text, null]];
  return svg(
    "text",
    {
      x: scale.x(word.x) + (word.dx ?? 0) * size,
      y: scale.y(word.y) + (word.dy ?? 0) * size,
      dy: ".35em",
      class: `word ${word.class ?? ""}`,
      "text-anchor": word.anchor ?? "start",
      fill: word.colour ?? "var(--ink-2)",
      "font-size": (word.size ?? 12.5) * size,
      "data-word": word.name,
    },
    ...parts.map(([text, style]) => svg("tspan", { class: style }, text)),
  );
}

/** Where a pointer is, in the data of the chart. */
export function pointerData(chart, event) {
  const box = chart.host.getBoundingClientRect();
  return { x: chart.scale.dataX(event.clientX - box.left), y: chart.scale.dataY(event.clientY - box.top) };
}
