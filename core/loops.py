"""Rows from an emitted loop: all at once, then cut where a number is not finite, with the reason."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.formula.trace import Trouble, trace
from core.kernels import Kernel, kernel
from core.steps import Recipe, step_of

State = tuple[float, ...]
Column = NDArray[np.float64]
Columns = list[Column]
Draws = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Failure:
    """Where a step led (or where it was, if it led nowhere), and what was not finite on the way.

    >>> Failure((-1.5,), Trouble("domain", "log", (-1.5,))).trouble.kind
    'domain'
    """

    place: tuple[float, ...]
    trouble: Trouble


def make_rows(
    recipe: Recipe, state: State, numbers: tuple[float, ...], first: int, last: int, draws: Draws
) -> tuple[Columns, State, Failure | None]:
    """Rows `first` to `last` - 1, the state of the last one, and what kept the next from being made.

    >>> recipe = Recipe(("x",), "x**2", (), "x = x - lr*g")
    >>> rows, state, failure = make_rows(recipe, (1.0, 2.0), (0.4,), 1, 3, [])
    >>> rows[0].round(6).tolist(), failure
    ([0.2, 0.04], None)
    """
    made = kernel(recipe)
    given, after = _given(made, state, numbers, first, last, draws)
    every = completed(made, list(given), numbers, first, draws)
    columns, count = every[: made.shown], given.shape[1]
    suspects, before, at = unsound(every), state, first
    for row in [*suspects, *([count] if count < last - first else [])]:
        _, before = made.run(before, numbers, at, first + row, draws[at - first :], kept_nowhere, None)
        at = first + row
        place, trouble = attempt(recipe, before, numbers, at, draws[row] if recipe.noisy else ())
        if trouble is not None or row == count or not all(math.isfinite(column[row]) for column in columns):
            failure = Failure(place, trouble or Trouble("overflow", "add", ()))
            return [column[:row] for column in columns], before, failure
    return columns, after, None


def _given(
    made: Kernel, state: State, numbers: tuple[float, ...], first: int, last: int, draws: Draws
) -> tuple[Column, State]:
    """What the loop gives of each row, as columns, and the state after the last."""
    rows = np.empty((last - first, made.width))
    step, state = made.run(state, numbers, first, last, draws, packing(made.width), memoryview(rows))  # type: ignore[arg-type]
    return np.ascontiguousarray(rows[: step - first].T), state


@lru_cache
def packing(width: int) -> Callable[..., None]:
    """What keeps a row of the loop as doubles.

    >>> rows = bytearray(16)
    >>> packing(2)(rows, 0, 1.0, 2.0)
    >>> memoryview(rows).cast("d").tolist()
    [1.0, 2.0]
    """
    return struct.Struct(f"{width}d").pack_into


def kept_nowhere(*_: Any) -> None:
    """What keeps no row: for a loop whose state alone is wanted.

    >>> kept_nowhere(None, 0, 1.0)
    """


def completed(made: Kernel, given: Sequence[Any], numbers: tuple[float, ...], first: int, draws: Draws) -> Columns:
    """Every column of the rows from `first` on, and behind those to be shown what else has to be finite.

    >>> recipe = Recipe(("x",), "x**2", (), "x = x - lr*g")
    >>> [column.tolist() for column in completed(kernel(recipe), [np.array([0.5, 1.0])], (0.1,), 1, [])]
    [[0.5, 1.0], [0.25, 1.0], [1.0, 2.0]]
    """
    count = len(given[0])
    noise = np.array(draws).T[:, :count] if draws else ()
    with np.errstate(all="ignore"):
        every = made.rest(np.arange(first, first + count, dtype=np.float64), numbers, noise, given)
    return [column if isinstance(column, np.ndarray) else np.full(count, column) for column in every]


def unsound(columns: Columns) -> list[int]:
    """The rows in which some number is not finite.

    >>> unsound([np.array([1.0, np.inf]), np.array([0.0, 0.0])])
    [1]
    """
    finite = [np.isfinite(column) for column in columns]
    if all(flags.all() for flags in finite):
        return []
    return np.flatnonzero(~np.logical_and.reduce(finite)).tolist()


def attempt(
    recipe: Recipe, state: State, numbers: tuple[float, ...], step: int, draw: Sequence[float]
) -> tuple[tuple[float, ...], Trouble | None]:
    """Make one step again, node by node: where it leads (or where it was, if it leads nowhere), and the first trouble.

    >>> attempt(Recipe(("x",), "log(x)", (), "x = x - lr*g"), (0.5, 2.0), (1.0,), 1, ())
    ((-1.5,), Trouble(kind='domain', operation='log', arguments=(-1.5,)))
    """
    parts = step_of(recipe)
    values, trouble = updated(recipe, state, numbers, step)
    if trouble is not None:
        return state[: len(parts.parameters)], trouble
    place = tuple(values[node] for node in parts.new_parameters)
    given = dict(zip([*parts.moved, *parts.noise], [*place, *draw], strict=True))
    return place, trace(parts.graph, [parts.loss, *parts.new_gradients, *parts.observed], given)[1]


def updated(
    recipe: Recipe, state: State, numbers: tuple[float, ...], step: int
) -> tuple[dict[int, float], Trouble | None]:
    """What the rule alone makes of a state, node by node, and the first trouble in it.

    >>> updated(Recipe(("x",), None, (), "x = x - lr/g"), (1.0, 0.0), (0.1,), 1)[1].kind
    'rule'
    """
    parts = step_of(recipe)
    inputs = [*parts.parameters, *parts.gradients, *parts.memory, *parts.settings, parts.t]
    given = dict(zip(inputs, (*state, *numbers, float(step)), strict=True))
    values, trouble = trace(parts.graph, [*parts.new_parameters, *parts.new_memory, *parts.kept, parts.rate], given)
    if trouble is not None and trouble.kind == "domain":
        trouble = replace(trouble, kind="rule")
    return values, trouble
