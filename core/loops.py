"""Rows from an emitted loop: all at once, then cut where a number is not finite, with the reason."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.formula.trace import Trouble, trace
from core.kernels import Recipe, kernel, step_of, width

State = tuple[float, ...]
Table = NDArray[np.float64]
Draws = Sequence[Sequence[float]]


def packed(rows: list[float], columns: int) -> Table:
    """A flat list of floats as a table, by the fastest way from Python's numbers to NumPy's.

    >>> packed([1.0, 2.0, 3.0, 4.0], 2).tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    return np.frombuffer(struct.pack(f"{len(rows)}d", *rows)).reshape(-1, columns)


def make_rows(
    recipe: Recipe, state: State, numbers: tuple[float, ...], first: int, last: int, draws: Draws
) -> tuple[Table, State, Trouble | None]:
    """Rows `first` to `last` - 1, the state of the last one, and what kept the next from being made.

    >>> recipe = Recipe(("x",), "x**2", (), "x = x - lr*g")
    >>> rows, state, trouble = make_rows(recipe, (1.0, 2.0), (0.4,), 1, 3, [[]])
    >>> rows[:, 0].round(6).tolist(), trouble
    ([0.2, 0.04], None)
    """
    wanted, loop = last - first, kernel(recipe)
    rows: list[float] = []
    after = loop(state, numbers, first, last, draws, rows.extend)
    table = packed(rows, width(recipe))
    suspects = np.flatnonzero(~np.isfinite(table).all(axis=1)).tolist() if not np.isfinite(table).all() else []
    for made in [*suspects, *([len(table)] if len(table) < wanted else [])]:
        before = loop(state, numbers, first, first + made, draws, lambda row: None)
        trouble = trouble_of(recipe, before, numbers, first + made, draws[made] if recipe.noisy else ())
        if trouble is None and not (made < len(table) and np.isfinite(table[made, : _shown(recipe)]).all()):
            trouble = Trouble("overflow", "add", ())
        if trouble is not None:
            return table[:made, : _shown(recipe)], before, trouble
    return table[:, : _shown(recipe)], after, None


def _shown(recipe: Recipe) -> int | None:
    """How many of a row's numbers are its columns; behind them may stand the hidden sum."""
    parameters, rule = len(recipe.variables), step_of(recipe).rule
    kept = len(rule.kept) * parameters if recipe.detail else 0
    return 2 * parameters + 1 + kept + len(recipe.observed) + recipe.rate


def trouble_of(
    recipe: Recipe, state: State, numbers: tuple[float, ...], step: int, draw: Sequence[float]
) -> Trouble | None:
    """Make one step again, node by node, and find the first number that is not finite.

    >>> recipe = Recipe(("x",), "log(x)", (), "x = x - lr*g")
    >>> trouble_of(recipe, (0.5, 2.0), (1.0,), 1, ())
    Trouble(kind='domain', operation='log', arguments=(-1.5,))
    """
    return place_and_trouble(recipe, state, numbers, step, draw)[1]


def place_and_trouble(
    recipe: Recipe, state: State, numbers: tuple[float, ...], step: int, draw: Sequence[float]
) -> tuple[tuple[float, ...], Trouble | None]:
    """Where a step leads (or where it was, if it leads nowhere), and the trouble on the way.

    >>> place_and_trouble(Recipe(("x",), "log(x)", (), "x = x - lr*g"), (0.5, 2.0), (1.0,), 1, ())[0]
    (-1.5,)
    """
    parts = step_of(recipe)
    inputs = [*parts.parameters, *parts.gradients, *parts.memory, *parts.settings, parts.t]
    given = dict(zip(inputs, (*state, *numbers, float(step)), strict=True))
    values, trouble = trace(parts.graph, [*parts.new_parameters, *parts.new_memory, *parts.kept, parts.rate], given)
    if trouble is not None:
        return state[: len(parts.parameters)], trouble
    place = tuple(values[node] for node in parts.new_parameters)
    given = dict(zip([*parts.moved, *parts.noise], [*place, *draw], strict=True))
    return place, trace(parts.graph, [parts.loss, *parts.new_gradients, *parts.observed], given)[1]
