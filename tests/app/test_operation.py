"""What an operator sees: health, numbers, logs, settings."""

import json
import logging
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app import command, logs
from app.settings import Settings
from tests.serving import Caller, free_port, start_server, stop_server, wait_for

ROOT = Path(__file__).resolve().parents[2]
BOWL = {"problem": {"kind": "surface", "name": "bowl"}, "steps": 20, "runs": [{"optimizer": "sgd"}]}


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


READ_ONLY = """
import os, sys

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND
CHANGING = {"os.mkdir", "os.rename", "os.remove", "os.link", "os.symlink", "os.truncate"}

def refuse(event, values):
    opened = event == "open" and not isinstance(values[0], int) and values[2] and values[2] & WRITING
    if event in CHANGING or (opened and not os.fsdecode(values[0]).startswith("/dev/")):
        print("WRITES", event, values, flush=True)
        raise OSError(30, "Read-only file system", values[0])

sys.addaudithook(refuse)
from app.command import main
main(sys.argv[1:])
"""
ASKED = (
    "/",
    "/embed?lang=zh",
    "/docs",
    "/metrics",
    "/readyz",
    "/api/v1/trajectories?surface=bowl&run=adam&format=npz",
    "/api/v1/figures/descent?surface=bowl&run=adam&format=html",
)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_nothing_is_written_where_everything_is_read_only(workers: str) -> None:
    port = free_port()
    command = [sys.executable, "-c", READ_ONLY, "--port", str(port), "--log-level", "warning", "--workers", workers]
    clean = {name: value for name, value in os.environ.items() if name not in ("TMPDIR", "PROMETHEUS_MULTIPROC_DIR")}
    environment = {**clean, "PYTHONDONTWRITEBYTECODE": "1"}  # as the image has it
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        call = Caller(base=wait_for(process, port).http)
        assert [call.get(path).status_code for path in ASKED] == [200] * len(ASKED)
        sweep = {"spec": BOWL, "over": {"lr": {"low": 0.01, "high": 0.1, "count": 3}}}
        assert '"result"' in call.post("/api/v1/sweeps", json=sweep).text
    finally:
        process.terminate()
        said, _ = process.communicate(timeout=20)
    written = [line for line in said.splitlines() if line.startswith("WRITES")]
    if workers == "1":
        assert written == [], said
    else:
        assert "No temporary directory: set PROMETHEUS_MULTIPROC_DIR" in said
        assert all("/tmp" in line or str(ROOT) in line for line in written), written  # where tempfile looks for a place


def test_plotly_s_python_is_not_loaded_to_serve() -> None:
    code = """
import sys
from app.main import create_app
from tests.serving import Caller

call = Caller(create_app())
assert call.get("/").status_code == 200
assert call.get("/api/v1/figures/loss?surface=bowl&run=sgd").status_code == 200  # JSON needs no Plotly of Python
assert not {"plotly", "pandas", "redis"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_several_workers_leave_no_directory_behind(tmp_path: Path) -> None:
    server = start_server(free_port(), "--workers", "2", TMPDIR=str(tmp_path))
    assert [place.name.startswith("steepest-metrics-") for place in tmp_path.iterdir()] == [True]
    stop_server(server)
    assert list(tmp_path.iterdir()) == []
