"""What a person sees in the scenes of the Descent page, to two digits, as simulated before the page existed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.formula import parse
from core.problems import FormulaProblem, Problem, make_problem
from core.running import Run

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Walk:
    points: Floats
    loss: Floats

    def settles(self, below: float = 0.01) -> int | None:
        """The step from which the loss stays below; None if it does not."""
        above = np.flatnonzero(~(self.loss < below))
        step = int(above[-1]) + 1 if len(above) else 0
        return step if step < len(self.loss) else None

    def first(self, below: float) -> int:
        """The step when the loss is below for the first time."""
        return int(np.argmax(self.loss < below))

    def at(self, step: int) -> tuple[float, ...]:
        return tuple(self.points[step].tolist())


def walk(
    problem: Problem, optimizer: str, start: Sequence[float], steps: int, seed: int = 0, **settings: float
) -> Walk:
    columns = Run(problem, optimizer, settings=settings, start=start, steps=steps, seed=seed).advance(steps)
    return Walk(np.stack([columns[name] for name in problem.parameters], axis=1), columns["loss"])


def on(surface: str, **fields: Any) -> Problem:
    return make_problem("surface", name=surface, **fields)


def two_digits(*numbers: float) -> Any:
    return pytest.approx(numbers, abs=0.0051)


def test_scene_1_two_holes() -> None:
    dupont, start = on("dupont"), [0.75, 1]
    plain = walk(dupont, "sgd", start, 150, lr=0.01)
    assert plain.at(20) == two_digits(0.53, 0.61)
    assert plain.at(80) == two_digits(0.905, 0)  # the shallow hole
    momentum = walk(dupont, "momentum", start, 150, lr=0.01)
    assert momentum.at(20)[1] == pytest.approx(-0.38, abs=0.005)
    assert momentum.loss[60] == pytest.approx(-0.06, abs=0.005)  # on the ridge
    assert momentum.loss[100] < -1.9  # the deep hole
    adam = walk(dupont, "adam", start, 150, lr=0.05)
    assert adam.at(20) == two_digits(0, 0.1)
    assert adam.loss[60] < -1.9
    moved = walk(dupont, "momentum", [0.80, 1], 150, lr=0.01)
    assert moved.at(150) == two_digits(0.905, 0)


def test_scene_2_by_hand() -> None:
    ends = {rate: walk(on("parabola"), "sgd", [1], 30, lr=rate) for rate in (0.02, 0.4, 0.9, 1.0, 1.05)}
    assert ends[0.02].at(30) == two_digits(0.29)
    assert ends[0.4].points[1:4, 0] == pytest.approx([0.2, 0.04, 0.008])
    assert np.all(np.diff(np.sign(ends[0.9].points[:, 0])) != 0)
    assert ends[0.9].settles(0.001) == 16
    assert np.abs(ends[1.0].points).tolist() == [[1.0]] * 31
    assert ends[1.05].at(30)[0] == pytest.approx(17.4, abs=0.05)


def test_scene_3_ravine() -> None:
    ravine, start = on("ravine"), [-8, 2]
    zigzag = walk(ravine, "sgd", start, 150, lr=0.038)
    assert zigzag.at(20)[0] == pytest.approx(-3.7, abs=0.05)
    assert zigzag.settles() == 105
    assert walk(ravine, "sgd", start, 150, lr=0.041).at(20)[1] == pytest.approx(5.3, abs=0.05)
    momentum = walk(ravine, "momentum", start, 150, lr=0.01)
    assert momentum.points[:, 0].max() == pytest.approx(1.23, abs=0.005)
    assert momentum.settles() == 86
    adam = walk(ravine, "adam", start, 150, lr=0.3)
    assert adam.at(10) == two_digits(-5.05, -0.49)
    assert adam.settles() == 86


def test_scene_4_only_adam_notices_the_turn() -> None:
    def settle(optimizer: str, rate: float) -> tuple[int | None, int | None]:
        turned = walk(on("turned_ravine"), optimizer, [-5.66, -2.83], 200, lr=rate)
        return turned.settles(), walk(on("ravine"), optimizer, [-6, 2], 200, lr=rate).settles()

    assert settle("sgd", 0.038) == (97, 97)
    assert settle("momentum", 0.01) == (86, 86)
    assert settle("adam", 0.3) == (152, 84)


def test_scene_5_banana() -> None:
    rosenbrock, start = on("rosenbrock"), [-1.2, 1]
    plain = walk(rosenbrock, "sgd", start, 500, lr=0.001)
    assert plain.loss[[200, 500]] == pytest.approx([3.46, 2.28], abs=0.005)
    momentum = walk(rosenbrock, "momentum", start, 500, lr=0.001)
    assert momentum.at(50) == pytest.approx((0.24, 0.07), abs=0.0052)
    assert momentum.settles() == 318
    adam = walk(rosenbrock, "adam", start, 500, lr=0.2)
    assert adam.loss[100] == pytest.approx(1.77, abs=0.005)
    assert adam.settles() == 360


@pytest.mark.parametrize(
    ("momentum", "settles", "overshoot"),
    [(0, 99, 0), (0.5, 45, 0), (0.8, 39, 1.15), (0.9, 80, 3.49), (0.99, None, 7.43)],
)
def test_scene_6_heavy_ball(momentum: float, settles: int | None, overshoot: float) -> None:
    ball = walk(on("heavy_ball"), "momentum", [-8, 1], 200, lr=0.04, momentum=momentum)
    assert ball.settles() == settles
    assert max(ball.points[:, 0].max(), 0) == pytest.approx(overshoot, abs=0.005)


def test_scene_7_saddle() -> None:
    saddle = on("saddle")
    walks = {rule: walk(saddle, rule, [1.5, 1e-6], 250, lr=0.1) for rule in ("sgd", "momentum", "adam")}
    assert walks["sgd"].at(100)[1] == pytest.approx(0.014, abs=0.0005)
    assert {rule: one.settles(-0.24) for rule, one in walks.items()} == {"sgd": 152, "momentum": 78, "adam": 39}
    for rule in walks:  # exactly on the ridge nothing pushes sideways
        assert walk(saddle, rule, [1.5, 0], 250, lr=0.1).points[:, 1].tolist() == [0.0] * 251
    assert walk(saddle, "sgd", [1.5, 0.001], 250, lr=0.1).settles(-0.24) == 79
    for seed in range(5):
        assert 50 < walk(on("saddle", noise=0.01), "sgd", [1.5, 0], 250, seed=seed, lr=0.1).first(-0.24) < 130


def test_scene_8_plateau() -> None:
    plateau, start = on("plateau"), [3, 2]
    assert walk(plateau, "sgd", start, 300, lr=0.1).at(300) == two_digits(2.81, 1.87)
    assert walk(plateau, "momentum", start, 300, lr=0.1).first(-0.99) == 98
    adam = walk(plateau, "adam", start, 300, lr=0.1)
    assert adam.first(-0.99) == 29
    assert adam.settles(-0.99) == 57


@pytest.mark.parametrize(("scale", "end"), [(0.01, (-7.61, 0.73)), (1, (-0.05, 0)), (100, None)])
def test_scene_9_units(scale: float, end: tuple[float, float] | None) -> None:
    units = on("units", settings={"s": scale})
    assert walk(units, "adam", [-8, 2], 100, lr=0.3).at(10) == two_digits(-5.05, -0.49)
    plain = walk(units, "sgd", [-8, 2], 100, lr=0.05)
    if end is None:
        assert plain.at(1) == pytest.approx((32, -198))
    else:
        assert plain.at(100) == two_digits(*end)


@pytest.mark.parametrize(("rate", "floor", "theory"), [(0.2, 0.61, 0.622), (0.05, 0.107, 0.108), (0.01, 0.020, 0.0203)])
def test_scene_10_the_floor_is_proportional_to_the_rate(rate: float, floor: float, theory: float) -> None:
    # One coordinate of curvature h: h/2 times the stationary variance, lr sd^2/(h (2 - lr h)); here sd = 2.
    assert sum(rate * 2**2 / (2 * (2 - rate * h)) for h in (1, 5)) == pytest.approx(theory, rel=0.01)
    runs = [walk(on("noisy_plain", noise=2), "sgd", [-6, 3], 6000, seed=seed, lr=rate) for seed in range(8)]
    assert np.mean([one.loss[1500:].mean() for one in runs]) == pytest.approx(floor, rel=0.1)


def test_scene_10_a_small_rate_is_still_on_its_way() -> None:
    runs = [walk(on("noisy_plain", noise=2), "sgd", [-6, 3], 200, seed=seed, lr=0.01) for seed in range(20)]
    assert np.mean([one.loss[100:].mean() for one in runs]) == pytest.approx(0.9, abs=0.2)


def test_scene_11_watershed() -> None:
    himmelblau = on("himmelblau")
    plain, adam = (("sgd", 0.01), ("adam", 0.2))
    first = walk(himmelblau, plain[0], [-0.27, -0.92], 150, lr=plain[1])
    assert (first.at(150), first.settles()) == (two_digits(3.58, -1.85), 41)
    other = walk(himmelblau, adam[0], [-0.27, -0.92], 150, lr=adam[1])
    assert (other.at(150), other.settles()) == (two_digits(3, 2), 98)
    assert walk(himmelblau, plain[0], [-0.30, -0.90], 150, lr=plain[1]).at(150) == two_digits(-3.78, -3.28)
    assert walk(himmelblau, adam[0], [-0.30, -0.90], 150, lr=adam[1]).at(150) == two_digits(-2.81, 3.13)


def test_scene_12_no_single_winner() -> None:
    loss = parse("(0.01*a**2 + 0.1*b**2 + c**2)/2", ("a", "b", "c"))
    bowl = FormulaProblem("formula", {}, loss, start=(1, 1, 1), window=((-1, 1),) * 3)
    start = [1.0, 1.0, 1.0]
    target = 1e-6 * 1.11 / 2
    assert walk(bowl, "sgd", start, 400, lr=1.980198).settles(target) == 344
    assert walk(bowl, "momentum", start, 400, lr=3.305785, momentum=0.669421).settles(target) == 58
    # Adam with its own betas and its rate tuned
    tries = [walk(bowl, "adam", start, 400, lr=rate).settles(target) for rate in np.geomspace(0.01, 1, 60)]
    assert min(steps for steps in tries if steps is not None) == pytest.approx(122, abs=1)
