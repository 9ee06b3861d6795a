/**
 * The optimizers in the rail: a row each with its line, its rate (a slider and a number that agree), what else it can be
 * set to, and the ways to add, copy, hide and remove one. It reports edits and shows the spec it is given.
 */
import { t } from "../i18n.js";
import { num, parseNumber, plainNumber } from "../numbers.js";
import { position, rateReach, valueAt } from "../scale.js";
import { SYMBOLS } from "../identity.js";
import { settingAt } from "../settings.js";
import { element, icon, showProblem, swatch } from "./element.js";
import { ASCENT, createRule, RULE_EXAMPLE, settingNamed, showRule, typedState, typeOn } from "./rules.js";

const MOST_RUNS = 12;

/**
 * `on`: select(run), set(run, name, value, phase "move" | "end"), schedule(run, schedule | null), rule(run, text, settings), add(run),
 * remove(run), duplicate(run), show(run, visible).
 */
export function createOptimizers(catalog, on) {
  const list = document.querySelector("#optimizers");
  const menu = document.querySelector("#add-menu");
  const rail = {
    list,
    menu,
    add: document.querySelector("#add"),
    catalog,
    on,
    rows: [],
    structure: "",
    open: new Set(),
    reach: new Map(),
    writing: null,
  };
  rail.optimizers = new Map(catalog.optimizers.map((row) => [row.name, row]));
  return rail;
}

/** Show a spec: {spec, step, identities, selected, hidden, problems}. Rows are made anew only when their kind changes. */
export function showOptimizers(rail, state) {
  rail.state = state;
  const structure = JSON.stringify(
    state.spec.runs.map((run) => [run.optimizer, run.rule ? 1 : 0, run.schedule?.name, Object.keys(run.settings ?? {})]),
  );
  if (structure !== rail.structure) {
    rail.structure = structure;
    const typed = typedState(rail.list);
    rail.reach.clear();
    rail.rows = state.spec.runs.map((run, index) => makeRow(rail, run, index));
    rail.list.replaceChildren(...rail.rows.map((row) => row.root));
    fillMenu(rail);
    if (typed && rail.rows[typed.index]?.rule) typeOn(rail.rows[typed.index].rule, typed);
    if (rail.writing !== null) rail.rows[rail.writing]?.rule?.text.focus();
    rail.writing = null;
  }
  rail.rows.forEach((row, index) => showRow(rail, row, index));
  rail.add.disabled = state.spec.runs.length >= MOST_RUNS;
}

function settingsOf(rail, run) {
  const known = rail.optimizers.get(run.optimizer)?.settings;
  return (
    known ??
    Object.keys(run.settings ?? {}).map(
      (name) => settingNamed(rail.catalog, name) ?? { name, label: name, default: 0.1, low: 0, high: 1000, scale: "log" },
    )
  );
}

function makeRow(rail, run, index) {
  const { on } = rail;
  const settings = settingsOf(rail, run);
  const rate = settings.find((setting) => setting.name === "lr") ?? settings[0];
  const name = element("button", { class: "nm", type: "button", "aria-pressed": "false", onclick: () => on.select(index) });
  const more = element(
    "button",
    { class: "mo", type: "button", "aria-expanded": String(rail.open.has(index)), onclick: () => toggle(rail, row, index) },
    icon("down"),
  );
  const remove = element("button", { class: "rm", type: "button", onclick: () => on.remove(index) }, icon("close"));
  const problem = element("p", { class: "problem", role: "alert", hidden: true });
  const row = {
    name,
    more,
    remove,
    problem,
    controls: new Map(),
    line: element("span", { class: "line" }),
    gauge: element("p", { class: "gauge", hidden: true }),
  };
  row.detail = element("div", { class: "hyper", hidden: !rail.open.has(index), id: `hyper-${index}` });
  more.setAttribute("aria-controls", row.detail.id);
  const head = [row.line, name, rate ? numberField(rail, row, index, rate) : element("span"), remove];
  row.root = element(
    "div",
    { class: "opt", role: "group", "data-run": index },
    head,
    rate ? element("span", { class: "sl" }, slider(rail, row, index, rate)) : element("span", { class: "sl" }),
    more,
    row.gauge,
    problem,
    row.detail,
  );
  fillDetail(rail, row, run, index, settings.filter((setting) => setting !== rate));
  return row;
}

function toggle(rail, row, index) {
  row.detail.hidden = !row.detail.hidden;
  row.more.setAttribute("aria-expanded", String(!row.detail.hidden));
  if (row.detail.hidden) rail.open.delete(index);
  else rail.open.add(index);
}

function symbolOf(setting) {
  return element("i", {}, SYMBOLS[setting.name] ?? setting.name);
}

