"""The figures of the scenes on data come out of the engine: the same lesson, as plainly, with these seeds."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from core.problems import make_problem
from core.problems.model import DataModel
from core.running import Columns, Run

LINE = {"name": "line", "count": 512}
BATCHES: dict[int, dict[str, Any]] = {
    1: {"mode": "stochastic"},
    64: {"mode": "mini", "size": 64},
    512: {"mode": "full"},
}


def model(kind: str, **fields: Any) -> DataModel:
    made = make_problem(kind, **fields)
    assert isinstance(made, DataModel)
    return made


def trained(made: DataModel, steps: int, lr: float, **fields: Any) -> Columns:
    run = Run(made, "sgd", settings={"lr": lr}, steps=steps, **fields)
    columns = run.advance(steps)
    assert run.status.state == "finished"
    return columns


def excess(made: DataModel, columns: Columns) -> npt.NDArray[np.float64]:
    """Loss over all points above the least possible."""
    whole = np.column_stack([made.data.inputs, np.ones(made.count)])
    best = np.linalg.lstsq(whole, made.data.targets[:, 0], rcond=None)[0]
    full = columns["full_loss"] if "full_loss" in columns else columns["loss"]
    return np.asarray(full - made.evaluate(np.asarray(best, dtype=np.float64))[0])


def wrong_weights() -> list[float]:
    """1.5 times the class directions, rotated by 120 degrees."""
    angle = 2 * np.pi * np.arange(3) / 3 + 2 * np.pi / 3
    return [*(1.5 * np.column_stack([np.cos(angle), np.sin(angle)])).ravel().tolist(), 0.0, 0.0, 0.0]


def test_classify_learns_before_the_eyes() -> None:
    made = model("softmax", dataset={"name": "blobs"})
    columns = trained(made, 200, 0.1, start=wrong_weights())
    accuracy = [columns["accuracy"][step] for step in (0, 10, 15, 20, 25, 200)]
    assert accuracy == pytest.approx([0.01, 0.18, 0.60, 0.81, 0.91, 0.97], abs=0.06)
    assert columns["loss"][0] == pytest.approx(4.79, abs=0.2)
    assert columns["loss"][20] == pytest.approx(0.51, abs=0.08)
    assert columns["loss"][200] == pytest.approx(0.14, abs=0.05)


def test_from_zero_there_is_nothing_to_watch() -> None:
    columns = trained(model("softmax", dataset={"name": "blobs"}), 1, 0.1)
    assert columns["accuracy"][1] > 0.95


def test_separable_blobs_have_no_minimum() -> None:
    made = model("softmax", dataset={"name": "blobs", "sd": 0.4})
    columns = trained(made, 10_000, 0.1, start=wrong_weights())
    norm = np.sqrt(sum(columns[name] ** 2 for name in made.parameters))
    assert columns["accuracy"][100] == 1
    assert norm[1000] > norm[100] + 1  # as the logarithm of the steps
    assert norm[10_000] > norm[1000] + 1


def test_circles_need_squares() -> None:
    line = trained(model("logistic", dataset={"name": "circles"}), 500, 1.0)
    curve = trained(model("logistic", dataset={"name": "circles", "features": ["x", "y", "x**2", "y**2"]}), 500, 1.0)
    assert line["accuracy"][-1] < 0.65
    assert curve["accuracy"][-1] > 0.97


def test_far_mislabelled_points_are_where_squared_error_wins() -> None:
    boundary, right = {}, {}
    for loss in ("ce", "mse"):
        made = model("logistic", dataset={"name": "mislabelled"}, loss=loss)
        columns = trained(made, 100, 0.5)
        theta = np.array([columns[name][-1] for name in made.parameters])
        boundary[loss] = -theta[1] / theta[0]
        chosen = made.probabilities(theta, made.data.points[:100]).argmax(axis=0)
        right[loss] = float(np.mean(chosen == np.array(made.data.labels[:100])))
    assert boundary["ce"] == pytest.approx(1.2, abs=0.3)
    assert boundary["mse"] == pytest.approx(0, abs=0.15)
    assert right["ce"] == pytest.approx(0.82, abs=0.05)
    assert right["mse"] == pytest.approx(0.97, abs=0.02)


def test_four_valleys_from_one_start() -> None:
    squares = trained(model("logistic", dataset={"name": "valleys"}, loss="mse", bias=False), 400, 3, start=[-3, 1])
    assert (squares["w_1"][-1], squares["w_2"][-1]) == pytest.approx((-1.386, 0.120), abs=5e-4)
    entropy = trained(model("logistic", dataset={"name": "valleys"}, bias=False), 50, 0.3, start=[-3, 1])
    assert (entropy["w_1"][-1], entropy["w_2"][-1]) == pytest.approx((0.159, 0.159), abs=5e-4)


def test_batches_pass_after_as_many_updates_and_rest_on_their_own_floor() -> None:
    made = model("linear", dataset=LINE)
    passed, floor = {}, {}
    for size, batch in BATCHES.items():
        above = excess(made, trained(made, 300, 0.1, start=[-2, 3], batch=batch))
        passed[size], floor[size] = int(np.argmax(above < 0.05)), float(above[200:].mean())
    assert all(15 <= steps <= 30 for steps in passed.values())
    assert floor[1] == pytest.approx(0.06, abs=0.03)
    assert floor[64] == pytest.approx(0.0003, abs=0.0002)
    assert floor[512] == pytest.approx(0, abs=1e-12)


def test_the_floor_of_single_examples_falls_with_the_rate() -> None:
    made = model("linear", dataset=LINE)
    floors = [
        excess(made, trained(made, 3000, lr, start=[-2, 3], batch=BATCHES[1]))[1000:].mean() for lr in (0.3, 0.1, 0.03)
    ]
    assert floors == pytest.approx([0.26, 0.06, 0.014], rel=0.35)


def test_a_falling_rate_sinks_through_the_floor() -> None:
    made = model("linear", dataset=LINE)
    falling = {"schedule": ("inverse", {"half": 20})}
    ends = {
        name: np.mean(
            [
                excess(made, trained(made, 300, 0.3, start=[-2, 3], batch=BATCHES[1], seed=seed, **more))[300]
                for seed in range(8)
            ]
        )
        for name, more in {"falling": falling, "constant": {}}.items()
    }
    assert ends["falling"] < 0.02
    assert ends["constant"] > 0.1


def test_the_full_batch_at_its_own_rate() -> None:
    made = model("linear", dataset=LINE)
    assert excess(made, trained(made, 3, 0.85, start=[-2, 3]))[3] == pytest.approx(0.00045, abs=0.0003)


def test_reshuffling_lowers_the_floor() -> None:
    made, floors = model("linear", dataset=LINE), {}
    for replacement in (False, True):
        batch = {"mode": "mini", "size": 64, "with_replacement": replacement}
        runs = [trained(made, 300, 0.1, start=[-2, 3], batch=batch, seed=seed) for seed in range(4)]
        floors[replacement] = float(np.mean([excess(made, run)[200:].mean() for run in runs]))
    assert floors[False] == pytest.approx(0.00023, abs=0.0001)
    assert floors[True] == pytest.approx(0.0008, abs=0.0004)


def test_repeated_points_cost_the_full_batch_eight_times_as_much() -> None:
    seen = {}
    for repeat in (1, 8):
        made = model("linear", dataset={"name": "line", "count": 64, "repeat": repeat})
        for size, batch in ((16, {"mode": "mini", "size": 16}), (64 * repeat, None)):
            above = excess(made, trained(made, 60, 0.1, start=[-2, 3], batch=batch))
            seen[repeat, size == 16] = int(np.argmax(above < 0.5)) * size
    assert (seen[1, False], seen[8, False]) == (640, 5120)
    assert seen[1, True] == pytest.approx(160, abs=32)
    assert seen[8, True] == pytest.approx(160, abs=32)


def deep(activation: str, init: str, loss: str) -> tuple[DataModel, Columns]:
    made = model("network", dataset={"name": "moons"}, hidden=[8] * 8, activation=activation, init=init, loss=loss)
    return made, trained(made, 600, 0.1)


def first_norms(made: DataModel, columns: Columns) -> npt.NDArray[np.float64]:
    return made.layer_norms(np.array([columns[f"gradient_{name}"][0] for name in made.parameters]))


def test_depth_wants_its_activation_and_initialisation() -> None:
    sigmoid, saturated = deep("sigmoid", "xavier", "ce")
    assert saturated["loss"][-1] == pytest.approx(0.69, abs=0.005)
    norms = first_norms(sigmoid, saturated)
    assert norms[0] / norms[-1] < 1e-4
    relu, learned = deep("relu", "he", "ce")
    assert learned["loss"][-1] < 0.03
    assert first_norms(relu, learned)[0] / first_norms(relu, learned)[-1] > 0.1
    larger = first_norms(*deep("sigmoid", "normal", "ce"))
    assert larger[0] / larger[-1] > 100 * norms[0] / norms[-1]


def test_cross_entropy_helps_every_layer_alike_and_so_not_the_depth() -> None:
    ratios = first_norms(*deep("sigmoid", "xavier", "ce")) / first_norms(*deep("sigmoid", "xavier", "mse"))
    assert ratios == pytest.approx([ratios[-1]] * 9, rel=1e-3)
    assert ratios[0] == pytest.approx(4, abs=1)


def test_sparse_data_want_adaptive_rates() -> None:
    made = model("logistic", dataset={"name": "sparse"})
    plain = min(float(trained(made, 100, lr)["loss"][-1]) for lr in (0.1, 0.3, 1, 3, 10))
    adaptive = Run(made, "adagrad", settings={"lr": 1.0}, steps=100).advance(100)["loss"][-1]
    assert adaptive < plain


@pytest.mark.parametrize("batch", [None, {"mode": "mini", "size": 7}])
@pytest.mark.parametrize(
    ("kind", "fields"),
    [("logistic", {"dataset": {"name": "blobs", "classes": 2, "count": 40}}), ("network", {"hidden": [3]})],
)
def test_slicing_a_run_changes_nothing(kind: str, fields: dict[str, Any], batch: dict[str, Any] | None) -> None:
    def run() -> Run:
        return Run(model(kind, **fields), "adam", settings={"lr": 0.1}, steps=40, batch=batch, seed=5)

    whole, sliced = run().advance(40), run()
    parts = [sliced.advance(steps) for steps in (1, 7, 13, 19)]
    for name, column in whole.items():
        assert np.array_equal(column, np.concatenate([part[name] for part in parts]))


def test_newton_refuses_the_flat_softmax_and_finishes_with_decay() -> None:
    flat = Run(model("softmax", dataset={"name": "blobs"}), "newton", steps=20)
    flat.advance(20)
    assert (flat.status.state, flat.status.code) == ("stopped", "singular_hessian")
    made = model("softmax", dataset={"name": "blobs"}, weight_decay=0.01)
    lengths = {}
    for name, steps in (("newton", 12), ("lbfgs", 40)):
        run = Run(made, name, steps=steps)
        columns = run.advance(steps)
        gradients = np.array([columns[f"gradient_{parameter}"] for parameter in made.parameters])
        lengths[name] = np.linalg.norm(gradients, axis=0)
    assert int(np.argmax(lengths["newton"] < 1e-9)) in range(1, 9)
    assert lengths["lbfgs"].min() < 1e-6
    plain = trained(made, 40, 1.0)
    slow = np.linalg.norm([plain[f"gradient_{parameter}"][-1] for parameter in made.parameters])
    assert slow > 100 * lengths["lbfgs"].min()
