"""Figures that Plotly reads, and hand-outs that cannot be broken out of."""

import json

import numpy as np
import pytest

from tests.serving import Caller

URL = "/api/v1/figures/"
RACE = "?surface=rosenbrock&steps=40&run=sgd(lr=0.001)&run=adam&run=adam(lr=0.2)"


@pytest.mark.parametrize("figure", ["descent", "contour", "surface", "loss"])
@pytest.mark.parametrize(
    "link", [RACE, "?formula=x**2&start=1&run=sgd(lr=0.4)", "?formula=log(x)%2By**2&start=-1,1&run=sgd"]
)
def test_plotly_reads_every_figure(call: Caller, figure: str, link: str) -> None:
    import plotly.io  # type: ignore[import-untyped]

    answer = call.get(URL + figure + link)
    assert answer.status_code == 200, answer.text
    assert plotly.io.from_json(answer.text).layout.paper_bgcolor == "#fcfbf8"


def test_paths_are_the_engine_s_rows(call: Caller) -> None:
    figure = call.get(URL + "contour" + RACE).json()
    rows = call.get("/api/v1/trajectories" + RACE).json()["runs"]
    field, *paths = figure["data"]
    assert field["type"] == "contour"
    assert [path["x"] for path in paths] == [run["columns"]["x"] for run in rows]
    assert paths[1]["line"]["color"] == paths[2]["line"]["color"]
    assert paths[1]["line"]["dash"] != paths[2]["line"]["dash"]
    assert np.isclose(np.array(field["z"], float).min(), -4, atol=0.5)  # decades above the minimum


def test_models_have_their_loss(call: Caller) -> None:
    run = '{"optimizer":"sgd","settings":{"lr":0.1}}'
    body = f'{{"problem":{{"kind":"logistic","dataset":{{"name":"moons"}}}},"steps":20,"runs":[{run}]}}'
    link = call.post("/api/v1/trajectories", content=body, headers={"content-type": "application/json"}).json()["link"]
    query = link[link.index("?") :]
    assert len(call.get(URL + "descent" + query).json()["data"]) == 1
    assert call.get(URL + "contour" + query).json()["errors"][0]["code"] == "no_surface"


NEURONS = "?start=2,2&steps=300&run=sgd(lr=0.15);neuron=mse&run=sgd(lr=0.15);neuron=ce"


def test_both_losses_by_step_each_on_its_own_scale(call: Caller) -> None:
    import plotly.io

    answer = call.get(URL + "losses" + NEURONS)
    traces = answer.json()["data"]
    runs = call.get("/api/v1/trajectories" + NEURONS).json()["runs"]
    assert [trace["y"] for trace in traces] == [run["columns"][name] for name in ("output", "loss") for run in runs]
    assert [trace.get("yaxis") for trace in traces] == [None, None, "y2", "y3"]
    assert traces[0]["y"][150] == pytest.approx(0.9334175, abs=1e-7)
    assert traces[0]["line"] != traces[1]["line"]
    assert plotly.io.from_json(answer.text).layout.yaxis3.overlaying == "y2"


def test_a_figure_of_a_large_model_needs_what_it_shows(call: Caller) -> None:
    problem = {"kind": "network", "dataset": {"name": "moons", "count": 20}, "hidden": [40, 40], "activation": "tanh"}
    runs = [{"optimizer": "sgd", "settings": {"lr": 0.1}, "columns": ["loss"]}]
    told = call.post("/api/v1/trajectories", json={"problem": problem, "steps": 50, "runs": runs}).json()
    (trace,) = call.get(URL + "loss" + told["link"][told["link"].index("?") :]).json()["data"]
    assert trace["y"] == told["runs"][0]["columns"]["loss"]


def test_losses_of_what_is_no_pair_are_the_loss(call: Caller) -> None:
    assert call.get(URL + "losses" + RACE).json() == call.get(URL + "loss" + RACE).json()


def test_a_hand_out_is_one_file_in_a_sandbox(call: Caller) -> None:
    answer = call.get(URL + "descent" + RACE + "&format=html&theme=dark")
    assert answer.headers["content-disposition"] == 'attachment; filename="steepest-descent.html"'
    assert answer.headers["content-security-policy"].startswith("sandbox allow-scripts; default-src 'none'")
    assert "src=" not in answer.text.split("<script>")[0]
    data = answer.text.split('id="data">')[1].split("</script>")[0]
    assert json.loads(data)["layout"]["paper_bgcolor"] == "#12161b"


def test_data_cannot_end_its_script() -> None:
    from pathlib import Path

    from app.assets import Assets
    from app.figures import Drawing, hand_out, tokens
    from app.paths import folder
    from app.runs import prepare
    from app.spec import Spec

    prepared = prepare(
        Spec.model_validate({"problem": {"kind": "formula", "formula": "x"}, "runs": [{"optimizer": "sgd"}]})
    )
    assets = Assets(Path(folder("static")))
    drawing = Drawing(prepared, None, [], tokens(assets), "light", str)
    data = {"data": ["</script><script>alert(1)</script>", "<!--"], "layout": {}}
    page = b"".join(hand_out(data, drawing, assets)).decode()
    assert "<script>alert" not in page
    assert page.count("<script") == 3


def test_an_unknown_figure_is_refused(call: Caller) -> None:
    assert call.get(URL + "pie" + RACE).json()["errors"][0]["field"] == "figure"
    assert call.get(URL + "loss" + RACE + "&colour=red").json()["errors"][0]["field"] == "colour"
