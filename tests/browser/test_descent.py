"""The Descent page, used as a person would, against the engine's numbers."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app import links
from app.spec import Spec
from core.problems import make_problem
from core.running import Run

OpenPage = Callable[..., Page]

PHONE: dict[str, Any] = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
DUPONT = (("sgd", {"lr": 0.01}), ("momentum", {"lr": 0.01}), ("adam", {"lr": 0.05}))


def engine(surface: str, start: tuple[float, ...], steps: int, optimizer: str, **settings: float) -> list[Any]:
    """The rows that the engine makes: [x, y] as columns."""
    run = Run(make_problem("surface", name=surface), optimizer=optimizer, settings=settings, start=start, steps=steps)
    rows = run.advance(steps)
    return [rows[name].tolist() for name in ("x", "y") if name in rows]


def drawn(page: Page, plot: str = "#contour") -> dict[str, list[list[float]]]:
    """The paths that Plotly draws at rest, by the names of their runs, a frame or two after a key."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.wait_for_function(
        "(id) => document.querySelector(`${id} .plotly-host`)?.data?.some((trace) => trace.meta === 'run')"
        " && !document.querySelector(id).hasAttribute('data-moving')",
        arg=plot,
    )
    found: dict[str, list[list[float]]] = page.evaluate(
        "(id) => Object.fromEntries(document.querySelector(`${id} .plotly-host`).data"
        ".filter((trace) => trace.meta === 'run').map((trace) => [trace.name, [trace.x, trace.y]]))",
        plot,
    )
    return found


