"""A user's own points and labels, checked one by one so that every mistake is named where it is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from core.datasets import MAX_POINTS, Label, LabelKind
from core.errors import FieldError
from core.settings import unknown

Floats = npt.NDArray[np.float64]

MAX_INPUTS = 40
MAX_CLASSES = 10
COMMON_FIELDS = frozenset({"features", "standardise", "repeat", "held_out"})
FIELDS = frozenset({"points", "labels", "classes"})


@dataclass(frozen=True, slots=True)
class Drawn:
    """Points with their labels before anything is done to them; `outputs` is how many classes or numbers there are.

    >>> Drawn(np.zeros((2, 1)), [0, 1], "classes", 2).class_names
    ()
    """

    points: Floats
    labels: list[Label]
    kind: LabelKind
    outputs: int
    class_names: tuple[str, ...] = ()


def own_points(given: Mapping[str, Any], labels: Sequence[LabelKind]) -> Drawn:
    """The points of `{"points": .., "labels": .., "classes": ..}`; `labels` are the kinds that the model takes.

    >>> own_points({"points": [[0], [1]], "labels": [0.5, 1.5]}, ("numbers",)).labels
    [0.5, 1.5]
    """
    for key in given:
        if key not in FIELDS:
            known = FIELDS | COMMON_FIELDS
            raise FieldError(
                f"dataset.{key}", unknown("field", key, sorted(known)), code="unknown", known=sorted(known)
            )
    points = _own_points(given["points"])
    answers = given.get("labels")
    if not isinstance(answers, (list, tuple)) or len(answers) != len(points):
        have = len(answers) if isinstance(answers, (list, tuple)) else 0
        message = f"there must be one label for each of the {len(points)} points, not {have}."
        raise FieldError("dataset.labels", message, code="labels_do_not_fit", points=len(points), labels=have)
    kind = _own_kind(answers, labels)
    raw = [_own_label(label, kind, index) for index, label in enumerate(answers)]
    outputs = _own_outputs(raw, kind, given.get("classes"))
    return Drawn(points, raw, kind, outputs)


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _own_points(given: object) -> Floats:
    if not isinstance(given, (list, tuple)) or not given:
        raise FieldError("dataset.points", "there are no points: add at least two.", code="empty")
    if len(given) > MAX_POINTS:
        message = f"at most {MAX_POINTS:,} points, not {len(given):,}: leave some out."
        raise FieldError("dataset.points", message, code="too_many", most=MAX_POINTS, count=len(given))
    width = len(given[0]) if isinstance(given[0], (list, tuple)) else 0
    if not 1 <= width <= MAX_INPUTS:
        message = f"a point is a list of 1 to {MAX_INPUTS} numbers."
        raise FieldError("dataset.points[0]", message, code="not_a_point", most=MAX_INPUTS)
    for index, point in enumerate(given):
        if not isinstance(point, (list, tuple)) or len(point) != width:
            message = f"every point must have {width} numbers, as the first has."
            raise FieldError(f"dataset.points[{index}]", message, code="ragged", width=width, index=index)
        for place, value in enumerate(point):
            if not _number(value) or not abs(value) <= 1e12:
                message = "must be a finite number from -1e12 to 1e12: correct or delete this point."
                raise FieldError(f"dataset.points[{index}][{place}]", message, code="not_finite", index=index)
    return np.array(given, dtype=float)


def _own_kind(answers: Sequence[Any], labels: Sequence[LabelKind]) -> LabelKind:
    """Which kind of label this is, of those that the model takes: lists are sets or targets, whole numbers classes."""
    listed: list[LabelKind] = [kind for kind in labels if kind in ("sets", "targets")]
    if any(isinstance(answer, (list, tuple)) for answer in answers):
        if not listed:
            message = (
                "a label must be a class (0, 1, ...) here, not a list: one_vs_rest takes several classes per point."
            )
            raise FieldError("dataset.labels", message, code="labels_do_not_fit", need=labels[0])
        return listed[0]
    whole = all(_number(answer) and answer == answer // 1 and answer >= 0 for answer in answers)
    single: list[LabelKind] = [kind for kind in labels if kind in ("classes", "numbers")]
    if not single:
        message = "a label must be a list here: classes for one_vs_rest, a number per output for a network."
        raise FieldError("dataset.labels", message, code="labels_do_not_fit", need=labels[0])
    return "numbers" if "numbers" in single and not whole else single[0]


def _own_label(label: Any, kind: LabelKind, index: int) -> Label:
    where = f"dataset.labels[{index}]"
    if kind == "numbers":
        if not _number(label) or not abs(label) <= 1e12:
            raise FieldError(where, "must be a finite number from -1e12 to 1e12.", code="not_finite", index=index)
        return float(label)
    if kind == "targets":
        if not isinstance(label, (list, tuple)) or not all(_number(part) and math.isfinite(part) for part in label):
            raise FieldError(where, "must be a list of finite numbers, one per output.", code="not_finite", index=index)
        return tuple(float(part) for part in label)
    parts = label if isinstance(label, (list, tuple)) else [label]
    for part in parts:
        if not _number(part) or part != part // 1 or not 0 <= part < MAX_CLASSES:
            message = f"must be a class: a whole number from 0 to {MAX_CLASSES - 1}."
            raise FieldError(where, message, code="not_a_class", most=MAX_CLASSES - 1, index=index)
    return int(label) if kind == "classes" else tuple(sorted({int(part) for part in parts}))


def _own_outputs(raw: Sequence[Label], kind: LabelKind, classes: object) -> int:
    if kind == "numbers":
        return 1
    if kind == "targets":
        widths = {len(label) for label in cast(Sequence[tuple[float, ...]], raw)}
        if len(widths) != 1 or 0 in widths:
            raise FieldError("dataset.labels", "every label must have as many numbers as the first.", code="ragged")
        return widths.pop()
    used = set(flat(raw))
    if kind == "classes" and len(used) < 2:
        message = (
            f"all points are of class {min(used)}: add points of another class, or there is nothing to tell apart."
        )
        raise FieldError("dataset.labels", message, code="one_class", label=min(used))
    if classes is None:
        return max(used | {1}) + 1
    if not _number(classes) or classes not in range(2, MAX_CLASSES + 1):
        message = f"must be a whole number from 2 to {MAX_CLASSES}."
        raise FieldError("dataset.classes", message, code="out_of_range", low=2, high=MAX_CLASSES)
    if max(used | {1}) >= cast(int, classes):
        message = f"there is a label {max(used)}, so there must be at least {max(used) + 1} classes."
        raise FieldError("dataset.classes", message, code="too_few_classes", least=max(used) + 1)
    return int(cast(int, classes))


def flat(labels: Sequence[Label]) -> list[int]:
    """All classes that occur in labels, one after the other.

    >>> flat([0, (1, 2)])
    [0, 1, 2]
    """
    return [int(c) for label in labels for c in (label if isinstance(label, tuple) else (label,))]
