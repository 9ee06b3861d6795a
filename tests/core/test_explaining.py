"""A step explained: the numbers are the run's own, beside the formula that made them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from core.errors import FieldError
from core.explaining import explain
from core.formula import notation
from core.optimizers import OPTIMIZERS
from core.problems import make_problem
from core.running import Change, Run


@pytest.mark.parametrize("optimizer", sorted(name for name, row in OPTIMIZERS.items() if row.rule is not None))
def test_every_line_ends_in_the_numbers_of_the_row(optimizer: str) -> None:
    def run() -> Run:
        changes = [Change(3, {"lr": 0.002})]
        problem = make_problem("formula", formula="x**2 + 3y**2 + x y")
        return Run(problem, optimizer, start=(1.5, -2), steps=9, detail=True, schedule=("cosine", {}), changes=changes)

    rows = run().advance(9)
    for step in (1, 6):
        said = explain(run(), step)
        for line in said.lines:
            for parameter, value in line.values.items():
                column = parameter if line.name == "x" else f"{line.name}_{parameter}"
                last = line is [one for one in said.lines if one.name == line.name][-1]
                if last:
                    np.testing.assert_allclose(value, rows[column][step], rtol=1e-14)
        assert said.settings["lr"] == rows["learning_rate"][step]
        assert said.gradient[0].values["x"] == rows["gradient_x"][step - 1]


def test_the_numbers_stand_where_the_names_stood() -> None:
    run = Run(
        make_problem("formula", formula="x**2 + y**2"), "momentum", settings={"lr": 0.1}, start=(1, 3), detail=True
    )
    said = explain(run, 2)
    assert notation.latex(said.lines[0].formula) == r"v_{t} = \mu \, v_{t - 1} + g_{t}"
    assert notation.latex(said.lines[0].numbers["y"]) == r"v_{t} = 0.9 \times 6 + 4.8"
    assert notation.latex(said.gradient[1].numbers["y"]) == r"2 \times 2.4"


@pytest.mark.parametrize(
    ("rule", "settings", "memory"),
    [
        ({"optimizer": "momentum"}, {"lr": 0.1}, lambda rows, name: -0.1 * 0.9 * rows[f"v_{name}"][2]),
        ({"rule": "u = 0.8*u - lr*g\nx = x + u"}, {"lr": 0.1}, lambda rows, name: 0.8 * rows[f"u_{name}"][2]),
        ({"optimizer": "rmsprop"}, {"lr": 0.1}, lambda rows, name: 0.0),  # a memory of squares leads nowhere by itself
        ({"optimizer": "sgd"}, {"lr": 0.1}, lambda rows, name: 0.0),
    ],
)
def test_what_memory_does_by_itself_is_told_whatever_its_signs_and_units(
    rule: dict[str, Any], settings: dict[str, float], memory: Callable[[Any, str], float]
) -> None:
    def run() -> Run:
        problem = make_problem("formula", formula="x**2 + 3*y**2")
        return Run(problem, **rule, settings=settings, start=(1, 2), detail=True)

    rows, said = run().advance(3), explain(run(), 3)
    for name in ("x", "y"):
        assert said.coasting[name] == pytest.approx(said.before[name] + memory(rows, name), rel=1e-14)


def test_a_rule_that_divides_by_the_gradient_cannot_coast() -> None:
    problem = make_problem("formula", formula="x**2 + 3*y**2")
    run = Run(problem, rule="x = x - lr*g/norm(g)", settings={"lr": 0.1}, start=(1, 2), detail=True)
    assert explain(run, 3).coasting == {"x": None, "y": None}


def test_a_step_that_does_not_exist_is_refused() -> None:
    with pytest.raises(FieldError, match="from 1 to 5"):
        explain(Run(make_problem("formula", formula="x**2"), "sgd", steps=5, detail=True), 6)
