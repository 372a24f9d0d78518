"""Made questions about documents: what a letterhead says or leaves blank, what a numbered clause says, which documents name another."""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from eval.drafts import Draft, in_turn
from eval.facts import date_forms, name_forms, words_of
from eval.question_set import Category, Gold
from eval.register_questions import ENGLISH, VIETNAMESE
from eval.registers import is_annexed
from indexer.path import is_prefix, label
from indexer.reader import normalise
from indexer.types import RelationType, StepKind, fold_white

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from random import Random

    from eval.facts import Group
    from eval.registers import Corpus
    from eval.wording import Wording
    from indexer.types import Clause, Document, ParsedDocument, Path, Stated

FIELDS = ("number", "issued_on", "signer", "issuer", "title")
_HIDDEN = {"number": ("number",), "issuer": ("issuer",), "title": ("title",)}  # what a name must not give away
_FORMS = 2  # questions about one field of one document
_LAW = {StepKind.ARTICLE: "Điều", StepKind.CLAUSE: "khoản", StepKind.POINT: "điểm"}
_SECTIONS = (StepKind.ROMAN, StepKind.NUMBER)
_MARKER = re.compile(r"\s*(?:Điều\s+\d+\w*\s*[.:]?|\d+(?:\.\d+)*\s*[.)/]?|[a-zđ]\s*[).]|[IVXLC]+\s*[.)/])\s+")
_FEWEST_WORDS, _MOST_WORDS = 8, 90  # of a clause
_MOST_CITING = 5  # documents that name one number
_PER_DOCUMENT = 40  # clauses


def over_documents(corpus: Corpus, lot: Random, stream: Callable[[ParsedDocument], Iterator[Draft]]) -> Iterator[Draft]:
    """Yield the drafts of *stream* over all documents that were read exactly, in turn."""
    return in_turn([stream(one) for one in lot.sample(corpus.exact, len(corpus.exact))])


def metadata(corpus: Corpus, lot: Random, wording: Wording = VIETNAMESE) -> Iterator[Draft]:
    """Yield questions for what a document prints of itself: number, date, signer, issuer, title."""

    def stream(parsed: ParsedDocument) -> Iterator[Draft]:
        fields = [field for field in FIELDS if wording.has("metadata", field)]
        for field in [one for _ in range(_FORMS) for one in lot.sample(fields, len(fields))]:
            draft = field_draft(corpus, lot, parsed, field, wording)
            if draft:
                yield draft

    return over_documents(corpus, lot, stream)


def field_draft(
    corpus: Corpus, lot: Random, parsed: ParsedDocument, field: str, wording: Wording = VIETNAMESE
) -> Draft | None:
    """Return a question for one field of a document; None where it is not printed there, or the document has no name of its own."""
    document = parsed.document
    stated: Stated | None = getattr(document.metadata, field)
    unfilled = [name for name, _ in document.metadata.unfilled]
    if stated is None or stated.document != document.id or stated.reason or field in unfilled:
        return None
    if field == "title" and is_annexed(parsed, stated.start):
        return None
    name = corpus.name(lot, document, wording, without=_HIDDEN.get(field, ()))
    if name is None:
        return None
    quote = _first_words(document.text[stated.start : stated.end], 20)
    return Draft(
        source=document.id,
        category=Category.METADATA if wording.language == "vi" else Category.ENGLISH,
        text=wording.say(lot, "metadata", field, document=name),
        must=(field_forms(corpus, field, stated.value, english=wording.language == "en"),),
        gold=(Gold(document.id, f"thể thức: {field}", quote),),
        language=wording.language,
    )


def field_forms(corpus: Corpus, field: str, value: str, *, english: bool = False) -> Group:
    """Return the forms of a metadata value."""
    if field == "issued_on":
        return tuple(date_forms(date.fromisoformat(value), english=english))
    if field == "title":
        return (words_of(value, 7),)
    if field == "issuer":
        return name_forms(value, corpus.spelled(value), english=ENGLISH if english else None)
    return (value,)


