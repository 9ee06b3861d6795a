/** The controls of the Backprop page: network or formula, sizes, inputs and targets, the rule and its settings, the grain. */
import { t } from "../i18n.js";
import { SYMBOLS } from "../identity.js";
import {
  DATASETS,
  isOnData,
  MOST_HIDDEN,
  MOST_UNITS,
  PAIRS,
  sizesOf,
  withData,
  withInput,
  withNetwork,
  withNewWeights,
  withOwnRule,
  withPair,
  withSizes,
  withTarget,
} from "../networkspec.js";
import { parseNumber, plainNumber } from "../numbers.js";
import { position, rateReach, valueAt } from "../scale.js";
import { spoken } from "./backprop_graph.js";
import { createRows, showRows } from "./backprop_rows.js";
import { element, showProblem } from "./element.js";
import { createRule, settingNamed, showRule as showOwnText } from "./rules.js";

/** `act`: edit(spec, how), grain(name), kind("network" | "formula"). */
export function createControls(state, act) {
  const find = (id) => document.getElementById(id);
  const controls = { state, act, find, key: "" };
  for (const button of find("kind").children) button.addEventListener("click", () => act.kind(button.dataset.kind));
  for (const button of find("grain").children) button.addEventListener("click", () => act.grain(button.dataset.grain));
  find("weights-anew").addEventListener("click", () => act.edit(withNewWeights(state.spec)));
  find("activation").addEventListener("change", (event) => act.edit(withNetwork(state.spec, { activation: event.target.value })));
  const words = { sigmoid: "sigmoid", softmax: "softmax", linear: t("linear"), mse: t("squared error"), ce: t("cross-entropy") };
  find("pair").append(
    ...PAIRS.map(([output, loss]) =>
      element("option", { value: `${output} ${loss}` }, t("{output}, {loss}", { output: words[output], loss: words[loss] })),
    ),
  );
  find("pair").addEventListener("change", (event) => act.edit(withPair(state.spec, ...event.target.value.split(" "))));
  find("rule").append(
    ...state.page.catalog.optimizers.map(({ name }) => element("option", { value: name }, state.titleOf(name))),
    element("option", { value: "own" }, t("Your own rule")),
  );
  find("rule").addEventListener("change", (event) => act.rule(event.target.value));
  const titles = new Map(state.page.catalog.datasets.map(({ name, title }) => [name, title]));
  find("data").append(
    element("option", { value: "" }, t("one point")),
    ...DATASETS.map((name) => element("option", { value: name }, titles.get(name))),
  );
  find("data").addEventListener("change", (event) => act.edit(withData(state.spec, event.target.value), { moment: 0 }));
  controls.rows = createRows(act);
  return controls;
}

/** Show the spec; a field in which a person types keeps its text. */
export function showControls(controls, state) {
  const { find } = controls;
  showRows(controls.rows, state);
  const key = JSON.stringify([state.spec, state.grain, state.problem?.detail ?? null]);
  if (key === controls.key) return;
  controls.key = key;
  const { problem } = state.spec;
  const network = problem.kind === "network";
  const formula = ["formula", "surface"].includes(problem.kind);
  press(find("kind"), "kind", formula ? "formula" : "network");
  press(find("grain"), "grain", state.grain);
  find("network-controls").hidden = !network;
  find("formula-controls").hidden = !formula;
  if (network) showNetwork(controls, state);
  showRule(controls, state);
  const errors = (state.problem?.errors ?? []).map(({ message, field }) => `${field} ${message}`);
  showProblem(find("problem"), null, state.problem ? errors[0] ?? state.problem.detail : null);
}

function press(group, name, value) {
  for (const button of group.children) button.setAttribute("aria-pressed", String(button.dataset[name] === value));
}

function showNetwork(controls, { spec }) {
  const { find } = controls;
  const { problem } = spec;
  find("activation").value = problem.activation;
  find("pair").value = `${problem.output} ${problem.loss}`;
  showSizes(controls, spec);
  const onData = isOnData(problem);
  find("data").value = onData ? problem.dataset.name ?? "own" : "";
  find("one-point").hidden = onData;
  find("rows-field").hidden = !onData;
  if (onData) return;
  const classes = problem.output === "softmax" && problem.loss === "ce";
  const before = problem.hidden.reduce((sum, size) => sum + size, 0);
  find("inputs").replaceChildren(
    ...problem.dataset.points[0].map((value, place) => number(controls, `x_${place + 1}`, value, (typed) => withInput(spec, place, typed))),
  );
  find("targets").replaceChildren(
    ...(classes
      ? [trueClass(controls, spec, before)]
      : problem.dataset.labels[0].map((value, place) =>
          number(controls, `y_${before + place + 1}`, value, (typed) => withTarget(spec, place, typed)),
        )),
  );
}

