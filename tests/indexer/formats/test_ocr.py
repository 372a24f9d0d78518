import numpy as np
import pytest
from PIL import Image, ImageDraw

from indexer.formats import ocr
from indexer.formats.ocr_cells import order_column, picture_of, put_back, strips_of, with_numbers, without_tables
from indexer.formats.ocr_rulings import find_rulings, skew_of, threshold_of, without_rulings
from indexer.formats.page import PageWord
from indexer.formats.rulings import Edge, tables_of


def page(width=900, height=1200):
    """Return a white page with level bars like lines of print."""
    image = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(image)
    for top in range(100, height - 100, 40):
        for left in range(80, width - 120, 60):
            draw.rectangle((left, top, left + 40, top + 14), fill=0)
    return image


@pytest.mark.parametrize("angle", [-3.2, -0.7, 0.0, 1.5])
def test_the_angle_of_a_page(angle):
    """
    A page that was turned is turned back, to a tenth of a degree or two; a straight one is left alone.
    """
    turned = page().rotate(angle, fillcolor=255)

    assert skew_of(turned) == pytest.approx(-angle, abs=0.2)


def test_ruling_lines_are_found_and_letters_are_not():
    """
    Long thin strokes are rulings, level or upright, also where the scan left a hole; bars of print are none.
    """
    dark = np.zeros((600, 800), dtype=bool)
    dark[100:103, 50:750] = True
    dark[100:500, 400:403] = True
    dark[300:315, 60:100] = True  # a letter
    dark[101, 300:304] = False

    found = find_rulings(dark, dots_per_inch=300)

    assert sorted(found) == [(50, 100, 749, 102), (400, 100, 402, 499)]


def test_a_short_stroke_between_two_rulings_is_one():
    """
    The upright lines of a low row are no longer than a letter is high, but they lead from one ruling line to another.
    """
    dark = np.zeros((600, 800), dtype=bool)
    dark[100:103, 50:750] = dark[160:163, 50:750] = True
    dark[100:163, 400:403] = True
    dark[300:363, 400:403] = True  # as long, and leads nowhere

    found = find_rulings(dark, dots_per_inch=300)

    assert sorted(found) == [(50, 100, 749, 102), (50, 160, 749, 162), (400, 100, 402, 162)]


def test_a_dotted_line_between_two_rulings():
    """
    Rows may be parted by dots; a line of dots that leads nowhere is one to write on.
    """
    dark = np.zeros((600, 800), dtype=bool)
    dark[50:500, 50:53] = dark[50:500, 750:753] = True
    dark[200:203, 53:750:6] = dark[200:203, 54:750:6] = dark[200:203, 55:750:6] = True
    dark[300:303, 200:500:6] = dark[300:303, 201:500:6] = True

    found = find_rulings(dark, dots_per_inch=300)

    assert sorted(found) == [(50, 50, 52, 499), (50, 200, 752, 202), (750, 50, 752, 499)]


SCALE = (0.5, 0.5)  # points a pixel
TABLE = tables_of([Edge(0, y, 300, y) for y in (0, 20, 40)] + [Edge(x, 0, x, 40) for x in (0, 30, 150, 300)])[0]


def ink(*boxes):
    """Return a page of 600 by 200 pixels with dark boxes (left, top, right, bottom) in pixels."""
    dark = np.zeros((200, 600), dtype=bool)
    for left, top, right, bottom in boxes:
        dark[top:bottom, left:right] = True
    return dark


def test_cells_are_read_one_by_one():
    """
    Each cell with print gets a strip of its own, and what is recognised there goes back to where it stands on the page.
    """
    dark = ink((70, 12, 200, 28), (310, 50, 330, 70))

    strips = strips_of(dark, [TABLE], scale=SCALE, dots_per_inch=144)
    picture = picture_of(np.where(dark, 0, 255).astype(np.uint8), strips)
    first, second = strips
    words = [
        PageWord(text, strip.x + 7, strip.y + 7, strip.x + 27, strip.y + 27)
        for text, strip in zip("ab", strips, strict=True)
    ]
    (one,), (other,) = put_back([[words[0]], [words[1]]], strips, scale=SCALE)

    assert (picture < 255).sum() == dark.sum()
    assert first.y + first.height < second.y
    assert (one.left, one.top) == (35.0, 6.0)
    assert (other.left, other.top) == (155.0, 25.0)


def test_the_rest_of_the_page_is_read_without_its_tables():
    """
    What stands outside the table is left as it is, what stands inside is white.
    """
    pixels = np.zeros((200, 600), dtype=np.uint8)

    cleared = without_tables(pixels, [TABLE], scale=SCALE)

    assert (cleared[:80] == 255).all()
    assert (cleared[80:] == 0).all()


@pytest.mark.parametrize(
    ("seen", "told", "expected"),
    [
        ("ĐÃ", "2.", "2."),
        ("lÍ", "II", "II"),
        ("", "7", "7"),
        ("STT", "5", "STT"),  # the heading of the column
        ("S(f", "", "Stt"),
        ("SIT", "1", "STT"),
        ("chung", "1", "chung"),
        ("3.", "..", "3."),
    ],
)
def test_numbers_of_rows(seen, told, expected):
    """
    In the order column a number that was looked for replaces what was taken for a word; headings and words stay.
    """
    words = [[PageWord(seen, 5, 5, 20, 15)]] if seen else []

    numbers = [[PageWord(told, 5, 5, 20, 15)]] if told else []

    found = with_numbers(words, numbers, [order_column(TABLE)])

    assert [word.text for line in found for word in line] == [expected]


def test_a_letter_that_touches_a_ruling_stays_whole():
    """
    The ruling goes, but not where print crosses it.
    """
    dark = np.zeros((200, 400), dtype=bool)
    dark[100:102, 10:390] = True
    dark[90:112, 200:206] = True  # a letter on the line
    pixels = np.where(dark, 0, 255).astype(np.uint8)

    cleaned = without_rulings(pixels, dark, [(10, 100, 389, 101)])

    assert (cleaned[100:102, 20:190] == 255).all()
    assert (cleaned[90:112, 200:206] == 0).all()


def test_without_tesseract_nothing_is_recognised(monkeypatch):
    """
    A machine without Tesseract gives no words rather than an error; the reader says what to install.
    """
    monkeypatch.setattr(ocr, "has_tesseract", lambda: False)

    assert ocr.recognise(page(), 595, 842) is None


def test_a_picture_of_one_colour_has_nothing_dark():
    """
    A blank picture is no fault: it has no threshold, no angle and no lines.
    """
    assert threshold_of(np.full((20, 20), 255, dtype=np.uint8)) == 0
    assert skew_of(Image.new("L", (900, 1200), 255)) == 0
