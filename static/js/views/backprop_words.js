/** The live sentence of the Backprop page: what this moment of the pass brought to light. */
import { parts } from "../describe.js";
import { t } from "../i18n.js";
import { layersShrink, steepestParameter } from "../moments.js";
import { brief, fix, num } from "../numbers.js";
import { cell } from "../trajectory.js";
import { signClass, signed, spoken } from "./backprop_graph.js";
import { element } from "./element.js";

/** Put the sentence of {pass, moment, ...} into `place`. */
export function headline(place, shown) {
  const said = sentence(shown);
  const key = JSON.stringify(said);
  if (place.dataset.key === key) return;
  place.dataset.key = key;
  place.replaceChildren(...said.map(({ slot, text }) => {
    if (slot === "gradient" || slot === "above") return element("b", { class: signClass(text.startsWith("−") ? -1 : 1) }, text);
    if (slot === "name" || slot === "unit") return element("i", { class: "v" }, text);
    return slot === "loss" || slot === "after" || slot === "outputs"
      ? element("b", {}, text)
      : slot
        ? element("span", { class: "num" }, text)
        : text;
  }));
}

function sentence(shown) {
  const { pass, moment } = shown;
  return (pass.kind === "network" ? ofNetwork : ofFormula)[moment.phase](shown, pass.nodes, moment);
}

const list = (values) => values.join(document.documentElement.lang.startsWith("zh") ? "、" : ", ");
const digits = (value) => brief(value ?? NaN, 8);
const error = (value) => (Math.abs(value) < 1e-3 ? num(value, 6) : fix(value, 10));
const values = (nodes, role, layer) =>
  nodes.filter((node) => node.role === role && (layer === undefined || node.layer === layer)).map((node) => digits(node.value));

const ofNetwork = {
  start: (_, nodes) =>
    parts("Inputs {inputs} go in; wanted at the outputs: {targets}.", {
      inputs: list(values(nodes, "input")),
      targets: list(values(nodes, "target")),
    }),
  forward(_, nodes, { shows, layer }) {
    const found = shows.map(({ node }) => nodes[node]);
    const [first, second] = found;
    if (found.length === 1) return parts("{name} adds up to {value}.", { name: spoken(first.name), value: digits(first.value) });
    if (found.length === 2 && first.role === "sum" && second.role === "output") {
      return parts("{name} adds up to {value}; its unit puts out {unit} = {outputs}.", {
        name: spoken(first.name),
        value: digits(first.value),
        unit: spoken(second.name),
        outputs: digits(second.value),
      });
    }
    const outputs = values(nodes, "output", layer);
    if (found.every((node) => node.operation === "softmax"))
      return parts("Softmax turns the sums into probabilities: {outputs}.", { outputs: list(outputs) });
    if (found.at(-1).role === "result") return ofNetwork.loss(_, nodes);
    return parts("Layer {layer} puts out {outputs}.", { layer, outputs: list(outputs) });
  },
  loss(_, nodes) {
    const result = nodes.at(-1);
    return parts("The outputs are {outputs}: the error is {loss}.", {
      outputs: list(values(nodes, "output", result.layer - 1)),
      loss: error(result.value),
    });
  },
  backward(_, nodes, { shows, layer, focus }) {
    const units = new Set(shows.map(({ node }) => nodes[node].unit));
    if (shows.some(({ node }) => nodes[node].role === "parameter")) return largest(nodes);
    if (units.size > 1) return parts("The error has come back to layer {layer}: every unit knows its share.", { layer });
    const node = nodes[shows.at(-1).node] ?? nodes[focus];
    return parts("Along {name} the error has slope {gradient}.", { name: spoken(node.name), gradient: signed(node.adjoint, 6) });
  },
  weights(_, nodes, { shows, layer }) {
    if (new Set(shows.map(({ node }) => nodes[node].unit)).size > 1)
      return parts("All weights of layer {layer} have their gradients.", { layer });
    const weight = nodes[steepestOf(nodes, shows)];
    const sum = nodes.findIndex((node) => node.role === "sum" && node.layer === weight.layer && node.unit === weight.unit);
    const edges = nodes[sum].arguments;
    const below = nodes[edges[edges.findIndex((edge) => nodes[edge.node] === weight) + 1]?.node];
    if (!weight.name.startsWith("w") || !below)
      return parts("Along {name} the error has slope {gradient}.", { name: spoken(weight.name), gradient: signed(weight.adjoint, 6) });
    return parts("{name} gets {gradient}: what came back, {above}, times what went in, {below}.", {
      name: spoken(weight.name),
      gradient: signed(weight.adjoint, 6),
      above: signed(nodes[sum].adjoint, 4),
      below: brief(below.value, 4),
    });
  },
  update,
};

