"""What comes of reading somebody's question set: questions, the documents that came with them, and what was wrong with the rest."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from eval.question_set import read_question
from indexer.errors import InputError
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from assistant.bench_sets import Fault
    from eval.question_set import Question


@dataclass(slots=True)
class Imported:
    """
    Questions that can be asked, texts by document id where the set brings them along, and sentences.

    A question with a fault is left out; ``faults`` begin with the place. ``notes`` tell what was done with questions that are kept.
    Of a sheet ``fault_codes`` and ``note_codes`` say the same by row and reason, for programs that tell it in words of their own.
    """

    questions: list[Question] = field(default_factory=list)
    documents: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    fault_codes: list[Fault] = field(default_factory=list)
    note_codes: list[Fault] = field(default_factory=list)

    def add(self, item: Mapping[str, object], place: str) -> bool:
        """Keep *item*, a question as a line of a question file has it, or what is wrong with it; tell whether it was kept."""
        try:
            question = read_question(json.dumps(item), place)
        except InputError as error:
            self.faults.append(str(error))
            return False
        self.questions.append(question)
        return True


def import_object(found: Imported) -> dict[str, Any]:
    """
    Return what came of an import as a JSON object: how many questions, and what was wrong and noted.

    ``fault_codes`` and ``note_codes`` have an entry of line, reason and detail each; they are of sheets alone.
    """
    return {
        "questions": len(found.questions),
        "faults": found.faults,
        "notes": found.notes,
        "fault_codes": [asdict(fault) for fault in found.fault_codes],
        "note_codes": [asdict(note) for note in found.note_codes],
    }


def write_documents(documents: Mapping[str, str], out: Path) -> None:
    """
    Write each of *documents* as a .txt file into the folder *out*, or all as one file of JSON lines where *out* ends in .jsonl.

    Raises:
        InputError: it cannot be written.
    """
    try:
        if out.suffix == ".jsonl":
            records = ({"_id": name, "title": "", "text": text} for name, text in documents.items())
            lines = "".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records)
            out.write_text(lines, encoding="utf-8", newline="\n")
            return
        out.mkdir(parents=True, exist_ok=True)
        for name, text in documents.items():
            (out / f"{name}.txt").write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        msg = f"{out}: cannot be written ({error.strerror}).\n  Give another folder:  --documents-out DIR"
        raise InputError(msg) from error


def file_name(name: str) -> str:
    """Return *name* as the stem of a file: small letters and figures without diacritics, parted by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-") or "set"
