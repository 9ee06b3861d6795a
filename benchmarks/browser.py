"""The Descent page's figures in a real Chromium: `python benchmarks/browser.py [--minutes 10]`.

Prints bytes and times of the first load, click to first drawn step, frame intervals while playing, and the growth of
the heap of a page left playing. Absolute times are printed, never asserted: run it on a quiet machine.
"""

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
FOUR = "/?surface=rosenbrock&start=-1.2,1&steps=2000" + "".join(
    f"&run={run}" for run in ("sgd(lr=0.001)", "momentum(lr=0.0002)", "rmsprop(lr=0.01,alpha=0.9)", "adam(lr=0.02)")
)
TWELVE = "/?surface=himmelblau&start=-0.3,-0.9&steps=2000" + "".join(
    f"&run={name}(lr={rate})" for name in ("sgd", "momentum", "nesterov", "adam") for rate in (0.001, 0.002, 0.003)
)

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

WATCH_INK = """() => {
    const stroke = CanvasRenderingContext2D.prototype.stroke;
    window.released = window.inked = 0;
    addEventListener("pointerup", () => { window.released = performance.now(); window.inked = 0; }, true);
    CanvasRenderingContext2D.prototype.stroke = function (...given) {
        if (window.released && !window.inked && this.canvas.matches("#contour .trail-line")) {
            window.inked = performance.now();
        }
        return stroke.apply(this, given);
    };
}"""


@contextmanager
def served() -> Iterator[str]:
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


def opened(browser: Browser, address: str) -> Page:
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB").new_page()
    page.goto(address)
    page.wait_for_selector("html[data-ready]")
    page.wait_for_timeout(1500)
    return page


def first_load(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    page = context.new_page()
    session = context.new_cdp_session(page)
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    session.send("Network.enable")
    for name in ("cold", "warm"):
        sizes.clear()
        page.goto(address)
        page.wait_for_selector("html[data-ready]")
        ready = page.evaluate("performance.now()")
        page.wait_for_function("() => document.querySelector('#surface canvas')")
        page.wait_for_timeout(500)
        print(f"first load, {name}: {sum(sizes) / 1000:.0f} kB in {len(sizes)} answers, drawn after {ready:.0f} ms")
        if name == "cold":
            page.goto("about:blank")
    context.close()


def click_to_step(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    page.keyboard.press("End")
    page.wait_for_timeout(500)
    page.evaluate(WATCH_INK)
    box = page.locator("#contour").bounding_box()
    assert box is not None
    waits = []
    for turn in range(12):
        page.mouse.click(box["x"] + box["width"] * (0.3 + 0.03 * turn), box["y"] + box["height"] * 0.3)
        page.wait_for_function("() => window.inked > 0")
        waits.append(page.evaluate("window.inked - window.released"))
        page.wait_for_timeout(400)
    print(f"click to first drawn step: median {statistics.median(waits):.0f} ms, worst {max(waits):.0f} ms")
    page.context.close()


def frames(browser: Browser, address: str, name: str) -> None:
    page = opened(browser, address)
    page.click("[data-speed='16']")
    page.keyboard.press("Space")
    intervals = sorted(page.evaluate(INTERVALS, 260))
    rate = 1000 * len(intervals) / sum(intervals)
    worst = intervals[-1]
    print(
        f"playing {name}: {rate:.0f} frames a second, interval median {statistics.median(intervals):.1f} ms, "
        f"p95 {intervals[int(len(intervals) * 0.95)]:.1f} ms, worst {worst:.0f} ms"
    )
    page.context.close()


def heap(session: CDPSession) -> float:
    session.send("HeapProfiler.collectGarbage")
    metrics: list[dict[str, Any]] = session.send("Performance.getMetrics")["metrics"]
    return next(float(metric["value"]) for metric in metrics if metric["name"] == "JSHeapUsedSize") / 1e6


def heap_growth(browser: Browser, address: str, minutes: float) -> None:
    page = opened(browser, address)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    page.keyboard.press("l")
    page.click("[data-speed='4']")
    page.keyboard.press("Space")
    page.wait_for_timeout(10_000)
    before = heap(session)
    page.wait_for_timeout(minutes * 60_000)
    print(f"heap after {minutes:g} min of looping: {before:.1f} MB, then {heap(session):.1f} MB")
    page.context.close()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--minutes", type=float, default=1, help="how long the heap is watched")
    minutes = arguments.parse_args().minutes
    path = os.environ.get("STEEPEST_CHROMIUM") or shutil.which("chromium")
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        print(f"Chromium {browser.version}")
        first_load(browser, address)
        click_to_step(browser, address)
        frames(browser, address + FOUR, "4 runs of 2,000 steps")
        frames(browser, address + TWELVE, "12 runs of 2,000 steps")
        heap_growth(browser, address, minutes)
        browser.close()


if __name__ == "__main__":
    main()
