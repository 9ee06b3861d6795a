"""Outputs and the losses that go with them: activation, loss, its gradient and curvature at the output's z.

Arrays hold one point per column: z, a and y are [outputs, points]. Losses are summed over outputs and points here;
a model divides by the number of points. For the natural pairs, linear with mse, sigmoid and softmax with ce, the
gradient is a - y.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from core.errors import FieldError
from core.settings import unknown
from core.words import mark

Floats = npt.NDArray[np.float64]

OUTPUTS = ("linear", "sigmoid", "softmax", "tanh", "relu")
LOSSES = ("mse", "ce")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A pair of output and loss that makes no sense, and why.

    >>> REFUSED["tanh", "ce"].code
    'negative_output'
    """

    code: str
    message: str


REFUSED = {
    ("linear", "ce"): Refusal(
        "unbounded_output",
        mark("A linear output is no probability: it leaves 0 to 1, where the logarithm in cross-entropy has no value."),
    ),
    ("tanh", "ce"): Refusal(
        "negative_output",
        mark("Tanh runs from -1 to 1: below 0 the logarithm in cross-entropy has no value. Use a sigmoid."),
    ),
    ("relu", "ce"): Refusal(
        "unbounded_output",
        mark("ReLU gives exactly 0 or more than 1, where cross-entropy is infinite or has no value. Use a sigmoid."),
    ),
}


def check_pair(output: str, loss: str) -> None:
    """Refuse an unknown output or loss, and pairs that make no sense; raises `FieldError` at output or loss.

    >>> check_pair("softmax", "ce")
    >>> check_pair("softmax", "hinge")
    Traceback (most recent call last):
    core.errors.FieldError: loss: there is no loss 'hinge'; there is ce, mse.
    """
    if output not in OUTPUTS:
        raise FieldError("output", unknown("output", str(output), OUTPUTS), code="unknown", known=list(OUTPUTS))
    if loss not in LOSSES:
        raise FieldError("loss", unknown("loss", str(loss), LOSSES), code="unknown", known=list(LOSSES))
    refusal = REFUSED.get((output, loss))
    if refusal:
        raise FieldError("loss", refusal.message, code=refusal.code, output=output)


def sigmoid(z: Floats, out: Floats | None = None) -> Floats:
    """1/(1 + e^-z), accurate in both tails; exp may overflow to inf on the way, which is right.

    >>> [f"{a:.6g}" for a in sigmoid(np.array([0.0, -40.0]))]
    ['0.5', '4.24835e-18']
    """
    a = np.negative(z, out)
    np.exp(a, a)
    np.add(a, 1.0, a)
    return np.reciprocal(a, a)


def softmax(z: Floats, out: Floats | None = None) -> Floats:
    """e^z over its sum along the first axis, with the largest z subtracted first.

    >>> softmax(np.array([1000.0, 1000.0])).tolist()
    [0.5, 0.5]
    """
    a = np.subtract(z, np.maximum.reduce(z, axis=0), out)
    np.exp(a, a)
    return np.divide(a, np.add.reduce(a, axis=0), a)


@lru_cache(maxsize=32)
def _zeros(shape: tuple[int, ...]) -> Floats:
    """Zeros to compare with: NumPy's maximum is twice as fast with an array as with a number."""
    return np.zeros(shape)


def _relu(z: Floats, out: Floats) -> Floats:
    return np.maximum(z, _zeros(z.shape), out=out)


def _linear(z: Floats, out: Floats) -> Floats:
    if out is not z:
        np.copyto(out, z)
    return out


# The activation of z, written to a second array (which may be z).
ACTIVATE: dict[str, Callable[[Floats, Floats], Floats]] = {
    "linear": _linear,
    "sigmoid": sigmoid,
    "softmax": softmax,
    "tanh": np.tanh,
    "relu": _relu,
}


def slope(name: str, a: Floats) -> Floats:
    """The activation's derivative, from its value a; ReLU's at 0 is 0.

    >>> slope("tanh", np.array([0.5])).tolist()
    [0.75]
    """
    if name == "sigmoid":
        return a * (1.0 - a)
    if name == "tanh":
        return 1.0 - a * a
    if name == "relu":
        return (a > 0).astype(np.float64)
    return np.ones_like(a)


def _descend_sigmoid(a: Floats, delta: Floats, scratch: Floats) -> None:
    np.subtract(1.0, a, scratch)
    np.multiply(scratch, a, scratch)
    np.multiply(delta, scratch, delta)


def _descend_tanh(a: Floats, delta: Floats, scratch: Floats) -> None:
    np.square(a, scratch)
    np.multiply(scratch, delta, scratch)
    np.subtract(delta, scratch, delta)


def _descend_relu(a: Floats, delta: Floats, scratch: Floats) -> None:
    np.sign(a, scratch)  # a is never negative
    np.multiply(delta, scratch, delta)


