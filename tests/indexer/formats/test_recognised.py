"""Pages that are pictures, read by Tesseract itself."""

import shutil
import subprocess

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from indexer.formats import ocr
from indexer.formats.pdf import read_image, read_pdf
from tests.indexer.factories.pdfs import PdfMaker

pytestmark = pytest.mark.skipif(
    not (ocr.has_tesseract() and shutil.which("fc-match")),
    reason="RECOGNITION TESTS SKIPPED: install tesseract-ocr, tesseract-ocr-vie and a font with Vietnamese",
)
SCALE = 300 / 72
LINES = [
    "KẾ HOẠCH",
    "I. MỤC ĐÍCH, YÊU CẦU",
    "1. Tổ chức thực hiện theo thẩm quyền được giao.",
    "2. Báo cáo kết quả trước ngày 15/10/2025.",
]


def printed(lines=LINES, *, stamp=False):
    """Return a picture of an A4 page at 300 dpi with *lines* in print, and a red stamp over the first where *stamp* is true."""
    found = subprocess.run(
        ["fc-match", "-f", "%{file}", "serif:lang=vi"], capture_output=True, encoding="utf-8", check=True
    )
    font = ImageFont.truetype(found.stdout, 54)
    image = Image.new("RGB", (2480, 3508), "white")
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((350, 400 + 100 * number), line, fill="black", font=font)
    if stamp:
        draw.ellipse((330, 330, 760, 560), outline=(220, 30, 40), width=14)
    return image


def test_a_page_that_is_a_picture_is_read(tmp_path):
    """
    Words, page source, confidence and the place of each line come out of a picture, to within three points.
    """
    extracted = read_pdf(PdfMaker().new_page().picture(printed()).save(tmp_path / "quet.pdf"))

    (page,) = extracted.pages
    assert [line for line in extracted.text.splitlines() if line] == LINES
    assert (page.source, page.confidence > 0.8) == ("ocr", True)
    third = extracted.placed[2].box
    assert (third.left, third.top) == (pytest.approx(350 / SCALE, abs=3), pytest.approx(600 / SCALE, abs=6))


def test_a_page_that_lies_askew_is_straightened_and_its_places_are_not(tmp_path):
    """
    A turned page is read, and boxes point to the page as it is shown.
    """
    turned = printed().rotate(2, fillcolor="white")
    extracted = read_pdf(PdfMaker().new_page().picture(turned).save(tmp_path / "lech.pdf"))

    straight = read_pdf(PdfMaker().new_page().picture(printed()).save(tmp_path / "thang.pdf"))
    assert extracted.text == straight.text
    assert extracted.placed[0].box.top > straight.placed[0].box.top + 3  # left of the middle, it hangs lower


def test_a_red_stamp_does_not_hide_words(tmp_path):
    """
    What is coloured is taken out before the page is read.
    """
    printed(stamp=True).save(tmp_path / "dau.png", dpi=(300, 300))

    assert read_image(tmp_path / "dau.png").text.splitlines()[0] == LINES[0]


def test_noise_that_cannot_be_read_is_reported(tmp_path):
    """
    A page of noise among good ones is told by its number; the others are read.
    """
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (1200, 900), dtype=np.uint8)).convert("RGB")
    maker = PdfMaker().new_page().picture(printed())
    extracted = read_pdf(maker.new_page().picture(noise).save(tmp_path / "hai.pdf"))

    assert extracted.text.startswith("KẾ HOẠCH")
    assert any(warning.where == "trang 2" for warning in extracted.warnings)


@pytest.mark.parametrize("quarter", [90, 180, 270])
def test_a_page_scanned_on_its_side_is_turned(tmp_path, quarter):
    """
    A page that lies on its side or head is read upright; its boxes point to the page as it is shown.
    """
    lines = [
        f"{number}. Tổ chức thực hiện theo thẩm quyền được giao của Ủy ban nhân dân tỉnh." for number in range(1, 9)
    ]
    upright = printed(lines)
    size = (842.0, 595.0) if quarter % 180 else (595.0, 842.0)
    maker = PdfMaker().new_page(*size).picture(upright.rotate(quarter, expand=True))

    extracted = read_pdf(maker.save(tmp_path / "ngang.pdf"))

    assert [line for line in extracted.text.splitlines() if line] == lines
    box = extracted.placed[0].box
    x, y = 350 / SCALE, 400 / SCALE  # where the first line begins on the upright page
    shown = {90: (y, size[1] - x), 180: (size[0] - x, size[1] - y), 270: (size[0] - y, x)}[quarter]
    assert min(abs(box.left - shown[0]), abs(box.right - shown[0])) < 8
    assert min(abs(box.top - shown[1]), abs(box.bottom - shown[1])) < 20
