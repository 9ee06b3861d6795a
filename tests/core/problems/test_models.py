"""Models on data against central differences, against each other, and against numbers worked by hand."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import FieldError
from core.problems import make_problem
from core.problems.layers import softmax_jacobian
from core.problems.model import DataModel
from core.problems.regions import BAND_COST, Regions

Floats = npt.NDArray[np.float64]

BLOBS = {"name": "blobs", "count": 24}
TWO = {"name": "blobs", "count": 20, "classes": 2}
MOONS = {"name": "moons", "count": 16}
SOFT = {"points": [[0.1, 0.2], [-1.0, 0.4], [0.3, -0.8]], "labels": [[0.2, 0.8], [0.5, 0.5], [0.9, 0.1]]}


def model(kind: str, **fields: Any) -> DataModel:
    made = make_problem(kind, **fields)
    assert isinstance(made, DataModel)
    return made


def somewhere(made: DataModel, seed: int = 0, size: float = 0.7) -> Floats:
    return size * np.random.RandomState(seed).standard_normal(len(made.parameters))


def agree(one: Floats, other: Floats, digits: float = 1e-7) -> None:
    assert np.abs(one - other).max() <= digits * max(1.0, float(np.abs(other).max()))


SINGLE: list[tuple[str, dict[str, Any]]] = [
    ("linear", {}),
    ("linear", {"bias": False, "weight_decay": 0.3}),
    ("linear", {"dataset": {"name": "line", "count": 30, "features": ["x", "x**2"]}}),
    ("logistic", {"dataset": TWO}),
    ("logistic", {"dataset": TWO, "loss": "mse"}),
    ("logistic", {"dataset": TWO, "loss": "mse", "bias": False, "weight_decay": 0.1}),
    ("logistic", {"dataset": TWO, "weight_decay": 0.1}),
    ("softmax", {"dataset": BLOBS}),
    ("softmax", {"dataset": {**BLOBS, "classes": 5}, "bias": False, "weight_decay": 0.2}),
    ("softmax", {"dataset": BLOBS, "loss": "mse"}),
    ("softmax", {"dataset": {"name": "overlapping", "count": 20}}),
    ("one_vs_rest", {}),
    ("one_vs_rest", {"dataset": BLOBS, "loss": "mse", "weight_decay": 0.1}),
]
NETWORKS: list[tuple[str, dict[str, Any]]] = [
    *(
        ("network", {"dataset": MOONS, "hidden": [3, 4], "activation": activation, "output": output, "loss": loss})
        for activation in ("sigmoid", "tanh", "relu", "linear")
        for output, loss in [
            ("linear", "mse"),
            ("sigmoid", "mse"),
            ("sigmoid", "ce"),
            ("softmax", "ce"),
            ("softmax", "mse"),
            ("tanh", "mse"),
            ("relu", "mse"),
        ]
    ),
    ("network", {"dataset": MOONS, "hidden": [], "weight_decay": 0.1}),
    ("network", {"dataset": MOONS, "hidden": [3], "bias": False, "weight_decay": 0.1}),
    ("network", {"dataset": BLOBS, "hidden": [3], "bias": "fixed", "weight_decay": 0.1}),
    ("network", {"dataset": BLOBS, "hidden": [3], "loss": "mse", "output": "tanh"}),
    ("network", {"dataset": SOFT, "hidden": [2], "output": "softmax"}),
    ("network", {"dataset": SOFT, "hidden": [2], "output": "sigmoid"}),
    ("network", {"dataset": {"name": "line", "count": 12}, "hidden": [3], "output": "linear", "loss": "mse"}),
    ("network", {"dataset": MOONS, "hidden": [2] * 10, "activation": "sigmoid"}),
]


@pytest.mark.parametrize(("kind", "fields"), SINGLE + NETWORKS)
def test_gradients_are_central_differences(kind: str, fields: dict[str, Any]) -> None:
    made = model(kind, **fields)
    theta = somewhere(made)
    gradient = made.evaluate(theta)[1].copy()
    agree(gradient, made.finite_differences(theta))
    rows = np.array([3, 0, 3, made.count - 1]) % made.count
    loss, of_batch = made.evaluate(theta, rows)
    singles = [made.evaluate(theta, np.array([row])) for row in rows]
    assert loss == pytest.approx(np.mean([single[0] for single in singles]), rel=1e-12)
    agree(of_batch, np.mean([single[1] for single in singles], axis=0), 1e-12)
    agree(singles[0][1], made.finite_differences(theta, int(rows[0])))


@pytest.mark.parametrize(("kind", "fields"), SINGLE + NETWORKS)
def test_what_is_not_yet_written_is_never_read(
    kind: str, fields: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = np.array([1, 0, 2])
    loss, gradient = model(kind, **fields).evaluate(somewhere(model(kind, **fields)), rows)

    def littered(shape: Any, dtype: Any = float) -> Any:
        return np.full(shape, 1.7e308 if dtype is float else 0, dtype)

    monkeypatch.setattr(np, "empty", littered)
    made = model(kind, **fields)
    again = made.evaluate(somewhere(made), rows)
    assert (again[0], again[1].tolist()) == (loss, gradient.tolist())


@pytest.mark.parametrize(("kind", "fields"), SINGLE + NETWORKS)
def test_point_gradients_average_to_the_gradient(kind: str, fields: dict[str, Any]) -> None:
    made = model(kind, **{**fields, "weight_decay": 0.0})
    theta = somewhere(made)
    shares = made.point_gradients(theta)
    assert shares.shape == (made.count, len(theta))
    agree(shares.mean(axis=0), made.evaluate(theta)[1], 1e-12)


@pytest.mark.parametrize(("kind", "fields"), SINGLE)
def test_hessians_are_differences_of_gradients(kind: str, fields: dict[str, Any]) -> None:
    made = model(kind, **fields)
    theta, by = somewhere(made), 1e-5
    columns = []
    for index in range(len(theta)):
        step = np.zeros(len(theta))
        step[index] = by
        columns.append((made.evaluate(theta + step)[1] - made.evaluate(theta - step)[1]) / (2 * by))
    agree(made.hessian(theta), np.array(columns))


@pytest.mark.parametrize(("kind", "fields"), SINGLE)
def test_far_out_the_careful_pass_gives_the_same(kind: str, fields: dict[str, Any]) -> None:
    """Beyond the fast kernel's reach nothing overflows, warns or jumps."""
    made = model(kind, **fields)
    direction = somewhere(made)
    direction /= np.linalg.norm(direction)
    reach = min(made.reach, 1e8)
    near, far = direction * reach * (1 - 1e-9), direction * reach * (1 + 1e-9)
    assert made.evaluate(near)[0] == pytest.approx(made.evaluate(far)[0], rel=1e-6)
    agree(made.evaluate(near)[1].copy(), made.evaluate(far)[1], 1e-6)
    agree(made.evaluate(near, np.array([1, 2]))[1].copy(), made.evaluate(far, np.array([1, 2]))[1], 1e-6)
    if kind != "linear":
        loss, gradient = made.evaluate(direction * 1e6)
        assert np.isfinite(loss)
        assert np.isfinite(gradient).all()
    huge = made.evaluate(direction * 1e200)[0]
    assert not np.isnan(huge) or kind != "linear"


