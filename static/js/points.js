/** A person's own points: drawn, moved, deleted, relabelled, pasted. Each function gives the next dataset. */
import { parseNumber } from "./numbers.js";

export const MOST_POINTS = 2000;
const MOST_CLASSES = 5;
const DIGITS = 5;

/** A number as the page keeps it: five significant digits. */
export function rounded(value) {
  return Number(value.toPrecision(DIGITS));
}

/** Whether points are held out by a share: which ones is drawn by the engine, anew for another number of points. */
const drawsHeld = ({ held_out: held }) => typeof held === "number" && held > 0;

/** Whether any points are held out. */
export const holdsOut = (dataset) => drawsHeld(dataset) || dataset.held_out?.length > 0;

/**
 * The points of a model as a dataset of its own, with the features that were chosen. Points that are held out are named: they
 * stay so, whatever is added or taken away.
 */
export function owned(dataset, model) {
  if (dataset.points && !drawsHeld(dataset)) return dataset;
  const points = [...model.points, ...model.held.points].map((point) => point.map(rounded));
  const labels = [...model.labels, ...model.held.labels];
  const held = model.held.points.map((_, i) => model.points.length + i);
  return {
    points, labels, classes: model.classes, ...(dataset.features ? { features: dataset.features } : {}),
    ...(held.length ? { held_out: held } : {}),
  };
}

/** The places of the points that are learned from. */
export function learned({ points, held_out: held }) {
  const out = new Set(held || []);
  return [...points.keys()].filter((place) => !out.has(place));
}

/** One more point. */
export function withPoint(dataset, point, label) {
  return { ...dataset, points: [...dataset.points, point.map(rounded)], labels: [...dataset.labels, label] };
}

/** A point moved. */
export function withMoved(dataset, index, point) {
  return { ...dataset, points: dataset.points.map((old, i) => (i === index ? point.map(rounded) : old)) };
}

/** A point's class changed. Where points may have several labels it is added, or taken away when it was there. */
export function withLabel(dataset, index, label) {
  const change = (old) => {
    if (!Array.isArray(old)) return label;
    return old.includes(label) ? old.filter((k) => k !== label) : [...old, label].sort();
  };
  return { ...dataset, labels: dataset.labels.map((old, i) => (i === index ? change(old) : old)) };
}

/** Without a point. */
export function withoutPoint(dataset, index) {
  const keep = (_, i) => i !== index;
  const less = { ...dataset, points: dataset.points.filter(keep), labels: dataset.labels.filter(keep) };
  if (dataset.held_out?.length) less.held_out = dataset.held_out.filter((place) => place !== index).map((place) => place - (place > index));
  return less;
}

/** What makes points unfit to learn from: "empty", "one_class", or null. */
export function unfit({ points, labels }) {
  if (!points) return null;
  if (!points.length) return "empty";
  return new Set(labels.filter(Number.isFinite)).size === 1 && labels.every(Number.isFinite) ? "one_class" : null;
}

/** The same points with mean 0 and standard deviation 1 in every input. */
export function standardised(dataset) {
  const inputs = dataset.points[0].map((_, k) => dataset.points.map((point) => point[k]));
  const moments = inputs.map((values) => {
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const sd = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
    return [mean, sd > 0 ? sd : 1];
  });
  return {
    ...dataset,
    points: dataset.points.map((point) => point.map((v, k) => rounded((v - moments[k][0]) / moments[k][1]))),
  };
}

/** The point nearest to a place, as far as `reach`, where `distance(point)` measures; -1 when there is none. */
export function nearest(points, distance, reach) {
  let best = { index: -1, far: reach };
  points.forEach((point, index) => {
    const far = distance(point);
    if (far <= best.far) best = { index, far };
  });
  return best.index;
}

/**
 * Points pasted as lines of x, y and a class (commas, semicolons, tabs or spaces; a first line of names is skipped). A
 * class is a number or a name. {points, labels, classes, names} or {error: {line, code, text}}.
 */
export function parsePoints(text) {
  const points = [];
  const names = [];
  const labels = [];
  const refuse = (line, code, found = "") => ({ error: { line, code, text: found } });
  for (const [index, raw] of text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/).entries()) {
    const line = index + 1;
    if (!raw.trim() || raw.trim().startsWith("#")) continue;
    const cells = cellsOf(raw);
    if (cells.length !== 3) {
      if (!points.length && headed(cells)) continue;
      return refuse(line, "cells", String(cells.length));
    }
    const point = cells.slice(0, 2).map(parseNumber);
    if (!points.length && cells.slice(0, 2).every(named)) continue; // names of columns
    const bad = point.findIndex((v) => !Number.isFinite(v) || Math.abs(v) > 1e12);
    if (bad >= 0) return refuse(line, "number", cells[bad]);
    if (!cells[2]) return refuse(line, "class");
    if (!names.includes(cells[2])) names.push(cells[2]);
    if (names.length > MOST_CLASSES) return refuse(line, "classes", cells[2]);
    if (points.length === MOST_POINTS) return refuse(line, "many", String(MOST_POINTS));
    points.push(point.map(rounded));
    labels.push(cells[2]);
  }
  if (!points.length) return refuse(1, "empty");
  names.sort((a, b) =>
    Number.isFinite(parseNumber(a)) && Number.isFinite(parseNumber(b)) ? parseNumber(a) - parseNumber(b) : 0,
  );
  return { points, labels: labels.map((name) => names.indexOf(name)), classes: Math.max(2, names.length), names };
}

/** Whether a cell is the name of a column: no number, and not what programs write for a missing one. */
const named = (cell) =>
  Boolean(cell) && Number.isNaN(parseNumber(cell)) && !/^[-+]?(nan|na|n\/a|null|none|inf|infinity)$/i.test(cell);

const headed = (cells) => cells.every(named);

function cellsOf(line) {
  const separator = [";", "\t", ","].find((sign) => line.includes(sign));
  const cells = separator ? line.split(separator) : line.trim().split(/\s+/);
  return cells.map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
}
