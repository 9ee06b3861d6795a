"""Fitted models on the Descent page: their loss over w and b and the points that make it, by the engine's numbers."""

import json
import re
import urllib.request
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.data import make_data
from core.problems import make_problem
from core.problems.plane import lowest
from core.running import Run
from tests.browser.test_descent import PHONE, drawn, to_end
from tests.browser.waiting import becomes, box, settles

OpenPage = Callable[..., Page]
LINE = {"name": "line", "count": 40, "seed": 0}
MARKED = (
    "() => document.querySelector('#contour .plotly-host').data"
    ".filter((t) => t.mode === 'markers').map((t) => [t.x[0], t.y[0]])"
)
OVERLAPPING = {"name": "mislabelled", "count": 40, "seed": 0, "sd": 1.4, "far": 0}


def choose(page: Page, kind: str) -> None:
    page.select_option("#function", f"fitted:{kind}")
    page.wait_for_selector("[data-dot=point-0]")
    page.wait_for_url(re.compile("spec="))


def spec(page: Page) -> dict[str, Any]:
    """What the address says, as the service reads it."""
    url = page.url.split("#")[0].replace("/?", "/api/v1/trajectories?")
    with urllib.request.urlopen(url) as answer:
        found: dict[str, Any] = json.load(answer)["spec"]
    return found


def path(problem: Any, start: tuple[float, float], steps: int, optimizer: str, **settings: float) -> list[list[float]]:
    rows = Run(problem, optimizer=optimizer, settings=settings, start=start, steps=steps).advance(steps)
    return [rows["w_1"].tolist(), rows["b"].tolist()]


def dot(page: Page, name: str) -> tuple[float, float]:
    return settles(page, lambda: box(page, f"[data-dot={name}]").middle)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("kind", "dataset", "start"), [("linear", LINE, (-1.0, 3.0)), ("logistic", OVERLAPPING, (-1.0, 2.0))]
)
def test_a_fitted_model_is_a_surface_with_the_engines_paths(
    open_page: OpenPage, kind: str, dataset: dict[str, Any], start: tuple[float, float]
) -> None:
    page = open_page("/")
    choose(page, kind)
    to_end(page)
    problem = make_problem(kind, dataset=dataset)
    paths = drawn(page)
    for name, optimizer, rate in (
        ("Gradient descent", "sgd", 0.01),
        ("Momentum", "momentum", 0.01),
        ("Adam", "adam", 0.05),
    ):
        assert paths[name] == path(problem, start, 150, optimizer, lr=rate)
    expect(page.locator("#formula-shown")).to_contain_text("mean of")
    expect(page.locator("#kicker")).to_contain_text(
        "A line through points" if kind == "linear" else "Logistic regression"
    )
    marked = page.evaluate(MARKED)
    assert marked[0] == pytest.approx(lowest(problem))  # type: ignore[arg-type]
    expect(page.locator("#points [data-line=best]")).to_have_count(1)
    expect(page.locator("#points [data-line^=fit-]")).to_have_count(3)
    assert page.locator("#points [data-dot^=point-]").count() == 40


def test_the_minimum_marked_is_that_of_least_squares(open_page: OpenPage) -> None:
    page = open_page("/")
    choose(page, "linear")
    data = make_problem("linear", dataset=LINE).data  # type: ignore[union-attr]
    design = np.column_stack([data.inputs, np.ones(40)])
    least = np.linalg.lstsq(design, data.targets[:, 0], rcond=None)[0]
    to_end(page)
    drawn(page)
    (marked,) = page.evaluate(MARKED)
    assert marked == pytest.approx(least)


def test_a_dragged_point_changes_the_surface_the_runs_and_the_link(open_page: OpenPage) -> None:
    page = open_page("/")
    choose(page, "linear")
    to_end(page)
    before = drawn(page)["Adam"]
    x, y = dot(page, "point-3")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 10, y + 60, steps=6)
    page.mouse.up()
    page.wait_for_function("() => document.querySelector('#dataset').value === 'own'")

    def engines() -> list[list[float]]:
        return path(make_problem("linear", dataset=spec(page)["problem"]["dataset"]), (-1, 3), 150, "adam", lr=0.05)

    becomes(page, lambda: drawn(page)["Adam"] == engines() != before, True)
    dataset = spec(page)["problem"]["dataset"]
    assert len(dataset["points"]) == len(dataset["labels"]) == 40
    after = engines()
    assert page.evaluate("() => document.querySelector('#contour .plotly-host').data.some((t) => t.meta === 'ghost')")
    expect(page.locator("#points-aside")).to_contain_text("to the sum")
    again = open_page("/" + page.url.split("/", 3)[3])
    to_end(again)
    becomes(again, lambda: drawn(again)["Adam"], after)


