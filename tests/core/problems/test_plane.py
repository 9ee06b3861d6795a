"""The loss over w and b as a formula, against the models themselves and against known minima."""

import numpy as np
import pytest

from core.problems.linear import linear
from core.problems.logistic import logistic
from core.problems.model import DataModel
from core.problems.plane import MOST_POINTS, lowest, plane, term
from core.problems.softmax import softmax

OVERLAPPING = {"name": "mislabelled", "count": 40, "sd": 1.4, "far": 0}
MODELS = [
    linear({"name": "line"}),
    linear({"name": "outliers"}, weight_decay=0.1),
    logistic(OVERLAPPING),
    logistic(OVERLAPPING, loss="mse"),
    logistic({"name": "mislabelled"}, weight_decay=0.05),
    logistic({"points": [[1], [1], [2]], "labels": [0, 0, 1]}),
]


@pytest.mark.parametrize("model", MODELS)
def test_the_formula_is_the_loss_and_its_gradient(model: DataModel) -> None:
    drawn = plane(model)
    assert drawn is not None
    assert drawn.parameters == ("w", "b")
    for theta in np.random.RandomState(2).uniform(-4, 4, (12, 2)):
        loss, gradient = model.evaluate(theta)
        assert drawn.formula.value_and_gradient(*theta.tolist()) == pytest.approx((loss, *gradient), rel=1e-8, abs=1e-8)


@pytest.mark.parametrize("model", MODELS)
def test_it_is_the_mean_of_the_terms_of_the_points(model: DataModel) -> None:
    one = term(model)
    labels = [float(label) for label in model.data.labels]  # type: ignore[arg-type]
    for w, b in ((0.0, 0.0), (1.5, -0.5)):
        terms = [one.value(w, b, x, y) for x, y in zip(model.data.inputs[:, 0].tolist(), labels, strict=True)]
        assert np.mean(terms) == pytest.approx(model.evaluate(np.array([w, b]))[0], rel=1e-12)


def test_columns_and_points_of_the_formula_agree() -> None:
    drawn = plane(MODELS[2])
    assert drawn is not None
    w, b = np.random.RandomState(3).uniform(-3, 3, (2, 20))
    each = [drawn.formula.value(*place) for place in zip(w.tolist(), b.tolist(), strict=True)]
    assert drawn.formula.value(w, b) == pytest.approx(each, rel=1e-12)


def test_logistic_regression_has_its_minimum_where_the_gradient_vanishes() -> None:
    model = MODELS[2]
    found = lowest(model)
    assert found is not None
    assert np.abs(model.evaluate(found)[1]).max() < 1e-12
    around = [model.evaluate(found + 0.01 * np.array(by))[0] for by in ((1, 0), (-1, 0), (0, 1), (0, -1))]
    assert min(around) > model.evaluate(found)[0]


@pytest.mark.parametrize(
    "model",
    [
        logistic({"points": [[-2], [-1], [1], [3]], "labels": [0, 0, 1, 1]}),  # a line separates them
        logistic(OVERLAPPING, loss="mse"),  # not convex
        logistic({"points": [[2], [2]], "labels": [0, 1]}),  # every slope does, with its own height
    ],
)
def test_without_a_single_minimum_none_is_marked_and_there_is_a_window_all_the_same(model: DataModel) -> None:
    assert lowest(model) is None
    drawn = plane(model)
    assert drawn is not None
    assert all(low < 0 < high < 1e3 for low, high in drawn.window)


@pytest.mark.parametrize(
    "model",
    [
        logistic({"points": [[1, 2], [3, 4]], "labels": [0, 1]}),
        logistic(OVERLAPPING, bias=False),
        softmax({"name": "blobs"}),
        logistic({"name": "mislabelled", "count": MOST_POINTS + 1}),
    ],
)
def test_other_models_and_too_many_points_have_none(model: DataModel) -> None:
    assert plane(model) is None
