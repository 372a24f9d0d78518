"""The index: opened for reading, published whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property, lru_cache
from threading import RLock
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from indexer.arrays import pack_arrays
from indexer.codec import dumps, loads
from indexer.embedding import load_encoder as default_encoder
from indexer.embedding import token_model, token_model_hash
from indexer.errors import IndexDamagedError, StoreError, UnknownDocumentError
from indexer.folder import CANARY, COLUMNS, FAILED, KEYWORDS, SECONDS, STORE, TOKENS, VECTORS
from indexer.home import Contents, home_of
from indexer.ingest import FailedFile
from indexer.keywords import KeywordIndex, build_keywords
from indexer.large import beside, uncollected
from indexer.manifest import (
    FORMAT,
    Counts,
    Manifest,
    ModelEntry,
    canary_of,
    check_canary,
    check_model,
    check_segmenter,
    file_entries,
    segmenter,
)
from indexer.passage_tokens import PassageTokens, Streams, join_tokens, segmenting
from indexer.passages import SplitterSettings, fitted, passages_from
from indexer.ranking import QuestionReading, Ranker, RankingPart
from indexer.reranker import Reranker
from indexer.store import build_store
from indexer.summary import FILES as SUMMARY
from indexer.summary import Summary, build_summary
from indexer.units import Columns, build_columns, kind_number, read_columns, words_of_units
from indexer.vectors import IndexEncoder, PassageVectors, build_vectors

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from indexer.home import Home, OpenGeneration
    from indexer.location import Location
    from indexer.manifest import FileEntry
    from indexer.stored import Stored
    from indexer.types import Clause, Document, Page, ParsedDocument, Passage, Placed, StepKind, Table

_KEPT = 512  # documents whose clauses, tables or pages stay in memory once they were read
_NAMED = 20  # ids in a message about one that is not there
_BATCH = 256  # passages between two reports of progress

Part = TypeVar("Part", Columns, KeywordIndex, PassageVectors)
Progress = Callable[[str, int, int], None]  # what is done, how many are done, of how many


class Index:
    """
    One generation of an index, open; threads may share it.

    Documents and passages are read when they are asked for; arrays lie in mapped files, or in a database. It keeps answering from that
    generation whatever is published meanwhile; open again to see the new one.
    The model is loaded at the first search by meaning, since most questions are answered without one.
    """

    def __init__(
        self,
        directory: Location,
        generation: OpenGeneration,
        *,
        encoder: IndexEncoder | None = None,
        load_encoder: Callable[[], IndexEncoder] | None = None,
        without: Collection[RankingPart] = (),
    ) -> None:
        self.directory = directory
        self.without = frozenset(without)  # parts that its ranking leaves out
        self.generation = generation.name
        self.manifest = generation.manifest
        self._generation = generation
        self._files = generation.files  # each is dropped once it is unpacked
        self._store = store = generation.store
        self._failed = bytes(self._files.pop(FAILED, b""))
        self.summary = Summary(
            {name: self._files.pop(name) for name in SUMMARY}
        )  # what is known of all documents together
        self._columns = self._counted(read_columns(self._files.pop(COLUMNS)), COLUMNS)
        self._keywords: KeywordIndex | None = None
        self._vectors: PassageVectors | None = None
        self._ranker: Ranker | None = None
        self._clauses = lru_cache(_KEPT)(store.clauses)
        self._tables = lru_cache(_KEPT)(store.tables)
        self._pages = lru_cache(_KEPT)(store.pages)
        self._load_encoder = load_encoder or default_encoder if encoder is None else lambda: encoder
        self._encoder: IndexEncoder | None = None  # once it is checked
        self._lock = RLock()

    @classmethod
    def open(
        cls,
        directory: Location,
        *,
        encoder: IndexEncoder | None = None,
        load_encoder: Callable[[], IndexEncoder] | None = None,
        without: Collection[RankingPart] = (),
        pointer: tuple[str, str] | None = None,
    ) -> Index:
        """
        Open the current generation in *directory*, or that of a *pointer*: a folder, of which every file is verified, or a database.

        *encoder* is a model that is loaded already, *load_encoder* gives one when it is needed; by default the
        embedded one. *without* are parts that the ranking leaves out.

        Raises:
            IndexMissingError: there is no index; the message says how to build it.
            IndexMismatchError: built with another format, segmenter or model.
            IndexDamagedError: a file is missing or not what was written; the message names it.
        """
        generation = home_of(directory).open(pointer)
        check_segmenter(generation.manifest, directory=directory)
        if encoder is not None:
            check_model(generation.manifest, encoder, directory=directory)
        return cls(directory, generation, encoder=encoder, load_encoder=load_encoder, without=without)

    @cached_property
    def documents(self) -> Sequence[Document]:
        """All documents, in the order in which they were published; each is read when it is asked for."""
        return self._store.documents()

    @property
    def passages(self) -> Sequence[Passage]:
        """All passages, each read when it is asked for; scores stand in their order."""
        return self._passages

    @cached_property
    def _passages(self) -> Stored[Passage]:
        return self._store.passages()

    def passages_at(self, positions: Sequence[int]) -> list[Passage]:
        """Return the passages at *positions*, in that order, read together."""
        return self._passages.at(positions)

    @property
    def unit_of_passage(self) -> npt.NDArray[np.int32]:
        """The unit of every passage, the clause or row that it is part of; units are counted in the order of the passages."""
        return self._columns.unit

    @property
    def units(self) -> int:
        """How many units there are."""
        return self._columns.units

    def positions(
        self, *, documents: Collection[str] | None = None, kinds: Collection[StepKind] | None = None
    ) -> npt.NDArray[np.intp]:
        """
        Return the positions of the passages of *documents* (ids) and of *kinds*; None stands for all.

        Raises:
            UnknownDocumentError: one of *documents* is not in the index.
        """
        wanted = np.ones(len(self._columns), dtype=np.bool_)
        if documents is not None:
            wanted &= np.isin(self._columns.document, [self._position(name) for name in documents])
        if kinds is not None:
            wanted &= np.isin(self._columns.kind, [kind_number(kind) for kind in kinds])
        return np.flatnonzero(wanted)

    def _position(self, document: str) -> int:
        position = self._store.position(document)
        if position is None:
            ids = self._store.ids()
            alike = sorted(ids, key=lambda known: -SequenceMatcher(None, document, known).ratio())[:_NAMED]
            more = f" … ({len(ids)} documents)" if len(ids) > _NAMED else ""
            msg = (
                f"{self.directory}: there is no document {document!r} in the index.\n"
                f"  There are: {', '.join(alike) or 'none yet; add one with  python -m indexer add FILE'}{more}"
            )
            raise UnknownDocumentError(msg)
        return position

    def place(self, document: str) -> int:
        """Return the place of the document with that id among all, counted from 0, or raise UnknownDocumentError."""
        return self._position(document)

    def document(self, document: str) -> Document:
        """
        Return the document with that id.

        Raises:
            UnknownDocumentError: there is none; the message names those that there are, the most similar first.
        """
        return self.documents[self._position(document)]

    def clauses(self, document: str) -> tuple[Clause, ...]:
        """Return the clauses of the document with that id in reading order, or raise UnknownDocumentError."""
        self._position(document)
        return self._clauses(document)

    def tables(self, document: str) -> tuple[Table, ...]:
        """Return the tables of the document with that id with all their rows, or raise UnknownDocumentError."""
        self._position(document)
        return self._tables(document)

    def pages(self, document: str) -> tuple[Page, ...]:
        """Return the pages of the document with that id, or raise UnknownDocumentError."""
        self._position(document)
        return self._pages(document)

    def placed(self, document: str, start: int = 0, end: int | None = None) -> tuple[Placed, ...]:
        """
        Return the printed lines of the document with that id, or only those of the pages that ``text[start:end]`` touches.

        They are read when they are asked for and not kept: a file of a thousand pages has some 45,000.

        Raises:
            UnknownDocumentError: there is no such document.
        """
        self._position(document)
        return self._store.placed(document, start, end)

    def parsed(self, documents: Collection[str] | None = None) -> list[ParsedDocument]:
        """Return all documents as they were read, or those of *documents* (ids), in the order in which they were published."""
        return self._store.parsed(documents)

    def original_entry(self, document: str) -> FileEntry | None:
        """
        Return hash and size of the file that the document with that id was read from, where it is kept: a PDF or a picture.

        Raises:
            UnknownDocumentError: there is no such document.
        """
        self._position(document)
        return self.manifest.originals.get(document)

    def original(self, document: str) -> Path | None:
        """
        Return where the file of the document with that id lies, verified at each call; None where none is kept.

        It is kept for PDFs and pictures, which can be shown page by page; it may be gone once the index has been built anew.

        Raises:
            UnknownDocumentError: there is no such document.
            IndexDamagedError: the file is missing or not what was kept.
        """
        entry = self.original_entry(document)
        return None if entry is None else self._generation.original(document, entry)

    @cached_property
    def failed(self) -> tuple[FailedFile, ...]:
        """The files that could not be read when the index was built, and why."""
        return failed_files(self._failed)

    @cached_property
    def seconds(self) -> dict[str, float]:
        """How many seconds the reading of each document took, by its id; nothing where that is not known."""
        return seconds_taken(self._generation)

    def _keyword_index(self) -> KeywordIndex:
        with self._lock:
            if self._keywords is None:
                self._keywords = self._counted(self._generation.keywords(), KEYWORDS, units=True)
            return self._keywords

    def _vector_index(self) -> PassageVectors:
        with self._lock:
            if self._vectors is None:
                self._vectors = self._counted(self._generation.vectors(), VECTORS)
            return self._vectors

    def _counted(self, part: Part, file: str, *, units: bool = False) -> Part:
        counts = self.manifest.counts
        count, what = (counts.units, "units") if units else (counts.passages, "passages")
        if len(part) != count:
            msg = (
                f"{self.directory}/{self.generation}/{file}: holds {len(part)} {what}, the manifest says {count}.\n"
                f"  Rebuild the index:  python -m indexer build --index {self.directory}"
            )
            raise IndexDamagedError(msg)
        return part

    def encoder(self) -> IndexEncoder:
        """
        Return the embedding model, loaded and checked once.

        Raises:
            IndexMismatchError: it is not the one that the index was built with, or gives other vectors.
        """
        with self._lock:
            if self._encoder is None:
                encoder = self._load_encoder()
                check_model(self.manifest, encoder, directory=self.directory)
                check_canary(bytes(self._files[CANARY]), encoder, directory=self.directory)
                self._encoder = encoder
            return self._encoder

    def keyword_scores(self, question: str, *, folded: bool = False) -> npt.NDArray[np.float32]:
        """Return one BM25 score a unit, 0 where no token is shared; *folded* compares without diacritics."""
        return self._keyword_index().scores(question, folded=folded)

    def document_scores(self, question: str, *, folded: bool = False) -> npt.NDArray[np.float32]:
        """Return the best BM25 score of every document's units, in the order of ``documents``, 0 where no token is shared."""
        best = np.zeros(len(self.documents), dtype=np.float32)
        units = self.keyword_scores(question, folded=folded)
        np.maximum.at(best, self._columns.document, units[self._columns.unit])
        return best

    def vector_scores(self, question: str) -> npt.NDArray[np.float32]:
        """Return the cosine of *question* with every passage; of a large index that takes long, see ``nearest``."""
        return self._vector_index().scores(self.vector(question))

    def vector(self, question: str) -> npt.NDArray[np.float32]:
        """Return the vector of *question*, shape (dimension,)."""
        rows = self.encoder().encode_query([question])
        return np.asarray(rows[0], dtype=np.float32)

    def nearest(self, vector: npt.NDArray[np.float32], count: int) -> npt.NDArray[np.intp]:
        """Return the positions of the *count* passages nearest to *vector*, the nearest first."""
        positions, _ = self._vector_index().best(vector, count)
        return positions

    def cosines(self, vector: npt.NDArray[np.float32], positions: npt.NDArray[np.intp]) -> npt.NDArray[np.float32]:
        """Return the cosine of *vector* with the passages at *positions*, in their order."""
        return self._vector_index().scores_at(vector, positions)

    def vectors(self) -> npt.NDArray[np.float32]:
        """Return the vectors of all passages, shape (passages, dimension)."""
        return self._vector_index().vectors()

    def ranker(self) -> Ranker:
        """Return what ranks the units; it is put together at the first call, or raises as ``encoder``."""
        with self._lock:
            if self._ranker is None:
                tokens = self._generation.tokens()
                first = tokens.first_passage[:-1]
                documents = self._columns.document[first]
                parts = (self._keyword_index(), self._vector_index(), tokens, documents, self.encoder())
                self._ranker = Ranker(*parts, token_model(), Reranker.load(), self.without)
            return self._ranker

    def verify(self) -> None:
        """Read all of the generation, originals too; raise IndexDamagedError where something is not what was published."""
        self._generation.contents()

    def warm(self) -> None:
        """Load all that the first search would wait for: the keywords, the vectors, the model and its segmenter."""
        self.ranker().rank([QuestionReading("khởi động")])


