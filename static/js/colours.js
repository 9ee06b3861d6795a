/** Colours as values. */

/** "#rrggbb" with an opacity. */
export function alpha(hex, opacity) {
  const n = parseInt(hex.slice(1), 16);
  return `rgba(${n >> 16},${(n >> 8) & 255},${n & 255},${opacity})`;
}

/** Two "#rrggbb" mixed: `share` of the second in the first. */
export function mix(one, other, share) {
  const parts = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  const second = parts(other);
  return `#${parts(one)
    .map((value, index) =>
      Math.round(value + (second[index] - value) * share)
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}
