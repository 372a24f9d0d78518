"""A page drawn in a child: boxes lie on the words, sizes stay in bounds, and whatever a file does ends with a sentence."""

from __future__ import annotations

import io
import sys
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from indexer.errors import ReadError
from indexer.formats.pdf import read_pdf
from indexer.rendering import LIMITS, render_page
from tests.indexer.factories import attacks
from tests.indexer.factories.pdfs import PdfMaker

DPI = 110
WORDS = (
    "Ke hoach trong sen",
    "Nam 2026 tai cac xa",
    "Trong hai quy dau cua nam nay",
    "Don vi chu tri la So Nong nghiep",
)
LEFT, TOP = 150.0, 160.0


def dark(path, page=1, dpi=DPI):
    """Return which pixels of a page bear ink."""
    image = Image.open(io.BytesIO(render_page(path, page, dpi=dpi)))
    assert image.format == "WEBP"
    return np.asarray(image.convert("L")) < 128


def upright(maker):
    maker.new_page().lines(LEFT, TOP, *WORDS)


def on_its_side(turn):
    """Words that stand upright once the page is shown turned."""

    def make(maker):
        maker.new_page()
        for number, words in enumerate(WORDS):
            maker.turned_text(LEFT, TOP + 17 * number, words, turn=turn)
        maker.page.set_rotation(turn)

    return make


def sideways(maker):
    """Words that run upwards on a page that is shown as it is, as wide tables are set."""
    maker.new_page()
    for number, words in enumerate(WORDS):
        maker.turned_text(LEFT, TOP + 17 * number, words, turn=90)


def cropped(maker):
    maker.new_page().lines(LEFT, TOP, *WORDS)
    maker.page.set_cropbox(100, 400, 500, 760)


def cropped_and_turned(maker):
    on_its_side(90)(maker)
    maker.page.set_cropbox(60, 90, 560, 800)


def of_another_origin(maker):
    maker.new_page().lines(LEFT, TOP, *WORDS)
    maker.page.set_mediabox(-40, -30, 555, 812)


PAGES = {
    "upright": upright,
    "turned by 90": on_its_side(90),
    "turned by 180": on_its_side(180),
    "turned by 270": on_its_side(270),
    "set sideways": sideways,
    "cropped": cropped,
    "cropped and turned": cropped_and_turned,
    "of another origin": of_another_origin,
}


@pytest.mark.parametrize("make", PAGES.values(), ids=PAGES)
def test_boxes_land_on_the_words(tmp_path, make):
    """
    In percent of the page's size each line's box holds the ink of its words, and no ink lies outside of all boxes.
    """
    maker = PdfMaker()
    make(maker)
    path = maker.save(tmp_path / "trang.pdf")
    found = read_pdf(path)
    ink = dark(path)
    height, width = ink.shape
    page = found.pages[0]
    assert width / height == pytest.approx(page.width / page.height, rel=0.005)

    outside = ink.copy()
    assert sorted(found.text[line.start : line.end] for line in found.placed) == sorted(WORDS)
    for line in found.placed:
        left, right = (round(x / page.width * width) for x in (line.box.left, line.box.right))
        top, bottom = (round(y / page.height * height) for y in (line.box.top, line.box.bottom))
        share = ink[top:bottom, left:right].mean()
        assert 0.05 < share < 0.5, found.text[line.start : line.end]
        outside[max(0, top - 2) : bottom + 2, max(0, left - 2) : right + 2] = False
    assert not outside.any()


def test_a_picture_is_shown_at_its_own_size(tmp_path):
    """
    A picture has as many pages as frames, each with its proportions; it is never drawn larger than it is.
    """
    frames = [Image.new("RGB", size, "white") for size in ((850, 1100), (1100, 850))]
    frames[1].paste("black", (0, 0, 100, 100))
    path = tmp_path / "quet.tif"
    frames[0].save(path, save_all=True, append_images=frames[1:], dpi=(100, 100))

    assert dark(path, 1).shape == (1100, 850)
    second = dark(path, 2, dpi=50)
    assert second.shape == (425, 550)
    assert second[:50, :50].all()
    assert not second[60:].any()
    with pytest.raises(ReadError, match="2 pages"):
        render_page(path, 3, dpi=DPI)


def test_a_photograph_stands_upright(tmp_path):
    """
    A camera that was held upright notes it in the file: the page is shown as it was held.
    """
    image = Image.new("RGB", (1100, 850), "white")
    image.paste("black", (0, 0, 110, 85))
    exif = Image.Exif()
    exif[0x0112] = 6  # the upper left corner is at the upper right of what is seen
    path = tmp_path / "anh.jpg"
    image.save(path, exif=exif, dpi=(100, 100))
    ink = dark(path, dpi=100)

    assert ink.shape == (1100, 850)
    assert ink[:100, -75:].all()
    assert not ink[:, :700].any()


def test_a_very_large_page_stays_within_bounds(tmp_path):
    """
    A page 2,000,000 points wide is drawn with at most 25 million pixels.
    """
    path = tmp_path / "rong.pdf"
    path.write_bytes(attacks.pdf_of_a_wide_page())
    image = Image.open(io.BytesIO(render_page(path, 1, dpi=220)))

    assert image.width * image.height <= 25_100_000


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (attacks.pdf_with_a_password, "password"),
        (attacks.pdf_of_noise, "Failed to load document"),
        (attacks.pdf_of_a_cycle, "Failed to load page"),
        (attacks.pdf_bomb, "memory|crashed"),
        (attacks.png_of_a_large_picture, "bomb"),
        (lambda: b"", "cannot identify"),
    ],
    ids=["password", "noise", "cycle", "bomb", "large picture", "empty"],
)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_a_bad_file_ends_with_a_sentence(tmp_path, make, reason):
    """
    What cannot be drawn is refused with the file, the page and why.
    """
    path = tmp_path / "xau.pdf"
    path.write_bytes(make())

    with pytest.raises(ReadError, match=rf"xau\.pdf: page 1 cannot be shown: .*({reason})"):
        render_page(path, 1, dpi=DPI)


@pytest.mark.parametrize("page", [0, 2, -1])
def test_a_page_that_is_not_there(tmp_path, page):
    """
    Pages are counted from 1.
    """
    path = tmp_path / "mot.pdf"
    path.write_bytes(attacks.pdf_of_words())

    with pytest.raises(ReadError, match="1 pages"):
        render_page(path, page, dpi=DPI)


STAND_IN = """
import os, time
import indexer.formats.extract as module

def is_pdf(path):
    {body}

module.is_pdf = is_pdf
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize(
    ("body", "reason", "seconds"),
    [
        ("os.abort()", "crashed (signal SIGABRT)", 20.0),
        ("time.sleep(60)", "takes too long", 2.0),
        ("os._exit(3)", "it ended without an image", 20.0),
        ("raise ValueError('đồ')", "ValueError: đồ", 20.0),
    ],
)
def test_a_child_that_fails_takes_nothing_down(tmp_path, monkeypatch, body, reason, seconds):
    """
    A library that aborts, never ends or leaves nothing gives a sentence, and the next page is drawn.
    """
    path = tmp_path / "mot.pdf"
    path.write_bytes(attacks.pdf_of_words())
    folder = tmp_path / "stand-in"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(STAND_IN.format(body=body), encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.syspath_prepend(str(folder))
        with pytest.raises(ReadError) as raised:
            render_page(path, 1, dpi=DPI, limits=replace(LIMITS, seconds=seconds))
    assert reason in str(raised.value)

    assert render_page(path, 1, dpi=DPI).startswith(b"RIFF")
