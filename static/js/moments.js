/**
 * The moments of a pass: which numbers come to light one after the other, forwards, backwards, then the update. A pass is
 * what POST /backpropagations answers; a moment is {phase, layer, shows: [{node, way}], focus}, where way is "forward" (the
 * value) or "backward" (the adjoint) and focus the node it is about. It knows no document.
 */

export const GRAINS = ["node", "layer", "pass"];

/** The moments of a pass, "node" by node, by "layer", or each "pass" at once. The last one is the update. */
export function momentsOf(pass, grain = "node") {
  const single = pass.kind === "network" ? networkMoments(pass.nodes) : formulaMoments(pass.nodes);
  const moments =
    grain === "node"
      ? single
      : merged(single, grain === "layer" ? ({ phase, layer }) => `${phase}/${layer}` : ({ phase }) => WHOLE[phase]);
  const start = pass.nodes.flatMap((node, index) => (given(node) ? [show(index, "forward")] : []));
  return [
    { phase: "start", layer: 0, shows: start, focus: -1 },
    ...moments,
    { phase: "update", layer: 0, shows: [], focus: -1 },
  ];
}

const show = (node, way) => ({ node, way });
const given = ({ role }) => ["input", "target", "parameter", "number"].includes(role);

const WHOLE = { forward: "forward", loss: "forward", backward: "backward", weights: "backward" };
const FORWARD = ["forward", "loss"];

/** Moments with the same key as one; a number comes after those that it is made of, so layers stand in their order. */
function merged(moments, key) {
  const groups = new Map();
  for (const moment of moments) {
    const group = groups.get(key(moment));
    if (group) group.shows = [...group.shows, ...moment.shows];
    else groups.set(key(moment), { ...moment });
  }
  const rank = ({ phase, layer }) =>
    FORWARD.includes(phase) ? layer : 1e6 - 2 * layer + (phase === "weights" ? 1 : 0);
  return [...groups.values()].sort((a, b) => rank(a) - rank(b));
}

function networkMoments(nodes) {
  const depth = nodes.at(-1).layer - 1;
  const find = (test) => nodes.flatMap((node, index) => (test(node) ? [index] : []));
  const forward = [];
  const backward = [];
  for (let layer = 1; layer <= depth; layer += 1) {
    const sums = find((node) => node.role === "sum" && node.layer === layer);
    const outputs = find((node) => node.role === "output" && node.layer === layer);
    const together = nodes[outputs[0]].operation === "softmax";
    const moments = together
      ? [
          ...sums.map((z) => moment("forward", layer, [show(z, "forward")], z)),
          moment(
            "forward",
            layer,
            outputs.map((a) => show(a, "forward")),
            outputs[0],
          ),
        ]
      : sums.map((z, unit) =>
          moment("forward", layer, [show(z, "forward"), show(outputs[unit], "forward")], outputs[unit]),
        );
    forward.push(...moments);
    const back = sums.flatMap((z, unit) => {
      const weights = find((node) => node.role === "parameter" && node.layer === layer && node.unit === unit + 1);
      return [moment("backward", layer, [show(outputs[unit], "backward"), show(z, "backward")], outputs[unit]),
        moment("weights", layer, weights.map((w) => show(w, "backward")), weights[0])];
    });
    backward.unshift(
      ...(together
        ? [
            moment(
              "backward",
              layer,
              outputs.map((a) => show(a, "backward")),
              outputs[0],
            ),
            ...withoutOutputs(back, outputs),
          ]
        : back),
    );
  }
  const result = nodes.length - 1;
  return [...forward, moment("loss", depth + 1, [show(result, "forward")], result), ...backward];
}

/** The same moments without what was shown for all outputs at once. */
function withoutOutputs(moments, outputs) {
  return moments.map((each) => {
    const shows = each.shows.filter(({ node }) => !outputs.includes(node));
    return { ...each, shows, focus: outputs.includes(each.focus) ? shows[0].node : each.focus };
  });
}

function moment(phase, layer, shows, focus) {
  return { phase, layer, shows, focus };
}

function formulaMoments(nodes) {
  const computed = nodes.flatMap((node, index) => (given(node) ? [] : [index]));
  const result = nodes.length - 1;
  const varying = nodes
    .flatMap((node, index) => (node.backward.length ? [index] : []))
    .filter((index) => !given(nodes[index]));
  const level = levels(nodes);
  const forward = computed.map((index) =>
    moment(index === result ? "loss" : "forward", level[index], [show(index, "forward")], index),
  );
  const back = varying.reverse().map((index) => moment("backward", level[index], [show(index, "backward")], index));
  const variables = nodes.flatMap((node, index) =>
    node.role === "parameter" ? [moment("weights", 0, [show(index, "backward")], index)] : [],
  );
  return [...forward, ...back, ...variables];
}

/** How far each node of a formula is above its variables. */
export function levels(nodes) {
  const found = [];
  for (const [index, node] of nodes.entries())
    found[index] = node.arguments.length ? 1 + Math.max(...node.arguments.map((edge) => found[edge.node])) : 0;
  return found;
}

/** What is known after moment `at`: {forward: Set of nodes, backward: Set of nodes}. */
export function knownAt(moments, at) {
  const known = { forward: new Set(), backward: new Set() };
  for (const { shows } of moments.slice(0, at + 1)) for (const { node, way } of shows) known[way].add(node);
  return known;
}

/** How many digits two numbers share: from their relative difference, at most 15. */
export function digitsShared(a, b) {
  if (a === b) return 15;
  const off = Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));
  return Number.isFinite(off) ? Math.max(0, Math.min(15, Math.floor(-Math.log10(off)))) : 0;
}

/** The parameter with the largest gradient, as a node. */
export function steepestParameter(nodes) {
  let best = -1;
  for (const [index, node] of nodes.entries()) {
    if (node.role === "parameter" && !node.held && (best < 0 || Math.abs(node.adjoint) > Math.abs(nodes[best].adjoint)))
      best = index;
  }
  return best;
}

/** How many times smaller the first layer's weight gradients are than the last one's; 1 where there is one layer, or no network. */
export function layersShrink(nodes) {
  const weights = nodes.filter(({ role, layer, name }) => role === "parameter" && layer > 0 && name.startsWith("w"));
  const last = Math.max(0, ...weights.map(({ layer }) => layer));
  if (last < 2) return 1;
  const size = (depth) => Math.hypot(...weights.filter(({ layer }) => layer === depth).map(({ adjoint }) => adjoint));
  return size(last) / size(1);
}
