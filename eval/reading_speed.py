"""
How fast a long PDF is read, and in how much memory, beside what pdftotext takes for the text alone of the same file.

The file is made in a temporary folder from pages of born-digital documents, again and again. It is read as users meet it: in a child
process with limits, clauses, registers and metadata included.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

from eval.speed import ROUNDS, Measured
from indexer.errors import InputError, StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.child import ChildRun

PAGES = 300
_LETTERS = 200  # on each of the first pages of a born-digital document
_LOOKED_AT = 3

Read = Callable[[Path], "ChildRun"]


def read_in_child(path: Path) -> ChildRun:
    """Read the file at *path* as every file is read."""
    from indexer.catalogue import Entry  # noqa: PLC0415
    from indexer.child import run_child  # noqa: PLC0415

    return run_child(Entry(path.stem, path))


def born_digital(folder: Path) -> list[Path]:
    """Return the PDF files of *folder* whose first pages have a text layer, in order of their names."""
    import pypdfium2  # noqa: PLC0415

    found: list[Path] = []
    for path in sorted(folder.rglob("*.pdf")):
        try:
            with pypdfium2.PdfDocument(path) as document:
                pages = range(min(_LOOKED_AT, len(document)))
                letters = [len(document[number].get_textpage().get_text_range()) for number in pages]
        except pypdfium2.PdfiumError:  # damaged or locked; another will do
            continue
        if letters and min(letters) >= _LETTERS:
            found.append(path)
    return found


def printed_corpus(corpus: Path, folder: Path) -> list[Path]:
    """
    Return the text files of *corpus*, printed by LibreOffice as PDF into *folder*.

    Raises:
        InputError: LibreOffice is not there, or prints nothing.
    """
    office = shutil.which("soffice") or shutil.which("libreoffice")
    texts = sorted(corpus.rglob("*.txt"))
    if office and texts:
        command = [office, "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}"]
        command += ["--convert-to", "pdf", "--outdir", str(folder), *map(str, texts)]
        subprocess.run(command, capture_output=True, check=False, timeout=300)  # noqa: S603
    printed = sorted(folder.glob("*.pdf"))
    if not printed:
        msg = f"{corpus}: there is no PDF to read, and LibreOffice made none of its texts.\n  Name a folder of PDF files:  --documents DIR"
        raise InputError(msg)
    return printed


def long_pdf(sources: Sequence[Path], target: Path, *, pages: int = PAGES) -> None:
    """Write a PDF of exactly so many *pages* to *target*: the pages of *sources* in turn, again and again."""
    import pypdfium2  # noqa: PLC0415

    with pypdfium2.PdfDocument.new() as made:
        for path in cycle(sources):
            with pypdfium2.PdfDocument(path) as source:
                made.import_pages(source, list(range(min(len(source), pages - len(made)))))
            if len(made) >= pages:
                break
        made.save(target)


def pdftotext_seconds(path: Path) -> float | None:
    """Return the seconds that pdftotext takes for the text of *path*, the fastest of some rounds; None where it is not installed."""
    program = shutil.which("pdftotext")
    if program is None:
        return None
    taken: list[float] = []
    for _ in range(ROUNDS):
        began = perf_counter()
        done = subprocess.run([program, str(path), "-"], capture_output=True, check=False)  # noqa: S603
        taken.append(perf_counter() - began)
        if done.returncode != 0:
            raise StoreError(f"{path}: pdftotext ended with {done.returncode}.\n  Run it by hand to see why.")
    return min(taken)


def measure_reading(
    corpus: Path, documents: Path | None = None, *, pages: int = PAGES, read: Read = read_in_child
) -> list[Measured]:
    """
    Return pages a second, seconds and peak memory for a PDF of *pages* out of *documents*, or of *corpus* as it is printed.

    Raises:
        InputError: there is no born-digital PDF, or the long one could not be read.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        sources = born_digital(documents) if documents else printed_corpus(corpus, folder)
        if not sources:
            msg = f"{documents}: holds no PDF with a text layer.\n  Name another folder:  --documents DIR"
            raise InputError(msg)
        path = folder / "long.pdf"
        long_pdf(sources, path, pages=pages)
        floor = pdftotext_seconds(path)
        run = read(path)
        if run.parsed is None:
            raise InputError(f"a PDF of {pages} pages could not be read: {run.error}")
    what = f"reading a PDF of {pages} pages ({len(run.parsed.clauses)} clauses, {len(run.parsed.tables)} tables)"
    measured = [
        Measured(f"{what}; floor: pdftotext", "s", run.seconds, floor),
        Measured(f"{what}; floor: pdftotext", "pages/s", pages / run.seconds, pages / floor if floor else None),
    ]
    if run.peak_bytes is not None:
        measured.append(Measured(f"peak memory, {what}", "MiB", run.peak_bytes / 2**20))
    return measured
