"""docs/protocol.md says what happens: its exchange over a real socket, its limits, its codes."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

from websockets.asyncio.client import connect

from app.links import unpack
from app.messages import MOST_CELLS, Advance, Open, Pictures
from app.session import SLICE_NUMBERS
from app.settings import Settings
from tests.serving import Server

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
EXCHANGE = re.findall(r"^([<>]) (.*)$", TEXT.partition("```text")[2].partition("```")[0], re.M)


def said(frame: str | bytes) -> Any:
    """A frame as the document writes it."""
    if isinstance(frame, str):
        return json.loads(frame)
    length = int.from_bytes(frame[:4], "little")
    return ["binary", json.loads(frame[4 : 4 + length]), [*frame[-(-(4 + length) // 8) * 8 :]]]


def written(text: str) -> Any:
    if not text.startswith("(binary) "):
        return json.loads(text)
    header, numbers = re.fullmatch(r"\(binary\) (\{.*\}) ([\d ]+)", text).groups()  # type: ignore[union-attr]
    return ["binary", json.loads(header), [int(number) for number in numbers.split()]]


def test_the_exchange_is_what_happens(server: Server) -> None:
    async def replay() -> list[tuple[Any, Any]]:
        pairs = []
        async with connect(server.stream) as line:
            for direction, text in EXCHANGE:
                if direction == ">":
                    await line.send(text)
                else:
                    pairs.append((said(await asyncio.wait_for(line.recv(), 20)), written(text)))
        return pairs

    pairs = asyncio.run(replay())
    assert len(pairs) == 11
    for happened, told in pairs:
        if isinstance(told, dict) and (told.get("link") or "").endswith("?spec=..."):
            page, _, packed = happened.pop("link").partition("?spec=")
            assert page == told.pop("link").partition("?")[0]
            assert unpack(packed)["problem"]["kind"] == told["spec"]["problem"]["kind"]
        assert happened == told
    assert [told[1]["type"] for _, told in pairs if isinstance(told, list)] == ["regions"] * 2


def test_every_field_of_a_message_is_documented() -> None:
    for model in (Open, Advance, Pictures):
        for name, field in model.model_fields.items():
            assert f"`{field.alias or name}`" in TEXT, name


def test_the_limits_are_the_settings() -> None:
    settings = Settings()
    assert f"{settings.messages_a_second:g} messages a second, in bursts of {settings.message_burst}" in TEXT
    assert settings.frame_bytes == 64 * 1024
    assert f"{SLICE_NUMBERS:,} numbers and takes at most {1000 * settings.slice_seconds:g} ms" in TEXT
    assert f"`size`, from 2 to {MOST_CELLS}," in TEXT
    assert f"{settings.computing_burst:g} seconds may be used at once" in TEXT
    assert settings.computing_a_second == 0.5
    assert f"nothing for {settings.stall_seconds:g} seconds" in TEXT
