"""What the benchmarks print and keep: figures beside bars, and rows that were not measured again stay."""

from pathlib import Path

import pytest

from benchmarks import tables
from benchmarks.tables import Table


def test_a_figure_stands_beside_its_bar() -> None:
    table = Table()
    table.add("ready after", 1.5, "s", 2)
    table.add("a slice at p99", 643, "ms", 150)
    table.add("sweeps take", 12, "s")
    rows = table.text().splitlines()[2:]
    assert [[cell.strip() for cell in row.split("|")][1:5] for row in rows] == [
        ["ready after", "1.5 s", "2 s", "met"],
        ["a slice at p99", "643 ms", "150 ms", "**missed**"],
        ["sweeps take", "12 s", "", ""],
    ]
    assert table.missed == ["a slice at p99"]


def test_one_scenario_measured_again_leaves_the_other_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text("before\n<!-- server -->\n<!-- end of server -->\nafter\n", encoding="utf-8")
    monkeypatch.setattr(tables, "PAGE", page)
    first, second = Table(), Table()
    first.add("ready after", 3, "s", 2)
    first.add("p99", 20, "ms", 150)
    first.keep("server")
    second.add("ready after", 1, "s", 2)
    second.keep("server")
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n<!-- server -->\n")
    assert text.endswith("<!-- end of server -->\nafter\n")
    assert text.count("| ready after | 1 s | 2 s | met |") == text.count("| p99 | 20 ms | 150 ms | met |") == 1
    assert "3 s" not in text


def test_the_document_has_the_section() -> None:
    text = tables.PAGE.read_text(encoding="utf-8")
    assert text.count("<!-- server -->\n") == text.count("<!-- end of server -->") == 1
