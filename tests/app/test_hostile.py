"""Hostile formulas and rules: each is refused with a column, or runs, and nothing else ever happens."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from app.problems import InvalidError
from app.runs import prepare
from app.spec import Spec
from core.errors import FormulaError
from core.formula import parse, parse_rule
from tests.serving import Caller

ROOT = Path(__file__).resolve().parents[2]
JSON = {"content-type": "application/json"}
CORPUS: list[str] = json.loads(Path(__file__).with_name("hostile_formulas.json").read_text(encoding="utf-8"))


def test_the_corpus_is_large() -> None:
    assert len(CORPUS) >= 500


def followed(body: dict[str, Any]) -> None:
    """The spec is refused at a field, or runs to its end with finite rows."""
    try:
        prepared = prepare(Spec.model_validate(body))
    except InvalidError as error:
        assert all(fault.field and fault.message for fault in error.faults)
        return
    except ValueError:  # pydantic's: empty, too long, no text
        return
    for walk in prepared.walks:
        rows = walk.advance(20)
        assert walk.status.state != "running"
        assert all(abs(value) < float("inf") for column in rows.values() for value in column)


@pytest.mark.parametrize("group", range(8))
def test_a_hostile_formula_is_refused_or_runs(group: int) -> None:
    for text in CORPUS[group::8]:
        problem = {"kind": "formula", "formula": text}
        followed({"problem": problem, "steps": 20, "runs": [{"optimizer": "sgd", "settings": {"lr": 0.1}}]})


@pytest.mark.parametrize("group", range(8))
def test_a_hostile_rule_is_refused_or_runs(group: int) -> None:
    for text in CORPUS[group::8]:
        for rule in (text, f"x = {text}", f"m = {text}\nx = x - m", f"memory m = {text}\nm = m\nx = m"):
            run = {"rule": rule, "settings": {"lr": 0.1, "y": 1.0, "g2": 1.0}}
            followed({"problem": {"kind": "surface", "name": "bowl"}, "steps": 20, "runs": [run]})


@pytest.mark.parametrize("group", range(8))
def test_a_hostile_feature_is_refused_or_runs(group: int) -> None:
    for text in CORPUS[group::8]:
        problem = {"kind": "logistic", "dataset": {"name": "moons", "count": 30, "features": [text, "x"]}}
        followed({"problem": problem, "steps": 20, "runs": [{"optimizer": "adam"}]})


def test_a_refusal_names_a_column_inside_the_text() -> None:
    for text in CORPUS:
        try:
            parse(text)
        except FormulaError as error:
            assert 1 <= error.column <= max(1, len(text) + 1), text


def test_the_whole_way_over_http(call: Caller) -> None:
    for text in CORPUS[::11]:
        content = json.dumps({"kind": "formula", "formula": text})
        answer = call.post("/api/v1/surfaces?resolution=3", content=content, headers=JSON)
        assert answer.status_code in (200, 422), text
        assert "Traceback" not in answer.text


PIECES = st.sampled_from(
    [*"xy1+-*/(),²g=t", " ", "\n", "0.5", "**", "exp", "log", "max", "norm", "memory "],
)


@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=60))
@limits(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (parse, parse_rule):
        try:
            read(text)
        except FormulaError as error:
            assert error.message


def test_a_time_boxed_fuzz_run_finds_nothing() -> None:
    """The corpus and two seconds of other texts, from a seed of the day; `make fuzz SECONDS=600` runs longer."""
    command = [sys.executable, str(ROOT / "tools" / "fuzz_formulas.py"), "2"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    print(done.stdout)  # how many, and the slowest of each kind
    assert done.returncode == 0, done.stdout + done.stderr
    tried = int(done.stdout.split()[0])
    assert tried > len(CORPUS)
