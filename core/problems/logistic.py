"""Logistic regression: a = sigmoid(w . x + b) is the probability of class 1, under cross-entropy or squared error."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from core.data import make_data
from core.errors import FieldError
from core.problems.layers import Layers
from core.problems.linear import single_output_names
from core.problems.model import WEIGHT_DECAY, DataModel, Floats, check_bias, reach, with_ones
from core.problems.outputs import check_pair
from core.problems.stretch import Counts, Kernel


def logistic(
    dataset: Mapping[str, Any] | None = None, loss: str = "ce", weight_decay: float = 0.0, bias: bool = True
) -> DataModel:
    """Logistic regression on a dataset of two classes.

    >>> model = logistic({"points": [[-1], [1]], "labels": [0, 1]})
    >>> loss, gradient = model.evaluate(np.zeros(2))
    >>> round(loss, 6), gradient.tolist()
    (0.693147, [-0.5, 0.0])
    """
    check_pair("sigmoid", loss)
    check_bias(bias)
    decay = WEIGHT_DECAY.check(weight_decay)
    data = make_data({"name": "blobs", "classes": 2} if dataset is None else dataset, ("classes",))
    if data.outputs != 2:
        field = "dataset.classes" if dataset and "name" in dataset else "dataset.labels"
        message = f"logistic regression tells two classes apart, and there are {data.outputs}: use softmax."
        raise FieldError(field, message, code="two_classes", classes=data.outputs)
    inputs, targets = with_ones(data.inputs.T, bias), np.ascontiguousarray(data.targets[:, 1:].T)
    return DataModel(
        kind="logistic",
        fields={"dataset": dataset, "loss": loss, "weight_decay": decay, "bias": bias},
        data=data,
        layers=Layers((data.inputs.shape[1], 1), "linear", "sigmoid", loss, bias),
        parameters=single_output_names(data.inputs.shape[1], bias),
        targets=targets,
        columns=(np.ascontiguousarray(inputs * (1 - 2 * targets)),),
        build=partial(_cross_entropy if loss == "ce" else _squared_error, np.where(targets[0] == 0, 5e-324, 0.0)),
        reach=reach(inputs),
        weight_decay=decay,
    )


# Columns are turned so that m = theta . column is z for class 0 and -z for class 1: m > 0 is wrong, q = sigmoid(m) is
# the probability of the wrong class, and one formula serves both classes.


def _cross_entropy(limits: Floats, columns: tuple[Floats, ...], fixed: bool) -> Kernel:
    """Loss log(1 + e^m), with derivative q; m and e^m are kept."""
    (turned,) = columns
    points: int = turned.shape[1]
    q, one, share = np.empty(points), np.ones(points), 1.0 / max(points, 1)
    shares = np.full(points, share)
    scaled = turned * share if fixed else turned
    exp, add, divide = np.exp, np.add, np.divide

    def descend(theta: Floats, gradient: Floats, room: Sequence[Floats]) -> None:
        m, e = room
        theta.dot(turned, m)
        exp(m, e)
        add(e, one, q)
        divide(e, q, q)
        scaled.dot(q, gradient)
        if not fixed:
            gradient *= share

    def losses(thetas: Floats, m: Floats, e: Floats) -> Floats:
        found: Floats = np.vecdot(np.log1p(e, e), shares)
        return found

    return Kernel(((points,), (points,)), descend, losses, _correct(limits) if fixed else None)


def _squared_error(limits: Floats, columns: tuple[Floats, ...], fixed: bool) -> Kernel:
    """Loss q²/2, with derivative q² (1 - q); m and q are kept."""
    (turned,) = columns
    points: int = turned.shape[1]
    e, more = np.empty(points), np.empty(points)
    one, share = np.ones(points), 1.0 / max(points, 1)
    scaled = turned * share if fixed else turned
    exp, add, divide, multiply = np.exp, np.add, np.divide, np.multiply

    def descend(theta: Floats, gradient: Floats, room: Sequence[Floats]) -> None:
        m, q = room
        theta.dot(turned, m)
        exp(m, e)
        add(e, one, more)
        divide(e, more, q)
        multiply(q, q, e)
        divide(e, more, e)  # 1/(1 + e^m) = 1 - q
        scaled.dot(e, gradient)
        if not fixed:
            gradient *= share

    def losses(thetas: Floats, m: Floats, q: Floats) -> Floats:
        found: Floats = 0.5 * share * np.vecdot(q, q)
        return found

    return Kernel(((points,), (points,)), descend, losses, _correct(limits) if fixed else None)


def _correct(limits: Floats) -> Callable[..., Counts]:
    """Counts m < 0; at m = 0 the first class is chosen, as argmax does, which `limits` says."""

    def correct(m: Floats, _: Floats) -> Counts:
        counts: Counts = np.count_nonzero(m < limits, axis=1)
        return counts

    return correct
