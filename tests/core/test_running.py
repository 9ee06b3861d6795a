"""Runs: published numbers, the same steps however sliced, changes, schedules, noise, and trouble as data."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import FieldError
from core.optimizers import OPTIMIZERS
from core.problems import make_problem
from core.running import Change, Columns, Run


def descend(formula: str, optimizer: str = "sgd", steps: int = 100, **chosen: Any) -> tuple[Run, Columns]:
    run = Run(make_problem("formula", formula=formula), optimizer, steps=steps, **chosen)
    return run, run.advance(steps)


def test_descent_by_hand() -> None:
    _, rows = descend("x**2", settings={"lr": 0.4}, start=[1], steps=4)
    np.testing.assert_allclose(rows["x"], [1, 0.2, 0.04, 0.008, 0.0016], rtol=1e-12)
    _, rows = descend("x**2 + y**2", settings={"lr": 0.1}, start=[1, 3], steps=20)
    np.testing.assert_allclose(rows["x"], 0.8 ** np.arange(21), rtol=1e-12)
    np.testing.assert_allclose(rows["y"], 3 * 0.8 ** np.arange(21), rtol=1e-12)


NEURON = [  # start, a at 0, MSE at 150 and 300, CE at 150 and 300 (Nielsen, chapter 3)
    ((0.6, 0.9), 0.8175745, 0.1527399, 0.0939557, 0.0240652, 0.0116382),
    ((2.0, 2.0), 0.9820138, 0.9334175, 0.2028484, 0.0256854, 0.0120087),
]


@pytest.mark.parametrize(("start", "a0", "mse150", "mse300", "ce150", "ce300"), NEURON)
def test_the_sigmoid_neuron(start: Any, a0: float, mse150: float, mse300: float, ce150: float, ce300: float) -> None:
    for loss, at150, at300 in (("mse", mse150, mse300), ("ce", ce150, ce300)):
        run = Run(make_problem("neuron", loss=loss), "sgd", settings={"lr": 0.15}, start=start, steps=300)
        output = run.advance(300)["output"]
        np.testing.assert_allclose(output[[0, 150, 300]], [a0, at150, at300], rtol=0, atol=5.1e-8)  # all printed digits


def test_the_neuron_falls_below_one_half_when_the_texts_say() -> None:
    below = {}
    for loss in ("mse", "ce"):
        run = Run(make_problem("neuron", loss=loss), "sgd", settings={"lr": 0.15}, start=(2, 2), steps=300)
        rows = run.advance(300)
        below[loss] = int(np.argmax(rows["output"] < 0.5))
        np.testing.assert_allclose(rows["slope"], rows["output"] * (1 - rows["output"]), rtol=1e-15)
    assert below == {"mse": 232, "ce": 17}


def test_the_ratio_of_the_gradients_is_one_over_the_slope() -> None:
    for start, ratio in (((2, 2), 56.6165), ((0.6, 0.9), 6.7048)):
        first = {}
        for loss in ("mse", "ce"):
            run = Run(make_problem("neuron", loss=loss), "sgd", start=start, steps=1)
            first[loss] = run.advance(0)["gradient_w"][0]
        assert first["ce"] / first["mse"] == pytest.approx(ratio, rel=1e-5)


def test_a_soft_target_has_its_entropy_as_the_floor() -> None:
    run = Run(make_problem("neuron", loss="ce", target=0.2), "sgd", settings={"lr": 2}, steps=2000)
    assert run.advance(2000)["loss"][-1] == pytest.approx(0.5004, abs=5e-5)


def test_adam_first_steps() -> None:
    _, rows = descend("x**2/2", "adam", settings={"lr": 0.1}, start=[10], steps=1)
    assert rows["x"][1] == pytest.approx(9.9, abs=1e-9)
    uncorrected = "m = beta1*m + (1 - beta1)*g; v = beta2*v + (1 - beta2)*g**2; x = x - lr*m/(sqrt(v) + eps)"
    for beta1, times in ((0.9, 3.162), (0.7, 9.487)):
        run = Run(
            make_problem("formula", formula="x**2/2"),
            rule=uncorrected,
            settings={"lr": 0.1, "beta1": beta1, "beta2": 0.999, "eps": 1e-8},
            start=[10],
            steps=1,
        )
        assert (10 - run.advance(1)["x"][1]) / 0.1 == pytest.approx(times, abs=5e-4)


ELEMENT_WISE = sorted(name for name, row in OPTIMIZERS.items() if row.rule is not None)


@settings(max_examples=40)
@given(st.lists(st.integers(0, 30), max_size=8), st.sampled_from(ELEMENT_WISE), st.booleans())
def test_slicing_changes_nothing(cuts: list[int], optimizer: str, noisy: bool) -> None:
    problem = make_problem("surface", name="himmelblau", noise=0.5 if noisy else 0.0)
    chosen: dict[str, Any] = {
        "start": (-0.27, -0.92),
        "steps": 60,
        "seed": 7,
        "detail": True,
        "schedule": ("cosine", {}),
        "changes": [Change(13, {"lr": 0.004}), Change(40, {"lr": 0.02})],
    }
    whole = Run(problem, optimizer, **chosen).advance(60)
    sliced = Run(problem, optimizer, **chosen)
    parts = [sliced.advance(cut) for cut in [*cuts, 60]]
    for name, column in whole.items():
        together = np.concatenate([part[name] for part in parts])
        assert together.tobytes() == column.tobytes(), name


def test_a_change_bends_the_path_from_its_step_on() -> None:
    problem = make_problem("surface", name="rosenbrock")
    plain = Run(problem, "sgd", settings={"lr": 0.001}, steps=50).advance(50)
    changed = Run(problem, "sgd", settings={"lr": 0.001}, steps=50, changes=[Change(20, {"lr": 0.002})]).advance(50)
    np.testing.assert_array_equal(plain["x"][:21], changed["x"][:21])
    assert plain["x"][21] != changed["x"][21]
    assert changed["x"][21] == pytest.approx(changed["x"][20] - 0.002 * changed["gradient_x"][20], rel=1e-15)
    assert math.isnan(changed["learning_rate"][0])
    assert changed["learning_rate"][[1, 20, 21]].tolist() == [0.001, 0.001, 0.002]
    assert "learning_rate" not in plain


def test_noise_is_that_of_the_seed_and_enters_the_gradient_alone() -> None:
    def run(seed: int, noise: float) -> Columns:
        problem = make_problem("formula", formula="x**2 + y**2", noise=noise)
        return Run(problem, "sgd", start=(1, 1), seed=seed, steps=30).advance(30)

    assert run(1, 0.5)["x"].tobytes() == run(1, 0.5)["x"].tobytes()
    assert run(1, 0.5)["x"].tobytes() != run(2, 0.5)["x"].tobytes()
    rows = run(1, 0.5)
    np.testing.assert_allclose(rows["loss"], rows["x"] ** 2 + rows["y"] ** 2, rtol=1e-14)
    assert np.std(rows["gradient_x"] - 2 * rows["x"]) == pytest.approx(0.5, rel=0.4)


def test_too_large_a_rate_diverges_with_its_finite_steps_kept() -> None:
    run = Run(make_problem("surface", name="rosenbrock"), "sgd", settings={"lr": 10}, steps=100)
    rows = run.advance(100)
    assert run.status.state == "diverged"
    assert run.status.step == len(rows["x"]) - 1 == run.step
    assert all(np.isfinite(column).all() for column in rows.values())
    assert "smaller learning rate" in run.status.message
    assert len(run.advance(5)["x"]) == 0


def test_leaving_the_domain_is_told_from_divergence() -> None:
    run, rows = descend("log(x)", settings={"lr": 1}, start=[0.5])
    assert (run.status.state, run.status.step, run.status.values["operation"]) == ("left_domain", 0, "log")
    assert len(rows["x"]) == 1
    run, rows = descend("log(x)", start=[-1])
    assert (run.status.state, run.status.step, len(rows["x"])) == ("left_domain", 0, 0)
    run, _ = descend("1/x", settings={"lr": 1}, start=[0])
    assert run.status.state == "left_domain"
    run, _ = descend("exp(x)", settings={"lr": -0.0}, start=[800])
    assert run.status.state == "left_domain"
    run, _ = descend("exp(exp(x**2))", settings={"lr": 5}, start=[1], steps=50)
    assert run.status.state == "diverged"


@pytest.mark.parametrize(
    ("problem", "start", "message"),
    [
        ({"kind": "formula", "formula": "x**2 + y**2"}, [0, 1], "no next step from x = 0, y = 1, because in it some"),
        ({"kind": "linear", "dataset": {"points": [[0], [0]], "labels": [1, 2]}}, [1, 1], "no next step, because"),
        (
            {"kind": "network", "dataset": {"points": [[0, 1], [0, 2]], "labels": [0, 1]}, "hidden": [8]},
            None,
            "something is divided by zero",
        ),
    ],
)
def test_a_rule_without_a_next_step_stops_and_is_not_taken_for_a_hole_of_the_function(
    problem: dict[str, Any], start: list[float] | None, message: str
) -> None:
    """Without eps Adam divides 0 by 0 where a gradient has always been zero."""
    run = Run(make_problem(**problem), "adam", settings={"eps": 0}, start=start, steps=9)
    rows = run.advance(9)
    assert (run.status.state, run.status.code, run.status.step) == ("stopped", "rule_undefined", 0)
    assert message in run.status.message
    assert len(rows["step"]) == 1


def test_a_power_without_a_value_is_told_as_it_is_typed() -> None:
    run, _ = descend("x**y", start=[-8, 0.5])
    assert "at x = -8, y = 0.5, (-8)**0.5 is not defined" in run.status.message


def test_the_spread_of_a_gradient_that_does_not_change_is_never_below_zero() -> None:
    """v - m² is zero but for rounding; its root must not be that of something negative."""
    run, _ = descend("0.1*x + 0.7*y", "rmsprop_centered", settings={"lr": 1e-6, "alpha": 0.5}, start=[1, 1])
    assert run.status.state == "finished"


def test_a_rule_whose_memory_overflows_has_diverged_with_and_without_detail() -> None:
    rule = "v = v*v + g; x = x - lr*sign(v)"
    ends = set()
    for detail in (False, True):
        problem = make_problem("formula", formula="x**2")
        run = Run(problem, rule=rule, settings={"lr": 1e-3}, start=[2], steps=100, detail=detail)
        rows = run.advance(100)
        assert all(np.isfinite(column[1:]).all() for column in rows.values())
        ends.add((run.status.state, run.step))
    assert len(ends) == 1
    assert ends.pop()[0] == "diverged"


def test_inputs_are_not_changed() -> None:
    start, chosen = [1.0, 2.0], {"lr": 0.1}
    Run(make_problem("surface", name="himmelblau"), "adam", start=start, settings=chosen, steps=5).advance(5)
    assert start == [1.0, 2.0]
    assert chosen == {"lr": 0.1}


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({"optimizer": "adma"}, "optimizer"),
        ({}, "optimizer"),
        ({"optimizer": "sgd", "rule": "x = x - g"}, "optimizer"),
        ({"optimizer": "sgd", "settings": {"lr": -1}}, "settings.lr"),
        ({"optimizer": "sgd", "settings": {"lr": 1001}}, "settings.lr"),
        ({"optimizer": "sgd", "settings": {"lr": math.nan}}, "settings.lr"),
        ({"optimizer": "sgd", "settings": {"rate": 1}}, "settings.rate"),
        ({"optimizer": "sgd", "start": [1]}, "start"),
        ({"optimizer": "sgd", "start": [1, math.inf]}, "start[1]"),
        ({"optimizer": "sgd", "start": [1e301, 1]}, "start[0]"),
        ({"optimizer": "sgd", "start": ["a", 1]}, "start[0]"),
        ({"optimizer": "sgd", "start": [1, None]}, "start[1]"),
        ({"optimizer": "sgd", "steps": 2.5}, "steps"),
        ({"optimizer": "sgd", "steps": True}, "steps"),
        ({"optimizer": "sgd", "seed": 0.5}, "seed"),
        ({"optimizer": "sgd", "changes": [Change(-1, {"lr": 0.1})]}, "changes[0].after"),
        ({"optimizer": "sgd", "steps": 10_001}, "steps"),
        ({"optimizer": "sgd", "steps": 0}, "steps"),
        ({"optimizer": "sgd", "seed": -1}, "seed"),
        ({"optimizer": "sgd", "schedule": ("cos", {})}, "schedule.name"),
        ({"optimizer": "sgd", "schedule": ("cosine", {"nope": 1})}, "schedule.settings.nope"),
        ({"optimizer": "sgd", "changes": [Change(3, {"momentum": 1})]}, "changes[0].settings.momentum"),
        ({"rule": "x = x - lr*g"}, "settings.lr"),
        ({"rule": "x = x - a*g", "settings": {"a": 1}, "schedule": ("cosine", {})}, "schedule"),
    ],
)
def test_bad_input_names_its_field(chosen: dict[str, Any], field: str) -> None:
    with pytest.raises(FieldError) as caught:
        Run(make_problem("surface", name="rosenbrock"), **chosen)
    assert caught.value.field == field


def test_a_rule_may_remember_the_gradient_itself() -> None:
    """The new memory is an old name of the loop: it must be the gradient before the step, not the one after."""
    problem = make_problem("formula", formula="x**2 + y**4")
    rule = "x = x - lr*p; p = g"
    rows = Run(problem, rule=rule, settings={"lr": 0.1}, start=(1, 1), steps=12, detail=True).advance(12)
    np.testing.assert_array_equal(rows["p_x"][1:], rows["gradient_x"][:-1])
    np.testing.assert_allclose(rows["x"][2:], rows["x"][1:-1] - 0.1 * rows["gradient_x"][:-2], rtol=1e-15)
    assert rows["x"][1] == 1.0


def test_what_a_row_does_not_show_is_finite_all_the_same() -> None:
    """A sum beyond the largest number is not trouble; a memory that is infinite is, also where it is not shown."""
    huge = "v = 1e308 + 0*g; w = 1e308 + 0*g; x = x - lr*g"
    runs = []
    for detail in (False, True):
        problem = make_problem("formula", formula="x**2")
        run = Run(problem, rule=huge, settings={"lr": 0.1}, start=[1], steps=5, detail=detail)
        runs.append((run.advance(5)["x"].tolist(), run.status))
    assert runs[0] == runs[1]
    assert runs[0][1].state == "finished"


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "nadam"])
@pytest.mark.parametrize("kind", ["rosenbrock", "ackley", "noisy", "logistic", "network"])
def test_columns_that_are_not_asked_for_change_nothing(optimizer: str, kind: str) -> None:
    """What is picked has the same bits as among all columns, and the run ends where it would."""
    problem = {
        "rosenbrock": lambda: make_problem("surface", name="rosenbrock"),
        "ackley": lambda: make_problem("surface", name="ackley"),
        "noisy": lambda: make_problem("surface", name="himmelblau", noise=1.0),
        "logistic": lambda: make_problem("logistic", dataset={"name": "blobs", "classes": 2, "count": 40}),
        "network": lambda: make_problem("network", dataset={"name": "moons", "count": 20}, hidden=[3, 3]),
    }[kind]()
    for lr in (0.01, 300.0):
        chosen: dict[str, Any] = {"settings": {"lr": lr}, "steps": 60, "detail": True, "schedule": ("exponential", {})}
        whole = Run(problem, optimizer, **chosen)
        rows = whole.advance(60)
        for picked in (["loss"], [problem.parameters[-1]], list(rows)[-3:], list(rows)[::-2], ["step"]):
            run = Run(problem, optimizer, columns=picked, **chosen)
            parts = [run.advance(cut) for cut in (0, 7, 53)]
            assert set(run.columns) == {"step", *picked}
            assert (run.status, run.step) == (whole.status, whole.step)
            for name in run.columns:
                assert np.concatenate([part[name] for part in parts]).tobytes() == rows[name].tobytes(), name


def test_what_follows_from_a_row_alone_is_computed_for_all_rows_at_once() -> None:
    """A loss that no step needs, and that has no value at a row, ends the run there all the same."""
    problem = make_problem("formula", formula="x + 0/(1/(x - 1) + 0*x) + 0*y")
    for columns in (None, ["x"]):
        run = Run(problem, "sgd", settings={"lr": 1}, start=(3, 0), steps=10, columns=columns)
        assert len(run.advance(10)["x"]) == 2
        assert (run.status.state, run.status.step) == ("left_domain", 1)


def test_a_noisy_run_whose_first_step_fails_has_its_first_row() -> None:
    problem = make_problem("formula", formula="exp(x**2) + y", noise=0.1)
    run = Run(problem, "sgd", settings={"lr": 1}, start=(3, 0), steps=5)
    assert len(run.advance(5)["loss"]) == 1
    assert (run.status.state, run.status.step) == ("diverged", 0)
