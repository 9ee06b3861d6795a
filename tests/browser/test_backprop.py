"""The Backprop page in a real Chromium, by mouse and keyboard, against published numbers and the engine's."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app import links
from app.runs import prepare
from app.scenes import SCENES
from app.spec import Spec
from core.backpropagation import backpropagate
from tests.browser.conftest import PHONE, OpenPage

SCENE = {scene.name: scene for scene in SCENES if scene.page == "backprop"}
AFTER = {
    "w_11": "0.14978072",
    "w_12": "0.19956143",
    "w_21": "0.24975114",
    "w_22": "0.29950229",
    "w_31": "0.35891648",
    "w_32": "0.40866619",
    "w_41": "0.51130127",
    "w_42": "0.56137012",
}


def live(page: Page) -> str:
    return page.locator("#live").inner_text()


def column(page: Page, place: int) -> dict[str, str]:
    """A column of the table by parameter: 1 the value, 2 the gradient, 3 the difference, 4 the digits, 5 after."""
    rows = page.locator("#parameters tr")
    return dict(
        zip(
            rows.evaluate_all("rows => rows.map(r => r.dataset.name)"),
            rows.locator(f"td:nth-of-type({place})").all_text_contents(),
            strict=True,
        )
    )


def link_of(name: str) -> str:
    link = links.write(prepare(Spec.model_validate(SCENE[name].spec)).spec)
    assert link is not None
    return "/backprop?" + link.partition("?")[2]


def test_mazur_s_network_by_mouse(open_page: OpenPage) -> None:
    page = open_page("/backprop")
    expect(page.locator("#ask .q")).to_have_text("Which weights will the first update change most?")
    page.get_by_role("button", name="those next to the outputs").click()
    expect(page.locator("[data-action=play]")).to_have_attribute("aria-label", "Pause")
    page.locator("[data-action=play]").click()
    page.locator("#scrub").fill("5")
    expect(page.locator("#live")).to_have_text("The outputs are 0.75136507, 0.77292847: the error is 0.2983711088.")
    page.locator("#scrub").fill("14")
    expect(page.locator("#live")).to_contain_text("the error falls to 0.2910277737.")
    expect(page.locator("#verdict")).to_have_text("You said: those next to the outputs. Right.")
    after = column(page, 5)
    assert {name: after[name] for name in AFTER} == AFTER
    assert column(page, 2)["w_31"] == "+0.08216704"
    assert column(page, 2)["w_42"] == "−0.02274024"
    assert column(page, 3)["w_42"] == column(page, 2)["w_42"]
    assert all(int(digits) >= 6 for digits in column(page, 4).values() if digits)


def test_every_product_is_written_out_by_keyboard(open_page: OpenPage) -> None:
    page = open_page("/backprop#moment=6")
    expect(page.locator("#lines .line")).to_have_count(2)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#live")).to_have_text(
        "w₃₂ gets +0.0826676: what came back, +0.1385, times what went in, 0.5969."
    )
    lines = page.locator("#lines .line")
    expect(lines).to_have_count(3)
    assert re.sub(r"\s+", "", lines.first.locator(".numbers").inner_text()) == "=0.138499×0.59327"
    expect(lines.first.locator(".result b")).to_have_text("+0.08216704")
    assert lines.first.get_attribute("class") == "line backward pos"
    page.keyboard.press("g")
    expect(page.locator("#live")).to_have_text("All weights of layer 2 have their gradients.")
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#iteration-words")).to_contain_text("Iteration 1")
    expect(page.locator("#iteration-words")).to_contain_text("C = 0.2910")
    page.keyboard.press("b")
    expect(page.locator("#iteration-words")).to_contain_text("Iteration 0")
    page.locator('[data-parameter="w_21"]').press("Enter")
    expect(page.locator("#lines-title")).to_have_text("How this number comes about")


def test_the_rule_changes_and_the_gradients_stay(open_page: OpenPage) -> None:
    page = open_page("/backprop#moment=14&iteration=2")
    expect(page.locator(".others tbody tr")).to_have_count(5)
    before, value = column(page, 2), column(page, 1)
    page.get_by_role("button", name="Adam", exact=True).click()
    expect(page.locator("#lines-title")).to_have_text("The update: Adam")
    expect(page.locator("#live")).to_contain_text("Adam moves")
    assert (column(page, 2), column(page, 1)) == (before, value)
    expect(page.locator("#iteration-words")).to_contain_text("Iteration 0")
    old, new = (float(column(page, place)["w_32"]) for place in (1, 5))
    assert new - old == pytest.approx(-0.1, abs=1e-5)
    page.go_back()
    expect(page.locator("#lines-title")).to_have_text("The update: Gradient descent")


def test_softmax_and_sizes(open_page: OpenPage) -> None:
    page = open_page(link_of("softmax-by-hand") + "#moment=12")
    found = backpropagate(
        prepare(Spec.model_validate(SCENE["softmax-by-hand"].spec)).walks[0].problem,
        SCENE["softmax-by-hand"].spec["start"],
    )
    slopes = {node.name: node.adjoint for node in found.nodes}
    page.keyboard.press("End")
    gradient = column(page, 2)
    assert {name: float(text.replace("−", "-")) for name, text in gradient.items()} == pytest.approx(
        {name: slopes[name] for name in gradient}, rel=1e-5
    )
    page.get_by_role("button", name="Hidden layer 1: one less").click()
    expect(page.locator("#parameters tr")).to_have_count(10)
    page.get_by_role("button", name="one layer more").click()
    expect(page.locator("#parameters tr")).to_have_count(14)
    page.locator("#pair").select_option("sigmoid ce")
    expect(page.locator("#targets input")).to_have_count(3)


def test_a_typed_formula(open_page: OpenPage) -> None:
    page = open_page("/backprop", quiet=False)  # one formula is refused
    page.get_by_role("button", name="Formula", exact=True).click()
    expect(page.locator("#formula")).to_have_value("(x*y - 2)**2 + x**2")
    page.keyboard.press("End")
    expect(page.locator('#parameters [data-name="x"] td.g')).to_have_text("+8.000000")
    page.locator("#formula").fill("x*y + sen(x)")
    expect(page.locator("#formula-problem")).to_contain_text("did you mean sin?")
    page.locator("#formula").fill("x*y + sin(x)")
    expect(page.locator("#graph [data-node]", has_text="sin")).to_have_count(1)
    page.locator("#start-x").fill("2")
    page.locator("#start-x").press("Enter")
    page.locator("#parameters-title").click()
    page.keyboard.press("End")
    expect(page.locator('#parameters [data-name="x"] td.g')).to_have_text("+2.583853")


def test_a_link_comes_back(open_page: OpenPage) -> None:
    page = open_page("/backprop?formula=x**2&start=3&run=momentum(lr=0.1)#iteration=2&moment=3&grain=layer")
    expect(page.locator("#iteration-words")).to_contain_text("Iteration 2")
    assert page.locator("[data-grain=layer]").get_attribute("aria-pressed") == "true"
    assert page.locator("#rule").input_value() == "momentum"
    page.wait_for_function("location.hash.includes('moment=3') && location.search.includes('momentum')")


@pytest.mark.parametrize(("scheme", "lang"), [("light", "en"), ("dark", "zh")])
def test_it_is_accessible(open_page: OpenPage, serious: Callable[[Page], list[str]], scheme: str, lang: str) -> None:
    page = open_page(f"/backprop?lang={lang}#moment=14", color_scheme=scheme)
    page.wait_for_selector(".others")
    assert serious(page) == []
    if lang == "zh":
        expect(page.locator("#live")).to_contain_text("误差从 0.2984 降到 0.2910277737。")


def test_on_a_phone(open_page: OpenPage) -> None:
    page = open_page("/backprop#moment=9", **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("[data-action=forward]").tap()
    expect(page.locator("#stepno")).to_contain_text("10")
    page.locator("[data-action=sheet]").tap()
    expect(page.locator("#rule")).to_be_visible()
