/** What mouse, finger and keys do on the map of classes: look at a place, draw, drag, relabel and delete points. */
import { nearest } from "../points.js";

const GRAB = 12; // pixels
const TOUCH_GRAB = 22;

/** The map listens; what it hears goes to its `on`. */
export function takeHands(map) {
  const { host } = map;
  host.addEventListener("pointerdown", (event) => press(map, event));
  host.addEventListener("pointermove", (event) => glide(map, event));
  host.addEventListener("pointerup", (event) => lift(map, event));
  host.addEventListener("pointercancel", (event) => lift(map, event));
  host.addEventListener("keydown", (event) => key(map, event));
}

function place(map, event) {
  const box = map.host.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

const pointAt = (map, [px, py]) => [map.x(px), map.y(py)];

function under(map, [px, py], reach) {
  return nearest(map.shown?.model.points ?? [], (point) => Math.hypot(map.px(point[0]) - px, map.py(point[1]) - py), reach);
}

function inside({ area }, [px, py]) {
  return px >= area.left && px <= area.left + area.width && py >= area.top && py <= area.top + area.height;
}

function press(map, event) {
  if (event.button > 0 || !map.shown || event.target.closest(".map-note")) return;
  const at = place(map, event);
  if (!inside(map, at)) return;
  const tool = map.on.tool();
  const index = under(map, at, event.pointerType === "mouse" ? GRAB : TOUCH_GRAB);
  map.on.probe(pointAt(map, at));
  if (tool === "draw") {
    map.host.setPointerCapture(event.pointerId);
    map.held = index >= 0 ? { index, moved: false } : { index: map.on.add(pointAt(map, at)), moved: true };
  } else if (tool === "label" && index >= 0) map.on.label(index);
  else if (tool === "erase" && index >= 0) map.on.erase(index);
}

function glide(map, event) {
  if (!map.shown || !map.area) return;
  const at = place(map, event);
  if (map.held) {
    map.on.move(map.held.index, pointAt(map, at), "move");
    map.held.moved = true;
  }
  if (!inside(map, at)) return;
  if (event.pointerType !== "touch" || event.buttons) map.on.probe(pointAt(map, at));
  const near = map.on.tool() !== "look" && under(map, at, GRAB) >= 0;
  map.host.toggleAttribute("data-near", near);
}

function lift(map, event) {
  if (!map.held) return;
  if (map.held.moved) map.on.move(map.held.index, pointAt(map, place(map, event)), "end");
  map.held = null;
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** Arrow keys move the probe, Enter does what the tool says there, digits choose the class. */
function key(map, event) {
  if (!map.shown || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = STEPS[event.key];
  const { probe, palette } = map.shown;
  const digit = Number(event.key);
  if (step) map.on.probe(probe.map((v, i) => v + step[i] * map.step * (event.shiftKey ? 40 : 8)));
  else if (event.key === "Enter") useTool(map, map.on.tool());
  else if (event.key === "Delete" || event.key === "Backspace") useTool(map, "erase");
  else if (digit >= 1 && digit <= palette.length) map.on.brush(digit - 1);
  else return;
  event.preventDefault();
}

function useTool(map, tool) {
  const { probe } = map.shown;
  const index = under(map, [map.px(probe[0]), map.py(probe[1])], 30);
  if (tool === "draw") map.on.add(probe, true);
  if (tool === "label" && index >= 0) map.on.label(index);
  if (tool === "erase" && index >= 0) map.on.erase(index);
}