def failed_files(data: bytes) -> tuple[FailedFile, ...]:
    """Return the files that could not be read, of the bytes of their list; b"" where there is no list."""
    return tuple(loads(tuple[FailedFile, ...], data.decode())) if data else ()


def failed_in(generation: OpenGeneration) -> tuple[FailedFile, ...]:
    """Return the files that could not be read when *generation* was built."""
    return failed_files(bytes(generation.files.get(FAILED, b"")))


def seconds_taken(generation: OpenGeneration) -> dict[str, float]:
    """Return the seconds that reading took, by document; a list that is damaged or missing is no reason to fail."""
    try:
        return dict(loads(dict[str, float], generation.beside().get(SECONDS, b"{}").decode()))
    except (ValueError, TypeError):
        return {}


def stored(directory: Location) -> list[ParsedDocument]:
    """Return what the index in *directory* holds, as it was read: drop one or add one, and publish again."""
    return Index.open(directory).parsed()


@dataclass(frozen=True, slots=True)
class PublishResult:
    """The current generation, and whether it is a new one."""

    generation: str
    changed: bool
    counts: Counts


def _current(home: Home) -> OpenGeneration | None:
    try:
        return home.open()
    except StoreError:  # missing, damaged or of another format: nothing of it can be used
        return None


def _originals(old: OpenGeneration | None, sources: Mapping[str, str]) -> dict[str, FileEntry]:
    """Return the originals that *old* has of documents whose source is still the same."""
    if old is None:
        return {}
    before = old.manifest.sources
    return {name: entry for name, entry in old.manifest.originals.items() if before.get(name) == sources.get(name)}


