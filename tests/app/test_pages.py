"""The pages: language, the spec of the address, what is ignored, and what is fetched from where."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from plotly.offline import get_plotlyjs_version  # type: ignore[import-untyped]

from app import links
from app.assets import Assets
from app.pages import imported, opening, understand
from app.paths import folder
from app.scenes import SCENES
from core.optimizers import OPTIMIZERS
from tests.serving import Caller

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "static"


def data(page: str) -> dict[str, Any]:
    """A page's data block."""
    found = re.search(r'<script type="application/json" id="page">(.*?)</script>', page, re.S)
    assert found
    block: dict[str, Any] = json.loads(found[1])
    return block


@pytest.mark.parametrize("address", ["/", "/losses"])
def test_a_page_carries_what_its_scripts_need(call: Caller, address: str) -> None:
    answer = call.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    page = data(answer.text)
    assert page["language"] == "en"
    assert page["messages"] == {}
    assert page["spec"]["runs"]
    assert page["link"] == page["scenes"][0]["link"]
    assert page["ignored"] == []
    assert {row["name"] for row in page["catalog"]["optimizers"]} >= {"sgd", "momentum", "adam"}


@pytest.mark.parametrize("address", ["/", "/losses", "/classify", "/batches", "/backprop", "/embed", "/docs"])
def test_pages_have_no_inline_script_and_load_nothing_from_elsewhere(call: Caller, address: str) -> None:
    text = call.get(address).text
    for tag in re.findall(r"<script[^>]*>", text):
        assert "src=" in tag or 'type="application/json"' in tag, tag
    assert not re.search(r"\son[a-z]+=", text)
    assert not re.findall(r"""(?:src|href)=["'](?:https?:)?//""", text)


def test_text_in_the_data_block_cannot_end_it(call: Caller) -> None:
    text = call.get("/?formula=x**2</script><script>alert(1)</script>").text
    assert "<script>alert" not in text


def test_chinese_by_address_and_by_browser(call: Caller) -> None:
    asked = call.get("/losses?lang=zh")
    assert '<html lang="zh-CN">' in asked.text
    assert 'href="/?lang=zh"' in asked.text  # links inside carry the language when the address has it
    preferred = call.get("/losses", headers={"Accept-Language": "zh-CN,zh;q=0.9"})
    assert '<html lang="zh-CN">' in preferred.text
    assert 'href="/"' in preferred.text
    assert "Accept-Language" in preferred.headers["vary"]
    assert data(asked.text)["messages"]["squared error"] == "均方误差"


def test_the_other_language_keeps_the_spec(call: Caller) -> None:
    text = call.get("/?surface=beale&lang=en").text
    assert 'href="/?surface=beale&amp;lang=zh"' in text


def test_only_pages_that_exist_are_in_the_navigation(call: Caller) -> None:
    navigation = re.search(r"<nav.*?</nav>", call.get("/").text, re.S)
    assert navigation
    for address in re.findall(r'href="([^"]+)"', navigation[0]):
        assert call.get(address).status_code == 200


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_every_scene_is_one_link(scene: Any) -> None:
    opened = understand([], scene.spec).prepared.spec
    link = links.write(opened)
    assert link is not None
    again = understand(parse_qsl(link.partition("?")[2]), opening("descent"))
    assert again.ignored == ()
    assert again.prepared.spec == opened


def test_what_a_link_leaves_out_comes_from_the_opening_scene() -> None:
    asked = understand([("surface", "beale")], opening("descent"))
    assert asked.ignored == ()
    spec = asked.prepared.spec
    assert spec.problem is not None
    assert spec.problem.model_dump()["name"] == "beale"
    assert [run.optimizer for run in spec.runs] == [run["optimizer"] for run in opening("descent")["runs"]]


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ([("surface", "nowhere")], ["problem.name"]),
        ([("colour", "red")], ["colour"]),
        ([("run", "adam(lr=2000)")], ["runs[0].settings.lr"]),
        ([("run", "adam(lr=0.1)"), ("run", "fastest(lr=1)")], ["runs[1].optimizer"]),
        ([("steps", "99999"), ("start", "1,1")], ["steps"]),
        ([("formula", "x +* y")], ["problem.formula"]),
        ([("spec", "rubbish")], ["spec"]),
        ([("start", "1,2,3,4")], ["start"]),
        ([("change", "7@1(lr=1)")], ["changes[0].run"]),
        ([("change", "a"), ("run", "(("), ("change", "b")], ["runs[0]", "changes[0]", "changes[1]"]),
    ],
)
def test_nonsense_is_left_out_and_said(query: list[tuple[str, str]], fields: list[str]) -> None:
    asked = understand(query, opening("descent"))
    assert [fault.field for fault in asked.ignored] == fields
    assert all(fault.message for fault in asked.ignored)
    assert asked.prepared.spec.runs


