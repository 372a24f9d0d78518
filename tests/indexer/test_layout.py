import pytest

from indexer.layout import Gap, is_double_spaced, is_forced, line_width, split_lines, text_width
from indexer.types import LineKind


def kinds_of(text):
    return [str(line.kind) for line in split_lines(text)]


def test_lines_keep_their_places():
    """
    A line is a slice of the text without its outer white space, and knows what stands before it.
    """
    text = "một\n\n  hai  \n \nba\nbốn\fnăm"
    lines = split_lines(text)

    assert (
        [text[line.start : line.end] for line in lines]
        == [line.text for line in lines]
        == ["một", "hai", "ba", "bốn", "năm"]
    )
    assert [line.gap for line in lines] == [Gap.START, Gap.BLANK, Gap.WHITE, Gap.LINE, Gap.LINE]
    assert lines[1].indent == 2


PAGE = "".join(
    f"Dòng {word} của trang này nói về việc trồng sen.\n"
    for word in ["một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười", "mốt", "lăm"]
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # the time of a digital signature
        ("Một.\n\n2025-11-05T10:23:38+0700", ["text", "stamp"]),
        # its visible block; one line alone is text
        ("Ký bởi: VĂN THƯ\nCơ quan: SỞ NỘI VỤ\nNgày ký: 2026-03-12\nMột.", ["stamp", "stamp", "stamp", "text"]),
        ("Cơ quan: Sở Nội vụ\nMột.", ["text", "text"]),
        ("Ngày ký: 12/3/2026\nMột.", ["text", "text"]),
        # a number alone in the middle of a sentence that goes on
        ("Các xã, phường tổ chức\n\n2\n\nthực hiện tốt.", ["text", "page_number", "text"]),
        # a number before a row is the row's
        ("Các xã.\n\n2\nThực hiện tốt.", ["text", "text", "text"]),
        # numbers at the edges of pages, counting on
        ("Một.\f2\nHai.\f3\nBa.", ["text", "page_number", "text", "page_number", "text"]),
        # a running head with the page's number in it
        (
            "CÔNG BÁO/Số 1   9\nMột.\fCÔNG BÁO/Số 1 10\nHai.\fCÔNG BÁO/Số 1    11\nBa.",
            ["running_head", "text", "running_head", "text", "running_head", "text"],
        ),
        # annexes, each on its page, are headings
        ("Phụ lục 1\nMột.\fPhụ lục 2\nHai.", ["text", "text", "text", "text"]),
    ],
)
def test_what_belongs_to_the_page(text, expected):
    """
    Page numbers, running heads and signatures are recognised as what they are; nothing else is.
    """
    assert kinds_of(text) == expected


def test_a_running_head_without_form_feeds():
    """
    The same line with a counting number below it, a page apart, is a running head and its page number.
    """
    text = f"TẠP CHÍ SEN\n101\n{PAGE}TẠP CHÍ SEN\n102\n{PAGE.replace('trồng', 'hái')}"

    assert [line.text for line in split_lines(text) if line.kind is LineKind.RUNNING_HEAD] == ["TẠP CHÍ SEN"] * 2
    assert [line.text for line in split_lines(text) if line.kind is LineKind.PAGE_NUMBER] == ["101", "102"]


def test_link_footer():
    """
    An address repeated below its page is a footer; in its sentence it is text.
    """
    text = "Gửi qua https://sen.vn.\n\nMột.\n\nhttps://sen.vn./\nHai."

    assert kinds_of(text) == ["text", "text", "link_footer", "text"]


def test_widths():
    """
    Capitals and m are wide, i and l narrow; a text in whole paragraphs, or of short lines, has no line width.
    """
    assert text_width("MMM") > text_width("ooo") > text_width("iii")
    assert line_width(split_lines("a" * 200 + "\nb")) == 0
    assert line_width(split_lines("một\nhai")) == 0
    assert line_width(split_lines(PAGE)) > 30


def test_forced_line_ends():
    """
    A line was full where the next word would not have fitted.
    """
    first, second = split_lines("Các xã, phường trong tỉnh tổ chức thực hiện tốt việc này\nnghiêm túc.")

    assert is_forced(first, second, text_width(first.text))
    assert not is_forced(first, second, text_width(first.text) * 1.5)


def test_double_spacing():
    """
    A text with a blank line behind nearly every line is double spaced.
    """
    assert is_double_spaced(split_lines("a\n\nb\n\nc\nd\n\ne"))
    assert not is_double_spaced(split_lines("a\nb\nc\n\nd\ne"))
