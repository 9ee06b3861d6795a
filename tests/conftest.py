"""What every test shares: one Chromium, and no test is judged by how long it took.

The headless shell is Chromium without its window: the same engine and scripts, and several times faster where
pages are drawn by software.
"""

import os
import shutil
from collections.abc import Iterator

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

settings.register_profile("steepest", deadline=None)
settings.load_profile("steepest")

FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """STEEPEST_CHROMIUM, else the system's headless shell or Chromium, else playwright's own."""
    found = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    path = os.environ.get("STEEPEST_CHROMIUM") or found
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
