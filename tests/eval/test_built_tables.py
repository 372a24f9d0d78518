import json

import pytest

from eval.built_tables import build_documents, gold_of
from eval.known_tables import load_tables, rows_of, table_score
from eval.table_files import save_docx
from indexer.formats.docx import read_docx
from indexer.grid_table import parse_grid


def test_the_same_seed_gives_the_same_tables():
    """
    Figures can be measured again; the first documents do not depend on how many are made.
    """
    assert build_documents(3, 7) == build_documents(5, 7)[:3]
    assert build_documents(1, 7) != build_documents(1, 8)


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_every_row_has_its_gold(seed):
    """
    Gold and drawing agree: a row of cells for each known row, a column name for each of its cells.
    """
    for document in build_documents(5, seed):
        for table in document.tables:
            drawn = [row for row in table.cells if any(cell and cell.text for cell in row)]
            names = {column.name or column.heading for column in table.columns}
            assert len(table.gold) <= len(drawn)
            assert all(
                row.keys() >= {"cells"} and row["cells"].keys() == names for row in table.gold if row["kind"] != "group"
            )
            assert all(len(row) == len(table.columns) for row in table.cells)


def test_a_built_table_is_read_as_it_is_known(tmp_path):
    """
    What is written to a DOCX comes back cell by cell, and is compared with the gold under the names of its columns.
    """
    document = next(one for one in build_documents(20, 5) if len(one.tables) == 1)
    save_docx(document, tmp_path / "B.docx")
    (tmp_path / "table_B.json").write_text(json.dumps(gold_of(document, ["B.docx"])), encoding="utf-8")

    extracted = read_docx(tmp_path / "B.docx")
    tables = [table for grid in extracted.grids if (table := parse_grid("b", extracted.text, grid)) is not None]
    score = table_score(load_tables(tmp_path)[0], "B.docx", rows_of(tables))

    assert score.misses == ()
    assert score.cells_right == score.cells > 0
