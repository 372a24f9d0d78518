import gzip
import json
import lzma

import pytest

from indexer.path import label
from indexer.records import BadLine, Record, is_record_file, parse_record, read_records, record_files
from indexer.types import fold_white

GOOD = {"_id": "a", "title": "Điều 5. Trách nhiệm", "text": "1. Sở Y tế chủ trì.\n2. Sở Tài chính phối hợp."}


def line(**fields):
    return json.dumps(GOOD | fields, ensure_ascii=False).encode()


def read(path):
    found = list(read_records(path))
    return [one for one in found if isinstance(one, Record)], [one for one in found if isinstance(one, BadLine)]


def written(tmp_path, *lines, name="luật.jsonl"):
    path = tmp_path / name
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


@pytest.mark.parametrize(
    ("name", "pack"), [("a.jsonl", bytes), ("a.jsonl.gz", gzip.compress), ("a.jsonl.xz", lzma.compress)]
)
def test_every_form_is_read(tmp_path, name, pack):
    """
    Plain and packed files give the same documents, in the order of their lines.
    """
    (tmp_path / name).write_bytes(pack(line() + b"\n\n" + line(_id="b") + b"\n"))
    records, bad = read(tmp_path / name)

    assert [(one.id, one.file, one.title) for one in records] == [
        ("a", name, GOOD["title"]),
        ("b", name, GOOD["title"]),
    ]
    assert not bad


@pytest.mark.parametrize(
    ("wrong", "fact"),
    [
        (b"{", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[]", "no object"),
        (line(_id=None), 'no "_id" or "id"'),
        (line(_id=True), 'no "_id" or "id"'),
        (line(_id="  "), 'no "_id" or "id"'),
        (line(text=["x"]), "no text"),
        # half of a character, which no index can hold
        (b'{"_id": "b", "title": "x", "text": "\\ud800"}', "no text"),
        (line(title="…", text=" "), "no letter"),
        # the same id for other words
        (line(text="khác"), "stands at line 1"),
    ],
)
def test_a_bad_line_is_told_and_the_rest_goes_on(tmp_path, wrong, fact):
    """
    A line that holds no document is told by file, line, fact and next step; those around it are read.
    """
    path = written(tmp_path, line(), wrong, line(_id="c"))
    records, bad = read(path)

    assert [one.id for one in records] == ["a", "c"]
    assert [one.reason.startswith(f"{path}:2: ") and fact in one.reason and "\n  " in one.reason for one in bad] == [
        True
    ]


def test_the_same_line_twice_is_no_fault(tmp_path):
    """
    A line that is repeated word for word is one document.
    """
    records, bad = read(written(tmp_path, line(), line()))

    assert ([one.id for one in records], bad) == (["a"], [])


def test_an_archive_that_was_cut_gives_what_was_read(tmp_path):
    """
    Where a packed file ends in the middle, that is told.
    """
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(line())[:-12])
    _, bad = read(path)

    assert "cannot be read on" in bad[0].reason


def test_ids_may_be_numbers(tmp_path):
    """
    A number is an id, and "id" will do in the place of "_id".
    """
    records, _ = read(written(tmp_path, b'{"id": 7, "text": "x"}'))

    assert [one.id for one in records] == ["7"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ("Điều 5", GOOD["title"], GOOD["text"], GOOD["title"])),
        ({"title": "Điều 34.3.LQ.47. Thời gian"}, ("Điều 34.3.LQ.47", "Điều 34.3.LQ.47. Thời gian", GOOD["text"], ...)),
        ({"title": "Điều  1\nA"}, ("Điều 1", "Điều 1 A", GOOD["text"], ...)),
        ({"title": "Thẻ căn cước"}, ("đoạn 1", "Thẻ căn cước", GOOD["text"], ...)),
        ({"title": ""}, ("đoạn 1", None, GOOD["text"], None)),
        ({"text": ""}, ("Điều 5", GOOD["title"], GOOD["title"], GOOD["title"])),
    ],
)
def test_a_record_is_a_document_of_one_clause(tmp_path, fields, expected):
    """
    The clause holds the text and bears the number of the title, which is the document's title and the clause's heading.
    """
    ((record,), _) = read(written(tmp_path, line(**fields)))
    parsed = parse_record(record)
    (clause,) = parsed.clauses
    title = parsed.document.metadata.title

    assert (label(clause.path), clause.heading, clause.text) == expected[:3]
    assert parsed.document.text[clause.start : clause.end] == clause.text
    assert (title and parsed.document.text[title.start : title.end]) == expected[1] == (title and title.value)


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("Thanh niên\n\n1. Là công dân.", "Điều 1. Luật Thanh niên Thanh niên", "1. Là công dân."),
        (
            "Thanh niên là công dân.\nTừ đủ 16 tuổi.",
            "Điều 1. Luật Thanh niên",
            "Thanh niên là công dân.\nTừ đủ 16 tuổi.",
        ),
        ("a) Là công dân\nb) Từ đủ 16 tuổi", "Điều 1. Luật Thanh niên", "a) Là công dân\nb) Từ đủ 16 tuổi"),
        ("Thanh niên", "Điều 1. Luật Thanh niên", "Thanh niên"),
        ("từ " * 41 + "\nhết", "Điều 1. Luật Thanh niên", "từ " * 41 + "\nhết"),
    ],
)
def test_a_heading_on_the_first_line_belongs_to_the_title(text, title, body):
    """
    A first line that is neither a sentence nor an item is a heading: it is in the title, and the clause begins behind it.
    """
    parsed = parse_record(Record("a", "a.jsonl", "Điều 1. Luật Thanh niên", text, ""))

    (clause,) = parsed.clauses
    stated = parsed.document.metadata.title
    assert (stated.value, clause.heading, clause.text) == (title, title, body)
    assert fold_white(parsed.document.text[stated.start : stated.end]) == title
    assert parsed.document.text[clause.start : clause.end] == clause.text


def test_which_files_hold_records(tmp_path):
    """
    Files of JSON lines are told by their names, in a folder and its sub-folders, or given alone.
    """
    (tmp_path / "b").mkdir()
    paths = [written(tmp_path, line(), name=name) for name in ("b/x.jsonl.gz", "c.JSONL")]
    written(tmp_path, line(), name="d.json")

    assert record_files(tmp_path) == paths
    assert record_files(paths[1]) == [paths[1]]
    assert record_files(tmp_path / "d.json") == record_files(tmp_path / "none") == []
    assert not is_record_file("jsonl.txt")
