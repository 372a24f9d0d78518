"""A listing as a calendar: one all-day event for every entry with a definite deadline, on the last day on which it can be met."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from assistant.exports.listing import clean
from indexer.errors import InputError

if TYPE_CHECKING:
    from assistant.exports.listing import Entry, Listing

_SUMMARY = 140  # characters


def calendar_bytes(listing: Listing, *, made: datetime | None = None) -> bytes:
    """
    Return *listing* as the bytes of an .ics file; *made* (with its time zone) takes the place of the time of the machine.

    Raises:
        InputError: no entry has a definite day; a calendar holds one at least.
    """
    from icalendar import Calendar, vText  # noqa: PLC0415 - heavy

    words, dated = listing.words, listing.dated
    if not dated:
        raise InputError(words("nothing_dated"))
    stamp = (made or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
    calendar: Any = Calendar()
    calendar.add("prodid", "-//Hoi Van Ban//hoi-van-ban//VI")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", vText(clean(listing.title)))
    calendar.add("x-wr-caldesc", vText("\n".join(left_out(listing))))
    for entry in dated:
        calendar.add_component(_event(entry, listing, stamp))
    return bytes(calendar.to_ical())


def left_out(listing: Listing) -> tuple[str, ...]:
    """Return what is said of the entries that the calendar leaves out, and that the original text decides."""
    words = listing.words
    possible = sum(entry.is_possible for entry in listing.entries)
    undated = len(listing.entries) - len(listing.dated) - possible
    lines = [words("undated", count=undated)] if undated else []
    lines += [words("possible_left", count=possible)] if possible else []
    return (*lines, words("original"))


def event_uid(entry: Entry) -> str:
    """Return the UID of an entry: the same in every export, so that a calendar that takes it in again has it once."""
    return f"{hashlib.sha256(entry.id.encode()).hexdigest()[:32]}@hoi-van-ban"


def _event(entry: Entry, listing: Listing, stamp: datetime) -> Any:
    from icalendar import Event  # noqa: PLC0415

    if entry.last_day is None:
        raise AssertionError
    words, content = listing.words, entry.content
    short = content if len(content) <= _SUMMARY else f"{content[:_SUMMARY].rsplit(' ', 1)[0]}…"
    lines = [content] if short != content else []
    for name in ("lead", "partners", "deliverable", "due", "note"):
        if value := getattr(entry, name):
            lines.append(f"{words(name)}: {value}")
    lines += [f"{words('source')}: {entry.number}, {entry.place}: “{entry.quote}”", words("original")]
    event: Any = Event()
    event.add("uid", event_uid(entry))
    event.add("dtstamp", stamp)
    event.add("dtstart", entry.last_day)
    event.add("dtend", entry.last_day + timedelta(days=1))
    event.add("summary", clean(f"{entry.row}: {short}" if entry.row else short))
    event.add("description", clean("\n".join(lines)))
    event.add("transp", "TRANSPARENT")  # the day stays free
    return event
