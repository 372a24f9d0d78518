"""What the drills work on: the documents of a corpus in two versions of it, one document to add and remove, and questions."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from assistant.service import Assistant
from eval.drills.processes import in_child
from eval.generate import generate
from indexer.build import add, build
from indexer.catalogue import Entry, read_corpus
from indexer.errors import InputError
from indexer.generation import read_generation
from indexer.index import Index
from indexer.parse import parse_files

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_ASKED = 3  # questions by which two generations are told apart
# a page with a text layer, so that the index has an original
_PAGE = "BT /F1 12 Tf 72 720 Td (So: 12/TB  Thong bao  Ngay 05 thang 01 nam 2026) Tj ET"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reader sees of an index: generation, the hash of its manifest, its documents, and its answers without their times."""

    generation: str
    manifest: str
    documents: tuple[str, ...]
    answers: tuple[Any, ...]


@dataclass(frozen=True)
class Material:
    """Two versions of a corpus in folders of their own, and a file that is in neither; all under ``folder``."""

    folder: Path
    corpora: tuple[Path, Path]
    more: Path

    @cached_property
    def questions(self) -> tuple[str, ...]:
        """Questions about all documents, made from them."""
        return in_child(_questions, self)


def gather(corpus: Path, folder: Path, *, quickest: int | None = None) -> Material:
    """
    Copy the documents of *corpus* into *folder*: all but the last and all but the first and the last, each with a PDF of ours; and the last.

    *quickest* takes no more documents than that, those that are read in the shortest time, where reading is not what is tried.

    Raises:
        InputError: there are fewer than three.
    """
    files = sorted((entry.path for entry in read_corpus(corpus)[0] if entry.path.is_file()), key=lambda path: path.name)
    if quickest is not None and len(files) > quickest:
        seconds = in_child(_seconds, files)
        files = sorted(sorted(seconds, key=lambda path: seconds[path])[:quickest])
    if len(files) < 3:
        msg = f"{corpus}: a drill needs three documents, there are {len(files)}.\n  Name a folder with more:  --corpus DIR"
        raise InputError(msg)
    corpora = (folder / "one", folder / "other")
    for place, chosen in zip(corpora, (files[:-1], files[1:-1]), strict=True):
        place.mkdir(parents=True)
        for file in chosen:
            shutil.copyfile(file, place / file.name)
        (place / "trang.pdf").write_bytes(pdf_of(_PAGE))
    more = folder / files[-1].name
    shutil.copyfile(files[-1], more)
    return Material(folder, corpora, more)


def pdf_of(content: str) -> bytes:
    """Return a PDF of one page with that *content* in a font that every reader has."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    made, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(made))
        made += f"{number} 0 obj\n{body}\nendobj\n"
    start = len(made)
    made += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n" + "".join(
        f"{place:010d} 00000 n \n" for place in places
    )
    return f"{made}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode("ascii")


def _seconds(files: Sequence[Path]) -> dict[Path, float]:
    """Return how long the reading of each file takes; one that cannot be read is left out."""
    found: dict[str, float] = {}
    entries = [Entry(str(number), path) for number, path in enumerate(files)]
    parsed, _ = parse_files(entries, timed=found.__setitem__)
    return {files[int(one.document.id)]: found[one.document.id] for one in parsed}


def _questions(material: Material) -> tuple[str, ...]:
    index = material.folder / "asked"
    build(material.corpora[0], index)
    add([material.more], index)
    made = [one.text for one in generate(Index.open(index).parsed(), count=60, seed=1) if not one.history]
    return tuple(made[:: max(1, len(made) // _ASKED)][:_ASKED])


def see(index: Path, questions: Sequence[str]) -> Seen:
    """
    Open *index* as a new reader and return what is seen.

    Raises:
        StoreError: it cannot be opened.
    """
    generation = read_generation(index)
    assistant = Assistant.open(index)
    records = [assistant.record({"id": None, "question": question}) for question in questions]
    answers = tuple({name: value for name, value in record.items() if name != "elapsed_ms"} for record in records)
    opened = assistant.index
    pointer = (index / "CURRENT").read_text("ascii").split()
    if not pointer[0] == generation.name == opened.generation:
        msg = f"{pointer[0]}, {generation.name} and {opened.generation} were read one after the other"
        raise ValueError(msg)
    return Seen(opened.generation, pointer[1], tuple(one.id for one in opened.documents), answers)
