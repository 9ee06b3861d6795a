/** Every parameter: its value, its gradient, the finite difference beside it, how many digits agree, and what the update makes of it. */
import { t } from "../i18n.js";
import { digitsShared } from "../moments.js";
import { brief, fix, num, parseNumber } from "../numbers.js";
import { cell } from "../trajectory.js";
import { signClass, spoken } from "./backprop_graph.js";
import { element, mathematics } from "./element.js";

/** `on.select(node)` hears which parameter is chosen, `on.parameter(node, value)` what is typed for one. */
export function createTable(on) {
  const find = (id) => document.getElementById(id);
  return { on, body: find("parameters"), aside: find("parameters-aside"), mean: find("mean-head"), key: "", editing: -1, typed: null };
}

/** Type a value for a parameter: its cell becomes a field, with `first` in it instead of what stands there. */
export function editParameter(table, node, first = null) {
  Object.assign(table, { editing: node, typed: first, key: "" });
  table.on.refresh();
}

/** Show {pass, known, moment, selected, trajectory, iteration, columnOf}. */
export function showTable(table, shown) {
  const { pass, known, selected, trajectory, iteration, at, moments } = shown;
  const key = JSON.stringify([
    shown.version,
    at,
    moments.length,
    selected,
    trajectory?.version,
    trajectory?.count > iteration + 1,
    table.editing,
    shown.onData,
  ]);
  if (key === table.key) return;
  table.key = key;
  const field = table.body.querySelector("input");
  if (field && table.editing >= 0) table.typed = field.value;
  table.mean.hidden = !shown.onData;
  table.body.closest("table").toggleAttribute("data-many", Boolean(shown.onData));
  const focused = table.body.contains(document.activeElement) ? document.activeElement.dataset.parameter : null;
  const rows = pass.nodes.flatMap((node, index) => (node.role === "parameter" ? [row(table, shown, node, index)] : []));
  table.body.replaceChildren(...rows);
  if (focused) table.body.querySelector(`[data-parameter="${focused}"]`)?.focus({ preventScroll: true });
  if (table.editing >= 0) focusField(table);
  const shared = pass.nodes
    .filter((node, index) => known.backward.has(index) && node.difference !== null)
    .map((node) => digitsShared(node.adjoint, node.difference));
  const least = Math.min(...shared);
  table.body.closest("table").toggleAttribute("data-tiny", pass.nodes.some((node, index) => known.backward.has(index) && isTiny(node.adjoint)));
  table.aside.textContent = shared.length
    ? least === 1 ? t("gradient and difference agree to 1 digit or more") : t("gradient and difference agree to {digits} digits or more", { digits: least })
    : known.backward.size
      ? ""
      : t("come with the backward pass; click a value to type another");
}

/** The field keeps the focus; text that was there is selected, so that typing replaces it. */
function focusField(table) {
  const field = table.body.querySelector("input");
  if (!field || document.activeElement === field) return;
  field.focus();
  if (table.typed === null) field.select();
}

/** A value as text that can be pressed, or the field that it has become. */
function valueCell(table, node, index, many) {
  if (table.editing !== index) {
    return element(
      "button",
      {
        type: "button",
        class: "typed",
        "data-value": node.name,
        title: t("Type another value"),
        "aria-label": t("{name} is {value}: type another value", { name: spoken(node.name), value: long(node.value) }),
        onclick: (event) => {
          event.stopPropagation();
          editParameter(table, index);
        },
      },
      many ? brief(node.value, 4) : long(node.value),
    );
  }
  let done = false;
  const end = (value) => {
    if (done) return;
    done = true;
    Object.assign(table, { editing: -1, typed: null, key: "" });
    if (value !== null) table.on.parameter(index, value);
    else table.on.refresh();
  };
  const field = element("input", {
    class: "number",
    inputmode: "decimal",
    autocomplete: "off",
    "aria-label": spoken(node.name),
    value: table.typed ?? String(node.value),
    onclick: (event) => event.stopPropagation(),
    onkeydown: (event) => {
      if (event.key === "Escape") end(null);
      if (event.key === "Enter") field.blur();
      if (event.key === "Escape" || event.key === "Enter") event.preventDefault();
    },
    onblur: () => {
      if (!field.isConnected) return;
      const typed = parseNumber(field.value);
      if (Number.isFinite(typed)) return end(typed === node.value ? null : typed);
      table.on.refuse(t("“{text}” is not a number: type one such as 0.1.", { text: field.value }));
      end(null);
    },
  });
  return field;
}

function row(table, shown, node, index) {
  const { known, moment, selected, trajectory, iteration, columnOf, onData, gradientOf } = shown;
  const there = known.backward.has(index);
  const updated = moment.phase === "update" ? cell(trajectory, columnOf(index), iteration + 1) : NaN;
  const active = moment.shows.some((each) => each.node === index && moment.phase !== "start");
  const pick = element(
    "button",
    {
      type: "button",
      class: "pickable",
      "data-parameter": node.name,
      "aria-pressed": String(selected === index),
      "aria-label": spoken(node.name),
    },
    mathematics(node.symbol),
  );
  return element(
    "tr",
    {
      class: [active ? "active" : "", selected === index ? "selected" : ""].join(" "),
      "data-name": node.name,
      onclick: () => table.on.select(index),
    },
    element("th", { scope: "row" }, pick),
    element("td", { class: "v" }, valueCell(table, node, index, onData)),
    element("td", { class: `v g ${there ? signClass(node.adjoint) : ""}` }, there ? signed(node.adjoint, onData ? 4 : 7) : ""),
    onData
      ? element(
          "td",
          { class: `v mean ${there && !node.held ? signClass(gradientOf(index)) : ""}` },
          there && !node.held ? signed(gradientOf(index), 4) : "",
        )
      : null,
    element("td", { class: "v difference" }, there && node.difference !== null ? signed(node.difference, onData ? 4 : 7) : ""),
    element("td", { class: "v digits" }, there && node.difference !== null ? String(digitsShared(node.adjoint, node.difference)) : ""),
    element(
      "td",
      { class: "v new" },
      node.held ? (there ? t("held") : "") : Number.isFinite(updated) ? (onData ? brief(updated, 4) : long(updated)) : "",
    ),
  );
}

/** A gradient with its sign and all digits that matter. */
const signed = (value, digits) => (value > 0 ? "+" : "") + num(value ?? NaN, isTiny(value) ? Math.min(digits, 5) : digits);

/** A number that is written with a power of ten. */
const isTiny = (value) => value !== 0 && Math.abs(value) < 1e-4;

/** As the texts print weights: eight decimals, fewer where the number is short. */
function long(value) {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1000)) return num(value, 6);
  const short = fix(value, 8).replace(/0+$/, "").replace(/\.$/, "");
  return short.length <= 6 ? short : fix(value, 8);
}
