/**
 * What a person does on the surface in space: a drag that begins on the start moves it over the ground, a press sets it, arrow
 * keys nudge it. Every other drag is Plotly's and turns the camera, as do the keys , and .
 */
import { pick } from "../geometry.js";
import { nearestRow } from "../pixels.js";

const REACH = { mouse: 14, pen: 18, touch: 28 }; // pixels round the start's mark
const MOUSE_AND_TOUCH = [
  "mousedown",
  "mousemove",
  "mouseup",
  "mouseover",
  "mouseout",
  "mouseenter",
  "mouseleave",
  "touchstart",
  "touchmove",
  "touchend",
];
const STILL = 4; // pixels that a press may tremble
const TURN = Math.PI / 24; // of a key
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** Hear pointer and keys on the view's host; `sight()` is what its camera sees. */
export function listen(view, sight) {
  const { host } = view;
  const hand = { drag: null, press: null };
  const local = (event) => {
    const box = host.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const groundAt = ([px, py]) => {
    const seen = sight();
    return seen && pick(seen.eye.ray(px, py), seen.ground.height, seen.ground.box, seen.ground.range);
  };
  const onStart = (at, reach) => {
    const seen = sight();
    return (
      Boolean(seen) &&
      view.state.starts.some(
        (start) => seen.ground.inside(start) && Math.hypot(...seen.eye.project(seen.ground.at(start)).map((v, i) => v - at[i])) < reach,
      )
    );
  };
  // Plotly turns the camera by mouse and touch events: while the start is dragged it hears none of them.
  const guard = (event) => {
    if (!hand.drag && !(event.type === "touchstart" && onStart(local(event.touches[0]), REACH.touch))) return;
    event.stopPropagation();
    if (event.cancelable) event.preventDefault();
  };
  for (const name of MOUSE_AND_TOUCH) host.addEventListener(name, guard, { capture: true, passive: false });
  host.addEventListener("pointerdown", (event) => down(view, hand, event, { at: local(event), onStart }), { capture: true });
  host.addEventListener("pointermove", (event) => move(view, hand, event, { at: local(event), groundAt, onStart }), { capture: true });
  for (const name of ["pointerup", "pointercancel"])
    host.addEventListener(name, (event) => up(view, hand, event, { at: local(event), groundAt }), { capture: true });
  host.addEventListener("pointerleave", () => view.on.hover(null));
  host.addEventListener("keydown", (event) => key(view, event));
}

function down({ host }, hand, event, { at, onStart }) {
  if (event.button !== 0) return;
  hand.press = hand.press || !event.isPrimary ? null : { id: event.pointerId, at }; // a second finger makes no press
  if (!event.isPrimary || !onStart(at, REACH[event.pointerType] ?? REACH.mouse)) return;
  hand.drag = { id: event.pointerId, moved: false };
  host.setPointerCapture(event.pointerId);
}

function move(view, hand, event, { at, groundAt, onStart }) {
  const { drag, press } = hand;
  const still = press && Math.hypot(at[0] - press.at[0], at[1] - press.at[1]) < STILL;
  if (press && !still) hand.press = null;
  if (drag?.id === event.pointerId) {
    const point = still ? null : groundAt(at);
    if (!point) return;
    if (!drag.moved) view.on.hover(null);
    view.on.start(point, drag.moved ? "move" : "begin");
    drag.moved = true;
    return;
  }
  if (event.pointerType === "touch" || event.buttons) return;
  view.host.dataset.grab = onStart(at, REACH.mouse) ? "start" : "";
  view.on.hover(pointed(view, at, groundAt));
}

function up(view, hand, event, { at, groundAt }) {
  const { drag, press } = hand;
  if (drag?.id === event.pointerId) {
    hand.drag = null;
    if (drag.moved) view.on.start(view.state.starts[0], "end");
  } else if (press?.id === event.pointerId && event.type === "pointerup") {
    const point = groundAt(at);
    if (point) for (const phase of ["begin", "end"]) view.on.start(point, phase);
  }
  hand.press = null;
}

/** A step of a path when one is close, else the place on the ground; null beside it. */
function pointed(view, [px, py], groundAt) {
  let best = { row: -1, distance: 9 };
  for (const run of view.state?.runs ?? []) {
    if (!run.visible) continue;
    const found = nearestRow(view.pixels, run.trajectory, view.state.step, px, py, best.distance);
    if (found.row >= 0) best = { ...found, run: run.index };
  }
  const point = groundAt([px, py]);
  if (!point) return null;
  return best.row >= 0 ? { point, row: best.row, run: best.run, from: "surface" } : { point, from: "surface" };
}

function key(view, event) {
  const arrow = ARROWS[event.key];
  const start = view.state?.starts[0];
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (arrow && start?.length === 2) {
    event.preventDefault();
    event.stopPropagation();
    const [, [y0, y1]] = view.state.map.window3;
    const step = ((y1 - y0) / 80) * (event.shiftKey ? 5 : 1);
    view.on.start([start[0] + arrow[0] * step, start[1] + arrow[1] * step], "nudge");
  } else if (event.key === "," || event.key === ".") {
    event.preventDefault();
    turn(view, event.key === "," ? -TURN : TURN);
  }
}

/** Turn the camera round the upright axis. */
function turn(view, angle) {
  const camera = view.plot._fullLayout?.scene?.camera;
  if (!camera) return;
  const { x, y, z } = camera.eye;
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  view.plotly.relayout(view.plot, { "scene.camera": { ...camera, eye: { x: c * x - s * y, y: s * x + c * y, z } } });
}
