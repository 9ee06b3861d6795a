"""Errors as RFC 9457 problems: one shape for HTTP and for the stream, every fault with its field."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic_core import to_json
from starlette.exceptions import HTTPException

from app import metrics
from app.spec import PROBLEMS
from core.errors import FieldError
from core.settings import unknown

MOST_FAULTS = 50  # that are told at once; `detail` counts them all
MEDIA_TYPE = "application/problem+json"
TAGGED = ("problem",)  # fields whose union's tag pydantic puts into the path of an error


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: the field's path, a sentence with the cure, and both for programs."""

    field: str
    message: str
    code: str = "invalid"
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        return {"field": self.field, "message": self.message, "code": self.code, "values": dict(self.values)}


class ProblemError(Exception):
    """What a caller did that cannot be answered; becomes a problem+json body or an `error` message."""

    def __init__(
        self,
        status: int,
        detail: str,
        faults: Sequence[Fault] = (),
        *,
        name: str | None = None,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.faults = tuple(faults)
        self.name = name
        self.headers = dict(headers or {})
        self.more = more

    def body(self) -> dict[str, Any]:
        """The members of RFC 9457, `errors` and what else is known."""
        return {
            "type": f"urn:steepest:{self.name}" if self.name else "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "errors": [fault.body() for fault in self.faults[:MOST_FAULTS]],
            **self.more,
        }


class InvalidError(ProblemError):
    """Input that is read but cannot be used: 422, with a fault for each field; or with the first of `count`."""

    def __init__(self, faults: Iterable[Fault], count: int | None = None, **more: Any) -> None:
        faults = tuple(faults)
        first = faults[0]
        detail = f"{first.field}: {first.message}" if first.field else first.message
        if (others := (count or len(faults)) - 1) > 0:
            detail += f" And {others} more."
        super().__init__(422, detail, faults, name="invalid", **more)


def fault(error: FieldError, prefix: str = "") -> Fault:
    """A fault the engine found, its field below `prefix`.

    >>> fault(FieldError("settings.lr", "must be from 0 to 1000."), "runs[0]").field
    'runs[0].settings.lr'
    """
    seen = error.within(prefix) if prefix else error
    return Fault(seen.field, seen.message, seen.code, seen.values)


def path(location: Sequence[str | int]) -> str:
    """A field's path in the body; the tag of a union is no part of it.

    >>> path(("runs", 0, "problem", "surface", "name"))
    'runs[0].problem.name'
    """
    text = ""
    skip = False
    for part in location:
        if skip:
            skip = False
            continue
        skip = part in TAGGED
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


SENTENCES = {
    "missing": "is missing.",
    "extra_forbidden": "is not known here; leave it out.",
    "float_type": "must be a number, such as 0.1, without quotes.",
    "int_type": "must be a whole number, without quotes.",
    "int_from_float": "must be a whole number.",
    "int_parsing": "must be a whole number.",
    "bool_type": "must be true or false.",
    "string_type": "must be a text in quotes.",
    "list_type": "must be a list.",
    "dict_type": "must be an object of names and values.",
    "model_type": "must be an object of names and values.",
    "model_attributes_type": "must be an object of names and values.",
    "finite_number": "must be a finite number.",
    "greater_than_equal": "must be at least {ge}.",
    "greater_than": "must be greater than {gt}.",
    "less_than_equal": "must be at most {le}.",
    "string_too_long": "must be at most {max_length} characters.",
    "string_too_short": "must not be empty.",
    "too_long": "must have at most {max_length} entries, not {actual_length}.",
    "too_short": "must not be empty.",
    "literal_error": "must be {expected}.",
    "union_tag_not_found": "is missing: it says what this is.",
    "string_unicode": "must be readable text.",
}


def faults(errors: Iterable[Mapping[str, Any]], skip: int = 0) -> tuple[Fault, ...]:
    """Pydantic's errors as faults; `skip` leaves out so many first parts of each path."""
    return tuple(_fault(error, skip) for error in errors)


def _fault(error: Mapping[str, Any], skip: int) -> Fault:
    code, values = error["type"], dict(error.get("ctx") or {})
    where = path(error["loc"][skip:])
    if code.startswith("union_tag"):
        tag = values.pop("discriminator").strip("'")
        where = f"{where}.{tag}" if where else tag
        if code == "union_tag_invalid":
            known = [name.strip(" '") for name in values["expected_tags"].split(",")]
            return Fault(where, unknown(tag, values["tag"][:60], known), "unknown", {"known": known})
    values = {name: value for name, value in values.items() if isinstance(value, (str, int, float))}
    if code == "missing" and not where:
        return Fault("", "There is no body: send one of JSON.", code, values)
    return Fault(where, SENTENCES.get(code, error["msg"]).format_map(values), code, values)


def respond(error: ProblemError) -> Response:
    """The problem as an HTTP response."""
    count(error)
    return Response(encode(error.body()), error.status, {**error.headers, "Cache-Control": "no-store"}, MEDIA_TYPE)


def count(error: ProblemError) -> None:
    """Count a refusal under its reason: the first fault's code, else the problem's own name."""
    reason = error.faults[0].code if error.faults else error.name or str(error.status)
    metrics.REFUSALS.labels(reason).inc()


def encode(body: Any) -> bytes:
    """Strict JSON: what is not finite is null, what is not text is escaped.

    >>> encode({"a": float("nan")})
    b'{"a":null}'
    """
    try:
        return to_json(body, inf_nan_mode="null")
    except ValueError:  # a lone surrogate in a caller's own text, which we repeat
        return to_json(_printable(body), inf_nan_mode="null")


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {_printable(key): _printable(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_printable(entry) for entry in value]
    return value


def from_validation(error: RequestValidationError) -> ProblemError:
    """FastAPI's own refusals in our shape."""
    entries = error.errors()
    if entries[0]["type"] == "json_invalid":
        return ProblemError(400, f"The body is not JSON: {entries[0]['ctx']['error']}.", name="not-json")
    return InvalidError((_fault(entry, _outside(entry["loc"])) for entry in entries[:MOST_FAULTS]), len(entries))


def _outside(location: Sequence[str | int]) -> int:
    """How much of a path lies outside the body: where it came from, and its kind where the body is a problem."""
    return 2 if len(location) > 2 and location[1] in PROBLEMS else 1


def from_status(error: HTTPException) -> ProblemError:
    """A bare status, such as 404 and 405, in our shape."""
    cures = {
        400: "The body cannot be read as JSON: it must be UTF-8, and neither too deep nor with endless numbers.",
        404: "There is nothing at this address; /docs lists what there is.",
        405: "This address does not take that method; the Allow header lists those it takes.",
    }
    headers = dict(error.headers or {})
    if "GET" in headers.get("Allow", "").split(", "):
        headers["Allow"] += ", HEAD"  # what GET takes, HEAD takes too
    return ProblemError(error.status_code, cures.get(error.status_code, str(error.detail)), headers=headers)


def busy() -> ProblemError:
    """As much is going on as may."""
    return ProblemError(503, "Others are at work; try again soon.", name="busy", headers={"Retry-After": "2"})


def crash() -> ProblemError:
    """A mistake of ours: what it was stands in the log, and nowhere else."""
    return ProblemError(500, "Steepest made a mistake; it is in the server's log.")


def install(app: FastAPI) -> None:
    """Make every error that leaves `app` a problem."""

    def problem(_request: Request, error: Exception) -> Response:
        assert isinstance(error, ProblemError)
        return respond(error)

    def validation(_request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return respond(from_validation(error))

    def status(_request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return respond(from_status(error))

    app.add_exception_handler(ProblemError, problem)
    app.add_exception_handler(RequestValidationError, validation)
    app.add_exception_handler(HTTPException, status)
