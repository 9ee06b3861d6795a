"""The server under load: real processes, real sockets on the loopback, each figure beside its bar.

    make bench-server                 all scenarios but the soak; the table goes into docs/benchmarks.md
    make bench-server ARGS=viewers    one of them, or several
    make bench-server ARGS=soak       ten minutes of viewers that come and go

Bounded in count and time; nothing else should run on the machine.
"""

# ruff: noqa: S310
import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Awaitable, Callable
from typing import Any

from benchmarks.driving import (
    Process,
    all_go_on,
    crowd,
    drain,
    opened,
    p99,
    pings,
    serving,
    stalled_viewer,
    viewers,
)
from benchmarks.tables import Table

HEAVY: dict[str, Any] = {
    "problem": {
        "kind": "network",
        "dataset": {"name": "moons", "count": 2000},
        "hidden": [32, 32],
        "activation": "tanh",
    },
    "steps": 10_000,
    "runs": [{"optimizer": "adam", "settings": {"lr": 0.01 * (i + 1)}} for i in range(12)],
}
SWEEP = {
    "spec": {"problem": {"kind": "surface", "name": "ackley"}, "steps": 2_000, "runs": [{"optimizer": "adam"}]},
    "over": {name: {"low": -4, "high": 4, "count": 200} for name in ("x", "y")},
}
HELD = 20  # ms that the loop may be held


def long_to_prepare(seed: int) -> dict[str, Any]:
    """Twelve models with twenty typed features each, which no cache has seen."""

    def problem(run: int) -> dict[str, Any]:
        features = ["sin(" * 25 + f"x*y + {seed}.{run}{feature:02}" + ")" * 25 for feature in range(20)]
        return {"kind": "softmax", "dataset": {"name": "blobs", "count": 2000, "seed": run, "features": features}}

    return {"runs": [{"optimizer": "adam", "problem": problem(run)} for run in range(12)]}


async def scenario_ready(table: Table) -> None:
    """From start to the first answer of /readyz, the median of five."""
    times = []
    for _ in range(5):
        server = Process()
        times.append(server.wait_ready())
        await server.end()
    table.add("ready after", statistics.median(times), "s", 2)
    for module in ("app.main", "fastapi", "numpy"):
        table.add(f"of it importing {module}", statistics.median(importing(module) for _ in range(5)), "s")


def importing(module: str) -> float:
    """Seconds that a fresh Python takes to import a module."""
    code = f"from time import perf_counter as now; began = now(); import {module}; print(now() - began)"
    command = [sys.executable, "-c", code]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603


async def scenario_viewers(table: Table) -> None:
    """300 viewers at 10 slices a second, 60 at 30."""
    with serving() as server:
        for count, runs in ((300, 1), (60, 3)):
            late, cores = await viewers(server, count, runs, 20)
            name = f"{count} viewers at {10 * runs} slices a second"
            table.add(f"{name}: a slice at the median", 1000 * statistics.median(late), "ms")
            table.add(f"{name}: a slice at p99", 1000 * p99(late), "ms", 150)
            table.add(f"{name}: the server uses", cores, "cores", 1)


async def scenario_stalled(table: Table) -> None:
    """One stalled viewer among 60."""
    with serving() as server:
        alone = p99((await viewers(server, 60, 1, 10))[0])
        writer = await stalled_viewer(server)
        began = time.perf_counter()
        beside = p99((await viewers(server, 60, 1, 10))[0])
        table.add("one stalled viewer among 60 costs the others at p99", 1000 * max(0.0, beside - alone), "ms", 20)
        while server.metric('steepest_closes_total{code="stalled"}') < 1 and time.perf_counter() - began < 60:
            await asyncio.sleep(0.25)
        table.add("a stalled viewer is cut off after", time.perf_counter() - began, "s", 30)
        writer.transport.abort()


async def scenario_leaving(table: Table) -> None:
    """A viewer with heavy work leaves."""
    with serving() as server:
        line = await opened(server, HEAVY)
        await line.send('{"type":"advance","until":10000}')
        await line.recv()
        began = time.perf_counter()
        await line.close()
        while server.metric("steepest_sessions") > 0 and time.perf_counter() - began < 10:
            await asyncio.sleep(0.01)
        table.add("a viewer that leaves frees its work after", time.perf_counter() - began, "s", 0.5)


async def scenario_training(table: Table) -> None:
    """Heavy runs beside a small request: how long it waits for the loop."""
    with serving() as server:
        lines = [await opened(server, HEAVY) for _ in range(4)]
        for line in lines:
            await line.send('{"type":"advance","until":10000}')
        readers = [asyncio.create_task(drain(line)) for line in lines]
        waits = await pings(server, 8)
        table.add("/healthz at p99 while four viewers train twelve networks each", 1000 * p99(waits), "ms", HELD)
        for task, line in zip(readers, lines, strict=True):
            task.cancel()
            await line.close()


