"""Every scene of the Descent page by its link: its question, its answer, and the engine's numbers at the end."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from app import links
from app.runs import prepare
from app.scenes import SCENES, Scene
from app.spec import Spec

OpenPage = Callable[..., Page]

ENDS = """() => document.querySelector("#contour .plotly-host").data
    .filter((trace) => trace.meta === "run").map((trace) => [trace.x.at(-1), trace.y.at(-1)])"""
RESTS = """(runs) => {
    const host = document.querySelector("#contour .plotly-host");
    const drawn = host?.data?.filter((trace) => trace.meta === "run").length;
    return drawn === runs && !host.parentNode.matches("[data-moving]");
}"""


def to_the_end(page: Page, steps: int) -> None:
    page.keyboard.press("End")
    expect(page.locator("#stepno b")).to_have_text(str(steps))


@pytest.mark.parametrize("scene", [s for s in SCENES if s.page == "descent"], ids=lambda scene: scene.name)
def test_a_scene_asks_plays_and_ends_where_the_engine_ends(scene: Scene, open_page: OpenPage) -> None:
    prepared = prepare(Spec.model_validate(scene.spec))
    page = open_page(links.write(prepared.spec))
    expect(page.locator("#kicker .n")).to_have_text(scene.title)
    expect(page.locator("#question")).to_have_text(scene.question)
    expect(page.locator("#ask button")).to_have_text(list(scene.choices))
    page.locator("#ask button").nth(scene.answer).click()
    followed = scene.view.get("follow")
    if followed is not None:
        expect(page.locator(".opt").nth(followed)).to_have_attribute("data-selected", "true")
    to_the_end(page, prepared.spec.steps)
    expect(page.locator("#verdict")).to_have_text(f"You said: {scene.choices[scene.answer]}. Right.")
    expect(page.locator("#live")).to_contain_text(f"after {prepared.spec.steps} steps")
    rows = [walk.advance(prepared.spec.steps) for walk in prepared.walks]
    names = [name for name in ("x", "y") if name in rows[0]]
    ends = sorted([float(columns[name][-1]) for name in names] for columns in rows)
    if names == ["x"]:
        followed_end = f"{rows[scene.view['follow']]['x'][-1]:.2e}".split("e")[0]
        expect(page.locator("#why tr.key + tr td.v")).to_have_text(re.compile(f"^{followed_end} × 10"))
    else:
        page.wait_for_function(RESTS, arg=len(ends))
        assert np.array(sorted(page.evaluate(ENDS))) == pytest.approx(np.array(ends))


def test_on_a_curve_only_the_switches_that_do_something_are_there(open_page: OpenPage) -> None:
    page = open_page("/?surface=parabola&start=1&steps=30&run=sgd(lr=0.4)")
    expect(page.locator("#arrows")).to_be_hidden()
    expect(page.locator("#downhill")).to_be_hidden()
    page.keyboard.press("t")
    expect(page.locator("#curve-aside")).to_have_text("curvature 2.00; if this were its parabola: stable below η = 1.0")
    expect(page.locator(".opt")).to_contain_text("0.40 of the cliff at 1.0")
    page.keyboard.press("f")
    expect(page.locator("#curve-aside")).to_contain_text("the sun sets in 60 steps")
    page.select_option("#function", "rosenbrock")
    expect(page.locator("#arrows")).to_be_visible()


def test_with_the_sign_switched_it_climbs(open_page: OpenPage) -> None:
    page = open_page("/?surface=parabola&start=1&steps=30&run=sgd(lr=0.01)")
    page.click("#add")
    page.get_by_role("button", name="Gradient ascent").click()
    expect(page.locator(".opt").nth(1)).to_contain_text("Gradient ascent")
    page.locator("#stage").focus()
    to_the_end(page, 30)
    at, loss = f"{1.02**30:.2f}", f"{1.02**60:.2f}"
    expect(page.locator("#live")).to_have_text(f"Gradient ascent is at {at}, loss {loss}, after 30 steps.")
