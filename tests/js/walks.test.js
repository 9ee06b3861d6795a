import * as walks from "../../static/js/walks.js";
import { equal, holds, test } from "./check.js";

const SPEC = {
  problem: { kind: "linear", dataset: { name: "line", count: 512 } }, start: [-2, 3], steps: 300, seed: 0, changes: [],
  runs: [
    { optimizer: "sgd", settings: { lr: 0.1 }, batch: { mode: "stochastic" }, steps: 3000 }, { optimizer: "sgd", settings: { lr: 0.1 }, batch: { mode: "mini", size: 64 } },
    { optimizer: "sgd", settings: { lr: 0.1 }, batch: { mode: "full" } },
  ],
};
const TOKENS = {
  dashes: { solid: [], dash: [7, 4], dot: [1.5, 3], dashdot: [8, 3, 1.5, 3], longdash: [13, 4] }, light: { plain: "#p", mom: "#m", adam: "#a", ada: "#g" },
  optimizers: { sgd: { family: "plain", dash: "dot", symbol: "circle" }, adagrad: { family: "ada", dash: "dash", symbol: "square" } },
  batches: { stochastic: { family: "plain", dash: "solid", symbol: "circle" }, mini: { family: "mom", dash: "dash", symbol: "diamond" }, full: { family: "adam", dash: "longdash", symbol: "square" } },
};
const WORDS = { stochastic: () => "one", mini: (size) => `mini ${size}`, full: () => "full", of: (name, count) => `${name} of ${count}`, again: (name) => `${name} again`, rule: (name) => name.toUpperCase() };
const named = (spec, counts = spec.runs.map(() => 512)) => walks.looks(spec, counts, { tokens: TOKENS, dark: false, words: WORDS, format: String });

test("a size is one point, some, or all", () => {
  equal([1, 50, 512, 900].map((size) => walks.makeBatch(size, 512).mode), ["stochastic", "mini", "full", "full"]);
  equal(walks.makeBatch(64, 512, true), { mode: "mini", size: 64, with_replacement: true });
  equal(walks.makeBatch(512, 512, true), { mode: "full" });
  equal(SPEC.runs.map((_, index) => walks.sizeOf(walks.batchOf(SPEC, index), 512)), [1, 64, 512]);
});

test("cheap walks go on for longer, and no edit changes what it was given", () => {
  const before = JSON.stringify(SPEC);
  equal([1, 8, 64, 512].map((size) => walks.stepsOf(size, 300)), [3000, 2400, 300, 300]);
  equal(walks.withSize(SPEC, 2, 8, 512).runs[2], { optimizer: "sgd", settings: { lr: 0.1 }, batch: { mode: "mini", size: 8 }, steps: 2400 });
  equal("steps" in walks.withSize(SPEC, 0, 512, 512).runs[0], false);
  walks.withRate(SPEC, 0.5);
  walks.withReplacement(SPEC, 1, true);
  walks.withInverse(SPEC, 0, 20);
  walks.addWalk(SPEC, 512);
  equal(JSON.stringify(SPEC), before);
});

test("rates are shared or one's own", () => {
  holds(walks.sharesRate(walks.withRate(SPEC, 0.3)));
  const own = walks.withRate(SPEC, 0.85, 2);
  equal(own.runs.map((run) => run.settings.lr), [0.1, 0.1, 0.85]);
  holds(!walks.sharesRate(own));
});

test("replacement and schedule come and go; all points cannot be drawn again", () => {
  const again = walks.withReplacement(SPEC, 1, true);
  equal(again.runs[1].batch, { mode: "mini", size: 64, with_replacement: true });
  equal(walks.withReplacement(again, 1, false), SPEC);
  equal(walks.withReplacement(SPEC, 2, true).runs[2].batch, { mode: "full" });
  equal(walks.withInverse(walks.withInverse(SPEC, 0, 20), 0, null), SPEC);
});

test("hue is the kind of batch; names tell apart by what differs", () => {
  equal(named(SPEC).map(({ name, colour, dashName }) => [name, colour, dashName]), [["one", "#p", "solid"], ["mini 64", "#m", "dash"], ["full", "#a", "longdash"]]);
  const one = (lr, more = {}) => ({ optimizer: "sgd", settings: { lr }, batch: { mode: "stochastic" }, ...more });
  const rates = { ...SPEC, runs: [one(0.3), one(0.1), one(0.3, { schedule: { name: "inverse", settings: {} } })] };
  equal(named(rates).map(({ name }) => name), ["η 0.3", "η 0.1", "η 0.3/t"]);
  equal(new Set(named(rates).map(({ dashName, symbol }) => dashName + symbol)).size, 3);
  const twice = { ...SPEC, runs: [SPEC.runs[2], SPEC.runs[2]] };
  equal(named(twice, [512, 64]).map(({ name }) => name), ["full of 512", "full of 64"]);
  equal(named({ ...SPEC, runs: [SPEC.runs[1], walks.withReplacement(SPEC, 1, true).runs[1]] }).map(({ name }) => name), ["mini 64", "mini 64 again"]);
});

test("a fan is 20 seeds of one walk, in specs that the service takes", () => {
  const { specs, loss } = walks.fanSpecs(SPEC, 0, { count: 512, parameters: ["w_1", "b"] });
  equal([specs.length, specs[0].runs.length, loss], [2, 10, "full_loss"]);
  equal(new Set(specs.flatMap(({ runs }) => runs.map(({ seed }) => seed))).size, 20);
  equal(walks.fanSpecs(SPEC, 2, { count: 512, parameters: ["w_1", "b"] }).loss, "loss");
});

test("where rules differ the rule is the hue and the name", () => {
  const mixed = walks.withRule({ ...SPEC, runs: [SPEC.runs[1], SPEC.runs[1]] }, 1, "adagrad", 0.7);
  holds(walks.mixesRules(mixed) && !walks.mixesRules(SPEC));
  equal(named(mixed).map(({ name, colour, symbol }) => [name, colour, symbol]), [["SGD", "#p", "circle"], ["ADAGRAD", "#g", "square"]]);
  equal(named(walks.withRule(SPEC, 1, "adagrad", 0.7)).map(({ name }) => name), ["SGD, one", "ADAGRAD, mini 64", "SGD, full"]);
});

test("with other points every walk begins where it is, and only walks on those points get new ones", () => {
  const small = { kind: "linear", dataset: { name: "line", count: 64 } };
  const both = { ...SPEC, runs: [SPEC.runs[1], { ...SPEC.runs[2], problem: small }] };
  const next = walks.withPoints(both, SPEC.problem, { points: [[1], [2]], labels: [3, 4] }, [[0, 1], [5, 6]]);
  equal(next.problem.dataset, { points: [[1], [2]], labels: [3, 4] });
  equal(next.runs.map(({ start }) => start), [[0, 1], [5, 6]]);
  equal(next.runs[1].problem, small);
  equal(next.runs[0].batch, { mode: "full" }); // 64 of 2 points are all of them
  equal("start" in next, false);
  equal(both.runs[0].batch, { mode: "mini", size: 64 });
});
