/** A long line for a narrow chart: no more points than can be seen, every peak kept. It knows no document. */

const PIECES = 240;

/**
 * The places of a column's first `count` values that a line needs: all of a short one; of a long one the first, lowest and
 * highest of each piece of equal length, and the last. In rising order.
 */
export function thinned(values, count, pieces = PIECES) {
  if (count <= 3 * pieces) return Uint32Array.from({ length: count }, (_, i) => i);
  const kept = [];
  const length = Math.ceil(count / pieces);
  for (let begin = 0; begin < count; begin += length) {
    let [low, high] = [begin, begin];
    for (let i = begin; i < Math.min(begin + length, count); i += 1) {
      if (values[i] < values[low]) low = i;
      if (values[i] > values[high]) high = i;
    }
    for (const i of [begin, Math.min(low, high), Math.max(low, high)]) if (kept.at(-1) !== i) kept.push(i);
  }
  if (kept.at(-1) !== count - 1) kept.push(count - 1);
  return Uint32Array.from(kept);
}

/** How many of the rising places are at most `row`. */
export function countUpTo(places, row) {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle] <= row) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** At most `most` rows of so many, evenly spaced, the first and the last among them. */
export function spread(count, most) {
  if (count <= most) return Uint32Array.from({ length: count }, (_, i) => i);
  return Uint32Array.from({ length: most }, (_, i) => Math.round((i * (count - 1)) / (most - 1)));
}
