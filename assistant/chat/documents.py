"""The corpus as HTML: the search with its list, and one document with its contents, metadata, relations and ingest report."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from assistant.chat.contents import contents, render_contents
from assistant.chat.ingest_view import render_file_report
from assistant.chat.marks import button, shorten
from assistant.chat.relations import render_relations
from assistant.library import Search
from assistant.wording import kind_name
from indexer.replaced import replacements
from indexer.types import Step, StepKind, fold_white
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from assistant.chat.strings import Strings
    from assistant.library import Found, Library
    from indexer.types import Clause, Document, Stated

SHOWN = 60  # documents of one list
_TITLE_SHOWN = 220
_STATED = ("number", "issued_on", "issuer", "title", "signer")
_CHOICE_SHOWN = 60


def search_sent(fields: object) -> Search:
    """Return the search that was filled in in the browser; *fields* may be anything."""
    given: Mapping[str, object] = fields if isinstance(fields, dict) else {}
    values = {name: str(given.get(name, ""))[:200].strip() for name in ("words", "kind", "year", "issuer")}
    return Search(**values)


def _select(name: str, values: Sequence[str], chosen: str, strings: Strings) -> str:
    if len(values) < 2:  # nothing to choose from
        return ""
    options = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(shorten(value, _CHOICE_SHOWN))}</option>'
        for value in values
    )
    every = f'<option value="">{escape(strings("documents.any"))}</option>'
    words = escape(strings(f"documents.{name}"))
    return f'<label class="hvb-field"><span>{words}</span><select name="{name}">{every}{options}</select></label>'


def _form(library: Library, search: Search, strings: Strings) -> str:
    filters = (
        _select("kind", library.kinds(), search.kind, strings)
        + _select("year", library.years(), search.year, strings)
        + _select("issuer", library.issuers(), search.issuer, strings)
    )
    finder = button(strings("documents.find"), "submit", css="hvb-primary")
    reset = button(strings("documents.reset"), "retry", css="hvb-quiet") if search != Search() else ""
    return (
        f'<form class="hvb-search" role="search"><label class="hvb-field hvb-wide"><span>{escape(strings("documents.search"))}</span>'
        f'<input type="search" name="words" value="{escape(search.words)}" placeholder="{escape(strings("documents.search_hint"))}"'
        f' maxlength="200" autocomplete="off"></label>{filters}<div class="hvb-acts">{finder}{reset}</div></form>'
    )


def document_facts(document: Document, strings: Strings) -> str:
    """Return what a list says of a document below its name: kind, issuer, date, file."""
    metadata = document.metadata
    facts = [
        fold_white(metadata.issuer.value) if metadata.issuer else "",
        strings("viewer.issued_on", date=_date(metadata.issued_on.value)) if metadata.issued_on else "",
        strings("viewer.file", file=strings.file(document.id, document.file)),
    ]
    return " · ".join(escape(fact) for fact in facts if fact)


def _date(iso: str) -> str:
    return "/".join(reversed(iso.split("-")))


def render_list(library: Library, search: Search, found: Sequence[Found], *, strings: Strings) -> str:
    """Return the search form and what it found."""
    items = []
    for one in found[:SHOWN]:
        document = library.index.document(one.id)
        title = fold_white(document.metadata.title.value) if document.metadata.title else ""
        opener = button(strings.document(one.id), "apply", css="hvb-link", document=one.id, **strings.on_shelf)
        inside = f' <em class="hvb-facts">({escape(strings("documents.inside"))})</em>' if one.inside else ""
        items.append(
            f'<li>{opener}{inside}<p class="hvb-title">{escape(shorten(title, _TITLE_SHOWN))}</p>'
            f'<p class="hvb-facts">{document_facts(document, strings)}</p></li>'
        )
    if not found:
        count = strings("documents.none")
    elif len(found) > SHOWN:
        count = strings("documents.count_shown", count=len(found), shown=SHOWN)
    else:
        key = "documents.count" if search == Search() else "documents.count_found"
        count = strings(key, count=len(found))
    return (
        f"<section><h2>{escape(strings('documents.heading'))}</h2>{_form(library, search, strings)}"
        f'<p class="hvb-facts" role="status">{escape(count)}</p><ul class="hvb-list">{"".join(items)}</ul></section>'
    )


def _opens(stated: Stated, what: str, strings: Strings) -> str:
    """Return the button that opens the words that state a value."""
    if stated.end <= stated.start:
        return ""
    return _place(stated.document, stated.start, stated.end, what, strings)


def _place(document: str, start: int, end: int, what: str, strings: Strings) -> str:
    return button(
        strings("documents.show"),
        "select",
        css="hvb-quiet",
        title=strings("documents.show_place", what=what),
        document=document,
        start=start,
        end=end,
        place=what,
        **strings.on_shelf,
    )


def _stated(document: Document, name: str, strings: Strings) -> str:
    """Return the value of one field, or that it is not printed, or printed but left blank."""
    stated: Stated | None = getattr(document.metadata, name)
    what = strings(f"documents.about_{name}")
    if stated is None:
        blank = next((span for field, span in document.metadata.unfilled if field == name), None)
        words = f"<em>{escape(strings('documents.left_blank' if blank else 'documents.not_printed'))}</em>"
        return f"{words} {_place(document.id, blank.start, blank.end, what, strings)}" if blank else words
    value = _date(stated.value) if name == "issued_on" else fold_white(stated.value)
    if name == "signer" and document.metadata.signer_office:
        value = f"{value} ({fold_white(document.metadata.signer_office.value)})"
    reason = f'<p class="hvb-facts">{escape(stated.reason)}</p>' if stated.reason else ""
    return f"<span>{escape(value)}</span> {_opens(stated, what, strings)}{reason}"


def _bases(clauses: Iterable[Clause]) -> list[Clause]:
    """Return the clauses of the preamble that begin "Căn cứ"."""
    head = Step(StepKind.HEAD)
    return [
        clause for clause in clauses if clause.path[0] == head and fold(clause.text).lstrip(" -–").startswith("can cu")
    ]


def _about(library: Library, document: Document, clauses: Sequence[Clause], strings: Strings) -> str:
    metadata = document.metadata
    missing = f"<em>{escape(strings('documents.not_printed'))}</em>"
    kind = escape(kind_name(document)) if metadata.kind else missing
    if metadata.kind:
        kind = f"<span>{kind}</span> {_opens(metadata.kind, strings('documents.about_kind'), strings)}"
    rows = [(name, _stated(document, name, strings)) for name in _STATED]
    rows.insert(1, ("kind", kind))
    items = "".join(f"<li>{escape(fold_white(one.value))}</li>" for one in metadata.recipients)
    rows.append(("recipients", f"<ul>{items}</ul>" if items else missing))
    bases = "".join(
        f"<li>{escape(fold_white(one.reading or one.text))} "
        f"{_place(document.id, one.start, one.end, strings('documents.about_based_on'), strings)}</li>"
        for one in _bases(clauses)
    )
    no_basis = f"<em>{escape(strings('documents.no_basis'))}</em>"
    rows.append(("based_on", f"<ul>{bases}</ul>" if bases else no_basis))
    if metadata.number and (new := replacements([*_naming(library, document), document]).get(document.id)):
        words = escape(strings("documents.replaced_by", document=strings.document(new.id)))
        rows.append(("replaced_by", f'<strong class="hvb-caution">{words}</strong>'))
    lines = "".join(f"<dt>{escape(strings(f'documents.about_{name}'))}</dt><dd>{value}</dd>" for name, value in rows)
    return f'<dl class="hvb-about">{lines}</dl>'


def _naming(library: Library, document: Document) -> list[Document]:
    """Return the documents of the index that name *document*."""
    names = dict.fromkeys(one.said_in for one in library.related(document) if one.incoming)
    return [library.index.document(name) for name in names]


def _fold(words: str, html: str, *, is_open: bool = True) -> str:
    return f'<details class="hvb-fold"{" open" if is_open else ""}><summary><h4>{escape(words)}</h4></summary>{html}</details>'


def render_details(library: Library, document: Document, *, strings: Strings) -> str:
    """Return one document: contents, metadata, relations, and how it was read; "open" is where the viewer shows it."""
    index = library.index
    clauses, tables = index.clauses(document.id), index.tables(document.id)
    title = fold_white(document.metadata.title.value) if document.metadata.title else ""
    back = button(strings("documents.list"), "clear", css="hvb-quiet")
    opener = button(strings.document(document.id), "select", css="hvb-link", document=document.id, **strings.on_shelf)
    toc = render_contents(document.id, contents(clauses, tables), strings=strings)
    report = render_file_report(library.report_of(document.id), len(document.doubts), strings=strings)
    return (
        f'<section class="hvb-details"><div class="hvb-bar"><h2>{escape(strings("documents.heading"))}</h2>{back}</div>'
        f'<h3 tabindex="-1">{opener}</h3><p class="hvb-facts">{escape(title)}</p>'
        + _fold(strings("documents.contents"), toc)
        + _fold(strings("documents.about"), _about(library, document, clauses, strings))
        + _fold(
            strings("documents.relations"),
            render_relations(document, library.related(document), strings=strings),
        )
        + _fold(strings("documents.report"), report, is_open=False)
        + "</section>"
    )
