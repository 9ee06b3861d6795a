"""What theory says of each run of a link, at one row of it, beside what the run itself measures."""

from dataclasses import asdict
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Depends, Query, Request, Response

from app import examples, links, trajectories
from app.api import checked_link, pure
from app.negotiation import tag
from app.problems import Fault, InvalidError, encode
from app.runs import Prepared, prepare
from app.settings import Settings
from app.spec import MOST_STEPS, Spec
from app.turns import Beside
from core.running import Run as Walk
from core.theory import measured_factor, steps_to, theory

MOST_PARAMETERS = 100  # a Hessian has their square of numbers

Row = Annotated[int, Query(ge=0, le=MOST_STEPS, description="the row at which the curvature is taken")]


def linked(request: Request) -> Spec:
    """The spec that the query says, beside `row`."""
    return checked_link(request, (*links.VIEW, "row"))


def router(settings: Settings, beside: Beside) -> APIRouter:
    """The call that says what to expect."""
    routes = APIRouter()

    @routes.get("/theory", responses=examples.THEORY, openapi_extra=examples.LINK_QUERY)
    async def get_theory(request: Request, spec: Annotated[Spec, Depends(linked)], row: Row = 0) -> Response:
        """Curvature at a row, stable and best rates, predicted and measured rate of convergence."""

        def work() -> Response:
            prepared = prepare(spec)
            check(prepared, settings)
            entity = tag("theory", prepared.spec.body(), row)
            return pure(request, entity, "Accept", lambda: encode(answer(prepared, row)))

        return await beside(work)

    return routes


def check(prepared: Prepared, settings: Settings) -> None:
    """Refuse what is too much, before any work."""
    trajectories.check_cost(prepared, 0, None, settings)
    for index, walk in enumerate(prepared.walks):
        if len(walk.problem.parameters) > MOST_PARAMETERS:
            message = f"has {len(walk.problem.parameters)} parameters; theory takes at most {MOST_PARAMETERS}."
            values = {"cost": len(walk.problem.parameters), "cap": MOST_PARAMETERS}
            raise InvalidError([Fault(f"runs[{index}].problem", message, "too_large", values)])


def answer(prepared: Prepared, row: int) -> dict[str, Any]:
    """Each run's theory, one after the other."""
    runs = zip(prepared.spec.runs, prepared.walks, strict=True)
    return {"spec": prepared.spec.body(), "runs": [of_run(run.optimizer, walk, row) for run, walk in runs]}


def of_run(optimizer: str | None, walk: Walk, row: int) -> dict[str, Any]:
    """Theory at a row, or at the last one there is, with the settings that make the next."""
    rows = walk.advance(walk.plan.steps)
    last = len(rows["step"]) - 1
    if last < 0:
        return {"optimizer": optimizer, "row": None, "point": None, "theory": None, "measured": None}
    names = walk.problem.parameters
    at = min(row, last)
    point = [float(rows[name][at]) for name in names]
    said = asdict(theory(walk.problem, optimizer, walk.plan.settings_for(at + 1), point))
    gradients = np.column_stack([rows[f"gradient_{name}"] for name in names])
    measured = measured_factor(gradients)
    return {
        "optimizer": optimizer,
        "row": at,
        "point": point,
        "theory": {**said, "steps_to_a_millionth": _millionth(said["factor"])},
        "measured": {"factor": measured, "steps_to_a_millionth": _millionth(measured)},
    }


def _millionth(factor: float | None) -> int | None:
    return None if factor is None else steps_to(factor, 1e-6)