def place(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a point of the map is on the screen, by Plotly's own axes."""
    at = page.evaluate(
        """([x, y]) => {
            const host = document.querySelector("#contour");
            const box = host.getBoundingClientRect();
            const { xaxis, yaxis } = host.querySelector(".plotly-host")._fullLayout;
            return [box.left + xaxis._offset + xaxis.d2p(x), box.top + yaxis._offset + yaxis.d2p(y)];
        }""",
        [x, y],
    )
    return at[0], at[1]


def to_end(page: Page) -> None:
    page.keyboard.press("End")


def test_it_opens_on_two_holes_paused_with_a_question(open_page: OpenPage) -> None:
    page = open_page("/")
    expect(page.locator("#ask")).to_contain_text("shallow hole")
    expect(page.locator("#stepno")).to_have_text("Step 0 of 150")
    expect(page.locator(".opt")).to_have_count(3)
    expect(page.locator("#contour canvas.trail")).to_have_count(4)


def test_playing_draws_the_engines_paths(open_page: OpenPage) -> None:
    page = open_page("/")
    page.click("[data-speed='16']")
    page.keyboard.press("Space")
    expect(page.locator("#stepno")).to_have_text("Step 150 of 150")
    paths = drawn(page)
    names = ("Gradient descent", "Momentum", "Adam")
    assert tuple(sorted(paths)) == tuple(sorted(names))
    for name, (optimizer, settings) in zip(names, DUPONT, strict=True):
        assert paths[name] == engine("dupont", (0.75, 1), 150, optimizer, **settings)
    expect(page.locator("#live")).to_contain_text("Adam is in the lowest minimum, at (−0.94, 0.00), loss −2.06")


def test_the_canvas_shows_the_path_where_plotly_would(open_page: OpenPage) -> None:
    """In motion: there is ink of Adam's colour at the pixel of a point of Adam's path."""
    page = open_page("/")
    page.click("[data-speed='0.25']")
    page.keyboard.press("Space")
    page.wait_for_function("() => document.querySelector('#stepno b').textContent >= 12")
    x, y = place(page, *(column[6] for column in engine("dupont", (0.75, 1), 12, "adam", lr=0.05)))
    inked = page.evaluate(
        """([x, y]) => {
            const canvas = document.querySelector("#contour canvas.trail-line");
            const box = canvas.getBoundingClientRect();
            const ratio = canvas.width / box.width;
            const [px, py] = [(x - box.left) * ratio - 3, (y - box.top) * ratio - 3];
            const { data } = canvas.getContext("2d").getImageData(px, py, 7, 7);
            return data.some((value, index) => index % 4 === 3 && value > 200);
        }""",
        [x, y],
    )
    assert inked
    assert page.locator("#contour").get_attribute("data-moving") is not None


def test_answering_plays_and_says_how_it_was(open_page: OpenPage) -> None:
    page = open_page("/")
    page.click("[data-speed='128']")
    page.get_by_role("button", name="Momentum").first.click()
    page.locator("#ask button", has_text="Momentum").click() if page.locator("#ask").is_visible() else None
    expect(page.locator("#verdict")).to_contain_text("It is: Gradient descent")


def test_a_tap_on_a_hole_answers_a_question_about_holes(open_page: OpenPage) -> None:
    page = open_page("/", **PHONE)
    page.tap("#scenes")
    page.tap("[data-scene=watershed]")
    expect(page.locator("#ask")).to_contain_text("Tap it on the map")
    page.wait_for_function("() => document.querySelector('#function').value === 'himmelblau'")
    drawn(page)
    start = page.url
    page.touchscreen.tap(*place(page, 3.1, 1.9))
    expect(page.locator("#ask")).to_be_hidden()
    to_end(page)
    expect(page.locator("#verdict")).to_have_text("You said: upper right. It is: lower right.")
    assert page.url == start


def test_a_click_sets_the_start_and_the_address_says_so(open_page: OpenPage) -> None:
    page = open_page("/")
    to_end(page)
    drawn(page)
    page.mouse.click(*place(page, -0.5, 0.8))
    page.wait_for_url(re.compile(r"start=-0\.\d+,0\.8"))
    start = tuple(float(v) for v in re.search(r"start=([-\d.]+),([-\d.]+)", page.url).groups())  # type: ignore[union-attr]
    assert start == pytest.approx((-0.5, 0.8), abs=0.01)
    page.wait_for_function("(x) => document.querySelector('#start-x').value.replace('−', '-') == x", arg=str(start[0]))
    page.wait_for_function(
        "(x) => document.querySelector('#contour .plotly-host').data"
        ".some((trace) => trace.meta === 'run' && trace.x[0] === x)",
        arg=start[0],
    )
    assert drawn(page)["Adam"] == engine("dupont", start, 150, "adam", lr=0.05)
    page.go_back()
    expect(page.locator("#start-x")).to_have_value("0.75")


def test_dragging_the_start_moves_every_path(open_page: OpenPage) -> None:
    page = open_page("/")
    to_end(page)
    drawn(page)
    x, y = place(page, 0.75, 1)
    to_x, to_y = place(page, 0.8, 1)
    page.mouse.move(x, y)
    page.mouse.down()
    for part in range(1, 9):
        page.mouse.move(x + (to_x - x) * part / 8, y + (to_y - y) * part / 8)
    page.mouse.up()
    page.wait_for_url(re.compile("start="))
    expect(page.locator("#live")).to_contain_text("Adam")
    page.locator(".opt .nm", has_text="Momentum").click()
    expect(page.locator("#live")).to_contain_text("Momentum is trapped in a shallow minimum at (0.9")


def test_arrow_keys_move_the_start_and_fields_set_it(open_page: OpenPage) -> None:
    page = open_page("/")
    page.focus("#contour")
    page.keyboard.press("ArrowUp")
    page.wait_for_url(re.compile(r"start=0\.75,1\.03"))
    page.fill("#start-x", "−0,5")
    page.press("#start-x", "Enter")
    page.wait_for_url(re.compile(r"start=-0\.5,1\.03"))
    page.fill("#start-x", "left")
    page.press("#start-x", "Enter")
    expect(page.locator("#start-problem")).to_contain_text("“left” is not a number")


def test_a_rate_is_a_slider_and_a_number_that_agree(open_page: OpenPage) -> None:
    page = open_page("/")
    to_end(page)
    field = page.get_by_label("Adam: learning rate").first
    row = page.locator(".opt", has=page.locator(".nm", has_text="Adam"))
    row.locator("input.number").first.fill("0.2")
    row.locator("input.number").first.press("Enter")
    page.wait_for_url(re.compile(r"adam\(lr=0\.2\)"))
    row.locator("input[type=range]").first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile(r"adam\(lr=0\.21\)"))
    expect(row.locator("input.number").first).to_have_value("0.21")
    page.wait_for_function(
        "() => document.querySelector('#contour .plotly-host').data.some((trace) => trace.meta === 'ghost')"
    )
    assert field.count() == 1
    assert drawn(page)["Adam"] == engine("dupont", (0.75, 1), 150, "adam", lr=0.21)


