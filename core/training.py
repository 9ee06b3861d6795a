"""Models on data: the rule is emitted, and each of its steps asks the model for the gradient alone.

What only rows show, loss and accuracy above all, is computed for a stretch of steps at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from struct import Struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.batches import make_batches
from core.formula.trace import Trouble
from core.kernels import kernel
from core.loops import Column, Columns, kept_nowhere, packing, updated
from core.plan import Plan
from core.problems.problem import Model, Vector
from core.problems.stretch import MOST_STEPS
from core.rows import Rows, columns, first_kept
from core.schedules import SCHEDULES
from core.status import Status, failed
from core.steps import Recipe


class ModelEngine:
    """A model on data. Few parameters are updated as floats, many as arrays.

    The numbers agree to the last bit where the rule has no transcendental function.

    >>> from core.plan import plan
    >>> from core.problems.linear import linear
    >>> line = linear(dataset={"points": [[0.0], [1.0]], "labels": [1.0, 3.0]})
    >>> made = ModelEngine(line, plan(line, "sgd", None, {"lr": 1.0}, None, (), 0, 5, False, None), (0.0, 0.0), True)
    >>> made.first()  # step, w, b, loss, and their gradient
    [0.0, 0.0, 0.0, 2.5, -1.5, -2.0]
    """

    def __init__(self, model: Model, chosen: Plan, start: tuple[float, ...], floats: bool) -> None:
        self.model, self.plan, self.start = model, chosen, start
        self.batches = make_batches(chosen.batch, model.count, chosen.seed)
        observed = (*model.observations, *(["full_loss"] if self.batches.mode != "full" else []))
        self.columns = columns(model, chosen, observed if chosen.observe else ())
        self.observed = [name for name in observed if name in self.columns]
        self.floats = floats and not model.fixed.size
        self.recipe = _recipe(model, chosen, self.columns, whole=not self.floats)
        self.store = Struct(f"{len(start)}d").pack_into if self.floats else partial(np.copyto, where=_free(model))
        self.state: tuple[Any, ...] = ()
        self._next = MOST_STEPS  # how many steps are made before they are looked at

    def first(self) -> list[float] | Status:
        theta, names = np.array(self.start), self.model.parameters
        loss, gradient = self.model.evaluate(theta, self.batches.rows(0))
        if not math.isfinite(loss) or not np.isfinite(gradient).all():
            place = dict(zip(names, self.start, strict=True))
            return failed(0, Trouble("overflow", "loss", ()), place, started=False)
        count = len(theta)
        if self.floats:
            self.state = (*self.start, *gradient.tolist(), *self.plan.memory_starts(count))
        else:
            self.state = (theta, gradient, *(np.full(count, start) for start in self.plan.memory_starts(1)))
        row = {"step": 0.0, "loss": loss, **first_kept(self.plan, names), **dict(zip(names, self.start, strict=True))}
        row |= zip((f"gradient_{name}" for name in names), gradient.tolist(), strict=True)
        row |= {name: column[0] for name, column in self._observations(theta[None], careful=True).items()}
        return [row.get(name, math.nan) for name in self.columns]

    def make(self, first: int, last: int) -> Rows:
        parts: list[Columns] = []
        step = first
        if self.model.fixed.size:  # what is fixed is not written: a rule with weight decay would move it
            self.model.stretch.thetas[:] = self.start
        with np.errstate(all="ignore"):
            while step < last:
                until = min(step + self._next, step + self.model.stretch.length, last)
                parts.append(self._stretched(step, until, careful=False))
                step += len(parts[-1][0])
                self._next = min(2 * self._next, MOST_STEPS)
                if step < until:  # the next step needs care, and so may those behind it
                    parts.append(self._stretched(step, step + 1, careful=True))
                    self._next = 1
                    if not len(parts[-1][0]):
                        break
                    step += 1
        made = [np.concatenate(column) for column in zip(*parts, strict=True)]
        return made, None if step == last else self._failed(step)

    def _failed(self, step: int) -> Status:
        """Why there is no such step: the rule has none for some parameter, or the numbers ran away."""
        numbers = self.plan.numbers_for(step)
        states = [self.state] if self.floats else zip(*(column.tolist() for column in self.state), strict=True)
        troubles = (updated(self.recipe, state, numbers, step)[1] for state in states)
        undefined = next((trouble for trouble in troubles if trouble and trouble.kind == "rule"), None)
        return failed(step - 1, undefined or Trouble("overflow", "", ()), {})

    def _stretched(self, first: int, last: int, careful: bool) -> Columns:
        """Rows `first` to `last` - 1 up to the first that is not finite; the state becomes that of the last one."""
        numbers = self.plan.numbers_for(first)
        width = kernel(self.recipe).width
        given: Any = np.empty((last - first, width)) if self.floats else []
        made, after = self._run(first, last, numbers, packing(width) if self.floats else _extended, given, careful)
        count = made - first
        steps = np.arange(first, made, dtype=np.float64)
        own = self._own(given, numbers, steps)
        found, sound = self._outcome(count, careful)
        for column in own:
            sound &= np.isfinite(column).all(axis=0)
        good = count if sound.all() else int(np.argmin(sound))
        found["step"] = steps
        for names, column in zip(self._own_names(), own, strict=False):
            found |= zip(names, np.broadcast_to(column, (len(names), count)), strict=True)
        found |= self._observations(self.model.stretch.thetas[:good], careful)
        if good < last - first:
            after = self._run(first, first + good, numbers, kept_nowhere, None, careful)[1]
        self.state = after if self.floats else tuple(map(np.array, after))
        return [found[name][:good] for name in self.columns]

    def _run(
        self, first: int, last: int, numbers: tuple[float, ...], keep: Callable[..., None], rows: Any, careful: bool
    ) -> tuple[int, tuple[Any, ...]]:
        """The emitted loop from the state on; where each step leaves what it finds, and what finds it."""
        stretch, emitted = self.model.stretch, kernel(self.recipe)
        if self._at_full_speed(careful):
            places, evaluate = stretch.places, self.model.full.descend
        else:
            rooms = zip(stretch.losses, map(self.batches.rows, range(first, last)), strict=False)
            places = [(*place[:3], room) for place, room in zip(stretch.places, rooms, strict=False)]
            evaluate = partial(_at_once, self.model.carefully if careful else self.model.evaluate)
        return emitted.run(self.state, numbers, first, last, places, keep, rows, self.store, evaluate)

    def _at_full_speed(self, careful: bool) -> bool:
        return not careful and self.batches.mode == "full"

    def _outcome(self, count: int, careful: bool) -> tuple[dict[str, Column], Any]:
        """Parameters, loss and gradient of the steps just made, by name, and which steps can be kept."""
        model, stretch, names = self.model, self.model.stretch, self.model.parameters
        every = np.concatenate([stretch.thetas[:count].T, stretch.gradients[:count].T, stretch.losses[:count].T])
        near: Any = True
        if self._at_full_speed(careful):
            thetas = stretch.thetas[:count]
            every[-1] = model.full.losses(thetas, *stretch.rooms(count))
            near = np.vecdot(thetas, thetas) < model.reach * model.reach
        sound = np.isfinite(every).all(axis=0) & near
        return dict(zip((*names, *(f"gradient_{name}" for name in names), "loss"), every, strict=True)), sound

    def _own(self, given: Any, numbers: tuple[float, ...], steps: Column) -> list[Column]:
        """The rule's own columns [parameters or 1, rows], and behind them what else has to be finite."""
        emitted, count = kernel(self.recipe), len(steps)
        if not count:
            return []
        if self.floats:
            columns = list(given[:count].T)
        else:
            columns = [np.array(given[i :: emitted.width]).reshape(count, -1).T for i in range(emitted.width)]
        return [np.atleast_2d(column) for column in emitted.rest(steps, numbers, (), columns)]

    def _own_names(self) -> list[list[str]]:
        names = self.recipe.columns or ()
        if self.floats:
            return [[name] for name in names]
        parameters = self.model.parameters
        return [
            [name.removesuffix("_x") + f"_{p}" for p in parameters] if name.endswith("_x") else [name] for name in names
        ]

    def _observations(self, thetas: Vector, careful: bool) -> dict[str, Column]:
        """What is observed at each theta."""
        correct = self.model.full.correct
        if self.observed == ["accuracy"] and correct and self._at_full_speed(careful):
            return {"accuracy": correct(*self.model.stretch.rooms(len(thetas))) / self.model.count}
        found: dict[str, list[float]] = {name: [] for name in self.observed}
        for theta in thetas if self.observed else ():
            # after the pass over all data, whose results it can use
            full_loss = {"full_loss": self.model.evaluate(theta)[0]} if "full_loss" in found else {}
            seen = {**full_loss, **self.model.observe(theta)}
            for name, values in found.items():
                values.append(seen[name])
        return {name: np.array(values) for name, values in found.items()}


