"""BEIR folders whose questions have answers, as question sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eval.imported import Imported
from eval.retrieval_sets import load_set, read_objects
from indexer.errors import InputError
from indexer.reader import normalise
from indexer.types import fold_white

if TYPE_CHECKING:
    from pathlib import Path

CATEGORY = "clause_fact"
_KEYS = ("answers", "answer")


def import_beir(folder: Path, corpus_file: Path | None = None) -> Imported:
    """
    Return the questions of *folder* that have an answer and a relevant document, and those documents.

    An answer is a fact; where it stands word for word in a relevant document, that is its place, else the question has none.
    "answers" holds the forms of one fact, in ``queries.jsonl`` itself or in its "metadata".

    Raises:
        InputError: the folder is no BEIR folder, or none of its questions has an answer.
    """
    loaded = load_set(folder, corpus_file)
    texts = {entry.id: normalise(entry.text) for entry in loaded.corpus}
    found = Imported()
    without = 0
    for place, query in read_objects(folder / "queries.jsonl"):
        name = str(query.get("_id", query.get("id")))
        forms = _forms(query)
        if not forms:
            without += 1
            continue
        gold = []
        for document in loaded.qrels.get(name, {}):
            words = next((form for form in forms if fold_white(form) in fold_white(texts.get(document, ""))), None)
            if words is not None:
                gold.append({"document": document, "label": document, "quote": words})
                found.documents[document] = texts[document]
        if not gold:
            found.notes.append(f"{place}: the answer stands in no relevant document; what is cited is not measured")
        item: dict[str, Any] = {"id": name, "category": CATEGORY, "question": loaded.queries[name], "answerable": True}
        found.add(item | {"must": [forms], "gold": gold, "any_gold": len(gold) > 1}, place)
    if not found.questions and not found.faults:
        msg = f"{folder}: none of its questions has an answer.\n  Make a retrieval set of it:  --out DIR"
        raise InputError(msg)
    if without:
        found.notes.append(f"{folder}: {without} questions without an answer are left out")
    return found


def _forms(query: dict[str, Any]) -> list[str]:
    metadata = query.get("metadata")
    holders = [query, metadata if isinstance(metadata, dict) else {}]
    value: object = next((holder[key] for holder in holders for key in _KEYS if holder.get(key)), [])
    return [str(form).strip() for form in (value if isinstance(value, list) else [value]) if str(form).strip()]
