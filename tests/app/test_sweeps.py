"""Sweeps: the same numbers as single runs, with progress, refused and cancelled in time."""

import asyncio
import json
import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.sweeping import outcomes
from app.sweeps import NICENESS, Pool
from core.surfaces import SURFACES
from tests.serving import Caller, Server, free_port, start_server, stop_server

PARABOLA = {"problem": {"kind": "formula", "formula": "x**2"}, "start": [1], "steps": 60}
RATES = {"spec": {**PARABOLA, "runs": [{"optimizer": "sgd"}]}, "over": {"lr": {"low": 0.1, "high": 1.1, "count": 5}}}


def lines(server: Server, body: Any) -> list[Any]:
    answer = Caller(base=server.http).post("/api/v1/sweeps", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


def test_a_curve_over_the_rate(server: Server) -> None:
    *progress, result = lines(server, {**RATES, "goal": {"loss": 1e-6}})
    assert progress[-1] == {"type": "progress", "done": 5, "of": 5}
    assert result["over"]["lr"] == pytest.approx([0.1, 0.35, 0.6, 0.85, 1.1])
    # the distance shrinks by |1 - 2 lr| a step: the first step at |x| <= 1e-3
    assert result["steps"] == [31, 6, 5, 20, None]
    assert result["state"] == ["finished"] * 5
    assert result["loss"][0] == pytest.approx(0.8**120)


def test_a_map_of_basins_over_the_start(server: Server) -> None:
    spec = {"problem": {"kind": "surface", "name": "himmelblau"}, "steps": 200, "runs": [{"optimizer": "sgd"}]}
    over = {"x": {"low": -4, "high": 4, "count": 5}, "y": {"low": -4, "high": 4, "count": 3}}
    result = lines(server, {"spec": spec, "over": over})[-1]
    assert [len(row) for row in result["loss"]] == [5, 5, 5]
    x, y = result["end_x"][2][4], result["end_y"][2][4]  # from (4, 4)
    assert (x, y) == pytest.approx(SURFACES["himmelblau"].minima[0], abs=1e-3)
    single = Caller(base=server.http).post("/api/v1/trajectories", json={**spec, "start": [-4, -4]}).json()
    assert result["end_x"][0][0] == pytest.approx(single["runs"][0]["columns"]["x"][-1], rel=1e-9)


@pytest.mark.parametrize(
    "run",
    [{"optimizer": "newton"}, {"optimizer": "adam", "problem": {"kind": "logistic", "dataset": {"name": "moons"}}}],
)
def test_what_is_not_a_column_runs_one_by_one(run: dict[str, Any]) -> None:
    spec = {"problem": {"kind": "surface", "name": "rosenbrock"}, "steps": 20, "runs": [run]}
    found = outcomes(json.dumps(spec), 0, ["lr"], [[0.1], [0.5]], 0.3)
    assert len(found["loss"]) == len(found["steps"]) == 2
    assert found["loss"][0] > found["loss"][1]


@pytest.mark.parametrize("optimizer", ["sgd", "newton"])  # as columns, and one by one
def test_a_sweep_of_one_run_of_several_has_its_changes(call: Caller, optimizer: str) -> None:
    spec: dict[str, Any] = {
        "problem": {"kind": "surface", "name": "bowl"},
        "steps": 30,
        "runs": [{"optimizer": "adam"}, {"optimizer": optimizer, "settings": {"lr": 0.1}}],
        "changes": [
            {"run": 0, "after": 3, "settings": {"lr": 0.5}},
            {"run": 1, "after": 10, "settings": {"lr": 0.02}},
        ],
    }
    found = outcomes(json.dumps(spec), 1, ["lr"], [[0.1]], 0.0)
    rows = call.post("/api/v1/trajectories", json=spec).json()["runs"][1]["columns"]
    assert found["loss"] == [pytest.approx(rows["loss"][-1], rel=1e-12)]


BAD = [
    ({"over": {}}, "over"),
    ({"over": {"rate": {"low": 0, "high": 1, "count": 3}}}, "over.rate"),
    ({"over": {"lr": {"low": 0, "high": 1, "count": 401}}}, "over.lr.count"),
    ({"over": {"lr": {"low": 1, "high": 0, "count": 3}}}, "over.lr.high"),
    ({"over": {"lr": {"low": 0, "high": 1, "count": 3, "scale": "log"}}}, "over.lr.low"),
    ({"over": {"lr": {"low": 0, "high": 2000, "count": 3}}}, "over.lr.high"),
    ({"over": {"x": {"low": -1e308, "high": 1e308, "count": 3}}}, "over.x.high"),
    ({"run": 1}, "run"),
    ({"goal": {"loss": "low"}}, "goal.loss"),
    ({"spec": {**PARABOLA, "runs": [{"optimizer": "sdg"}]}}, "runs[0].optimizer"),
    ({"spec": {**PARABOLA, "runs": []}}, "spec.runs"),
]


@pytest.mark.parametrize(("change", "field"), BAD)
def test_a_bad_sweep_names_its_field(call: Caller, change: dict[str, Any], field: str) -> None:
    answer = call.post("/api/v1/sweeps", json={**RATES, **change})
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json()["errors"]]


