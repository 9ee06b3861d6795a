/** What a person does on a contour map: press and drag, two fingers, the wheel, the keys. */
import { nearestRow } from "../pixels.js";
import { beginPinch, pinched, toData, toPixels, zoomed } from "../plane.js";

/** Hear pointer and keys on the view's host; `view.on` is told. */
export function listen(view) {
  const { host } = view;
  const fingers = new Map();
  let drag = null;
  let pinch = null;
  const local = (event) => {
    const box = host.getBoundingClientRect();
    return [event.clientX - box.left - (view.area?.left ?? 0), event.clientY - box.top - (view.area?.top ?? 0)];
  };
  const inside = ([x, y]) => view.area && x >= 0 && y >= 0 && x <= view.area.width && y <= view.area.height;

  host.addEventListener("pointerdown", (event) => {
    const at = local(event);
    if (event.button !== 0 || !inside(at)) return;
    fingers.set(event.pointerId, at);
    if (fingers.size === 2) {
      drag = null;
      pinch = beginPinch(view, [...fingers.values()]);
      return;
    }
    const near = view.state?.starts.some((start) => Math.hypot(...toPixels(view, start).map((v, i) => v - at[i])) < 22);
    drag = { id: event.pointerId, from: at, moved: false, touch: event.pointerType !== "mouse", near };
    if (!drag.touch || near) host.setPointerCapture(event.pointerId);
  });
  host.addEventListener("pointermove", (event) => {
    const at = local(event);
    if (fingers.has(event.pointerId)) fingers.set(event.pointerId, at);
    if (pinch && fingers.size === 2) return void view.on.zoom(pinched(view, pinch, [...fingers.values()]));
    if (drag && event.pointerId === drag.id) {
      const far = Math.hypot(at[0] - drag.from[0], at[1] - drag.from[1]) > 4;
      if (!drag.moved && !far) return;
      if (drag.touch && !drag.near) return; // one finger beside the start scrolls the page
      if (!drag.moved) view.on.hover(null);
      view.on.start(toData(view, ...at), drag.moved ? "move" : "begin");
      drag.moved = true;
      return;
    }
    if (event.pointerType === "touch") return;
    view.on.hover(inside(at) ? pointed(view, at) : null);
  });
  const release = (event) => {
    fingers.delete(event.pointerId);
    if (pinch && fingers.size < 2) {
      pinch = null;
      drag = null;
      return;
    }
    if (!drag || event.pointerId !== drag.id) return;
    const at = local(event);
    if (event.type === "pointerup") {
      if (!drag.moved) view.on.start(toData(view, ...at), "begin");
      view.on.start(toData(view, ...at), "end");
    }
    drag = null;
  };
  host.addEventListener("pointerup", release);
  host.addEventListener("pointercancel", release);
  host.addEventListener("pointerleave", () => view.on.hover(null));
  host.addEventListener("wheel", (event) => {
    const at = local(event);
    if (!inside(at) || !view.window) return;
    event.preventDefault();
    view.on.zoom(zoomed(view, at, Math.exp(Math.max(-60, Math.min(60, event.deltaY)) * 0.004)));
  }, { passive: false });
  host.addEventListener("dblclick", (event) => {
    event.preventDefault();
    view.on.zoom(null);
  });
  host.addEventListener("keydown", (event) => key(view, event));
}

/** What the pointer is at: a step of a path when one is close, else the place. */
function pointed(view, [px, py]) {
  const { state } = view;
  let best = { row: -1, distance: 9 };
  for (const run of state?.runs ?? []) {
    if (!run.visible) continue;
    const found = nearestRow(view.pixels, run.trajectory, state.step, px, py, best.distance);
    if (found.row >= 0) best = { ...found, run: run.index };
  }
  const point = toData(view, px, py);
  return best.row >= 0 ? { point, row: best.row, run: best.run, from: "contour" } : { point, from: "contour" };
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

function key(view, event) {
  const arrow = ARROWS[event.key];
  const start = view.state?.starts[0];
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (arrow && start) {
    event.preventDefault();
    event.stopPropagation();
    const [, [y0, y1]] = view.window;
    const step = ((y1 - y0) / 80) * (event.shiftKey ? 5 : 1);
    view.on.start([start[0] + arrow[0] * step, start[1] + arrow[1] * step], "nudge");
  } else if (event.key === "+" || event.key === "-") {
    event.preventDefault();
    const factor = event.key === "+" ? 0.8 : 1.25;
    view.on.zoom(zoomed(view, [view.area.width / 2, view.area.height / 2], factor));
  }
}
