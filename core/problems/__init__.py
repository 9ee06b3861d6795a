"""What can be trained, by kind: surfaces, typed formulas, a neuron, and models on data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from core.errors import FieldError
from core.problems.linear import linear
from core.problems.logistic import logistic
from core.problems.network import network
from core.problems.neuron import neuron
from core.problems.problem import FormulaProblem, Model, Problem
from core.problems.softmax import one_vs_rest, softmax
from core.problems.surface import formula, surface
from core.settings import unknown

PROBLEMS: Mapping[str, Callable[..., Problem]] = {
    "surface": surface,
    "formula": formula,
    "neuron": neuron,
    "linear": linear,
    "logistic": logistic,
    "softmax": softmax,
    "one_vs_rest": one_vs_rest,
    "network": network,
}


def make_problem(kind: str, **fields: Any) -> Problem:
    """The problem of a spec: its kind and its fields; raises `FieldError` naming the field.

    >>> make_problem("surface", name="himmelblau").parameters
    ('x', 'y')
    """
    if kind not in PROBLEMS:
        raise FieldError("kind", unknown("kind of problem", kind, PROBLEMS), code="unknown", known=sorted(PROBLEMS))
    return PROBLEMS[kind](**fields)


__all__ = ["PROBLEMS", "FormulaProblem", "Model", "Problem", "make_problem"]
