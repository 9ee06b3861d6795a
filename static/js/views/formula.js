/** The function: chosen from the list or typed. What is typed is checked by the service, which answers with mathematics or points at the error. */
import { errorsAt, post, Refusal } from "../api.js";
import { HELD_OUT, isFitted, offeredName, OFFERED } from "../fitted.js";
import { t } from "../i18n.js";
import { parseNumber, plainNumber } from "../numbers.js";
import { element, mathematics, pointAt, showProblem } from "./element.js";

const PAUSE = 300; // ms of not typing before a formula is checked

/** `on`: surface(name, settings), fitted(problem, start) where the page shows such models, formula(answer of /surfaces), start(point). */
export function createFormula(catalog, on) {
  const find = (id) => document.querySelector(id);
  const form = {
    on,
    catalog,
    select: find("#function"),
    shown: find("#formula-shown"),
    field: find("#formula-field"),
    input: find("#formula"),
    problem: find("#formula-problem"),
    settings: find("#function-settings"),
    x: find("#start-x"),
    y: find("#start-y"),
    startProblem: find("#start-problem"),
    startRow: find("#start"),
    typing: null,
    text: "",
  };
  form.select.append(...groups(catalog, Boolean(on.fitted)), element("option", { value: "", hidden: true }, t("Your own function")));
  form.select.addEventListener("change", () => choose(form, form.select.value));
  form.input.addEventListener("input", () => {
    clearTimeout(form.typing);
    form.typing = setTimeout(() => check(form), PAUSE);
  });
  form.input.addEventListener("change", () => {
    clearTimeout(form.typing);
    check(form);
  });
  for (const input of [form.x, form.y]) input.addEventListener("change", () => readStart(form));
  return form;
}

const FITTED = "fitted:";

function choose(form, value) {
  const kind = value.startsWith(FITTED) && value.slice(FITTED.length);
  if (kind) form.on.fitted({ kind, dataset: Object.values(OFFERED[kind].datasets)[0] }, OFFERED[kind].start);
  else if (value) form.on.surface(value, {});
}

function groups(catalog, fitted) {
  const option = (row) => element("option", { value: row.name }, row.title);
  const [line, plane] = [
    catalog.surfaces.filter((row) => row.variables.length === 1),
    catalog.surfaces.filter((row) => row.variables.length === 2),
  ];
  return [
    element("optgroup", { label: t("Of x and y") }, plane.map(option)),
    element("optgroup", { label: t("Of x alone") }, line.map(option)),
    ...(fitted
      ? [
          element(
            "optgroup",
            { label: t("Of data") },
            element("option", { value: `${FITTED}linear` }, t("A line through points")),
            element("option", { value: `${FITTED}logistic` }, t("Logistic regression")),
          ),
        ]
      : []),
  ];
}

/** Show the function and the start of a spec: `map` is what /surfaces answered for its problem. */
export function showFormula(form, { problem, map, start }) {
  const fitted = isFitted(problem);
  form.select.value = problem.kind === "surface" ? problem.name : fitted ? `${FITTED}${problem.kind}` : "";
  form.field.hidden = fitted;
  if (map && form.text !== map.formula && document.activeElement !== form.input) {
    form.input.value = map.formula;
    showProblem(form.problem, form.field, null);
  }
  if (map && form.text !== map.formula) {
    form.text = map.formula;
    showMathematics(form, map.data?.term.mathml ?? map.mathml, map.data ? t("mean of") : "");
  }
  if (fitted) showFittedSettings(form, problem);
  else showSettings(form, problem);
  if (map) nameFields(map.variables);
  const oneDimensional = (start ?? map?.variables)?.length === 1;
  form.y.closest(".field").hidden = oneDimensional;
  if (start && document.activeElement !== form.x && document.activeElement !== form.y) {
    form.x.value = plainNumber(round(start[0]));
    form.y.value = oneDimensional ? "" : plainNumber(round(start[1]));
    showProblem(form.startProblem, null, null);
  }
}

/** f = ..., made smaller where it is long, then broken before its signs; what still does not fit can be scrolled. */
function showMathematics(form, mathml, before = "") {
  const { shown } = form;
  const f = () => element("span", { class: "f" }, element("i", { class: "v" }, before ? "C" : "f"), ` = ${before}`);
  const fits = () => shown.scrollWidth <= shown.clientWidth;
  shown.classList.remove("broken");
  shown.replaceChildren(f(), mathematics(mathml));
  shown.style.fontSize = "";
  for (const size of [0.875, 0.8]) {
    if (fits()) break;
    shown.style.fontSize = `${size}rem`;
  }
  if (!fits()) {
    shown.classList.add("broken");
    shown.replaceChildren(f(), ...brokenAtSigns(mathematics(mathml)));
  }
  if (fits()) shown.removeAttribute("tabindex");
  else shown.tabIndex = 0;
}

const isSign = (node) => node.localName === "mo" && /^[+\u2212-]$/.test(node.textContent.trim());

/** The terms of a sum, as lists of elements; each but the first begins with its sign. */
function termsOf(row) {
  const parts = [...row.children];
  if (parts.length === 1 && parts[0].localName === "mrow") return termsOf(parts[0]);
  const at = parts.findLastIndex((part, index) => index > 0 && isSign(part));
  if (at < 0) return [parts];
  const before = parts.slice(0, at);
  const sum = before.length === 1 && before[0].localName === "mrow";
  return [...(sum ? termsOf(before[0]) : [before]), parts.slice(at)];
}

/** A formula as several, a term each: between them a line may end. */
function brokenAtSigns(fragment) {
  const math = fragment.querySelector("math");
  return termsOf(math).flatMap((term) => {
    const part = math.cloneNode(false);
    part.append(...term);
    return [part, " "];
  });
}

