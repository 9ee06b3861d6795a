import { digitsShared, knownAt, layersShrink, levels, momentsOf, steepestParameter } from "../../static/js/moments.js";
import { formulaPlaces, networkPlaces, operationSign } from "../../static/js/passgraph.js";
import { equal, holds, test } from "./check.js";

const node = (name, role, more = {}) => ({ name, role, layer: 0, unit: 0, operation: "", value: 1, adjoint: 0.5, arguments: [], forward: [1], backward: [1], held: false, ...more });
const to = (...nodes) => nodes.map((each) => ({ node: each, local: 2 }));

/** 1-1-1: x, w_11, z_1, o_1, w_21, z_2, a_2, y_2, C. */
const network = {
  kind: "network",
  nodes: [
    node("x_1", "input", { unit: 1 }), node("w_11", "parameter", { layer: 1, unit: 1, adjoint: -3 }), node("z_1", "sum", { layer: 1, unit: 1, arguments: to(1, 0) }),
    node("o_1", "output", { layer: 1, unit: 1, arguments: to(2) }), node("w_21", "parameter", { layer: 2, unit: 1 }), node("z_2", "sum", { layer: 2, unit: 1, arguments: to(4, 3) }),
    node("a_2", "output", { layer: 2, unit: 1, arguments: to(5) }), node("y_2", "target", { layer: 2, unit: 1 }), node("C", "result", { layer: 3, unit: 1, arguments: to(6), backward: [] }),
  ],
};

/** f = (x - 2)² + x. */
const formula = {
  kind: "formula",
  nodes: [node("x", "parameter", { operation: "variable" }), node("two", "number", { value: 2, operation: "number", backward: [] }), node("v_1", "operation", { operation: "sub", arguments: to(0, 1) }),
    node("v_2", "operation", { operation: "pow", arguments: to(2, 1) }), node("f", "result", { operation: "add", arguments: to(3, 0) })],
};

test("a network goes forward unit by unit, then back, each unit before its weights", () => {
  const said = momentsOf(network).map(({ phase, shows }) => `${phase} ${shows.map((show) => network.nodes[show.node].name).join("+")}`);
  equal(said.slice(1, -1), ["forward z_1+o_1", "forward z_2+a_2", "loss C", "backward a_2+z_2", "weights w_21", "backward o_1+z_1", "weights w_11"]);
  equal([said[0], said.at(-1)], ["start x_1+w_11+w_21+y_2", "update "]);
});

test("at once there is one moment forward and one back", () => {
  equal(momentsOf(network, "pass").map(({ phase }) => phase), ["start", "forward", "backward", "update"]);
});

test("in every grain no adjoint comes before those that it is made of", () => {
  for (const pass of [network, formula]) for (const grain of ["node", "layer", "pass"]) {
    const moments = momentsOf(pass, grain);
    const when = new Map(moments.flatMap(({ shows }, at) => shows.filter(({ way }) => way === "backward").map(({ node: index }) => [index, at])));
    for (const [index, each] of pass.nodes.entries()) for (const edge of each.arguments) {
      if (when.has(index) && when.has(edge.node)) holds(when.get(index) <= when.get(edge.node), `${each.name} in ${grain}`);
    }
  }
});

test("what is known grows, and at the end all is", () => {
  const moments = momentsOf(network);
  equal([...knownAt(moments, 0).forward].sort(), [0, 1, 4, 7]);
  equal(knownAt(moments, 0).backward.size, 0);
  equal(knownAt(moments, moments.length - 1).forward.size, 9);
});

test("digits that two numbers share", () => {
  equal([digitsShared(1, 1), digitsShared(0.1, 0.1001), digitsShared(1, -1), digitsShared(NaN, 1)], [15, 3, 0, 0]);
});

test("levels, the largest gradient, signs with their constants", () => {
  equal(levels(formula.nodes), [0, 0, 1, 2, 3]);
  equal(steepestParameter(network.nodes), 1);
  equal([2, 3, 4].map((index) => operationSign(formula.nodes, index, String)), [{ text: "− 2", power: "" }, { text: "( )", power: "2" }, { text: "+", power: "" }]);
});

test("nodes stand inside the box, and an edge that passes a row has a stop there", () => {
  for (const [places, pass] of [[networkPlaces, network], [formulaPlaces, formula]]) {
    const { nodes, edges } = places(pass, { width: 600, height: 400 });
    holds(nodes.every(({ x, y, r }) => x - r >= 0 && x + r <= 600 && y - r >= 0 && y + r <= 400));
    equal(edges.every(({ from, to: target }) => from && target), true);
  }
  equal(formulaPlaces(formula, { width: 600, height: 400 }).edges.map(({ via }) => via.length), [0, 0, 0, 2]);
});

test("how far gradients shrink from the last layer to the first", () => {
  const weight = (layer, adjoint, name = "w") => ({ role: "parameter", layer, name: `${name}_11`, adjoint });
  equal(layersShrink([weight(1, 0.03), weight(1, 0.04), weight(2, 5, "b"), weight(2, 5)]), 100);
  equal(layersShrink([weight(1, 3)]), 1);
  equal(layersShrink([{ role: "parameter", layer: 0, name: "x", adjoint: 1 }]), 1);
});
