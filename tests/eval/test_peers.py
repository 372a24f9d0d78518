"""Peers are started beside ours, and one that does not start is told."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from eval.peers import beside
from indexer.errors import InputError

FAKE = """#!{python}
import http.server, sys
http.server.HTTPServer(("127.0.0.1", int(sys.argv[-1])), http.server.BaseHTTPRequestHandler).serve_forever()
"""


def test_a_peer_is_there_while_it_is_asked_and_gone_afterwards(tmp_path):
    """Its address answers inside, and nobody listens there any more outside."""
    import socket
    from urllib.parse import urlsplit

    python = tmp_path / "python"
    python.write_text(FAKE.format(python=sys.executable), encoding="utf-8")
    python.chmod(0o755)

    with beside.serving(python, "LangChain", tmp_path) as address:
        where = urlsplit(address)
        socket.create_connection((where.hostname, where.port), 5).close()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((where.hostname, where.port), 5)


@pytest.mark.parametrize(
    ("python", "fact"),
    [("/bin/false", r"LangChain: did not start \(it said nothing\)"), ("/no/python", "cannot be started")],
)
def test_a_peer_that_does_not_start_is_told(tmp_path, capsys, python, fact):
    """The message names the peer or the interpreter, and what to install."""
    with pytest.raises(InputError, match=fact) as caught, beside.serving(Path(python), "LangChain", tmp_path):
        pass

    assert "requirements.txt" in str(caught.value)
