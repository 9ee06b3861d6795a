"""Specs for tests: by hand, and generated from the registries."""

from typing import Any

from hypothesis import strategies as st

from core.optimizers import OPTIMIZERS
from core.schedules import SCHEDULES
from core.settings import Setting
from core.surfaces import SURFACES

ROSENBROCK: dict[str, Any] = {
    "problem": {"kind": "surface", "name": "rosenbrock"},
    "steps": 40,
    "runs": [
        {"optimizer": "sgd", "settings": {"lr": 0.001}},
        {"optimizer": "momentum", "settings": {"lr": 0.001}},
        {"optimizer": "adam", "settings": {"lr": 0.1}},
    ],
}
DIVERGES: dict[str, Any] = {**ROSENBROCK, "runs": [{"optimizer": "sgd", "settings": {"lr": 10}}]}
IN_A_HOLE: dict[str, Any] = {
    "problem": {"kind": "formula", "formula": "log(x)"},
    "start": [-1],
    "runs": [{"optimizer": "sgd"}],
}

CLASSIFIERS: dict[str, Any] = {
    "problem": {"kind": "network", "dataset": {"name": "moons", "count": 20}, "hidden": [3], "activation": "tanh"},
    "steps": 30,
    "runs": [{"optimizer": "adam"}, {"optimizer": "sgd", "steps": 21, "columns": ["step", "loss"]}],
}

FORMULAS = ("x**2", "x**2 + y**2", "(x - 1)**4 + abs(y)*x", "sin(3x)*cos(y) + 0.1*(x^2+y^2)", "exp(-x*y) + x*x + y*y")
numbers = st.floats(-5, 5) | st.integers(-5, 5)


def within(setting: Setting) -> st.SearchStrategy[float]:
    """A value of a setting, its default now and then."""
    return st.just(float(setting.default)) | st.floats(setting.low, setting.high)


@st.composite
def settings(draw: st.DrawFn, known: tuple[Setting, ...]) -> dict[str, float]:
    """Some of the settings."""
    chosen = draw(st.lists(st.sampled_from(known), unique=True)) if known else []
    return {setting.name: draw(within(setting)) for setting in chosen}


@st.composite
def problems(draw: st.DrawFn, *, dimensions: int | None = None) -> tuple[dict[str, Any], int]:
    """A problem and how many parameters it has."""
    kind = draw(st.sampled_from(["surface", "formula", "neuron"]))
    if kind == "neuron" and dimensions != 1:
        fields = {"input": draw(numbers), "target": draw(st.sampled_from([0, 1, 0.2]))}
        return {"kind": kind, "loss": draw(st.sampled_from(["mse", "ce"])), **fields}, 2
    noise = draw(st.sampled_from([0, 0, 0.1]))
    if kind == "formula":
        formula = draw(st.sampled_from([f for f in FORMULAS if dimensions in (None, 1 + ("y" in f))]))
        problem: dict[str, Any] = {"kind": kind, "formula": formula, "noise": noise}
        count = 1 + ("y" in formula)
        if draw(st.booleans()):
            problem["window"] = [[draw(st.floats(-9, -1)), draw(st.floats(1, 9))] for _ in range(count)]
        return problem, count
    row = draw(st.sampled_from([s for s in SURFACES.values() if dimensions in (None, len(s.start))]))
    return {"kind": "surface", "name": row.name, "settings": draw(settings(row.settings)), "noise": noise}, len(
        row.start
    )


@st.composite
def specs(draw: st.DrawFn) -> dict[str, Any]:
    """Any spec that a person could make on a page."""
    body: dict[str, Any] = {"steps": draw(st.integers(1, 30)), "seed": draw(st.sampled_from([0, 7]))}
    shared, count = draw(problems())
    body["problem"] = shared
    if draw(st.booleans()):
        body["start"] = draw(st.lists(numbers, min_size=count, max_size=count))
    body["runs"] = []
    for _ in range(draw(st.integers(1, 3))):
        row = draw(st.sampled_from([o for o in OPTIMIZERS.values() if o.rule]))
        run: dict[str, Any] = {"optimizer": row.name, "settings": draw(settings(row.settings))}
        if draw(st.booleans()):
            run["problem"] = draw(problems(dimensions=count))[0]
        if draw(st.booleans()):
            run["start"] = draw(st.lists(numbers, min_size=count, max_size=count))
        if draw(st.booleans()):
            run["seed"] = draw(st.sampled_from([0, 3]))
        if draw(st.booleans()):
            run["steps"] = draw(st.integers(1, 30))
        if draw(st.booleans()):
            run["detail"] = True
        if draw(st.booleans()):
            run["columns"] = ["step", "loss"]
        if draw(st.booleans()):
            schedule = draw(st.sampled_from(list(SCHEDULES.values())))
            run["schedule"] = {"name": schedule.name, "settings": draw(settings(schedule.settings))}
        body["runs"].append(run)
    if draw(st.booleans()):
        body["changes"] = [{"run": 0, "after": draw(st.integers(0, 20)), "settings": {}}]
    return body