def test_too_much_work_is_refused_with_its_cost(call: Caller) -> None:
    over = {name: {"low": -1, "high": 1, "count": 400} for name in ("x", "y")}
    spec = {"problem": {"kind": "surface", "name": "bowl"}, "steps": 10_000, "runs": [{"optimizer": "sgd"}]}
    problem = call.post("/api/v1/sweeps", json={"spec": spec, "over": over}).json()
    assert problem["errors"][0]["code"] == "too_large"
    assert problem["cost"] > problem["cap"]


def test_hanging_up_frees_the_processes(server: Server) -> None:
    over = {name: {"low": -1, "high": 1, "count": 200} for name in ("x", "y")}
    spec = {"problem": {"kind": "surface", "name": "ackley"}, "steps": 10_000, "runs": [{"optimizer": "adam"}]}

    async def hang_up() -> None:
        async with (
            httpx.AsyncClient(base_url=server.http, timeout=60) as client,
            client.stream("POST", "/api/v1/sweeps", json={"spec": spec, "over": over}) as answer,
        ):
            async for line in answer.aiter_lines():
                assert json.loads(line)["type"] == "progress"
                return

    asyncio.run(hang_up())
    began = time.monotonic()
    lines(server, RATES)
    assert time.monotonic() - began < 30  # the abandoned sweep alone would take minutes


def test_sweeps_give_way_to_the_stream() -> None:
    async def niceness() -> int:
        pool = Pool(1)
        try:
            return await pool.submit(os.nice, 0)
        finally:
            pool.close()

    assert asyncio.run(niceness()) == min(os.nice(0) + NICENESS, 19)


def family(parent: int) -> list[int]:
    """The processes that descend from one, children first."""
    found = [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    return found + [pid for child in found for pid in family(child)]


def alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks at processes through /proc")
@pytest.mark.parametrize(("workers", "how"), [("1", signal.SIGKILL), ("2", signal.SIGKILL), ("1", signal.SIGTERM)])
def test_no_process_outlives_the_server(workers: str, how: signal.Signals) -> None:
    over = {name: {"low": -1, "high": 1, "count": 200} for name in ("x", "y")}
    spec = {"problem": {"kind": "surface", "name": "ackley"}, "steps": 10_000, "runs": [{"optimizer": "adam"}]}
    own = start_server(free_port(), "--workers", workers)
    with httpx.stream("POST", f"{own.http}/api/v1/sweeps", json={"spec": spec, "over": over}, timeout=60) as answer:
        next(answer.iter_lines())  # the sweep, which would go on for minutes, has begun
        children = family(own.process.pid)
        assert len([pid for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]) >= 2
        own.process.send_signal(how)
    own.process.wait()
    ended = time.monotonic() + 5
    while any(map(alive, children)) and time.monotonic() < ended:
        time.sleep(0.05)
    assert [pid for pid in children if alive(pid)] == []
    stop_server(own)
