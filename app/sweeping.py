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
    spec = Spec.model_validate_json(spec_json)
    prepared = prepare(spec)
    run = list(spec.effective())[index]
    walk = prepared.walks[index]
    try:
        if isinstance(walk.problem, FormulaProblem) and walk.plan.rule is not None:
            return _together(spec, run, walk, index, names, points, goal)
        return _one_by_one(prepared, index, names, points, goal)
    except FieldError as error:  # cannot travel between processes
        raise RuntimeError(str(error)) from None


def _together(
    spec: Spec, run: Run, walk: Walk, index: int, names: Sequence[str], points: Points, goal: float
) -> Outcome:
    """As columns: thousands of runs in one pass."""
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
        changes=[Change(change.after, change.settings) for change in spec.changes if change.run == index],
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


def _one_by_one(prepared: Prepared, index: int, names: Sequence[str], points: Points, goal: float) -> Outcome:
    """Models, and rules that are not element by element."""
    ends = prepared.walks[index].problem.parameters if len(prepared.walks[index].problem.parameters) <= 2 else ()
    found: Outcome = {name: [] for name in ("loss", "steps", "state", *(f"end_{name}" for name in ends))}
    for point in points:
        spec = _placed(prepared.spec, index, dict(zip(names, point, strict=True)), ("loss", *ends))
        walk = prepare(spec, picked=True).walks[index]
        rows = walk.advance(walk.plan.steps)
        reached = np.flatnonzero(rows["loss"] <= goal)
        found["loss"].append(float(rows["loss"][-1]) if rows["loss"].size else math.nan)
        found["steps"].append(int(reached[0]) if reached.size else None)
        found["state"].append(walk.status.state)
        for name in ends:
            found[f"end_{name}"].append(float(rows[name][-1]) if rows["loss"].size else math.nan)
    return found


def _placed(spec: Spec, index: int, values: dict[str, float], columns: Sequence[str]) -> Spec:
    """The spec with other values for one run: settings, or places of its start; and of its rows these columns alone."""
    run = spec.runs[index]
    start = run.start or spec.start
    parameters = prepare(spec).walks[index].problem.parameters
    if start is not None:
        start = [values.get(name, place) for name, place in zip(parameters, start, strict=True)]
    settings = {**run.settings, **{name: value for name, value in values.items() if name not in parameters}}
    runs = list(spec.runs)
    runs[index] = run.model_copy(update={"settings": settings, "start": start, "columns": [*columns]})
    return spec.model_copy(update={"runs": runs})
