"""CSV files, Excel workbooks and JSON lines with columns of their own, as question sets; places are looked up in the documents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from assistant.bench_sets import Fault
from assistant.question_sheet import FIELDS, best_sheet, missing_columns, read_questions
from assistant.sheets import Sheet, SheetRow, csv_sheets, excel_sheets, is_workbook
from eval.imported import Imported, file_name
from eval.question_set import Gold, read_question
from eval.sources import count_places, holds, unit_of
from indexer.errors import InputError
from indexer.types import fold_white

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from eval.sources import Sources

_OWN = ("must", "gold", "answerable")  # a line that has one of them is in the project's own form
_SAID = {
    "question": "holds {detail!r}, but no question.\n  Fill in the question; a row that goes on has only answers and places.",
    "orphan": "goes on with a row that is left out, or with none.\n  Mend the row above.",
    "cells": "has {detail} cells, more than the header.\n  Put cells that hold the separator between quotation marks.",
    "yes_no": "is neither yes nor no ({detail}).\n  Write có or không.",
    "no_answer": "has no answer and no place, and does not say that there is none.\n"
    "  Fill in the answer; if there is none, write không có thông tin.",
    "place": "has words beside a quote, but no quote.\n  Fill in the quote.",
    "status": "has a way of declining that is not known, or one although it has an answer.\n"
    "  It may be not_stated, not_found, ambiguous or out_of_scope, for questions without an answer.",
    "twice": "has the id of row {detail}.\n  Give it another id, or none.",
    "broken": "has a quotation mark that is never closed; what follows is not read.\n  Close it, or write it twice.",
    "empty": "has no question below it.\n  Fill in the rows, or name another sheet:  --sheet NAME",
}


class PlaceError(InputError):
    """A place that cannot be found; ``reason`` and ``detail`` are those of a `Fault`."""

    def __init__(self, message: str, reason: str, detail: object) -> None:
        super().__init__(message)
        self.reason = reason
        self.detail = str(detail)


def import_sheet(
    path: Path, *, columns: Mapping[str, str] | None = None, sheet: str | None = None, sources: Sources | None = None
) -> Imported:
    """
    Return the questions of a CSV file or a workbook; *columns* says by field how a column is called, *sheet* which sheet is meant.

    With *sources* documents may be named by their number, a place by its label alone, and every quote has to stand in its document;
    without, a place without a quote is dropped and noted.

    Raises:
        InputError: the file cannot be read, or has no header with a column of questions.
    """
    data = _bytes(path)
    sheets = excel_sheets(data, path) if is_workbook(data) else csv_sheets(data, path)
    if sheet is not None:
        names = [one.name for one in sheets]
        sheets = [one for one in sheets if one.name == sheet]
        if not sheets:
            msg = f"{path}: has no sheet {sheet!r}; it has {', '.join(map(repr, names))}.\n  Give one of them with --sheet"
            raise InputError(msg)
    return _read(path, sheets, columns or {}, sources)


def import_lines(path: Path, *, columns: Mapping[str, str] | None = None, sources: Sources | None = None) -> Imported:
    """
    Return the questions of a file of JSON lines, in the project's own form or with keys that are read as columns are.

    In a line of keys a list holds the forms of an answer, or several entries of another field.

    Raises:
        InputError: the file cannot be read as text.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path}: cannot be read as UTF-8 text ({error}).\n  Save it as UTF-8."
        raise InputError(msg) from error
    found = Imported()
    foreign: list[tuple[int, dict[str, Any]]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except json.JSONDecodeError:
            item = None
        if isinstance(item, dict) and not any(isinstance(item.get(key), list | bool) for key in _OWN):
            foreign.append((number, item))
            continue
        _keep_own(line, f"{path}:{number}", found)
    if foreign:
        keys = list(dict.fromkeys(key for _, item in foreign for key in item))
        rows = [SheetRow(number, tuple(_as_cell(item.get(key)) for key in keys)) for number, item in foreign]
        read = _read(path, [Sheet("", (SheetRow(0, tuple(keys)), *rows))], columns or {}, sources)
        found.questions += read.questions
        found.faults += read.faults
        found.fault_codes += read.fault_codes
        found.note_codes += read.note_codes
        found.notes += read.notes
    return found


def _keep_own(line: str, place: str, found: Imported) -> None:
    try:
        question = read_question(line, place)
    except InputError as error:
        found.faults.append(str(error))
        return
    if any(question.id == one.id for one in found.questions):
        found.faults.append(f"{place}: the id {question.id!r} was there before.\n  Give it another id.")
        return
    found.questions.append(question)


def _as_cell(value: object) -> str:
    if isinstance(value, list):
        return "|".join(str(one).replace("|", "\\|") for one in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _read(path: Path, sheets: Sequence[Sheet], columns: Mapping[str, str], sources: Sources | None) -> Imported:
    chosen = best_sheet(sheets, columns)
    if chosen is None:
        seen = next((row for sheet in sheets for row in sheet.rows if not row.is_blank), None)
        holds_ = ", ".join(repr(cell) for cell in seen.cells if cell.strip()) if seen else "nothing"
        msg = (
            f"{path}: no row names a column of questions and one of answers; the first holds {holds_[:200]}.\n"
            "  Say how yours are called:  --columns question=NAME,answer=NAME"
        )
        raise InputError(msg)
    sheet, header = chosen
    if missing := missing_columns(header, columns):
        there = ", ".join(repr(cell) for cell in sheet.rows[header.row].cells if cell.strip())
        msg = f"{path}: has no column {missing[0]!r}; it has {there}.\n  Give the names as they stand there:  --columns"
        raise InputError(msg)
    found = Imported()
    if header.unread:
        found.notes.append(f"{path}: columns that are not read: {', '.join(map(repr, header.unread))}")
        found.note_codes.append(Fault(sheet.rows[header.row].number, "unread", ", ".join(header.unread)))
    read = read_questions(sheet, header, prefix=file_name(path.stem))
    faults = [(fault, _fault(path, sheet, fault)) for fault in read.faults]
    for question in read.questions:
        place = _place(path, sheet, question.row)
        kept: list[Mapping[str, str]] = []
        wrong: tuple[Fault, str] | None = None
        for gold in question.item["gold"]:
            try:
                done = complete(gold, sources)
            except PlaceError as error:
                wrong = Fault(question.row, error.reason, error.detail), f"{place}: {error}"
                break
            if done is None:
                way = "give a quote or a label" if sources else "give a quote, or --index DIR and a label"
                found.notes.append(f"{place}: a document alone is no place and is dropped; {way}")
                found.note_codes.append(Fault(question.row, "no_place"))
            else:
                kept.append(done)
                for vague in _vague(place, done, sources):
                    found.notes.append(vague)
                    found.note_codes.append(Fault(question.row, "several_places", fold_white(done["quote"])[:40]))
        if wrong:
            faults.append(wrong)
        elif not found.add({**question.item, "gold": kept}, place):
            faults.append((Fault(question.row, "item", question.item["id"]), found.faults.pop()))
    for fault, words in sorted(faults, key=lambda one: one[0].line):
        found.fault_codes.append(fault)
        found.faults.append(words)
    return found


def complete(gold: Mapping[str, str], sources: Sources | None) -> Mapping[str, str] | None:
    """
    Return *gold* with the document's id, a label and a quote, None where it has no quote and nothing to find one by.

    Raises:
        PlaceError: no document is called so, or it does not hold the quote, or the label names no place or several; the message goes on
            behind a place.
    """
    document, label, quote, beside = (gold[name].strip() for name in ("document", "label", "quote", "beside"))
    if sources is None:
        if quote and not document:
            msg = "has a quote, but no document.\n  Fill in the document, or give --index DIR to look it up"
            raise PlaceError(msg, "place_no_document", quote[:60])
        return _gold(document, label or document, quote, beside) if quote else None
    if document:
        named = sources.named(document)
        if named is None:
            there = ", ".join(list(sources.texts)[:6])
            msg = f"no document is called {document!r}.\n  Give its id or its number; there are {there} …"
            raise PlaceError(msg, "place_document", document)
    else:
        holding = [name for name, text in sources.texts.items() if quote and holds(text, quote)]
        if len(holding) != 1:
            msg = f"the quote stands in {len(holding)} documents.\n  Fill in the document"
            raise PlaceError(msg, "place_documents", len(holding))
        named = holding[0]
    if quote:
        if not holds(sources.texts[named], quote):
            msg = f"the quote {quote[:60]!r} does not stand in {named}.\n  Copy it from the document"
            raise PlaceError(msg, "place_quote", fold_white(quote)[:60])
        return _gold(named, label or _label(named, quote, sources), quote, beside)
    if not label:
        return None
    places = sources.called(named, label)
    if len(places) != 1:
        told = "; ".join(one for one, _ in places[:4]) or "none"
        msg = f"{label!r} names {len(places)} places of {named}: {told}.\n  Name one, or give a quote"
        raise PlaceError(msg, "place_label", label)
    return _gold(named, *places[0], beside)


def _vague(place: str, gold: Mapping[str, str], sources: Sources | None) -> Iterator[str]:
    """Yield a note where a quote stands in several places, so that each of them would count as cited rightly."""
    if sources is None or gold.get("beside"):
        return
    count = count_places(gold["quote"], gold["document"], sources)
    if count > 1:
        words = fold_white(gold["quote"])[:40]
        yield f"{place}: {words!r} stands in {count} places of {gold['document']}; give words beside it, so that one is meant"


def _gold(document: str, label: str, quote: str, beside: str) -> dict[str, str]:
    gold = {"document": document, "label": label, "quote": quote}
    return {**gold, "beside": beside} if beside else gold


def _label(document: str, quote: str, sources: Sources) -> str:
    unit = unit_of(Gold(document, document, quote), sources)
    return unit.label if unit and count_places(quote, document, sources) == 1 else document


def _fault(path: Path, sheet: Sheet, fault: Fault) -> str:
    return f"{_place(path, sheet, fault.line)}: {_SAID[fault.reason].format(detail=fault.detail)}"


def _place(path: Path, sheet: Sheet, row: int) -> str:
    return f"{path}:{row}" if not sheet.name else f"{path}, sheet {sheet.name!r}, row {row}"


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror}).\n  Give a file:  python -m eval import FILE --out SET.jsonl"
        raise InputError(msg) from error


def columns_of(given: Sequence[str]) -> dict[str, str]:
    """
    Return by field the name of a column, from words such as "question=Câu hỏi,answer=Đáp án".

    Raises:
        InputError: a word has no "=", or there is no such field.
    """
    found: dict[str, str] = {}
    for words in given:
        for word in words.split(","):
            field, is_given, name = word.partition("=")
            if not is_given and found:  # a comma in the name of a column
                last = next(reversed(found))
                found[last] += f",{word}"
                continue
            if field.strip() not in FIELDS or not name.strip():
                msg = f"--columns: {word!r} is not field=NAME.\n  Fields are {', '.join(FIELDS)}."
                raise InputError(msg)
            found[field.strip()] = name.strip()
    return found
