import { parts, plain, pointText, sentence } from "../../static/js/describe.js";
import { setMessages } from "../../static/js/i18n.js";
import { arrived, createRace, expect, finish, keepGhosts, missing, opened, steps } from "../../static/js/race.js";
import { equal, test } from "./check.js";

const FACT = {
  who: "Adam", step: 412, row: 412, point: [0.9093, 0.8264], loss: 0.008236, slope: 0.1, steepest: 100, status: { state: "running" }, lr: 0.08,
  minima: [{ point: [1, 1], value: 0 }], reach: 0.05, over: false,
};

test("the sentence of the pictures", () => {
  equal(plain(sentence(FACT)), "Adam is at (0.91, 0.83), loss 0.00824, after 412 steps.");
});

test("each language has its own order", () => {
  setMessages({ "{who} is at {point}, loss {loss}, after {steps} steps.": "第 {steps} 步后，{who} 位于 {point}，损失为 {loss}。" });
  equal(plain(sentence(FACT)), "第 412 步后，Adam 位于 (0.91, 0.83)，损失为 0.00824。");
  equal(sentence(FACT).map((part) => part.slot ?? null).filter(Boolean), ["steps", "who", "point", "loss"]);
  setMessages({});
});

test("a start, one step, a minimum, a trap, a plateau", () => {
  equal(plain(sentence({ ...FACT, step: 0, row: 0 })), "Adam starts at (0.91, 0.83), where the loss is 0.00824.");
  equal(plain(sentence({ ...FACT, step: 1, row: 1 })), "Adam is at (0.91, 0.83), loss 0.00824, after 1 step.");
  const there = { ...FACT, over: true, point: [0.99, 1.01], tail: [[0.99, 1.01], [0.98, 1]], from: [-1.2, 1] };
  equal(plain(sentence(there)).startsWith("Adam has reached the minimum at (0.99, 1.01)"), true);
  const trap = { ...there, minima: [{ point: [-1, 0], value: -2 }, { point: [1, 1], value: -1 }] };
  equal(plain(sentence(trap)).startsWith("Adam is trapped in a shallow minimum"), true);
  const flat = { ...FACT, over: true, slope: 0.01, tail: [[0.9093, 0.8264], [0.91, 0.826]], from: [-1.2, 1] };
  equal(plain(sentence(flat)).startsWith("Adam hardly moves at (0.91, 0.83): the slope is only 0.010"), true);
});

test("who swings through a minimum has not reached it, who only comes near or flies off does not move around it", () => {
  const end = (tail, from = [3]) => plain(sentence({ ...FACT, over: true, point: tail[0], tail, from, minima: [{ point: [0], value: 0 }], loss: 1 }));
  const around = "Adam has not settled: after 412 steps it still moves around the minimum at 0.00, loss 1.00.";
  equal([end([[0.01], [0.6], [-0.5], [0.1]]), end([[1], [-1], [1], [-1]], [1]), end([[0.01], [0.03], [-0.03], [-0.01]])], [around, around, around]); // noise, a rate at the cliff, noise that is small
  equal(end([[0.01], [0.02], [0.01], [0.02]]), "Adam has reached the minimum at 0.010, loss 1.00, after 412 steps.");
  const plainly = (at) => `Adam is at ${at}, loss 1.00, after 412 steps.`;
  equal([end([[0.04], [0.08], [0.16], [0.32]]), end([[17], [-16], [15], [-14]])], [plainly("0.04"), plainly("17.00")]);
});

test("trouble is said with its step and why", () => {
  const gone = { ...FACT, row: 5, status: { state: "diverged", step: 5, code: "overflow" }, lr: 10 };
  equal(plain(sentence(gone)), "Adam diverged after step 5: a learning rate of 10 is too large here.");
  const hole = { ...gone, status: { state: "left_domain", step: 5, code: "outside_domain" } };
  equal(plain(sentence(hole)), "Adam stopped after step 5: the next step leads where the function is not defined.");
  const empty = { ...gone, status: { state: "stopped", step: 5, code: "rule_undefined" } };
  equal(plain(sentence(empty)).startsWith("Adam stopped after step 5: its rule has no next step there"), true);
  equal(plain(sentence({ ...FACT, point: null })), "Adam cannot start here: the function is not defined at this point.");
});

test("points have two decimals, unless all of them is smaller", () => {
  equal([pointText([0.91, 4e-12]), pointText([-0.5]), pointText([0.004, 0]), pointText([2e6, 1]), pointText([-1.3e-16, 8e-17])], ["(0.91, 0.00)", "−0.50", "(0.0040, 0)", "(2.00 × 10⁶, 1.00)", "(0.00, 0.00)"]);
  equal(plain(parts("no slots", {})), "no slots");
});

test("old paths stay until the new ones have come as far", () => {
  const heard = [];
  const race = createRace({ shown: () => 2, changed: (what) => heard.push(what) });
  const message = { spec: { runs: [{}] }, link: "/", runs: [{ columns: ["step", "x", "loss"] }] };
  expect(race, message.spec, 0);
  opened(race, message);
  equal(race.runs.length, 0);
  steps(race, { run: 0, from: 0, count: 2, columns: { step: [0, 1], x: [1, 2], loss: [1, 4] } });
  equal(race.runs.length, 0);
  steps(race, { run: 0, from: 2, count: 1, columns: { step: [2], x: [3], loss: [9] } });
  equal([race.runs.length, race.parameters, arrived(race), missing(race), heard.includes("swapped")], [1, ["x"], 2, 3, true]);
  keepGhosts(race, 1);
  equal(race.ghosts[0].trajectory.count, 2);
  expect(race, message.spec, 2);
  opened(race, message);
  equal([race.runs[0].count, missing(race)], [2, 2]);
  finish(race, { run: 0, status: { state: "diverged", step: 1 } });
  equal([arrived(race), missing(race)], [Infinity, Infinity]);
});
