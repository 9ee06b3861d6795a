/**
 * The room of an element in pixels, measured once and whenever it changes: to ask the document in every frame, after
 * something was written, would lay the page out anew each time.
 */
const rooms = new WeakMap();
const observer = new ResizeObserver((entries) => entries.forEach(({ target }) => rooms.set(target, measure(target))));
const measure = ({ clientWidth, clientHeight }) => [clientWidth, clientHeight];

/** [width, height] of an element. */
export function roomOf(host) {
  if (!rooms.has(host)) {
    rooms.set(host, measure(host));
    observer.observe(host);
  }
  return rooms.get(host);
}
