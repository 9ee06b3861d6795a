"""A surface of the registry, or a formula that somebody typed: a function of x, or of x and y, to descend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Real

from core.errors import FieldError
from core.formula import parse
from core.problems.problem import FormulaProblem
from core.settings import Setting, complete, unknown
from core.surfaces import SURFACES

NOISE = Setting("noise", 0.0, 0, 1e6, "log", "gradient noise")
Window = tuple[tuple[float, float], ...]


def surface(name: str, settings: Mapping[str, float] | None = None, noise: float = 0.0) -> FormulaProblem:
    """A named function with its settings filled in.

    >>> problem = surface("rosenbrock")
    >>> problem.parameters, problem.formula.value(1.0, 1.0)
    (('x', 'y'), 0.0)
    """
    row = SURFACES.get(name)
    if row is None:
        raise FieldError("name", unknown("surface", name, SURFACES), code="unknown", known=sorted(SURFACES))
    filled = complete(row.settings, settings)
    return FormulaProblem(
        kind="surface",
        fields={"name": name, "settings": filled, "noise": NOISE.check(noise)},
        formula=parse(row.text(filled)),
        start=row.start,
        window=row.window,
        noise=float(noise),
    )


def formula(formula: str, window: Sequence[Sequence[float]] | None = None, noise: float = 0.0) -> FormulaProblem:
    """A typed function; the drawn window is -2 to 2 unless it is given, and the start a place inside it.

    >>> formula("x**2 + y**2").start
    (-1.0, 1.0)
    """
    read = parse(formula)
    drawn = _window(window, len(read.variables))
    return FormulaProblem(
        kind="formula",
        fields={"formula": formula, "window": [list(side) for side in drawn], "noise": NOISE.check(noise)},
        formula=read,
        start=tuple(a + (b - a) * part for (a, b), part in zip(drawn, (0.25, 0.75), strict=False)),
        window=drawn,
        noise=float(noise),
    )


def _window(given: Sequence[Sequence[float]] | None, variables: int) -> Window:
    if given is None:
        return ((-2.0, 2.0),) * variables
    if len(given) not in (variables, 2):
        raise FieldError("window", "needs an interval [low, high] for each variable.", code="window")
    for i, side in enumerate(given):
        numbers = all(isinstance(end, Real) for end in side)
        if len(side) != 2 or not numbers or not -1e6 <= side[0] < side[1] <= 1e6 or side[1] - side[0] < 1e-9:
            message = "must be [low, high] with low < high, within ±1,000,000."
            raise FieldError(f"window[{i}]", message, code="window")
    return tuple((float(side[0]), float(side[1])) for side in given[:variables])
