/** The account under the terms: a table of numbers under their formulas, and two ways to one number beside each other. */
import { t } from "../i18n.js";
import { fix } from "../numbers.js";
import { element } from "./element.js";
import { formula } from "./losses_formulas.js";

const DIGITS = 12; // of the numbers that are shown to be the same

/** A table with heads [[words, formula, name], ..], `count` rows and a foot: {key, rows, foot}, each a list of cells. */
export function makeTable(key, heads, count, name) {
  const line = (index) =>
    element(
      "tr",
      index === null ? {} : { "data-term": `${name}-${index}` },
      ...heads.map((_, column) => element(column ? "td" : "th", column ? {} : { scope: "row" })),
    );
  const rows = Array.from({ length: count }, (_, index) => line(index));
  const foot = line(null);
  document
    .querySelector("#terms-table")
    .replaceChildren(
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          ...heads.map(([words, made, law]) =>
            element(
              "th",
              { scope: "col" },
              element("span", { class: /^[a-z]$/.test(words) ? "v" : "" }, words),
              made ? formula(made) : null,
              law ? element("small", {}, law) : null,
            ),
          ),
        ),
      ),
      element("tbody", {}, ...rows),
      element("tfoot", {}, foot),
    );
  return { key, rows, foot };
}

/** Put texts into the cells of a row. */
export function fillRow(row, texts, marked) {
  texts.forEach((text, column) => {
    const place = row.children[column];
    if (place.textContent !== text) place.textContent = text;
  });
  row.classList.toggle("marked", marked);
}

/** Another way to a number, beside the loss that the engine lowers: they are the same to the last digit. */
export function sayEqual(words, value, loss) {
  const [one, other] = [fix(value, DIGITS), fix(loss, DIGITS)];
  const key = words + one + other;
  const place = document.querySelector("#equal");
  if (place.dataset.key === key) return;
  place.dataset.key = key;
  const said = (name, text) => element("b", { "data-number": name }, text);
  place.replaceChildren(
    words,
    " ",
    said("reckoned", one),
    element("span", { class: "o" }, " = "),
    said("trained", other),
    " ",
    t("the cross-entropy that is trained"),
  );
}

/** Put a text in its place. */
export function write(place, text) {
  const node = document.querySelector(place);
  if (node.textContent !== text) node.textContent = text;
}
