"""/api/v1 over HTTP: the catalog, trajectories and surfaces."""

from collections.abc import AsyncGenerator, Callable, Sequence
from traceback import clear_frames
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.types import Send

from app import catalog as catalogs
from app import examples, grids, links, trajectories
from app.encoding import in_pieces
from app.negotiation import caching, chosen, held, not_modified, tag
from app.problems import Fault, InvalidError, ProblemError, fault
from app.runs import Made, Prepared, make_problem, prepare
from app.settings import Settings
from app.spec import MOST_STEPS, Problem, Spec, Surface
from app.translation import Say as Translate
from app.translation import choose, translator
from app.turns import Places, Turns
from core.errors import FieldError
from core.settings import unknown
from core.surfaces import SURFACES

JSON = "application/json"

First = Annotated[int, Query(alias="from", ge=0, le=MOST_STEPS, description="first row")]
Until = Annotated[int | None, Query(ge=0, le=MOST_STEPS, description="last row; all of them by default")]
Resolution = Annotated[int, Query(ge=2, le=grids.FINEST, description="points along each side of the grid")]
Language = Annotated[Literal["en", "zh"] | None, Query(description="language of the texts; else by Accept-Language")]
FormatOf = Annotated[
    Literal["json", "csv", "ndjson", "npz"] | None, Query(alias="format", description="else by Accept")
]


class Streamed(StreamingResponse):
    """What it writes from is let go when it is sent, or the caller has gone: not when the collector comes by."""

    async def stream_response(self, send: Send) -> None:
        try:
            await super().stream_response(send)
        except (
            BaseException
        ) as error:  # of a caller that left; it lives on in a cycle, and with it what its frames hold
            clear_frames(error.__traceback__)
            raise
        finally:
            if isinstance(self.body_iterator, AsyncGenerator):
                await self.body_iterator.aclose()


def only_json(request: Request) -> None:
    """Refuse a body that does not say it is JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON:
        raise ProblemError(415, f"Send the body as {JSON}, not {kind or 'without a type'}.", name="media-type")


def only(*names: str) -> Callable[[Request], None]:
    """Refuse a query with a name that the call does not have."""
    known = sorted({*names, "lang"})

    def check(request: Request) -> None:
        strange = [name for name in dict.fromkeys(request.query_params) if name not in known]
        if strange:
            raise InvalidError(Fault(n, unknown("name", n, known), "unknown", {"known": known}) for n in strange)

    return check


def checked_link(request: Request, known: Sequence[str] = links.VIEW) -> Spec:
    """The spec that the query says; `known` names are no part of it, and any other is refused."""
    reading = links.read(request.query_params.multi_items(), known)
    if reading.ignored:
        raise InvalidError(reading.ignored)
    return links.check(reading.body)


def linked(request: Request) -> Spec:
    """The spec that the query says."""
    return checked_link(request)


def language_for(request: Request, lang: Language = None) -> str:
    """The language that the caller wants."""
    return choose(lang, request.headers.get("accept-language"))


def say_for(language: Annotated[str, Depends(language_for)]) -> Translate:
    """The translation that the caller wants."""
    return translator(language)


Say = Annotated[Translate, Depends(say_for)]


def router(settings: Settings, turns: Turns) -> APIRouter:
    """The catalog, trajectories and surfaces."""
    routes = APIRouter()
    large = Places(trajectories.MOST_LARGE)

    @routes.get("/catalog", dependencies=[Depends(only())], responses=examples.CATALOG)
    def catalog(request: Request, language: Annotated[str, Depends(language_for)]) -> Response:
        """Every surface, optimizer, schedule, dataset, loss and kind of problem, with settings and texts."""
        return pure(request, tag("catalog", language), "Accept-Language", lambda: catalogs.body(translator(language)))

    @routes.post(
        "/trajectories",
        dependencies=[Depends(only_json), Depends(only("from", "until", "format"))],
        responses=examples.POSTED_TRAJECTORIES,
        openapi_extra=examples.SPEC_BODY,
    )
    async def post_trajectories(
        request: Request, spec: Spec, first: First = 0, until: Until = None, form: FormatOf = None
    ) -> Response:
        """Runs from a start on a problem: every step, as columns."""
        return await answer(request, await run_in_threadpool(prepare, spec, picked=True), first, until, form)

    @routes.get("/trajectories", responses=examples.TRAJECTORIES, openapi_extra=examples.LINK_QUERY)
    async def get_trajectories(
        request: Request,
        spec: Annotated[Spec, Depends(linked)],
        first: First = 0,
        until: Until = None,
        form: FormatOf = None,
    ) -> Response:
        """The same from the query of a link."""
        return await answer(request, await run_in_threadpool(prepare, spec, picked=True), first, until, form, pure=True)

    async def answer(
        request: Request, prepared: Prepared, first: int, until: int | None, asked: str | None, pure: bool = False
    ) -> Response:
        form = chosen(request, asked, {name: kind for name, (kind, _) in trajectories.FORMATS.items()})
        kind, write = trajectories.FORMATS[form]
        entity = tag("trajectories", prepared.spec.body(), first, until, form)
        if pure and held(request, entity):
            return not_modified(entity, "Accept")
        numbers = trajectories.check_cost(prepared, first, until, settings)
        place = large.take() if numbers > trajectories.LARGE else None
        result = await trajectories.make(prepared, first, until, settings.slice_seconds, turns, place)
        headers = caching(entity, "Accept") if pure else {"Vary": "Accept"}
        if form in ("csv", "npz"):
            headers["Content-Disposition"] = f'attachment; filename="steepest.{form}"'
        return Streamed(write(result), headers=headers, media_type=kind)

    @routes.get("/surfaces/{name}", dependencies=[Depends(only("resolution"))], responses=examples.SURFACE)
    def get_surface(request: Request, name: str, resolution: Resolution = grids.RESOLUTION) -> Response:
        """A surface of the registry on a grid, with levels, minima, formula and program."""
        if name not in SURFACES:
            raise ProblemError(404, unknown("surface", name[:60], SURFACES), name="no-surface")
        made = made_problem(Surface(kind="surface", name=name))
        return pure(
            request, tag("surface", name, resolution), "Accept", lambda: in_pieces(grids.grid(made, resolution))
        )

    @routes.post(
        "/surfaces",
        dependencies=[Depends(only_json), Depends(only("resolution"))],
        responses=examples.POSTED_SURFACE,
        openapi_extra=examples.PROBLEM_BODY,
    )
    def post_surface(problem: Problem, resolution: Resolution = grids.RESOLUTION) -> Response:
        """The same for a problem: a typed formula is checked here."""
        return Response(in_pieces(grids.grid(made_problem(problem), resolution)), media_type=JSON)

    return routes


def pure(request: Request, entity: str, vary: str, body: Callable[[], bytes]) -> Response:
    """An answer that is the same whenever it is asked for: made only for who does not have it."""
    if held(request, entity):
        return not_modified(entity, vary)
    return Response(body(), headers=caching(entity, vary), media_type=JSON)


def made_problem(problem: Problem) -> Made:
    """The engine's problem, or what is wrong with it."""
    try:
        return make_problem(problem)
    except FieldError as error:
        raise InvalidError([fault(error)]) from None
