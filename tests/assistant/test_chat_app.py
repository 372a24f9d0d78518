"""The application around the page: its headers, its language, and what it refuses."""

from __future__ import annotations

import asyncio
import socket

import pytest

from indexer.errors import IndexMissingError, InputError
from tests.assistant.chat_fakes import FakeAssistant

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")


@pytest.fixture(scope="module")
def client():
    from assistant.chat.app import build_app

    async def built():
        return build_app(FakeAssistant())

    testing = pytest.importorskip("starlette.testclient")
    # outside of a running loop Gradio opens loops of its own and never closes them
    return testing.TestClient(asyncio.run(built()))


def test_the_page_is_vietnamese_and_loads_from_nowhere_else(client):
    """
    The page says its language, and the browser is ordered to load nothing from another host.
    """
    page = client.get("/")

    assert 'lang="vi"' in page.text
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"


def test_another_origin_is_not_let_in(client):
    """
    A page of another host gets no leave to read answers with the user's cookies.
    """
    answer = client.get("/config", headers={"Origin": "https://evil.example"})

    assert answer.headers.get("access-control-allow-origin") != "https://evil.example"


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/gradio_api/file=/etc/passwd", "/gradio_api/upload"])
def test_what_is_not_used_is_closed(client, path):
    """
    Routes that this version does not use are not there.
    """
    assert client.get(path).status_code in (403, 404, 405)


def test_a_taken_port_is_said(tmp_path):
    """
    A port that is taken gives place, fact and next step.
    """
    from assistant.chat.app import serve

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(InputError, match="Take another port"):
            serve(tmp_path, port=taken.getsockname()[1])


def test_a_missing_index_is_said(tmp_path):
    """
    Without an index the message names the command that builds it.
    """
    from assistant.chat.app import serve

    with pytest.raises(IndexMissingError, match="python -m indexer build"):
        serve(tmp_path / "none", port=0)
