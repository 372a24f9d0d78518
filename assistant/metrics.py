"""What is counted while a server runs, in the text form of Prometheus. Only this module knows prometheus_client."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_QUESTION_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_REQUEST_SECONDS = (0.005, 0.025, 0.1, 0.25, 1.0, 2.5, 10.0, 60.0)


class Way(StrEnum):
    """By which way a question came."""

    CHAT = "chat"
    CLASS = "class"  # of somebody who takes part in a live class
    API = "api"
    MCP = "mcp"


class Limit(StrEnum):
    """Which limit refused something."""

    QUEUE = "queue"  # so many questions wait in the chat that no other may
    BUSY = "busy"  # the same of programs, pages and classes
    RATE = "rate"  # one visitor sends more than is taken in a minute
    SIGN_IN = "sign_in"  # wrong passwords make wait
    SIZE = "size"  # a body or a file is too large


@dataclass(slots=True)
class Asked:
    """A question that is being answered; ``status`` is set once it is known."""

    status: str = "error"


class Counts(Protocol):
    """What is told to whoever counts."""

    def question(self, way: Way, status: str, seconds: float) -> None:
        """Count a question and how it ended: the status of its answer, or "error"."""

    def request(self, route: str, status: int, seconds: float | None) -> None:
        """Count a request to *route*, a template and never an address; *seconds* None for a stream, whose length says nothing."""

    def refused(self, limit: Limit) -> None:
        """Count what a limit refused."""

    def reloaded(self) -> None:
        """Count a new generation of the index that took over."""

    def watch(self, name: str, said: str, value: Callable[[], float], **labels: str) -> None:
        """Read *value* whenever the numbers are asked for; *said* is its description."""

    def text(self) -> bytes:
        """Return all numbers as Prometheus reads them; b"" where nothing is counted."""


class NoCounts:
    """Counts nothing: a server whose numbers are not switched on."""

    def question(self, way: Way, status: str, seconds: float) -> None:
        """Do nothing; so do the others."""

    def request(self, route: str, status: int, seconds: float | None) -> None:
        """Do nothing."""

    def refused(self, limit: Limit) -> None:
        """Do nothing."""

    def reloaded(self) -> None:
        """Do nothing."""

    def watch(self, name: str, said: str, value: Callable[[], float], **labels: str) -> None:
        """Do nothing."""

    def text(self) -> bytes:
        """Return nothing."""
        return b""


class Metrics:
    """The numbers of one server; threads may share it. No label ever holds a question, a name, an address or an id."""

    def __init__(self) -> None:
        import prometheus_client as prometheus  # noqa: PLC0415 - only a server whose numbers are switched on needs it

        self._client = prometheus
        self._registry = registry = prometheus.CollectorRegistry()
        prometheus.ProcessCollector(registry=registry)  # memory, processor, open files; on Linux
        self._questions = prometheus.Counter(
            "hvb_questions", "Questions, by way and by the status of their answer", ["way", "status"], registry=registry
        )
        self._answering = prometheus.Histogram(
            "hvb_question_seconds",
            "Time from taking a question up to its answer",
            ["way"],
            buckets=_QUESTION_SECONDS,
            registry=registry,
        )
        self._requests = prometheus.Counter("hvb_requests", "HTTP requests", ["route", "status"], registry=registry)
        self._serving = prometheus.Histogram(
            "hvb_request_seconds",
            "Time of HTTP requests that are no streams",
            ["route"],
            buckets=_REQUEST_SECONDS,
            registry=registry,
        )
        self._refused = prometheus.Counter("hvb_refused", "What a limit refused", ["limit"], registry=registry)
        self._reloads = prometheus.Counter(
            "hvb_index_reloads", "New generations of the index that took over", registry=registry
        )
        for (
            limit
        ) in Limit:  # a rate is computed from the first value on, so it has to be there before something happens
            self._refused.labels(limit)
        self._gauges: dict[str, Any] = {}

    def question(self, way: Way, status: str, seconds: float) -> None:
        """Count a question."""
        self._questions.labels(way, status).inc()
        self._answering.labels(way).observe(seconds)

    def request(self, route: str, status: int, seconds: float | None) -> None:
        """Count a request."""
        self._requests.labels(route, str(status)).inc()
        if seconds is not None:
            self._serving.labels(route).observe(seconds)

    def refused(self, limit: Limit) -> None:
        """Count what a limit refused."""
        self._refused.labels(limit).inc()

    def reloaded(self) -> None:
        """Count a new generation."""
        self._reloads.inc()

    def watch(self, name: str, said: str, value: Callable[[], float], **labels: str) -> None:
        """Read *value* whenever the numbers are asked for."""
        gauge = self._gauges.get(name)
        if gauge is None:
            gauge = self._gauges[name] = self._client.Gauge(name, said, sorted(labels), registry=self._registry)
        (gauge.labels(**labels) if labels else gauge).set_function(value)

    def text(self) -> bytes:
        """Return all numbers."""
        return bytes(self._client.generate_latest(self._registry))


@contextmanager
def counted(counts: Counts, way: Way) -> Iterator[Asked]:
    """Count the question that is answered in the block; where the block raises, it counts as an error."""
    asked, began = Asked(), time.perf_counter()
    try:
        yield asked
    finally:
        counts.question(way, asked.status, time.perf_counter() - began)
