"""Graphs to straight-line Python.

The same lines run on floats and on NumPy columns; only the names of the functions differ. What is used
once is written where it is used, what is used more often gets a name. Only identifiers made here and
`repr` of floats are ever compiled, never a name or a text that somebody typed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import CodeType
from typing import Any

from core.formula.graph import Graph
from core.formula.operations import ADD, CALL, NAMESPACE, NEGATE, OPERATIONS

DEEPEST = 12  # Python's own parser has a limit; deeper expressions get a name on the way


def literal(value: float) -> str:
    """A float as Python text.

    >>> literal(2.0), literal(-0.5)
    ('2.0', '(-0.5)')
    """
    if not math.isfinite(value):
        raise ValueError("only finite numbers are ever emitted")
    return repr(value) if math.copysign(1.0, value) > 0 else f"({value!r})"


class Lines:
    """Straight-line code for the nodes of one graph, in blocks that share their names.

    `names` are the identifiers of the variables; `columns` says which nodes hold columns (all others are
    floats).

    >>> graph = Graph()
    >>> x = graph.variable("x")
    >>> Lines(graph, {x: "x"}).block([graph.add(graph.mul(x, x), graph.number(1))])
    ['a1 = x*x + 1.0']
    """

    def __init__(self, graph: Graph, names: Mapping[int, str], columns: Collection[int] = ()) -> None:
        self.graph = graph
        self.names = dict(names)
        self.columns = columns
        self._fresh = 0

    def block(self, outputs: Iterable[int]) -> list[str]:
        """Assignments that compute the nodes `outputs`; `of` says afterwards where each is found."""
        wanted = list(outputs)
        needed = [index for index in self.graph.needed(wanted, self.names) if self._to_compute(index)]
        uses = Counter(argument for index in needed for argument in self.graph.arguments(index))
        written: dict[int, tuple[str, int, int]] = {}  # node: its expression, precedence, depth
        lines = []
        for index in needed:
            text, level, depth = self._expression(index, written)
            if index in wanted or uses[index] > 1 or depth > DEEPEST:
                self._fresh += 1
                self.names[index] = f"a{self._fresh}"
                lines.append(f"{self.names[index]} = {text}")
            else:
                written[index] = (text, level, depth)
        return lines

    def of(self, index: int) -> str:
        """The name or the literal of a node that has one."""
        value = self.graph.value(index)
        return self.names[index] if value is None else literal(value)

    def _to_compute(self, index: int) -> bool:
        return index not in self.names and self.graph.value(index) is None

    def _expression(self, index: int, written: Mapping[int, tuple[str, int, int]]) -> tuple[str, int, int]:
        operation = OPERATIONS[self.graph.nodes[index][0]]
        on_columns = index in self.columns
        level = operation.level if operation.ufunc or not on_columns else CALL
        parts, depth = [], 0
        for place, argument in enumerate(self.graph.arguments(index)):
            text, inner, below = written.get(argument) or (self.of(argument), CALL, 0)
            depth = max(depth, below)
            parts.append(f"({text})" if _needs_brackets(level, inner, place) else text)
        return (operation.columns if on_columns else operation.code).format(*parts), level, depth + 1


def _needs_brackets(outer: int, inner: int, place: int) -> bool:
    """Brackets keep the order of the graph exactly: a + (b + c) is not (a + b) + c in floats."""
    if CALL in (outer, inner):
        return False
    if outer == NEGATE:
        return inner != CALL
    return inner < outer or (inner == outer and place == 1) or (inner == NEGATE and (place == 1 or outer > ADD))


def function(name: str, arguments: Sequence[str], body: Sequence[str]) -> str:
    """The source of one function.

    >>> print(function("f", ["a"], ["return a*a"]), end="")
    def f(a):
        return a*a
    """
    return "\n".join([f"def {name}({', '.join(arguments)}):", *(f"    {line}" for line in body)]) + "\n"


def compiled(source: str, name: str) -> Callable[..., Any]:
    """The function `name` of emitted source; it reaches nothing but the operations of this package.

    >>> compiled("def f(a):\\n    return sqrt(a)\\n", "f")(9.0)
    3.0
    """
    code: CodeType = compile(source, f"<steepest {name}>", "exec")
    namespace: dict[str, Any] = dict(NAMESPACE)
    exec(code, namespace)  # noqa: S102 - emitted here, from generated identifiers and numbers alone
    made: Callable[..., Any] = namespace[name]
    return made


def plain_function(graph: Graph, variables: Sequence[int], outputs: Sequence[int], columns: bool) -> str:
    """Source of `f(p0, p1, ...)` returning a tuple of `outputs`, on floats or on columns.

    >>> graph = Graph()
    >>> x = graph.variable("x")
    >>> print(plain_function(graph, [x], [graph.apply("sin", x)], columns=True), end="")
    def f(p0):
        a1 = np_sin(p0)
        return a1,
    """
    names = {index: f"p{i}" for i, index in enumerate(variables)}
    needed = graph.needed(outputs)
    # For columns everything is NumPy's, constants too: log(-1) is NaN there and does not raise.
    on_columns = set(needed) if columns else set()
    lines = Lines(graph, names, on_columns)
    body = lines.block(outputs)
    return function("f", list(names.values()), [*body, f"return {', '.join(map(lines.of, outputs))},"])


__all__ = ["Lines", "compiled", "function", "literal", "plain_function"]
