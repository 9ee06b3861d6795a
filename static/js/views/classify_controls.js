/** The rail of the Classify page: data, model, training, and what is drawn. */
import {
  FEATURES,
  alone,
  featuresName,
  startName,
  turnedStart,
  withDataset,
  withFeatures,
  withModel,
  withOptimizer,
  withProblems,
  withRate,
  withStart,
} from "../learning.js";
import { t } from "../i18n.js";
import { parseNumber, plainNumber } from "../numbers.js";
import { position, valueAt } from "../scale.js";
import { problemOf } from "../settings.js";
import { holdsOut, owned } from "../points.js";
import { element } from "./element.js";
import { hypothesis } from "./classify_formulas.js";
import { marker } from "./classify_probe.js";

const DATASETS = ["blobs", "moons", "circles", "spiral", "xor", "overlapping"];
const RATE = { low: 0, high: 1000, scale: "log", reach: [0.001, 30] };
const DECAY = { low: 0, high: 1000, scale: "log", reach: [1e-4, 1] };
const CHOOSABLE = ["blobs", "spiral"]; // datasets whose number of classes can be chosen

const find = (id) => document.getElementById(id);

/** Wire the rail. `act`: edit(spec, {window}), show(change), paste(). */
export function createControls(state, act) {
  const controls = { state, act, key: "" };
  fillDatasets(controls);
  fillOptimizers(controls);
  segment("classes", (value) => setDataset(controls, { ...ofData(state), classes: Number(value) }, { fresh: true }));
  segment("features", (value) => act.edit(withDataset(state.spec, withFeatures(ofData(state), value), false)));
  segment("loss", (loss) => act.edit(withProblems(state.spec, (problem) => ({ ...problem, loss }), true)));
  segment("start", (value) => act.edit(withStart(state.spec, value === "turned" ? turned(state) : null)));
  find("model").addEventListener("change", (event) => setModel(controls, event.target.value));
  for (const [id, make] of Object.entries(NETWORK)) {
    find(id).addEventListener("change", (event) =>
      act.edit(withProblems(state.spec, (problem) => ({ ...problem, ...make(problem, event.target.value) }))),
    );
  }
  wireSlider(controls, "rate", RATE, (lr) => withRate(state.spec, state.shown, lr));
  wireSlider(controls, "decay", DECAY, (decay) =>
    withProblems(
      state.spec,
      (problem) => ({ ...problem, weight_decay: problem.kind === "logistic" && twin(state.spec) ? decay / 2 : decay }),
      true,
    ),
  );
  for (const id of ["weights", "pulls"]) find(id).addEventListener("change", (event) => act.show({ [id]: event.target.checked }));
  find("held").addEventListener("change", (event) =>
    setDataset(controls, { ...ofData(state), held_out: event.target.checked ? 0.3 : 0 }, { keep: true }),
  );
  find("paste").addEventListener("click", () => act.paste());
  find("again").addEventListener("click", () => again(controls));
  find("save").addEventListener("click", () => act.save());
  return controls;
}

const ofData = (state) => problemOf(state.spec, state.shown).dataset;

/** Softmax beside logistic regression: the decay of the latter is half. */
const twin = (spec) => spec.runs.length === 2 && new Set(spec.runs.map((_, i) => problemOf(spec, i).kind)).size === 2;

function turned(state) {
  return turnedStart(problemOf(state.spec, state.shown).kind, state.model.classes, state.model.features.length, state.model.layers.bias);
}

function fillDatasets({ state, act }) {
  const select = find("dataset");
  const rows = DATASETS.map((name) => state.page.catalog.datasets.find((row) => row.name === name));
  select.append(
    ...rows.map(({ name, title }) => element("option", { value: name }, title)),
    element("option", { value: "own" }, t("Your own points")),
  );
  select.addEventListener("change", () => {
    if (select.value === "own") return act.edit(withDataset(state.spec, owned(ofData(state), state.model), true));
    chooseDataset({ state, act }, select.value);
  });
}

