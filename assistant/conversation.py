"""What the next question of a conversation starts from; a value that is passed along, never a global."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant.lexicon import light_words
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from assistant.question import Query

_BARE_ROW = re.compile(
    r"^(?:(?:the|con|vay|va|roi)\s+)*(?:cai |so |viec )?(\d{1,3}(?:\.\d{1,2})*)(?=\s*(?:thi|\?|,|$))"
)
_FEW = 8  # and of one that goes on in the document spoken of
_BARE = 4  # words of a question that says no more than what kind of fact it asks for: "mấy ngày?"
_FEW_WORDS = 4  # words of a question that leans on the topic of the one before
_SHORT = 2  # words that a question with no subject of its own may still have


@dataclass(frozen=True, slots=True)
class State:
    """
    The question before, as it was completed by those before it.

    ``documents`` are those that its answer cited, ``rows`` the numbers of the rows it cited with what such rows are called, ``places``
    these rows by document and eid.
    """

    query: Query | None = None
    documents: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    numbers: tuple[str, ...] = ()  # document numbers that the answer named
    places: tuple[tuple[str, str], ...] = ()


def _step_from(query: Query, state: State) -> str | None:
    """Return the number of the row next to the one spoken of: "nhiệm vụ tiếp theo", "nhiệm vụ trước đó"."""
    numbers = [number for noun, number in state.rows if query.noun in (None, noun)]
    if len(set(numbers)) != 1 or not numbers[0].isdigit() or query.rows:
        return None
    if re.search(r"\b(?:tiep theo|ke tiep|sau do|lien sau)\b", query.folded):
        return str(int(numbers[0]) + 1)
    if re.search(r"\b(?:truoc do|lien truoc|ngay truoc|phia truoc)\b", query.folded):
        return str(int(numbers[0]) - 1)
    return None


def _old_one(query: Query, state: State) -> str | None:
    """Return the number of the replaced document that "kế hoạch cũ đó" means."""
    if not re.search(r"\b(?:cu|bi thay the|truoc day|truoc do)\b", query.folded) or not state.numbers:
        return None
    return state.numbers[-1]


def _has_target(query: Query) -> bool:
    return bool(query.rows or query.words or query.documents or query.agencies or query.numbers)


def complete(query: Query, state: State) -> Query:
    """
    Return *query* with what it leaves out taken from the question before.

    "còn nhiệm vụ 10?" takes the column that was asked, "hạn khi nào?" the row, "còn Sở Tài chính?" the list that was asked for,
    "ai ký kế hoạch đó?" the document. A question that stands by itself is returned as it is.
    """
    before = state.query
    if before is None:
        return query
    pointing = query.says("follow_up")
    if query.says("those") and before.form != "one":
        return _narrowed(query, before)
    bounds = query.agencies or query.period or query.group or query.appendix or query.documents or query.words
    if query.form == "count" and before.form != "one" and not bounds:
        return replace(before, form="count")
    if step := _step_from(query, state):
        asked = query.asked if _strong(query) else before.asked
        return replace(
            query,
            rows=(step,),
            asked=asked,
            noun=query.noun or before.noun,
            appendix=before.appendix,
            documents=before.documents,
            words=(),
            form="one",
        )
    if _asks_of_last_row(query, state, pointing=pointing):
        return replace(query, places=state.places, words=(), topic=(), fields=())
    if query.fields and before.fields and not query.numbers and (old := _old_one(query, state)):
        return replace(query, numbers=(old,))
    if query.fields and not (query.documents or query.issued_by):
        known = before.documents or before.issued_by or state.documents
        return replace(query, documents=tuple(known)) if known else query
    if query.appendix and not query.rows and not query.words and pointing:
        return replace(before, appendix=query.appendix, noun=None, documents=query.documents or before.documents)
    if query.rows:
        return _same_columns(query, before) if not _strong(query) and not query.words else _same_table(query, before)
    bare_row = _BARE_ROW.match(query.folded)
    if bare_row and before.rows and not query.rows:
        asked = query.asked if _strong(query) else before.asked
        rows = (bare_row.group(1),)
        return replace(_same_table(query, before), rows=rows, asked=asked, words=(), form="one", period=None)
    cited = tuple(number for noun, number in state.rows if noun == query.noun)
    if pointing and query.asked and len(cited) == 1 and len(query.words) <= _SHORT and query.form == "one":
        return replace(query, rows=cited, words=(), documents=query.documents or before.documents)
    words = [word for word in query.words if fold(word) not in light_words()]
    bare = len(words) <= (_SHORT if pointing else 0)
    if before.fields and query.documents and not (query.fields or query.asked or query.rows or words):
        return replace(before, documents=query.documents, issued_by=query.issued_by, numbers=query.numbers)
    if query.agencies and before.agencies and bare and (pointing or not query.asked) and query.form == "one":
        role = query.agency_role or before.agency_role
        named = before.documents and set(before.documents) & set(before.issued_by)
        text = _with_agency(before, query)
        return replace(
            before,
            text=text,
            folded=fold(text),
            agencies=query.agencies,
            agency_role=role,
            issued_by=query.issued_by,
            documents=query.issued_by if named else before.documents,
        )
    if query.asked and before.rows and bare and not query.agencies and query.form == "one":
        return replace(
            query,
            rows=before.rows,
            noun=before.noun,
            appendix=query.appendix or before.appendix,
            group=before.group,
            documents=before.documents,
            words=(),
        )
    if query.asked and bare and not _has_target(query) and before.words:
        return replace(
            query,
            words=before.words,
            topic=(*query.topic, *before.topic),
            noun=query.noun or before.noun,
            documents=before.documents,
            issued_by=before.issued_by,
        )
    if query.form != "one" and bare and pointing and not query.agencies and before.agencies:
        return replace(query, agencies=before.agencies, agency_role=query.agency_role or before.agency_role)
    if query.period and before.period and bare:
        return replace(before, period=query.period, text=query.text, folded=query.folded)
    if _goes_on_in_document(query, state, pointing=pointing):
        return replace(
            query,
            words=(*query.words, *before.words),
            topic=(*query.topic, *before.topic),
            documents=_known(state),
        )
    if pointing and not query.documents and not query.issued_by:
        known = before.documents or before.issued_by or state.documents
        whole = len(query.words) > _SHORT or bool(query.numbers)  # a number says what it is about
        joined = query.words if whole else (*query.words, *before.words)
        topic = query.topic if whole else (*query.topic, *before.topic)
        return replace(
            query, words=tuple(joined), topic=tuple(topic), documents=tuple(known) if len(set(known)) == 1 else ()
        )
    return query


def _asks_of_last_row(query: Query, state: State, *, pointing: bool) -> bool:
    """Tell whether a question asks for a column and says no row, where the answer before was about one: "vậy ai phối hợp?"."""
    words = [word for word in query.words if fold(word) not in light_words()]
    if _BARE_ROW.match(query.folded) or any(word[0].isdigit() for word in query.words):
        return False
    elsewhere = query.rows or query.documents or query.numbers or query.agencies or query.appendix or query.group
    asks = any(role != "content" for role in query.asked) and (not query.fields or "note" in query.asked)
    short = len(query.folded.split()) <= _BARE and not query.fields
    asks = asks or (short and any(map(query.wants, ("time", "number", "who", "address"))))
    bare = len(words) <= (_SHORT if pointing and not query.period else 0)
    return len(state.places) == 1 and asks and bare and not elsewhere and query.form == "one"


def _goes_on_in_document(query: Query, state: State, *, pointing: bool) -> bool:
    """Tell whether a question is about the clause that the answer before cited: it says little of its own: "gửi trước ngày nào?"."""
    words = [word for word in query.words if fold(word) not in light_words()]
    elsewhere = query.rows or query.documents or query.numbers or query.agencies or query.appendix or query.fields
    asks = bool(query.asked) or any(map(query.wants, ("time", "number", "who", "percent", "address")))
    few = len(words) <= 1 and len(query.folded.split()) <= _FEW
    return (
        len(_known(state)) == 1
        and not state.places
        and asks
        and not elsewhere
        and few
        and not pointing
        and query.form == "one"
    )


def _known(state: State) -> tuple[str, ...]:
    """Return the documents that the answer before cited; where there was none, those that its question named."""
    return state.documents or (state.query.documents if state.query else ())


def goes_on_in(query: Query, state: State) -> Query | None:
    """Return *query*, which found no answer, about the one document that the turn before was about; None where it names another source."""
    before = state.query
    elsewhere = query.documents or query.issued_by or query.numbers or query.rows or query.appendix
    known = _known(state)
    if before is None or len(known) != 1 or elsewhere or query.form != "one":
        return None
    few = len([word for word in query.words if fold(word) not in light_words()]) <= _FEW_WORDS
    return replace(
        query,
        documents=known,
        words=(*query.words, *before.words) if few else query.words,
        topic=(*query.topic, *before.topic) if few else query.topic,
    )


def _with_agency(before: Query, query: Query) -> str:
    """Return the question before with the agency of *query* in place of its own, as far as it is named in the same words."""
    old, new = before.agencies[0].name, query.agencies[0].name
    place = before.folded.find(fold(old))
    return before.text if place < 0 else f"{before.text[:place]}{new}{before.text[place + len(old) :]}"


def _strong(query: Query) -> bool:
    """Tell whether the question asks for a column of its own, "là gì" aside."""
    return any(role != "content" for role in query.asked) or "noi dung" in query.folded


def _same_columns(query: Query, before: Query) -> Query:
    asked = before.asked or query.asked
    noun = query.noun or before.noun
    same = noun == before.noun
    return replace(
        query,
        asked=asked,
        noun=noun,
        appendix=query.appendix or (before.appendix if same else None),
        documents=query.documents or (before.documents if same else ()),
    )


def _same_table(query: Query, before: Query) -> Query:
    noun = query.noun or before.noun
    if query.appendix or query.documents or noun != before.noun:
        return replace(query, noun=noun)
    return replace(query, noun=noun, appendix=before.appendix, documents=before.documents)


def _said(before: Query) -> tuple[str, ...]:
    """Return the words by which the list before was chosen; with "chậm" of "chậm tiến độ", which names a column, too."""
    heavy = [word for word in before.words if fold(word) not in light_words()]
    return before.topic if heavy or "note" in before.asked else ()


def _narrowed(query: Query, before: Query) -> Query:
    """Return the list asked before with the conditions of *query* added."""
    return replace(
        query,
        form=query.form if query.form != "one" else before.form,
        noun=query.noun or before.noun,
        appendix=query.appendix or before.appendix,
        group=query.group or before.group,
        documents=query.documents or before.documents,
        agencies=query.agencies or before.agencies,
        agency_role=query.agency_role or before.agency_role,
        period=query.period or before.period,
        also=(*before.also, *((said,) if (said := _said(before)) else ())),
    )
