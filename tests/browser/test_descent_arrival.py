"""The order of arrival counts gradients as the engine does: of a line search, of a Hessian, of batches."""

import json
import re
import urllib.request
from collections.abc import Callable

from playwright.sync_api import Page, expect

from core.problems import make_problem
from core.running import Run
from tests.browser.test_descent import drawn, to_end

OpenPage = Callable[..., Page]


def test_gradients_are_those_that_the_engine_counted(open_page: OpenPage) -> None:
    page = open_page("/?surface=rosenbrock&start=-1.2,1&steps=60&run=lbfgs&run=newton&run=sgd(lr=0.001)")
    to_end(page)
    page.locator("#why-panel [data-panel=arrival]").click()
    page.fill("#goal", "0.01")
    page.press("#goal", "Enter")
    problem = make_problem("surface", name="rosenbrock")
    for optimizer, title in (("lbfgs", "L-BFGS"), ("newton", "Newton")):
        rows = Run(problem, optimizer, start=(-1.2, 1), steps=60).advance(60)
        step = next(row for row, loss in enumerate(rows["loss"]) if loss <= 0.01)
        row = page.locator("#arrival-rows tr", has=page.locator("th", has_text=title))
        expect(row.locator("td.v").first).to_have_text(str(step))
        expect(row.locator("td.v").last).to_have_text(str(int(rows["evaluations"][step])))
        assert rows["evaluations"][step] > step
    last = page.locator("#arrival-rows tr").last
    expect(last).to_contain_text("Gradient descent")
    expect(last).to_contain_text("not yet")


def test_changes_that_follow_each_other_while_it_plays_bend_the_path_as_the_engine_does(open_page: OpenPage) -> None:
    """Faster than their rows arrive: no row is missing, and none is left of what ran between."""
    page = open_page("/?surface=himmelblau&start=-0.27,-0.92&steps=600&run=sgd(lr=0.001)&run=adam(lr=0.05)")
    page.keyboard.press("Space")
    page.wait_for_function("() => document.querySelector('#stepno b').textContent >= 20")
    page.locator(".opt", has_text="Adam").locator("input[type=range]").first.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(60)
    page.wait_for_url(re.compile("change="))
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("End")
    expect(page.locator("#stepno")).to_have_text("Step 600 of 600")
    paths = drawn(page)
    with urllib.request.urlopen(page.url.split("#")[0].replace("/?", "/api/v1/trajectories?")) as answer:
        runs = json.load(answer)["runs"]
    for name, run in zip(("Gradient descent", "Adam"), runs, strict=True):
        assert paths[name] == [run["columns"]["x"], run["columns"]["y"]]