def _extended(rows: list[Any], at: int, *row: Any) -> None:
    """Keeps a row of arrays."""
    rows.extend(row)


def _at_once(evaluate: Callable[..., Any], theta: Vector, gradient: Vector, room: Sequence[Any]) -> None:
    """Loss and gradient of one step over some rows of the data."""
    loss, rows = room
    loss[...], gradient[:] = evaluate(theta, rows)


def _free(model: Model) -> NDArray[np.bool_]:
    """Which parameters may move."""
    return np.isin(np.arange(len(model.parameters)), model.fixed, invert=True)


def _recipe(model: Model, chosen: Plan, shown: Sequence[str], whole: bool) -> Recipe:
    """What decides the emitted loop of a model: the rule, and which of its own columns are shown."""
    assert chosen.rule is not None
    ours = {kept: [f"{kept}_{name}" for name in model.parameters] for kept in chosen.rule.kept}
    if whole:
        own = [f"{kept}_x" for kept, names in ours.items() if not set(names).isdisjoint(shown)]
    else:
        own = [name for names in ours.values() for name in names if name in shown]
    return Recipe(
        variables=("x",) if whole else model.parameters,
        loss=None,
        observed=(),
        rule=chosen.rule.text,
        schedule=SCHEDULES[chosen.schedule].formula if chosen.schedule else None,
        schedule_settings=tuple(chosen.schedule_settings),
        columns=(*own, *(["learning_rate"] if "learning_rate" in shown else [])),
        whole=whole,
    )
