"""What takes long is done beside the loop: few at a time, in order, and no more than so many wait."""

import asyncio
import threading
import time

import pytest

from app.problems import ProblemError
from app.turns import LONG_AT_ONCE, MOST_WAITING, Beside


def test_few_work_at_a_time_and_too_many_are_told_so() -> None:
    async def all_at_once() -> list[object]:
        gate = threading.Event()
        working = most = 0
        lock = threading.Lock()

        def work() -> str:
            nonlocal working, most
            with lock:
                working += 1
                most = max(most, working)
            gate.wait(10)
            with lock:
                working -= 1
            return "made"

        beside = Beside()
        calls = [asyncio.create_task(beside(work)) for _ in range(LONG_AT_ONCE + MOST_WAITING + 3)]
        while sum(call.done() for call in calls) < 3 or working < LONG_AT_ONCE:
            await asyncio.sleep(0.001)
        gate.set()
        outcomes: list[object] = [*await asyncio.gather(*calls, return_exceptions=True)]
        assert most == LONG_AT_ONCE
        return outcomes

    outcomes = asyncio.run(all_at_once())
    refused = [outcome for outcome in outcomes if isinstance(outcome, ProblemError)]
    assert [(error.status, error.headers) for error in refused] == [(503, {"Retry-After": "2"})] * 3
    assert outcomes.count("made") == LONG_AT_ONCE + MOST_WAITING
    assert all(isinstance(outcome, ProblemError) for outcome in outcomes[-3:])


def test_the_loop_goes_on_beside_the_work() -> None:
    async def tick() -> int:
        work = asyncio.create_task(Beside()(lambda: time.sleep(0.2)))
        ticks = 0
        while not work.done():
            await asyncio.sleep(0.001)
            ticks += 1
        return ticks

    assert asyncio.run(tick()) > 20


def test_a_mistake_in_the_work_is_the_caller_s() -> None:
    with pytest.raises(ZeroDivisionError):
        asyncio.run(Beside()(lambda: 1 / 0))
