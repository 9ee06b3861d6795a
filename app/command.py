"""The command `steepest`: serve from one process, or from several."""

import argparse
import os
import shutil
import socket
import tempfile
from asyncio.transports import BaseTransport
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from app import logs
from app.metrics import DIRECTORY
from app.settings import Settings

SEND_BUFFER = 256 * 1024  # bytes on their way to one viewer
LAST_WORD = 2.0  # seconds in which a viewer may take what it is told at the end


class AbortableProtocol(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket, which also lets the stream cut off a viewer whose buffers are full."""

    def connection_made(self, transport: BaseTransport) -> None:
        """What a viewer does not take waits here, not in megabytes of the kernel's, so that it is soon noticed."""
        super().connection_made(transport)
        connection = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)

    def shutdown(self) -> None:
        """Tell the viewer (1012); one that takes nothing is cut off, or it would hold up the end."""
        super().shutdown()
        self.loop.call_later(LAST_WORD, self.transport.abort)

    async def run_asgi(self) -> None:
        extensions: dict[str, Any] = self.scope["extensions"] or {}
        extensions["steepest.abort"] = self.transport.abort
        await super().run_asgi()


def arguments(defaults: Settings, given: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line; what it leaves out comes from the environment."""
    parser = argparse.ArgumentParser(prog="steepest", description="See gradient descent move.")
    parser.add_argument("--host", default=defaults.host, help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=defaults.port, help="port to listen on (%(default)s)")
    parser.add_argument("--workers", type=int, default=defaults.workers, help="processes that serve (%(default)s)")
    levels = ["critical", "error", "warning", "info", "debug"]
    parser.add_argument("--log-level", choices=levels, default=defaults.log_level, help="(%(default)s)")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> None:
    """Serve until told to stop."""
    settings = Settings()
    chosen = arguments(settings, given)
    port = chosen.port or free_port(chosen.host)
    print(f"Steepest serves at http://{shown(chosen.host)}:{port}", flush=True)
    with shared_numbers() if chosen.workers > 1 else nullcontext():
        serve(settings, chosen, port)


@contextmanager
def shared_numbers() -> Iterator[None]:
    """Workers are processes of their own: they read the environment, and add up their numbers in a directory.

    Where none can be made (a read-only machine without temporary files) each worker tells its own numbers.
    """
    if os.environ.get(DIRECTORY):
        yield
        return
    try:
        place = tempfile.mkdtemp(prefix="steepest-metrics-")
    except OSError:
        print(f"No temporary directory: set {DIRECTORY}, or /metrics tells the numbers of one worker.", flush=True)
        yield
        return
    os.environ[DIRECTORY] = place
    try:
        yield
    finally:
        shutil.rmtree(place, ignore_errors=True)


def serve(settings: Settings, chosen: argparse.Namespace, port: int) -> None:
    """uvicorn, until it is told to stop."""
    uvicorn.run(
        "app.main:create_app",
        factory=True,
        host=chosen.host,
        port=port,
        workers=chosen.workers,
        log_config=logs.config(chosen.log_level, settings.log_format),
        access_log=False,
        ws=AbortableProtocol,
        ws_max_size=settings.frame_bytes,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=5,
        server_header=False,
    )


def free_port(host: str) -> int:
    """A port that is free now, so that it can be told before it is taken."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def shown(host: str) -> str:
    """The host as it stands in an address a person can open.

    >>> shown("0.0.0.0"), shown("::1")
    ('127.0.0.1', '[::1]')
    """
    if host in {"0.0.0.0", "::"}:  # noqa: S104
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
