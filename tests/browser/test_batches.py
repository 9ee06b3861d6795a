"""The Batches page in a real Chromium, by mouse, keyboard and touch, against the engine's numbers."""

import itertools
import json
import math
import re
import urllib.request
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from core.batches import make_batches
from tests.browser.conftest import PHONE, OpenPage, Served
from tests.browser.waiting import becomes, box, settles

LEAST = 0.4534185478639079  # of the page's 512 points, by least squares
ANSWERED = "#step=1"  # a link to a step has no question


def spec_of(page: Page) -> dict[str, Any]:
    spec: dict[str, Any] = page.evaluate("history.state.spec")
    return spec


def rows(served: Served, spec: dict[str, Any]) -> list[dict[str, list[float]]]:
    """The columns of every run, as the API makes them."""
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{served.url}/api/v1/trajectories", json.dumps(spec).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        return [run["columns"] for run in json.load(answer)["runs"]]


def losses(served: Served, spec: dict[str, Any]) -> list[list[float]]:
    """The loss over all points of every run."""
    return [columns.get("full_loss", columns["loss"]) for columns in rows(served, spec)]


def level(page: Page, walk: int) -> float:
    """How far above the best loss the dot of a walk stands."""
    return 10 ** float(page.get_attribute(f"#excess [data-dot=walk-{walk}]", "data-y") or "nan")


def live(page: Page) -> str:
    return re.sub(r"\s+", " ", page.inner_text("#live"))


def last_quarter(values: list[float], row: int) -> float:
    part = values[math.ceil(row * 0.75) : row + 1]
    return sum(part) / len(part) - LEAST


