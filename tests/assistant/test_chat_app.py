"""The application around the page: its headers, its language, and what it refuses."""

from __future__ import annotations

import gc
import re
import socket

import pytest

from assistant.__main__ import main
from assistant.chat.office import Office
from assistant.chat.strings import load_strings
from indexer.errors import InputError
from tests.assistant.chat_fakes import FakeAssistant
from tests.assistant.small import small_index
from tests.fakes import FakeEncoder

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::UserWarning")


@pytest.fixture(scope="module")
def client():
    from assistant.chat.app import build_app

    testing = pytest.importorskip("starlette.testclient")
    yield testing.TestClient(build_app(Office(FakeAssistant())))
    gc.collect()  # gradio leaves an event loop behind: let it be found here, where that is no error


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
    asked = {"Origin": "https://evil.example"}
    preflight = {**asked, "Access-Control-Request-Method": "POST"}

    assert client.get("/config", headers=asked).headers.get("access-control-allow-origin") is None
    assert client.options("/gradio_api/queue/join", headers=preflight).status_code == 400


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/gradio_api/file=/etc/passwd", "/gradio_api/upload"])
def test_what_is_not_used_is_closed(client, path):
    """
    Routes that this version does not use are not there.
    """
    assert client.get(path).status_code in (403, 404, 405)


def test_a_taken_port_is_said(tmp_path, capsys):
    """
    A port that is taken ends the command with 1 and a message of place, fact and next step.
    """
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["serve", "--index", str(tmp_path), "--port", str(port)]) == 1

    message = capsys.readouterr().err
    assert f"127.0.0.1:{port}" in message
    assert f"--port {port + 1}" in message


def test_a_missing_index_is_said(tmp_path, capsys):
    """
    Without an index the command ends with 1 and a message that names the folder and the command that builds it.
    """
    assert main(["serve", "--index", str(tmp_path / "none"), "--port", "0"]) == 1
    message = capsys.readouterr().err
    assert "python -m indexer build" in message
    assert "none" in message


def test_an_unknown_language_is_said():
    """
    A screen language that there is not gives the ones that there are.
    """
    with pytest.raises(InputError, match="Choose one of: en, vi"):
        load_strings("fr")


def test_the_page_names_no_other_host(client):
    """
    The served page, its configuration included, bears no address of another host that a browser would load from.
    """
    loaded = re.findall(r'(?:src|href)="(https?://[^"]+)"', client.get("/").text)

    assert [address for address in loaded if "testserver" not in address] == []


def test_the_shipped_font_and_script_are_served(client):
    """
    The font that has every Vietnamese letter, the style and the script come from our own host.
    """
    style = client.get("/hoi-van-ban/chat.css")
    fonts = re.findall(r'url\("(fonts/[^"]+)"\)', style.text)

    assert fonts
    for path in (*fonts, "chat.js"):
        assert client.get(f"/hoi-van-ban/{path}").status_code == 200


def test_another_embedding_model_is_handed_on(tmp_path, monkeypatch):
    """
    What ``serve --model`` names is the model that the index is asked with.
    """
    from assistant.chat import app

    small_index(tmp_path)
    served, loaded = [], []
    monkeypatch.setattr(app, "serve", lambda *_, **more: served.append(more["model"]))
    monkeypatch.setattr("indexer.embedding.load_encoder", lambda name: loaded.append(name) or FakeEncoder())
    assert main(["serve", "--index", str(tmp_path / "index"), "--model", "mô-hình-khác"]) == 0
    app._open_index(tmp_path / "index", served[0]).warm()  # noqa: SLF001 - what serve does with it

    assert loaded == ["mô-hình-khác"]