def test_a_rate_out_of_bounds_is_said_beside_it_and_what_runs_goes_on(open_page: OpenPage) -> None:
    page = open_page("/")
    to_end(page)
    row = page.locator(".opt", has=page.locator(".nm", has_text="Adam"))
    row.locator("input.number").first.fill("-1")
    row.locator("input.number").first.press("Enter")
    expect(row.locator(".problem")).to_contain_text("from 0 to 1000")
    assert drawn(page)["Adam"] == engine("dupont", (0.75, 1), 150, "adam", lr=0.05)


def test_a_change_in_mid_run_bends_the_path_and_stands_in_the_link(open_page: OpenPage) -> None:
    page = open_page("/?surface=bowl&start=1,3&steps=200&run=sgd(lr=0.01)")
    page.click("[data-speed='0.25']")
    page.keyboard.press("Space")
    page.wait_for_function("() => document.querySelector('#stepno b').textContent >= 5")
    page.locator(".opt input.number").first.fill("0.1")
    page.locator(".opt input.number").first.press("Enter")
    page.wait_for_url(re.compile(r"change=0@(\d+)\(lr=0\.1\)"))
    after = int(re.search(r"change=0@(\d+)", page.url)[1])  # type: ignore[index]
    page.keyboard.press("Tab")
    page.click("[data-action=play]")
    page.keyboard.press("End")
    expect(page.locator("#stepno")).to_have_text("Step 200 of 200")
    xs = drawn(page)["Gradient descent"][0]
    assert xs[after] == pytest.approx(0.98**after, rel=1e-12)
    assert xs[after + 2] == pytest.approx(0.98**after * 0.8**2, rel=1e-12)


def test_runs_are_added_duplicated_hidden_and_removed(open_page: OpenPage) -> None:
    page = open_page("/")
    page.click("#add")
    page.click("#add-menu [data-optimizer=rmsprop]")
    page.wait_for_url(re.compile("run=rmsprop"))
    expect(page.locator(".opt")).to_have_count(4)
    row = page.locator(".opt", has=page.locator(".nm", has_text="RMSProp"))
    row.locator(".mo").click()
    row.get_by_role("button", name="Duplicate").click()
    expect(page.locator(".opt")).to_have_count(5)
    page.locator(".opt .rm").last.click()
    expect(page.locator(".opt")).to_have_count(4)
    to_end(page)
    drawn(page)
    page.locator(".opt").last.get_by_role("button", name="Hide").click()
    page.wait_for_function(
        "() => document.querySelector('#contour .plotly-host').data"
        ".filter((trace) => trace.meta === 'run').length === 3"
    )


def test_a_typed_function_runs_and_a_mistake_points(open_page: OpenPage) -> None:
    page = open_page("/", quiet=False)  # the browser notes the refusal in its console
    page.fill("#formula", "x^2 + sen(y)")
    expect(page.locator("#formula-problem")).to_contain_text("sin")
    expect(page.locator("#formula-problem mark")).to_have_text("s")
    page.fill("#formula", "x^2 + 3y^2")
    page.wait_for_url(re.compile("formula="))
    expect(page.locator("#formula-shown msup").first).to_be_attached()
    page.locator("#formula").blur()
    to_end(page)
    paths = drawn(page)
    run = Run(
        make_problem("formula", formula="x**2 + 3*y**2"),
        optimizer="adam",
        settings={"lr": 0.05},
        start=(0.75, 1),
        steps=150,
    )
    assert paths["Adam"][0] == run.advance(150)["x"].tolist()


