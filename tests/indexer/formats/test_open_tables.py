from itertools import pairwise

import pytest

from indexer.formats.open_tables import left_out
from indexer.formats.page import PageWord
from indexer.formats.rulings import DrawnCell, DrawnTable, Edge, align_columns, tables_of

LEFT, RIGHT = 50, 500
COLUMNS = (55, 100, 300, 420)  # where the words of each column begin


def level(*tops, left=LEFT, right=RIGHT):
    return [Edge(left, top, right, top) for top in tops]


def upright(*xs, top=100, bottom=200):
    return [Edge(x, top, x, bottom) for x in xs]


def words(top, *texts, columns=COLUMNS):
    """Return the words of one line, the first of each text where its column begins."""
    placed = []
    for begin, text in zip(columns, texts, strict=False):
        left = begin
        for word in text.split():
            placed.append(PageWord(word, left, top, left + 6 * len(word), top + 12))
            left = placed[-1].right + 3
    return placed


def tables(edges, said=()):
    return tables_of([*edges, *left_out([(edges, said)])[0]])


def test_outer_sides_are_added():
    """
    A table without its left and right line has its first and last column all the same.
    """
    edges = level(100, 130, 160, 200) + upright(90, 300)

    (table,) = tables(edges)

    assert (table.rows, table.columns) == (3, 3)


def test_a_row_over_the_whole_width_belongs_to_the_table():
    """
    A group row has no upright line at all; the table goes on behind it.
    """
    edges = level(100, 130, 150, 200) + upright(90, 300, bottom=130) + upright(90, 300, top=150)

    (table,) = tables(edges, words(134, "I. Phát triển hạ tầng"))

    assert (table.rows, table.columns) == (3, 3)


ROWS = [
    *words(105, "TT", "Nhiệm vụ", "Chủ trì", "Thời hạn"),
    *words(125, "1", "Trồng sen trong các ao", "Sở Y tế", "Quý I"),
    *words(145, "2", "Trồng lúa", "", "Quý II"),
    *words(165, "3", "Việc khác của xã", "Sở Nội vụ", ""),
]
LINES = level(100, 120, 140, 160, 180)


def test_columns_of_level_lines_alone():
    """
    Where only level lines are drawn, the room between the words parts the columns.
    """
    (table,) = tables(LINES, ROWS)

    assert (table.rows, table.columns) == (4, 4)


def test_a_group_crosses_the_columns():
    """
    The words of a group are one cell although columns end above and below them.
    """
    group = words(185, "II", "Nâng cao chất lượng dịch vụ công trên toàn tỉnh")

    (table,) = tables([*LINES, *level(200)], [*ROWS, *group])

    assert [(cell.column, cell.column_end) for cell in table.cells if cell.row == 4] == [(0, 1), (1, 4)]


def test_the_next_page_has_the_same_columns():
    """
    A page with a single row of the table does not show its columns; the page before does.
    """
    single = (level(100, 130), words(105, "4", "Việc cuối", "", "Quý IV"))

    added = left_out([(LINES, ROWS), single])[1]
    (table,) = tables_of([*single[0], *added])

    assert (table.rows, table.columns) == (1, 4)


@pytest.mark.parametrize(
    ("edges", "said"),
    [
        # lines of a form: words, but no columns
        (
            level(100, 120, 140, 160, 180),
            [w for top in (105, 125, 145, 165) for w in words(top, "Tên cơ quan, đơn vị")],
        ),
        # a rule under a title and one above the notes
        (level(100, 700), []),
    ],
)
def test_what_is_no_table(edges, said):
    """
    Level lines alone make no table.
    """
    assert tables(edges, said) == []


def drawn(xs, *, rows=1):
    cells = [
        DrawnCell(a, row * 20, b, row * 20 + 20, row, column, row + 1, column + 1)
        for row in range(rows)
        for column, (a, b) in enumerate(pairwise(xs))
    ]
    return DrawnTable(xs[0], 0, xs[-1], rows * 20, rows, len(xs) - 1, tuple(cells))


def test_columns_are_counted_alike_over_a_page_end():
    """
    Two columns that are merged in all rows of a page are two all the same; a table with other columns is left alone.
    """
    pages = [[drawn([0, 50, 200, 300, 400])], [drawn([0, 50, 200, 400])], [drawn([0, 120, 400])]]

    first, second, third = (page[0] for page in align_columns(pages))

    assert [table.columns for table in (first, second, third)] == [4, 4, 2]
    assert [(cell.column, cell.column_end) for cell in second.cells] == [(0, 1), (1, 2), (2, 4)]
