"""A graph as a list of operations, for interpreters that may not compile anything, such as a browser's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.formula.graph import Graph


def operations(graph: Graph, roots: Sequence[int]) -> tuple[list[list[Any]], list[int]]:
    """Every operation that `roots` need, each using earlier ones by their places, and the places of `roots`.

    >>> graph = Graph()
    >>> x = graph.variable("x")
    >>> operations(graph, [graph.mul(x, x)])
    ([['variable', 'x'], ['mul', 0, 0]], [1])
    """
    order = graph.needed(roots)
    place = {index: position for position, index in enumerate(order)}
    listed = []
    for index in order:
        name, *rest = graph.nodes[index]
        leaf = name in ("number", "variable")
        listed.append([name, *(rest if leaf else [place[int(argument)] for argument in rest])])
    return listed, [place[root] for root in roots]
