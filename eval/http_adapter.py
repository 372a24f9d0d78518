"""A system that answers over HTTP: one POST a question, timed here."""

from __future__ import annotations

import socket
import sys
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import httpx

from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT = 60.0  # seconds
RETRIES = 2  # of connecting alone: a question that was sent is never sent twice
LARGEST = 4_194_304  # bytes of an answer
_HERE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class HttpSource:
    """
    Sends ``{"id", "question", "history"}`` to *url* and takes the JSON that comes back.

    No proxy is used and no redirect followed. Whatever goes wrong is an answer with ``error``; ``seconds`` is what the whole exchange took.
    """

    url: str
    client: httpx.Client

    @classmethod
    def open(cls, url: str, *, timeout: float = TIMEOUT) -> HttpSource:
        """
        Return what asks the server at *url*; *timeout* (seconds) holds for connecting and for every wait for bytes.

        Raises:
            InputError: *url* is no address, or nobody listens there.
        """
        example = "http://127.0.0.1:8100/"
        try:
            parsed = httpx.URL(url)
        except (httpx.InvalidURL, TypeError) as error:
            raise InputError(f"--adapter: {url!r} is no address ({error}).\n  Give one like http:{example}") from error
        if parsed.scheme not in ("http", "https") or not parsed.host:
            raise InputError(f"--adapter: {url!r} is no address of a server.\n  Give one like http:{example}")
        port = parsed.port or (443 if parsed.scheme == "https" else 80)
        try:
            socket.create_connection((parsed.host, port), timeout).close()
        except OSError as error:
            msg = f"{url}: nobody can be reached there ({error}).\n  Start the system first, or mend the address."
            raise InputError(msg) from error
        if parsed.host not in _HERE:
            sys.stderr.write(f"the questions are sent to {parsed.host}\n")
        client = httpx.Client(transport=httpx.HTTPTransport(retries=RETRIES), timeout=timeout, trust_env=False)
        return cls(url, client)

    def answer(self, question: Mapping[str, Any], /) -> Any:
        """Return what the server says to one object of a batch."""
        begin = perf_counter()
        try:
            reply = self.client.post(self.url, json=dict(question))
        except httpx.HTTPError as error:
            return self._failed(f"{type(error).__name__}: {error}", begin)
        if reply.status_code != httpx.codes.OK:
            return self._failed(f"HTTP status {reply.status_code}", begin)
        if len(reply.content) > LARGEST:
            return self._failed(f"an answer of more than {LARGEST} bytes", begin)
        try:
            found = reply.json()
        except ValueError as error:
            return self._failed(f"no JSON ({error})", begin)
        return {**found, "seconds": perf_counter() - begin} if isinstance(found, dict) else found

    @staticmethod
    def _failed(reason: str, begin: float) -> dict[str, Any]:
        return {"error": reason, "seconds": perf_counter() - begin}
