"""What a page is told about a model."""

from tests.serving import Caller


def test_a_model_is_described_by_its_points_features_and_layers(call: Caller) -> None:
    dataset = {"name": "circles", "count": 40, "features": ["x", "x**2"], "held_out": 0.25}
    told = call.post("/api/v1/models", json={"kind": "logistic", "dataset": dataset}).json()
    assert told["parameters"] == ["w_1", "w_2", "b"]
    assert told["layers"] == {"sizes": [2, 1], "activation": "linear", "output": "sigmoid", "bias": True}
    assert (len(told["points"]), len(told["held"]["points"]), told["classes"]) == (30, 10, 2)
    assert [feature["text"] for feature in told["features"]] == ["x", "x**2"]
    assert all(low < high for low, high in told["window"])


def test_overlapping_labels_stay_lists(call: Caller) -> None:
    told = call.post("/api/v1/models?lang=zh", json={"kind": "one_vs_rest", "dataset": {"name": "overlapping"}}).json()
    assert told["sets"]
    assert told["labels"][:3] == [[0], [1], [0, 1]]


def test_what_is_no_model_is_refused(call: Caller) -> None:
    answer = call.post("/api/v1/models", json={"kind": "surface", "name": "dupont"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "not_a_model"
    one = {"kind": "softmax", "dataset": {"points": [[0, 0], [1, 1]], "labels": [0, 0]}}
    assert call.post("/api/v1/models", json=one).json()["errors"][0]["code"] == "one_class"
