/** The leaderboard: who reaches a chosen loss first. It shares its panel with "Why this step". */
import { order } from "../arrival.js";
import { t } from "../i18n.js";
import { fix, parseNumber, plainNumber } from "../numbers.js";
import { element, swatch } from "./element.js";

/** `on.goal(loss)` hears the loss chosen. */
export function createArrival(on) {
  const find = (id) => document.querySelector(id);
  const board = { on, root: find("#arrival"), body: find("#arrival-rows"), goal: find("#goal"), what: find("#goal-what"), key: "" };
  board.goal.addEventListener("change", () => {
    const value = parseNumber(board.goal.value);
    if (!Number.isNaN(value)) on.goal(value);
  });
  return board;
}

/** Show the order of arrival within `goal` of the least loss, as far as has been seen; `known` says the least is known. */
export function showArrival(board, { runs, goal, floor, known, seen, shares = [] }) {
  const visible = runs.filter((run) => run.visible);
  const rows = order(visible.map((run) => run.trajectory), floor + goal, seen, visible.map((run) => shares[run.index]));
  const key = JSON.stringify([rows, goal, visible.map((run) => run.identity.name + run.identity.colour)]);
  if (key === board.key) return;
  board.key = key;
  board.what.textContent = known ? t("above the minimum by") : t("at loss");
  if (document.activeElement !== board.goal) board.goal.value = plainNumber(goal);
  board.body.replaceChildren(...rows.map((row, place) => {
    const { identity } = visible[row.index];
    const there = row.step >= 0;
    return element(
      "tr",
      {},
      element("td", { class: "place" }, there ? `${place + 1}` : ""),
      element("th", { scope: "row" }, element("span", { class: "line" }, swatch(identity)), identity.name),
      element("td", { class: "v" }, there ? String(row.step) : t("not yet")),
      element("td", { class: "v" }, there ? fix(row.evaluations, Number.isInteger(row.evaluations) ? 0 : 1) : ""),
    );
  }));
}
