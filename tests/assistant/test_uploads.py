"""Own documents: what is taken, how it is stored and read, and that nobody reaches another's."""

from __future__ import annotations

import hashlib
import io
import threading

import pytest

from assistant.collections import Collections
from assistant.indexing import Ended, IndexerChild
from assistant.records import Records
from assistant.uploads import (
    Proposal,
    Refusal,
    UploadRefusedError,
    UploadState,
    check_kind,
    clean_name,
    new_id,
    reason_of,
)
from assistant.visitors import ANYBODY, OWNER, Role, Visitor
from tests.assistant.small import FARMING

AN = Visitor("an", "Nguyễn An", frozenset({Role.READER}))
BINH = Visitor("binh", "Trần Bình", frozenset({Role.READER}))


class FakeChild(IndexerChild):
    """Reads at once, and remembers the commands; what *ended* says of a file's stem is how its reading ends."""

    def __init__(self, **ended: Ended) -> None:
        super().__init__()
        self.commands: list[list[str]] = []
        self.ended = ended

    def run(self, arguments, *, step=None):
        self.commands.append(list(arguments))
        name = arguments[1].rsplit("/", 1)[-1]
        if step is not None:
            step(name, 3, 12)
        return next((ended for stem, ended in self.ended.items() if name.startswith(stem)), Ended(well=True))


class Held(FakeChild):
    """A child that reads until it is let go or ended."""

    def __init__(self) -> None:
        super().__init__()
        self.reading, self.go = threading.Event(), threading.Event()

    def stop(self) -> None:
        self.go.set()

    def run(self, arguments, *, step=None):
        ended = super().run(arguments, step=step)
        self.reading.set()
        self.go.wait(10)
        return ended


@pytest.fixture
def records():
    opened = Records.in_memory()
    yield opened
    opened.close()


@pytest.fixture
def child():
    return FakeChild()


@pytest.fixture
def collections(tmp_path, records, child):
    made = Collections(tmp_path, records, shared=tmp_path / "shared", child=child)
    yield made
    made.close()
    made.wait(10)


def upload(collections, visitor=AN, name="Kế hoạch.txt", data=None):
    return collections.receive(visitor, name, io.BytesIO(FARMING.encode() if data is None else data))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Kế hoạch số 5.docx", "Kế hoạch số 5.docx"),
        ("../../../etc/passwd", "passwd"),
        ("..\\..\\Kế hoạch.docx", "Kế hoạch.docx"),
        ("/etc/cron.d/x.txt", "x.txt"),
        ("..", "van-ban"),
        ("", "van-ban"),
        # a name that reads backwards, or breaks a line
        ("cong\u202etxt.exe\n.pdf", "congtxt.exe.pdf"),
        ("a" * 500 + ".pdf", "a" * 160 + ".pdf"),
    ],
)
def test_names_are_shown_without_folders_and_tricks(name, shown):
    """
    What is shown is the last part of the name, on one line, in reading order, of a length that fits.
    """
    assert clean_name(name) == shown


@pytest.mark.parametrize("name", ["../../x.txt", "CON.txt", "a/b\x00c.pdf", "Kế hoạch (bản 2).docx", "....", "đ" * 300])
def test_files_are_stored_under_safe_names(name):
    """
    The id, under which a file is stored, has small letters, digits and hyphens alone, and is another one each time.
    """
    made = new_id(name)

    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert 8 < len(made) < 80
    assert made != new_id(name)


@pytest.mark.parametrize(
    ("name", "head", "refusal"),
    [
        ("a.pdf", b"%PDF-1.7\n", None),
        ("a.PDF", b"%PDF-1.7\n", None),
        ("a.docx", b"PK\x03\x04", None),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", None),
        ("a.txt", "Kế hoạch".encode(), None),
        ("a.html", b"<!doctype html><p>x", None),
        ("a.pdf", b"MZ\x90\x00\x00", Refusal.BYTES),
        ("a.pdf", b"PK\x03\x04", Refusal.BYTES),
        ("a.docx", b"%PDF-1.7\n", Refusal.BYTES),
        ("a.txt", b"\x7fELF\x00\x00", Refusal.BYTES),
        ("a.txt", b"<html><script>", Refusal.BYTES),
        ("a.exe", b"MZ\x90\x00", Refusal.SUFFIX),
        ("a.svg", b"<svg", Refusal.SUFFIX),
        ("khong-duoi", b"x", Refusal.SUFFIX),
        ("a.pdf", b"", Refusal.NOTHING),
    ],
)
def test_the_first_bytes_have_to_be_those_of_the_name(name, head, refusal):
    """
    A file is taken where its bytes are of the kind that its name says, whatever else it may claim.
    """
    if refusal is None:
        assert check_kind(name, head).startswith(".")
        return
    with pytest.raises(UploadRefusedError) as error:
        check_kind(name, head)
    assert error.value.reason is refusal


