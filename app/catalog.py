"""The catalog: every registry as JSON, its texts in the caller's language."""

from collections.abc import Callable, Sequence
from typing import Any

from app import spec
from app.problems import encode
from core.datasets import DATASETS, Dataset
from core.formula import parse, parse_rule
from core.optimizers import OPTIMIZERS, Optimizer
from core.schedules import SCHEDULES, Schedule
from core.settings import Setting
from core.surfaces import SURFACES, Surface
from core.words import mark

Say = Callable[[str], str]

LOSSES = (
    ("mse", mark("Mean squared error"), "(a - y)**2/2"),
    ("ce", mark("Cross-entropy"), "-(y*log(a) + (1 - y)*log(1 - a))"),
)


def catalog(say: Say) -> dict[str, Any]:
    """Every surface, optimizer, schedule, dataset, loss and kind of problem."""
    return {
        "surfaces": [surface(row, say) for row in SURFACES.values()],
        "optimizers": [optimizer(row, say) for row in OPTIMIZERS.values()],
        "schedules": [schedule(row, say) for row in SCHEDULES.values()],
        "datasets": [dataset(row, say) for row in DATASETS.values()],
        "losses": [{"name": name, "title": say(title), "formula": text} for name, title, text in LOSSES],
        "problems": [problem(kind, model) for kind, model in spec.PROBLEMS.items()],
    }


def settings(rows: Sequence[Setting], say: Say) -> list[dict[str, Any]]:
    """Settings with their bounds."""
    return [
        {
            "name": row.name,
            "default": row.default,
            "low": row.low,
            "high": row.high,
            "scale": row.scale,
            "label": say(row.label) if row.label else row.name,
        }
        for row in rows
    ]


def surface(row: Surface, say: Say) -> dict[str, Any]:
    """One function to descend."""
    formula = parse(row.text())
    return {
        "name": row.name,
        "title": say(row.title),
        "formula": formula.text,
        "mathml": formula.mathml(),
        "variables": formula.variables,
        "window": row.window,
        "start": row.start,
        "minima": row.minima,
        "saddles": row.saddles,
        "maxima": row.maxima,
        "lesson": say(row.lesson),
        "settings": settings(row.settings, say),
        "height": row.height,
        "source": row.source,
    }


def optimizer(row: Optimizer, say: Say) -> dict[str, Any]:
    """One update rule, line by line."""
    rule = parse_rule(row.rule) if row.rule else None
    lines = zip(rule.lines, rule.mathml(), strict=True) if rule else ()
    return {
        "name": row.name,
        "title": say(row.title),
        "family": row.family,
        "rule": row.rule,
        "lines": [
            {
                "name": line.name,
                "text": line.text,
                "mathml": mathml,
                "word": say(row.words[line.name]) if line.name in row.words else "",
            }
            for line, mathml in lines
        ],
        "memory": rule.memory_names if rule else (),
        "settings": settings(row.settings, say),
        "source": row.source,
        "good": say(row.good),
        "bad": say(row.bad),
    }


def schedule(row: Schedule, say: Say) -> dict[str, Any]:
    """One learning-rate schedule."""
    return {
        "name": row.name,
        "title": say(row.title),
        "formula": row.formula,
        "settings": settings(row.settings, say),
        "lesson": say(row.lesson),
        "source": row.source,
    }


def dataset(row: Dataset, say: Say) -> dict[str, Any]:
    """One seeded dataset."""
    return {
        "name": row.name,
        "title": say(row.title),
        "lesson": say(row.lesson),
        "labels": row.labels,
        "class_names": [say(name) for name in row.class_names],
        "settings": settings(row.settings, say),
    }


def problem(kind: str, model: type[spec.Strict]) -> dict[str, Any]:
    """One kind of problem: its fields, which are needed, and what the others are by default."""
    fields: list[dict[str, Any]] = []
    for name, field in model.model_fields.items():
        if name != "kind":
            default = {} if field.is_required() else {"default": field.default}
            fields.append({"name": name, "required": field.is_required(), **default})
    return {"kind": kind, "fields": fields}


def body(say: Say) -> bytes:
    """The catalog as JSON."""
    return encode(catalog(say))