def unprinted(corpus: Corpus, lot: Random) -> Iterator[Draft]:
    """Yield questions for a number or date whose place in the document was left blank, and that no other document gives."""

    def stream(parsed: ParsedDocument) -> Iterator[Draft]:
        document = parsed.document
        for field, span in [one for _ in range(_FORMS) for one in document.metadata.unfilled]:
            name = corpus.name(lot, document, VIETNAMESE, without=_HIDDEN.get(field, ()))
            if getattr(document.metadata, field) is not None or name is None or not VIETNAMESE.has("metadata", field):
                continue
            yield Draft(
                source=document.id,
                category=Category.METADATA,
                text=VIETNAMESE.say(lot, "metadata", field, document=name),
                gold=(Gold(document.id, f"thể thức: {field}", document.text[span.start : span.end]),),
                status="not_stated",
            )

    return over_documents(corpus, lot, stream)


def clauses(corpus: Corpus, lot: Random) -> Iterator[Draft]:
    """Yield questions for what a clause says that is named by its number: "khoản 2 Điều 5", "mục III.1"."""

    def stream(parsed: ParsedDocument) -> Iterator[Draft]:
        found = list(_told_clauses(parsed))
        for clause, place, key in lot.sample(found, min(_PER_DOCUMENT, len(found))):
            marker = _MARKER.match(clause.text)
            own = clause.text[marker.end() if marker else 0 :]
            name = corpus.name(lot, parsed.document, VIETNAMESE)
            quote = _first_words(own, 20)
            text = corpus.texts[parsed.document.id]
            if name is None or text.count(fold_white(normalise(quote))) != 1:
                continue
            yield Draft(
                source=parsed.document.id,
                category=Category.CLAUSE_FACT,
                text=VIETNAMESE.say(lot, "clause", key, clause=place, document=name, of=f"của {name}"),
                must=(_decisive(own),),
                gold=(Gold(parsed.document.id, label(clause.path), quote),),
            )

    return over_documents(corpus, lot, stream)


def _told_clauses(parsed: ParsedDocument) -> Iterator[tuple[Clause, str, str]]:
    """Yield the clauses without any below them that their number tells from all others, how it is said, and the kind of wording."""
    said = [(clause, _said(clause.path)) for clause in parsed.clauses]
    places = [place[0] for _, place in said if place]
    for position, (clause, place) in enumerate(said):
        following = parsed.clauses[position + 1] if position + 1 < len(parsed.clauses) else None
        is_leaf = following is None or not is_prefix(clause.path, following.path)
        words = len(clause.text.split())
        if place and is_leaf and places.count(place[0]) == 1 and _FEWEST_WORDS <= words <= _MOST_WORDS:
            yield clause, *place


def _said(path: Path) -> tuple[str, str] | None:
    """Return how officials name a clause by its number, and whether it is of a law ("article") or a plan ("section")."""
    kinds = [step.kind for step in path]
    if any(step.occurrence > 1 for step in path) or not path:
        return None
    if StepKind.ARTICLE in kinds:
        below = path[kinds.index(StepKind.ARTICLE) :]
        if not all(step.kind in _LAW for step in below):
            return None
        return " ".join(f"{_LAW[step.kind]} {step.number}" for step in reversed(below)), "article"
    sections = path[:-1] if kinds[-1] is StepKind.POINT else path
    if not sections or not all(step.kind in _SECTIONS for step in sections):
        return None
    number = ".".join(step.number.rpartition(".")[2] for step in sections)
    point = f"điểm {path[-1].number} " if kinds[-1] is StepKind.POINT else ""
    return f"{point}mục {number}", "section"


def _decisive(text: str) -> Group:
    """Return first words of the parts of a clause, any of which shows that the answer is about it."""
    pieces = [words_of(piece, 5) for piece in re.split(r"[,;.:]\s", fold_white(text))]
    long = [piece for piece in pieces if len(piece.split()) >= 4]
    return tuple(dict.fromkeys([words_of(text, 5), *long]))[:6]


