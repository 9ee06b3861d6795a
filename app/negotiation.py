"""What a caller takes: the form of an answer, and whether it has it already."""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request, Response

from app.problems import ProblemError, encode


def chosen(request: Request, asked: str | None, forms: Mapping[str, str]) -> str:
    """The form of an answer by `format=`, else by `Accept`, else the first; 406 where none is taken."""
    if asked is not None:
        return asked
    ranges = [_range(part) for part in request.headers.get("accept", "*/*").split(",")]
    quality = {form: _quality(kind, ranges) for form, kind in forms.items()}
    best = max(quality, key=lambda form: quality[form])
    if quality[best] == 0:
        raise ProblemError(
            406, f"There is {', '.join(forms.values())}; choose with Accept or format=.", name="not-acceptable"
        )
    return best


def _range(part: str) -> tuple[str, float]:
    kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return kind, max(0.0, min(1.0, float(parameter[2:])))
            except ValueError:
                return kind, 0.0
    return kind, 1.0


def _quality(kind: str, ranges: list[tuple[str, float]]) -> float:
    """What the most specific range that fits says."""
    main = kind.partition("/")[0]
    for wanted in (kind, f"{main}/*", "*/*"):
        found = [quality for name, quality in ranges if name == wanted]
        if found:
            return max(found)
    return 0.0


@cache
def build() -> str:
    """What this code is: answers are the same as long as it is the same."""
    digest = hashlib.sha256()
    root = Path(__file__).parent.parent
    for file in sorted([*(root / "app").rglob("*.py"), *(root / "core").rglob("*.py")]):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def tag(*parts: Any) -> str:
    """The entity tag of an answer that depends on the code and on `parts` alone."""
    return f'W/"{hashlib.sha256(build().encode() + encode(parts)).hexdigest()[:24]}"'


def held(request: Request, entity: str) -> bool:
    """Whether the caller has the answer with this tag already."""
    offered = request.headers.get("if-none-match", "")
    return offered.strip() == "*" or entity.removeprefix("W/") in (
        part.strip().removeprefix("W/") for part in offered.split(",")
    )


def caching(entity: str, vary: str, seconds: int = 600) -> dict[str, str]:
    """Headers of an answer that is the same whenever it is asked for."""
    return {"ETag": entity, "Cache-Control": f"public, max-age={seconds}", "Vary": vary}


def not_modified(entity: str, vary: str) -> Response:
    """The answer to who has it already."""
    return Response(status_code=304, headers=caching(entity, vary))
