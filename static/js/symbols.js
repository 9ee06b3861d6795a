/** The outlines of heads as SVG paths: circle, diamond, square, triangles. */

const POLYGONS = {
  diamond: [[0, -1.25], [1.25, 0], [0, 1.25], [-1.25, 0]],
  square: [[-0.92, -0.92], [0.92, -0.92], [0.92, 0.92], [-0.92, 0.92]],
  "triangle-up": [[0, -1.2], [1.15, 0.85], [-1.15, 0.85]],
  "triangle-down": [[0, 1.2], [1.15, -0.85], [-1.15, -0.85]],
};

/** The path of a symbol of radius `r` at (x, y). */
export function symbolOutline(symbol, x, y, r) {
  const polygon = POLYGONS[symbol.replace("-open", "")];
  if (!polygon) return `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
  return `M${polygon.map(([u, v]) => `${(x + u * r).toFixed(1)} ${(y + v * r).toFixed(1)}`).join("L")}z`;
}
