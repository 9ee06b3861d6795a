/** Small geometry: camera matrices (column-major 4 x 4, as WebGL has them), ray tests, ellipses, label places. */

/** a times b. */
export function multiply(a, b) {
  const out = new Array(16).fill(0);
  for (let c = 0; c < 4; c += 1) {
    for (let r = 0; r < 4; r += 1) for (let k = 0; k < 4; k += 1) out[c * 4 + r] += a[k * 4 + r] * b[c * 4 + k];
  }
  return out;
}

/** The inverse, by Gauss and Jordan with pivoting. */
export function invert(m) {
  const rows = [0, 1, 2, 3].map((r) =>
    [0, 1, 2, 3].map((c) => m[c * 4 + r]).concat([0, 1, 2, 3].map((c) => Number(c === r))),
  );
  for (let i = 0; i < 4; i += 1) {
    let pivot = i;
    for (let r = i + 1; r < 4; r += 1) if (Math.abs(rows[r][i]) > Math.abs(rows[pivot][i])) pivot = r;
    [rows[i], rows[pivot]] = [rows[pivot], rows[i]];
    const divisor = rows[i][i];
    rows[i] = rows[i].map((v) => v / divisor);
    for (let r = 0; r < 4; r += 1) {
      if (r === i) continue;
      const factor = rows[r][i];
      rows[r] = rows[r].map((v, c) => v - factor * rows[i][c]);
    }
  }
  const out = new Array(16);
  for (let c = 0; c < 4; c += 1) for (let r = 0; r < 4; r += 1) out[c * 4 + r] = rows[r][c + 4];
  return out;
}

/** m times the vector (x, y, z, w). */
export function apply(m, [x, y, z, w]) {
  return [0, 1, 2, 3].map((r) => m[r] * x + m[4 + r] * y + m[8 + r] * z + m[12 + r] * w);
}

/**
 * A projector of data points to pixels from a scene's camera: `matrix` = projection x view x model, `scales` = pixels of
 * the scene per unit of data. `project(point)` gives [px, py]; `eye(point)` the point on the near plane that hides it;
 * `ray(px, py)` the line of sight through a pixel, from the near plane to the far one.
 */
export function projector(matrix, scales, width, height) {
  const inverse = invert(matrix);
  const clip = ([x, y, z]) => {
    const q = apply(matrix, [x * scales[0], y * scales[1], z * scales[2], 1]);
    return [q[0] / q[3], q[1] / q[3]];
  };
  const project = (point) => {
    const [u, v] = clip(point);
    return [((u + 1) / 2) * width, ((1 - v) / 2) * height];
  };
  const back = (u, v, depth) => {
    const q = apply(inverse, [u, v, depth, 1]);
    return [q[0] / q[3] / scales[0], q[1] / q[3] / scales[1], q[2] / q[3] / scales[2]];
  };
  const eye = (point) => back(...clip(point), -1);
  const ray = (px, py) => [-1, 1].map((depth) => back((2 * px) / width - 1, 1 - (2 * py) / height, depth));
  return { project, eye, ray };
}

const SEARCHED = 240; // places on a line of sight at which the ground is looked for

/** Where a line of sight [from, to] first meets the ground `height(x, y)` over `box`: [x, y], or null beside it. */
export function pick([from, to], height, box, [bottom, top]) {
  const bounds = [...box, [bottom, top]];
  let [enter, leave] = [0, 1];
  bounds.forEach(([low, high], axis) => {
    const way = to[axis] - from[axis];
    const ends = [(low - from[axis]) / way, (high - from[axis]) / way];
    enter = Math.max(enter, Math.min(...ends));
    leave = Math.min(leave, Math.max(...ends));
  });
  if (!(enter < leave)) return null;
  const at = (t) => from.map((v, axis) => v + (to[axis] - v) * t);
  const above = (t) => {
    const [x, y, z] = at(t);
    return z - height(x, y);
  };
  let [before, first] = [enter, above(enter)];
  for (let k = 1; k <= SEARCHED; k += 1) {
    const t = enter + ((leave - enter) * k) / SEARCHED;
    const here = above(t);
    if (Number.isFinite(here) && Number.isFinite(first) && first >= 0 !== here >= 0)
      return between(above, before, t, first >= 0, at);
    [before, first] = [t, here];
  }
  return null;
}

/** The crossing between two places of a line of sight, by halving. */
function between(above, low, high, positive, at) {
  for (let k = 0; k < 40; k += 1) {
    const middle = (low + high) / 2;
    if (above(middle) >= 0 === positive) low = middle;
    else high = middle;
  }
  return at((low + high) / 2).slice(0, 2);
}

