"""The speed of reading: the long PDF, the floor and the arithmetic, with a reader that is known."""

from __future__ import annotations

import shutil
from pathlib import Path

import pypdfium2
import pytest

from eval.reading_speed import born_digital, long_pdf, measure_reading, pdftotext_seconds
from indexer.child import ChildRun
from indexer.errors import InputError, ReadError
from tests.indexer.factories.attacks import pdf_cut_short, pdf_of_words
from tests.indexer.samples import plan


@pytest.fixture
def documents(tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(pdf_of_words(b"Ke hoach so 1. Mot hai ba. " * 20))
    (folder / "b.pdf").write_bytes(pdf_of_words(b"Quyet dinh so 2. Bon nam sau. " * 20))
    (folder / "scan.pdf").write_bytes(pdf_of_words(b"x"))
    (folder / "hong.pdf").write_bytes(pdf_cut_short()[:200])
    return folder


def test_born_digital_documents_are_found(documents):
    """
    A PDF without a text layer, or one that is damaged, is none to measure with.
    """
    assert [path.name for path in born_digital(documents)] == ["a.pdf", "b.pdf"]


def test_a_long_pdf_has_the_pages_asked_for(documents, tmp_path):
    """
    The pages of the documents return in turn until there are enough, and no more.
    """
    target = tmp_path / "long.pdf"
    long_pdf([documents / "a.pdf", documents / "b.pdf"], target, pages=5)

    with pypdfium2.PdfDocument(target) as made:
        words = [page.get_textpage().get_text_range()[:2] for page in made]
    assert words == ["Ke", "Qu", "Ke", "Qu", "Ke"]


def test_figures_of_a_known_reader(documents):
    """
    Pages a second are pages by seconds, memory is in MiB, and the floor is what pdftotext took.
    """
    paths = []

    def read(path):
        paths.append(path)
        return ChildRun(plan(), None, 2.0, 64 * 2**20)

    seconds, speed, memory = measure_reading(Path("corpus"), documents, pages=8, read=read)

    assert (seconds.unit, seconds.ours) == ("s", 2.0)
    assert (speed.unit, speed.ours) == ("pages/s", 4.0)
    assert (memory.unit, memory.ours, memory.floor) == ("MiB", 64.0, None)
    assert not paths[0].exists()
    if shutil.which("pdftotext"):
        assert speed.floor == pytest.approx(8 / seconds.floor)


def test_a_long_pdf_that_cannot_be_read(documents):
    """
    A reader that fails is an error with its message; so is a folder without a PDF.
    """
    failed = ChildRun(None, ReadError("long.pdf: bị hỏng"), 1.0, None)
    with pytest.raises(InputError, match=r"3 pages could not be read: long.pdf: bị hỏng"):
        measure_reading(Path("corpus"), documents, pages=3, read=lambda _path: failed)
    (documents / "sub").mkdir()
    with pytest.raises(InputError, match="holds no PDF with a text layer"):
        measure_reading(Path("corpus"), documents / "sub", read=lambda _path: failed)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_the_floor_is_measured(documents):
    """
    Pdftotext takes some time for a page, and less than a second.
    """
    assert 0 < pdftotext_seconds(documents / "a.pdf") < 5
