"""The rules do what torch.optim's do, and what their papers say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.formula import parse_rule
from core.optimizers import OPTIMIZERS, Optimizer
from core.problems import make_problem
from core.running import Run

GOLDENS = Path(__file__).parent / "goldens"
RULES = {name: row for name, row in OPTIMIZERS.items() if row.rule is not None}
ALL = pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=list(OPTIMIZERS))


def golden_runs() -> list[Any]:
    return [
        pytest.param(name, golden, id=f"{name}-{golden['surface']}-{golden['settings']}")
        for name in RULES
        if (GOLDENS / f"{name}.json").exists()
        for golden in json.loads((GOLDENS / f"{name}.json").read_text())["runs"]
    ]


def path(formula: str, optimizer: str, start: list[float], steps: int, **settings: float) -> NDArray[np.float64]:
    """The points of a run, one row each."""
    problem = make_problem("formula", formula=formula)
    columns = Run(problem, optimizer, settings=settings, start=start, steps=steps).advance(steps)
    return np.stack([columns[name] for name in problem.parameters], axis=1)


@pytest.mark.parametrize(("name", "golden"), golden_runs())
def test_the_path_is_torchs(name: str, golden: dict[str, Any]) -> None:
    problem = make_problem("surface", name=golden["surface"])
    run = Run(problem, name, settings=golden["settings"], start=golden["start"], steps=100)
    columns = run.advance(100)
    for axis, parameter in enumerate(problem.parameters):
        ours = columns[parameter][golden["steps"]]
        np.testing.assert_allclose(ours, np.array(golden["path"])[:, axis], rtol=1e-9, atol=1e-12)


def test_every_rule_that_torch_has_is_compared_with_torch() -> None:
    without = {name for name in RULES if not (GOLDENS / f"{name}.json").exists()}
    assert without == {"lion"}


@ALL
def test_a_row_is_whole(optimizer: Optimizer) -> None:
    assert OPTIMIZERS[optimizer.name] is optimizer
    assert optimizer.good.endswith(".")
    assert optimizer.bad.endswith(".")
    assert optimizer.source
    assert all(setting.label for setting in optimizer.settings)
    assert {"g", "x"} <= set(optimizer.words)
    for setting in optimizer.settings:
        assert setting.low <= setting.default <= setting.high
    if optimizer.rule is not None:
        rule = parse_rule(optimizer.rule)
        assert set(rule.settings) == {setting.name for setting in optimizer.settings}
        assert set(rule.kept) <= set(optimizer.words)


def test_the_names_are_those_that_links_use() -> None:
    listed = "sgd momentum nesterov adagrad adadelta rmsprop adam amsgrad adamw adamax nadam radam lion rprop"
    assert set(listed.split()) <= set(RULES)
    assert {name for name, row in OPTIMIZERS.items() if row.rule is None} == {"newton", "lbfgs", "exact_line_search"}


def test_descent_by_hand() -> None:
    assert path("x**2", "sgd", [1], 4, lr=0.4)[:, 0] == pytest.approx([1, 0.2, 0.04, 0.008, 0.0016])
    walk = path("x**2 + y**2", "sgd", [1, 3], 20, lr=0.1)
    assert walk == pytest.approx(0.8 ** np.arange(21)[:, None] * [1, 3])


@pytest.mark.parametrize("slope", [1e-3, 1.0, 1e6])
def test_adams_first_step_has_the_length_of_the_rate(slope: float) -> None:
    assert path(f"{slope}*x**2/2", "adam", [10], 1, lr=0.1)[1, 0] == pytest.approx(9.9, rel=1e-5)


@pytest.mark.parametrize(("beta1", "beta2", "times"), [(0.9, 0.999, 3.162), (0.7, 0.999, 9.487)])
def test_without_correction_adams_first_step_would_be_much_longer(beta1: float, beta2: float, times: float) -> None:
    # (1 - beta1)/sqrt(1 - beta2): a well-known post has that mistake
    uncorrected = "m = beta1*m + (1 - beta1)*g; v = beta2*v + (1 - beta2)*g**2; x = x - lr*m/(sqrt(v) + eps)"
    settings = {"lr": 0.1, "beta1": beta1, "beta2": beta2, "eps": 1e-8}
    run = Run(make_problem("formula", formula="x**2/2"), rule=uncorrected, settings=settings, start=[10], steps=1)
    assert (10 - run.advance(1)["x"][1]) / 0.1 == pytest.approx(times, abs=1e-3)


def test_rmsprop_starts_ten_times_too_fast() -> None:
    assert path("x**2/2", "rmsprop", [10], 1, lr=0.1, alpha=0.99)[1, 0] == pytest.approx(9)


def test_momentum_does_not_scale_its_velocity() -> None:
    # Goh: z = beta z + g; w = w - alpha z. With a constant slope the step grows to lr/(1 - momentum).
    steps = -np.diff(path("x", "momentum", [0], 200, lr=0.1, momentum=0.9)[:, 0])
    assert steps[0] == pytest.approx(0.1)
    assert steps[-1] == pytest.approx(1.0)


def test_lion_by_its_papers_program() -> None:
    x, m, lr, decay, beta1, beta2 = np.array([-8.0, 2.0]), np.zeros(2), 0.05, 0.1, 0.9, 0.99
    walk = [x]
    for _ in range(60):
        g = x * [1, 50]
        update = np.sign(beta1 * m + (1 - beta1) * g)
        m = beta2 * m + (1 - beta2) * g
        x = x - lr * (update + decay * x)
        walk.append(x)
    ours = path("(x**2 + 50*y**2)/2", "lion", [-8, 2], 60, lr=lr, weight_decay=decay, beta1=beta1, beta2=beta2)
    np.testing.assert_allclose(ours, walk, rtol=1e-12)


def test_clipping_bounds_the_step_and_keeps_the_direction() -> None:
    walk = path("(x**2 + 50*y**2)/2", "sgd_clipped", [-8, 2], 1, lr=0.1, max_norm=3)
    step = walk[1] - walk[0]
    assert np.linalg.norm(step) == pytest.approx(0.3)
    assert step / 0.3 == pytest.approx(np.array([8, -100]) / np.hypot(8, 100), rel=1e-6)


def test_rprop_ignores_the_size_of_the_gradient() -> None:
    assert path("1000*x**2", "rprop", [3], 40) == pytest.approx(path("x**2", "rprop", [3], 40))


def test_adam_takes_the_same_path_in_any_unit_and_descent_does_not() -> None:
    small, large = (path(f"{s}*(x**2 + 20*y**2)/2", "adam", [-8, 2], 50, lr=0.3, eps=0) for s in (0.01, 100))
    assert small == pytest.approx(large)
    far = path("100*(x**2 + 20*y**2)/2", "sgd", [-8, 2], 1, lr=0.05)
    assert far[1] == pytest.approx([32, -198])


def test_radam_begins_as_momentum_until_its_memory_is_long_enough() -> None:
    # Liu et al.: with beta2 = 0.999 the rectification sets in when rho > 5, at step 6
    problem = make_problem("formula", formula="x**2/2")
    run = Run(problem, "radam", settings={"lr": 0.01}, start=[10], steps=8, detail=True)
    columns = run.advance(8)
    assert columns["trust_x"][1:].tolist() == [0, 0, 0, 0, 0, 1, 1, 1]
    assert columns["x"][1] == pytest.approx(10 - 0.01 * 10)
