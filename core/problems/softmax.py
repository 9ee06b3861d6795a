"""Softmax regression, one probability per class, and K separate yes or no, one against the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from core.data import Data, make_data
from core.errors import FieldError
from core.problems.layers import Layers, Pass
from core.problems.model import (
    WEIGHT_DECAY,
    DataModel,
    Floats,
    check_bias,
    count_right,
    reach,
    with_ones,
)
from core.problems.outputs import check_pair, decided
from core.problems.stretch import Counts, Kernel


def softmax(
    dataset: Mapping[str, Any] | None = None, loss: str = "ce", weight_decay: float = 0.0, bias: bool = True
) -> DataModel:
    """Softmax regression: a_j = e^z_j over the sum of e^z_k, z_j = w_j . x + b_j.

    Of a point with several labels each gets an equal share.

    >>> model = softmax({"points": [[-1], [0], [1]], "labels": [0, 1, 2]})
    >>> model.parameters
    ('w_0_1', 'w_1_1', 'w_2_1', 'b_0', 'b_1', 'b_2')
    >>> round(model.evaluate(np.zeros(6))[0], 6)  # log 3
    1.098612
    """
    return _classifier("softmax", dataset, loss, weight_decay, bias)


def one_vs_rest(
    dataset: Mapping[str, Any] | None = None, loss: str = "ce", weight_decay: float = 0.0, bias: bool = True
) -> DataModel:
    """One logistic regression per class, trained together: a point may have several labels, or none.

    >>> one_vs_rest({"points": [[0], [1]], "labels": [[0, 1], []]}).classes
    2
    """
    return _classifier("one_vs_rest", dataset, loss, weight_decay, bias)


def _classifier(kind: str, dataset: Mapping[str, Any] | None, loss: str, weight_decay: float, bias: bool) -> DataModel:
    output = "softmax" if kind == "softmax" else "sigmoid"
    check_pair(output, loss)
    check_bias(bias)
    decay = WEIGHT_DECAY.check(weight_decay)
    usual = {"name": "blobs" if kind == "softmax" else "overlapping"}
    data = make_data(usual if dataset is None else dataset, ("classes", "sets"))
    targets = np.ascontiguousarray(data.targets.T)
    if output == "softmax":
        _check_labelled(targets)
        targets = targets / targets.sum(axis=0)
    layers = Layers((data.inputs.shape[1], len(targets)), "linear", output, loss, bias)
    inputs = with_ones(data.inputs.T, bias)
    exclusive = targets if data.kind == "classes" else None
    fast = kind == "softmax" and loss == "ce"
    return DataModel(
        kind=kind,
        fields={"dataset": dataset, "loss": loss, "weight_decay": decay, "bias": bias},
        data=data,
        layers=layers,
        parameters=class_names(data.inputs.shape[1], len(targets), bias),
        targets=targets,
        columns=(inputs, _products(inputs, targets)) if fast else (np.ascontiguousarray(data.inputs.T), targets),
        build=partial(_against_last, _differences(layers), exclusive) if fast else partial(layered, layers, data, True),
        reach=reach(inputs) / 2,  # a difference of two z
        weight_decay=decay,
    )


def class_names(features: int, classes: int, bias: bool) -> tuple[str, ...]:
    """w_<class>_<feature> and b_<class>; classes count from 0.

    >>> class_names(1, 2, True)
    ('w_0_1', 'w_1_1', 'b_0', 'b_1')
    """
    weights = [f"w_{label}_{feature}" for label in range(classes) for feature in range(1, features + 1)]
    return (*weights, *(f"b_{label}" for label in range(classes) if bias))


def _check_labelled(targets: Floats) -> None:
    total = targets.sum(axis=0)
    if not total.all():
        row = int(np.argmin(total))
        message = "softmax needs a class for every point: give it one, or use one_vs_rest."
        raise FieldError(f"dataset.labels[{row}]", message, code="no_class", index=row)


def layered(layers: Layers, data: Data, hard: bool, columns: tuple[Floats, ...], fixed: bool) -> Kernel:
    """The layers' own passes as a kernel; columns are inputs and targets, `hard` where all targets are 0 or 1.

    The last z is kept, and beside it what the loss is made of, or itself.

    >>> data = make_data({"points": [[0], [1]], "labels": [0, 1]})
    >>> layers = Layers((1, 1), "linear", "sigmoid", "ce")
    >>> kernel = layered(layers, data, True, (data.inputs.T, data.targets.T[1:]), fixed=True)
    >>> z, e = room = [np.empty(shape) for shape in kernel.rooms]
    >>> kernel.descend(np.zeros(2), np.empty(2), room)
    >>> kernel.losses(np.zeros((1, 2)), z[None], e[None]).round(6).tolist()
    [0.693147]
    """
    inputs, targets = columns
    work = Pass(layers, inputs, targets)
    turn, short = 1.0 - 2.0 * targets, hard and (layers.output, layers.loss) == ("sigmoid", "ce")

    def descend(theta: Floats, gradient: Floats, room: Sequence[Floats]) -> None:
        z, made = room
        if not fixed:
            np.copyto(work.inputs, inputs)
            np.multiply(targets, -2.0, turn)
            np.add(turn, 1.0, turn)
        work.forward(theta, z)
        if short:
            decided(z, turn, made, work.deltas[-1])
        else:
            made[0] = work.loss(z)
        work.backward(gradient)

    def losses(thetas: Floats, z: Floats, made: Floats) -> Floats:
        if not short:
            return made[:, 0]
        found: Floats = np.add.reduce(np.log1p(made, made).reshape(len(made), -1), axis=1) / work.points
        return found

    def correct(z: Floats, made: Floats) -> Counts:
        return np.array([count_right(layers.output, data.kind, one, data.targets) for one in z])

    return Kernel((targets.shape, targets.shape if short else (1,)), descend, losses, correct if fixed else None)


# With cross-entropy the loss depends on differences of z only. So the kernel computes d_k = z_k - z_last for all
# classes but the last: the mean of log(1 + sum of e^d_k) less the mean of y_k d_k; its derivative by d_k is a_k - y_k.


def _differences(layers: Layers) -> Floats:
    """The matrix that takes theta to the differences' weights, biases as last column, row by row."""
    classes, features = layers.sizes[1], layers.sizes[0]
    width = layers.shapes[0][1]
    place = np.empty((classes, width), dtype=np.int64)
    place[:, :features] = np.arange(classes * features).reshape(classes, features)
    place[:, features:] = (classes * features + np.arange(classes))[:, None]
    matrix = np.zeros(((classes - 1) * width, layers.count))
    for label in range(classes - 1):
        for column in range(width):
            matrix[label * width + column, place[label, column]] = 1.0
            matrix[label * width + column, place[-1, column]] = -1.0
    return matrix