async def scenario_preparing(table: Table) -> None:
    """The opens that take longest to prepare, and calls that do, beside a small request."""

    async def open_again(seed: int) -> None:
        for number in range(100):
            line = await opened(server, long_to_prepare(100 * seed + number))
            await line.close()

    def ask() -> None:
        runs = "&".join(["run=adam"] * 12)
        for _ in range(100):
            for call in ("theory", "figures/descent"):
                address = f"{server.http}/api/v1/{call}?surface=rosenbrock&steps=10000&{runs}"
                with urllib.request.urlopen(address, timeout=60) as answer:
                    answer.read()

    with serving() as server:
        table.add("/healthz at p99 alone", 1000 * p99(await pings(server, 4)), "ms", HELD)
        tasks = [asyncio.create_task(open_again(seed)) for seed in range(4)]
        await asyncio.sleep(0.5)
        table.add(
            "/healthz at p99 while four viewers open what is longest to prepare",
            1000 * p99(await pings(server, 8)),
            "ms",
            HELD,
        )
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        calls = [asyncio.create_task(asyncio.to_thread(quietly, ask)) for _ in range(2)]
        await asyncio.sleep(0.5)
        table.add(
            "/healthz at p99 while theory and figures are asked for", 1000 * p99(await pings(server, 8)), "ms", HELD
        )
    await asyncio.gather(*calls)


def quietly(work: Callable[[], None]) -> None:
    """Until the server is gone."""
    try:
        work()
    except OSError:
        return


async def scenario_sweeps(table: Table) -> None:
    """Eight heavy sweeps at once."""
    with serving() as server:
        await asyncio.to_thread(sweep, server, {**SWEEP, "over": {"lr": {"low": 0.1, "high": 0.2, "count": 2}}})
        before, began = server.memory(), time.perf_counter()
        sweeps = [asyncio.create_task(asyncio.to_thread(sweep, server, SWEEP)) for _ in range(8)]
        waits = await pings(server, 10)
        late, _ = await viewers(server, 20, 1, 8)
        await asyncio.gather(*sweeps)
        table.add("eight sweeps of 40,000 runs of 2,000 steps take", time.perf_counter() - began, "s")
        table.add("/healthz at p99 while eight sweeps run", 1000 * p99(waits), "ms", HELD)
        table.add("a slice at p99 for 20 viewers while eight sweeps run", 1000 * p99(late), "ms", 150)
        table.add("memory that eight sweeps leave in the server", server.memory() - before, "MB")


def sweep(server: Process, body: Any) -> None:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{server.http}/api/v1/sweeps", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=600) as answer:
        last = answer.read().splitlines()[-1]
    assert json.loads(last)["type"] == "result"


async def scenario_restart(table: Table) -> None:
    """The server is restarted under 300 viewers."""
    server = Process()
    server.wait_ready()
    loyal, tasks = await crowd(server, 300)
    table.add("SIGTERM under 300 viewers ends the process after", await server.end(), "s", 5)
    server = Process(port=server.port)
    table.add("all 300 viewers go on after a restart within", await all_go_on(loyal, 1), "s", 20)
    table.add("rows lost or doubled by the restart", sum(viewer.wrong for viewer in loyal), "rows", 0)
    for viewer in loyal:
        viewer.stop = True
    await asyncio.gather(*tasks)
    await server.end()


async def scenario_end(table: Table) -> None:
    """SIGTERM while a client takes nothing."""
    server = Process()
    server.wait_ready()
    writer = await stalled_viewer(server)
    await asyncio.sleep(2)
    table.add("SIGTERM with a stalled client ends the process after", await server.end(), "s", 5)
    writer.transport.abort()


async def scenario_workers(table: Table) -> None:
    """kill -9 of one of two workers under 60 viewers."""
    with serving("--workers", "2") as server:
        loyal, tasks = await crowd(server, 60)
        os.kill(server.workers()[0], signal.SIGKILL)
        table.add("all 60 viewers go on after kill -9 of a worker within", await all_go_on(loyal, 20), "s", 20)
        table.add("rows lost or doubled by kill -9", sum(viewer.wrong for viewer in loyal), "rows", 0)
        for viewer in loyal:
            viewer.stop = True
        await asyncio.gather(*tasks)


async def scenario_soak(table: Table, seconds: float = 600) -> None:
    """Ten minutes of 60 viewers that come and go: memory stays."""
    with serving() as server:
        await viewers(server, 60, 1, 20)
        before, began = server.memory(), time.perf_counter()
        while time.perf_counter() - began < seconds:
            await viewers(server, 60, 1, 20)
        table.add(f"memory grows in {seconds / 60:g} minutes of 60 viewers by", server.memory() - before, "MB", 20)


Scenario = Callable[[Table], Awaitable[None]]
SCENARIOS: dict[str, Scenario] = {
    name.removeprefix("scenario_"): value for name, value in list(globals().items()) if name.startswith("scenario_")
}


async def main(chosen: list[str]) -> None:
    table = Table()
    for name in chosen or [name for name in SCENARIOS if name != "soak"]:
        print(f"{name}: {SCENARIOS[name].__doc__}", flush=True)
        await SCENARIOS[name](table)
        table.keep("server")
    print(f"\n{table.text()}\n\n{len(table.missed)} of {len(table.rows)} missed their bars.")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