def test_it_asks_first_and_playing_answers(open_page: OpenPage, served: Served) -> None:
    page = open_page("/batches")
    expect(page.locator("#question")).to_contain_text("How many must the full batch look at?")
    expect(page.locator("#excess [data-word^=name]")).to_have_count(0)  # nothing gives the answer away
    page.click("#ask button >> nth=2")
    expect(page.locator("#verdict")).to_have_text("Right. Within 0.05 of the best after 16, 1,344 and 10,752 points.")
    expect(page.locator("[data-action=play]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Space")
    rows = losses(served, spec_of(page))
    within = [next(row for row, loss in enumerate(run) if loss - LEAST <= 0.05) for run in rows]
    assert [row * size for row, size in zip(within, (1, 64, 512), strict=True)] == [16, 1344, 10752]


def test_at_equal_points_seen_every_number_is_the_engine_s(open_page: OpenPage, served: Served) -> None:
    page = open_page("/batches#step=237&by=examples")
    one, some, full = losses(served, spec_of(page))
    expect(page.locator("#stepno b")).to_have_text("12,509")  # points: 24 epochs and a little
    wanted = [last_quarter(one, 3000), last_quarter(some, 195), full[24] - LEAST]
    becomes(page, lambda: [level(page, walk) for walk in range(3)], pytest.approx(wanted, rel=1e-6))
    said = "Above the best loss after 12,509 points seen: Stochastic 0.069, Mini-batch 64 0.00021, Full batch 0.022."
    becomes(page, lambda: live(page), said)
    expect(page.locator("#floor [data-dot=measured-1]")).to_have_count(5)
    measured = page.locator("#floor [data-dot=measured-1]").nth(2)
    theory = page.locator("#floor [data-dot=floor-0]")
    heights = [float(dot.get_attribute("data-y") or "nan") for dot in (measured, theory)]
    assert heights[0] == pytest.approx(heights[1], abs=0.15)


def test_keys_play_step_and_compare_otherwise(open_page: OpenPage, served: Served) -> None:
    page = open_page(f"/batches{ANSWERED}")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#stepno")).to_have_text("Points seen: 2")
    page.keyboard.press("x")
    expect(page.locator("#by [data-by=updates]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("End")
    expect(page.locator("#stepno")).to_have_text("Update 300")
    wanted = last_quarter(losses(served, spec_of(page))[0], 300)
    becomes(page, lambda: level(page, 0), pytest.approx(wanted, rel=1e-6))
    page.keyboard.press("3")
    expect(page.locator("#chosen")).to_have_text("Full batch")
    expect(page.locator("#cloud-aside")).to_have_text("all points agree")
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    page.wait_for_function("() => Number(document.querySelector('#scrub').value) > 5")
    page.keyboard.press("Space")
    expect(page.locator("[data-action=play]")).to_have_attribute("aria-pressed", "false")


def test_a_walk_is_changed_by_hand_and_its_link_comes_back(open_page: OpenPage, served: Served) -> None:
    page = open_page(f"/batches{ANSWERED}")
    page.fill("[aria-label='Batch size of Mini-batch 64']", "0.5")
    expect(page.locator(".walk .nm >> nth=1")).to_have_text("Mini-batch 23")
    page.fill("#shared .number", "0.2")
    page.keyboard.press("Enter")
    page.click("label:has(#replacement)")
    page.click("label:has(#inverse)")
    page.wait_for_function("() => history.state.spec.runs[1].schedule?.name === 'inverse'")
    spec = spec_of(page)
    assert [run["settings"]["lr"] for run in spec["runs"]] == [0.2, 0.2, 0.2]
    assert spec["runs"][1]["batch"] == {"mode": "mini", "size": 23, "with_replacement": True}
    page.fill("#scrub", "300")
    page.wait_for_function("() => location.hash.includes('step=300')")
    expect(page.locator("#live")).to_contain_text("after 153,600 points seen")
    expect(page.locator("#live")).to_contain_text(f"Stochastic {last_quarter(losses(served, spec)[0], 3000):.2f}")
    said, address = live(page), page.url.removeprefix(served.url)
    again = open_page(address)
    expect(again.locator("#live")).to_have_text(said)
    assert spec_of(again) == spec


def test_the_map_takes_a_start_and_the_fan_opens(open_page: OpenPage) -> None:
    page = open_page(f"/batches{ANSWERED}")
    page.click("#contour", position={"x": 300, "y": 300})
    page.wait_for_function("() => JSON.stringify(history.state.spec.start) !== '[-2,3]'")
    before = spec_of(page)["start"]
    page.focus("#contour")
    page.keyboard.press("ArrowUp")
    page.wait_for_function("b => history.state.spec.start[1] > b", arg=before[1])
    with page.expect_response(
        lambda answer: "trajectories" in answer.url and '"seed":20' in (answer.request.post_data or "")
    ):
        page.click("label:has(#fan)")
    expect(page.locator("#excess .line[stroke-opacity='0.4']")).to_have_count(20)


def test_too_large_a_rate_is_said(open_page: OpenPage) -> None:
    page = open_page(f"/batches{ANSWERED}")
    page.fill("#shared .number", "1.4")
    page.keyboard.press("Enter")
    page.wait_for_function("() => history.state.spec.runs[0].settings.lr === 1.4")
    page.fill("#scrub", "300")
    expect(page.locator("#live")).to_contain_text("Stochastic diverged after update")
    page.fill("#shared .number", "much")
    page.keyboard.press("Enter")
    expect(page.locator("#problem")).to_contain_text("“much” is not a number")


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "zh")])
def test_axe_finds_nothing_serious(
    open_page: OpenPage, serious: Callable[[Page], list[str]], theme: str, language: str
) -> None:
    page = open_page(f"/batches?lang={language}#step=200", color_scheme=theme)
    assert serious(page) == []
    if language == "zh":
        expect(page.locator("#live")).to_contain_text("看过 2,868 个点后，损失比最优高出：随机 0.068")


def test_a_phone_has_it_all_in_one_column(open_page: OpenPage) -> None:
    page = open_page("/batches", **PHONE)
    page.tap("#ask button >> nth=0")
    expect(page.locator("#verdict")).to_contain_text("Not quite.")
    page.tap(".sheetbtn")
    page.select_option("#scene", "noise-floor")
    page.tap(".done")
    expect(page.locator("#question")).to_contain_text("A tenth of the rate")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_points_are_added_dragged_and_taken_away_while_it_runs(open_page: OpenPage, served: Served) -> None:
    """The walks go on from where they are with the new points; the link says it all; what was stays as a ghost."""
    page = open_page(f"/batches{ANSWERED}")
    page.fill("#scrub", "150")
    before = spec_of(page)
    old = rows(served, before)
    expect(page.locator("#excess [data-line=ghost]")).to_have_count(0)
    page.select_option("#brush", "30")
    page.mouse.click(*settles(page, lambda: box(page, "#data")).at(0.8, 0.75))
    expect(page.locator("#live")).to_contain_text("With these 542 points the walks go on from where they are")
    expect(page.locator("#kicker")).to_contain_text("30 points were added.")
    spec = spec_of(page)
    assert len(spec["problem"]["dataset"]["points"]) == 542
    for run, columns in zip(spec["runs"], old, strict=True):
        places = list(zip(columns["w_1"], columns["b"], strict=True))
        assert tuple(run["start"]) in places
    expect(page.locator("#excess [data-line=ghost]")).to_have_count(3)
    page.fill("#scrub", "300")
    page.wait_for_function("() => location.hash.includes('step=300')")
    said, address = live(page), page.url.removeprefix(served.url)
    again = open_page(address)
    becomes(again, lambda: spec_of(again), spec)
    expect(again.locator("#live")).to_have_text(re.compile(re.escape(said).replace(r"\ ", r"\s")))


