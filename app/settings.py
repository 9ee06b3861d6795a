"""Every knob of the service, once: a field here is an environment variable `STEEPEST_<NAME>`."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def words(value: object) -> object:
    """`"a b"` as `["a", "b"]`: lists are written with spaces, as in a security policy."""
    return value.split() if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(words)]


class Settings(BaseSettings):
    """The service's settings; the defaults serve one classroom from one process."""

    model_config = SettingsConfigDict(env_prefix="STEEPEST_", frozen=True, extra="forbid")

    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8000, ge=0, le=65535, description="port to listen on; 0 takes a free one")
    workers: int = Field(default=1, ge=1, le=64, description="processes that serve")
    log_level: Literal["critical", "error", "warning", "info", "debug"] = Field(
        default="info", description="what is logged"
    )
    log_format: Literal["text", "json"] = Field(default="text", description="lines for people, or JSON for machines")

    allowed_origins: Words = Field(
        default=(), description="origins other than the own host that may open the stream, with spaces between"
    )
    frame_ancestors: Words = Field(
        default=(), description="origins that may show Steepest in a frame, such as a course platform"
    )

    body_bytes: int = Field(default=64 * 1024, ge=1024, description="largest body of a request")
    frame_bytes: int = Field(default=64 * 1024, ge=1024, description="largest message on the stream")
    answer_numbers: int = Field(default=2_000_000, ge=1000, description="most numbers in one answer")
    work_cost: float = Field(default=2e10, gt=0, description="most work of one request, in multiplications")
    sweep_cost: float = Field(default=2e11, gt=0, description="most work of one sweep, in multiplications")
    sweep_processes: int = Field(default=2, ge=1, le=64, description="processes that sweep, of each worker")
    messages_a_second: float = Field(default=20, gt=0, description="messages a viewer may send a second, sustained")
    message_burst: int = Field(default=40, ge=1, description="messages a viewer may send at once")
    computing_a_second: float = Field(
        default=0.5, gt=0, description="seconds of computing a second that a viewer of the stream may take, sustained"
    )
    computing_burst: float = Field(
        default=30, gt=0, description="seconds of computing that a viewer of the stream may take at once"
    )
    slice_seconds: float = Field(
        default=0.005, gt=0, le=0.02, description="longest piece of computing between two turns"
    )
    stall_seconds: float = Field(default=20, gt=0, description="a viewer that takes nothing for so long is cut off")
