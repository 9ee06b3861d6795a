"""The loss of a model on a plane through its parameters, with the path of a run on it; computed in a process."""

from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Depends, Response
from starlette.concurrency import run_in_threadpool

from app import examples
from app.api import JSON, only, only_json
from app.problems import Fault, InvalidError, encode
from app.runs import prepare
from app.settings import Settings
from app.spec import MOST_RUNS, Spec, Strict, Within
from app.sweeps import Pool
from core.problems.model import DataModel
from core.problems.slices import slice_along
from core.running import Run as Walk

RESOLUTION = 41
FINEST = 101
TOO_LARGE = "the path has {cost:,} numbers, the most is {cap:,}: ask for fewer steps or a smaller model."
TOO_MUCH = "takes about {cost:.2g} multiplications, the most is {cap:.2g}: take a coarser resolution or fewer points."


class Plane(Strict):
    """Which plane: along a run's own path, or random."""

    spec: Spec
    run: Annotated[int, Within(0, MOST_RUNS - 1)] = 0
    directions: Literal["path", "seeded"] = "path"
    seed: Annotated[int, Within(0, 2**32 - 1)] = 0
    resolution: Annotated[int, Within(2, FINEST)] = RESOLUTION


def router(settings: Settings, pool: Pool) -> APIRouter:
    """The call that slices."""
    routes = APIRouter()

    @routes.post(
        "/slices",
        dependencies=[Depends(only_json), Depends(only())],
        responses=examples.SLICE,
        openapi_extra=examples.SLICE_BODY,
    )
    async def post_slice(plane: Plane) -> Response:
        """The loss over two directions through a model's last parameters, and the run's path above them."""
        await run_in_threadpool(check, plane, settings)
        return Response(await pool.alone(made, plane.model_dump_json(exclude_none=True)), media_type=JSON)

    return routes


def check(plane: Plane, settings: Settings) -> None:
    """Refuse what has no plane, and what is too much, before any work."""
    prepared = prepare(plane.spec)
    if plane.run >= len(prepared.walks):
        message = f"must be from 0 to {len(prepared.walks) - 1}, the number of a run."
        raise InvalidError([Fault("run", message, "out_of_range")])
    walk = prepared.walks[plane.run]
    if not isinstance(walk.problem, DataModel):
        raise InvalidError(
            [Fault("run", "must train a model on data: others have a surface of their own.", "no_model")]
        )
    parameters = len(walk.problem.parameters)
    if parameters < 2:
        raise InvalidError([Fault("run", "has one parameter: a plane needs two.", "no_plane")])
    _refuse_over(TOO_LARGE, (walk.plan.steps + 1) * parameters, settings.answer_numbers)
    of_plane = 3.0 * walk.problem.count * parameters * plane.resolution**2
    _refuse_over(TOO_MUCH, walk.plan.steps * prepared.step_cost(walk) + of_plane, settings.work_cost)


def _refuse_over(sentence: str, cost: float, cap: float) -> None:
    if cost > cap:
        values = {"cost": int(cost), "cap": int(cap)}
        raise InvalidError([Fault("run", sentence.format(**values), "too_large", values)], **values)


def made(plane_json: str) -> bytes:
    """What a process does: run, slice, and write it down."""
    plane = Plane.model_validate_json(plane_json)
    walk = prepare(plane.spec).walks[plane.run]
    return encode(
        {"run": plane.run, **answer(walk, plane.seed if plane.directions == "seeded" else None, plane.resolution)}
    )


def answer(walk: Walk, seed: int | None, resolution: int) -> dict[str, Any]:
    """The plane with its path; a run that has no row has no path, and the plane goes through the start."""
    assert isinstance(walk.problem, DataModel)
    rows = walk.advance(walk.plan.steps)
    path = np.column_stack([rows[name] for name in walk.problem.parameters])
    found = slice_along(walk.problem, path if len(path) else np.array([walk.start]), seed, resolution)
    return {
        "parameters": walk.problem.parameters,
        "centre": found.centre.tolist(),
        "directions": found.directions.tolist(),
        "shares": found.shares.tolist(),
        "x": found.x.tolist(),
        "y": found.y.tolist(),
        "loss": found.loss.tolist(),
        "path": {"x": found.path[:, 0].tolist(), "y": found.path[:, 1].tolist()},
    }
