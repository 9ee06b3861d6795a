"""The socket around a session: one task receives, one sends, and computing takes turns."""

import asyncio
from time import perf_counter

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from app import metrics
from app.encoding import frame
from app.messages import Closed, Refused, Steps
from app.problems import ProblemError, count, respond
from app.session import Session
from app.settings import Settings

SUBPROTOCOL = "steepest.v1"


def router(settings: Settings, turn: asyncio.Lock) -> APIRouter:
    """The stream's one address; `turn` is taken for each slice of computing."""
    routes = APIRouter()

    @routes.websocket("/stream")
    async def stream(websocket: WebSocket) -> None:
        if not welcome(websocket.headers.get("origin"), websocket.headers.get("host"), settings.allowed_origins):
            error = ProblemError(403, "Pages of this origin may not open the stream.", name="foreign-origin")
            await websocket.send_denial_response(respond(error))
            return
        offered = websocket.scope["subprotocols"]
        await websocket.accept(subprotocol=SUBPROTOCOL if SUBPROTOCOL in offered else None)
        with metrics.SESSIONS.track_inprogress():
            await Line(websocket, settings, turn).serve()

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

    def __init__(self, websocket: WebSocket, settings: Settings, turn: asyncio.Lock) -> None:
        self.websocket = websocket
        self.settings = settings
        self.turn = turn
        self.session = Session(settings)
        self.news = asyncio.Event()  # something was received
        self.room = asyncio.Event()  # something was sent

    async def serve(self) -> None:
        """Until either side ends; what was being made for a viewer that left is dropped at once."""
        tasks = [asyncio.create_task(self.receive()), asyncio.create_task(self.send())]
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
            self.session.receive(message["bytes"] if text is None else text)
            self.news.set()
            while self.session.full:
                self.room.clear()
                await self.room.wait()

    async def send(self) -> None:
        while True:
            await self.news.wait()
            self.news.clear()
            while self.session.working:
                began = perf_counter()
                async with self.turn:
                    message = self.session.produce()
                    data = None if message is None or isinstance(message, Closed) else frame(message)
                    await asyncio.sleep(0)
                if isinstance(message, Closed):
                    metrics.CLOSES.labels(message.code).inc()
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

    async def deliver(self, data: str | bytes) -> None:
        """Send one message; a viewer that takes nothing for `stall_seconds` is cut off."""
        sending = self.websocket.send_text(data) if isinstance(data, str) else self.websocket.send_bytes(data)
        try:
            await asyncio.wait_for(sending, self.settings.stall_seconds)
        except TimeoutError:
            abort = self.websocket.scope.get("extensions", {}).get("steepest.abort")
            metrics.CLOSES.labels("stalled").inc()
            if abort is not None:
                abort()
            raise WebSocketDisconnect(1006) from None
