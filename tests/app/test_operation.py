"""What an operator sees: health, numbers, logs, settings."""

import json
import logging
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app import command, logs
from app.settings import Settings
from tests.serving import Caller, free_port, start_server, stop_server

ROOT = Path(__file__).resolve().parents[2]


def numbers(call: Caller) -> dict[str, float]:
    lines = call.get("/metrics").text.splitlines()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}


def test_health_and_readiness(call: Caller) -> None:
    assert call.get("/healthz").json() == {"status": "ok"}
    assert call.get("/readyz").json() == {"status": "ready"}


def test_refusals_are_counted_by_reason(call: Caller) -> None:
    reason = 'steepest_refusals_total{reason="too_short"}'
    before = numbers(call).get(reason, 0)
    call.post("/api/v1/trajectories", json={"runs": []})
    assert numbers(call)[reason] == before + 1


def test_requests_are_counted_by_route_and_not_by_address(call: Caller) -> None:
    call.get("/api/v1/surfaces/bowl")
    call.get("/api/v1/surfaces/nothing-of-the-kind")
    found = numbers(call)
    assert found['steepest_requests_total{method="GET",route="/surfaces/{name}",status="200"}'] >= 1
    assert found['steepest_requests_total{method="GET",route="/surfaces/{name}",status="404"}'] >= 1
    assert not any("nothing-of-the-kind" in name for name in found)


def test_a_request_has_an_id(call: Caller) -> None:
    assert call.get("/healthz", headers={"x-request-id": "mine-1"}).headers["x-request-id"] == "mine-1"
    made = call.get("/healthz", headers={"x-request-id": "not mine\t"}).headers["x-request-id"]
    assert re.fullmatch("[0-9a-f]{16}", made)


def test_a_line_of_the_log_is_json_without_what_was_typed(call: Caller) -> None:
    lines: list[dict[str, Any]] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(json.loads(logs.JsonLines().format(record)))

    handler = Kept()
    logs.LOG.addHandler(handler)
    level = logs.LOG.level
    logs.LOG.setLevel("INFO")
    try:
        call.get("/api/v1/trajectories?formula=x**2&run=sgd", headers={"x-request-id": "r1"})
    finally:
        logs.LOG.removeHandler(handler)
        logs.LOG.setLevel(level)
    (line,) = lines
    assert (line["request"], line["path"], line["status"]) == ("r1", "/api/v1/trajectories", 200)
    assert "x**2" not in json.dumps(line)


def test_a_crash_is_logged_with_its_place() -> None:
    try:
        dict[str, int]()["why"]
    except KeyError:
        record = logging.LogRecord("steepest", logging.ERROR, __file__, 1, "crashed", (), sys.exc_info())
    assert "KeyError: 'why'" in json.loads(logs.JsonLines().format(record))["error"]
    assert "KeyError: 'why'" in logs.TextLines().format(record)


def test_every_setting_is_documented_as_it_is() -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(STEEPEST_\w+)` \| (.*) \|$", text, re.M))
    expected = {}
    for name, field in Settings.model_fields.items():
        default = f"`{field.default}`" if field.default != () else ""
        expected[f"STEEPEST_{name.upper()}"] = f"{default} | {field.description}".strip()
    assert {name: row.strip() for name, row in rows.items()} == expected


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEEPEST_ALLOWED_ORIGINS", "https://a.example https://b.example")
    monkeypatch.setenv("STEEPEST_PORT", "9000")
    settings = Settings()
    assert settings.allowed_origins == ("https://a.example", "https://b.example")
    chosen = command.arguments(settings, ["--host", "0.0.0.0"])
    assert (chosen.host, chosen.port, chosen.workers) == ("0.0.0.0", 9000, 1)


def test_several_workers_serve_and_add_up_their_numbers() -> None:
    server = start_server(free_port(), "--workers", "2")
    try:
        call = Caller(base=server.http)
        for _ in range(8):
            assert call.get("/api/v1/surfaces/bowl?resolution=3").status_code == 200
        found = numbers(call)
        assert found['steepest_requests_total{method="GET",route="/surfaces/{name}",status="200"}'] == 8
    finally:
        stop_server(server)


def test_the_command_tells_its_address_and_ends_when_told() -> None:
    server = start_server()
    stop_server(server)
    assert server.process.returncode in (0, -15)


def test_plotly_s_python_is_not_loaded_to_serve() -> None:
    code = "import app.main, sys; app.main.create_app(); sys.exit(bool({'plotly', 'pandas'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
