"""Linear regression: a = w . x + b, and the mean of (a - y)²/2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.data import make_data
from core.errors import FieldError
from core.problems.layers import Layers
from core.problems.model import WEIGHT_DECAY, DataModel, Floats, check_bias, reach, with_ones
from core.problems.stretch import Kernel


def linear(
    dataset: Mapping[str, Any] | None = None, loss: str = "mse", weight_decay: float = 0.0, bias: bool = True
) -> DataModel:
    """Linear regression on a dataset whose labels are numbers.

    >>> model = linear({"points": [[0], [1], [2]], "labels": [1, 3, 5]})
    >>> model.parameters, model.evaluate(np.array([2.0, 1.0]))[0]
    (('w_1', 'b'), 0.0)
    """
    if loss != "mse":
        message = "a linear output goes with mse: cross-entropy needs a probability."
        raise FieldError("loss", message, code="unbounded_output", known=["mse"])
    check_bias(bias)
    decay = WEIGHT_DECAY.check(weight_decay)
    data = make_data({"name": "line"} if dataset is None else dataset, ("numbers",))
    inputs = with_ones(data.inputs.T, bias)
    targets = np.ascontiguousarray(data.targets.T)
    return DataModel(
        kind="linear",
        fields={"dataset": dataset, "loss": loss, "weight_decay": decay, "bias": bias},
        data=data,
        layers=Layers((data.inputs.shape[1], 1), "linear", "linear", "mse", bias),
        parameters=single_output_names(data.inputs.shape[1], bias),
        targets=targets,
        columns=(inputs, targets),
        build=_kernel,
        reach=reach(inputs, 1e100),
        weight_decay=decay,
    )


def single_output_names(features: int, bias: bool) -> tuple[str, ...]:
    """w_1, w_2, ... and b.

    >>> single_output_names(2, True)
    ('w_1', 'w_2', 'b')
    """
    return (*(f"w_{index}" for index in range(1, features + 1)), *(("b",) if bias else ()))


def _kernel(columns: tuple[Floats, ...], fixed: bool) -> Kernel:
    inputs, targets = columns[0], columns[1][0]
    share = 1.0 / max(len(targets), 1)

    def descend(theta: Floats, gradient: Floats, room: Sequence[Floats]) -> None:
        (residual,) = room
        theta.dot(inputs, residual)
        np.subtract(residual, targets, residual)
        inputs.dot(residual, gradient)
        np.multiply(gradient, share, gradient)

    def losses(thetas: Floats, residuals: Floats) -> Floats:
        found: Floats = 0.5 * share * np.vecdot(residuals, residuals)
        return found

    return Kernel((targets.shape,), descend, losses, None)
