"""Every rule on every surface: it arrives at a minimum, or stands in the table of expected failures."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from core.optimizers import OPTIMIZERS
from core.problems import FormulaProblem, make_problem
from core.running import Run
from core.surfaces import SURFACES, Surface

RULES = [name for name, row in OPTIMIZERS.items() if row.rule is not None]
STEPS = 6_000
NEAR = 0.01  # of the window's width

# A rate for rules whose steps are as long as the gradient says; momentum takes a fifth of it.
RATES = {
    "dupont": 0.02,
    "bowl": 0.1,
    "quadratic": 0.05,
    "ravine": 0.02,
    "turned_ravine": 0.02,
    "narrow_ravine": 0.0019,
    "heavy_ball": 0.05,
    "saddle": 0.1,
    "monkey_saddle": 0.01,
    "plateau": 0.5,
    "units": 0.05,
    "noisy_plain": 0.1,
    "parabola": 0.1,
    "double_well": 0.02,
    "shelf": 0.5,
    "cliff": 0.5,
    "rosenbrock": 0.0019,
    "himmelblau": 0.005,
    "beale": 0.005,
    "booth": 0.05,
    "matyas": 0.5,
    "mccormick": 0.1,
    "goldstein_price": 1e-6,
    "three_hump_camel": 0.01,
    "six_hump_camel": 0.01,
    "branin": 0.02,
    "styblinski_tang": 0.01,
    "rastrigin": 0.001,
    "ackley": 0.01,
    "easom": 0.3,
}
# The others walk at a pace of their own: their rate as a part of the window's width.
PACES = {
    "adagrad": 0.1,
    "rmsprop": 5e-4,
    "rmsprop_centered": 5e-4,
    "adam": 0.01,
    "amsgrad": 0.01,
    "adamw": 0.01,
    "adamax": 0.01,
    "nadam": 0.01,
    "lion": 4e-4,
    "rprop": 0.01,
}
OTHERS: Mapping[str, Mapping[str, float]] = {
    "sgd_weight_decay": {"weight_decay": 1e-4},
    "sgd_clipped": {"max_norm": 100},
    "adamw": {"weight_decay": 1e-4},
    "adadelta": {"lr": 0.3},
}
FOR_PAIRS: Mapping[tuple[str, str], Mapping[str, float]] = {
    ("rosenbrock", "adadelta"): {"lr": 0.1},
    ("narrow_ravine", "radam"): {"lr": 0.005},
    ("goldstein_price", "sgd_clipped"): {"max_norm": 1e4},
}
EXPECTED_FAILURES = {
    **{("monkey_saddle", rule): "it has no minimum: every rule runs down for ever" for rule in RULES},
    **{
        ("easom", rule): "outside the needle's pit there is hardly a slope, and these steps are in proportion to it"
        for rule in ("sgd", "sgd_weight_decay", "sgd_clipped", "adadelta")
    },
    **{
        (name, "radam"): "its first five steps are as long as the gradient; a rate that survives them is then too small"
        for name in ("rosenbrock", "goldstein_price")
    },
}


def width(surface: Surface) -> float:
    return max(high - low for low, high in surface.window)


def settings(rule: str, surface: Surface) -> dict[str, float]:
    if rule in PACES:
        rate = PACES[rule] * width(surface)
    else:
        rate = RATES[surface.name] / (5 if rule in ("momentum", "nesterov") else 1)
    return {"lr": rate, **OTHERS.get(rule, {}), **FOR_PAIRS.get((surface.name, rule), {})}


def arrived(problem: FormulaProblem, surface: Surface, end: list[float]) -> bool:
    """Whether a minimum is near: one that is known, or where Newton's step from a place curved upwards leads."""
    near = NEAR * width(surface)
    if any(np.linalg.norm(np.subtract(end, minimum)) < near for minimum in surface.minima):
        return True
    _, *gradient = problem.formula.value_and_gradient(*end)
    hessian = np.array(problem.formula.hessian(*end))
    return bool(np.linalg.eigvalsh(hessian).min() > 0 and np.linalg.norm(np.linalg.solve(hessian, gradient)) < near)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", SURFACES)
def test_a_rule_on_a_surface(name: str, rule: str) -> None:
    surface, problem = SURFACES[name], make_problem("surface", name=name)
    assert isinstance(problem, FormulaProblem)
    run = Run(problem, rule, settings=settings(rule, surface), steps=STEPS)
    columns = run.advance(STEPS)
    end = [float(columns[parameter][-1]) for parameter in problem.parameters]
    if (name, rule) in EXPECTED_FAILURES:
        assert run.status.state == "diverged" or not arrived(problem, surface, end)
    else:
        assert run.status.state == "finished"
        assert arrived(problem, surface, end), end


QUADRATICS = {"bowl", "quadratic", "ravine", "turned_ravine", "narrow_ravine", "heavy_ball", "units", "noisy_plain"}
QUADRATICS |= {"parabola", "booth", "matyas"}
STOPS = {
    "newton": ("indefinite_hessian", "it does not follow a curvature that points uphill"),
    "exact_line_search": ("not_quadratic", "it is worked out for quadratics"),
    "lbfgs": ("no_descent", "the monkey saddle has no lowest point on the way down"),
}


@pytest.mark.parametrize("rule", STOPS)
@pytest.mark.parametrize("name", SURFACES)
def test_a_rule_of_second_order_arrives_or_says_why_it_stops(name: str, rule: str) -> None:
    surface, problem = SURFACES[name], make_problem("surface", name=name)
    assert isinstance(problem, FormulaProblem)
    run = Run(problem, rule, steps=300)
    columns = run.advance(300)
    end = [float(columns[parameter][-1]) for parameter in problem.parameters]
    if not arrived(problem, surface, end):
        assert (run.status.state, run.status.code) == ("stopped", STOPS[rule][0])
        assert rule != "exact_line_search" or name not in QUADRATICS
        assert rule != "lbfgs" or name == "monkey_saddle"
    elif rule != "lbfgs":  # which says so when it is as low as rounding allows
        assert run.status.state == "finished"
