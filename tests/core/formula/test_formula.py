"""Values and derivatives: floats against columns, conventions at kinks, programs, and how little is emitted."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.formula import parse
from core.formula.operations import FUNCTIONS

FINITE = st.floats(-3, 3)


@given(FINITE, FINITE)
def test_columns_agree_with_floats_to_the_last_bit_without_transcendentals(x: float, y: float) -> None:
    formula = parse("(1 - x)**2 + 100*(y - x**2)**2 - x**5/3 + abs(x y) + max(x, y)*min(x, 1) + sqrt(x²+y²+1)")
    on_floats = formula.value_and_gradient(x, y)
    on_columns = formula.value_and_gradient(np.array([x, 0.5]), np.array([y, 0.25]))
    assert [float(column[0]) for column in on_columns] == list(on_floats)


@given(FINITE, FINITE)
def test_columns_agree_with_floats_to_1e_12_with_them(x: float, y: float) -> None:
    formula = parse("exp(-x**2) + sigmoid(5x)*softplus(y) + sin(3x)*tanh(y) + log1p(x²) + e**(x/2)")
    on_floats = formula.value_and_gradient(x, y)
    on_columns = formula.value_and_gradient(np.array([x]), np.array([y]))
    np.testing.assert_allclose([column[0] for column in on_columns], on_floats, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_has_the_derivative_that_differences_find(name: str) -> None:
    two = FUNCTIONS[name].arity == 2
    formula = parse(f"{name}(x, y)" if two else f"{name}(0.9*x + 0.1*y)")
    for x, y in [(0.31, 0.72), (0.83, 0.12)]:
        _, dx, dy = formula.value_and_gradient(x, y)
        h = 1e-6
        assert dx == pytest.approx((formula.value(x + h, y) - formula.value(x - h, y)) / (2 * h), rel=1e-8, abs=1e-9)
        assert dy == pytest.approx((formula.value(x, y + h) - formula.value(x, y - h)) / (2 * h), rel=1e-8, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "gradient"),
    [
        ("abs(x)", [0.0]),
        ("relu(x)", [0.0]),
        ("max(x, -x)", [1.0]),
        ("min(x, 2x)", [1.0]),
        ("sign(x)", [0.0]),
        ("floor(x)", [0.0]),
    ],
)
def test_conventions_at_a_kink(text: str, gradient: list[float]) -> None:
    assert list(parse(text).value_and_gradient(0.0)[1:]) == gradient
    assert [float(g[0]) for g in parse(text).value_and_gradient(np.zeros(1))[1:]] == gradient


def test_floor_is_the_same_on_floats_and_columns_to_the_sign_of_zero() -> None:
    places = [-1.5, -1.0, -0.0, 0.0, 0.5, 1.0, 2.999, 1e300]
    on_floats = [parse("floor(x)").value(x) for x in places]
    assert np.array(on_floats).tobytes() == np.floor(places).tobytes()
    assert parse("floor(x)").value(np.array(places)).tobytes() == np.floor(places).tobytes()
    assert parse("floor(x/2)").latex() == r"\left\lfloor \frac{x}{2} \right\rfloor"
    assert "<mo>⌊</mo>" in parse("floor(x)").mathml()
    with pytest.raises(OverflowError):
        parse("floor(x)").value(math.inf)


def test_a_constant_has_a_gradient_of_zero_everywhere() -> None:
    formula = parse("3")
    assert formula.value_and_gradient(1.0) == (3.0, 0.0)
    value, slope = formula.value_and_gradient(np.zeros(4))
    assert value.tolist() == [3.0] * 4
    assert slope.tolist() == [0.0] * 4


def test_a_constant_outside_its_domain_is_nan_in_columns() -> None:
    formula = parse("min(log(-1), x) + sqrt(0 - 1)*y")
    with np.errstate(all="ignore"):
        value = formula.value(np.zeros(3), np.ones(3))
    assert np.isnan(value).tolist() == [True] * 3
    with pytest.raises(ValueError, match="domain"):
        formula.value(0.0, 1.0)


def test_sigmoid_and_softplus_hold_at_both_ends() -> None:
    assert parse("sigmoid(x)").value(-800.0) == 0.0
    assert parse("sigmoid(x)").value(800.0) == 1.0
    assert parse("softplus(x)").value(800.0) == 800.0
    assert parse("softplus(x)").value(-40.0) == pytest.approx(math.exp(-40), rel=1e-15)


def test_common_subexpressions_are_computed_once() -> None:
    source = parse("exp(x*y) + exp(x*y)**2 + sin(x*y)").source()
    assert source.count("exp(") == 1
    assert source.count("p0*p1") == 1


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("x*1 + 0", "x"),
        ("0 + x/1", "x"),
        ("x**1", "x"),
        ("--x", "x"),
        ("2*3*x", "6x"),
        ("x - (-y)", "x + y"),
        ("x*2", "2x"),
    ],
)
def test_simplification_keeps_the_meaning_and_drops_the_rest(text: str, same: str) -> None:
    assert parse(text).source("value").split("return")[1] == parse(same).source("value").split("return")[1]


@given(st.sampled_from([2.0, 0.5, -4.0, 3.0]), st.floats(-1.5e308, 1.5e308), st.floats(1, 2))
@example(2.0, 1e308, 1.0)
@example(-4.0, 1e-308, 1.3)
@example(0.5, 5e-324, 1.5)
def test_factors_are_joined_only_where_their_product_is_exact(outer: float, inner: float, x: float) -> None:
    formula = parse(f"{outer!r}*({inner!r}*x)")
    expected = outer * (inner * x)
    if math.isfinite(expected):
        assert formula.value(x) == expected
        assert formula.value(np.array([x])).tolist() == [expected]


def run_program(program: dict[str, Any], *arguments: float) -> list[float]:
    """A second interpreter, as small as the browser's."""
    from core.formula.operations import apply

    values: list[float] = []
    inputs = dict(zip(program["variables"], arguments, strict=True))
    for name, *rest in program["operations"]:
        if name == "number":
            values.append(rest[0])
        elif name == "variable":
            values.append(inputs[rest[0]])
        else:
            values.append(apply(name, *(values[a] for a in rest)))
    return [values[program["value"]], *(values[i] for i in program["gradient"])]


