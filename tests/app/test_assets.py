"""Static files: immutable, compressed, and nothing else."""

import asyncio
import gzip
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from app.assets import Assets
from tests.serving import Caller


@pytest.fixture
def files(tmp_path: Path) -> Assets:
    inside = tmp_path / "static"
    inside.mkdir()
    (inside / "page.js").write_text("const number = 1;\n" * 200)
    (inside / "small.css").write_text("a{}")
    (inside / "font.woff2").write_bytes(bytes(range(256)) * 9)
    (tmp_path / "secret.txt").write_text("secret")
    (inside / "link.txt").symlink_to(tmp_path / "secret.txt")
    return Assets(inside)


def test_what_is_packed_beforehand_is_sent_so(files: Assets, site: Caller) -> None:
    (files.directory / "page.js.br").write_bytes(b"packed")
    answer = site.get(files.url("page.js"), headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"

    async def raw() -> tuple[bytes, str]:
        transport = httpx.ASGITransport(site.app) if site.app else None
        headers = {"accept-encoding": "gzip, br"}
        async with (
            httpx.AsyncClient(transport=transport, base_url=site.base) as client,
            client.stream("GET", files.url("page.js"), headers=headers) as packed,
        ):
            return b"".join([part async for part in packed.aiter_raw()]), packed.headers["content-encoding"]

    assert asyncio.run(raw()) == (b"packed", "br")


@pytest.fixture
def site(files: Assets) -> Caller:
    app = FastAPI()
    app.include_router(files.router())
    return Caller(app)


def test_a_file_never_changes_under_its_address(files: Assets, site: Caller) -> None:
    answer = site.get(files.url("page.js"))
    assert answer.text.startswith("const number")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    (files.directory / "page.js").write_text("changed")
    assert Assets(files.directory).version != files.version


def test_an_older_page_still_finds_its_files(site: Caller) -> None:
    answer = site.get("/static/before/page.js")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")


def test_text_is_compressed_for_who_takes_it(files: Assets, site: Caller) -> None:
    packed = site.get(files.url("page.js"), headers={"accept-encoding": "br, gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert int(packed.headers["content-length"]) < 200
    plain = site.get(files.url("page.js"), headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == packed.content == gzip.decompress(gzip.compress(plain.content))
    for name in ("small.css", "font.woff2"):
        assert "content-encoding" not in site.get(files.url(name)).headers


def test_a_brotli_twin_is_sent_to_who_takes_it(files: Assets, site: Caller) -> None:
    (files.directory / "page.js.br").write_bytes(b"smaller")
    taken = site.get(files.url("page.js"), headers={"accept-encoding": "gzip, br"})
    assert (taken.headers["content-encoding"], taken.headers["content-length"]) == ("br", "7")
    assert taken.headers["content-type"] == "text/javascript; charset=utf-8"
    refused = site.get(files.url("page.js"), headers={"accept-encoding": "gzip, br;q=0"})
    assert refused.headers["content-encoding"] == "gzip"


@pytest.mark.parametrize(
    "path", ["", "no.js", "%2e%2e/secret.txt", "..%2fsecret.txt", "link.txt", "/etc/passwd", "a%00b"]
)
def test_nothing_outside_is_served(files: Assets, site: Caller, path: str) -> None:
    assert site.get(files.url(path)).status_code == 404