function showSizes(controls, spec) {
  const { find, act } = controls;
  const sizes = sizesOf(spec.problem);
  const last = sizes.length - 1;
  const focus = document.activeElement?.dataset?.size;
  const name = (layer) => (layer === 0 ? t("Inputs") : layer === last ? t("Outputs") : t("Hidden layer {number}", { number: layer }));
  const change = (layer, by) => act.edit(withSizes(spec, sizes.map((size, index) => (index === layer ? size + by : size))));
  const given = (layer) => isOnData(spec.problem) && (layer === 0 || layer === last); // the data say
  const button = (layer, by, words, disabled) =>
    element(
      "button",
      { type: "button", class: "stepper", "data-size": `${layer}${by}`, "aria-label": words, disabled, onclick: () => change(layer, by) },
      by > 0 ? "+" : "−",
    );
  find("sizes").replaceChildren(
    ...sizes.map((size, layer) =>
      element(
        "div",
        { class: "size", role: "group", "aria-label": name(layer) },
        element("span", {}, name(layer)),
        button(layer, -1, t("{layer}: one less", { layer: name(layer) }), size <= 1 || given(layer)),
        element("b", {}, String(size)),
        button(layer, 1, t("{layer}: one more", { layer: name(layer) }), size >= MOST_UNITS || given(layer)),
      ),
    ),
    element(
      "div",
      { class: "row-acts" },
      element(
        "button",
        {
          type: "button",
          "data-size": "deeper",
          disabled: sizes.length - 2 >= MOST_HIDDEN,
          onclick: () => act.edit(withSizes(spec, [...sizes.slice(0, -1), sizes.at(-2), sizes.at(-1)])),
        },
        t("one layer more"),
      ),
      element(
        "button",
        {
          type: "button",
          "data-size": "flatter",
          disabled: sizes.length <= 2,
          onclick: () => act.edit(withSizes(spec, [...sizes.slice(0, -2), sizes.at(-1)])),
        },
        t("one layer less"),
      ),
    ),
  );
  if (focus) find("sizes").querySelector(`[data-size="${focus}"]`)?.focus();
}

function number(controls, name, value, next) {
  const id = `field-${name}`;
  const [letter, below] = name.split("_");
  const input = element("input", { id, inputmode: "decimal", autocomplete: "off", value: plainNumber(value), onchange: () => {
    const typed = parseNumber(input.value);
    if (Number.isFinite(typed)) return controls.act.edit(next(typed));
    controls.act.refuse(t("“{text}” is not a number: type one such as 0.1.", { text: input.value }));
  } });
  return element("div", { class: "field" }, element("label", { for: id }, letter, element("sub", {}, below)), input);
}

function trueClass(controls, spec, before) {
  const labels = spec.problem.dataset.labels[0];
  const select = element("select", { id: "true-class", onchange: () => controls.act.edit(withTarget(spec, Number(select.value), 1)) },
    ...labels.map((value, place) => element("option", { value: place, selected: value === 1 }, spoken(`a_${before + place + 1}`))));
  return element("label", { class: "pick wide" }, element("span", { class: "lab" }, t("True class")), select);
}

/* ---- the rule ---- */

function showRule(controls, state) {
  const { find } = controls;
  const { spec } = state;
  const run = spec.runs[0];
  const settings = settingsOf(state, run);
  find("rule").value = run.optimizer ?? "own";
  showOwn(controls, state, run);
  const moving = document.activeElement?.matches?.("#rule-settings input[type=range]");
  const of = run.optimizer ?? settings.map(({ name }) => name).join();
  if (moving && controls.of === of) return showRate(controls, spec);
  controls.of = of;
  controls.reach = {};
  const set = (name, value) => controls.act.setting(name, value, "push");
  find("rule-settings").replaceChildren(
    ...settings.flatMap((setting) => settingRow(controls, setting, run.settings[setting.name] ?? setting.default, set)),
  );
}

/** A catalog rule's settings, or the names that a typed one reads. */
function settingsOf({ page }, run) {
  const row = page.catalog.optimizers.find(({ name }) => name === run.optimizer);
  return (
    row?.settings ??
    Object.keys(run.settings).map(
      (name) => settingNamed(page.catalog, name) ?? { name, label: name, default: 0.1, low: 0, high: 1000, scale: "log" },
    )
  );
}

/** The lines of a typed rule: the field is made once and kept, so that typing goes on. */
function showOwn(controls, state, run) {
  const host = controls.find("own-rule");
  host.hidden = !run.rule;
  if (!run.rule) return void (controls.own = null, host.replaceChildren());
  const rail = { state, catalog: state.page.catalog };
  if (!controls.own) {
    controls.own = createRule(rail, 0, (text, settings) =>
      controls.act.edit(withOwnRule(state.spec, text, settings, controls.act.place()), { keep: true }),
    );
    host.replaceChildren(controls.own.root);
  }
  showOwnText(controls.own, run.rule);
}

function settingRow(controls, setting, value, set) {
  const reach = setting.name === "lr" ? rateReach(setting, value || setting.default) : setting;
  controls.reach[setting.name] = reach;
  const symbol = element("i", { title: setting.label }, SYMBOLS[setting.name] ?? setting.name);
  const input = element("input", {
    class: "number",
    id: `set-${setting.name}`,
    inputmode: "decimal",
    autocomplete: "off",
    value: plainNumber(value),
    "aria-label": setting.label,
    onchange: () => {
      const typed = parseNumber(input.value);
      if (Number.isFinite(typed)) return set(setting.name, typed);
      controls.act.refuse(t("“{text}” is not a number: type one such as 0.1.", { text: input.value }));
    },
  });
  const slider = element("input", {
    type: "range",
    min: 0,
    max: 1,
    step: 0.005,
    value: position(reach, value),
    "aria-label": setting.label,
    "data-setting": setting.name,
  });
  slider.style.setProperty("--v", `${100 * position(reach, value)}%`);
  slider.addEventListener("input", () =>
    controls.act.setting(setting.name, valueAt(controls.reach[setting.name], Number(slider.value)), "replace"),
  );
  return [element("div", { class: "set" }, symbol, slider, input)];
}

/** While a slider moves only what it says changes. */
function showRate(controls, spec) {
  for (const [name, value] of Object.entries(spec.runs[0].settings)) {
    const input = controls.find(`set-${name}`);
    if (input) input.value = plainNumber(value);
    const slider = controls.find("rule-settings").querySelector(`[data-setting="${name}"]`);
    slider?.style.setProperty("--v", `${100 * position(controls.reach[name], value)}%`);
  }
}
