"""The Descent page by transport, keys, wheel and fingers, and what is taken away from it."""

import json
import re
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from core.problems import make_problem
from core.running import Run
from tests.browser.test_descent import DUPONT, PHONE, drawn, engine, to_end
from tests.browser.waiting import becomes, box, settles

OpenPage = Callable[..., Page]

HEADS = "() => document.querySelector('#contour .trail-head').toDataURL()"


def step(page: Page) -> int:
    return int(page.locator("#scrub").input_value())


def window(page: Page) -> list[float]:
    """The part of the map that is shown along x."""
    found: list[float] = page.evaluate("() => document.querySelector('#contour .plotly-host')._fullLayout.xaxis.range")
    return found


def test_keys_drive_the_transport(open_page: OpenPage) -> None:
    page = open_page("/")
    for key, shown in (
        ("ArrowRight", 1),
        ("Shift+ArrowRight", 11),
        ("ArrowLeft", 10),
        ("End", 150),
        ("Shift+ArrowLeft", 140),
        ("Home", 0),
    ):
        page.keyboard.press(key)
        becomes(page, lambda: step(page), shown)
    page.keyboard.press("]")
    expect(page.locator("[data-speed][aria-pressed=true]")).to_have_count(0)  # 2 stands between the buttons
    page.keyboard.press("]")
    expect(page.locator("[data-speed='4']")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Space")
    expect(page.locator("#bar .play")).to_have_attribute("aria-pressed", "true")
    becomes(page, lambda: step(page) > 0, True)
    page.keyboard.press("Space")
    expect(page.locator("#bar .play")).to_have_attribute("aria-pressed", "false")


def test_it_plays_again_and_again_when_asked(open_page: OpenPage) -> None:
    page = open_page("/")
    page.keyboard.press("l")
    page.click("[data-speed='16']")
    page.keyboard.press("Space")
    page.evaluate(
        """() => {
            window.before = 0;
            window.again = 0;
            setInterval(() => {
                const now = Number(document.querySelector("#scrub").value);
                if (now < window.before) window.again += 1;
                window.before = now;
            }, 5);
        }"""
    )
    page.wait_for_function("() => window.again >= 2")
    expect(page.locator("#bar .play")).to_have_attribute("aria-pressed", "true")


def test_the_slider_and_the_loss_chart_scrub(open_page: OpenPage) -> None:
    page = open_page("/")
    page.focus("#scrub")
    page.keyboard.press("ArrowRight")
    becomes(page, lambda: step(page), 1)
    page.mouse.click(*box(page, "#scrub").middle)
    becomes(page, lambda: abs(step(page) - 75) <= 2, True)
    to_end(page)
    page.wait_for_function("() => document.querySelector('#loss .line-names')")
    page.mouse.click(*settles(page, lambda: box(page, "#loss canvas.trail-line").at(1 / 3, 0.5)))
    becomes(page, lambda: step(page), 50)


def test_a_step_that_is_pointed_at_on_the_chart_is_ringed_on_the_map(open_page: OpenPage) -> None:
    page = open_page("/")
    to_end(page)
    drawn(page)
    before = settles(page, lambda: page.evaluate(HEADS))
    page.mouse.move(*box(page, "#loss canvas.trail-line").at(0.2, 0.5))
    becomes(page, lambda: page.evaluate(HEADS) == before, False)
    page.mouse.move(2, 2)
    becomes(page, lambda: page.evaluate(HEADS) == before, True)


def test_the_wheel_zooms_keys_zoom_and_a_double_click_shows_all(open_page: OpenPage) -> None:
    page = open_page("/")
    whole = settles(page, lambda: window(page))
    page.mouse.move(*box(page, "#contour canvas.trail-line").middle)
    page.mouse.wheel(0, -60)
    becomes(page, lambda: window(page)[1] - window(page)[0] < 0.9 * (whole[1] - whole[0]), True)
    page.focus("#contour")
    page.keyboard.press("-")
    page.keyboard.press("-")
    becomes(page, lambda: window(page)[1] - window(page)[0] > whole[1] - whole[0], True)
    page.mouse.dblclick(*box(page, "#contour canvas.trail-line").at(0.9, 0.1))
    becomes(page, lambda: window(page), whole)


def test_two_fingers_zoom(open_page: OpenPage) -> None:
    page = open_page("/", **PHONE)
    whole = settles(page, lambda: window(page))
    x, y = box(page, "#contour canvas.trail-line").middle
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *apart: float) -> None:
        points = [{"x": x + side * far, "y": y, "id": n} for far in apart for n, side in enumerate((-1, 1))]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 30)
    for far in (40, 50, 60):
        touch("touchMove", far)
    touch("touchEnd")
    becomes(page, lambda: window(page)[1] - window(page)[0] < 0.7 * (whole[1] - whole[0]), True)
    expect(page.locator("#start-x")).to_have_value("0.75")  # no finger has moved the start


