"""
SQuAD-form files (versions 1 and 2, and one object a line with context, question and answers) as question sets.

    {"data": [{"title": "…", "paragraphs": [{"context": "…", "qas": [
        {"id": "q1", "question": "…", "answers": [{"text": "…", "answer_start": 12}], "is_impossible": false}]}]}]}

Each paragraph is a document; an answer is a fact, people's other answers are its forms, and its place is where it stands.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from assistant.units import sentences
from eval.imported import Imported, file_name
from indexer.errors import InputError
from indexer.reader import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

CATEGORY = "clause_fact"
IMPOSSIBLE = "unanswerable"


def import_squad(path: Path) -> Imported:
    """
    Return the questions of *path*, and its paragraphs as documents.

    Raises:
        InputError: the file cannot be read, or is not in SQuAD form.
    """
    found = Imported()
    stem = file_name(path.stem)
    documents: dict[str, str] = {}  # ids by the text of the paragraph
    ids: Counter[str] = Counter()
    for place, title, context, question in _questions(path, found):
        document = documents.setdefault(context, f"{stem}-{len(documents) + 1:04d}")
        found.documents[document] = context
        name = str(question.get("id") or place.rpartition(":")[2])
        ids[name] += 1
        if ids[name] > 1:
            found.notes.append(f"{place}: the id {name!r} was there before; it is called {name}-{ids[name]} here")
            name = f"{name}-{ids[name]}"
        item = _item(question, place, context, found)
        if item is None:
            continue
        for gold in item["gold"]:
            gold |= {"document": document, "label": title or document}
        found.add({"id": name, **item}, place)
    return found


def _item(question: Mapping[str, Any], place: str, context: str, found: Imported) -> dict[str, Any] | None:
    """Return the question as a line of a question file has it, its gold without document and label; None where it has a fault."""
    text = " ".join(str(question.get("question") or "").split())
    item: dict[str, Any] = {"category": CATEGORY, "question": text, "history": [], "must": [], "gold": []}
    if question.get("is_impossible"):
        return item | {"category": IMPOSSIBLE, "answerable": False}
    spans: dict[int, str] = {}
    for answer in _answers(question):
        words = normalise(answer[0]).strip()
        start = _nearest(context, words, answer[1])
        if not words or start is None:
            found.faults.append(
                f"{place}: the answer {words[:60]!r} does not stand in its paragraph.\n"
                "  An answer is a run of the paragraph's words: mend one of the two."
            )
            return None
        spans.setdefault(start, words)
    if not spans:
        found.faults.append(
            f'{place}: has no answer and is not marked as impossible.\n  Add an answer, or "is_impossible": true.'
        )
        return None
    forms = list(dict.fromkeys(spans.values()))
    gold = [_place(context, start, words) for start, words in spans.items()]
    return item | {"answerable": True, "must": [forms], "gold": gold, "any_gold": len(gold) > 1}


def _place(context: str, start: int, words: str) -> dict[str, Any]:
    """Return quote and, for words that the paragraph holds more than once, the sentence in which they begin."""
    if context.count(words) == 1:
        return {"quote": words}
    around = [
        context[low : max(high, start + len(words))].strip()
        for low, high in sentences(context, 0, len(context))
        if low <= start < high
    ]
    return {"quote": words, "beside": around[0] if around else words}


def _nearest(context: str, words: str, start: int) -> int | None:
    """Return where *words* stand in *context*, as near to *start* as they do; None if nowhere."""
    places = []
    place = context.find(words)
    while words and place >= 0:
        places.append(place)
        place = context.find(words, place + 1)
    return min(places, key=lambda one: abs(one - start), default=None)


def _answers(question: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return text and offset of each answer; both shapes in which they are published."""
    answers = question.get("answers") or []
    if isinstance(answers, dict):  # {"text": ["…"], "answer_start": [12]}
        texts, starts = answers.get("text") or [], answers.get("answer_start") or []
        return [(str(text), int(start)) for text, start in zip(texts, starts, strict=False)]
    return [(str(answer.get("text") or ""), int(answer.get("answer_start") or 0)) for answer in answers]


def _questions(path: Path, found: Imported) -> Iterator[tuple[str, str, str, Mapping[str, Any]]]:
    """Yield place, title, normalised paragraph and question; paragraphs and questions that are none go to the faults."""
    for where, title, paragraph in _paragraphs(path):
        context = paragraph.get("context")
        questions = paragraph.get("qas")
        if not isinstance(context, str) or not context.strip() or not isinstance(questions, list):
            found.faults.append(f'{where}: has no "context" or no list "qas".\n  Mend the paragraph, or leave it out.')
            continue
        for number, question in enumerate(questions, start=1):
            place = f"{where}, question {number}"
            if not isinstance(question, dict):
                found.faults.append(f"{place}: is no object.\n  Mend the question, or leave it out.")
                continue
            name = question.get("id")
            yield f"{path}:{name}" if name else place, title, normalise(context), question


def _paragraphs(path: Path) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield place, title and object of each paragraph."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path}: cannot be read as UTF-8 text ({error}).\n  Give a SQuAD-form file as UTF-8."
        raise InputError(msg) from error
    if path.suffix == ".jsonl":
        yield from _flat(path, text)
        return
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        msg = f"{path}:{error.lineno}: is no JSON ({error.msg}, column {error.colno}).\n  Mend the file."
        raise InputError(msg) from error
    articles = data.get("data") if isinstance(data, dict) else None
    if not isinstance(articles, list):
        msg = f'{path}: has no list "data", so it is not in SQuAD form.\n  Say what it is:  --as csv|excel|jsonl|beir|trec'
        raise InputError(msg)
    for number, article in enumerate(articles, start=1):
        paragraphs = article.get("paragraphs") if isinstance(article, dict) else None
        for place, paragraph in enumerate(paragraphs if isinstance(paragraphs, list) else [{}], start=1):
            where = f"{path}: article {number}, paragraph {place}"
            title = str(article.get("title") or "") if isinstance(article, dict) else ""
            yield where, title, paragraph if isinstance(paragraph, dict) else {}


def _flat(path: Path, text: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield the lines of a file that has one question a line; answers that are empty mean that there is none, as in SQuAD 2."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except json.JSONDecodeError as error:
            msg = f"{path}:{number}: is no JSON ({error.msg}, column {error.colno}).\n  Mend the line, or delete it."
            raise InputError(msg) from error
        if not isinstance(item, dict):
            item = {}
        impossible = bool(item.get("is_impossible")) or ("answers" in item and not _answers(item))
        yield (
            f"{path}:{number}",
            str(item.get("title") or ""),
            {
                "context": item.get("context"),
                "qas": [{**item, "is_impossible": impossible}],
            },
        )