/** A dataset of the registry; a model that cannot learn it makes way for one that can. */
function chooseDataset({ state, act }, name) {
  const row = state.page.catalog.datasets.find((other) => other.name === name);
  const { kind } = problemOf(state.spec, state.shown);
  const sets = row.labels === "sets";
  const classes = Number(row.settings.find((setting) => setting.name === "classes")?.default ?? 2);
  const dataset = { name, ...(classes > 2 ? { classes: kind === "logistic" ? 2 : classes } : {}) };
  let spec = withDataset(alone(state.spec, state.shown), dataset, false);
  if (sets && kind !== "one_vs_rest" && kind !== "softmax") spec = withModel(spec, 0, "one_vs_rest", { classes: 2, sets });
  if (kind === "network") spec = withProblems(spec, (problem) => ({ ...problem, output: classes > 2 ? "softmax" : "sigmoid" }));
  if (name === "blobs" && kind !== "network") spec = withStart(spec, turnedStart(kind, dataset.classes ?? 2, 2));
  act.edit(spec, { window: true, step: 0, shown: 0 });
}

function setDataset({ state, act }, dataset, { keep = false, fresh = false } = {}) {
  const spec = fresh ? alone(state.spec, state.shown) : state.spec;
  const { kind } = problemOf(spec, fresh ? 0 : state.shown);
  let next = withDataset(spec, dataset, keep);
  if (fresh && kind === "logistic" && dataset.classes > 2) next = withModel(next, 0, "softmax", { classes: dataset.classes });
  if (fresh && kind === "network")
    next = withProblems(next, (problem) => ({ ...problem, output: dataset.classes > 2 ? "softmax" : "sigmoid" }));
  if (fresh && dataset.name === "blobs" && kind !== "network")
    next = withStart(next, turnedStart(problemOf(next, 0).kind, dataset.classes, (FEATURES[featuresName(dataset)] ?? [0, 0]).length));
  act.edit(next, { window: !keep, ...(fresh ? { shown: 0 } : {}) });
}

function setModel({ state, act }, kind) {
  const { classes, sets } = state.model;
  let spec = withModel(state.spec, state.shown, kind, { classes, sets });
  const left = problemOf(spec, 0).dataset;
  if (kind !== "network" && left.name === "blobs")
    spec = withStart(spec, turnedStart(kind, kind === "logistic" ? 2 : classes, state.model.features.length));
  act.edit(spec, { window: left !== ofData(state), shown: 0 });
}

const NETWORK = {
  layers: (problem, value) => ({ hidden: Array.from({ length: bounded(value, 0, 10) }, () => problem.hidden[0] ?? 8) }),
  width: (problem, value) => ({ hidden: problem.hidden.map(() => bounded(value, 1, 32)) }),
  activation: (_, value) => ({ activation: value }),
  init: (_, value) => ({ init: value }),
};

const bounded = (text, low, high) => Math.max(low, Math.min(high, Math.round(Number(text)) || low));

function again({ state, act }) {
  const dataset = ofData(state);
  if (dataset.points) return act.edit(withDataset(state.spec, { ...dataset, points: [], labels: [] }, true));
  const spec = {
    ...withDataset(state.spec, { ...dataset, seed: (dataset.seed ?? 0) + 1 }, problemOf(state.spec, state.shown).kind !== "network"),
    seed: (state.spec.seed ?? 0) + 1,
  };
  act.edit(spec, { window: true });
}

function fillOptimizers({ state, act }) {
  const select = find("optimizer");
  select.append(
    ...state.page.catalog.optimizers.map(({ name, title }) =>
      element("option", { value: name }, name === "sgd" ? t("Gradient descent") : title),
    ),
  );
  select.addEventListener("change", () => {
    const { settings } = state.page.catalog.optimizers.find(({ name }) => name === select.value);
    act.edit(withOptimizer(state.spec, state.shown, select.value, settings));
  });
}

function segment(id, choose) {
  find(id).addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) choose(button.dataset.value);
  });
}