@pytest.mark.parametrize(("kind", "fields"), SINGLE + NETWORKS)
def test_accuracy_is_the_same_fresh_and_stale(kind: str, fields: dict[str, Any]) -> None:
    made = model(kind, **fields)
    if not made.classifies:
        assert made.observe(somewhere(made)) == {}
        return
    for theta in (np.zeros(len(made.parameters)), *(somewhere(made, seed) for seed in range(5))):
        made.evaluate(theta)
        fresh = made.observe(theta)
        made.evaluate(theta + 1)
        assert made.observe(theta) == fresh
        assert tuple(fresh) == made.observations


def test_ties_go_to_the_first_class_as_argmax_has_it() -> None:
    for kind in ("softmax", "logistic"):
        made = model(kind, dataset={"points": [[1], [2], [3]], "labels": [0, 1, 1]})
        theta = np.zeros(len(made.parameters))
        made.evaluate(theta)
        assert made.observe(theta)["accuracy"] == pytest.approx(1 / 3)


def test_softmax_by_hand() -> None:
    """reference-results.md: zero start, no bias, rate 0.01, ten steps."""
    points = [[0.5, -1.2], [-0.3, 1.1], [0.8, -0.6]]
    made = model("softmax", dataset={"points": points, "labels": [0, 1, 2]}, bias=False)
    theta, losses = np.zeros(6), []
    for _ in range(10):
        loss, gradient = made.evaluate(theta)
        losses.append(loss)
        theta = theta - 0.01 * gradient
    losses.append(made.evaluate(theta)[0])
    expected = [1.0986, 1.0947, 1.0909, 1.0871, 1.0833, 1.0795, 1.0758, 1.0721, 1.0685, 1.0648, 1.0612]
    # worked with the sum's gradient divided by the number of points, and printed to four digits
    assert losses == pytest.approx(expected, abs=6e-5)
    by_feature = theta.reshape(3, 2).T
    agree(by_feature, np.array([[0.0053, -0.0207, 0.0154], [-0.0317, 0.0436, -0.0119]]), 6e-5)


