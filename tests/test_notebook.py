"""docs/notebook.ipynb runs from top to bottom against a served Steepest, and prints what stands in it."""

import ast
import contextlib
import io
import json
import os
from pathlib import Path
from typing import Any

import plotly.graph_objects as go  # type: ignore[import-untyped]
import pytest

from tests.serving import free_port, start_server, stop_server

FILE = Path(__file__).resolve().parents[1] / "docs" / "notebook.ipynb"
NOTEBOOK: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))


def run(source: str, names: dict[str, Any]) -> tuple[str, Any]:
    """What a cell prints, and the value of its last line, as a notebook shows them."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(tree, str(FILE), "exec"), names)
        value = (
            eval(compile(ast.Expression(last.value), str(FILE), "eval"), names) if isinstance(last, ast.Expr) else None
        )
    return said.getvalue(), value


def test_every_cell_runs_and_prints_what_stands_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    server = start_server(free_port())
    monkeypatch.setenv("STEEPEST_URL", server.http)
    names: dict[str, Any] = {"__name__": "__main__"}
    figures = []
    try:
        for cell in NOTEBOOK["cells"]:
            if cell["cell_type"] == "code":
                said, value = run("".join(cell["source"]), names)
                written = "".join(text for output in cell["outputs"] for text in output["text"])
                if os.environ.get("STEEPEST_WRITE"):  # make the file say what it says now
                    text = said.splitlines(keepends=True)
                    cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": text}] if said else []
                else:
                    assert said == written
                figures += [value] if isinstance(value, go.Figure) else []
    finally:
        names["steepest"].close()
        stop_server(server)
    assert [len(figure.data) for figure in figures] == [3, 4]  # own lines; the map and its three paths
    assert [len(trace.x) for trace in figures[0].data] == [301, 301, 301]
    rows = names["answer"]["runs"][2]["columns"]
    assert list(figures[1].data[3].x) == rows["x"]
    if os.environ.get("STEEPEST_WRITE"):
        FILE.write_text(json.dumps(NOTEBOOK, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def test_it_is_a_notebook() -> None:
    assert (NOTEBOOK["nbformat"], NOTEBOOK["metadata"]["language_info"]["name"]) == (4, "python")
    assert len({cell["id"] for cell in NOTEBOOK["cells"]}) == len(NOTEBOOK["cells"])
    assert NOTEBOOK["cells"][0]["source"][0].startswith("# ")
