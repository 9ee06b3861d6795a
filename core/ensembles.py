"""Thousands of runs at once, as NumPy columns: basins, maps and sweeps of settings.

The emitted step is the one of a single run, each operation one NumPy call into a buffer that is used again
(a cache holds a chunk and its buffers). Trouble costs nothing until it comes: the processor's own flags say that
some number of a step was not finite; then that step is made again run by run, by the loop of a single run, and
runs that end there leave the columns.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.columns import careful, loop
from core.engines import FormulaEngine, recipe
from core.errors import FieldError
from core.loops import make_rows
from core.plan import Change, Plan, plan
from core.problems.problem import FormulaProblem
from core.random import noise
from core.status import Status, failed

Column = NDArray[np.float64]
CHUNK = 16_384  # runs at a time: their buffers stay near the processor


class Ensemble:
    """Runs of one rule on one formula that differ in their starts and in settings given as columns.

    After `advance`: `parameters` [P, n], `loss` [n] and `gradients` [P, n] of each run's last row, `steps` [n] its
    step, `reached` [n] the first step with loss <= goal (inf where there was none), and `statuses`, for runs that ended
    early, by their number.

    >>> from core.problems import make_problem
    >>> parabola = make_problem("formula", formula="x**2")
    >>> many = Ensemble(parabola, "sgd", starts=[[1.0], [2.0]], settings={"lr": 0.4}, steps=4)
    >>> many.advance(4)
    >>> many.parameters.round(6).tolist()
    [[0.0016, 0.0032]]
    """

    def __init__(
        self,
        problem: FormulaProblem,
        optimizer: str | None = None,
        *,
        rule: str | None = None,
        starts: Sequence[Sequence[float]] | Column | None = None,
        settings: Mapping[str, Any] | None = None,
        steps: int = 500,
        seed: int = 0,
        schedule: tuple[str, Mapping[str, float]] | None = None,
        changes: Sequence[Change] = (),
        goal: float = -math.inf,
    ) -> None:
        given = dict(settings or {})
        columns = {name: np.asarray(value, float) for name, value in given.items() if np.ndim(value) == 1}
        first = {name: float(columns[name][0]) if name in columns else float(value) for name, value in given.items()}
        self.problem = problem
        self.plan = plan(problem, optimizer, rule, first, schedule, changes, seed, steps, False, None)
        if self.plan.rule is None:
            raise FieldError(
                "optimizer", f"{optimizer} is not element-wise: it runs one at a time.", code="one_at_a_time"
            )
        self.goal = goal
        self.starts = _starts(problem, starts, columns)
        count = self.starts.shape[1]
        self.settings = {name: np.broadcast_to(value, count).copy() for name, value in columns.items()}
        self.parameters, self.gradients = self.starts.copy(), np.full_like(self.starts, math.nan)
        self.loss, self.reached = np.full(count, math.nan), np.full(count, math.inf)
        self.steps = np.zeros(count, np.int64)
        self.statuses: dict[int, Status] = {}
        self._recipe = recipe(problem, self.plan)
        names = self.plan.rule.settings
        self._loop = loop(self._recipe, tuple(i for i, name in enumerate(names) if name in self.settings))
        self._chunks = [self._begun(np.arange(i, min(i + CHUNK, count))) for i in range(0, count, CHUNK)]

    def advance(self, steps: int) -> None:
        """Make so many more steps of every run that still goes on."""
        with np.errstate(over="raise", invalid="raise", divide="raise", under="ignore"):
            for i, chunk in enumerate(self._chunks):
                until = min(chunk.step + steps, self.plan.steps)
                self._chunks[i] = self._made(chunk, until)
                self._record(self._chunks[i])

    def single(self, run: int) -> FormulaEngine:
        """The engine of one of the runs alone, from its start."""
        start = tuple(float(value) for value in self.starts[:, run])
        return FormulaEngine(self.problem, self._plan_of(run), start)

    def _plan_of(self, run: int) -> Plan:
        own = {name: float(column[run]) for name, column in self.settings.items()}
        return Plan(**{**vars(self.plan), "settings": {**self.plan.settings, **own}})

    def _begun(self, runs: NDArray[np.int64]) -> _Chunk:
        """Row 0 of every run; those without one end here."""
        with np.errstate(all="ignore"):
            values = self.problem.formula.value_and_gradient(*self.starts[:, runs])
        draws = self._noise(0, 1)[0]
        gradients = [g + n for g, n in zip(values[1:], draws, strict=True)] if draws else list(values[1:])
        finite = np.isfinite(sum([values[0], *gradients]))
        memory = [np.full(runs.size, value) for value in self.plan.memory_starts(len(self.starts))]
        state = [*self.starts[:, runs], *gradients, *memory, values[0]]
        chunk = _Chunk(runs, 0, [np.ascontiguousarray(column) for column in state])
        for place in np.flatnonzero(~finite):
            row = self.single(int(runs[place])).first()
            if isinstance(row, Status):
                self.statuses[int(runs[place])] = row
        self.reached[runs[(chunk.loss <= self.goal) & finite]] = 0
        chunk = chunk.kept(finite)
        self._record(chunk)
        return chunk

    def _made(self, chunk: _Chunk, until: int) -> _Chunk:
        while chunk.step < until and chunk.runs.size:
            chunk = self._onward(chunk, until)
        return chunk

    def _onward(self, chunk: _Chunk, until: int) -> _Chunk:
        """As far as the flags allow, up to `until`; then the step in trouble, run by run."""
        begin, end = self.plan.segments(chunk.step + 1, until + 1)[0]
        numbers = [self._setting(name, chunk, begin) for name in self._names()]
        reached = self.reached[chunk.runs]
        made, state = self._loop.run(
            chunk.state, numbers, begin, end, self._noise(begin, end - begin), self.goal, reached
        )
        self.reached[chunk.runs] = reached
        after = _Chunk(chunk.runs, made - 1, state)
        return after if made == end else self._careful(after)

    def _names(self) -> tuple[str, ...]:
        assert self.plan.rule is not None
        return (*self.plan.rule.settings, *self.plan.schedule_settings)

    def _setting(self, name: str, chunk: _Chunk, step: int) -> float | Column:
        if name in self.settings and not any(c.after < step and name in c.settings for c in self.plan.changes):
            return self.settings[name][chunk.runs]
        if name in self.settings:
            return np.full(chunk.runs.size, self.plan.settings_for(step)[name])
        return {**self.plan.settings_for(step), **self.plan.schedule_settings}[name]

    def _careful(self, chunk: _Chunk) -> _Chunk:
        """The step after `chunk.step`: runs with a number that is not finite make it alone, or end here."""
        step = chunk.step + 1
        draws = self._noise(step, 1)
        numbers = [self._setting(name, chunk, step) for name in self._names()]
        state, finite = careful(self._recipe, chunk.state, numbers, step, draws[0])
        alive = np.ones(chunk.runs.size, bool)
        for place in np.flatnonzero(~finite):
            run = int(chunk.runs[place])
            before = tuple(float(column[place]) for column in chunk.state[:-1])
            alone = self._plan_of(run).numbers_for(step)
            row, after, failure = make_rows(self._recipe, before, alone, step, step + 1, draws)
            if failure is not None:
                alive[place] = False
                self._record(chunk.kept(np.arange(chunk.runs.size) == place))
                where = dict(zip(self.problem.parameters, failure.place, strict=True))
                self.statuses[run] = failed(step - 1, failure.trouble, where)
                continue
            for column, value in zip(state, (*after, float(row[len(self.starts)][0])), strict=True):
                column[place] = value
        made = _Chunk(chunk.runs, step, state).kept(alive)
        below = made.runs[made.loss <= self.goal]
        self.reached[below] = np.minimum(self.reached[below], step)
        return made

    def _noise(self, first: int, count: int) -> list[list[float]]:
        if not self._recipe.noisy:
            return [[]] * count
        drawn: list[list[float]] = (self.problem.noise * noise(self.plan.seed, first, count, len(self.starts))).tolist()
        return drawn

    def _record(self, chunk: _Chunk) -> None:
        p = len(self.starts)
        self.parameters[:, chunk.runs] = chunk.state[:p]
        self.gradients[:, chunk.runs] = chunk.state[p : 2 * p]
        self.loss[chunk.runs], self.steps[chunk.runs] = chunk.loss, chunk.step


@dataclass(frozen=True)
class _Chunk:
    """Some of the runs: their numbers, the step they have made, and their state (p, g, m, loss), column by column."""

    runs: NDArray[np.int64]
    step: int
    state: list[Column]

    @property
    def loss(self) -> Column:
        return self.state[-1]

    def kept(self, which: NDArray[np.bool_]) -> _Chunk:
        if which.all():
            return self
        return _Chunk(self.runs[which], self.step, [column[which] for column in self.state])


def _starts(
    problem: FormulaProblem, starts: Sequence[Sequence[float]] | Column | None, columns: Mapping[str, Column]
) -> Column:
    names = problem.parameters
    table = np.array([problem.start] if starts is None else starts, dtype=float)
    if table.ndim != 2 or table.shape[1] != len(names) or not np.isfinite(table).all():
        raise FieldError(
            "starts", f"needs rows of {len(names)} finite numbers ({', '.join(names)}).", code="wrong_shape"
        )
    sizes = {column.size for column in columns.values()} | ({len(table)} if len(table) > 1 else set())
    if len(sizes) > 1:
        raise FieldError("settings", "columns of settings and starts must have one length.", code="wrong_shape")
    return np.ascontiguousarray(np.broadcast_to(table, (max(sizes, default=len(table)), len(names))).T)
