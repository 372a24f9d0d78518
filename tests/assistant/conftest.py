"""Two assistants, each built once: one of the repository's corpus with the real model, one of a small invented corpus."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.conversation import State
from assistant.service import Assistant
from tests.assistant.small import small_index

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.types import Reply

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def real_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an index of the repository's corpus."""
    from indexer.build import build

    directory = tmp_path_factory.mktemp("real") / "index"
    assert build(REPOSITORY / "corpus", directory).failures == ()
    return directory


@pytest.fixture(scope="session")
def real(real_index: Path) -> Assistant:
    """An assistant of the repository's corpus."""
    return Assistant.open(real_index)


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
