"""Languages: what is asked for, what is accepted, and that Chinese is complete."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.translation import choose, script_messages, translations, translator

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("asked", "accepted", "expected"),
    [
        (None, None, "en"),
        (None, "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (None, "en-US,zh;q=0.9", "en"),
        (None, "de, fr;q=0.9, zh-TW;q=0.2", "zh"),
        (None, "zh;q=0, en", "en"),
        (None, "zh;q=broken", "en"),
        (None, "*", "en"),
        ("zh", "en", "zh"),
        ("en", "zh", "en"),
        ("klingon", "zh", "zh"),
    ],
)
def test_the_address_wins_over_the_browser(asked: str | None, accepted: str | None, expected: str) -> None:
    assert choose(asked, accepted) == expected


def test_an_unknown_text_stays_english() -> None:
    assert translator("zh")("no such text anywhere") == "no such text anywhere"
    assert translations("en") == {}


def test_scripts_get_only_their_own_texts() -> None:
    ours = script_messages("zh")
    assert ours
    assert "Skip to the plots" not in ours
    assert script_messages("en") == {}


def test_every_text_is_translated() -> None:
    """Missing, untranslated, doubtful, or with other placeholders: each is one line of the answer."""
    command = [sys.executable, str(ROOT / "tools" / "texts.py"), "check"]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
