"""POST /api/v1/backpropagations: a pass written out."""

import pytest

from tests.serving import Caller

ADDRESS = "/api/v1/backpropagations"
MAZUR = {
    "kind": "network",
    "dataset": {"points": [[0.05, 0.10]], "labels": [[0.01, 0.99]]},
    "hidden": [2],
    "activation": "sigmoid",
    "output": "sigmoid",
    "loss": "mse",
    "bias": "fixed",
}
WEIGHTS = [0.15, 0.20, 0.25, 0.30, 0.35, 0.35, 0.40, 0.45, 0.50, 0.55, 0.60, 0.60]


def test_a_network_by_hand(call: Caller) -> None:
    answer = call.post(ADDRESS, json={"problem": MAZUR, "at": WEIGHTS}).json()
    assert set(answer) == {"problem", "kind", "at", "value", "gradient", "nodes"}
    assert answer["value"] == pytest.approx(0.2983711088, rel=1e-9)
    nodes = {node["name"]: node for node in answer["nodes"]}
    assert nodes["a_3"]["value"] == pytest.approx(0.75136507, rel=1e-8)
    assert nodes["w_31"]["adjoint"] == pytest.approx(0.082167041, rel=1e-8)
    assert nodes["w_31"]["difference"] == pytest.approx(nodes["w_31"]["adjoint"], rel=1e-7)
    assert nodes["b_3"]["held"]
    assert nodes["w_31"]["backward"][0]["formula"].startswith("<math>")


def test_a_formula_by_its_own_start(call: Caller) -> None:
    answer = call.post(ADDRESS, json={"problem": {"kind": "formula", "formula": "x*y + sin(x)"}, "at": [2, 3]}).json()
    assert answer["kind"] == "formula"
    assert answer["gradient"] == pytest.approx({"x": 2.58385316, "y": 2})
    assert call.post(ADDRESS, json={"problem": {"kind": "surface", "name": "booth"}}).json()["nodes"][-1]["name"] == "f"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"problem": MAZUR, "at": [1, 2]}, "at"),
        ({"problem": MAZUR, "row": 1}, "row"),
        ({"problem": {"kind": "formula", "formula": "log(x)"}, "at": [-1]}, "at"),
        ({"problem": {"kind": "formula", "formula": "sen(x)"}}, "problem.formula"),
        ({"problem": {**MAZUR, "hidden": [40, 40]}}, "problem"),
        ({"problem": MAZUR, "step": 1}, "step"),
    ],
)
def test_refusals_name_the_field(call: Caller, body: dict[str, object], field: str) -> None:
    answer = call.post(ADDRESS, json=body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_it_is_in_the_document(call: Caller) -> None:
    assert "/api/v1/backpropagations" in call.get("/openapi.json").json()["paths"]
