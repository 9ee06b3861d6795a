from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data import make_data
from core.datasets import DATASETS, MAX_POINTS
from core.errors import FieldError

OWN = {"points": [[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]], "labels": [0, 1, 1]}


@pytest.mark.parametrize("name", DATASETS)
def test_every_dataset_is_seeded_finite_and_as_many_as_asked(name: str) -> None:
    row = DATASETS[name]
    one, again = make_data({"name": name}), make_data({"name": name})
    assert np.array_equal(one.points, again.points)
    assert one.labels == again.labels
    assert np.isfinite(one.inputs).all()
    settings = {setting.name: setting.default for setting in row.settings}
    if "count" in settings:
        assert make_data({"name": name, "count": 24}).count == 24 + settings.get("far", 0)
    if "seed" in settings:
        assert not np.array_equal(one.points, make_data({"name": name, "seed": 1}).points)
    if row.labels == "classes":
        assert one.outputs == settings.get("classes", 2)
        assert np.array_equal(one.targets.sum(axis=1), np.ones(one.count))


@pytest.mark.parametrize("name", DATASETS)
def test_every_setting_can_be_at_either_bound(name: str) -> None:
    for setting in DATASETS[name].settings:
        for value in (setting.low, setting.high):
            assert np.isfinite(make_data({"name": name, setting.name: value}).inputs).all()


def test_blobs_stand_on_a_circle() -> None:
    data = make_data({"name": "blobs", "count": 1500, "radius": 2, "sd": 0.9})
    for label, angle in enumerate(2 * np.pi * np.arange(3) / 3):
        cloud = data.points[np.array(data.labels) == label]
        assert cloud.mean(axis=0) == pytest.approx([2 * np.cos(angle), 2 * np.sin(angle)], abs=0.15)
        assert cloud.std(axis=0) == pytest.approx([0.9, 0.9], abs=0.08)


def test_line_has_the_slope_intercept_and_spread_asked_for() -> None:
    data = make_data({"name": "line", "count": 2000})
    x, y = data.points[:, 0], data.targets[:, 0]
    slope, intercept = np.polyfit(x, y, 1)
    assert (slope, intercept) == (pytest.approx(1.5, abs=0.06), pytest.approx(0.5, abs=0.07))
    assert (y - slope * x - intercept).std() == pytest.approx(1, abs=0.05)
    assert x.min() > -2
    assert x.max() < 2


def test_circles_become_separable_with_squares_as_features() -> None:
    data = make_data({"name": "circles", "features": ["x**2", "y**2"], "sd": 0.1})
    radius = data.inputs.sum(axis=1)
    outer = np.array(data.labels) == 0
    assert radius[outer].min() > radius[~outer].max()


def test_four_valleys_are_the_twelve_points_of_the_text() -> None:
    data = make_data({"name": "valleys"})
    first = sorted(zip(data.points[:6, 0].tolist(), data.labels[:6], strict=True))
    assert first == [(1.0, 0), (1.0, 0), (1.0, 0), (1.0, 0), (1.0, 1), (10.0, 1)]
    assert not data.points[:6, 1].any()
    assert np.array_equal(data.points[6:, ::-1], data.points[:6])


def test_overlapping_labels_name_their_classes_and_overlap() -> None:
    data = make_data({"name": "overlapping"})
    assert data.class_names == ("fruit", "3C")
    assert set(data.labels) == {(0,), (1,), (0, 1)}
    assert {tuple(row) for row in data.targets.tolist()} == {(1.0, 0.0), (0.0, 1.0), (1.0, 1.0)}


def test_rare_features_each_add_or_take_away_one() -> None:
    data = make_data({"name": "rare", "count": 2000}, ("numbers",))
    assert data.inputs.mean(axis=0)[[0, 4, 19]] == pytest.approx([0.5, 0.1, 0.025], abs=0.015)
    weights = np.linalg.lstsq(data.inputs, data.targets[:, 0], rcond=None)[0]
    assert weights == pytest.approx(np.tile([1.0, -1.0], 10), abs=0.06)


def test_sparse_features_are_common_to_rare() -> None:
    share = make_data({"name": "sparse", "count": 2000}).inputs.mean(axis=0)
    assert share == pytest.approx(0.5 / np.arange(1, 21), abs=0.05)


