"""The ingest report: what officials are told of each file, and what the index remembers of those that failed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from indexer.__main__ import main
from indexer.codec import dumps, loads
from indexer.ingest import FailedFile, IngestReport, file_report, head_line, ingest_report, place_words, report_lines
from indexer.types import Page, ReadWarning
from tests.indexer.samples import annex, plan
from tests.indexer.test_command_line import ANNEX, PLAN


def test_a_page_is_doubtful_or_unreadable():
    """
    A page recognised with little confidence is named; one with nearly none, or a picture without a word, cannot be read.
    """
    one = plan()
    text = one.document.text
    blank = text.index("\n\n")
    pages = (
        Page(1, "text", None, 0, 20),
        Page(2, "ocr", 0.95, 0, 20),
        Page(3, "ocr", 0.6, 0, 20),
        Page(4, "ocr", 0.2, 0, 20),
        Page(5, "ocr", None, blank, blank + 1),
        Page(6, "text", None, blank, blank + 1),
    )
    report = file_report(replace(one, pages=pages))

    assert report.pages == {"text": 2, "ocr": 4}
    assert (report.low_confidence, report.unreadable) == ((3,), (4, 5))


def test_the_report_reads_as_officials_write():
    """
    The report counts what was found, and says in Vietnamese where what was not understood.
    """
    one = replace(plan(), warnings=(ReadWarning("page 2", "mờ"), ReadWarning("offset 7", "lạ")))
    failed = FailedFile("hỏng.pdf", "hỏng.pdf: bị hỏng.\n  Lưu lại.")
    lines = list(report_lines(ingest_report([one, annex()], [failed], {"ke-hoach": 1.26})))

    assert lines[0] == "Báo cáo đọc văn bản: đọc được 2/3 tệp"
    assert lines[2].startswith("## ke-hoach (ke-hoach.txt): 2 trang, 6 đoạn, 1 văn bản liên quan")
    assert lines[2].endswith("đọc trong 1,3 giây")
    assert "- Nguồn chữ: 1 trang có lớp chữ, 1 trang nhận dạng từ ảnh" in lines
    assert "- Quan hệ với văn bản khác: căn cứ 1" in lines
    assert "- Không in trong văn bản: ngày ban hành, loại văn bản, trích yếu, người ký" in lines
    assert "- Lưu ý: trang 2: mờ" in lines
    assert "- Lưu ý: ký tự thứ 7: lạ" in lines
    assert "- Phụ lục: 2 nhiệm vụ; các cột: TT | Nhiệm vụ | Chủ trì | Thời hạn" in lines
    assert lines[-3:] == ["## 1 tệp chưa đọc được", "- hỏng.pdf: hỏng.pdf: bị hỏng.", "  Lưu lại."]


def test_the_report_is_json_and_back():
    """
    The report as JSON has all that the lines say, and reads back as it was.
    """
    report = ingest_report([plan(), annex()], [FailedFile("a", "b", "c", "d")], {"ke-hoach": 1.0})

    assert loads(IngestReport, dumps(report)) == report


@pytest.mark.parametrize(
    ("where", "expected"),
    [("page 12", "trang 12"), ("offset 3", "ký tự thứ 3"), ("III", "III"), ("trang 2", "trang 2")],
)
def test_places_in_words(where, expected):
    """
    A place that a reader names for programs is told in Vietnamese; any other stays.
    """
    assert place_words(where) == expected


def test_a_line_says_what_to_look_at():
    """
    What needs a second look is counted in the line of its file.
    """
    assert "1 điểm cần xem lại" in head_line(file_report(plan()))
    assert "điểm cần xem lại" not in head_line(file_report(replace(plan(), warnings=())))


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "Kế hoạch"
    folder.mkdir()
    (folder / "ke-hoach.txt").write_text(PLAN, encoding="utf-8")
    (folder / "phu-luc.txt").write_text(ANNEX, encoding="utf-8")
    (folder / "hong.txt").write_bytes(b" ")
    return folder


@pytest.fixture
def run(capsys, tmp_path):
    def command(*arguments):
        code = main([*map(str, arguments), "--index", str(tmp_path / "index")])
        done = capsys.readouterr()
        assert code == 0, done.err
        return done.out, done.err

    return command


@pytest.mark.slow
def test_the_index_remembers_what_failed(run, corpus, tmp_path):
    """
    A file that failed is told by every report until it is mended; as long as it is the same it is not tried again.
    """
    out, err = run("build", "--corpus", corpus)
    assert "  hong.txt: chưa đọc được" in out.splitlines()
    assert "hong.txt: left out" in err
    assert any(
        line.startswith("  phu-luc (phu-luc.txt): 1 trang") and line.endswith("giây") for line in out.splitlines()
    )

    summary, _ = run("report", "--summary")
    assert "Báo cáo đọc văn bản: đọc được 2/3 tệp" in summary
    assert "no letter" in summary
    report = json.loads(run("report", "--summary", "--json")[0])
    assert [one["document"] for one in report["files"]] == ["ke-hoach", "phu-luc"]
    assert all(one["seconds"] > 0 for one in report["files"])
    assert [(one["file"], one["document"]) for one in report["failed"]] == [("hong.txt", "hong")]

    out, err = run("build", "--corpus", corpus, "--if-stale")
    assert out == ""
    assert "1 tệp chưa đọc được: hong.txt" in err
    added = tmp_path / "them.txt"
    added.write_text(PLAN, encoding="utf-8")
    bad = tmp_path / "hong-nua.txt"
    bad.write_bytes(b" ")
    run("add", added, bad)
    report = json.loads(run("report", "--summary", "--json")[0])
    assert {one["file"] for one in report["failed"]} == {"hong.txt", "hong-nua.txt"}
    assert {one["document"]: one["seconds"] is not None for one in report["files"]} == dict.fromkeys(
        ("ke-hoach", "phu-luc", "them"), True
    )
    assert run("build", "--corpus", corpus, "--if-stale")[0] == ""
    run("remove", "hong-nua")
    (corpus / "hong.txt").write_text(PLAN, encoding="utf-8")

    assert "published; 4 documents" in run("build", "--corpus", corpus, "--if-stale")[0]
    assert json.loads(run("report", "--summary", "--json")[0])["failed"] == []


@pytest.mark.slow
def test_the_same_files_give_the_same_index(run, corpus, tmp_path):
    """
    What reading took does not make an index another one: a second build writes nothing, and its verified files are the same.
    """
    run("build", "--corpus", corpus)
    first = json.loads((tmp_path / "index" / "gen-000001" / "manifest.json").read_bytes())
    assert run("build", "--corpus", corpus)[0].split(": ")[1].startswith("nothing changed")
    assert "seconds.json" not in first["files"]
    assert main(["build", "--corpus", str(corpus), "--index", str(tmp_path / "other")]) == 0

    assert json.loads((tmp_path / "other" / "gen-000001" / "manifest.json").read_bytes()) == first


@pytest.mark.slow
def test_build_reports_as_json(run, corpus):
    """
    ``build --json`` prints the report and nothing else on stdout.
    """
    report = json.loads(run("build", "--corpus", corpus, "--json")[0])

    assert [one["file"] for one in report["files"]] == ["ke-hoach.txt", "phu-luc.txt"]
    assert [one["file"] for one in report["failed"]] == ["hong.txt"]
