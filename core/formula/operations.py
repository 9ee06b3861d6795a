"""What a formula is made of: every operation, how Python computes it on floats and on columns.

A node of a graph is a tuple `(operation, *arguments)`; this table says what each operation means.
Floats: `math`, whose errors (`exp(1000)`, `1/0`, `log(-1)`) the caller turns into a status. Columns:
NumPy, where the same things become inf and NaN. Both agree to the last bit where no transcendental
function is involved. At 0 the derivative of `abs` and `relu` is 0, and at a tie `min` and `max` follow
their first argument.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Operation:
    """`code` is the expression on floats (`{0}` the first argument), `columns` the same on NumPy arrays.

    `ufunc` names the NumPy function with an `out=`, where one call is enough; `level` is the precedence
    of `code` in Python (calls bind tightest).

    >>> OPERATIONS["exp"].code.format("x"), OPERATIONS["exp"].ufunc
    ('exp(x)', 'exp')
    """

    name: str
    arity: int
    code: str
    columns: str
    ufunc: str | None = None
    level: int = 9
    public: bool = True


ADD, MULTIPLY, NEGATE, CALL = 1, 2, 3, 9

_ROWS = (
    Operation("add", 2, "{0} + {1}", "{0} + {1}", "add", ADD, False),
    Operation("sub", 2, "{0} - {1}", "{0} - {1}", "subtract", ADD, False),
    Operation("mul", 2, "{0}*{1}", "{0}*{1}", "multiply", MULTIPLY, False),
    Operation("div", 2, "{0}/{1}", "{0}/{1}", "divide", MULTIPLY, False),
    Operation("neg", 1, "-{0}", "-{0}", "negative", NEGATE, False),
    Operation("pow", 2, "pow({0}, {1})", "np_power({0}, {1})", "power", CALL, False),
    Operation("norm", 1, "fabs({0})", "np_norm({0})", None, CALL, False),
    Operation("less", 2, "less({0}, {1})", "np_less({0}, {1})", None, CALL, False),
    Operation("less_equal", 2, "less_equal({0}, {1})", "np_less_equal({0}, {1})", None, CALL, False),
    Operation("exp", 1, "exp({0})", "np_exp({0})", "exp"),
    Operation("log", 1, "log({0})", "np_log({0})", "log"),
    Operation("log1p", 1, "log1p({0})", "np_log1p({0})", "log1p"),
    Operation("expm1", 1, "expm1({0})", "np_expm1({0})", "expm1"),
    Operation("sqrt", 1, "sqrt({0})", "np_sqrt({0})", "sqrt"),
    Operation("sin", 1, "sin({0})", "np_sin({0})", "sin"),
    Operation("cos", 1, "cos({0})", "np_cos({0})", "cos"),
    Operation("tan", 1, "tan({0})", "np_tan({0})", "tan"),
    Operation("asin", 1, "asin({0})", "np_arcsin({0})", "arcsin"),
    Operation("acos", 1, "acos({0})", "np_arccos({0})", "arccos"),
    Operation("atan", 1, "atan({0})", "np_arctan({0})", "arctan"),
    Operation("sinh", 1, "sinh({0})", "np_sinh({0})", "sinh"),
    Operation("cosh", 1, "cosh({0})", "np_cosh({0})", "cosh"),
    Operation("tanh", 1, "tanh({0})", "np_tanh({0})", "tanh"),
    Operation("abs", 1, "fabs({0})", "np_absolute({0})", "absolute"),
    Operation("sign", 1, "sign({0})", "np_sign({0})", "sign"),
    Operation("floor", 1, "floor({0})", "np_floor({0})", "floor"),
    Operation("min", 2, "minimum({0}, {1})", "np_minimum({0}, {1})", "minimum"),
    Operation("max", 2, "maximum({0}, {1})", "np_maximum({0}, {1})", "maximum"),
    Operation("sigmoid", 1, "sigmoid({0})", "np_sigmoid({0})"),
    Operation("softplus", 1, "softplus({0})", "np_softplus({0})"),
    Operation("relu", 1, "relu({0})", "np_relu({0})"),
)

OPERATIONS: Mapping[str, Operation] = {row.name: row for row in _ROWS}
FUNCTIONS: Mapping[str, Operation] = {row.name: row for row in _ROWS if row.public}
# Rounded correctly everywhere: floats and columns agree to the last bit.
EXACT = frozenset({"add", "sub", "mul", "div", "neg", "sqrt", "abs"})
# Which arguments, by their place, make the result not finite (or raise) whenever they are not finite themselves.
HANDING_ON: Mapping[str, tuple[int, ...]] = {
    **dict.fromkeys(("add", "sub", "mul"), (0, 1)),
    **dict.fromkeys(("neg", "sqrt", "abs", "div"), (0,)),
}
CONSTANTS: Mapping[str, float] = {"pi": math.pi, "e": math.e}


def sign(a: float) -> float:
    """-1, 0 or 1.

    >>> sign(-3.0), sign(0.0)
    (-1.0, 0.0)
    """
    return math.copysign(1.0, a) if a else 0.0


def sigmoid(z: float) -> float:
    """1/(1 + exp(-z)), without overflow at either end.

    >>> sigmoid(0.0), sigmoid(-1000.0)
    (0.5, 0.0)
    """
    if z >= 0:
        return 1.0 / (1.0 + math.exp(-z))
    e = math.exp(z)
    return e / (1.0 + e)


def softplus(z: float) -> float:
    """log(1 + exp(z)), without overflow, exact to the last digits on both sides.

    >>> softplus(1000.0)
    1000.0
    """
    return max(z, 0.0) + math.log1p(math.exp(-abs(z)))


def column_sigmoid(z: Column) -> Column:
    """`sigmoid` of every element.

    >>> column_sigmoid(np.array([0.0, -1000.0])).tolist()
    [0.5, 0.0]
    """
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, e) / (1.0 + e)


def column_softplus(z: Column) -> Column:
    """`softplus` of every element.

    >>> column_softplus(np.array([1000.0])).tolist()
    [1000.0]
    """
    return np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))


_FLOATS: Mapping[str, Callable[..., Any]] = {
    **{name: getattr(math, name) for name in ("exp", "log", "log1p", "expm1", "sqrt", "sin", "cos", "tan")},
    **{name: getattr(math, name) for name in ("asin", "acos", "atan", "sinh", "cosh", "tanh", "fabs", "pow")},
    "sign": sign,
    "floor": lambda a: math.copysign(math.floor(a), a),  # a float, with its sign also where it is 0
    "sigmoid": sigmoid,
    "softplus": softplus,
    "relu": lambda a: a if a > 0 else 0.0,
    "minimum": lambda a, b: a if a <= b else b,
    "maximum": lambda a, b: a if a >= b else b,
    "less": lambda a, b: 1.0 if a < b else 0.0,
    "less_equal": lambda a, b: 1.0 if a <= b else 0.0,
}
_COLUMNS: Mapping[str, Callable[..., Any]] = {
    **{f"np_{row.ufunc}": getattr(np, row.ufunc) for row in _ROWS if row.ufunc},
    "np_copyto": np.copyto,
    "np_less_equal_into": np.less_equal,
    "np_sigmoid": column_sigmoid,
    "np_softplus": column_softplus,
    "np_norm": lambda a: math.sqrt(float(np.dot(a, a))),
    "np_relu": lambda a: np.where(a > 0, a, 0.0),
    "np_less": lambda a, b: np.where(np.less(a, b), 1.0, 0.0),
    "np_less_equal": lambda a, b: np.where(np.less_equal(a, b), 1.0, 0.0),
}
# Everything that emitted code may call. `__builtins__` is empty: nothing else is within its reach.
NAMESPACE: Mapping[str, Any] = {
    "__builtins__": {"range": range, "zip": zip, "ArithmeticError": ArithmeticError, "ValueError": ValueError},
    **_FLOATS,
    **_COLUMNS,
}

_ON_FLOATS = {
    name: eval(  # noqa: S307 - the text is this module's own table
        f"lambda a, b=None: {row.code.format('a', 'b')}", dict(NAMESPACE)
    )
    for name, row in OPERATIONS.items()
}

_ON_COLUMNS = {
    name: eval(  # noqa: S307 - the text is this module's own table
        f"lambda a, b=None: {row.columns.format('a', 'b')}", dict(NAMESPACE)
    )
    for name, row in OPERATIONS.items()
}


def apply(name: str, *arguments: float) -> float:
    """One operation on floats; raises what `math` raises.

    >>> apply("max", 1.0, 2.0)
    2.0
    """
    return float(_ON_FLOATS[name](*arguments))


def apply_columns(name: str, *arguments: Any) -> Any:
    """One operation on columns, where numbers that are not finite are kept.

    >>> apply_columns("max", np.array([1.0, 3.0]), 2.0).tolist()
    [2.0, 3.0]
    """
    return _ON_COLUMNS[name](*arguments)