def test_a_typed_rule_races_adam_and_its_names_are_settings(open_page: OpenPage) -> None:
    page = open_page("/?surface=bowl&start=1,3&steps=60&run=adam(lr=0.1)", quiet=False)  # refusals are noted
    page.click("#add")
    page.get_by_role("button", name="Your own rule").click()
    field = page.get_by_label("Rule, one line each")
    expect(field).to_be_focused()
    expect(field).to_have_value("v = 0.9*v + g\nx = x - lr*v")
    page.wait_for_url(re.compile("spec="))
    field.fill("v = beta*v + g\nx = x - lr*v")
    row = page.locator(".opt").nth(1)
    expect(row.get_by_label("Own rule: beta").first).to_be_visible()
    expect(row.get_by_label("Rule, one line each")).to_be_focused()
    number = row.locator("input.number[aria-label='Own rule: beta']")
    number.fill("0.8")
    number.press("Enter")
    expect(page.locator("#why th math")).to_have_count(4)
    number.blur()
    to_end(page)
    page.wait_for_function(
        "(x) => document.querySelector('#contour .plotly-host').data"
        ".some((trace) => trace.meta === 'run' && trace.name === 'Own rule' && trace.x.at(-1) === x)",
        arg=own_rule("v = beta*v + g\nx = x - lr*v", 60, lr=0.01, beta=0.8),
    )
    assert len(drawn(page)["Adam"][0]) == 61


def own_rule(rule: str, steps: int, **settings: float) -> float:
    """The last x of a typed rule on the bowl."""
    run = Run(make_problem("surface", name="bowl"), rule=rule, settings=settings, start=(1, 3), steps=steps)
    return float(run.advance(steps)["x"][-1])


WORDS_ON_THE_MAP = """() => {
    window.words = [];
    const { fillText } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
        if (this.canvas.closest?.("#contour")) window.words.push([text, Math.round(x), Math.round(y)]);
        return fillText.call(this, text, x, y);
    };
}"""


@pytest.mark.parametrize(
    "run",
    [
        {"optimizer": "momentum", "settings": {"lr": 0.02, "momentum": 0.9}},
        {
            "rule": "u = 0.9*u - lr*g\nx = x + u",
            "settings": {"lr": 0.02},
        },  # the same steps from a memory in other signs
    ],
)
def test_where_memory_alone_would_lead_is_an_arrow_whatever_the_rule(open_page: OpenPage, run: dict[str, Any]) -> None:
    spec = Spec.model_validate(
        {"problem": {"kind": "surface", "name": "bowl"}, "start": [1, 3], "steps": 60, "runs": [run]}
    )
    link = links.write(spec)
    assert link
    page = open_page("/?" + link.partition("?")[2] + "#step=20")
    page.evaluate(WORDS_ON_THE_MAP)
    page.get_by_label("Step arrows").check()
    page.wait_for_function("() => window.words.some(([text]) => text === 'if flat here')")
    told = page.evaluate("() => window.words.filter(([text]) => text === 'if flat here').at(-1).slice(1)")
    problem = make_problem("surface", name="bowl")
    rows = Run(problem, "momentum", settings={"lr": 0.02}, start=(1, 3), detail=True).advance(20)
    x, y = place(page, rows["x"][-1], rows["y"][-1])
    box = page.locator("#contour .trail-line").bounding_box()
    assert box is not None
    way = (-rows["v_x"][-1], rows["v_y"][-1])  # on the screen y goes down
    u, v = told[0] - (x - box["x"]), told[1] - (y - box["y"])
    assert u * way[0] > 0
    assert v * way[1] > 0
    assert abs(v) > 20


def test_a_mistake_in_a_rule_points_at_its_column_and_what_runs_goes_on(open_page: OpenPage) -> None:
    page = open_page("/?surface=bowl&start=1,3&steps=60&run=adam(lr=0.1)", quiet=False)
    page.click("#add")
    page.get_by_role("button", name="Your own rule").click()
    page.wait_for_url(re.compile("spec="))
    page.get_by_label("Rule, one line each").fill("v = 0.9*v + g\nx = x - lr*$v")
    problem = page.locator(".rule .problem")
    expect(problem).to_contain_text("'$' cannot be read here")
    expect(problem.locator("mark")).to_have_text("$")
    expect(problem.locator("code")).to_have_text("x = x - lr*$v")
    expect(page.locator(".opt")).to_have_count(2)
    page.get_by_label("Rule, one line each").fill("x = x - lr*g")
    expect(problem).to_be_hidden()


