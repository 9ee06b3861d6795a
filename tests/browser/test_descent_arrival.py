"""The order of arrival counts gradients as the engine does: of a line search, of a Hessian, of batches."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from core.problems import make_problem
from core.running import Run
from tests.browser.test_descent import to_end

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