def test_a_network_by_hand() -> None:
    """Mazur's 2-2-2: half the summed squared error, biases fixed, one step at rate 0.5."""
    made = model(
        "network",
        dataset={"points": [[0.05, 0.10]], "labels": [[0.01, 0.99]]},
        hidden=[2],
        activation="sigmoid",
        output="sigmoid",
        loss="mse",
        bias="fixed",
    )
    assert made.parameters == (
        *("w_1_1_1", "w_1_1_2", "w_1_2_1", "w_1_2_2", "b_1_1", "b_1_2"),
        *("w_2_1_1", "w_2_1_2", "w_2_2_1", "w_2_2_2", "b_2_1", "b_2_2"),
    )
    start = np.array([0.15, 0.20, 0.25, 0.30, 0.35, 0.35, 0.40, 0.45, 0.50, 0.55, 0.60, 0.60])
    loss, gradient = made.evaluate(start)
    assert loss == pytest.approx(0.2983711088, abs=1e-10)
    assert made.predictions(start, made.data.points)[:, 0] == pytest.approx([0.75136507, 0.77292847], abs=5e-9)
    after = start - 0.5 * gradient
    assert after == pytest.approx(
        [
            *(0.14978072, 0.19956143, 0.24975114, 0.29950229, 0.35, 0.35),
            *(0.35891648, 0.40866619, 0.51130127, 0.56137012, 0.60, 0.60),
        ],
        abs=5e-9,
    )
    assert made.evaluate(after)[0] == pytest.approx(0.2910277737, abs=1e-10)


def test_every_number_of_the_network_by_hand() -> None:
    made = model(
        "network",
        dataset={"points": [[0.05, 0.10]], "labels": [[0.01, 0.99]]},
        hidden=[2],
        activation="sigmoid",
        output="sigmoid",
        loss="mse",
    )
    theta = np.array([0.15, 0.20, 0.25, 0.30, 0.35, 0.35, 0.40, 0.45, 0.50, 0.55, 0.60, 0.60])
    traced = made.trace(theta, 0)
    hidden, output = traced.layers
    # numbers printed in Mazur's post
    assert hidden.z[0] == pytest.approx(0.3775)
    assert hidden.a == pytest.approx([0.593269992, 0.596884378], abs=5e-10)
    assert output.z[0] == pytest.approx(1.105905967, abs=5e-10)
    assert output.da[0] == pytest.approx(0.74136507, abs=5e-9)
    assert output.slope[0] == pytest.approx(0.186815602, abs=5e-10)
    assert output.weight_gradients[0, 0] == pytest.approx(0.082167041, abs=5e-10)
    assert output.dz[0] == pytest.approx(0.138498562, abs=5e-10)
    assert hidden.da[0] == pytest.approx(0.036350306, abs=5e-10)
    assert hidden.slope[0] == pytest.approx(0.241300709, abs=5e-10)
    assert hidden.weight_gradients[0, 0] == pytest.approx(0.000438568, abs=5e-10)
    assert traced.loss == pytest.approx(0.298371109, abs=5e-10)


