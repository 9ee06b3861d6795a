"""Every bad input has one shape, its field, and the cure."""

import json
from typing import Any

import pytest

from app.main import create_app
from app.problems import Fault, InvalidError, encode, fault, path
from app.settings import Settings
from core.errors import FieldError
from tests.serving import Caller

JSON = {"content-type": "application/json"}
MEMBERS = {"type", "title", "status", "detail", "errors"}
SPEC = {"problem": {"kind": "surface", "name": "rosenbrock"}, "runs": [{"optimizer": "adam"}]}


def run(**fields: Any) -> dict[str, Any]:
    return {**SPEC, "runs": [{"optimizer": "adam", **fields}]}


WIDE = {"kind": "network", "dataset": {"name": "moons", "count": 2000}, "hidden": [20, 20]}
WIDEST = {**WIDE, "hidden": [40, 40]}
BAD = [
    ({"runs": []}, "runs", "too_short"),
    ({**SPEC, "problem": {"kind": "surface", "name": "rosenbrok"}}, "problem.name", "unknown"),
    ({**SPEC, "problem": {"kind": "surfaces"}}, "problem.kind", "unknown"),
    ({**SPEC, "problem": {"kind": "surface"}}, "problem.name", "missing"),
    ({**SPEC, "problem": {"kind": "formula", "formula": "x**2 +"}}, "problem.formula", "incomplete"),
    ({**SPEC, "steps": 10_001}, "steps", "out_of_range"),
    ({**SPEC, "steps": 0}, "steps", "out_of_range"),
    ({**SPEC, "steps": 2.5}, "steps", "int_type"),
    ({**SPEC, "seed": -1}, "seed", "out_of_range"),
    ({**SPEC, "start": [1]}, "start", "wrong_length"),
    ({**SPEC, "start": [1, "2"]}, "start[1]", "float_type"),
    ({**SPEC, "changes": [{"run": 1, "after": 3, "settings": {}}]}, "changes[0].run", "out_of_range"),
    ({**SPEC, "changes": [{"run": 0, "after": 3, "settings": {"lr": -1}}]}, "changes[0].settings.lr", "out_of_range"),
    ({**SPEC, "extra": 1}, "extra", "extra_forbidden"),
    ({"runs": [{"optimizer": "adam"}]}, "runs[0].problem", "missing"),
    ({**SPEC, "runs": [{"optimizer": "adam"}] * 13}, "runs", "too_long"),
    (run(settings={"lr": "abc"}), "runs[0].settings.lr", "float_type"),
    (run(settings={"lr": "0.1"}), "runs[0].settings.lr", "float_type"),
    (run(settings={"lr": True}), "runs[0].settings.lr", "float_type"),
    (run(settings={"lr": 1001}), "runs[0].settings.lr", "out_of_range"),
    (run(settings={"rate": 1}), "runs[0].settings.rate", "unknown"),
    (run(optimizer="adma"), "runs[0].optimizer", "unknown"),
    (run(rule="x = x - g"), "runs[0].optimizer", "one_of"),
    (run(start=[1]), "runs[0].start", "wrong_length"),
    (run(columns=["z"]), "runs[0].columns[0]", "unknown"),
    (run(schedule={"name": "cos"}), "runs[0].schedule.name", "unknown"),
    (run(problem={"kind": "neuron", "loss": "mae"}), "runs[0].problem.loss", "literal_error"),
    ({**SPEC, "runs": [{"rule": "x = x - lr*g"}]}, "runs[0].settings.lr", "missing"),
    (run(optimizer="newton", problem=WIDE), "runs[0].optimizer", "heavy_step"),
    (run(optimizer="lbfgs", problem=WIDE), "runs[0].optimizer", "heavy_step"),
    ({**SPEC, "problem": WIDEST, "start": None}, "problem", "heavy_step"),
    (run(problem=WIDEST), "runs[0].problem", "heavy_step"),
    ({**SPEC, "runs": [{"rule": "y = 2"}]}, "runs[0].rule", "no_x"),
]


