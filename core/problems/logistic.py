"""Logistic regression: a = sigmoid(w . x + b) is the probability of class 1, under cross-entropy or squared error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from core.data import make_data
from core.errors import FieldError
from core.problems.layers import Layers
from core.problems.linear import single_output_names
from core.problems.model import WEIGHT_DECAY, DataModel, Floats, Kernel, check_bias, reach, with_ones
from core.problems.outputs import check_pair


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
    """Loss log(1 + e^m), with derivative q."""
    (turned,) = columns
    m, e, q = (np.empty(turned.shape[1]) for _ in range(3))
    one, share = np.ones_like(m), 1.0 / max(len(m), 1)
    shares = np.full(len(m), share)
    scaled = turned * share if fixed else turned
    exp, log1p, add, divide = np.exp, np.log1p, np.add, np.divide

    def evaluate(theta: Floats, gradient: Floats) -> float:
        theta.dot(turned, m)
        exp(m, e)
        add(e, one, q)
        divide(e, q, q)
        scaled.dot(q, gradient)
        if not fixed:
            gradient *= share
        log1p(e, e)
        return float(shares.dot(e))

    return Kernel(evaluate, _correct(m, limits) if fixed else None)


def _squared_error(limits: Floats, columns: tuple[Floats, ...], fixed: bool) -> Kernel:
    """Loss q²/2, with derivative q² (1 - q)."""
    (turned,) = columns
    m, e, q = (np.empty(turned.shape[1]) for _ in range(3))
    one, share = np.ones_like(m), 1.0 / max(len(m), 1)
    scaled = turned * share if fixed else turned
    exp, add, divide, multiply = np.exp, np.add, np.divide, np.multiply

    def evaluate(theta: Floats, gradient: Floats) -> float:
        theta.dot(turned, m)
        exp(m, e)
        add(e, one, q)
        divide(e, q, e)  # e/(1 + e) = q
        loss = 0.5 * share * float(e.dot(e))
        multiply(e, e, e)
        divide(e, q, e)  # and 1/(1 + e) = 1 - q
        scaled.dot(e, gradient)
        if not fixed:
            gradient *= share
        return loss

    return Kernel(evaluate, _correct(m, limits) if fixed else None)


def _correct(m: Floats, limits: Floats) -> Callable[[], int]:
    """Counts m < 0; at m = 0 the first class is chosen, as argmax does, which `limits` says."""
    flags = np.empty(len(m), dtype=bool)

    def correct() -> int:
        np.less(m, limits, flags)
        return int(np.count_nonzero(flags))

    return correct
