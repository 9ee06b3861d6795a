"""What stands before every answer."""

import httpx
import pytest

from app.main import create_app
from app.settings import Settings
from tests.serving import Caller, Server


def policy(call: Caller, path: str) -> dict[str, list[str]]:
    parts = (part.split() for part in call.get(path).headers["content-security-policy"].split(";"))
    return {part[0]: part[1:] for part in parts}


def test_every_answer_has_a_strict_policy(call: Caller) -> None:
    for path in ("/api/v1/catalog", "/healthz", "/nothing", "/openapi.json"):
        rules = policy(call, path)
        assert rules["default-src"] == rules["script-src"] == ["'self'"]
        assert rules["object-src"] == ["'none'"]
        assert rules["frame-ancestors"] == ["'self'"]
        assert call.get(path).headers["x-content-type-options"] == "nosniff"


def test_no_page_builds_code_or_has_it_inline(call: Caller) -> None:
    for path in GETS:
        rules = policy(call, path)
        assert rules["script-src"] == ["'self'"], path
        assert "unsafe-eval" not in str(rules), path
        assert rules["base-uri"] == ["'none'"], path


def test_a_course_platform_may_be_allowed_to_frame() -> None:
    call = Caller(create_app(Settings(frame_ancestors=("https://school.example",))))
    assert policy(call, "/healthz")["frame-ancestors"] == ["'self'", "https://school.example"]


GETS = (
    "/",
    "/losses?lang=zh",
    "/classify",
    "/batches",
    "/backprop",
    "/embed",
    "/docs",
    "/openapi.json",
    "/healthz",
    "/readyz",
    "/static/1/css/base.css",
    "/static/1/fonts/inter.woff2",
    "/api/v1/catalog",
    "/api/v1/surfaces/bowl?resolution=9",
    "/api/v1/trajectories?surface=bowl&steps=3&run=sgd",
    "/api/v1/trajectories?surface=bowl&steps=3&run=sgd&format=npz",
    "/api/v1/figures/loss?surface=bowl&steps=3&run=sgd",
    "/api/v1/theory?surface=bowl&steps=3&run=sgd",
    "/api/v1/surfaces/nothing",
    "/nothing",
)
PASSING = {"date", "x-request-id"}  # other from answer to answer


@pytest.mark.parametrize("path", GETS)
def test_head_is_get_without_the_body(server: Server, path: str) -> None:
    with httpx.Client(base_url=server.http) as client:
        got, asked = client.get(path), client.head(path)
        assert asked.status_code == got.status_code
        assert asked.content == b""
        same = {name: value for name, value in got.headers.items() if name not in PASSING}
        assert {name: value for name, value in asked.headers.items() if name not in PASSING} == same
        assert client.get("/healthz").status_code == 200  # the connection is still in step


def test_head_of_what_only_takes_a_body_is_refused(call: Caller) -> None:
    answer = call("HEAD", "/api/v1/sweeps")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert call("PUT", "/api/v1/catalog").headers["allow"] == "GET, HEAD"
