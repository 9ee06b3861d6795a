/**
 * Who is who: name, colour, dash and head of every run. Hue is the family and dash the member, fixed per optimizer and
 * never by order; when an optimizer runs twice its runs are told apart by what differs, by dash and by head.
 */

const DASH_ORDER = ["solid", "dash", "dot", "dashdot", "longdash"];
const SYMBOL_ORDER = ["circle", "diamond", "square", "triangle-up", "triangle-down"];
export const SYMBOLS = {
  lr: "η",
  momentum: "β",
  beta1: "β₁",
  beta2: "β₂",
  alpha: "α",
  rho: "ρ",
  eps: "ε",
  weight_decay: "λ",
};

/** Whether every run has exact gradients: then plain SGD is called what it is, gradient descent. */
function noiseless(spec) {
  const exact = (run) =>
    !((run.problem ?? spec.problem)?.noise > 0) && (run.batch ?? spec.batch ?? { mode: "full" }).mode === "full";
  return spec.runs.every(exact);
}

/**
 * [{name, colour, dash, dashName, symbol, family}] for a spec's runs. `titles` and `families` by optimizer; `words`:
 * {descent, short, own, written (names of rules by their text), losses, batch} in the reader's language; `format` writes a number.
 */
export function identities(spec, { tokens, dark, titles, families, words, format }) {
  const palette = tokens[dark ? "dark" : "light"];
  const bases = spec.runs.map((run) => run.optimizer ?? "own");
  const exact = noiseless(spec);
  return spec.runs.map((run, index) => {
    const base = bases[index];
    const look = tokens.optimizers[base] ?? { dash: "solid", symbol: "circle", family: families[base] ?? "plain" };
    const twins = bases.flatMap((other, i) => (other === base ? [i] : []));
    const number = twins.indexOf(index);
    const descent = twins.length > 1 ? words.short : words.descent;
    const title =
      base === "own"
        ? (words.written?.[run.rule] ?? words.own)
        : base === "sgd" && exact
          ? descent
          : (titles[base] ?? base);
    return {
      name: title + suffix(spec, index, twins, { format, words }), colour: palette[look.family] ?? palette.ink,
      dash: tokens.dashes[shifted(DASH_ORDER, look.dash, number)], dashName: shifted(DASH_ORDER, look.dash, number),
      symbol: shiftedSymbol(look.symbol, number), family: look.family,
    };
  });
}

function shifted(order, first, by) {
  return order[(Math.max(0, order.indexOf(first)) + by) % order.length];
}

function shiftedSymbol(symbol, by) {
  if (by === 0) return symbol;
  const plain = symbol.replace("-open", "");
  const at = SYMBOL_ORDER.indexOf(plain);
  return at < 0 ? symbol : SYMBOL_ORDER[(at + by) % SYMBOL_ORDER.length];
}

/** What tells a run from its twins: the one setting that differs, its loss, its batch, else its number. */
function suffix(spec, index, twins, { format, words }) {
  if (twins.length < 2) return "";
  const names = Object.keys(spec.runs[index].settings ?? {});
  const differing = names.filter((key) => new Set(twins.map((i) => spec.runs[i].settings?.[key])).size > 1);
  if (differing.length === 1) {
    const all = twins.map((i) => spec.runs[i].settings?.[differing[0]]);
    if (new Set(all).size === twins.length) return ` ${format(spec.runs[index].settings[differing[0]])}`;
  }
  const lossOf = (run) => words.losses?.[(run.problem ?? spec.problem)?.loss];
  const batchOf = (run) => words.batch?.(run.batch ?? spec.batch ?? { mode: "full" });
  for (const tell of [lossOf, batchOf]) {
    const told = twins.map((i) => tell(spec.runs[i]));
    if (new Set(told).size === twins.length) return ` · ${tell(spec.runs[index])}`;
  }
  return ` ${twins.indexOf(index) + 1}`;
}