@pytest.mark.parametrize(
    ("complaint", "key"),
    [
        ("x.pdf: the PDF is locked with a password.\n  Save a copy", "locked"),
        ("x.docx: it is locked by a password.", "locked"),
        ("x: reading it takes more than 900 MiB of memory, so it was stopped", "memory"),
        ("x: 2000 pages, more than the 1000 that are read.", "long"),
        ("x: an Excel file, no text document.", "kind"),
        ("x: no letter in the whole file.", "empty"),
        ("x: the PDF is damaged: Data format error", "damaged"),
        ("x: another program is writing this index.", "busy"),
        ("Traceback (most recent call last)", "fault"),
    ],
)
def test_reasons_are_told_by_their_key(complaint, key):
    """
    The reader's complaint, which names folders of the server, becomes the key of a sentence for officials.
    """
    assert reason_of(complaint) == key


def test_a_file_is_stored_in_its_owners_folder_and_read(collections, child, tmp_path):
    """
    The file lies below the folder of collections, under its id, for the server's eyes alone; the indexer is told to add it.
    """
    one = upload(collections, name="../../Kế hoạch.txt")
    assert collections.wait(10)

    folder = collections.folders.of("an")
    assert folder.is_relative_to(tmp_path / "collections")
    assert "an" not in folder.name
    assert [file.name for file in (folder / "files").iterdir()] == [one.file]
    assert (folder / "files" / one.file).stat().st_mode & 0o077 == 0
    assert collections.files(AN)[0].state is UploadState.READ
    assert collections.files(AN)[0].name == "Kế hoạch.txt"
    assert child.commands == [["add", str(folder / "files" / one.file), "--steps", "--index", str(folder / "index")]]


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(tmp_path, records):
    """
    A damaged file fails with its reason, the next one is read.
    """
    child = FakeChild(hong=Ended(well=False, complaint="/data/x.pdf: the PDF is damaged: no"))
    collections = Collections(tmp_path, records, child=child)
    upload(collections, name="hong.pdf", data=b"%PDF-1.4 x")
    upload(collections, name="lanh.txt")
    assert collections.wait(10)

    assert [(one.name, one.state, one.message) for one in collections.files(AN)] == [
        ("lanh.txt", UploadState.READ, ""),
        ("hong.pdf", UploadState.FAILED, "damaged"),
    ]


def test_nobody_in_particular_keeps_nothing(collections, tmp_path):
    """
    Who is not known uploads nothing, has no files and no assistant; no folder is made.
    """
    with pytest.raises(UploadRefusedError) as error:
        upload(collections, ANYBODY)

    assert error.value.reason is Refusal.ANONYMOUS
    assert collections.files(ANYBODY) == []
    assert collections.assistant(ANYBODY) is None
    assert not (tmp_path / "collections").exists()


def test_too_large_and_too_many_are_refused(collections, monkeypatch):
    """
    A file over the limit is refused while it comes in and leaves nothing behind; so is one more than the collection may hold.
    """
    monkeypatch.setattr("assistant.collections.MOST_BYTES", 1000)
    monkeypatch.setattr("assistant.collections.MOST_FILES", 2)
    with pytest.raises(UploadRefusedError) as large:
        upload(collections, data=b"a" * 1001)
    assert list((collections.folders.of("an") / "files").iterdir()) == []
    for _ in range(2):
        upload(collections, data=b"abc")
    with pytest.raises(UploadRefusedError) as many:
        upload(collections, data=b"abc")

    assert (large.value.reason, many.value.reason) == (Refusal.LARGE, Refusal.MANY)
    upload(collections, BINH, data=b"abc")  # another one's collection has room


def test_another_persons_file_is_not_there(collections):
    """
    Under another owner an id is unknown: it can neither be seen, nor deleted, nor proposed, nor withdrawn.
    """
    one = upload(collections)
    assert collections.wait(10)

    assert collections.files(BINH) == []
    for act in (collections.delete, collections.propose, collections.withdraw):
        with pytest.raises(UploadRefusedError) as error:
            act(BINH, one.id)
        assert error.value.reason is Refusal.UNKNOWN
    assert collections.files(AN)[0].state is UploadState.READ


def test_progress_is_told_while_a_file_is_read_and_deleting_ends_the_reading(tmp_path, records):
    """
    The pages that are done can be asked for; a file that is deleted meanwhile is not read on, and nothing of it stays.
    """
    child = Held()
    collections = Collections(tmp_path, records, child=child)
    one = upload(collections)
    assert child.reading.wait(10)
    step = collections.step(one.id)
    assert (step.done, step.total) == (3, 12)
    collections.delete(AN, one.id)
    assert collections.wait(10)

    assert collections.files(AN) == []
    assert not collections.folders.of("an").exists()


