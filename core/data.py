"""Points and labels, from a seeded dataset or from a user, made ready for a model.

A dataset as the spec has it is `{"name": "blobs", "count": 200, ...}` or `{"points": [[..], ..], "labels": [..]}`;
either may have `features` (formulas of the inputs x and y), `standardise`, `repeat` and `held_out`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.datasets import DATASETS, INTEGERS, MAX_POINTS, Dataset, Label, LabelKind
from core.errors import FieldError, FormulaError
from core.formula import Formula, parse
from core.own_points import COMMON_FIELDS, Drawn, flat, own_points
from core.random import Stream, stream
from core.settings import Setting, complete, unknown
from core.words import mark

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

MAX_FEATURES = 40

COMMON = (
    Setting("repeat", 1, 1, 64, label=mark("times every point is repeated")),
    Setting("held_out", 0, 0, 0.9, label=mark("share held out for testing")),
)


@dataclass(frozen=True, slots=True)
class Note:
    """Something about the data that a person should know, with a cure; nothing is refused because of it.

    >>> make_data({"points": [[1], [1]], "labels": [0, 1]}).notes[0].code
    'equal_points'
    """

    code: str
    message: str
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """What a model trains on. `points` are the inputs as drawn, `inputs` the features that the model sees.

    `targets` has a column per class (1 or 0), one column for numbers, or the targets as given.

    >>> data = make_data({"name": "circles", "count": 4, "features": ["x**2", "y**2"]})
    >>> data.count, data.outputs, data.features, len(data.window)
    (4, 2, ('x**2', 'y**2'), 2)
    """

    points: Floats  # [count, inputs]
    inputs: Floats  # [count, features]
    targets: Floats  # [count, outputs]
    labels: tuple[Label, ...]
    kind: LabelKind
    features: tuple[str, ...]
    class_names: tuple[str, ...]
    held_points: Floats
    held_inputs: Floats
    held_targets: Floats
    order: Rows  # where each point, then each held out, stood among those drawn or given
    formulas: tuple[Formula, ...]
    shift: Floats
    scale: Floats

    @property
    def count(self) -> int:
        """How many points there are to train on."""
        return len(self.inputs)

    @property
    def outputs(self) -> int:
        """How many classes, or numbers, a point has to be told."""
        return int(self.targets.shape[1])

    @property
    def held_labels(self) -> list[Label]:
        """What was held out, with labels as the points have them: a class, a list of classes, or a number."""
        if self.kind == "sets":
            return [tuple(np.flatnonzero(row).tolist()) for row in self.held_targets]
        one = self.held_targets.shape[1] == 1
        labels = self.held_targets[:, 0] if one else np.argmax(self.held_targets, axis=1)
        return list(labels.tolist())

    def transform(self, points: Floats) -> Floats:
        """The features [n, features] of any points [n, inputs], standardised as the data were."""
        return (_featured(points, self.formulas) - self.shift) / self.scale

    @property
    def window(self) -> tuple[tuple[float, float], ...]:
        """An interval per input that holds all points, with a margin."""
        every = np.vstack([self.points, self.held_points])
        low, high = every.min(axis=0), every.max(axis=0)
        margin = np.where(high > low, 0.12 * (high - low), 1.0)
        return tuple(zip((low - margin).tolist(), (high + margin).tolist(), strict=True))

    @property
    def notes(self) -> tuple[Note, ...]:
        """What makes these data awkward: equal points, scales that differ or are huge."""
        found = []
        spread = self.inputs.std(axis=0)
        if self.count > 1 and not spread.any():
            message = "All points are equal: no model can tell them apart. Move some of them."
            found.append(Note("equal_points", message, {"count": self.count}))
        size = float(np.abs(self.inputs).max())
        if size > 100:
            message = f"Inputs as large as {size:g} need a tiny learning rate: standardise them."
            found.append(Note("huge_scale", message, {"size": size}))
        elif spread.all() and spread.max() > 20 * spread.min():
            ratio = float(spread.max() / spread.min())
            message = f"One feature spreads {ratio:.0f} times as far as another: standardise them."
            found.append(Note("unequal_scales", message, {"ratio": ratio}))
        return tuple(found)


def make_data(
    dataset: Mapping[str, Any], labels: Sequence[LabelKind] = ("classes", "numbers", "sets", "targets")
) -> Data:
    """The data of a spec's `dataset`; `labels` are the kinds of label that the model can use, the likeliest first.

    Raises `FieldError` naming the field: `dataset.name`, `dataset.points[3]`, `dataset.labels`, ...

    >>> data = make_data({"name": "blobs", "count": 6})
    >>> data.points.shape, data.labels, data.outputs
    ((6, 2), (0, 1, 2, 0, 1, 2), 3)
    >>> make_data({"points": [[0], [1]], "labels": [0, 2]}).targets.tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    if not isinstance(dataset, Mapping) or ("name" in dataset) == ("points" in dataset):
        raise FieldError(
            "dataset", "give either the name of a dataset or points with their labels.", code="name_or_points"
        )
    own = {key: value for key, value in dataset.items() if key not in COMMON_FIELDS}
    drawn = _drawn(own, labels) if "name" in own else own_points(own, labels)
    seed = int(dataset.get("seed", 0)) if "name" in own else 0
    return _ready(drawn, {key: value for key, value in dataset.items() if key in COMMON_FIELDS}, seed)


