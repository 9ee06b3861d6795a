/** Dragging over a chart, and the same by the arrow keys. A view has `shown`, what is drawn, and `act.rest()`, told when a gesture is over. */
import { pointerData } from "./chart.js";

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
