"""docs/reference.md, written from the registries: `python -m core reference > docs/reference.md`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.optimizers import OPTIMIZERS, Optimizer
from core.schedules import SCHEDULES, Schedule
from core.settings import Setting
from core.surfaces import SURFACES, Point, Surface

HEAD = """# Surfaces, rules and schedules

Written from the registries by `python -m core reference`; a test compares. Adding one is adding a row:
[a surface](adding-a-surface.md), [an optimizer](adding-an-optimizer.md).
"""


def page() -> str:
    """The whole page.

    >>> "### Adam: `adam`" in page()
    True
    """
    parts = [
        HEAD,
        "## Surfaces\n",
        *map(_surface, SURFACES.values()),
        "## Optimizers\n",
        *map(_optimizer, OPTIMIZERS.values()),
        "## Schedules\n",
        "The rate of step t is lr times the formula at s = t - 1.\n",
        *map(_schedule, SCHEDULES.values()),
    ]
    return "\n".join(parts)


def _surface(row: Surface) -> str:
    places = [
        f"{name} {_points(points)}"
        for name, points in (("minima", row.minima), ("saddles", row.saddles), ("maxima", row.maxima))
        if points
    ]
    known = f"Known {'; '.join(places)}. " if places else ""
    start = _points([row.start])
    return _section(
        row.name,
        row.title,
        [row.formula],
        row.settings,
        f"{row.lesson}",
        f"{known}Start {start}. Source: {row.source}.",
    )


def _optimizer(row: Optimizer) -> str:
    lines = row.rule.splitlines() if row.rule else []
    return _section(row.name, row.title, lines, row.settings, f"{row.good} {row.bad}", f"Source: {row.source}.")


def _schedule(row: Schedule) -> str:
    return _section(row.name, row.title, [row.formula], row.settings, row.lesson, f"Source: {row.source}.")


def _section(name: str, title: str, lines: Sequence[str], settings: Sequence[Setting], lesson: str, facts: str) -> str:
    code = ["```", *lines, "```", ""] if lines else []
    table = ["| setting | default | from | to | |", "|---|---|---|---|---|", *map(_setting, settings), ""]
    return "\n".join([f"### {title}: `{name}`", "", *code, lesson, "", facts, "", *(table if settings else [])])


def _setting(row: Setting) -> str:
    return f"| `{row.name}` | {row.default:g} | {row.low:g} | {row.high:g} | {row.label} |"


def _points(points: Iterable[Point]) -> str:
    return ", ".join(f"({', '.join(f'{value:.6g}' for value in point)})" for point in points)
