"""The Classify page in a real Chromium, by mouse, keyboard and touch: what is on the screen is what the engine says."""

import json
import math
import re
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app import links
from app.runs import prepare
from app.spec import Spec
from tests.browser.conftest import PHONE, OpenPage, Served
from tests.browser.waiting import becomes, box, settles

BY_HAND = {
    "problem": {
        "kind": "softmax",
        "bias": False,
        "dataset": {"points": [[0.5, -1.2], [-0.3, 1.1], [0.8, -0.6]], "labels": [0, 1, 2], "classes": 3},
    },
    "steps": 10,
    "runs": [{"optimizer": "sgd", "settings": {"lr": 0.01}}],
}


def engine(served: Served, address: str) -> list[dict[str, Any]]:
    """The runs that the API makes of the page's address."""
    query = address.partition("?")[2].partition("#")[0]
    with urllib.request.urlopen(f"{served.url}/api/v1/trajectories?{query}") as answer:
        runs: list[dict[str, Any]] = json.load(answer)["runs"]
    return runs


def live(page: Page) -> str:
    return re.sub(r"\s+", " ", page.inner_text("#live"))


def scene(page: Page, name: str) -> None:
    """Open a scene and answer its question with the first choice; it stands at its first step."""
    page.locator(f"[data-scene={name}]").click()
    page.locator("#ask .choices button").first.click()
    page.locator("[data-action=play]").click()


def seek(page: Page, step: int) -> None:
    page.locator("#scrub").fill(str(step))
    expect(page.locator("#stepno b")).to_have_text(str(step))


def until(page: Page, claim: str) -> None:
    """Wait until something holds of the spec that the address was written from."""
    page.wait_for_function(f"() => ((spec) => spec.{claim})(history.state.spec)")


def numbers(page: Page, selector: str) -> list[float]:
    texts = page.locator(selector).all_inner_texts()
    return [float(text.replace("−", "-")) for text in texts if re.fullmatch(r"[−\d.]+", text)]


