"""The Classify page's figures in a real Chromium: `python -m benchmarks.classify`.

Trains a softmax on 900 points and a 2-8-8-1 network at 32 times the usual speed, with each of the two views below the
curves, and prints frames a second, steps a frame, refreshes of the decision regions a second, and what the main thread
used of a processor for a frame. Then how long the regions take when the page makes them and when they come over the
stream. Absolute times are printed, never asserted: run it on a quiet machine.
"""

import statistics
from typing import Any

from playwright.sync_api import Browser, CDPSession, sync_playwright

from app import links
from app.runs import prepare
from app.spec import Spec
from benchmarks.browser import FLAGS, INTERVALS, chromium, opened, served

SOFTMAX: dict[str, Any] = {
    "problem": {"kind": "softmax", "dataset": {"name": "blobs", "count": 900, "classes": 3}},
    "steps": 9000,
    "runs": [{"optimizer": "sgd", "settings": {"lr": 0.01}}],
}
NETWORK: dict[str, Any] = {
    "problem": {
        "kind": "network",
        "dataset": {"name": "moons", "count": 200},
        "hidden": [8, 8],
        "activation": "tanh",
        "output": "sigmoid",
    },
    "steps": 9000,
    "runs": [{"optimizer": "sgd", "settings": {"lr": 0.1}}],
}
CASES = {"softmax, 900 points": SOFTMAX, "network 2-8-8-1": NETWORK}
FRAMES = 300

COUNT_REGIONS = """() => {
    window.regions = [];
    const put = CanvasRenderingContext2D.prototype.putImageData;
    CanvasRenderingContext2D.prototype.putImageData = function (image, ...given) {
        window.regions.push([performance.now(), image.width * image.height]);
        return put.call(this, image, ...given);
    };
}"""

TIME_BOTH = """async ({ size, turns }) => {
    const page = document.querySelector("script[type=module]").src;
    const load = (name) => import(page.replace(/views\\/.*$/, `${name}.js`));
    const [classifier, regions, models] = await Promise.all(["classifier", "regions", "models"].map(load));
    const { spec } = history.state;
    const model = await models.modelOf(spec.runs[0].problem ?? spec.problem, "en");
    const grid = regions.gridPoints(model.window, size, size);
    const columns = classifier.features(model, grid.x, grid.y);
    const theta = model.parameters.map((_, index) => Math.sin(index + 1));
    const times = [];
    for (let turn = 0; turn < turns; turn += 1) {
        const began = performance.now();
        classifier.probabilities(model, theta, columns);
        times.push(performance.now() - began);
    }
    return times.sort((a, b) => a - b)[turns >> 1];
}"""

READ_STREAM = """({ size, every, steps }) => new Promise((resolve) => {
    const socket = new WebSocket(`ws://${location.host}/api/v1/stream`);
    socket.binaryType = "arraybuffer";
    let frames = 0;
    let bytes = 0;
    let began = 0;
    socket.onopen = () => {
        const regions = { size, every };
        socket.send(JSON.stringify({ type: "open", spec: history.state.spec, encoding: "binary", regions }));
        began = performance.now();
        socket.send(JSON.stringify({ type: "advance", until: steps }));
    };
    socket.onmessage = ({ data }) => {
        if (typeof data === "string") {
            if (JSON.parse(data).type === "error") resolve({ error: data });
            return;
        }
        const length = new DataView(data).getUint32(0, true);
        const header = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length)));
        if (header.type === "regions") {
            frames += 1;
            bytes += data.byteLength;
        } else if (header.from + header.count > steps) {
            setTimeout(() => {
                socket.close();
                resolve({ seconds: (performance.now() - began) / 1000, frames, bytes });
            }, 100);
        }
    };
})"""


def address_of(spec: dict[str, Any]) -> str:
    return f"/classify?spec={links.pack(prepare(Spec.model_validate(spec)).spec)}#step=1"


def busy(session: CDPSession) -> dict[str, float]:
    """Seconds of a processor that the main thread has used so far: all tasks, of these scripts and layout."""
    metrics = {metric["name"]: metric["value"] for metric in session.send("Performance.getMetrics")["metrics"]}
    return {name: float(metrics[name]) for name in ("TaskDuration", "ScriptDuration", "LayoutDuration")}


def training(browser: Browser, base: str, name: str, spec: dict[str, Any], below: str) -> None:
    page = opened(browser, f"{base}{address_of(spec)}&below={below}", space=False)
    page.evaluate(COUNT_REGIONS)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.click("[data-speed='32']")
    page.keyboard.press("Space")
    page.wait_for_timeout(1000)
    page.evaluate("() => (window.regions.length = 0)")
    first, before = int(page.inner_text("#stepno b").replace(",", "")), busy(session)
    intervals = sorted(page.evaluate(INTERVALS, FRAMES))
    last, after = int(page.inner_text("#stepno b").replace(",", "")), busy(session)
    refreshes = page.evaluate("window.regions")
    seconds = sum(intervals) / 1000
    spent = {part: 1000 * (after[part] - before[part]) / len(intervals) for part in after}
    p95 = intervals[int(len(intervals) * 0.95)]
    cells = statistics.median(cells for _, cells in refreshes)
    print(f"{name}, below the curves the {below}:")
    print(
        f"  {len(intervals) / seconds:.0f} frames a second, {statistics.median(intervals):.1f} ms apart (p95 {p95:.1f})"
    )
    print(f"  {(last - first) / len(intervals):.1f} steps a frame")
    print(f"  {len(refreshes) / seconds:.0f} refreshes of the regions a second, of {cells:.0f} cells")
    print("  processor a frame: " + ", ".join(f"{part} {taken:.1f} ms" for part, taken in spent.items()))
    page.context.close()


def regions(browser: Browser, base: str, name: str, spec: dict[str, Any]) -> None:
    page = opened(browser, base + address_of(spec), space=False)
    for size in (64, 128):
        local = page.evaluate(TIME_BOTH, {"size": size, "turns": 41})
        told = page.evaluate(READ_STREAM, {"size": size, "every": 10, "steps": 1000})
        if "error" in told:
            print(f"  the stream refuses regions of {size} x {size}: {told['error']}")
            continue
        print(
            f"  regions of {size} x {size}: {local:.2f} ms each in the page; over the stream {told['frames']} in "
            f"{told['seconds']:.2f} s, {told['bytes'] / max(1, told['frames']) / 1000:.1f} kB each"
        )
    page.context.close()


def main() -> None:
    with served() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        print(f"Chromium {browser.version}")
        for name, spec in CASES.items():
            for below in ("point", "surface"):
                training(browser, base, name, spec, below)
            regions(browser, base, name, spec)
        browser.close()


if __name__ == "__main__":
    main()
