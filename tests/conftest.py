"""What all tests share: an index of the repository's corpus with the real model, and an assistant of it, each made once."""

from __future__ import annotations

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def real_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an index of the repository's corpus."""
    from indexer.build import build

    directory = tmp_path_factory.mktemp("real") / "index"
    assert build(REPOSITORY / "corpus", directory).failures == ()
    return directory


@pytest.fixture(scope="session")
def real(real_index: Path):
    """An assistant of the repository's corpus."""
    from assistant.service import Assistant

    return Assistant.open(real_index)
