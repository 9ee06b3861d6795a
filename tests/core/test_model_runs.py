"""Models on data run like surfaces: the same columns, the same steps however sliced, on floats and on arrays."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import engines
from core.optimizers import OPTIMIZERS
from core.problems import make_problem
from core.running import Change, Run

ELEMENT_WISE = sorted(name for name, row in OPTIMIZERS.items() if row.rule is not None)
BLOBS = {"name": "blobs", "count": 60, "seed": 3}
MODELS: dict[str, dict[str, Any]] = {
    "softmax": {"kind": "softmax", "dataset": BLOBS, "weight_decay": 0.01},
    "network": {
        "kind": "network",
        "dataset": BLOBS,
        "hidden": [5],
        "activation": "tanh",
        "output": "softmax",
        "loss": "ce",
    },
}


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(0, 12), max_size=5),
    st.sampled_from(ELEMENT_WISE),
    st.sampled_from(sorted(MODELS)),
    st.sampled_from([{"mode": "full"}, {"mode": "mini", "size": 16}, {"mode": "stochastic"}]),
)
def test_slicing_changes_nothing(cuts: list[int], optimizer: str, model: str, batch: dict[str, Any]) -> None:
    chosen: dict[str, Any] = {
        "steps": 24,
        "seed": 1,
        "batch": batch,
        "detail": True,
        "schedule": ("inverse", {}),
        "changes": [Change(9, {"lr": 0.02})],
    }
    problem = make_problem(**MODELS[model])
    whole = Run(problem, optimizer, **chosen).advance(24)
    sliced = Run(make_problem(**MODELS[model]), optimizer, **chosen)
    parts = [sliced.advance(cut) for cut in [*cuts, 24]]
    for name, column in whole.items():
        assert np.concatenate([part[name] for part in parts]).tobytes() == column.tobytes(), name


@pytest.mark.parametrize("optimizer", ELEMENT_WISE)
def test_a_rule_on_floats_and_on_arrays_makes_the_same_steps(optimizer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which one runs depends on the number of parameters alone; the numbers must not."""
    problem = make_problem(**MODELS["softmax"])
    on_floats = Run(problem, optimizer, steps=20, detail=True).advance(20)
    monkeypatch.setattr(engines, "UNROLLED", 0)
    on_arrays = Run(problem, optimizer, steps=20, detail=True).advance(20)
    for name, column in on_floats.items():
        np.testing.assert_allclose(on_arrays[name], column, rtol=1e-9, atol=1e-13, err_msg=name)


def test_a_batch_has_its_own_loss_beside_that_of_all_data() -> None:
    problem = make_problem(**MODELS["softmax"])
    rows = Run(problem, "sgd", steps=10, batch={"mode": "mini", "size": 8}).advance(10)
    assert {"accuracy", "full_loss"} <= set(rows)
    assert not np.allclose(rows["loss"], rows["full_loss"])
    full = Run(problem, "sgd", steps=10).advance(10)
    assert "full_loss" not in full
    assert rows["full_loss"][0] == full["loss"][0]
    bare = Run(problem, "sgd", steps=10, observe=False).advance(10)
    assert "accuracy" not in bare
    assert bare["loss"].tobytes() == full["loss"].tobytes()


def test_a_model_that_runs_away_keeps_its_finite_rows() -> None:
    problem = make_problem("linear", dataset={"points": [[1.0], [2.0], [3.0]], "labels": [1.0, 2.0, 4.0]})
    run = Run(problem, "sgd", settings={"lr": 5.0}, steps=2000)
    rows = run.advance(2000)
    assert run.status.state == "diverged"
    assert run.status.step == run.step == len(rows["loss"]) - 1
    assert all(np.isfinite(column).all() for column in rows.values())


def test_newton_stops_on_softmax_until_weight_decay_lifts_the_flat_directions() -> None:
    flat = Run(make_problem("softmax", dataset=BLOBS), "newton", steps=10)
    flat.advance(10)
    assert (flat.status.state, flat.status.code) == ("stopped", "singular_hessian")
    assert flat.status.values["flat"] == 3  # features + 1
    lifted = Run(make_problem("softmax", dataset=BLOBS, weight_decay=0.1), "newton", steps=10)
    rows = lifted.advance(10)
    gradient = np.array([rows[name][-1] for name in rows if name.startswith("gradient_")])
    assert np.abs(gradient).max() < 1e-9


@pytest.mark.parametrize("hidden", [[2], [8]])
@pytest.mark.parametrize("optimizer", ["sgd_weight_decay", "adamw", "momentum"])
def test_fixed_biases_stay_as_started_under_any_rule(optimizer: str, hidden: list[int]) -> None:
    problem = make_problem("network", dataset={"name": "moons", "count": 20}, hidden=hidden, bias="fixed")
    start = [0.3] * len(problem.parameters)
    columns = Run(problem, optimizer, settings={"lr": 0.1}, start=start, steps=20).advance(20)
    for name in problem.parameters:
        moved = bool((columns[name] != 0.3).any())
        assert moved == name.startswith("w")
