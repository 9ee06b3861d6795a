"""The loss of a fitted model over its slope w and height b: a function of the plane that can be drawn and walked on.

Of a line through points it is a quadratic, of logistic regression a sum with a term for each point. Both become a
formula like any other, so that whatever draws a surface draws these.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

from core.formula import Formula, parse
from core.formula.emit import compiled
from core.formula.graph import Graph
from core.problems.model import DataModel, Floats
from core.problems.problem import FormulaProblem
from core.problems.quadratic import FLAT, PARAMETERS, minimum, quadratic

MOST_POINTS = 400  # the formula has a term for each
NEWTON_STEPS, NEAR = 60, 1e-10
REACH = 0.7  # of the way from zero weights to the lowest place: how far the window goes beyond both


class Summed(Formula):
    """A mean over points, too long to be typed: compiled from its graph; its text is the term of one point.

    >>> from core.problems.logistic import logistic
    >>> plane(logistic({"points": [[-1], [1], [2]], "labels": [0, 1, 0]})).formula.text
    'softplus(w*x + b) - y*(w*x + b)'
    """

    def mathml(self) -> str:
        """The term of one point as mathematics."""
        return self._term.mathml()

    def gradient_mathml(self) -> tuple[str, ...]:
        """What one point adds to each partial derivative, as mathematics."""
        return self._term.gradient_mathml()[: len(self.variables)]

    @property
    def _term(self) -> Formula:
        return parse(self.text, (*PARAMETERS, "x", "y"))

    def _call(self, what: str, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        columns = any(hasattr(argument, "shape") for argument in arguments)
        result: tuple[Any, ...] = compiled(self.source(what, columns), "f")(*arguments)
        return result


def plane(model: DataModel) -> FormulaProblem | None:
    """The loss over w and b of a linear or logistic model with one input; None for others, and for too many points.

    >>> from core.problems.logistic import logistic
    >>> drawn = plane(logistic({"points": [[-1], [1], [2]], "labels": [0, 1, 0]}))
    >>> round(drawn.formula.value(0.0, 0.0), 6)
    0.693147
    """
    if model.kind == "linear":
        return quadratic(model)
    if model.kind != "logistic" or len(model.parameters) != 2 or "b" not in model.parameters:
        return None
    if model.count > MOST_POINTS:
        return None
    formula = _summed(model)
    return FormulaProblem("logistic", model.fields, formula, model.default_start(), _window(model))


def lowest(model: DataModel) -> Floats | None:
    """Where the loss of a linear or logistic model is least; None where there is no such place, or more than one.

    Points that a line separates have none: the loss falls for ever as the weights grow.

    >>> from core.problems.logistic import logistic
    >>> lowest(logistic({"points": [[-1], [1]], "labels": [0, 1]})) is None
    True
    """
    if model.kind == "linear":
        return minimum(model)
    if model.fields["loss"] != "ce":
        return None  # squared error of a sigmoid may have many valleys
    return _newton(model, 0.0)


def term(model: DataModel) -> Formula:
    """What one point (x, y) adds to the loss of a linear or logistic model with one input; the loss is its mean.

    >>> from core.problems.linear import linear
    >>> term(linear({"points": [[0], [1]], "labels": [1, 2]})).text
    '(w*x + b - y)**2/2'
    """
    text = {
        ("linear", "mse"): "(w*x + b - y)**2/2",
        ("logistic", "mse"): "(sigmoid(w*x + b) - y)**2/2",
        ("logistic", "ce"): "softplus(w*x + b) - y*(w*x + b)",
    }[model.kind, model.fields["loss"]]
    decay = f" + {model.weight_decay / 2!r}*(w**2 + b**2)" if model.weight_decay else ""
    return parse(text + decay, (*PARAMETERS, "x", "y"))


def _summed(model: DataModel) -> Formula:
    """softplus(m) or sigmoid(m)²/2 for each point, m = w x + b where its class is 0 and -(w x + b) where it is 1."""
    graph = Graph()
    w, b = (graph.variable(name) for name in PARAMETERS)
    terms = []
    for x, label in zip(model.data.inputs[:, 0].tolist(), model.targets[0].tolist(), strict=True):
        turned = 1.0 - 2.0 * label
        m = graph.add(graph.mul(graph.number(turned * x), w), graph.mul(graph.number(turned), b))
        wrong = graph.apply("sigmoid", m)
        terms.append(graph.apply("softplus", m) if model.fields["loss"] == "ce" else graph.mul(wrong, wrong))
    share = (1.0 if model.fields["loss"] == "ce" else 0.5) / model.count
    root = graph.mul(graph.number(share), reduce(graph.add, terms))
    if model.weight_decay:
        square = graph.add(graph.mul(w, w), graph.mul(b, b))
        root = graph.add(root, graph.mul(graph.number(model.weight_decay / 2), square))
    return Summed(term(model).text, PARAMETERS, graph, root)


def _newton(model: DataModel, ridge: float) -> Floats | None:
    """Where Newton's way from zero weights ends, with ridge/2 times their squares in the loss; None if nowhere."""
    theta = np.zeros(len(model.parameters))

    def value(at: Floats) -> float:
        return model.evaluate(at)[0] + ridge * float(at @ at) / 2

    for _ in range(NEWTON_STEPS):
        gradient = model.evaluate(theta)[1] + ridge * theta
        hessian = model.hessian(theta) + ridge * np.eye(len(theta))
        curvatures = np.linalg.eigvalsh(hessian)
        if curvatures[0] <= FLAT * max(curvatures[-1], FLAT):
            return None
        step = np.linalg.solve(hessian, gradient)
        if float(np.linalg.norm(step)) < NEAR * (1 + float(np.linalg.norm(theta))):
            return theta
        while value(theta - step) > value(theta) and float(np.linalg.norm(step)) > NEAR:
            step = step / 2
        theta = theta - step
    return None


def _window(model: DataModel) -> tuple[tuple[float, float], ...]:
    """A box that holds zero weights and the lowest place, or where it would be under a little weight decay."""
    found = lowest(model)
    if found is None:
        found = _newton(model, 0.01)
    if found is None:
        found = np.zeros(2)
    spread = float(model.data.inputs.std()) or 1.0
    span = np.maximum(np.abs(found), (2 / spread, 2.0))
    low, high = np.minimum(found, 0) - REACH * span, np.maximum(found, 0) + REACH * span
    return tuple(zip(low.tolist(), high.tolist(), strict=True))
