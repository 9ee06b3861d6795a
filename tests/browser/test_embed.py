"""One figure in a frame of somebody else's page: served from another origin, that is allowed or not."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from core.problems import make_problem
from core.running import Run
from tests.browser.waiting import becomes
from tests.serving import Server, free_port, start_server, stop_server

SURFACE = "surface=rosenbrock&start=-1.5,2&steps=80&run=momentum(lr=0.001)&run=adam(lr=0.1)"
NEURONS = "start=2,2&steps=300&run=sgd(lr=0.15);neuron=mse&run=sgd(lr=0.15);neuron=ce"
BLOCKED = "chrome-error://chromewebdata/"

Host = Callable[..., Page]


class Course(BaseHTTPRequestHandler):
    """A course's page: whatever its address asks for stands in a frame."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        address = unquote(self.path.partition("?frame=")[2]).replace("&", "&amp;").replace('"', "&quot;")
        body = f'<h1>A course</h1><iframe src="{address}" style="border:0;width:100%;height:360px"></iframe>'
        self.wfile.write(f'<!doctype html><html lang="en"><title>Course</title>{body}<p>{"text<br>" * 80}'.encode())

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def course() -> Iterator[tuple[str, Server]]:
    """The course's origin, and a Steepest that lets it show frames."""
    host = ThreadingHTTPServer(("127.0.0.1", 0), Course)
    threading.Thread(target=host.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{host.server_port}"
    server = start_server(free_port(), STEEPEST_FRAME_ANCESTORS=origin)
    yield origin, server
    stop_server(server)
    host.shutdown()
    host.server_close()


@pytest.fixture
def host(course: tuple[str, Server], chromium: Browser) -> Iterator[Host]:
    """`host("surface=bowl&run=sgd")` -> the course's page with that figure in its frame."""
    contexts = []

    def make(query: str, steepest: str | None = None, **options: Any) -> Page:
        origin, server = course
        options = {"viewport": {"width": 700, "height": 600}, "locale": "en-GB", **options}
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.goto(f"{origin}/?frame={steepest or server.http}/embed?{query}".replace("&", "%26"))
        return page

    yield make
    for context in contexts:
        context.close()


def figure(page: Page) -> Frame:
    """The frame's document, once the figure can be used."""
    frame = page.frames[1]
    frame.wait_for_selector("html[data-ready]")
    return frame


def test_a_figure_plays_steps_and_scrubs_in_another_origins_frame(host: Host) -> None:
    frame = figure(host(SURFACE))
    expect(frame.locator("#live")).to_contain_text("Adam starts at (−1.50, 2.00)")
    frame.click("[data-action=play]")
    frame.wait_for_function("() => Number(document.querySelector('#stepno b').textContent) > 5")
    frame.click("[data-action=play]")
    frame.locator("#scrub").focus()
    frame.press("#scrub", "End")
    expect(frame.locator("#stepno b")).to_have_text("80")
    frame.click("[data-action=back]")
    expect(frame.locator("#stepno b")).to_have_text("79")


def test_its_paths_are_the_engines_rows(host: Host) -> None:
    frame = figure(host(SURFACE))
    frame.locator("#stage").focus()
    frame.press("#stage", "End")
    runs = "document.querySelector('#plot .plotly-host').data.filter((trace) => trace.meta === 'run')"
    frame.wait_for_function(f"() => {runs}[1]?.x.length === 81")  # at rest, with all of its rows
    xs = frame.evaluate(f"() => {runs}[1].x")
    problem = make_problem("surface", name="rosenbrock")
    run = Run(problem, optimizer="adam", settings={"lr": 0.1}, start=(-1.5, 2), steps=80)
    assert xs == run.advance(80)["x"].tolist()


def test_keys_work_inside_the_frame(host: Host) -> None:
    frame = figure(host(SURFACE))
    frame.locator("#stage").focus()
    frame.press("#stage", "ArrowRight")
    frame.press("#stage", "Shift+ArrowRight")
    expect(frame.locator("#stepno b")).to_have_text("11")
    frame.press("#stage", "Home")
    frame.press("#stage", " ")
    expect(frame.locator("[data-action=play]")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize(
    ("query", "name"),
    [
        (SURFACE, "contour"),
        (f"{SURFACE}&figure=surface", "surface"),
        (f"{SURFACE}&figure=loss", "loss"),
        ("formula=x**2&start=1&steps=10&run=sgd(lr=0.4)", "curve"),
        (NEURONS, "loss"),
    ],
)
def test_each_figure_is_drawn(host: Host, query: str, name: str) -> None:
    frame = figure(host(query))
    expect(frame.locator("#figure")).to_have_attribute("data-figure", name)
    frame.wait_for_selector("#plot .plotly-host svg.main-svg")
    assert frame.evaluate("() => document.querySelector('#plot').clientHeight") > 120


def test_two_losses_are_told_apart_by_name(host: Host) -> None:
    frame = figure(host(NEURONS))
    frame.locator("#stage").focus()
    frame.press("#stage", "End")
    expect(frame.locator("#live")).to_have_text("GD · cross-entropy has loss 0.0121 after 300 steps.")
    expect(frame.locator(".line-names")).to_contain_text("GD · squared error")


def test_an_origin_that_is_not_listed_shows_nothing(host: Host, course: tuple[str, Server]) -> None:
    other = start_server(free_port())  # one that allows its own pages alone
    try:
        said: list[str] = []
        page = host(SURFACE, steepest=other.http)
        page.on("console", lambda message: said.append(message.text))
        page.reload()
        becomes(page, lambda: [frame.url for frame in page.frames[1:]], [BLOCKED])
        becomes(page, lambda: any("frame-ancestors" in text for text in said), True)
    finally:
        stop_server(other)


def test_a_bad_link_says_what_is_wrong_and_draws_nothing(host: Host) -> None:
    frame = figure(host("surface=rosenbrock&run=adam(lr=2000)&figure=pie"))
    expect(frame.locator("#wrong li")).to_have_text(
        [
            "runs[0].settings.lr: must be from 0 to 1000, not 2000.",
            "figure: there is no figure 'pie'; there is contour, loss, surface.",
        ]
    )
    expect(frame.locator("#bar")).to_be_hidden()
    chinese = figure(host("surface=rosenbrock&run=adam(lr=2000)", locale="zh-CN"))
    expect(chinese.locator("#wrong")).to_contain_text("必须在 0 到 1000 之间，不能是 2000。")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_narrow_frame_in_either_theme(host: Host, serious: Any, scheme: str) -> None:
    page = host(SURFACE, viewport={"width": 336, "height": 640}, color_scheme=scheme)
    frame = figure(page)
    assert frame.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert frame.evaluate("() => document.documentElement.scrollHeight <= innerHeight")
    edges = frame.locator("#bar :is(button, a):visible").evaluate_all(
        "all => all.map((button) => button.getBoundingClientRect()).map(({ height, right }) => [height, right])"
    )
    assert edges
    assert all(height >= 40 and right <= 336 for height, right in edges)
    paper = frame.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert paper == ("rgb(252, 251, 248)" if scheme == "light" else "rgb(18, 22, 27)")
    frame.page.goto(frame.url)
    frame.page.wait_for_selector("html[data-ready]")
    assert serious(frame.page) == []


def test_the_wheel_scrolls_the_course_and_not_the_map(host: Host) -> None:
    page = host(SURFACE)
    figure(page)
    page.mouse.move(300, 250)
    page.mouse.wheel(0, 300)
    page.wait_for_function("() => scrollY > 100")


def test_the_page_itself_opens_at_the_step_that_is_shown(host: Host) -> None:
    page = host(f"{SURFACE}&lang=zh")
    frame = figure(page)
    frame.locator("#stage").focus()
    frame.press("#stage", "End")
    with page.context.expect_page() as opening:
        frame.click("#home")
    whole = opening.value
    whole.wait_for_selector("html[data-ready]")
    assert "/embed" not in whole.url
    assert whole.url.endswith("#step=80")
    expect(whole.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(whole.locator("#stepno b")).to_have_text("80")


def test_the_share_menu_offers_the_frame(open_page: Callable[..., Page]) -> None:
    page = open_page(f"/?{SURFACE}")
    page.click("#share")
    page.get_by_role("menuitem", name="Frame for a course page").click()
    code = page.locator("dialog pre").inner_text()
    assert code.startswith(f'<iframe src="{page.url.partition("/?")[0]}/embed?surface=rosenbrock&amp;start=-1.5,2')
