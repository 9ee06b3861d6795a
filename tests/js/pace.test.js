import * as pace from "../../static/js/pace.js";
import { equal, holds, test } from "./check.js";

const ONE = { size: 1, count: 512, steps: 3000, replacement: false };
const SOME = { size: 64, count: 512, steps: 300, replacement: false };
const ALL = { size: 512, count: 512, steps: 300, replacement: false };
const WALKS = [ONE, SOME, ALL];

test("an update costs as many examples as its batch has, the last batch of an epoch fewer", () => {
  equal(WALKS.map((walk) => pace.examplesAfter(walk, 24)), [24, 1536, 12288]);
  const odd = { size: 2, count: 5, steps: 10, replacement: false };
  equal([0, 1, 2, 3, 4].map((updates) => pace.examplesAfter(odd, updates)), [0, 2, 4, 5, 7]);
  equal(pace.examplesAfter({ ...odd, replacement: true }, 4), 8);
});

test("what an amount pays for is the inverse of what updates cost", () => {
  for (const currency of ["examples", "updates", "time"]) {
    for (const walk of [...WALKS, { size: 24, count: 100, steps: 300, replacement: false }, { size: 24, count: 100, steps: 300, replacement: true }]) {
      for (let updates = 0; updates <= 40; updates += 1) equal(pace.updatesFor(walk, pace.costOf(walk, updates, currency), currency), updates);
    }
  }
});

test("at equal examples the small batch has long settled when the full one has made a step", () => {
  const clock = pace.makeClock("examples", WALKS, { steps: 300 });
  equal(clock.most, 153600);
  const tick = pace.tickOf(clock, ALL, 1);
  equal(WALKS.map((walk) => clock.row(walk, tick)), [517, 8, 1]);
  equal(WALKS.map((walk) => clock.row(walk, 0)), [0, 0, 0]);
  equal(clock.row(ALL, clock.ticks), 300);
});

test("at equal updates all are at the same row; time lies between", () => {
  const updates = pace.makeClock("updates", WALKS, { steps: 300 });
  equal([updates.ticks, ...WALKS.map((walk) => updates.row(walk, 120))], [300, 120, 120, 120]);
  const time = pace.makeClock("time", WALKS, { steps: 300, atOnce: 32 });
  equal(WALKS.map((walk) => pace.costOf(walk, 10, "time", 32)), [10, 20, 160]);
  equal(time.most, 4800);
});

test("a step forward goes to where some walk moves", () => {
  const clock = pace.makeClock("examples", WALKS, { steps: 300 });
  const first = pace.nextMove(clock, WALKS, 0, 1);
  equal(clock.row(ONE, first), 1);
  const second = pace.nextMove(clock, WALKS, first, 1);
  equal(clock.row(ONE, second), 2);
  holds(second > first + 1);
  equal(pace.nextMove(clock, WALKS, clock.ticks, 1), clock.ticks);
  equal(pace.nextMove(clock, WALKS, 0, -1), 0);
});

test("stairs drop where a batch has been seen, and keep the extremes of what shares a pixel", () => {
  const all = pace.stairs(ALL, [10, 5, 2], 2, { currency: "examples", log: true, from: 0.7, to: 153600, columns: 400 });
  equal([all.x, all.y], [[0.7, 512, 512, 1024, 1024].map(Number), [10, 10, 5, 5, 2]]);
  const losses = Float64Array.from({ length: 3001 }, (_, row) => (row === 2000 ? 99 : row % 2));
  const many = pace.stairs(ONE, losses, 3000, { currency: "examples", log: true, from: 0.7, to: 153600, columns: 200 });
  holds(many.x.length < 600);
  holds(many.y.includes(99));
});

test("the mean of the last quarter", () => {
  equal(Array.from(pace.smoothed([4, 2, 0, 0, 8], 4)), [4, 2, 0, 0, 4]);
  equal(pace.firstWithin([3, 1, 0.04, 0.2], 4, 0.05), 2);
});
