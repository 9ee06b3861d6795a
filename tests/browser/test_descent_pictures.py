"""Pictures of the Descent page, as files that are opened and measured."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_descent import DUPONT, drawn, engine, to_end

OpenPage = Callable[..., Page]
SVG = "{http://www.w3.org/2000/svg}"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def saved(page: Page, tmp_path: Path, kind: str) -> Path:
    page.click("#share")
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=f"Picture as {kind}").click()
    path = tmp_path / f"picture.{kind.lower()}"
    download.value.save_as(path)
    return path


def ends(figure: ET.Element) -> list[tuple[float, float]]:
    """The last vertex of each run's line, in pixels of the plot."""
    found = []
    for group in figure.iter(f"{SVG}g"):
        if "tracepath-run-" in group.get("class", ""):
            (line,) = [path for path in group.iter(f"{SVG}path") if "js-line" in path.get("class", "")]
            *_, x, y = map(float, NUMBER.findall(line.get("d", "")))
            found.append((x, y))
    return found


def pixels(page: Page, point: list[float]) -> list[float]:
    at: list[float] = page.evaluate(
        "([x, y]) => { const { xaxis, yaxis } = document.querySelector('#contour .plotly-host')._fullLayout;"
        " return [xaxis.d2p(x), yaxis.d2p(y)]; }",
        point,
    )
    return at


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_svg_holds_the_paths_as_vectors_that_end_where_the_engine_ends(
    open_page: OpenPage, tmp_path: Path, scheme: str
) -> None:
    page = open_page("/", color_scheme=scheme)
    to_end(page)
    names = list(drawn(page))
    page.wait_for_selector("#surface canvas")
    page.wait_for_function("() => document.querySelector('#surface .plotly-host')?._fullLayout?.scene?._scene")
    root = ET.parse(saved(page, tmp_path, "SVG")).getroot()
    (contour,) = [node for node in root.iter(f"{SVG}svg") if node.get("class") == "plot-contour"]
    expected = {
        "Gradient descent" if name == "sgd" else name.title(): engine("dupont", (0.75, 1), 150, name, **settings)
        for name, settings in DUPONT
    }
    for name, end in zip(names, ends(contour), strict=True):
        x, y = expected[name]
        assert end == pytest.approx(pixels(page, [x[-1], y[-1]]), abs=0.1)
    images = list(root.iter(f"{SVG}image"))
    assert len(images) == 1, "only the surface in space is a bitmap"
    expect(page.get_by_text("only the surface in space is a bitmap")).to_be_visible()
    space = [node for node in root.iter(f"{SVG}svg") if node.get("data-trail") == "surface"]
    assert sum(len(list(layer.iter(f"{SVG}path"))) for layer in space) >= 3
    said = [node.text for node in root.iter(f"{SVG}text")]
    assert {"start", "Adam", "Loss", "x", "y"} <= {text.strip() for text in said if text}
    (anchor,) = [node for node in root.iter(f"{SVG}a") if node.get("href", "").startswith("http")]
    assert anchor.get("href", "").endswith("/?surface=dupont&steps=150&run=sgd&run=momentum&run=adam(lr=0.05)#step=150")
    assert "Adam is in the lowest minimum" in (root.findtext(f"{SVG}desc") or "")
    paper = root.find(f"{SVG}rect")
    assert paper is not None
    assert paper.get("fill") == page.evaluate("() => getComputedStyle(document.body).backgroundColor")


def test_a_curve_of_one_variable_is_vectors_altogether(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/?formula=x**2&start=1&steps=10&run=sgd(lr=0.4)")
    to_end(page)
    page.wait_for_selector("#curve .plotly-host .scatterlayer")  # at rest it is Plotly's
    root = ET.parse(saved(page, tmp_path, "SVG")).getroot()
    assert not list(root.iter(f"{SVG}image"))


def test_a_png_is_twice_the_size_of_what_is_shown(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/")
    to_end(page)
    drawn(page)
    data = saved(page, tmp_path, "PNG").read_bytes()
    width = int.from_bytes(data[16:20])
    stage: Any = page.evaluate("() => document.querySelector('#stage').getBoundingClientRect().width")
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert width == 2 * round(stage)
