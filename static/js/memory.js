/**
 * What a rule remembers of the gradient's size, as what can be drawn: memory that is made of its squares or its absolute
 * values is a size for each axis. Read from the rule's own lines. It knows no document.
 */
import { cell } from "./trajectory.js";

const SQUARE = /(^|[^\w])g\s*((\*\*|\^)\s*2|\*\s*g)(?![\w.])/;
const SIZE = /abs\(\s*g\s*\)/;

/** The sizes that a rule's lines [{name, text, word}] keep: [{name, word, squared}]. */
export function sizesOf(lines) {
  return lines.flatMap(({ name, text = "", word }) => {
    const made = text.slice(text.indexOf("=") + 1);
    const kept = name !== "x" && new RegExp(`(^|[^\\w])${name}([^\\w]|$)`).test(made);
    const squared = SQUARE.test(made);
    return kept && (squared || SIZE.test(made)) ? [{ name, word: word || name, squared }] : [];
  });
}

/**
 * What a run had remembered when it came to `row`: [{word, values}] in the gradient's own unit: the root of squares, and
 * what a rule corrects for its start as corrected. Empty where nothing is known or nothing is kept yet.
 */
export function remembered(lines, detail, parameters, row) {
  if (!detail || row < 1) return [];
  const names = new Set(lines.map((line) => line.name));
  return sizesOf(lines).flatMap(({ name, word, squared }) => {
    const kept = names.has(`${name}_hat`) ? `${name}_hat` : name;
    const values = parameters.map((parameter) => cell(detail, `${kept}_${parameter}`, row)).map((v) => (squared ? Math.sqrt(v) : v));
    return values.every(Number.isFinite) ? [{ word: squared ? `√ ${word}` : word, values }] : [];
  });
}