def test_points_are_added_and_removed_by_mouse_and_by_keys(open_page: OpenPage) -> None:
    page = open_page("/")
    choose(page, "linear")
    points = page.locator("#points [data-dot^=point-]")
    room = settles(page, lambda: box(page, "#points"))
    page.mouse.click(room.x + room.width - 40, room.y + room.height - 50)
    expect(points).to_have_count(41)
    page.click("#point-remove")
    expect(points).to_have_count(40)
    page.focus("#points")
    page.keyboard.press("PageDown")
    page.keyboard.press("ArrowUp")
    page.wait_for_function("() => document.querySelector('#dataset').value === 'own'")
    moved = settles(page, lambda: spec(page)["problem"]["dataset"]["labels"][0])
    assert moved > make_problem("linear", dataset=LINE).data.labels[0]  # type: ignore[union-attr]
    page.keyboard.press("Delete")
    expect(points).to_have_count(39)
    page.keyboard.press("Enter")
    expect(points).to_have_count(40)


def test_what_is_held_out_stays_so_when_a_point_is_added(open_page: OpenPage) -> None:
    page = open_page("/")
    choose(page, "linear")
    page.check("#held-out")
    page.wait_for_function("() => document.querySelector('#points-aside').textContent.includes('rings')")
    held = make_problem("linear", dataset={**LINE, "held_out": 0.3}).data  # type: ignore[union-attr]
    page.focus("#points")
    page.keyboard.press("Enter")
    expect(page.locator("#points [data-dot^=point-]")).to_have_count(41)
    page.wait_for_function("() => document.querySelector('#dataset').value === 'own'")
    dataset = spec(page)["problem"]["dataset"]
    assert dataset["held_out"] == sorted(held.order[held.count :].tolist())
    assert make_data(dataset).held_points[:, 0].tolist() == pytest.approx(held.held_points[:, 0].tolist(), abs=1e-3)
    page.uncheck("#held-out")
    page.wait_for_function("() => !document.querySelector('#points-aside').textContent.includes('rings')")
    assert len(spec(page)["problem"]["dataset"]["points"]) == 41


def test_the_last_point_of_a_class_stays(open_page: OpenPage) -> None:
    page = open_page("/")
    choose(page, "logistic")
    page.focus("#points")
    for _ in range(20):
        page.keyboard.press("PageDown")
        page.keyboard.press("ArrowUp")
    labels = spec(page)["problem"]["dataset"].get("labels", [0, 1])
    assert set(labels) == {0, 1}


def test_points_held_out_have_a_loss_of_their_own(open_page: OpenPage) -> None:
    page = open_page("/")
    choose(page, "linear")
    page.check("#held-out")
    expect(page.locator("#loss-aside")).to_contain_text("held out")
    to_end(page)
    page.wait_for_function(
        "() => document.querySelector('#loss .plotly-host').data.some((t) => t.name === 'Adam, held out')"
    )
    problem = make_problem("linear", dataset={**LINE, "held_out": 0.3})
    rows = Run(problem, "adam", settings={"lr": 0.05}, start=(-1, 3), steps=150).advance(150)
    if "log" in page.inner_text("#loss-aside"):
        page.click("#loss-aside")
    expect(page.locator("#loss-aside")).to_contain_text("linear scale")
    page.wait_for_function(
        "(first) => document.querySelector('#loss .plotly-host').data"
        ".some((t) => t.name === 'Adam, held out' && Math.abs(t.y[0] - first) < 1e-9)",
        arg=rows["held_out_loss"][0],
    )
    shown = page.evaluate(
        "() => document.querySelector('#loss .plotly-host').data.find((t) => t.name === 'Adam, held out').y"
    )
    assert shown == rows["held_out_loss"].tolist()


def test_a_finger_drags_a_point(open_page: OpenPage) -> None:
    page = open_page("/", **PHONE)
    page.evaluate("() => document.querySelector('#rail').toggleAttribute('data-open', true)")
    choose(page, "linear")
    page.evaluate("() => document.querySelector('#rail').toggleAttribute('data-open', false)")
    page.evaluate("() => document.querySelector('#points').scrollIntoView({ block: 'center' })")
    x, y = dot(page, "point-5")
    session: Any = page.context.new_cdp_session(page)
    for kind, at in (("touchStart", (x, y)), *(("touchMove", (x + 6 * k, y)) for k in range(1, 6)), ("touchEnd", None)):
        session.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": at[0], "y": at[1]}] if at else []}
        )
        page.wait_for_timeout(30)
    page.wait_for_function("() => document.querySelector('#dataset').value === 'own'")
    original = make_problem("linear", dataset=LINE).data.points[5][0]  # type: ignore[union-attr]
    moved = settles(page, lambda: spec(page)["problem"]["dataset"]["points"][5][0])
    assert moved > original