function numberField(rail, row, index, setting) {
  const input = element("input", {
    class: "number", inputmode: "decimal", autocomplete: "off", spellcheck: "false", size: 7, title: setting.label,
    onchange: () => {
      const value = parseNumber(input.value);
      if (Number.isNaN(value)) {
        showProblem(row.problem, null, t("“{text}” is not a number: type one such as 0.1.", { text: input.value }));
        input.setAttribute("aria-invalid", "true");
        return;
      }
      rail.on.set(index, setting.name, value, "end");
    },
    onkeydown: (event) => {
      if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
      event.preventDefault();
      stepValue(rail, index, setting, event.key === "ArrowUp" ? 1 : -1);
    },
  });
  control(row, setting).input = input;
  return element("label", { class: "eta" }, symbolOf(setting), input);
}

function slider(rail, row, index, setting) {
  const input = element("input", { type: "range", min: 0, max: 1, step: 0.005, "data-setting": setting.name });
  const value = () => valueAt(reachOf(rail, index, setting), Number(input.value));
  input.addEventListener("input", () => rail.on.set(index, setting.name, value(), "move"));
  input.addEventListener("change", () => rail.on.set(index, setting.name, value(), "end"));
  control(row, setting).slider = input;
  return input;
}

function control(row, setting) {
  if (!row.controls.has(setting.name)) row.controls.set(setting.name, { setting });
  return row.controls.get(setting.name);
}

/** Where a slider ends: four decades round the value it was made with, for a rate. */
function reachOf(rail, index, setting) {
  if (setting.scale !== "log") return setting;
  const key = `${index}/${setting.name}`;
  const value = valueOf(rail, index, setting);
  let reach = rail.reach.get(key);
  const outside = reach && value > 0 && (value < reach.reach[0] || value > reach.reach[1]);
  if (!reach || outside) {
    reach = rateReach(setting, value || setting.default);
    rail.reach.set(key, reach);
  }
  return reach;
}

function valueOf(rail, index, setting) {
  return settingAt(rail.state.spec, index, setting.name, rail.state.step) ?? setting.default;
}

function stepValue(rail, index, setting, direction) {
  const reach = reachOf(rail, index, setting);
  rail.on.set(index, setting.name, valueAt(reach, position(reach, valueOf(rail, index, setting)) + direction * 0.02), "end");
}

function fillDetail(rail, row, run, index, settings) {
  const { on } = rail;
  for (const setting of settings) {
    row.detail.append(element("div", { class: "set" }, element("span", { class: "what", title: setting.label }, symbolOf(setting)),
      slider(rail, row, index, setting), bareField(rail, row, index, setting)));
  }
  if (run.rule !== undefined) {
    row.rule = createRule(rail, index, (text, given) => on.rule(index, text, given));
    row.detail.prepend(row.rule.root);
  }
  if (settingsOf(rail, run).some((setting) => setting.name === "lr")) row.detail.append(scheduleField(rail, row, run, index));
  row.eye = element(
    "button",
    { type: "button", "aria-pressed": "false", onclick: () => on.show(index, rail.state.hidden.has(index)) },
    icon("eye"),
    element("span", {}, t("Hide")),
  );
  row.copy = element("button", { type: "button", onclick: () => on.duplicate(index) }, icon("copy"), element("span", {}, t("Duplicate")));
  row.detail.append(element("div", { class: "row-acts" }, row.eye, row.copy));
}

function bareField(rail, row, index, setting) {
  const label = numberField(rail, row, index, setting);
  label.querySelector("i").remove();
  return label;
}

function scheduleField(rail, row, run, index) {
  const select = element(
    "select",
    { "aria-label": t("Learning-rate schedule") },
    rail.catalog.schedules.map((schedule) =>
      element("option", { value: schedule.name, selected: schedule.name === (run.schedule?.name ?? "constant") }, schedule.title),
    ),
  );
  select.addEventListener("change", () => {
    rail.on.schedule(index, select.value === "constant" ? null : { name: select.value, settings: {} });
  });
  row.schedule = select;
  const chosen = rail.catalog.schedules.find((schedule) => schedule.name === run.schedule?.name);
  const fields = (chosen?.settings ?? []).map((setting) =>
    element(
      "label",
      { class: "set" },
      element("span", { class: "what" }, setting.label),
      element("input", {
        class: "number",
        inputmode: "decimal",
        value: plainNumber(run.schedule.settings?.[setting.name] ?? setting.default),
        onchange: (event) => {
          const value = parseNumber(event.target.value);
          rail.on.schedule(index, {
            name: run.schedule.name,
            settings: { ...run.schedule.settings, [setting.name]: Number.isNaN(value) ? setting.default : value },
          });
        },
      }),
    ),
  );
  return element(
    "div",
    { class: "schedule" },
    element("label", { class: "set" }, element("span", { class: "what" }, t("Schedule")), select),
    fields,
  );
}