class _Known:
    """What *old* knows of passages, by their ``search``: vectors that *model* made, and tokens."""

    def __init__(self, old: OpenGeneration | None, model: ModelEntry) -> None:
        self._places: dict[str, int] = {}
        self._vectors: npt.NDArray[np.float32] | None = None
        self._streams: Streams | None = None
        if old is None or old.manifest.segmenter != segmenter():
            return
        if old.manifest.model.sha256 == model.sha256:
            self._vectors = old.vectors().vectors()
        if old.manifest.tokens_of == token_model_hash():
            passages = old.tokens().passages
            self._streams = Streams(passages.tokens, passages.offsets)
        if self._vectors is not None or self._streams is not None:
            self._places = {passage.search: place for place, passage in enumerate(old.store.passages())}

    def vectors(self) -> Mapping[str, npt.NDArray[np.float32]]:
        """Return the vector of every passage that has a known one."""
        vectors = self._vectors
        return {} if vectors is None else {search: vectors[place] for search, place in self._places.items()}

    def stream(self, search: str) -> npt.NDArray[np.uint32] | None:
        """Return the tokens of a passage, None where they are not known."""
        place = self._places.get(search) if self._streams is not None else None
        return None if self._streams is None or place is None else self._streams.of_text(place)


@contextmanager
def _tokens(
    passages: Sequence[Passage],
    units: Sequence[tuple[str, str]],
    unit_of: npt.NDArray[np.int32],
    known: _Known,
    progress: Progress,
) -> Iterator[Callable[[], PassageTokens]]:
    """
    Begin to find the tokens of *passages* and of the headings of *units*, and give what waits for them and returns them.

    Only what is not *known* is segmented.
    """
    vocabulary = token_model().vocabulary
    streams = [known.stream(passage.search) for passage in passages]
    new = [place for place, stream in enumerate(streams) if stream is None]
    headings = list(dict.fromkeys(heading for heading, _ in units))
    texts = [*(passages[place].search for place in new), *headings]
    with segmenting(texts, vocabulary, workers=os.cpu_count() or 1) as found:

        def tokens() -> PassageTokens:
            every = found(lambda done, total: progress("segment", done, total))
            for place, stream in zip(new, every, strict=False):
                streams[place] = stream
            of_heading = dict(zip(headings, every[len(new) :], strict=True))
            return join_tokens(
                [stream for stream in streams if stream is not None],
                [of_heading[heading] for heading, _ in units],
                unit_of,
                identities=vocabulary.identities,
            )

        yield tokens