def test_a_function_of_one_variable_has_a_curve(open_page: OpenPage) -> None:
    page = open_page("/?surface=parabola&start=1&steps=30&run=sgd(lr=0.4)")
    expect(page.locator("#curve canvas").first).to_be_visible()
    expect(page.locator("#contour")).to_be_hidden()
    for value in ("0.20", "0.04"):
        page.keyboard.press("ArrowRight")
        expect(page.locator("#live")).to_contain_text(f"is at {value}")
    page.select_option("#function", "bowl")
    expect(page.locator("#contour canvas.trail-line")).to_be_visible()


def test_divergence_is_said_with_its_step(open_page: OpenPage) -> None:
    page = open_page("/?surface=rosenbrock&steps=100&run=sgd(lr=10)")
    to_end(page)
    expect(page.locator("#live")).to_contain_text(
        re.compile(r"Gradient descent diverged after step \d+: a learning rate of 10 is too large")
    )


def test_why_this_step_shows_the_engines_numbers(open_page: OpenPage) -> None:
    page = open_page("/?surface=rosenbrock&start=0.1,2&steps=600&run=adam(lr=0.08)#step=412")
    rows = page.locator("#why tr")
    expect(rows).to_have_count(7)
    expect(page.locator("#why-aside")).to_have_text("step 412 → 413")
    expect(rows.nth(3)).to_contain_text("−0.04598")
    expect(page.locator("#why tr.key")).to_contain_text("7.50 × 10⁻⁵")


def test_scenes_open_by_the_gallery_and_by_digits_when_presenting(open_page: OpenPage) -> None:
    page = open_page("/")
    page.click("#scenes")
    page.click("[data-scene=banana]" if page.locator("[data-scene=banana]").count() else ".scene >> nth=4")
    page.wait_for_url(re.compile("surface=rosenbrock"))
    page.keyboard.press("p")
    page.keyboard.press("2")
    page.wait_for_url(re.compile("surface=parabola"))


def test_the_order_of_arrival_counts_steps(open_page: OpenPage) -> None:
    page = open_page("/")
    to_end(page)
    page.click("[data-panel=arrival]")
    rows = page.locator("#arrival-rows tr")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("Adam")
    expect(rows.last).to_contain_text("not yet")
    page.fill("#goal", "0.5")
    page.press("#goal", "Enter")
    losses = Run(
        make_problem("surface", name="dupont"), optimizer="adam", settings={"lr": 0.05}, start=(0.75, 1), steps=150
    ).advance(150)["loss"]
    first = next(step for step, loss in enumerate(losses) if loss <= -2.063090251768194 + 0.5)
    expect(rows.first).to_contain_text(str(first))


def test_the_window_is_set_by_numbers_and_stands_in_the_link(open_page: OpenPage) -> None:
    page = open_page("/")
    expect(page.locator("#window-x")).to_have_value("−1.8 … 1.8")
    for field, text in (("#window-x", "-0.5 … 1,5"), ("#window-y", "−1 to 1")):
        page.fill(field, text)
        page.press(field, "Enter")
    page.wait_for_url(re.compile(r"#window=-0\.5,1\.5,-1,1$"))
    page.locator("#window-y").blur()
    again = open_page(page.url[page.url.index("/", 8) :])
    expect(again.locator("#window-x")).to_have_value("−0.5 … 1.5")
    drawn(again)
    shown = again.evaluate(
        "() => ['xaxis', 'yaxis'].map("
        "(axis) => document.querySelector('#contour .plotly-host')._fullLayout[axis].range)"
    )
    assert shown[1] == pytest.approx([-1, 1])
    assert shown[0][0] <= -0.5
    assert shown[0][1] >= 1.5
    again.fill("#window-x", "3 … 1")
    again.press("#window-x", "Enter")
    expect(again.locator("#window-problem")).to_contain_text("“3 … 1” is not a range")