def _descend_linear(a: Floats, delta: Floats, scratch: Floats) -> None:
    """A slope of 1 changes nothing."""


# Multiply delta in place by the activation's derivative, from its value a, using a third array of the same shape.
DESCEND: dict[str, Callable[[Floats, Floats, Floats], None]] = {
    "linear": _descend_linear,
    "sigmoid": _descend_sigmoid,
    "tanh": _descend_tanh,
    "relu": _descend_relu,
}


# Each of these takes z, y, and arrays a and delta of the same shape to fill; it returns the loss.
Pair = Callable[[Floats, Floats, Floats, Floats], float]


def _mse(output: str) -> Pair:
    activate, descend = ACTIVATE[output], DESCEND.get(output)

    def evaluate(z: Floats, y: Floats, a: Floats, delta: Floats) -> float:
        activate(z, a)
        np.subtract(a, y, delta)
        flat = delta.ravel()
        loss = 0.5 * float(flat.dot(flat))
        if descend is None:  # the Jacobian diag(a) - a aᵀ
            np.subtract(delta, np.add.reduce(delta * a, axis=0), delta)
            np.multiply(delta, a, delta)
        else:
            descend(a, delta, np.empty_like(a))
        return loss

    return evaluate


def _sigmoid_ce(z: Floats, y: Floats, a: Floats, delta: Floats) -> float:
    sigmoid(z, a)
    np.subtract(a, y, delta)
    # softplus(z) - y z, as max(z, 0) - y z + log(1 + e^-|z|): nothing cancels where the output is right
    bent = np.maximum(z, 0.0)
    bent -= y * z
    small = np.abs(z)
    np.negative(small, small)
    np.exp(small, small)
    bent += np.log1p(small, small)
    return float(bent.sum())


def decided(z: Floats, turn: Floats, e: Floats, delta: Floats) -> None:
    """Sigmoid with cross-entropy where every target is 0 or 1, in half the operations; `turn` is 1 - 2y.

    With m = turn z, which is positive where the output is wrong, e is e^m, the loss is log(1 + e) and its derivative by
    m is e/(1 + e). Not finite where e^m overflows.

    >>> z, turn, e, delta = np.array([[0.0]]), np.array([[-1.0]]), np.empty((1, 1)), np.empty((1, 1))
    >>> decided(z, turn, e, delta)
    >>> round(np.log1p(e).item(), 6), delta.item()
    (0.693147, -0.5)
    """
    np.multiply(z, turn, e)
    np.exp(e, e)
    np.add(e, 1.0, delta)
    np.divide(e, delta, delta)
    np.multiply(delta, turn, delta)


def _softmax_ce(z: Floats, y: Floats, a: Floats, delta: Floats) -> float:
    np.subtract(z, np.maximum.reduce(z, axis=0), delta)
    np.exp(delta, a)
    total = np.add.reduce(a, axis=0)
    loss = float(np.add.reduce(np.log(total))) - float(delta.ravel().dot(y.ravel()))
    np.divide(a, total, a)
    np.subtract(a, y, delta)
    return loss


PAIRS: dict[tuple[str, str], Pair] = {
    **{(output, "mse"): _mse(output) for output in OUTPUTS},
    ("sigmoid", "ce"): _sigmoid_ce,
    ("softmax", "ce"): _softmax_ce,
}


def curvature(output: str, loss: str, z: Floats, y: Floats) -> Floats:
    """Second derivatives of each point's loss by its z: an array [points, outputs, outputs].

    Softmax with ce: diag(a) - a aᵀ, the Jacobian of the softmax.

    >>> curvature("sigmoid", "ce", np.array([[0.0]]), np.array([[1.0]])).tolist()
    [[[0.25]]]
    """
    a = ACTIVATE[output](z, np.empty_like(z))
    if output == "softmax":
        return _softmax_curvature(loss, a, a - y)
    d = slope(output, a)
    if (output, loss) == ("sigmoid", "ce"):
        second = d
    else:
        bend = {"sigmoid": d * (1.0 - 2.0 * a), "tanh": -2.0 * a * d}.get(output, np.zeros_like(a))
        second = d * d + (a - y) * bend
    return second.T[:, :, None] * np.eye(len(a))


def _softmax_curvature(loss: str, a: Floats, r: Floats) -> Floats:
    p = a.T
    jacobian = p[:, :, None] * (np.eye(p.shape[1]) - p[:, None, :])
    if loss == "ce":
        return jacobian
    centred = r.T - np.sum(p * r.T, axis=1, keepdims=True)
    pairs = centred[:, :, None] + centred[:, None, :]
    curved = np.eye(p.shape[1]) * (p * centred)[:, :, None] - p[:, :, None] * p[:, None, :] * pairs
    second: Floats = jacobian @ jacobian + curved
    return second
