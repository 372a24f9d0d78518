"""
TREC files: topics, judgements (qrels) and runs.

    q1 0 d7 2                      qrels: question, iteration, document, gain
    q1 Q0 d7 1 13.25 name          run: question, Q0, document, rank, score, name

Fields are parted by white space, or by tabs where ids hold spaces. As trec_eval does it, a run is ordered by score and the rank is not
looked at; of equal scores the document whose id comes later in the alphabet is first.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from eval.retrieval_measures import MEASURES, evaluate
from eval.retrieval_sets import Entry, RetrievalSet, load_set, read_objects, read_qrels, read_squad
from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_QRELS = ("qrels.txt", "qrels.tsv", "qrels", "*qrels*")
_TOPICS = ("queries.tsv", "topics.tsv", "topics.txt", "queries.jsonl", "*topics*", "*queries*")
_CORPORA = ("corpus.jsonl", "corpus.jsonl.gz", "corpus.jsonl.xz", "collection.tsv", "corpus.tsv")
_TOPIC = re.compile(r"<top>(.*?)</top>", re.DOTALL | re.IGNORECASE)
_NUMBER = re.compile(r"<num>\s*(?:Number:)?\s*([^\s<]+)", re.IGNORECASE)
_TITLE = re.compile(r"<title>\s*(?:Topic:)?\s*([^<]+)", re.IGNORECASE)


def is_trec(folder: Path) -> bool:
    """Tell whether *folder* holds judgements and topics of TREC, and is no BEIR folder."""
    qrels, topics = _find(folder, _QRELS), _find(folder, _TOPICS)
    return not is_beir(folder) and bool(qrels and topics)


def is_beir(folder: Path) -> bool:
    """Tell whether *folder* holds questions and judgements as BEIR has them; the documents may lie elsewhere."""
    names = ("qrels.tsv", "qrels/test.tsv")
    return (folder / "queries.jsonl").is_file() and any((folder / name).is_file() for name in names)


def load_trec(folder: Path, corpus_file: Path | None = None) -> RetrievalSet:
    """
    Read topics, judgements and documents of *folder*; *corpus_file* stands in for its documents.

    Topics are lines of id, tab and text, JSON lines, or ``<top>`` with ``<num>`` and ``<title>``; documents are JSON lines as in BEIR, or
    lines of id, tab and text.

    Raises:
        InputError: a file is missing, or is not what it should be.
    """
    topics = read_topics(_one(folder, _TOPICS, "topics"))
    qrels = read_qrels(_one(folder, _QRELS, "judgements"))
    corpus: dict[str, Entry] = {}
    for entry in _documents(corpus_file or _one(folder, _CORPORA, "documents")):
        corpus.setdefault(entry.id, entry)
    return RetrievalSet(folder.resolve().name, tuple(corpus.values()), topics, qrels)


def load_any(path: Path, corpus_file: Path | None = None) -> RetrievalSet:
    """
    Return the retrieval set at *path*: a SQuAD-form file, a folder of TREC files, or a BEIR folder.

    Raises:
        InputError: it is none of these.
    """
    if path.is_file() and path.suffix == ".json":
        try:
            return read_squad(path)
        except (ValueError, KeyError, TypeError) as error:
            msg = f"{path}: is not in SQuAD form ({error!r}). See what is wrong:  python -m eval import {path} --out set.jsonl"
            raise InputError(msg) from error
    if is_trec(path):
        return load_trec(path, corpus_file)
    return load_set(path, corpus_file)


def read_topics(path: Path) -> dict[str, str]:
    """
    Return the questions of a topics file by id.

    Raises:
        InputError: it is not text, or a line has no tab.
    """
    if ".jsonl" in path.name:
        return {_id(item, place): str(item.get("text") or "") for place, item in read_objects(path)}
    text = _read(path)
    if blocks := _TOPIC.findall(text):
        topics = {}
        for place, block in enumerate(blocks, start=1):
            number, title = _NUMBER.search(block), _TITLE.search(block)
            if number is None or title is None:
                msg = f"{path}: topic {place} has no <num> or no <title>. Mend it, or write lines of id, tab and text."
                raise InputError(msg)
            topics[number.group(1)] = " ".join(title.group(1).split())
        return topics
    return dict(_pairs(path, text))


def read_run(path: Path) -> dict[str, list[str]]:
    """
    Return the documents of a run by question, the best first.

    Raises:
        InputError: the file cannot be read, a line has not six fields, a score is no number, or a document comes twice.
    """
    scores: dict[str, dict[str, float]] = {}
    for number, line in enumerate(_read(path).split("\n"), start=1):
        if not line.strip():
            continue
        parts = line.split("\t") if "\t" in line else line.split()
        if len(parts) != 6:
            msg = f"{path}:{number}: has {len(parts)} fields. A line of a run has six: question, Q0, document, rank, score, name."
            raise InputError(msg)
        query, _, document, _, score, _ = parts
        found = scores.setdefault(query, {})
        if document in found:
            msg = f"{path}:{number}: {document!r} comes twice for {query!r}. Each document has one rank: leave one line out."
            raise InputError(msg)
        try:
            found[document] = float(score)
        except ValueError as error:
            msg = f"{path}:{number}: the score {score!r} is no number. The fields are question, Q0, document, rank, score, name."
            raise InputError(msg) from error
        if math.isnan(found[document]):
            msg = f"{path}:{number}: the score is not a number (nan). Leave the line out, or give a score."
            raise InputError(msg)
    return {
        query: sorted(sorted(found, reverse=True), key=lambda document: -found[document])
        for query, found in scores.items()
    }


Figures = dict[str, dict[str, tuple[float, float, float]]]


def score_runs(qrels: Mapping[str, Mapping[str, int]], runs: Sequence[Path]) -> tuple[Figures, list[str]]:
    """
    Return by run the mean and interval of each of `MEASURES`, and what is worth knowing about the runs.

    A judged question that a run does not answer counts as 0; one that is not judged is left out.

    Raises:
        InputError: a run cannot be read, or no question is judged.
    """
    if not qrels:
        msg = "no question has a relevant document. Give judgements with a gain above 0."
        raise InputError(msg)
    figures: Figures = {}
    notes = []
    for path in runs:
        ranking = read_run(path)
        name = path.name if path.name not in figures else str(path)
        figures[name] = evaluate(ranking, qrels)
        missing, unjudged = len(qrels.keys() - ranking.keys()), len(ranking.keys() - qrels.keys())
        if missing:
            notes.append(f"{path}: holds nothing for {missing} of {len(qrels)} judged questions; they count as 0.")
        if unjudged:
            notes.append(f"{path}: {unjudged} of its questions are not judged and are left out.")
    return figures, notes


def judgements(path: Path) -> dict[str, dict[str, int]]:
    """
    Return the judgements of *path*: a qrels file, or the folder of a set (BEIR or TREC), whose documents are not needed.

    Raises:
        InputError: there are none.
    """
    if path.is_file():
        return read_qrels(path)
    return read_qrels(_one(path, ("qrels/test.tsv", *_QRELS), "judgements"))


def run_lines(figures: Figures, name: str, questions: int) -> Iterator[str]:
    """Yield the table of scored runs in Markdown."""
    yield f"{name}: {questions} judged questions; 95 % bootstrap over questions"
    yield ""
    yield f"| run | {' | '.join(MEASURES)} |"
    yield f"|---|{'---|' * len(MEASURES)}"
    for run, values in figures.items():
        cells = [f"{mean:.3f} [{low:.3f}, {high:.3f}]" for mean, low, high in (values[one] for one in MEASURES)]
        yield f"| {run} | {' | '.join(cells)} |"


def _documents(path: Path) -> Iterator[Entry]:
    if ".jsonl" in path.name:
        for place, item in read_objects(path):
            yield Entry(_id(item, place), str(item.get("title") or ""), str(item.get("text") or ""))
        return
    for name, text in _pairs(path, _read(path)):
        yield Entry(name, "", text)


def _id(item: Mapping[str, object], place: str) -> str:
    found = item.get("_id", item.get("id"))
    if found is None or not item.get("text"):
        msg = f"{place}: the object has no '_id' or no 'text'; it has {', '.join(map(repr, item)) or 'nothing'}."
        raise InputError(msg)
    return str(found)


def _pairs(path: Path, text: str) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        name, tab, words = line.partition("\t")
        if not tab or not name.strip() or not words.strip():
            msg = f"{path}:{number}: {line[:80]!r} is not an id and a text, parted by a tab."
            raise InputError(msg)
        yield name.strip(), words.strip()


def _find(folder: Path, patterns: Sequence[str]) -> list[Path]:
    """Return the files that the first fitting of *patterns* finds."""
    for pattern in patterns:
        if found := sorted(path for path in folder.glob(pattern) if path.is_file()):
            return found
    return []


def _one(folder: Path, patterns: Sequence[str], what: str) -> Path:
    found = _find(folder, patterns)
    if len(found) == 1:
        return found[0]
    fact = f"holds {', '.join(path.name for path in found)}" if found else "holds none"
    msg = f"{folder}: {what}: {fact}. One file is read, called {' or '.join(patterns)}."
    raise InputError(msg)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path}: cannot be read as UTF-8 text ({error}). Save it as UTF-8."
        raise InputError(msg) from error
