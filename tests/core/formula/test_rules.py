"""Rules as text: what is memory, what is a setting, what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.formula import FormulaError, parse_rule

ADAM = """m = beta1*m + (1 - beta1)*g
v = beta2*v + (1 - beta2)*g**2
m_hat = m / (1 - beta1**t)
v_hat = v / (1 - beta2**t)
x = x - lr * m_hat / (sqrt(v_hat) + eps)"""


def test_names_are_sorted_into_memory_settings_and_intermediates() -> None:
    rule = parse_rule(ADAM)
    assert rule.memory_names == ("m", "v")
    assert set(rule.settings) == {"beta1", "beta2", "lr", "eps"}
    assert rule.kept == ("m", "v", "m_hat", "v_hat")


def test_a_name_read_before_its_line_is_memory_and_after_it_is_not() -> None:
    assert parse_rule("d = lr*g; x = x - d").memory_names == ()
    assert parse_rule("x = x - d; d = lr*g").memory_names == ("d",)


def test_a_setting_before_a_bracket_is_a_factor() -> None:
    assert parse_rule("x = x - lr(g + mu(x))").settings == ("lr", "mu")
    assert parse_rule("x = x - eps*(g) + eps(x)").settings == ("eps",)
    assert parse_rule("x = x - low (g)").settings == ("low",)


def test_letters_of_the_papers_are_read_as_the_names_that_are_printed_so() -> None:
    pasted = parse_rule("m = β₁·m + (1 − β₁)·g\nθ = θ − η m")
    plain = parse_rule("m = beta1*m + (1 - beta1)*g\nx = x - lr*m")
    assert (pasted.settings, pasted.memory_names) == (plain.settings, plain.memory_names)
    assert pasted.latex() == plain.latex()


def test_lines_are_written_as_papers_print_them() -> None:
    latex = parse_rule(ADAM).latex()
    assert latex[0] == r"m_{t} = \beta_{1} \, m_{t - 1} + \left(1 - \beta_{1}\right) \, g_{t}"
    assert latex[2] == r"\hat{m}_{t} = \frac{m_{t}}{1 - {\beta_{1}}^{t}}"
    assert latex[4].startswith(r"x_{t} = x_{t - 1} - \frac{\eta")


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("v = v + g", 1, "no line assigns x"),
        ("x", 1, "assignment"),
        ("x = x - lr*y", 12, "'y' is not known"),
        ("x = x - lr*g\nt = 2", 14, "already means something"),
        ("loss = 2; x = g", 1, "already means something"),
        ("memory q = 1\nx = x - g", 11, "no line assigns it"),
        ("memory p = x\np = p + 1\nx = x - p", 12, "start value"),
        ("x = x - lr*(g", 12, "never closed"),
        ("v = g\nx = x - lr*sen(v)", 18, "'sen' is not known: did you mean sin?"),
        ("x = x - lr*ln(g)", 12, "the natural logarithm is log"),
        ("x = x - lr*sqr(v); v = g", 12, "did you mean sqrt?"),
        ("x = x - lr*gg; 2a = 3", 16, "cannot be assigned"),
        ("x = x == 2", 7, "right side"),
        ("import os", 1, "assignment"),
        ("x = x - lr*g" + "\na = g" * 20, 128, "at most 20 lines"),
    ],
)
def test_an_error_names_the_column_over_the_whole_text(text: str, column: int, says: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse_rule(text)
    assert caught.value.field == "rule"
    assert says in caught.value.message
    assert caught.value.column == column


PIECES = st.sampled_from(
    ["x", "g", "t", "v", "lr", "=", "\n", ";", "+", "*", "(", ")", "memory ", "norm(", "1", " ", "**"]
)


@given(st.lists(PIECES, max_size=60).map("".join))
def test_any_text_is_read_or_refused_with_its_own_error(text: str) -> None:
    try:
        rule = parse_rule(text)
    except FormulaError as error:
        assert error.field == "rule"
    else:
        assert any(line.name == "x" for line in rule.lines)


def test_the_program_of_a_rule_makes_the_step_of_the_run() -> None:
    """A second interpreter, as small as the browser's, against the emitted loop."""
    from core.formula.operations import apply
    from core.optimizers import OPTIMIZERS
    from core.problems import make_problem
    from core.running import Run

    for name, row in OPTIMIZERS.items():
        if row.rule is None or "norm(" in row.rule:
            continue
        problem = make_problem("formula", formula="x**2 + x")
        run = Run(problem, name, steps=3, detail=True, start=[1.5])
        rows = run.advance(3)
        rule = parse_rule(row.rule)
        program = rule.program()
        inputs = {"x": rows["x"][1], "g": rows["gradient_x"][1], "t": 2.0, **run.settings}
        inputs |= {memory: rows[f"{memory}_x"][1] for memory in rule.memory_names}
        values: list[float] = []
        for operation, *rest in program["operations"]:
            if operation == "number":
                values.append(rest[0])
            else:
                values.append(
                    inputs[rest[0]] if operation == "variable" else apply(operation, *(values[a] for a in rest))
                )
        assert values[program["outputs"]["x"]] == rows["x"][2], name
        for kept in rule.kept:
            assert values[program["outputs"][kept]] == rows[f"{kept}_x"][2], (name, kept)
