/** A map's plane: from data to the pixels of its area and back, and the window that a zoom leads to. */

/** From data to pixels of the map's area. */
export function toPixels({ window, area }, [x, y]) {
  const [[x0, x1], [y0, y1]] = window;
  return [((x - x0) / (x1 - x0)) * area.width, ((y1 - y) / (y1 - y0)) * area.height];
}

/** From pixels of the map's area to data. */
export function toData({ window, area }, px, py) {
  const [[x0, x1], [y0, y1]] = window;
  return [x0 + (px / area.width) * (x1 - x0), y1 - (py / area.height) * (y1 - y0)];
}

/** Whether a point is inside a window. */
export function insideWindow([[x0, x1], [y0, y1]], x, y) {
  return x >= x0 && x <= x1 && y >= y0 && y <= y1;
}

/** The window scaled about a pixel by a factor. */
export function zoomed(plane, [px, py], factor) {
  const about = toData(plane, px, py);
  return plane.window.map(([low, high], i) => [
    about[i] + (low - about[i]) * factor,
    about[i] + (high - about[i]) * factor,
  ]);
}

/** What two fingers hold at the beginning: the window, their distance, the point between them. */
export function beginPinch(plane, [a, b]) {
  return {
    window: plane.window,
    span: Math.hypot(a[0] - b[0], a[1] - b[1]),
    about: toData(plane, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2),
  };
}

/** The window where the fingers hold the same point and distance at their new places. */
export function pinched({ area }, pinch, [a, b]) {
  const factor = pinch.span / Math.max(20, Math.hypot(a[0] - b[0], a[1] - b[1]));
  const [width, height] = pinch.window.map(([low, high]) => (high - low) * factor);
  const [u, v] = [(a[0] + b[0]) / 2 / area.width, (a[1] + b[1]) / 2 / area.height];
  const [x, y] = pinch.about;
  return [[x - u * width, x + (1 - u) * width], [y - (1 - v) * height, y + v * height]];
}