def test_a_page_lists_fifty_mistakes_at_most(call: Caller) -> None:
    assert len(data(call.get("/?" + "&".join(["change=a"] * 300)).text)["ignored"]) == 50


def test_modules_are_named_before_they_are_asked_for(call: Caller) -> None:
    assets = Assets(folder("static"))
    found = imported(assets, "js/views/losses_page.js")
    assert "js/player.js" in found
    assert "js/views/chart.js" in found
    assert not any("vendor" in module for module in found)
    text = call.get("/losses").text
    for module in found:
        assert f'rel="modulepreload" href="{assets.url(module)}"' in text


def test_plotly_is_fetched_ahead_where_a_page_draws_with_it_at_once() -> None:
    assets = Assets(folder("static"))
    for page in ("descent", "batches"):
        vendored = [Path(path).name for path in imported(assets, f"js/views/{page}_page.js") if "vendor" in path]
        assert vendored == ["plotly.js", "plotly-core.js"]  # not the part in space, which comes after the first figure


def test_plotly_here_is_the_one_of_the_python_package() -> None:
    folders = [path.name for path in (STATIC / "vendor").iterdir() if path.name.startswith("plotly-")]
    assert folders == [f"plotly-{get_plotlyjs_version()}"]
    assert f"plotly.js {get_plotlyjs_version()}\n" in (STATIC / "vendor" / folders[0] / "VERSIONS").read_text()
    assert "MIT" in (STATIC / "vendor" / folders[0] / "LICENSE").read_text()


def test_colours_are_those_of_the_table() -> None:
    assert subprocess.run([sys.executable, ROOT / "tools" / "colours", "check"], check=False).returncode == 0


def test_every_optimizer_has_a_look_of_its_own() -> None:
    tokens = json.loads((STATIC / "tokens.json").read_text())
    assert set(OPTIMIZERS) <= set(tokens["optimizers"])
    looks = [tuple(tokens["optimizers"][name].values()) for name in OPTIMIZERS]
    assert len(set(looks)) == len(looks)
    for look in tokens["optimizers"].values():
        assert look["family"] in tokens["light"]
        assert look["dash"] in tokens["dashes"]


@pytest.mark.parametrize(
    ("query", "figure", "drawn"),
    [
        ("", "contour", True),
        ("?surface=beale&figure=surface&run=adam", "surface", True),
        ("?formula=x**2&start=1&run=sgd", "curve", True),
        ("?formula=x**2&start=1&run=sgd&figure=loss", "loss", True),
        ("?neuron=ce&start=2,2&run=sgd", "contour", True),
        ("?start=2,2&run=sgd;neuron=mse&run=sgd;neuron=ce", "loss", False),
    ],
)
def test_an_embedded_figure_fits_its_spec(call: Caller, query: str, figure: str, drawn: bool) -> None:
    page = data(call.get(f"/embed{query}").text)
    assert page["ignored"] == []
    assert (page["figure"], page["drawn"]) == (figure, drawn)


def test_a_figure_that_does_not_fit_is_said(call: Caller) -> None:
    (fault,) = data(call.get("/embed?formula=x**2&start=1&run=sgd&figure=contour").text)["ignored"]
    assert (fault["field"], fault["code"], fault["values"]) == ("figure", "unknown", {"known": ["curve", "loss"]})


def test_a_figure_has_what_it_draws_whatever_columns_were_picked(call: Caller) -> None:
    page = data(call.get("/embed?surface=bowl&run=sgd;columns=loss").text)
    assert "columns" not in page["spec"]["runs"][0]
    assert "columns=loss" in page["link"]
