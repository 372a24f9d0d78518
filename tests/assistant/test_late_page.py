"""A page that is laid out when somebody first asks for it."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI

from assistant.chat.app import _mount_late
from assistant.chat.late_page import LatePage

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::UserWarning")


class Maker:
    """Makes the application of a page, and keeps what happened to it."""

    def __init__(self, *, fails: int = 0) -> None:
        self.happened: list[str] = []
        self.fails = fails

    def __call__(self) -> FastAPI:
        self.happened.append("made")

        @asynccontextmanager
        async def lifespan(_):
            if self.fails:
                self.fails -= 1
                raise RuntimeError
            self.happened.append("started")
            yield
            self.happened.append("ended")

        app = FastAPI(lifespan=lifespan)
        app.get("/en/hello")(lambda: "hello")
        return app


def around(make):
    app = FastAPI()
    _mount_late(app, LatePage("/en/", make))
    app.get("/{rest:path}")(lambda: "the other page")
    return app


def test_a_late_page_is_made_once_and_when_it_is_asked_for():
    """
    Nothing is made before the first request below its path; then it is made and started once, and ended with the server.
    """
    client = pytest.importorskip("starlette.testclient").TestClient
    make = Maker()
    with client(around(make)) as browser:
        assert browser.get("/other").json() == "the other page"
        assert browser.get("/england").json() == "the other page"
        assert make.happened == []
        assert [browser.get("/en/hello").json() for _ in range(2)] == ["hello", "hello"]
        assert make.happened == ["made", "started"]

    assert make.happened == ["made", "started", "ended"]


def test_a_late_page_that_cannot_start_is_tried_again():
    """
    Where the page cannot be started, that request fails and the next one tries again.
    """
    client = pytest.importorskip("starlette.testclient").TestClient
    make = Maker(fails=1)
    with client(around(make), raise_server_exceptions=False) as browser:
        assert browser.get("/en/hello").status_code == 500
        assert browser.get("/en/hello").json() == "hello"
