"""A served Steepest and a real Chromium for the tests of the pages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.serving import Server, free_port, start_server, stop_server


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each file of pages is tested by one worker, after everything else.

    Playwright keeps an event loop running in its process, in which no other test can run one of its own.
    """
    for item in items:
        if in_browser(item):
            item.add_marker(pytest.mark.xdist_group(Path(item.path).stem))
    items.sort(key=in_browser)


def in_browser(item: pytest.Item) -> bool:
    return "browser" in Path(item.path).parts


@dataclass
class Served:
    """One `python -m app` on a port of its own, which a test may stop and start again."""

    port: int = field(default_factory=free_port)
    server: Server | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.server = start_server(self.port)

    def stop(self) -> None:
        if self.server is not None:
            stop_server(self.server)
            self.server = None

    def kill(self) -> None:
        """As a crash or kill -9 would: nobody is told."""
        assert self.server is not None
        self.server.process.kill()
        self.stop()


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    """The server that the pages of this session come from."""
    server = Served()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def restartable() -> Iterator[Served]:
    """A server of this test's own, to be stopped and started."""
    server = Served()
    server.start()
    yield server
    server.stop()


@dataclass
class Opened:
    """A page, and what went wrong on it: script errors, failed or foreign requests."""

    page: Page
    troubles: list[str] = field(default_factory=list)


OpenPage = Callable[..., Page]
PHONE: dict[str, Any] = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


@pytest.fixture
def open_page(served: Served, chromium: Browser) -> Iterator[OpenPage]:
    """`open_page("/losses?lang=zh", width=390, height=844, color_scheme="dark")` -> Page, which is ready.

    Scripts set `data-ready` on the root element when the page can be used. After the test every page
    must be without script errors, without requests to another host, and without requests that failed;
    `quiet=False` is for tests that break something on purpose.
    """
    contexts: list[BrowserContext] = []
    opened: list[Opened] = []

    def make(
        path: str = "/",
        *,
        base: str | None = None,
        width: int = 1440,
        height: int = 900,
        quiet: bool = True,
        ready: bool = True,
        **options: Any,
    ) -> Page:
        origin = base or served.url
        options.setdefault("locale", "en-GB")
        options.setdefault("reduced_motion", "no-preference")
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        entry = Opened(page)
        if quiet:
            opened.append(entry)
        _watch(page, entry, origin)
        page.goto(origin + path)
        if ready:
            page.wait_for_selector("html[data-ready]")
        return page

    yield make
    for context in contexts:
        context.close()
    troubles = [trouble for entry in opened for trouble in entry.troubles]
    assert not troubles, "\n".join(troubles)


def _watch(page: Page, entry: Opened, origin: str) -> None:
    note = entry.troubles.append
    allowed = (origin, origin.replace("http", "ws", 1), "data:", "blob:")
    page.on("pageerror", lambda error: note(f"script error: {error}"))
    page.on("console", lambda message: note(f"console: {message.text}") if message.type == "error" else None)
    page.on("request", lambda request: None if request.url.startswith(allowed) else note(f"foreign: {request.url}"))
    page.on("requestfailed", lambda request: note(f"failed: {request.url}") if _failed(request.failure) else None)


def _failed(reason: str | None) -> bool:
    return reason is not None and "ABORTED" not in reason  # a page that closes aborts what is still loading


AXE_TAGS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


@pytest.fixture(scope="session")
def serious() -> Callable[[Page], list[str]]:
    """axe-core's serious and critical findings on a page, one line each."""
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()

    def find(page: Page) -> list[str]:
        found = axe.run(page, options=AXE_TAGS).response["violations"]
        return [
            f"{violation['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
            for violation in found
            if violation["impact"] in {"serious", "critical"}
            for node in violation["nodes"]
        ]

    return find
