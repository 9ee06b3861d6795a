/** The window by numbers, beside the zoom: a range for each variable, and its place in the address. */
import { t } from "../i18n.js";
import { parseRange, plainNumber } from "../numbers.js";
import { showProblem } from "./element.js";

const find = (id) => document.querySelector(id);
const inputs = () => [find("#window-x"), find("#window-y")];
const shown = (page) => page.window ?? page.answer?.window ?? [];

/** Hear what is typed: `set(window | null)`. */
export function wireWindow(page, set) {
  inputs().forEach((input, index) => input.addEventListener("change", () => {
    const problem = find("#window-problem");
    const range = input.value.trim() ? parseRange(input.value) : page.answer.window[index];
    showProblem(problem, null, range ? null : t("“{text}” is not a range: type two numbers, such as -2 … 2.", { text: input.value }));
    input.closest(".field").classList.toggle("bad", !range);
    if (range) set(shown(page).map((side, i) => (i === index ? range : side)));
  }));
}

/** Show the window, but not over what is being typed. */
export function showWindow(page) {
  const window = shown(page);
  inputs().forEach((input, index) => {
    input.closest(".field").hidden = index >= window.length;
    if (!window[index] || document.activeElement === input || input.closest(".bad")) return;
    const digits = 2 - Math.floor(Math.log10(window[index][1] - window[index][0]));
    input.value = window[index].map((v) => plainNumber(Number(v.toFixed(Math.max(0, Math.min(12, digits)))))).join(" … ");
  });
}

/** "-2,2,-1,3" of an address as a window; null for anything else. */
export function windowFrom(text) {
  const numbers = (text ?? "").split(",").map(Number);
  const pairs = numbers.length === 2 || numbers.length === 4 ? numbers.flatMap((v, i) => (i % 2 ? [[numbers[i - 1], v]] : [])) : [];
  return pairs.length && pairs.every(([low, high]) => Number.isFinite(low) && low < high) ? pairs : null;
}
