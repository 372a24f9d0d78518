"""The files of documents with pages, kept in the index: given back whole, verified when asked for, cleared away with their document."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from indexer.__main__ import main
from indexer.build import add, build, remove
from indexer.errors import IndexDamagedError, StoreError, UnknownDocumentError
from indexer.index import Index, publish
from indexer.originals import FOLDER
from tests.fakes import FakeEncoder
from tests.indexer.factories.pdfs import PdfMaker
from tests.indexer.samples import annex, plan, sources


def paged(name="ke-hoach"):
    """A plan of which the size of each page is known."""
    one = plan(name)
    return replace(one, pages=tuple(replace(page, width=595.0, height=842.0) for page in one.pages))


def published(directory, *parsed, **originals):
    publish(directory, parsed, encoder=FakeEncoder(), sources=sources(*parsed), originals=originals)
    return Index.open(directory, encoder=FakeEncoder())


def kept(directory):
    return sorted(path.read_bytes() for path in (directory / FOLDER).iterdir())


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "ke-hoach.pdf"
    path.write_bytes(b"%PDF-1.7 ban goc")
    return path


def test_the_original_outlives_the_corpus(tmp_path, file):
    """
    The file comes back as it was read, whatever becomes of the one in the corpus: written over in place, or deleted.
    """
    index = published(tmp_path / "i", paged(), **{"ke-hoach": file})
    with file.open("r+b") as open_file:
        open_file.write(b"XXXX")
    assert index.original("ke-hoach").read_bytes() == b"%PDF-1.7 ban goc"

    file.unlink()
    assert Index.open(tmp_path / "i").original("ke-hoach").read_bytes() == b"%PDF-1.7 ban goc"
    assert index.original_entry("ke-hoach").size == 16


def test_what_has_no_original_says_so(tmp_path, file):
    """
    A document whose file was not given has none; an id that is not there is refused, and never looked for on the disk.
    """
    index = published(tmp_path / "i", paged(), annex(), **{"ke-hoach": file})

    assert index.original("phu-luc") is None
    for name in ("../../ke-hoach", "ke-hoach.pdf", ""):
        with pytest.raises(UnknownDocumentError):
            index.original(name)


def test_it_is_kept_from_generation_to_generation(tmp_path, file):
    """
    A document that is published again from the same source keeps its original, one copy for all generations.
    """
    published(tmp_path / "i", paged(), **{"ke-hoach": file})
    file.unlink()
    index = published(tmp_path / "i", paged(), annex())

    assert index.generation == "gen-000002"
    assert index.original("ke-hoach").read_bytes() == b"%PDF-1.7 ban goc"
    assert len(kept(tmp_path / "i")) == 1


def test_another_source_has_not_the_old_original(tmp_path, file):
    """
    A document whose source is another one now does not show the pages of the file before.
    """
    published(tmp_path / "i", paged(), **{"ke-hoach": file})
    publish(tmp_path / "i", [paged()], encoder=FakeEncoder(), sources={"ke-hoach": "f" * 64})

    assert Index.open(tmp_path / "i").original("ke-hoach") is None


def test_it_is_cleared_away_when_no_generation_names_it(tmp_path, file):
    """
    As long as one of the last three generations has the document its file stays; then it goes.
    """
    published(tmp_path / "i", paged(), annex(), **{"ke-hoach": file})
    lengths = []
    for number in range(4):
        published(tmp_path / "i", annex(), annex(f"khac-{number}"))
        lengths.append(len(kept(tmp_path / "i")) if (tmp_path / "i" / FOLDER).exists() else 0)

    assert lengths == [1, 1, 0, 0]


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(b"%PDF-1.7 ban gox"), lambda path: path.unlink()])
def test_damage_is_found_when_it_is_asked_for(tmp_path, file, damage, capsys):
    """
    An index with a damaged original opens and answers; asked for, the file is refused with its name and what mends it, and a build does.
    """
    index = published(tmp_path / "i", paged(), **{"ke-hoach": file})
    path = index.original("ke-hoach")
    damage(path)

    again = Index.open(tmp_path / "i", encoder=FakeEncoder())
    assert again.documents[0].id == "ke-hoach"
    with pytest.raises(
        IndexDamagedError, match=rf"{path.name}: the original of 'ke-hoach' (.|\n)*python -m indexer build"
    ):
        again.original("ke-hoach")
    assert main(["verify", "--index", str(tmp_path / "i")]) == 1

    mended = published(tmp_path / "i", paged(), **{"ke-hoach": file})
    assert mended.original("ke-hoach").read_bytes() == file.read_bytes()


def test_a_file_that_is_gone_leaves_the_index_as_it_was(tmp_path, file):
    """
    Where an original cannot be kept, nothing is published.
    """
    published(tmp_path / "i", annex())
    with pytest.raises(StoreError, match=r"khong-co.pdf: its original cannot be kept"):
        published(tmp_path / "i", paged(), annex(), **{"ke-hoach": tmp_path / "khong-co.pdf"})

    assert [one.id for one in Index.open(tmp_path / "i").documents] == ["phu-luc"]


def test_an_index_from_before_originals_were_kept_is_read(tmp_path, file):
    """
    A manifest without originals, and pages without a size, are those of an index whose documents have none.
    """
    index = published(tmp_path / "i", plan())

    assert index.original("ke-hoach") is None
    assert index.pages("ke-hoach")[0].width is None


@pytest.mark.slow
def test_building_adding_and_removing_keep_originals(tmp_path):
    """
    ``build`` and ``add`` keep the files of PDFs, none of text files, and each other's; ``remove`` leaves those of the others.
    """
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    corpus.mkdir()
    words = ["KE HOACH", "I. MUC TIEU", "1. Trong sen trong nam 2026 tai cac xa ven song va ven ho cua tinh."]
    PdfMaker().new_page().lines(80, 80, *words).save(corpus / "sen.pdf")
    (corpus / "lua.txt").write_text("KẾ HOẠCH\nI. MỤC TIÊU\n1. Trồng lúa trong năm 2026.\n", encoding="utf-8")
    added = PdfMaker().new_page().lines(80, 80, *words, "2. Nuoi ca trong ao sen.").save(tmp_path / "ca.pdf")
    data, added_data = (corpus / "sen.pdf").read_bytes(), added.read_bytes()

    build(corpus, index)
    add([added], index)
    added.unlink()
    build(corpus, index)
    shutil.rmtree(corpus)
    opened = Index.open(index)
    assert (opened.original("sen").read_bytes(), opened.original("ca").read_bytes()) == (data, added_data)
    assert opened.original("lua") is None

    remove(["sen"], index)
    opened = Index.open(index)
    assert opened.manifest.originals.keys() == {"ca"}
    assert opened.original("ca").read_bytes() == added_data
