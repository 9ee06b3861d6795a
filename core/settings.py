"""Settings: a name, a default and bounds, declared once and checked everywhere."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from numbers import Integral, Real
from typing import Literal

from core.errors import FieldError

Scale = Literal["linear", "log", "complement"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One number that a person can choose.

    `scale` says how a slider should run: `linear`, `log`, or `complement` (the logarithm of 1 - value,
    for decay rates such as 0.9, 0.99, 0.999). The bounds belong to the setting.

    >>> Setting("lr", 0.1, 0, 1000, "log").check(2)
    2.0
    """

    name: str
    default: float
    low: float
    high: float
    scale: Scale = "linear"
    label: str = ""

    def check(self, value: float, field: str | None = None) -> float:
        """`value` as a float, or a `FieldError` that names the allowed range."""
        where = field or self.name
        if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
            message = f"must be a finite number from {self.low:g} to {self.high:g}."
            raise FieldError(where, message, code="not_a_number", low=self.low, high=self.high)
        if not self.low <= value <= self.high:
            raise FieldError(
                where,
                f"must be from {self.low:g} to {self.high:g}, not {value:g}.",
                code="out_of_range",
                low=self.low,
                high=self.high,
                value=value,
            )
        return float(value)


def check_whole(field: str, value: object, low: int, high: int) -> int:
    """`value`, if it is a whole number from `low` to `high`; else a `FieldError` that names them.

    >>> check_whole("steps", 500, 1, 10_000)
    500
    """
    if isinstance(value, bool) or not isinstance(value, Integral) or not low <= int(value) <= high:
        message = f"must be a whole number from {low} to {high}, not {value!r}."
        raise FieldError(field, message, code="out_of_range", low=low, high=high)
    return int(value)


def complete(
    settings: Sequence[Setting], given: Mapping[str, float] | None, field: str = "settings"
) -> dict[str, float]:
    """Every setting with its value: what is given, checked, and the defaults for the rest.

    >>> complete([Setting("lr", 0.1, 0, 1000), Setting("momentum", 0.9, 0, 1)], {"lr": 1})
    {'lr': 1.0, 'momentum': 0.9}
    """
    given = given or {}
    known = {setting.name: setting for setting in settings}
    for name in given:
        if name not in known:
            raise FieldError(f"{field}.{name}", unknown("setting", name, known), code="unknown", known=sorted(known))
    return {
        name: setting.check(given[name], f"{field}.{name}") if name in given else float(setting.default)
        for name, setting in known.items()
    }


def unknown(what: str, name: str, known: Mapping[str, object] | Sequence[str]) -> str:
    """A sentence for a name that does not exist: the likeliest meant, else all there are.

    >>> unknown("optimizer", "adma", ["adam", "sgd"])
    "there is no optimizer 'adma': did you mean 'adam'?"
    """
    close = get_close_matches(name, list(known), n=1)
    if close:
        return f"there is no {what} {name!r}: did you mean {close[0]!r}?"
    return f"there is no {what} {name!r}; there is {', '.join(sorted(known)) or 'none'}."
