"""How an answer came about, in steps that a person can read: what was understood, where was looked, what was checked."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from assistant.types import Answer, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.periods import Asked
    from assistant.question import Query
    from assistant.types import Reply


@cache
def _words(language: str) -> dict[str, Any]:
    data = tomllib.loads(files("assistant").joinpath("explaining.toml").read_text(encoding="utf-8"))
    return dict(data[language])


def step(language: str, key: str, **values: object) -> str:
    """Return the step *key* of ``explaining.toml`` with *values* filled in."""
    return str(_words(language)[key]).format(**values)


def understanding(query: Query) -> tuple[str, ...]:
    """Return what was understood of a question, one step a line, in its own language; what it does not name is left out."""
    words = _words(query.language)
    columns, fields = words["column_names"], words["field_names"]
    found = {
        "asked": ", ".join(columns.get(role, role) for role in query.asked),
        "form": words["form_names"][query.form],
        "rows": ", ".join(f"{query.noun or ''} {row}".strip() for row in query.rows),
        "appendix": query.appendix,
        "group": query.group,
        "documents": ", ".join(query.numbers or query.documents),
        "agencies": ", ".join(agency.name for agency in query.agencies),
        "period": _period(query.period, query.language) if query.period else "",
        "fields": ", ".join(fields.get(field, field) for field in query.fields),
        "words": " ".join(query.words),
    }
    return tuple(step(query.language, key, value=value) for key, value in found.items() if value)


def _period(asked: Asked, language: str) -> str:
    due = asked.due
    if due.start is None or due.end is None:
        return step(language, "undated")
    key = "day" if due.start == due.end and asked.relation == "within" else asked.relation.replace("ending", "within")
    return step(language, key, first=f"{due.start:%d/%m/%Y}", last=f"{due.end:%d/%m/%Y}")


def outcome(reply: Reply, language: str, name: Callable[[str], str]) -> tuple[str, ...]:
    """
    Return how *reply* was arrived at: the way of answering, its sources document by document, and the check it passed.

    ``name`` gives what a document is called by its id.
    """
    if not isinstance(reply, Answer):
        return (step(language, "declined"),) if reply.status is Status.NOT_FOUND else ()
    counts: dict[str, int] = {}
    for citation in reply.citations:
        counts[citation.document] = counts.get(citation.document, 0) + 1
    places = "; ".join(
        step(language, "place", count=count, document=name(document)) for document, count in counts.items()
    )
    return (step(language, "places", value=places), step(language, "checked"))
