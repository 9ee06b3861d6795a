/** What the model says at one point: logits and probabilities as bars that sum to 1, and the Jacobian of the output. */
import { atPoint, jacobian } from "../classifier.js";
import { t } from "../i18n.js";
import { fix } from "../numbers.js";
import { symbolOutline } from "../symbols.js";
import { placeWords } from "./classify_map.js";
import { element, svg } from "./element.js";

/** A class's marker: its shape in its colour. */
export function marker({ colour, symbol }) {
  return svg("svg", { class: "marker", viewBox: "-7 -7 14 14", "aria-hidden": "true" }, svg("path", { d: symbolOutline(symbol, 0, 0, 5), fill: colour }));
}

/** Fill the probe's place. */
export function createProbe() {
  const find = (id) => document.getElementById(id);
  return { aside: find("probe-aside"), bars: find("bars"), jacobian: find("jacobian"), key: "", rows: [] };
}

/** Show what the model says at `probe`; `point` is the index of a training point there, -1 when there is none. */
export function drawProbe(view, { model, theta, probe, point, palette, theme }) {
  if (!theta) return view.bars.replaceChildren();
  const at = atPoint(model, theta, probe);
  build(view, model, palette, theme, point >= 0);
  const label = point >= 0 ? [model.labels[point]].flat() : null;
  view.aside.textContent = label ? t("a point of the data at {place}", { place: placeWords(probe) }) : placeWords(probe);
  const single = at.z.length === 1;
  view.rows.forEach((row, k) => {
    const z = single ? (k === 1 ? at.z[0] : null) : at.z[k];
    put(row.z, z === null ? "" : fix(z, 2));
    put(row.p, fix(at.p[k], 3));
    row.bar.style.setProperty("--p", String(at.p[k]));
    if (row.e) put(row.e, fix(at.p[k] - wanted(model, label, k), 3));
  });
  const sum = at.p.reduce((total, v) => total + v, 0);
  put(view.sum, model.layers.output === "softmax" || single ? t("They add up to {sum}.", { sum: fix(sum, 3) }) : t("Each is a yes or no of its own: they add up to {sum}.", { sum: fix(sum, 3) }));
  drawJacobian(view, model, at);
}

function wanted(model, label, k) {
  if (!label.includes(k)) return 0;
  return model.layers.output === "softmax" ? 1 / label.length : 1;
}

const put = (node, text) => {
  if (node.textContent !== text) node.textContent = text;
};

function build(view, model, palette, theme, told) {
  const key = [model.classes, model.layers.sizes.at(-1), model.layers.output, told, theme.key, palette.map(({ name }) => name)].join("|");
  if (key === view.key) return;
  view.key = key;
  const head = (text, style = "") => element("span", { class: `head ${style}` }, text);
  view.rows = palette.slice(0, model.classes).map((look) => ({
    look, z: element("span", { class: "z" }), p: element("span", { class: "p" }), e: told ? element("span", { class: "e" }) : null,
    bar: element("span", { class: "bar-of", style: { "--c": look.colour } }, element("i")),
  }));
  view.sum = element("span", { class: "sum" });
  view.bars.replaceChildren(
    head(t("Class"), "left"), head("z"), head(""), head("a"), head(told ? "a − y" : ""),
    ...view.rows.flatMap(({ look, z, bar, p, e }) => [element("span", { class: "class-name", style: { "--c": look.colour } }, marker(look), look.name), z, bar, p, e ?? element("span")]),
    view.sum);
  const size = model.layers.output === "softmax" ? model.classes : 0;
  view.cells = Array.from({ length: size * size }, () => element("span", { role: "cell" }, element("b")));
  const rows = Array.from({ length: size }, (_, j) => element("div", { role: "row", style: { display: "contents" } }, ...view.cells.slice(j * size, (j + 1) * size)));
  view.jacobian.hidden = size === 0;
  view.jacobian.replaceChildren(element("span", { class: "title" }, t("Jacobian ∂a/∂z: a(1 − a), −a a′")),
    element("div", { class: "cells", role: "table", "aria-label": t("Jacobian of the softmax"), style: { "--n": String(size) } }, ...rows));
}

/** Ink for what is positive, hatched for what is negative; the number in each cell. */
function drawJacobian(view, model, { a }) {
  if (!view.cells.length) return;
  jacobian(a).flat().forEach((value, index) => {
    const cell = view.cells[index];
    cell.className = value < 0 ? "minus" : "";
    cell.style.setProperty("--v", String(Math.min(1, Math.abs(value) / 0.25) * 0.4));
    put(cell.firstChild, fix(value, 3));
  });
}
