/**
 * The transport at the foot of every page: play, step, scrub, speed. It shows what it is told and reports what a person
 * does; playback itself is the player's.
 */
import { t } from "../i18n.js";
import { element } from "./element.js";

const SHOWN_SPEEDS = [0.25, 1, 4, 16, 128];
const NAMES = { 0.25: "¼×", 0.5: "½×" };

const speedName = (speed) => NAMES[speed] ?? `${speed}×`;

/**
 * Fill and wire the transport of the page. `on`: toggle(), seek(step), nudge(steps), first(), speed(value),
 * faster(direction), loop().
 */
export function createTransport(on, speeds = SHOWN_SPEEDS) {
  const bar = document.querySelector("#bar");
  const transport = {
    on,
    bar,
    speeds,
    play: bar.querySelector("[data-action=play]"),
    scrub: bar.querySelector("#scrub"),
    stepno: bar.querySelector("#stepno"),
    ticks: bar.querySelector("#ticks"),
    speed: bar.querySelector("#speed"),
    shown: {},
  };
  // Asked once: a width that is asked for in the middle of a frame lays the page out anew.
  new ResizeObserver(() => (transport.width = transport.ticks.clientWidth)).observe(transport.ticks);
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const action = button?.dataset.action;
    if (event.detail) button?.blur(); // a mouse leaves the keys to playback: Space plays, it does not press the button again
    if (action === "play") on.toggle();
    else if (action === "first") on.first();
    else if (action === "back") on.nudge(-1);
    else if (action === "forward") on.nudge(1);
  });
  transport.scrub.addEventListener("input", () => on.seek(Number(transport.scrub.value)));
  transport.speed.append(
    ...speeds.map((speed) =>
      element(
        "button",
        {
          type: "button",
          "data-speed": speed,
          "aria-pressed": "false",
          title: `${t("Speed")} ${speedName(speed)}`,
          onclick: () => on.speed(speed),
        },
        speedName(speed),
      ),
    ),
  );
  document.addEventListener("keydown", (event) => key(on, event));
  return transport;
}

/**
 * Show {step, steps, playing, speed}. A page whose steps stand for something else gives a `reading`: {say, step, steps},
 * where say({step, steps}) is the sentence, which may leave steps out, and step and steps are the texts in it.
 */
export function showTransport(transport, state) {
  const { shown, play, scrub } = transport;
  const reading = state.reading ?? {
    say: (slots) => t("Step {step} of {steps}", slots),
    step: String(state.step),
    steps: String(state.steps),
  };
  if (
    shown.steps !== state.steps ||
    shown.step !== state.step ||
    shown.reading?.step !== reading.step ||
    shown.reading?.steps !== reading.steps
  ) {
    if (shown.steps !== state.steps) scrub.max = String(state.steps);
    scrub.value = String(state.step);
    scrub.style.setProperty("--v", `${(100 * state.step) / Math.max(1, state.steps)}%`);
    scrub.setAttribute("aria-valuetext", state.reading ? reading.say(reading) : t("step {step} of {steps}", state));
    showReading(transport, reading);
  }
  if (shown.playing !== state.playing) {
    const label = state.playing ? t("Pause") : t("Play");
    play.setAttribute("aria-pressed", String(state.playing));
    play.setAttribute("aria-label", label);
    play.title = label;
  }
  if (shown.speed !== state.speed) {
    for (const button of transport.speed.children) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.speed) === state.speed));
    }
  }
  transport.shown = { ...state, reading };
}

/** The step in its sentence: while the words stay only the number is written. */
function showReading(transport, { say, step, steps }) {
  const [before, between, after] = say({ step: "\u0001", steps: "\u0001" }).split("\u0001");
  const words = [before, after === undefined ? between : `${between}${steps}${after}`];
  if (transport.words?.join() !== words.join()) {
    transport.words = words;
    transport.number = document.createTextNode(step);
    transport.stepno.replaceChildren(before, element("b", {}, transport.number), element("span", { class: "of" }, words[1]));
  }
  transport.number.data = step;
}

/** Marks over the slider: [{step, label, colour}], for instance where a run first stays below a loss. */
export function showTicks(transport, marks, steps) {
  const width = transport.width || 800;
  const key = JSON.stringify([marks, steps, width]);
  if (key === transport.marked) return;
  transport.marked = key;
  let free = -Infinity; // where the last label ends
  const sorted = [...marks].sort((a, b) => a.step - b.step);
  transport.ticks.replaceChildren(...sorted.map(({ step, label, colour }) => {
    const left = (step / steps) * width;
    const long =
      label.length * (/[\u3000-\uffff]/.test(label) ? 8.5 : 6.2) * (document.documentElement.dataset.present === undefined ? 1 : 1.2);
    const edge = left < 60 ? "early" : width - left < 60 ? "late" : null;
    const begins = edge === "early" ? left : edge === "late" ? left - long : left - long / 2;
    const room = begins >= free;
    if (room) free = begins + long + 12;
    const mark = element("i", { class: edge, "data-label": room ? label : "", title: label });
    mark.style.left = `${(100 * step) / steps}%`;
    mark.style.setProperty("--c", colour);
    return mark;
  }));
}

/** Playback by keys, wherever the focus is, except where keys mean something else. */
function key(on, event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const { target } = event;
  if (target.closest?.("input:not([type=range]):not([type=checkbox]), select, textarea, dialog, [popover]")) return;
  const slider = target.matches?.("input[type=range]");
  const pressed = event.key;
  if (pressed === " " && !target.closest?.("button, a, input[type=checkbox], summary")) on.toggle();
  else if (pressed === "ArrowRight" && !slider) on.nudge(event.shiftKey ? 10 : 1);
  else if (pressed === "ArrowLeft" && !slider) on.nudge(event.shiftKey ? -10 : -1);
  else if (pressed === "Home" && !slider) on.first();
  else if (pressed === "End" && !slider) on.seek(Infinity);
  else if (pressed === "]" || pressed === ".") on.faster(1);
  else if (pressed === "[" || pressed === ",") on.faster(-1);
  else if (pressed === "l") on.loop();
  else return;
  event.preventDefault();
}
