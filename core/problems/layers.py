"""Layers of units: the forward pass, the backward pass, and every number on the way.

Layer l computes z = W a + b from the activations a of the layer before, and a = activation(z). Backwards, delta =
dC/dz of the last layer comes from output and loss; then dC/dW = delta aᵀ, dC/db = delta, and dC/da = Wᵀ delta goes one
layer down, where the activation's slope makes it that layer's delta.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from core.problems.outputs import ACTIVATE, DESCEND, PAIRS, Pair, slope

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Layers:
    """The shape of a network: `sizes` from the inputs to the outputs.

    Parameters are one vector, layer by layer, weights row by row, then biases. Inputs and targets hold one point per
    column. Without a hidden layer this is linear, logistic or softmax regression.

    >>> layers = Layers((2, 8, 8, 1), "tanh", "sigmoid", "ce")
    >>> layers.count, layers.depth, layers.shapes
    (105, 3, ((8, 3), (8, 9), (1, 9)))
    """

    sizes: tuple[int, ...]
    activation: str
    output: str
    loss: str
    bias: bool = True

    @property
    def depth(self) -> int:
        """How many layers of weights there are."""
        return len(self.sizes) - 1

    @cached_property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """(to, from) of each layer's weights, from counting a last unit that is always 1 for the biases."""
        extra = 1 if self.bias else 0
        return tuple((self.sizes[i + 1], self.sizes[i] + extra) for i in range(self.depth))

    @cached_property
    def count(self) -> int:
        """How many parameters there are."""
        return sum(to * source for to, source in self.shapes)

    @cached_property
    def parts(self) -> tuple[slice, ...]:
        """Where each layer's parameters stand, weights and biases."""
        ends = np.cumsum([to * source for to, source in self.shapes]).tolist()
        return tuple(slice(a, b) for a, b in zip([0, *ends], ends, strict=False))

    @cached_property
    def packing(self) -> npt.NDArray[np.int64] | None:
        """Parameters reordered so that each layer is one matrix, its biases the last column; None: as they are."""
        if not self.bias:
            return None
        order = []
        for part, (to, source) in zip(self.parts, self.shapes, strict=True):
            weights = np.arange(part.start, part.start + to * (source - 1)).reshape(to, source - 1)
            biases = np.arange(part.stop - to, part.stop).reshape(to, 1)
            order.append(np.hstack([weights, biases]).ravel())
        packing = np.concatenate(order)
        return None if np.array_equal(packing, np.arange(self.count)) else packing

    @cached_property
    def unpacking(self) -> npt.NDArray[np.int64] | None:
        """The way back."""
        return None if self.packing is None else np.argsort(self.packing)

    @cached_property
    def biases(self) -> npt.NDArray[np.int64]:
        """Where the biases stand."""
        found = [np.arange(part.stop - to, part.stop) for part, (to, _) in zip(self.parts, self.shapes, strict=True)]
        return np.concatenate(found) if self.bias else np.zeros(0, dtype=np.int64)

    def names(self) -> tuple[str, ...]:
        """w_<layer>_<to>_<from> and b_<layer>_<to>, counted from 1.

        >>> Layers((2, 1, 1), "tanh", "linear", "mse").names()
        ('w_1_1_1', 'w_1_1_2', 'b_1_1', 'w_2_1_1', 'b_2_1')
        """
        found = []
        for layer, (to, source) in enumerate(zip(self.sizes[1:], self.sizes[:-1], strict=True), 1):
            found += [f"w_{layer}_{i}_{j}" for i in range(1, to + 1) for j in range(1, source + 1)]
            found += [f"b_{layer}_{i}" for i in range(1, to + 1)] if self.bias else []
        return tuple(found)

    def scores(self, theta: Floats, inputs: Floats) -> Floats:
        """z of the last layer, [outputs, points]."""
        with np.errstate(all="ignore"):
            return Pass(self, inputs).forward(theta)

    def outputs(self, theta: Floats, inputs: Floats) -> Floats:
        """a of the last layer, [outputs, points]."""
        z = self.scores(theta, inputs)
        with np.errstate(all="ignore"):
            return ACTIVATE[self.output](z, z)

    def gradient(self, theta: Floats, inputs: Floats, targets: Floats) -> tuple[float, Floats]:
        """Mean loss over the points and its gradient, in arrays of its own."""
        gradient = np.empty(self.count)
        with np.errstate(all="ignore"):
            loss = Pass(self, inputs, targets).evaluate(theta, gradient)
        return loss, gradient

    def point_gradients(self, theta: Floats, inputs: Floats, targets: Floats) -> Floats:
        """The gradient of every point's own loss, [points, parameters]; their mean is `gradient`."""
        work = Pass(self, inputs, targets)
        points: int = inputs.shape[1]
        with np.errstate(all="ignore"):
            work.evaluate(theta, np.empty(self.count))
            shares = [
                points * np.einsum("in,jn->nij", delta, a).reshape(points, -1)
                for delta, a in zip(work.deltas, work.activations[:-1], strict=True)
            ]
        packed = np.concatenate(shares, axis=1)
        if self.packing is None:
            return packed
        unpacked = np.empty_like(packed)
        unpacked[:, self.packing] = packed
        return unpacked


