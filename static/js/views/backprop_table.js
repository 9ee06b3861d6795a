/** Every parameter: its value, its gradient, the finite difference beside it, how many digits agree, and what the update makes of it. */
import { t } from "../i18n.js";
import { digitsShared } from "../moments.js";
import { fix, num } from "../numbers.js";
import { cell } from "../trajectory.js";
import { signClass, spoken } from "./backprop_graph.js";
import { element, mathematics } from "./element.js";

/** `on.select(node)` hears which parameter is chosen. */
export function createTable(on) {
  const find = (id) => document.getElementById(id);
  return { on, body: find("parameters"), aside: find("parameters-aside"), key: "" };
}

/** Show {pass, known, moment, selected, trajectory, iteration, columnOf}. */
export function showTable(table, shown) {
  const { pass, known, selected, trajectory, iteration, at, moments } = shown;
  const key = JSON.stringify([shown.version, at, moments.length, selected, trajectory?.version, trajectory?.count > iteration + 1]);
  if (key === table.key) return;
  table.key = key;
  const focused = table.body.contains(document.activeElement) ? document.activeElement.dataset.parameter : null;
  const rows = pass.nodes.flatMap((node, index) => (node.role === "parameter" ? [row(table, shown, node, index)] : []));
  table.body.replaceChildren(...rows);
  if (focused) table.body.querySelector(`[data-parameter="${focused}"]`)?.focus({ preventScroll: true });
  const shared = pass.nodes.filter((node, index) => known.backward.has(index) && node.difference !== null).map((node) => digitsShared(node.adjoint, node.difference));
  table.aside.textContent = shared.length ? t("gradient and difference agree to {digits} digits or more", { digits: Math.min(...shared) }) : t("finite difference: a little to both sides");
}

function row(table, { known, moment, selected, trajectory, iteration, columnOf }, node, index) {
  const there = known.backward.has(index);
  const updated = moment.phase === "update" ? cell(trajectory, columnOf(index), iteration + 1) : NaN;
  const active = moment.shows.some((each) => each.node === index && moment.phase !== "start");
  const pick = element("button", { type: "button", class: "pickable", "data-parameter": node.name, "aria-pressed": String(selected === index), "aria-label": spoken(node.name) }, mathematics(node.symbol));
  return element("tr", { class: [active ? "active" : "", selected === index ? "selected" : ""].join(" "), "data-name": node.name, onclick: () => table.on.select(index) },
    element("th", { scope: "row" }, pick), element("td", { class: "v" }, long(node.value)),
    element("td", { class: `v g ${there ? signClass(node.adjoint) : ""}` }, there ? signed(node.adjoint, 7) : ""),
    element("td", { class: "v difference" }, there && node.difference !== null ? signed(node.difference, 7) : ""),
    element("td", { class: "v digits" }, there && node.difference !== null ? String(digitsShared(node.adjoint, node.difference)) : ""),
    element("td", { class: "v new" }, node.held ? (there ? t("held") : "") : Number.isFinite(updated) ? long(updated) : ""));
}

/** A gradient with its sign and all digits that matter. */
const signed = (value, digits) => (value > 0 ? "+" : "") + num(value ?? NaN, digits);

/** As the texts print weights: eight decimals, fewer where the number is short. */
function long(value) {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1000)) return num(value, 6);
  const short = fix(value, 8).replace(/0+$/, "").replace(/\.$/, "");
  return short.length <= 6 ? short : fix(value, 8);
}
