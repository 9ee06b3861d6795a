/**
 * What the model says at one point: logits and probabilities as bars, and how the loss reaches the logits: its slope in
 * the outputs times their Jacobian, which with cross-entropy collapses to a − y. A class that is pressed is taken as true.
 */
import { atPoint, jacobian, lossSlope, product } from "../classifier.js";
import { t } from "../i18n.js";
import { fix, num } from "../numbers.js";
import { symbolOutline } from "../symbols.js";
import { placeWords } from "./classify_map.js";
import { element, svg } from "./element.js";

/** A class's marker: its shape in its colour. */
export function marker({ colour, symbol }) {
  return svg(
    "svg",
    { class: "marker", viewBox: "-7 -7 14 14", "aria-hidden": "true" },
    svg("path", { d: symbolOutline(symbol, 0, 0, 5), fill: colour }),
  );
}

/** Fill the probe's place. `choose(k)` hears which class is taken as true. */
export function createProbe(choose) {
  const find = (id) => document.getElementById(id);
  return { choose, aside: find("probe-aside"), bars: find("bars"), jacobian: find("jacobian"), key: "", rows: [] };
}

/**
 * Show what the model says at `probe`; `point` is the index of a training point there, -1 when there is none: then `brush`
 * is taken as its class.
 */
export function drawProbe(view, { model, theta, probe, point, brush, palette, theme }) {
  if (!theta) return view.bars.replaceChildren();
  const at = atPoint(model, theta, probe);
  const label = point >= 0 ? [model.labels[point]].flat() : [Math.min(brush, model.classes - 1)];
  build(view, model, palette, theme);
  put(view.aside, point >= 0 ? t("a point of the data at {place}", { place: placeWords(probe) }) : placeWords(probe));
  const single = at.z.length === 1;
  view.rows.forEach((row, k) => {
    const z = single ? (k === 1 ? at.z[0] : null) : at.z[k];
    put(row.z, z === null ? "" : fix(z, 2));
    put(row.p, fix(at.p[k], 3));
    row.bar.style.setProperty("--p", String(at.p[k]));
    row.name.setAttribute("aria-pressed", String(label.includes(k)));
    row.name.disabled = point >= 0;
  });
  const sum = at.p.reduce((total, v) => total + v, 0);
  put(
    view.sum,
    model.layers.output === "softmax" || single
      ? t("They add up to {sum}.", { sum: fix(sum, 3) })
      : t("Each is a yes or no of its own: they add up to {sum}.", { sum: fix(sum, 3) }),
  );
  drawChain(view, model, at.a, wanted(model, label));
  return undefined;
}

/** What the outputs should be for a label. */
function wanted(model, label) {
  const share = model.layers.output === "softmax" ? 1 / Math.max(1, label.length) : 1;
  const outputs = model.layers.sizes.at(-1);
  return Array.from({ length: outputs }, (_, k) => (label.includes(outputs === 1 ? 1 : k) ? share : 0));
}

const put = (node, text) => {
  if (node.textContent !== text) node.textContent = text;
};

function build(view, model, palette, theme) {
  const key = [model.classes, model.layers.sizes.at(-1), model.layers.output, model.loss, theme.key, palette.map(({ name }) => name)].join(
    "|",
  );
  if (key === view.key) return;
  view.key = key;
  const head = (text, style = "") => element("span", { class: `head ${style}` }, text);
  view.rows = palette.slice(0, model.classes).map((look, k) => ({
    name: element(
      "button",
      {
        type: "button",
        class: "class-name",
        style: { "--c": look.colour },
        title: t("take this class as the true one"),
        onclick: () => view.choose(k),
      },
      marker(look),
      look.name,
    ),
    z: element("span", { class: "z" }),
    p: element("span", { class: "p" }),
    bar: element("span", { class: "bar-of", style: { "--c": look.colour } }, element("i")),
  }));
  view.sum = element("span", { class: "sum" });
  view.bars.replaceChildren(
    head(t("Class"), "left"),
    head("z"),
    head(""),
    head("a"),
    ...view.rows.flatMap(({ name, z, bar, p }) => [name, z, bar, p]),
    view.sum,
  );
  buildChain(view, model, palette);
}

/** ∂C/∂a down the side, the Jacobian beside it, their product below. */
function buildChain(view, model, palette) {
  const size = model.layers.sizes.at(-1);
  const cell = (style, role = "cell") => element("span", { role, class: style }, element("b"));
  view.slopes = Array.from({ length: size }, () => cell("slope"));
  view.cells = Array.from({ length: size * size }, () => cell("part"));
  view.products = Array.from({ length: size }, () => cell("product"));
  const row = (...cells) => element("div", { role: "row", style: { display: "contents" } }, ...cells);
  const own = (k) => (size === 1 ? 1 : k);
  view.jacobian.classList.toggle("wide", size > 3);
  view.jacobian.classList.toggle("few", size < 3);
  view.jacobian.replaceChildren(
    element(
      "div",
      { class: "cells", role: "table", "aria-label": t("How the loss reaches the logits"), style: { "--n": String(size) } },
      row(
        element("span", { role: "columnheader", class: "head" }, "∂C/∂a"),
        element("span", { role: "columnheader", class: "head wide" }, t("× Jacobian ∂a/∂z")),
      ),
      ...view.slopes.map((slope, j) => row(slope, ...view.cells.slice(j * size, (j + 1) * size))),
      row(
        element(
          "span",
          { role: "rowheader", class: "head equals", title: palette[own(0)]?.name },
          model.loss === "ce" ? "= a − y" : "= ∂C/∂z",
        ),
        ...view.products,
      ),
    ),
  );
}

/** Ink for what is positive, hatched for what is negative; the number in each cell. */
function drawChain(view, model, a, y) {
  const { output } = model.layers;
  const matrix = jacobian(a, output);
  const slopes = lossSlope(model.loss, output, a, y);
  matrix.flat().forEach((value, index) => {
    const cell = view.cells[index];
    cell.className = value < 0 ? "part minus" : "part";
    cell.style.setProperty("--v", String(Math.min(1, Math.abs(value) / 0.25) * 0.4));
    put(cell.firstChild, fix(value, 3));
  });
  view.slopes.forEach((cell, j) => put(cell.firstChild, Math.abs(slopes[j]) >= 100 ? num(slopes[j], 2) : fix(slopes[j], 2)));
  const through = product(slopes, matrix);
  // Where a probability is too small for its inverse the product is what it collapses to.
  const collapsed = model.loss === "ce" ? a.map((ak, k) => ak - y[k]) : through;
  view.products.forEach((cell, k) => put(cell.firstChild, fix(Number.isFinite(through[k]) ? through[k] : collapsed[k], 3)));
}
