/** How a number comes about: each line with its symbols, with its numbers, and what comes out; then the update and other rules. */
import { post } from "../api.js";
import { t } from "../i18n.js";
import { brief, num } from "../numbers.js";
import { cell } from "../trajectory.js";
import { signClass, signed } from "./backprop_graph.js";
import { element, mathematics } from "./element.js";

const BARE = /^<math>(<mrow><mo>−<\/mo>)?<m[ni][^>]*>[^<]*<\/m[ni]>(<\/mrow>)?<\/math>$/;
const RULES = ["sgd", "momentum", "adagrad", "rmsprop", "adam"];

/** The panel; `on.rule(name)` exchanges the rule, `on.refresh()` draws again. */
export function createLines(on) {
  const find = (id) => document.getElementById(id);
  return { on, body: find("lines"), title: find("lines-title"), aside: find("lines-aside"), key: "", detail: null, others: null };
}

/** Show the lines of a moment, or of the node that was chosen. */
export function showLines(panel, shown) {
  const update = shown.moment.phase === "update";
  if (update) fetchUpdate(panel, shown);
  const key = JSON.stringify([
    shown.version,
    shown.at,
    shown.moments.length,
    shown.selected,
    shown.who,
    update && [shown.trajectory?.version, shown.trajectory?.count, panel.detail?.key, panel.others?.key],
  ]);
  if (key === panel.key) return;
  panel.key = key;
  panel.body.scrollTop = 0;
  if (update) return showUpdate(panel, shown);
  const chosen = shown.selected >= 0 && shown.picked;
  panel.title.textContent = chosen ? t("How this number comes about") : TITLES[shown.moment.phase]();
  const lines = chosen
    ? linesOf(shown, shown.selected)
    : shown.moment.shows.flatMap(({ node, way }) =>
        shown.moment.phase === "start" ? [] : shown.pass.nodes[node][way].map((line) => ({ line, way })),
      );
  panel.aside.textContent = chosen ? t("chosen; Esc lets the pass lead again") : "";
  panel.body.replaceChildren(
    ...(lines.length
      ? lines.map(({ line, way }) => drawLine(line, way))
      : [element("p", { class: "hint" }, startHint(shown)), ...(chosen ? [] : [plan(shown)])]),
  );
}

/** Before the pass: what it is going to compute, without the numbers. */
function plan({ pass }) {
  const forward = pass.nodes.flatMap((node) =>
    ["sum", "output", "operation", "result"].includes(node.role) ? node.forward.slice(0, 1) : [],
  );
  return element(
    "div",
    { class: "plan" },
    forward.map(({ symbol, formula }) =>
      element("p", { class: "line" }, mathematics(symbol), element("span", { class: "eq" }, "="), mathematics(formula)),
    ),
  );
}

const TITLES = {
  start: () => t("Before the pass"), forward: () => t("Forward: this value"), loss: () => t("Forward: the error"),
  backward: () => t("Backward: this gradient"), weights: () => t("Backward: these gradients"), update: () => t("The update"),
};

function startHint({ selected, picked, pass }) {
  if (selected >= 0 && picked) return t("Its lines stand here as soon as the pass has come to it.");
  return pass.kind === "network" ? t("Every number shown is given. Play the pass, or step through it: → one number on, ← one back.")
    : t("Only the variables and the constants are known. Play the pass, or step through it: → one number on, ← one back.");
}

function linesOf({ pass, known }, index) {
  const node = pass.nodes[index];
  const also =
    node.role === "output" && pass.kind === "network"
      ? pass.nodes.findIndex((each) => each.role === "sum" && each.layer === node.layer && each.unit === node.unit)
      : -1;
  const before = also >= 0 && known.forward.has(also) ? pass.nodes[also].forward : [];
  const after = also >= 0 && known.backward.has(also) ? pass.nodes[also].backward : [];
  return [
    ...[...before, ...(known.forward.has(index) ? node.forward : [])].map((line) => ({ line, way: "forward" })),
    ...[...(known.backward.has(index) ? node.backward : []), ...after].map((line) => ({ line, way: "backward" })),
  ];
}

function drawLine({ symbol, formula, numbers, value }, way) {
  const parts = [formula, ...(numbers === formula || BARE.test(numbers) ? [] : [numbers])];
  const back = way === "backward";
  return element(
    "p",
    { class: `line ${way} ${back ? signClass(value) : ""}` },
    element("span", { class: "lhs" }, mathematics(symbol)),
    ...(BARE.test(formula) && parts.length === 1 && Number(formula.replace(/<[^>]*>/g, "")) === value
      ? []
      : parts.map((part, index) =>
          element("span", { class: index ? "numbers" : "symbols" }, element("span", { class: "eq" }, "="), mathematics(part)),
        )),
    element(
      "span",
      { class: "result" },
      element("span", { class: "eq" }, "="),
      element("b", {}, back ? signed(value, 8) : num(value ?? NaN, 8)),
    ),
  );
}

/* ---- the update ---- */

