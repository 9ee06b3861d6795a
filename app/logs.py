"""What the server says of itself: a line an event, with the request it belongs to, and nothing that a viewer typed."""

import json
import logging
import re
import secrets
import time
from contextvars import ContextVar
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import metrics

REQUEST: ContextVar[str] = ContextVar("request", default="")
ACCEPTED = re.compile(r"[A-Za-z0-9._-]{1,64}")
LOG = logging.getLogger("steepest")


class JsonLines(logging.Formatter):
    """A JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request := REQUEST.get():
            line["request"] = request
        line.update(getattr(record, "facts", {}))
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class TextLines(logging.Formatter):
    """The same for people."""

    def format(self, record: logging.LogRecord) -> str:
        facts = " ".join(str(value) for value in getattr(record, "facts", {}).values())
        line = (
            f"{self.formatTime(record, '%H:%M:%S')} {record.levelname.lower():8} {record.getMessage()} {facts}".rstrip()
        )
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def config(level: str, form: str) -> dict[str, Any]:
    """The logging of a server process, for `logging.config.dictConfig`."""
    formatter = "app.logs.JsonLines" if form == "json" else "app.logs.TextLines"
    quiet = level.upper() if level in ("debug", "warning", "error", "critical") else "WARNING"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": formatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "loggers": {
            "steepest": {"handlers": ["stderr"], "level": level.upper(), "propagate": False},
            # uvicorn's lines of every day hold queries, and with them what people typed
            "uvicorn": {"handlers": ["stderr"], "level": quiet, "propagate": False},
        },
    }


class RequestLog:
    """Gives every request an id, which goes back in `X-Request-ID`, and tells what became of it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request = given if ACCEPTED.fullmatch(given) else secrets.token_hex(8)
        token = REQUEST.set(request)
        began = time.perf_counter()
        status = 500 if scope["type"] == "http" else 101

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request
            await send(message)

        try:
            await self.app(scope, receive, told)
        finally:
            seconds = time.perf_counter() - began
            route = getattr(scope.get("route"), "path", "unknown")
            method = scope.get("method", "WS")
            metrics.REQUESTS.labels(method, route, status).inc()
            if scope["type"] == "http":
                metrics.REQUEST_SECONDS.labels(method, route).observe(seconds)
            facts = {"method": method, "path": scope["path"], "status": status, "seconds": round(seconds, 6)}
            LOG.info("answered", extra={"facts": facts})
            REQUEST.reset(token)