@pytest.mark.parametrize("text", ["(1 - x)**2 + 100*(y - x**2)**2", "exp(-x²)*sin(y) + max(x, y)**3", "x**-2 + y"])
def test_the_program_for_the_browser_computes_the_same_numbers(text: str) -> None:
    formula = parse(text)
    assert run_program(formula.program(), 0.7, -1.3) == list(formula.value_and_gradient(0.7, -1.3))


def test_mathematics_for_browsers_and_for_export() -> None:
    formula = parse("(1 - x)^2 + 100(y - x²)**2/sqrt(x)")
    assert formula.latex() == r"{\left(1 - x\right)}^{2} + \frac{100 \, {\left(y - {x}^{2}\right)}^{2}}{\sqrt{x}}"
    assert formula.mathml().startswith("<math><mrow><msup>")
    assert "<msqrt><mi>x</mi></msqrt>" in formula.mathml()
    assert parse("2x").gradient_latex() == ("2",)


@pytest.mark.parametrize(
    "text", ["x - (y - 1)", "x/(y/2)", "-(x + y)", "(-x)**2", "(x**2)**3", "x - (-y)", "2(-x)", "(x/y)**2"]
)
def test_latex_keeps_the_brackets_that_matter(text: str) -> None:
    import sympy

    # Read the LaTeX back by its own rules, and compare values.
    latex = parse(text).latex().replace(r"\left", "").replace(r"\right", "").replace(r"\,", "*")
    while r"\frac{" in latex:
        head, _, rest = latex.partition(r"\frac")
        top, rest = _group(rest)
        bottom, rest = _group(rest)
        latex = f"{head}(({top})/({bottom})){rest}"
    plain = latex.replace("^", "**").replace("{", "(").replace("}", ")")
    expected = parse(text).value(0.7, -1.3) if "y" in text else parse(text).value(0.7)
    read = sympy.sympify(plain).subs({"x": 0.7, "y": -1.3})
    assert float(read) == pytest.approx(expected)


def _group(text: str) -> tuple[str, str]:
    depth = 0
    for i, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if depth == 0:
            return text[1:i], text[i + 1 :]
    raise ValueError(text)
