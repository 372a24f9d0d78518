"""What all tests share: an index of the repository's corpus with the real model, and an assistant of it, each made once."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.location import DatabaseAddress, Location
    from tests.postgres_server import Server

REPOSITORY = Path(__file__).parents[1]
_databases = count(1)  # of the one server


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


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server with pgvector; skips where it cannot be started."""
    from tests.postgres_server import Folder, Server

    folder = Folder()
    try:
        server = Server(folder.path)
        server.make()
        server.start(fsync="off", wal_level="minimal", max_wal_senders=0, autovacuum="off")
        yield server
        server.kill()
    finally:
        folder.remove()


@pytest.fixture
def database(postgres: Server) -> DatabaseAddress:
    """An empty database of that server."""
    return postgres.create(f"test_{next(_databases)}")


@pytest.fixture(params=["folder", "postgres"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Location:
    """Where an index may lie: nothing is there yet. What is tested of it holds for a folder and for a database."""
    if request.param == "folder":
        return tmp_path / "index"
    address: DatabaseAddress = request.getfixturevalue("database")
    return address
