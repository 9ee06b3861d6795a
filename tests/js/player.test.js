import { changeSpeed, createPlayer, FIRST_GRANT, pause, play, restart, seek, STEPS_A_SECOND, tick } from "../../static/js/player.js";
import { close, equal, holds, test } from "./check.js";

/** A player whose rows have all arrived, or as far as `there` says; `grants` are what it asked for. */
function made(steps, there = { step: Infinity }) {
  const grants = [];
  const player = createPlayer({ steps, grant: (until) => grants.push(until), arrived: () => there.step });
  return { player, grants, there };
}

/** Frames of 1/60 s. */
function frames(player, count, from = 0) {
  for (let i = 0; i <= count; i += 1) tick(player, from + (i * 1000) / 60);
  return from + (count * 1000) / 60;
}

test("a second at speed 1 is thirty steps: 150 steps take five seconds", () => {
  const { player } = made(150);
  play(player);
  frames(player, 60);
  close(player.step, STEPS_A_SECOND, 0.05);
  frames(player, 300, 1000);
  equal([player.step, player.playing], [150, false]);
});

test("a quarter of the speed is an eighth of a step a frame, the highest 64 steps a frame", () => {
  const { player } = made(10000);
  player.speed = 0.25;
  play(player);
  frames(player, 80);
  close(player.position, 10, 1e-9);
  player.speed = 128;
  const before = player.position;
  frames(player, 1, 80000 / 60);
  close(player.position - before, 64, 1e-9);
});

test("it shows only what has arrived, and does not jump when the rest comes", () => {
  const { player, there } = made(1000, { step: 5 });
  play(player);
  const then = frames(player, 600);
  equal(player.step, 5);
  there.step = 1000;
  frames(player, 6, then);
  holds(player.step <= 5 + 4, `it jumped to ${player.step}`);
});

test("it asks ahead, and not for everything", () => {
  const { player, grants } = made(10000);
  play(player);
  equal(grants, [FIRST_GRANT]);
  player.speed = 128;
  frames(player, 60);
  holds(player.granted < player.step + 10000 && player.granted > player.step, "credit is ahead");
  holds(grants.length < 10, `${grants.length} messages in a second`);
});

test("a run shorter than the first grant is granted once", () => {
  const { player, grants } = made(150);
  seek(player, 10);
  play(player);
  frames(player, 400);
  equal(grants, [150]);
});

test("a hidden tab goes on where it was", () => {
  const { player } = made(10000);
  play(player);
  frames(player, 60);
  const before = player.step;
  tick(player, 1000 + 3600 * 1000);
  holds(player.step - before <= 0.1 * STEPS_A_SECOND + 1, `${player.step - before} steps after an hour`);
});

test("pausing stops the clock, playing at the end begins again", () => {
  const { player } = made(30);
  play(player);
  frames(player, 30);
  pause(player);
  const at = player.step;
  frames(player, 60, 5000);
  equal(player.step, at);
  seek(player, 30);
  play(player);
  equal([player.step, player.playing], [0, true]);
});

test("looping begins again by itself", () => {
  const { player } = made(15);
  player.loop = true;
  play(player);
  frames(player, 90);
  holds(player.playing && player.step < 15);
});

test("seeking stays inside and rounds", () => {
  const { player } = made(100);
  seek(player, 55.6);
  equal(player.step, 56);
  seek(player, 1e9);
  equal(player.step, 100);
  seek(player, -3);
  equal(player.step, 0);
});

test("a shorter run takes the step along as far as it goes", () => {
  const { player, grants } = made(500);
  seek(player, 400);
  restart(player, 100);
  equal([player.step, grants.at(-1)], [100, 100]);
});

test("speeds have an end on both sides", () => {
  const { player } = made(10);
  for (let i = 0; i < 20; i += 1) changeSpeed(player, 1);
  equal(player.speed, 128);
  for (let i = 0; i < 20; i += 1) changeSpeed(player, -1);
  equal(player.speed, 0.25);
});
