"""An index copied to another home: from a folder into a database, out of it, or from one to another of the same kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.errors import IndexDamagedError, StoreError
from indexer.home import home_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from indexer.home import Home
    from indexer.location import Location
    from indexer.manifest import Counts, Manifest


@dataclass(frozen=True, slots=True)
class CopyResult:
    """The generation that has the copy, whether it is a new one, and what is in it."""

    generation: str
    changed: bool
    counts: Counts


def copy_index(
    source: Location, target: Location, *, hnsw: bool | None = None, step: Callable[[str], None] = lambda _: None
) -> CopyResult:
    """
    Make the current generation of the index at *source* that of the index at *target*.

    All of it is verified as it is read, and read back and verified once more from *target*. Where that holds the same
    already, nothing is written. *hnsw* as for ``home_of``; *step* hears what begins: "read", "load" or "verify".

    Raises:
        IndexMissingError: there is nothing at *source*.
        IndexDamagedError: something there, or what arrived, is not what was published.
        IndexBusyError: another program is writing at *target*.
        StoreError: *target* refuses; what it held before is unchanged.
    """
    step("read")
    contents = home_of(source).open().contents()
    counts = contents.manifest.counts
    home = home_of(target, hnsw=hnsw)
    with home.writing():
        if _manifest(home) == contents.manifest:
            return CopyResult(home.current_name() or "", changed=False, counts=counts)
        step("load")
        home.originals(contents.originals)
        name = home.publish(contents)
    step("verify")
    arrived = home.open()
    if arrived.contents().manifest.sources != contents.manifest.sources or arrived.name != name:
        msg = f"{target}/{name}: another index was published meanwhile.\n  Copy once more"
        raise IndexDamagedError(msg)
    return CopyResult(name, changed=True, counts=counts)


def _manifest(home: Home) -> Manifest | None:
    try:
        return home.open().manifest
    except StoreError:  # missing, damaged or of another format: it is replaced
        return None
