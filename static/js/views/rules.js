/** A typed rule in its run's row: checked by the service while it is typed; the names it reads become the run's settings. */
import { errorsAt, post, Refusal } from "../api.js";
import { t } from "../i18n.js";
import { problemOf, ruleSettings } from "../settings.js";
import { element, pointAt, showProblem } from "./element.js";

const PAUSE = 400; // ms of not typing before a rule is checked
const ANY = 0.1; // what a name begins with that no optimizer here has
const DECAYS = /^(beta|gamma|mu|rho)\d*$/; // names that papers give to decays
const ROUNDS = 24; // names that are asked for, one at a time

export const RULE_EXAMPLE = "v = 0.9*v + g\nx = x - lr*v";
export const ASCENT = "x = x + lr*g"; // the sign switched: what maximum likelihood does with the log-likelihood

/** The field of a run's rule; `accept(text, settings)` hears each rule that can run. `rail` knows catalog and spec. */
export function createRule(rail, index, accept) {
  const { rule } = rail.state.spec.runs[index];
  const text = element("textarea", {
    rows: Math.min(8, rule.split("\n").length + 1),
    spellcheck: "false",
    autocapitalize: "off",
    "aria-label": t("Rule, one line each"),
    "data-rule": index,
  });
  text.value = rule;
  const problem = element("p", { class: "problem", role: "alert", hidden: true });
  const root = element("div", { class: "rule" }, text, problem,
    element("p", { class: "hint" }, t("x is the parameter, g its gradient, t the step. A name that no line assigns is a setting.")));
  const field = { rail, index, text, problem, root, accept, said: rule, typing: null, asked: null, kept: {} };
  text.addEventListener("input", () => {
    clearTimeout(field.typing);
    field.typing = setTimeout(() => check(field), PAUSE);
  });
  text.addEventListener("change", () => {
    clearTimeout(field.typing);
    check(field);
  });
  return field;
}

/** Show the rule of the spec where it is another one than before: what is being typed stays. */
export function showRule(field, rule) {
  if (rule === field.said) return;
  field.said = rule;
  if (document.activeElement !== field.text) field.text.value = rule;
  showProblem(field.problem, field.root, null);
}

/** Rows are about to be made anew: what to give the new field so that the person types on. */
export function typedState(list) {
  const text = document.activeElement;
  if (!text?.dataset?.rule || !list.contains(text)) return null;
  return { index: Number(text.dataset.rule), value: text.value, from: text.selectionStart, to: text.selectionEnd };
}

/** Go on typing in the new field. */
export function typeOn(field, typed) {
  field.text.value = typed.value;
  field.text.focus();
  field.text.setSelectionRange(typed.from, typed.to);
  if (typed.value !== field.said) field.text.dispatchEvent(new Event("input"));
}

async function check(field) {
  const rule = field.text.value;
  const { spec } = field.rail.state;
  const own = spec.runs[field.index];
  if (!own || rule.trim() === own.rule?.trim()) return void showProblem(field.problem, field.root, null);
  const asked = (field.asked = {});
  Object.assign(field.kept, own.settings);
  try {
    const settings = await settingsFor(field, rule, problemOf(spec, field.index));
    if (asked !== field.asked) return;
    showProblem(field.problem, field.root, null);
    field.said = rule;
    field.accept(rule, settings);
  } catch (error) {
    if (asked !== field.asked) return;
    point(field, rule, error);
  }
}

/** Ask until the rule has the settings that it reads and no others. */
async function settingsFor(field, rule, problem) {
  let settings = {};
  for (let round = 0; ; round += 1) {
    try {
      await post("/trajectories", { problem, steps: 1, runs: [{ rule, settings }] }, { query: { until: 0 } });
      return settings;
    } catch (error) {
      const next =
        error instanceof Refusal
          ? ruleSettings(settings, error.problem, (name) => field.kept[name] ?? defaultOf(field.rail.catalog, name))
          : null;
      if (!next || round >= ROUNDS) throw error;
      settings = next;
    }
  }
}

/** What a name means elsewhere it means here: beta1 begins at 0.9. */
export function settingNamed(catalog, name) {
  return catalog.optimizers.flatMap((row) => row.settings).find((setting) => setting.name === name);
}

function defaultOf(catalog, name) {
  return settingNamed(catalog, name)?.default ?? (DECAYS.test(name) ? 0.9 : ANY);
}

function point(field, rule, error) {
  if (!(error instanceof Refusal)) return showProblem(field.problem, field.root, t("The server does not answer; what runs goes on."));
  const wrong = errorsAt(error.problem)[0] ?? { message: error.problem.detail };
  showProblem(field.problem, field.root, wrong.message);
  pointAt(field.problem, rule, wrong.values?.column);
  return null;
}

const read = new Map(); // a rule's lines as mathematics, by its text

/** The lines of a run's rule: the catalog's, or a typed one's, asked once and empty until they are here. */
export function linesOf(page, state, index) {
  const { rule, optimizer } = state.spec.runs[index];
  if (!rule) return page.catalog.optimizers.find((entry) => entry.name === optimizer)?.lines ?? [];
  if (!read.has(rule)) {
    read.set(rule, []);
    post("/explanations", { spec: state.spec, run: index, step: 1 }).then(({ lines }) => {
      read.set(rule, lines.map(({ name, text, mathml, word }) => ({ name, text, mathml, word })));
      page.touch();
    }, () => {}); // a rule that cannot be explained is shown by its step alone
  }
  return read.get(rule);
}
