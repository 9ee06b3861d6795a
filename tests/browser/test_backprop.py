"""The Backprop page in a real Chromium, by mouse and keyboard, against published numbers and the engine's."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, Route, expect

from app import links
from app.runs import prepare
from app.scenes import SCENES
from app.spec import Spec
from core.backpropagation import backpropagate
from core.problems.model import DataModel
from tests.browser.conftest import PHONE, OpenPage, Served

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


def number(text: str) -> float:
    """A number as the page prints it: +8.4095 × 10⁻⁶."""
    plain = text.translate(str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")).replace(" × 10", "e")
    return float(plain)


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


def test_an_update_on_the_screen_is_of_the_pass_beside_it(open_page: OpenPage) -> None:
    """While another network's pass is on its way everything shown, and asked for, is of the one before."""
    page = open_page("/backprop")
    page.keyboard.press("End")
    expect(page.locator(".others tbody tr")).to_have_count(5)
    before = column(page, 5)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/api/v1/backpropagations*", hold)
    with page.expect_request("**/api/v1/backpropagations*"):
        page.get_by_role("button", name="one layer more").click()
    page.locator('[data-parameter="w_21"]').click()
    expect(page.locator("#lines")).to_contain_text("0.24975")  # of the network before, of another of its weights
    assert column(page, 5) == before
    held.pop().continue_()
    expect(page.locator("#parameters tr")).to_have_count(18)
    page.locator("#parameters-title").click()
    page.keyboard.press("End")
    expect(page.locator(".others tbody tr")).to_have_count(5)


def test_ten_layers_keep_their_numbers_apart(open_page: OpenPage) -> None:
    page = open_page("/backprop")
    page.keyboard.press("End")
    deeper = page.get_by_role("button", name="one layer more")
    for hidden in range(2, 10):
        deeper.click()
        expect(page.locator("#sizes .size")).to_have_count(hidden + 2)
    expect(deeper).to_be_disabled()
    expect(page.locator("#graph .unit")).to_have_count(23)  # the pass is here
    page.keyboard.press("End")
    numbers = page.locator("#graph text.word.g")
    expect(numbers).to_have_count(20)  # a gradient under every unit, none squeezed between two of them
    boxes = numbers.evaluate_all("all => all.map((each) => each.getBoundingClientRect().toJSON())")
    for i, one in enumerate(boxes):
        for other in boxes[:i]:
            apart = [
                one["left"] - other["right"],
                other["left"] - one["right"],
                one["top"] - other["bottom"],
                other["top"] - one["bottom"],
            ]
            assert max(apart) > -4
    assert (
        page.eval_on_selector(
            "#parameters",
            "(table) => { const box = table.closest('.rows'); return box.scrollWidth - box.clientWidth; }",
        )
        <= 0
    )


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
    page.click("#share")
    page.get_by_role("menuitem", name="PyTorch script").click()
    expect(page.locator("dialog[open]")).to_contain_text("return x*y + torch.sin(x)")
    page.keyboard.press("Escape")
    with page.expect_download() as download:
        page.click("#share")
        page.get_by_role("menuitem", name="Interactive hand-out").click()
    assert download.value.suggested_filename.endswith(".html")


def test_a_moment_asked_for_while_a_pass_is_on_its_way_is_shown_when_it_comes(open_page: OpenPage) -> None:
    page = open_page("/backprop?formula=x*y&start=1,2&steps=5&run=sgd(lr=0.1)")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/api/v1/backpropagations*", hold)
    page.locator("#start-x").fill("3")
    with page.expect_request("**/api/v1/backpropagations*"):
        page.locator("#start-x").press("Enter")
    page.locator("#parameters-title").click()
    page.keyboard.press("End")
    held.pop().continue_()
    expect(page.locator('#parameters [data-name="y"] td.g')).to_have_text("+3.000000")


