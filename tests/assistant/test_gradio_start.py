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


def test_what_the_page_does_not_need_is_loaded_later_and_whole():
    """
    Behind Gradio's import neither pandas nor its loader of other people's pages is loaded; whoever asks for them then gets the real ones.
    """
    pytest.importorskip("gradio")

    ended = subprocess.run([sys.executable, "-c", _STARTED], capture_output=True, text=True, timeout=60, check=False)

    assert ended.stdout.splitlines() == ["[]", "True True 3"], ended.stderr
