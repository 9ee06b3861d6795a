/** The rail of the Batches page: the experiment, the walks with their batch sizes and rates, and what the selected one does. */
import { t } from "../i18n.js";
import { num, parseNumber, plainNumber } from "../numbers.js";
import { position, valueAt } from "../scale.js";
import * as walks from "../walks.js";
import { fitOf } from "./batches_measures.js";
import { element, icon, swatch } from "./element.js";

const RATE = { low: 0, high: 1000, scale: "log", reach: [0.003, 2] };
const TEXTS = [50, 256]; // the mini-batch of the texts
const HALF = 20;
const RULES = ["sgd", "momentum", "adagrad", "rmsprop", "adam"];

/** Wire the rail; `act` is what a person can do. */
export function createControls(page, act) {
  const find = (id) => document.getElementById(id);
  const controls = { page, act, find, key: "", rows: [] };
  const scene = find("scene");
  scene.append(
    element("option", { value: "", hidden: true }, t("Your own walks")),
    ...page.scenes.map(({ name, title }) => element("option", { value: name }, title)),
  );
  scene.addEventListener("change", () => act.scene(scene.value));
  find("add").addEventListener("click", () => {
    page.selected = page.spec.runs.length;
    act.edit(walks.addWalk(page.spec, countOf(page)));
  });
  controls.shared = rateRow(controls, t("Learning rate"), (lr) => walks.withRate(page.spec, lr));
  find("shared").append(controls.shared.node);
  find("own-rates").addEventListener("change", (event) => act.ownRates(event.target.checked));
  const titles = new Map(page.data.catalog.optimizers.map(({ name, title }) => [name, title]));
  find("rule").append(...RULES.map((name) => element("option", { value: name }, titles.get(name))));
  find("rule").addEventListener("change", (event) => act.rule(event.target.value));
  find("inverse").addEventListener("change", (event) =>
    act.edit(walks.withInverse(page.spec, page.selected, event.target.checked ? HALF : null)),
  );
  find("replacement").addEventListener("change", (event) =>
    act.edit(walks.withReplacement(page.spec, page.selected, event.target.checked)),
  );
  find("fan").addEventListener("change", (event) => act.fan(event.target.checked));
  find("reseed").addEventListener("click", () => act.edit({ ...page.spec, seed: ((page.spec.seed ?? 0) + 1) % 2 ** 32 }));
  for (const button of find("by").children) button.addEventListener("click", () => act.by(button.dataset.by));
  find("at-once").addEventListener("change", (event) => act.atOnce(Number(event.target.value)));
  return controls;
}

const countOf = (page) => page.paces?.[page.selected]?.count ?? page.paces?.[0]?.count ?? 512;

/** A slider and a number of one learning rate; `next(lr)` is the spec with it. */
function rateRow(controls, name, next) {
  const slider = element("input", { type: "range", min: 0, max: 1, step: 0.005, "aria-label": name });
  const field = element("input", { class: "number", inputmode: "decimal", autocomplete: "off", "aria-label": name });
  slider.addEventListener("input", () => controls.act.edit(next(valueAt(RATE, Number(slider.value))), "replace"));
  field.addEventListener("change", () => {
    const lr = parseNumber(field.value);
    if (Number.isFinite(lr)) return controls.act.edit(next(lr));
    controls.page.problem = { detail: t("“{text}” is not a number. Type one such as 0.5.", { text: field.value }) };
    controls.key = "";
    controls.act.select(controls.page.selected);
  });
  return { node: element("div", { class: "rate" }, element("i", { "aria-hidden": "true" }, "η"), slider, field), slider, field };
}

function showRate({ slider, field }, lr) {
  const place = position(RATE, lr);
  if (document.activeElement !== slider) slider.value = String(place);
  slider.style.setProperty("--v", `${100 * place}%`);
  slider.setAttribute("aria-valuetext", num(lr, 2));
  if (document.activeElement !== field) field.value = plainNumber(lr);
}

/** Show the page's state in the rail; rows are made anew only when walks come or go. */
export function showControls(controls, page) {
  const { find } = controls;
  const key = JSON.stringify([
    page.spec,
    page.selected,
    page.by,
    page.atOnce,
    page.ownRates,
    page.wantsFan,
    page.problem,
    page.scene?.name,
    page.theme.dark,
    page.paces,
    page.lookKey,
  ]);
  if (key === controls.key) return;
  controls.key = key;
  find("scene").value = page.scene?.name ?? "";
  find("about").textContent = about(page);
  if (controls.rows.length !== page.spec.runs.length) {
    controls.rows = page.spec.runs.map((_, index) => makeRow(controls, index));
    find("walks").replaceChildren(...controls.rows.map(({ node }) => node));
  }
  controls.rows.forEach((row, index) => showRow(page, row, index));
  find("add").disabled = page.spec.runs.length >= walks.MOST_WALKS;
  find("shared").hidden = page.ownRates;
  showRate(controls.shared, page.spec.runs[0].settings.lr);
  find("own-rates").checked = page.ownRates;
  showChosen(page, find);
  for (const button of find("by").children) button.setAttribute("aria-pressed", String(button.dataset.by === page.by));
  find("at-once-field").hidden = page.by !== "time";
  find("at-once").value = String(page.atOnce);
  const problem = find("problem");
  problem.hidden = !page.problem;
  problem.textContent = (page.problem?.errors ?? []).map(({ message }) => message).join(" ") || (page.problem?.detail ?? "");
}

