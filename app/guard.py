"""What stands before every answer: the limit on queries and bodies, the security headers, HEAD, and mistakes."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.logs import LOG
from app.problems import ProblemError, crash, respond

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
)


class SecurityHeaders:
    """Headers that keep scripts, frames and types where they belong, on every answer that has none of its own."""

    def __init__(self, app: ASGIApp, frame_ancestors: tuple[str, ...] = ()) -> None:
        self.app = app
        self.headers = {
            "Content-Security-Policy": POLICY.format(ancestors=" ".join(("'self'", *frame_ancestors))),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, guarded if scope["type"] == "http" else send)


class SizeLimit:
    """Refuse a long query, and a body over `most` bytes: at once where its length is said, else as it comes."""

    def __init__(self, app: ASGIApp, query: int, body: int) -> None:
        self.app = app
        self.query = query
        self.most = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if len(scope["query_string"]) > self.query:
            detail = f"The query may have at most {self.query} characters; POST the spec, or send it over the stream."
            await respond(ProblemError(414, detail, name="too-long", cap=self.query))(scope, receive, send)
            return
        error = ProblemError(413, f"The body may have at most {self.most} bytes.", name="too-large", cap=self.most)
        said = Headers(scope=scope).get("content-length", "")
        if said.isascii() and said.isdigit() and int(said) > self.most:
            await respond(error)(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.most:
                raise HTTPException(413, error.detail)
            return message

        await self.app(scope, counted, send)


class Head:
    """HEAD is GET without the body: the same work and the same headers, whatever the address."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def bodiless(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        asked = {**scope, "method": "GET"}
        await self.app(asked, receive, bodiless)
        scope["route"] = asked.get("route")  # for the log, which stands outside


class Mistakes:
    """What nobody foresaw is logged with its request, and answered as a problem with the headers of every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception:
            if scope["type"] != "http" or begun:
                raise
            LOG.exception("crashed")
            await respond(crash())(scope, receive, send)
