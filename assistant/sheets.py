"""Tables that people keep in CSV files and workbooks, as rows of texts; nothing is known here of what the columns mean."""

from __future__ import annotations

import csv
import io
import warnings
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from indexer.errors import InputError
from indexer.formats.decoding import decode_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

SEPARATORS = (",", ";", "\t")
CSV_SUFFIXES = (".csv", ".tsv", ".txt")
EXCEL_SUFFIXES = (".xlsx", ".xlsm")
LARGEST_UNPACKED = 100 * 2**20  # bytes of all parts of a workbook; a question takes some hundreds
MOST_CELLS = 20_000_000  # of a sheet, blank ones too: a cell at the lower right end makes 17 milliards of them


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: ``number`` is its line in a CSV file or its row in a sheet, from 1; a cell is "" where it is blank."""

    number: int
    cells: tuple[str, ...]

    @property
    def is_blank(self) -> bool:
        """Whether no cell holds anything."""
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Sheet:
    """
    The rows of a table.

    ``name`` is "" for a CSV file. ``broken_at`` is the line at which a CSV file stopped being one (a quotation mark that is
    never closed), None where all was read.
    """

    name: str
    rows: tuple[SheetRow, ...]
    broken_at: int | None = None


def is_workbook(data: bytes) -> bool:
    """Tell whether *data* is packed as workbooks of Excel since 2007 are."""
    return data.startswith(b"PK\x03\x04")


def csv_sheets(data: bytes, path: Path) -> list[Sheet]:
    """
    Return the table in *data* once for each separator that it may have been written with: comma, semicolon, tab.

    Which of them is meant is told by whoever knows the columns. A first line "sep=;", as Excel writes it, decides. *path* is named
    in complaints.

    Raises:
        InputError: the bytes are no text, or in an encoding from before Unicode, of which no letter would be certain.
    """
    text, old = decode_text(data, path)
    if old:
        fact = f"{path}: is written in {old}, not in Unicode."
        raise InputError(f'{fact}\n  Save it again as "CSV UTF-8", or as an Excel workbook (.xlsx).')
    first, _, rest = text.partition("\n")
    declared = first.strip().strip('"').lower()
    if declared.startswith("sep=") and declared[4:] in {",", ";", "\\t", "|", ""}:
        separator = {"\\t": "\t", "": "\t"}.get(declared[4:], declared[4:])
        return [_csv_sheet(rest, separator, before=1)]
    return [_csv_sheet(text, separator) for separator in SEPARATORS]


def _csv_sheet(text: str, separator: str, *, before: int = 0) -> Sheet:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[SheetRow] = []
    line = before + 1
    try:
        for cells in reader:
            rows.append(SheetRow(line, tuple(cells)))
            line = before + reader.line_num + 1
    except csv.Error:  # the rest of the file is one cell; what was read before it stands
        return Sheet("", tuple(rows), broken_at=line)
    return Sheet("", tuple(rows))


def excel_sheets(data: bytes, path: Path) -> list[Sheet]:
    """
    Return the sheets of the workbook in *data*, in its order; formulas by the value that was stored, dates as dd/mm/yyyy.

    Raises:
        InputError: it is no workbook of Excel since 2007, or unpacks to more than LARGEST_UNPACKED bytes or MOST_CELLS cells.
    """
    from openpyxl import load_workbook  # noqa: PLC0415 - only where a workbook is read
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    _check_unpacked(data, path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of styles and drop-down lists, which are not read
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            sheets = [Sheet(sheet.title, tuple(_rows(sheet.iter_rows(), path))) for sheet in book.worksheets]
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        fact = f"{path}: is no Excel workbook that can be read ({error})."
        raise InputError(f"{fact}\n  Save it as an Excel workbook (.xlsx) without a password.") from error
    book.close()
    return sheets


def _check_unpacked(data: bytes, path: Path) -> None:
    """Refuse what is packed so that it would fill the memory; nothing of it is unpacked for that."""
    try:
        with ZipFile(io.BytesIO(data)) as packed:
            size = sum(part.file_size for part in packed.infolist())
    except BadZipFile:
        return  # told in the words of who reads it
    if size > LARGEST_UNPACKED:
        fact = f"{path}: unpacks to {size // 2**20:,} MiB, more than the {LARGEST_UNPACKED // 2**20} MiB that are read."
        raise InputError(f"{fact}\n  Leave the questions alone in the workbook, without pictures, and save it again.")


def _rows(rows: Iterable[Sequence[Any]], path: Path) -> Iterator[SheetRow]:
    cells = 0
    for number, row in enumerate(rows, start=1):
        cells += len(row) + 1
        if cells > MOST_CELLS:
            fact = f"{path}: a sheet has more than {MOST_CELLS:,} cells."
            raise InputError(f"{fact}\n  Copy the questions into a new workbook and save that.")
        if all(cell.value is None for cell in row):  # a sheet may have a million of them
            continue
        found = SheetRow(number, tuple(_cell_text(cell.value, str(cell.number_format or "")) for cell in row))
        if not found.is_blank:
            yield found


def _cell_text(value: object, number_format: str) -> str:
    """Return *value* as the sheet shows it: 3.0 as "3", 0.95 in per cent as "95%", with the decimal comma of Vietnam."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.strftime("%d/%m/%Y" if midnight else "%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, int | float):
        share = "%" in number_format
        shown = f"{round(value * (100 if share else 1), 10):.10f}".rstrip("0").rstrip(".").replace(".", ",")
        return shown + ("%" if share else "")
    return str(value)
