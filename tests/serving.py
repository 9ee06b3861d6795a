"""For tests: the application called without a socket, and a real server on a free port."""

import asyncio
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Caller:
    """Requests to an application in this process, or to a server at `base`."""

    app: FastAPI | None = None
    base: str = "http://steepest.test"

    def __call__(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False) if self.app else None
            async with httpx.AsyncClient(transport=transport, base_url=self.base, timeout=60) as client:
                return await client.request(method, path, **options)

        return asyncio.run(send())

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self("POST", path, **options)


@dataclass
class Server:
    """A server process of its own."""

    port: int
    process: subprocess.Popen[str]

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def stream(self) -> str:
        return f"ws://127.0.0.1:{self.port}/api/v1/stream"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_server(port: int | None = None, *arguments: str, **environment: str) -> Server:
    """`python -m app` on a port, once it answers; `environment` is set beside the caller's own."""
    port = port or free_port()
    command = [sys.executable, "-m", "app", "--port", str(port), "--log-level", "warning", *arguments]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return wait_for(process, port)


def wait_for(process: subprocess.Popen[str], port: int) -> Server:
    """The server of a process, once it answers."""
    server = Server(port, process)
    for _ in range(1200):
        with suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(f"{server.http}/healthz", timeout=5).close()
            return server
        if process.poll() is not None:
            said = process.communicate()[0]
            raise AssertionError(f"the server ended before it served:\n{said}")
        time.sleep(0.05)
    process.kill()
    raise AssertionError("the server did not answer within a minute")


def stop_server(server: Server) -> None:
    server.process.terminate()
    try:
        server.process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait()
    if server.process.stdout:
        server.process.stdout.close()
