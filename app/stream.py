"""The socket around a session: one task receives, one sends, and computing takes turns."""

import asyncio
import math
from concurrent.futures import Executor, ThreadPoolExecutor
from time import perf_counter

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from app import metrics
from app.encoding import frame
from app.messages import Closed, Refused, Steps
from app.problems import ProblemError, count, respond
from app.session import Opening, Session
from app.settings import Settings
from app.turns import Turns

SUBPROTOCOL = "steepest.v1"


def router(settings: Settings, turns: Turns) -> APIRouter:
    """The stream's one address; slices of computing take `turns`, and what is opened is prepared beside the loop."""
    routes = APIRouter()
    preparing = ThreadPoolExecutor(1, "preparing")  # one, so that the loop shares the processor with no more

    @routes.websocket("/stream")
    async def stream(websocket: WebSocket) -> None:
        if not welcome(websocket.headers.get("origin"), websocket.headers.get("host"), settings.allowed_origins):
            error = ProblemError(403, "Pages of this origin may not open the stream.", name="foreign-origin")
            await websocket.send_denial_response(respond(error))
            return
        offered = websocket.scope["subprotocols"]
        await websocket.accept(subprotocol=SUBPROTOCOL if SUBPROTOCOL in offered else None)
        with metrics.SESSIONS.track_inprogress():
            await Line(websocket, settings, turns, preparing).serve()

    return routes


def elsewhere() -> APIRouter:
    """What a WebSocket is told at any other address."""
    routes = APIRouter()

    @routes.websocket("/{path:path}")
    async def nothing(websocket: WebSocket, path: str) -> None:
        await websocket.send_denial_response(respond(ProblemError(404, "The stream is at /api/v1/stream.")))

    return routes


def welcome(origin: str | None, host: str | None, allowed: tuple[str, ...]) -> bool:
    """Whether a page of `origin` may open the stream: its own host's pages, the allowed, and programs.

    >>> welcome("http://localhost:8000", "localhost:8000", ())
    True
    >>> welcome("https://evil.example", "localhost:8000", ("https://school.example",))
    False
    """
    return origin is None or origin.partition("://")[2] == host or origin in allowed


class Line:
    """One connection."""

    def __init__(self, websocket: WebSocket, settings: Settings, turns: Turns, preparing: Executor) -> None:
        self.websocket = websocket
        self.settings = settings
        self.turns = turns
        self.preparing = preparing
        self.session = Session(settings)
        self.news = asyncio.Event()  # something was received
        self.room = asyncio.Event()  # something was sent
        self.sending = math.inf  # since when a message has been on its way

    async def serve(self) -> None:
        """Until either side ends; what was being made for a viewer that left is dropped at once."""
        tasks = [asyncio.create_task(work) for work in (self.receive(), self.send(), self.watch())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            for result in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(result, Exception) and not isinstance(result, WebSocketDisconnect):
                    raise result

    async def receive(self) -> None:
        while True:
            message = await self.websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            text = message.get("text")
            opening = self.session.receive(message["bytes"] if text is None else text)
            if opening is not None:
                await self.prepare(opening)
            self.news.set()
            while self.session.full:
                self.room.clear()
                await self.room.wait()

    async def prepare(self, opening: Opening) -> None:
        """Make ready what was asked for, beside the loop; a viewer that used up its computing waits first."""
        if pause := self.session.pause:
            metrics.WAITS.inc()
            await asyncio.sleep(pause)
        loop = asyncio.get_running_loop()
        self.session.settle(await loop.run_in_executor(self.preparing, opening))

    async def send(self) -> None:
        while True:
            await self.news.wait()
            self.news.clear()
            while self.session.working:
                began = perf_counter()
                async with self.turns:
                    message = self.session.produce()
                    data = None if message is None or isinstance(message, Closed) else frame(message)
                if isinstance(message, Closed):
                    metrics.CLOSES.labels(message.code).inc()
                    self.sending = perf_counter()
                    await self.websocket.close(message.code, message.reason)
                    return
                if data is not None:
                    await self.deliver(data)
                if isinstance(message, Steps):
                    metrics.STEPS.inc(message.count)
                    metrics.SLICE_SECONDS.observe(perf_counter() - began)
                elif isinstance(message, Refused):
                    count(message.problem)
                self.room.set()
            if self.session.waiting:
                metrics.WAITS.inc()
                asyncio.get_running_loop().call_later(self.session.pause, self.news.set)

    async def deliver(self, data: str | bytes) -> None:
        """Send one message, which may take as long as the viewer takes."""
        self.sending = perf_counter()
        await (self.websocket.send_text(data) if isinstance(data, str) else self.websocket.send_bytes(data))
        self.sending = math.inf

    async def watch(self) -> None:
        """Cut off a viewer that takes nothing for `stall_seconds`: looked for now and then, without a timer each."""
        patience = self.settings.stall_seconds
        while perf_counter() - self.sending < patience:
            await asyncio.sleep(patience / 8)
        metrics.CLOSES.labels("stalled").inc()
        abort = self.websocket.scope.get("extensions", {}).get("steepest.abort")
        if abort is not None:
            abort()
