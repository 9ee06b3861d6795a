/** The panel beside the map: what a scene is about, in numbers that follow the step. */
import { atPoint, crossEntropy } from "../classifier.js";
import { eigenvalues, flat, hessian } from "../curvature.js";
import { t } from "../i18n.js";
import { featuresName, twins, withDataset, withFeatures } from "../learning.js";
import { fix, num } from "../numbers.js";
import { problemOf } from "../settings.js";
import { gradient, rowAt } from "../trajectory.js";
import { depthPanel } from "./classify_depth.js";
import { put, table, title } from "./classify_parts.js";
import { marker } from "./classify_probe.js";
import { element } from "./element.js";

const DECADES = 7; // of eigenvalues that are drawn

/** Which panel suits a spec; `now` stays where it still does. */
export function panelFor(spec, now = null) {
  const kinds = spec.runs.map((_, index) => problemOf(spec, index).kind);
  const has = (...names) => names.length === kinds.length && names.every((name) => kinds.includes(name));
  if (has("softmax", "logistic")) return "twins";
  if (has("softmax", "one_vs_rest")) return "both";
  if (kinds.every((kind) => kind === "network")) return "depth";
  if (kinds.every((kind) => kind === "softmax") && (now === "shift" || kinds.length > 1)) return "shift";
  const { dataset } = problemOf(spec, 0);
  return dataset.name === "circles" || dataset.features ? "features" : "rows";
}

/** The panel in `host`. `act`: edit(spec), shift(value), show(change). */
export function createPanel(host, act) {
  return { host, act, name: null, parts: {}, key: "" };
}

/** Show the panel of `shown.panel` at the step shown. */
export function drawPanel(panel, shown) {
  const make = PANELS[shown.panel];
  panel.now = shown; // what a button acts on: the panel may have been built for an earlier spec
  panel.host.hidden = !make;
  if (!make) {
    panel.name = null;
    return;
  }
  const form = `${shown.panel}${shown.runs.length}${shown.theme.key}${make.form?.(shown) ?? ""}`;
  if (panel.name !== form) {
    panel.name = form;
    panel.parts = {};
    panel.host.replaceChildren(...make.build(panel, shown));
  }
  make.draw(panel.parts, shown);
}

/* each class's weights, and its row of the gradient */

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";

const rowsPanel = {
  form: ({ runs, shown, palette }) => [runs[shown].model.parameters, palette.map(({ name }) => name)].join(),
  build({ parts }, shown) {
    const { model } = shown.runs[shown.shown];
    const [inputs, outputs] = [model.layers.sizes[0], model.layers.sizes.at(-1)];
    const columns = [...Array.from({ length: inputs }, (_, f) => `w${SUBSCRIPTS[f + 1]}`), ...(model.layers.bias ? ["b"] : [])];
    parts.columns = columns.length;
    parts.said = element("p", {});
    const names = shown.palette
      .slice(outputs === 1 ? 1 : 0, outputs === 1 ? 2 : outputs)
      .map((look) => element("span", { class: "class-name", style: { "--c": look.colour }, title: look.name }, marker(look), look.short));
    return [title(t("Weights, and the gradient of each class"), t("gradient: mean of (a − y)x")),
      table(parts, ["", ...columns, ...columns.map((name) => `∂${name}`)], names), parts.said];
  },
  draw(parts, shown) {
    const { model, theta, trajectory, row } = shown.runs[shown.shown];
    const g = gradient(trajectory, model.parameters, row);
    const [inputs, outputs] = [model.layers.sizes[0], model.layers.sizes.at(-1)];
    const at = (k, c) => (c < inputs ? k * inputs + c : outputs * inputs + k);
    parts.cells.forEach((cells, k) =>
      cells.forEach((node, c) => put(node, c < parts.columns ? fix(theta[at(k, c)], 4) : fix(g[at(k, c - parts.columns)], 4))),
    );
    put(
      parts.said,
      t("Length of all weights {size}, of the gradient {slope}.", { size: num(Math.hypot(...theta), 3), slope: num(Math.hypot(...g), 3) }),
    );
  },
};

