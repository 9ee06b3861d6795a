"""A network's pass at one point: sums and outputs layer by layer, then the gradients back, each weight's among them.

Units are numbered through the layers from the first hidden one, so that w_41 leads to unit 4 from unit 1; x is what
comes in, o what a hidden unit puts out, a what the network does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.backpropagation.writing import Edge, Line, Node, Writer, times
from core.formula import notation
from core.formula.graph import Graph
from core.problems.layers import LayerTrace, Trace
from core.problems.model import DataModel

Floats = NDArray[np.float64]


def total(graph: Graph, terms: Sequence[int]) -> int:
    """The sum of some nodes, as it stands.

    >>> graph = Graph()
    >>> graph.nodes[total(graph, [graph.variable("x"), graph.variable("y")])]
    ('add', 0, 1)
    """
    whole = terms[0]
    for term in terms[1:]:
        whole = graph.node("add", whole, term)
    return whole


@dataclass
class Build:
    """The nodes of a network's pass as they are made, found again by name.

    >>> from core.formula.notation import symbol
    >>> build = Build(Writer("C"), [], {})
    >>> build.add(Node("x_1", "input", symbol("x"), 0.5, 0.0))
    >>> build.edge("x_1", 2.0)
    Edge(node=0, local=2.0)
    """

    writer: Writer
    nodes: list[Node]
    places: dict[str, int]

    def add(self, node: Node) -> None:
        self.places[node.name] = len(self.nodes)
        self.nodes.append(node)

    def edge(self, name: str, local: float) -> Edge:
        return Edge(self.places[name], local)


@dataclass(frozen=True)
class Shape:
    """The names of a network's numbers: units numbered through the layers, inputs x, hidden outputs o, outputs a.

    >>> shape = Shape((2, 3, 3))
    >>> shape.sum(2, 1), shape.weight(2, 1, 3), shape.activation(1, 2)
    ('z_4', 'w_43', 'o_2')
    """

    sizes: tuple[int, ...]

    def number(self, layer: int, unit: int) -> int:
        """A unit's number; `layer` 0 are the inputs, numbered by themselves."""
        return unit + sum(self.sizes[1:layer])

    def activation(self, layer: int, unit: int) -> str:
        letter = "x" if layer == 0 else "a" if layer == len(self.sizes) - 1 else "o"
        return f"{letter}_{self.number(layer, unit)}"

    def sum(self, layer: int, unit: int) -> str:
        return f"z_{self.number(layer, unit)}"

    def weight(self, layer: int, to: int, source: int) -> str:
        first, second = self.number(layer, to), self.number(layer - 1, source)
        return f"w_{first}{second}" if max(first, second) < 10 else f"w_{first}_{second}"

    def bias(self, layer: int, to: int) -> str:
        return f"b_{self.number(layer, to)}"

    def target(self, unit: int) -> str:
        return f"y_{self.number(len(self.sizes) - 1, unit)}"


def network_nodes(model: DataModel, point: Trace, theta: Floats, row: int) -> tuple[Node, ...]:
    """Every number of a model's pass at one point, in the order of the forward pass.

    >>> from core.problems.linear import linear
    >>> line, theta = linear({"points": [[2.0]], "labels": [1.0]}), np.array([3.0, 0.0])
    >>> [(node.name, node.value) for node in network_nodes(line, line.trace(theta, 0), theta, 0)][:2]
    [('x_1', 2.0), ('w_11', 3.0)]
    """
    layers, shape = model.layers, Shape(model.layers.sizes)
    build = Build(Writer("C"), [], {})
    _know(build.writer, shape, point)
    differences = model.finite_differences(theta, row) - model.weight_decay * theta
    parameters = iter(zip(model.parameters, differences.tolist(), strict=True))
    held = set(model.fixed.tolist())
    for unit, value in enumerate(point.inputs.tolist(), 1):
        name = shape.activation(0, unit)
        into = point.layers[0].weights[:, unit - 1] @ point.layers[0].dz
        build.add(Node(name, "input", build.writer.symbols[name], value, float(into), unit=unit))
    count = 0
    for depth, layer in enumerate(point.layers, 1):
        for node in _parameters(build.writer, shape, depth, layer, layers.bias):
            _, difference = next(parameters)
            fixed = count in held
            build.add(_measured(node, None if fixed else difference, fixed))
            count += 1
        kind = layers.output if depth == layers.depth else layers.activation
        _units(build, shape, depth, layer, kind, point, layers.loss)
    for unit, value in enumerate(point.targets.tolist(), 1):
        name = shape.target(unit)
        build.add(Node(name, "target", build.writer.symbols[name], value, math.nan, layer=layers.depth, unit=unit))
    _result(build, shape, point, layers.loss, layers.output)
    return tuple(build.nodes)


def _measured(node: Node, difference: float | None, held: bool) -> Node:
    return replace(node, difference=difference, held=held)


