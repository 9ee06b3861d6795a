"""The Descent page's figures in a real Chromium: `python -m benchmarks.browser [--minutes 10] [--keep]`.

Prints, beside the figure to be met, bytes and times of the first load, click to first drawn step, frames while playing,
and how the heap of a page left playing grows. Frames a second need a quiet machine; the processor's time a frame (main
thread: all, scripts, layout) hardly depends on what else runs. `--keep` writes the table to docs/benchmarks.md. Nothing
asserts a time.
"""

import argparse
import os
import platform
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from benchmarks.machine import processor

ROOT = Path(__file__).resolve().parents[1]
FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
FRAMES = 300
LONG = 10  # minutes: how long the page whose heap is bounded plays
FOUR = "/?surface=rosenbrock&start=-1.2,1&steps=2000" + "".join(
    f"&run={run}" for run in ("sgd(lr=0.001)", "momentum(lr=0.0002)", "rmsprop(lr=0.01,alpha=0.9)", "adam(lr=0.02)")
)
TWELVE = "/?surface=himmelblau&start=-0.3,-0.9&steps=2000" + "".join(
    f"&run={name}(lr={rate})" for name in ("sgd", "momentum", "nesterov", "adam") for rate in (0.001, 0.002, 0.003)
)

# The time at which the page was drawn: the frame after the one in which it said so.
WATCH_READY = """new MutationObserver((_, watch) => {
    if (!document.documentElement || document.documentElement.dataset.ready === undefined) return;
    watch.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.drawnAt = performance.now(); }));
}).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-ready"] });"""

INTERVALS = """(wanted) => new Promise((resolve) => {
    const times = [];
    const frame = (now) => {
        times.push(now);
        if (times.length <= wanted && document.querySelector("#bar .play").getAttribute("aria-pressed") === "true") {
            requestAnimationFrame(frame);
        } else resolve(times.slice(1).map((time, i) => time - times[i]));
    };
    requestAnimationFrame(frame);
})"""

# A new path is known by its first vertex, which is where the pointer was; old paths and their ghosts begin elsewhere.
WATCH_INK = """() => {
    const { moveTo } = Path2D.prototype;
    const { stroke } = CanvasRenderingContext2D.prototype;
    const begun = new WeakMap();
    window.click = null;
    addEventListener("pointerup", ({ clientX, clientY }) => {
        const box = document.querySelector("#contour .trail-line").getBoundingClientRect();
        window.click = { at: performance.now(), x: clientX - box.left, y: clientY - box.top, inked: null };
    }, true);
    Path2D.prototype.moveTo = function (x, y) {
        if (!begun.has(this)) begun.set(this, [x, y]);
        return moveTo.call(this, x, y);
    };
    CanvasRenderingContext2D.prototype.stroke = function (...given) {
        const from = begun.get(given[0]);
        const { click } = window;
        const begins = click && from && Math.hypot(from[0] - click.x, from[1] - click.y) < 1.5;
        if (begins && this.canvas.matches("#contour .trail-line")) {
            click.inked ??= performance.now() - click.at;
        }
        return stroke.apply(this, given);
    };
}"""


class Line(NamedTuple):
    """A row of the table: what was measured, the figure to be met, what it was and whether that is met."""

    what: str
    bar: str
    found: str
    met: bool | None = None


@contextmanager
def served() -> Iterator[str]:
    """The address of a server of one's own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "app", "--port", str(port)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        while True:
            with suppress(OSError):
                urllib.request.urlopen(f"{address}/healthz").close()  # noqa: S310
                break
            time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait()


def new_page(browser: Browser) -> Page:
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB").new_page()
    page.add_init_script(WATCH_READY)
    return page


def opened(browser: Browser, address: str, *, space: bool = True) -> Page:
    """A page at rest, its part in `space`, if it has one, drawn as well."""
    page = new_page(browser)
    page.goto(address)
    page.wait_for_selector("html[data-ready]")
    if space:
        page.wait_for_selector("#surface .plotly-host canvas")
    page.wait_for_timeout(1500)
    return page


def first_load(browser: Browser, address: str) -> list[Line]:
    """Bytes and times with an empty cache and with a full one; the server has answered once before."""
    times: dict[str, list[float]] = {"cold": [], "warm": []}
    sizes: dict[str, float] = {}
    urllib.request.urlopen(address).close()  # noqa: S310
    for _ in range(5):
        page = new_page(browser)
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        for name, found in times.items():
            answers: list[float] = []
            session.on("Network.loadingFinished", lambda event, sums=answers: sums.append(event["encodedDataLength"]))
            page.goto(address)
            page.wait_for_function("() => window.drawnAt")
            found.append(page.evaluate("window.drawnAt"))
            page.wait_for_selector("#surface .plotly-host canvas")
            page.wait_for_timeout(700)
            sizes.setdefault(name, sum(answers) / 1000)
        page.context.close()
    cold, warm = (statistics.median(found) for found in times.values())
    return [
        Line("first load, cold cache: all that is fetched", "900 kB", f"{sizes['cold']:.0f} kB", sizes["cold"] <= 900),
        Line("first load, cold cache: drawn", "2,000 ms", f"{cold:,.0f} ms", cold <= 2000),
        Line("first load, warm cache: drawn", "500 ms", f"{warm:,.0f} ms", warm <= 500),
    ]


def click_to_step(browser: Browser, address: str) -> list[Line]:
    """From the release of the pointer on the map to the first ink of the path that begins there."""
    page = opened(browser, address)
    page.keyboard.press("End")
    page.wait_for_timeout(500)
    page.evaluate(WATCH_INK)
    box = page.locator("#contour").bounding_box()
    assert box is not None
    waits = []
    for turn in range(12):
        page.mouse.click(box["x"] + box["width"] * (0.3 + 0.03 * turn), box["y"] + box["height"] * 0.3)
        page.wait_for_function("() => window.click?.inked")
        waits.append(page.evaluate("window.click.inked"))
        page.wait_for_timeout(400)
    page.context.close()
    middle = statistics.median(waits)
    return [Line("click to first drawn step", "100 ms", f"{middle:.0f} ms (worst {max(waits):.0f})", middle <= 100)]


def cost(session: CDPSession) -> dict[str, float]:
    """The main thread's processor time so far, in seconds."""
    metrics: list[dict[str, Any]] = session.send("Performance.getMetrics")["metrics"]
    return {metric["name"]: float(metric["value"]) for metric in metrics}


