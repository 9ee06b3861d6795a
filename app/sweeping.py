"""What a process of the pool does of a sweep: runs that differ in one or two values, each as what became of it."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from app.runs import Prepared, prepare
from app.spec import Run, Spec
from core.ensembles import Ensemble
from core.errors import FieldError
from core.plan import Change
from core.problems.problem import FormulaProblem
from core.running import Run as Walk

Outcome = dict[str, list[Any]]
Points = Sequence[Sequence[float]]


def outcomes(spec_json: str, index: int, names: Sequence[str], points: Points, goal: float) -> Outcome:
    """For each point (a value per name) the last loss and place, the first step at the goal, and the state."""
    spec = alone(Spec.model_validate_json(spec_json), index)
    prepared = prepare(spec)
    walk = prepared.walks[0]
    try:
        if isinstance(walk.problem, FormulaProblem) and walk.plan.rule is not None:
            return _together(spec, walk, names, points, goal)
        return _one_by_one(prepared, names, points, goal)
    except FieldError as error:  # cannot travel between processes
        raise RuntimeError(str(error)) from None


def alone(spec: Spec, index: int) -> Spec:
    """The spec of one run, and of none beside it."""
    changes = [change.model_copy(update={"run": 0}) for change in spec.changes if change.run == index]
    return spec.model_copy(update={"runs": [spec.runs[index]], "changes": changes})


def _together(spec: Spec, walk: Walk, names: Sequence[str], points: Points, goal: float) -> Outcome:
    """As columns: thousands of runs in one pass."""
    (run,) = spec.effective()
    columns = dict(zip(names, np.array(points, float).T, strict=True))
    parameters = walk.problem.parameters
    starts = [
        columns.get(name, np.full(len(points), start)) for name, start in zip(parameters, walk.start, strict=True)
    ]
    settings = {**walk.settings, **{name: column for name, column in columns.items() if name not in parameters}}
    assert isinstance(walk.problem, FormulaProblem)
    many = Ensemble(
        walk.problem,
        run.optimizer,
        rule=run.rule,
        starts=np.column_stack(starts),
        settings=settings,
        steps=walk.plan.steps,
        seed=walk.plan.seed,
        schedule=(run.schedule.name, run.schedule.settings) if run.schedule else None,
        changes=[Change(change.after, change.settings) for change in spec.changes],
        goal=goal,
    )
    many.advance(walk.plan.steps)
    states = ["finished"] * len(points)
    for number, status in many.statuses.items():
        states[number] = status.state
    return {
        "loss": [float(loss) for loss in many.loss],
        "steps": [None if math.isinf(step) else int(step) for step in many.reached],
        "state": states,
        **{f"end_{name}": column.tolist() for name, column in zip(parameters, many.parameters, strict=True)},
    }


def _one_by_one(prepared: Prepared, names: Sequence[str], points: Points, goal: float) -> Outcome:
    """Models, and rules that are not element by element."""
    parameters = prepared.walks[0].problem.parameters
    ends = parameters if len(parameters) <= 2 else ()
    found: Outcome = {name: [] for name in ("loss", "steps", "state", *(f"end_{name}" for name in ends))}
    for point in points:
        run = _placed(prepared.spec, parameters, dict(zip(names, point, strict=True)))
        run = run.model_copy(update={"columns": ["loss", *ends]})  # all columns of a large model would be gigabytes
        walk = prepare(prepared.spec.model_copy(update={"runs": [run]}), picked=True).walks[0]
        rows = walk.advance(walk.plan.steps)
        reached = np.flatnonzero(rows["loss"] <= goal)
        found["loss"].append(float(rows["loss"][-1]) if rows["loss"].size else math.nan)
        found["steps"].append(int(reached[0]) if reached.size else None)
        found["state"].append(walk.status.state)
        for name in ends:
            found[f"end_{name}"].append(float(rows[name][-1]) if rows["loss"].size else math.nan)
    return found


def _placed(spec: Spec, parameters: Sequence[str], values: dict[str, float]) -> Run:
    """The run with other values: settings, or places of its start."""
    (run,) = spec.runs
    start = run.start or spec.start
    if start is not None:
        start = [values.get(name, place) for name, place in zip(parameters, start, strict=True)]
    settings = {**run.settings, **{name: value for name, value in values.items() if name not in parameters}}
    return run.model_copy(update={"settings": settings, "start": start})
