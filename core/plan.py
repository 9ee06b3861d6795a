"""Everything that is chosen about a run, complete and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from core.errors import FieldError
from core.formula import Rule, parse, parse_rule
from core.formula.graph import Graph
from core.optimizers import OPTIMIZERS
from core.problems.problem import Problem
from core.schedules import SCHEDULES
from core.settings import Setting, check_whole, complete, unknown

MAX_STEPS, MAX_SEED = 10_000, 2**32 - 1
RATE = Setting("lr", 0.1, 0, 1000, "log")
PLACE = Setting("start", 0.0, -1e300, 1e300)


@dataclass(frozen=True, slots=True)
class Change:
    """From step `after` + 1 on, these settings: row `after` is the last that the old ones made.

    >>> Change(120, {"lr": 0.02}).after
    120
    """

    after: int
    settings: Mapping[str, float]


@dataclass(frozen=True)
class Plan:
    """A run's rule with everything that is chosen about it, complete and checked.

    >>> from core.problems.surface import formula
    >>> chosen = plan(formula("x**2"), "sgd", None, {"lr": 0.1}, None, [Change(2, {"lr": 0.2})], 0, 5, False, None)
    >>> chosen.settings_for(2), chosen.settings_for(3)
    ({'lr': 0.1}, {'lr': 0.2})
    """

    optimizer: str | None
    rule: Rule | None
    settings: Mapping[str, float]
    schedule: str | None
    schedule_settings: Mapping[str, float]
    changes: tuple[Change, ...]
    seed: int
    steps: int
    detail: bool
    batch: Mapping[str, Any] = field(default_factory=dict)
    observe: bool = True  # whether rows report what the problem observes (accuracy, output)
    columns: tuple[str, ...] | None = None  # what is shown of a row; by default all

    @property
    def rate_varies(self) -> bool:
        """Whether `learning_rate` is a column."""
        scheduled = self.schedule not in (None, "constant")
        return scheduled or any("lr" in change.settings for change in self.changes)

    def settings_for(self, step: int) -> dict[str, float]:
        """The settings that make row `step`."""
        current = dict(self.settings)
        for change in self.changes:
            if change.after < step:
                current.update(change.settings)
        return current

    def segments(self, first: int, last: int) -> list[tuple[int, int]]:
        """[first, last) cut where a setting changes."""
        cuts = sorted({first, last, *(c.after + 1 for c in self.changes if first < c.after + 1 < last)})
        return list(pairwise(cuts))

    def numbers_for(self, step: int) -> tuple[float, ...]:
        """Settings and schedule settings in the order in which emitted code takes them."""
        settings = self.settings_for(step)
        names = self.rule.settings if self.rule is not None else tuple(settings)
        return (*(settings[name] for name in names), *self.schedule_settings.values())

    def rate(self, step: int) -> float:
        """The learning rate that makes row `step`: lr as its schedule scales it."""
        base = self.settings_for(step)["lr"]
        if self.schedule is None:
            return base
        formula = parse(SCHEDULES[self.schedule].formula, ("s", *self.schedule_settings))
        return base * float(formula.value(step - 1.0, *self.schedule_settings.values()))

    def memory_starts(self, count: int) -> tuple[float, ...]:
        """The memory at the start, name by name, parameter by parameter."""
        if self.rule is None:
            return ()
        graph = Graph()
        settings = {name: graph.number(value) for name, value in self.settings.items()}
        values = [graph.value(self.rule.start(name, graph, settings)) for name in self.rule.memory_names]
        if any(value is None for value in values):
            raise FieldError("rule", "a memory's start value is not a finite number.", code="bad_start")
        return tuple(value for value in values if value is not None for _ in range(count))


def plan(
    problem: Problem,
    optimizer: str | None,
    rule: str | None,
    settings: Mapping[str, float] | None,
    schedule: tuple[str, Mapping[str, float]] | None,
    changes: Sequence[Change],
    seed: int,
    steps: int,
    detail: bool,
    batch: Mapping[str, Any] | None,
    observe: bool = True,
    columns: Sequence[str] | None = None,
) -> Plan:
    """Everything chosen about a run, checked: names, bounds, what is missing. Raises `FieldError`.

    >>> from core.problems.surface import formula
    >>> dict(plan(formula("x**2"), "momentum", None, {"lr": 1}, None, (), 0, 5, False, None).settings)
    {'lr': 1.0, 'momentum': 0.9}
    """
    if (optimizer is None) == (rule is None):
        raise FieldError(
            "optimizer", "give exactly one of optimizer and rule.", code="one_of", names=["optimizer", "rule"]
        )
    check_whole("steps", steps, 1, MAX_STEPS)
    check_whole("seed", seed, 0, MAX_SEED)
    if rule is not None:
        read: Rule | None = parse_rule(rule)
        known = typed_settings(parse_rule(rule))
    else:
        row = OPTIMIZERS.get(str(optimizer))
        if row is None:
            message = unknown("optimizer", str(optimizer), OPTIMIZERS)
            raise FieldError("optimizer", message, code="unknown", known=sorted(OPTIMIZERS))
        read = parse_rule(row.rule) if row.rule is not None else None
        known = row.settings
    given = settings or {}
    if rule is not None:
        _require(known, given)
    name, scale_settings = _schedule(schedule, {setting.name for setting in known})
    return Plan(
        optimizer=optimizer,
        rule=read,
        settings=complete(known, given),
        schedule=name,
        schedule_settings=scale_settings,
        changes=_changes(changes, known),
        seed=seed,
        steps=steps,
        detail=detail,
        batch=dict(batch or {}),
        observe=observe,
        columns=None if columns is None else tuple(columns),
    )


def typed_settings(rule: Rule) -> tuple[Setting, ...]:
    """The settings of a typed rule: lr as everywhere, any finite number for the rest.

    >>> [setting.name for setting in typed_settings(parse_rule("x = x - lr*(g + c*x)"))]
    ['lr', 'c']
    """
    return tuple(RATE if name == "lr" else Setting(name, 0.0, -1e300, 1e300) for name in rule.settings)


def _require(known: Sequence[Setting], given: Mapping[str, float]) -> None:
    for setting in known:
        if setting.name not in given:
            message = f"the rule reads {setting.name!r} and assigns it nowhere: give its value."
            raise FieldError(f"settings.{setting.name}", message, code="missing", name=setting.name)


def _schedule(
    schedule: tuple[str, Mapping[str, float]] | None, settings: set[str]
) -> tuple[str | None, dict[str, float]]:
    if schedule is None:
        return None, {}
    name, given = schedule
    row = SCHEDULES.get(name)
    if row is None:
        message = unknown("schedule", name, SCHEDULES)
        raise FieldError("schedule.name", message, code="unknown", known=sorted(SCHEDULES))
    if "lr" not in settings:
        raise FieldError("schedule", "a schedule scales lr, which this rule does not have.", code="no_rate")
    return name, complete(row.settings, given, "schedule.settings")


def _changes(changes: Sequence[Change], known: Sequence[Setting]) -> tuple[Change, ...]:
    by_name = {setting.name: setting for setting in known}
    checked = []
    for i, change in enumerate(changes):
        check_whole(f"changes[{i}].after", change.after, 0, MAX_STEPS)
        for name, value in change.settings.items():
            where = f"changes[{i}].settings.{name}"
            if name not in by_name:
                raise FieldError(where, unknown("setting", name, by_name), code="unknown", known=sorted(by_name))
            by_name[name].check(value, where)
        checked.append(Change(change.after, {n: float(v) for n, v in change.settings.items()}))
    return tuple(sorted(checked, key=lambda change: change.after))


def checked_start(problem: Problem, start: Sequence[float] | None, seed: int) -> tuple[float, ...]:
    """The start as floats, or the problem's own; raises `FieldError` where it does not fit.

    >>> from core.problems.surface import formula
    >>> checked_start(formula("x**2"), [3], seed=0)
    (3.0,)
    """
    if start is None:
        return tuple(map(float, problem.default_start(seed)))
    names = problem.parameters
    if len(start) != len(names):
        listed = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
        message = f"needs {len(names)} numbers ({listed}), not {len(start)}."
        raise FieldError("start", message, code="wrong_length", expected=len(names), parameters=list(names))
    return tuple(PLACE.check(value, f"start[{i}]") for i, value in enumerate(start))
