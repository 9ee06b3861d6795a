"""Every refusal of the service has a sentence in the reader's language: by code, and by trying them all."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from app.problems import SENTENCES, InvalidError, faults
from app.runs import prepare
from app.spec import Spec
from app.translation import script_messages
from core.errors import FormulaError
from core.formula import parse, parse_rule
from tests.app.test_problems import BAD

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [*(ROOT / "core").rglob("*.py"), *(ROOT / "app").rglob("*.py")]
CORPUS: list[str] = json.loads((ROOT / "tests" / "app" / "hostile_formulas.json").read_text(encoding="utf-8"))
RAISED = {"FieldError", "FormulaError", "Fault", "PydanticCustomError", "StoppedError", "Refusal", "error"}
CODE_AT = {"Fault": 2, "PydanticCustomError": 0, "StoppedError": 0, "Refusal": 0, "error": 2}

pytestmark = pytest.mark.xdist_group("modules")


def calls(names: set[str]) -> Iterator[tuple[str, ast.Call]]:
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
                if name in names:
                    yield name, node


def raised_codes() -> set[str]:
    """The codes that stand in calls that make an error, and pydantic's that have a sentence of ours."""
    found = set(SENTENCES)
    for name, node in calls(RAISED):
        places = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
        places += [node.args[CODE_AT[name]]] if name in CODE_AT and len(node.args) > CODE_AT[name] else []
        found |= {place.value for place in places if isinstance(place, ast.Constant) and isinstance(place.value, str)}
    return found


def whole_problems() -> set[str]:
    """The names of problems that name no field."""
    return {
        str(keyword.value.value)
        for _, node in calls({"ProblemError"})
        for keyword in node.keywords
        if keyword.arg == "name" and isinstance(keyword.value, ast.Constant)
    }


def imported(page: Page, what: str) -> Any:
    return page.evaluate(f'import("/static/js/problems.js").then(({{ {what} }}) => {what}())')


def test_the_search_for_codes_finds_them() -> None:
    assert raised_codes() >= {"out_of_range", "incomplete", "no_x", "label", "packed", "no_descent", "negative_output"}
    assert whole_problems() >= {"busy", "not-json", "too-large"}


def test_every_code_has_a_sentence(page: Page) -> None:
    assert raised_codes() - set(imported(page, "codes")) == set()
    assert whole_problems() - set(imported(page, "names")) == set()


def refusals() -> list[dict[str, Any]]:
    """What the service answers to bad specs, hostile formulas and rules."""
    found: list[dict[str, Any]] = []
    for body, _, _ in BAD:
        try:
            prepare(Spec.model_validate(body))
        except InvalidError as error:
            found += error.body()["errors"]
        except ValueError as error:
            found += [fault.body() for fault in faults(error.errors())]  # type: ignore[attr-defined]
    for text in CORPUS:
        for read in (parse, parse_rule):
            try:
                read(text)
            except FormulaError as error:
                found.append({"field": error.field, "code": error.code, "values": error.values, "message": str(error)})
    return found


def test_every_refusal_is_said_in_chinese(page: Page) -> None:
    errors = refusals()
    assert len({error["code"] for error in errors}) > 25
    said = page.evaluate(
        """async ([messages, errors]) => {
            const { setMessages } = await import("/static/js/i18n.js");
            const { said } = await import("/static/js/problems.js");
            setMessages(messages);
            return errors.map(said);
        }""",
        [script_messages("zh"), errors],
    )
    for error, sentence in zip(errors, said, strict=True):
        assert re.search("[\u4e00-\u9fff]", sentence), error
        assert not re.search(r"\{\w+\}|undefined|\[object", sentence), (error, sentence)
