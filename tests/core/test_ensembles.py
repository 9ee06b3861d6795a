"""Many runs at once are the single runs, to the last bit where nothing transcendental is involved."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.engines import recipe
from core.ensembles import Ensemble
from core.errors import FieldError
from core.formula import parse_rule
from core.optimizers import OPTIMIZERS
from core.plan import Change
from core.problems.surface import formula as formula_problem
from core.problems.surface import surface as surface_problem
from core.random import Stream, stream
from core.running import Run

ELEMENT_WISE = sorted(name for name, row in OPTIMIZERS.items() if row.rule is not None)
STARTS = stream(3, Stream.DATA).uniform(-2, 2, (12, 2))


@pytest.mark.parametrize("optimizer", ELEMENT_WISE)
@pytest.mark.parametrize("surface", ["rosenbrock", "ackley"])
def test_a_row_of_the_batch_is_the_single_run(optimizer: str, surface: str) -> None:
    problem = surface_problem(surface)
    # With transcendental functions the last bit may differ, and on Ackley's kinks that grows: a short way.
    steps = 80 if surface == "rosenbrock" else 15
    many = Ensemble(problem, optimizer, starts=STARTS, steps=steps)
    many.advance(10)
    many.advance(steps - 10)
    exact = surface == "rosenbrock" and "**" not in parse_rule(str(OPTIMIZERS[optimizer].rule)).text.replace("**2", "")
    for i, start in enumerate(STARTS):
        run = Run(problem, optimizer, start=start.tolist(), steps=steps)
        rows = run.advance(steps)
        assert run.step == many.steps[i]
        last = [rows["x"][-1], rows["y"][-1], rows["loss"][-1]]
        ours = [many.parameters[0, i], many.parameters[1, i], many.loss[i]]
        if exact:
            assert ours == last
        np.testing.assert_allclose(ours, last, rtol=1e-9, atol=1e-12)


def test_settings_can_be_columns() -> None:
    problem = surface_problem("rosenbrock")
    rates = np.geomspace(1e-5, 1, 40)
    many = Ensemble(problem, "momentum", settings={"lr": rates, "momentum": 0.8}, steps=200, goal=1.0)
    many.advance(200)
    ended = set()
    for i, rate in enumerate(rates):
        run = Run(problem, "momentum", settings={"lr": float(rate), "momentum": 0.8}, steps=200)
        rows = run.advance(200)
        assert (rows["x"][-1], run.step) == (many.parameters[0, i], many.steps[i])
        below = np.flatnonzero(rows["loss"] <= 1.0)
        assert many.reached[i] == (below[0] if below.size else np.inf)
        if run.status.state != "finished":
            assert many.statuses[i] == run.status
            ended.add(i)
    assert set(many.statuses) == ended
    assert 0 < len(ended) < 40


@settings(max_examples=15)
@given(st.lists(st.integers(0, 40), max_size=5))
def test_slicing_changes_nothing(cuts: list[int]) -> None:
    chosen: dict[str, Any] = {
        "starts": STARTS * 2,
        "steps": 60,
        "seed": 5,
        "schedule": ("exponential", {"gamma": 0.97}),
        "changes": [Change(20, {"lr": 0.02})],
        "settings": {"lr": 0.05},
    }
    problem = surface_problem("himmelblau", noise=3.0)
    whole, sliced = Ensemble(problem, "sgd", **chosen), Ensemble(problem, "sgd", **chosen)
    whole.advance(60)
    for cut in [*cuts, 60]:
        sliced.advance(cut)
    assert whole.parameters.tobytes() == sliced.parameters.tobytes()
    assert whole.statuses == sliced.statuses
    run = Run(problem, "sgd", start=chosen["starts"][4].tolist(), **{k: chosen[k] for k in chosen if k != "starts"})
    assert run.advance(60)["x"][-1] == whole.parameters[0, 4]


def test_a_number_too_large_on_the_way_ends_a_run_only_where_it_ends_alone() -> None:
    problem = formula_problem("x**2 + 1/(1 + exp(x))")
    starts = [[1.0], [-3.0], [750.0]]
    many = Ensemble(problem, "sgd", starts=starts, settings={"lr": 0.1}, steps=20)
    many.advance(20)
    for i, start in enumerate(starts):
        run = Run(problem, "sgd", start=start, settings={"lr": 0.1}, steps=20)
        run.advance(20)
        assert many.statuses.get(i, run.status) == run.status
        assert (i in many.statuses) == (run.status.state != "finished")
    hole = formula_problem("log(x)")
    many = Ensemble(hole, "sgd", starts=[[1.0], [-1.0], [0.2]], settings={"lr": 0.1}, steps=20)
    many.advance(20)
    assert {i: status.state for i, status in many.statuses.items()} == {
        0: "left_domain",
        1: "left_domain",
        2: "left_domain",
    }


def test_few_buffers_are_needed() -> None:
    from core.columns import loop
    from core.plan import plan

    problem = surface_problem("rosenbrock")
    chosen = plan(problem, "adam", None, None, None, (), 0, 10, False, None)
    assert loop(recipe(problem, chosen), ()).buffers <= 10


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({"starts": [[1.0]]}, "starts"),
        ({"starts": [[1.0, np.nan]]}, "starts"),
        ({"starts": STARTS, "settings": {"lr": np.ones(3)}}, "settings"),
        ({"optimizer": "newton"}, "optimizer"),
    ],
)
def test_bad_input_names_its_field(chosen: dict[str, Any], field: str) -> None:
    with pytest.raises(FieldError) as caught:
        Ensemble(surface_problem("rosenbrock"), **{"optimizer": "sgd", **chosen})
    assert caught.value.field == field
