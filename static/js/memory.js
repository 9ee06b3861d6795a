/**
 * What a rule remembers, as what can be drawn: memory that is made of gradients is an arrow, memory that is made of their
 * squares or sizes is a size for each axis. Read from the rule's own lines. It knows no document.
 */
import { cell } from "./trajectory.js";

const GRADIENT = /(^|[^\w])g([^\w]|$)/;
const SQUARE = /(^|[^\w])g\s*(\*\*|\^)\s*2/;
const SIZE = /abs\(\s*g\s*\)/;

/** Memory of a rule's lines [{name, text, word}]: [{name, word, kind}], kind "way" or "square" or "size". */
export function memoryOf(lines) {
  return lines.flatMap(({ name, text = "", word }) => {
    const made = text.slice(text.indexOf("=") + 1);
    if (name === "x" || !new RegExp(`(^|[^\\w])${name}([^\\w]|$)`).test(made) || !GRADIENT.test(made)) return []; // not kept, or not of gradients
    return [{ name, word: word || name, kind: SQUARE.test(made) ? "square" : SIZE.test(made) ? "size" : "way" }];
  });
}

/**
 * What a run had remembered when it came to `row`: [{word, kind: "way" or "size", values}] in the gradient's own unit: the
 * root of squares, and what a rule corrects for its start as corrected. Empty where nothing is known or nothing is kept yet.
 */
export function remembered(lines, detail, parameters, row) {
  if (!detail || row < 1) return [];
  const names = new Set(lines.map((line) => line.name));
  return memoryOf(lines).flatMap(({ name, word, kind }) => {
    const kept = names.has(`${name}_hat`) ? `${name}_hat` : name;
    const values = parameters
      .map((parameter) => cell(detail, `${kept}_${parameter}`, row))
      .map((v) => (kind === "square" ? Math.sqrt(v) : v));
    return values.every(Number.isFinite)
      ? [{ word: kind === "square" ? `√ ${word}` : word, kind: kind === "way" ? "way" : "size", values }]
      : [];
  });
}
