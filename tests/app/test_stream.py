"""The socket, once for each of its rules, against a real server."""

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from app import command
from app.stream import welcome
from tests.app.specs import ROSENBROCK
from tests.serving import Caller, Server, start_server, stop_server

OPEN = json.dumps({"type": "open", "spec": ROSENBROCK})


async def until_ended(line: ClientConnection, runs: int) -> list[Any]:
    """All messages until so many runs have ended."""
    got: list[Any] = []
    while sum(isinstance(m, dict) and m["type"] == "ended" for m in got) < runs:
        data = await asyncio.wait_for(line.recv(), 20)
        got.append(json.loads(data) if isinstance(data, str) else data)
    return got


def stack(messages: list[Any], run: int) -> dict[str, list[float]]:
    """One run's columns, its slices joined."""
    columns: dict[str, list[float]] = {}
    for message in messages:
        if message["type"] == "steps" and message["run"] == run:
            for name, values in message["columns"].items():
                columns.setdefault(name, []).extend(values)
    return columns


def read_frame(data: bytes) -> tuple[dict[str, Any], np.ndarray[Any, Any]]:
    """A binary frame's header and its columns."""
    length = int.from_bytes(data[:4], "little")
    header = json.loads(data[4 : 4 + length])
    begin = -(-(4 + length) // 8) * 8
    return header, np.frombuffer(data[begin:], "<f8").reshape(-1, header["count"])


def test_link_body_and_stream_give_the_same_numbers(server: Server, call: Caller) -> None:
    async def talk() -> list[Any]:
        async with connect(server.stream, subprotocols=[Subprotocol("steepest.v1")]) as line:
            assert line.subprotocol == "steepest.v1"
            await line.send(OPEN)
            await line.send('{"type": "advance", "until": 7}')
            await line.send('{"type": "advance", "until": 40}')
            return await until_ended(line, 3)

    messages = asyncio.run(talk())
    answer = call.post("/api/v1/trajectories", json=ROSENBROCK).json()
    by_link = call.get("/api/v1/trajectories" + answer["link"].removeprefix("/")).json()
    assert by_link == answer
    assert messages[0]["type"] == "opened"
    assert messages[0]["spec"] == answer["spec"]
    for run in range(3):
        assert stack(messages, run) == answer["runs"][run]["columns"]


def test_binary_frames_carry_the_same_numbers(server: Server, call: Caller) -> None:
    async def talk() -> list[Any]:
        async with connect(server.stream) as line:
            await line.send(json.dumps({"type": "open", "spec": ROSENBROCK, "encoding": "binary", "from": 3}))
            await line.send('{"type": "advance", "until": 40}')
            return await until_ended(line, 3)

    messages = asyncio.run(talk())
    names = messages[0]["runs"][0]["columns"]
    answer = call.post("/api/v1/trajectories?from=3", json=ROSENBROCK).json()
    frames = [read_frame(message) for message in messages if isinstance(message, bytes)]
    for run in range(3):
        slices = [values for header, values in frames if header["run"] == run]
        whole = np.concatenate(slices, axis=1)
        assert whole.tolist() == [answer["runs"][run]["columns"][name] for name in names]
    assert {header["type"] for header, _ in frames} == {"steps"}


def test_an_error_leaves_the_connection(server: Server) -> None:
    async def talk() -> list[Any]:
        async with connect(server.stream) as line:
            await line.send("what?")
            await line.send(OPEN)
            return [json.loads(await line.recv()) for _ in range(2)]

    refused, opened = asyncio.run(talk())
    assert (refused["type"], refused["problem"]["status"]) == ("error", 400)
    assert opened["type"] == "opened"


def closing(server: Server, *frames: str | bytes, text: bool | None = None) -> int:
    """The code with which the server closes after these frames; `text` sends bytes as if they were text."""

    async def talk() -> int:
        async with connect(server.stream) as line:
            try:
                for frame in frames:
                    await line.send(frame, text=text)
                while True:
                    await asyncio.wait_for(line.recv(), 20)
            except ConnectionClosed as closed:
                assert closed.rcvd is not None
                return closed.rcvd.code

    return asyncio.run(talk())


def test_each_close_has_its_code(server: Server) -> None:
    assert closing(server, b"{}") == 1003
    assert closing(server, b"\xff", text=True) == 1007
    assert closing(server, "x" * 65_537) == 1009
    assert closing(server, *["{}"] * 60) == 1008


def test_frames_are_not_compressed(server: Server) -> None:
    async def talk() -> list[Any]:
        async with connect(server.stream, compression="deflate") as line:
            return list(line.protocol.extensions)

    assert asyncio.run(talk()) == []


def test_the_socket_has_the_limits_that_the_protocol_names(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr(uvicorn, "run", lambda _app, **options: given.update(options))
    command.main(["--port", "8000"])
    assert given["ws_ping_interval"] == given["ws_ping_timeout"] == 20
    assert given["ws_max_size"] == 64 * 1024
    assert given["ws_per_message_deflate"] is False
    assert given["timeout_graceful_shutdown"] == 5


@pytest.fixture
def own() -> Iterator[Server]:
    """A server of this test's own, which has little patience with viewers that take nothing."""
    server = start_server(STEEPEST_STALL_SECONDS="0.5")
    yield server
    stop_server(server)


def test_a_restart_is_told_with_1012(own: Server) -> None:
    async def talk() -> int:
        async with connect(own.stream) as line:
            await line.send(OPEN)
            await asyncio.wait_for(line.recv(), 20)
            own.process.terminate()
            with pytest.raises(ConnectionClosed) as caught:
                await asyncio.wait_for(line.recv(), 20)
            assert caught.value.rcvd is not None
            return caught.value.rcvd.code

    assert asyncio.run(talk()) == 1012


def number(server: Server, name: str) -> float:
    """One of the server's own numbers; 0 while it is not there."""
    lines = Caller(base=server.http).get("/metrics").text.splitlines()
    return next((float(line.rpartition(" ")[2]) for line in lines if line.rpartition(" ")[0] == name), 0.0)


def becomes(server: Server, name: str, value: float) -> bool:
    """Whether a number comes to this within some seconds."""
    for _ in range(100):
        if number(server, name) == value:
            return True
        time.sleep(0.1)
    return False


HEAVY = {
    "problem": {"kind": "network", "dataset": {"name": "moons", "count": 2000}, "hidden": [30, 30]},
    "steps": 10_000,
    "runs": [{"optimizer": "adam", "detail": True}] * 12,
}


def test_a_viewer_that_leaves_takes_its_work_with_it(server: Server) -> None:
    async def leave() -> None:
        async with connect(server.stream, max_size=None, close_timeout=0.5) as line:
            await line.send(json.dumps({"type": "open", "spec": HEAVY}))
            await line.send('{"type": "advance", "until": 10000}')
            await asyncio.wait_for(line.recv(), 20)
            await asyncio.wait_for(line.recv(), 20)
            assert await asyncio.to_thread(number, server, "steepest_sessions") == 1

    asyncio.run(leave())
    assert becomes(server, "steepest_sessions", 0)
    made = number(server, "steepest_steps_total")
    assert becomes(server, "steepest_steps_total", made)
    assert made < 10_000


def test_a_viewer_that_takes_nothing_is_cut_off(own: Server) -> None:
    async def stall() -> None:
        async with connect(own.stream, max_size=None, max_queue=1, close_timeout=0.5) as line:
            await line.send(json.dumps({"type": "open", "spec": HEAVY}))
            await line.send('{"type": "advance", "until": 10000}')
            stalled = 'steepest_closes_total{code="stalled"}'
            assert await asyncio.to_thread(becomes, own, stalled, 1)  # and meanwhile no frame is taken
        assert line.close_code == 1006

    asyncio.run(asyncio.wait_for(stall(), 60))
    assert becomes(own, "steepest_sessions", 0)


def test_a_foreign_page_is_refused(server: Server) -> None:
    async def talk(origin: str) -> bytes:
        with pytest.raises(InvalidStatus) as caught:
            await connect(server.stream, origin=Origin(origin))
        response = caught.value.response
        assert response.status_code == 403
        assert response.headers["content-type"] == "application/problem+json"
        return bytes(response.body or b"")

    assert json.loads(asyncio.run(talk("https://elsewhere.example")))["status"] == 403


def test_any_other_address_is_told_where_the_stream_is(server: Server) -> None:
    async def talk() -> tuple[int, bytes]:
        with pytest.raises(InvalidStatus) as caught:
            await connect(server.stream.replace("stream", "strm"))
        return caught.value.response.status_code, bytes(caught.value.response.body or b"")

    status, body = asyncio.run(talk())
    assert (status, json.loads(body)["detail"]) == (404, "The stream is at /api/v1/stream.")


def test_who_may_open_the_stream() -> None:
    assert welcome(None, "steepest.example", ())
    assert welcome("https://steepest.example", "steepest.example", ())
    assert welcome("https://school.example", "steepest.example", ("https://school.example",))
    assert not welcome("https://school.example:444", "steepest.example", ("https://school.example",))
    assert not welcome("null", "steepest.example", ())
    assert not welcome("http://[", "steepest.example", ())
