"""A page without a server, on which the scripts' modules are imported."""

import mimetypes
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

ROOT = Path(__file__).resolve().parents[2]
ORIGIN = "http://modules.test"


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page whose requests are answered from the repository."""
    context = chromium.new_context()
    made = context.new_page()
    made.route(f"{ORIGIN}/**", answer)
    made.goto(f"{ORIGIN}/tests/js/empty.html")
    yield made
    context.close()


def answer(route: Route) -> None:
    path = ROOT / route.request.url.removeprefix(ORIGIN + "/")
    if path.name == "empty.html":
        route.fulfill(body="<!doctype html><title>modules</title>", content_type="text/html")
    elif path.is_file():
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        route.fulfill(path=path, content_type="text/javascript" if path.suffix == ".js" else kind)
    else:
        route.fulfill(status=404, body="")
