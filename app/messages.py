"""What goes over the stream: two messages from the viewer, six from the server."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field, TypeAdapter, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.problems import ProblemError
from app.runs import Columns
from app.spec import MOST_STEPS, Spec, Strict, Within
from core.status import Status

MOST_CELLS = 128  # along a side of the regions


def identity(value: object) -> object:
    """An id is a short text or a whole number."""
    if isinstance(value, bool) or not isinstance(value, (str, int)) or len(str(value)) > 64:
        raise PydanticCustomError("id", "must be a text or a whole number of at most 64 characters.")
    return value


Id = Annotated[Any, BeforeValidator(identity), WithJsonSchema({"type": ["string", "integer"]})]


class Pictures(Strict):
    """Each run's regions on a grid of `size` by `size`, after every so many steps."""

    size: Annotated[int, Within(2, MOST_CELLS)] = 64
    every: Annotated[int, Within(1, MOST_STEPS)] = 1


class Open(Strict):
    """Begin: what ran before is replaced."""

    type: Literal["open"]
    spec: Spec
    from_: Annotated[int, Within(0, MOST_STEPS), Field(alias="from")] = 0
    encoding: Literal["json", "binary"] = "json"
    regions: Pictures | None = None
    id: Id = None


class Advance(Strict):
    """Rows up to and with `until` may come."""

    type: Literal["advance"]
    until: Annotated[int, Field(ge=0, le=2**53)]
    id: Id = None


Incoming = TypeAdapter[Open | Advance](Annotated[Open | Advance, Field(discriminator="type")])


@dataclass(frozen=True)
class Opened:
    """The complete spec, and the columns that each run will send."""

    spec: Spec
    link: str | None
    columns: Sequence[Sequence[str]]
    id: Any = None

    def body(self) -> dict[str, Any]:
        runs = [{"columns": list(names)} for names in self.columns]
        return _with_id({"type": "opened", "spec": self.spec.body(), "link": self.link, "runs": runs}, self.id)


@dataclass(frozen=True)
class Steps:
    """Rows of one run, from row `first`."""

    run: int
    first: int
    columns: Columns
    binary: bool = False

    @property
    def count(self) -> int:
        return len(next(iter(self.columns.values())))


@dataclass(frozen=True)
class Regions:
    """What a run says of its window at one step: [classes, size (along y), size (along x)], probabilities as bytes."""

    run: int
    step: int
    picture: NDArray[np.uint8]


@dataclass(frozen=True)
class Ended:
    """A run is over, and how."""

    run: int
    status: Status

    def body(self) -> dict[str, Any]:
        return {"type": "ended", "run": self.run, "status": status_body(self.status)}


@dataclass(frozen=True)
class Refused:
    """A message that could not be followed; what ran goes on."""

    problem: ProblemError
    id: Any = None

    def body(self) -> dict[str, Any]:
        return _with_id({"type": "error", "problem": self.problem.body()}, self.id)


@dataclass(frozen=True)
class Closed:
    """The server hangs up."""

    code: int
    reason: str


Outgoing = Opened | Steps | Regions | Ended | Refused | Closed


def status_body(status: Status) -> dict[str, Any]:
    """A status as JSON values."""
    return {
        "state": status.state,
        "step": status.step,
        "code": status.code,
        "values": dict(status.values),
        "message": status.message,
    }


def _with_id(body: dict[str, Any], identity: Any) -> dict[str, Any]:
    return body if identity is None else {**body, "id": identity}
