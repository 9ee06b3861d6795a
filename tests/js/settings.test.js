import * as edit from "../../static/js/settings.js";
import { equal, test } from "./check.js";

const SPEC = {
  problem: { kind: "surface", name: "dupont" }, start: [0.75, 1], steps: 150, seed: 0,
  runs: [{ optimizer: "sgd", settings: { lr: 0.01 } }, { optimizer: "adam", settings: { lr: 0.05, beta1: 0.9 }, start: [1, 1] }], changes: [],
};

test("no edit changes the spec it was given", () => {
  const before = JSON.stringify(SPEC);
  edit.withSetting(SPEC, 0, "lr", 0.1);
  edit.withChange(SPEC, 0, 10, { lr: 0.1 });
  edit.withStart(SPEC, [0, 0]);
  edit.withProblem(SPEC, { kind: "surface", name: "bowl" });
  edit.removeRun(SPEC, 0);
  edit.duplicateRun(SPEC, 0);
  equal(JSON.stringify(SPEC), before);
});

test("a new start is everyone's, and forgets changes on the way", () => {
  const next = edit.withStart(edit.withChange(SPEC, 0, 10, { lr: 0.1 }), [2, 3]);
  equal([next.start, next.runs[1].start, next.changes], [[2, 3], undefined, undefined]);
});

test("another function has its own start", () => {
  const next = edit.withProblem(SPEC, { kind: "surface", name: "bowl" });
  equal([next.problem.name, next.start, next.runs[1].start], ["bowl", undefined, undefined]);
});

test("a change holds from its row on, and a later one of the same run goes", () => {
  const once = edit.withChange(edit.withChange(SPEC, 0, 20, { lr: 0.02 }), 0, 10, { lr: 0.03 });
  equal(once.changes, [{ run: 0, after: 10, settings: { lr: 0.03 } }]);
  equal([9, 10, 11].map((step) => edit.settingAt(once, 0, "lr", step)), [0.01, 0.03, 0.03]);
});

test("changes after the same row are one", () => {
  const next = edit.withChange(edit.withChange(SPEC, 1, 20, { lr: 0.02 }), 1, 20, { beta1: 0.5 });
  equal(next.changes, [{ run: 1, after: 20, settings: { lr: 0.02, beta1: 0.5 } }]);
});

test("a setting from the start on replaces its changes", () => {
  const next = edit.withSetting(edit.withChange(SPEC, 1, 20, { lr: 0.02, beta1: 0.5 }), 1, "lr", 0.3);
  equal([next.runs[1].settings.lr, next.changes], [0.3, [{ run: 1, after: 20, settings: { beta1: 0.5 } }]]);
});

test("changes follow their runs when one is removed or copied", () => {
  const changed = edit.withChange(SPEC, 1, 5, { lr: 1 });
  equal(edit.removeRun(changed, 0).changes, [{ run: 0, after: 5, settings: { lr: 1 } }]);
  equal(edit.removeRun(changed, 1).changes, []);
  equal(edit.duplicateRun(changed, 1).changes.map((change) => change.run), [1, 2]);
  equal(edit.duplicateRun(changed, 0).changes.map((change) => change.run), [2]);
});

test("where two specs begin to differ", () => {
  equal(edit.firstDifference(SPEC, SPEC), Infinity);
  equal(edit.firstDifference(SPEC, edit.withSetting(SPEC, 0, "lr", 1)), 0);
  equal(edit.firstDifference(SPEC, edit.withChange(SPEC, 0, 40, { lr: 1 })), 41);
});

test("the names of a typed rule become its settings, one at a time, and others go", () => {
  const missing = { errors: [{ field: "runs[0].settings.beta1", code: "missing" }] };
  equal(edit.ruleSettings({ lr: 0.1 }, missing, (name) => ({ beta1: 0.9 })[name]), { lr: 0.1, beta1: 0.9 });
  equal(edit.ruleSettings({ lr: 0.1, old: 1 }, { errors: [{ field: "runs[0].settings.old", code: "unknown" }] }, () => 0), { lr: 0.1 });
  equal(edit.ruleSettings({}, { errors: [{ field: "runs[0].rule", code: "character" }] }, () => 0), null);
});

test("another rule forgets the changes of the old one", () => {
  const changed = edit.withChange(edit.withSchedule(SPEC, 1, { name: "cosine", settings: {} }), 1, 20, { lr: 0.02 });
  const next = edit.withRule(changed, 1, "x = x - a*g", { a: 0.1 });
  equal([next.changes, next.runs[1].schedule, next.runs[1].start], [[], undefined, [1, 1]]);
});
