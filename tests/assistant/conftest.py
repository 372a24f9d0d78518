"""What the tests of the assistant ask: a small invented corpus, built once, and the repository's own (see tests/conftest.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assistant.conversation import State
from assistant.service import Assistant
from tests.assistant.small import small_index

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.types import Reply


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant of the small corpus."""
    return Assistant(small_index(tmp_path_factory.mktemp("small")))


def conversation(assistant: Assistant, *questions: str) -> Reply:
    """Ask *questions* one after the other; return the last reply."""
    state = State()
    for question in questions:
        reply, state = assistant.ask(question, state)
    return reply


@pytest.fixture(scope="session")
def ask(small: Assistant) -> Callable[..., Reply]:
    """Ask the small corpus questions, as one conversation; the last reply is returned."""
    return lambda *questions: conversation(small, *questions)


@pytest.fixture(scope="session")
def ask_real(real: Assistant) -> Callable[..., Reply]:
    """Ask the repository's corpus questions, as one conversation; the last reply is returned."""
    return lambda *questions: conversation(real, *questions)
