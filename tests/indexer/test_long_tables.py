"""Tables without lines that are longer than any office prints: read in time that grows with them, and as well as short ones where it can be."""

from __future__ import annotations

import random
import time

import pytest

from indexer.flat_rows import RowStart, _best_chain, _style_cost, _style_of
from indexer.ladder import parse_ladder
from indexer.layout import split_lines
from indexer.remarks import LONG_ROWS


def best_of_all(candidates, heads):
    """Return the score of the best chain, every earlier number tried before every later one."""
    best = []
    for index, candidate in enumerate(candidates):
        score = candidate.score + (0.0 if candidate.value == 1 else -1.0)
        for earlier in range(index):
            step = candidate.value - candidates[earlier].value
            if step == 1:
                cost = 0.0
            elif 1 < step <= 3:
                cost = -2.5 * (step - 1)
            elif candidate.value == 1:
                cost = 0.0 if heads[index] == heads[earlier] + 1 else -2.0
            else:
                continue
            cost += _style_cost(_style_of(candidates[earlier]), _style_of(candidate))
            score = max(score, best[earlier] + candidate.score + cost)
        best.append(score)
    return max(best, default=0.0)


def score_of(chain, groups):
    """Return the score of *chain* as it stands."""
    heads = [sum(group.start < start.start for group in groups) for start in chain]
    return best_of_all(chain, heads)


@pytest.mark.parametrize("seed", range(40))
def test_the_chain_of_numbers_is_the_best_of_all(seed):
    """
    The chain that is found without trying every pair scores as much as the best of all pairs.
    """
    chance = random.Random(seed)  # noqa: S311 - the same every time
    starts = []
    for index in range(chance.randint(1, 40)):
        number = f"{'0' if chance.random() < 0.2 else ''}{chance.choice([1, 1, 2, 3, 4, 5, 6])}"
        dot = chance.random() < 0.3
        at = index * 10
        starts.append(RowStart(at, at + len(number) + dot, number, index, score=chance.choice([3.0, 2.0, 1.2])))
    groups = [RowStart(at, at + 1, "I", 0, group=True) for at in sorted(chance.sample(range(5, 400, 10), 3))]
    heads = [sum(group.start <= start.start for group in groups) for start in starts]
    chain = _best_chain(starts, groups)

    assert score_of(chain, groups) == pytest.approx(best_of_all(starts, heads))


def table_of(rows):
    text = "TT Nội dung Cơ quan chủ trì Thời hạn\n" + "\n".join(rows) + "\n"
    _, tables, warnings = parse_ladder("a", text, split_lines(text))
    return tables[0], [warning.what for warning in warnings]


def test_a_row_with_too_many_ways_to_cut_it_is_told():
    """
    A row of a thousand lines is read, every word of it in some cell, and the reader is told to look at it.
    """
    began = time.monotonic()
    table, warnings = table_of(["1 Lập danh mục", *["Sở Y tế phối hợp Sở Nội vụ"] * 200, "Quý I/2026"])

    assert time.monotonic() - began < 30
    assert warnings == [LONG_ROWS]
    assert sum(len(cell.text.split()) for cell in table.rows[0].cells) == 1 + 3 + 200 * 8 + 2


def test_ordinary_rows_are_weighed_whole():
    """
    Nothing is said of rows as offices print them.
    """
    table, warnings = table_of(
        ["1 Lập danh mục đầm sen Sở Tài chính Quý I/2026", "2 Cấp mã số Sở Nông nghiệp Quý II/2026"]
    )

    assert warnings == []
    assert [row.number for row in table.rows] == ["1", "2"]


def test_every_row_of_a_long_table_is_found():
    """
    A thousand rows are a thousand rows.
    """
    table, _ = table_of([f"{n} Trồng sen Sở Y tế Quý I" for n in range(1, 1000)])

    assert [row.number for row in table.rows] == [str(n) for n in range(1, 1000)]