@pytest.mark.parametrize(("kind", "fields"), SINGLE + NETWORKS)
def test_a_trace_multiplies_out_to_the_gradient(kind: str, fields: dict[str, Any]) -> None:
    made = model(kind, **{**fields, "weight_decay": 0.0})
    theta, row = somewhere(made), 1
    traced = made.trace(theta, row)
    loss, gradient = made.evaluate(theta, np.array([row]))
    assert traced.loss == pytest.approx(loss, rel=1e-9)
    for layer in traced.layers:
        dz = layer.slope @ layer.da if layer.slope.ndim == 2 else layer.slope * layer.da
        agree(dz, layer.dz, 1e-9)
        agree(np.outer(layer.dz, layer.inputs), layer.weight_gradients, 1e-12)
    flat = [np.concatenate([layer.weight_gradients.ravel(), layer.bias_gradients]) for layer in traced.layers]
    if made.layers.bias and not made.fixed.size:
        agree(np.concatenate(flat), gradient, 1e-9)


def test_two_classes_of_softmax_are_logistic_at_doubled_rate_and_halved_decay() -> None:
    pair = model("softmax", dataset=TWO, weight_decay=0.2)
    single = model("logistic", dataset=TWO, weight_decay=0.1)
    theta, w = np.zeros(6), np.zeros(3)
    for _ in range(200):
        rows = theta.reshape(-1)
        difference = np.array([rows[2] - rows[0], rows[3] - rows[1], rows[5] - rows[4]])
        assert difference == pytest.approx(w, rel=1e-9, abs=1e-12)
        theta = theta - 0.1 * pair.evaluate(theta)[1]
        w = w - 0.2 * single.evaluate(w)[1]
    assert abs(w).max() > 0.5


@pytest.mark.parametrize("bias", [True, False])
def test_softmax_has_a_flat_direction_per_feature_and_decay_lifts_them(bias: bool) -> None:
    made = model("softmax", dataset=BLOBS, bias=bias)
    theta = somewhere(made)
    eigenvalues = np.linalg.eigvalsh(made.hessian(theta))
    assert np.count_nonzero(np.abs(eigenvalues) < 1e-12) == (3 if bias else 2)  # features + 1, or features
    decayed = model("softmax", dataset=BLOBS, bias=bias, weight_decay=0.01)
    assert np.linalg.eigvalsh(decayed.hessian(theta)).min() == pytest.approx(0.01)


def test_one_vector_added_to_every_class_changes_nothing() -> None:
    made = model("softmax", dataset=BLOBS)
    theta = somewhere(made)
    added = np.concatenate([np.tile([3.0, -2.0], 3), [1.5] * 3])
    assert made.evaluate(theta + added)[0] == pytest.approx(made.evaluate(theta)[0], rel=1e-12)
    agree(made.evaluate(theta + added)[1].copy(), made.evaluate(theta)[1], 1e-12)


def test_four_valleys() -> None:
    made = model("logistic", dataset={"name": "valleys"}, loss="mse", bias=False)
    for start in [(-2, -2), (-2, 1), (1, -2), (1, 1)]:
        w = np.array(start, dtype=float)
        for _ in range(3000):
            w = w - 3 * made.evaluate(w)[1]
        expected = [-1.386 if part < 0 else 0.120 for part in start]
        assert w == pytest.approx(expected, abs=5e-4)
        assert np.linalg.eigvalsh(made.hessian(w)).min() > 0
        # the mean over each axis' six points, published as 0.15000 and 0.11650, averaged over the axes
        assert made.evaluate(w)[0] == pytest.approx(
            np.mean([0.15000 if part < 0 else 0.11650 for part in start]), abs=5e-6
        )
    entropy = model("logistic", dataset={"name": "valleys"}, bias=False)
    for start in [(-2, -2), (-2, 1), (1, -2), (1, 1)]:
        w = np.array(start, dtype=float)
        for _ in range(2000):
            w = w - 0.3 * entropy.evaluate(w)[1]
        assert w == pytest.approx([0.159, 0.159], abs=5e-4)


def test_linear_regression_ends_at_the_closed_form() -> None:
    made = model("linear", dataset={"name": "outliers"})
    theta = np.zeros(2)
    for _ in range(3000):
        theta = theta - 0.3 * made.evaluate(theta)[1]
    whole = np.column_stack([made.data.inputs, np.ones(made.count)])
    agree(theta, np.asarray(np.linalg.lstsq(whole, made.data.targets[:, 0], rcond=None)[0], dtype=np.float64), 1e-9)


