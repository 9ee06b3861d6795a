"""The scripts' pure modules, each with its tests, run in a real Chromium without a server or a document."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "tests" / "js"
FILES = sorted(path.name for path in HERE.glob("*.test.js"))
PURE = sorted(path.name for path in (ROOT / "static" / "js").glob("*.js"))

pytestmark = pytest.mark.xdist_group("modules")


@pytest.mark.parametrize("name", FILES)
def test_module(page: Page, name: str) -> None:
    results: list[dict[str, Any]] = page.evaluate(
        """async (name) => {
            await import(`/tests/js/${name}`);
            const { runAll } = await import("/tests/js/check.js");
            return runAll();
        }""",
        name,
    )
    failures = [f"{result['name']}: {result['error']}" for result in results if result["error"]]
    assert results, f"{name} has no tests"
    assert not failures, "\n".join(failures)


@pytest.mark.parametrize("name", PURE)
def test_a_pure_module_imports_without_a_document(page: Page, name: str) -> None:
    """Each module runs in a worker, where there is no document, no window and no Plotly."""
    error = page.evaluate(
        """(name) => new Promise((resolve) => {
            const source = `import("${location.origin}/static/js/${name}")
                .then(() => postMessage(null), (error) => postMessage(String(error)))`;
            const script = new Blob([source], { type: "text/javascript" });
            const worker = new Worker(URL.createObjectURL(script), { type: "module" });
            worker.onmessage = ({ data }) => resolve(data);
            worker.onerror = (event) => resolve(event.message);
        })""",
        name,
    )
    assert error is None
