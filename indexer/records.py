"""
A corpus as JSON lines: each line is one document, an article say, with "_id" or "id", "title" and "text"; plain, .gz or .xz.

What stands on a line is taken as it is: one clause under its title, no ladder and no letterhead are looked for. A heading on the
text's first line belongs to the title.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import lzma
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indexer.types import Clause, Document, Metadata, Page, ParsedDocument, Stated, Step, StepKind, fold_white

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from io import BufferedIOBase
    from pathlib import Path

SUFFIXES = (".jsonl", ".jsonl.gz", ".jsonl.xz")
_LONGEST = 8_000_000  # characters of a line; a longer one is no document
_ARTICLE = re.compile(r"Điều\s+(\S*\w)(?=\W*(?:\s|$))")
# a first line that is no sentence and no item of a list, with more below it
_HEADING = re.compile(r"(?!\s*(?:(?:\d+|[a-zđA-ZĐ])[.)]|[-–+•*]))\s*([^\n]*[^\s.:;,!?…])[^\S\n]*\n\s*(?=\S)")
_LONGEST_HEADING = 40  # words
_FORM = 'Each line is one object: {"_id": "…", "title": "…", "text": "…"}.'


@dataclass(frozen=True, slots=True)
class Record:
    """One line that holds a document: its id, its words as they stand there, and the SHA-256 of the line."""

    id: str
    file: str
    title: str
    text: str
    sha256: str


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line, or the rest of a file, that holds no document; ``reason`` gives the place, the fact and the next step."""

    path: Path
    reason: str


def is_record_file(name: str) -> bool:
    """Tell from its *name* whether a file holds JSON lines."""
    return name.lower().endswith(SUFFIXES)


def record_files(corpus: Path) -> list[Path]:
    """Return the files of JSON lines in folder *corpus*, or *corpus* itself where it is one."""
    if corpus.is_file():
        return [corpus] if is_record_file(corpus.name) else []
    return sorted(
        path
        for path in corpus.rglob("*")
        if is_record_file(path.name) and path.is_file() and not path.name.startswith(".")
    )


def _opened(path: Path) -> BufferedIOBase:
    kind = path.suffix.lower()
    if kind == ".gz":
        return gzip.open(path, "rb")
    return lzma.open(path, "rb") if kind == ".xz" else path.open("rb")


def read_records(path: Path) -> Iterator[Record | BadLine]:
    """
    Yield the documents of the file at *path* in order, and what is wrong with lines that hold none.

    A file that ends in the middle, as an archive that was cut, gives what was read of it and one ``BadLine``.
    """
    seen: dict[str, tuple[int, str]] = {}
    number = 0
    try:
        with _opened(path) as lines:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                found = _record(path, number, line)
                if isinstance(found, Record):
                    first, sha256 = seen.setdefault(found.id, (number, found.sha256))
                    if first != number:
                        if sha256 != found.sha256:  # the very same line twice is no fault
                            yield _bad(
                                path, number, f'id "{found.id}" stands at line {first}', "Give it one of its own."
                            )
                        continue
                yield found
    except (OSError, EOFError, lzma.LZMAError) as error:
        yield _bad(path, number + 1, f"cannot be read on ({error})", "Copy the file again; what stands before is kept.")


def _bad(path: Path, number: int, fact: str, step: str) -> BadLine:
    return BadLine(path, f"{path}:{number}: {fact}.\n  {step}")


def _record(path: Path, number: int, line: bytes) -> Record | BadLine:
    if len(line) > _LONGEST:
        return _bad(path, number, f"the line has {len(line)} bytes, more than {_LONGEST}", "Split the document.")
    try:
        item = json.loads(line)
    except ValueError as error:  # neither JSON nor UTF-8
        return _bad(path, number, f"the line is not JSON ({error})", _FORM)
    if not isinstance(item, dict):
        return _bad(path, number, "the line holds no object", _FORM)
    name = next((item[key] for key in ("_id", "id") if item.get(key) is not None), None)
    if isinstance(name, bool) or not isinstance(name, str | int) or not str(name).strip():
        return _bad(path, number, 'the object has no "_id" or "id"', _FORM)
    title, text = _words(item, "title"), _words(item, "text")
    if title is None or text is None:
        return _bad(path, number, '"title" or "text" is no text', _FORM)
    if not any(letter.isalpha() for letter in title + text):
        return _bad(path, number, f'document "{name}" has no letter in its title and text', "Take the line out.")
    return Record(str(name).strip(), path.name, title, text, hashlib.sha256(line.strip()).hexdigest())


def _words(item: Mapping[str, Any], key: str) -> str | None:
    value = item.get(key)
    if value is None:
        return ""
    return value if isinstance(value, str) and _is_unicode(value) else None


def _is_unicode(value: str) -> bool:
    """Tell whether *value* can be written as UTF-8; JSON may hold halves of a character."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def headed(title: str, text: str) -> tuple[str, str]:
    """
    Return the whole title and the text below it: a heading on the first line of *text* belongs to the title.

    Of "Luật Thanh niên - Điều 1" and a text whose first line is "Thanh niên", the title is "Luật Thanh niên - Điều 1 Thanh niên".
    """
    match = _HEADING.match(text)
    if match is None or len(match[1].split()) > _LONGEST_HEADING:
        return title, text
    return f"{title} {match[1].strip()}".strip(), text[match.end() :]


def parse_record(record: Record) -> ParsedDocument:
    """Return *record* as a document of one clause, its text, or its title where there is no text."""
    from indexer.reader import normalise  # noqa: PLC0415 - loads all that mends letters; who asks what a file is need not wait

    title, text = fold_white(normalise(record.title)), normalise(record.text).strip()
    whole = f"{title}\n{text}" if title and text else title or text
    match = _ARTICLE.match(title)
    step = Step(StepKind.ARTICLE, match.group(1)) if match else Step(StepKind.PARAGRAPH, "1")
    title, body = headed(title, text)
    start = len(whole) - len(body) if body else 0
    clause = Clause(record.id, (step,), start, len(whole), whole[start:], title or None)
    end = len(whole[: start or None].rstrip())
    metadata = Metadata(title=Stated(title, record.id, 0, end)) if title else Metadata()
    page = Page(1, "text", None, 0, len(whole))
    return ParsedDocument(Document(record.id, record.file, whole, metadata), (clause,), (), (page,))