def _know(writer: Writer, shape: Shape, point: Trace) -> None:
    """All values and adjoints, so that lines can be written in any order."""

    def know(name: str, value: float, adjoint: float | None = None) -> None:
        writer.know(name, notation.symbol(name), value + 0.0)
        if adjoint is not None:
            writer.adjoint(name, adjoint + 0.0)  # no minus zero

    for unit, value in enumerate(point.inputs.tolist(), 1):
        know(shape.activation(0, unit), value)
    for unit, value in enumerate(point.targets.tolist(), 1):
        know(shape.target(unit), value)
    for depth, layer in enumerate(point.layers, 1):
        for to in range(1, len(layer.z) + 1):
            know(shape.sum(depth, to), float(layer.z[to - 1]), float(layer.dz[to - 1]))
            know(shape.activation(depth, to), float(layer.a[to - 1]), float(layer.da[to - 1]))
            know(shape.bias(depth, to), float(layer.biases[to - 1]), float(layer.bias_gradients[to - 1]))
            for source in range(1, len(layer.inputs) + 1):
                cell = to - 1, source - 1
                know(shape.weight(depth, to, source), float(layer.weights[cell]), float(layer.weight_gradients[cell]))
    writer.know("C", notation.symbol("C"), point.loss)


def _parameters(writer: Writer, shape: Shape, depth: int, layer: LayerTrace, bias: bool) -> list[Node]:
    """Weights row by row, then biases: dC/dw = dC/dz times what came in, dC/db = dC/dz."""
    made = []
    for to in range(1, len(layer.z) + 1):
        for source in range(1, len(layer.inputs) + 1):
            graph = Graph()
            above, below = (
                graph.variable(f"d {shape.sum(depth, to)}"),
                graph.variable(shape.activation(depth - 1, source)),
            )
            made.append(
                _parameter(writer, shape.weight(depth, to, source), graph, graph.node("mul", above, below), depth, to)
            )
    for to in range(1, len(layer.z) + 1) if bias else ():
        graph = Graph()
        made.append(
            _parameter(writer, shape.bias(depth, to), graph, graph.variable(f"d {shape.sum(depth, to)}"), depth, to)
        )
    return made


def _parameter(writer: Writer, name: str, graph: Graph, root: int, layer: int, unit: int) -> Node:
    line = writer.line(f"d {name}", graph, root)
    return Node(name, "parameter", writer.symbols[name], writer.values[name], line.value, (), (), (line,), layer, unit)


def _units(build: Build, shape: Shape, depth: int, layer: LayerTrace, kind: str, point: Trace, loss: str) -> None:
    """z of every unit of a layer, then what comes of it."""
    writer, units = build.writer, range(1, len(layer.z) + 1)

    def z(to: int) -> tuple[str, list[Edge], Line, tuple[Line, ...], str]:
        graph, name = Graph(), shape.sum(depth, to)
        terms, edges = [], []
        for source in range(1, len(layer.inputs) + 1):
            weight, below = shape.weight(depth, to, source), shape.activation(depth - 1, source)
            terms.append(graph.node("mul", graph.variable(weight), graph.variable(below)))
            edges += [build.edge(weight, writer.values[below]), build.edge(below, writer.values[weight])]
        if (bias := shape.bias(depth, to)) in build.places:
            terms.append(graph.variable(bias))
            edges.append(build.edge(bias, 1.0))
        forward = writer.line(name, graph, total(graph, terms))
        return name, edges, forward, _sum_backward(writer, shape, depth, to, layer, kind, point, loss), ""

    def a(to: int) -> tuple[str, list[Edge], Line, tuple[Line, ...], str]:
        local = layer.slope[to - 1] if kind == "softmax" else layer.slope
        sources = units if kind == "softmax" else (to,)
        edges = [build.edge(shape.sum(depth, source), float(local[source - 1])) for source in sources]
        forward = _activation(writer, shape, depth, to, len(layer.z), kind)
        last = depth == len(point.layers)
        backward = (
            _output_backward(writer, shape, to, loss, kind)
            if last
            else _hidden_backward(writer, shape, depth, to, point)
        )
        return shape.activation(depth, to), edges, forward, backward, kind

    for role, made in (("sum", z), ("output", a)):
        for to in units:
            name, edges, forward, backward, operation = made(to)
            symbol, value, adjoint = writer.symbols[name], forward.value, writer.values[f"d {name}"]
            lines = (forward,), backward
            build.add(Node(name, role, symbol, value, adjoint, tuple(edges), *lines, depth, to, operation))


def _activation(writer: Writer, shape: Shape, depth: int, to: int, width: int, kind: str) -> Line:
    graph = Graph()
    z = graph.variable(shape.sum(depth, to))
    if kind == "softmax":
        others = [graph.node("exp", graph.variable(shape.sum(depth, k))) for k in range(1, width + 1)]
        root = graph.node("div", graph.node("exp", z), total(graph, others))
    elif kind == "linear":
        root = z
    else:
        root = graph.node(kind, z)
    return writer.line(shape.activation(depth, to), graph, root)