@pytest.mark.parametrize(("body", "field", "code"), BAD, ids=[f"{field}-{code}" for _, field, code in BAD])
def test_bad_spec_names_its_field(call: Caller, body: Any, field: str, code: str) -> None:
    answer = call.post("/api/v1/trajectories", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) >= MEMBERS
    assert (problem["status"], problem["type"]) == (422, "urn:steepest:invalid")
    error = next(error for error in problem["errors"] if error["field"] == field)
    assert error["code"] == code
    assert set(error) == {"field", "message", "code", "values"}
    assert error["message"].endswith((".", "?"))


def test_faults_beyond_fifty_are_counted(call: Caller) -> None:
    problem = call.post("/api/v1/trajectories", json={**SPEC, **{f"k{number}": 0 for number in range(3000)}}).json()
    assert len(problem["errors"]) == 50
    assert problem["detail"].endswith("And 2999 more.")


def test_every_fault_is_told_at_once(call: Caller) -> None:
    body = {**SPEC, "steps": 0, "runs": [{"optimizer": "adam", "settings": {"lr": "a", "eps": "b"}}]}
    fields = {error["field"] for error in call.post("/api/v1/trajectories", json=body).json()["errors"]}
    assert fields == {"steps", "runs[0].settings.lr", "runs[0].settings.eps"}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_what_is_not_finite_is_refused_at_its_field(call: Caller, number: str) -> None:
    body = json.dumps({**SPEC, "start": [0, 12345]}).replace("12345", number)
    problem = call.post("/api/v1/trajectories", content=body, headers=JSON).json()
    assert [(e["field"], e["code"]) for e in problem["errors"]] == [("start[1]", "finite_number")]


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "kind"),
    [
        ("GET", "/nothing", {}, 404, "about:blank"),
        ("GET", "/api/v1/nothing", {}, 404, "about:blank"),
        ("GET", "/api/v1/surfaces/nothing", {}, 404, "urn:steepest:no-surface"),
        ("GET", "/static/1/../main.py", {}, 404, "about:blank"),
        ("PUT", "/api/v1/trajectories", {}, 405, "about:blank"),
        ("POST", "/api/v1/trajectories", {"content": "{", "headers": JSON}, 400, "urn:steepest:not-json"),
        ("POST", "/api/v1/trajectories", {"content": "[" * 9_999, "headers": JSON}, 400, "about:blank"),
        ("POST", "/api/v1/trajectories", {"content": b"\xff", "headers": JSON}, 400, "about:blank"),
        ("POST", "/api/v1/trajectories", {"content": "1" * 65_537, "headers": JSON}, 413, "urn:steepest:too-large"),
        ("GET", "/api/v1/trajectories?formula=" + "x" * 20_000, {}, 414, "urn:steepest:too-long"),
        ("GET", "/?" + "run=adam&" * 2_000, {}, 414, "urn:steepest:too-long"),
        ("GET", "/static/1/" + "a" * 5_000, {}, 404, "about:blank"),
        ("POST", "/api/v1/trajectories", {"content": "{}"}, 415, "urn:steepest:media-type"),
        ("POST", "/api/v1/surfaces", {"content": "a=1", "headers": {"content-type": "text/plain"}}, 415, None),
        ("POST", "/api/v1/trajectories", {"content": "", "headers": JSON}, 422, "urn:steepest:invalid"),
        ("POST", "/api/v1/trajectories", {"content": "null", "headers": JSON}, 422, "urn:steepest:invalid"),
        ("GET", "/api/v1/catalog?depth=3", {}, 422, "urn:steepest:invalid"),
        ("GET", "/api/v1/catalog?lang=xx", {}, 422, "urn:steepest:invalid"),
        ("GET", "/api/v1/surfaces/bowl?resolution=401", {}, 422, "urn:steepest:invalid"),
        ("GET", "/api/v1/trajectories?surface=bowl&run=sgd&colour=red", {}, 422, "urn:steepest:invalid"),
    ],
)
def test_every_refusal_is_a_problem(
    call: Caller, method: str, path: str, options: dict[str, Any], status: int, kind: str | None
) -> None:
    answer = call(method, path, **options)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) >= MEMBERS
    assert problem["status"] == status
    assert kind in (None, problem["type"])


