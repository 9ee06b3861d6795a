"""Seeded data to learn from: a row each, with what it shows.

A row of `DATASETS` is all that a new dataset needs: a function of its settings and a stream of random numbers that
returns points [count, inputs] and their labels.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from numpy.random import RandomState

from core.settings import Setting
from core.words import mark

Floats = npt.NDArray[np.float64]
Label = int | float | tuple[int, ...] | tuple[float, ...]
LabelKind = Literal["classes", "numbers", "sets", "targets"]
Drawn = tuple[Floats, Sequence[Label]]
Values = Mapping[str, float]

MAX_POINTS = 2_000
SEED = Setting("seed", 0, 0, 2**32 - 1, label=mark("seed"))
INTEGERS = frozenset({"count", "seed", "classes", "inputs", "outliers", "far", "repeat"})


@dataclass(frozen=True, slots=True)
class Dataset:
    """A way to draw labelled points.

    `labels` says what a label is: one of the `classes` (0, 1, ...), a number, or a set of classes. `class_names` where
    the classes have names.

    >>> DATASETS["overlapping"].labels, DATASETS["overlapping"].class_names
    ('sets', ('fruit', '3C'))
    """

    name: str
    title: str
    lesson: str
    labels: LabelKind
    settings: tuple[Setting, ...]
    draw: Callable[[Values, RandomState], Drawn]
    class_names: tuple[str, ...] = ()


def _count(default: int) -> Setting:
    return Setting("count", default, 2, MAX_POINTS, "log", mark("points"))


def _spread(default: float) -> Setting:
    return Setting("sd", default, 0, 10, label=mark("standard deviation"))


def _balanced(count: float, classes: float) -> npt.NDArray[np.int64]:
    """Classes 0, 1, ... in turn, so that they differ in size by one at most."""
    return np.arange(int(count)) % int(classes)


def _blobs(given: Values, random: RandomState) -> Drawn:
    labels = _balanced(given["count"], given["classes"])
    angle = 2 * math.pi * labels / given["classes"]
    centres = given["radius"] * np.column_stack([np.cos(angle), np.sin(angle)])
    return centres + given["sd"] * random.standard_normal(centres.shape), labels.tolist()


def _moons(given: Values, random: RandomState) -> Drawn:
    labels = _balanced(given["count"], 2)
    angle = math.pi * random.uniform(0, 1, len(labels))
    upper = np.column_stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25])
    points = np.where(labels[:, None] == 0, upper, -upper)
    return points + given["sd"] * random.standard_normal(points.shape), labels.tolist()


def _circles(given: Values, random: RandomState) -> Drawn:
    labels = _balanced(given["count"], 2)
    angle = 2 * math.pi * random.uniform(0, 1, len(labels))
    radius = np.where(labels == 0, 2.0, 2.0 * given["factor"])
    points = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return points + given["sd"] * random.standard_normal(points.shape), labels.tolist()


def _spiral(given: Values, random: RandomState) -> Drawn:
    labels = _balanced(given["count"], given["classes"])
    along = np.sqrt(random.uniform(0.01, 1, len(labels)))
    angle = 2 * math.pi * (given["turns"] * along + labels / given["classes"])
    points = 2 * along[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return points + given["sd"] * random.standard_normal(points.shape), labels.tolist()


def _xor(given: Values, random: RandomState) -> Drawn:
    corner = _balanced(given["count"], 4)
    signs = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])[corner]
    return signs + given["sd"] * random.standard_normal(signs.shape), (corner % 2).tolist()


def _line(given: Values, random: RandomState) -> Drawn:
    x = random.uniform(-2, 2, int(given["count"]))
    y = given["slope"] * x + given["intercept"] + given["sd"] * random.standard_normal(len(x))
    return x[:, None], y.tolist()


def _outliers(given: Values, random: RandomState) -> Drawn:
    points, labels = _line({"slope": 1.5, "intercept": 0.5, **given}, random)
    rightmost = np.argsort(points[:, 0])[::-1][: int(given["outliers"])]
    y = np.array(labels, dtype=float)
    y[rightmost] -= given["distance"]
    return points, y.tolist()


def _sparse(given: Values, random: RandomState) -> Drawn:
    """Feature j (from 1) occurs in a share 1/(2j) of the points, and speaks for class j mod 2."""
    count, features = int(given["count"]), int(given["inputs"])
    rank = np.arange(1, features + 1)
    points = (random.uniform(0, 1, (count, features)) < 0.5 / rank).astype(float)
    evidence = points @ np.where(rank % 2 == 1, 3.0, -3.0) + random.uniform(-1, 1, count)
    return points, (evidence > 0).astype(int).tolist()


def _rare(given: Values, random: RandomState) -> Drawn:
    """Feature j (from 1) occurs in a share 1/(2j) of the points, and adds 1, or takes 1 away where j is even."""
    count, features = int(given["count"]), int(given["inputs"])
    rank = np.arange(1, features + 1)
    points = (random.uniform(0, 1, (count, features)) < 0.5 / rank).astype(float)
    y = points @ np.where(rank % 2 == 1, 1.0, -1.0) + given["sd"] * random.standard_normal(count)
    return points, y.tolist()


def _overlapping(given: Values, random: RandomState) -> Drawn:
    group = _balanced(given["count"], 3)
    centres = np.array([[2.0, 0.0], [0.0, 2.0], [2.0, 2.0]])[group]
    sets: list[tuple[int, ...]] = [(0,), (1,), (0, 1)]
    return centres + given["sd"] * random.standard_normal(centres.shape), [sets[g] for g in group]


def _valleys(_given: Values, _random: RandomState) -> Drawn:
    axis = np.array([10.0, 1, 1, 1, 1, 1])
    labels = [1, 0, 0, 0, 0, 1]
    zero = np.zeros(6)
    return np.vstack([np.column_stack([axis, zero]), np.column_stack([zero, axis])]), labels + labels


def _mislabelled(given: Values, random: RandomState) -> Drawn:
    labels = _balanced(given["count"], 2)
    x = np.where(labels == 1, 1.5, -1.5) + given["sd"] * random.standard_normal(len(labels))
    far = int(given["far"])
    return np.append(x, np.full(far, given["distance"]))[:, None], labels.tolist() + [0] * far


_CLASSES = Setting("classes", 3, 2, 5, label=mark("classes"))

_ROWS = (
    Dataset(
        "blobs",
        mark("Blobs"),
        mark("One cloud of points per class, around a circle: straight lines separate them."),
        "classes",
        (_count(150), _CLASSES, Setting("radius", 2, 0, 100, label=mark("radius")), _spread(0.9), SEED),
        _blobs,
    ),
    Dataset(
        "moons",
        mark("Moons"),
        mark("Two half circles that hook into each other: a line gets most of them, a network all."),
        "classes",
        (_count(200), _spread(0.1), SEED),
        _moons,
    ),
    Dataset(
        "circles",
        mark("Circles"),
        mark("A ring around a ring: no line separates them, but with x² and y² as inputs one does."),
        "classes",
        (_count(200), Setting("factor", 0.5, 0, 1, label=mark("inner radius over outer")), _spread(0.15), SEED),
        _circles,
    ),
    Dataset(
        "spiral",
        mark("Spiral"),
        mark("Arms wound around each other: a task for a network with some width."),
        "classes",
        (
            _count(300),
            Setting("classes", 2, 2, 5, label=mark("classes")),
            Setting("turns", 1, 0, 3, label=mark("turns")),
            _spread(0.1),
            SEED,
        ),
        _spiral,
    ),
    Dataset(
        "xor",
        mark("Either, but not both"),
        mark("Opposite corners belong together: no single line can do it, two hidden units can."),
        "classes",
        (_count(200), _spread(0.35), SEED),
        _xor,
    ),
    Dataset(
        "line",
        mark("A noisy line"),
        mark("Numbers around a straight line: linear regression finds the line again."),
        "numbers",
        (
            _count(100),
            Setting("slope", 1.5, -100, 100, label=mark("slope")),
            Setting("intercept", 0.5, -100, 100, label=mark("intercept")),
            _spread(1),
            SEED,
        ),
        _line,
    ),
    Dataset(
        "outliers",
        mark("A line with outliers"),
        mark("A few points far below the line: their squared errors pull it down."),
        "numbers",
        (
            _count(60),
            Setting("outliers", 4, 0, 100, label=mark("outliers")),
            Setting("distance", 8, 0, 1000, label=mark("distance")),
            _spread(0.4),
            SEED,
        ),
        _outliers,
    ),
    Dataset(
        "sparse",
        mark("Sparse features"),
        mark("Yes-or-no features, some common, most rare: one rate for all is too small for the rare ones."),
        "classes",
        (_count(400), Setting("inputs", 20, 2, 40, label=mark("inputs")), SEED),
        _sparse,
    ),
    Dataset(
        "rare",
        mark("Rare features"),
        mark("Yes-or-no features, each of which adds 1 or takes 1 away: the rarest stands in one point of forty."),
        "numbers",
        (_count(400), Setting("inputs", 20, 2, 40, label=mark("inputs")), _spread(0.1), SEED),
        _rare,
    ),
    Dataset(
        "overlapping",
        mark("Fruit and 3C"),
        mark("An apple is a fruit, an Apple is a 3C brand, and some texts are about both: labels that overlap."),
        "sets",
        (_count(150), _spread(0.4), SEED),
        _overlapping,
        (mark("fruit"), mark("3C")),
    ),
    Dataset(
        "valleys",
        mark("Four valleys"),
        mark("Twelve points on the axes: squared error has four minima over (w_1, w_2), cross-entropy one."),
        "classes",
        (),
        _valleys,
    ),
    Dataset(
        "mislabelled",
        mark("Far and mislabelled"),
        mark("A few points far on the wrong side: cross-entropy gives in to them, squared error does not."),
        "classes",
        (
            _count(100),
            _spread(0.8),
            Setting("far", 8, 0, 100, label=mark("mislabelled points")),
            Setting("distance", 8, 0, 1000, label=mark("where they are")),
            SEED,
        ),
        _mislabelled,
    ),
)

DATASETS: dict[str, Dataset] = {row.name: row for row in _ROWS}
