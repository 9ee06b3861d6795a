"""SymPy as oracle: value, gradient and Hessian of 200 generated formulas, to 1e-12.

Each formula is made twice, side by side: as a text for us, with as few brackets as the grammar needs, and as
a SymPy expression. Arguments are kept inside every domain (`log(1 + u**2)`), and piecewise functions, whose
second derivative SymPy writes with Dirac's delta, are replaced by the branch that holds at the point.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy

from core.formula import parse
from core.formula.operations import FUNCTIONS

X, Y = sympy.symbols("x y", real=True)
SUM, PRODUCT, POWER, ATOM = range(4)
COUNT = 200


@dataclass(frozen=True)
class Made:
    """A formula as text, as SymPy's expression, and how tightly its outermost operation binds."""

    text: str
    expression: Any
    level: int = ATOM

    def inside(self, level: int) -> str:
        """The text where something of `level` or tighter is needed."""
        return self.text if self.level >= level else f"({self.text})"


class Tie(Exception):  # noqa: N818 - not an error: the generator tries again
    """The point is too near to where a piecewise function changes its branch."""


class Generator:
    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.point = (self.random.uniform(-2, 2), self.random.uniform(-2, 2))

    def at_point(self, expression: Any) -> float:
        return float(expression.subs({X: self.point[0], Y: self.point[1]}))

    def branch(self, expression: Any) -> bool:
        value = self.at_point(expression)
        if abs(value) < 0.01:
            raise Tie
        return value > 0

    def leaf(self) -> Made:
        kind = self.random.random()
        if kind < 0.7:
            return self.random.choice([Made("x", X), Made("y", Y)])
        if kind < 0.9:
            number = self.random.choice(["2", "3", "0.5", "1.25", "10", "7e-1"])
            return Made(number, sympy.Rational(number))
        return self.random.choice([Made("pi", sympy.pi), Made("e", sympy.E)])

    def formula(self, depth: int) -> Made:
        if depth == 0:
            return self.leaf()
        return self.random.choice([self.sum, self.product, self.quotient, self.power, self.negative, self.call])(depth)

    def sum(self, depth: int) -> Made:
        a, b = self.formula(depth - 1), self.formula(depth - 1)
        if self.random.random() < 0.5:
            return Made(f"{a.inside(SUM)} + {b.inside(PRODUCT)}", a.expression + b.expression, SUM)
        return Made(f"{a.inside(SUM)} - {b.inside(PRODUCT)}", a.expression - b.expression, SUM)

    def product(self, depth: int) -> Made:
        a, b = self.formula(depth - 1), self.formula(depth - 1)
        starred = b.text[0].isdigit() or b.text.startswith("-")
        times = "*" if starred else self.random.choice(["*", "·", " "])  # the space is an implied product
        expression = a.expression * b.expression
        return Made(f"{a.inside(PRODUCT)}{times}{b.inside(POWER)}", expression, PRODUCT)

    def quotient(self, depth: int) -> Made:
        a, b = self.formula(depth - 1), self.formula(depth - 1)
        divisor = f"(1 + {b.text}^2)" if b.level == ATOM else f"(2 + cos({b.text}))"
        below = 1 + b.expression**2 if b.level == ATOM else 2 + sympy.cos(b.expression)
        return Made(f"{a.inside(PRODUCT)}/{divisor}", a.expression / below, PRODUCT)

    def power(self, depth: int) -> Made:
        a = self.formula(depth - 1)
        sign, exponent = self.random.choice([("**2", 2), ("**3", 3), ("^4", 4), ("²", 2), ("³", 3)])
        if self.random.random() < 0.2:
            real = self.random.choice(["0.7", "1.5", "-0.5"])
            text = f"(1 + {a.inside(ATOM)}**2)**{real}"
            return Made(text, (1 + a.expression**2) ** sympy.Rational(real), POWER)
        return Made(f"{a.inside(ATOM)}{sign}", a.expression**exponent, POWER)

    def negative(self, depth: int) -> Made:
        a = self.formula(depth - 1)
        return Made(f"-{a.inside(POWER)}", -a.expression, SUM)  # in brackets wherever it is an operand

    def call(self, depth: int) -> Made:
        a = self.formula(depth - 1)
        u = a.expression
        smooth = {
            "exp": (f"exp(sin({a.text}))", sympy.exp(sympy.sin(u))),
            "log": (f"log(1 + {a.inside(ATOM)}**2)", sympy.log(1 + u**2)),
            "log1p": (f"log1p({a.inside(ATOM)}**2)", sympy.log(1 + u**2)),
            "expm1": (f"expm1(cos({a.text}))", sympy.exp(sympy.cos(u)) - 1),
            "sqrt": (f"sqrt(1 + {a.inside(ATOM)}**2)", sympy.sqrt(1 + u**2)),
            "sin": (f"sin({a.text})", sympy.sin(u)),
            "cos": (f"cos({a.text})", sympy.cos(u)),
            "tan": (f"tan(sin({a.text}))", sympy.tan(sympy.sin(u))),
            "asin": (f"asin(sin({a.text})/2)", sympy.asin(sympy.sin(u) / 2)),
            "acos": (f"acos(cos({a.text})/2)", sympy.acos(sympy.cos(u) / 2)),
            "atan": (f"atan({a.text})", sympy.atan(u)),
            "sinh": (f"sinh(sin({a.text}))", sympy.sinh(sympy.sin(u))),
            "cosh": (f"cosh(sin({a.text}))", sympy.cosh(sympy.sin(u))),
            "tanh": (f"tanh({a.text})", sympy.tanh(u)),
            "sigmoid": (f"sigmoid({a.text})", 1 / (1 + sympy.exp(-u))),
            "softplus": (f"softplus({a.text})", sympy.log(1 + sympy.exp(u))),
        }
        name = self.random.choice([*smooth, "abs", "relu", "sign", "min", "max", "floor"])
        if name in smooth:
            return Made(*smooth[name])
        if name == "floor":
            self.branch(sympy.sin(sympy.pi * u))  # not too near to a step
            return Made(f"floor({a.text})", sympy.Integer(math.floor(self.at_point(u))))
        if name in ("min", "max"):
            b = self.formula(depth - 1)
            first = self.branch(b.expression - u) == (name == "min")
            return Made(f"{name}({a.text}, {b.text})", u if first else b.expression)
        positive = self.branch(u)
        branches = {"abs": (u, -u), "relu": (u, sympy.Integer(0)), "sign": (sympy.Integer(1), sympy.Integer(-1))}
        return Made(f"{name}({a.text})", branches[name][0 if positive else 1])