DOCUMENT = create_app().openapi()["paths"]
POSTS = [path for path, calls in DOCUMENT.items() if "post" in calls]
GETS = [path for path, calls in DOCUMENT.items() if set(calls) == {"get"}]


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        ("a=1", {"content-type": "text/plain"}, 415),
        ("{}", {}, 415),
        ("{", JSON, 400),
        (b"\xff\xfe", JSON, 400),
        ("[" * 40_000, JSON, 400),
        ("1" * 65_537, JSON, 413),
        ("", JSON, 422),
        ("[]", JSON, 422),
        ('{"a": NaN}', JSON, 422),
        ('{"kind": "formula", "formula": "x", "noise": NaN, "spec": 1e999}', JSON, 422),
        ('{"\\u0000": "\\ud800"}', JSON, 422),
    ],
)
def test_every_call_with_a_body_refuses_it_alike(
    call: Caller, path: str, content: str | bytes, headers: dict[str, str], status: int
) -> None:
    answer = call.post(path, content=content, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert set(answer.json()) >= MEMBERS
    assert answer.json()["status"] == status
    assert (status == 422) == bool(answer.json()["errors"])
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", [*POSTS, *GETS])
def test_every_call_names_the_methods_it_takes(call: Caller, path: str) -> None:
    answer = call("DELETE", path.replace("{name}", "bowl").replace("{figure}", "loss"))
    assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")
    assert answer.headers["allow"]


def test_a_body_without_a_length_is_limited_too(call: Caller) -> None:
    async def pieces() -> Any:
        for _ in range(70):
            yield b" " * 1024

    answer = call.post("/api/v1/trajectories", content=pieces(), headers=JSON)
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


def test_a_crash_is_a_problem_without_its_details(caplog: pytest.LogCaptureFixture) -> None:
    app = create_app()

    @app.get("/crash")
    def crash() -> None:
        raise RuntimeError("secret")

    answer = Caller(app).get("/crash", headers={"x-request-id": "mine-2"})
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "secret" not in answer.text
    assert answer.headers["x-request-id"] == "mine-2"  # by which its line in the log is found
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")
    (line,) = [record for record in caplog.records if record.exc_info]
    assert "secret" in str(line.exc_info[1])  # type: ignore[index]


def test_a_problem_s_kind_is_no_part_of_a_path(call: Caller) -> None:
    problem = call.post("/api/v1/surfaces", json={"kind": "formula", "formul": "x"}).json()
    assert {error["field"] for error in problem["errors"]} == {"formula", "formul"}
    assert path(("runs", 0, "problem", "neuron", "loss")) == "runs[0].problem.loss"


def test_a_large_answer_is_refused_with_its_cost_and_the_cap() -> None:
    small = Caller(create_app(Settings(answer_numbers=1000)))
    problem = small.post("/api/v1/trajectories", json=SPEC).json()
    (error,) = problem["errors"]
    assert (error["code"], error["values"]) == ("too_large", {"cost": 501 * 6, "cap": 1000})
    assert (problem["cost"], problem["cap"]) == (3006, 1000)
    assert "columns" in error["message"]
    assert small.post("/api/v1/trajectories?from=400", json=SPEC).status_code == 200
    assert Settings().answer_numbers == 2_000_000


def test_faults_of_the_engine_keep_code_and_values() -> None:
    error = FieldError("settings.lr", "must be from 0 to 1000, not -1.", code="out_of_range", low=0, high=1000)
    assert fault(error, "runs[2]") == Fault(
        "runs[2].settings.lr", error.message, "out_of_range", {"low": 0, "high": 1000}
    )
    assert InvalidError([fault(error)]).body()["detail"] == "settings.lr: must be from 0 to 1000, not -1."


def test_text_that_is_no_text_is_repeated_safely(call: Caller) -> None:
    assert encode({"\ud800": ["\ud800"]}) == b'{"?":["?"]}'
    body = (
        b'{"problem": {"kind": "surface", "name": "bowl"}, "runs": [{"optimizer": "sgd", "settings": {"\\ud800": 1}}]}'
    )
    answer = call.post("/api/v1/trajectories", content=body, headers=JSON)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
