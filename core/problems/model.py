"""A model on data: loss, gradient, accuracy, curvature, decision regions, and where every number comes from."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from core.data import Data
from core.datasets import LabelKind
from core.errors import FieldError
from core.problems.layers import Layers, Pass, Trace, layer_norms, trace
from core.problems.outputs import ACTIVATE, curvature
from core.problems.regions import Regions
from core.problems.stretch import Kernel, Stretch
from core.settings import Setting, check_whole
from core.words import mark

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Window = tuple[tuple[float, float], ...]

WEIGHT_DECAY = Setting("weight_decay", 0.0, 0, 1000, "log", mark("weight decay"))
KEPT_BATCH_SIZES = 8


class Build(Protocol):
    """Makes a kernel for arrays that hold one point per column; `fixed` promises that they will never change."""

    def __call__(self, columns: tuple[Floats, ...], fixed: bool) -> Kernel: ...


@dataclass(frozen=True, eq=False)
class DataModel:
    """A model with its data. Theta is a vector with an element per parameter.

    `columns` are what `build` computes on, one point per column. Where the length of theta is below `reach` no
    exponential can overflow, so `build` need not guard against it; beyond, and where something is not finite all the
    same, the layers' careful passes take over. Buffers are reused: one thread at a time.

    >>> from core.problems.logistic import logistic
    >>> model = logistic({"name": "blobs", "classes": 2, "count": 40})
    >>> theta = np.zeros(3)
    >>> loss, gradient = model.evaluate(theta)
    >>> round(loss, 4), model.observe(theta)["accuracy"], model.classes
    (0.6931, 0.5, 2)
    """

    kind: str
    fields: Mapping[str, Any]
    data: Data
    layers: Layers
    parameters: tuple[str, ...]
    targets: Floats  # [outputs, points]
    columns: tuple[Floats, ...]
    build: Build
    reach: float
    weight_decay: float = 0.0
    fixed: Rows = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    begin: Callable[[int], tuple[float, ...]] | None = None
    _batches: dict[int, tuple[list[Floats], Kernel, list[Floats]]] = field(default_factory=dict)
    _last: list[bytes] = field(default_factory=lambda: [b""])

    @property
    def count(self) -> int:
        """How many points there are to train on."""
        return self.data.count

    @property
    def classifies(self) -> bool:
        """Whether outputs are classes; else they are numbers."""
        return self.data.kind in ("classes", "sets")

    @property
    def classes(self) -> int:
        """How many classes there are; 0 where outputs are numbers."""
        return max(2, self.data.outputs) if self.classifies else 0

    @property
    def window(self) -> Window:
        """An interval per input that holds the points."""
        return self.data.window

    @cached_property
    def observations(self) -> tuple[str, ...]:
        """What a row reports beside loss and gradient."""
        held = len(self.data.held_inputs) > 0
        accuracy = ["accuracy", *(["held_out_accuracy"] if held else [])] if self.classifies else []
        return (*accuracy, *(["held_out_loss"] if held else []))

    def default_start(self, seed: int = 0) -> tuple[float, ...]:
        """Where a run begins unless it says otherwise: zeros, or the initial weights of the seed."""
        return self.begin(seed) if self.begin else (0.0,) * len(self.parameters)

    def evaluate(self, theta: Floats, rows: Rows | None = None) -> tuple[float, Floats]:
        """Mean loss over all points, or over these rows, with weight decay, and its gradient."""
        gradient, at = np.empty(theta.size), theta.tobytes()
        kernel, room = (self.full, self._room) if rows is None else self._of_batch(rows)
        with np.errstate(all="ignore"):
            # hypot neither overflows nor warns; NaN is below nothing
            near = math.hypot(*theta.tolist()) < self.reach
            loss = kernel.evaluate(theta, gradient, room) if near else math.nan
            if not math.isfinite(loss) or not np.isfinite(gradient).all():
                (loss, gradient), at = self.carefully(theta, rows), b""
        if rows is None:
            self._last[0] = at
        return loss, gradient

    def carefully(self, theta: Floats, rows: Rows | None = None) -> tuple[float, Floats]:
        """The same, by the layers' own passes, in which nothing overflows on the way to what is finite."""
        inputs, targets = self._inputs, self.targets
        if rows is not None:
            inputs, targets = inputs[:, rows], targets[:, rows]
        loss, gradient = self.layers.gradient(theta, inputs, targets)
        with np.errstate(all="ignore"):
            self._weigh_down(theta, gradient)
            return loss + float(self._weights(theta[None])[0]), gradient

    @cached_property
    def full(self) -> Kernel:
        """Loss and gradient over all points, with weight decay."""
        return self._with_decay(self.build(self.columns, fixed=True))

    @cached_property
    def stretch(self) -> Stretch:
        """Where steps over all points leave what they find."""
        return Stretch(self.full, len(self.parameters))

    @cached_property
    def _room(self) -> list[Floats]:
        return self.full.room()

    def _of_batch(self, rows: Rows) -> tuple[Kernel, list[Floats]]:
        size = len(rows)
        if size not in self._batches:
            if len(self._batches) >= KEPT_BATCH_SIZES:
                self._batches.clear()
            buffers = [np.zeros((len(column), size)) for column in self.columns]  # what builds may look at them
            kernel = self._with_decay(self.build(tuple(buffers), fixed=False))
            self._batches[size] = (buffers, kernel, kernel.room())
        buffers, kernel, room = self._batches[size]
        for column, buffer in zip(self.columns, buffers, strict=True):
            column.take(rows, axis=1, out=buffer, mode="clip")
        return kernel, room

    def _with_decay(self, kernel: Kernel) -> Kernel:
        """The kernel of the loss with weight decay, in which what is fixed has no gradient."""
        if not self.weight_decay and not self.fixed.size:
            return kernel

        def descend(theta: Floats, gradient: Floats, room: Sequence[Floats]) -> None:
            kernel.descend(theta, gradient, room)
            self._weigh_down(theta, gradient)

        def losses(thetas: Floats, *rooms: Floats) -> Floats:
            return kernel.losses(thetas, *rooms) + self._weights(thetas)

        return kernel._replace(descend=descend, losses=losses)

    def _weigh_down(self, theta: Floats, gradient: Floats) -> None:
        if self.weight_decay:
            gradient += self.weight_decay * theta
        if self.fixed.size:
            gradient[self.fixed] = 0.0

    def _weights(self, thetas: Floats) -> Floats:
        """The part of weight decay in the loss at each theta."""
        if not self.weight_decay:
            return np.zeros(len(thetas))
        if self.fixed.size:
            thetas = thetas.copy()
            thetas[:, self.fixed] = 0.0
        weights: Floats = 0.5 * self.weight_decay * np.vecdot(thetas, thetas)
        return weights

    @cached_property
    def _inputs(self) -> Floats:
        return np.ascontiguousarray(self.data.inputs.T)

    def observe(self, theta: Floats) -> dict[str, float]:
        """The observations at theta, over all data. Free of work right after `evaluate(theta)` over all data."""
        observed: dict[str, float] = {}
        if "accuracy" in self.observations:
            if self.full.correct and self._last[0] == theta.tobytes():
                observed["accuracy"] = float(self.full.correct(*(part[None] for part in self._room))[0]) / self.count
            else:
                observed["accuracy"] = self._accuracy(theta, self._inputs, self.data.targets)
        if "held_out_loss" in self.observations:
            self._observe_held_out(theta, observed)
        return observed

    def _observe_held_out(self, theta: Floats, observed: dict[str, float]) -> None:
        held = np.ascontiguousarray(self.data.held_inputs.T)
        if self.classifies:
            observed["held_out_accuracy"] = self._accuracy(theta, held, self.data.held_targets)
        targets = encoded(self.data.kind, self.data.held_targets, self.layers.output)
        observed["held_out_loss"] = self.layers.gradient(theta, held, targets)[0]

    def _accuracy(self, theta: Floats, inputs: Floats, targets: Floats) -> float:
        """The share of points with the right class; with sets of classes, with every yes and no right."""
        z = self.layers.scores(theta, inputs)
        return count_right(self.layers.output, self.data.kind, z, targets) / len(targets)

    def predictions(self, theta: Floats, points: Floats) -> Floats:
        """The model's outputs a at any points [n, inputs]: an array [outputs, n]."""
        return self.layers.outputs(theta, np.ascontiguousarray(self.data.transform(points).T))

    def probabilities(self, theta: Floats, points: Floats) -> Floats:
        """The probability of each class at any points [n, inputs]: an array [classes, n].

        Those of `one_vs_rest` and of sigmoid outputs are separate yes or no, and need not add up to 1. Outputs that are
        no probabilities are cut off at 0 and 1. Raises `FieldError` where the model tells numbers.
        """
        if not self.classifies:
            raise FieldError("dataset.labels", "the labels are numbers: there are no classes.", code="no_classes")
        a = self.predictions(theta, points)
        if self.layers.output == "tanh":
            a = (a + 1) / 2
        a = np.clip(a, 0.0, 1.0)
        return np.vstack([1 - a, a]) if len(a) == 1 and self.data.kind == "classes" else a

    def regions(
        self, theta: Floats, size: int, window: Sequence[Sequence[float]] | None = None
    ) -> npt.NDArray[np.uint8]:
        """Probabilities as bytes, 0 to 255, on a grid over the window: [classes, size (along y), size (along x)]."""
        return Regions(self, size, window).picture(theta)

    def hessian(self, theta: Floats) -> Floats:
        """Second derivatives of the loss [parameters, parameters]; with hidden layers from differences of gradients."""
        if self.layers.depth > 1:
            return differences(lambda at: self.evaluate(at)[1], theta)
        inputs, to = self._inputs, self.layers.sizes[-1]
        whole = np.vstack([inputs, np.ones((1, self.count))]) if self.layers.bias else inputs
        with np.errstate(all="ignore"):
            z = Pass(self.layers, inputs).forward(theta)
            bent = curvature(self.layers.output, self.layers.loss, z, self.targets)
            blocks = np.einsum("nij,an,bn->iajb", bent, whole, whole, optimize=True) / self.count
        packed: Floats = blocks.reshape(to * len(whole), -1)
        packing = self.layers.packing
        if packing is not None:
            hessian = np.empty_like(packed)
            hessian[np.ix_(packing, packing)] = packed
        else:
            hessian = packed
        decay = np.full(len(theta), self.weight_decay)
        hessian += np.diag(decay)
        hessian[self.fixed, :] = hessian[:, self.fixed] = 0.0
        return hessian

    def point_gradients(self, theta: Floats) -> Floats:
        """The gradient of each point's loss without weight decay, [points, parameters].

        For softmax with cross-entropy the part of class j is (a_j - y_j) x. The mean over a batch is its gradient.
        """
        shares = self.layers.point_gradients(theta, self._inputs, self.targets)
        shares[:, self.fixed] = 0.0
        return shares

    def layer_norms(self, gradients: Floats) -> Floats:
        """The length of each layer's part of gradients [..., parameters]: [..., layers], the first layer first."""
        return layer_norms(self.layers, gradients)

    def trace(self, theta: Floats, row: int) -> Trace:
        """Every number of the forward and backward pass at one point of the data, without weight decay."""
        check_whole("row", row, 0, self.count - 1)
        return trace(self.layers, theta, self._inputs[:, row], self.targets[:, row])

    def finite_differences(self, theta: Floats, row: int | None = None, by: float = 1e-5) -> Floats:
        """The gradient as (C(theta + h) - C(theta - h))/(2h), parameter by parameter, over all data or at one point."""
        rows = None if row is None else np.array([row])
        moved = theta.astype(np.float64)
        found = np.empty(len(theta))
        for index, value in enumerate(theta.tolist()):
            moved[index] = value + by
            above = self.evaluate(moved, rows)[0]
            moved[index] = value - by
            found[index] = (above - self.evaluate(moved, rows)[0]) / (2 * by)
            moved[index] = value
        found[self.fixed] = 0.0
        return found


