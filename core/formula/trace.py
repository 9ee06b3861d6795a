"""Node by node evaluation that keeps every intermediate, and says what went wrong where something did."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from core.formula.graph import Graph
from core.formula.operations import apply


@dataclass(frozen=True, slots=True)
class Trouble:
    """The first operation without a finite result: on which arguments, and whether it is its domain.

    `domain`: finite arguments outside the operation's domain; `rule`: the same in an update rule, not in the function
    that it descends; `overflow`: everything else.

    >>> Trouble("domain", "div", (1.0, 0.0)).kind
    'domain'
    """

    kind: Literal["domain", "rule", "overflow"]
    operation: str
    arguments: tuple[float, ...]


# Where an operation is defined; what is not listed is defined everywhere.
_DOMAIN: Mapping[str, Callable[..., bool]] = {
    "div": lambda a, b: b != 0,
    "log": lambda a: a > 0,
    "log1p": lambda a: a > -1,
    "sqrt": lambda a: a >= 0,
    "asin": lambda a: -1 <= a <= 1,
    "acos": lambda a: -1 <= a <= 1,
    "pow": lambda a, b: a > 0 or (a == 0 and b >= 0) or (a < 0 and float(b).is_integer()),
}


def trace(graph: Graph, roots: Sequence[int], inputs: Mapping[int, float]) -> tuple[dict[int, float], Trouble | None]:
    """The value of every node that `roots` need, up to the first trouble.

    >>> graph = Graph()
    >>> x = graph.variable("x")
    >>> root = graph.apply("log", x)
    >>> trace(graph, [root], {x: 1.0})
    ({0: 1.0, 1: 0.0}, None)
    >>> trace(graph, [root], {x: -1.0})[1]
    Trouble(kind='domain', operation='log', arguments=(-1.0,))
    """
    values: dict[int, float] = {}
    for index in graph.needed(roots):
        node = graph.nodes[index]
        if node[0] == "number":
            values[index] = float(node[1])
        elif node[0] == "variable":
            values[index] = inputs[index]
        else:
            arguments = tuple(values[a] for a in graph.arguments(index))
            result = _applied(node[0], arguments)
            if result is None:
                return values, _trouble(node[0], arguments)
            values[index] = result
        if not math.isfinite(values[index]):
            return values, Trouble("overflow", str(node[0]), ())
    return values, None


def _applied(operation: str, arguments: tuple[float, ...]) -> float | None:
    try:
        result = apply(operation, *arguments)
    except (ArithmeticError, ValueError):
        return None
    return result if math.isfinite(result) else None


def _trouble(operation: str, arguments: tuple[float, ...]) -> Trouble:
    finite = all(map(math.isfinite, arguments))
    outside = operation in _DOMAIN and not _DOMAIN[operation](*arguments)
    return Trouble("domain" if finite and outside else "overflow", operation, arguments)
