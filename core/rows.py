"""What an engine gives: rows as columns, which of them a run has, and how it begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from core.errors import FieldError
from core.loops import Columns
from core.plan import Plan
from core.problems.problem import Problem
from core.settings import unknown
from core.status import Status
from core.steps import memory_names

Rows = tuple[Columns, Status | None]


class Engine(Protocol):
    """Makes rows; knows nothing of slices or changes of settings.

    `state` is all that the next row depends on, as a value: an engine of an equal run goes on from it.
    """

    columns: tuple[str, ...]

    @property
    def state(self) -> Any: ...

    @state.setter
    def state(self, state: Any) -> None: ...

    def first(self) -> list[float] | Status:
        """Row 0, or why there is none."""
        ...

    def make(self, first: int, last: int) -> Rows:
        """Rows `first` to `last` - 1 as columns; fewer, and the reason, where it cannot go on."""
        ...


def columns(problem: Problem, chosen: Plan, observed: Sequence[str]) -> tuple[str, ...]:
    """The columns of a run: the step and those that are asked for, or all that there are.

    Raises `FieldError` at `columns[i]`.

    >>> from core.plan import plan
    >>> from core.problems.surface import formula
    >>> columns(formula("x**2"), plan(formula("x**2"), "momentum", None, None, None, (), 0, 5, True, None), ())
    ('step', 'x', 'loss', 'gradient_x', 'v_x')
    """
    names = problem.parameters
    kept = chosen.rule.kept if chosen.rule is not None and chosen.detail else ()
    every = (
        "step",
        *names,
        "loss",
        *(f"gradient_{name}" for name in names),
        *(f"{name}_{parameter}" for name in kept for parameter in names),
        *observed,
        *(["learning_rate"] if chosen.rate_varies else []),
    )
    for place, name in enumerate(chosen.columns or ()):
        if name not in every:
            raise FieldError(f"columns[{place}]", unknown("column", name, every), code="unknown", known=list(every))
    return every if chosen.columns is None else tuple(name for name in every if name in ("step", *chosen.columns))


def first_kept(chosen: Plan, parameters: Sequence[str]) -> dict[str, float]:
    """Row 0 of the rule's own columns: the memory's start; what only a step computes has none.

    >>> from core.plan import plan
    >>> from core.problems.surface import formula
    >>> first_kept(plan(formula("x**2"), "momentum", None, None, None, (), 0, 5, True, None), ("x",))
    {'v_x': 0.0}
    """
    if chosen.rule is None:
        return {}
    starts = zip(memory_names(chosen.rule, len(parameters)), chosen.memory_starts(len(parameters)), strict=True)
    return {f"{name}_{parameters[i]}": start for (name, i), start in starts}