def test_one_rate_for_all(open_page: OpenPage) -> None:
    page = open_page("/")
    page.click("#same-rate")
    rates = page.locator(".opt > .eta input")
    becomes(page, lambda: {rates.nth(i).input_value() for i in range(3)}, {"0.05"})


def test_a_schedule_is_chosen_and_runs(open_page: OpenPage) -> None:
    page = open_page("/?surface=bowl&start=1,3&steps=60&run=sgd(lr=0.1)")
    page.locator(".opt .mo").first.click()
    page.get_by_label("Learning-rate schedule").select_option("cosine")
    page.wait_for_url(re.compile("cosine"))
    to_end(page)
    run = Run(
        make_problem("surface", name="bowl"),
        "sgd",
        settings={"lr": 0.1},
        start=(1, 3),
        schedule=("cosine", {}),
        steps=60,
    )
    becomes(page, lambda: next(iter(drawn(page).values()))[0], run.advance(60)["x"].tolist())


def test_noise_has_a_fan_of_seeds(open_page: OpenPage) -> None:
    page = open_page("/?surface=bowl&start=1,3&steps=60&noise=1&run=sgd(lr=0.1)")
    to_end(page)
    drawn(page)
    before = settles(page, lambda: page.evaluate(HEADS))
    page.get_by_label("Fan of 20 seeds").check()
    becomes(page, lambda: page.evaluate(HEADS) == before, False)


def test_a_sweep_is_stopped_by_pressing_again(open_page: OpenPage) -> None:
    page = open_page("/")
    page.route("**/sweeps*", lambda _: None)  # one that takes for ever
    page.click("#fair")
    expect(page.locator("#fair")).to_have_text("Stop (0 %)")
    page.click("#fair")
    expect(page.locator("#fair")).to_have_text("Best rates")
    expect(page.locator("dialog")).to_have_count(0)


def test_the_link_and_the_table_are_taken_away(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/", permissions=["clipboard-read", "clipboard-write"])
    page.keyboard.press("ArrowRight")
    page.click("#share")
    page.get_by_role("menuitem", name="Copy link").click()
    expect(page.locator(".note")).to_contain_text("Link copied")
    link = page.evaluate("() => navigator.clipboard.readText()")
    assert link.endswith("#step=1")
    with urllib.request.urlopen(link.split("#")[0].replace("/?", "/api/v1/trajectories?")) as answer:
        runs = json.load(answer)["runs"]
    for run, (name, settings) in zip(runs, DUPONT, strict=True):
        assert run["columns"]["x"] == engine("dupont", (0.75, 1), 150, name, **settings)[0]
    page.click("#share")
    with page.expect_download() as saved:
        page.get_by_role("menuitem", name="Steps as CSV").click()
    table = tmp_path / "steps.csv"
    saved.value.save_as(table)
    assert len(table.read_text().splitlines()) == 1 + 3 * 151


def test_the_keys_are_listed_and_the_menu_is_walked_by_keys(open_page: OpenPage) -> None:
    page = open_page("/")
    page.keyboard.press("?")
    dialog: Any = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_contain_text("play or pause")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.focus("#share")
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Copy link")).to_be_focused()
    page.keyboard.press("End")
    expect(page.get_by_role("menuitem", name="curl command")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="curl command")).to_contain_text("/api/v1/trajectories")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