def _embed(
    passages: Sequence[Passage],
    encoder: IndexEncoder,
    known: Mapping[str, npt.NDArray[np.float32]],
    home: Home,
    progress: Progress,
) -> npt.NDArray[np.float32]:
    vectors = np.zeros((len(passages), encoder.dimension), dtype=np.float32)
    new = []
    for position, passage in enumerate(passages):
        if passage.search in known:
            vectors[position] = known[passage.search]
        else:
            new.append(position)
    batches = [new[first : first + _BATCH] for first in range(0, len(new), _BATCH)]
    texts = ([passages[position].search for position in batch] for batch in batches)
    done = 0
    for batch, rows in zip(batches, home.embedded(encoder, texts), strict=True):
        if rows.shape != (len(batch), encoder.dimension) or not np.isfinite(rows).all():
            msg = (
                f"model {encoder.name!r} gave vectors of shape {rows.shape} for {len(batch)} passages, or numbers that "
                f"are not finite; {encoder.dimension} numbers a passage were announced.\n"
                "  Build with another one:  python -m indexer build --model MODEL"
            )
            raise StoreError(msg)
        vectors[batch] = rows
        done += len(batch)
        progress("embed", done, len(new))
    return vectors


def publish(
    directory: Location,
    parsed: Sequence[ParsedDocument],
    *,
    encoder: IndexEncoder,
    sources: Mapping[str, str],
    failed: Sequence[FailedFile] = (),
    seconds: Mapping[str, float] | None = None,
    originals: Mapping[str, Path] | None = None,
    progress: Progress | None = None,
) -> PublishResult:
    """
    Make *parsed* the index in *directory*; *sources* gives the SHA-256 of each document's file by document id.

    *failed* are files that could not be read and *seconds* what reading took, by document; both are kept for the report.
    *originals* are the files of documents with pages, by document id; a document of which none is given keeps the one that the index
    has of the same source.
    Passages that the index holds already keep their vectors. Where nothing changed, nothing is written.
    Readers that are open go on with the generation that they opened.

    Raises:
        IndexBusyError: another program is publishing here.
        StoreError: the disk refuses; the index before is unchanged.
        ValueError: two documents have the same id, or *sources* are those of other documents.
    """
    ids = [one.document.id for one in parsed]
    if len(set(ids)) != len(ids) or set(ids) != sources.keys():
        msg = f"one source a document is needed: documents {sorted(ids)}, sources {sorted(sources)}"
        raise ValueError(msg)
    report = progress or (lambda _what, _done, _total: None)
    home = home_of(directory)
    with home.writing(), uncollected():
        old = _current(home)
        model = ModelEntry(encoder.name, encoder.sha256, encoder.dimension)
        passages: list[Passage] = []
        for done, one in enumerate(parsed, start=1):
            passages += passages_from(one)
            report("passages", done, len(parsed))
        passages = fitted(passages, encoder.fits)
        known = _Known(old, model)
        units = words_of_units(passages)
        files = {COLUMNS: build_columns(passages, ids)}
        unit_of = read_columns(files[COLUMNS]).unit
        # two or three processes work while this one writes the store
        with beside(build_keywords, units) as keywords, _tokens(passages, units, unit_of, known, report) as segmented:
            files[STORE] = build_store(parsed, passages)
            report("summary", 0, 1)
            files |= build_summary(parsed)
            report("summary", 1, 1)
            tokens = segmented()
            files[KEYWORDS] = keywords()
        ours = encoder.sha256 == token_model_hash()
        vectors = (
            token_model().embed(tokens.passages) if ours else _embed(passages, encoder, known.vectors(), home, report)
        )
        report("write", 0, 3)
        files |= {VECTORS: build_vectors(vectors), CANARY: canary_of(encoder)}
        files[TOKENS] = pack_arrays(tokens.arrays())
        files[FAILED] = dumps(tuple(sorted(failed, key=lambda one: one.file))).encode()
        report("write", 2, 3)
        counts = Counts(
            documents=len(parsed),
            clauses=sum(len(one.clauses) for one in parsed),
            rows=sum(len(table.rows) for one in parsed for table in one.tables),
            units=len(units),
            passages=len(passages),
            vectors=len(vectors),
        )
        manifest = Manifest(
            format=FORMAT,
            segmenter=segmenter(),
            splitter=SplitterSettings(),
            model=model,
            tokens_of=token_model_hash(),
            counts=counts,
            sources=dict(sources),
            files=file_entries(files),
            originals=_originals(old, sources) | home.originals(originals or {}),
        )
        if old is not None and old.manifest == manifest:
            return PublishResult(old.name, changed=False, counts=counts)
        taken = {name: round(value, 2) for name, value in (seconds or {}).items() if name in sources}
        name = home.publish(Contents(manifest, files, {SECONDS: dumps(taken).encode()}))
        report("write", 3, 3)
    return PublishResult(name, changed=True, counts=counts)
