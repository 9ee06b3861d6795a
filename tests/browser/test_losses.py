"""The Losses page in a real Chromium, by mouse, keyboard and touch: what is on the screen are the published numbers."""

import base64
import json
import math
import re
import urllib.request
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, OpenPage, Served
from tests.browser.waiting import becomes, box, settles

SENTENCE = "After 20 steps squared error still outputs 0.980; cross-entropy is down to 0.376."


def output(page: Page, loss: str) -> float:
    """The output that the dot of a loss stands at, in the chart of outputs."""
    return float(page.get_attribute(f"#output [data-dot={loss}]", "data-y") or "nan")


def step(page: Page) -> int:
    return int(page.inner_text("#stepno b"))


def live(page: Page) -> str:
    return re.sub(r"\s+", " ", page.inner_text("#live"))


def engine(served: Served, query: str) -> list[dict[str, Any]]:
    """The runs that the API makes of a link."""
    with urllib.request.urlopen(f"{served.url}/api/v1/trajectories?{query}") as answer:
        runs: list[dict[str, Any]] = json.load(answer)["runs"]
    return runs


def start_fields(page: Page) -> list[float]:
    return [float(page.input_value(name).replace("−", "-")) for name in ("#start-w", "#start-b")]


def at_output(page: Page, a: float, y: float = 0.3) -> tuple[float, float]:
    """The pixel of an output in the chart of gradients."""
    left, right = (box(page, "#gradient .tick", text).middle[0] for text in ("0.25", "0.75"))
    return left + (a - 0.25) / 0.5 * (right - left), box(page, "#gradient .plot").at(0, 1 - y)[1]


def test_it_opens_on_step_20_of_the_badly_wrong_neuron(open_page: OpenPage) -> None:
    page = open_page("/losses")
    assert live(page) == SENTENCE
    assert step(page) == 20
    assert output(page, "mse") == pytest.approx(0.980, abs=5e-4)
    assert output(page, "ce") == pytest.approx(0.376, abs=5e-4)
    assert page.inner_text("#ledger-mse [data-number=gradient]") == "0.0192"
    assert page.inner_text("#ledger-ce [data-number=gradient]") == "0.376"
    marks = page.locator("#ticks i").all()
    assert [mark.get_attribute("data-label") for mark in marks] == ["Cross-entropy < 0.5", "Squared error < 0.5"]
    steps = [round(300 * float(mark.evaluate("mark => parseFloat(mark.style.left)")) / 100) for mark in marks]
    assert steps == [17, 232]


@pytest.mark.parametrize(
    ("scene", "at", "mse", "ce"),
    [
        ("near", 0, 0.8175745, 0.8175745),
        ("near", 150, 0.1527399, 0.0240652),
        ("near", 300, 0.0939557, 0.0116382),
        ("badly-wrong", 0, 0.9820138, 0.9820138),
        ("badly-wrong", 150, 0.9334175, 0.0256854),
        ("badly-wrong", 300, 0.2028484, 0.0120087),
    ],
)
def test_the_published_table(open_page: OpenPage, scene: str, at: int, mse: float, ce: float) -> None:
    page = open_page("/losses")
    page.click(f"[data-scene={scene}]")
    page.wait_for_function(
        "name => new URL(document.location).search.includes(name)", arg="0.6,0.9" if scene == "near" else "2,2"
    )
    page.fill("#scrub", str(at))
    expect(page.locator("#stepno b")).to_have_text(str(at))
    expect(page.locator("#start-w")).to_have_value("0.6" if scene == "near" else "2")
    becomes(page, lambda: [output(page, loss) for loss in ("mse", "ce")], pytest.approx([mse, ce], abs=1e-6))


def test_at_the_start_the_gradients_differ_by_56_6(open_page: OpenPage) -> None:
    page = open_page("/losses#step=0")
    assert page.inner_text("#ledger-ce [data-number=relative]") == "55.6"
    assert page.inner_text("#ledger-ce [data-number=slope]") == "0.01766"
    assert "56.6 times" in page.inner_text("#ledger-mse [data-number=remark]")


