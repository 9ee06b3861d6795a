"""What stands before every answer."""

from app.main import create_app
from app.settings import Settings
from tests.serving import Caller


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


def test_a_course_platform_may_be_allowed_to_frame() -> None:
    call = Caller(create_app(Settings(frame_ancestors=("https://school.example",))))
    assert policy(call, "/healthz")["frame-ancestors"] == ["'self'", "https://school.example"]
