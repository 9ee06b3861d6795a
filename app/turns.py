"""Computing takes turns, and between two turns every socket is served; what takes long is done beside the loop."""

import asyncio
from collections.abc import Callable
from time import perf_counter
from types import TracebackType
from typing import TypeVar
from weakref import WeakSet

from anyio import CapacityLimiter
from anyio.to_thread import current_default_thread_limiter, run_sync

from app.problems import busy

Made = TypeVar("Made")

LONG_AT_ONCE = 2  # threads that do what may take seconds
MOST_WAITING = 64  # calls that wait for one of them
SHORT_AT_ONCE = 4  # threads for everything else: each one more makes the loop wait longer for the interpreter
AT_A_STRETCH = 0.002  # seconds of short slices that follow each other before the loop looks after all else


class Turns:
    """`async with turns:` around each slice of computing; who came first goes first."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._began = 0.0

    async def __aenter__(self) -> None:
        await self._lock.acquire()
        if perf_counter() - self._began < AT_A_STRETCH:
            return
        try:
            await asyncio.sleep(0)
        except BaseException:
            self._lock.release()
            raise
        self._began = perf_counter()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()


class Place:
    """One of few; free again when nobody holds it any more."""


class Places:
    """So many at the same time; who comes next is told 503.

    >>> places = Places(1)
    >>> place = places.take()
    >>> del place
    >>> place = places.take()
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._taken: WeakSet[Place] = WeakSet()

    def take(self) -> Place:
        if len(self._taken) >= self.count:
            raise busy()
        place = Place()
        self._taken.add(place)
        return place


class Beside:
    """`await beside(work)`: what may take seconds is done in one of few threads, who came first first."""

    def __init__(self) -> None:
        self._limiter = CapacityLimiter(LONG_AT_ONCE)
        self._calls = 0

    async def __call__(self, work: Callable[[], Made]) -> Made:
        if self._calls >= LONG_AT_ONCE + MOST_WAITING:
            raise busy()
        self._calls += 1
        try:
            return await run_sync(work, limiter=self._limiter)
        finally:
            self._calls -= 1


def few_threads() -> None:
    """Let few threads do what is short: called once, within the loop."""
    current_default_thread_limiter().total_tokens = SHORT_AT_ONCE