function wireSlider({ act }, id, scale, next) {
  let ghost = true; // what ran before the slider was taken, not its last place
  find(id).addEventListener("input", (event) => {
    const place = Number(event.target.value);
    act.edit(next(id === "decay" && place < 0.01 ? 0 : valueAt(scale, place)), { history: "replace", ghost });
    ghost = false;
  });
  find(id).addEventListener("change", () => (ghost = true));
  find(`${id}-number`).addEventListener("change", (event) => {
    const value = parseNumber(event.target.value);
    if (Number.isFinite(value)) act.edit(next(value));
    else act.show({ problem: { field: id, text: t("“{text}” is not a number. Type one such as 0.5.", { text: event.target.value }) } });
  });
}

/** Show the spec in the rail, where it changed. */
export function showControls(controls, { state }) {
  const { spec, shown, model, palette } = state;
  const key = JSON.stringify([
    spec,
    shown,
    model?.classes,
    state.brush,
    state.weights,
    state.pulls,
    state.problem,
    state.link === null,
    palette.map(({ colour }) => colour),
  ]);
  if (key === controls.key || !model) return;
  controls.key = key;
  const problem = problemOf(spec, shown);
  const { dataset } = problem;
  const run = spec.runs[shown];
  find("dataset").value = dataset.points ? "own" : dataset.name;
  find("model").value = problem.kind;
  find("model").querySelector("[value=logistic]").disabled = Boolean(model.sets || (dataset.points && model.classes > 2));
  choose("classes", String(model.classes));
  find("classes-row").hidden = !CHOOSABLE.includes(dataset.name);
  choose("features", featuresName(dataset));
  choose("loss", problem.loss);
  choose("start", startName(spec, shown, model));
  find("start-row").hidden = problem.kind === "network";
  for (const row of document.querySelectorAll(".net")) row.hidden = problem.kind !== "network";
  find("weights-row").hidden = problem.kind === "network";
  find("pulls-row").hidden = problem.kind === "network" || problem.loss !== "ce";
  if (problem.kind === "network") {
    find("layers").value = problem.hidden.length;
    find("width").value = problem.hidden[0] ?? 8;
    find("activation").value = problem.activation;
    find("init").value = problem.init ?? "xavier";
  }
  find("optimizer").value = run.optimizer ?? "";
  put("rate", RATE, run.settings.lr);
  find("rate-row").hidden = run.settings.lr === undefined;
  put("decay", DECAY, problem.weight_decay ?? 0);
  find("weights").checked = state.weights;
  find("pulls").checked = state.pulls;
  find("held").checked = holdsOut(dataset);
  find("again").textContent = dataset.points ? t("Clear") : t("Draw anew");
  find("hypothesis").replaceChildren(hypothesis(problem));
  find("data-hint").textContent = hint(state, dataset);
  find("save").hidden = state.link !== null;
  find("pulls-words").textContent = t("−(a − y)x on the weights of {name}", {
    name: palette[model.layers.sizes.at(-1) === 1 ? 1 : state.brush]?.name ?? "",
  });
  showBrushes(controls, state);
  find("problem").hidden = !state.problem?.text;
  find("problem").textContent = state.problem?.text ?? "";
}

function hint(state, dataset) {
  if (state.link === null)
    return t("Too many points for a link: they stay in this tab alone. Save them as a file, which “Paste points…” opens again.");
  if (dataset.points) return t("Draw adds points of this class and moves them.");
  return state.page.catalog.datasets.find(({ name }) => name === dataset.name)?.lesson ?? "";
}

function showBrushes({ act }, state) {
  find("brushes").replaceChildren(...state.palette.slice(0, state.model.classes).map((look, index) => element("button", {
    type: "button", "aria-pressed": String(index === state.brush), onclick: () => act.show({ brush: index }),
  }, marker(look), look.short)));
}

function choose(id, value) {
  for (const button of find(id).children) button.setAttribute("aria-pressed", String(button.dataset.value === value));
}

function put(id, scale, value) {
  if (value === undefined) return;
  const place = value > 0 ? position(scale, value) : 0;
  const slider = find(id);
  if (document.activeElement !== slider) slider.value = String(place);
  slider.style.setProperty("--v", `${place * 100}%`);
  slider.setAttribute("aria-valuetext", plainNumber(value));
  if (document.activeElement !== find(`${id}-number`)) find(`${id}-number`).value = plainNumber(value);
}
