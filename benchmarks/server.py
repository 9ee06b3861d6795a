"""The server under load: a real process, real sockets on the loopback, each figure beside its bar.

    make bench-server                      all scenarios
    python -m benchmarks.server viewers    one of them

Bounded in count and time; nothing else should run on the machine.
"""

# ruff: noqa: S310, S311, S603
import asyncio
import json
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

ROOT = Path(__file__).resolve().parents[1]
TICKS = os.sysconf("SC_CLK_TCK")
RACE: dict[str, Any] = {
    "problem": {"kind": "surface", "name": "rosenbrock"},
    "steps": 10_000,
    "runs": [
        {"optimizer": "sgd", "settings": {"lr": 0.001}},
        {"optimizer": "momentum", "settings": {"lr": 0.001}},
        {"optimizer": "adam", "settings": {"lr": 0.1}},
    ],
}
HEAVY = {
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


@dataclass
class Table:
    """What was measured, beside what it must be."""

    rows: list[tuple[str, str, str, bool | None]] = field(default_factory=list)

    def add(self, name: str, value: float, unit: str, bar: float | None = None) -> None:
        good = None if bar is None else value <= bar
        self.rows.append((name, f"{value:.3g} {unit}", "" if bar is None else f"{bar:g} {unit}", good))
        print(f"  {self.rows[-1][0]}: {self.rows[-1][1]} (bar {self.rows[-1][2] or '-'})", flush=True)

    def text(self) -> str:
        lines = ["| figure | measured | must be at most | |", "|---|---|---|---|"]
        marks = {True: "met", False: "missed", None: ""}
        return "\n".join([*lines, *(f"| {n} | {v} | {bar} | {marks[good]} |" for n, v, bar, good in self.rows)])


@contextmanager
def serving(port: int, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A server process, ready."""
    process = start(port, *arguments)
    try:
        wait_ready(port)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        process.wait()


def start(port: int, *arguments: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "app", "--port", str(port), "--log-level", "error", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)


def wait_ready(port: int) -> float:
    """Seconds until /readyz answers."""
    began = time.perf_counter()
    while time.perf_counter() - began < 60:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
            return time.perf_counter() - began
        time.sleep(0.01)
    raise TimeoutError("the server is not ready after 60 s")


def metric(port: int, name: str) -> float:
    """A number of /metrics, 0 where it is not there yet."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        found = re.search(rf"^{re.escape(name)} (\S+)$", answer.read().decode(), re.M)
    return float(found[1]) if found else 0.0


def processor_seconds(pid: int) -> float:
    """Processor time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(pid: int) -> float:
    """Resident memory in MB."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100)[98] if len(values) > 1 else float("nan")


async def opened(port: int, spec: Any, first: int = 0) -> ClientConnection:
    """A stream with a spec open."""
    line = await connect(f"ws://127.0.0.1:{port}/api/v1/stream", max_size=None, compression=None, open_timeout=30)
    await line.send(json.dumps({"type": "open", "spec": spec, "from": first}))
    answer = json.loads(await line.recv())
    assert answer["type"] == "opened", answer
    return line


async def granted(line: ClientConnection, until: int, runs: int) -> None:
    """Grant rows and wait until they are there."""
    await line.send(f'{{"type":"advance","until":{until}}}')
    waiting = runs
    while waiting:
        message = json.loads(await line.recv())
        if message["type"] == "steps" and message["from"] + message["count"] - 1 >= until:
            waiting -= 1


async def view(port: int, runs: int, seconds: float, late: list[float]) -> None:
    """One viewer: ten rows of each run ten times a second; the time that they take to arrive."""
    rate = 10.0
    line = await opened(port, {**RACE, "runs": RACE["runs"][:runs]})
    await asyncio.sleep(random.random() / rate)  # viewers do not tick together
    until, due = 0, time.perf_counter()
    end = due + seconds
    while due < end:
        until += 10
        began = time.perf_counter()
        await granted(line, until, runs)
        late.append(time.perf_counter() - began)
        due = max(due + 1 / rate, time.perf_counter())
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
    await line.close()


async def viewers(port: int, count: int, runs: int, seconds: float) -> list[float]:
    late: list[float] = []
    await asyncio.gather(*(view(port, runs, seconds, late) for _ in range(count)))
    return late


async def scenario_viewers(table: Table) -> None:
    """300 viewers at 10 slices a second, 60 at 30."""
    with serving(9100) as process:
        for count, runs in ((300, 1), (60, 3)):
            used, began = processor_seconds(process.pid), time.perf_counter()
            late = await viewers(9100, count, runs, 20)
            cores = (processor_seconds(process.pid) - used) / (time.perf_counter() - began)
            table.add(f"{count} viewers at {10 * runs} slices a second, p99 of a slice", 1000 * p99(late), "ms", 150)
            table.add(f"{count} viewers at {10 * runs} slices a second, server", cores, "cores", 1)


async def stalled_viewer(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A viewer that asks for much and then takes nothing at all."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
    writer.write(
        b"GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    await reader.readuntil(b"\r\n\r\n")
    heavy = {**RACE, "runs": [{"optimizer": "adam", "detail": True}] * 12}
    for message in ({"type": "open", "spec": heavy}, {"type": "advance", "until": 10_000}):
        data = json.dumps(message).encode()
        length = bytes([0x80 | 126]) + len(data).to_bytes(2, "big") if len(data) > 125 else bytes([0x80 | len(data)])
        writer.write(b"\x81" + length + bytes(4) + data)
    await writer.drain()
    transport = writer.transport
    transport.pause_reading()  # type: ignore[attr-defined]
    return reader, writer


async def scenario_stalled(table: Table) -> None:
    """One stalled viewer among 60."""
    with serving(9101):
        alone = p99(await viewers(9101, 60, 1, 10))
        _, writer = await stalled_viewer(9101)
        began = time.perf_counter()
        beside = p99(await viewers(9101, 60, 1, 10))
        table.add("one stalled viewer among 60 costs the others at p99", 1000 * max(0.0, beside - alone), "ms", 20)
        while metric(9101, 'steepest_closes_total{code="stalled"}') < 1 and time.perf_counter() - began < 60:
            await asyncio.sleep(0.25)
        table.add("a stalled viewer is cut off after", time.perf_counter() - began, "s", 30)
        writer.transport.abort()


async def scenario_leaving(table: Table) -> None:
    """A viewer with heavy work leaves."""
    with serving(9102):
        line = await opened(9102, HEAVY)
        await line.send('{"type":"advance","until":10000}')
        await line.recv()
        began = time.perf_counter()
        await line.close()
        while metric(9102, "steepest_sessions") > 0 and time.perf_counter() - began < 10:
            await asyncio.sleep(0.01)
        table.add("a viewer that leaves frees its work after", time.perf_counter() - began, "s", 0.5)


async def scenario_heavy(table: Table) -> None:
    """Heavy runs and sweeps beside a viewer: how long a small request waits for the loop."""
    with serving(9103) as process:
        lines = [await opened(9103, HEAVY) for _ in range(4)]
        for line in lines:
            await line.send('{"type":"advance","until":10000}')
        readers = [asyncio.create_task(drain(line)) for line in lines]
        table.add("health while four viewers train twelve networks each, p99", 1000 * p99(await pings(9103, 6)), "ms")
        for task, line in zip(readers, lines, strict=True):
            task.cancel()
            await line.close()
        before = memory(process.pid)
        sweeps = [asyncio.create_task(asyncio.to_thread(sweep, 9103)) for _ in range(8)]
        table.add("health while eight sweeps run, p99", 1000 * p99(await pings(9103, 10)), "ms")
        began = time.perf_counter()
        await asyncio.gather(*sweeps)
        table.add("eight sweeps of 40,000 runs of 2,000 steps", time.perf_counter() - began + 10, "s")
        table.add("memory that the sweeps leave in the server", memory(process.pid) - before, "MB")


async def drain(line: ClientConnection) -> None:
    with suppress(ConnectionClosed):
        async for _ in line:
            pass


async def pings(port: int, seconds: float) -> list[float]:
    """How long /healthz takes, asked for fifty times a second over one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    waits, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        began = time.perf_counter()
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        await reader.readuntil(b'"ok"}')
        waits.append(time.perf_counter() - began)
        await asyncio.sleep(0.02)
    writer.close()
    return waits


def sweep(port: int) -> None:
    data = json.dumps(SWEEP).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/sweeps", data, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=300) as answer:
        last = answer.read().splitlines()[-1]
    assert json.loads(last)["type"] == "result"


class Loyal:
    """A viewer that comes back after a lost connection and goes on from the row it had."""

    def __init__(self, port: int) -> None:
        self.port, self.rows, self.wrong, self.stop = port, 0, 0, False

    async def stay(self) -> None:
        while not self.stop:
            try:
                line = await opened(self.port, RACE, self.rows)
                while not self.stop:
                    await line.send(json.dumps({"type": "advance", "until": self.rows + 9}))
                    expected = self.rows
                    while self.rows < expected + 10:
                        message = json.loads(await line.recv())
                        if message["type"] == "steps" and message["run"] == 0:
                            self.wrong += message["from"] != self.rows
                            self.rows += message["count"]
                    await asyncio.sleep(0.1)
                await line.close()
            except (OSError, ConnectionClosed, EOFError, TimeoutError):
                await asyncio.sleep(0.1 + 0.4 * random.random())
            except Exception:
                await asyncio.sleep(0.2)


async def scenario_restart(table: Table) -> None:
    """The server is restarted under 300 viewers, and one of two workers is killed under 60."""
    process = start(9104)
    wait_ready(9104)
    crowd = [Loyal(9104) for _ in range(300)]
    tasks = [asyncio.create_task(viewer.stay()) for viewer in crowd]
    while min(viewer.rows for viewer in crowd) < 20:
        await asyncio.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    ended = time.perf_counter()
    await asyncio.to_thread(process.wait)
    table.add("SIGTERM under 300 viewers ends the process after", time.perf_counter() - ended, "s", 5)
    had = [viewer.rows for viewer in crowd]
    process = start(9104)
    began = time.perf_counter()
    while any(viewer.rows <= rows for viewer, rows in zip(crowd, had, strict=True)):
        assert time.perf_counter() - began < 60
        await asyncio.sleep(0.1)
    table.add("all 300 viewers go on after a restart within", time.perf_counter() - began, "s", 20)
    table.add("rows lost or doubled", sum(viewer.wrong for viewer in crowd), "rows", 0)
    for viewer in crowd:
        viewer.stop = True
    await asyncio.gather(*tasks)
    process.send_signal(signal.SIGTERM)
    await asyncio.to_thread(process.wait)


async def scenario_end(table: Table) -> None:
    """SIGTERM while a client takes nothing."""
    process = start(9105)
    wait_ready(9105)
    _, writer = await stalled_viewer(9105)
    await asyncio.sleep(2)
    began = time.perf_counter()
    process.send_signal(signal.SIGTERM)
    await asyncio.to_thread(process.wait)
    table.add("SIGTERM with a stalled client ends the process after", time.perf_counter() - began, "s", 5)
    writer.transport.abort()


async def scenario_workers(table: Table) -> None:
    """kill -9 of one of two workers under 60 viewers."""
    with serving(9106, "--workers", "2") as process:
        crowd = [Loyal(9106) for _ in range(60)]
        tasks = [asyncio.create_task(viewer.stay()) for viewer in crowd]
        while min(viewer.rows for viewer in crowd) < 20:
            await asyncio.sleep(0.1)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        workers = [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]
        os.kill(workers[0], signal.SIGKILL)
        had, began = [viewer.rows for viewer in crowd], time.perf_counter()
        while any(viewer.rows <= rows + 20 for viewer, rows in zip(crowd, had, strict=True)):
            assert time.perf_counter() - began < 60
            await asyncio.sleep(0.1)
        table.add("all 60 viewers go on after kill -9 of a worker within", time.perf_counter() - began, "s", 20)
        table.add("rows lost or doubled after kill -9", sum(viewer.wrong for viewer in crowd), "rows", 0)
        for viewer in crowd:
            viewer.stop = True
        await asyncio.gather(*tasks)


async def scenario_ready(table: Table) -> None:
    """From start to the first answer of /readyz, the median of five."""
    times = []
    for _ in range(5):
        process = start(9107)
        times.append(wait_ready(9107))
        process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(process.wait)
    table.add("ready after", statistics.median(times), "s", 2)


async def scenario_soak(table: Table, seconds: float = 600) -> None:
    """Ten minutes of 60 viewers that come and go: memory stays."""
    with serving(9108) as process:
        await viewers(9108, 60, 1, 20)
        before, began = memory(process.pid), time.perf_counter()
        while time.perf_counter() - began < seconds:
            await viewers(9108, 60, 1, 20)
        table.add(f"memory grows in {seconds / 60:g} minutes by", memory(process.pid) - before, "MB", 20)


Scenario = Callable[[Table], Awaitable[None]]
SCENARIOS: dict[str, Scenario] = {
    name.removeprefix("scenario_"): value for name, value in list(globals().items()) if name.startswith("scenario_")
}


async def main(chosen: list[str]) -> None:
    table = Table()
    for name in chosen or [name for name in SCENARIOS if name != "soak"]:
        print(f"{name}: {SCENARIOS[name].__doc__}", flush=True)
        await SCENARIOS[name](table)
    print("\n" + table.text())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