def test_a_weight_is_typed_and_everything_follows(open_page: OpenPage, served: Served) -> None:
    """By mouse in the table, by keyboard in the graph; the pass and the update are the engine's at the new weights."""
    page = open_page("/backprop#moment=14")
    page.click("[data-value=w_31]")
    field = page.locator("#parameters input")
    expect(field).to_be_focused()
    field.fill("0.9")
    field.press("Enter")
    page.wait_for_function("() => history.state.spec.start[6] === 0.9")
    spec = Spec.model_validate(page.evaluate("history.state.spec"))
    found = backpropagate(prepare(spec).walks[0].problem, spec.start)
    expect(page.locator('#parameters [data-name="w_31"] td.g')).to_have_text(f"+{found.adjoints()['w_31']:.8f}")
    weight = page.locator("#graph path[data-node]").first
    node = weight.get_attribute("data-node")
    page.locator('#parameters [data-name="w_11"] .pickable').press("Enter")
    page.locator('#parameters [data-name="w_11"] .pickable').press("2")
    expect(field).to_have_value("2")
    field.press("Enter")
    page.wait_for_function("() => history.state.spec.start[0] === 2")
    page.locator(f'#graph text[data-node="{node}"]').first.dblclick()
    expect(field).to_be_focused()
    field.fill("a lot")
    field.press("Enter")
    expect(page.locator("#problem")).to_contain_text("“a lot” is not a number")
    page.go_back()
    page.wait_for_function("() => history.state.spec.start[0] === 0.15")


def test_any_rule_moves_even_a_typed_one(open_page: OpenPage, served: Served) -> None:
    page = open_page(
        "/backprop#moment=14", quiet=False
    )  # the service refuses a typed rule until its settings are known
    gradients = column(page, 2)
    page.locator("#rule").select_option("exact_line_search")  # no rate, and no step where nothing is a quadratic
    expect(page.locator("#live")).to_contain_text("Exact line search makes no step")
    expect(page.locator("#rule-settings input")).to_have_count(0)
    page.locator("#rule").select_option("rprop")
    expect(page.locator("#live")).to_contain_text("Rprop moves every weight a little")
    page.locator("#rule").select_option("own")
    page.locator("#own-rule textarea").fill("x = x - lr*g/norm(g)")
    page.wait_for_function("() => history.state.spec.runs[0].rule === 'x = x - lr*g/norm(g)'")
    expect(page.locator("#rule-settings input")).to_have_count(2)
    expect(page.locator("#lines-title")).to_have_text("The update: Your own rule")
    expect(page.locator("#live")).to_contain_text("Your own rule moves every weight a little")
    assert column(page, 2) == gradients
    spec = Spec.model_validate(page.evaluate("history.state.spec"))
    moved = prepare(spec).walks[0].advance(1)["w_2_1_2"][1]
    expect(page.locator('#parameters [data-name="w_32"] td.new')).to_have_text(f"{moved:.8f}")


def test_a_point_of_the_data_is_chosen(open_page: OpenPage, served: Served) -> None:
    """The pass is of that point; what the rule gets is the mean over all, and it stands beside."""
    page = open_page(link_of("one-of-many"))
    page.click("#ask button >> nth=2")
    page.fill("#row", "31")
    page.locator("#row").press("Enter")
    page.locator("#parameters-title").click()
    page.keyboard.press("End")
    page.wait_for_function("() => location.hash.includes('row=31')")
    spec = Spec.model_validate(page.evaluate("history.state.spec"))
    walk = prepare(spec).walks[0]
    slopes = backpropagate(walk.problem, walk.start, 30).adjoints()
    gradient = column(page, 2)
    assert {name: number(text) for name, text in gradient.items()} == pytest.approx(slopes, rel=6e-4)  # four digits
    assert isinstance(walk.problem, DataModel)
    mean = walk.problem.evaluate(np.array(walk.start))[1]
    assert [number(text) for text in column(page, 3).values()] == pytest.approx(mean.tolist(), rel=6e-4)
    expect(page.locator("#live")).to_contain_text("moves by the mean over 60 points")
    expect(page.locator("#verdict")).to_contain_text("Right.")
    page.locator("#rows-map").click(position={"x": 40, "y": 40})
    page.wait_for_function("() => !location.hash.includes('row=31')")
    page.locator("#row-next").click()
    page.locator("#data").select_option("")
    expect(page.locator("#inputs input")).to_have_count(2)


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
