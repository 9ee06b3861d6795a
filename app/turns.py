"""Computing takes turns, and between two turns every socket is served."""

import asyncio
from time import perf_counter
from types import TracebackType

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
