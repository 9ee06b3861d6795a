"""Rules that look at more than one parameter at a time: Newton, L-BFGS, and steepest descent with exact line search.

Each is a small class with `step`: from a place, its loss and its gradient to the next place, or `StoppedError` where
the rule cannot go on although every number is finite. What they remember is their own, so each run makes its own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.problems.problem import FormulaProblem, Problem

Vector = NDArray[np.float64]
SINGULAR = 1e-10  # the smallest part of the largest curvature that still counts as curvature


class StoppedError(Exception):
    """A rule that cannot go on: a code, a sentence, and the values that it speaks of.

    >>> str(StoppedError("no_descent", "No lower point was found.", {}))
    'No lower point was found.'
    """

    def __init__(self, code: str, message: str, values: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.code, self.message, self.values = code, message, dict(values)


class Objective:
    """A problem as functions of one vector: loss and gradient (NaN outside the domain), and the Hessian.

    >>> from core.problems.surface import formula
    >>> bowl = Objective(formula("x**2 + 4*y**2"))
    >>> bowl.evaluate(np.array([1.0, 1.0]))[0], bowl.hessian(np.array([1.0, 1.0])).tolist(), bowl.quadratic
    (5.0, [[2.0, 0.0], [0.0, 8.0]], True)

    It counts what was asked of it. A place that is asked for again at once costs nothing, and a Hessian as much as a
    gradient for each of its rows:

    >>> _ = bowl.evaluate(np.array([1.0, 1.0])), bowl.evaluate(np.array([2.0, 1.0]))
    >>> bowl.evaluations  # two gradients and one Hessian
    4
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.evaluations = 0
        self._known: tuple[bytes, tuple[float, Vector]] | None = None

    def evaluate(self, x: Vector) -> tuple[float, Vector]:
        """Loss and gradient; a gradient of NaN says that there is none here."""
        at = x.tobytes()
        if self._known is None or self._known[0] != at:
            self.evaluations += 1
            self._known = (at, self._evaluate(x))
        loss, gradient = self._known[1]
        return loss, gradient.copy()

    def _evaluate(self, x: Vector) -> tuple[float, Vector]:
        if not isinstance(self.problem, FormulaProblem):
            loss, gradient = self.problem.evaluate(x)
            return float(loss), gradient.copy()
        try:
            value, *partials = self.problem.formula.value_and_gradient(*x.tolist())
        except (ArithmeticError, ValueError):
            return float("nan"), np.full(len(x), np.nan)
        return float(value), np.array(partials, dtype=float)

    def hessian(self, x: Vector) -> Vector:
        """Second derivatives at x, one row per parameter."""
        self.evaluations += len(x)
        if not isinstance(self.problem, FormulaProblem):
            return np.asarray(self.problem.hessian(x))
        try:
            return np.array(self.problem.formula.hessian(*x.tolist()), dtype=float)
        except (ArithmeticError, ValueError):
            return np.full((len(x), len(x)), np.nan)

    @property
    def quadratic(self) -> bool:
        """Whether the Hessian is the same everywhere."""
        if not isinstance(self.problem, FormulaProblem):
            return self.problem.kind == "linear"
        formula = self.problem.formula
        second = [node for row in formula.second_partials for node in row]
        needed = formula.graph.needed(second)
        return not formula.graph.depending(formula.inputs, needed).intersection(second)


class Solver(Protocol):
    """One step at a time."""

    def step(self, x: Vector, loss: float, gradient: Vector, settings: Mapping[str, float]) -> Vector:
        """The next place, or `StoppedError`."""
        ...


