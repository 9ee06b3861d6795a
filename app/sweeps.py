"""Sweeps: one run over a line or a grid of values, in processes of their own, with progress."""

import asyncio
import math
import multiprocessing
import os
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from itertools import islice, product
from typing import Annotated, Any, Literal, TypeVar

import numpy as np
from fastapi import APIRouter, Depends, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from app import examples
from app.api import Streamed, only, only_json
from app.encoding import in_pieces
from app.lifeline import end_with_parent
from app.logs import LOG
from app.problems import Fault, InvalidError, busy, crash, encode, fault
from app.runs import Prepared, prepare
from app.settings import Settings
from app.spec import MOST_RUNS, Name, Spec, Strict, Within
from app.sweeping import Outcome, outcomes
from core.errors import FieldError
from core.optimizers import OPTIMIZERS
from core.plan import typed_settings
from core.problems.problem import FormulaProblem
from core.settings import Setting, unknown

Made = TypeVar("Made")

MOST_POINTS = 400 * 400
AT_ONCE = 8  # sweeps that may run at the same time
CHUNK_COST = 2e8  # multiplications of a piece: about half a second, so that hanging up frees the process soon
CHUNK_POINTS = 16_384
NICENESS = 10  # a slice comes before a sweep wherever both want the same core
STEP_COST = 5e3  # multiplications that could be done while a model's step is called: a small model costs no less


class Axis(Strict):
    """Values of one setting, or of one place of the start."""

    low: float
    high: float
    count: Annotated[int, Within(1, 400)]
    scale: Literal["linear", "log"] = "linear"

    def values(self) -> list[float]:
        """The values, low to high."""
        space = np.geomspace if self.scale == "log" else np.linspace
        values: list[float] = space(self.low, self.high, self.count).tolist()
        return values


class Goal(Strict):
    """What is to be reached."""

    loss: float


class Sweep(Strict):
    """One run of a spec, over one or two of its values."""

    spec: Spec
    run: Annotated[int, Within(0, MOST_RUNS - 1)] = 0
    over: Annotated[dict[Name, Axis], Field(min_length=1, max_length=2)]
    goal: Goal | None = None