def frames(browser: Browser, address: str, name: str, bar: int) -> list[Line]:
    """Frames a second while the page plays, and what one costs the main thread."""
    page = opened(browser, address)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.click("[data-speed='16']")
    page.keyboard.press("Space")
    page.wait_for_timeout(300)
    before = cost(session)
    intervals = sorted(page.evaluate(INTERVALS, FRAMES))
    after = cost(session)
    page.context.close()
    rate = 1000 * len(intervals) / sum(intervals)
    middle, late = statistics.median(intervals), intervals[int(len(intervals) * 0.95)]
    task, script, layout = (
        1000 * (after[part] - before[part]) / len(intervals)
        for part in ("TaskDuration", "ScriptDuration", "LayoutDuration")
    )
    return [
        Line(
            f"playing {name}: frames a second",
            f"{bar}",
            f"{rate:.0f} (every {middle:.1f} ms, p95 {late:.1f}, worst {intervals[-1]:.0f})",
            rate >= bar - 0.5,
        ),
        Line(
            f"playing {name}: main thread's processor time a frame",
            f"{1000 / bar:.1f} ms",
            f"{task:.1f} ms (scripts {script:.1f}, layout {layout:.2f})",
            task <= 1000 / bar,
        ),
    ]


def heap(session: CDPSession) -> float:
    session.send("HeapProfiler.collectGarbage")
    return cost(session)["JSHeapUsedSize"] / 1e6


def heap_growth(browser: Browser, address: str, minutes: float) -> list[Line]:
    """What is left after collecting garbage, before and after `minutes` of playing over and over."""
    page = opened(browser, address)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    page.keyboard.press("l")
    page.click("[data-speed='4']")
    page.keyboard.press("Space")
    page.wait_for_timeout(10_000)
    before = heap(session)
    page.wait_for_timeout(minutes * 60_000)
    after = heap(session)
    page.context.close()
    growth = (after - before) * max(1.0, LONG / minutes)
    words = f"{growth:+.1f} MB" if minutes >= LONG else f"{growth:+.1f} MB at the rate of {minutes:g} min"
    return [
        Line(f"heap over {LONG} minutes of playing", "20 MB", f"{words} ({before:.1f}, then {after:.1f})", growth <= 20)
    ]


def table(lines: list[Line]) -> str:
    rows = ["| what | to be met | measured | met |", "|---|---|---|---|"]
    words = {True: "yes", False: "**missed**", None: ""}
    return "\n".join([*rows, *(f"| {what} | {bar} | {found} | {words[met]} |" for what, bar, found, met in lines)])


def measure(browser: Browser, address: str, minutes: float) -> list[Line]:
    return [
        *first_load(browser, address),
        *click_to_step(browser, address),
        *frames(browser, address + FOUR, "4 runs of 2,000 steps", 60),
        *frames(browser, address + TWELVE, "12 runs of 2,000 steps", 30),
        *heap_growth(browser, address, minutes),
    ]


def chromium() -> str | None:
    """STEEPEST_CHROMIUM, else the system's Chromium with all its parts, else its headless shell, else playwright's."""
    found = shutil.which("chromium") or shutil.which("chromium-headless-shell")
    return os.environ.get("STEEPEST_CHROMIUM") or found


def main() -> None:
    """Measure, print, keep."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--minutes", type=float, default=1, help="how long the heap is watched (10: as it is to be)")
    arguments.add_argument("--keep", action="store_true", help="write the table to docs/benchmarks.md")
    given = arguments.parse_args()
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        versions = f"Chromium {browser.version}, Python {platform.python_version()}"
        head = f"{datetime.now(UTC):%Y-%m-%d}, {processor()}, {versions}."
        text = f"{head}\n\n{table(measure(browser, address, given.minutes))}"
        browser.close()
    print(f"{text}\nload of the machine: {os.getloadavg()[0]:.1f}")
    if given.keep:
        page = ROOT / "docs" / "benchmarks.md"
        pattern = re.compile(r"(?<=<!-- browser -->\n).*(?=\n<!-- end of browser -->)", re.S)
        page.write_text(pattern.sub(lambda _: text, page.read_text()))


if __name__ == "__main__":
    main()
