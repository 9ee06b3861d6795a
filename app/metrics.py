"""Numbers for an operator, in Prometheus's form."""

import os

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector

DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"  # where several workers add up their numbers

STEPS = Counter("steepest_steps", "Rows sent to viewers over the stream")
SESSIONS = Gauge("steepest_sessions", "Streams that are open", multiprocess_mode="livesum")
SLICE_SECONDS = Histogram(
    "steepest_slice_seconds",
    "From a slice's turn asked for until it is sent",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5),
)
WAITS = Counter("steepest_computing_waits", "Times that a stream waited because its computing was used up")
REFUSALS = Counter("steepest_refusals", "What was refused, by reason", ["reason"])
CLOSES = Counter("steepest_closes", "Streams that the server closed, by code", ["code"])
REQUESTS = Counter("steepest_requests", "Requests answered", ["method", "route", "status"])
REQUEST_SECONDS = Histogram(
    "steepest_request_seconds",
    "Time to answer a request",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


def exposition() -> tuple[bytes, str]:
    """All numbers, those of other workers added where they share a directory."""
    registry = REGISTRY
    if os.environ.get(DIRECTORY):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry), CONTENT_TYPE_LATEST
