"""docs/protocol.md says what happens: its exchange over a real socket, its limits, its codes."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

from websockets.asyncio.client import connect

from app.messages import Advance, Open
from app.session import SLICE_NUMBERS
from app.settings import Settings
from tests.serving import Server

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
EXCHANGE = re.findall(r"^([<>]) (.*)$", TEXT.partition("```text")[2].partition("```")[0], re.M)


def test_the_exchange_is_what_happens(server: Server) -> None:
    async def replay() -> list[tuple[Any, Any]]:
        pairs = []
        async with connect(server.stream) as line:
            for direction, text in EXCHANGE:
                if direction == ">":
                    await line.send(text)
                else:
                    pairs.append((json.loads(await asyncio.wait_for(line.recv(), 20)), json.loads(text)))
        return pairs

    pairs = asyncio.run(replay())
    assert len(pairs) == 5
    for said, written in pairs:
        assert said == written


def test_every_field_of_a_message_is_documented() -> None:
    for model in (Open, Advance):
        for name, field in model.model_fields.items():
            assert f"`{field.alias or name}`" in TEXT, name


def test_the_limits_are_the_settings() -> None:
    settings = Settings()
    assert f"{settings.messages_a_second:g} messages a second, in bursts of {settings.message_burst}" in TEXT
    assert settings.frame_bytes == 64 * 1024
    assert f"{SLICE_NUMBERS:,} numbers and takes at most {1000 * settings.slice_seconds:g} ms" in TEXT
    assert f"nothing for {settings.stall_seconds:g} seconds" in TEXT
