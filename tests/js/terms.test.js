import { entropy, outcomes, termOf, termsOf, together } from "/static/js/terms.js";
import { close, equal, holds, test } from "./check.js";

test("a term is the logarithm of the chance that a point was given", () => {
  const one = termOf(1, Math.log(3)); // a = 3/4
  close(one.a, 0.75);
  close(one.term, -Math.log(0.75));
  close(one.chance, 0.75);
  close(termOf(0, Math.log(3)).term, -Math.log(0.25));
});

test("binary and categorical form are the same sum", () => {
  const { parts, logs, term, y } = termOf(0.2, 1.3);
  close(term, parts[0] + parts[1]);
  close(term, -(y * logs[0] + (1 - y) * logs[1]));
});

test("a certain and wrong model costs its z, not infinity", () => {
  equal(termOf(0, 800).term, 800);
  equal(termOf(1, 800).term, 0);
});

test("a product of chances is a sum of terms", () => {
  const terms = termsOf({ features: [[-1, 1], [0.5, 1], [2, 1]], labels: [0, 1, 1] }, [1.2, -0.3]);
  const { product, sum, mean } = together(terms);
  close(-Math.log(product), sum);
  close(mean, sum / 3);
});

test("the entropy of a target of 0.2 is 0.5004, of a certain one 0", () => {
  close(entropy(0.2), 0.5004024235381879);
  equal([entropy(0), entropy(1)], [0, 0]);
});

test("cross-entropy is entropy and divergence, and the divergence is never below 0", () => {
  for (const y of [0, 0.2, 0.5, 0.97]) {
    for (const z of [-3, -1.386, 0, 2]) {
      const sums = outcomes(y, z);
      close(sums.entropy + sums.divergence, sums.cross);
      close(sums.cross, termOf(y, z).term);
      close(sums.entropy, entropy(y));
      holds(sums.divergence > -1e-15);
    }
  }
  close(outcomes(0.2, Math.log(0.25)).divergence, 0);
});
