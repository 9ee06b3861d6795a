/**
 * Why this step: every line of the selected rule as mathematics, with the numbers that made it. The numbers are the
 * engine's own detail columns, fetched for the selected run; nothing is computed again here.
 */
import { post } from "../api.js";
import { t } from "../i18n.js";
import { num } from "../numbers.js";
import { append, cell, createTrajectory } from "../trajectory.js";
import { element, mathematics } from "./element.js";

const WHOLE = 600; // steps up to which all details are fetched at once
const AROUND = 20; // rows to either side before that

/** The inspector of the page. */
export function createInspector() {
  const find = (id) => document.querySelector(id);
  return {
    title: find("#why-title"),
    aside: find("#why-aside"),
    body: find("#why"),
    head: find("#why-head"),
    root: find("#why-panel"),
    key: null,
    detail: null,
    loading: null,
    shown: "",
  };
}

/** Show step -> step + 1 of a run: {spec, index, who, step, trajectory, parameters, lines, plain, rate, moving}. */
export function showInspector(inspector, state) {
  const { trajectory, step } = state;
  // Where no step follows, the one that led here.
  const row = Math.max(0, Math.min(step, trajectory.count - 2));
  const last = row + 1 >= trajectory.count;
  const key = `${trajectory.version}/${state.index}`;
  if (inspector.key !== key) Object.assign(inspector, { key, detail: null });
  if (state.moving) inspector.played = true;
  const short = (state.spec.runs[state.index].steps ?? state.spec.steps) <= WHOLE;
  if (!last && needs(inspector, row + 1) && (short || !state.moving)) fetchDetail(inspector, state, row);
  const shown = `${key}/${row}/${inspector.detail?.count ?? 0}/${state.who.name}/${state.who.colour}`;
  if (shown === inspector.shown) return;
  inspector.shown = shown;
  heading(inspector, state, row, last);
  showRows(inspector, rowsOf(inspector, state, row, last), state.names);
}

function heading(inspector, state, row, last) {
  const { who } = state;
  inspector.root.style.setProperty("--who", who.colour);
  if (inspector.whose !== who.name) {
    inspector.whose = who.name;
    inspector.title.replaceChildren(
      t("Why this step"),
      element("span", { class: "dot" }, " · "),
      element("span", { class: "whose" }, who.name),
    );
  }
  inspector.aside.textContent = !state.trajectory.count
    ? ""
    : last
      ? t("step {step}, the last", { step: row })
      : t("step {step} → {next}", { step: row, next: row + 1 });
}

/** The rows as values: {formula, word, values, kind} of each line. */
function rowsOf(inspector, state, row, last) {
  const { trajectory, parameters, lines } = state;
  if (!trajectory.count) return []; // it could not even start
  const rows = [{ formula: GRADIENT, word: t("gradient"), values: parameters.map((name) => cell(trajectory, `gradient_${name}`, row)) }];
  if (last) return rows;
  for (const entry of lines.filter((candidate) => candidate.name !== "x")) {
    const values = parameters.map((name) => (inspector.detail ? cell(inspector.detail, `${entry.name}_${name}`, row + 1) : NaN));
    rows.push({ formula: entry.mathml, word: entry.word, values });
  }
  const from = parameters.map((name) => cell(trajectory, name, row));
  const to = parameters.map((name) => cell(trajectory, name, row + 1));
  const step = to.map((v, i) => v - from[i]);
  rows.push({ formula: STEP, word: t("this step"), values: step, kind: "key" });
  rows.push({ formula: lines.find((entry) => entry.name === "x")?.mathml ?? NEXT, word: t("next point"), values: to });
  if (state.plain)
    rows.push(lengthRow(state, Math.hypot(...step), Math.hypot(...parameters.map((name) => cell(trajectory, `gradient_${name}`, row)))));
  return rows;
}