def _products(inputs: Floats, targets: Floats) -> Floats:
    """y_k x of every point, for all classes but the last."""
    return np.ascontiguousarray((targets[:-1, None, :] * inputs[None, :, :]).reshape(-1, inputs.shape[1]))


def _against_last(differences: Floats, exclusive: Floats | None, columns: tuple[Floats, ...], fixed: bool) -> Kernel:
    """The sum of e^d_k and every d_k are kept."""
    inputs, products = columns
    width, points = inputs.shape
    members: list[slice] = []
    if fixed and exclusive is not None:  # the order of points is free: class by class they are counted faster
        label = np.argmax(exclusive, axis=0)
        ends = np.cumsum(np.bincount(label, minlength=len(exclusive))).tolist()
        members = [slice(a, b) for a, b in zip([0, *ends], ends, strict=False)]
        inputs = np.ascontiguousarray(inputs[:, np.argsort(label, kind="stable")])
    rows = len(products) // width
    shares, one = np.full(points, 1.0 / max(points, 1)), np.ones(points)
    e, scale, row_sum = np.empty((rows, points)), np.empty(points), np.ones(rows)
    weights, slopes = np.empty(rows * width), np.empty((rows, width))
    matrix, flat = weights.reshape(rows, width), slopes.reshape(-1)
    back = np.ascontiguousarray(differences.T)
    transposed = inputs.T
    wanted = products.dot(shares) if fixed else np.empty(len(products))
    exp, add, divide, multiply, subtract = np.exp, np.add, np.divide, np.multiply, np.subtract

    def descend(theta: Floats, gradient: Floats, room: Sequence[Floats]) -> None:
        total, d = room
        if not fixed:
            products.dot(shares, wanted)
        differences.dot(theta, weights)
        matrix.dot(inputs, d)
        exp(d, e)
        row_sum.dot(e, total)
        add(total, one, scale)
        divide(shares, scale, scale)
        multiply(e, scale, e)
        e.dot(transposed, slopes)
        subtract(flat, wanted, flat)
        back.dot(flat, gradient)

    def losses(thetas: Floats, total: Floats, d: Floats) -> Floats:
        found: Floats = np.vecdot(np.log1p(total, total), shares) - np.vecdot(thetas, back.dot(wanted))
        return found

    return Kernel(((points,), (rows, points)), descend, losses, _correct(members) if members else None)


def _correct(members: Sequence[slice]) -> Callable[..., Counts]:
    """Counts the points of each class whose z is the largest, the first of equal ones; the last class has d = 0."""

    def correct(total: Floats, d: Floats) -> Counts:
        count = np.zeros(len(d), dtype=np.int64)
        for k, points in enumerate(members):
            z = [*d[:, :, points].swapaxes(0, 1), np.zeros(1)]
            right = [z[k] > before for before in z[:k]] + [z[k] >= behind for behind in z[k + 1 :]]
            count += np.count_nonzero(np.logical_and.reduce(right), axis=1)
        return count

    return correct
