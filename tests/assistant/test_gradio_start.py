"""Gradio as a server starts it: in less time, and whole once the rest of it is asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

_STARTED = """
import sys
from assistant.chat.gradio_start import load_gradio

load_gradio()
print([name for name in ("pandas.core", "gradio.external", "httpx._main", "huggingface_hub.hf_api") if name in sys.modules])

import gradio.external
import pandas
from huggingface_hub import HfApi

print(callable(gradio.external.load), callable(HfApi), pandas.DataFrame({"a": [1, 2]}).a.sum())
"""


_ASKED = """
import sys
from assistant.chat.gradio_start import load_gradio

gradio = load_gradio()
with gradio.Blocks() as page:
    box = gradio.Textbox()
    box.submit(str.upper, box, box)
page.launch(prevent_thread_lock=True, quiet=True)
from gradio_client import Client

client = Client(page.local_url, verbose=False, analytics_enabled=False)
print([client.submit(word, fn_index=0).result() for word in ("a", "b")], "pandas.core" in sys.modules)
page.close()
"""

_PASSED_OVER = """
import asyncio
from assistant.chat.gradio_start import load_gradio

gradio = load_gradio()
from gradio.state_holder import SessionState

shown = iter([gradio.skip(), "<p>1</p>", gradio.skip(), "<p>2</p>"])
with gradio.Blocks(analytics_enabled=False) as page:
    part = gradio.HTML("")
    page.load(lambda: next(shown), None, part)
session = SessionState(page)
values, parts = set(session.config_values), set(session.blocks_config.blocks)
for _ in range(4):
    asyncio.run(page.process_api(0, [], state=session))
held = session.config_values
print(set(held) == values, set(session.blocks_config.blocks) == parts, held[part._id]["props"].get("value"))
"""


def test_no_event_is_summed_up_for_a_page_that_is_not_served():
    """
    Questions that go through the queue load no pandas: two at once would find it half loaded, and leave the queue by an exception.
    """
    pytest.importorskip("gradio")

    ended = subprocess.run([sys.executable, "-c", _ASKED], capture_output=True, text=True, timeout=120, check=False)

    assert "['A', 'B'] False" in ended.stdout.splitlines(), ended.stderr


def test_what_the_page_does_not_need_is_loaded_later_and_whole():
    """
    Behind Gradio's import neither pandas nor its loader of other people's pages is loaded; whoever asks for them then gets the real ones.
    """
    pytest.importorskip("gradio")

    ended = subprocess.run([sys.executable, "-c", _STARTED], capture_output=True, text=True, timeout=60, check=False)

    assert ended.stdout.splitlines() == ["[]", "True True 3"], ended.stderr


def test_a_part_that_is_passed_over_keeps_its_number():
    """
    However often an output is passed over and shown, a session holds one value of it: the last one.
    """
    pytest.importorskip("gradio")

    ended = subprocess.run(
        [sys.executable, "-c", _PASSED_OVER], capture_output=True, text=True, timeout=60, check=False
    )

    assert ended.stdout.splitlines() == ["True True <p>2</p>"], ended.stderr
