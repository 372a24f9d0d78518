"""Printed lines packed and unpacked, and where a slice of the text is printed."""

from __future__ import annotations

import json

import pytest

from indexer.places import boxes_between, by_page, pack_places, unpack_places
from indexer.types import Box, Placed

TEXT = "Kế hoạch phát triển vùng\ntrồng sen năm 2026\n\fSở Y tế chủ trì.\n"
FIRST, SECOND, THIRD = "Kế hoạch phát triển vùng", "trồng sen năm 2026", "Sở Y tế chủ trì."


def placed():
    """Two lines on page 3, one on page 4."""
    boxes = (Box(3, 85.1, 70.0, 500.3, 84.4), Box(3, 85.1, 87.2, 300.9, 101.5), Box(4, 90.0, 71.3, 210.7, 85.0))
    starts = [TEXT.index(line) for line in (FIRST, SECOND, THIRD)]
    lines = zip(starts, (FIRST, SECOND, THIRD), boxes, strict=True)
    return tuple(Placed(start, start + len(line), box) for start, line, box in lines)


def boxes(words):
    start = TEXT.index(words)
    return boxes_between(TEXT, placed(), start, start + len(words))


def test_lines_come_back_as_they_were_packed():
    """
    Packed lines come back equal, all of them or page by page, and take fewer bytes than a third of their plain form.
    """
    lines = placed()
    packed = pack_places(lines)

    assert unpack_places(packed) == lines
    assert [unpack_places(pack_places(page)) for page in by_page(lines)] == [lines[:2], lines[2:]]
    assert len(json.dumps(packed, separators=(",", ":"))) < 30 * len(lines)
    assert unpack_places(pack_places(())) == ()


@pytest.mark.parametrize(
    "packed", [[1, 2, 3], [0, 1, 1, 0, 0, 5, True], [0, 1, 1, 0, 0, 5, 2.5], "1234567", [None] * 7]
)
def test_what_was_not_packed_is_refused(packed):
    """
    A list of another length, or of other things than whole numbers, raises ValueError.
    """
    with pytest.raises(ValueError, match="whole numbers"):
        unpack_places(packed)


def test_a_whole_line_has_its_own_box():
    """
    A slice that holds a line gives the box of that line as it is; white space around it counts for nothing.
    """
    assert boxes(FIRST) == (placed()[0].box,)
    assert boxes(f"{SECOND}\n\f") == (placed()[1].box,)


def test_a_slice_over_lines_and_pages_has_a_box_a_line():
    """
    Words that run over two lines and a page end have three boxes, cut where the words begin and end.
    """
    first, second, third = boxes("vùng\ntrồng sen năm 2026\n\fSở")

    assert (first.page, second.page, third.page) == (3, 3, 4)
    assert second == placed()[1].box
    assert (first.right, third.left) == (500.3, 90.0)
    assert 410 < first.left < 470
    assert 100 < third.right < 120


def test_a_box_is_cut_by_the_width_of_letters():
    """
    Neighbouring words have neighbouring boxes inside the box of their line, at its height.
    """
    (left,), (right,) = boxes("Kế hoạch phát"), boxes("triển vùng")

    assert 85.1 == left.left < left.right <= right.left < right.right == 500.3
    assert {(box.top, box.bottom) for box in (left, right)} == {(70.0, 84.4)}


def test_what_is_not_printed_has_no_box():
    """
    White space, and text that no printed line holds, have no box.
    """
    assert boxes_between(TEXT, placed(), TEXT.index("\n"), TEXT.index("\n") + 1) == ()
    assert boxes_between(TEXT, (), 0, 9) == ()
