"""The loss on a plane through a model's parameters: the engine's numbers, refused and costed."""

from typing import Any

import numpy as np
import pytest

from app.runs import prepare
from app.spec import Spec
from core.problems.model import DataModel
from tests.serving import Caller

SPEC: dict[str, Any] = {
    "problem": {"kind": "network", "dataset": {"name": "moons", "count": 60}, "hidden": [3], "activation": "tanh"},
    "steps": 40,
    "runs": [{"optimizer": "sgd", "settings": {"lr": 0.5}}, {"optimizer": "adam"}],
}


@pytest.mark.parametrize("directions", ["path", "seeded"])
def test_the_plane_is_the_engine_s_loss_and_the_path_stands_above_it(call: Caller, directions: str) -> None:
    body = {"spec": SPEC, "run": 1, "directions": directions, "seed": 3, "resolution": 9}
    told = call.post("/api/v1/slices", json=body).json()
    walk = prepare(Spec.model_validate(SPEC)).walks[1]
    model = walk.problem
    assert isinstance(model, DataModel)
    rows = walk.advance(40)
    last = [rows[name][-1] for name in model.parameters]
    assert told["centre"] == last
    assert (len(told["x"]), len(told["loss"]), len(told["path"]["x"])) == (9, 9, 41)
    first, second = told["directions"]
    place = [c + told["x"][2] * a + told["y"][7] * b for c, a, b in zip(last, first, second, strict=True)]
    assert told["loss"][7][2] == pytest.approx(model.evaluate(np.array(place))[0], rel=1e-12)
    assert (told["path"]["x"][-1], told["path"]["y"][-1]) == (0, 0)
    start = [rows[name][0] - end for name, end in zip(model.parameters, last, strict=True)]
    assert told["path"]["x"][0] == pytest.approx(sum(a * b for a, b in zip(start, first, strict=True)))
    assert min(told["x"]) < min(told["path"]["x"]) <= max(told["path"]["x"]) < max(told["x"])
    shares = sum(told["shares"])
    assert shares > 0.9 if directions == "path" else 0 < shares < 0.9


def test_a_seed_is_its_directions(call: Caller) -> None:
    def directions(seed: int) -> Any:
        body = {"spec": SPEC, "directions": "seeded", "seed": seed, "resolution": 2}
        return call.post("/api/v1/slices", json=body).json()["directions"]

    assert directions(1) == directions(1) != directions(2)


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"run": 2}, "run", "out_of_range"),
    ({"resolution": 102}, "resolution", "out_of_range"),
    ({"directions": "both"}, "directions", ""),
    ({"spec": {"problem": {"kind": "surface", "name": "bowl"}, "runs": [{"optimizer": "sgd"}]}}, "run", "no_model"),
    ({"spec": {**SPEC, "steps": 10_000, "problem": {**SPEC["problem"], "hidden": [32, 32]}}}, "run", "too_large"),
]


@pytest.mark.parametrize(("change", "field", "code"), BAD)
def test_a_bad_slice_names_its_field(call: Caller, change: dict[str, Any], field: str, code: str) -> None:
    answer = call.post("/api/v1/slices", json={"spec": SPEC, **change})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert not code or error["code"] == code


def test_too_much_work_is_refused_with_its_cost(call: Caller) -> None:
    dataset = {"name": "moons", "count": 1000}
    spec = {**SPEC, "problem": {"kind": "network", "dataset": dataset, "hidden": [40, 40]}}
    answer = call.post("/api/v1/slices", json={"spec": spec, "resolution": 101}).json()
    assert answer["status"] == 422
    assert answer["cost"] > answer["cap"]


def test_a_model_of_one_parameter_has_no_plane(call: Caller) -> None:
    dataset = {"points": [[1], [2]], "labels": [0, 1]}
    spec = {"problem": {"kind": "logistic", "dataset": dataset, "bias": False}, "runs": [{"optimizer": "sgd"}]}
    answer = call.post("/api/v1/slices", json={"spec": spec}).json()
    assert answer["errors"][0]["code"] == "no_plane"


def test_a_run_that_stands_still_still_has_a_plane(call: Caller) -> None:
    spec = {**SPEC, "steps": 3, "runs": [{"optimizer": "sgd", "settings": {"lr": 0}}]}
    told = call.post("/api/v1/slices", json={"spec": spec, "resolution": 3}).json()
    assert told["shares"] == [0, 0]
    assert told["x"] == [-1, 0, 1]
