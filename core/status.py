"""What became of a run: a state, the step where it came to be, and a sentence for a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from core.formula.trace import Trouble

State = Literal["running", "finished", "diverged", "left_domain", "stopped"]


@dataclass(frozen=True, slots=True)
class Status:
    """`step` is the last row's; `code` and `values` are the same as `message` for programs and translators.

    >>> Status("finished", 5, "finished", "All 5 steps were made.").step
    5
    """

    state: State
    step: int
    code: str
    message: str
    values: Mapping[str, Any] = field(default_factory=dict)


def running(step: int) -> Status:
    """More steps can be made.

    >>> running(3).state
    'running'
    """
    return Status("running", step, "running", "The run can go on.")


def finished(step: int) -> Status:
    """All steps were made.

    >>> finished(5).message
    'All 5 steps were made.'
    >>> finished(1).message
    'The only step was made.'
    """
    message = "The only step was made." if step == 1 else f"All {step} steps were made."
    return Status("finished", step, "finished", message)


def stopped(step: int, code: str, message: str, values: Mapping[str, Any]) -> Status:
    """Everything is finite, but the rule cannot go on.

    >>> stopped(2, "singular_hessian", "The Hessian is singular.", {}).state
    'stopped'
    """
    return Status("stopped", step, code, message, values)


def failed(step: int, trouble: Trouble, place: Mapping[str, float], started: bool = True) -> Status:
    """The next row would not be finite: the function or the rule is not defined there, or the numbers ran away.

    `place` is where it happened: each parameter's value. Without a first row (`started` is false) the
    function is not defined at the start.

    >>> failed(4, Trouble("domain", "log", (-1.0,)), {"x": -1.0}).message
    'After step 4 the next step led to x = -1, where log(-1) is not defined.'
    >>> failed(0, Trouble("rule", "div", (0.0, 0.0)), {"x": 0.0}).message
    'Stopped after step 0: the rule has no next step from x = 0, because in it something is divided by zero.'
    """
    where = ", ".join(f"{name} = {value:.6g}" for name, value in place.items())
    called = _called(trouble)
    values = {"operation": trouble.operation, "arguments": list(trouble.arguments), "place": dict(place)}
    if not started:
        message = f"The start cannot be used: at {where}, {called}. Choose another start."
        return Status("left_domain", 0, "start_outside_domain", message, values)
    if trouble.kind == "domain":
        message = f"After step {step} the next step led to {where}, where {called}."
        return Status("left_domain", step, "outside_domain", message, values)
    if trouble.kind == "rule":
        there = f" from {where}" if where else ""
        message = f"Stopped after step {step}: the rule has no next step{there}, because in it {called}."
        return stopped(step, "rule_undefined", message, values)
    message = f"Diverged after step {step}: the next numbers are too large to represent. Try a smaller learning rate."
    return Status("diverged", step, "overflow", message, values)


def _called(trouble: Trouble) -> str:
    if trouble.operation == "div":
        return "something is divided by zero"
    if trouble.operation == "pow" and trouble.kind != "overflow":  # as it is typed
        base, exponent = (f"({value:.6g})" if value < 0 else f"{value:.6g}" for value in trouble.arguments)
        return f"{base}**{exponent} is not defined"
    arguments = ", ".join(f"{value:.6g}" for value in trouble.arguments)
    if trouble.kind != "overflow":
        return f"{trouble.operation}({arguments}) is not defined"
    return "the numbers are too large to represent"
