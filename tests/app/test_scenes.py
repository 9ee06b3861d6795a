"""What each scene shows is what its lesson says."""

from typing import Any

import numpy as np
import pytest

from app import links
from app.runs import prepare
from app.scenes import SCENES, Scene
from app.spec import Spec
from core.backpropagation import backpropagate
from core.problems.model import DataModel

SCENE = {scene.name: scene for scene in SCENES}
Columns = dict[str, np.ndarray[Any, Any]]


def shown(name: str, **changed: object) -> list[Columns]:
    """Every run of a scene, whole."""
    prepared = prepare(Spec.model_validate({**SCENE[name].spec, **changed}))
    return [walk.advance(10_000) for walk in prepared.walks]


def settles(columns: Columns, below: float = 0.01) -> int:
    """From which step on the loss stays below; the number of rows where it never does."""
    above = np.flatnonzero(columns["loss"] >= below)
    return int(above[-1]) + 1 if above.size else 0


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_scene_is_a_spec_with_a_lesson_and_a_question(scene: Scene) -> None:
    spec = prepare(Spec.model_validate(scene.spec)).spec
    link = links.write(spec)
    assert link is not None
    pages = {"descent": "/?", "losses": "/losses?", "batches": "/batches?", "classify": "/classify?"}
    assert link.startswith(pages.get(scene.page, tuple(pages.values())))  # Backprop shows what belongs to others
    assert len(link) < 400
    assert scene.lesson
    assert 0 <= scene.step <= spec.steps
    assert not scene.question or 0 <= scene.answer < len(scene.choices)
    assert 0 <= scene.view.get("follow", 0) < len(spec.runs)
    assert scene.body(str)["title"] == scene.title


def test_names_are_unique() -> None:
    assert len(SCENE) == len(SCENES)


def test_two_holes() -> None:
    plain, momentum, adam = shown("two-holes")
    assert (plain["x"][20], plain["y"][20]) == pytest.approx((0.53, 0.61), abs=0.01)
    assert plain["x"][80] == pytest.approx(0.905, abs=0.01)
    assert momentum["y"][20] == pytest.approx(-0.38, abs=0.01)
    assert max(momentum["x"][-1], adam["x"][60]) < -0.8
    assert shown("two-holes", start=[0.8, 1])[1]["x"][-1] > 0.8


def test_by_hand() -> None:
    slow, good, flips, sides, flies = (columns["x"] for columns in shown("by-hand"))
    assert slow[30] == pytest.approx(0.29, abs=0.005)
    assert good[1:4] == pytest.approx([0.2, 0.04, 0.008])
    assert flips[1] < 0 < flips[2]
    assert set(np.round(sides, 9)) == {1, -1}
    assert flies[30] == pytest.approx(17.4, abs=0.1)


def test_ravine_turned_or_not() -> None:
    plain, over, momentum, adam = shown("ravine")
    assert (settles(plain), settles(momentum), settles(adam)) == (105, 86, 86)
    assert over["y"][20] == pytest.approx(5.3, abs=0.1)
    turned = [settles(columns) for columns in shown("turned-ravine")]
    assert turned == [97, 86, 152]


def test_banana() -> None:
    plain, momentum, adam = shown("banana")
    assert (plain["loss"][200], plain["loss"][500]) == pytest.approx((3.46, 2.28), abs=0.01)
    assert (settles(momentum), settles(adam)) == (318, 360)


def test_heavy_ball() -> None:
    assert [settles(columns) for columns in shown("heavy-ball")] == [99, 45, 39, 80, 201]


def test_saddle() -> None:
    plain, momentum, adam = (settles(columns, -0.24) for columns in shown("saddle"))
    assert (plain, momentum, adam) == (152, 78, 39)
    assert all(columns["y"][-1] == 0 for columns in shown("saddle", start=[1.5, 0]))


def test_plateau() -> None:
    plain, momentum, adam = shown("plateau")
    assert (plain["x"][-1], plain["y"][-1]) == pytest.approx((2.81, 1.87), abs=0.01)
    assert (int(np.argmax(momentum["loss"] < -0.99)), int(np.argmax(adam["loss"] < -0.99))) == (98, 29)