function showUpdate(panel, shown) {
  const { pass, selected, trajectory, iteration, who, rule } = shown;
  panel.title.textContent = t("The update: {rule}", { rule: who });
  const node = pass.nodes[selected];
  if (!node || node.role !== "parameter") return void panel.body.replaceChildren();
  const name = shown.columnOf(selected);
  const [before, after] = [cell(trajectory, name, iteration), cell(trajectory, name, iteration + 1)];
  panel.aside.textContent = t("for one of the weights; choose another in the table");
  const given = shown.onData ? shown.gradientOf(selected) : node.adjoint;
  const values = panel.detail?.key === panel.asked ? panel.detail.values : {};
  const rows = (rule?.lines ?? []).map(({ name: line, mathml, word }) => element("tr", { class: line === "x" ? "key" : null },
    element("th", { scope: "row", title: word }, mathematics(mathml)),
    element("td", { class: "v" }, text(line === "x" ? after : values[`${line}_${name}`]))));
  const gradient = element(
    "tr",
    {},
    element("th", { scope: "row", title: t("gradient") }, mathematics("<math><msub><mi>g</mi><mi>t</mi></msub></math>")),
    element("td", { class: `v g ${signClass(given)}` }, signed(given, 8)),
    shown.onData ? element("td", { class: "say" }, t("mean of {count}", { count: shown.onData })) : null,
  );
  const moved = Number.isFinite(after) && !node.held;
  panel.body.replaceChildren(
    element(
      "div",
      { class: "two" },
      element(
        "div",
        {},
        element(
          "p",
          { class: "line sum" },
          element("span", { class: "lhs" }, mathematics(node.symbol)),
          element("span", { class: "eq" }, "←"),
          moved
            ? `${brief(before, 8)} ${after < before ? "−" : "+"} ${brief(Math.abs(after - before), 6)} = `
            : `${brief(before, 8)} (${node.held ? t("held fixed") : t("no step")})`,
          moved ? element("b", {}, num(after, 8)) : null,
        ),
        element("table", { class: "rule" }, element("tbody", {}, gradient, moved ? rows : [])),
      ),
      others(panel, shown, name, given),
    ),
  );
}

const text = (value) => (Number.isFinite(value) ? num(value, Math.abs(value) < 1e-4 ? 5 : 8) : "…");

/** What other rules would do with the same gradient, each from rest at its usual rate. */
function others(panel, { who }, name, given) {
  const found = panel.others?.steps;
  if (!found || panel.others.key !== panel.asked) return null;
  const rows = RULES.filter((rule) => found[rule]?.columns[name]).map((rule) => {
    const { title, lr, columns } = found[rule];
    return element(
      "tr",
      {},
      element(
        "th",
        { scope: "row" },
        element(
          "button",
          { type: "button", class: "exchange", onclick: () => panel.on.rule(rule, lr), "aria-pressed": String(title === who) },
          title,
        ),
      ),
      element("td", { class: "say" }, `η ${brief(lr, 2)}`),
      element("td", { class: "v" }, signed(columns[name][1] - columns[name][0], 4)),
    );
  });
  const head = [t("with the same gradient"), " ", element("span", { class: `g ${signClass(given)}` }, signed(given))];
  return element(
    "table",
    { class: "others" },
    element(
      "thead",
      {},
      element("tr", {}, element("th", { scope: "col", colspan: 2 }, ...head), element("th", { scope: "col", class: "v" }, t("step"))),
    ),
    element("tbody", {}, rows),
  );
}

/** The numbers inside this step, and the first step of other rules from here: fetched once a pass. */
async function fetchUpdate(panel, shown) {
  const key = JSON.stringify([shown.version, shown.spec.runs[0], shown.iteration]);
  if (panel.asked === key) return;
  panel.asked = key;
  panel.detail = null;
  const { spec, iteration, pass, rules } = shown;
  const run = { ...spec.runs[0], detail: true };
  const other = RULES.flatMap((name) => rules.find((rule) => rule.name === name) ?? []);
  const rates = other.map((rule) =>
    rule.name === spec.runs[0].optimizer ? spec.runs[0].settings.lr : rule.settings.find(({ name }) => name === "lr")?.default,
  );
  try {
    const [detail, compared] = await Promise.all([
      post("/trajectories", { ...spec, runs: [run] }, { query: { from: iteration + 1, until: iteration + 1 } }),
      post("/trajectories", {
        problem: spec.problem,
        start: pass.at,
        steps: 1,
        seed: spec.seed,
        runs: other.map((rule, index) => ({ optimizer: rule.name, settings: { lr: rates[index] } })),
      }),
    ]);
    if (panel.asked !== key) return;
    panel.detail = { key, values: Object.fromEntries(Object.entries(detail.runs[0].columns).map(([name, [value]]) => [name, value])) };
    panel.others = {
      key,
      steps: Object.fromEntries(
        compared.runs.map((made, index) => [
          other[index].name,
          { title: shown.titleOf(other[index].name), lr: rates[index], columns: made.columns },
        ]),
      ),
    };
  } catch {
    panel.others = null; // the step itself stands in the table; what is inside it waits for the server
  }
  panel.on.refresh();
}