def test_playing_shows_the_engines_numbers(open_page: OpenPage, served: Served) -> None:
    page = open_page("/losses")
    page.click("[data-action=play]")
    page.wait_for_function("() => Number(document.querySelector('#stepno b').textContent) > 30")
    assert page.get_attribute("#live", "aria-live") == "off"
    page.keyboard.press("p")  # keys work while it plays; and back
    page.keyboard.press("Escape")
    page.click("[data-action=play]")
    expect(page.locator("[data-action=play]")).to_have_attribute("aria-pressed", "false")
    assert page.get_attribute("#live", "aria-live") == "polite"
    at = step(page)
    runs = engine(served, "start=2,2&steps=300&run=sgd(lr=0.15);neuron=mse&run=sgd(lr=0.15);neuron=ce")
    assert output(page, "mse") == runs[0]["columns"]["output"][at]
    assert output(page, "ce") == runs[1]["columns"]["output"][at]


def test_keys_step_and_choose_scenes(open_page: OpenPage) -> None:
    page = open_page("/losses")
    for key, shown in [("ArrowRight", 21), ("Shift+ArrowRight", 31), ("ArrowLeft", 30), ("Home", 0), ("End", 300)]:
        page.keyboard.press(key)
        expect(page.locator("#stepno b")).to_have_text(str(shown))
    page.keyboard.press("2")
    expect(page.locator("[data-scene=near]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_contain_text("play or pause")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)


def test_the_question_is_asked_before_the_curve_is_shown(open_page: OpenPage) -> None:
    page = open_page("/losses")
    expect(page.locator(".question")).to_contain_text("At which output is the gradient of squared error largest?")
    assert page.locator("#gradient [data-line=mse]").count() == 0
    page.mouse.click(*at_output(page, 2 / 3))
    expect(page.locator(".question")).to_contain_text("Right on: you tapped 0.67.")
    expect(page.locator(".question")).to_contain_text("0.148")  # 4/27
    expect(page.locator("#gradient [data-line=mse]")).to_have_count(1)


def test_an_answer_by_keyboard(open_page: OpenPage) -> None:
    page = open_page("/losses")
    page.focus(".answers button >> nth=0")
    page.keyboard.press("Enter")
    expect(page.locator(".question")).to_contain_text("Not quite. It is largest at 2/3")


def test_a_dot_is_dragged_to_another_start(open_page: OpenPage) -> None:
    page = open_page("/losses#step=0")
    page.click(".answers button >> nth=1")
    page.mouse.move(*at_output(page, 0.982))
    page.mouse.down()
    page.mouse.move(*at_output(page, 0.7), steps=4)
    page.mouse.up()
    page.wait_for_function("() => Math.abs(document.querySelector('#output [data-dot=mse]').dataset.y - 0.7) < 0.01")
    assert step(page) == 0
    assert start_fields(page)[1] == pytest.approx(0.847 - 2, abs=0.03)


def test_the_start_moves_by_arrow_keys_too(open_page: OpenPage) -> None:
    page = open_page("/losses#step=0")
    page.click(".answers button >> nth=1")
    page.focus("#gradient [role=slider]")
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("() => Math.abs(document.querySelector('#output [data-dot=mse]').dataset.y - 0.962) < 1e-3")


def test_fields_change_the_neuron_and_the_address(open_page: OpenPage, served: Served) -> None:
    page = open_page("/losses")
    page.fill("#start-b", "−1,5")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.search.includes('start=2,-1.5')")
    runs = engine(served, page.evaluate("location.search.slice(1)"))
    page.keyboard.press("End")
    page.locator("h1").click(force=True)
    page.keyboard.press("End")
    expect(page.locator("#stepno b")).to_have_text("300")
    becomes(page, lambda: output(page, "ce"), runs[1]["columns"]["output"][300])


def test_what_is_no_number_is_said_beside_the_field(open_page: OpenPage) -> None:
    page = open_page("/losses")
    page.fill("#target", "abc")
    page.keyboard.press("Enter")
    expect(page.locator("#problem")).to_have_text("“abc” is not a number. Type one such as 0.5.")
    expect(page.locator("#target-field")).to_have_class(re.compile("bad"))
    assert live(page) == SENTENCE
    page.fill("#target", "0")
    page.keyboard.press("Enter")
    expect(page.locator("#problem")).to_be_hidden()


def test_a_rate_that_the_engine_refuses_is_said_and_what_runs_goes_on(open_page: OpenPage) -> None:
    page = open_page("/losses")
    page.fill("#rate", "2000")
    page.keyboard.press("Enter")
    expect(page.locator("#problem")).to_contain_text("1000")
    expect(page.locator("#rate")).to_have_attribute("aria-invalid", "true")
    assert live(page) == SENTENCE


def test_each_its_best_rate_and_the_entropy_floor(open_page: OpenPage) -> None:
    page = open_page("/losses")
    page.click("[data-scene=own-rates]")
    expect(page.locator("#rate-mse")).to_have_value("25")
    expect(page.locator("#rate-ce")).to_have_value("2.2")
    expect(page.locator("#cost-ce")).to_contain_text("0.500")  # drawn when the new runs have come
    assert output(page, "mse") == pytest.approx(0.2, abs=0.01)
    page.fill("#scrub", "2")
    expect(page.locator("#stepno b")).to_have_text("2")
    assert output(page, "ce") == pytest.approx(0.2, abs=0.01)


def test_any_optimizer(open_page: OpenPage) -> None:
    page = open_page("/losses")
    page.click("#more")
    page.select_option("#optimizer", "adam")
    page.wait_for_function("() => location.search.includes('adam')")
    # Adam ignores the gradient's size: squared error is no longer stuck.
    page.wait_for_function("() => Number(document.querySelector('#output [data-dot=mse]').dataset.y) < 0.8")


def data_scene(page: Page, name: str) -> None:
    page.click("[data-kind=logistic]")
    page.click(f"[data-scene={name}]")
    page.wait_for_selector(f"[data-scene={name}][aria-pressed=true]")
    page.wait_for_selector("#map-ce [data-dot=ce]")


def place(page: Page, loss: str) -> list[float]:
    dot = page.locator(f"#map-{loss} [data-dot={loss}]")
    return [float(dot.get_attribute(name) or "nan") for name in ("data-x", "data-y")]


def boundary(page: Page, loss: str) -> float:
    w, b = place(page, loss)
    return -b / w


def test_far_mislabelled_points_let_squared_error_win(open_page: OpenPage) -> None:
    page = open_page("/losses")
    data_scene(page, "mislabelled")
    assert page.locator("#progress [data-word]").count() == 0  # nothing gives the answer away
    page.click(".answers button >> nth=0")
    expect(page.locator(".question")).to_contain_text("Right.")
    page.keyboard.press("End")
    expect(page.locator("#stepno b")).to_have_text("100")
    becomes(page, lambda: boundary(page, "mse"), pytest.approx(0, abs=0.15))  # it stays near 0
    becomes(page, lambda: boundary(page, "ce"), pytest.approx(1.15, abs=0.35))  # drawn to the far points
    shares = re.findall(r"([\d.]+) %", live(page))
    assert float(shares[0]) > float(shares[1]) + 10


def test_squared_error_has_four_valleys_and_cross_entropy_one(open_page: OpenPage) -> None:
    page = open_page("/losses")
    data_scene(page, "four-valleys")
    page.keyboard.press("End")
    expect(page.locator("#stepno b")).to_have_text("400")
    becomes(page, lambda: place(page, "mse"), pytest.approx([-1.386, 0.120], abs=2e-3))
    becomes(page, lambda: place(page, "ce"), pytest.approx([0.159, 0.159], abs=2e-3))
    expect(page.locator("#map-mse [data-word=valley]")).to_have_count(4)
    expect(page.locator("#map-ce [data-word=valley]")).to_have_count(1)


def test_a_label_is_flipped_by_a_click(open_page: OpenPage) -> None:
    page = open_page("/losses")
    data_scene(page, "mislabelled")
    page.click(".answers button >> nth=0")
    first = page.locator("#points [data-dot=point-100]")
    label = round(float(first.get_attribute("data-y") or "nan"))
    first.click()
    page.wait_for_function(
        "label => Math.round(document.querySelector('#points [data-dot=point-100]').dataset.y) === 1 - label", arg=label
    )
    page.wait_for_function("() => location.search.includes('spec=')")


def test_which_output_goes_with_which_loss(open_page: OpenPage) -> None:
    page = open_page("/losses")
    page.click("[data-kind=outputs]")
    expect(page.locator(".question")).to_contain_text("Which one will hardly move?")
    page.click(".answers button >> nth=1")
    expect(page.locator(".question")).to_contain_text("Right.")
    page.wait_for_selector("#outputs [data-line=ce]")  # an answer plays
    page.keyboard.press("End")
    expect(page.locator("#outputs .natural")).to_have_count(3)
    expect(page.locator("#outputs .senseless")).to_have_count(3)
    expect(page.locator("#outputs .chart [data-line]")).to_have_count(7)
    charts = page.locator("#outputs .chart[role=img]")
    for place_of, half in ((1, "232"), (2, "17")):  # the sigmoid's two losses, as published
        expect(charts.nth(place_of)).to_have_attribute("aria-label", re.compile(rf"step {half}\."))
    page.fill("#scrub", "150")

    def outputs() -> Any:
        return page.locator("#outputs [data-dot]").evaluate_all("dots => dots.map((dot) => Number(dot.dataset.y))")

    # the published table again
    becomes(page, lambda: outputs()[1:3], pytest.approx([0.9334175, 0.0256854], abs=1e-6))
    assert outputs()[5] > 0.99  # tanh under squared error stands still
    page.fill("#rate", "1")
    page.keyboard.press("Enter")
    page.wait_for_function("() => Number([...document.querySelectorAll('#outputs [data-dot]')][1].dataset.y) < 0.2")
    page.click("[data-kind=neuron]")
    expect(page.locator("#output")).to_be_visible()


def cells(page: Page, row: str) -> list[str]:
    return page.locator(f"#terms-table {row}").first.locator("th, td").all_inner_texts()


def test_six_points_term_by_term(open_page: OpenPage, served: Served) -> None:
    page = open_page("/losses")
    page.click("[data-kind=terms]")
    page.wait_for_selector("#terms-table tbody tr")
    expect(page.locator("#stepno b")).to_have_text("0")
    page.click("text=it falls by ln 2 = 0.693")
    expect(page.locator(".question")).to_contain_text("Right.")
    page.wait_for_function("() => Number(document.querySelector('#stepno b').textContent) > 3")  # an answer plays
    page.keyboard.press("End")
    expect(page.locator("#stepno b")).to_have_text("60")
    page.wait_for_function("() => location.search.includes('spec=')")
    losses = engine(served, page.evaluate("location.search.slice(1)"))[1]["columns"]["loss"]
    expect(page.locator("#equal [data-number=trained]")).to_have_text(f"{losses[60]:.12f}")
    # −ln of the product, by six
    expect(page.locator("#equal [data-number=reckoned]")).to_have_text(f"{losses[60]:.12f}")
    rows = page.locator("#terms-table tbody tr")
    chances = [float(rows.nth(i).locator("td").nth(2).inner_text()) for i in range(6)]
    terms = [float(rows.nth(i).locator("td").last.inner_text()) for i in range(6)]
    assert chances == pytest.approx([math.exp(-term) for term in terms], abs=6e-4)
    assert sum(terms) / 6 == pytest.approx(losses[60], abs=1e-4)
    assert cells(page, "tbody tr")[4:6] == ["−[0 · ln 0.055 + 1 · ln 0.945]", "−(1 · ln 0.945 + 0 · ln 0.055)"]
    assert cells(page, "tfoot tr")[3] == "∏ = 0.08367"
    ends = [float(page.get_attribute(f"#ruler [data-box=term-{i}]", "data-to") or "nan") for i in range(6)]
    assert ends == sorted(ends)
    assert ends[-1] == pytest.approx(6 * losses[60])
    said = "After 60 steps the likelihood is up to 0.0837 and the loss down to 0.4135."
    becomes(page, lambda: live(page), said)


def test_weight_decay_is_no_part_of_the_likelihood(open_page: OpenPage) -> None:
    dataset = {"points": [[-1], [0.5], [2]], "labels": [0, 1, 0]}
    problem = {"kind": "logistic", "dataset": dataset, "weight_decay": 0.5}
    runs = [
        {"optimizer": "sgd", "settings": {"lr": 0.3}, "problem": {**problem, "loss": loss}} for loss in ("mse", "ce")
    ]
    body = json.dumps({"start": [1, 0], "steps": 20, "runs": runs}).encode()
    packed = base64.urlsafe_b64encode(zlib.compress(body, wbits=-15)).decode().rstrip("=")
    page = open_page(f"/losses?spec={packed}#step=10&panel=terms")
    page.wait_for_selector("#equal [data-number=trained]")
    expect(page.locator("#equal [data-number=reckoned]")).to_have_text(page.inner_text("#equal [data-number=trained]"))


def test_an_output_is_dragged_and_the_model_starts_through_it(open_page: OpenPage) -> None:
    page = open_page("/losses#panel=terms")
    page.wait_for_selector("#chances [data-dot=point-4]")
    x, y = settles(page, lambda: box(page, "#chances [data-dot=point-4]")).middle
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, box(page, "#chances .plot").at(0, 0.4)[1], steps=5)
    page.mouse.up()
    w, b = start_fields(page)  # at once; what is drawn comes after it
    page.wait_for_function(
        "z => Math.abs(document.querySelector('#chances [data-dot=point-4]').dataset.y"
        " - 1 / (1 + Math.exp(-z))) < 1e-9",
        arg=w * 1.2 + b,
    )
    a = float(page.get_attribute("#chances [data-dot=point-4]", "data-y") or "nan")
    assert a == pytest.approx(1 / (1 + math.exp(-(w * 1.2 + b))), abs=1e-9)
    assert a > 0.5
    assert page.locator("#chances [data-line=ghost]").count() == 1  # what ran before
    page.focus("#chances [role=slider]")
    page.keyboard.press("ArrowDown")
    page.wait_for_function(
        "a => Math.abs(document.querySelector('#chances [data-dot=point-4]').dataset.y - a + 0.02) < 1e-3", arg=a
    )
    page.keyboard.press("ArrowRight")
    expect(page.locator("#terms-table tr.marked th")).to_have_text("2")


def test_a_soft_target_leaves_its_entropy(open_page: OpenPage, served: Served) -> None:
    page = open_page("/losses#panel=terms")
    page.click("[data-scene=soft-target]")
    expect(page.locator(".question")).to_contain_text("How far down can cross-entropy get?")
    assert "0.5004" not in page.inner_text("#terms-table")  # nothing gives the answer away
    assert page.locator("#chances [data-line=floor]").count() == 0
    page.click("text=to 0.5004")
    page.keyboard.press("End")
    expect(page.locator("#stepno b")).to_have_text("300")
    becomes(page, lambda: cells(page, "tfoot tr")[3:], ["0.5004", "+ 0.0000", "= 0.5004"])
    page.fill("#scrub", "20")
    expect(page.locator("#stepno b")).to_have_text("20")
    page.wait_for_function("() => location.search.includes('target=0.2')")
    columns = engine(served, page.evaluate("location.search.slice(1)"))[1]["columns"]
    for name in ("reckoned", "trained"):
        expect(page.locator(f"#equal [data-number={name}]")).to_have_text(f"{columns['loss'][20]:.12f}")
    entropy, divergence, cross = (float(re.sub(r"[^\d.]", "", text)) for text in cells(page, "tfoot tr")[3:])
    assert entropy + divergence == pytest.approx(cross, abs=2e-4)
    a = columns["output"][20]
    assert divergence == pytest.approx(0.2 * math.log(0.2 / a) + 0.8 * math.log(0.8 / (1 - a)), abs=1e-4)
    page.focus("#soft")
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#target")).to_have_value("0.5")
    page.wait_for_function("() => document.querySelector('#terms-table tfoot').textContent.includes('0.6931')")


def test_what_ran_before_a_change_stays_as_a_ghost(open_page: OpenPage, served: Served) -> None:
    page = open_page("/losses")
    assert page.locator("[data-line$=ghost]").count() == 0
    page.fill("#start-b", "1")
    page.keyboard.press("Enter")
    page.wait_for_selector("#output [data-line=mse-ghost]")
    expect(page.locator("#output [data-line=ce-ghost]")).to_have_count(1)
    page.click("[data-curve=loss]")
    page.wait_for_selector("#output [data-line=ce-ghost]")
    page.click("[data-scene=near]")  # another scene is no change of this one
    page.wait_for_function("() => !document.querySelector('[data-line$=ghost]')")
    data_scene(page, "mislabelled")
    page.fill("#rate", "0.2")
    page.keyboard.press("Enter")
    for place in ("#points", "#progress", "#map-mse", "#map-ce"):
        page.wait_for_selector(f"{place} [data-line$=ghost]", state="attached")


def test_losses_by_step_each_on_its_own_scale(open_page: OpenPage, served: Served) -> None:
    page = open_page("/losses#step=20")
    page.click("[data-curve=loss]")
    page.wait_for_selector("#output [data-dot=ce-loss]")
    runs = engine(served, "start=2,2&steps=300&run=sgd(lr=0.15);neuron=mse&run=sgd(lr=0.15);neuron=ce")
    for loss, run in zip(("mse", "ce"), runs, strict=True):
        values = run["columns"]["loss"]
        share = float(page.get_attribute(f"#output [data-dot={loss}-loss]", "data-y") or "nan")
        assert share == pytest.approx(values[20] / max(values))
    expect(page.locator("#output .aside")).to_contain_text("compare the outputs instead")


def test_z_is_dragged_on_the_sigmoid_and_both_are_read(open_page: OpenPage) -> None:
    page = open_page("/losses#step=0")
    assert page.locator("#sigmoid-mse [data-line=bound]").count() == 1
    middle = settles(page, lambda: box(page, "#sigmoid-mse .plot")).middle[1]
    two, four = (box(page, "#sigmoid-mse .tick", text).middle[0] for text in ("2", "4"))
    page.mouse.move(four, middle)
    page.mouse.down()
    page.mouse.move(2 * two - four, middle, steps=4)  # to z = 0
    page.mouse.up()
    page.wait_for_function("() => Math.abs(document.querySelector('#sigmoid-mse [data-dot=mse]').dataset.x) < 0.05")
    slope = float(page.get_attribute("#sigmoid-mse [data-dot=slope]", "data-y") or "nan")
    assert slope == pytest.approx(0.25, abs=1e-3)  # as steep as it ever is
    page.focus("#sigmoid-mse [role=slider]")
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_function("() => Math.abs(document.querySelector('#sigmoid-ce [data-dot=ce]').dataset.x - 0.5) < 0.06")


def test_target_and_start_are_dragged(open_page: OpenPage) -> None:
    page = open_page("/losses")
    line = settles(page, lambda: box(page, "#output [data-line=target]"))
    page.mouse.move(line.x + 300, line.y)
    page.mouse.down()
    page.mouse.move(line.x + 300, box(page, "#output .tick", "0.5").middle[1], steps=5)
    page.mouse.up()
    page.wait_for_function("() => Math.abs(document.querySelector('#target').value - 0.5) < 0.03")
    label = box(page, "#start-w-field label")
    page.mouse.move(label.x + 5, label.y + 5)
    page.mouse.down()
    page.mouse.move(label.x + 5 - 60, label.y + 5, steps=4)
    page.mouse.up()
    expect(page.locator("#start-w")).to_have_value("1")
    page.focus("#start-b")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#start-b")).to_have_value("1.9")
    page.wait_for_function("() => location.search.includes('start=1,1.9')")


def test_where_a_thousand_starts_end(open_page: OpenPage) -> None:
    page = open_page("/losses")
    page.set_default_timeout(120_000)
    data_scene(page, "four-valleys")
    page.keyboard.press("End")
    page.wait_for_function("() => document.querySelectorAll('#map-mse [data-word=minimum]').length === 4")
    page.wait_for_function("() => document.querySelectorAll('#map-ce [data-word=minimum]').length === 1")
    lows = sorted(page.locator("#map-mse [data-word=minimum]").all_text_contents())
    assert lows == ["0.1165", "0.1332", "0.1332", "0.1500"]  # of the axes: means of 0.15000 and 0.11650
    assert page.text_content("#map-ce [data-word=minimum]") == "0.6509"
    for loss, basins in (("mse", 4), ("ce", 1)):  # every start ends in one of the four, under cross-entropy in the one
        boxes = page.locator(f"#map-{loss} [data-box]").all()
        assert len({box.get_attribute("fill") for box in boxes}) == basins
        area = page.evaluate(
            "loss => [...document.querySelectorAll(`#map-${loss} [data-box]`)].map((box) => box.getBBox())"
            ".reduce((sum, { width, height }) => sum + width * height, 0)",
            loss,
        )
        assert area > 0.9 * page.evaluate(
            "loss => { const { clientWidth, clientHeight } = document.querySelector(`#map-${loss} .plot`);"
            " return (clientWidth - 44) * (clientHeight - 28); }",
            loss,
        )
        tints = page.evaluate(  # and the surface has the tints of as many
            "loss => new Set(document.querySelector(`#hill-${loss} .plotly-host`).data[0].surfacecolor"
            ".flat().map(Math.floor)).size",
            loss,
        )
        assert tints == basins
    page.click("#more")
    page.click("#basins")
    page.wait_for_function("() => !document.querySelector('[data-word=minimum]')")


def on_map(page: Page, across: str, up: str) -> tuple[float, float]:
    """The pixel of a place on the map of squared error, by the numbers on its axes: the upright one comes first."""
    page.wait_for_function(  # drawn in the room that it has
        "() => document.querySelector('#map-mse .chart').viewBox.baseVal.height"
        " === document.querySelector('#map-mse .plot').clientHeight"
    )
    x, y = page.evaluate(
        """([across, up]) => {
          const all = [...document.querySelectorAll('#map-mse .tick')];
          const column = all.filter((tick) => tick.textContent === across).at(-1).getBoundingClientRect();
          const line = all.find((tick) => tick.textContent === up).getBoundingClientRect();
          return [column.x + column.width / 2, line.y + line.height / 2];
        }""",
        [across, up],
    )
    return x, y


def test_on_the_maps_the_start_is_pressed_dragged_and_nudged(open_page: OpenPage) -> None:
    page = open_page("/losses")
    data_scene(page, "four-valleys")
    page.keyboard.press("End")
    expect(page.locator("#stepno b")).to_have_text("400")
    page.mouse.move(*on_map(page, "1", "1"))
    page.mouse.down()
    page.mouse.move(*on_map(page, "1", "−1"), steps=4)
    page.mouse.up()
    page.wait_for_function(
        "() => { const { x, y } = document.querySelector('#map-mse [data-dot=mse]').dataset;"
        " return Math.hypot(x - 0.12, y - -1.386) < 0.01; }"
    )
    becomes(page, lambda: start_fields(page), pytest.approx([1, -1], abs=0.05))
    becomes(page, lambda: place(page, "mse"), pytest.approx([0.120, -1.386], abs=5e-3))  # another of the four valleys
    page.wait_for_selector("#map-mse [data-line=mse-ghost]", state="attached")
    before = start_fields(page)
    page.focus("#map-mse [role=application]")
    page.keyboard.press("Shift+ArrowLeft")
    page.wait_for_function("before => document.querySelector('#start-w').value < before - 0.2", arg=before[0])
    page.wait_for_selector("#hill-mse canvas.trail-head")
    page.focus("#hill-mse .plot")
    page.keyboard.press("Shift+ArrowUp")
    page.wait_for_function(
        "before => Number(document.querySelector('#start-b').value.replace('−', '-')) > before + 0.2", arg=before[1]
    )


def test_the_neurons_losses_in_space(open_page: OpenPage) -> None:
    page = open_page("/losses")
    page.click("#more")
    page.click("#in-space")
    page.wait_for_selector("#space-mse canvas.trail-head")
    expect(page.locator("#cost-mse")).to_be_hidden()


def test_back_and_forward(open_page: OpenPage) -> None:
    page = open_page("/losses")
    page.click("[data-scene=near]")
    page.wait_for_function("() => location.search.includes('0.6,0.9')")
    page.go_back()
    expect(page.locator("#start-w")).to_have_value("2")
    page.go_forward()
    expect(page.locator("#start-w")).to_have_value("0.6")


def test_the_link_shows_the_same_again(open_page: OpenPage) -> None:
    page = open_page("/losses", permissions=["clipboard-read", "clipboard-write"])
    page.fill("#target", "0.2")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.search.includes('target=0.2')")
    page.click("#share")
    page.click("text=Copy link")
    expect(page.locator(".note")).to_contain_text("Link copied")
    address = page.evaluate("navigator.clipboard.readText()")
    said, outputs = live(page), [output(page, loss) for loss in ("mse", "ce")]
    path = address.split("/", 3)[3]
    again = open_page(f"/{path}")
    becomes(again, lambda: live(again), said)
    becomes(again, lambda: [output(again, loss) for loss in ("mse", "ce")], outputs)


def test_table_code_and_picture_are_taken_away(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/losses")
    page.click("#share")
    page.click("text=Python code")
    expect(page.locator("dialog pre")).to_contain_text('"loss": "mse"')
    page.keyboard.press("Escape")
    page.click("#share")
    page.click("text=curl command")
    expect(page.locator("dialog pre")).to_contain_text("neuron=ce")
    page.keyboard.press("Escape")
    page.click("#share")
    with page.expect_download() as handed:
        page.click("text=Interactive hand-out")
    hand_out = tmp_path / "losses.html"
    handed.value.save_as(hand_out)
    assert '"yaxis3"' in hand_out.read_text(encoding="utf-8")
    page.click("#share")
    with page.expect_download() as saved:
        page.click("text=Steps as CSV")
    table = tmp_path / "losses.csv"
    saved.value.save_as(table)
    assert len(table.read_text(encoding="utf-8").splitlines()) == 1 + 2 * 301
    page.click("#share")
    with page.expect_download() as download:
        page.click("text=Picture as PNG")
    target = tmp_path / "picture.png"
    download.value.save_as(target)
    assert target.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert target.stat().st_size > 40_000


@pytest.mark.parametrize(
    ("scene", "point", "steps"),
    [
        ("soft-target", "X = torch.tensor([\n    [1.0],\n])\nY = torch.tensor([\n    [0.2],\n])", 300),
        ("mislabelled", "    [-", 100),
    ],
)
def test_the_pytorch_script_trains_both_losses(open_page: OpenPage, scene: str, point: str, steps: int) -> None:
    page = open_page("/losses")
    page.evaluate("(name) => document.querySelector(`[data-scene=${name}]`).click()", scene)
    page.wait_for_function("(name) => history.state.scene === name", arg=scene)
    page.click("#share")
    page.get_by_role("menuitem", name="PyTorch").click()
    script = page.locator("dialog code").inner_text()
    compile(script, "script", "exec")
    assert point in script
    for name, loss in (
        ("squared error", "((torch.sigmoid(z) - y)**2).sum() / 2 / len(y)"),
        ("cross-entropy", 'F.binary_cross_entropy_with_logits(z, y, reduction="sum") / len(y)'),
    ):
        call = script[script.index(f'train(\n    "{name}"') :].split("\n)\n")[0]
        assert f"loss=lambda z, y: {loss},\n" in call
        assert call.endswith(f"    steps={steps},\n    batches=itertools.repeat(slice(None)),")


def test_nonsense_in_a_link_is_ignored_and_said(open_page: OpenPage) -> None:
    page = open_page("/losses?colour=red&run=fastest(lr=1)&steps=many")
    expect(page.locator(".note")).to_contain_text("Not used from the link")
    becomes(page, lambda: live(page), SENTENCE)


def test_the_language_is_changed_in_place(open_page: OpenPage) -> None:
    page = open_page("/losses")
    page.click("[data-scene=near]")
    page.wait_for_function("() => location.search.includes('0.6,0.9')")
    page.click("#language")
    page.wait_for_selector("html[lang=zh-CN][data-ready]")
    expect(page.locator("#start-w")).to_have_value("0.6")
    expect(page.locator("#live")).to_contain_text("均方误差")
    assert page.title() == "损失函数 · Steepest"


def test_theme_and_presentation(open_page: OpenPage) -> None:
    page = open_page("/losses", color_scheme="light")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.keyboard.press("d")
    assert page.evaluate(paper) != light
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert page.evaluate(paper) != light
    page.keyboard.press("p")
    expect(page.locator(".top")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator(".top")).to_be_visible()


def test_a_phone_by_touch(open_page: OpenPage) -> None:
    page = open_page("/losses", **PHONE)
    assert live(page) == SENTENCE
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.tap(".sheetbtn")
    expect(page.locator("#rail")).to_be_visible()
    page.fill("#start-w", "1")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.search.includes('start=1,2')")
    page.tap(".done")
    expect(page.locator("#rail")).to_be_hidden()
    page.tap("[data-action=forward]")
    expect(page.locator("#stepno b")).to_have_text("21")


def test_terms_on_a_phone_by_touch(open_page: OpenPage) -> None:
    page = open_page("/losses", **PHONE)
    page.tap("[data-kind=terms]")
    page.wait_for_selector("#terms-table tbody tr")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.tap("text=it halves")
    expect(page.locator(".question")).to_contain_text("Not quite.")
    page.wait_for_function("() => Number(document.querySelector('#stepno b').textContent) > 2")
    page.tap("[data-action=play]")
    page.tap("[data-scene=soft-target]")
    page.wait_for_selector("#soft")
    heights = page.locator("#kinds button, #scenes button:visible, .answers button").evaluate_all(
        "all => all.map((button) => button.getBoundingClientRect().height)"
    )
    assert min(heights) >= 44
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_scripts_it_says_so(open_page: OpenPage) -> None:
    page = open_page("/losses", java_script_enabled=False, ready=False, quiet=False)
    assert "needs JavaScript" in page.inner_text("noscript")
    assert page.evaluate("() => document.querySelector('noscript img').naturalWidth") > 900


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "zh")])
def test_nothing_serious_stands_in_anyones_way(
    open_page: OpenPage, serious: Callable[[Page], list[str]], theme: str, language: str
) -> None:
    page = open_page(f"/losses?lang={language}", color_scheme=theme)
    assert serious(page) == []
    page.click(".answers button >> nth=1")
    page.click("#more")
    assert serious(page) == []
    page.keyboard.press("Escape")
    data_scene(page, "mislabelled")
    assert serious(page) == []
    page.click("[data-kind=outputs]")
    assert serious(page) == []
    page.click("[data-kind=terms]")
    page.wait_for_selector("#terms-table tbody tr")
    assert serious(page) == []
    page.click("[data-scene=soft-target]")
    expect(page.locator("#soft")).to_be_visible()
    assert serious(page) == []
