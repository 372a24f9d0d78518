from dataclasses import replace

import pytest

from assistant.conversation import State
from assistant.service import Assistant
from indexer.catalogue import read_corpus
from indexer.copies import copies_in
from indexer.index import Index, publish
from indexer.parse import parse_files
from tests.assistant.small import FARMING, PROVINCE
from tests.fakes import FakeEncoder


def read(directory, texts):
    """The documents of *texts* (by file name), as they are read from a folder."""
    directory.mkdir(exist_ok=True)
    for name, text in texts.items():
        (directory / name).write_text(text, encoding="utf-8")
    entries, _ = read_corpus(directory)
    parsed, unread = parse_files(entries)
    assert not unread
    return parsed


class Held:
    """Documents as an index holds them; *files* are what their files are called instead."""

    def __init__(self, parsed, files=()):
        self._parsed = {one.document.id: one for one in parsed}
        names = dict(files)
        self.documents = [replace(d, file=names.get(d.id, d.file)) for d in (one.document for one in parsed)]

    def clauses(self, document):
        return self._parsed[document].clauses

    def tables(self, document):
        return self._parsed[document].tables

    def pages(self, document):
        return self._parsed[document].pages


@pytest.mark.parametrize(
    ("other", "copies"),
    [
        (FARMING, {"b": "a"}),
        # other white space, as another format leaves it
        (FARMING.replace("\n1. Mở rộng diện tích", "\n\n1.  Mở rộng\ndiện tích"), {"b": "a"}),
        # the number is filled in when it is signed: what prints it stands for both
        (FARMING.replace("Số: 45/KH-SNN", "Số:      /KH-SNN"), {"b": "a"}),
        # a plan of the next year, a sister plan, another version: another number, issuer, figure
        (FARMING.replace("45/KH-SNN", "46/KH-SNN"), {}),
        (FARMING.replace("SỞ NÔNG NGHIỆP", "SỞ CÔNG THƯƠNG"), {}),
        (FARMING.replace("Hỗ trợ 40%", "Hỗ trợ 60%"), {}),
        (FARMING.replace("Tháng 9/2026", "Tháng 8/2026"), {}),
        (PROVINCE, {}),
    ],
)
def test_copies_are_told_by_content(tmp_path, other, copies):
    """
    A document in two files is one; two documents that differ in a number, an issuer or a figure are two.
    """
    assert copies_in(Held(read(tmp_path / "c", {"a.txt": FARMING, "b.txt": other}))) == copies


def test_the_better_source_stands_for_both(tmp_path):
    """
    Of a PDF and its DOCX the DOCX is kept, though it comes second.
    """
    parsed = read(tmp_path / "c", {"a.txt": FARMING, "b.txt": FARMING})

    assert copies_in(Held(parsed, {"a": "a.pdf", "b": "b.docx"})) == {"a": "b"}


def test_a_document_that_lies_there_twice_is_asked_once(tmp_path):
    """
    No question which of two equal tables is meant, no item of a list twice, one document of two counted.
    """
    parsed = read(tmp_path / "c", {"a.txt": FARMING, "b.txt": FARMING, "c.txt": PROVINCE})
    directory = tmp_path / "index"
    publish(directory, parsed, encoder=FakeEncoder(), sources={one.document.id: "0" * 64 for one in parsed})
    assistant = Assistant(Index.open(directory, encoder=FakeEncoder()))

    assert assistant.corpus.copies == {"b": "a"}
    assert "Trung tâm Khuyến nông" in assistant.ask("Nhiệm vụ 2 của Phụ lục II do ai chủ trì?")[0].text
    listed = assistant.ask("Liệt kê các nhiệm vụ của Phụ lục II")[0]
    assert listed.text.count("Cấp mã số vùng trồng sen") == 1
    found = assistant.extracts("Ai bố trí kinh phí trồng sen?", State()).best()
    assert "a" in {one.document.id for one in found}
    assert "b" not in {one.document.id for one in found}
    assert "Kho có 2 văn bản" in assistant.ask("Kho có những văn bản nào?")[0].text
