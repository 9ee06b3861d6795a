"""`python -m core`: lists, generated code, runs as CSV, errors with a cure."""

from __future__ import annotations

import csv
import io
import subprocess
import sys

import pytest

from core.__main__ import main
from core.formula.emit import compiled
from core.optimizers import OPTIMIZERS
from core.schedules import SCHEDULES
from core.surfaces import SURFACES


def said(*arguments: str) -> str:
    out = io.StringIO()
    assert main(arguments, out) == 0
    return out.getvalue()


def rows(*arguments: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(said("run", *arguments))))


def test_it_is_a_module_that_runs() -> None:
    done = subprocess.run([sys.executable, "-m", "core"], capture_output=True, text=True, check=True)
    assert "rosenbrock" in done.stdout


def test_everything_is_listed() -> None:
    words = said().split()
    assert {*SURFACES, *OPTIMIZERS, *SCHEDULES} <= set(words)
    assert said("list") == said()


@pytest.mark.parametrize("words", [["adam", "rosenbrock"], ["adam", "on", "rosenbrock"]])
def test_the_code_of_a_rule_on_a_surface_is_shown_and_is_code(words: list[str]) -> None:
    text = said("show", *words)
    assert "#   m2: v of x" in text
    made: list[float] = []
    settings = (0.9, 0.999, 0.1, 1e-8)  # s0 to s3, as the legend says
    state = (-1.2, 1.0, -215.6, -88.0, 0.0, 0.0, 0.0, 0.0)
    compiled(text, "kernel")(state, settings, 1, 3, [[]] * 2, lambda rows, at, *row: rows.extend(row), made)
    assert made[:2] == pytest.approx([-1.1, 1.1])


def test_a_row_alone_is_shown() -> None:
    assert "v = momentum*v + g" in said("show", "momentum")
    assert "def f(p0, p1):" in said("show", "himmelblau")
    assert "def f(p0):" in said("show", "sin(x)")
    assert "more than element-wise lines" in said("show", "newton", "rosenbrock")


def test_a_run_is_csv() -> None:
    table = rows("sgd", "on", "x**2", "lr=0.4", "--start=1", "--steps", "3")
    assert [row["step"] for row in table] == ["0", "1", "2", "3"]
    assert [float(row["x"]) for row in table] == pytest.approx([1, 0.2, 0.04, 0.008])
    assert list(table[0]) == ["step", "x", "loss", "gradient_x"]


def test_a_run_takes_typed_rules_noise_schedules_and_detail() -> None:
    typed = rows("v = 0.9*v + g; x = x - lr*v", "bowl", "lr=0.1", "--steps", "2", "--detail")
    assert float(typed[2]["v_x"]) == pytest.approx(0.9 * 2 + 2 * 0.8)
    varied = rows("sgd", "bowl", "lr=0.1", "--steps", "2", "--schedule", "exponential", "--noise", "0.5", "--seed", "3")
    assert float(varied[2]["learning_rate"]) == pytest.approx(0.099)


def test_what_became_of_a_run_is_said_beside_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(rows("sgd", "rosenbrock", "lr=1")) < 10
    assert "Diverged after step" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "adm", "rosenbrock"], "did you mean 'adam'?"),
        (["run", "adam", "rosenbrok"], "did you mean 'rosenbrock'?"),
        (["run", "adam", "x +"], "something is missing after '+'"),
        (["run", "adam"], "run adam on rosenbrock"),
        (["run", "adam", "bowl", "lr=-1"], "settings.lr: must be from 0 to 1000"),
        (["run", "adam", "bowl", "--start=1,b"], "'b' is not a number"),
        (["show", "adam", "sgd", "bowl"], "show adam on rosenbrock"),
        (["show", "adam", "sgd"], "show adam on rosenbrock"),
        (["show", "bowl", "on", "booth"], "show adam on rosenbrock"),
    ],
)
def test_mistakes_are_answered_with_a_cure(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments, io.StringIO()) == 2
    assert message in capsys.readouterr().err


def test_a_reader_that_stops_reading_is_no_mistake() -> None:
    command = [sys.executable, "-m", "core", "run", "adam", "on", "rosenbrock", "--steps", "10000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        assert run.stdout.readline() == b"step,x,y,loss,gradient_x,gradient_y\n"
        run.stdout.close()
        assert run.stderr.read() == b""
    assert run.returncode == 0
