"""What all tests share: an index of the repository's corpus with the real model, and an assistant of it, each made once."""

from __future__ import annotations

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run what is marked ``one_window`` in the first of its windows only: its outcome does not depend on the size."""
    chosen: list[pytest.Item] = []
    others: list[pytest.Item] = []
    for item in items:
        small = item.get_closest_marker("one_window") and "phone" in getattr(item, "callspec", item).id  # type: ignore[attr-defined]
        (others if small else chosen).append(item)
    config.hook.pytest_deselected(items=others)
    items[:] = chosen


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
