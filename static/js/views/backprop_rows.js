/** Which point of the data a pass is of: all of them drawn small, one ringed; a click, the arrows or a number choose another. */
import { t } from "../i18n.js";
import { isOnData } from "../networkspec.js";
import { parseNumber } from "../numbers.js";
import { nearest } from "../points.js";
import { svg } from "./element.js";

const WIDTH = 240;
const HEIGHT = 132;
const MARGIN = 8;

/** The picker; `act.row(index)` hears which point is wanted. */
export function createRows(act) {
  const find = (id) => document.getElementById(id);
  const rows = { act, map: find("rows-map"), field: find("row"), words: find("row-words"), count: 0, places: [], key: "", shown: 0 };
  rows.root = svg("svg", { class: "chart rows-map", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
  rows.map.append(rows.root);
  rows.map.addEventListener("click", (event) => {
    const box = rows.root.getBoundingClientRect();
    const at = [((event.clientX - box.left) * WIDTH) / box.width, ((event.clientY - box.top) * HEIGHT) / box.height];
    const index = nearest(rows.places, ([x, y]) => Math.hypot(x - at[0], y - at[1]), 40);
    if (index >= 0) act.row(index);
  });
  rows.field.addEventListener("change", () => {
    const typed = parseNumber(rows.field.value);
    if (Number.isInteger(typed) && typed >= 1 && typed <= rows.count) return act.row(typed - 1);
    act.refuse(t("“{text}” is no point of the data: type a number from 1 to {count}.", { text: rows.field.value, count: rows.count }));
  });
  find("row-back").addEventListener("click", () => act.row((rows.shown - 1 + rows.count) % rows.count));
  find("row-next").addEventListener("click", () => act.row((rows.shown + 1) % rows.count));
  return rows;
}

/** Show {spec, row, model}: `model` is what POST /models says of the problem, null until it is here. */
export function showRows(rows, { spec, row, model }) {
  if (!isOnData(spec.problem) || !model) return;
  const key = JSON.stringify([spec.problem.dataset, row, model.points.length]);
  if (key === rows.key) return;
  Object.assign(rows, { key, count: model.points.length, shown: row, places: placesOf(model) });
  if (document.activeElement !== rows.field) rows.field.value = String(row + 1);
  rows.words.textContent = t("of {count}, class {label}", { count: rows.count, label: model.labels[row] });
  rows.root.setAttribute(
    "aria-label",
    t("{count} points; point {number} is passed through the network.", { count: rows.count, number: row + 1 }),
  );
  const marks = rows.places.map(([px, py], index) =>
    model.labels[index] === 1
      ? svg("circle", { cx: px, cy: py, r: 2.4, class: "one" })
      : svg("rect", { x: px - 2, y: py - 2, width: 4, height: 4, class: "zero" }),
  );
  const [px, py] = rows.places[row];
  rows.root.replaceChildren(...marks, svg("circle", { cx: px, cy: py, r: 7, class: "chosen" }));
}

/** The points in the picture, in true proportions. */
function placesOf({ points }) {
  const ends = (k) => [Math.min(...points.map((point) => point[k])), Math.max(...points.map((point) => point[k]))];
  const [[x0, x1], [y0, y1]] = [ends(0), ends(1)];
  const unit = Math.min((WIDTH - 2 * MARGIN) / (x1 - x0 || 1), (HEIGHT - 2 * MARGIN) / (y1 - y0 || 1));
  return points.map(([x, y]) => [WIDTH / 2 + (x - (x0 + x1) / 2) * unit, HEIGHT / 2 - (y - (y0 + y1) / 2) * unit]);
}