@cache
def generated(seed: int) -> tuple[Made, tuple[float, float]]:
    """The formula of a seed: of both variables, short enough to be typed, of moderate values."""
    for attempt in range(1000):
        generator = Generator(1000 * seed + attempt)
        try:
            made = generator.formula(3)
            if len(made.text) > 120 or not {X, Y} <= made.expression.free_symbols:
                continue
            if abs(generator.at_point(made.expression)) < 1e3:
                return made, generator.point
        except Tie:
            continue
    raise AssertionError(seed)


def oracle(expression: Any, point: tuple[float, float]) -> tuple[float, list[float], list[list[float]]]:
    """Value, gradient and Hessian in 40 digits."""
    gradient = [sympy.diff(expression, v) for v in (X, Y)]
    hessian = [[sympy.diff(partial, v) for v in (X, Y)] for partial in gradient]
    with mpmath.workdps(40):
        function = sympy.lambdify((X, Y), [expression, gradient, hessian], "mpmath", cse=True)
        value, first, second = function(*map(mpmath.mpf, point))
        return float(value), [float(v) for v in first], [[float(v) for v in row] for row in second]


@pytest.mark.parametrize("seed", range(COUNT))
def test_value_gradient_and_hessian(seed: int) -> None:
    made, point = generated(seed)
    formula = parse(made.text)
    value, gradient, hessian = oracle(made.expression, point)
    size = max(1.0, abs(value), np.abs(gradient).max(), np.abs(hessian).max())
    close = {"rel": 1e-12, "abs": 1e-12 * size}

    assert formula.value(*point) == pytest.approx(value, **close), made.text
    ours, *slope = formula.value_and_gradient(*point)
    assert ours == pytest.approx(value, **close), made.text
    assert slope == pytest.approx(gradient, **close), made.text
    assert np.array(formula.hessian(*point)) == pytest.approx(np.array(hessian), **close), made.text


def test_the_generated_formulas_use_the_whole_language() -> None:
    texts = " ".join(generated(seed)[0].text for seed in range(COUNT))
    for name in FUNCTIONS:
        assert f"{name}(" in texts, name
    assert all(piece in texts for piece in ("**", "^", "²", "³", "·", "pi", "/"))