def test_outliers_pull_the_line_down() -> None:
    pulled = model("linear", dataset={"name": "outliers"})
    clean = model("linear", dataset={"name": "outliers", "outliers": 0})
    slopes = [np.polyfit(made.data.points[:, 0], made.data.targets[:, 0], 1)[0] for made in (pulled, clean)]
    assert slopes[1] == pytest.approx(1.5, abs=0.15)
    assert slopes[0] < 1.0


def test_the_softmax_jacobian() -> None:
    z = np.array([0.3, -1.0, 2.0])

    def softmax(z: Floats) -> Floats:
        return np.asarray(np.exp(z) / np.exp(z).sum())

    by = 1e-6
    columns = [(softmax(z + by * unit) - softmax(z - by * unit)) / (2 * by) for unit in np.eye(3)]
    agree(softmax_jacobian(softmax(z)), np.array(columns).T, 1e-9)
    a = softmax(z)
    y = np.array([0.0, 1.0, 0.0])
    agree(softmax_jacobian(a) @ (-y / a), a - y, 1e-12)  # the product collapses


@pytest.mark.parametrize("kind", ["softmax", "one_vs_rest", "logistic", "network"])
def test_regions_are_the_probabilities_on_a_grid(kind: str) -> None:
    made = model(kind, dataset=TWO)
    theta = somewhere(made)
    regions = made.regions(theta, 5, [[-1, 1], [-2, 2]])
    assert regions.shape == (2, 5, 5)
    assert regions.dtype == np.uint8
    corner = made.probabilities(theta, np.array([[1.0, -2.0]]))[:, 0]
    assert regions[:, 0, -1] == pytest.approx(255 * corner, abs=0.5)
    if kind != "one_vs_rest":
        assert made.probabilities(theta, made.data.points).sum(axis=0) == pytest.approx(1)


def test_overlapping_labels_get_two_yes_from_one_vs_rest_and_cannot_from_softmax() -> None:
    accuracy = {}
    for kind in ("one_vs_rest", "softmax"):
        made = model(kind, dataset={"name": "overlapping"})
        theta = np.zeros(len(made.parameters))
        for _ in range(500):
            theta = theta - 1.0 * made.evaluate(theta)[1]
        accuracy[kind] = made.observe(theta)["accuracy"]
        both = made.probabilities(theta, np.array([[2.0, 2.0]]))[:, 0]
        assert (both > 0.5).all() == (kind == "one_vs_rest")
    assert accuracy["one_vs_rest"] > 0.95
    assert accuracy["softmax"] < 0.7


def test_initial_weights_have_the_spread_that_their_name_promises() -> None:
    spreads = {"normal": 1, "xavier": (2 / 80) ** 0.5, "he": (2 / 64) ** 0.5, "small": 0.01, "large": 5}
    for init, spread in spreads.items():
        made = model("network", hidden=[64, 16], activation="relu", init=init)
        part = np.array(made.default_start(1))[192 : 192 + 1024]
        assert part.std() == pytest.approx(spread, rel=0.1)
        doubled = np.array(model("network", hidden=[64, 16], activation="relu", init=init, scale=2).default_start(1))
        assert doubled[192 : 192 + 1024] == pytest.approx(2 * part)
    assert set(model("network", init="zero").default_start(0)) == {0.0}


def test_layer_norms() -> None:
    made = model("network", hidden=[2], dataset=MOONS)
    gradient = np.arange(9, dtype=float)
    assert made.layer_norms(gradient) == pytest.approx([np.linalg.norm(gradient[:6]), np.linalg.norm(gradient[6:])])
    assert made.layer_norms(np.vstack([gradient, 2 * gradient])).shape == (2, 2)