def _slope(graph: Graph, kind: str, a: int) -> int | None:
    """The derivative of an activation by its z, from its value a; None for 1."""
    one = graph.number(1)
    if kind == "sigmoid":
        return graph.node("mul", a, graph.node("sub", one, a))
    if kind == "tanh":
        return graph.node("sub", one, graph.node("pow", a, graph.number(2)))
    return graph.node("less", graph.number(0), a) if kind == "relu" else None


def _sum_backward(
    writer: Writer, shape: Shape, depth: int, to: int, layer: LayerTrace, kind: str, point: Trace, loss: str
) -> tuple[Line, ...]:
    """dC/dz: dC/da times da/dz; for a softmax the sum over all a that z changes. Natural pairs collapse to a - y."""
    last = depth == len(point.layers)
    graph = Graph()
    name = f"d {shape.sum(depth, to)}"
    a = graph.variable(shape.activation(depth, to))
    if kind == "softmax":
        root = _through_softmax(graph, shape, depth, to, point, loss)
    else:
        above, slope = graph.variable(f"d {shape.activation(depth, to)}"), _slope(graph, kind, a)
        root = above if slope is None else times(graph, above, slope)
    lines = [writer.line(name, graph, root)]
    if last and (loss == "ce" or kind == "linear"):
        natural = Graph()
        difference = natural.node(
            "sub", natural.variable(shape.activation(depth, to)), natural.variable(shape.target(to))
        )
        lines.append(writer.line(name, natural, difference))
    return tuple(lines)


def _through_softmax(graph: Graph, shape: Shape, depth: int, to: int, point: Trace, loss: str) -> int:
    """Each output's dC/da times da/dz: a_j (1 - a_j), or -a_j a_k. Cross-entropy counts only targets that are not 0."""
    own = graph.variable(shape.activation(depth, to))
    terms = []
    for other in range(1, shape.sizes[-1] + 1):
        if loss == "ce" and point.targets[other - 1] == 0:
            continue
        a = graph.variable(shape.activation(depth, other))
        one = graph.number(1)
        local = graph.node("mul", a, graph.node("sub", one, a)) if other == to else graph.neg(graph.node("mul", a, own))
        above = graph.variable(f"d {shape.activation(depth, other)}")
        terms.append(times(graph, above, local))
    return total(graph, terms) if terms else graph.number(0)


def _output_backward(writer: Writer, shape: Shape, to: int, loss: str, kind: str) -> tuple[Line, ...]:
    graph, depth = Graph(), len(shape.sizes) - 1
    a, y = graph.variable(shape.activation(depth, to)), graph.variable(shape.target(to))
    difference = graph.node("sub", a, y)
    if loss == "mse":
        root = difference
    elif kind == "softmax":
        root = graph.node("neg", graph.node("div", y, a))
    else:
        root = graph.node("div", difference, graph.node("mul", a, graph.node("sub", graph.number(1), a)))
    return (writer.line(f"d {shape.activation(depth, to)}", graph, root),)


def _hidden_backward(writer: Writer, shape: Shape, depth: int, unit: int, point: Trace) -> tuple[Line, ...]:
    """dC/do: from every unit above, its dC/dz times the weight between."""
    graph = Graph()
    terms = [
        graph.node(
            "mul", graph.variable(f"d {shape.sum(depth + 1, to)}"), graph.variable(shape.weight(depth + 1, to, unit))
        )
        for to in range(1, len(point.layers[depth].z) + 1)
    ]
    return (writer.line(f"d {shape.activation(depth, unit)}", graph, total(graph, terms)),)


def _result(build: Build, shape: Shape, point: Trace, loss: str, kind: str) -> None:
    """C: half the summed squares, or the cross-entropy."""
    graph, depth = Graph(), len(shape.sizes) - 1
    one, terms = graph.number(1), []
    for unit in range(1, shape.sizes[-1] + 1):
        a, y = graph.variable(shape.activation(depth, unit)), graph.variable(shape.target(unit))
        if loss == "mse":
            square = graph.node("pow", graph.node("sub", a, y), graph.number(2))
            terms.append(graph.node("mul", graph.node("div", one, graph.number(2)), square))
        elif kind == "softmax":
            if point.targets[unit - 1] != 0:
                whole = point.targets[unit - 1] == 1
                logarithm = graph.node("log", a)
                terms.append(graph.node("neg", logarithm if whole else graph.node("mul", y, logarithm)))
        else:
            no = graph.node("mul", graph.node("sub", one, y), graph.node("log", graph.node("sub", one, a)))
            terms.append(graph.node("neg", graph.node("add", graph.node("mul", y, graph.node("log", a)), no)))
    line = build.writer.line("C", graph, total(graph, terms) if terms else graph.number(0))
    edges = tuple(
        build.edge(shape.activation(depth, unit), float(point.layers[-1].da[unit - 1]))
        for unit in range(1, shape.sizes[-1] + 1)
    )
    build.add(Node("C", "result", build.writer.symbols["C"], point.loss, 1.0, edges, (line,), (), depth + 1, 1))
