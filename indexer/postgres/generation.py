"""One generation in the database, open for reading."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import finalize

from indexer.arrays import arrays_in
from indexer.errors import IndexDamagedError
from indexer.folder import KEYWORDS, STORE, TOKENS, VECTORS
from indexer.home import Contents
from indexer.keywords import FORMS, KeywordIndex
from indexer.manifest import FileEntry, Manifest, file_entries, sha256_of
from indexer.passage_tokens import PassageTokens
from indexer.postgres.loading import PostingBlock, joined_keywords, joined_store, joined_tokens, joined_vectors
from indexer.postgres.reading import PostgresForm, PostgresStore, PostgresStreams, PostgresVectors
from indexer.store import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typing_extensions import Buffer

    from indexer.postgres.database import Database

_IN_TABLES = frozenset({STORE, KEYWORDS, VECTORS, TOKENS})
_TERMS_AT_ONCE = 5000


class _Files(MutableMapping[str, "Buffer"]):
    """The files of a generation that are no tables, each read and verified when it is asked for."""

    def __init__(self, generation: PostgresGeneration) -> None:
        self._generation = generation
        self._names = set(generation.manifest.files) - _IN_TABLES

    def __getitem__(self, name: str) -> Buffer:
        if name not in self._names:
            raise KeyError(name)
        data = self._generation.file(name)
        entry = self._generation.manifest.files[name]
        if FileEntry(sha256_of(data), len(data)) != entry:
            raise self._generation.damaged(name)
        return data

    def __setitem__(self, name: str, data: Buffer) -> None:
        msg = f"nothing of {self._generation.name} can be changed"
        raise TypeError(msg)

    def __delitem__(self, name: str) -> None:
        self._names.remove(name)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._names))

    def __len__(self) -> int:
        return len(self._names)


class PostgresGeneration:
    """A generation in the database; `indexer.home.OpenGeneration` says what each method gives."""

    def __init__(self, database: Database, name: str, manifest: Manifest, signatures: Mapping[str, str]) -> None:
        self.name = name
        self.manifest = manifest
        self._database, self._signatures = database, signatures
        self.files: MutableMapping[str, Buffer] = _Files(self)
        self.store = PostgresStore(database)
        self._folder: Path | None = None

    def file(self, name: str) -> bytes:
        """Return what stands in ``files`` under *name*."""
        rows = self._database.select("SELECT data FROM files WHERE name = ? AND verified ORDER BY part", name)
        return b"".join(data for (data,) in rows)

    def damaged(self, what: str) -> IndexDamagedError:
        """Return the error that says that *what* is not what was published."""
        where = self._database.address
        return IndexDamagedError(
            f"{where}/{self.name}: {what} is not what was published.\n"
            f"  Restore the database, or publish again:  python -m indexer copy --from FOLDER --to {where}"
        )

    def keywords(self) -> KeywordIndex:
        """Return the keyword index, whose postings stay in the database."""
        rest = arrays_in(self.file(KEYWORDS))
        count = int(rest["units"][0])
        return KeywordIndex(
            {
                form: PostgresForm(self._database, number, rest[f"{form}.vocabulary"], count)
                for number, form in enumerate(FORMS)
            },
            count,
        )

    def vectors(self) -> PostgresVectors:
        """Return the vectors, which stay in the database."""
        ((count,),) = self._database.select("SELECT coalesce(max(position) + 1, 0) FROM vectors")
        return PostgresVectors(self._database, count, self.manifest.model.dimension)

    def tokens(self) -> PassageTokens:
        """Return the tokens; those of the passages stay in the database, headings and frequencies are read."""
        rest = arrays_in(self.file(TOKENS))
        return PassageTokens.from_arrays(rest, PostgresStreams(self._database, rest["offsets"], rest["singles"]))

    def beside(self) -> Mapping[str, bytes]:
        """Return the files that are not verified."""
        found: dict[str, bytes] = {}
        for name, data in self._database.select("SELECT name, data FROM files WHERE NOT verified ORDER BY name, part"):
            found[name] = found.get(name, b"") + data
        return found

    def original(self, document: str, entry: FileEntry) -> Path:
        """Return where the original of *document* lies in a folder of this process, verified."""
        if self._folder is None:
            folder = tempfile.TemporaryDirectory(prefix="hoi-van-ban-")
            self._folder = Path(folder.name)
            finalize(self, folder.cleanup)
        path = self._folder / entry.sha256
        if not path.is_file():
            query = "SELECT data FROM originals WHERE sha256 = ? ORDER BY part"
            data = b"".join(part for (part,) in self._database.select(query, entry.sha256))
            if FileEntry(sha256_of(data), len(data)) != entry:
                raise self.damaged(f"the original of {document!r}")
            unfinished = path.with_suffix(".unfinished")
            unfinished.write_bytes(data)
            unfinished.replace(path)
        return path

    def contents(self) -> Contents:
        """
        Return all of it as files, every one verified.

        Where SQLite or FAISS are of another version here than where it was published, the bytes of their files may differ though what is
        in them does not; the manifest then says what they are now.

        Raises:
            IndexDamagedError: something is not what was published.
        """
        store, store_signature = joined_store({table: self.store.rows_of(table) for table in TABLES})
        vectors, vectors_signature = joined_vectors(self.vectors().vectors())
        for name, signature in ((STORE, store_signature), (VECTORS, vectors_signature)):
            if signature != self._signatures[name]:
                raise self.damaged(name)
        rest = arrays_in(self.file(KEYWORDS))
        files: dict[str, Buffer] = {
            **_Files(self),  # also those that were unpacked meanwhile
            STORE: store,
            VECTORS: vectors,
            KEYWORDS: joined_keywords(rest, self._postings),
            TOKENS: joined_tokens(self.tokens()),
        }
        entries = file_entries(files)
        for name, entry in self.manifest.files.items():
            if entries.get(name) != entry and name not in self._signatures:
                raise self.damaged(name)
        originals = {name: self.original(name, entry) for name, entry in self.manifest.originals.items()}
        return Contents(replace(self.manifest, files=entries), files, self.beside(), originals)

    def _postings(self, form: int) -> Iterator[PostingBlock]:
        query = "SELECT term, frequency, units, weights FROM postings WHERE form = ? AND term > ? ORDER BY term LIMIT ?"
        last = -1
        while rows := self._database.select(query, form, last, _TERMS_AT_ONCE):
            last = rows[-1][0]
            yield PostingBlock.of([(row[0], row[1], row[2], row[3]) for row in rows])
