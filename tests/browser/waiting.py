"""Reading a page that still moves: a frame is drawn after the key, rows come after the frame."""

from collections.abc import Callable
from typing import Any, NamedTuple

from playwright.sync_api import Page

PATIENCE = 30  # seconds; only a failure takes them
PAUSE = 40  # milliseconds between two looks


class Box(NamedTuple):
    """Where something is on the screen, in CSS pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    def at(self, across: float, down: float) -> tuple[float, float]:
        """A place in it, in parts of its width and height."""
        return self.x + across * self.width, self.y + down * self.height


def becomes(page: Page, read: Callable[[], Any], wanted: Any) -> None:
    """Read until it equals what is wanted; then, or when patience ends, the comparison is the assertion."""
    for _ in range(PATIENCE * 1000 // PAUSE):
        if read() == wanted:
            break
        page.wait_for_timeout(PAUSE)
    assert read() == wanted


def settles(page: Page, read: Callable[[], Any], pauses: int = 4) -> Any:
    """What is read when it has been the same a few times in a row: panels take their room before they rest."""
    same, found = 0, read()
    for _ in range(PATIENCE * 1000 // PAUSE):
        page.wait_for_timeout(PAUSE)
        before, found = found, read()
        same = same + 1 if found == before else 0
        if same == pauses:
            return found
    raise AssertionError(f"it never comes to rest: {found}")


def box(page: Page, selector: str, text: str | None = None) -> Box:
    """The first element of a selector (and with just this text) that has a size, read in one go."""
    found = page.wait_for_function(
        """([selector, text]) => {
            const sized = [...document.querySelectorAll(selector)]
                .filter((node) => text === null || node.textContent.trim() === text)
                .map((node) => node.getBoundingClientRect()).find(({ width, height }) => width || height);
            return sized && [sized.x, sized.y, sized.width, sized.height];
        }""",
        arg=[selector, text],
    )
    return Box(*found.json_value())