def stand_back() -> None:
    """What a process of the pool is: it gives way to the stream that viewers watch, and ends with the server."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    end_with_parent()


class Pool:
    """Processes that are started when the first sweep comes."""

    def __init__(self, processes: int) -> None:
        self.processes = processes
        self.executor: ProcessPoolExecutor | None = None
        self.running = 0

    def submit(self, work: Callable[..., Made], *arguments: Any) -> asyncio.Future[Made]:
        """A piece of work, done by some process."""
        if self.executor is None:
            os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
            context = multiprocessing.get_context("spawn")
            self.executor = ProcessPoolExecutor(self.processes, context, initializer=stand_back)
        return asyncio.wrap_future(self.executor.submit(work, *arguments))

    def check_busy(self) -> None:
        """Refuse when as much is going on as may."""
        if self.running >= AT_ONCE:
            raise busy()

    async def alone(self, work: Callable[..., Made], *arguments: Any) -> Made:
        """A piece of work that is an answer by itself."""
        self.check_busy()
        self.running += 1
        try:
            return await self.submit(work, *arguments)
        except BrokenExecutor:
            self.renew()
            raise
        finally:
            self.running -= 1

    def renew(self) -> None:
        """Other processes for the next sweep, after one of these was lost."""
        self.close()
        self.executor = None

    def close(self) -> None:
        """End the processes; what they do is not waited for."""
        if self.executor is not None:
            self.executor.shutdown(wait=False, cancel_futures=True)


def router(settings: Settings, pool: Pool) -> APIRouter:
    """The call that sweeps."""
    routes = APIRouter()

    @routes.post(
        "/sweeps",
        dependencies=[Depends(only_json), Depends(only())],
        responses=examples.SWEEP,
        openapi_extra=examples.SWEEP_BODY,
    )
    async def post_sweep(sweep: Sweep) -> Response:
        """A run over one value (a curve) or two (a map): lines of progress, then the result; hang up to cancel."""
        prepared, cost = await run_in_threadpool(checked, sweep)
        total = math.prod(axis.count for axis in sweep.over.values())
        if cost * total > settings.sweep_cost:
            values = {"cost": int(cost * total), "cap": int(settings.sweep_cost)}
            message = TOO_MUCH.format(**values)
            raise InvalidError([Fault("over", message, "too_large", values)], **values)
        pool.check_busy()
        # progress must come when it is made, not when a compressor has enough
        headers = {"Content-Encoding": "identity", "Cache-Control": "no-store"}
        lines = swept(sweep, prepared, cost, pool)
        return Streamed(lines, headers=headers, media_type="application/x-ndjson")

    return routes


TOO_MUCH = (
    "takes about {cost:.2g} multiplications, the most is {cap:.2g}: ask for fewer values, fewer steps or fewer points."
)


def checked(sweep: Sweep) -> tuple[Prepared, float]:
    """The spec complete, and the cost of one run; or what is wrong with the sweep."""
    prepared = prepare(sweep.spec)
    if sweep.run >= len(prepared.walks):
        message = f"must be from 0 to {len(prepared.walks) - 1}, the number of a run."
        raise InvalidError([Fault("run", message, "out_of_range", {"low": 0, "high": len(prepared.walks) - 1})])
    walk = prepared.walks[sweep.run]
    optimizer = sweep.spec.runs[sweep.run].optimizer
    known: dict[str, Setting | None] = dict.fromkeys(walk.problem.parameters)
    rows = OPTIMIZERS[optimizer].settings if optimizer else typed_settings(walk.plan.rule) if walk.plan.rule else ()
    known |= {setting.name: setting for setting in rows}
    try:
        for name, axis in sweep.over.items():
            _check_axis(name, axis, known)
    except FieldError as error:
        raise InvalidError([fault(error, "over")]) from None
    return prepared, walk.plan.steps * prepared.step_cost(walk)


def _check_axis(name: str, axis: Axis, known: dict[str, Setting | None]) -> None:
    if name not in known:
        message = unknown("setting or parameter", name, sorted(known))
        raise FieldError(name, message, code="unknown", known=sorted(known))
    if axis.high < axis.low:
        raise FieldError(f"{name}.high", "must not be below low.", code="out_of_range", low=axis.low)
    if not math.isfinite(axis.high - axis.low):
        raise FieldError(
            f"{name}.high", "is too far from low: take a smaller range.", code="out_of_range", low=axis.low
        )
    if axis.scale == "log" and axis.low <= 0:
        raise FieldError(f"{name}.low", "must be above 0 on a log scale.", code="out_of_range", low=0)
    setting = known[name]
    if setting is not None:
        setting.check(axis.low, f"{name}.low")
        setting.check(axis.high, f"{name}.high")


async def swept(sweep: Sweep, prepared: Prepared, cost: float, pool: Pool) -> AsyncIterator[bytes]:
    """Progress as pieces are done, then the result; whoever hangs up takes what waits with them."""
    axes = {name: axis.values() for name, axis in sweep.over.items()}
    total = math.prod(len(values) for values in axes.values())
    points = (point[::-1] for point in product(*reversed(axes.values())))  # the first value varies fastest
    together = isinstance(prepared.walks[sweep.run].problem, FormulaProblem)
    least = 0 if together else prepared.walks[sweep.run].plan.steps * STEP_COST
    size = max(1, min(CHUNK_POINTS, int(CHUNK_COST * (10 if together else 1) / max(cost, least))))
    upcoming = enumerate(iter(lambda: list(islice(points, size)), []))
    goal = -math.inf if sweep.goal is None else sweep.goal.loss
    spec_json = prepared.spec.model_dump_json(exclude_none=True)
    done: dict[int, Outcome] = {}
    waiting: dict[asyncio.Future[Outcome], int] = {}
    pool.running += 1
    try:
        finished = 0
        while finished < total:
            # few pieces at a time, so that sweeps take turns
            while len(waiting) < pool.processes and (piece := next(upcoming, None)) is not None:
                waiting[pool.submit(outcomes, spec_json, sweep.run, list(axes), piece[1], goal)] = piece[0]
            ready, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for future in ready:
                number = waiting.pop(future)
                done[number] = future.result()
                finished += len(done[number]["state"])
            yield encode({"type": "progress", "done": finished, "of": total}) + b"\n"
        yield await run_in_threadpool(last_line, sweep.run, prepared, axes, done)
    except (BrokenExecutor, RuntimeError) as error:
        LOG.exception("a sweep failed")
        if isinstance(error, BrokenExecutor):
            pool.renew()
        problem = crash()
        yield encode({"type": "error", "problem": problem.body()}) + b"\n"
    finally:
        pool.running -= 1
        for future in waiting:
            future.cancel()


def last_line(run: int, prepared: Prepared, axes: dict[str, list[float]], pieces: Mapping[int, Outcome]) -> bytes:
    """A list per outcome over one value; over two a list of rows, one for each of the second's values."""
    ordered = [pieces[number] for number in sorted(pieces)]
    whole: dict[str, Any] = {name: [value for piece in ordered for value in piece[name]] for name in ordered[0]}
    if len(axes) == 2:
        width = len(next(iter(axes.values())))
        whole = {n: [flat[i : i + width] for i in range(0, len(flat), width)] for n, flat in whole.items()}
    body = {"type": "result", "spec": prepared.spec.body(), "run": run, "over": axes, **whole}
    return in_pieces(body) + b"\n"