def test_units() -> None:
    problem = SCENE["units"].spec["problem"]
    plain, adam = shown("units")
    ordinary = {**problem, "settings": {"s": 1}}
    plain_1, adam_1 = shown("units", problem=ordinary)
    assert (plain["x"][-1], plain["y"][-1]) == pytest.approx((-7.61, 0.73), abs=0.01)
    assert abs(plain_1["x"][-1]) < 0.06
    assert adam["x"] == pytest.approx(adam_1["x"], abs=1e-4)


def test_noise() -> None:
    floors = [columns["loss"][-200:].mean() for columns in shown("noise")]
    assert floors[0] > 3 * floors[1] > 9 * floors[2]


def test_watershed() -> None:
    ends = [(columns["x"][-1], columns["y"][-1]) for columns in shown("watershed")]
    assert ends[0] == pytest.approx((3.58, -1.85), abs=0.01)
    (scene,) = (scene for scene in SCENES if scene.name == "watershed")
    assert ends[0] == pytest.approx(scene.view["places"][scene.answer], abs=0.01)
    assert ends[1] == pytest.approx((3, 2), abs=0.01)
    assert shown("watershed", start=[-0.30, -0.90])[0]["x"][-1] == pytest.approx(-3.78, abs=0.01)


def test_no_single_winner() -> None:
    def arrivals(**changed: object) -> list[int]:
        return [settles(columns, 1e-6 * columns["loss"][0]) for columns in shown("no-single-winner", **changed)]

    assert arrivals() == [343, 58, 64]
    tuned = {"optimizer": "adam", "settings": {"lr": 0.67, "beta1": 0.5}}
    problem = {"kind": "surface", "name": "quadratic", "settings": {"condition": 100, "angle": 0}}
    assert arrivals(problem=problem, start=[-6, 2], runs=[tuned]) == [20]


def test_losses() -> None:
    mse, ce = shown("badly-wrong")
    assert (ce["output"][20], mse["output"][20]) == pytest.approx((0.376, 0.980), abs=5e-4)
    mse, ce = shown("own-rates")
    assert abs(mse["output"][4] - 0.2) < 0.01
    assert abs(ce["output"][2] - 0.2) < 0.01


LEAST = 0.4534185478639079  # of the 512 points of the noisy line, by least squares


def above_best(columns: Columns) -> np.ndarray[Any, Any]:
    """How far over the best loss a walk is, over all points."""
    return columns.get("full_loss", columns["loss"]) - LEAST


def test_three_batches() -> None:
    """About as many updates each, so 1, 64 and 512 times the points."""
    within = [int(np.argmax(above_best(columns) < 0.05)) for columns in shown("three-batches")]
    assert within == [16, 21, 21]
    one, some, all_of_them = (above_best(columns) for columns in shown("three-batches"))
    assert one[300:].mean() == pytest.approx(0.066, rel=0.05)
    assert some[100:].mean() < 0.0005
    assert all_of_them[-1] == pytest.approx(0, abs=1e-12)


def test_the_noise_floor() -> None:
    fast, middle, slow, falling = (above_best(columns) for columns in shown("noise-floor"))
    assert fast[100:].mean() > 4 * middle[100:].mean() > 16 * slow[200:].mean()
    assert falling[-30:].mean() < 0.006


def test_each_batch_its_own_rate() -> None:
    one, some, all_of_them = (above_best(columns) for columns in shown("batch-own-rates"))
    assert all_of_them[3] < 0.0005 < some[24] < one[1400:1536].mean()


def test_repeated_points_cost_only_the_full_batch() -> None:
    runs = shown("redundancy")
    least = min(float(columns["loss"].min()) for columns in runs[:2])
    within = [int(np.argmax(columns.get("full_loss", columns["loss"]) - least < 0.05)) for columns in runs]
    assert within[0] == within[1]
    assert abs(within[2] - within[3]) <= 4


def test_a_reshuffled_deck_has_the_lower_floor() -> None:
    deck, again = (above_best(columns)[100:].mean() for columns in shown("reshuffled"))
    assert 3 * deck < again


