"""Retrieval sets: BEIR folders (``corpus.jsonl``, ``queries.jsonl``, ``qrels.tsv``), and those made from SQuAD files; TREC: :mod:`eval.trec`."""

from __future__ import annotations

import gzip
import json
import lzma
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_OPENERS: dict[str, Any] = {".gz": gzip.open, ".xz": lzma.open}


@dataclass(frozen=True, slots=True)
class Entry:
    """One document of a retrieval set; ``title`` is "" where there is none."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """Documents, questions by id, and for each judged question the gain of its relevant documents."""

    name: str
    corpus: tuple[Entry, ...]
    queries: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, int]]

    def judged(self) -> dict[str, str]:
        """Return the questions that have at least one relevant document."""
        return {query: self.queries[query] for query in self.qrels if query in self.queries}


def load_set(folder: Path, corpus_file: Path | None = None) -> RetrievalSet:
    """
    Read the BEIR folder *folder*; *corpus_file* stands in for its ``corpus.jsonl`` (also packed: .gz, .xz).

    Of several documents with one id the first counts. ``qrels.tsv`` may also lie at ``qrels/test.tsv``.

    Raises:
        InputError: a file is missing, or a line is not what it should be.
    """
    corpus: dict[str, Entry] = {}
    for place, item in read_objects(
        corpus_file or _first(folder, "corpus.jsonl", "corpus.jsonl.gz", "corpus.jsonl.xz")
    ):
        entry = Entry(_field(place, item, "_id", "id"), str(item.get("title") or ""), _field(place, item, "text"))
        corpus.setdefault(entry.id, entry)
    queries = {
        _field(place, item, "_id", "id"): _field(place, item, "text")
        for place, item in read_objects(_first(folder, "queries.jsonl"))
    }
    qrels = read_qrels(_first(folder, "qrels.tsv", "qrels/test.tsv"))
    return RetrievalSet(folder.resolve().name, tuple(corpus.values()), queries, qrels)


def read_squad(squad: Path, *, sentences: bool = False) -> RetrievalSet:
    """
    Return the questions of a SQuAD file as a set: each paragraph a document, the question's own one relevant.

    Questions that have no answer (``is_impossible``) are left out.
    With *sentences* each of a paragraph's "sentences" is a document, and the one in which the first answer begins is relevant.
    Questions with the same words are one question, relevant to each of their documents.
    """
    data = json.loads(squad.read_text(encoding="utf-8"))["data"]
    texts: list[str] = []
    places: dict[str, int] = {}
    questions: dict[str, tuple[str, dict[str, int]]] = {}
    for paragraph in (paragraph for article in data for paragraph in article["paragraphs"]):
        context, parts = paragraph["context"], paragraph["sentences"] if sentences else [paragraph["context"]]
        if sentences or context not in places:
            places[context] = len(texts)
            texts += parts
        ends = _ends(context, parts)
        for question in paragraph["qas"]:
            if question.get("is_impossible"):
                continue
            start = question["answers"][0]["answer_start"] if sentences else 0
            part = next((number for number, end in enumerate(ends) if start < end), len(ends) - 1)
            text = " ".join(question["question"].split())
            document = f"p{places[context] + part + 1}"
            questions.setdefault(text, (str(question["id"]), {}))[1][document] = 1
    corpus = tuple(Entry(f"p{number}", "", text) for number, text in enumerate(texts, start=1))
    queries = {query: text for text, (query, _) in questions.items()}
    return RetrievalSet(squad.stem, corpus, queries, dict(questions.values()))


def _ends(context: str, parts: list[str]) -> list[int]:
    """Return where each of *parts*, which follow one another in *context*, ends."""
    ends: list[int] = []
    for part in parts:
        before = ends[-1] if ends else 0
        start = context.find(part, before)
        ends.append((start if start >= 0 else before) + len(part))
    return ends


def write_squad_as_beir(squad: Path, folder: Path, *, sentences: bool = False) -> None:
    """Write the questions of a SQuAD file as a BEIR folder; see `read_squad`."""
    write_beir(read_squad(squad, sentences=sentences), folder)


def write_beir(retrieval_set: RetrievalSet, folder: Path) -> None:
    """
    Write *retrieval_set* as a BEIR folder, which `load_set` reads back.

    Raises:
        InputError: the folder cannot be written.
    """
    corpus = [{"_id": entry.id, "title": entry.title, "text": entry.text} for entry in retrieval_set.corpus]
    queries = [{"_id": query, "text": text} for query, text in retrieval_set.queries.items()]
    rows = [
        f"{query}\t{document}\t{found[document]}\n"
        for query, found in retrieval_set.qrels.items()
        for document in sorted(found)
    ]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, items in (("corpus.jsonl", corpus), ("queries.jsonl", queries)):
            lines = "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items)
            (folder / name).write_text(lines, encoding="utf-8", newline="\n")
        text = "query-id\tcorpus-id\tscore\n" + "".join(rows)
        (folder / "qrels.tsv").write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        msg = f"{folder}: cannot be written ({error.strerror}).\n  Give another folder:  --out DIR"
        raise InputError(msg) from error


# the sets of the shared data folder by name: what is read, and how
_SQUAD = {
    "xquad": ("xquad_vi/xquad.vi.json", False),
    "xquad-r": ("xquad_r_vi/vi.json", True),
    "viquad": ("uit_viquad1/dev_ViQuAD.json", False),
}
_FOLDERS: dict[str, tuple[str, str | None]] = {
    "zalo": ("zalo2021_x_phapdien", "phapdien/articles.jsonl.xz"),
    "alqac": ("alqac", None),
}
NAMED = (*_FOLDERS, *_SQUAD)


def named_set(name: str, data: Path) -> RetrievalSet:
    """
    Return the set *name*, one of `NAMED`, of the folder *data*.

    Raises:
        InputError: the folder lacks a file of it.
    """
    if name in _FOLDERS:
        folder, corpus = _FOLDERS[name]
        return load_set(data / folder, data / corpus if corpus else None)
    file, sentences = _SQUAD[name]
    if not (data / file).is_file():
        msg = f"{data / file}: there is no such file. Give the folder that holds it with --data or HVB_DATA."
        raise InputError(msg)
    return replace(read_squad(data / file, sentences=sentences), name=name)


def _first(folder: Path, *names: str) -> Path:
    for name in names:
        if (folder / name).is_file():
            return folder / name
    msg = (
        f"{folder}: there is no {' or '.join(names)}. A retrieval set is a folder with corpus.jsonl, queries.jsonl and "
        "qrels.tsv; another corpus file can be given with --corpus."
    )
    raise InputError(msg)


def read_objects(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """
    Yield place (``path:line``) and object of each line of *path*, a file of JSON lines, also packed (.gz, .xz).

    Raises:
        InputError: there is no such file, or a line is no object.
    """
    if not path.is_file():
        msg = f"{path}: there is no such file. Give the corpus as .jsonl, .jsonl.gz or .jsonl.xz."
        raise InputError(msg)
    with _OPENERS.get(path.suffix, open)(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                item = json.loads(line)
            except json.JSONDecodeError as error:
                msg = f"{path}:{number}: this line is not JSON ({error}). Each line must be one object."
                raise InputError(msg) from error
            if not isinstance(item, dict):
                msg = f"{path}:{number}: this line is no object. Each line must be an object with an _id and a text."
                raise InputError(msg)
            yield f"{path}:{number}", item


def _field(place: str, item: Mapping[str, Any], *names: str) -> str:
    for name in names:
        if item.get(name) is not None:
            return str(item[name])
    msg = (
        f"{place}: the object has no {' or '.join(map(repr, names))}; it has {', '.join(map(repr, item)) or 'nothing'}."
    )
    raise InputError(msg)


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """
    Return the gains above 0 by question and document.

    A line is that of BEIR (question, document, score, parted by tabs, below a header) or of TREC (question, iteration, document,
    score, parted by white space).

    Raises:
        InputError: the file cannot be read, or a line is neither.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path}: cannot be read as UTF-8 text ({error}). Give the file of judgements."
        raise InputError(msg) from error
    qrels: dict[str, dict[str, int]] = {}
    for number, line in enumerate(lines, start=1):
        parts = line.split("\t") if "\t" in line else line.split()
        if not line.strip() or (number == 1 and parts[-1].strip() == "score"):
            continue
        if "\t" not in line and len(parts) != 4:  # an id with a space would be cut in two
            parts = []
        try:
            query, document, gain = parts[0], parts[-2], int(parts[-1])
        except (ValueError, IndexError) as error:
            msg = f"{path}:{number}: {line[:80]!r} is not question, document and score, parted by tabs."
            raise InputError(msg) from error
        if gain > 0:
            qrels.setdefault(query, {})[document] = gain
    return qrels
