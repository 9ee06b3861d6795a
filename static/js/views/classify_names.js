/** What runs and classes are called on the Classify page, and how classes look. */
import { t } from "../i18n.js";
import { problemOf } from "../settings.js";

const LETTERS = "ABCDE";

/** What a run is called: by what it differs in from the others, its model, its activation, its loss or its optimizer. */
export function nameOf(spec, index, catalog) {
  const problems = spec.runs.map((_, i) => problemOf(spec, i));
  const own = problems[index];
  const differ = (name) => new Set(problems.map((problem) => problem[name])).size > 1;
  const kinds = { softmax: t("softmax"), logistic: t("logistic"), one_vs_rest: t("one against the rest"), network: t("network") };
  if (differ("kind") || problems.length === 1) return kinds[own.kind];
  if (differ("activation")) return { relu: "ReLU" }[own.activation] ?? own.activation;
  if (differ("loss")) return own.loss === "ce" ? t("cross-entropy") : t("squared error");
  const name = spec.runs[index].optimizer;
  return name === "sgd" ? t("gradient descent") : (catalog.optimizers.find((row) => row.name === name)?.title ?? name);
}

/** Each class's name, colour and shape; `own` are the names of a person's own classes. */
export function paletteOf({ tokens }, theme, model, own) {
  const colours = tokens[theme.dark ? "dark" : "light"];
  const given = model.class_names.length ? model.class_names : own;
  return tokens.classes.slice(0, Math.max(model.classes, 2)).map(({ family, symbol }, k) => ({
    name: given[k] ?? t("class {letter}", { letter: LETTERS[k] }),
    short: given[k] ?? LETTERS[k],
    colour: colours[family],
    rgb: rgb(colours[family]),
    symbol,
  }));
}

/** "#0a48b0" as [10, 72, 176]. */
export function rgb(hex) {
  const n = parseInt(hex.slice(1), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
}
