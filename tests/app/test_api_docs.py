"""docs/api.md has every call, and its example works."""

import json
import re
from pathlib import Path

from app.main import create_app
from app.settings import Settings
from app.spec import MOST_POINTS, MOST_RUNS, MOST_STEPS, PROBLEMS
from core.datasets import DATASETS
from core.formula import operations, parser, rules
from tests.serving import Caller

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


def test_every_call_has_its_place() -> None:
    written = re.findall(r"^### (GET|POST) (\S+)$", TEXT, re.M)
    paths = create_app().openapi()["paths"]
    served = {(method.upper(), path.removeprefix("/api/v1")) for path, calls in paths.items() for method in calls}
    assert set(written) == served
    assert len(written) == len(set(written))


def test_the_error_shown_is_the_error(call: Caller) -> None:
    shown = json.loads(re.search(r"```json\n(.*?)```", TEXT, re.S)[1])  # type: ignore[index]
    body = {
        "problem": {"kind": "surface", "name": "bowl"},
        "runs": [{"optimizer": "sgd", "settings": {"lr": 2000}}],
    }
    assert call.post("/api/v1/trajectories", json=body).json() == shown


def test_the_link_shown_works(call: Caller) -> None:
    link = re.search(r"`(\?surface=.*?)`", TEXT, re.S)
    assert link is not None
    assert call.get("/api/v1/trajectories" + link[1]).status_code == 200


def test_the_spec_shown_works_and_its_bounds_are_right(call: Caller) -> None:
    shown = re.search(r"```jsonc\n(.*?)```", TEXT, re.S)
    assert shown is not None
    body = json.loads(re.sub(r"//[^\n]*", "", shown[1]))
    assert call.post("/api/v1/trajectories", json=body).status_code == 200
    assert f"1 to {MOST_STEPS:,}" in TEXT
    assert f"1 to {MOST_RUNS};" in TEXT
    assert Settings().answer_numbers == 2_000_000


def section(title: str) -> str:
    found = re.search(rf"^### {title}\n(.*?)^##", TEXT, re.M | re.S)
    assert found is not None
    return found[1]


def test_every_kind_of_problem_is_told_with_its_fields() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", section("Problems"), re.M)
    told = {kind: set(re.findall(r"`(\w+)`", re.sub(r"\(.*?\)", "", fields))) for kind, fields in rows[1:]}
    assert told == {kind: set(model.model_fields) - {"kind"} for kind, model in PROBLEMS.items()}


def test_every_dataset_is_named_and_the_points_bounded() -> None:
    told = section("Problems").partition("one of")[2].partition(", with settings")[0]
    assert re.findall(r"`(\w+)`", told) == list(DATASETS)
    assert f"{MOST_POINTS:,} points" in section("Problems")


def test_the_language_is_told_whole_with_its_limits() -> None:
    formulas, rule = section("Formulas and rules").split("A rule is")
    told = formulas.partition("`exp`")
    assert re.findall(r"`(\w+)`", told[1] + told[2].partition(". ")[0]) == list(operations.FUNCTIONS)
    for limit in (
        f"{parser.MAX_CHARACTERS} characters",
        f"{parser.MAX_NODES} numbers, names and operations",
        f"{parser.MAX_DEPTH} brackets",
    ):
        assert limit in formulas
    assert f"{rules.MAX_CHARACTERS:,} characters and {rules.MAX_LINES} lines" in rule
