/** The controls of the Losses page: scenes, learning rates, start, input, target, optimizer, and what is shown. */
import { fieldPath } from "../api.js";
import { t } from "../i18n.js";
import { num, parseNumber, plainNumber } from "../numbers.js";
import { kindOf, panelOf, rateOf, withFields, withOptimizer, withPairStart, withRate } from "../pair.js";
import { position, valueAt } from "../scale.js";
import { anchor, element } from "./element.js";
import { LOSSES, nameOf } from "./losses_look.js";

const RATE = { low: 0, high: 1000, scale: "log", reach: [0.01, 100] };

/** Wire the controls of the page to what they do. */
export function createControls(state, act) {
  const find = (id) => document.getElementById(id);
  const controls = { key: "", act, state, find, rates: {} };
  fillScenes(controls);
  fillOptimizers(controls);
  fillRates(controls);
  number(controls, "start-w", 0.1, (value) => withPairStart(state.spec, [value, state.spec.start[1]]));
  number(controls, "start-b", 0.1, (value) => withPairStart(state.spec, [state.spec.start[0], value]));
  number(controls, "input", 0.1, (value) => withFields(state.spec, { input: value }));
  number(controls, "target", 0.05, (value) => withFields(state.spec, { target: value }), (value) => Math.max(0, Math.min(1, value)));
  find("own-rates").addEventListener("change", (event) => {
    const own = event.target.checked;
    act.show({ own });
    if (!own && rateOf(state.spec, "mse") !== rateOf(state.spec, "ce")) act.edit(withRate(state.spec, rateOf(state.spec, "mse")));
  });
  find("in-space").addEventListener("change", (event) => act.show({ space: event.target.checked }));
  find("basins").addEventListener("change", (event) => act.show({ basins: event.target.checked }));
  for (const button of document.querySelectorAll("[data-curve]"))
    button.addEventListener("click", () => act.show({ curve: button.dataset.curve }));
  anchor(find("more"), find("more-menu"), "end");
  return controls;
}

function fillScenes({ act, state, find }) {
  const about = (scene) => (scene.view.own || panelOf(scene) !== "neuron" ? "" : ` (${scene.spec.start.map(plainNumber).join(", ")})`);
  for (const button of find("kinds").children) button.addEventListener("click", () => act.panel(button.dataset.kind));
  find("scenes").append(
    ...state.page.scenes.map((scene) =>
      element(
        "button",
        { type: "button", "data-scene": scene.name, title: scene.lesson, onclick: () => act.scene(scene) },
        scene.title,
        element("span", { class: "n" }, about(scene)),
      ),
    ),
  );
}

function fillOptimizers({ act, state, find }) {
  const select = find("optimizer");
  const usable = state.page.catalog.optimizers.filter(({ settings }) => settings.some(({ name }) => name === "lr"));
  select.append(...usable.map(({ name, title }) => element("option", { value: name }, name === "sgd" ? t("Gradient descent") : title)));
  select.addEventListener("change", () => act.edit(withOptimizer(state.spec, select.value)));
}

/** A slider and a number for the rate of both, and of each. */
function fillRates(controls) {
  const { act, state, find } = controls;
  for (const loss of [null, ...LOSSES]) {
    const id = `rate${loss ? `-${loss}` : ""}`;
    const name = loss ? t("Learning rate of {loss}", { loss: nameOf(loss) }) : t("Learning rate");
    const slider = element("input", { type: "range", min: 0, max: 1, step: 0.005, id: `${id}-slider`, "aria-label": name });
    const field = element("input", { id, inputmode: "decimal", autocomplete: "off", "aria-label": name, class: "rate-number" });
    const set = (lr, moving) => act.edit(withRate(state.spec, lr, loss), { moving });
    slider.addEventListener("input", () => set(valueAt(RATE, Number(slider.value)), true));
    slider.addEventListener("change", act.rest);
    field.addEventListener("change", () => {
      const lr = parseNumber(field.value);
      if (Number.isFinite(lr)) set(lr, false);
      else refuse(controls, `${id}`, field.value);
    });
    controls.rates[loss ?? "both"] = {
      row: element(
        "div",
        { class: `pace ${loss ?? "shared"}` },
        element("span", { class: "eta", "aria-hidden": "true" }, element("i", {}, "η")),
        field,
        slider,
      ),
      slider,
      field,
      loss,
    };
  }
  find("rates").append(...Object.values(controls.rates).map(({ row }) => row));
}

/**
 * A number that is typed, moved by the arrow keys or dragged at its symbol, `unit` at a time and within `bounded`; `next`
 * makes the spec of a value.
 */