class Newton:
    """x - lr H⁻¹ g: to the lowest point of the quadratic that fits here. It stops where that has none.

    A quadratic takes one step, whatever its condition number:

    >>> from core.problems.surface import formula
    >>> bowl = Objective(formula("x**2 + 50*y**2"))
    >>> place = np.array([3.0, 1.0])
    >>> Newton(bowl).step(place, *bowl.evaluate(place), {"lr": 1.0}).tolist()
    [0.0, 0.0]
    """

    def __init__(self, objective: Objective) -> None:
        self.objective = objective

    def step(self, x: Vector, loss: float, gradient: Vector, settings: Mapping[str, float]) -> Vector:
        hessian = self.objective.hessian(x)
        if not np.isfinite(hessian).all():
            raise StoppedError("no_hessian", "The curvature is not defined here, so Newton has no step.", {})
        curvatures = np.linalg.eigvalsh(hessian)
        smallest, largest = float(curvatures[0]), float(np.abs(curvatures).max())
        values = {"smallest": smallest, "largest": largest}
        if abs(smallest) <= SINGULAR * largest:
            flat = int((np.abs(curvatures) <= SINGULAR * largest).sum())
            message = (
                f"The Hessian is singular: {flat} of its {len(curvatures)} curvatures are zero, so the step is not "
                "determined. Weight decay on all parameters would lift them."
            )
            raise StoppedError("singular_hessian", message, {**values, "flat": flat, "count": len(curvatures)})
        if smallest < 0:
            message = (
                f"The Hessian is indefinite: its smallest curvature is {smallest:.4g}, so Newton's step leads to a "
                "saddle or a maximum, not to a minimum."
            )
            raise StoppedError("indefinite_hessian", message, values)
        return np.asarray(x - settings["lr"] * np.linalg.solve(hessian, gradient))


class ExactLineSearch:
    """Steepest descent to the lowest point of its line: x - (gᵀg / gᵀHg) g, exact on a quadratic.

    >>> from core.problems.surface import formula
    >>> bowl = Objective(formula("x**2/2 + y**2"))
    >>> place = np.array([2.0, 1.0])
    >>> [round(v, 6) for v in ExactLineSearch(bowl).step(place, *bowl.evaluate(place), {}).tolist()]
    [0.666667, -0.333333]
    """

    def __init__(self, objective: Objective) -> None:
        self.objective = objective
        self.quadratic = objective.quadratic

    def step(self, x: Vector, loss: float, gradient: Vector, settings: Mapping[str, float]) -> Vector:
        if not self.quadratic:
            message = "Exact line search is worked out for quadratics: here the curvature changes from place to place."
            raise StoppedError("not_quadratic", message, {})
        square = float(gradient @ gradient)
        if square == 0:
            return x
        direction = gradient / np.sqrt(square)  # of length 1: the square of a tiny gradient may vanish
        bend = float(direction @ self.objective.hessian(x) @ direction)
        if bend <= 0:
            message = "The function falls for ever along this line: it has no lowest point."
            raise StoppedError("no_minimum_on_line", message, {"curvature": bend})
        return np.asarray(x - gradient / bend)


class LBFGS:
    """Limited-memory BFGS: the last steps stand for the curvature; a strong Wolfe line search chooses the length.

    The direction is the two-loop recursion over the remembered steps s and changes of gradient y; the first step
    tried is lr (in the very first step, lr over the gradient's size, at most lr).

    >>> from core.problems.surface import formula
    >>> bowl = Objective(formula("x**2 + 20*y**2"))
    >>> solver, place = LBFGS(bowl), np.array([3.0, 1.0])
    >>> for _ in range(15):
    ...     place = solver.step(place, *bowl.evaluate(place), {"lr": 1.0, "history_size": 10.0})
    >>> bool(np.abs(place).max() < 1e-6)
    True
    """

    def __init__(self, objective: Objective) -> None:
        self.objective = objective
        self.pairs: deque[tuple[Vector, Vector]] = deque()
        self.last: tuple[Vector, Vector] | None = None

    def step(self, x: Vector, loss: float, gradient: Vector, settings: Mapping[str, float]) -> Vector:
        self._remember(x, gradient, round(settings["history_size"]))
        if not gradient.any():
            return x
        direction = -self._times_curvature(gradient)
        first = settings["lr"] if self.pairs else settings["lr"] * min(1.0, 1.0 / float(np.abs(gradient).sum()))
        length = wolfe(lambda a: self._along(x, direction, a), loss, float(gradient @ direction), first)
        if length is None:
            message = "No lower point was found along the direction: this is as low as rounding allows."
            raise StoppedError("no_descent", message, {"gradient": float(np.linalg.norm(gradient))})
        return np.asarray(x + length * direction)

    def _along(self, x: Vector, direction: Vector, length: float) -> tuple[float, float]:
        loss, gradient = self.objective.evaluate(x + length * direction)
        return loss, float(gradient @ direction)

    def _remember(self, x: Vector, gradient: Vector, size: int) -> None:
        if self.last is not None:
            s, y = x - self.last[0], gradient - self.last[1]
            if float(s @ y) > 1e-10 * float(y @ y):
                self.pairs.append((s, y))
        while len(self.pairs) > size:
            self.pairs.popleft()
        self.last = (x.copy(), gradient.copy())

    def _times_curvature(self, gradient: Vector) -> Vector:
        """The two-loop recursion: the remembered inverse Hessian times the gradient."""
        q, parts = gradient.copy(), []
        for s, y in reversed(self.pairs):
            part = float(s @ q) / float(y @ s)
            q -= part * y
            parts.append(part)
        if self.pairs:
            s, y = self.pairs[-1]
            q *= float(s @ y) / float(y @ y)
        for (s, y), part in zip(self.pairs, reversed(parts), strict=True):
            q += (part - float(y @ q) / float(y @ s)) * s
        return q


