/** The mathematics of the Losses page as MathML: the two losses, and the factors of their gradients. */
import { mathematics } from "./element.js";

const math = (inside) => `<math>${inside}</math>`;
const i = (name) => `<mi>${name}</mi>`;
const o = (sign) => `<mo>${sign}</mo>`;
const n = (number) => `<mn>${number}</mn>`;
const row = (...parts) => `<mrow>${parts.join("")}</mrow>`;
const brackets = (...parts) => row(`<mo stretchy="false">(</mo>`, ...parts, `<mo stretchy="false">)</mo>`);
const partial = (below) => row(o("∂"), i("C"), `<mo stretchy="false" lspace="0" rspace="0">/</mo>`, o("∂"), i(below));
const ln = (...inside) => row(`<mi>ln</mi>`, ...inside);
const square = (...parts) => row(`<mo stretchy="false">[</mo>`, ...parts, `<mo stretchy="false">]</mo>`);
const minus = `<mo form="prefix">−</mo>`;
const thin = `<mspace width="0.17em"/>`;
const sum = `<munder><mo largeop="false">∑</mo>${i("j")}</munder>`;
const sub = (name, below) => `<msub>${i(name)}${i(below)}</msub>`;
const error = row(i("a"), o("−"), i("y"));
const slope = row(i("a"), brackets(n(1), o("−"), i("a")));

const FORMULAS = {
  mse: row(i("C"), o("="), `<mfrac displaystyle="false">${n(1)}${n(2)}</mfrac>`, `<msup>${brackets(error)}${n(2)}</msup>`),
  ce: row(
    i("C"),
    o("="),
    `<mo form="prefix">−</mo>`,
    i("y"),
    `<mspace width="0.17em"/>`,
    ln(`<mspace width="0.17em"/>`, i("a")),
    o("−"),
    brackets(n(1), o("−"), i("y")),
    `<mspace width="0.17em"/>`,
    ln(brackets(n(1), o("−"), i("a"))),
  ),
  chance: row(`<msup>${i("a")}${i("y")}</msup>`, `<msup>${brackets(n(1), o("−"), i("a"))}${row(n(1), o("−"), i("y"))}</msup>`),
  binary: row(
    minus,
    square(i("y"), thin, ln(thin, i("a")), o("+"), brackets(n(1), o("−"), i("y")), thin, ln(brackets(n(1), o("−"), i("a")))),
  ),
  categorical: row(minus, sum, sub("y", "j"), thin, ln(thin, sub("a", "j"))),
  entropy: row(minus, i("p"), thin, ln(thin, i("p"))),
  divergence: row(i("p"), thin, ln(brackets(i("p"), `<mo stretchy="false" lspace="0" rspace="0">/</mo>`, i("q")))),
  cross: row(minus, i("p"), thin, ln(thin, i("q"))),
  gradient: partial("w"),
  error: brackets(error),
  relative: `<mfrac displaystyle="false">${error}${slope}</mfrac>`,
  slope,
  input: i("x"),
  size: row(`<mo form="prefix" stretchy="false">|</mo>`, partial("z"), `<mo form="postfix" stretchy="false">|</mo>`),
};

/** A formula by its name, as elements. */
export function formula(name) {
  return mathematics(math(FORMULAS[name]));
}
