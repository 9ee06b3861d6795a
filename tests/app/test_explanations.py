"""A step explained has the numbers of the rows."""

import pytest

from app.examples import SPEC
from app.main import create_app
from app.settings import Settings
from tests.serving import Caller

URL = "/api/v1/explanations"
DATA = {"name": "moons", "count": 60}
WIDE = {"kind": "network", "dataset": DATA, "hidden": [40, 40]}


def test_adam_s_second_step_line_by_line(call: Caller) -> None:
    told = call.post(URL, json={"spec": SPEC, "run": 0, "step": 2}).json()
    rows = call.post("/api/v1/trajectories", json={**SPEC, "runs": [{**SPEC["runs"][0], "detail": True}]}).json()
    columns = rows["runs"][0]["columns"]
    assert [line["name"] for line in told["lines"]] == ["m", "v", "m_hat", "v_hat", "x"]
    for line in told["lines"][:-1]:
        for parameter in ("x", "y"):
            assert line["values"][parameter] == pytest.approx(columns[f"{line['name']}_{parameter}"][2], rel=1e-12)
    assert told["before"] == {name: columns[name][1] for name in ("x", "y")}
    assert told["after"] == {name: columns[name][2] for name in ("x", "y")}
    assert told["lines"][0]["word"] == "first moment"
    assert told["lines"][0]["mathml"].startswith("<math")
    assert "\\beta" in told["lines"][0]["latex"]
    assert told["gradient"][0]["values"]["x"] == columns["gradient_x"][1]


def test_words_are_the_caller_s(call: Caller) -> None:
    told = call.post(URL + "?lang=zh", json={"spec": SPEC, "step": 1}).json()
    assert told["lines"][0]["word"] == "一阶矩"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"step": 0}, "step"),
        ({"step": 501}, "step"),
        ({"run": 9}, "run"),
        ({"spec": {**SPEC, "runs": [{"optimizer": "newton"}]}}, "run"),
        ({"spec": {**SPEC, "start": [1]}}, "start"),
        ({"spec": {**SPEC, "problem": WIDE, "start": None}}, "run"),
    ],
)
def test_a_bad_question_names_its_field(call: Caller, change: dict[str, object], field: str) -> None:
    answer = call.post(URL, json={"spec": SPEC, "run": 0, "step": 2, **change})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_work_over_the_cap_is_refused_with_both() -> None:
    answer = Caller(create_app(Settings(work_cost=1e4))).post(URL, json={"spec": SPEC, "step": 499})
    assert answer.status_code == 422
    assert answer.json()["cap"] == 10_000 < answer.json()["cost"]
