"""
The home of an index: where its generations are read and published, a folder or a database.

    Home            publishes, and says which generation is the current one
    OpenGeneration  what one generation is read from

`indexer.folder` and `indexer.postgres` have one of each; `indexer.index` knows these protocols alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, MutableMapping
    from contextlib import AbstractContextManager

    import numpy as np
    import numpy.typing as npt
    from typing_extensions import Buffer

    from indexer.keywords import KeywordIndex
    from indexer.location import Location
    from indexer.manifest import FileEntry, Manifest
    from indexer.passage_tokens import PassageTokens
    from indexer.store import DocumentStore
    from indexer.vectors import IndexEncoder, PassageVectors


@dataclass(frozen=True)
class Contents:
    """
    All that a generation consists of.

    ``files`` are the verified ones, ``beside`` those of which no answer depends; ``originals`` are the files of documents with
    pages, by document id.
    """

    manifest: Manifest
    files: Mapping[str, Buffer]
    beside: Mapping[str, bytes] = field(default_factory=dict)
    originals: Mapping[str, Path] = field(default_factory=dict)


class OpenGeneration(Protocol):
    """One generation, open for reading; threads may share it."""

    @property
    def name(self) -> str:
        """What it is called: "gen-000002"."""

    @property
    def manifest(self) -> Manifest:
        """What it says about itself."""

    @property
    def files(self) -> MutableMapping[str, Buffer]:
        """The contents of its files by name, those left out that the methods below read; each is dropped once it is unpacked."""

    @property
    def store(self) -> DocumentStore:
        """Documents, clauses, tables and passages."""

    def keywords(self) -> KeywordIndex:
        """Return the keyword index."""

    def vectors(self) -> PassageVectors:
        """Return the vectors of the passages."""

    def tokens(self) -> PassageTokens:
        """Return the tokens of the passages."""

    def beside(self) -> Mapping[str, bytes]:
        """Return the files that are not verified."""

    def original(self, document: str, entry: FileEntry) -> Path:
        """Return where the original of *document* lies on this machine, verified, or raise IndexDamagedError."""

    def contents(self) -> Contents:
        """Return all of it, every byte verified, or raise IndexDamagedError."""


class Home(Protocol):
    """Where the generations of one index lie."""

    def current_name(self) -> str | None:
        """Return the name of the current generation, nothing of it verified; None where there is none."""

    def current_pointer(self) -> tuple[str, str] | None:
        """Return that name and the hash of the generation's manifest."""

    def open(self, pointer: tuple[str, str] | None = None) -> OpenGeneration:
        """Open the current generation, or that of a *pointer*; raises as ``Index.open``."""

    def writing(self) -> AbstractContextManager[None]:
        """Hold the right to publish, or raise IndexBusyError or StoreError; who holds it already keeps it."""

    def embedded(self, encoder: IndexEncoder, batches: Iterable[list[str]]) -> Iterator[npt.NDArray[np.float32]]:
        """Yield the vectors that *encoder* makes of each batch of texts, in their order."""

    def originals(self, paths: Mapping[str, Path]) -> dict[str, FileEntry]:
        """Keep the files at *paths*, by document id, and return what the manifest says of each; call it inside ``writing``."""

    def publish(self, contents: Contents) -> str:
        """Make *contents* the current generation and return its name; call it inside ``writing``. Originals are kept already."""


def home_of(location: Location, *, hnsw: bool | None = None) -> Home:
    """
    Return the home of the index at *location*; nothing of it is read yet.

    *hnsw* says whether a database gets a graph of the vectors, which finds nearly all of the nearest in much less time than comparing
    with each; None as in the generation before, at first not. A folder has other means.
    """
    if isinstance(location, Path):
        from indexer.folder import FolderHome  # noqa: PLC0415 - whichever is asked for

        return FolderHome(location)
    from indexer.postgres.home import PostgresHome  # noqa: PLC0415 - its driver is an extra

    return PostgresHome(location, hnsw=hnsw)
