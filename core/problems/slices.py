"""A plane through a model's parameters: the loss over two directions, and a path drawn on it.

Directions are drawn from a seed, or are the two along which a path moved most (H. Li and others, Visualizing the Loss
Landscape of Neural Nets, 2018).
"""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True)
class Slice:
    """The loss on a plane through the end of a path.

    The plane is `centre + x directions[0] + y directions[1]`; `loss` is [len(y), len(x)], `path` [points, 2] is where
    the path stands above it, and `shares` is how much of its motion (sum of squares) each direction holds.

    >>> ends = np.array([[2.0, 0.0], [0.0, 0.0]])
    >>> found = Slice(ends[-1], np.eye(2), np.array([1.0, 0.0]), ends, np.zeros(1), np.zeros(1), np.zeros((1, 1)))
    >>> float(found.shares.sum())
    1.0
    """

    centre: Floats
    directions: Floats
    shares: Floats
    path: Floats
    x: Floats
    y: Floats
    loss: Floats


ROOM = 0.62  # half a side of the square that is drawn, in lengths of the path


def slice_along(model: DataModel, path: Floats, seed: int | None = None, resolution: int = 41) -> Slice:
    """The plane along which a path [points, parameters] moved most; with a `seed` a random one. Needs two parameters.

    The square that is drawn has the path in it and is as large as the path is long, whatever the directions: so planes
    of different directions compare.

    >>> from core.problems.linear import linear
    >>> line = linear({"points": [[1], [-1]], "labels": [0.0, 0.0]})
    >>> found = slice_along(line, np.array([[4.0, 0.0], [2.0, 0.0], [0.0, 0.0]]), resolution=3)
    >>> found.shares.tolist(), found.path[:, 0].tolist()
    ([1.0, 0.0], [4.0, 2.0, 0.0])
    """
    centre = path[-1]
    moved = np.sum((path - centre) ** 2)
    principal = seed is None and len(path) > 1 and moved > 0
    directions = principal_directions(path)[0] if principal else seeded_directions(seed or 0, path.shape[1])
    placed = on_plane(path, centre, directions)
    shares = np.sum(placed**2, axis=0) / moved if moved > 0 else np.zeros(2)
    x, y = _square(placed, float(np.sqrt(np.max(np.sum((path - centre) ** 2, axis=1)))), resolution)
    return Slice(centre, directions, shares, placed, x, y, loss_on_plane(model, centre, directions, x, y))


def _square(placed: Floats, length: float, resolution: int) -> tuple[Floats, Floats]:
    """Where to look: around the middle of what was placed."""
    low, high = placed.min(axis=0), placed.max(axis=0)
    half = max(ROOM * length, ROOM * float(np.max(high - low))) or 1.0
    x, y = ((low + high) / 2)[:, None] + half * np.linspace(-1, 1, resolution)
    return x, y