const ofFormula = {
  start: (_, nodes) =>
    parts("The formula is evaluated at {point}.", {
      point: list(nodes.filter((node) => node.role === "parameter").map((node) => `${node.name} = ${digits(node.value)}`)),
    }),
  forward(_, nodes, { shows }) {
    const node = nodes[shows.at(-1).node];
    if (node.role === "result") return ofFormula.loss(_, nodes);
    return parts("{name} is {value}.", { name: spoken(node.name), value: digits(node.value) });
  },
  loss: (_, nodes) => parts("Up at the top stands the result: {loss}.", { loss: digits(nodes.at(-1).value) }),
  backward(_, nodes, { shows }) {
    if (shows.some(({ node }) => nodes[node].role === "parameter")) return largest(nodes);
    const node = nodes[shows.at(-1).node];
    return parts("Along {name} the result has slope {gradient}.", { name: spoken(node.name), gradient: signed(node.adjoint, 6) });
  },
  weights(_, nodes, { shows }) {
    const index = shows.at(-1).node;
    const uses = nodes.reduce((sum, node) => sum + node.arguments.filter((edge) => edge.node === index).length, 0);
    const said = { name: nodes[index].name, gradient: signed(nodes[index].adjoint ?? NaN, 6), count: uses };
    return uses > 1
      ? parts("{name} gets {gradient}, the sum of what comes down on {count} ways.", said)
      : parts("{name} gets {gradient}.", said);
  },
  update: updateFormula,
};

function steepestOf(nodes, shows) {
  return shows.map(({ node }) => node).reduce((best, node) => {
    const [a, b] = [nodes[best], nodes[node]];
    const better = Math.abs(b.adjoint) > Math.abs(a.adjoint);
    return (a.name.startsWith("b") && b.name.startsWith("w")) || (better && b.name.startsWith("w") === a.name.startsWith("w"))
      ? node
      : best;
  });
}

function largest(nodes) {
  const node = nodes[steepestParameter(nodes)];
  const shrunk = node && layersShrink(nodes);
  if (Number.isFinite(shrunk) && shrunk >= 10)
    return parts("Every weight has its gradient: those of the first layer are {ratio} times smaller than those of the last.", {
      ratio: num(shrunk, 2),
    });
  return node
    ? parts("Every weight has its gradient; the largest is {gradient}, of {name}.", {
        gradient: signed(node.adjoint, 6),
        name: spoken(node.name),
      })
    : [{ text: t("Every gradient is known.") }];
}

function update({ trajectory, iteration, who, onData }) {
  const [before, after] = [cell(trajectory, "loss", iteration), cell(trajectory, "loss", iteration + 1)];
  const said = { rule: who, before: num(before, 4), after: error(after) };
  if (!Number.isFinite(after)) return noStep({ trajectory, iteration, who });
  if (onData && after < before)
    return parts("{rule} moves by the mean over {count} points: from {before} their error falls to {after}.", { ...said, count: onData });
  return after < before ? parts("{rule} moves every weight a little: from {before} the error falls to {after}.", said)
    : parts("{rule} moves every weight too far: from {before} the error rises to {after}.", said);
}

/** Why a rule makes no step from here. */
function noStep({ trajectory, iteration, who }) {
  const { state, code, values } = trajectory?.status ?? {};
  if (iteration < trajectory.count - 1 || state === "running" || state === "finished")
    return parts("{rule} would move from here, but this was the last step.", { rule: who });
  const said = { rule: who, smallest: num(values?.smallest ?? NaN, 3) };
  if (code === "indefinite_hessian")
    return parts(
      "{rule} makes no step: the curvature is negative in some direction ({smallest}), so it would climb to a saddle. The gradients are there all the same.",
      said,
    );
  if (code === "singular_hessian")
    return parts("{rule} makes no step: the curvature is singular here. The gradients are there all the same.", said);
  if (code === "not_quadratic")
    return parts("{rule} makes no step: it is worked out for quadratics. The gradients are there all the same.", said);
  return state === "diverged" ? parts("{rule} diverges with its next step.", said) : parts("{rule} makes no further step.", said);
}

function updateFormula({ trajectory, iteration, who }, nodes) {
  const [before, after] = [nodes.at(-1).value, cell(trajectory, "loss", iteration + 1)];
  const said = { rule: who, before: brief(before, 6), after: brief(after, 8) };
  if (!Number.isFinite(after)) return noStep({ trajectory, iteration, who });
  return after < before ? parts("{rule} takes a step: from {before} the result falls to {after}.", said)
    : parts("{rule} takes a step too long: from {before} the result rises to {after}.", said);
}