/** Whether the surface `height(x, y)` over `box` stands between a point and the eye. */
export function hidden(point, eye, height, box, [bottom, top]) {
  const [dx, dy, dz] = point.map((v, i) => eye[i] - v);
  if (dz <= 0) return false;
  const [[x0, x1], [y0, y1]] = box;
  const reach = Math.min(1, (top - point[2]) / dz);
  const tolerance = (top - bottom) * 0.012;
  for (let i = 1; i <= 40; i += 1) {
    const t = (reach * i) / 40;
    const [x, y] = [point[0] + dx * t, point[1] + dy * t];
    if (x < x0 || x > x1 || y < y0 || y > y1) return false;
    if (height(x, y) > point[2] + dz * t + tolerance) return true;
  }
  return false;
}

/** Eigenvalues (greatest first) and unit eigenvectors of a symmetric 2 x 2 matrix. */
export function eigen([[a, b], [, d]]) {
  const middle = (a + d) / 2;
  const spread = Math.hypot((a - d) / 2, b);
  const angle = 0.5 * Math.atan2(2 * b, a - d);
  const first = [Math.cos(angle), Math.sin(angle)];
  return { values: [middle + spread, middle - spread], vectors: [first, [-first[1], first[0]]] };
}

/** H^-1 g: the Newton step is its negative; null where H is singular. */
export function solve([[a, b], [c, d]], [g0, g1]) {
  const determinant = a * d - b * c;
  if (!(Math.abs(determinant) > 1e-12 * (Math.abs(a * d) + Math.abs(b * c)))) return null;
  return [(d * g0 - b * g1) / determinant, (a * g1 - c * g0) / determinant];
}

/** Points of the ellipse around `centre` with half axes `radii` along `vectors`. */
export function ellipse(centre, vectors, radii, count = 60) {
  return Array.from({ length: count + 1 }, (_, i) => {
    const turn = (i / count) * 2 * Math.PI;
    const [u, v] = [radii[0] * Math.cos(turn), radii[1] * Math.sin(turn)];
    return [centre[0] + u * vectors[0][0] + v * vectors[1][0], centre[1] + u * vectors[0][1] + v * vectors[1][1]];
  });
}

/** Push items {y} apart until neighbours are `gap` apart, inside low..high. Changes and returns the list, sorted. */
export function spread(items, gap, low, high) {
  items.sort((a, b) => a.y - b.y);
  for (let pass = 0; pass < 60; pass += 1) {
    let moved = false;
    for (let i = 1; i < items.length; i += 1) {
      const short = gap - (items[i].y - items[i - 1].y);
      if (short <= 0.01) continue;
      items[i - 1].y -= short / 2;
      items[i].y += short / 2;
      moved = true;
    }
    for (const item of items) item.y = Math.max(low, Math.min(high, item.y));
    if (!moved) break;
  }
  return items;
}

const PLACES = [
  [1, 0], [-1, 0], [1, -1], [1, 1], [-1, -1], [-1, 1], [0, -1], [0, 1], [1, -2], [1, 2], [-1, 2], [-1, -2], [1.9, 0.9],
  [1.9, -0.9],
];

/**
 * A place for each head's label: of fourteen candidates the one that hides least. `heads`: [{x, y, width, height,
 * place}] where `place` is the candidate used before (kept unless another is clearly better); `inked`: points not to
 * cover; `taken`: boxes [x0, y0, x1, y1] already used. Writes {cx, cy, place} into each head.
 */
export function placeLabels(heads, inked, taken, width, height) {
  const boxes = [...taken];
  for (const head of heads) {
    let best = null;
    PLACES.forEach(([u, v], place) => {
      const cx = head.x + u * (12 + head.width / 2);
      const cy = head.y + v * (head.height / 2 + (u ? 2 : 10));
      const box = [cx - head.width / 2, cy - head.height / 2, cx + head.width / 2, cy + head.height / 2];
      const cost = place * 0.8 + hides(box, inked, boxes, heads, width, height) - (head.place === place ? 25 : 0);
      if (!best || cost < best.cost) best = { cost, cx, cy, box, place };
    });
    Object.assign(head, { cx: best.cx, cy: best.cy, place: best.place });
    boxes.push(best.box);
  }
  return heads;
}

function hides([x0, y0, x1, y1], inked, boxes, heads, width, height) {
  let cost = 0;
  for (const [x, y] of inked) if (x > x0 - 2 && x < x1 + 2 && y > y0 - 1 && y < y1 + 1) cost += 2.2;
  for (const other of boxes) {
    const overlapX = Math.min(other[2], x1) - Math.max(other[0], x0);
    const overlapY = Math.min(other[3], y1) - Math.max(other[1], y0);
    if (overlapX > 0 && overlapY > 0) cost += 60 + overlapX * overlapY * 0.2;
  }
  for (const head of heads) if (head.x > x0 - 8 && head.x < x1 + 8 && head.y > y0 - 7 && head.y < y1 + 7) cost += 40;
  if (x0 < 0 || x1 > width || y0 < 0 || y1 > height) cost += 200;
  return cost;
}

/** Which of the places is nearest to a point, where one is within reach; else -1. */
export function nearestPlace(places, point, reach) {
  const distances = places.map((place) => Math.hypot(...place.map((v, i) => v - point[i])));
  const least = Math.min(...distances);
  return least <= reach ? distances.indexOf(least) : -1;
}
