/**
 * The clock of playback and the credit it asks for. The engine has none: a viewer says "advance until step N".
 * The player shows only steps that have arrived, asks ahead so that it does not stall, and never asks for more than it
 * will show within a few seconds, so that nothing floods. It knows no document; a view calls `tick` once a frame.
 */

/** Steps a second at speed 1. A scene of 150 steps takes five seconds. */
export const STEPS_A_SECOND = 30;

/** From an eighth of a step to 64 steps a frame, at 60 frames a second. */
export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128];

/** What is granted at once even at rest, so that scrubbing and the loss chart's axis know the whole of a usual run. */
export const FIRST_GRANT = 2000;

const SECONDS_AHEAD = 2;
const LONGEST_FRAME = 0.1; // a tab that was hidden goes on where it was

/** A player at rest. `grant(until)` asks for rows, `arrived()` says the last step that every running run has. */
export function createPlayer({ grant, arrived, steps = 0 }) {
  return {
    grant,
    arrived,
    steps,
    step: 0,
    position: 0,
    granted: -1,
    playing: false,
    speed: 1,
    loop: false,
    last: null,
  };
}

/** A new run began with rows up to `kept`: the credit starts again. */
export function restart(player, steps, kept = -1) {
  player.steps = steps;
  player.granted = kept;
  seek(player, Math.min(player.step, steps));
}

/** Go to a step, asking for it when it has not been granted. It is shown as far as rows have arrived. */
export function seek(player, step) {
  const target = Math.max(0, Math.min(player.steps, Math.round(step)));
  player.step = target;
  player.position = target;
  ask(player);
}

/** Play from here; from the start when the end was reached. */
export function play(player) {
  if (player.step >= player.steps) seek(player, 0);
  player.playing = true;
  player.last = null;
  ask(player);
}

/** Stop where it is. */
export function pause(player) {
  player.playing = false;
  player.position = player.step;
}

/**
 * One frame at time `now` (ms). Returns the step to show. At the end it pauses, or begins again when looping.
 * While rows are missing it waits without counting the time, so that it never jumps.
 */
export function tick(player, now) {
  if (!player.playing) return player.step;
  const elapsed = player.last === null ? 0 : Math.min((now - player.last) / 1000, LONGEST_FRAME);
  player.last = now;
  const end = Math.min(player.steps, Math.max(player.arrived(), player.step));
  player.position = Math.min(player.position + elapsed * STEPS_A_SECOND * player.speed, end);
  player.step = Math.floor(player.position);
  if (player.step >= player.steps) {
    if (player.loop) seek(player, 0);
    else pause(player);
  }
  ask(player);
  return player.step;
}

/** Grant ahead: at least the first grant, then again whenever less than half of two seconds' steps is left. */
function ask(player) {
  const ahead = Math.max(FIRST_GRANT, Math.ceil(SECONDS_AHEAD * STEPS_A_SECOND * player.speed));
  if (player.granted >= player.steps || player.granted >= player.step + ahead / 2) return;
  player.granted = Math.min(player.steps, player.step + ahead);
  player.grant(player.granted);
}

/** The next faster (+1) or slower (-1) speed. */
export function changeSpeed(player, direction) {
  const index = SPEEDS.indexOf(player.speed);
  player.speed = SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, index + direction))];
  return player.speed;
}