/* two classes: softmax is logistic regression */

const byKind = (shown, kind) => shown.runs.find((run) => run.problem.kind === kind);

const twinsPanel = {
  form: (shown) => shown.runs[0].model.features.length,
  build({ parts }, shown) {
    const logistic = byKind(shown, "logistic").model.parameters;
    parts.said = element("p", {});
    return [
      title(t("Softmax is logistic regression")),
      table(
        parts,
        ["", t("softmax: row 1 − row 0"), t("logistic")],
        logistic.map((name) => element("i", { class: "v" }, symbol(name))),
      ),
      parts.said,
    ];
  },
  draw(parts, shown) {
    const [softmax, logistic] = [byKind(shown, "softmax"), byKind(shown, "logistic")];
    const row = Math.min(rowAt(softmax.trajectory, shown.step), rowAt(logistic.trajectory, shown.step));
    const { table: rows, apart } = twins(softmax.trajectory.columns, logistic.trajectory.columns, row);
    rows.forEach((line, i) => {
      put(parts.cells[i]?.[0], fix(line.softmax, 6));
      put(parts.cells[i]?.[1], fix(line.logistic, 6));
    });
    const [slow, fast] = [softmax.run.settings.lr, logistic.run.settings.lr];
    const rates = { slow: num(slow, 2), fast: num(fast, 2), apart: apart < 1e-12 ? num(apart, 2) : num(apart, 3), steps: row };
    put(
      parts.said,
      apart < 1e-9
        ? t("In {steps} steps the two never differed by more than {apart}: rate {slow} against {fast}.", rates)
        : t(
            "They have been {apart} apart: rate {slow} against {fast}. Logistic regression needs twice the rate, and half the decay.",
            rates,
          ),
    );
  },
};

const symbol = (name) => name.replace(/^w_(\d)$/, (_, index) => `w${SUBSCRIPTS[index]}`);

/* over-parameterised: one vector more for every class */

/** Theta with c added to every weight and bias. */
export function shifted(theta, c) {
  return c === 0 ? theta : theta.map((v) => v + c);
}

const shiftPanel = {
  build({ parts, act }, shown) {
    parts.slider = element("input", {
      type: "range",
      min: -3,
      max: 3,
      step: 0.05,
      value: shown.shift,
      id: "shift",
      "aria-label": t("Added to every weight"),
      oninput: () => act.shift(Number(parts.slider.value)),
    });
    parts.added = element("output", { for: "shift" });
    parts.said = element("p", {});
    parts.spectrum = element("div", { class: "spectrum", role: "img" });
    parts.flat = element("p", {});
    return [
      title(t("One vector more for every class")),
      element("div", { class: "shift" }, element("i", { class: "v" }, "c"), parts.slider, parts.added),
      parts.said,
      title(t("Eigenvalues of the Hessian"), t("log scale")),
      parts.spectrum,
      parts.flat,
    ];
  },
  draw(parts, shown) {
    const { model, theta, problem } = shown.runs[shown.shown];
    const decay = problem.weight_decay ?? 0;
    put(parts.added, fix(shown.shift, 2));
    parts.slider.style.setProperty("--v", `${((shown.shift + 3) / 6) * 100}%`);
    const before = crossEntropy(model, theta, model.columns, model.wanted, decay);
    const after = crossEntropy(model, shifted(theta, shown.shift), model.columns, model.wanted, decay);
    const values = { c: fix(shown.shift, 2), before: num(before, 6), after: num(after, 6) };
    put(
      parts.said,
      Math.abs(after - before) < 1e-9 * Math.max(1, before)
        ? t("c = {c} added to every weight: the loss stays at {after}.", values)
        : t("c = {c} added to every weight: weight decay notices, {before} becomes {after}.", values),
    );
    const key = [shown.key, decay].join();
    if (parts.key === key) return;
    parts.key = key;
    drawSpectrum(parts, eigenvalues(hessian(model, theta, model.columns, decay)), decay);
  },
};