function showRow(rail, row, index) {
  const { state } = rail;
  const who = state.identities[index];
  const selected = index === state.selected;
  const hidden = state.hidden.has(index);
  row.root.dataset.selected = String(selected);
  row.root.dataset.hidden = String(hidden);
  row.root.setAttribute("aria-label", who.name);
  row.name.setAttribute("aria-pressed", String(selected));
  if (row.name.textContent !== who.name) row.name.textContent = who.name;
  const look = `${who.colour}${who.dashName}`;
  if (row.look !== look) {
    row.look = look;
    row.line.replaceChildren(swatch(who));
  }
  row.remove.setAttribute("aria-label", t("Remove {who}", { who: who.name }));
  row.remove.disabled = state.spec.runs.length === 1;
  row.more.setAttribute("aria-label", t("{who}: more settings", { who: who.name }));
  if (row.rule) showRule(row.rule, state.spec.runs[index].rule);
  row.eye.setAttribute("aria-pressed", String(hidden));
  row.eye.lastChild.textContent = hidden ? t("Show") : t("Hide");
  for (const { setting, input, slider: range } of row.controls.values()) showControl(rail, index, who, setting, input, range);
  const message = (state.problems?.[index] ?? []).map((error) => error.message).join(" ");
  showProblem(row.problem, null, message ? `${message[0].toUpperCase()}${message.slice(1)}` : null);
  const gauge = state.gauges?.[index];
  row.gauge.hidden = !gauge;
  if (gauge) {
    row.gauge.textContent = gauge.text;
    row.gauge.style.setProperty("--part", `${Math.min(1, gauge.part / 1.25) * 100}%`);
    row.gauge.dataset.over = String(gauge.part > 1);
  }
}

function showControl(rail, index, who, setting, input, range) {
  const value = valueOf(rail, index, setting);
  const label = `${who.name}: ${setting.label}`;
  if (input) {
    input.setAttribute("aria-label", label);
    input.removeAttribute("aria-invalid");
    if (document.activeElement !== input || parseNumber(input.value) !== value) input.value = shown(value);
  }
  if (!range) return;
  const place = position(reachOf(rail, index, setting), value);
  range.setAttribute("aria-label", label);
  range.setAttribute("aria-valuetext", shown(value));
  if (Math.abs(Number(range.value) - place) > 0.004 || document.activeElement !== range) range.value = String(place);
  range.style.setProperty("--v", `${place * 100}%`);
  range.style.setProperty("--fill", who.colour);
}

function shown(value) {
  return value !== 0 && Math.abs(value) < 1e-4 ? String(value).replace("-", "−") : plainNumber(value);
}

/* ---- adding ---- */

const FIRST = ["sgd", "momentum", "nesterov", "rmsprop", "adam"];

/** Five first; the others, and one's own rule, behind "More". */
function fillMenu(rail) {
  const entry = (row) => element("button", { type: "button", "data-optimizer": row.name, onclick: () => choose(rail, row) },
    element("span", { class: "line" }, swatch(rail.lookOf(row.name))), element("span", {}, row.title),
    element("small", {}, rateText(row)));
  const rows = rail.catalog.optimizers;
  const first = FIRST.map((name) => rail.optimizers.get(name)).filter(Boolean);
  const rest = rows.filter((row) => !FIRST.includes(row.name)).map(entry);
  const more = element(
    "button",
    { type: "button", class: "more", "aria-expanded": "false" },
    element("span"),
    element("span", {}, t("More optimizers")),
    icon("down"),
  );
  const others = element("div", { class: "others", hidden: true }, rest);
  more.addEventListener("click", () => {
    others.hidden = false;
    more.remove();
    rail.menu.dispatchEvent(new CustomEvent("grown"));
    others.querySelector("button")?.focus();
  });
  const written = (rule, title, note, more = {}) => element("button", { type: "button", ...more, onclick: () => write(rail, rule) },
    element("span", { class: "line" }, swatch(rail.lookOf("own"))), element("span", {}, title), element("small", {}, note));
  const ascent = written(ASCENT, t("Gradient ascent"), t("the sign switched"), {
    title: t(
      "It climbs, as maximum likelihood does on the log-likelihood: with a minus before the formula, ascent and descent change places.",
    ),
  });
  rail.menu.replaceChildren(...first.map(entry), more, others, element("hr"), written(RULE_EXAMPLE, t("Your own rule"), ""), ascent);
}

function rateText(row) {
  const rate = row.settings.find((setting) => setting.name === "lr");
  return rate ? `η ${num(rate.default, 2)}` : "";
}

/** A rule to be read and rewritten. */
function write(rail, rule) {
  rail.menu.hidePopover();
  rail.writing = rail.state.spec.runs.length;
  rail.open.add(rail.writing);
  rail.on.add({ rule, settings: { lr: 0.01 } });
}

function choose(rail, row) {
  rail.menu.hidePopover();
  const settings = Object.fromEntries(row.settings.map((setting) => [setting.name, setting.default]));
  rail.on.add({ optimizer: row.name, settings });
}
