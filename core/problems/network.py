"""Small networks: hidden layers of sigmoid, tanh, ReLU or linear units, trained by backpropagation."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Literal

import numpy as np

from core.data import Data, make_data
from core.datasets import LabelKind
from core.errors import FieldError
from core.problems.layers import Layers
from core.problems.model import WEIGHT_DECAY, DataModel, Floats, check_bias, encoded
from core.problems.outputs import check_pair
from core.problems.softmax import layered
from core.random import Stream, stream
from core.settings import Setting, check_whole, unknown
from core.words import mark

ACTIVATIONS = ("sigmoid", "tanh", "relu", "linear")
MAX_LAYERS = 10
MAX_UNITS = 64
MAX_PARAMETERS = 2_000
SCALE = Setting("scale", 1.0, 0, 100, "log", mark("scale of the initial weights"))

# standard deviation of an initial weight, by the units it comes from and goes to
INITIALISATIONS: dict[str, Callable[[int, int], float]] = {
    "zero": lambda _source, _to: 0.0,
    "normal": lambda _source, _to: 1.0,
    "xavier": lambda source, to: math.sqrt(2.0 / (source + to)),
    "he": lambda source, _to: math.sqrt(2.0 / source),
    "small": lambda _source, _to: 0.01,
    "large": lambda _source, _to: 5.0,
}


def network(
    dataset: Mapping[str, Any] | None = None,
    hidden: Sequence[int] = (8, 8),
    activation: str = "tanh",
    output: str = "sigmoid",
    loss: str = "ce",
    init: str = "xavier",
    scale: float = 1.0,
    weight_decay: float = 0.0,
    bias: bool | Literal["fixed"] = True,
) -> DataModel:
    """A network with these hidden sizes on a dataset; biases start at 0, and stay as started when "fixed".

    Two classes need one output (with softmax two); targets of tanh outputs are -1 and 1. Labels may also be lists with
    a target for each output.

    >>> network(hidden=[2], output="softmax").parameters[-4:]
    ('w_2_2_1', 'w_2_2_2', 'b_2_1', 'b_2_2')
    """
    check_pair(output, loss)
    if activation not in ACTIVATIONS:
        message = unknown("activation", str(activation), ACTIVATIONS)
        raise FieldError("activation", message, code="unknown", known=list(ACTIVATIONS))
    if init not in INITIALISATIONS:
        message = unknown("initialisation", str(init), INITIALISATIONS)
        raise FieldError("init", message, code="unknown", known=list(INITIALISATIONS))
    check_bias(bias, fixed=True)
    _check_hidden(hidden)
    decay, scale = WEIGHT_DECAY.check(weight_decay), SCALE.check(scale)
    data = _data({"name": "moons"} if dataset is None else dataset, output)
    targets = _targets(data, output, loss)
    layers = Layers((data.inputs.shape[1], *hidden, len(targets)), activation, output, loss, bool(bias))
    if layers.count > MAX_PARAMETERS:
        message = (
            f"makes {layers.count:,} parameters, and at most {MAX_PARAMETERS:,} are possible: fewer or smaller layers."
        )
        raise FieldError("hidden", message, code="too_many", most=MAX_PARAMETERS, count=layers.count)
    return DataModel(
        kind="network",
        fields={
            "dataset": dataset,
            "hidden": list(hidden),
            "activation": activation,
            "output": output,
            "loss": loss,
            "init": init,
            "scale": scale,
            "weight_decay": decay,
            "bias": bias,
        },
        data=data,
        layers=layers,
        parameters=layers.names(),
        targets=targets,
        columns=(np.ascontiguousarray(data.inputs.T), targets),
        build=partial(layered, layers, data, bool(np.isin(targets, (0.0, 1.0)).all())),
        reach=math.inf,  # products of layers can overflow anywhere: what does is made again with care
        weight_decay=decay,
        fixed=layers.biases if bias == "fixed" else np.zeros(0, dtype=np.int64),
        begin=partial(_initial, layers, init, scale),
    )


def _check_hidden(hidden: object) -> None:
    if not isinstance(hidden, (list, tuple)) or len(hidden) > MAX_LAYERS:
        message = f"must be a list of at most {MAX_LAYERS} layer sizes, such as [8, 8]."
        raise FieldError("hidden", message, code="not_a_list", most=MAX_LAYERS)
    for index, size in enumerate(hidden):
        check_whole(f"hidden[{index}]", size, 1, MAX_UNITS)


def _data(dataset: Mapping[str, Any], output: str) -> Data:
    """Labels that are lists are targets; whole numbers are classes where the output suits, 0 and 1 always."""
    labels = dataset.get("labels") if isinstance(dataset, Mapping) else None
    numbers = isinstance(labels, (list, tuple)) and all(isinstance(label, (int, float)) for label in labels)
    order: tuple[LabelKind, ...] = ("classes", "numbers", "targets", "sets")
    if numbers and not set(labels or ()) <= {0, 1}:
        whole = all(label == label // 1 for label in labels or ())
        order = ("classes",) if output == "sigmoid" and whole else ("numbers",)
    if output == "softmax":
        order = ("classes", "targets", "sets")
    return make_data(dataset, order)


def _targets(data: Data, output: str, loss: str) -> Floats:
    targets = encoded(data.kind, data.targets, output)
    if data.kind in ("classes", "sets"):
        return targets
    if loss == "ce":
        outside = np.flatnonzero(((targets < 0) | (targets > 1)).any(axis=0))
        if len(outside):
            message = "cross-entropy needs targets from 0 to 1: use mse, or other labels."
            field = f"dataset.labels[{outside[0]}]"
            raise FieldError(field, message, code="out_of_range", low=0, high=1, index=int(outside[0]))
        uneven = np.flatnonzero(np.abs(targets.sum(axis=0) - 1) > 1e-6)
        if output == "softmax" and len(uneven):
            message = "the targets of a softmax must add up to 1."
            raise FieldError(f"dataset.labels[{uneven[0]}]", message, code="not_one", index=int(uneven[0]))
    return targets


def _initial(layers: Layers, init: str, scale: float, seed: int) -> tuple[float, ...]:
    """Weights drawn layer by layer, row by row; biases 0."""
    random = stream(seed, Stream.WEIGHTS)
    start = np.zeros(layers.count)
    for part, source, to in zip(layers.parts, layers.sizes[:-1], layers.sizes[1:], strict=True):
        spread = scale * INITIALISATIONS[init](source, to)
        start[part.start : part.start + source * to] = spread * random.standard_normal(source * to)
    return tuple(start.tolist())
