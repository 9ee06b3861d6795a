"""What theory says before a run is made: curvature, the largest stable rate, how fast, how low the noise lets it sink.

On a quadratic with eigenvalue λ every one of these is exact; elsewhere it is true of the quadratic that fits at a
point, and `Theory.limits` says so, and says where there is nothing to say at all.

Sources: G. Goh, Why Momentum Really Works, Distill 2017; B. Polyak, Some methods of speeding up the convergence of
iteration methods, 1964; S. Mandt, M. Hoffman and D. Blei, Stochastic Gradient Descent as Approximate Bayesian
Inference, 2017; J. Cohen and others, Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability,
2021.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import FieldError
from core.problems.problem import FormulaProblem, Problem
from core.second_order import Objective

Vector = NDArray[np.float64]

FLAT = 1e-10  # the smallest part of the largest curvature that still counts as curvature
LINEAR_RULES = ("sgd", "momentum", "nesterov")  # on a quadratic these are linear, so eigenvalues decide everything
FLOORED = ("sgd", "momentum")  # and for these there is a formula


@dataclass(frozen=True, slots=True)
class Limit:
    """Where the theory stops being true: a code and its values for programs, a sentence for people.

    >>> from core.problems import make_problem
    >>> theory(make_problem("formula", formula="x*y"), "sgd", {"lr": 0.1}, (0, 0)).limits[0].code
    'saddle'
    """

    code: str
    message: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Curvature:
    """Eigenvalues of the Hessian at a point, the smallest first, and their directions (columns).

    >>> bent = Curvature(np.array([-2.0, 4.0]), np.eye(2))
    >>> bent.shape, bent.largest, bent.condition
    ('saddle', 4.0, None)
    """

    eigenvalues: Vector
    directions: Vector

    @property
    def smallest(self) -> float:
        """The least curvature of any direction."""
        return float(self.eigenvalues[0])

    @property
    def largest(self) -> float:
        """The greatest curvature of any direction: the sharpness."""
        return float(self.eigenvalues[-1])

    @property
    def shape(self) -> str:
        """`bowl`, `valley` (flat in some direction, up in others), `saddle`, `dome`, or `flat`."""
        size = float(np.abs(self.eigenvalues).max())
        up, down = self.largest > FLAT * size, self.smallest < -FLAT * size
        if up and down:
            return "saddle"
        if up:
            return "bowl" if self.smallest > FLAT * size else "valley"
        return "dome" if down else "flat"

    @property
    def condition(self) -> float | None:
        """Largest over smallest eigenvalue; None unless it is a bowl."""
        return self.largest / self.smallest if self.shape == "bowl" else None


def curvature(problem: Problem, point: Sequence[float]) -> Curvature | None:
    """The curvature of the loss at a point; None where the Hessian is not finite.

    >>> from core.problems import make_problem
    >>> curvature(make_problem("surface", name="booth"), (1, 3)).condition
    9.0
    """
    objective, at = Objective(problem), np.array(point, dtype=np.float64)
    with np.errstate(all="ignore"):
        loss, hessian = objective.evaluate(at)[0], objective.hessian(at)
    if not math.isfinite(loss) or not np.isfinite(hessian).all():
        return None
    eigenvalues, directions = np.linalg.eigh(hessian)
    return Curvature(eigenvalues, directions)


def stable_rate(optimizer: str, eigenvalue: float, momentum: float = 0.0) -> float | None:
    """The rate below which a direction of this curvature shrinks; None where no rate makes it, or for other rules.

    2/λ, with momentum 2(1 + β)/λ, with Nesterov's 2(1 + β)/((1 + 2β)λ).

    >>> stable_rate("sgd", 50), stable_rate("momentum", 50, 0.9)
    (0.04, 0.076)
    """
    if optimizer not in LINEAR_RULES or eigenvalue <= 0:
        return None
    if optimizer == "sgd":
        return 2 / eigenvalue
    rate = 2 * (1 + momentum) / eigenvalue
    return rate / (1 + 2 * momentum) if optimizer == "nesterov" else rate


def factor(optimizer: str, eigenvalue: float, rate: float, momentum: float = 0.0) -> float:
    """By how much one step multiplies the distance in a direction of this curvature, in the long run.

    The larger root of r² - (1 + β - αλ) r + β: where the roots are complex it is √β, whatever the rate. For Nesterov's
    of r² - (1 + β)(1 - αλ) r + β (1 - αλ).

    >>> factor("sgd", 1, 0.4), round(factor("momentum", 1, 0.4, 0.81), 6)
    (0.6, 0.9)
    """
    return max(map(abs, _roots(optimizer, eigenvalue, rate, momentum)))


def swings(optimizer: str, eigenvalue: float, rate: float, momentum: float = 0.0) -> bool:
    """Whether a direction of this curvature changes sides on its way: its larger root is complex or negative.

    >>> swings("sgd", 1, 0.9), swings("sgd", 1, 1.1), swings("momentum", 1, 0.25, 0.26)
    (False, True, True)
    """
    root = max(_roots(optimizer, eigenvalue, rate, momentum), key=abs)
    return root.imag != 0 or root.real < 0


def _roots(optimizer: str, eigenvalue: float, rate: float, momentum: float) -> tuple[complex, complex]:
    shrink = 1 - rate * eigenvalue
    if optimizer == "sgd":
        return complex(shrink), 0j
    if optimizer == "momentum":
        total, product = shrink + momentum, momentum
    else:
        total, product = (1 + momentum) * shrink, momentum * shrink
    root = cmath.sqrt(total * total - 4 * product)
    return (total + root) / 2, (total - root) / 2


@dataclass(frozen=True, slots=True)
class Best:
    """The best settings for a quadratic, and by how much a step then multiplies the distance.

    >>> Best(1.0, 0.0, 0.5).factor
    0.5
    """

    rate: float
    momentum: float
    factor: float


def best_plain(smallest: float, largest: float) -> Best:
    """Plain descent: rate 2/(λmin + λmax), factor (κ - 1)/(κ + 1).

    >>> best_plain(0.01, 1)
    Best(rate=1.9801980198019802, momentum=0.0, factor=0.9801980198019802)
    """
    return Best(2 / (smallest + largest), 0.0, (largest - smallest) / (largest + smallest))


def best_momentum(smallest: float, largest: float) -> Best:
    """With momentum: rate (2/(√λmin + √λmax))², momentum ((√κ - 1)/(√κ + 1))², factor its root.

    >>> best = best_momentum(2, 18)
    >>> round(best.rate, 9), round(best.momentum, 9), round(best.factor, 9)
    (0.125, 0.25, 0.5)
    """
    low, high = math.sqrt(smallest), math.sqrt(largest)
    shrink = (high - low) / (high + low)
    return Best((2 / (low + high)) ** 2, shrink**2, shrink)


def critical_damping(rate: float, eigenvalue: float) -> float | None:
    """The momentum that is fastest in a direction of this curvature: (1 - √(αλ))², where both roots are one.

    Below αλ = 1 it is just short of swinging. None from αλ = 4 on, where no momentum below 1 is stable.

    >>> critical_damping(0.01, 25), critical_damping(0.2, 25)
    (0.25, None)
    """
    bent = rate * eigenvalue
    return (1 - math.sqrt(bent)) ** 2 if bent < 4 else None


def noise_floor(eigenvalues: Sequence[float], rate: float, noise: float, momentum: float = 0.0) -> float | None:
    """The mean loss above the minimum where noise of this standard deviation and descent balance; None if nothing does.

    Each direction adds (1 + β) α σ² / (2 (1 - β) (2 + 2β - αλ)); without momentum α σ² / (2 (2 - αλ)).

    >>> round(noise_floor([1, 5], 0.2, 2), 3)
    0.622
    """
    floor = 0.0
    for eigenvalue in eigenvalues:
        room = 2 + 2 * momentum - rate * eigenvalue
        if room <= 0 or eigenvalue <= 0:
            return None
        floor += (1 + momentum) * rate * noise**2 / (2 * (1 - momentum) * room)
    return floor


def steps_to(shrink: float, by: float) -> int | None:
    """How many steps of this factor make the loss `by` times smaller (the loss shrinks with the factor's square).

    >>> steps_to(0.980198019801, 1e-6)
    346
    """
    if not 0 < shrink < 1:
        return None
    return math.ceil(math.log(by) / (2 * math.log(shrink)) - 1e-9)


def measured_factor(gradients: Vector) -> float | None:
    """By how much each step multiplied the length of the gradient, over the later half of rows [steps, parameters].

    Near a minimum the gradient shrinks as the distance does. A straight line through the logarithms; rows at the limit
    of precision do not count; None where fewer than 8 are left.

    >>> round(measured_factor(0.9 ** np.arange(40.0)[:, None]), 9)
    0.9
    """
    lengths = np.sqrt(np.sum(np.asarray(gradients, dtype=np.float64) ** 2, axis=1))
    usable = lengths > 1e-12 * lengths.max(initial=0.0)
    end = len(lengths) if usable.all() else int(np.argmin(usable))
    late = np.log(lengths[end // 2 : end])
    if len(late) < 8:
        return None
    slope = np.polyfit(np.arange(len(late)), late, 1)[0]
    return float(np.exp(slope))


def sharpness(problem: Problem, path: Vector) -> Vector:
    """The largest eigenvalue of the Hessian at each point of a path [points, parameters]; NaN where there is none.

    Plain descent is stable where this is below 2/rate; on networks it tends to climb there and stay.

    >>> from core.problems import make_problem
    >>> sharpness(make_problem("formula", formula="x**4"), [[0.0], [1.0]]).tolist()
    [0.0, 12.0]
    """
    points = np.atleast_2d(np.asarray(path, dtype=np.float64))
    if isinstance(problem, FormulaProblem):
        with np.errstate(all="ignore"):
            rows = problem.formula.hessian(*points.T)
            defined = np.isfinite(problem.formula.value(*points.T))
        hessians = np.where(defined[:, None, None], np.moveaxis(np.array(rows), -1, 0), np.nan)
    else:
        objective = Objective(problem)
        with np.errstate(all="ignore"):
            hessians = np.array([objective.hessian(point) for point in points])
    found = np.full(len(points), np.nan)
    finite = np.isfinite(hessians).all(axis=(1, 2))
    found[finite] = np.linalg.eigvalsh(hessians[finite])[:, -1]
    return found


@dataclass(frozen=True, slots=True)
class Direction:
    """One eigenvector of the Hessian, as a rule sees it.

    `used` is the rate over the largest stable one; `factor` what a step does to the distance in the long run; `swings`
    whether it changes sides: plain descent above 1/λ, momentum above critical damping.

    >>> from core.problems import make_problem
    >>> said = theory(make_problem("formula", formula="x**2 + 9*y**2"), "sgd", {"lr": 0.1}, (0, 0))
    >>> [(round(d.used, 3), round(d.factor, 3), d.swings) for d in said.directions]
    [(0.1, 0.8, False), (0.9, 0.8, True)]
    """

    eigenvalue: float
    vector: tuple[float, ...]
    stable_rate: float | None
    used: float | None
    factor: float | None
    swings: bool | None


@dataclass(frozen=True, slots=True)
class Theory:
    """What can be said about a rule at a point. `limits` says what it rests on, or why something is None.

    >>> from core.problems import make_problem
    >>> said = theory(make_problem("surface", name="matyas"), "momentum", {"lr": 0.1, "momentum": 0.9}, (0, 0))
    >>> round(said.condition), round(said.best_plain.factor, 4)
    (25, 0.9231)
    """

    shape: str | None
    condition: float | None
    directions: tuple[Direction, ...]
    largest_stable_rate: float | None
    factor: float | None
    best_plain: Best | None
    best_momentum: Best | None
    critical_damping: tuple[float | None, ...]
    noise_floor: float | None
    limits: tuple[Limit, ...]


def theory(problem: Problem, optimizer: str | None, settings: Mapping[str, float], point: Sequence[float]) -> Theory:
    """What theory says about a rule with these settings at a point; `optimizer` is None for a typed rule.

    >>> from core.problems import make_problem
    >>> said = theory(make_problem("surface", name="rosenbrock"), "sgd", {"lr": 0.001}, (1, 1))
    >>> round(said.largest_stable_rate, 7), said.shape, [limit.code for limit in said.limits]
    (0.0019968, 'bowl', ['only_local'])
    """
    if len(point) != len(problem.parameters):
        message = f"needs {len(problem.parameters)} numbers, not {len(point)}."
        raise FieldError("point", message, code="wrong_length", expected=len(problem.parameters))
    curved = curvature(problem, point)
    limits = _limits(problem, optimizer, settings, curved)
    if curved is None:
        return Theory(None, None, (), None, None, None, None, (), None, limits)
    rate, momentum = settings.get("lr", math.nan), settings.get("momentum", 0.0)
    directions = _directions(optimizer, rate, momentum, curved)
    bowl = curved.shape == "bowl"
    linear = optimizer in LINEAR_RULES
    noise = problem.noise if isinstance(problem, FormulaProblem) else 0.0
    values = curved.eigenvalues.tolist()
    return Theory(
        shape=curved.shape,
        condition=curved.condition,
        directions=directions,
        largest_stable_rate=stable_rate(str(optimizer), curved.largest, momentum),
        factor=max(d.factor for d in directions if d.factor is not None) if linear and bowl else None,
        best_plain=best_plain(curved.smallest, curved.largest) if bowl else None,
        best_momentum=best_momentum(curved.smallest, curved.largest) if bowl else None,
        critical_damping=tuple(_damping(optimizer, rate, value) for value in values),
        noise_floor=noise_floor(values, rate, noise, momentum) if noise and bowl and optimizer in FLOORED else None,
        limits=limits,
    )


def _damping(optimizer: str | None, rate: float, eigenvalue: float) -> float | None:
    return critical_damping(rate, eigenvalue) if optimizer in FLOORED and eigenvalue > 0 else None


def _directions(optimizer: str | None, rate: float, momentum: float, curved: Curvature) -> tuple[Direction, ...]:
    found = []
    linear = optimizer in LINEAR_RULES
    for index, value in enumerate(curved.eigenvalues.tolist()):
        stable = stable_rate(str(optimizer), value, momentum)
        found.append(
            Direction(
                eigenvalue=value,
                vector=tuple(curved.directions[:, index].tolist()),
                stable_rate=stable,
                used=rate / stable if stable else None,
                factor=factor(str(optimizer), value, rate, momentum) if linear else None,
                swings=swings(str(optimizer), value, rate, momentum) if linear and value > 0 else None,
            )
        )
    return tuple(found)


def _limits(
    problem: Problem, optimizer: str | None, settings: Mapping[str, float], curved: Curvature | None
) -> tuple[Limit, ...]:
    found = []
    if curved is None:
        return (Limit("no_curvature", "The function has no curvature here: it is not defined, or not finite.", {}),)
    if not Objective(problem).quadratic:
        found.append(
            Limit("only_local", "Not a quadratic: this is true near the point only, and changes on the way.", {})
        )
    if not isinstance(problem, FormulaProblem) and problem.kind == "network":
        found.append(Limit("approximate", "The Hessian is made of differences of gradients: about nine digits.", {}))
    sentences = {
        "valley": "Flat in some direction: there is no single minimum, and no rate of convergence along the floor.",
        "saddle": "It curves down in some direction: descent leaves this point, and no rate makes it stay.",
        "dome": "It curves down everywhere: descent leaves this point at any rate.",
        "flat": "There is no curvature in any direction: no rate is too large here.",
    }
    if curved.shape in sentences:
        found.append(Limit(curved.shape, sentences[curved.shape], {"smallest": curved.smallest}))
    if optimizer not in LINEAR_RULES:
        message = "This rule divides by or takes signs of gradients: eigenvalues alone do not decide what it does."
        found.append(Limit("not_linear", message, {"optimizer": optimizer}))
        return tuple(found)
    rate, stable = (
        settings.get("lr", math.nan),
        stable_rate(str(optimizer), curved.largest, settings.get("momentum", 0.0)),
    )
    if stable is not None and rate >= stable:
        message = f"The rate {rate:g} is not below {stable:.6g}: the steepest direction grows with every step."
        found.append(Limit("unstable", message, {"rate": rate, "stable": stable}))
    return tuple(found)