def test_held_out_points_are_observed() -> None:
    made = model("logistic", dataset={**TWO, "held_out": 0.25})
    observed = made.observe(somewhere(made))
    assert set(observed) == set(made.observations) == {"accuracy", "held_out_accuracy", "held_out_loss"}


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("linear", {"loss": "ce"}, "loss", "unbounded_output"),
    ("linear", {"dataset": {"name": "moons"}}, "dataset.name", "labels_do_not_fit"),
    ("linear", {"bias": "fixed"}, "bias", "not_a_boolean"),
    ("linear", {"weight_decay": -1}, "weight_decay", "out_of_range"),
    ("logistic", {"loss": "hinge"}, "loss", "unknown"),
    ("logistic", {"dataset": {"name": "blobs"}}, "dataset.classes", "two_classes"),
    ("logistic", {"dataset": {"points": [[0], [1]], "labels": [0, 2]}}, "dataset.labels", "two_classes"),
    ("logistic", {"dataset": {"points": [[0], [1]], "labels": [0.5, 1]}}, "dataset.labels[0]", "not_a_class"),
    ("softmax", {"dataset": {"name": "line"}}, "dataset.name", "labels_do_not_fit"),
    ("softmax", {"dataset": {"points": [[0], [1]], "labels": [[0, 1], []]}}, "dataset.labels[1]", "no_class"),
    ("network", {"output": "linear"}, "loss", "unbounded_output"),
    ("network", {"output": "tanh"}, "loss", "negative_output"),
    ("network", {"output": "relu"}, "loss", "unbounded_output"),
    ("network", {"output": "step"}, "output", "unknown"),
    ("network", {"activation": "gelu"}, "activation", "unknown"),
    ("network", {"init": "best"}, "init", "unknown"),
    ("network", {"bias": "loose"}, "bias", "not_a_boolean"),
    ("network", {"scale": 1000}, "scale", "out_of_range"),
    ("network", {"hidden": 3}, "hidden", "not_a_list"),
    ("network", {"hidden": [2] * 11}, "hidden", "not_a_list"),
    ("network", {"hidden": [2, 0]}, "hidden[1]", "out_of_range"),
    ("network", {"hidden": [2, 2.5]}, "hidden[1]", "out_of_range"),
    ("network", {"hidden": [64, 64]}, "hidden", "too_many"),
    ("network", {"dataset": {"points": [[0], [1]], "labels": [[2], [0]]}}, "dataset.labels[0]", "out_of_range"),
    (
        "network",
        {"dataset": {"points": [[0], [1]], "labels": [[1, 0], [1, 1]]}, "output": "softmax"},
        "dataset.labels[1]",
        "not_one",
    ),
]


@pytest.mark.parametrize(("kind", "fields", "field", "code"), REFUSED)
def test_what_makes_no_sense_is_refused_by_name(kind: str, fields: dict[str, Any], field: str, code: str) -> None:
    with pytest.raises(FieldError) as caught:
        make_problem(kind, **fields)
    assert (caught.value.field, caught.value.code) == (field, code)


def test_regions_need_two_inputs_and_probabilities_classes() -> None:
    line = model("linear")
    for call in (lambda: line.regions(np.zeros(2), 4), lambda: line.probabilities(np.zeros(2), np.zeros((1, 1)))):
        with pytest.raises(FieldError):
            call()
    with pytest.raises(FieldError):
        line.trace(np.zeros(2), 100)


@given(st.sampled_from(SINGLE + NETWORKS), st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_nothing_that_is_passed_in_is_changed(case: tuple[str, dict[str, Any]], seed: int) -> None:
    made = model(case[0], **case[1])
    theta = somewhere(made, seed)
    rows = np.random.RandomState(seed).randint(0, made.count, 5)
    kept, kept_rows, data = theta.copy(), rows.copy(), made.data.inputs.copy()
    first = made.evaluate(theta, rows)
    made.evaluate(theta)
    made.observe(theta)
    made.hessian(theta)
    made.point_gradients(theta)
    made.trace(theta, 0)
    made.finite_differences(theta, 0)
    again = made.evaluate(theta, rows)
    assert np.array_equal(theta, kept)
    assert np.array_equal(rows, kept_rows)
    assert np.array_equal(made.data.inputs, data)
    assert first[0] == again[0]
    assert np.array_equal(first[1], again[1])


def test_a_picture_of_the_regions_is_made_in_bands_of_bounded_work() -> None:
    wide = model("network", dataset=TWO, hidden=[40, 40])
    drawn = Regions(wide, 32)
    assert len(drawn.bands) > 1
    assert [row for band in drawn.bands for row in range(band.start, band.stop)] == list(range(32))
    theta = somewhere(wide)
    bands = [drawn.band(theta, rows) for rows in drawn.bands]
    assert (np.concatenate(bands, axis=1) == wide.regions(theta, 32)).all()
    assert drawn.cost / len(drawn.bands) < 1.5 * BAND_COST
    assert len(Regions(model("network", dataset=TWO, hidden=[8, 8]), 64).bands) == 1
