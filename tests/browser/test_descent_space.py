"""The surface in space: the start is dragged over it by mouse and finger, set by a press, moved and turned by keys."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_descent import PHONE, drawn, engine, to_end
from tests.browser.waiting import becomes, settles

OpenPage = Callable[..., Page]

EYE = "Object.values(document.querySelector('#surface .plotly-host')._fullLayout.scene.camera.eye)"
PROJECT = """([x, y]) => import(document.querySelector("script[type=module]").src.replace(/views\\/.*/, "geometry.js"))
    .then(({ multiply, projector }) => {
        const host = document.querySelector("#surface");
        const scene = host.querySelector(".plotly-host")._fullLayout.scene._scene;
        const { projection, view, model } = scene.glplot.cameraParams;
        const matrix = multiply(multiply(projection, view), model);
        const eye = projector(matrix, scene.dataScale, host.clientWidth, host.clientHeight);
        const box = host.getBoundingClientRect();
        const hole = (depth, at) => -depth * Math.exp(-((x - at) ** 2 + y * y) / 0.2);
        const z = hole(2, 1) + hole(3, -1) + x * x + y * y;
        const [px, py] = eye.project([x, y, z]);
        return [box.left + px, box.top + py];
    })"""


def in_space(page: Page) -> None:
    page.wait_for_function(
        "() => document.querySelector('#surface .plotly-host')?._fullLayout?.scene?._scene?.glplot?.cameraParams"
    )
    settles(page, lambda: spot(page, 0.75, 1))


def spot(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a place of the Dupont surface is on the screen."""
    at: list[float] = page.evaluate(PROJECT, [x, y])
    return at[0], at[1]


def eye(page: Page) -> list[float]:
    found: list[float] = page.evaluate(f"() => {EYE}")
    return found


def start_of(page: Page) -> tuple[float, float]:
    match = re.search(r"start=([-\d.]+),([-\d.]+)", page.url)
    assert match
    return float(match[1]), float(match[2])


def test_a_drag_that_begins_on_the_start_moves_it_over_the_ground(open_page: OpenPage) -> None:
    page = open_page("/")
    to_end(page)
    drawn(page)
    in_space(page)
    before = eye(page)
    x, y = spot(page, 0.75, 1)
    to_x, to_y = spot(page, -0.4, 0.9)
    page.mouse.move(x, y)
    expect(page.locator("#surface")).to_have_attribute("data-grab", "start")
    page.mouse.down()
    for part in range(1, 9):
        page.mouse.move(x + (to_x - x) * part / 8, y + (to_y - y) * part / 8)
        page.wait_for_timeout(20)
    page.mouse.up()
    page.wait_for_url(re.compile(r"start=-0\.(3[7-9]|4[0-3]?)\d*,0\.(8[7-9]|9[0-3]?)\d*"))
    start = start_of(page)
    assert start == pytest.approx((-0.4, 0.9), abs=0.03)
    page.wait_for_function(
        "(x) => document.querySelector('#contour .plotly-host').data.some((t) => t.meta === 'run' && t.x[0] === x)",
        arg=start[0],
    )
    assert drawn(page)["Adam"] == engine("dupont", start, 150, "adam", lr=0.05)
    assert eye(page) == before, "the camera stayed"


def test_any_other_drag_turns_the_camera_and_a_press_sets_the_start(open_page: OpenPage) -> None:
    page = open_page("/")
    in_space(page)
    before, address = eye(page), page.url
    x, y = spot(page, -0.9, -0.6)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 10, steps=5)
    page.mouse.up()
    page.wait_for_function(f"(before) => String({EYE}) !== String(before)", arg=before)
    assert page.url == address
    page.mouse.click(*spot(page, -0.5, 0.6))
    page.wait_for_url(re.compile("start="))
    assert start_of(page) == pytest.approx((-0.5, 0.6), abs=0.03)


def test_a_finger_drags_the_start_in_space(open_page: OpenPage) -> None:
    page = open_page("/", **PHONE)
    page.click(".tabs [data-view=surface]")
    in_space(page)
    before = eye(page)
    x, y = spot(page, 0.75, 1)
    to_x, to_y = spot(page, 0.2, 0.8)
    session: Any = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": a, "y": b} for a, b in points]})

    touch("touchStart", (x, y))
    for part in range(1, 7):
        touch("touchMove", (x + (to_x - x) * part / 6, y + (to_y - y) * part / 6))
        page.wait_for_timeout(30)
    touch("touchEnd")
    page.wait_for_url(re.compile("start="))
    becomes(page, lambda: start_of(page), pytest.approx((0.2, 0.8), abs=0.06))
    assert eye(page) == before


def test_keys_move_the_start_and_turn_the_surface(open_page: OpenPage) -> None:
    page = open_page("/")
    in_space(page)
    before = eye(page)
    page.focus("#surface")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(re.compile(r"start=0\.7\d*,1"))
    page.keyboard.press(".")
    page.wait_for_function(f"(before) => String({EYE}) !== String(before)", arg=before)
    turned = eye(page)
    assert turned[2] == pytest.approx(before[2])


def test_what_is_pointed_at_in_space_is_ringed_on_the_contour(open_page: OpenPage) -> None:
    page = open_page("/")
    in_space(page)
    page.mouse.move(*spot(page, -0.5, -0.5))
    expect(page.locator("#contour-aside")).to_contain_text(re.compile(r"f\(−0\.(49|5|50)\d*, −0\.(49|5|50)\d*\)"))


def test_before_the_first_step_one_ring_is_the_start(open_page: OpenPage) -> None:
    """Three heads on one place would hide each other."""
    page = open_page("/")
    in_space(page)
    page.evaluate(
        "() => { window.said = []; const fill = CanvasRenderingContext2D.prototype.fillText;"
        " CanvasRenderingContext2D.prototype.fillText = function (text, ...at)"
        " { window.said.push(text); return fill.call(this, text, ...at); }; }"
    )
    page.mouse.move(*spot(page, -0.5, -0.5))
    page.wait_for_function("() => window.said.length")
    assert settles(page, lambda: set(page.evaluate("() => window.said"))) == {"start"}
    page.keyboard.press("ArrowRight")
    becomes(page, lambda: {"Adam", "Momentum"} <= set(page.evaluate("() => window.said")), True)
