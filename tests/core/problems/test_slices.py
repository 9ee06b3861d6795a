import numpy as np
import pytest

from core.problems import make_problem
from core.problems.model import DataModel
from core.problems.slices import loss_on_plane, on_plane, principal_directions, seeded_directions
from core.running import Run


def test_a_trained_path_lies_in_its_own_plane() -> None:
    made = make_problem("network", dataset={"name": "moons", "count": 40}, hidden=[4])
    assert isinstance(made, DataModel)
    columns = Run(made, "sgd", settings={"lr": 0.3}, steps=200).advance(200)
    path = np.column_stack([columns[name] for name in made.parameters])
    directions, shares = principal_directions(path)
    assert directions @ directions.T == pytest.approx(np.eye(2), abs=1e-12)
    assert shares[0] >= shares[1] >= 0
    assert shares.sum() > 0.9
    placed = on_plane(path, path[-1], directions)
    assert placed[-1] == pytest.approx([0, 0])
    losses = loss_on_plane(made, path[-1], directions, placed[:1, 0], np.array([0.0, placed[0, 1]]))
    nearest = path[-1] + placed[0] @ directions
    assert losses[1, 0] == pytest.approx(made.evaluate(nearest)[0])
    # what the plane leaves out of the path is what its shares leave out
    left = np.sum((path - path[-1]) ** 2) - np.sum(placed**2)
    assert left == pytest.approx((1 - shares.sum()) * np.sum((path - path[-1]) ** 2))


def test_seeded_directions_are_orthonormal_and_the_seeds() -> None:
    one, other = seeded_directions(3, 12), seeded_directions(4, 12)
    assert one @ one.T == pytest.approx(np.eye(2), abs=1e-12)
    assert np.array_equal(one, seeded_directions(3, 12))
    assert not np.array_equal(one, other)


def test_a_path_that_stands_still_has_no_direction_of_its_own() -> None:
    directions, shares = principal_directions(np.ones((3, 4)))
    assert directions.shape == (2, 4)
    assert shares.tolist() == [0, 0]