function about(page) {
  const fit = fitOf(page, page.spec, 0)?.fit;
  if (!fit) return "";
  const { count } = fit;
  if (fit.inputs) return t("{inputs} yes-or-no features in {count} points, and a weight for each.", { inputs: fit.inputs, count });
  return page.spec.start
    ? t("A line fitted to {count} noisy points, always from the same start.", { count })
    : t("A line fitted to {count} points, each walk from where it was.", { count });
}

function showChosen(page, find) {
  const look = page.looks?.[page.selected];
  const walk = page.spec.runs[page.selected];
  const full = walks.kindOf(walks.batchOf(page.spec, page.selected), countOf(page)) === "full";
  find("chosen").textContent = look?.name ?? "";
  find("rule").value = walks.ruleOf(walk);
  find("inverse").checked = Boolean(walk.schedule);
  find("replacement").checked = Boolean(walk.batch?.with_replacement);
  find("replacement").disabled = full;
  find("fan").checked = page.wantsFan;
  const fit = fitOf(page, page.spec, page.selected)?.fit;
  find("cliff").hidden = !fit || walk.optimizer !== "sgd";
  if (!fit) return;
  const cliff = 2 / fit.curvatures[1];
  find("cliff").textContent = t("{part} % of the cliff at {cliff}, beyond which even the full batch diverges", {
    part: num((100 * walk.settings.lr) / cliff, 2),
    cliff: num(cliff, 3),
  });
}

function makeRow(controls, index) {
  const { page, act } = controls;
  const count = () => page.paces?.[index]?.count ?? countOf(page);
  const slider = element("input", { type: "range", min: 0, max: 1, step: 0.002 });
  slider.addEventListener("input", () => {
    page.selected = index;
    const size = sizeAt(Number(slider.value), count());
    if (size !== walks.sizeOf(walks.batchOf(page.spec, index), count()))
      act.edit(walks.withSize(page.spec, index, size, count()), "replace");
  });
  const band = element("i", { class: "band", "aria-hidden": "true" });
  const own = rateRow(controls, t("Learning rate"), (lr) => walks.withRate(page.spec, lr, index));
  const row = {
    slider,
    band,
    own,
    sw: element("span", {}),
    name: element("button", { class: "nm", type: "button", onclick: () => act.select(index) }),
    size: element("span", { class: "size" }),
  };
  row.remove = element("button", { class: "rm", type: "button", onclick: () => {
    if (page.selected >= index && page.selected > 0) page.selected -= 1;
    act.edit(walks.removeWalk(page.spec, index));
  } }, icon("close"));
  row.node = element(
    "div",
    { class: "walk" },
    row.sw,
    row.name,
    row.size,
    row.remove,
    element("div", { class: "sl" }, band, slider),
    own.node,
  );
  return row;
}

/** Sizes lie evenly in powers: 1 at the left, all points at the right. */
const sizeAt = (place, count) => Math.max(1, Math.min(count, Math.round(count ** place)));
const placeOf = (size, count) => Math.log(size) / Math.log(Math.max(2, count));

function showRow(page, row, index) {
  const count = page.paces?.[index]?.count ?? 512;
  const size = walks.sizeOf(walks.batchOf(page.spec, index), count);
  const look = page.looks?.[index];
  const place = placeOf(size, count);
  row.node.dataset.selected = String(index === page.selected);
  if (look) {
    row.sw.replaceChildren(swatch(look));
    row.node.style.setProperty("--who", look.colour);
    row.name.textContent = look.name;
    row.remove.setAttribute("aria-label", t("Remove {name}", { name: look.name }));
    row.slider.setAttribute("aria-label", t("Batch size of {name}", { name: look.name }));
  }
  row.name.setAttribute("aria-pressed", String(index === page.selected));
  row.size.textContent = size >= count ? t("all {count}", { count }) : size === 1 ? t("1 point") : t("{size} points", { size });
  if (document.activeElement !== row.slider) row.slider.value = String(place);
  row.slider.setAttribute("aria-valuetext", row.size.textContent);
  row.slider.style.setProperty("--v", `${100 * place}%`);
  const [from, to] = TEXTS.map((edge) => Math.min(1, placeOf(edge, count)));
  row.band.style.setProperty("--from", String(from));
  row.band.style.setProperty("--part", String(to - from));
  row.own.node.hidden = !page.ownRates;
  showRate(row.own, page.spec.runs[index].settings.lr);
  row.own.slider.setAttribute("aria-label", t("Learning rate of {name}", { name: look?.name ?? "" }));
  row.own.field.setAttribute("aria-label", t("Learning rate of {name}", { name: look?.name ?? "" }));
  row.remove.hidden = page.spec.runs.length < 2;
}