const round = (v) => Number(v.toPrecision(6));

/** The fields of the start and of the window carry the names of the function's variables. */
function nameFields(variables) {
  variables.forEach((name, index) => {
    const axis = "xy"[index];
    const [start, window] = [document.querySelector(`label[for=start-${axis}]`), document.querySelector(`label[for=window-${axis}]`)];
    if (start.dataset.name === name) return;
    start.dataset.name = name;
    start.replaceChildren(name, element("sub", {}, "0"));
    if (window) window.textContent = `${name} ∈`; // Backprop has no window to choose
  });
}

/** What a fitted model is fitted to, and how. */
function showFittedSettings(form, problem) {
  form.fitted = problem; // its points change while the fields stay
  const key = JSON.stringify([problem.kind, problem.loss, problem.weight_decay, Boolean(problem.dataset.held_out), offeredName(problem)]);
  if (form.settingsKey === key) return;
  form.settingsKey = key;
  const titles = {
    line: t("A noisy line"),
    outliers: t("A line with outliers"),
    overlapping: t("Classes that overlap"),
    mislabelled: t("Far and mislabelled"),
    own: t("Your own points"),
  };
  const change = (more) => form.on.fitted({ ...form.fitted, ...more }, null);
  const pick = (id, label, value, options, chosen) => {
    const select = element(
      "select",
      { id, onchange: () => chosen(select.value) },
      options.map(([name, title, hidden]) => element("option", { value: name, hidden }, title)),
    );
    select.value = value;
    return element("div", { class: "field" }, element("label", { for: id }, label), select);
  };
  const offered = OFFERED[problem.kind].datasets;
  const withHeld = ({ held_out: _held, ...dataset }, on) => ({ ...dataset, ...(on ? { held_out: HELD_OUT } : {}) });
  form.settings.replaceChildren(
    pick(
      "dataset",
      t("points"),
      offeredName(problem) ?? "own",
      [...Object.keys(offered).map((name) => [name, titles[name]]), ["own", titles.own, true]],
      (name) => change({ dataset: withHeld(offered[name], form.fitted.dataset.held_out) }),
    ),
    ...(problem.kind === "logistic"
      ? [
          pick(
            "fitted-loss",
            t("loss"),
            problem.loss ?? "ce",
            [
              ["ce", t("cross-entropy")],
              ["mse", t("squared error")],
            ],
            (loss) => change({ loss }),
          ),
        ]
      : []),
    element(
      "label",
      { class: "tog" },
      element("span", {}, t("Hold out {percent} %", { percent: 100 * HELD_OUT })),
      element("input", {
        type: "checkbox",
        role: "switch",
        id: "held-out",
        checked: Boolean(problem.dataset.held_out),
        onchange: (event) => change({ dataset: withHeld(form.fitted.dataset, event.target.checked) }),
      }),
    ),
  );
}

/** A function's own settings, such as a quadratic's condition number. */
function showSettings(form, problem) {
  const row = form.catalog.surfaces.find((surface) => surface.name === problem.name);
  const key = JSON.stringify([problem.name, problem.settings]);
  if (form.settingsKey === key) return;
  form.settingsKey = key;
  form.settings.replaceChildren(...(row?.settings ?? []).map((setting) => {
    const value = problem.settings?.[setting.name] ?? setting.default;
    const input = element("input", {
      inputmode: "decimal", autocomplete: "off", value: plainNumber(value), id: `function-${setting.name}`,
      onchange: () => {
        const typed = parseNumber(input.value);
        if (!Number.isNaN(typed)) form.on.surface(problem.name, { ...problem.settings, [setting.name]: typed });
      },
    });
    return element("div", { class: "field" }, element("label", { for: input.id }, setting.label), input);
  }));
}

async function check(form) {
  const text = form.input.value.trim();
  if (!text || text === form.text) return void showProblem(form.problem, form.field, null);
  const asked = (form.asked = {});
  try {
    const answer = await post(
      "/surfaces",
      { kind: "formula", formula: text },
      { query: { resolution: 2, lang: document.documentElement.lang.slice(0, 2) } },
    );
    if (asked !== form.asked) return;
    showProblem(form.problem, form.field, null);
    form.text = answer.formula;
    showMathematics(form, answer.mathml);
    form.on.formula(answer);
  } catch (error) {
    if (asked !== form.asked) return;
    if (error instanceof Refusal) point(form, error.problem, text);
    else showProblem(form.problem, form.field, t("The server does not answer; what runs goes on."));
  }
}

/** Say what is wrong and mark the column. */
function point(form, problem, text) {
  const error = errorsAt(problem)[0] ?? { message: problem.detail };
  showProblem(form.problem, form.field, error.message);
  pointAt(form.problem, text, error.values?.column);
}

function readStart(form) {
  const numbers = [form.x, form.y].filter((input) => !input.closest(".field").hidden).map((input) => parseNumber(input.value));
  const bad = numbers.findIndex(Number.isNaN);
  if (bad >= 0)
    return void showProblem(
      form.startProblem,
      null,
      t("“{text}” is not a number: type one such as 0.1.", { text: [form.x, form.y][bad].value }),
    );
  showProblem(form.startProblem, null, null);
  form.on.start(numbers);
}

/** Errors about the function or the start, beside their fields. */
export function showFormulaErrors(form, problem) {
  const [formula] = errorsAt(problem, "problem");
  if (formula) showProblem(form.problem, form.field, formula.message);
  const [start] = errorsAt(problem, "start");
  if (start) showProblem(form.startProblem, null, start.message);
  return Boolean(formula || start);
}
