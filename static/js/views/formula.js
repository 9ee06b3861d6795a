/** The function: chosen from the list or typed. What is typed is checked by the service, which answers with mathematics or points at the error. */
import { errorsAt, post, Refusal } from "../api.js";
import { t } from "../i18n.js";
import { parseNumber, plainNumber } from "../numbers.js";
import { element, mathematics, pointAt, showProblem } from "./element.js";

const PAUSE = 300; // ms of not typing before a formula is checked

/** `on`: surface(name, settings), formula(answer of /surfaces), start(point). */
export function createFormula(catalog, on) {
  const find = (id) => document.querySelector(id);
  const form = {
    on, catalog, select: find("#function"), shown: find("#formula-shown"), field: find("#formula-field"), input: find("#formula"),
    problem: find("#formula-problem"), settings: find("#function-settings"), x: find("#start-x"), y: find("#start-y"), startProblem: find("#start-problem"),
    startRow: find("#start"), typing: null, text: "",
  };
  form.select.append(...groups(catalog), element("option", { value: "", hidden: true }, t("Your own function")));
  form.select.addEventListener("change", () => form.select.value && on.surface(form.select.value, {}));
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

function groups(catalog) {
  const option = (row) => element("option", { value: row.name }, row.title);
  const [line, plane] = [catalog.surfaces.filter((row) => row.variables.length === 1), catalog.surfaces.filter((row) => row.variables.length === 2)];
  return [
    element("optgroup", { label: t("Of x and y") }, plane.map(option)), element("optgroup", { label: t("Of x alone") }, line.map(option)),
  ];
}

/** Show the function and the start of a spec: `map` is what /surfaces answered for its problem. */
export function showFormula(form, { problem, map, start }) {
  const own = problem.kind !== "surface";
  form.select.value = own ? "" : problem.name;
  if (map && form.text !== map.formula && document.activeElement !== form.input) {
    form.input.value = map.formula;
    showProblem(form.problem, form.field, null);
  }
  if (map && form.text !== map.formula) {
    form.text = map.formula;
    showMathematics(form, map.mathml);
  }
  showSettings(form, problem);
  const oneDimensional = (start ?? map?.variables)?.length === 1;
  form.y.closest(".field").hidden = oneDimensional;
  if (start && document.activeElement !== form.x && document.activeElement !== form.y) {
    form.x.value = plainNumber(round(start[0]));
    form.y.value = oneDimensional ? "" : plainNumber(round(start[1]));
    showProblem(form.startProblem, null, null);
  }
}

/** f = ..., made smaller where it is long; what still does not fit can be scrolled. */
function showMathematics(form, mathml) {
  const { shown } = form;
  shown.replaceChildren(element("span", { class: "f" }, element("i", { class: "v" }, "f"), " = "), mathematics(mathml));
  shown.style.fontSize = "";
  for (const size of [0.875, 0.8, 0.72]) {
    if (shown.scrollWidth <= shown.clientWidth) break;
    shown.style.fontSize = `${size}rem`;
  }
  if (shown.scrollWidth > shown.clientWidth) shown.tabIndex = 0;
  else shown.removeAttribute("tabindex");
}

const round = (v) => Number(v.toPrecision(6));

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
    const answer = await post("/surfaces", { kind: "formula", formula: text }, { query: { resolution: 2, lang: document.documentElement.lang.slice(0, 2) } });
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
  if (bad >= 0) return void showProblem(form.startProblem, null, t("“{text}” is not a number: type one such as 0.1.", { text: [form.x, form.y][bad].value }));
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
