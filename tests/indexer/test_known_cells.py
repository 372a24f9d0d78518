"""Every cell of the two annex tables of the first corpus, against a reading by eye of the raw text."""

import json
from pathlib import Path

import pytest

from indexer.parse import parse_file
from indexer.path import label
from indexer.types import fold_white

HERE = Path(__file__).parent
KNOWN = json.loads((HERE / "known_cells.json").read_text(encoding="utf-8"))
CELLS = [
    pytest.param(number, row, column, id=f"{table['label']}-{one['cells'][0]}-{table['columns'][column]}")
    for number, table in enumerate(KNOWN["tables"])
    for row, one in enumerate(table["rows"])
    for column in range(len(table["columns"]))
]


@pytest.fixture(scope="module")
def parsed():
    return parse_file(HERE.parents[1] / "corpus" / "documents" / f"{KNOWN['document']}.txt")


def test_the_tables_and_their_rows(parsed):
    """
    Two registers of 18 and 13 rows, their columns under the printed names, each task in its section.
    """
    assert [label(table.path) for table in parsed.tables] == [table["label"] for table in KNOWN["tables"]]
    for table, known in zip(parsed.tables, KNOWN["tables"], strict=True):
        assert [column.name for column in table.columns] == known["columns"]
        assert [row.number for row in table.rows] == [row["cells"][0] for row in known["rows"]]
        groups = [f"{row.group.number}. {row.group.name}" if row.group else None for row in table.rows]
        assert groups == [row["group"] for row in known["rows"]]


@pytest.mark.parametrize(("number", "row", "column"), CELLS)
def test_every_cell(parsed, number, row, column):
    """
    A cell holds the words that an eye reads in it, and its spans give them back from the text; a blank cell has no span.
    """
    cell = parsed.tables[number].rows[row].cells[column]

    assert cell.text == KNOWN["tables"][number]["rows"][row]["cells"][column]
    assert " ".join(fold_white(parsed.document.text[span.start : span.end]) for span in cell.spans) == cell.text


def test_the_merged_note(parsed):
    """
    The note of indicators 4 to 17 is one cell: marked as merged, the same two spans in every row that it covers.
    """
    notes = [row.cells[3] for row in parsed.tables[0].rows]

    assert [note.merged for note in notes] == [4 <= number <= 17 for number in range(1, 19)]
    assert {note.spans for note in notes[3:17]} == {notes[3].spans}
    assert len(notes[3].spans) == 2


def test_a_cell_that_a_page_end_cuts(parsed):
    """
    The partners of task 7 stand in two slices, with the repeated header between them.
    """
    partners = parsed.tables[1].rows[6].cells[3]
    first, second = partners.spans

    assert "Thời gian" in fold_white(parsed.document.text[first.end : second.start])
    assert parsed.document.text[second.start : second.end].split() == ["các", "xã,", "phường"]