def test_repeat_repeats_every_point() -> None:
    data = make_data({"name": "line", "count": 64, "repeat": 8})
    once = make_data({"name": "line", "count": 64})
    assert data.count == 512
    assert np.array_equal(data.points, np.tile(once.points, (8, 1)))


def test_standardised_features_have_mean_0_and_sd_1_and_new_points_follow() -> None:
    points = [[1000.0 + 10 * k, 0.001 * k * k, 5.0] for k in range(20)]
    data = make_data({"points": points, "labels": [0, 1] * 10, "standardise": True})
    assert data.inputs.mean(axis=0) == pytest.approx([0, 0, 0], abs=1e-9)
    assert data.inputs.std(axis=0) == pytest.approx([1, 1, 0], abs=1e-9)
    assert np.array_equal(data.transform(np.array(points)), data.inputs)


def test_held_out_points_are_not_trained_on() -> None:
    data = make_data({"name": "moons", "count": 100, "held_out": 0.3})
    assert (data.count, len(data.held_inputs)) == (70, 30)
    together = {tuple(point) for point in np.vstack([data.points, data.held_points]).tolist()}
    assert together == {tuple(point) for point in make_data({"name": "moons", "count": 100}).points.tolist()}


def test_points_held_out_by_name_stay_so_when_there_are_more() -> None:
    def held(points: list[list[float]]) -> list[list[float]]:
        data = make_data({"points": points, "labels": [0, 1] * (len(points) // 2), "held_out": [3, 1, 3]})
        assert data.order.tolist() == [*(k for k in range(len(points)) if k not in (1, 3)), 1, 3]
        found: list[list[float]] = data.held_points.tolist()
        return found

    points = [[float(k)] for k in range(8)]
    assert held(points[:6]) == held(points) == [[1.0], [3.0]]


def test_notes_say_what_makes_data_awkward() -> None:
    def codes(points: list[list[float]]) -> list[str]:
        return [note.code for note in make_data({"points": points, "labels": [0, 1]}).notes]

    assert codes([[1, 1], [2, 3]]) == []
    assert codes([[1, 1], [1, 1]]) == ["equal_points"]
    assert codes([[1, 1e6], [2, 2e6]]) == ["huge_scale"]
    assert codes([[0, 0], [0.1, 50]]) == ["unequal_scales"]


def test_data_cannot_be_changed() -> None:
    data = make_data({"name": "blobs"})
    with pytest.raises(ValueError, match="read-only"):
        data.inputs[0, 0] = 1


CASES: list[tuple[dict[str, Any], str, str]] = [
    ({}, "dataset", "name_or_points"),
    ({"name": "blobs", **OWN}, "dataset", "name_or_points"),
    ({"name": "blob"}, "dataset.name", "unknown"),
    ({"name": "blobs", "count": 1}, "dataset.count", "out_of_range"),
    ({"name": "blobs", "count": 2001}, "dataset.count", "out_of_range"),
    ({"name": "blobs", "count": 10.5}, "dataset.count", "not_an_integer"),
    ({"name": "blobs", "count": "many"}, "dataset.count", "not_a_number"),
    ({"name": "blobs", "turns": 1}, "dataset.turns", "unknown"),
    ({"name": "blobs", "count": 2000, "repeat": 2}, "dataset.repeat", "too_many"),
    ({"name": "blobs", "repeat": 0}, "dataset.repeat", "out_of_range"),
    ({"name": "blobs", "held_out": 1}, "dataset.held_out", "out_of_range"),
    ({"name": "blobs", "held_out": "some"}, "dataset.held_out", "not_a_number"),
    ({**OWN, "held_out": [0, 99]}, "dataset.held_out[1]", "out_of_range"),
    ({**OWN, "held_out": [True]}, "dataset.held_out[0]", "out_of_range"),
    ({**OWN, "held_out": [0.5]}, "dataset.held_out[0]", "out_of_range"),
    ({**OWN, "held_out": [0, 1, 2]}, "dataset.held_out", "too_many"),
    ({"name": "blobs", "standardise": "yes"}, "dataset.standardise", "not_a_boolean"),
    ({"name": "blobs", "features": []}, "dataset.features", "not_a_list"),
    ({"name": "blobs", "features": [1]}, "dataset.features[0]", "not_a_formula"),
    ({"name": "blobs", "features": ["x", "sen(x)"]}, "dataset.features[1]", "unknown_name"),
    ({"name": "blobs", "features": ["x", "log(x)"]}, "dataset.features[1]", "not_finite"),
    ({"name": "line", "features": ["x*y"]}, "dataset.features[0]", "no_such_input"),
    ({"name": "sparse", "features": ["x"]}, "dataset.features", "too_many_inputs"),
    ({"name": "sparse", "count": 2, "seed": 3}, "dataset.count", "one_class"),
    ({"points": [], "labels": []}, "dataset.points", "empty"),
    ({"points": None, "labels": []}, "dataset.points", "empty"),
    ({"points": [[0.0]] * (MAX_POINTS + 1), "labels": [0] * (MAX_POINTS + 1)}, "dataset.points", "too_many"),
    ({"points": [1, 2], "labels": [0, 1]}, "dataset.points[0]", "not_a_point"),
    ({"points": [[]], "labels": [0]}, "dataset.points[0]", "not_a_point"),
    ({"points": [[1, 2], [3]], "labels": [0, 1]}, "dataset.points[1]", "ragged"),
    ({"points": [[1, 2], [3, float("nan")]], "labels": [0, 1]}, "dataset.points[1][1]", "not_finite"),
    ({"points": [[1, 2], [3, float("inf")]], "labels": [0, 1]}, "dataset.points[1][1]", "not_finite"),
    ({"points": [[1, 2], [3, "4"]], "labels": [0, 1]}, "dataset.points[1][1]", "not_finite"),
    ({"points": [[1], [3]], "labels": [0]}, "dataset.labels", "labels_do_not_fit"),
    ({"points": [[1], [3]]}, "dataset.labels", "labels_do_not_fit"),
    ({"points": [[1], [3]], "labels": [1, 1]}, "dataset.labels", "one_class"),
    ({"points": [[1], [3]], "labels": [0, 10]}, "dataset.labels[1]", "not_a_class"),
    ({"points": [[1], [3]], "labels": [0, 2], "classes": 2}, "dataset.classes", "too_few_classes"),
    ({"points": [[1], [3]], "labels": [0, 1], "classes": 11}, "dataset.classes", "out_of_range"),
    ({"points": [[1], [3]], "labels": [0, 1], "colour": 1}, "dataset.colour", "unknown"),
    ({"points": [[1], [3]], "labels": [0.5, float("nan")]}, "dataset.labels[1]", "not_finite"),
    ({"points": [[1], [3]], "labels": [[0], "a"]}, "dataset.labels[1]", "not_a_class"),
]


@pytest.mark.parametrize(("dataset", "field", "code"), CASES)
def test_data_that_cannot_be_used_name_the_field(dataset: dict[str, Any], field: str, code: str) -> None:
    with pytest.raises(FieldError) as caught:
        make_data(dataset)
    assert (caught.value.field, caught.value.code) == (field, code)


def test_labels_must_be_of_a_kind_that_the_model_takes() -> None:
    for dataset in ({"name": "line"}, {"points": [[1], [3]], "labels": [0.5, 1]}, {"points": [[1]], "labels": [[0]]}):
        with pytest.raises(FieldError) as caught:
            make_data(dataset, ("classes",))
        assert caught.value.field.startswith(("dataset.name", "dataset.labels"))


def test_a_mistake_in_a_feature_keeps_what_was_meant() -> None:
    with pytest.raises(FieldError) as caught:
        make_data({"name": "blobs", "features": ["x", "sen(x)"]})
    assert (caught.value.values["name"], caught.value.values["meant"]) == ("sen", "sin")


def test_a_few_points_of_many_classes_leave_the_others_empty() -> None:
    assert make_data({"name": "blobs", "count": 2, "classes": 5}).outputs == 5


def test_duplicates_are_fine_and_a_class_may_be_empty() -> None:
    data = make_data({"points": [[1, 1], [1, 1]], "labels": [0, 2], "classes": 5})
    assert data.outputs == 5


@given(
    st.lists(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=2), min_size=2, max_size=30),
    st.data(),
)
def test_own_points_come_through_unchanged(points: list[list[float]], data: st.DataObject) -> None:
    labels = data.draw(st.lists(st.integers(0, 4), min_size=len(points), max_size=len(points)))
    given_points, given_labels = [list(point) for point in points], list(labels)
    if len(set(labels)) < 2:
        labels[0] = given_labels[0] = (labels[0] + 1) % 5
    made = make_data({"points": points, "labels": labels})
    assert (points, labels) == (given_points, given_labels)
    assert made.points.tolist() == points
    assert list(made.labels) == labels
