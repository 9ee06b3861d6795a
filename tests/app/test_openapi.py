"""The OpenAPI document is complete, and what it shows works."""

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app import VERSION
from app.links import SPEC
from app.main import create_app
from tests.serving import Caller, Server

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = int(os.environ.get("STEEPEST_EXAMPLES", "10"))  # a call; 500 before a release
DOCUMENT = create_app().openapi()
CALLS = [(path, method, call) for path, methods in DOCUMENT["paths"].items() for method, call in methods.items()]


def test_the_version_is_said_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == VERSION == DOCUMENT["info"]["version"]


@pytest.mark.parametrize(("path", "method", "call"), CALLS, ids=[f"{method} {path}" for path, method, _ in CALLS])
def test_every_call_says_what_it_does_and_how_it_refuses(path: str, method: str, call: dict[str, Any]) -> None:
    assert call["description"]
    assert path.startswith("/api/v1/")
    assert "application/problem+json" in call["responses"]["422"]["content"]
    assert ({"400", "415"} <= set(call["responses"])) == (method == "post")
    assert "413" in call["responses"]
    assert "304" not in call["responses"] or method == "get"


def examples() -> list[Any]:
    return [
        pytest.param(method, path, example["value"], id=f"{method} {path} {name}")
        for path, method, call in CALLS
        for content in call.get("requestBody", {}).get("content", {}).values()
        for name, example in content.get("examples", {}).items()
    ]


@pytest.mark.parametrize(("method", "path", "body"), examples())
def test_every_example_works(call: Caller, method: str, path: str, body: Any) -> None:
    answer = call(method.upper(), path, json=body)
    assert answer.status_code == 200, answer.text


def test_the_example_of_a_link_works(call: Caller) -> None:
    parameters = DOCUMENT["paths"]["/api/v1/trajectories"]["get"]["parameters"]
    query = {parameter["name"]: parameter["example"] for parameter in parameters if "example" in parameter}
    assert call.get("/api/v1/trajectories", params=query).status_code == 200
    assert {parameter["name"] for parameter in parameters} >= set(SPEC)


def test_the_reference_page_needs_no_other_host(call: Caller) -> None:
    page = call.get("/docs").text
    assert "http" not in page.replace("https://www.w3.org", "")
    for address in page.split('"'):
        if address.startswith("/static/"):
            assert call.get(address).status_code == 200


SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fitting", "unfitting"])
@pytest.mark.parametrize(("path", "method"), [(path, method) for path, method, _ in CALLS])
def test_generated_requests_find_no_failure(server: Server, path: str, method: str, mode: GenerationMode) -> None:
    @given(st.data())
    @limits(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    def send(data: st.DataObject) -> None:
        case = data.draw(SCHEMA[path][method.upper()].as_strategy(generation_mode=mode))
        answer = case.call(base_url=server.http, timeout=60)
        case.validate_response(answer, checks=CHECKS)

    send()
