"""What the tests of the service share."""

from collections.abc import Iterator

import pytest

from app.main import create_app
from tests.serving import Caller, Server, start_server, stop_server


@pytest.fixture(scope="session")
def call() -> Caller:
    """The application in this process."""
    return Caller(create_app())


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One server for the tests of this session that need a real socket."""
    running = start_server()
    yield running
    stop_server(running)
