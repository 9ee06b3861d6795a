"""The same spec gives the same bits: over processes, over slices, over calls and stream, over workers."""

import asyncio
import hashlib
import json
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from websockets.asyncio.client import connect

from app.runs import prepare
from app.spec import Spec
from tests.serving import Caller, Server, free_port, start_server, stop_server

ROOT = Path(__file__).resolve().parents[2]
STEPS = 60
REFERENCE: dict[str, Any] = {
    "problem": {"kind": "surface", "name": "rosenbrock", "noise": 0.05},
    "steps": STEPS,
    "seed": 7,
    "runs": [
        {"optimizer": "adam", "settings": {"lr": 0.1}, "detail": True},
        {
            "optimizer": "momentum",
            "schedule": {"name": "cosine"},
            "problem": {"kind": "formula", "formula": "x^2 + y^4"},
        },
        {"optimizer": "lbfgs", "problem": {"kind": "surface", "name": "rosenbrock"}},
        {
            "optimizer": "rmsprop",
            "problem": {"kind": "network", "dataset": {"name": "moons", "count": 40}, "hidden": [8, 8], "loss": "ce"},
            "batch": {"mode": "mini", "size": 16},
        },
    ],
    "changes": [{"run": 0, "after": 30, "settings": {"lr": 0.02}}],
}
Runs = Sequence[Mapping[str, NDArray[Any]]]


def digest(runs: Runs) -> str:
    """The sha256 of all columns, each under its name."""
    seen = hashlib.sha256()
    for run, columns in enumerate(runs):
        for name in sorted(columns):
            seen.update(f"{run}/{name}".encode())
            seen.update(np.ascontiguousarray(columns[name], "<f8").tobytes())
    return seen.hexdigest()


def engine() -> str:
    """Straight from the engine, every run in one slice."""
    return digest([walk.advance(STEPS) for walk in prepare(Spec.model_validate(REFERENCE)).walks])


@pytest.fixture(scope="module")
def reference() -> str:
    return engine()


@pytest.fixture(scope="module", params=["1", "2"], ids=lambda workers: f"{workers} workers")
def own_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server with so many workers, real processes."""
    server = start_server(free_port(), "--workers", request.param)
    yield server
    stop_server(server)


def answered(text: str) -> str:
    """The digest of an answer of /trajectories."""
    runs = json.loads(text)["runs"]
    return digest([{name: np.array(column, float) for name, column in run["columns"].items()} for run in runs])


def test_slices_change_nothing(reference: str) -> None:
    for seed in range(3):
        chance = random.Random(seed)
        made = []
        for walk in prepare(Spec.model_validate(REFERENCE)).walks:
            parts = [walk.advance(0)]
            while walk.status.state == "running":
                parts.append(walk.advance(chance.randint(1, 9)))
            made.append({name: np.concatenate([part[name] for part in parts]) for name in parts[0]})
        assert digest(made) == reference


def test_another_process_makes_the_same(reference: str) -> None:
    code = "from tests.app.test_determinism import engine; print(engine())"
    for _ in range(2):
        made = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
        assert made.stdout.strip() == reference


def test_every_worker_answers_the_same(own_server: Server, reference: str) -> None:
    call = Caller(base=own_server.http)
    for _ in range(6):  # a connection each, so that both workers come to answer
        assert answered(call.post("/api/v1/trajectories", json=REFERENCE).text) == reference


def test_streams_in_random_slices_say_the_same(own_server: Server, reference: str) -> None:
    async def watch(seed: int) -> str:
        """In slices of the viewer's choice, over a new connection now and then, which another worker may take."""
        chance = random.Random(seed)
        columns: list[dict[str, list[float | None]]] = [{} for _ in REFERENCE["runs"]]
        row = 0
        while row <= STEPS:
            async with connect(own_server.stream) as line:
                await line.send(json.dumps({"type": "open", "spec": REFERENCE, "from": row}))
                await asyncio.wait_for(line.recv(), 20)
                for _ in range(chance.randint(1, 4)):
                    row = min(STEPS, row + chance.randint(0, 20))
                    await line.send(json.dumps({"type": "advance", "until": row}))
                    await rows_up_to(line, row, columns)
            row += 1
        return digest([{name: np.array(values, float) for name, values in run.items()} for run in columns])

    async def all_watch() -> list[str]:
        return await asyncio.gather(*(watch(seed) for seed in range(4)))

    assert set(asyncio.run(all_watch())) == {reference}


async def rows_up_to(line: Any, row: int, columns: list[dict[str, list[float | None]]]) -> None:
    """Take frames until every run has the row."""
    while any(len(run.get("step", ())) <= row for run in columns):
        message = json.loads(await asyncio.wait_for(line.recv(), 20))
        if message["type"] == "steps":
            for name, values in message["columns"].items():
                columns[message["run"]].setdefault(name, []).extend(values)