def spec(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate("history.state.spec")
    return found


def dataset(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = spec(page)["problem"]["dataset"]
    return found


def at(page: Page, across: float, down: float) -> tuple[float, float]:
    """A place on the map, in parts of its panel."""
    return box(page, "#map").at(across, down)


def test_it_asks_first_and_then_the_scene_plays_the_engine_s_numbers(open_page: OpenPage, served: Served) -> None:
    page = open_page("/classify")
    expect(page.locator("#question")).to_contain_text("turned by 120°")
    page.get_by_role("button", name="about 25").click()
    expect(page.locator("[data-action=play]")).to_have_attribute("aria-pressed", "true")
    page.locator("[data-action=play]").click()
    link = json.loads(page.inner_text("#page"))["link"]
    run = engine(served, link)[0]
    for step, rough in ((0, 0.01), (10, 0.18), (15, 0.60), (20, 0.81), (25, 0.91), (200, 0.97)):
        accuracy = run["columns"]["accuracy"][step]
        assert accuracy == pytest.approx(rough, abs=0.06)
        seek(page, step)
        expect(page.locator("#live")).to_contain_text(f"{int(accuracy * 100 + 1e-9)} %")
    expect(page.locator("#verdict")).to_contain_text("Right. From step 24 on")


def test_softmax_worked_by_hand(open_page: OpenPage) -> None:
    page = open_page(f"/classify?spec={links.pack(prepare(Spec.model_validate(BY_HAND)).spec)}")
    rows = page.locator("#panel tbody tr")
    seek(page, 0)
    expect(page.locator("#live")).to_contain_text("1.10")
    seek(page, 10)
    expect(page.locator("#live")).to_contain_text("1.06")
    weights = [["0.0053", "−0.0317"], ["−0.0207", "0.0436"], ["0.0154", "−0.0119"]]
    becomes(page, lambda: [rows.nth(k).locator("td").all_inner_texts()[:2] for k in range(3)], weights)


def test_the_likelihood_goes_up_as_the_loss_goes_down(open_page: OpenPage, served: Served) -> None:
    page = open_page("/classify#step=0")
    run = engine(served, json.loads(page.inner_text("#page"))["link"])[0]
    product = []
    for step in (0, 20, 200):
        seek(page, step)
        loss = run["columns"]["loss"][step]
        expect(page.locator("[data-word=likelihood]")).to_contain_text(f"{math.exp(-loss):.2f}")
        exponent = -150 * loss / math.log(10)
        mantissa, power = 10 ** (exponent - math.floor(exponent)), math.floor(exponent)
        raised = "⁻" + str(-power).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
        expect(page.locator("#likelihood")).to_contain_text(f"∏ a = {mantissa:.2f} × 10{raised} = e−150 × ")
        power_of_e = page.inner_text("#likelihood sup").removeprefix("−150 × ")
        assert 10**exponent == pytest.approx(math.exp(-150 * float(power_of_e)), rel=0.01)  # as a reader would check
        product.append(exponent)
    assert product == sorted(product)
    page.locator("#loss [data-value=mse]").click()
    expect(page.locator("#likelihood")).to_be_hidden()


def test_another_rate_leaves_the_run_before_as_a_ghost(open_page: OpenPage, served: Served) -> None:
    page = open_page("/classify#step=200")
    line = page.locator("#loss-chart [data-line=loss-0]").first
    before = settles(page, lambda: line.get_attribute("d"))  # drawn in the room that it has in the end
    page.locator("#rate-number").fill("0.02")
    page.locator("#rate-number").press("Enter")
    until(page, "runs[0].settings.lr === 0.02")
    ghost = page.locator("#loss-chart [data-line=ghost]")
    expect(ghost).to_have_attribute("d", before or "")
    expect(page.locator("#loss-chart [data-line=loss-0]").first).not_to_have_attribute("d", before or "")
    page.locator("#dataset").select_option("moons")
    expect(ghost).to_have_count(0)


def test_mouse_probes_draws_drags_relabels_and_deletes(open_page: OpenPage) -> None:
    page = open_page("/classify#step=20")
    page.mouse.move(*at(page, 0.9, 0.2))
    expect(page.locator("#bars .p").first).to_have_text(re.compile(r"0\.9\d\d"))
    becomes(page, lambda: sum(numbers(page, "#bars .p")), pytest.approx(1, abs=2e-3))
    cells = settles(page, lambda: numbers(page, "#jacobian .part"))
    assert [sum(cells[i : i + 3]) for i in (0, 3, 6)] == pytest.approx([0, 0, 0], abs=3e-3)
    for true in (0, 2):  # the slope of the loss times the Jacobian collapses to a − y, whichever class is true
        page.locator("#bars button").nth(true).click()
        expect(page.locator("#bars button").nth(true)).to_have_attribute("aria-pressed", "true")
        slopes, a = numbers(page, "#jacobian .slope"), numbers(page, "#bars .p")
        assert -1 / slopes[true] == pytest.approx(a[true], abs=7e-3)
        assert [slope for k, slope in enumerate(slopes) if k != true] == [0, 0]
        wanted = [p - (k == true) for k, p in enumerate(a)]
        assert numbers(page, "#jacobian .product") == pytest.approx(wanted, abs=1.5e-3)

    page.get_by_role("button", name="Draw", exact=True).click()
    page.mouse.click(*at(page, 0.9, 0.08))
    expect(page.locator("#dataset")).to_have_value("own")
    until(page, "problem.dataset.points?.length === 151")
    first = dataset(page)["points"][-1]
    page.mouse.move(*at(page, 0.9, 0.08))
    page.mouse.down()
    page.mouse.move(*at(page, 0.7, 0.08), steps=3)
    page.mouse.up()
    until(page, f"problem.dataset.points[150][0] < {first[0] - 0.5}")
    assert dataset(page)["points"][-1][1] == pytest.approx(first[1], abs=0.05)

    page.get_by_role("button", name="Relabel").click()
    page.locator("#brushes button").nth(2).click()
    page.mouse.click(*at(page, 0.7, 0.08))
    until(page, "problem.dataset.labels[150] === 2")
    page.get_by_role("button", name="Delete").click()
    page.mouse.click(*at(page, 0.7, 0.08))
    until(page, "problem.dataset.points.length === 150")
    page.go_back()
    until(page, "problem.dataset.points?.length === 151")


def test_points_held_out_stay_so_while_others_are_drawn_and_moved(open_page: OpenPage) -> None:
    page = open_page("/classify#step=20")
    page.locator("#held").check()
    until(page, "problem.dataset.held_out === 0.3")
    expect(page.locator("#live")).to_contain_text("of those held out")
    page.get_by_role("button", name="Draw", exact=True).click()
    page.mouse.click(*settles(page, lambda: at(page, 0.9, 0.08)))
    until(page, "problem.dataset.points?.length === 151")
    first = dataset(page)
    assert first["held_out"] == list(range(105, 150))
    page.mouse.move(*at(page, 0.9, 0.08))
    page.mouse.down()
    page.mouse.move(*at(page, 0.8, 0.08), steps=3)
    page.mouse.up()
    until(page, f"problem.dataset.points[150][0] < {first['points'][150][0] - 0.3}")
    moved = dataset(page)
    assert moved["points"][:150] == first["points"][:150]
    assert moved["held_out"] == first["held_out"]
    expect(page.locator("#held")).to_be_checked()


def test_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page("/classify#step=5")
    page.locator("#map").focus()
    before = page.inner_text("#probe-aside")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("#probe-aside")).not_to_have_text(before)
    page.keyboard.press("a")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    until(page, "problem.dataset.points?.length === 151")
    assert dataset(page)["labels"][-1] == 1
    page.keyboard.press("Delete")
    until(page, "problem.dataset.points.length === 150")
    page.keyboard.press("Space")
    expect(page.locator("[data-action=play]")).to_have_attribute("aria-pressed", "true")


def test_touch_on_a_phone(open_page: OpenPage) -> None:
    page = open_page("/classify#step=20", **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("button", name="Draw", exact=True).tap()
    page.touchscreen.tap(*at(page, 0.9, 0.1))
    until(page, "problem.dataset.points?.length === 151")
    page.locator("[data-action=sheet]").tap()
    expect(page.locator("#dataset")).to_have_value("own")
    page.locator("#model").select_option("one_vs_rest")
    until(page, "problem.kind === 'one_vs_rest'")


def test_one_vector_more_changes_nothing_until_weight_decay(open_page: OpenPage) -> None:
    page = open_page("/classify")
    scene(page, "too-many")
    seek(page, 10)
    expect(page.locator("#panel")).to_contain_text("3 of 9 are 0")
    loss = page.locator("#panel p").first
    still = loss.inner_text().rpartition(" ")[2]
    page.locator("#shift").fill("2")
    expect(loss).to_contain_text(f"c = 2.00 added to every weight: the loss stays at {still}")
    page.locator("#which button", has_text="Newton").click()
    expect(page.locator("#live")).to_contain_text("the Hessian is singular")
    page.locator("#decay-number").fill("0.01")
    page.locator("#decay-number").press("Enter")
    expect(page.locator("#panel")).to_contain_text("weight decay lifts every direction to at least 0.010")
    expect(page.locator("#live")).to_contain_text("After 10 steps Newton")
    expect(page.locator("#live")).to_contain_text("0.322")


def test_two_classes_are_logistic_regression_at_twice_the_rate(open_page: OpenPage, served: Served) -> None:
    page = open_page("/classify")
    scene(page, "twins")
    seek(page, 100)
    run = engine(served, page.evaluate("location.href"))[1]
    wanted = [run["columns"][name][100] for name in ("w_1", "w_2", "b")]
    becomes(page, lambda: numbers(page, "#panel td")[0::2], pytest.approx(wanted, abs=1e-6))
    becomes(page, lambda: numbers(page, "#panel td")[1::2], pytest.approx(wanted, abs=1e-6))
    page.locator("#rate-number").fill("0.2")
    page.locator("#rate-number").press("Enter")
    expect(page.locator("#panel")).to_contain_text("needs twice the rate")


def test_both_features_and_depth(open_page: OpenPage) -> None:
    page = open_page("/classify")
    scene(page, "both")
    seek(page, 200)
    expect(page.locator("#panel")).to_contain_text("softmax says yes to 1 of 2, one against the rest to 2 of 2")
    scene(page, "circles")
    seek(page, 200)
    expect(page.locator("#live")).to_contain_text(re.compile(r"\b[456]\d\s%"))  # no line separates them
    page.locator("#other-features").click()
    expect(page.locator("#panel")).to_contain_text("ellipse")
    seek(page, 200)
    expect(page.locator("#live")).to_contain_text(re.compile(r"(9\d)\s%|all points"))
    scene(page, "depth")
    seek(page, 300)
    expect(page.locator("#live")).to_contain_text("After 300 steps", timeout=15_000)
    page.locator("#which button", has_text="sigmoid").click()
    expect(page.locator("#live")).to_contain_text("0.69")


def test_pasted_points_name_the_line_that_is_wrong_and_one_class_is_no_task(open_page: OpenPage) -> None:
    page = open_page("/classify?lang=zh#step=3")
    page.locator("#paste").click()
    page.locator("textarea").fill("x,y,class\n1,2,甲\n3,4\n")
    page.get_by_role("button", name="使用这些点").click()
    expect(page.locator("#paste-problem")).to_contain_text("第 3 行")
    page.locator("textarea").fill("1,2,甲\n3,4,甲\n")
    page.get_by_role("button", name="使用这些点").click()
    expect(page.locator(".map-note")).to_contain_text("同一类")
    page.locator("#paste").click()
    page.locator("textarea").fill("1000,2,甲\n3000,4,乙\n-2000,1,乙")
    page.get_by_role("button", name="使用这些点").click()
    page.get_by_role("button", name="标准化").click()
    until(page, "problem.dataset.points?.[0][0] < 2")
    expect(page.locator(".map-note")).to_have_count(0)
    expect(page.locator("#bars .class-name").first).to_have_text("甲")


def test_a_hand_out_and_a_pytorch_script_are_taken_away(open_page: OpenPage, served: Served, tmp_path: Path) -> None:
    page = open_page("/classify?lang=zh#step=20")
    page.click("#share")
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="交互式讲义").click()
    assert download.value.suggested_filename == "turned.html"
    download.value.save_as(tmp_path / "turned.html")
    said = (tmp_path / "turned.html").read_text(encoding="utf-8")
    assert "Plotly.newPlot" in said
    assert 'lang="zh' in said
    page.click("#share")
    page.get_by_role("menuitem", name="PyTorch").click()
    script = page.locator("dialog code").inner_text()
    compile(script, "script", "exec")
    assert "model=nn.Sequential(nn.Linear(2, 3))" in script
    assert "make=lambda p: torch.optim.SGD(p, lr=0.1)" in script
    columns = engine(served, json.loads(page.inner_text("#page"))["link"])[0]["columns"]
    start = re.search(r"start=\[([^\]]*)\]", script)
    assert start
    weights = [columns[f"w_{k}_{i}"][0] for k in range(3) for i in (1, 2)] + [columns[f"b_{k}"][0] for k in range(3)]
    assert [float(v) for v in start[1].split(",") if v.strip()] == weights


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1280, 720), (1024, 768)])
def test_what_stands_at_a_point_has_room_on_a_low_screen(open_page: OpenPage, width: int, height: int) -> None:
    page = open_page("/classify#step=20", width=width, height=height)
    bars, jacobian = settles(page, lambda: [box(page, panel) for panel in ("#bars", "#jacobian")])
    assert bars.x + bars.width <= jacobian.x or bars.y + bars.height <= jacobian.y
    edges = page.locator("#bars *").evaluate_all("all => all.map((node) => node.getBoundingClientRect().right)")
    assert max(edges) <= bars.x + bars.width + 1
    page.keyboard.press("s")
    assert settles(page, lambda: box(page, "#accuracy .plot")).height > 70