def count_right(output: str, kind: LabelKind, z: Floats, targets: Floats) -> int:
    """How many points [outputs, points] are classified rightly; targets are the data's, [points, classes].

    The largest z wins, the first of equal ones; a single output says yes above its middle. Of sets every yes and no has
    to be right.

    >>> count_right("softmax", "classes", np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([[1.0, 0.0], [1.0, 0.0]]))
    1
    """
    if kind == "sets" and output == "softmax":
        z, middle = ACTIVATE["softmax"](z, np.empty_like(z)), 0.5
    else:
        middle = 0.5 if output in ("linear", "relu") else 0.0
    if kind == "sets":
        right = np.all((z > middle) == (targets.T > 0.5), axis=0)
    elif len(z) == 1:
        right = (z[0] > middle) == (targets[:, 1] > 0.5)
    else:
        right = np.argmax(z, axis=0) == np.argmax(targets, axis=1)
    return int(np.count_nonzero(right))


def encoded(kind: LabelKind, targets: Floats, output: str) -> Floats:
    """Targets [points, classes or numbers] as outputs have to tell them, one point per column.

    One output tells two classes apart, unless it is a softmax; tanh tells -1 and 1; a softmax shares between labels.

    >>> encoded("classes", np.array([[1.0, 0.0], [0.0, 1.0]]), "tanh").tolist()
    [[-1.0, 1.0]]
    """
    if kind == "classes" and targets.shape[1] == 2 and output != "softmax":
        targets = targets[:, 1:]
    columns = np.ascontiguousarray(targets.T)
    if output == "softmax" and kind == "sets":
        columns = columns / np.maximum(columns.sum(axis=0), 1.0)
    return 2 * columns - 1 if output == "tanh" and kind in ("classes", "sets") else columns


