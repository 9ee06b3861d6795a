"""What a scene is: one spec, a lesson and a question to answer before Play."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Scene:
    """One scene of a page: what runs, the step it is paused at, what it teaches, and what it asks first."""

    name: str
    page: str
    title: str
    lesson: str
    spec: Json
    question: str = ""
    choices: tuple[str, ...] = ()
    answer: int = -1  # which of the choices is right
    step: int = 0  # the step shown when the page opens on it
    view: Json = field(default_factory=dict)  # what else the page shows, in its own words; follow: the run asked about

    def body(self, say: Callable[[str], str]) -> Json:
        """The scene's texts in the reader's language."""
        return {
            "name": self.name,
            "title": say(self.title),
            "lesson": say(self.lesson),
            "question": say(self.question) if self.question else "",
            "choices": [say(choice) for choice in self.choices],
            "answer": self.answer,
            "step": self.step,
            "view": self.view,
        }


def run(optimizer: str, lr: float, **more: Any) -> Json:
    """A run of a spec."""
    settings = {"lr": lr, **more.pop("settings", {})}
    return {"optimizer": optimizer, "settings": settings, **more}