def citing(corpus: Corpus, lot: Random) -> Iterator[Draft]:
    """Yield questions for the documents that name a number, two to five of them."""
    numbers = dict.fromkeys(relation.number for one in corpus.exact for relation in one.document.metadata.relations)
    for number in lot.sample(list(numbers), len(numbers)):
        places = {one.document.id: match for one in corpus.exact if (match := _named(one.document, number))}
        own = {one.document.id for one in corpus.parsed if (n := one.document.metadata.number) and n.value == number}
        documents = [one.document for one in corpus.exact if one.document.id in places and one.document.id not in own]
        if not 2 <= len(documents) <= _MOST_CITING or not re.search(r"[/-]", number):
            continue
        for _ in range(2):
            yield Draft(
                source=number,
                category=Category.CROSS_DOCUMENT,
                text=VIETNAMESE.say(lot, "cross", "cites", number=_with_kind(documents, number)),
                must=tuple(_document_forms(corpus, document) for document in documents),
                gold=tuple(_number_gold(corpus.of(document), places[document.id]) for document in documents),
            )


def replacing(corpus: Corpus, lot: Random) -> Iterator[Draft]:
    """Yield questions for the document that replaces a number."""
    found: dict[str, list[Document]] = {}
    for one in corpus.exact:
        for relation in one.document.metadata.relations:
            if relation.type is RelationType.REPLACES:
                found.setdefault(relation.number, []).append(one.document)
    for number in lot.sample(list(found), len(found)):
        documents = list({document.id: document for document in found[number]}.values())
        match = _named(documents[0], number)
        if len(documents) > 1 or match is None:
            continue
        for _ in range(2):
            yield Draft(
                source=number,
                category=Category.CROSS_DOCUMENT,
                text=VIETNAMESE.say(lot, "cross", "replaces", number=_with_kind(documents, number)),
                must=(_document_forms(corpus, documents[0]),),
                gold=(_number_gold(corpus.of(documents[0]), match),),
            )


def cross_documents(corpus: Corpus, lot: Random) -> Iterator[Draft]:
    """Yield questions over several documents."""
    return in_turn([citing(corpus, lot), replacing(corpus, lot)])


def _named(document: Document, number: str) -> re.Match[str] | None:
    """Return where *document* first names *number*."""
    return re.search(rf"(?<![\w/-]){re.escape(number)}(?![\w/-])", document.text)


def _with_kind(documents: Sequence[Document], number: str) -> str:
    """Return *number* with the kind that is printed before it: "Nghị quyết số 57-NQ/TW"."""
    kinds = "|".join(sorted(VIETNAMESE.kinds_of_documents, key=lambda kind: (-len(kind), kind)))
    for document in documents:
        if match := re.search(rf"(?i:{kinds})(?:\s+\w+){{0,2}}\s+số\s+{re.escape(number)}(?![\w/-])", document.text):
            return fold_white(match.group())
    return f"{VIETNAMESE.word('document')} số {number}"


def _document_forms(corpus: Corpus, document: Document) -> Group:
    """Return the ways in which an answer names *document*."""
    stated = document.metadata
    forms = [stated.number.value] if stated.number else []
    issuers = [one.document.metadata.issuer for one in corpus.parsed]
    keys = [corpus.keys.key(issuer.value) for issuer in issuers if issuer]
    if stated.issuer and keys.count(corpus.keys.key(stated.issuer.value)) == 1:
        forms += name_forms(stated.issuer.value, corpus.spelled(stated.issuer.value))
    if stated.title:
        forms.append(words_of(stated.title.value, 8))
    return tuple(dict.fromkeys([*forms, document.id]))


def _number_gold(parsed: ParsedDocument, match: re.Match[str]) -> Gold:
    start = match.start()
    where = next((label(one.path) for one in parsed.clauses if one.start <= start < one.end), "") or "văn bản"
    return Gold(parsed.document.id, where, match.group())


def _first_words(text: str, count: int) -> str:
    words = list(re.finditer(r"\S+", text))
    return text[words[0].start() : words[min(count, len(words)) - 1].end()] if words else ""


english_metadata = partial(metadata, wording=ENGLISH)
