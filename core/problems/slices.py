"""A plane through a model's parameters: the loss over two directions, and a path drawn on it.

Directions are drawn from a seed, or are the two along which a path moved most (H. Li and others, Visualizing the Loss
Landscape of Neural Nets, 2018).
"""

from __future__ import annotations

import numpy as np

from core.problems.model import DataModel, Floats
from core.random import Stream, stream


def seeded_directions(seed: int, parameters: int) -> Floats:
    """Two orthogonal directions of length 1: [2, parameters].

    >>> first, second = seeded_directions(0, 5)
    >>> round(float(first @ first), 9), bool(abs(first @ second) < 1e-12)
    (1.0, True)
    """
    drawn = stream(seed, Stream.DIRECTIONS).standard_normal((parameters, 2))
    return _towards_positive(np.linalg.qr(drawn)[0].T)


def principal_directions(path: Floats) -> tuple[Floats, Floats]:
    """The two directions along which a path [points, parameters] moved most, and the share of its motion in each.

    >>> directions, shares = principal_directions(np.array([[0.0, 0.0, 1.0], [3.0, 0.0, 1.0], [3.0, 1.0, 1.0]]))
    >>> directions.shape, round(float(shares.sum()), 9)
    ((2, 3), 1.0)
    """
    _, sizes, rows = np.linalg.svd(path - path[-1], full_matrices=False)
    found, shares = np.zeros((2, path.shape[1])), np.zeros(2)
    kept = min(2, len(rows))
    found[:kept] = rows[:kept]
    if sizes.any():
        shares[:kept] = sizes[:kept] ** 2 / np.sum(sizes**2)
    return _towards_positive(found), shares


def _towards_positive(directions: Floats) -> Floats:
    """The same lines with their largest part positive, so that a picture does not flip."""
    largest = np.take_along_axis(directions, np.abs(directions).argmax(axis=1)[:, None], axis=1)
    turned: Floats = np.where(largest < 0, -directions, directions)
    return turned


def loss_on_plane(model: DataModel, centre: Floats, directions: Floats, x: Floats, y: Floats) -> Floats:
    """The loss at centre + x first + y second: an array [len(y), len(x)].

    >>> from core.problems.linear import linear
    >>> line = linear({"points": [[1], [-1]], "labels": [0.0, 0.0]})
    >>> loss_on_plane(line, np.zeros(2), np.eye(2), np.array([0.0, 2.0]), np.array([1.0])).tolist()
    [[0.5, 2.5]]
    """
    first, second = directions
    with np.errstate(all="ignore"):
        rows = [[model.evaluate(centre + a * first + b * second)[0] for a in x.tolist()] for b in y.tolist()]
    return np.array(rows)


def on_plane(path: Floats, centre: Floats, directions: Floats) -> Floats:
    """Where each point of a path [points, parameters] stands on the plane: [points, 2].

    >>> on_plane(np.array([[3.0, 4.0, 5.0]]), np.ones(3), np.eye(3)[:2]).tolist()
    [[2.0, 3.0]]
    """
    placed: Floats = (path - centre) @ directions.T
    return placed
