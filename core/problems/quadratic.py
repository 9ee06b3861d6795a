"""The loss of a line through points, which is a quadratic of its slope and height, as a formula."""

from __future__ import annotations

import numpy as np

from core.formula import parse
from core.formula.emit import literal
from core.problems.model import DataModel, Floats
from core.problems.problem import FormulaProblem

PARAMETERS = ("w", "b")
REACH = 2.0  # half the window, in the half widths of the level line through zero weights
FLAT = 1e-9  # curvatures below this part of the greatest are none


def minimum(model: DataModel) -> Floats | None:
    """Where a linear model's loss is least; None where it is flat in some direction.

    >>> from core.problems.linear import linear
    >>> minimum(linear({"points": [[-1], [1]], "labels": [0, 4]})).tolist()
    [2.0, 2.0]
    """
    curvatures = np.linalg.eigvalsh(model.hessian(np.zeros(len(model.parameters))))
    if curvatures[0] <= FLAT * curvatures[-1]:
        return None
    zero = np.zeros(len(model.parameters))
    return np.asarray(-np.linalg.solve(model.hessian(zero), model.evaluate(zero)[1]), dtype=np.float64)


def quadratic(model: DataModel) -> FormulaProblem | None:
    """The loss over slope w and height b of a linear model with one input; None for other models.

    Squared error is c + (theta - m)' H (theta - m)/2 about its minimum m, with the curvature H of the data; without a
    single minimum it is written about 0.

    >>> from core.problems.linear import linear
    >>> quadratic(linear({"points": [[-1], [1]], "labels": [0, 4]})).formula.text
    '0.0 + 0.5*(w - 2.0)**2 + 0.0*(w - 2.0)*(b - 2.0) + 0.5*(b - 2.0)**2'
    """
    if model.kind != "linear" or len(model.parameters) != 2 or "b" not in model.parameters:
        return None
    lowest = minimum(model)
    centre = np.zeros(2) if lowest is None else lowest
    loss, slope = model.evaluate(centre)
    hessian = model.hessian(centre)
    w, b = (f"({name} - {_text(at)})" for name, at in zip(PARAMETERS, centre, strict=True))
    bend = [(hessian[0, 0] / 2, f"{w}**2"), (hessian[0, 1], f"{w}*{b}"), (hessian[1, 1] / 2, f"{b}**2")]
    tilt = [] if lowest is not None else [(slope[0], w), (slope[1], b)]
    text = " + ".join([_text(loss), *(f"{_text(size)}*{what}" for size, what in bend + tilt)])
    return FormulaProblem(
        kind="linear",
        fields=model.fields,
        formula=parse(text, PARAMETERS),
        start=model.default_start(),
        window=_window(model, lowest, hessian),
    )


def _text(value: float) -> str:
    """Ten digits: the whole formula is to fit what may be typed."""
    return literal(float(f"{value:.10g}"))


def _window(model: DataModel, lowest: Floats | None, hessian: Floats) -> tuple[tuple[float, float], ...]:
    """A box about the minimum, wide enough for the level line through zero weights and more."""
    if lowest is None:
        return ((-4.0, 4.0), (-4.0, 4.0))
    excess = model.evaluate(np.zeros(2))[0] - model.evaluate(lowest)[0]
    half = REACH * np.sqrt(2 * max(excess, 1e-3) * np.diag(np.linalg.inv(hessian)))
    return tuple(zip((lowest - half).tolist(), (lowest + half).tolist(), strict=True))
