"""A typed function of x, or of x and y: read once, differentiated once, compiled for floats and columns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from core.formula import notation
from core.formula.emit import compiled, plain_function
from core.formula.graph import Graph, copy, gradient, lowered
from core.formula.parser import MAX_CHARACTERS, Parser, Token, check_length, tokens, unknown_name
from core.formula.program import operations

CACHED = 512  # formulas and compiled functions kept; an older one is made anew when it is asked for


class Formula:
    """A function R^n -> R given as text, with its gradient and Hessian.

    Reverse accumulation gives the gradient in the same sweep as the value; the Hessian differentiates the
    gradient again. Arguments are floats (Python's `math`, which raises on overflow and outside a domain) or
    arrays of one shape (NumPy, where the same becomes inf and NaN).

    >>> f = parse("(1 - x)**2 + 100*(y - x**2)**2")
    >>> f.value(-1.5, 2.0), f.value_and_gradient(-1.5, 2.0)
    (12.5, (12.5, -155.0, -50.0))
    >>> f.hessian(1.0, 1.0)
    ((802.0, -400.0), (-400.0, 200.0))
    """

    def __init__(self, text: str, variables: tuple[str, ...], typed: Graph, typed_root: int) -> None:
        self.text = text
        self.variables = variables
        self.typed, self.typed_root = typed, typed_root
        self.graph = Graph()
        self.inputs = tuple(self.graph.variable(name) for name in variables)
        (self.root,) = copy(typed, [typed_root], self.graph, dict(zip(variables, self.inputs, strict=True)))
        self.partials = tuple(gradient(self.graph, self.root, self.inputs))

    @cached_property
    def second_partials(self) -> tuple[tuple[int, ...], ...]:
        """The nodes of the Hessian, row by row; what lies below the diagonal is what lies above it."""
        rows: list[tuple[int, ...]] = []
        for i, partial in enumerate(self.partials):
            rows.append((*(above[i] for above in rows), *gradient(self.graph, partial, self.inputs[i:])))
        return tuple(rows)

    def value(self, *arguments: Any) -> Any:
        """f at one point, or at every element of columns."""
        (result,) = self._call("value", arguments)
        return result

    def value_and_gradient(self, *arguments: Any) -> tuple[Any, ...]:
        """(f, df/dx, ...) computed together, sharing what they have in common."""
        return self._call("gradient", arguments)

    def hessian(self, *arguments: Any) -> tuple[tuple[Any, ...], ...]:
        """Second derivatives, row by row."""
        flat = self._call("hessian", arguments)
        n = len(self.variables)
        return tuple(flat[i * n : (i + 1) * n] for i in range(n))

    def source(self, what: str = "gradient", columns: bool = False) -> str:
        """The emitted Python of `value`, `gradient` (value and gradient) or `hessian`."""
        roots: Sequence[int] = {
            "value": (self.root,),
            "gradient": (self.root, *self.partials),
            "hessian": tuple(node for row in self.second_partials for node in row) if what == "hessian" else (),
        }[what]
        graph, outputs = lowered(self.graph, roots)
        return plain_function(graph, [graph.variable(name) for name in self.variables], outputs, columns)

    def _call(self, what: str, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        columns = any(hasattr(argument, "shape") for argument in arguments)
        result: tuple[Any, ...] = _function(self.source_key, what, columns)(*arguments)
        if columns:  # a constant is the same everywhere
            shape = next(argument.shape for argument in arguments if hasattr(argument, "shape"))
            return tuple(value if np.shape(value) == shape else np.full(shape, value) for value in result)
        return result

    @property
    def source_key(self) -> tuple[str, tuple[str, ...]]:
        """What makes this formula: its text and its variables."""
        return self.text, self.variables

    def mathml(self) -> str:
        """The text as mathematics, for browsers."""
        return notation.mathml(notation.layout(self.typed, self.typed_root))

    def latex(self) -> str:
        """The text as LaTeX."""
        return notation.latex(notation.layout(self.typed, self.typed_root))

    def gradient_mathml(self) -> tuple[str, ...]:
        """Each partial derivative as mathematics."""
        return tuple(notation.mathml(notation.layout(self.graph, node)) for node in self.partials)

    def gradient_latex(self) -> tuple[str, ...]:
        """Each partial derivative as LaTeX."""
        return tuple(notation.latex(notation.layout(self.graph, node)) for node in self.partials)

    def program(self) -> dict[str, Any]:
        """Value and gradient as a list of operations, each using earlier ones, for other interpreters."""
        graph, roots = lowered(self.graph, [self.root, *self.partials])
        listed, (value, *partials) = operations(graph, roots)
        return {"variables": list(self.variables), "operations": listed, "value": value, "gradient": partials}


@lru_cache(maxsize=CACHED)
def _function(key: tuple[str, tuple[str, ...]], what: str, columns: bool) -> Any:
    return compiled(_read(*key).source(what, columns), "f")


def parse(text: str, variables: Sequence[str] = ("x", "y")) -> Formula:
    """Read a formula; raises `FormulaError` with the column and the cure, and nothing else.

    A text without `y` (or without any variable) is a function of x alone.

    >>> parse("x**2").variables, parse("y**2").variables
    (('x',), ('x', 'y'))
    >>> parse("sen(x)")
    Traceback (most recent call last):
    core.errors.FormulaError: formula: 'sen' is not known: did you mean sin?
    """
    return _read(text, tuple(variables))


@lru_cache(maxsize=CACHED)
def _read(text: str, variables: tuple[str, ...]) -> Formula:
    check_length(text, MAX_CHARACTERS, "formula")
    graph = Graph()
    used: set[str] = set()

    def resolve(token: Token) -> int:
        if token.text not in variables:
            raise unknown_name(token, list(variables), "formula")
        used.add(token.text)
        return graph.variable(token.text)

    root = Parser(tokens(text), graph, resolve).whole()
    last = max((variables.index(name) for name in used), default=0)
    return Formula(text, variables[: last + 1] if variables == ("x", "y") else variables, graph, root)
