"""The Python that documents print runs as printed, against a served Steepest."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import Server, free_port, start_server, stop_server

ROOT = Path(__file__).resolve().parents[1]
ADDRESS = "127.0.0.1:8000"  # where documents think that Steepest is


def programs(name: str) -> list[str]:
    found = re.findall(r"^```python\n(.*?)^```", (ROOT / name).read_text(encoding="utf-8"), re.S | re.M)
    return [program for program in found if ADDRESS in program]


PROGRAMS = [
    pytest.param(program, id=f"{name} {index}")
    for name in ("README.md", "docs/api.md")
    for index, program in enumerate(programs(name))
]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    running = start_server(free_port())
    yield running
    stop_server(running)


def test_each_document_has_one_of_each_kind() -> None:
    for name in ("README.md", "docs/api.md"):
        assert [re.findall(r"import httpx|websockets", program)[0] for program in programs(name)] == [
            "import httpx",
            "websockets",
        ]


@pytest.mark.parametrize("program", PROGRAMS)
def test_it_runs_as_printed(server: Server, program: str) -> None:
    served = program.replace(ADDRESS, server.http.removeprefix("http://"))
    done = subprocess.run([sys.executable, "-c", served], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert re.search(r"\d", done.stdout)


def test_the_stream_s_program_prints_the_loss_of_the_last_step(server: Server) -> None:
    program = programs("README.md")[1].replace(ADDRESS, server.http.removeprefix("http://"))
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    ).stdout
    link, *losses = said.split()
    assert link == "/?surface=rosenbrock&steps=300&run=adam"
    assert float(losses[-1]) < 1