def test_a_point_is_dragged_and_taken_away_by_mouse_and_keyboard(open_page: OpenPage) -> None:
    page = open_page(f"/batches{ANSWERED}")
    page.focus("#data")
    page.keyboard.press("ArrowDown")  # a cursor in the middle
    for _ in range(7):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function("() => history.state.spec.problem.dataset.points?.length === 513")
    added = spec_of(page)["problem"]["dataset"]
    x, y = added["points"][-1][0], added["labels"][-1]
    expect(page.locator("#data svg").first).to_have_attribute("aria-label", re.compile("^513 points"))
    expect(page.locator("#data [data-dot=cursor]")).to_have_count(1)
    middle = settles(page, lambda: box(page, "#data [data-dot=cursor]")).middle
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 20, middle[1] - 30, steps=4)
    page.mouse.up()
    page.wait_for_function("y => history.state.spec.problem.dataset.labels.at(-1) > y", arg=y)
    assert spec_of(page)["problem"]["dataset"]["points"][-1][0] > x
    expect(page.locator("#kicker")).to_contain_text("A point was moved.")
    settles(page, lambda: box(page, "#data [data-dot=cursor]"))  # its new place is drawn
    page.mouse.click(middle[0] + 20, middle[1] - 30)
    page.get_by_role("button", name="Take away").click()
    page.wait_for_function("() => history.state.spec.problem.dataset.points?.length === 512")
    expect(page.locator("#kicker")).to_contain_text("A point was taken away.")


def test_every_change_leaves_a_ghost_and_a_file_can_be_handed_out(open_page: OpenPage) -> None:
    page = open_page(f"/batches{ANSWERED}")
    with page.expect_download() as download:
        page.click("#share")
        page.get_by_role("menuitem", name="Interactive hand-out").click()
    assert download.value.suggested_filename == "steepest-three-batches.html"
    page.fill("#shared .number", "0.3")
    page.keyboard.press("Enter")
    expect(page.locator("#excess [data-line=ghost]")).to_have_count(3)
    page.select_option("#scene", "reshuffled")
    page.click("#ask button >> nth=0")
    expect(page.locator("#excess [data-line=ghost]")).to_have_count(0)  # another scene is no change of this one


class Split(list[int]):
    """Points in an order, as torch would split them."""

    def split(self, size: int) -> list[list[int]]:
        return [self[at : at + size] for at in range(0, len(self), size)]


@pytest.mark.parametrize("scene", ["three-batches", "reshuffled", "rare-features"])
def test_the_pytorch_script_draws_the_engine_s_batches(open_page: OpenPage, scene: str) -> None:
    page = open_page("/batches")
    page.select_option("#scene", scene)
    page.wait_for_function("(name) => history.state.scene === name && history.state.spec.start", arg=scene)
    page.click("#share")
    page.get_by_role("menuitem", name="PyTorch").click()
    script = page.locator("dialog code").inner_text()
    compile(script, "script", "exec")
    spec = spec_of(page)
    assert script.count("\ntrain(") == len(spec["runs"])
    known: dict[str, Any] = {
        "np": np,
        "itertools": itertools,
        "torch": SimpleNamespace(tensor=lambda o, dtype: Split(o), long=None),
    }
    exec(script[script.index("def drawn") : script.index("def train")], known)
    calls = re.findall(r"batches=(drawn\(.*\))", script)
    batches = [run.get("batch") or spec["batch"] for run in spec["runs"]]
    drawn = [batch for batch in batches if batch["mode"] != "full"]
    assert len(calls) == len(drawn)
    for call, batch in zip(calls, drawn, strict=True):
        count = int(re.findall(r"count=(\d+)", call)[0])
        engine = make_batches(batch, count, spec["seed"])
        for step, rows in enumerate(itertools.islice(eval(call, known), 2 * engine.per_epoch + 1)):
            np.testing.assert_array_equal(rows, engine.rows(step))