def test_a_hand_out_and_a_pytorch_script_are_taken_away(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/")
    page.click("#share")
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Interactive hand-out").click()
    assert download.value.suggested_filename == "two-holes.html"
    download.value.save_as(tmp_path / "two-holes.html")
    said = (tmp_path / "two-holes.html").read_text(encoding="utf-8")
    assert "Plotly.newPlot" in said
    assert "surface=dupont" in said
    page.click("#share")
    page.get_by_role("menuitem", name="PyTorch script").click()
    script = page.locator("dialog code").inner_text()
    compile(script, "script", "exec")
    assert "torch.optim.SGD(p, lr=0.01, momentum=0.9)" in script
    assert "range(150)" in script


def test_no_pytorch_script_where_torch_has_no_such_rule(open_page: OpenPage) -> None:
    page = open_page("/?surface=bowl&steps=20&run=lion(lr=0.1)")
    page.click("#share")
    expect(page.get_by_role("menuitem", name="Python code")).to_be_visible()
    expect(page.get_by_role("menuitem", name="PyTorch script")).to_be_hidden()


def test_theory_says_the_cliff(open_page: OpenPage) -> None:
    page = open_page("/?surface=ravine&start=-8,2&steps=150&run=sgd(lr=0.038)")
    page.keyboard.press("t")
    expect(page.locator(".gauge")).to_have_text("0.95 of the cliff at 0.040")
    expect(page.locator("#contour-aside")).to_contain_text("curvature 50.0 by 1.0")
    expect(page.locator("#contour-aside")).to_contain_text("a step ×0.962, measured ×0.962")


def test_fog_sets_the_sun(open_page: OpenPage) -> None:
    page = open_page("/")
    page.keyboard.press("f")
    expect(page.locator("#contour-aside")).to_contain_text("sun sets in 60 steps")
    to_end(page)
    expect(page.locator("#contour-aside")).to_contain_text("The sun has set")


def test_nonsense_in_a_link_is_said_and_the_rest_is_used(open_page: OpenPage) -> None:
    page = open_page("/?surface=bowl&colour=red&run=adam(lr=0.1)")
    expect(page.locator(".note")).to_contain_text("colour")
    expect(page.locator("#function")).to_have_value("bowl")


@pytest.mark.parametrize("step", ["-5", "2.5", "last"])
def test_a_step_that_is_none_is_the_start(open_page: OpenPage, step: str) -> None:
    page = open_page(f"/?surface=bowl&run=adam(lr=0.1)#step={step}")
    drawn(page)
    expect(page.locator("#stepno")).to_have_text(re.compile(r"Step 0 of"))


@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "zh")])
def test_axe_finds_nothing_serious(
    open_page: OpenPage, serious: Callable[[Page], list[str]], language: str, scheme: str
) -> None:
    page = open_page(f"/?lang={language}", color_scheme=scheme)
    to_end(page)
    drawn(page)
    page.keyboard.press("t")
    page.click("[data-panel=arrival]")
    page.locator(".opt .mo").last.click()
    assert serious(page) == []


def test_a_phone_has_one_column_and_a_sheet(open_page: OpenPage, serious: Callable[[Page], list[str]]) -> None:
    page = open_page("/", **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.tap("[data-action=play]")
    page.wait_for_function("() => document.querySelector('#stepno b').textContent > 3")
    page.tap("[data-action=play]")
    page.tap(".tabs [data-view=surface]")
    expect(page.locator("#surface")).to_be_visible()
    page.tap(".tabs [data-view=contour]")
    x, y = place(page, -0.5, -0.8)
    page.touchscreen.tap(x, y)
    page.wait_for_url(re.compile(r"start=-0\.[45]\d*,-0\.[78]"))
    page.tap("[data-action=sheet]")
    expect(page.locator("#rail")).to_have_attribute("data-open", "")
    assert serious(page) == []
