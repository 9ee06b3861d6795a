"""The calls of /api/v1."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as limits

from app.session import Session
from app.settings import Settings
from core.optimizers import OPTIMIZERS
from core.surfaces import SURFACES
from tests.app.specs import DIVERGES, IN_A_HOLE, ROSENBROCK, specs
from tests.serving import Caller


def test_trajectories_have_spec_link_and_columns(call: Caller) -> None:
    answer = call.post("/api/v1/trajectories", json=ROSENBROCK).json()
    assert set(answer) == {"spec", "link", "runs"}
    run = answer["runs"][2]
    assert set(run) == {"optimizer", "settings", "status", "columns"}
    assert run["status"]["state"] == "finished"
    assert run["columns"]["step"] == list(range(41))
    assert run["columns"]["x"][0] == -1.2
    assert run["columns"]["loss"][0] == pytest.approx(24.2)


def test_descent_by_hand(call: Caller) -> None:
    answer = call.get("/api/v1/trajectories?formula=x**2&start=1&steps=4&run=sgd(lr=0.4)").json()
    assert answer["runs"][0]["columns"]["x"] == pytest.approx([1, 0.2, 0.04, 0.008, 0.0016])


def test_the_neuron_s_table(call: Caller) -> None:
    link = "/api/v1/trajectories?start=2,2&steps=300&run=sgd(lr=0.15);neuron=mse&run=sgd(lr=0.15);neuron=ce"
    mse, ce = (run["columns"]["output"] for run in call.get(link).json()["runs"])
    assert (mse[150], mse[300]) == pytest.approx((0.9334175, 0.2028484), rel=1e-6)
    assert (ce[150], ce[300]) == pytest.approx((0.0256854, 0.0120087), rel=1e-5)


def test_a_slice_and_chosen_columns(call: Caller) -> None:
    body = {**ROSENBROCK, "runs": [{"optimizer": "adam", "columns": ["loss", "x"]}]}
    whole = call.post("/api/v1/trajectories", json=body).json()["runs"][0]["columns"]
    part = call.post("/api/v1/trajectories?from=5&until=9", json=body).json()["runs"][0]["columns"]
    assert list(part) == ["x", "loss"]
    assert part == {name: values[5:10] for name, values in whole.items()}
    assert call.post("/api/v1/trajectories?from=41", json=body).json()["runs"][0]["columns"] == {"x": [], "loss": []}


def test_trouble_is_data(call: Caller) -> None:
    run = call.post("/api/v1/trajectories", json=DIVERGES).json()["runs"][0]
    assert run["status"]["state"] == "diverged"
    assert run["columns"]["step"] == list(range(run["status"]["step"] + 1))
    run = call.post("/api/v1/trajectories", json=IN_A_HOLE).json()["runs"][0]
    assert (run["status"]["state"], run["status"]["step"]) == ("left_domain", 0)
    assert set(map(len, run["columns"].values())) == {0}


def test_null_stands_for_what_is_not_there(call: Caller) -> None:
    body = {**ROSENBROCK, "runs": [{"optimizer": "adam", "detail": True}]}
    columns = call.post("/api/v1/trajectories", json=body).json()["runs"][0]["columns"]
    assert columns["m_hat_x"][0] is None
    assert columns["m_x"][0] == 0
    assert None not in columns["m_hat_x"][1:]


@given(specs())
@limits(max_examples=200, deadline=None)
def test_link_body_and_stream_agree_to_the_last_bit(call: Caller, body: dict[str, Any]) -> None:
    by_body = call.post("/api/v1/trajectories", json=body).json()
    by_link = call.get("/api/v1/trajectories" + by_body["link"][by_body["link"].index("?") :]).json()
    assert by_link == by_body
    assert by_body["runs"] == streamed(body, slice_seconds=1e-9)


def streamed(body: dict[str, Any], slice_seconds: float) -> list[dict[str, Any]]:
    """The same over a session, in slices of one row."""
    import json

    from app.encoding import frame
    from app.messages import Ended, Opened, Steps

    viewer = Session(Settings(slice_seconds=slice_seconds))
    opening = viewer.receive(json.dumps({"type": "open", "spec": body}))
    assert opening is not None
    viewer.settle(opening())
    viewer.receive('{"type": "advance", "until": 10000}')
    runs: list[dict[str, Any]] = []
    while viewer.working:
        match viewer.produce():
            case Opened() as opened:
                for run, names in zip(opened.body()["spec"]["runs"], opened.columns, strict=True):
                    said = {"optimizer": run["optimizer"], "settings": run["settings"]}
                    runs.append({**said, "status": None, "columns": {name: [] for name in names}})
            case Steps() as steps:
                for name, values in json.loads(frame(steps))["columns"].items():
                    runs[steps.run]["columns"][name] += values
            case Ended() as ended:
                runs[ended.run]["status"] = ended.body()["status"]
    return runs


def test_the_catalog_has_every_row_of_the_registries(call: Caller) -> None:
    catalog = call.get("/api/v1/catalog").json()
    assert [row["name"] for row in catalog["surfaces"]] == list(SURFACES)
    assert [row["name"] for row in catalog["optimizers"]] == list(OPTIMIZERS)
    adam = next(row for row in catalog["optimizers"] if row["name"] == "adam")
    assert [line["name"] for line in adam["lines"]] == ["m", "v", "m_hat", "v_hat", "x"]
    assert adam["lines"][0]["word"] == "first moment"
    assert adam["lines"][0]["mathml"].startswith("<math")
    assert adam["memory"] == ["m", "v"]
    assert adam["settings"][1] | {"label": ""} == {
        "name": "beta1",
        "default": 0.9,
        "low": 0,
        "high": 0.99999,
        "scale": "complement",
        "label": "",
    }
    neuron = next(row for row in catalog["problems"] if row["kind"] == "neuron")
    assert neuron["fields"][0] == {"name": "loss", "required": True}
    assert set(catalog) == {"surfaces", "optimizers", "schedules", "datasets", "losses", "problems"}


def test_the_catalog_speaks_the_caller_s_language(call: Caller) -> None:
    asked = call.get("/api/v1/catalog?lang=zh").text
    assert asked == call.get("/api/v1/catalog", headers={"accept-language": "zh-CN,en;q=0.5"}).text
    assert asked != call.get("/api/v1/catalog").text


def test_a_surface_on_its_grid(call: Caller) -> None:
    answer = call.get("/api/v1/surfaces/rosenbrock?resolution=21").json()
    x, y, z = (np.array(answer[name]) for name in "xyz")
    assert z.shape == (21, 21)
    assert z == pytest.approx((1 - x) ** 2 + 100 * (y[:, None] - x**2) ** 2)
    assert (x[0], x[-1], y[0], y[-1]) == (-2, 2, -1, 3)
    assert answer["minima"] == [{"point": [1, 1], "value": 0}]
    assert answer["minimum"] == 0
    assert answer["levels"][:3] == pytest.approx([1e-4, 10**-3.5, 1e-3])
    assert answer["program"]["variables"] == ["x", "y"]
    assert answer["mathml"].startswith("<math")


def test_a_function_of_one_variable_is_a_line(call: Caller) -> None:
    answer = call.post("/api/v1/surfaces?resolution=5", json={"kind": "formula", "formula": "1/x"}).json()
    assert "y" not in answer
    assert answer["z"] == [-0.5, -1, None, 1, 0.5]
    assert answer["minimum"] is None
    assert answer["problem"]["window"] == [[-2, 2]]


def test_every_surface_can_be_drawn(call: Caller) -> None:
    for name in SURFACES:
        answer = call.get(f"/api/v1/surfaces/{name}?resolution=9")
        assert answer.status_code == 200
        assert answer.json()["levels"] == sorted(set(answer.json()["levels"]))


def test_health(call: Caller) -> None:
    assert call.get("/healthz").json() == {"status": "ok"}


def test_the_loss_of_a_fitted_line_is_a_surface_with_its_points(call: Caller) -> None:
    problem = {"kind": "linear", "dataset": {"name": "line", "count": 64}}
    answer = call.post("/api/v1/surfaces?resolution=5", json=problem).json()
    assert answer["variables"] == ["w", "b"]
    assert answer["height"] == "log"
    assert len(answer["data"]["points"]) == len(answer["data"]["labels"]) == 64
    design = np.column_stack([np.array(answer["data"]["points"]), np.ones(64)])
    line, squares, *_ = np.linalg.lstsq(design, np.array(answer["data"]["labels"]), rcond=None)
    assert answer["minima"][0]["point"] == pytest.approx(line)
    assert answer["minimum"] == pytest.approx(squares[0] / 128)


def test_the_loss_of_logistic_regression_is_a_surface_with_its_points(call: Caller) -> None:
    dataset = {"name": "mislabelled", "count": 50, "sd": 1.4, "far": 0, "held_out": 0.2}
    answer = call.post("/api/v1/surfaces?resolution=5", json={"kind": "logistic", "dataset": dataset}).json()
    assert answer["variables"] == ["w", "b"]
    data = answer["data"]
    assert (len(data["points"]), len(data["held"]["points"])) == (40, 10)
    assert sorted(data["order"]) == list(range(50))
    assert data["term"]["text"] == "softplus(w*x + b) - y*(w*x + b)"
    (found,) = answer["minima"]
    x, y = np.array(data["points"])[:, 0], np.array(data["labels"])
    w, b = found["point"]
    slopes = 1 / (1 + np.exp(-(w * x + b))) - y
    assert np.abs([slopes @ x, slopes.sum()]).max() < 1e-9
    assert found["value"] == pytest.approx(np.mean(np.log1p(np.exp((1 - 2 * y) * (w * x + b)))))


def test_a_surface_of_too_many_points_is_refused_with_the_cure(call: Caller) -> None:
    problem = {"kind": "logistic", "dataset": {"name": "mislabelled", "count": 500}}
    answer = call.post("/api/v1/surfaces", json=problem)
    assert answer.status_code == 422
    assert "up to 400 points: leave some out" in answer.json()["errors"][0]["message"]


def test_a_line_belongs_to_the_batches_page(call: Caller) -> None:
    spec = {"problem": {"kind": "linear", "dataset": {"name": "line"}}, "steps": 2, "runs": [{"optimizer": "sgd"}]}
    assert call.post("/api/v1/trajectories", json=spec).json()["link"].startswith("/batches?")
