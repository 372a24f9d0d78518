"""What is kept of a page ends some time after the page, and not before."""

from __future__ import annotations

import asyncio
import gc

import pytest

from assistant.chat.open_pages import GRACE, Heartbeats, OpenPages

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::UserWarning")


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self):
        self.time = 0.0

    def __call__(self):
        return self.time


@pytest.fixture(scope="module")
def blocks():
    """A page of Gradio as it is mounted."""
    gradio, fastapi = pytest.importorskip("gradio"), pytest.importorskip("fastapi")
    with gradio.Blocks(analytics_enabled=False) as page:
        gradio.State([])
    gradio.mount_gradio_app(fastapi.FastAPI(), page, path="/")
    yield page
    gc.collect()  # gradio leaves an event loop behind


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def pages(blocks, clock):
    watched = OpenPages(now=clock)
    watched.watch(blocks)
    return watched


def kept(blocks, *names):
    return [name for name in names if name in blocks.state_holder.session_data]


def test_a_closed_page_is_dropped_after_a_while(pages, blocks, clock):
    """
    The state of a page that was closed is there until the time of grace is over; that of one that is open stays.
    """
    for name in ("gone", "here"):
        pages.opened(name)
        blocks.state_holder[name]
    pages.closed("gone")
    clock.time = GRACE - 1
    pages.opened("another")
    before = kept(blocks, "gone", "here")
    clock.time = GRACE
    pages.closed("another")

    assert before == ["gone", "here"]
    assert kept(blocks, "gone", "here") == ["here"]
    assert "gone" not in blocks.state_holder.time_last_used
    assert len(pages) == 1


def test_a_page_that_comes_back_goes_on(pages, blocks, clock):
    """
    A page whose connection broke and came back keeps its state, also when the first connection is seen to end only then.
    """
    pages.opened("tunnel")
    blocks.state_holder["tunnel"].is_closed = True
    pages.closed("tunnel")
    pages.opened("tunnel")
    pages.opened("tunnel")
    pages.closed("tunnel")
    clock.time = 10 * GRACE
    pages.opened("another")

    assert kept(blocks, "tunnel") == ["tunnel"]
    assert blocks.state_holder["tunnel"].is_closed is False


@pytest.mark.parametrize("path", ["/gradio_api/heartbeat/abc", "/en/gradio_api/heartbeat/abc"])
def test_a_heartbeat_that_ends_closes_its_page(pages, path):
    """
    A page is open as long as its heartbeat is served, however that ends.
    """
    seen = []

    async def served(scope, receive, send):
        seen.append(len(pages))
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(Heartbeats(served, pages)({"type": "http", "path": path}, None, None))

    assert (seen, len(pages)) == ([1], 0)


def test_other_requests_open_no_page(pages):
    """
    Only a heartbeat says that a page is open.
    """
    seen = []

    async def served(scope, receive, send):
        seen.append(len(pages))

    asyncio.run(Heartbeats(served, pages)({"type": "http", "path": "/gradio_api/queue/join"}, None, None))

    assert seen == [0]