def _drawn(given: dict[str, Any], labels: Sequence[LabelKind]) -> Drawn:
    name = given.pop("name")
    if name not in DATASETS:
        message = unknown("dataset", str(name), DATASETS)
        raise FieldError("dataset.name", message, code="unknown", known=sorted(DATASETS))
    row = DATASETS[name]
    settings = complete(row.settings, given, "dataset")
    for setting, value in settings.items():
        _check_integer(f"dataset.{setting}", value, setting)
    points, answers = row.draw(settings, stream(int(settings.get("seed", 0)), Stream.DATA))
    kind = row.labels if row.labels in labels else _refit(row, labels)
    if kind == "classes" and len(set(flat(answers))) < 2:
        message = "the points drawn are all of one class: draw more of them, or take another seed."
        raise FieldError("dataset.count", message, code="one_class", label=flat(answers)[0])
    classes = max(len(row.class_names), int(settings.get("classes", 0)), 1 + int(max(flat(answers))))
    outputs = 1 if kind == "numbers" else classes
    return Drawn(points.astype(float), list(answers), kind, outputs, row.class_names)


def _refit(row: Dataset, labels: Sequence[LabelKind]) -> LabelKind:
    if row.labels == "classes" and "sets" in labels:
        return "classes"
    fitting = ", ".join(other.name for other in DATASETS.values() if other.labels in labels)
    message = f"{row.name!r} has {row.labels} as labels, but this model needs {labels[0]}: use {fitting}."
    raise FieldError("dataset.name", message, code="labels_do_not_fit", have=row.labels, need=labels[0])


def _check_integer(field: str, value: float, name: str) -> None:
    if name in INTEGERS and value != int(value):
        raise FieldError(field, f"must be a whole number, not {value:g}.", code="not_an_integer", value=value)


def _targets(raw: Sequence[Label], kind: LabelKind, outputs: int) -> Floats:
    if kind in ("numbers", "targets"):
        return np.array(raw, dtype=float).reshape(len(raw), outputs)
    targets = np.zeros((len(raw), outputs))
    for index, label in enumerate(raw):
        targets[index, flat([label])] = 1.0
    return targets


def _formulas(features: object, inputs: int) -> tuple[Formula, ...]:
    if not isinstance(features, (list, tuple)) or not 1 <= len(features) <= MAX_FEATURES:
        message = f"must be a list of 1 to {MAX_FEATURES} formulas such as x**2."
        raise FieldError("dataset.features", message, code="not_a_list", most=MAX_FEATURES)
    if inputs > 2:
        message = "formulas know the inputs x and y only; these points have more: leave features out."
        raise FieldError("dataset.features", message, code="too_many_inputs", inputs=inputs)
    formulas = []
    for index, text in enumerate(features):
        where = f"dataset.features[{index}]"
        if not isinstance(text, str):
            raise FieldError(where, "must be a formula such as x**2.", code="not_a_formula", index=index)
        try:
            formula = parse(text)
        except FormulaError as error:
            values = {name: value for name, value in error.values.items() if name != "column"}
            raise FormulaError(error.message, error.column, field=where, code=error.code, **values) from error
        if "y" in formula.variables and inputs == 1:
            raise FieldError(where, "the points have one input, x: there is no y.", code="no_such_input", index=index)
        formulas.append(formula)
    return tuple(formulas)


def _featured(points: Floats, formulas: Sequence[Formula]) -> Floats:
    if not formulas:
        return points
    inputs = dict(zip(("x", "y"), points.T, strict=False))
    columns = [_feature(formula, [inputs[name] for name in formula.variables]) for formula in formulas]
    return np.column_stack([np.broadcast_to(column, len(points)) for column in columns])


