"""What the Descent page survives: a restarted server, no stream, no WebGL, poles, divergence, resizing, sleep, Back."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocket, expect

from core.problems import make_problem
from core.running import Run

OpenPage = Callable[..., Page]

NO_SOCKET = """window.WebSocket = class {
    constructor() { setTimeout(() => this.onclose && this.onclose({}), 0); }
    send() {}
    close() {}
};"""
NO_WEBGL = """const get = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
    return String(kind).includes("webgl") ? null : get.call(this, kind, ...more);
};"""
PATIENCE = 60_000  # ms, for a machine with other work
LONG = "/?surface=rosenbrock&start=-1.2,1&steps=9000&run=sgd(lr=0.001)"


def drawn(page: Page) -> list[float]:
    """The x of the one path that Plotly draws at rest."""
    page.wait_for_function(
        "() => !document.querySelector('#contour').hasAttribute('data-moving')"
        " && document.querySelector('#contour .plotly-host').data.some((trace) => trace.meta === 'run')"
    )
    xs: list[float] = page.evaluate(
        "() => document.querySelector('#contour .plotly-host').data.find((trace) => trace.meta === 'run').x"
    )
    return xs


def made(steps: int) -> list[float]:
    run = Run(
        make_problem("surface", name="rosenbrock"), optimizer="sgd", settings={"lr": 0.001}, start=(-1.2, 1), steps=9000
    )
    xs: list[float] = run.advance(steps)["x"].tolist()
    return xs


def test_a_restarted_server_is_met_again_at_the_same_step(open_page: OpenPage, restartable: Any) -> None:
    page = open_page(LONG, base=restartable.url, quiet=False)
    page.set_default_timeout(PATIENCE)
    restartable.stop()
    expect(page.locator("#connection")).to_contain_text("go on from the same step")
    page.keyboard.press("End")
    restartable.start()
    expect(page.locator("#connection")).to_be_hidden(timeout=PATIENCE)
    page.wait_for_function("() => document.querySelector('#live').textContent.includes('9000 steps')")
    assert drawn(page) == made(9000)


def rows_of(frame: str | bytes) -> range:
    """The steps whose rows a frame carries."""
    if isinstance(frame, str):
        return range(0)
    header = json.loads(frame[4 : 4 + int.from_bytes(frame[:4], "little")])
    return range(header["from"], header["from"] + header["count"])


def test_a_killed_server_loses_no_row_and_doubles_none(open_page: OpenPage, restartable: Any) -> None:
    page = open_page("/", base=restartable.url, quiet=False)
    page.set_default_timeout(PATIENCE)
    lines: list[list[int]] = []  # the steps that came over each connection

    def connected(socket: WebSocket) -> None:
        steps: list[int] = []
        lines.append(steps)
        socket.on("framereceived", lambda frame: steps.extend(rows_of(frame)))

    page.on("websocket", connected)
    page.goto(page.url.split("?")[0] + LONG[1:])
    page.keyboard.press("Space")
    page.wait_for_function("() => Number(document.querySelector('#stepno b')?.textContent.replace(/\\D/g, '')) > 150")
    restartable.kill()
    expect(page.locator("#connection")).to_contain_text("go on from the same step")
    had = len(lines[0])
    assert 150 < had < 9000
    restartable.start()
    expect(page.locator("#connection")).to_be_hidden(timeout=PATIENCE)
    page.keyboard.press("End")
    page.wait_for_function("() => document.querySelector('#live').textContent.includes('9000 steps')")
    assert [step for steps in lines for step in steps] == list(range(9001))
    assert lines[0] == list(range(had))
    assert lines[-1][0] == had
    assert drawn(page) == made(9000)


def test_without_the_stream_steps_come_in_slices(open_page: OpenPage) -> None:
    page = open_page("/", quiet=False)
    page.set_default_timeout(PATIENCE)
    page.add_init_script(NO_SOCKET)
    page.goto(page.url.split("?")[0] + LONG[1:])
    expect(page.locator("#connection")).to_contain_text("in slices")
    page.keyboard.press("End")
    page.wait_for_function("() => document.querySelector('#live').textContent.includes('9000 steps')")
    assert drawn(page) == made(9000)


def test_without_webgl_the_contour_goes_on(open_page: OpenPage) -> None:
    page = open_page("/", quiet=False)
    page.add_init_script(NO_WEBGL)
    page.reload()
    expect(page.locator("#surface-missing")).to_contain_text("needs WebGL")
    page.keyboard.press("End")
    assert len(drawn(page)) == 151


def test_the_paths_in_space_are_projected_with_plotlys_camera(open_page: OpenPage) -> None:
    """Guards the private scene of the pinned Plotly: the heads stand on the canvas."""
    page = open_page("/")
    page.wait_for_selector("#surface canvas.trail-line")
    page.keyboard.press("End")
    page.wait_for_function(
        """() => {
            const canvas = document.querySelector("#surface canvas.trail-line");
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            return data.some((value, index) => index % 4 === 3 && value > 200);
        }"""
    )


def test_a_pole_is_a_hole_in_the_map_and_a_sentence(open_page: OpenPage) -> None:
    page = open_page("/?formula=log(x)%2Bx*x%2By*y&start=0.05,1&steps=50&run=sgd(lr=0.1)")
    page.keyboard.press("End")
    expect(page.locator("#live")).to_contain_text("stopped after step 0: the next step leads where the function")


def test_a_start_where_the_function_is_not_defined_is_said_and_another_one_runs(open_page: OpenPage) -> None:
    page = open_page("/?formula=log(x)%2By*y&start=-1,1&steps=50&run=sgd(lr=0.1)")
    expect(page.locator("#live")).to_contain_text("cannot start here: the function is not defined at this point")
    expect(page.locator("#contour .plotly-host .contour").first).to_be_attached()
    page.fill("#start-x", "1")
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_contain_text("starts at (1.00, 1.00), where the loss is 1.00")


def test_twelve_diverging_runs_are_shown_and_said(open_page: OpenPage) -> None:
    page = open_page("/?surface=rosenbrock&steps=200" + "".join(f"&run=sgd(lr={rate})" for rate in range(1, 13)))
    expect(page.locator(".opt")).to_have_count(12)
    page.keyboard.press("End")
    expect(page.locator("#live")).to_contain_text("GD 12 diverged")
    expect(page.locator("#add")).to_be_disabled()


@pytest.mark.parametrize(
    ("sizes", "options"),
    [
        (((900, 700), (1300, 800)), {}),
        (((844, 390), (390, 844)), {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}),
    ],
    ids=["resized", "rotated"],
)
def test_resizing_in_mid_play_keeps_the_path(
    open_page: OpenPage, sizes: tuple[tuple[int, int], ...], options: dict[str, Any]
) -> None:
    page = open_page("/", **options)
    page.keyboard.press("Space")
    for index, (width, height) in enumerate(sizes):
        page.wait_for_function("(step) => document.querySelector('#stepno b').textContent > step", arg=5 + 10 * index)
        page.set_viewport_size({"width": width, "height": height})
    page.keyboard.press("End")
    xs = drawn(page)
    run = Run(
        make_problem("surface", name="dupont"), optimizer="sgd", settings={"lr": 0.01}, start=(0.75, 1), steps=150
    )
    assert xs == run.advance(150)["x"].tolist()
    page.wait_for_function(
        """() => {
            const host = document.querySelector("#contour");
            const box = host.getBoundingClientRect();
            const canvas = host.querySelector("canvas.trail-line").getBoundingClientRect();
            return host.querySelector(".plotly-host").layout.width === Math.round(box.width)
                && canvas.width > box.width / 2 && canvas.right <= box.right + 1 && canvas.bottom <= box.bottom + 1;
        }"""
    )


def test_a_tab_that_was_hidden_for_an_hour_goes_on_where_it_was(open_page: OpenPage) -> None:
    page = open_page("/")
    page.clock.install()
    page.goto(page.url.split("?")[0] + LONG[1:])
    page.wait_for_selector("html[data-ready]")
    step = "() => Number(document.querySelector('#stepno b').textContent)"
    page.keyboard.press("Space")
    page.wait_for_function(f"() => ({step})() > 10")
    page.clock.fast_forward("01:00:00")
    after = page.evaluate(step)
    assert 10 < after < 1000  # an hour at this speed is 108,000 steps
    expect(page.locator("#bar .play")).to_have_attribute("aria-pressed", "true")
    page.wait_for_function(f"(after) => ({step})() > after", arg=after)
    page.keyboard.press("End")
    page.wait_for_function("() => document.querySelector('#live').textContent.includes('9000 steps')")
    assert drawn(page) == made(9000)


def test_two_tabs_play_their_own_runs(open_page: OpenPage) -> None:
    first = open_page("/?surface=rosenbrock&start=-1.2,1&steps=120&run=sgd(lr=0.001)")
    second = first.context.new_page()
    second.goto(first.url.split("?")[0] + "?surface=rosenbrock&start=-1.2,1&steps=90&run=sgd(lr=0.001)")
    second.wait_for_selector("html[data-ready]")
    for page in (first, second):
        page.bring_to_front()
        page.click("[data-speed='16']")
        page.keyboard.press("Space")
    for page, steps in ((second, 90), (first, 120)):
        page.bring_to_front()
        expect(page.locator("#stepno")).to_have_text(f"Step {steps} of {steps}")
        assert drawn(page) == made(steps)


def test_without_scripts_every_page_says_so_with_its_picture(open_page: OpenPage) -> None:
    page = open_page("/", java_script_enabled=False, ready=False, quiet=False)
    for path in ("", "losses", "classify", "batches", "backprop"):
        page.goto(page.url.rsplit("/", 1)[0] + f"/{path}")
        assert "needs JavaScript" in page.inner_text("noscript")
        assert page.evaluate("() => document.querySelector('noscript img').naturalWidth") > 900, path


def test_back_and_forward_go_through_what_was_done(open_page: OpenPage) -> None:
    page = open_page("/")
    page.select_option("#function", "bowl")
    page.wait_for_url(re.compile("surface=bowl"))
    page.select_option("#function", "himmelblau")
    page.wait_for_url(re.compile("surface=himmelblau"))
    page.go_back()
    expect(page.locator("#function")).to_have_value("bowl")
    page.go_back()
    expect(page.locator("#function")).to_have_value("dupont")
    page.go_forward()
    expect(page.locator("#function")).to_have_value("bowl")


def test_each_run_takes_its_own_best_rate(open_page: OpenPage) -> None:
    page = open_page("/?surface=ravine&start=-8,2&steps=150&run=sgd(lr=0.001)&run=momentum(lr=0.001)")
    page.click("#fair")
    expect(page.locator("dialog .curve")).to_have_count(2, timeout=PATIENCE)
    rate = float(page.locator(".opt input.number").first.input_value())
    assert 0.03 < rate < 0.04


def test_a_thousand_starts_show_the_basins(open_page: OpenPage) -> None:
    page = open_page("/")
    page.set_default_timeout(PATIENCE)
    page.click("#basins")
    page.wait_for_function(
        """() => {
            const canvas = document.querySelector("#contour canvas.trail-under");
            if (!canvas.width) return false; // the dots have not come yet
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            return data.some((value, index) => index % 4 === 3 && value > 60);
        }""",
        timeout=PATIENCE,
    )


def test_what_ran_before_is_forgotten(open_page: OpenPage) -> None:
    runs = "".join(f"&run={name}(lr=0.001)" for name in ("sgd", "momentum", "adam"))
    page = open_page(f"/?surface=himmelblau&start=-0.3,-0.9&steps=2000{runs}#step=300")
    session = page.context.new_cdp_session(page)

    def kept() -> float:
        """Megabytes of columns, after collecting garbage."""
        for _ in range(3):
            session.send("HeapProfiler.collectGarbage")
        return float(session.send("Runtime.getHeapUsage")["backingStorageSize"]) / 1e6

    def move(times: int) -> None:
        for _ in range(times):
            page.keyboard.press("ArrowLeft")
            page.wait_for_timeout(250)  # messages leave at most ten a second: every move runs
        page.wait_for_function("() => !document.querySelector('#contour').hasAttribute('data-moving')")

    page.focus("#contour")
    move(4)
    before = kept()
    move(20)
    assert page.url.split("start=")[1].split(",")[0] != "-0.3"
    assert kept() - before < 3  # each run brings three times 2,000 rows of up to 9 columns
