"""/api/v1 over HTTP: the catalog, trajectories and surfaces."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import ValidationError

from app import catalog as catalogs
from app import grids, links
from app.encoding import columns_json
from app.messages import status_body
from app.problems import Fault, InvalidError, ProblemError, encode, fault
from app.runs import Columns, Made, Prepared, Track, make_problem, prepare
from app.settings import Settings
from app.spec import MOST_STEPS, Problem, Spec, Surface
from app.translation import choose, translator
from core.errors import FieldError
from core.settings import unknown
from core.surfaces import SURFACES

JSON = "application/json"
SLICE_NUMBERS = 50_000  # most numbers made between two turns

First = Annotated[int, Query(alias="from", ge=0, le=MOST_STEPS, description="first row")]
Until = Annotated[int | None, Query(ge=0, le=MOST_STEPS, description="last row; all of them by default")]
Resolution = Annotated[int, Query(ge=2, le=grids.FINEST, description="points along each side of the grid")]
Language = Annotated[str | None, Query(pattern="^(en|zh)$", description="else by Accept-Language")]


def only_json(request: Request) -> None:
    """Refuse a body that does not say it is JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON:
        raise ProblemError(415, f"Send the body as {JSON}, not {kind or 'without a type'}.", name="media-type")


def only(*names: str) -> Callable[[Request], None]:
    """Refuse a query with a name that the call does not have."""

    def check(request: Request) -> None:
        known = {*names, "lang"}
        strange = [name for name in dict.fromkeys(request.query_params) if name not in known]
        if strange:
            sentence = [unknown("name", name, sorted(known)) for name in strange]
            values = {"known": sorted(known)}
            raise InvalidError(Fault(n, text, "unknown", values) for n, text in zip(strange, sentence, strict=True))

    return check


def linked(request: Request) -> Spec:
    """The spec that the query says."""
    reading = links.read(request.query_params.multi_items())
    if reading.ignored:
        raise InvalidError(reading.ignored)
    return links.check(reading.body)


def say_for(request: Request, lang: Language = None) -> Callable[[str], str]:
    """The translation that the caller wants."""
    return translator(choose(lang, request.headers.get("accept-language")))


Say = Annotated[Callable[[str], str], Depends(say_for)]


def router(settings: Settings, turn: asyncio.Lock) -> APIRouter:
    """Every call of /api/v1 but the stream."""
    routes = APIRouter()

    @routes.get("/catalog", dependencies=[Depends(only())])
    def catalog(say: Say) -> Response:
        """Every surface, optimizer, schedule, dataset, loss and kind of problem, with settings and texts."""
        return Response(catalogs.body(say), media_type=JSON)

    @routes.post("/trajectories", dependencies=[Depends(only_json), Depends(only("from", "until"))])
    async def post_trajectories(spec: Spec, first: First = 0, until: Until = None) -> Response:
        """Runs from a start on a problem, every step."""
        return await trajectories(prepare(spec), first, until)

    @routes.get("/trajectories")
    async def get_trajectories(
        spec: Annotated[Spec, Depends(linked)], first: First = 0, until: Until = None
    ) -> Response:
        """The same from the query of a link."""
        return await trajectories(prepare(spec), first, until)

    async def trajectories(prepared: Prepared, first: int, until: int | None) -> Response:
        check_size(prepared, first, until, settings.answer_numbers)
        tracks = [Track(walk, prepared.columns(index), first) for index, walk in enumerate(prepared.walks)]
        made = [await complete(track, until, settings.slice_seconds, turn) for track in tracks]
        return StreamingResponse(trajectories_json(prepared, tracks, made), media_type=JSON)

    @routes.get("/surfaces/{name}", dependencies=[Depends(only("resolution"))])
    def get_surface(name: str, resolution: Resolution = grids.RESOLUTION) -> Response:
        """A surface of the registry on a grid, with levels, minima, formula and program."""
        try:
            made = make_problem(Surface(kind="surface", name=name))
        except (FieldError, ValidationError):
            raise ProblemError(404, unknown("surface", name, SURFACES), name="no-surface") from None
        return Response(encode(grids.grid(made, resolution)), media_type=JSON)

    @routes.post("/surfaces", dependencies=[Depends(only_json), Depends(only("resolution"))])
    def post_surface(problem: Problem, resolution: Resolution = grids.RESOLUTION) -> Response:
        """The same for a problem: a typed formula is checked here."""
        return Response(encode(grids.grid(made_problem(problem), resolution)), media_type=JSON)

    return routes


def made_problem(problem: Problem) -> Made:
    """The engine's problem, or what is wrong with it."""
    try:
        return make_problem(problem)
    except FieldError as error:
        raise InvalidError([fault(error)]) from None


def check_size(prepared: Prepared, first: int, until: int | None, most: int) -> None:
    """Refuse an answer that is too large, before any work."""
    cost = 0
    for index, run in enumerate(prepared.spec.effective()):
        assert run.steps is not None
        last = run.steps if until is None else min(until, run.steps)
        cost += max(0, last + 1 - first) * len(prepared.columns(index))
    if cost > most:
        message = (
            f"the answer would have {cost} numbers, the most is {most}: ask for fewer columns with `columns`, "
            "for a slice with ?from= and ?until=, or take the steps from the stream."
        )
        raise InvalidError([Fault("runs", message, "too_large", {"cost": cost, "cap": most})], cost=cost, cap=most)


async def complete(track: Track, until: int | None, seconds: float, turn: asyncio.Lock) -> Columns:
    """All rows of a run up to `until`, made in slices so that others get their turns."""
    last = MOST_STEPS if until is None else until
    parts: list[Columns] = []
    while not track.over and track.made < last:
        async with turn:
            parts.append(track.make(last, seconds, SLICE_NUMBERS)[1])
            await asyncio.sleep(0)
    return {name: np.concatenate([part[name] for part in parts]) for name in track.columns}


async def trajectories_json(
    prepared: Prepared, tracks: Sequence[Track], made: Sequence[Columns]
) -> AsyncIterator[bytes]:
    """The answer piece by piece, a column at a time, so that writing a large one holds nobody up."""
    head = encode({"spec": prepared.spec.body(), "link": links.write(prepared.spec)})
    yield head[:-1] + b',"runs":['
    for index, (track, columns) in enumerate(zip(tracks, made, strict=True)):
        run = prepared.spec.runs[index]
        said = {"optimizer": run.optimizer, "settings": run.settings, "status": status_body(track.status)}
        yield (b"," if index else b"") + encode(said)[:-1] + b',"columns":{'
        for place, (name, column) in enumerate(columns.items()):
            yield (b"," if place else b"") + columns_json({name: column})[1:-1]
            await asyncio.sleep(0)
        yield b"}}"
    yield b"]}"