def _feature(formula: Formula, inputs: Sequence[Floats]) -> Floats | float:
    """A feature of every point; NaN where it has none, and everywhere where a constant part has none, such as 1/0."""
    try:
        with np.errstate(all="ignore"):
            column: Floats | float = formula.value(*inputs)
    except (ArithmeticError, ValueError):
        return np.nan
    return column


def _ready(drawn: Drawn, common: Mapping[str, Any], seed: int) -> Data:
    points = drawn.points
    targets = _targets(drawn.labels, drawn.kind, drawn.outputs)
    standardise = common.get("standardise", False)
    if not isinstance(standardise, bool):
        raise FieldError("dataset.standardise", "must be true or false.", code="not_a_boolean")
    features = common.get("features")
    formulas = () if features is None else _formulas(features, points.shape[1])
    kept, held = _rows(len(points), common, seed)
    inputs = _featured(points, formulas)
    _check_features(inputs, formulas)
    shift, scale = np.zeros(inputs.shape[1]), np.ones(inputs.shape[1])
    if standardise:
        shift, spread = inputs[kept].mean(axis=0), inputs[kept].std(axis=0)
        scale = np.where(spread > 0, spread, 1.0)
    inputs = (inputs - shift) / scale
    return Data(
        points=_frozen(points[kept]),
        inputs=_frozen(inputs[kept]),
        targets=_frozen(targets[kept]),
        labels=tuple(drawn.labels[row] for row in kept),
        kind=drawn.kind,
        features=tuple(formula.text for formula in formulas) or _input_names(points.shape[1]),
        class_names=drawn.class_names,
        held_points=_frozen(points[held]),
        held_inputs=_frozen(inputs[held]),
        held_targets=_frozen(targets[held]),
        order=np.concatenate([kept, held]),
        formulas=formulas,
        shift=_frozen(shift),
        scale=_frozen(scale),
    )


def _frozen(array: Floats) -> Floats:
    array.setflags(write=False)
    return array


def _rows(count: int, common: Mapping[str, Any], seed: int) -> tuple[Rows, Rows]:
    """Rows to train on, repeated as asked, and rows held out, both in their old order."""
    given = common.get("held_out")
    named = given if isinstance(given, (list, tuple)) else None
    keys = ("repeat", "held_out") if named is None else ("repeat",)
    numbers = {key: common[key] for key in keys if key in common}
    settings = complete(COMMON, numbers, "dataset")
    _check_integer("dataset.repeat", settings["repeat"], "repeat")
    held = _drawn_rows(count, settings["held_out"], seed) if named is None else _named_rows(count, named)
    kept = np.tile(np.setdiff1d(np.arange(count), held), int(settings["repeat"]))
    if settings["repeat"] > 1 and len(kept) > MAX_POINTS:
        message = f"makes {len(kept):,} points, and at most {MAX_POINTS:,} are possible: repeat fewer times."
        raise FieldError("dataset.repeat", message, code="too_many", most=MAX_POINTS, count=len(kept))
    return kept, held


def _drawn_rows(count: int, share: float, seed: int) -> Rows:
    order: Rows = stream(seed, Stream.DATA, 1).permutation(count)
    return np.sort(order[: min(round(share * count), count - 1)])


def _named_rows(count: int, named: Sequence[Any]) -> Rows:
    """Who changes points says which are held out: a share would be drawn anew for every other number of them."""
    for index, row in enumerate(named):
        if type(row) is not int or not 0 <= row < count:
            message = f"must be a whole number from 0 to {count - 1}, the place of a point."
            raise FieldError(f"dataset.held_out[{index}]", message, code="out_of_range", low=0, high=count - 1)
    held: Rows = np.unique(np.array(named, dtype=np.int64))
    if len(held) == count:
        message = "all points are held out: leave at least one to learn from."
        raise FieldError("dataset.held_out", message, code="too_many", most=count - 1, count=count)
    return held


def _input_names(inputs: int) -> tuple[str, ...]:
    return ("x", "y")[:inputs] if inputs <= 2 else tuple(f"x_{index + 1}" for index in range(inputs))


def _check_features(inputs: Floats, formulas: Sequence[Formula]) -> None:
    for index, formula in enumerate(formulas):
        bad = np.flatnonzero(~np.isfinite(inputs[:, index]))
        if len(bad):
            message = (
                f"{formula.text} is not defined at point {bad[0] + 1}: choose another feature or delete the point."
            )
            field = f"dataset.features[{index}]"
            raise FieldError(field, message, code="not_finite", index=index, point=int(bad[0]))
