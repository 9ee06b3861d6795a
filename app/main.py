"""The application: calls, stream, pages and files, behind limits and security headers."""

import gc
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware

from app import (
    VERSION,
    api,
    backpropagations,
    examples,
    explanations,
    figures,
    links,
    models,
    operation,
    pages,
    problems,
    reference,
    slices,
    stream,
    sweeps,
    theories,
)
from app.assets import Assets
from app.guard import Head, Mistakes, SecurityHeaders, SizeLimit
from app.lifeline import stop_with_parent
from app.logs import RequestLog
from app.paths import folder
from app.settings import Settings
from app.turns import Beside, Turns, few_threads


def create_app(settings: Settings | None = None) -> FastAPI:
    """Steepest as an ASGI application."""
    settings = settings or Settings()
    assets = Assets(folder("static"))
    turns, beside = Turns(), Beside()
    pool = sweeps.Pool(settings.sweep_processes)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        sys.setswitchinterval(0.001)  # threads that prepare give way to the loop within so many seconds
        gc.freeze()  # what is here at the start stays: looking through it again and again would hold the loop for 50 ms
        few_threads()
        stop_with_parent()
        yield
        pool.close()

    app = FastAPI(
        title="Steepest",
        version=VERSION,
        description="Runs of gradient descent, step by step. The stream is described in docs/protocol.md.",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.settings = settings
    app.state.assets = assets
    problems.install(app)
    calls_of_all = (
        api.router(settings, turns),
        sweeps.router(settings, pool),
        slices.router(settings, pool),
        theories.router(settings, beside),
        explanations.router(settings, beside),
        figures.router(settings, assets, beside),
        models.router(),
        backpropagations.router(),
    )
    for calls in calls_of_all:
        app.include_router(calls, prefix="/api/v1", responses=examples.REFUSED)
    app.include_router(stream.router(settings, turns), prefix="/api/v1")
    app.include_router(assets.router())
    app.include_router(pages.router(assets, settings))
    app.include_router(reference.router(assets))
    app.include_router(operation.router(), include_in_schema=False)
    app.include_router(stream.elsewhere())

    app.add_middleware(Mistakes)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5, thread_minimum_size=16 * 1024)
    app.add_middleware(Head)
    app.add_middleware(SizeLimit, query=links.LONGEST_READ, body=settings.body_bytes)
    app.add_middleware(SecurityHeaders, frame_ancestors=settings.frame_ancestors)
    app.add_middleware(RequestLog)
    return app