class Pass:
    """The buffers of one pass over a number of points: nothing is allocated while a model trains.

    A batch overwrites `self.inputs` and the targets between passes.

    >>> work = Pass(Layers((1, 1), "linear", "linear", "mse"), np.array([[1.0, 2.0]]), np.array([[0.0, 0.0]]))
    >>> gradient = np.empty(2)
    >>> work.evaluate(np.array([1.0, 0.0]), gradient), gradient.tolist()
    (1.25, [2.5, 1.5])
    """

    def __init__(self, layers: Layers, inputs: Floats, targets: Floats | None = None) -> None:
        points: int = inputs.shape[1]
        self.layers, self.points, self.targets = layers, points, targets
        extra = 1 if layers.bias else 0
        self.activations = [np.ones((size + extra, points)) for size in layers.sizes[:-1]]
        self.activations.append(np.empty((layers.sizes[-1], points)))
        self.inputs = self.activations[0][: layers.sizes[0]]
        self.inputs[...] = inputs
        self.units = [a[:size] for a, size in zip(self.activations, layers.sizes, strict=True)]
        self.z = np.empty((layers.sizes[-1], points))
        self.deltas = [np.empty((size, points)) for size in layers.sizes[1:]]
        self.scratches = [np.empty((size, points)) for size in layers.sizes[1:-1]]
        self.packed, self.packed_gradient = np.empty(layers.count), np.empty(layers.count)
        self.weights = self._matrices(self.packed)
        self.transposed = [w[:, :size].T for w, size in zip(self.weights, layers.sizes, strict=False)]
        self.slopes = self._matrices(self.packed_gradient)
        self._pair: Pair = PAIRS[layers.output, layers.loss]
        self._activate, self._descend = ACTIVATE[layers.activation], DESCEND[layers.activation]
        # what each layer does on the way up and down, its methods and arrays found once
        self._up = [(w.dot, a, b) for w, a, b in zip(self.weights, self.activations, self.units[1:], strict=False)][:-1]
        seen = zip(self.deltas, self.activations, self.slopes, strict=False)
        self._slopes = [(delta.dot, a.T, weights) for delta, a, weights in seen]
        below = zip(self.transposed[1:], self.deltas[1:], self.deltas, self.units[1:], self.scratches, strict=False)
        self._down = [(w.dot, delta, under, a, scratch) for w, delta, under, a, scratch in below]

    def _matrices(self, vector: Floats) -> list[Floats]:
        layers = self.layers
        return [vector[part].reshape(shape) for part, shape in zip(layers.parts, layers.shapes, strict=True)]

    def forward(self, theta: Floats, z: Floats | None = None) -> Floats:
        """z of the last layer, in the array that is given for it; every activation before it is kept."""
        packing, activate = self.layers.packing, self._activate
        if packing is None:
            self.packed[:] = theta
        else:
            theta.take(packing, out=self.packed, mode="clip")
        for weigh, a, units in self._up:
            weigh(a, units)
            activate(units, units)
        return self.weights[-1].dot(self.activations[-2], self.z if z is None else z)

    def loss(self, z: Floats) -> float:
        """The mean loss; the last delta is left for `backward`."""
        assert self.targets is not None
        return self._pair(z, self.targets, self.activations[-1], self.deltas[-1]) / self.points

    def backward(self, gradient: Floats) -> None:
        """From the last delta, that of a sum over the points, to every weight's mean gradient."""
        descend, unpacking = self._descend, self.layers.unpacking
        self.deltas[-1] *= 1.0 / self.points
        for weigh, delta, below, a, scratch in reversed(self._down):
            weigh(delta, below)
            descend(a, below, scratch)
        for weigh, a, weights in self._slopes:
            weigh(a, weights)
        if unpacking is None:
            gradient[:] = self.packed_gradient
        else:
            self.packed_gradient.take(unpacking, out=gradient, mode="clip")

    def evaluate(self, theta: Floats, gradient: Floats) -> float:
        """Mean loss; its gradient is written to `gradient`."""
        loss = self.loss(self.forward(theta))
        self.backward(gradient)
        return loss


