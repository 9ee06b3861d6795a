/** The few words that the tests of modules are written with. */

export const tests = [];

/** A named test; it may be asynchronous. */
export function test(name, body) {
  tests.push({ name, body });
}

/** Both are the same, to the last bit and key. */
export function equal(actual, expected) {
  const [a, b] = [text(actual), text(expected)];
  if (a !== b) throw new Error(`${a} is not ${b}`);
}

/** Within a relative tolerance. */
export function close(actual, expected, tolerance = 1e-12) {
  const scale = Math.max(1, Math.abs(expected));
  if (!(Math.abs(actual - expected) <= tolerance * scale)) throw new Error(`${actual} is not within ${tolerance} of ${expected}`);
}

/** It holds. */
export function holds(claim, words = "it does not hold") {
  if (!claim) throw new Error(words);
}

function text(value) {
  return JSON.stringify(value, (_, v) => {
    if (typeof v === "number" && !Number.isFinite(v)) return String(v);
    if (v instanceof Map || v instanceof Set) return [...v];
    return ArrayBuffer.isView(v) ? Array.from(v) : v;
  });
}

/** Run all tests: [{name, error}], error null for those that hold. */
export async function runAll() {
  const results = [];
  for (const { name, body } of tests) {
    try {
      await body();
      results.push({ name, error: null });
    } catch (error) {
      results.push({ name, error: `${error.message}\n${error.stack}` });
    }
  }
  return results;
}
