"""
What is known of all documents of a corpus together, found once when its index is built: so that a question reads no other documents.

Three files of the generation hold it:

    summary.json           who and what the documents name (`indexer.named`), and which of them are copies
    summary.safetensors    how many clauses and rows have a term, words of the texts, what documents are called, titles, numbers,
                           and what the texts add to the model that puts diacritics back
    folded.txt             everything there is to read, folded, on one line

All of it is that of the documents without copies. A document stands by its id, or by its place among these documents.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from indexer.arrays import arrays_in, pack_arrays
from indexer.codec import dumps
from indexer.copies import copies_in
from indexer.decoder import Learned
from indexer.folded_text import FoldedText
from indexer.named import Named, called, named_in
from indexer.ngrams import NGrams
from indexer.number_table import NumberTable, number_arrays
from indexer.restore import Restorer, learn, typed_phrases
from indexer.syllable_model import SyllableModel
from indexer.terms import TermReader, TermTable
from indexer.title_table import TitleTable, title_arrays
from indexer.types import ParsedDocument, fold_white, shown_text
from indexer.vietnamese import fold, syllables
from indexer.word_table import WordTable, pack_words, sort_words, unpack_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt
    from typing_extensions import Buffer

    from indexer.agencies import AgencyKeys
    from indexer.types import Clause, Document, Page, Table

    Arrays = dict[str, npt.NDArray[Any]]

NAMED, TABLES, FOLDED = "summary.json", "summary.safetensors", "folded.txt"
FILES = (NAMED, TABLES, FOLDED)


class _Held:
    """Parsed documents as an index holds them."""

    def __init__(self, parsed: Sequence[ParsedDocument]) -> None:
        self._parsed = {one.document.id: one for one in parsed}
        self.documents: list[Document] = [one.document for one in parsed]

    def clauses(self, document: str) -> Sequence[Clause]:
        """Return the clauses of a document."""
        return self._parsed[document].clauses

    def tables(self, document: str) -> Sequence[Table]:
        """Return the tables of a document."""
        return self._parsed[document].tables

    def pages(self, document: str) -> Sequence[Page]:
        """Return the pages of a document."""
        return self._parsed[document].pages


def build_summary(parsed: Sequence[ParsedDocument]) -> dict[str, bytes]:
    """Return the files of what is known of *parsed* together; the same documents always give the same bytes."""
    copies = copies_in(_Held(parsed))
    kept = [one for one in parsed if one.document.id not in copies]
    documents = [one.document for one in kept]
    texts = [document.text for document in documents if document.reading is None]
    named = named_in(kept)
    titles = (document.metadata.title.value if document.metadata.title else "" for document in documents)
    learned = _learned(texts)
    groups: dict[str, Arrays] = {
        "documents": _ids(parsed, copies),
        "terms": _frequencies(kept),
        "words": _words(texts),
        "names": _names(documents, named.keys()),
        "titles": title_arrays(titles),
        "numbers": number_arrays(document.text for document in documents),
        "learned": _packed(learned),
    }
    folded = " ".join(fold(fold_white(shown_text(document))) for document in documents)
    return {
        NAMED: dumps({"copies": copies, "named": named}).encode(),
        TABLES: pack_arrays(
            {f"{name}.{part}": array for name, group in groups.items() for part, array in group.items()}
        ),
        FOLDED: folded.encode(),
    }


def _ids(parsed: Sequence[ParsedDocument], copies: Mapping[str, str]) -> Arrays:
    ids = [one.document.id.encode() for one in parsed if one.document.id not in copies]
    return {
        "ids": np.frombuffer(b"".join(ids), dtype=np.uint8),
        "ends": np.cumsum([0, *map(len, ids)], dtype=np.int64),
    }


def _frequencies(parsed: Iterable[ParsedDocument]) -> Arrays:
    """Return how many clauses and rows have each term."""
    reader = TermReader()
    for one in parsed:
        for clause in one.clauses:
            reader.add(clause.reading or clause.text)
        for table in one.tables:
            for row in table.rows:
                reader.add(" ".join(cell.text for cell in row.cells))
    words, keys, begins, _ = reader.table()
    counts = np.diff(begins).astype(np.int32)
    return {"words": words, "keys": keys, "counts": counts, "units": np.array([len(reader)], dtype=np.int64)}


def words_in(texts: Iterable[str]) -> set[str]:
    """Return the words of *texts*, in small letters."""
    chunks = {chunk for text in texts for chunk in text.split()}  # no word reaches over white space
    return {word for chunk in chunks for word in syllables(chunk)}


def _words(texts: Iterable[str]) -> Arrays:
    words = words_in(texts)
    return {"marked": pack_words(sort_words(words)), "folded": pack_words(sort_words(set(map(fold, words))))}


def _names(documents: Iterable[Document], keys: AgencyKeys) -> Arrays:
    """Return the terms of what the documents are called, and which documents have each."""
    reader = TermReader()
    for document in documents:
        reader.add(called(document, keys))
    words, terms, begins, found = reader.table()
    return {"words": words, "keys": terms, "begins": begins, "documents": found}


def _learned(texts: Iterable[str]) -> Learned:
    """Return what puts diacritics back learns of *texts* and of how questions are worded."""
    return learn(SyllableModel.load(), [*texts, *typed_phrases()])


def _packed(learned: Learned) -> Arrays:
    arrays: Arrays = {"words": pack_words(learned.words)}
    if (ngrams := learned.ngrams) is not None:
        arrays |= {
            "single": ngrams.single,
            "pair_keys": ngrams.pair_keys,
            "pair_shares": ngrams.pair_shares,
            "triple_keys": ngrams.triple_keys,
            "triple_shares": ngrams.triple_shares,
        }
    return arrays


class Summary:
    """What is known of all documents together, read from the files of :func:`build_summary` as it is asked for; threads may share it."""

    def __init__(self, files: Mapping[str, Buffer]) -> None:
        """
        *files* are those of `FILES`, by name; arrays are read where they lie.

        Raises:
            IndexDamagedError: the arrays are not what was written.
        """
        self._files = files
        self._arrays = arrays_in(files[TABLES])

    def _group(self, name: str) -> Arrays:
        prefix = f"{name}."
        return {key.removeprefix(prefix): array for key, array in self._arrays.items() if key.startswith(prefix)}

    @cached_property
    def _told(self) -> dict[str, dict[str, Any]]:
        told: dict[str, dict[str, Any]] = json.loads(bytes(self._files[NAMED]))
        return told

    @property
    def copies(self) -> dict[str, str]:
        """The ids of documents that only repeat another, and of which."""
        return self._told["copies"]

    @cached_property
    def named(self) -> Named:
        """Who and what the documents name."""
        return Named(**self._told["named"])

    @cached_property
    def documents(self) -> DocumentIds:
        """The ids of the documents, copies left out."""
        return DocumentIds(**self._group("documents"))

    @cached_property
    def frequencies(self) -> Frequencies:
        """How many clauses and rows have a term."""
        return Frequencies(**self._group("terms"))

    @cached_property
    def words(self) -> WordTable:
        """The words of all texts, in small letters."""
        return WordTable(self._arrays["words.marked"])

    @cached_property
    def folded_words(self) -> WordTable:
        """The words of all texts, folded."""
        return WordTable(self._arrays["words.folded"])

    @cached_property
    def names(self) -> Names:
        """Which documents have a term in what they are called."""
        return Names(**self._group("names"))

    @cached_property
    def titles(self) -> TitleTable:
        """Where words stand side by side in titles."""
        return TitleTable(self._group("titles"))

    @cached_property
    def numbers(self) -> NumberTable:
        """The document numbers that documents print."""
        return NumberTable(self._group("numbers"))

    @cached_property
    def folded(self) -> FoldedText:
        """Everything there is to read, folded, on one line."""
        return FoldedText(self._files[FOLDED])

    @cached_property
    def restorer(self) -> Restorer:
        """What puts diacritics back, in the wording of the texts."""
        arrays = self._group("learned")
        words = tuple(unpack_words(arrays.pop("words")))
        return Restorer(SyllableModel.load(), learned=Learned(words, NGrams(**arrays, floor=0.0) if arrays else None))


class TextWording:
    """The wording of *texts*, one string a document, to read questions without an index."""

    def __init__(self, texts: Iterable[str]) -> None:
        every = list(texts)
        self.words = frozenset(words_in(every))
        self.folded_words = frozenset(map(fold, self.words))
        self.restorer = Restorer(SyllableModel.load(), learned=_learned(every))


class DocumentIds(Sequence[str]):
    """The ids of documents by their places."""

    def __init__(self, ids: npt.NDArray[np.uint8], ends: npt.NDArray[np.int64]) -> None:
        self._ids, self._ends = ids, ends

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> list[str]: ...

    def __getitem__(self, place: int | slice) -> str | list[str]:
        """Return the id of the document at *place*, or those of a slice."""
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        place = range(len(self))[place]
        return self._ids[self._ends[place] : self._ends[place + 1]].tobytes().decode()


class Frequencies:
    """How many clauses and rows have a term; ``in`` tells whether any has it. ``units`` is how many there are."""

    def __init__(
        self,
        words: npt.NDArray[np.uint8],
        keys: npt.NDArray[np.int64],
        counts: npt.NDArray[np.int32],
        units: npt.NDArray[np.int64],
    ) -> None:
        self._table = TermTable(WordTable(words), keys)
        self._counts = counts
        self.units = int(units[0])

    def __len__(self) -> int:
        return len(self._table)

    def __getitem__(self, term: str) -> int:
        """Return how many have *term*, 0 for one that none has."""
        place = self._table.place(term)
        return 0 if place is None else int(self._counts[place])

    def __contains__(self, term: object) -> bool:
        """Tell whether a clause or row has *term*."""
        return isinstance(term, str) and self._table.place(term) is not None


class Names:
    """Which documents have a term in what they are called; they stand by their places."""

    def __init__(
        self,
        words: npt.NDArray[np.uint8],
        keys: npt.NDArray[np.int64],
        begins: npt.NDArray[np.int64],
        documents: npt.NDArray[np.int32],
    ) -> None:
        self._table = TermTable(WordTable(words), keys)
        self._begins, self._documents = begins, documents

    def having(self, term: str) -> npt.NDArray[np.int32]:
        """Return the documents that have *term*, in order."""
        place = self._table.place(term)
        return self._documents[:0] if place is None else self._documents[self._begins[place] : self._begins[place + 1]]
