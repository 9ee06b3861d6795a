"""A row in a registry is enough: the rows of docs/adding-*.md reach catalog, pages, REST API, links and docs."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest

from app import pages
from app.main import create_app
from core import optimizers, surfaces
from core.__main__ import main
from core.reference import page
from tests.serving import Caller

DOCS = Path(__file__).resolve().parents[2] / "docs"


def row(document: str, module: object) -> object:
    """The row that a page of docs shows, made as it stands there."""
    (code,) = re.findall(r"```python\n(.*?)```", (DOCS / document).read_text(), re.S)
    made: object = eval(code.strip().rstrip(","), dict(vars(module)))  # our own docs
    return made


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Caller:
    """An application whose registries have the two rows of the docs, and nothing else that is new."""
    surface, optimizer = row("adding-a-surface.md", surfaces), row("adding-an-optimizer.md", optimizers)
    assert isinstance(surface, surfaces.Surface)
    assert isinstance(optimizer, optimizers.Optimizer)
    monkeypatch.setitem(surfaces.SURFACES, surface.name, surface)
    monkeypatch.setitem(optimizers.OPTIMIZERS, optimizer.name, optimizer)
    # Pages make the catalog once a process: this one's is of its own, and is thrown away afterwards.
    monkeypatch.setattr(pages, "_catalog", pages._catalog.__wrapped__)
    return Caller(create_app())


def test_the_catalog_has_both(call: Caller) -> None:
    catalog = call.get("/api/v1/catalog").json()
    assert catalog["surfaces"][-1]["name"] == "trench"
    assert catalog["surfaces"][-1]["settings"][0]["name"] == "depth"
    signum = catalog["optimizers"][-1]
    assert [line["word"] for line in signum["lines"]] == ["average gradient", "next point"]


def test_the_rest_api_serves_both(call: Caller) -> None:
    grid = call.get("/api/v1/surfaces/trench?resolution=11").json()
    assert grid["minima"] == [{"point": [0, 0], "value": 0}]
    link = "surface=trench(depth=2)&steps=3&run=signum(lr=0.5,momentum=0)"
    answer = call.get(f"/api/v1/trajectories?{link}").json()
    (run,) = answer["runs"]
    assert run["columns"]["x"] == [2, 1.5, 1, 0.5]
    assert run["columns"]["y"] == [2.5, 2, 1.5, 1]
    assert answer["link"].endswith(link)


def test_the_page_offers_both(call: Caller) -> None:
    text = call.get("/").text
    (data,) = re.findall(r'<script type="application/json" id="page">(.*?)</script>', text, re.S)
    catalog = json.loads(data)["catalog"]
    assert "trench" in [surface["name"] for surface in catalog["surfaces"]]
    assert "signum" in [optimizer["name"] for optimizer in catalog["optimizers"]]


@pytest.mark.usefixtures("call")
def test_the_docs_and_the_command_line_tell_of_both() -> None:
    assert "### Trench: `trench`" in page()
    assert "m = momentum*m + (1 - momentum)*g" in page()
    out = io.StringIO()
    assert main(["show", "signum", "on", "trench"], out) == 0
    assert "# Signum on x**2 + 5*tanh(y)**2" in out.getvalue()
