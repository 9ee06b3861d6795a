"""Theory against the published numbers, and against runs that do what it predicts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import FieldError
from core.problems import make_problem
from core.problems.problem import Problem
from core.running import Run
from core.theory import (
    best_momentum,
    best_plain,
    critical_damping,
    curvature,
    factor,
    measured_factor,
    noise_floor,
    sharpness,
    stable_rate,
    steps_to,
    swings,
    theory,
)

LINEAR = st.sampled_from(["sgd", "momentum", "nesterov"])


def three_eigenvalues() -> Problem:
    """A quadratic with eigenvalues 0.01, 0.1, 1: linear regression without bias on three points on the axes."""
    points = np.sqrt(3) * np.diag(np.sqrt([0.01, 0.1, 1]))
    return make_problem("linear", dataset={"points": points.tolist(), "labels": [0.0, 0.0, 0.0]}, bias=False)


def gradients(problem: Problem, run: Run, steps: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    columns = run.advance(steps)
    return np.column_stack([columns[f"gradient_{name}"] for name in problem.parameters])


def test_goh() -> None:
    plain, momentum = best_plain(0.01, 1), best_momentum(0.01, 1)
    assert (plain.rate, plain.factor) == pytest.approx((1.980198, 0.980198), rel=1e-6)
    assert (momentum.rate, momentum.momentum, momentum.factor) == pytest.approx(
        (3.305785, 0.669421, 0.818182), rel=1e-6
    )


def test_goh_takes_344_and_58_steps() -> None:
    problem = three_eigenvalues()
    found = curvature(problem, (1, 1, 1))
    assert found is not None
    assert found.eigenvalues == pytest.approx([0.01, 0.1, 1])
    taken = {}
    for name, best in (("sgd", best_plain(0.01, 1)), ("momentum", best_momentum(0.01, 1))):
        settings = {"lr": best.rate} if name == "sgd" else {"lr": best.rate, "momentum": best.momentum}
        loss = Run(problem, name, settings=settings, start=[1, 1, 1], steps=400).advance(400)["loss"]
        taken[name] = int(np.argmax(loss <= 1e-6 * loss[0]))
    assert taken == {"sgd": 344, "momentum": 58}


@pytest.mark.parametrize(
    ("name", "minimum", "condition", "plain", "momentum"),
    [
        ("booth", (1, 3), 9, (0.1, 0.8), (0.125, 0.25)),
        ("matyas", (0, 0), 25, (None, 24 / 26), (None, (4 / 6) ** 2)),
    ],
)
def test_booth_and_matyas(
    name: str,
    minimum: tuple[float, float],
    condition: float,
    plain: tuple[float | None, float],
    momentum: tuple[float | None, float],
) -> None:
    said = theory(make_problem("surface", name=name), "sgd", {"lr": 0.1}, minimum)
    assert said.condition == pytest.approx(condition)
    assert said.best_plain is not None
    assert said.best_momentum is not None
    assert said.best_plain.factor == pytest.approx(plain[1])
    assert said.best_momentum.momentum == pytest.approx(momentum[1])
    if plain[0]:
        assert (said.best_plain.rate, said.best_momentum.rate) == pytest.approx((plain[0], momentum[0]))
    assert said.limits == ()


def test_rosenbrock_at_its_minimum() -> None:
    problem = make_problem("surface", name="rosenbrock")
    found = curvature(problem, (1, 1))
    assert found is not None
    assert found.eigenvalues == pytest.approx([0.399361, 1001.6006], rel=1e-6)
    said = theory(problem, "sgd", {"lr": 0.001}, (1, 1))
    assert said.largest_stable_rate == pytest.approx(0.0019968, rel=1e-5)
    assert [limit.code for limit in said.limits] == ["only_local"]


def test_the_cliff_is_where_theory_has_it() -> None:
    assert stable_rate("sgd", 2) == 1  # x²: scene "By hand"
    assert stable_rate("sgd", 50) == 0.04  # scene "Ravine"
    for optimizer, momentum in (("sgd", 0.0), ("momentum", 0.9), ("nesterov", 0.9)):
        edge = stable_rate(optimizer, 2, momentum)
        assert edge is not None
        for part, ends_small in ((0.99, True), (1.01, False)):
            settings = {"lr": part * edge} | ({"momentum": momentum} if momentum else {})
            run = Run(make_problem("formula", formula="x**2"), optimizer, settings=settings, start=[1], steps=3000)
            last = abs(run.advance(3000)["x"][-1])
            assert (last < 1e-3) == ends_small


@given(LINEAR, st.floats(0.01, 100), st.floats(0.001, 0.999), st.floats(0, 0.99))
def test_the_factor_is_one_at_the_largest_stable_rate(
    optimizer: str, eigenvalue: float, part: float, momentum: float
) -> None:
    momentum = 0 if optimizer == "sgd" else momentum
    edge = stable_rate(optimizer, eigenvalue, momentum)
    assert edge is not None
    assert factor(optimizer, eigenvalue, edge, momentum) == pytest.approx(1, abs=1e-9)
    assert factor(optimizer, eigenvalue, part * edge, momentum) < 1
    assert factor(optimizer, eigenvalue, edge / part, momentum) > 1


@given(st.floats(0.01, 0.9), st.floats(0.1, 0.99))
def test_where_it_swings_the_factor_is_the_root_of_the_momentum(share: float, eigenvalue: float) -> None:
    rate = share / eigenvalue
    damping = critical_damping(rate, eigenvalue)
    assert damping is not None
    above = damping + 0.5 * (1 - damping)
    assert factor("momentum", eigenvalue, rate, above) == pytest.approx(np.sqrt(above))
    assert swings("momentum", eigenvalue, rate, above)
    assert not swings("momentum", eigenvalue, rate, 0.9 * damping)
    assert factor("momentum", eigenvalue, rate, damping) == pytest.approx(np.sqrt(damping), abs=1e-6)


@given(st.floats(0.01, 3.9), st.floats(0, 0.99))
def test_no_momentum_is_faster_than_critical_damping(rate: float, other: float) -> None:
    damping = critical_damping(rate, 1)
    assert damping is not None
    assert factor("momentum", 1, rate, damping) <= factor("momentum", 1, rate, other) + 1e-7
    assert critical_damping(rate + 4, 1) is None


@pytest.mark.parametrize(
    ("optimizer", "settings"),
    [
        ("sgd", {"lr": 0.03}),
        ("momentum", {"lr": 0.03, "momentum": 0.3}),
        ("momentum", {"lr": 0.01, "momentum": 0.9}),
        ("nesterov", {"lr": 0.01, "momentum": 0.9}),
    ],
)
def test_measured_is_predicted_on_a_quadratic(optimizer: str, settings: dict[str, float]) -> None:
    problem = make_problem("formula", formula="(x**2 + 50*y**2)/2")
    said = theory(problem, optimizer, settings, (0, 0))
    run = Run(problem, optimizer, settings=settings, start=[-8, 2], steps=400)
    assert said.factor is not None
    assert measured_factor(gradients(problem, run, 400)) == pytest.approx(said.factor, abs=0.003)


def test_measured_near_a_minimum_of_anything() -> None:
    problem = make_problem("surface", name="himmelblau")
    run = Run(problem, "sgd", settings={"lr": 0.01}, start=[2.5, 2.5], steps=60)
    said = theory(problem, "sgd", {"lr": 0.01}, (3, 2))
    assert said.factor is not None
    assert measured_factor(gradients(problem, run, 60)) == pytest.approx(said.factor, abs=0.01)
    assert measured_factor(np.zeros((20, 2))) is None
    assert measured_factor(np.ones((5, 2))) is None


def test_the_noise_floors_of_the_scene() -> None:
    floors = [noise_floor([1, 5], rate, 2) for rate in (0.2, 0.05, 0.01)]
    assert floors == pytest.approx([0.622, 0.108, 0.0203], rel=5e-3)
    assert noise_floor([1, 5], 0.4, 2) is None
    assert noise_floor([0, 5], 0.1, 2) is None


@pytest.mark.parametrize(("optimizer", "settings"), [("sgd", {"lr": 0.2}), ("momentum", {"lr": 0.05, "momentum": 0.8})])
def test_runs_rest_on_the_noise_floor(optimizer: str, settings: dict[str, float]) -> None:
    problem = make_problem("formula", formula="(x**2 + 5*y**2)/2", noise=2)
    said = theory(problem, optimizer, settings, (0, 0))
    runs = [Run(problem, optimizer, settings=settings, start=[0, 0], steps=10_000, seed=seed) for seed in range(2)]
    measured = np.mean([run.advance(10_000)["loss"][500:].mean() for run in runs])
    assert measured == pytest.approx(said.noise_floor, rel=0.08)


def test_steps_to_a_reduction() -> None:
    assert steps_to(0.1, 1e-6) == 3
    assert steps_to(1.0, 1e-6) is None


def test_where_theory_does_not_apply_it_says_so() -> None:
    def codes(name: str, optimizer: str | None, lr: float, point: tuple[float, ...]) -> list[str]:
        said = theory(make_problem("formula", formula=name), optimizer, {"lr": lr}, point)
        assert all(limit.message.endswith(".") for limit in said.limits)
        return [limit.code for limit in said.limits]

    assert codes("x**2 + y**2", "sgd", 0.1, (1, 1)) == []
    assert codes("x**2 + y**2", "sgd", 1.1, (1, 1)) == ["unstable"]
    assert codes("x**2 + y**2", "adam", 0.1, (1, 1)) == ["not_linear"]
    assert codes("x**2 + y**2", None, 0.1, (1, 1)) == ["not_linear"]
    assert codes("x**2 - y**2", "sgd", 0.1, (1, 1)) == ["saddle"]
    assert codes("-x**2 - y**2", "sgd", 0.1, (1, 1)) == ["dome"]
    assert codes("(x + y)**2", "sgd", 0.1, (1, 1)) == ["valley"]
    assert codes("x + y", "sgd", 0.1, (1, 1)) == ["flat"]
    assert codes("x**4", "sgd", 0.1, (1,)) == ["only_local"]
    assert codes("log(x)", "sgd", 0.1, (-1,)) == ["no_curvature"]
    assert codes("exp(x)", "sgd", 0.1, (1e4,)) == ["no_curvature"]
    with pytest.raises(FieldError, match="needs 2 numbers"):
        theory(make_problem("formula", formula="x*y"), "sgd", {}, (1,))


def test_a_network_is_told_its_curvature_with_a_warning() -> None:
    problem = make_problem("network", dataset={"name": "moons", "count": 20}, hidden=[2])
    said = theory(problem, "sgd", {"lr": 0.1}, problem.default_start(0))
    assert {"only_local", "approximate"} <= {limit.code for limit in said.limits}
    assert len(said.directions) == len(problem.parameters)


def test_sharpness_along_a_path() -> None:
    problem = make_problem("surface", name="rosenbrock")
    path = np.array([[1.0, 1.0], [0.0, 0.0], [-1.5, 2.0]])
    expected = [np.linalg.eigvalsh([[1200 * x * x - 400 * y + 2, -400 * x], [-400 * x, 200]])[-1] for x, y in path]
    assert sharpness(problem, path) == pytest.approx(expected)
    assert np.isnan(sharpness(make_problem("formula", formula="log(x)"), np.array([[-1.0]]))).all()
    model = make_problem("softmax", dataset={"name": "blobs", "count": 30})
    assert sharpness(model, np.zeros((2, 9)))[0] > 0


def test_training_a_network_at_full_batch_climbs_to_the_edge_of_stability() -> None:
    """Cohen and others: sharpness rises until it hovers about 2/rate."""
    problem = make_problem("network", dataset={"name": "circles"}, hidden=[8], loss="mse", output="linear")
    columns = Run(problem, "sgd", settings={"lr": 0.5}, steps=2500).advance(2500)
    path = np.column_stack([columns[name] for name in problem.parameters])
    climbed = sharpness(problem, path[::250])
    assert climbed[0] < 3
    assert climbed[4:] == pytest.approx(2 / 0.5, rel=0.1)
