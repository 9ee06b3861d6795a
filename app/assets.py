"""Static files: under /static/<version>/ they never change, and are sent compressed: as a `.br` twin, or by gzip."""

import gzip
import hashlib
import mimetypes
from functools import lru_cache
from pathlib import Path, PurePosixPath

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool

COMPRESSIBLE = {".js", ".mjs", ".css", ".json", ".svg", ".html", ".txt", ".webmanifest"}
SMALLEST = 500  # bytes worth compressing
TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}


class Assets:
    """The files below one directory, and the version that their contents make."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.resolve()
        digest = hashlib.sha256()
        for file in sorted(file for file in self.directory.rglob("*") if file.is_file()):
            digest.update(file.relative_to(self.directory).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(file.read_bytes()).digest())
        self.version = digest.hexdigest()[:12]

    def url(self, path: str) -> str:
        """The address of a file, which changes when any file does."""
        return f"/static/{self.version}/{path}"

    def find(self, path: str) -> Path | None:
        """The file of an address; None where there is none, or where it would be outside."""
        parts = PurePosixPath(path).parts
        if ".." in parts or "\0" in path:
            return None
        file = self.directory.joinpath(*parts)
        try:
            return file if file.is_file() and file.resolve().is_relative_to(self.directory) else None
        except OSError:  # a name longer than the file system's
            return None

    def router(self) -> APIRouter:
        """The files' addresses. An older version's are answered too, for pages that were open before a restart."""
        routes = APIRouter()

        @routes.get("/static/{version}/{path:path}", include_in_schema=False)
        async def static(request: Request, version: str, path: str) -> Response:
            file = self.find(path)
            if file is None:
                raise HTTPException(404)
            stamp = file.stat().st_mtime_ns
            twin = file.with_name(file.name + ".br")
            brotli = accepts(request, "br") and twin.is_file()
            squeeze = not brotli and file.suffix in COMPRESSIBLE and accepts_gzip(request)
            body = await run_in_threadpool(content, twin if brotli else file, stamp, squeeze)
            headers = {
                "Cache-Control": "public, max-age=31536000, immutable" if version == self.version else "no-cache",
                "Vary": "Accept-Encoding",
            }
            if brotli:
                headers["Content-Encoding"] = "br"
            elif squeeze and len(body) < file.stat().st_size:
                headers["Content-Encoding"] = "gzip"
            return Response(body, headers=headers, media_type=media_type(file))

        return routes


def accepts_gzip(request: Request) -> bool:
    """Whether the caller takes gzip."""
    return accepts(request, "gzip")


def accepts(request: Request, coding: str) -> bool:
    """Whether the caller takes a content coding."""
    offers = request.headers.get("accept-encoding", "").lower().replace(" ", "").split(",")
    return coding in offers or any(offer.startswith(f"{coding};") and not offer.endswith("q=0") for offer in offers)


@lru_cache(maxsize=256)
def content(file: Path, stamp: int, squeeze: bool) -> bytes:
    """A file's bytes as they were at `stamp`, compressed where that is shorter."""
    plain = file.read_bytes()
    if not squeeze or len(plain) < SMALLEST:
        return plain
    small = gzip.compress(plain, 9, mtime=0)
    return small if len(small) < len(plain) else plain


def media_type(file: Path) -> str:
    """The type of a file by its ending."""
    return TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
