"""
The sets of a folder that is watched, and what a run of one gives.

    NAME.jsonl           a question set, at any depth
    NAME/queries.jsonl   a retrieval set: a BEIR folder

A set is the same as long as its content is: the name of a stored result holds the beginning of its SHA-256.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eval import run
from eval.provenance import commit
from eval.question_set import REPORTED, load_questions
from eval.retrieval_measures import MEASURES, measure_question
from eval.retrieval_sets import load_set
from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    from assistant.service import Assistant
    from eval.retrieval_sets import RetrievalSet

_PARTS = ("corpus.jsonl", "corpus.jsonl.gz", "corpus.jsonl.xz", "queries.jsonl", "qrels.tsv", "qrels/test.tsv")


@dataclass(frozen=True, slots=True)
class WatchedSet:
    """A set in the folder that is watched; ``name`` is its path there without suffix. A sealed one tells ids only."""

    name: str
    path: Path
    retrieval: bool
    sealed: bool

    def sha256(self) -> str:
        """Return the hash of its content, in hexadecimal."""
        files = [self.path / part for part in _PARTS] if self.retrieval else [self.path]
        whole = hashlib.sha256()
        for file in files:
            if file.is_file():
                whole.update(f"{file.relative_to(self.path)}\n".encode())
                whole.update(hashlib.sha256(file.read_bytes()).digest())
        return whole.hexdigest()


def watched_sets(folder: Path, *, sealed: Collection[str] = ()) -> list[WatchedSet]:
    """
    Return the sets of *folder* in order of their names; *sealed* names those that tell ids only, beside the one that is reported.

    Raises:
        InputError: there is no such folder, it holds no set, or one that is to be sealed is not there.
    """
    if not folder.is_dir():
        msg = f"{folder}: there is no such folder.\n  Give the folder of the question sets:  python -m eval watch --sets DIR"
        raise InputError(msg)
    retrieval = sorted(path.parent for path in folder.rglob("queries.jsonl"))
    found = [WatchedSet(path.relative_to(folder).as_posix(), path, retrieval=True, sealed=False) for path in retrieval]
    for path in sorted(folder.rglob("*.jsonl")):
        if not any(parent in retrieval for parent in path.parents):
            name = path.relative_to(folder).with_suffix("").as_posix()
            hidden = path.name == REPORTED.name or name in sealed
            found.append(WatchedSet(name, path, retrieval=False, sealed=hidden))
    if not found:
        msg = f"{folder}: holds no question set (NAME.jsonl) and no retrieval set (a folder with queries.jsonl).\n  Put one there."
        raise InputError(msg)
    if unknown := sorted(set(sealed) - {one.name for one in found if not one.retrieval}):
        msg = f"{folder}: holds no question set {', '.join(unknown)}.\n  Name one of them with --sealed: {', '.join(one.name for one in found)}"
        raise InputError(msg)
    return sorted(found, key=lambda one: one.name)


def ranked(found: RetrievalSet) -> dict[str, list[str]]:
    """Return the ranking that the assistant searches with, over the documents of *found*."""
    from eval.retrieval import FULL, collection_of, rank, reader_of  # noqa: PLC0415 - heavy
    from indexer.embedding import load_encoder  # noqa: PLC0415
    from indexer.reranker import FOLDER, Reranker  # noqa: PLC0415

    collection = collection_of(found)
    rankings = rank(
        found, collection, load_encoder(), [Reranker.load(FOLDER)], reader=reader_of(collection), parts=False
    )
    return {query: [name for name, _ in hits] for query, hits in rankings[FULL].items()}


@dataclass(slots=True)
class Runner:
    """
    Runs sets over the indexes in the folders that *place* gives for their names; each is opened once.

    *rank* gives the ranked ids of a retrieval set by question.
    """

    place: Callable[[str], Path]
    rank: Callable[[RetrievalSet], Mapping[str, list[str]]] = ranked
    _opened: dict[Path, Assistant] = field(default_factory=dict)

    def run(self, one: WatchedSet) -> dict[str, Any]:
        """
        Return the report of *one*, in the form of ``eval run --json``.

        Raises:
            InputError: the set is not well-formed, or about other documents than the index holds.
            StoreError: the index is missing or cannot be opened.
        """
        return self._retrieval(one) if one.retrieval else self._questions(one)

    def _questions(self, one: WatchedSet) -> dict[str, Any]:
        questions = load_questions(one.path)
        place = self.place(one.name)
        assistant = self._assistant(place)
        texts = {document.id: document.text for document in assistant.index.documents}
        wanted = {gold.document for question in questions for gold in question.gold}
        if wanted and not wanted & set(texts):
            msg = f"{one.path}: is about documents that the index in {place} does not hold, such as {min(wanted)}.\n  Name its index:  --index {one.name}=DIR"
            raise InputError(msg)
        outcomes = run.ask_all(questions, run.Explained(assistant), texts=texts, name=one.name)
        index = run.Located(assistant.index)
        found = run.report({run.ASSISTANT: outcomes}, files=[one.path.name], index=index, sealed=one.sealed)
        sources = "\n".join(f"{name} {value}" for name, value in sorted(assistant.index.manifest.sources.items()))
        return {**found, "documents": hashlib.sha256(sources.encode()).hexdigest()}

    def _assistant(self, place: Path) -> Assistant:
        from assistant.service import Assistant  # noqa: PLC0415 - heavy, and not needed for retrieval sets

        if place not in self._opened:
            self._opened[place] = Assistant.open(place)
        return self._opened[place]

    def _retrieval(self, one: WatchedSet) -> dict[str, Any]:
        """Return the report of a retrieval set: a question is right where a relevant document comes first."""
        found = load_set(one.path)
        judged = {query: text for query, text in found.judged().items() if found.qrels[query]}
        if not judged:
            raise InputError(f"{one.path}: no question has a relevant document.\n  See its qrels.tsv.")
        rankings = self.rank(found)
        values = {
            query: dict(zip(MEASURES, measure_question(rankings.get(query, ()), found.qrels[query]), strict=True))
            for query in judged
        }
        rows = [
            {
                "id": query,
                "category": "retrieval",
                "question": text,
                "right": bool(values[query]["Success@1"]),
                "reasons": [] if values[query]["Success@1"] else [f"RR@10 is {values[query]['RR@10']:.3f}"],
                "measures": values[query],
            }
            for query, text in judged.items()
        ]
        right = sum(bool(row["right"]) for row in rows)
        means = {name: sum(value[name] for value in values.values()) / len(values) for name in MEASURES}
        total = {"count": len(rows), "right": right, "measures": means}
        systems = {run.ASSISTANT: {"total": total, "categories": {"retrieval": total}, "rows": rows}}
        return {"commit": commit(), "questions": [one.path.name], "systems": systems}
