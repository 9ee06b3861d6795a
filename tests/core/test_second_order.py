"""Newton, L-BFGS and exact line search: what theory promises, and where each says that it cannot go on."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import FieldError
from core.problems import make_problem
from core.problems.model import DataModel
from core.running import Columns, Run
from core.second_order import CURVATURE, DECREASE, TRIALS, wolfe


def run(formula: str, optimizer: str, start: list[float], steps: int = 60, **chosen: Any) -> tuple[Run, Columns]:
    made = Run(make_problem("formula", formula=formula), optimizer, start=start, steps=steps, **chosen)
    return made, made.advance(steps)


@given(st.floats(1, 1e4), st.floats(-5, 5), st.floats(-5, 5))
def test_newton_takes_one_step_on_any_quadratic(condition: float, x: float, y: float) -> None:
    _, rows = run(f"(x**2 + {condition!r}*y**2 + x*y)/2 - x", "newton", [x, y], steps=1)
    assert abs(rows["gradient_x"][1]) < 1e-9 * (1 + condition)
    assert abs(rows["gradient_y"][1]) < 1e-9 * (1 + condition)


def test_damped_newton_goes_part_of_the_way() -> None:
    _, rows = run("x**2 + 9*y**2", "newton", [4, 2], steps=3, settings={"lr": 0.5})
    np.testing.assert_allclose(rows["x"], [4, 2, 1, 0.5], rtol=1e-14)


@pytest.mark.parametrize(
    ("formula", "code", "says"),
    [
        ("x**2 - y**2", "indefinite_hessian", "saddle"),
        ("(x + y)**2", "singular_hessian", "Weight decay"),
        ("sqrt(x) + y**2", "indefinite_hessian", "smallest curvature"),
    ],
)
def test_newton_says_why_it_stops(formula: str, code: str, says: str) -> None:
    made, rows = run(formula, "newton", [1, 1])
    assert (made.status.state, made.status.code, made.status.step) == ("stopped", code, 0)
    assert says in made.status.message
    assert len(rows["x"]) == 1


def test_newton_and_lbfgs_on_rosenbrock() -> None:
    for optimizer, steps in (("newton", 7), ("lbfgs", 45)):
        made = Run(make_problem("surface", name="rosenbrock"), optimizer, start=(-1.2, 1), steps=60)
        rows = made.advance(60)
        assert rows["loss"][steps] < 1e-15, optimizer


def test_lbfgs_never_goes_uphill() -> None:
    for surface in ("himmelblau", "beale", "dupont", "ackley", "rastrigin", "goldstein_price", "branin"):
        rows = Run(make_problem("surface", name=surface), "lbfgs", steps=60).advance(60)
        assert (np.diff(rows["loss"]) <= 0).all(), surface
        assert np.hypot(rows["gradient_x"][-1], rows["gradient_y"][-1]) < 1e-4, surface


@pytest.mark.parametrize("condition", [3, 10, 50])
def test_exact_line_search_has_the_rate_of_kantorovich(condition: int) -> None:
    """From (condition, 1), f falls by ((k - 1)/(k + 1))**2 a step: the worst case, and it zigzags."""
    _, rows = run(f"(x**2 + {condition}*y**2)/2", "exact_line_search", [condition, 1], steps=20)
    rate = ((condition - 1) / (condition + 1)) ** 2
    np.testing.assert_allclose(rows["loss"][1:] / rows["loss"][:-1], rate, rtol=1e-9)
    steps = np.diff(np.stack([rows["x"], rows["y"]]), axis=1)
    turns = (steps[:, 1:] * steps[:, :-1]).sum(axis=0)
    np.testing.assert_allclose(turns, 0, atol=1e-12)


def test_exact_line_search_is_for_quadratics() -> None:
    made, _ = run("x**4 + y**2", "exact_line_search", [1, 1])
    assert made.status.code == "not_quadratic"
    made, _ = run("-x**2 + y**2", "exact_line_search", [1, 0.1])
    assert made.status.code == "no_minimum_on_line"


def test_a_step_out_of_the_domain_is_told() -> None:
    made, rows = run("x*log(x)", "newton", [0.1], settings={"lr": 2.0})
    assert made.status.state in ("left_domain", "finished")
    assert (rows["x"] > 0).all()


@pytest.mark.parametrize("optimizer", ["newton", "lbfgs", "exact_line_search"])
def test_slicing_changes_nothing_and_noise_is_refused(optimizer: str) -> None:
    problem = make_problem("formula", formula="(x**2 + 8*y**2)/2 + x*y")
    whole = Run(problem, optimizer, start=(3, 1), steps=12).advance(12)
    sliced = Run(problem, optimizer, start=(3, 1), steps=12)
    parts = [sliced.advance(n) for n in (0, 3, 1, 8)]
    assert np.concatenate([part["x"] for part in parts]).tobytes() == whole["x"].tobytes()
    with pytest.raises(FieldError) as caught:
        Run(make_problem("formula", formula="x**2", noise=0.1), optimizer)
    assert caught.value.field == "problem.noise"


# waves on the way down, one valley, a dip that flattens out, a narrow valley: loss and slope at a length
LINES: dict[str, Callable[[float], tuple[float, float]]] = {
    "wave": lambda a: (math.cos(5 * a) - 0.2 * a, -5 * math.sin(5 * a) - 0.2),
    "quartic": lambda a: (a**4 - 3 * a**3 + a**2 / 10 - a, 4 * a**3 - 9 * a**2 + a / 5 - 1),
    "dip": lambda a: (-a * math.exp(-a * a), (2 * a * a - 1) * math.exp(-a * a)),
    "narrow": lambda a: (1e4 * (a - 0.01) ** 2, 2e4 * (a - 0.01)),
}


@pytest.mark.parametrize("first", [1e-3, 0.1, 0.3, 1, 3, 10])
@pytest.mark.parametrize("line", LINES)
def test_a_line_search_ends_where_both_wolfe_conditions_hold(line: str, first: float) -> None:
    asked: list[float] = []

    def along(length: float) -> tuple[float, float]:
        asked.append(length)
        return LINES[line](length)

    loss, slope = LINES[line](0.0)
    length = wolfe(along, loss, slope, first)
    assert length is not None
    assert len(asked) < TRIALS / 2
    value, at = LINES[line](length)
    assert value <= loss + DECREASE * length * slope
    assert abs(at) <= CURVATURE * abs(slope)


def test_a_line_search_between_equal_ends_takes_the_middle() -> None:
    turned = [-0.75, 1.299038, -0.75, -1.299038, 1.5, 0, 0, 0, 0]
    problem = make_problem("softmax", dataset={"name": "blobs", "count": 150, "sd": 1.3}, weight_decay=1e-3)
    made = Run(problem, "lbfgs", start=turned, steps=60)
    rows = made.advance(60)
    assert made.status.state in ("finished", "stopped")
    assert rows["loss"][-1] == pytest.approx(0.29657600749, rel=1e-9)


@pytest.mark.parametrize(
    ("optimizer", "settings", "hessians"),
    [("newton", {"lr": 0.5}, 1), ("lbfgs", None, 0), ("exact_line_search", None, 1)],
)
def test_rows_count_the_gradients_that_it_took_to_get_there(
    optimizer: str, settings: dict[str, float] | None, hessians: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every place that the model was really asked for, and a Hessian as two gradients, one for each parameter."""
    asked: list[bytes] = []
    answer = DataModel.evaluate

    def evaluate(model: DataModel, theta: Any, rows: Any = None) -> Any:
        asked.append(theta.tobytes())
        return answer(model, theta, rows)

    problem = make_problem("linear", dataset={"name": "line", "count": 40}, weight_decay=0.01)
    made = Run(problem, optimizer, settings=settings, start=[-2, 3], steps=4)
    made.advance(0)
    monkeypatch.setattr(DataModel, "evaluate", evaluate)
    evaluations = made.advance(4)["evaluations"].tolist()
    steps = len(evaluations)
    gradients = len(asked) + 1 - (0 if optimizer == "lbfgs" else 1)  # the start's; a search has been at its end already
    assert evaluations[-1] == gradients + 2 * hessians * steps
    assert evaluations == sorted(evaluations)
    assert len(set(asked)) == len(asked)
