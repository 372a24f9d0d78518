"""
Word documents (DOCX): paragraphs, tables, text boxes and notes in reading order, as Word prints them.

Automatic numbering becomes text and stands before its paragraph. Page breaks are not kept: the format has no fixed pages.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import regex as re

from indexer.errors import ReadError
from indexer.formats.blocks import Block, TextBlock, lay_out, lines_of
from indexer.formats.docx_numbering import Numbering, number_text
from indexer.formats.docx_runs import RunReader, branch_of, is_alternate, is_placeholder
from indexer.formats.docx_styles import Styles, W, is_on, value_of
from indexer.formats.docx_tables import table_of
from indexer.formats.mending import WHERE, encoding_warning
from indexer.formats.package import Package
from indexer.types import Extracted, LineKind, ReadWarning, fold_white

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from lxml import etree

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_WRAPPERS = {W + name for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag")}
_LETTERHEAD = re.compile(r"CỘNG H(?:ÒA|OÀ) XÃ HỘI|^Số\s*:", re.IGNORECASE | re.MULTILINE)
_MOST_NOTES = 5_000


def read_docx(path: Path) -> Extracted:
    """
    Return the text of the Word document at *path*, a line for each paragraph, with its tables as grids.

    Deleted and hidden words are left out, insertions are kept. Notes stand at the end, running heads behind them, both as asides;
    a letterhead that stands only in the page's head comes first, as text.

    Raises:
        ReadError: the file is no DOCX, damaged, locked, breaks a limit, or has no letter in it.
    """
    with Package(path) as package:
        blocks, warnings = _Reader(package).read()
    extracted = lay_out(blocks, warnings)
    if not any(character.isalpha() for character in extracted.text):
        pictures = any("hình" in warning.what for warning in warnings)
        fact = "nothing but pictures" if pictures else "no letter in the whole document"
        raise ReadError(f"{path}: {fact}.\n  Print it as PDF and add that; a picture of text is recognised there.")
    return extracted


class _Reader:
    """Reads one document; it counts lists, notes and fields on while it goes."""

    def __init__(self, package: Package) -> None:
        root = package.part(package.main)
        body = root.find(W + "body") if root is not None else None
        if root is None or body is None:
            raise ReadError(f"{package.path}: no Word document: its main part has no body.\n  Save it anew from Word.")
        self._package = package
        self._body = body
        self._relations = package.relations(package.main)
        self._styles = Styles(self._named("styles"))
        self._numbering = Numbering(self._named("numbering"), self._styles)
        self._runs = RunReader(self._styles)

    def _named(self, kind: str) -> etree._Element | None:
        for found, target in self._relations.values():
            if found == kind:
                return self._package.part(target)
        return None

    def read(self) -> tuple[list[Block], list[ReadWarning]]:
        blocks = list(self._blocks(self._body))
        notes = list(self._notes())
        pictures, diagrams = self._runs.pictures, self._runs.diagrams
        first, heads = self._heads(blocks)
        return [*first, *blocks, *notes, *heads], list(self._warnings(pictures, diagrams))

    def _blocks(self, parent: etree._Element) -> Iterator[Block]:
        """Yield the blocks of a body, a cell, a text box or a note."""
        carried, keeps_number = "", False
        for element in _block_elements(parent):
            if element.tag == W + "tbl":
                if carried:
                    yield TextBlock(carried)
                    carried = ""
                yield from self._table(element)
            elif element.tag == W + "altChunk":
                self._runs.embedded += 1
            else:
                text, boxes, ending = self._paragraph(element, carried, keeps_number=keeps_number)
                if ending is not None and text:
                    carried, keeps_number = text, ending == "hidden"
                elif ending is None:
                    if text or not boxes:
                        yield TextBlock(text)
                    carried = ""
                for box in boxes:
                    yield from self._blocks(box)
        if carried:
            yield TextBlock(carried)

    def _paragraph(
        self, paragraph: etree._Element, carried: str, *, keeps_number: bool
    ) -> tuple[str, list[etree._Element], str | None]:
        """
        Return words, text boxes, and whether the paragraph's end is "deleted" or "hidden", so that the next one goes on in its line.

        *carried* are the words of such a paragraph before this one.
        """
        properties = paragraph.find(W + "pPr")
        style = self._styles.style_of(properties)
        mark = properties.find(W + "rPr") if properties is not None else None
        words, boxes = self._runs.text(paragraph, style)
        words = words.strip("\n")
        ending = None
        if value_of(mark, "del") is not None or value_of(mark, "moveFrom") is not None:
            ending = "deleted"
        elif self._styles.look(style, mark).hidden:
            ending = "hidden"
        if ending == "deleted" or (ending == "hidden" and not words):
            return carried + words, boxes, ending
        label = self._numbering.label(properties, style)
        if label is None:
            return carried + words, boxes, ending
        if keeps_number and carried:
            return f"{carried}{label.text}{label.joint}{words.lstrip()}", boxes, ending
        words = (carried + words).lstrip()
        return f"{label.text}{label.joint if words else ''}{words}", boxes, ending

    def _table(self, element: etree._Element) -> Iterator[Block]:
        inside: list[list[Block]] = []

        def words_of(cell: etree._Element) -> str:
            inside.append(list(self._blocks(cell)))
            return lines_of(inside[-1])

        table = table_of(element, words_of)
        if table is None or table.rows == table.columns == 1:  # a frame around text, or none at all
            for blocks in inside:
                yield from blocks
        else:
            yield table

    def _notes(self) -> Iterator[Block]:
        counts = {"footnote": 0, "endnote": 0}
        roots = {kind: self._named(f"{kind}s") for kind in counts}
        for kind, name in islice(_once(self._runs.notes), _MOST_NOTES):
            root = roots[kind]
            note = None if root is None else next((n for n in root if n.get(W + "id") == name), None)
            text = lines_of(self._blocks(note)).strip() if note is not None else ""
            counts[kind] += 1
            number = number_text(counts[kind], "lowerRoman" if kind == "endnote" else "decimal")
            if text:
                yield TextBlock(f"[{number}] {text}", LineKind.FOOTNOTE)

    def _heads(self, blocks: Iterable[Block]) -> tuple[list[Block], list[Block]]:
        """Return a letterhead that only the page's head holds, and the lines of page heads and feet that stand nowhere else."""
        known = {fold_white(line) for line in lines_of(blocks).split("\n")}
        first: list[Block] = []
        heads: list[Block] = []
        for name in self._head_parts():
            root = self._package.part(name)
            found = list(self._blocks(root)) if root is not None else []
            text = lines_of(found)
            if not heads and not first and (match := _LETTERHEAD.search(text)):
                line = text[text.rfind("\n", 0, match.start()) + 1 :].split("\n", 1)[0]
                if fold_white(line) not in known:
                    first = found
                    known |= {fold_white(line) for line in text.split("\n")}
                    continue
            for line in map(fold_white, text.split("\n")):
                if line not in known and sum(map(str.isalpha, line)) > 3 and not line.lower().startswith("trang"):
                    known.add(line)
                    heads.append(TextBlock(line, LineKind.RUNNING_HEAD))
        return first, heads

    def _head_parts(self) -> Iterator[str]:
        """Yield the names of the page heads and feet that are printed, each once, in order; those of even pages are left out."""
        seen: set[str] = set()
        for section in self._body.iter(W + "sectPr"):
            kinds = ("first", "default") if is_on(section, "titlePg") else ("default",)
            for tag in ("headerReference", "footerReference"):
                for kind in kinds:
                    for reference in section.iterchildren(W + tag):
                        name = self._relations.get(reference.get(_R + "id", ""), ("", ""))[1]
                        if reference.get(W + "type", "default") == kind and name and name not in seen:
                            seen.add(name)
                            yield name

    def _warnings(self, pictures: int, diagrams: int) -> Iterator[ReadWarning]:
        for encoding in sorted(self._runs.legacy):
            yield encoding_warning(encoding)
        if pictures:
            yield ReadWarning(WHERE, f"có {pictures} hình; chữ trong hình không được đọc")
        if diagrams:
            yield ReadWarning(WHERE, f"có {diagrams} sơ đồ hoặc biểu đồ; chữ trong đó không được đọc")
        if self._runs.embedded:
            yield ReadWarning(
                WHERE, f"có {self._runs.embedded} tệp hoặc đối tượng nhúng; nội dung bên trong không được đọc"
            )
        if self._runs.unknown_symbols:
            yield ReadWarning(WHERE, f"{self._runs.unknown_symbols} ký hiệu không nhận ra đã bị bỏ qua")


def _block_elements(parent: etree._Element) -> Iterator[etree._Element]:
    """Yield the paragraphs and tables of *parent*, those inside content controls too."""
    for child in parent.iterchildren(tag=None):
        if child.tag in {W + "p", W + "tbl", W + "altChunk"}:
            yield child
        elif child.tag in _WRAPPERS:
            if not is_placeholder(child):
                yield from _block_elements(child)
        elif is_alternate(child) and (branch := branch_of(child)) is not None:
            yield from _block_elements(branch)


def _once(notes: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    yield from dict.fromkeys(notes)
