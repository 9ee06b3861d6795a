/** What the panels of the Classify page are built of. */
import { element } from "./element.js";

/** Write a text where it changed. */
export function put(node, text) {
  if (node && node.textContent !== text) node.textContent = text;
}

/** The head of a panel. */
export function title(words, ...aside) {
  return element("div", { class: "cap" }, element("h2", {}, words), element("span", { class: "aside" }, ...aside));
}

/** A table with a name before each row; its cells are kept in `parts.cells`. */
export function table(parts, heads, rows) {
  parts.cells = rows.map(() => heads.slice(1).map(() => element("td", {})));
  return element("table", {}, element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))),
    element("tbody", {}, ...rows.map((row, index) => element("tr", {}, element("th", { scope: "row" }, row), ...parts.cells[index]))));
}
