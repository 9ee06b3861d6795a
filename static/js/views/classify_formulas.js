/** The hypotheses of the Classify page as MathML. */
import { mathematics } from "./element.js";

const i = (name) => `<mi>${name}</mi>`;
const o = (sign) => `<mo>${sign}</mo>`;
const sub = (name, index) => `<msub>${i(name)}${i(index)}</msub>`;
const power = (index) => `<msup>${i("e")}${sub("z", index)}</msup>`;
const line = (w, b) => `${w}${o("·")}<mi mathvariant="bold">x</mi>${o("+")}${b}`;
const sigma = (inside) => `${i("σ")}<mo stretchy="false">(</mo>${inside}<mo stretchy="false">)</mo>`;

const HYPOTHESES = {
  softmax: `${sub("a", "k")}${o("=")}<mfrac>${power("k")}<mrow><munder>${o("∑")}${i("j")}</munder>${power("j")}</mrow></mfrac><mo>,</mo><mspace width="0.6em"/>${sub("z", "k")}${o("=")}${line(sub("w", "k"), sub("b", "k"))}`,
  logistic: `${i("a")}${o("=")}${sigma(line(i("w"), i("b")))}`,
  one_vs_rest: `${sub("a", "k")}${o("=")}${sigma(line(sub("w", "k"), sub("b", "k")))}`,
};

/** What a model computes, as elements; a network says its sizes elsewhere. */
export function hypothesis({ kind }) {
  return mathematics(HYPOTHESES[kind] ? `<math>${HYPOTHESES[kind]}</math>` : "");
}
