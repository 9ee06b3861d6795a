/** Decision regions as pixels: a grid over the window, the shade of every cell, and the lines where the decision turns. */

const BANDS = 7; // steps of the shade, like the levels of a map

/** The points of a grid of nx by ny cells over a window, row by row from the top: {x, y} columns. */
export function gridPoints([[x0, x1], [y0, y1]], nx, ny) {
  const x = new Float64Array(nx * ny);
  const y = new Float64Array(nx * ny);
  for (let row = 0, i = 0; row < ny; row += 1) {
    const v = y1 - ((row + 0.5) / ny) * (y1 - y0);
    for (let column = 0; column < nx; column += 1, i += 1) {
      x[i] = x0 + ((column + 0.5) / nx) * (x1 - x0);
      y[i] = v;
    }
  }
  return { x, y };
}

/** How strong the shade of a winner with probability p of `classes` is: 0 at a tie, 1 where it is sure, in steps. */
export function strength(p, classes) {
  const sure = Math.max(0, (p - 1 / classes) / (1 - 1 / classes));
  return Math.min(BANDS, Math.floor(sure * BANDS + 1e-9) + 1) / BANDS;
}

/**
 * Colours of the cells, written to `bytes` (RGBA): the paper tinted by the winner's colour, the surer the stronger. Where
 * classes do not exclude each other every yes tints. `palette` are [r, g, b]; `most` is the strongest tint.
 */
export function shade(bytes, p, palette, paper, most, alone = true) {
  const classes = p.length;
  for (let i = 0; i < p[0].length; i += 1) {
    const [colour, tint] = alone ? winner(p, palette, classes, i) : shared(p, palette, i);
    const part = most * tint;
    for (let c = 0; c < 3; c += 1) bytes[4 * i + c] = paper[c] + part * (colour[c] - paper[c]);
    bytes[4 * i + 3] = 255;
  }
}

function winner(p, palette, classes, i) {
  let best = 0;
  for (let k = 1; k < classes; k += 1) if (p[k][i] > p[best][i]) best = k;
  return [palette[best], Number.isFinite(p[best][i]) ? strength(p[best][i], classes) : 0];
}

function shared(p, palette, i) {
  const colour = [0, 0, 0];
  let count = 0;
  let tint = 0;
  for (let k = 0; k < p.length; k += 1) {
    if (!(p[k][i] > 0.5)) continue;
    count += 1;
    tint = Math.max(tint, strength(p[k][i], 2));
    for (let c = 0; c < 3; c += 1) colour[c] += palette[k][c];
  }
  return [count ? colour.map((v) => v / count) : colour, count ? Math.min(1, tint * (count > 1 ? 1.3 : 1)) : 0];
}

/** Where the decision turns: pieces [x0, y0, x1, y1, ...] in cells, by marching squares on each class's lead. */
export function boundaries(p, nx, ny, alone = true) {
  const pieces = [];
  const first = alone && p.length === 2 ? 1 : 0;
  for (let k = first; k < p.length; k += 1) march(alone ? lead(p, k) : p[k].map((v) => v - 0.5), nx, ny, pieces);
  return pieces;
}

function lead(p, k) {
  const own = p[k];
  const others = p.filter((_, j) => j !== k);
  return own.map((v, i) => {
    let most = -Infinity;
    for (const other of others) if (other[i] > most) most = other[i];
    return v - most;
  });
}

function march(field, nx, ny, pieces) {
  const cut = (a, b) => a / (a - b);
  for (let row = 0; row + 1 < ny; row += 1) {
    for (let column = 0; column + 1 < nx; column += 1) {
      const i = row * nx + column;
      const [a, b, c, d] = [field[i], field[i + 1], field[i + nx + 1], field[i + nx]];
      const signs = (a > 0) + (b > 0) + (c > 0) + (d > 0);
      if (signs === 0 || signs === 4) continue;
      const ends = [];
      if (a > 0 !== b > 0) ends.push(column + cut(a, b), row);
      if (b > 0 !== c > 0) ends.push(column + 1, row + cut(b, c));
      if (c > 0 !== d > 0) ends.push(column + cut(d, c), row + 1);
      if (d > 0 !== a > 0) ends.push(column, row + cut(a, d));
      pieces.push(...ends.slice(0, 4));
      if (ends.length === 8) pieces.push(...ends.slice(4));
    }
  }
}
