/** Dragging over a chart, and the same by the arrow keys. A view has `shown`, what is drawn, and `act.rest()`, told when a gesture is over. */
import { pointerData } from "./chart.js";

const FINGER = 28; // pixels round the start: beside it a finger scrolls the page
const SIDES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** The arrow keys move something by `unit`, with Shift five of them: move(by, shown, event). */
export function onArrows(view, root, unit, move) {
  root.addEventListener("keydown", (event) => {
    const direction = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (!direction || !view.shown || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    move(direction * unit * (event.shiftKey ? 5 : 1), view.shown, event);
  });
  root.addEventListener("keyup", () => view.act.rest());
}

/** Something is dragged over a chart: `begin(at, event)` says whether, `move(at)` hears where, in the chart's data. */
export function onDrag(view, chart, begin, move) {
  const { host } = chart;
  let dragging = false;
  host.addEventListener("pointerdown", (event) => {
    if (!view.shown || event.button !== 0) return;
    const at = pointerData(chart, event);
    dragging = begin(at, event);
    if (!dragging) return;
    host.setPointerCapture(event.pointerId);
    event.preventDefault();
    move(at);
  });
  host.addEventListener("pointermove", (event) => dragging && move(pointerData(chart, event)));
  for (const name of ["pointerup", "pointercancel"]) host.addEventListener(name, () => {
    if (dragging) view.act.rest();
    dragging = false;
  });
}

/**
 * The start on a map: a press sets it, a drag and the arrow keys move it. `start()` and `window()` say where it is and what is
 * drawn, `move([x, y])` hears where it is to be.
 */
export function onMap(view, chart, { start, window, move }) {
  const { root, host } = chart;
  const far = (event) => {
    const at = pointerData(chart, event);
    const [x, y] = start();
    return Math.hypot(chart.scale.x(at.x) - chart.scale.x(x), chart.scale.y(at.y) - chart.scale.y(y));
  };
  const within = (point) => move(point.map((value, axis) => Math.max(window()[axis][0], Math.min(window()[axis][1], value))));
  for (const [name, value] of Object.entries({ role: "application", tabindex: "0" })) root.setAttribute(name, value);
  onDrag(view, chart, (_, event) => event.pointerType === "mouse" || far(event) < FINGER, ({ x, y }) => within([x, y]));
  host.addEventListener("touchstart", (event) => view.shown && far(event.touches[0]) < FINGER && event.preventDefault(), {
    passive: false,
  });
  root.addEventListener("keydown", (event) => {
    const side = SIDES[event.key];
    if (!side || !view.shown || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    within(start().map((value, axis) => value + (side[axis] * (event.shiftKey ? 5 : 1) * (window()[axis][1] - window()[axis][0])) / 80));
  });
  root.addEventListener("keyup", () => view.act.rest());
}
