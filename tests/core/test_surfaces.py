"""The surfaces' known places are where the numbers say, and the published values come out."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import FieldError
from core.formula import parse
from core.surfaces import SURFACES, Point, Surface

ALL = pytest.mark.parametrize("surface", SURFACES.values(), ids=list(SURFACES))
PI = float(np.pi)

# argmin -> minimum as published, with the digits that are published
PUBLISHED: list[tuple[str, Point, float]] = [
    ("rosenbrock", (1, 1), 0),
    ("beale", (3, 0.5), 0),
    ("himmelblau", (3, 2), 0),
    ("himmelblau", (-2.805118, 3.131312), 0),
    ("himmelblau", (-3.779310, -3.283186), 0),
    ("himmelblau", (3.584428, -1.848127), 0),
    ("booth", (1, 3), 0),
    ("matyas", (0, 0), 0),
    ("mccormick", (0.5 - PI / 3, -0.5 - PI / 3), -1.913223),
    ("goldstein_price", (0, -1), 3),
    ("three_hump_camel", (0, 0), 0),
    ("six_hump_camel", (0.0898, -0.7126), -1.031628),
    ("six_hump_camel", (-0.0898, 0.7126), -1.031628),
    ("branin", (-PI, 12.275), 0.397887),
    ("branin", (PI, 2.275), 0.397887),
    ("branin", (9.42478, 2.475), 0.397887),
    ("styblinski_tang", (-2.903534, -2.903534), -78.332331),
    ("rastrigin", (0, 0), 0),
    ("ackley", (0, 0), 0),
    ("easom", (PI, PI), -1),
    ("dupont", (-0.936301, 0), -2.063090),
    ("dupont", (0.905318, 0), -1.092732),
]


def inside(surface: Surface, point: Point) -> bool:
    return all(low <= value <= high for value, (low, high) in zip(point, surface.window, strict=True))


def curvatures(surface: Surface, point: Point) -> list[float]:
    hessian = parse(surface.text()).hessian(*map(float, point))
    return [float(value) for value in np.linalg.eigvalsh(np.array(hessian))]


def slope(surface: Surface, point: Point) -> float:
    _, *gradient = parse(surface.text()).value_and_gradient(*map(float, point))
    return float(np.linalg.norm(gradient))


@ALL
def test_a_row_is_whole(surface: Surface) -> None:
    assert SURFACES[surface.name] is surface
    assert len(parse(surface.text()).variables) == len(surface.window) == len(surface.start)
    assert inside(surface, surface.start)
    assert surface.title
    assert surface.source
    assert surface.lesson.endswith(".")


@ALL
def test_the_gradient_agrees_with_central_differences(surface: Surface) -> None:
    formula = parse(surface.text())
    low, high = np.array(surface.window).T
    for point in np.random.RandomState(4).uniform(low, high, (25, len(low))):
        value, *gradient = formula.value_and_gradient(*point.tolist())
        assert value == pytest.approx(formula.value(*point.tolist()))
        for axis, partial in enumerate(gradient):
            step = 1e-5 * np.eye(len(low))[axis]
            ahead, behind = formula.value(*(point + step).tolist()), formula.value(*(point - step).tolist())
            assert partial == pytest.approx((ahead - behind) / 2e-5, rel=1e-5, abs=1e-6 * max(1.0, abs(value)))


@ALL
def test_the_known_places_are_stationary_and_of_their_kind(surface: Surface) -> None:
    if surface.name == "ackley":  # a cusp: its only known place has no gradient
        with pytest.raises(ZeroDivisionError):
            slope(surface, surface.minima[0])
        return
    for point in (*surface.minima, *surface.saddles, *surface.maxima):
        assert inside(surface, point)
        steepest = max(map(abs, curvatures(surface, point)))
        assert slope(surface, point) <= 1e-12 * max(1.0, steepest)
    assert all(min(curvatures(surface, point)) > 0 for point in surface.minima)
    assert all(max(curvatures(surface, point)) < 0 for point in surface.maxima)
    if surface.name == "monkey_saddle":  # all curvature vanishes there; see below
        return
    assert all(min(c := curvatures(surface, point)) < 0 < max(c) for point in surface.saddles)


def test_the_monkey_saddle_goes_down_three_ways() -> None:
    surface = SURFACES["monkey_saddle"]
    assert curvatures(surface, surface.saddles[0]) == [0, 0]
    angle = np.radians(np.arange(0, 360, 60)) + np.radians(15)
    signs = np.sign(parse(surface.text()).value(0.1 * np.cos(angle), 0.1 * np.sin(angle)))
    assert signs.tolist() == [1, -1, 1, -1, 1, -1]


@ALL
def test_no_stationary_place_in_the_window_is_left_out(surface: Surface) -> None:
    if surface.name in ("rastrigin", "ackley"):  # a dip for each of a hundred cells: the lowest is what is known
        return
    known = np.array([*surface.minima, *surface.saddles, *surface.maxima], dtype=float)
    formula, (low, high) = parse(surface.text()), np.array(surface.window).T
    places = np.random.RandomState(5).uniform(low, high, (1000, len(low)))
    with np.errstate(all="ignore"):
        for _ in range(
            200
        ):  # Newton's steps, none longer than a hundredth of the window, end where the gradient is zero
            gradient = np.column_stack(formula.value_and_gradient(*places.T)[1:])
            hessian = np.moveaxis(np.array(formula.hessian(*places.T)), -1, 0)
            step = np.einsum("nij,nj->ni", np.linalg.pinv(np.nan_to_num(hessian)), np.nan_to_num(gradient))
            longest = np.max(np.abs(step) / (high - low), axis=1, keepdims=True)
            places = places - step * np.minimum(1, 0.02 / np.maximum(longest, 1e-300))
    found = places[(longest[:, 0] < 1e-10) & ((low <= places) & (places <= high)).all(axis=1)]
    distances = np.linalg.norm(found[:, None] - known, axis=2)
    assert (distances.min(axis=1) < 1e-4).all()
    assert (distances.min(axis=0) < 1e-4).all()


@ALL
def test_the_first_minimum_is_the_lowest_in_the_window(surface: Surface) -> None:
    if not surface.minima:
        assert surface.name == "monkey_saddle"
        return
    formula = parse(surface.text())
    values = [formula.value(*map(float, point)) for point in surface.minima]
    assert values == pytest.approx(sorted(values), abs=1e-12)
    grid = np.meshgrid(*(np.linspace(low, high, 201) for low, high in surface.window))
    assert values[0] <= formula.value(*grid).min() + 1e-12


@ALL
def test_decades_are_drawn_only_where_there_are_three(surface: Surface) -> None:
    grid = np.meshgrid(*(np.linspace(low, high, 101) for low, high in surface.window))
    heights = parse(surface.text()).value(*grid)
    assert surface.height == "linear" or heights.max() - heights.min() >= 1000


@pytest.mark.parametrize(("name", "point", "minimum"), PUBLISHED)
def test_published_minima(name: str, point: Point, minimum: float) -> None:
    surface = SURFACES[name]
    assert parse(surface.text()).value(*map(float, point)) == pytest.approx(minimum, abs=1e-6)
    nearest = min(surface.minima, key=lambda known: np.hypot(*np.subtract(known, point)))
    assert nearest == pytest.approx(point, abs=1e-4)


def test_rosenbrock_has_the_published_curvature() -> None:
    flat, steep = curvatures(SURFACES["rosenbrock"], (1, 1))
    assert (flat, steep) == pytest.approx((0.399361, 1001.6006), rel=1e-6)
    assert 2 / steep == pytest.approx(0.0019968, rel=1e-5)


def test_himmelblau_has_the_published_saddle_and_hilltop() -> None:
    surface = SURFACES["himmelblau"]
    formula = parse(surface.text())
    assert len(surface.saddles) == 4
    assert surface.saddles[0] == pytest.approx((3.385, 0.074), abs=5e-4)
    saddles = [formula.value(*point) for point in surface.saddles]
    assert saddles[0] == min(saddles) == pytest.approx(13.312, abs=5e-4)
    assert formula.value(*surface.maxima[0]) == pytest.approx(181.617, abs=5e-4)


@pytest.mark.parametrize(("name", "condition"), [("booth", 9), ("matyas", 25), ("ravine", 50), ("narrow_ravine", 1000)])
def test_published_condition_numbers(name: str, condition: float) -> None:
    flat, steep = curvatures(SURFACES[name], SURFACES[name].minima[0])
    assert steep / flat == pytest.approx(condition)


def test_the_turned_ravine_is_the_ravine_turned() -> None:
    assert curvatures(SURFACES["turned_ravine"], (0, 0)) == pytest.approx([1, 50])


@pytest.mark.parametrize("condition", [1.0, 7.5, 300.0])
@pytest.mark.parametrize("angle", [-1.5, 0.0, 0.5])
def test_a_quadratic_has_the_condition_number_and_direction_asked_for(condition: float, angle: float) -> None:
    formula = parse(SURFACES["quadratic"].text({"condition": condition, "angle": angle}))
    hessian = np.array(formula.hessian(0.3, -2.0))
    flat = np.array([np.cos(angle), np.sin(angle)])
    assert np.linalg.eigvalsh(hessian) == pytest.approx([1, condition])
    assert hessian @ flat == pytest.approx(flat)


def test_units_scale_the_loss() -> None:
    surface = SURFACES["units"]
    assert parse(surface.text({"s": 0.01})).value(-8.0, 2.0) == pytest.approx(0.72)
    assert surface.text() == "1*(x**2 + 20*y**2)/2"


def test_a_setting_out_of_bounds_is_named() -> None:
    with pytest.raises(FieldError, match=r"from 1 to 10000, not 0\.5") as caught:
        SURFACES["quadratic"].text({"condition": 0.5})
    assert caught.value.field == "settings.condition"
    with pytest.raises(FieldError, match="no setting 'angel': did you mean 'angle'"):
        SURFACES["quadratic"].text({"angel": 1})
    with pytest.raises(FieldError, match="no setting 's'"):
        SURFACES["bowl"].text({"s": 1})


def test_titles_differ() -> None:
    assert len({surface.title for surface in SURFACES.values()}) == len(SURFACES)


@pytest.mark.parametrize("name", sorted(name for name, row in SURFACES.items() if row.start and len(row.start) == 2))
def test_the_gradient_times_a_direction_is_the_slope_along_it(name: str) -> None:
    """A directional check: the emitted gradient against a central difference along seeded directions."""
    text, start = SURFACES[name].text(), np.array(SURFACES[name].start)
    value = parse(text).value
    gradient = np.array(parse(text).value_and_gradient(*start)[1:]).ravel()
    for direction in np.random.RandomState(0).standard_normal((5, 2)):
        along = direction / np.linalg.norm(direction)
        slope = (float(value(*(start + 1e-5 * along))) - float(value(*(start - 1e-5 * along)))) / 2e-5
        assert gradient @ along == pytest.approx(slope, rel=1e-5, abs=1e-6 * max(1.0, float(np.abs(gradient).max())))