@dataclass(frozen=True, slots=True)
class LayerTrace:
    """One layer at one point: forwards inputs, z, a; backwards dC/da, the slope a'(z), dC/dz and the gradients.

    For a softmax output a depends on every z, and `slope` is its Jacobian, [outputs, outputs].

    >>> neuron = Layers((1, 1), "linear", "sigmoid", "mse")
    >>> layer = trace(neuron, np.array([2.0, 2.0]), np.array([1.0]), np.array([0.0])).layers[0]
    >>> layer.z.item(), round(layer.slope.item(), 5), round(layer.dz.item(), 5)
    (4.0, 0.01766, 0.01735)
    """

    inputs: Floats
    weights: Floats
    biases: Floats
    z: Floats
    a: Floats
    da: Floats
    slope: Floats
    dz: Floats
    weight_gradients: Floats
    bias_gradients: Floats


@dataclass(frozen=True, slots=True)
class Trace:
    """Every number of one forward and one backward pass at one point.

    >>> line = Layers((1, 1), "linear", "linear", "mse")
    >>> trace(line, np.array([2.0, 1.0]), np.array([3.0]), np.array([6.0])).loss
    0.5
    """

    inputs: Floats
    targets: Floats
    loss: float
    layers: tuple[LayerTrace, ...]


def trace(layers: Layers, theta: Floats, inputs: Floats, targets: Floats) -> Trace:
    """Forward and backward pass at one point (vectors of inputs and targets), nothing combined or left out.

    At the output dC/da and the slope are kept apart even where they cancel: with cross-entropy and a saturated output
    dC/da may be infinite (null on the wire), while dC/dz is not.

    >>> line = Layers((1, 1), "linear", "linear", "mse")
    >>> trace(line, np.array([2.0, 1.0]), np.array([3.0]), np.array([6.0])).layers[0].weight_gradients.tolist()
    [[3.0]]
    """
    work = Pass(layers, inputs[:, None], targets[:, None])
    with np.errstate(all="ignore"):
        loss = work.evaluate(theta, np.empty(layers.count))
        found: list[LayerTrace] = []
        for layer in range(layers.depth):
            a, dz = work.units[layer + 1][:, 0].copy(), work.deltas[layer][:, 0].copy()
            whole, gradients = work.weights[layer], work.slopes[layer].copy()
            size = layers.sizes[layer]
            weights = whole[:, :size].copy()
            below = work.units[layer][:, 0].copy()
            biases = whole[:, size].copy() if layers.bias else np.zeros(len(whole))
            last = layer == layers.depth - 1
            da = (
                _output_slope(layers, a, targets) if last else work.transposed[layer + 1] @ work.deltas[layer + 1][:, 0]
            )
            kind = layers.output if last else layers.activation
            bent = softmax_jacobian(a) if kind == "softmax" else slope(kind, a)
            z = weights @ below + biases
            found.append(
                LayerTrace(below, weights, biases, z, a, da, bent, dz, gradients[:, :size], dz * bool(layers.bias))
            )
    return Trace(inputs, targets, loss, tuple(found))


def _output_slope(layers: Layers, a: Floats, y: Floats) -> Floats:
    """dC/da at the output: a - y for mse; for ce (a - y)/(a (1 - a)), or -y/a with softmax."""
    if layers.loss == "mse":
        return a - y
    return -y / a if layers.output == "softmax" else (a - y) / (a * (1 - a))


def softmax_jacobian(a: Floats) -> Floats:
    """da_j/dz_k = a_j (1 - a_j) for j = k, else -a_j a_k.

    >>> softmax_jacobian(np.array([0.5, 0.5])).tolist()
    [[0.25, -0.25], [-0.25, 0.25]]
    """
    jacobian: Floats = np.diag(a) - np.outer(a, a)
    return jacobian


def layer_norms(layers: Layers, gradients: Floats | Sequence[Floats]) -> Floats:
    """The Euclidean norm of each layer's part of gradients [..., parameters]: an array [..., layers].

    >>> layer_norms(Layers((1, 1, 1), "tanh", "linear", "mse"), np.array([3.0, 4.0, 0.0, 1.0])).tolist()
    [5.0, 1.0]
    """
    whole = np.asarray(gradients, dtype=np.float64)
    return np.stack([np.sqrt(np.sum(whole[..., part] ** 2, axis=-1)) for part in layers.parts], axis=-1)
