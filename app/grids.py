"""A problem's function on a grid, for contours and surfaces, with the places worth marking."""

import math
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from app.problems import Fault, InvalidError
from app.runs import Made
from app.spec import Surface
from core.problems.model import DataModel
from core.problems.plane import MOST_POINTS, lowest, plane, term
from core.problems.problem import FormulaProblem, Problem
from core.surfaces import SURFACES

RESOLUTION = 101
FINEST = 400
LEVELS = 12  # lines of a function drawn on a linear scale
DECADE = 2  # lines per factor of ten on a logarithmic one
LOWEST_DECADE = -4


def grid(made: Made, resolution: int = RESOLUTION) -> dict[str, Any]:
    """Value and known points of a function of one or two parameters over its window."""
    engine = _formula(made.engine)
    if engine is None:
        message = _undrawn(made)
        raise InvalidError([Fault("kind", message, "no_surface")])
    row = SURFACES.get(made.problem.name) if isinstance(made.problem, Surface) else None
    axes = [np.linspace(low, high, resolution) for low, high in engine.window]
    z = _values(engine, np.meshgrid(*axes))
    minima = row.minima if row else _lowest(made.engine)
    marked = {
        "minima": _marks(engine, minima),
        "saddles": _marks(engine, row.saddles if row else ()),
        "maxima": _marks(engine, row.maxima if row else ()),
    }
    lowest = min((mark["value"] for mark in marked["minima"]), default=None)
    height = row.height if row else "log" if minima else "linear"
    return {
        "problem": {"kind": made.problem.kind, **engine.fields},
        "formula": engine.formula.text,
        "variables": engine.formula.variables,
        "window": engine.window,
        "start": engine.start,
        **{name: axis.tolist() for name, axis in zip("xy", axes, strict=False)},
        "z": z.tolist(),
        "levels": levels(z, height, lowest),
        "height": height,
        "minimum": lowest,
        **marked,
        "mathml": engine.formula.mathml(),
        "gradient_mathml": engine.formula.gradient_mathml(),
        "program": engine.formula.program(),
        **_points(made.engine),
    }


def variables(engine: Problem) -> tuple[str, ...]:
    """The parameters that a problem is drawn over; none where it cannot be drawn."""
    formula = _formula(engine)
    return tuple(formula.formula.variables) if formula else ()


def _undrawn(made: Made) -> str:
    count, kind = len(made.engine.parameters), made.problem.kind
    if kind == "logistic" and count == 2:
        return f"the surface of logistic regression is drawn for up to {MOST_POINTS} points: leave some out."
    return f"a {kind} has no surface to draw: it has {count} parameters."


def _values(engine: FormulaProblem, places: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """The function at every place; NaN everywhere where a constant part of it has no value, such as log(-1)."""
    try:
        with np.errstate(all="ignore"):
            values: NDArray[np.float64] = engine.formula.value(*places)
    except (ArithmeticError, ValueError):
        return np.full(np.shape(places[0]), np.nan)
    return values


def _formula(engine: Problem) -> FormulaProblem | None:
    """The function to draw: a problem's own formula, or the loss of a fitted line or of logistic regression."""
    return engine if isinstance(engine, FormulaProblem) else plane(cast(DataModel, engine))


def _lowest(engine: Problem) -> Sequence[Sequence[float]]:
    """Where the loss of a fitted model is least."""
    found = None if isinstance(engine, FormulaProblem) else lowest(cast(DataModel, engine))
    return [] if found is None else [found.tolist()]


def _points(engine: Problem) -> dict[str, Any]:
    """What a model is fitted to: its points and what they should give, those held out, and what one of them adds."""
    if isinstance(engine, FormulaProblem):
        return {}
    model = cast(DataModel, engine)
    data, one = model.data, term(model)
    return {
        "data": {
            "points": data.points.tolist(),
            "labels": list(data.labels),
            "held": {"points": data.held_points.tolist(), "labels": data.held_labels},
            "order": data.order.tolist(),
            "window": data.window,
            "term": {"text": one.text, "mathml": one.mathml()},
        }
    }


def _marks(engine: FormulaProblem, points: Sequence[Sequence[float]]) -> list[dict[str, Any]]:
    return [{"point": list(point), "value": float(engine.formula.value(*map(float, point)))} for point in points]


def levels(z: NDArray[np.float64], height: str, lowest: float | None) -> list[float]:
    """The values at which lines are drawn: even, or so many to each decade above the minimum.

    >>> levels(np.array([0.0, 100.0]), "log", 0.0)[-3:]
    [10.0, 31.622776601683793, 100.0]
    """
    finite = z[np.isfinite(z)]
    if finite.size == 0:
        return []
    low, high = float(finite.min()), float(finite.max())
    if height == "log" and lowest is not None and high > lowest:
        top = math.floor(DECADE * math.log10(high - lowest) + 1e-9)
        return [lowest + 10 ** (step / DECADE) for step in range(LOWEST_DECADE * DECADE, top + 1)]
    return [low + (high - low) * (step / (LEVELS + 1)) for step in range(1, LEVELS + 1)] if high > low else []
