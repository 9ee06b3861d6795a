"""What can be trained: a formula over a few parameters, or a model on data.

Both give a loss and its gradient at a point. A formula is compiled together with the rule into one loop
(core/kernels.py); a model computes with matrices, and is asked step by step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.formula import Formula
from core.problems.stretch import Kernel, Stretch

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FormulaProblem:
    """A loss that is a formula over its parameters.

    `fields` is the problem as a spec has it, complete; `window` what is drawn; `observed` what a row also
    reports; `noise` the standard deviation of Gaussian noise on each gradient component.

    >>> from core.formula import parse
    >>> FormulaProblem("formula", {}, parse("x**2"), (1.0,), ((-2.0, 2.0),)).parameters
    ('x',)
    """

    kind: str
    fields: Mapping[str, Any]
    formula: Formula
    start: tuple[float, ...]
    window: tuple[tuple[float, float], ...]
    noise: float = 0.0
    observed: Mapping[str, Formula] = field(default_factory=dict)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters, in the order of `start`."""
        return self.formula.variables

    @property
    def observations(self) -> tuple[str, ...]:
        """The names of what a row reports beside loss and gradient."""
        return tuple(self.observed)

    def default_start(self, seed: int = 0) -> tuple[float, ...]:
        """Where a run begins unless it says otherwise."""
        return self.start


class Model(Protocol):
    """A model on data: matrices instead of a formula."""

    @property
    def kind(self) -> str: ...
    @property
    def fields(self) -> Mapping[str, Any]: ...
    @property
    def parameters(self) -> tuple[str, ...]: ...
    @property
    def observations(self) -> tuple[str, ...]: ...
    @property
    def count(self) -> int: ...
    @property
    def fixed(self) -> NDArray[np.int64]:
        """The places of parameters that never move."""
        ...

    @property
    def reach(self) -> float:
        """How long theta may be for `full` to be trusted."""
        ...

    @property
    def full(self) -> Kernel:
        """Loss and gradient over all data, made for many steps one after the other."""
        ...

    @property
    def stretch(self) -> Stretch:
        """Where such steps leave what they find."""
        ...

    def default_start(self, seed: int = 0) -> tuple[float, ...]: ...

    def evaluate(self, theta: Vector, rows: NDArray[np.int64] | None = None) -> tuple[float, Vector]:
        """Loss and gradient over all data, or over these rows of it."""
        ...

    def carefully(self, theta: Vector, rows: NDArray[np.int64] | None = None) -> tuple[float, Vector]:
        """The same, where `full` cannot be trusted."""
        ...

    def hessian(self, theta: Vector) -> Vector:
        """Second derivatives of the loss over all data."""
        ...

    def observe(self, theta: Vector) -> Mapping[str, float]:
        """What a row reports beside loss and gradient, over all data."""
        ...


Problem = FormulaProblem | Model