Along = Callable[[float], tuple[float, float]]
Point = tuple[float, float, float]  # a length, and the loss and the slope there
DECREASE, CURVATURE, TRIALS = 1e-4, 0.9, 40


def wolfe(along: Along, loss: float, slope: float, first: float) -> float | None:
    """A length that satisfies the strong Wolfe conditions; None where none was found.

    `along(length)` gives loss and slope there. Bracketing and zooming as in J. Nocedal and S. Wright, Numerical
    Optimization, algorithms 3.5 and 3.6, the zoom by bisection with a cubic step where that falls inside. Between
    `low`, the lowest place so far, and `high` there is always one that satisfies both conditions.

    >>> wolfe(lambda a: ((a - 2) ** 2, 2 * (a - 2)), 4.0, -4.0, 1.0)
    1.0
    """
    if not slope < 0:
        return None
    low: Point = (0.0, loss, slope)
    high: Point | None = None
    length = first
    for _ in range(TRIALS):
        value, at = along(length)
        tried = (length, value, at)
        if not np.isfinite(value + at) or value > loss + DECREASE * length * slope or value >= low[1]:
            high = tried
        elif abs(at) <= -CURVATURE * slope:
            return length
        else:
            # the valley lies on the side to which the slope falls: towards the other end, or back towards `low`
            ahead = 1.0 if high is None else high[0] - low[0]
            low, high = tried, low if at * ahead >= 0 else high
        if high is not None and abs(high[0] - low[0]) <= 1e-16 * max(abs(high[0]), abs(low[0])):
            break
        length = 2 * length if high is None else _between(low, high)
    return low[0] if low[0] > 0 and low[1] < loss else None


def _between(low: Point, high: Point) -> float:
    """Where the cubic through both ends is lowest, if that is well inside; else the middle."""
    (a, fa, sa), (b, fb, sb) = low, high
    middle = 0.5 * (a + b)
    if a == b or not (np.isfinite(fb) and np.isfinite(sb)):
        return middle
    d = sa + sb - 3 * (fa - fb) / (a - b)
    square = d * d - sa * sb
    if square < 0:
        return middle
    root = float(np.copysign(np.sqrt(square), b - a))
    bottom = sb - sa + 2 * root
    length = b - (b - a) * (sb + root - d) / bottom if bottom else middle
    inside = min(a, b) + 0.1 * abs(b - a) <= length <= max(a, b) - 0.1 * abs(b - a)
    return float(length) if inside else middle


SOLVERS: Mapping[str, Callable[[Objective], Solver]] = {
    "newton": Newton,
    "lbfgs": LBFGS,
    "exact_line_search": ExactLineSearch,
}
