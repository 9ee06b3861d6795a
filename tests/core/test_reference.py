"""docs/reference.md says what the registries say."""

from __future__ import annotations

from pathlib import Path

from core.reference import page

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_in_docs_is_the_one_that_the_registries_write() -> None:
    assert (ROOT / "docs/reference.md").read_text() == page(), "run: python -m core reference > docs/reference.md"