/** For plain descent the step's length is the rate times the gradient's. */
function lengthRow(state, length, slope) {
  return {
    formula: LENGTH,
    sentence: t("step {step} = rate {rate} × gradient {gradient}", {
      step: num(length, 3),
      rate: num(state.rate, 3),
      gradient: num(slope, 3),
    }),
    values: [],
  };
}

const LENGTH =
  "<math><mo>‖</mo><mi mathvariant='normal'>Δ</mi><mo>‖</mo><mo>=</mo><mi>η</mi><mo>‖</mo><msub><mi>g</mi><mi>t</mi></msub><mo>‖</mo></math>";
const GRADIENT = "<math><msub><mi>g</mi><mi>t</mi></msub><mo>=</mo><mo>∇</mo><mi>f</mi></math>";
const STEP =
  "<math><mi mathvariant='normal'>Δ</mi><mo>=</mo><msub><mi>x</mi><mi>t</mi></msub><mo>−</mo><msub><mi>x</mi><mrow><mi>t</mi><mo>−</mo><mn>1</mn></mrow></msub></math>";
const NEXT = "<math><msub><mi>x</mi><mi>t</mi></msub></math>";

/** Show rows: the mathematics is made once for each rule, after that only numbers change. */
function showRows(inspector, rows, parameters) {
  const shape = JSON.stringify([parameters, rows.map((row) => [row.formula, row.word, row.kind])]);
  if (shape !== inspector.shape) {
    inspector.shape = shape;
    inspector.head.replaceChildren(
      element("td"),
      element("td", { class: "say" }),
      ...parameters.map((name) => element("th", { scope: "col", class: "v" }, name)),
    );
    inspector.cells = rows.map((row) =>
      row.sentence
        ? [element("td", { class: "length", colspan: parameters.length + 1 })]
        : row.values.map(() => element("td", { class: "v" })),
    );
    inspector.body.replaceChildren(
      ...rows.map((row, index) =>
        element(
          "tr",
          { class: row.kind },
          element("th", { scope: "row" }, mathematics(row.formula)),
          row.sentence ? null : element("td", { class: "say", title: row.word }, row.word),
          inspector.cells[index],
        ),
      ),
    );
  }
  rows.forEach((row, index) => {
    const texts = row.sentence ? [row.sentence] : row.values.map((v) => (Number.isNaN(v) ? "…" : cellText(v)));
    texts.forEach((text, i) => {
      const place = inspector.cells[index][i];
      if (place.textContent !== text) place.textContent = text;
    });
  });
}

/** Four digits, three beside a power of ten: the columns stay narrow. */
function cellText(v) {
  const size = Math.abs(v);
  return num(v, size !== 0 && (size < 1e-4 || size >= 1e6) ? 3 : 4);
}

function needs(inspector, row) {
  return !inspector.detail || Number.isNaN(cell(inspector.detail, "step", row));
}

async function fetchDetail(inspector, state, row) {
  const steps = state.spec.runs[state.index].steps ?? state.spec.steps;
  const whole = steps <= WHOLE && inspector.played;
  const [from, until] = whole ? [0, steps] : [Math.max(0, row - AROUND), Math.min(steps, row + 2 * AROUND)];
  const wanted = `${inspector.key}/${from}`;
  if (inspector.loading === wanted) return;
  inspector.loading = wanted;
  const key = inspector.key;
  const changes = (state.spec.changes ?? []).filter((change) => change.run === state.index).map((change) => ({ ...change, run: 0 }));
  const spec = { ...state.spec, runs: [{ ...state.spec.runs[state.index], detail: true }], changes };
  try {
    const answer = await post("/trajectories", spec, { query: { from, until } });
    if (inspector.key !== key) return;
    const { columns } = answer.runs[0];
    const detail = createTrajectory(Object.keys(columns));
    detail.count = from;
    append(detail, from, columns.step.length, columns);
    inspector.detail = detail;
    state.refresh();
  } catch {
    // The stream's own columns are shown; the inner lines stay open until the server answers again.
  } finally {
    inspector.loading = null;
  }
}
