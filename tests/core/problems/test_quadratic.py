"""The loss of linear regression as a formula, against the model itself."""

import numpy as np
import pytest

from core.problems.linear import linear
from core.problems.logistic import logistic
from core.problems.model import DataModel
from core.problems.quadratic import minimum, quadratic

LINES = [
    {"dataset": {"name": "line", "count": 512}},
    {"dataset": {"name": "outliers"}, "weight_decay": 0.1},
    {"dataset": {"name": "line", "count": 64, "repeat": 8}},
    {"dataset": {"points": [[3.0], [3.0]], "labels": [1.0, 2.0]}},  # every slope does, with its own height
]


@pytest.mark.parametrize("fields", LINES)
def test_the_formula_is_the_loss_and_its_gradient(fields: dict[str, object]) -> None:
    model = linear(**fields)  # type: ignore[arg-type]
    made = quadratic(model)
    assert made is not None
    assert made.parameters == ("w", "b")
    for theta in np.random.RandomState(1).uniform(-4, 4, (20, 2)):
        loss, gradient = model.evaluate(theta)
        found = made.formula.value_and_gradient(*theta.tolist())
        assert found == pytest.approx((loss, *gradient), rel=1e-8, abs=1e-8)


def test_the_minimum_is_that_of_least_squares() -> None:
    model = linear({"name": "line", "count": 512})
    design = np.column_stack([model.data.inputs, np.ones(512)])
    assert minimum(model) == pytest.approx(np.linalg.lstsq(design, model.data.targets[:, 0], rcond=None)[0])


def test_equal_points_have_no_single_minimum() -> None:
    model = linear({"points": [[3.0], [3.0]], "labels": [1.0, 2.0]})
    assert minimum(model) is None


def test_the_window_holds_the_minimum_and_zero_weights() -> None:
    made = quadratic(linear({"name": "line"}))
    assert made is not None
    assert all(low < 0 < high for low, high in made.window)


OTHERS = [
    linear({"name": "line"}, bias=False),
    linear({"points": [[1, 2]], "labels": [3]}),
    logistic({"name": "mislabelled"}),
]


@pytest.mark.parametrize("model", OTHERS)
def test_other_models_have_none(model: DataModel) -> None:
    assert quadratic(model) is None
