"""An index in a folder: SQLite, FAISS and arrays in mapped files. See `indexer.generation` for what lies where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indexer.arrays import arrays_in
from indexer.errors import IndexDamagedError
from indexer.generation import (
    Generation,
    current_name,
    current_pointer,
    kept_manifests,
    read_beside,
    read_generation,
    write_generation,
    writing,
)
from indexer.home import Contents
from indexer.keywords import read_keywords
from indexer.originals import clear_originals, keep_originals, original_path
from indexer.passage_tokens import PassageTokens
from indexer.store import Store
from indexer.summary import FILES as SUMMARY
from indexer.vectors import read_vectors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, MutableMapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    import numpy.typing as npt
    from typing_extensions import Buffer

    from indexer.keywords import KeywordIndex
    from indexer.manifest import FileEntry, Manifest
    from indexer.vectors import IndexEncoder, PassageVectors

STORE = "store.sqlite"
KEYWORDS = "keywords.safetensors"
VECTORS = "vectors.safetensors"
COLUMNS = "passages.safetensors"
TOKENS = "tokens.safetensors"
CANARY = "canary.json"
FAILED = "failed.json"  # the files that could not be read
SECONDS = "seconds.json"  # how long reading took; never the same twice, so none of the verified files
NEEDED = frozenset({STORE, KEYWORDS, VECTORS, COLUMNS, TOKENS, CANARY, *SUMMARY})


class FolderGeneration:
    """A generation in a folder, verified and open."""

    def __init__(self, directory: Path, generation: Generation, store: Store) -> None:
        self.name = generation.name
        self.manifest: Manifest = generation.manifest
        self.files: MutableMapping[str, Buffer] = dict(generation.files)
        self.store = store
        self._directory = directory
        self._every = generation.files

    def keywords(self) -> KeywordIndex:
        """Return the keyword index, over the mapped file."""
        return read_keywords(self._every[KEYWORDS])

    def vectors(self) -> PassageVectors:
        """Return the vectors, over the mapped file."""
        return read_vectors(self._every[VECTORS])

    def tokens(self) -> PassageTokens:
        """Return the tokens, over the mapped file."""
        return PassageTokens.from_arrays(arrays_in(self._every[TOKENS]))

    def beside(self) -> Mapping[str, bytes]:
        """Return the files that are not verified; one that is missing is no reason to fail."""
        found = read_beside(self._directory, self.name, SECONDS)
        return {} if found is None else {SECONDS: found}

    def original(self, document: str, entry: FileEntry) -> Path:
        """Return where the original of *document* lies, verified."""
        return original_path(self._directory, document, entry)

    def contents(self) -> Contents:
        """Return all of it; it was verified when it was opened."""
        originals = {name: self.original(name, entry) for name, entry in self.manifest.originals.items()}
        return Contents(self.manifest, self._every, self.beside(), originals)


class FolderHome:
    """The folder of an index; `indexer.home.Home` says what each method does."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def current_name(self) -> str | None:
        """Return the name of the current generation."""
        return current_name(self._directory)

    def current_pointer(self) -> tuple[str, str] | None:
        """Return that name and the hash of the generation's manifest."""
        return current_pointer(self._directory)

    def open(self, pointer: tuple[str, str] | None = None) -> FolderGeneration:
        """Open the current generation, or that of a *pointer*, after verifying the SHA-256 of its every file."""
        directory = self._directory
        while True:
            generation = read_generation(directory, pointer)
            if absent := NEEDED - generation.files.keys():
                msg = (
                    f"{generation.folder}: the manifest does not name {', '.join(sorted(absent))}.\n"
                    f"  Rebuild the index:  python -m indexer build --index {directory}"
                )
                raise IndexDamagedError(msg)
            try:
                return FolderGeneration(directory, generation, Store(generation.folder / STORE))
            except OSError:  # cleared away just now, behind newer ones: the next one is read, or the reason is told
                continue

    def writing(self) -> AbstractContextManager[None]:
        """Hold the right to publish."""
        return writing(self._directory)

    def embedded(self, encoder: IndexEncoder, batches: Iterable[list[str]]) -> Iterator[npt.NDArray[np.float32]]:
        """Yield the vectors of each batch, made by this process."""
        return (np.asarray(encoder.encode_document(batch)) for batch in batches)

    def originals(self, paths: Mapping[str, Path]) -> dict[str, FileEntry]:
        """Copy the files beside the generations."""
        return keep_originals(self._directory, paths)

    def publish(self, contents: Contents) -> str:
        """Write the files of a new generation and make it the current one; originals that none names any more go."""
        name = write_generation(self._directory, contents.manifest, contents.files, contents.beside)
        named = {entry.sha256 for kept in kept_manifests(self._directory) for entry in kept.originals.values()}
        clear_originals(self._directory, named)
        return name
