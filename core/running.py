"""A problem, a rule and a start: the steps of a run, as columns.

A run is a pure function of what it is made of: the same steps, to the last bit, however it is sliced.
Trouble is data: `status` says what became of the run, and every row that was made is finite.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import status as statuses
from core.engines import engine
from core.plan import Change, checked_start, plan
from core.problems.problem import Problem
from core.status import Status

Table = NDArray[np.float64]  # a column of the run is a row here
Columns = dict[str, Table]

AT_ONCE = 2048  # rows made at a time: what is computed on their columns stays near the processor


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a run stands after a row: enough to go on from there.

    >>> Mark(7, (0.5, 1.0)).step
    7
    """

    step: int
    state: Any


class Run:
    """One run, made step by step as it is asked for.

    `optimizer` names a row of `OPTIMIZERS`, or `rule` is a typed rule; `schedule` is a name and settings; `detail` adds
    the rule's memory and intermediates to the rows, and `observe` what the problem reports (accuracy, output);
    `columns` picks what is made of a row (and its number).

    >>> from core.problems import make_problem
    >>> run = Run(make_problem("formula", formula="x**2"), "sgd", settings={"lr": 0.4}, start=[1], steps=4)
    >>> [round(x, 6) for x in run.advance(4)["x"].tolist()]
    [1.0, 0.2, 0.04, 0.008, 0.0016]
    >>> run.status.state, run.step
    ('finished', 4)
    """

    def __init__(
        self,
        problem: Problem,
        optimizer: str | None = None,
        *,
        rule: str | None = None,
        settings: Mapping[str, float] | None = None,
        start: Sequence[float] | None = None,
        steps: int = 500,
        seed: int = 0,
        schedule: tuple[str, Mapping[str, float]] | None = None,
        changes: Sequence[Change] = (),
        batch: Mapping[str, Any] | None = None,
        detail: bool = False,
        observe: bool = True,
        columns: Sequence[str] | None = None,
    ) -> None:
        self.problem = problem
        self.plan = plan(
            problem, optimizer, rule, settings, schedule, changes, seed, steps, detail, batch, observe, columns
        )
        self.start = checked_start(problem, start, seed)
        self._engine = engine(problem, self.plan, self.start)
        self.columns = self._engine.columns
        self.step = -1  # no row has been made yet
        self.status = statuses.running(0)

    @property
    def settings(self) -> Mapping[str, float]:
        """Every setting of the rule, defaults filled in."""
        return self.plan.settings

    def advance(self, steps: int) -> Columns:
        """Make so many more steps; the rows that were not returned before (at first with row 0) as columns.

        Fewer rows come back where the run ends; `status` says why. Never raises for what numbers do.
        """
        ready = self.status.state == "running"
        most = max(0, min(steps, self.plan.steps - max(self.step, 0))) + (self.step < 0)
        table = np.empty((len(self.columns), most))
        filled = self._begin(table) if self.step < 0 and ready else 0
        while steps > 0 and self.status.state == "running" and self.step < self.plan.steps:
            end = self.step + min(steps, AT_ONCE, self.plan.steps - self.step)
            begin, until = self.plan.segments(self.step + 1, end + 1)[0]
            made, trouble = self._engine.make(begin, until)
            count = len(made[0])
            for column, part in zip(table, made, strict=True):
                column[filled : filled + count] = part
            filled += count
            self.step += count
            steps -= count
            self.status = trouble or statuses.running(self.step)
        if self.status.state == "running" and self.step == self.plan.steps:
            self.status = statuses.finished(self.step)
        if filled < table.shape[1]:
            table = table[:, :filled].copy()
        return dict(zip(self.columns, table, strict=True))

    def mark(self) -> Mark:
        """Where the run stands, after its last row."""
        return Mark(self.step, self._engine.state)

    def go_on_from(self, mark: Mark) -> None:
        """Stand where a run stood that was the same up to that row; what comes next is made as this run says."""
        self.step, self._engine.state = mark.step, mark.state
        self.status = statuses.running(mark.step)

    def rehearse(self) -> None:
        """Make the first step once and forget it: what had to be compiled for it is ready when the run begins."""
        twin = engine(self.problem, self.plan, self.start)
        if not isinstance(twin.first(), Status):
            twin.make(1, 2)

    def _begin(self, table: Table) -> int:
        """Row 0, written to the table, if there is one; how many rows that makes."""
        row = self._engine.first()
        if isinstance(row, Status):
            self.status = row
            return 0
        self.step = 0
        table[:, 0] = row
        return 1


__all__ = ["Change", "Columns", "Mark", "Run"]