def test_the_regions_are_coarse_while_they_move_and_fine_at_rest(open_page: OpenPage) -> None:
    page = open_page("/classify?steps=9000#step=5")
    page.evaluate(
        """() => {
        window.drawn = [];
        const put = CanvasRenderingContext2D.prototype.putImageData;
        CanvasRenderingContext2D.prototype.putImageData = function (image, ...given) {
            window.drawn.push(image.width * image.height);
            return put.call(this, image, ...given);
        };
    }"""
    )
    seek(page, 10)
    page.wait_for_function("() => window.drawn.at(-1) > 50_000")  # it has come to rest
    fine = page.evaluate("window.drawn.at(-1)")
    page.locator("[data-speed='8']").click()
    page.locator("[data-action=play]").click()
    moving = page.evaluate(
        """() => new Promise((resolve) => {
        window.drawn = [];
        let frames = 0;
        const frame = () => {
            if ((frames += 1) < 40) requestAnimationFrame(frame);
            else resolve({ frames, drawn: window.drawn });
        };
        requestAnimationFrame(frame);
    })"""
    )
    assert max(moving["drawn"]) < 32_000 < fine
    assert len(moving["drawn"]) >= moving["frames"] / 2  # of 60 frames a second: well over 15 refreshes
    page.locator("[data-action=play]").click()
    page.wait_for_function("() => window.drawn.at(-1) > 50_000")