def test_rare_features_want_a_rate_of_their_own() -> None:
    """At its best rate plain descent has covered a quarter of the way to the rarest weights where AdaGrad is there."""
    problem = prepare(Spec.model_validate(SCENE["rare-features"].spec)).walks[0].problem
    assert isinstance(problem, DataModel)
    whole = np.column_stack([problem.data.inputs, np.ones(problem.count)])
    best = np.linalg.lstsq(whole, problem.data.targets[:, 0], rcond=None)[0]
    least = problem.evaluate(np.asarray(best, dtype=np.float64))[0]
    rarest = np.argsort(-problem.data.inputs.mean(axis=0), kind="stable")[-4:]
    for seed in range(3):
        runs = shown("rare-features", seed=seed)
        way = [np.mean([run[f"w_{j + 1}"][20] / best[j] for j in rarest]) for run in runs]
        assert way[0] < 0.45
        assert way[2] > 0.75
        within = [int(np.argmax(run["full_loss"] - least < 0.005)) for run in runs]
        assert within[0] > 2.5 * within[2]
        assert within[0] > within[1]
    assert float(np.mean([shown("rare-features")[0][f"w_{j + 1}"][20] / best[j] for j in rarest])) == pytest.approx(
        0.27, abs=0.005
    )


@pytest.mark.parametrize("rule", ["sgd", "adagrad", "adam"])
def test_the_rates_of_rare_features_are_about_the_best(rule: str) -> None:
    """No rate on a grid brings a rule much lower after 40 updates than the one that the scene gives it."""
    problem = SCENE["rare-features"].spec["problem"]
    own = {run["optimizer"]: run["settings"]["lr"] for run in SCENE["rare-features"].spec["runs"]}

    def reached(lr: float) -> float:
        runs = [{"optimizer": rule, "settings": {"lr": lr}}]
        return float(shown("rare-features", problem=problem, runs=runs, steps=40)[0]["full_loss"][31:].mean())

    assert reached(own[rule]) <= 1.1 * min(reached(lr) for lr in (0.02, 0.05, 0.1, 0.2, 0.5, 1))


def test_six_sigmoid_layers_let_hardly_any_gradient_through() -> None:
    """Whichever point is passed through: the first layer's gradients are thousands of times smaller than the last's."""
    (walk,) = prepare(Spec.model_validate(SCENE["one-of-many"].spec)).walks
    for row in (0, 1, 30):
        sizes = [0.0] * 8
        for node in backpropagate(walk.problem, walk.start, row).nodes:
            if node.role == "parameter" and node.name.startswith("w"):
                sizes[node.layer] += node.adjoint**2
        assert (sizes[7] / sizes[1]) ** 0.5 > 1000


def test_far_mislabelled_points_let_squared_error_win() -> None:
    mse, ce = shown("mislabelled")
    edge = [-run["b"][100] / run["w_1"][100] for run in (mse, ce)]
    assert [run["accuracy"][100] for run in (mse, ce)] == pytest.approx([0.907, 0.787], abs=1e-3)
    assert edge == pytest.approx([-0.08, 0.97], abs=0.01)


def test_six_points_have_a_likelihood_that_doubles_as_the_sum_falls_by_ln_2() -> None:
    sums = 6 * shown("six-points")[1]["loss"]
    likelihood = np.exp(-sums)
    assert likelihood[[0, -1]] == pytest.approx([0.000240, 0.0837], rel=5e-3)
    twice = int(np.argmax(likelihood >= 2 * likelihood[5]))
    assert sums[5] - sums[twice] >= np.log(2)
    assert sums[5] - sums[twice - 1] < np.log(2)


def test_a_soft_target_has_the_floor_of_its_entropy() -> None:
    loss = shown("soft-target")[1]["loss"]
    assert loss[300] == pytest.approx(0.5004, abs=1e-4)
    assert (loss > 0.50040242).all()


def test_with_rates_of_their_own_both_are_quick() -> None:
    mse, ce = (run["output"] for run in shown("own-rates"))
    assert abs(mse[4] - 0.2) < 0.003
    assert abs(ce[2] - 0.2) < 0.005
