import pytest

from indexer.formats.docx import read_docx
from indexer.formats.docx_numbering import bullet_text, number_text
from tests.indexer.formats.docx_files import item, level, lists, paragraph, write_docx

LADDER = lists(
    level(0, "%1.", "upperRoman"),
    level(1, "%2."),
    level(2, "%2.%3."),
    level(3, "%4)", "lowerLetter"),
    level(4, "-", "bullet"),
)


@pytest.fixture
def lines(tmp_path):
    def read_lines(*paragraphs, numbering=LADDER, **parts):
        path = write_docx(tmp_path / "a.docx", "".join(paragraphs) + paragraph("Hết"), numbering=numbering, **parts)
        return read_docx(path).text.split("\n")[:-1]

    return read_lines


def test_a_ladder(lines):
    """
    Each level counts on, deeper ones begin anew, bullets count nothing.
    """
    found = lines(
        item("A"), item("B", 1), item("C", 2), item("D", 2), item("E", 3), item("F", 4), item("G", 4),
        item("H", 3), item("I", 1), item("K", 2), item("L"), item("M", 1),
    )  # fmt: skip

    assert found == [
        "I. A", "1. B", "1.1. C", "1.2. D", "a) E", "- F", "- G", "b) H", "2. I", "2.1. K", "II. L", "1. M",
    ]  # fmt: skip


def test_a_number_without_words(lines):
    """
    The order column of a table is often nothing but numbers.
    """
    assert lines(item(), item("", 1)) == ["I.", "1."]


def test_the_level_above_was_never_used(lines):
    """
    It counts as begun: 1.1, not 0.1.
    """
    assert lines(item("A", 2)) == ["1.1. A"]


@pytest.mark.parametrize(
    ("numbering", "paragraphs", "expected"),
    [
        # two lists of one pattern count on together, unless the second says where it starts
        (
            lists(
                level(0, "%1."),
                nums="".join(f'<w:num w:numId="{n}"><w:abstractNumId w:val="0"/></w:num>' for n in (1, 2)),
            ),
            [item("A"), item("B", list_id=2)],
            ["1. A", "2. B"],
        ),
        (
            lists(
                level(0, "%1."),
                nums='<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="0"/>'
                '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>',
            ),
            [item("A"), item("B", list_id=2), item("C", list_id=2)],
            ["1. A", "5. B", "6. C"],
        ),
        # a list that replaces a level
        (
            lists(
                level(0, "%1."),
                nums='<w:num w:numId="1"><w:abstractNumId w:val="0"/>'
                f'<w:lvlOverride w:ilvl="0">{level(0, "Điều %1.")}</w:lvlOverride></w:num>',
            ),
            [item("A"), item("B")],
            ["Điều 1. A", "Điều 2. B"],
        ),
        # articles count on through the chapters
        (
            lists(level(0, "Chương %1", "upperRoman"), level(1, "Điều %2.", more='<w:lvlRestart w:val="0"/>')),
            [item("A"), item("B", 1), item("C"), item("D", 1)],
            ["Chương I A", "Điều 1. B", "Chương II C", "Điều 2. D"],
        ),
        # numbers of the level above in decimals
        (
            lists(level(0, "%1.", "upperRoman"), level(1, "%1.%2", more="<w:isLgl/>")),
            [item("A"), item("B", 1)],
            ["I. A", "1.1 B"],
        ),
        # nothing between number and words
        (lists(level(0, "Điều %1", more='<w:suff w:val="nothing"/>')), [item(". A")], ["Điều 1. A"]),
        (lists(level(0, "%1", "decimalZero")), [item("A")], ["01 A"]),
        (lists(level(0, "%1.", start=3)), [item("A")], ["3. A"]),
        (lists(level(0, "", "none")), [item("A")], ["A"]),
        # list 0 takes the number away; a list that is not there gives none
        (lists(level(0, "%1.")), [item("A", list_id=0), item("B", list_id=9), item("C")], ["A", "B", "1. C"]),
    ],
)
def test_lists(lines, numbering, paragraphs, expected):
    """
    Numbers are those that Word prints.
    """
    assert lines(*paragraphs, numbering=numbering) == expected


def test_a_style_with_a_list(lines):
    """
    A style numbers its paragraphs; the list's level names the style.
    """
    styles = (
        '<w:style w:type="paragraph" w:styleId="H1"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="H2"><w:basedOn w:val="H1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="H3"><w:basedOn w:val="H2"/></w:style>'
    )
    numbering = lists(level(0, "%1.", more='<w:pStyle w:val="H1"/>'), level(1, "%1.%2.", more='<w:pStyle w:val="H2"/>'))
    found = lines(
        *(paragraph(text, f'<w:pStyle w:val="{style}"/>') for text, style in [("A", "H1"), ("B", "H2"), ("C", "H3")]),
        numbering=numbering,
        styles=styles,
    )

    assert found == ["1. A", "1.1. B", "1.2. C"]


def test_a_deleted_paragraph_counts_nothing(lines):
    """
    A number is given to what is printed.
    """
    gone = item("").replace("<w:pPr>", "<w:pPr><w:rPr><w:del/></w:rPr>")

    assert lines(item("A"), gone, item("B")) == ["I. A", "II. B"]


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        (4, "upperRoman", "IV"),
        (1999, "lowerRoman", "mcmxcix"),
        (5, "lowerLetter", "e"),
        (28, "upperLetter", "BB"),
        (7, "decimalZero", "07"),
        (3, "none", ""),
        (0, "upperRoman", "0"),
        (9, "chicago", "9"),
    ],
)
def test_forms_of_numbers(value, form, expected):
    """
    Numbers are written in their form; one that is not known, or has no such number, in decimals.
    """
    assert number_text(value, form) == expected


@pytest.mark.parametrize(
    ("glyph", "expected"), [("-", "-"), ("–", "-"), ("\uf02d", "-"), ("+", "+"), ("\uf0b7", "•"), ("o", "•"), ("", "")]
)
def test_bullets(glyph, expected):
    """
    Dashes and plus signs keep their meaning, every other picture is a bullet.
    """
    assert bullet_text(glyph) == expected
