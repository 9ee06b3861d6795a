"""Addresses for who operates the server: is it alive, does it answer in full, how much does it do."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from app import metrics
from app.problems import ProblemError
from app.runs import prepare
from app.spec import Spec

PROBE = {"problem": {"kind": "formula", "formula": "x**2"}, "start": [1], "steps": 2, "runs": [{"optimizer": "sgd"}]}


def router() -> APIRouter:
    """/healthz, /readyz and /metrics."""
    routes = APIRouter()

    @routes.get("/healthz")
    async def healthz() -> JSONResponse:
        """The process serves."""
        return JSONResponse({"status": "ok"})

    @routes.get("/readyz")
    async def readyz(request: Request) -> JSONResponse:
        """It can do its work: the engine makes steps, and the pages' files are there."""
        walk = prepare(Spec.model_validate(PROBE)).walks[0]
        if len(walk.advance(2)["step"]) != 3 or request.app.state.assets.find("tokens.json") is None:
            raise ProblemError(503, "The engine or the pages' files are not there.", name="not-ready")
        return JSONResponse({"status": "ready"})

    @routes.get("/metrics")
    def numbers() -> Response:
        """Prometheus's numbers."""
        body, kind = metrics.exposition()
        return Response(body, headers={"Cache-Control": "no-store"}, media_type=kind)

    return routes
