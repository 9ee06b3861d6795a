"""Runs from start to end: costed before any work, made in slices, written piece by piece."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from starlette.concurrency import run_in_threadpool

from app import links
from app.encoding import columns_json, listed, npz
from app.messages import status_body
from app.problems import Fault, InvalidError, encode
from app.runs import Columns, Prepared, Track
from app.settings import Settings
from app.spec import MOST_STEPS
from app.turns import Place, Turns

SLICE_NUMBERS = 50_000  # most numbers made between two turns
TOO_LARGE = (
    "the answer would have {cost:,} numbers, the most is {cap:,}: ask for fewer columns with `columns`, "
    "for a slice with ?from= and ?until=, or for the steps over the stream."
)
TOO_MUCH = (
    "this takes about {cost:.2g} multiplications, the most is {cap:.2g}: ask for fewer steps, runs or points, "
    "or for the steps over the stream."
)
LARGE = 200_000  # numbers of a large answer: megabytes, as long as the caller takes to read them
MOST_LARGE = 16  # large answers at the same time
PIECE_NUMBERS = 4_000  # numbers written between two turns
PIECE_BYTES = 256 * 1024  # of an archive that are sent at once


@dataclass(frozen=True)
class Result:
    """Runs as made: the rows that were asked for."""

    prepared: Prepared
    tracks: Sequence[Track]
    columns: Sequence[Columns]
    place: Place | None = None  # kept as long as the rows


def check_cost(prepared: Prepared, first: int, until: int | None, settings: Settings) -> float:
    """Refuse an answer that is too large or too much work, before any of it is done; else how many numbers it has."""
    numbers = work = 0.0
    for index, walk in enumerate(prepared.walks):
        last = walk.plan.steps if until is None else min(until, walk.plan.steps)
        numbers += max(0, last + 1 - first) * len(prepared.columns(index))
        work += last * prepared.step_cost(walk)
    _refuse_over(TOO_LARGE, numbers, settings.answer_numbers)
    check_work(work, settings)
    return numbers


def check_work(work: float, settings: Settings) -> None:
    """Refuse so many multiplications if they are too many."""
    _refuse_over(TOO_MUCH, work, settings.work_cost)


def _refuse_over(sentence: str, cost: float, cap: float) -> None:
    if cost > cap:
        values = {"cost": int(cost), "cap": int(cap)}
        raise InvalidError([Fault("runs", sentence.format(**values), "too_large", values)], **values)


async def make(
    prepared: Prepared, first: int, until: int | None, seconds: float, turns: Turns, place: Place | None = None
) -> Result:
    """All rows asked for; between two slices others get their turns."""
    last = MOST_STEPS if until is None else until
    await run_in_threadpool(prepared.rehearse)
    tracks = [
        Track(walk, prepared.columns(index), first, pace=prepared.pace(walk))
        for index, walk in enumerate(prepared.walks)
    ]
    made = []
    for track in tracks:
        parts: list[Columns] = []
        while not parts or (not track.over and track.made < last):
            async with turns:
                parts.append(track.make(last, seconds, SLICE_NUMBERS)[1])
        made.append(await run_in_threadpool(_joined, parts))
    return Result(prepared, tracks, made, place)


def _joined(parts: Sequence[Columns]) -> Columns:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


async def as_json(result: Result) -> AsyncIterator[bytes]:
    """One object: the complete spec, its link, and the runs with their columns."""
    spec = result.prepared.spec
    link = await run_in_threadpool(links.write, spec)  # it makes the problem, to see which start is its own
    yield encode({"spec": spec.body(), "link": link})[:-1] + b',"runs":['
    for index, (track, columns) in enumerate(zip(result.tracks, result.columns, strict=True)):
        run = spec.runs[index]
        said = {"optimizer": run.optimizer, "settings": run.settings, "status": status_body(track.status)}
        yield (b"," if index else b"") + encode(said)[:-1] + b',"columns":{'
        for place, (name, column) in enumerate(columns.items()):
            yield (b"," if place else b"") + columns_json({name: column})[1:-1]
            await asyncio.sleep(0)
        yield b"}}"
    yield b"]}"


async def as_csv(result: Result) -> AsyncIterator[bytes]:
    """A line a row: the run's number, then the union of all columns, blank where a run has none."""
    names = list(dict.fromkeys(name for columns in result.columns for name in columns))
    yield _lines([["run", *names]])
    for index, columns in enumerate(result.columns):
        for rows in _pieces(columns):
            blank = [""] * len(next(iter(rows.values())))
            table = [_cells(rows[name]) if name in rows else blank for name in names]
            yield _lines([[str(index), *cells] for cells in zip(*table, strict=True)])
            await asyncio.sleep(0)


async def as_ndjson(result: Result) -> AsyncIterator[bytes]:
    """A JSON object a row, and after each run's rows its status."""
    for index, (track, columns) in enumerate(zip(result.tracks, result.columns, strict=True)):
        for rows in _pieces(columns):
            cells = zip(*rows.values(), strict=True)
            yield b"".join(encode({"run": index, **dict(zip(rows, row, strict=True))}) + b"\n" for row in cells)
            await asyncio.sleep(0)
        yield encode({"run": index, "status": status_body(track.status)}) + b"\n"


async def as_npz(result: Result) -> AsyncIterator[bytes]:
    """NumPy's archive: an array a column, `run0/x`; `numpy.load` reads it."""
    arrays = {
        f"run{index}/{name}": column for index, columns in enumerate(result.columns) for name, column in columns.items()
    }
    archive = await run_in_threadpool(npz, arrays)
    for begin in range(0, len(archive), PIECE_BYTES):
        yield archive[begin : begin + PIECE_BYTES]


def _pieces(columns: Columns) -> Iterator[dict[str, list[float]]]:
    """A few rows at a time, fewer where there are many columns."""
    count = len(next(iter(columns.values())))
    size = max(1, PIECE_NUMBERS // len(columns))
    for begin in range(0, count, size):
        yield {name: listed(name, column[begin : begin + size]) for name, column in columns.items()}


def _cells(values: Sequence[float]) -> list[str]:
    return ["" if value != value else repr(value) for value in values]  # noqa: PLR0124  (NaN is not itself)


def _lines(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


FORMATS = {
    "json": ("application/json", as_json),
    "csv": ("text/csv", as_csv),
    "ndjson": ("application/x-ndjson", as_ndjson),
    "npz": ("application/x-npz", as_npz),
}