function number(controls, id, unit, next, bounded = (value) => value) {
  const input = controls.find(id);
  const label = controls.find(`${id}-field`).querySelector("label");
  const { act } = controls;
  const move = (from, units, moving) => {
    const value = bounded(Number((from + units * unit).toFixed(6)));
    input.value = plainNumber(value);
    act.edit(next(value), { moving });
  };
  input.addEventListener("change", () => {
    const value = parseNumber(input.value);
    if (!Number.isFinite(value)) return refuse(controls, id, input.value);
    act.edit(next(value));
  });
  input.addEventListener("keydown", (event) => {
    const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    const value = parseNumber(input.value);
    if (!direction || !Number.isFinite(value)) return;
    event.preventDefault();
    move(value, direction * (event.shiftKey ? 10 : 1), true);
  });
  input.addEventListener("keyup", act.rest);
  let grip = null;
  label.addEventListener("pointerdown", (event) => {
    const value = parseNumber(input.value);
    if (event.button !== 0 || !Number.isFinite(value)) return;
    grip = { value, x: event.clientX, units: 0 };
    label.setPointerCapture(event.pointerId);
  });
  label.addEventListener("pointermove", (event) => {
    const units = grip && Math.round((event.clientX - grip.x) / 6);
    if (!grip || units === grip.units) return;
    grip.units = units;
    move(grip.value, units, true);
  });
  for (const name of ["pointerup", "pointercancel"]) {
    label.addEventListener(name, () => {
      grip = null;
      act.rest();
    });
  }
}

/** What was typed is no number: say so beside it; what runs goes on. */
function refuse(controls, id, text) {
  controls.state.problem = { own: id, detail: t("“{text}” is not a number. Type one such as 0.5.", { text }) };
  controls.act.show({});
}

const FIELDS = {
  start: ["start-w", "start-b"],
  input: ["input"],
  target: ["target"],
  lr: ["rate", "rate-mse", "rate-ce"],
  optimizer: ["optimizer"],
};

/** Show the spec in the controls; a field that is being typed in keeps its text. */
export function showControls(controls, state) {
  const { find } = controls;
  const key = JSON.stringify([
    state.spec,
    state.own,
    state.space,
    state.basins,
    state.curve,
    state.problem,
    state.scene?.name,
    state.panel,
  ]);
  if (key === controls.key) return;
  controls.key = key;
  const { spec } = state;
  const put = (input, value) => {
    if (document.activeElement !== input || !state.problem) input.value = plainNumber(value);
  };
  put(find("start-w"), spec.start[0]);
  put(find("start-b"), spec.start[1]);
  const kind = kindOf(spec);
  for (const id of ["input", "target"]) {
    find(`${id}-field`).hidden = kind !== "neuron";
    if (kind === "neuron") put(find(id), spec.runs[0].problem[id]);
  }
  const second = kind === "neuron" || spec.runs[0].problem.bias !== false;
  const names = second ? ["w", "b"] : ["w₁", "w₂"];
  ["start-w", "start-b"].forEach((id, index) => {
    const label = find(`${id}-field`).querySelector("label");
    label.firstChild.textContent = names[index];
    label.querySelector("sub").hidden = !second;
  });
  for (const button of find("kinds").children) button.setAttribute("aria-pressed", String(button.dataset.kind === state.panel));
  for (const button of document.querySelectorAll("[data-curve]"))
    button.setAttribute("aria-pressed", String(button.dataset.curve === state.curve));
  find("in-space").closest("label").hidden = state.panel !== "neuron";
  find("basins").closest("label").hidden = state.panel !== "logistic";
  find("basins").checked = state.basins;
  find("optimizer").value = spec.runs[0].optimizer;
  find("own-rates").checked = state.own;
  find("in-space").checked = state.space;
  const apart = state.own || rateOf(spec, "mse") !== rateOf(spec, "ce");
  for (const { row, slider, field, loss } of Object.values(controls.rates)) {
    const lr = rateOf(spec, loss ?? "mse");
    row.hidden = Boolean(loss) !== apart;
    put(field, lr);
    const place = position(RATE, lr);
    if (document.activeElement !== slider) slider.value = String(place);
    slider.style.setProperty("--v", `${place * 100}%`);
    slider.setAttribute("aria-valuetext", num(lr, 2));
  }
  for (const button of find("scenes").children) {
    const scene = state.page.scenes.find(({ name }) => name === button.dataset.scene);
    button.hidden = panelOf(scene) !== state.panel;
    button.setAttribute("aria-pressed", String(scene.name === state.scene?.name));
  }
  showProblems(controls, state.problem);
}

function showProblems({ find }, problem) {
  const errors = problem?.errors ?? [];
  const named = new Set(
    problem?.own
      ? [problem.own]
      : errors.flatMap(
          ({ field }) =>
            FIELDS[
              fieldPath(field)
                .filter((part) => part in FIELDS)
                .at(-1)
            ] ?? [],
        ),
  );
  for (const id of Object.values(FIELDS).flat()) {
    find(id).closest(".field, .pace")?.classList.toggle("bad", named.has(id));
    find(id).setAttribute("aria-invalid", String(named.has(id)));
  }
  const place = find("problem");
  place.hidden = !problem;
  place.textContent = errors.length ? errors.map(({ message }) => message).join(" ") : (problem?.detail ?? "");
}