def differences(gradient: Callable[[Floats], Floats], theta: Floats) -> Floats:
    """The Hessian from central differences of a gradient, made symmetric; good to about nine digits.

    >>> np.round(differences(lambda x: np.array([2 * x[0], 6 * x[1]]), np.ones(2)), 6).tolist()
    [[2.0, 0.0], [0.0, 6.0]]
    """
    hessian = np.empty((len(theta), len(theta)))
    moved = theta.astype(np.float64)
    for index, value in enumerate(theta.tolist()):
        by = 6e-6 * max(1.0, abs(value))
        moved[index] = value + by
        above = gradient(moved)
        moved[index] = value - by
        hessian[index] = (above - gradient(moved)) / (2 * by)
        moved[index] = value
    return (hessian + hessian.T) / 2


def with_ones(inputs: Floats, bias: bool) -> Floats:
    """Inputs [features, points] with a row of ones for the bias.

    >>> with_ones(np.array([[2.0, 3.0]]), True).tolist()
    [[2.0, 3.0], [1.0, 1.0]]
    """
    return np.vstack([inputs, np.ones((1, inputs.shape[1]))]) if bias else np.ascontiguousarray(inputs)


def reach(columns: Floats, z: float = 700.0) -> float:
    """How long theta may be so that no |z| = |theta . column| exceeds `z`.

    >>> reach(np.array([[3.0], [4.0]]))
    140.0
    """
    with np.errstate(over="ignore"):  # of features over 1e154: no theta is short enough
        longest = float(np.sqrt(np.max(np.sum(columns**2, axis=0), initial=0.0)))
    return z / max(longest, 1e-300)


def check_bias(bias: object, fixed: bool = False) -> None:
    """Refuse what is neither true nor false (nor, for networks, "fixed").

    >>> check_bias("fixed", fixed=True)
    >>> check_bias("fixed")
    Traceback (most recent call last):
    core.errors.FieldError: bias: must be true or false.
    """
    if not isinstance(bias, bool) and not (fixed and bias == "fixed"):
        allowed = 'true, false or "fixed"' if fixed else "true or false"
        raise FieldError("bias", f"must be {allowed}.", code="not_a_boolean")
