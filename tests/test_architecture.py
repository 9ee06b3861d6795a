"""Who may know whom."""

import ast
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PYTHON = [*(ROOT / "core").rglob("*.py"), *(ROOT / "app").rglob("*.py")]
SCRIPTS = [file for file in (ROOT / "static" / "js").rglob("*.js") if "views" not in file.parts]
STANDARD = {"numpy", "core"}


def imports(file: Path) -> set[str]:
    """Every dotted name that a module imports, names from modules among them."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def who(name: str) -> set[str]:
    """The modules of the service and the engine that import a name, or from it."""
    return {
        file.relative_to(ROOT).as_posix()
        for file in PYTHON
        if any(part == name or part.startswith(f"{name}.") for part in imports(file))
    }


def test_the_engine_knows_numpy_and_the_standard_library_only() -> None:
    import sys

    for file in (ROOT / "core").rglob("*.py"):
        roots = {name.partition(".")[0] for name in imports(file)} - {""}
        assert roots <= STANDARD | sys.stdlib_module_names, file


def test_the_engine_has_no_clock_and_no_files() -> None:
    forbidden = {"time", "datetime", "json", "socket", "asyncio", "pathlib", "io", "os"}
    # but for the command line, and for the one line that keeps matrix products on one thread
    apart = {ROOT / "core" / "__main__.py", ROOT / "core" / "__init__.py"}
    for file in (ROOT / "core").rglob("*.py"):
        if file not in apart:
            assert not {name.partition(".")[0] for name in imports(file)} & forbidden, file


def test_only_the_stream_knows_websockets() -> None:
    assert who("fastapi.WebSocket") | who("starlette.websockets") == {"app/stream.py"}
    assert who("websockets") == set()


def test_only_the_pages_know_templates() -> None:
    assert who("jinja2") == {"app/pages.py"}


BUILDS = {"eval", "exec", "compile", "__import__"}
BUILT = {"core/formula/emit.py": {"compile", "exec"}, "core/formula/operations.py": {"eval"}}


@pytest.mark.parametrize("name", ["pickle", "marshal", "shelve", "dill", "yaml"])
def test_nothing_is_unpickled(name: str) -> None:
    assert who(name) == set()


def test_nothing_from_outside_is_evaluated() -> None:
    """What is compiled is emitted here: generated names, operations of our own table and `repr` of floats."""
    for file in PYTHON:
        calls = (node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
        called = {call.func.id for call in calls if isinstance(call.func, ast.Name)}
        assert called & BUILDS == BUILT.get(file.relative_to(ROOT).as_posix(), set()), file


def test_plotly_is_loaded_only_for_a_figure() -> None:
    for file in PYTHON:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        top = {a.name for n in tree.body if isinstance(n, ast.Import) for a in n.names}
        top |= {n.module or "" for n in tree.body if isinstance(n, ast.ImportFrom)}
        assert not any(name.partition(".")[0] == "plotly" for name in top), file


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_only_views_touch_the_document(file: Path) -> None:
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", file.read_text(encoding="utf-8"), flags=re.S)
    # `window` is also what is drawn of a surface: a browser's is known by what it is asked for
    names = r"document|Plotly|location|localStorage|history|navigator"
    asked = r"window(?=\.(?:add|remove|inner|outer|match|request|get|device|location|document|set|scroll|open))"
    assert not re.findall(rf"(?<![\w.\"'])(?:(?:{names})\s*[.\[(]|{asked})", text)


TOLD = re.findall(
    r"^### `([\w/]+)`\n(.*?)(?=^#)", (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"), re.S | re.M
)


def test_the_architecture_tells_of_every_folder() -> None:
    folders = {file.parent for file in [*PYTHON, *(ROOT / "static" / "js").rglob("*.js")]}
    assert {name for name, _ in TOLD} == {folder.relative_to(ROOT).as_posix() for folder in folders}


@pytest.mark.parametrize(("folder", "rows"), TOLD, ids=[name for name, _ in TOLD])
def test_the_architecture_tells_of_every_module(folder: str, rows: str) -> None:
    names = [name for row in re.findall(r"^\| (`.*?) \|", rows, re.M) for name in re.findall(r"`(.+?)`", row)]
    there = [file.name for file in (ROOT / folder).iterdir() if file.suffix in {".py", ".js"}]
    assert [name for name in there if not any(fnmatch(name, told) for told in names)] == []
    assert [told for told in names if not any(fnmatch(name, told) for name in there)] == []
