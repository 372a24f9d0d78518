"""Quiz questions about documents that need no register: number, date, issuer, signer, and where a heading stands."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from assistant.quiz_pool import LONGEST_OPTION, OPTIONS, Maker, distinct, quiz_words, shortened, with_options
from assistant.quiz_types import Form, Measure, QuizQuestion
from assistant.wording import document_name, kind_name
from indexer.path import label
from indexer.types import Step, StepKind, fold_white
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.quiz_pool import Pool
    from assistant.types import Citation
    from indexer.types import Clause, Document, Stated

_MEASURES = {"number": Measure.NUMBER, "issued_on": Measure.TIME, "signer": Measure.PERSON}
_SHIFTS = (-61, -31, -10, -7, -1, 1, 7, 10, 31, 61)  # days by which a believable date is off
_HEADINGS = range(3, 16)  # words


def document_makers(pool: Pool, form: Form) -> list[Maker]:
    """Return questions about what letterheads and signature blocks print, and about headings."""
    names = Counter(document_name(document) for document in pool.index.documents)
    made = []
    for document in pool.index.documents:
        if document.reading is not None or names[document_name(document)] > 1:
            continue  # a class is not sent to read a bad scan, nor to guess which document is meant
        for field in ("number", "issued_on", "issuer", "signer"):
            stated = getattr(document.metadata, field)
            if stated is not None and stated.document == document.id and stated.end > stated.start:
                make = partial(_field, pool, document, field, stated, form)
                made.append(Maker(field, (document.id, -1), make))
        if form is Form.CHOICE:
            made += [
                Maker("section", (document.id, clause.start), partial(_section, pool, document, clause))
                for clause in pool.index.clauses(document.id)
                if clause.heading and len(clause.heading.split()) in _HEADINGS
            ]
    return made


def _shown(field: str, stated: Stated) -> str:
    return "/".join(reversed(stated.value.split("-"))) if field == "issued_on" else fold_white(stated.value)


def _field(pool: Pool, document: Document, field: str, stated: Stated, form: Form) -> QuizQuestion | None:
    right = _shown(field, stated)
    text = _asked(pool, document, field)
    citations = (_cite(pool, document, stated.start, stated.end),)
    if text is None or len(right) > LONGEST_OPTION:
        return None
    if form is Form.TYPED:
        measure = _MEASURES.get(field)
        return QuizQuestion(field, text, right, citations, Form.TYPED, measure=measure) if measure else None
    wrong = distinct(_wrong(pool, document, field, right), right)
    options = with_options(pool, right, wrong)
    return options and QuizQuestion(field, text, right, citations, Form.CHOICE, options=options[0], right=options[1])


def _asked(pool: Pool, document: Document, field: str) -> str | None:
    """Return the question; None where it cannot say which document is meant without telling the answer."""
    metadata = document.metadata
    words = quiz_words()["document"]
    if field != "number":
        if field == "issuer" and not metadata.number:
            return None
        return str(words[field].format(name=_within(document_name(document))))
    if not metadata.issuer or not metadata.title:
        return None
    fields = _called(document)
    if sum(_called(other) == fields for other in pool.index.documents) > 1 or metadata.number is None:
        return None
    if fold(metadata.number.value) in fold(fields["title"]):
        return None
    return str(words["number"].format(**fields))


def _called(document: Document) -> dict[str, str]:
    issuer, title = document.metadata.issuer, document.metadata.title
    return {
        "kind": kind_name(document),
        "issuer": fold_white(issuer.value) if issuer else "",
        "title": shortened(fold_white(title.value)) if title else "",
    }


def _within(name: str) -> str:
    return name[:1].upper() + name[1:]


def _wrong(pool: Pool, document: Document, field: str, right: str) -> list[str]:
    """Return values of the same kind that are not those of *document*, the likeliest first."""
    others = [
        _shown(field, stated)
        for other in pool.index.documents
        if other.id != document.id and (stated := getattr(other.metadata, field)) is not None
    ]
    pool.chance.shuffle(others)
    if field == "number":
        named = [relation.number for relation in document.metadata.relations]
        return [*others, *dict.fromkeys(named)]
    if field == "issued_on":
        day, month, year = (int(part) for part in right.split("/"))
        near = [f"{date(year, month, day) + timedelta(days=shift):%d/%m/%Y}" for shift in _SHIFTS]
        pool.chance.shuffle(near)
        return [*others[:1], *near]
    if field == "issuer":
        key = pool.keys.key(right)
        agencies = [
            agency.name
            for table in pool.tables
            if (column := table.column("lead")) is not None
            for row in table.items
            for agency in pool.keys.split(row.cells[column].text)
            if not agency.group
        ]
        agencies = sorted(set(agencies))
        pool.chance.shuffle(agencies)
        return [value for value in (*others, *agencies) if pool.keys.key(value) != key]
    return others


def _cite(pool: Pool, document: Document, start: int, end: int) -> Citation:
    for clause in pool.index.clauses(document.id):
        if clause.start <= start < clause.end:
            return pool.cite(document, clause.path, start, min(end, clause.end), (clause.start, clause.end))
    return pool.cite(document, (Step(StepKind.HEAD),), start, end, (start, end))


def _section(pool: Pool, document: Document, clause: Clause) -> QuizQuestion | None:
    """Return the question under which heading something stands, with other headings of the same depth as options."""
    heading = fold_white(clause.heading or "").strip(" .:;")
    headed = [one for one in pool.index.clauses(document.id) if one.heading]
    if sum(fold(one.heading or "") == fold(clause.heading or "") for one in headed) > 1:
        return None
    end = _heading_end(clause)
    right = label(clause.path)
    wrong = [label(one.path) for one in headed if one.level == clause.level and one.start != clause.start]
    pool.chance.shuffle(wrong)
    wrong = [one for one in dict.fromkeys(wrong) if one != right]
    options = with_options(pool, right, wrong[: OPTIONS - 1])
    if options is None or end is None or heading.isupper():
        return None
    name = _within(document_name(document))
    text = quiz_words()["section"]["heading"].format(heading=heading, name=name)
    citation = pool.cite(document, clause.path, clause.start, end, (clause.start, clause.end))
    return QuizQuestion("section", text, right, (citation,), Form.CHOICE, options=options[0], right=options[1])


def _heading_end(clause: Clause) -> int | None:
    """Return the offset in the document at which the heading of *clause* ends; None where it does not stand at its head."""
    wanted = "".join((clause.heading or "").split())
    places = list(_letters(clause.text))
    compact = "".join(letter for letter, _ in places)
    found = compact.find(wanted, 0, len(wanted) + 14)  # the number stands before it
    return None if found < 0 else clause.start + places[found + len(wanted) - 1][1] + 1


def _letters(text: str) -> Iterator[tuple[str, int]]:
    return ((letter, place) for place, letter in enumerate(text) if not letter.isspace())
