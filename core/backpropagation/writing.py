"""The numbers of a pass, and the lines that say how each is made: with symbols, and with numbers in their places."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.formula import notation
from core.formula.graph import Graph
from core.formula.notation import Layout

DIGITS = 6  # of a number inside a written-out product


@dataclass(frozen=True, slots=True)
class Line:
    """`symbol` = `formula` = `numbers` = `value`.

    >>> line = Line(notation.symbol("z"), notation.symbol("x"), notation.number(2), 2.0)
    >>> notation.latex(line.symbol), line.value
    ('z', 2.0)
    """

    symbol: Layout
    formula: Layout
    numbers: Layout
    value: float


@dataclass(frozen=True, slots=True)
class Edge:
    """An argument of a node, by index, and the derivative of the node by it.

    >>> Edge(node=0, local=0.5).local
    0.5
    """

    node: int
    local: float


@dataclass(frozen=True, slots=True)
class Node:
    """One number of the pass, how it is computed (`forward`) and how its adjoint is (`backward`).

    `layer` and `unit` place it in a network (inputs are layer 0, units count within their layer from 1); `operation`
    says what a node does. `difference` is the central difference of the result, for parameters.

    >>> Node("x", "input", notation.symbol("x"), value=2.0, adjoint=-1.0).arguments
    ()
    """

    name: str
    role: str  # input, target, parameter, sum, output, number, operation, result
    symbol: Layout
    value: float
    adjoint: float
    arguments: tuple[Edge, ...] = ()
    forward: tuple[Line, ...] = ()
    backward: tuple[Line, ...] = ()
    layer: int = 0
    unit: int = 0
    operation: str = ""
    difference: float | None = None
    held: bool = False


class Writer:
    """Lines from small graphs whose variables are the numbers of the pass: once as symbols, once as numbers.

    >>> writer, graph = Writer("C"), Graph()
    >>> writer.know("x", notation.symbol("x"), 3.0)
    >>> writer.know("z", notation.symbol("z"), 9.0)
    >>> line = writer.line("z", graph, graph.mul(graph.variable("x"), graph.variable("x")))
    >>> notation.latex(line.formula), notation.latex(line.numbers)
    ('x \\\\, x', '3 \\\\times 3')
    """

    def __init__(self, result: str) -> None:
        self.result = result
        self.symbols: dict[str, Layout] = {}
        self.values: dict[str, float] = {}

    def know(self, name: str, symbol: Layout, value: float) -> None:
        """A number of the pass."""
        self.symbols[name], self.values[name] = symbol, value

    def adjoint(self, name: str, value: float) -> None:
        """The adjoint of a number of the pass, as variable `d <name>`."""
        self.know(f"d {name}", partial(notation.symbol(self.result), self.symbols[name]), value)

    def line(self, name: str, graph: Graph, root: int) -> Line:
        """The line that makes `name`."""
        return Line(
            self.symbols[name],
            notation.layout(graph, root, lambda known: self.symbols[known]),
            spelled(notation.layout(graph, root, lambda known: shown(self.values[known]))),
            self.values[name],
        )


def shown(value: float) -> Layout:
    """A number inside a product; what is not finite as a symbol.

    >>> notation.latex(shown(0.12345678)), notation.latex(shown(float("inf")))
    ('0.123457', '\\\\infty')
    """
    if value < 0:  # binds as loosely as a sum: in brackets inside any product
        return Layout("row", (Layout("operator", ("−",)), shown(-value)), notation.SUM)
    if math.isfinite(value):
        return notation.shown(value, DIGITS)
    return Layout("word", ("NaN",)) if math.isnan(value) else Layout("letter", ("∞", r"\infty"))


def spelled(piece: Layout) -> Layout:
    """Numbers side by side need their sign of multiplication.

    >>> notation.latex(spelled(Layout("operator", ("invisible",))))
    '\\\\times'
    """
    if piece == Layout("operator", ("invisible",)):
        return Layout("operator", ("×",))
    parts = tuple(spelled(part) if isinstance(part, Layout) else part for part in piece.parts)
    return Layout(piece.kind, parts, piece.level)


def partial(result: Layout, by: Layout) -> Layout:
    """∂result/∂by.

    >>> notation.latex(partial(notation.symbol("C"), notation.symbol("w")))
    '\\\\frac{\\\\partial C}{\\\\partial w}'
    """
    round_d = Layout("letter", ("∂", r"\partial"))
    return Layout("fraction", (Layout("row", (round_d, result)), Layout("row", (round_d, by))), notation.POWER)


def times(graph: Graph, above: int, local: int) -> int:
    """above * local, a product of factors side by side.

    >>> graph = Graph()
    >>> a, b, c = (graph.variable(name) for name in "abc")
    >>> times(graph, a, graph.mul(b, c)) == graph.mul(graph.mul(a, b), c)
    True
    """
    node = graph.nodes[local]
    if node[0] == "mul":
        first, second = graph.arguments(local)
        return graph.mul(times(graph, above, first), second)
    return graph.mul(above, local)