def test_what_was_drawn_of_a_deleted_file_is_forgotten(tmp_path, records):
    """
    Whoever keeps pictures of a file hears of its hash once it is deleted, since nothing of it may stay.
    """
    gone = []
    collections = Collections(tmp_path, records, child=FakeChild(), deleted=gone.append)
    one = upload(collections)
    assert collections.wait(10)
    assert gone == []
    collections.delete(AN, one.id)
    assert collections.wait(10)

    assert gone == [hashlib.sha256(FARMING.encode()).hexdigest()]


def test_what_a_server_left_unread_is_read_by_the_next(tmp_path, records):
    """
    A server that ends while it reads leaves the file to the next one.
    """
    child = Held()
    first = Collections(tmp_path, records, child=child)
    one = upload(first)
    assert child.reading.wait(10)
    first.close()
    assert first.wait(10)
    second = Collections(tmp_path, records, child=FakeChild())
    assert second.wait(10)

    assert [(upload.id, upload.state) for upload in second.files(AN)] == [(one.id, UploadState.READ)]


def test_only_an_administrator_decides_and_a_refusal_has_a_reason(collections):
    """
    A reader decides on nothing; an administrator approves what is proposed, or refuses it with a reason that its owner sees.
    """
    one = upload(collections)
    assert collections.wait(10)
    collections.propose(AN, one.id)
    assert collections.proposals(BINH) == []
    for visitor, remark, refusal in (
        (BINH, "x", Refusal.ADMINISTRATOR),
        (AN, "x", Refusal.ADMINISTRATOR),
        (OWNER, " ", Refusal.REMARK),
    ):
        with pytest.raises(UploadRefusedError) as error:
            collections.decide(visitor, one.id, approve=False, remark=remark)
        assert error.value.reason is refusal
    collections.decide(OWNER, one.id, approve=False, remark="Bản dự thảo")

    held = collections.files(AN)[0]
    assert (held.proposal, held.remark) == (Proposal.REFUSED, "Bản dự thảo")
    with pytest.raises(UploadRefusedError):
        collections.decide(OWNER, one.id, approve=True)


def test_an_approved_file_is_added_to_the_shared_index(collections, child, tmp_path):
    """
    Approving copies the file, so that the shared corpus keeps it when its owner deletes the own one, and adds the copy.
    """
    one = upload(collections)
    assert collections.wait(10)
    collections.propose(AN, one.id)
    collections.decide(OWNER, one.id, approve=True)
    assert collections.wait(10)

    kept = tmp_path / "approved" / one.file
    assert collections.files(AN)[0].proposal is Proposal.APPROVED
    assert child.commands[-1] == ["add", str(kept), "--steps", "--index", str(tmp_path / "shared")]
    collections.delete_all(AN)
    assert collections.wait(10)
    assert kept.read_bytes() == FARMING.encode()
    assert collections.files(AN) == []


def test_a_proposed_document_is_open_to_administrators_alone(collections):
    """
    Before a proposal, and for who is no administrator, nobody reaches another's documents.
    """
    one = upload(collections)
    assert collections.wait(10)
    with pytest.raises(UploadRefusedError):
        collections.proposed_assistant(OWNER, one.id)
    collections.propose(AN, one.id)

    with pytest.raises(UploadRefusedError):
        collections.proposed_assistant(BINH, one.id)


def test_own_documents_are_read_asked_and_deleted_for_real(tmp_path, records):
    """
    A text that is uploaded answers a question; once it is deleted, an assistant over the rest does not know it, nor does the disk.
    """
    collections = Collections(tmp_path, records)
    one = upload(collections)
    assert collections.wait(400)
    other = upload(collections, name="khac.txt", data=FARMING.replace("45/KH-SNN", "46/KH-SNN").encode())
    assert collections.wait(400)
    first = collections.assistant(AN)
    assert first is collections.assistant(AN)
    assert {document.id for document in first.index.documents} == {one.id, other.id}
    assert collections.assistant(BINH) is None
    collections.delete(AN, one.id)
    assert collections.wait(400)

    left = collections.assistant(AN)
    assert left is not first
    assert [document.id for document in left.index.documents] == [other.id]
    assert "46/KH-SNN" in left.ask("Kế hoạch số mấy?")[0].text
    index = collections.folders.of("an") / "index"
    assert len(list(index.glob("gen-*"))) == 1
    assert not any(b"45/KH-SNN" in file.read_bytes() for file in index.rglob("*") if file.is_file())