def plane_of(served: Served, body: dict[str, Any]) -> dict[str, Any]:
    """What the API says of a plane."""
    request = urllib.request.Request(
        f"{served.url}/api/v1/slices", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        plane: dict[str, Any] = json.load(answer)
    return plane


def drawn_at(page: Page, name: str) -> list[float]:
    """Where a dot of the plane's map is drawn, in the plane's own numbers."""
    dot = page.locator(f"#slice-map [data-dot={name}]")
    dot.wait_for(state="attached")
    return [float(dot.get_attribute(f"data-{axis}") or "nan") for axis in "xy"]


def test_the_path_walks_on_the_surface_of_its_own_plane(open_page: OpenPage, served: Served) -> None:
    page = open_page("/classify#step=20")
    page.keyboard.press("s")
    expect(page.locator("#slice-said")).to_contain_text("Of 9 weights", timeout=15_000)
    plane = plane_of(served, {"spec": spec(page)})
    becomes(page, lambda: drawn_at(page, "start"), pytest.approx([plane["path"][axis][0] for axis in "xy"]))
    becomes(page, lambda: drawn_at(page, "here"), pytest.approx([plane["path"][axis][20] for axis in "xy"]))
    seek(page, 100)
    becomes(page, lambda: drawn_at(page, "here"), pytest.approx([plane["path"][axis][100] for axis in "xy"]))
    expect(page.locator("#slice-aside")).to_contain_text("99.99 %")
    assert page.locator("#slice-map [data-word=level]").count() > 2
    page.wait_for_function("() => location.hash.includes('below=surface')")

    page.get_by_role("button", name="random").click()
    expect(page.locator("#slice-said")).to_contain_text("two random directions hold 22.2 %", timeout=15_000)
    random = plane_of(served, {"spec": spec(page), "directions": "seeded", "seed": 0})
    expect(page.locator(".slice-plots")).not_to_have_attribute("data-old", "", timeout=15_000)
    becomes(page, lambda: drawn_at(page, "here"), pytest.approx([random["path"][axis][100] for axis in "xy"]))
    page.get_by_role("button", name="random").click()
    other = plane_of(served, {"spec": spec(page), "directions": "seeded", "seed": 1})
    here = f"document.querySelector('#slice-map [data-dot=here]').dataset.x - {other['path']['x'][100]}"
    page.wait_for_function(f"() => Math.abs({here}) < 1e-9")


def test_the_plane_in_space_and_on_a_phone(open_page: OpenPage) -> None:
    page = open_page("/classify?lang=zh#step=20&below=surface", **PHONE)
    expect(page.locator("#slice-said")).to_contain_text("参数共 9 个", timeout=15_000)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert box(page, "#slice-form [data-value=space]").height >= 40
    page.locator("#slice-form [data-value=space]").tap()
    page.wait_for_function("() => document.querySelector('#slice-space .gl-container canvas')", timeout=20_000)
    expect(page.locator("#slice-map")).to_be_hidden()
    page.locator("#below [data-value=point]").tap()
    expect(page.locator("#bars")).to_be_visible()
    expect(page.locator("#slice")).to_be_hidden()


def paste(page: Page, text: str) -> None:
    if not page.locator("textarea").is_visible():
        page.locator("#paste").click()
    page.locator("textarea").fill(text)
    page.get_by_role("button", name="Use these points").click()


def test_awkward_points_get_a_sentence_and_a_cure(open_page: OpenPage) -> None:
    page = open_page("/classify#step=3")
    refused = page.locator("#paste-problem")
    for text, said in (
        ("1,2,A\n3,NaN,B", "Line 2: “NaN” is not a finite number: correct it"),
        ("nan,nan,A\n3,4,B", "Line 1: “nan” is not a finite number"),
        ("1,2,A\n1e13,4,B", "Line 2: “1e13” is not a finite number"),
        ("1,2,A\n3,4", "Line 2: has 2 values instead of three"),
        ("".join(f"{i},{-i},{'AB'[i % 2]}\n" for i in range(2001)), "Line 2001: is one too many: 2000 points"),
        ("\n".join(f"1,2,{name}" for name in "ABCDEF"), "Line 6: “F” would be a sixth class"),
        ("", "There are no points"),
    ):
        paste(page, text)
        expect(refused).to_contain_text(said)
    paste(page, "1,1,A\n1,1,B\n1,1,A")
    expect(page.locator(".map-note")).to_contain_text("All points are equal: no model can tell them apart. Move some")
    paste(page, "0,1,A\n1,1,A")
    expect(page.locator(".map-note")).to_contain_text("All points are of one class")
    expect(page.locator("#live")).to_contain_text("Draw points of another class")
    paste(page, "1e6,2,A\n3e6,4,B\n-2e6,1,B")
    expect(page.locator(".map-note")).to_contain_text("need a tiny learning rate")
    page.get_by_role("button", name="Standardise").click()
    until(page, "problem.dataset.points?.every((point) => point.every((v) => Math.abs(v) < 2))")
    expect(page.locator(".map-note")).to_have_count(0)


def test_two_thousand_points_are_learnt_from(open_page: OpenPage) -> None:
    page = open_page("/classify#step=3")
    place = "{:.4f},{:.4f},{}\n".format
    paste(page, "".join(place(math.sin(i) + i % 2, math.cos(3 * i) - i % 2, "AB"[i % 2]) for i in range(2000)))
    expect(page.locator("#likelihood")).to_contain_text("Likelihood of the 2000 points", timeout=15_000)
    seek(page, 100)
    expect(page.locator("#live")).to_contain_text(re.compile(r"\b(8[1-9]|9\d)\s%|all points"))


def test_what_is_too_long_for_a_link_is_kept_and_saved_as_a_file(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/classify#step=3")
    place = "{:.4f},{:.4f},{}\n".format
    text = "".join(place(math.sin(i) + i % 2, math.cos(3 * i) - i % 2, "AB"[i % 2]) for i in range(2000))
    paste(page, text)
    expect(page.locator("#data-hint")).to_contain_text("Too many points for a link", timeout=15_000)
    until(page, "problem.dataset.points?.length === 2000")
    kept = spec(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a file").click()
    download.value.save_as(tmp_path / "points.json")
    page.reload()
    expect(page.locator("#likelihood")).to_contain_text("Likelihood of the 2000 points", timeout=15_000)
    assert spec(page) == kept
    page.locator("[data-scene=twins]").click()
    until(page, "runs.length === 2")
    expect(page.get_by_role("button", name="Save as a file")).to_be_hidden()
    page.go_back()
    expect(page.locator("#likelihood")).to_contain_text("Likelihood of the 2000 points", timeout=15_000)

    other = open_page("/classify?lang=zh#step=3")
    other.locator("#paste").click()
    other.locator("dialog input[type=file]").set_input_files(tmp_path / "points.json")
    expect(other.locator("#data-hint")).to_contain_text("放不进链接", timeout=15_000)
    until(other, "problem.dataset.points?.length === 2000")
    assert dataset(other) == kept["problem"]["dataset"]


def test_depth_over_time_and_with_both_losses(open_page: OpenPage, served: Served) -> None:
    page = open_page("/classify")
    scene(page, "depth")
    page.get_by_role("button", name="over time").click()
    seek(page, 300)
    expect(page.locator(".times [data-line=layer-9]")).to_have_count(2, timeout=15_000)
    page.get_by_role("button", name="at this step").click()
    page.locator("#which button", has_text="sigmoid").click()
    expect(page.locator("#which button", has_text="sigmoid")).to_have_attribute("aria-pressed", "true")
    seek(page, 0)
    page.get_by_role("button", name="Compare the two losses").click()
    expect(page.locator("#which")).to_contain_text("squared error", timeout=15_000)
    expect(page.locator("#panel")).to_contain_text("in every layer: the loss cures the factor of the output")
    until(page, "runs[1].problem.loss === 'mse'")
    expect(page.locator("#panel")).to_contain_text("is 5.3 to 5.3 times")
    runs = engine(served, page.evaluate("location.href"))
    first = [[v[0] for k, v in run["columns"].items() if k.startswith("gradient_w_1_")] for run in runs]
    assert math.hypot(*first[0]) / math.hypot(*first[1]) == pytest.approx(5.3, abs=0.1)


@pytest.mark.parametrize(("language", "scheme", "name"), [("en", "light", "turned"), ("zh", "dark", "too-many")])
def test_axe_finds_nothing_serious(
    open_page: OpenPage, serious: Callable[[Page], list[str]], language: str, scheme: str, name: str
) -> None:
    page = open_page(f"/classify?lang={language}", color_scheme=scheme)
    scene(page, name)
    seek(page, 20)
    page.locator("#pulls").check()
    assert serious(page) == []
