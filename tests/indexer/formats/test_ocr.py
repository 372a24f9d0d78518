import numpy as np
import pytest
from PIL import Image, ImageDraw

from indexer.formats import ocr
from indexer.formats.ocr import find_rulings, skew_of, without_rulings


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
    assert ocr.threshold_of(np.full((20, 20), 255, dtype=np.uint8)) == 0
    assert skew_of(Image.new("L", (900, 1200), 255)) == 0
