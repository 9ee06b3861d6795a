"""A formula's pass: the values of its graph from the variables up, and the adjoints from the result down."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from core.backpropagation.writing import Edge, Line, Node, Writer, times
from core.errors import FieldError
from core.formula import Formula, notation
from core.formula.graph import Graph, local_derivatives
from core.formula.trace import trace as evaluated

CONSTANT = ("number", "variable")


def formula_nodes(formula: Formula, at: tuple[float, ...]) -> tuple[Node, ...]:
    """Every number of a formula's pass, as typed, in the order of the forward pass.

    >>> from core.formula import parse
    >>> [(node.name, node.value, node.adjoint) for node in formula_nodes(parse("2x + 1"), (3.0,))][0]
    ('x', 3.0, 2.0)
    """
    graph, root = formula.typed, formula.typed_root
    inputs = {graph.variable(name): value for name, value in zip(formula.variables, at, strict=True)}
    values, trouble = evaluated(graph, [root], inputs)
    if trouble:
        message = "the function has no finite value here: choose another point."
        raise FieldError("at", message, code="left_domain", operation=trouble.operation)
    variables = [graph.variable(name) for name in formula.variables]
    order = [*variables, *(index for index in graph.needed([root]) if index not in variables)]
    names = _formula_names(graph, order, root)
    writer = Writer("f")
    for index in order:
        writer.know(names[index], notation.symbol(names[index]), values.get(index, inputs.get(index, 0.0)))
    varying = graph.depending(variables, order)
    locals_ = {index: _locals(graph, index, values, varying) for index in order}
    adjoints = dict.fromkeys(order, 0.0)
    adjoints[root] = 1.0
    for index in sorted(order, reverse=True):
        for argument, local in locals_[index]:
            adjoints[argument] += adjoints[index] * local
    for index in order:
        writer.adjoint(names[index], adjoints[index])
    place = {index: position for position, index in enumerate(order)}
    differences = _differences(formula, at)
    return tuple(
        Node(
            name=names[index],
            role=_formula_role(graph, index, root),
            symbol=writer.symbols[names[index]],
            value=writer.values[names[index]],
            adjoint=adjoints[index],
            arguments=tuple(Edge(place[argument], local) for argument, local in _edges(graph, index, locals_)),
            forward=_formula_forward(graph, index, names, writer),
            backward=_formula_backward(graph, index, root, order, names, writer, varying),
            operation=str(graph.nodes[index][0]),
            difference=differences.get(names[index]),
        )
        for index in order
    )


def _formula_names(graph: Graph, order: Sequence[int], root: int) -> dict[int, str]:
    names: dict[int, str] = {}
    count = 0
    for index in order:
        kind = graph.nodes[index][0]
        if kind == "variable":
            names[index] = str(graph.nodes[index][1])
        elif kind == "number":
            names[index] = f"number {index}"
        elif index == root:
            names[index] = "f"
        else:
            count += 1
            names[index] = f"v_{count}"
    return names


def _formula_role(graph: Graph, index: int, root: int) -> str:
    kind = graph.nodes[index][0]
    if kind == "variable":
        return "parameter"
    return "number" if kind == "number" else "result" if index == root else "operation"


def _locals(graph: Graph, index: int, values: Mapping[int, float], varying: set[int]) -> list[tuple[int, float]]:
    """Each varying argument of a node, and the derivative of the node by it."""
    if graph.nodes[index][0] in CONSTANT:
        return []
    small = Graph()
    made = {
        argument: small.node(*graph.nodes[argument])
        if graph.nodes[argument][0] == "number"
        else small.variable(f"{argument}")
        for argument in graph.arguments(index)
    }
    node = small.node(graph.nodes[index][0], *(made[argument] for argument in graph.arguments(index)))
    found = []
    for place, (_, local) in enumerate(local_derivatives(small, node)):
        argument = graph.arguments(index)[place]
        if argument not in varying:
            continue
        inputs = {made[a]: values[a] for a in graph.arguments(index) if graph.nodes[a][0] != "number"}
        wanted = small.div(small.number(1), local[1]) if isinstance(local, tuple) else local
        known, trouble = evaluated(small, [wanted], inputs)
        found.append((argument, math.nan if trouble else known[wanted]))
    return found


def _edges(graph: Graph, index: int, locals_: Mapping[int, list[tuple[int, float]]]) -> list[tuple[int, float]]:
    """The arguments of a node in their order, constants with a derivative of 0."""
    known = list(locals_[index])
    edges = []
    for argument in graph.arguments(index):
        entry = next((pair for pair in known if pair[0] == argument), None)
        if entry:
            known.remove(entry)
        edges.append(entry or (argument, 0.0))
    return edges


def _argument(small: Graph, graph: Graph, argument: int, names: Mapping[int, str]) -> int:
    node = graph.nodes[argument]
    return small.node(*node) if node[0] == "number" else small.variable(names[argument])


def _formula_forward(graph: Graph, index: int, names: Mapping[int, str], writer: Writer) -> tuple[Line, ...]:
    if graph.nodes[index][0] in CONSTANT:
        return ()
    small = Graph()
    arguments = [_argument(small, graph, argument, names) for argument in graph.arguments(index)]
    return (writer.line(names[index], small, small.node(graph.nodes[index][0], *arguments)),)


def _formula_backward(
    graph: Graph,
    index: int,
    root: int,
    order: Sequence[int],
    names: Mapping[int, str],
    writer: Writer,
    varying: set[int],
) -> tuple[Line, ...]:
    """df/dv: from each use of v, the adjoint of the use times the derivative of the use by v."""
    if index not in varying:
        return ()
    small = Graph()
    if index == root:
        return (writer.line(f"d {names[index]}", small, small.number(1)),)
    terms = []
    for use in order:
        if index not in graph.arguments(use):
            continue
        arguments = [_argument(small, graph, argument, names) for argument in graph.arguments(use)]
        node = small.node(graph.nodes[use][0], *arguments)
        above = small.variable(f"d {names[use]}")
        for place, (_, local) in enumerate(local_derivatives(small, node)):
            if graph.arguments(use)[place] == index:
                terms.append(small.div(above, local[1]) if isinstance(local, tuple) else times(small, above, local))
    if not terms:
        return ()
    whole = terms[0]
    for term in terms[1:]:
        whole = small.add(whole, term)
    return (writer.line(f"d {names[index]}", small, whole),)


def _differences(formula: Formula, at: tuple[float, ...]) -> dict[str, float | None]:
    """(f(x + h) - f(x - h))/(2h) for each variable; None where f has no value beside the point."""
    found: dict[str, float | None] = {}
    for place, name in enumerate(formula.variables):
        by = 6e-6 * max(1.0, abs(at[place]))
        try:
            above, below = (
                float(formula.value(*(v + sign * by if i == place else v for i, v in enumerate(at))))
                for sign in (1, -1)
            )
            found[name] = (above - below) / (2 * by)
        except (ArithmeticError, ValueError):
            found[name] = None
    return found
