"""Backpropagation written out: every value going forward, every adjoint coming back, and how each is made.

An adjoint is how much the result changes when this number does: dC/dz of a network's z, df/dv of a formula's v.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.backpropagation.formulas import formula_nodes
from core.backpropagation.networks import network_nodes
from core.backpropagation.writing import Edge, Line, Node
from core.errors import FieldError
from core.problems import Problem
from core.problems.model import DataModel
from core.problems.problem import FormulaProblem

MOST_PARAMETERS = 150


@dataclass(frozen=True, slots=True)
class Backpropagation:
    """All nodes of one pass in the order of the forward pass; the last one is the result.

    >>> from core.problems import make_problem
    >>> backpropagate(make_problem("formula", formula="x**2"), [3]).adjoints()
    {'x': 6.0}
    """

    kind: str  # network or formula
    at: tuple[float, ...]
    nodes: tuple[Node, ...]

    @property
    def value(self) -> float:
        """The result: the loss, or f."""
        return self.nodes[-1].value

    def adjoints(self) -> dict[str, float]:
        """The gradient: each parameter's adjoint by name."""
        return {node.name: node.adjoint for node in self.nodes if node.role == "parameter"}


def backpropagate(problem: Problem, at: Sequence[float] | None = None, row: int = 0) -> Backpropagation:
    """The pass at these parameters (by default the problem's own start); a model's at one point of its data.

    Weight decay is no part of it. Raises `FieldError` at `at`, `row` or `problem`.

    >>> from core.problems import make_problem
    >>> found = backpropagate(make_problem("formula", formula="x*y + sin(x)"), [2, 3])
    >>> [(node.name, round(node.value, 3), round(node.adjoint, 3)) for node in found.nodes]
    [('x', 2.0, 2.584), ('y', 3.0, 2.0), ('v_1', 6.0, 1.0), ('v_2', 0.909, 1.0), ('f', 6.909, 1.0)]
    """
    theta = problem.default_start(0) if at is None else tuple(float(value) for value in at)
    names = problem.parameters
    if len(theta) != len(names):
        message = (
            f"needs {len(names)} numbers, one for each of {', '.join(names[:4])}{', ..' if len(names) > 4 else ''}."
        )
        raise FieldError("at", message, code="length", need=len(names))
    if isinstance(problem, FormulaProblem):
        return Backpropagation("formula", theta, formula_nodes(problem.formula, theta))
    if not isinstance(problem, DataModel) or len(names) > MOST_PARAMETERS:
        message = (
            f"has {len(names)} parameters, and at most {MOST_PARAMETERS} are written out: fewer or smaller layers."
        )
        raise FieldError("problem", message, code="too_many", most=MOST_PARAMETERS, count=len(names))
    point = problem.trace(np.array(theta), row)
    return Backpropagation("network", theta, network_nodes(problem, point, np.array(theta), row))


__all__ = ["Backpropagation", "Edge", "Line", "Node", "backpropagate"]