function drawSpectrum(parts, values, decay) {
  const top = Math.log10(values[0]);
  const zero = flat(values);
  parts.spectrum.replaceChildren(
    ...values.map((value, index) =>
      element("i", {
        class: index >= values.length - zero ? "zero" : null,
        title: num(Math.max(value, 0), 3),
        style: { "--h": String(Math.max(0.03, 1 - (top - Math.log10(Math.max(value, 1e-300))) / DECADES)) },
      }),
    ),
  );
  parts.spectrum.setAttribute("aria-label", values.map((value) => num(Math.abs(value) < 1e-12 ? 0 : value, 3)).join(", "));
  put(parts.flat, zero ? t("{zero} of {all} are 0: one flat direction for each input and one for the bias.", { zero, all: values.length })
    : t("None is 0: weight decay lifts every direction to at least {decay}.", { decay: num(decay, 2) }));
}

/* either, or both */

const PLACES = [[2, 0], [0, 2], [2, 2]];

const bothPanel = {
  build({ parts }, shown) {
    const [first, second] = shown.palette.map(({ name }) => name);
    const places = [t("only {name}", { name: first }), t("only {name}", { name: second }), t("both")];
    parts.said = element("p", {});
    return [title(t("Three texts, two questions")),
      table(parts, ["", `${t("softmax")}: ${first}`, second, `${t("one against the rest")}: ${first}`, second], places), parts.said];
  },
  draw(parts, shown) {
    const [softmax, rest] = [byKind(shown, "softmax"), byKind(shown, "one_vs_rest")];
    const said = PLACES.map((place) => [...atPoint(softmax.model, softmax.theta, place).p, ...atPoint(rest.model, rest.theta, place).p]);
    said.forEach((row, i) => row.forEach((p, k) => {
      const node = parts.cells[i][k];
      put(node, fix(p, 3));
      node.className = p > 0.5 ? "big" : "";
    }));
    const yes = (list) => list.filter((p) => p > 0.5).length;
    put(
      parts.said,
      t("To the text about both, softmax says yes to {softmax} of 2, one against the rest to {rest} of 2.", {
        softmax: yes(said[2].slice(0, 2)),
        rest: yes(said[2].slice(2)),
      }),
    );
  },
};

/* features */

const featuresPanel = {
  form: (shown) => shown.runs[0].model.features.map(({ text }) => text).join(),
  build(panel, shown) {
    const { parts, act } = panel;
    const { dataset } = shown.runs[0].problem;
    const other = featuresName(dataset) === "squares" ? "plain" : "squares";
    parts.equation = element("p", { class: "big" });
    parts.said = element("p", {});
    return [
      title(t("The line it draws")),
      parts.equation,
      parts.said,
      element(
        "button",
        {
          class: "button",
          type: "button",
          id: "other-features",
          onclick: () => act.edit(withDataset(panel.now.spec, withFeatures(panel.now.runs[0].problem.dataset, other), false)),
        },
        other === "squares" ? t("Give it x² and y² as well") : t("Only x and y again"),
      ),
    ];
  },
  draw(parts, shown) {
    const { model, theta } = shown.runs[shown.shown];
    const squares = model.features.length > 2;
    if (model.layers.sizes.at(-1) === 1 && model.layers.sizes.length === 2) put(parts.equation, `${terms(model, theta)} = 0`);
    put(
      parts.said,
      squares
        ? t("Straight in the four inputs, an ellipse on the map.")
        : t("Straight on the map, wherever it lies: half of a ring is always on the wrong side."),
    );
  },
};

function terms(model, theta) {
  const names = [...model.features.map(({ text }) => text.replace("**2", "²")), ""];
  return names.map((name, k) => {
    const value = theta[k] ?? 0;
    const sign = value < 0 ? "−" : k ? "+" : "";
    return `${sign}${k ? " " : ""}${num(Math.abs(value), 3)}${name ? ` ${name}` : ""}`;
  }).join(" ");
}

const PANELS = { rows: rowsPanel, twins: twinsPanel, shift: shiftPanel, both: bothPanel, features: featuresPanel, depth: depthPanel };
