"""Real servers as processes of their own, and viewers over real sockets on the loopback that drive them."""

# ruff: noqa: S310, S311, S603
import asyncio
import json
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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


class Process:
    """A server on a port of its own."""

    def __init__(self, *arguments: str, port: int | None = None) -> None:
        self.port = port or free_port()
        command = [sys.executable, "-m", "app", "--port", str(self.port), "--log-level", "error", *arguments]
        self.began = time.perf_counter()
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)

    def wait_ready(self) -> float:
        """Seconds from the start until /readyz answers."""
        while time.perf_counter() - self.began < 60:
            with suppress(OSError), urllib.request.urlopen(f"{self.http}/readyz", timeout=5):
                return time.perf_counter() - self.began
            time.sleep(0.01)
        raise TimeoutError("the server is not ready after 60 s")

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def end(self) -> float:
        """SIGTERM, and the seconds until the process has ended."""
        began = time.perf_counter()
        self.process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(self.process.wait)
        return time.perf_counter() - began

    def metric(self, name: str) -> float:
        """A number of /metrics, 0 where it is not there yet."""
        with urllib.request.urlopen(f"{self.http}/metrics", timeout=10) as answer:
            found = re.search(rf"^{re.escape(name)} (\S+)$", answer.read().decode(), re.M)
        return float(found[1]) if found else 0.0

    def processor_seconds(self) -> float:
        """Processor time the process has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self) -> float:
        """Resident memory in MB."""
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.process.pid}/status").read_text())
        return int(found[1]) / 1024 if found else 0.0

    def workers(self) -> list[int]:
        """The processes that serve, where there are several."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(*arguments: str) -> Iterator[Process]:
    """A server process, ready; ended afterwards whatever happens."""
    server = Process(*arguments)
    try:
        server.wait_ready()
        yield server
    finally:
        server.process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            server.process.wait(10)
        server.process.kill()
        server.process.wait()


def p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100)[98] if len(values) > 1 else float("nan")


def read(frame: str | bytes) -> dict[str, Any]:
    """A text frame, or the header of a binary one."""
    if isinstance(frame, bytes):
        frame = frame[4 : 4 + int.from_bytes(frame[:4], "little")].decode()
    message: dict[str, Any] = json.loads(frame)
    return message


async def opened(server: Process, spec: Any, first: int = 0) -> ClientConnection:
    """A stream with a spec open, in binary frames as the pages ask for them."""
    address = f"ws://127.0.0.1:{server.port}/api/v1/stream"
    line = await connect(address, max_size=None, compression=None, open_timeout=60)
    await line.send(json.dumps({"type": "open", "spec": spec, "from": first, "encoding": "binary"}))
    answer = read(await line.recv())
    assert answer["type"] == "opened", answer
    return line


async def granted(line: ClientConnection, until: int, runs: int) -> None:
    """Grant rows and wait until they are there."""
    await line.send(f'{{"type":"advance","until":{until}}}')
    waiting = runs
    while waiting:
        message = read(await line.recv())
        if message["type"] == "steps" and message["from"] + message["count"] - 1 >= until:
            waiting -= 1


async def view(line: ClientConnection, runs: int, seconds: float, late: list[float]) -> None:
    """One viewer: ten rows of each run ten times a second; the time that they take to arrive."""
    rate = 10.0
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


async def viewers(server: Process, count: int, runs: int, seconds: float) -> tuple[list[float], float]:
    """So many at once: how long their slices took, and how many processors the server used meanwhile."""
    spec = {**RACE, "runs": RACE["runs"][:runs]}
    lines = [await opened(server, spec) for _ in range(count)]
    late: list[float] = []
    used, began = server.processor_seconds(), time.perf_counter()
    await asyncio.gather(*(view(line, runs, seconds, late) for line in lines))
    cores = (server.processor_seconds() - used) / (time.perf_counter() - began)
    await asyncio.gather(*(line.close() for line in lines))
    return late, cores


async def stalled_viewer(server: Process) -> asyncio.StreamWriter:
    """A viewer that asks for much and then takes nothing at all."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1024)
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
    return writer


async def drain(line: ClientConnection) -> None:
    """Take whatever comes."""
    with suppress(ConnectionClosed):
        async for _ in line:
            pass


async def pings(server: Process, seconds: float) -> list[float]:
    """How long /healthz takes, asked for fifty times a second over one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    waits, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        began = time.perf_counter()
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        await reader.readuntil(b'"ok"}')
        waits.append(time.perf_counter() - began)
        await asyncio.sleep(0.02)
    writer.close()
    return waits


class Loyal:
    """A viewer that comes back after a lost connection and goes on from the row it had."""

    def __init__(self, server: Process) -> None:
        self.server, self.rows, self.wrong, self.stop = server, 0, 0, False

    async def stay(self) -> None:
        while not self.stop:
            try:
                await self.watch()
            except (OSError, ConnectionClosed, EOFError, TimeoutError):
                await asyncio.sleep(0.1 + 0.4 * random.random())

    async def watch(self) -> None:
        """Ten rows at a time; each must begin where the last ended."""
        line = await opened(self.server, {**RACE, "runs": RACE["runs"][:1]}, self.rows)
        while not self.stop:
            expected = self.rows + 10
            await line.send(json.dumps({"type": "advance", "until": expected - 1}))
            while self.rows < expected:
                message = read(await line.recv())
                if message["type"] == "steps":
                    self.wrong += message["from"] != self.rows
                    self.rows += message["count"]
            await asyncio.sleep(0.1)
        await line.close()


async def crowd(server: Process, count: int) -> tuple[list[Loyal], list["asyncio.Task[None]"]]:
    """Loyal viewers, each of which has seen some rows."""
    viewers = [Loyal(server) for _ in range(count)]
    tasks = [asyncio.create_task(viewer.stay()) for viewer in viewers]
    while min(viewer.rows for viewer in viewers) < 20:
        await asyncio.sleep(0.1)
    return viewers, tasks


async def all_go_on(viewers: list[Loyal], rows: int) -> float:
    """Seconds until every viewer has so many more rows than now."""
    had, began = [viewer.rows for viewer in viewers], time.perf_counter()
    while any(viewer.rows < before + rows for viewer, before in zip(viewers, had, strict=True)):
        assert time.perf_counter() - began < 120, "some viewer does not come back"
        await asyncio.sleep(0.05)
    return time.perf_counter() - began