def test_rare_features_are_learned_at_a_rate_of_their_own(open_page: OpenPage, served: Served) -> None:
    page = open_page("/batches")
    page.select_option("#scene", "rare-features")
    expect(page.locator("#question")).to_contain_text("How far is plain descent")
    page.click("#ask button >> nth=1")
    expect(page.locator("#verdict")).to_contain_text("Right. Covered after 20 updates: SGD 27 %")
    page.fill("#scrub", "20")
    expect(page.locator("#live")).to_contain_text("After 20 updates")
    made = rows(served, spec_of(page))
    ways = page.locator("#weights [data-dot=way-2]")
    expect(ways).to_have_count(20)
    assert float(ways.nth(0).get_attribute("data-y") or "nan") == pytest.approx(made[2]["w_1"][20], rel=0.03)
    expect(page.locator("#rates [data-dot^=rate-]")).to_have_count(3)
    expect(page.locator("#strides svg").first).to_have_attribute(
        "aria-label", "Step for each unit of gradient: 1 for the commonest feature, 1 for the rarest."
    )
    page.keyboard.press("3")
    expect(page.locator("#chosen")).to_have_text("AdaGrad")
    page.select_option("#rule", "adam")
    page.wait_for_function("() => history.state.spec.runs[2].optimizer === 'adam'")
    page.select_option("#scene", "three-batches")
    expect(page.locator("#contour")).to_be_visible()


class Slow:
    """A page's stream to the server, of which answers can be held back."""

    def __init__(self, page: Page) -> None:
        self.holds = False
        self.held: list[Callable[[], None]] = []
        page.route_web_socket("**/api/v1/stream", self.join)

    def join(self, route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            if self.holds:
                self.held.append(lambda: route.send(message))
            else:
                route.send(message)

        server.on_message(pass_on)

    def release(self, count: int | None = None) -> None:
        """The first `count` messages that were held, or all, and those to come."""
        now, self.held = self.held[:count], self.held[len(self.held[:count]) :]
        for send in now:
            send()
        self.holds = count is not None


@pytest.mark.parametrize("scene", ["rare-features", "noise-floor", "reshuffled"])
def test_an_answer_waits_for_the_walks_that_it_is_about(open_page: OpenPage, scene: str) -> None:
    """Until the walks of a scene are here, those of the one before stay, in their own terms, and tell nothing of it."""
    page = open_page("/batches#step=1")
    stream = Slow(page)
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(page.locator("#live")).to_contain_text("after 1 point seen")
    before = page.locator("#excess [data-dot=walk-0]").get_attribute("data-y")
    stream.holds = True
    page.select_option("#scene", scene)
    page.click("#ask button >> nth=1")
    becomes(page, lambda: len(stream.held) > 3, True)
    page.wait_for_timeout(300)  # a few sentences later
    expect(page.locator("#verdict")).to_be_hidden()
    for _ in range(3):  # "opened", then rows of some walks
        stream.release(1)
        page.wait_for_timeout(150)
        expect(page.locator("#verdict")).to_be_hidden()
    stream.release()
    expect(page.locator("#verdict")).to_contain_text(re.compile(r"(Right|Not quite)\. \S+.*\d"))
    page.keyboard.press("Home")
    page.wait_for_function("(y) => document.querySelector('#excess [data-dot=walk-0]').dataset.y !== y", arg=before)


def test_points_are_added_and_dragged_by_touch(open_page: OpenPage) -> None:
    page = open_page(f"/batches{ANSWERED}", **PHONE)
    page.locator("#data").scroll_into_view_if_needed()
    page.evaluate("scrollBy(0, 200)")

    def place() -> tuple[float, float]:
        return settles(page, lambda: box(page, "#data").at(0.85, 0.8))  # type: ignore[no-any-return]

    page.touchscreen.tap(*place())
    page.wait_for_function("() => history.state.spec.problem.dataset.points?.length === 513")
    before = spec_of(page)["problem"]["dataset"]["labels"][-1]
    x, y = place()
    touches = page.context.new_cdp_session(page)
    touches.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for part in range(1, 6):
        touches.send(
            "Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x - 4 * part, "y": y - 9 * part}]}
        )
    touches.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function("y => history.state.spec.problem.dataset.labels.at(-1) > y + 1", arg=before)
    assert len(spec_of(page)["problem"]["dataset"]["points"]) == 513
