"""The command line of the indexer, on a small corpus of an invented province, with the model that the package ships."""

import json
import subprocess
import sys

import pytest

from indexer.__main__ import main

PLAN = """UBND TỈNH HOA SEN
Số: 12/KH-UBND

Hoa Sen, ngày 04 tháng 11 năm 2026

KẾ HOẠCH
Phát triển vùng trồng sen

Kế hoạch này thay thế Kế hoạch số 3/KH-UBND.
I. MỤC TIÊU
1. Các xã trồng sen.
- Mỗi xã một héc ta.
"""
ANNEX = """PHỤ LỤC
Danh mục nhiệm vụ
(Kèm theo Kế hoạch số 12/KH-UBND ngày 04/11/2026 của Ủy ban nhân dân tỉnh Hoa Sen)
TT Nhiệm vụ Cơ quan chủ trì Thời hạn
I Về giống
1 Cấp mã số vùng trồng sen Sở Nông nghiệp Tháng 6/2026
2 Lập danh mục đầm sen Sở Tài chính Quý II/2026
"""


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "Kế hoạch"
    folder.mkdir()
    (folder / "ke-hoach.txt").write_text(PLAN, encoding="utf-8")
    (folder / "phu-luc.txt").write_text(ANNEX, encoding="utf-8")
    return folder


@pytest.fixture
def index(tmp_path):
    return tmp_path / "index"


@pytest.fixture
def run(capsys, index):
    """Run a command; return its exit code, its results and its complaints."""

    def command(name, *arguments, on_index=True):
        where = ("--index", str(index)) if on_index else ()
        code = main([name, *map(str, arguments), *where])
        done = capsys.readouterr()
        return code, done.out, done.err

    return command


def read_json(run, path):
    code, out, _ = run("read", path, "--json", on_index=False)
    assert code == 0
    return json.loads(out)


def test_read_prints_the_contract(run, corpus):
    """
    ``read --json`` has the keys of the contract, in its order, and behind a row's what is understood of it; what is not printed is null.
    """
    plan, annex = read_json(run, corpus / "ke-hoach.txt"), read_json(run, corpus / "phu-luc.txt")

    assert list(plan) == ["document", "text", "reading", "doubts", "clauses", "tables", "pages", "warnings"]
    assert list(plan["document"]) == [
        "id", "number", "issued_on", "issuer", "kind", "title", "signer", "recipients", "relations",
    ]  # fmt: skip
    assert list(plan["clauses"][0]) == ["label", "eid", "number", "heading", "level", "start", "end"]
    assert list(annex["tables"][0]) == ["label", "columns", "rows"]
    assert list(annex["tables"][0]["columns"][0]) == ["name", "role"]
    assert list(annex["tables"][0]["rows"][0]) == [
        "number", "group", "cells", "spans", "due", "lead", "partners",
    ]  # fmt: skip
    assert plan["pages"] == [{"page": 1, "source": "text", "confidence": None}]
    assert plan["document"]["signer"] is None
    assert plan["reading"] is None
    assert plan["doubts"] == []
    (relation,) = plan["document"]["relations"]
    assert relation == {
        "type": "replaces",
        "number": "3/KH-UBND",
        "quote": "Kế hoạch này thay thế Kế hoạch số 3/KH-UBND.",
    }


def test_read_understands_the_file(run, corpus):
    """
    Clauses and cells are slices of the text that is printed beside them.
    """
    plan, annex = read_json(run, corpus / "ke-hoach.txt"), read_json(run, corpus / "phu-luc.txt")

    (bullet,) = [one for one in plan["clauses"] if one["label"] == "I.1, gạch đầu dòng 1"]
    assert plan["text"][bullet["start"] : bullet["end"]] == "- Mỗi xã một héc ta."
    assert (bullet["number"], bullet["heading"], bullet["level"]) == (None, None, 3)
    first, second = annex["tables"][0]["rows"]
    assert first["cells"] == ["1", "Cấp mã số vùng trồng sen", "Sở Nông nghiệp", "Tháng 6/2026"]
    assert first["group"] == second["group"] == "I. Về giống"
    for row in (first, second):
        for cell, spans in zip(row["cells"], row["spans"], strict=True):
            assert " ".join(" ".join(annex["text"][a:b].split()) for a, b in spans) == cell


def test_read_for_people(run, corpus):
    """
    Without ``--json`` the report is Vietnamese, and says what is not printed.
    """
    code, out, err = run("read", corpus / "phu-luc.txt", on_index=False)

    assert (code, err) == (0, "")
    assert "- Số, ký hiệu: 12/KH-UBND" in out
    assert "- Người ký: không in trong văn bản" in out
    assert "Phụ lục: 2 nhiệm vụ trong 1 mục" in out
    assert "KHÔNG KHỚP" not in out


def test_build_add_remove(run, corpus, index, tmp_path):
    """
    An index is built once, is not stale, gains a document and loses it; a second build writes nothing.
    """
    code, out, err = run("build", "--corpus", corpus)
    assert (code, err) == (0, "")
    assert "published; 2 documents" in out
    assert run("build", "--corpus", corpus)[1].split(": ")[1].startswith("nothing changed")
    assert run("build", "--corpus", corpus, "--if-stale")[:2] == (0, "")
    assert run("build", "--corpus", corpus, "--if-stale")[:2] == (0, "")

    new = tmp_path / "cong-van.txt"
    new.write_text("CÔNG VĂN\nV/v trồng sen\n\n1. Các xã báo cáo.\n", encoding="utf-8")
    broken = tmp_path / "hong.txt"
    broken.write_bytes(b"\xff\x00")
    code, out, err = run("add", new, broken)
    assert (code, "hong.txt: left out: " in err) == (0, True)
    code, out, _ = run("report", "--json")
    assert [one["document"]["id"] for one in json.loads(out)] == ["cong-van", "ke-hoach", "phu-luc"]

    code, _, err = run("remove", "khong-co")
    assert code == 1
    assert "khong-co" in err
    assert "\n  " in err
    assert run("remove", "cong-van")[0] == 0
    code, out, _ = run("report")
    assert code == 0
    assert "## cong-van" not in out
    assert "## phu-luc (phu-luc.txt)" in out
    code, _, err = run("remove", "ke-hoach", "phu-luc")
    assert code == 1
    assert "every document" in err
    assert run("verify")[0] == 0


def test_lines_of_json_are_a_corpus(run, corpus, tmp_path):
    """
    A file of JSON lines is a corpus, and is read in a folder beside other files; a bad line is told, and nothing is stale.
    """
    lines = tmp_path / "luat.jsonl"
    good = {"_id": "dieu-5", "title": "Điều 5. Trách nhiệm", "text": "Sở Y tế chủ trì."}
    lines.write_text(json.dumps(good) + "\n{\n" + json.dumps(good | {"_id": "dieu-6"}) + "\n")
    code, out, err = run("build", "--corpus", lines)

    assert (code, "2 documents" in out, "luat.jsonl: 2 văn bản" in out) == (0, True, True)
    assert f"{lines}:2: the line is not JSON" in err
    assert run("build", "--corpus", lines, "--if-stale")[1] == ""
    lines.write_text(json.dumps(good | {"text": "Sở Nội vụ chủ trì."}) + "\n")
    assert "1 documents" in run("build", "--corpus", lines, "--if-stale")[1]

    (corpus / "luat.jsonl").write_text(json.dumps(good) + "\n" + json.dumps(good | {"_id": "ke-hoach"}) + "\n")
    code, out, err = run("build", "--corpus", corpus)
    assert 'the id "ke-hoach" is taken by another file' in err
    assert run("remove", "dieu-5")[0] == 0


def test_many_bad_lines_are_counted(run, tmp_path):
    """
    Of a file that holds no JSON lines at all, some are told and the others counted.
    """
    lines = tmp_path / "luat.jsonl"
    lines.write_text('{"id": 1, "text": "Điều"}\n' + "x\n" * 50)
    _, _, err = run("build", "--corpus", lines)

    assert err.count("left out") == 31
    assert "20 more lines hold no document" in err


def test_a_changed_corpus_is_stale(run, corpus):
    """
    A changed file makes the index stale, and ``--if-stale`` builds it.
    """
    assert run("build", "--corpus", corpus, "--if-stale")[1].count("published") == 1
    assert run("build", "--corpus", corpus, "--if-stale")[1] == ""
    (corpus / "ke-hoach.txt").write_text(PLAN + "- Hai.\n", encoding="utf-8")

    assert run("build", "--corpus", corpus, "--if-stale")[1].count("published") == 1


def test_a_new_file_makes_the_index_stale_and_an_added_document_stays(run, corpus, tmp_path):
    """
    A file that is put into the folder is indexed by ``--if-stale``; a document that was added from elsewhere is kept.
    """
    run("build", "--corpus", corpus)
    elsewhere = tmp_path / "noi-khac.txt"
    elsewhere.write_text(PLAN, encoding="utf-8")
    run("add", elsewhere)
    assert run("build", "--corpus", corpus, "--if-stale")[1] == ""
    (corpus / "them.txt").write_text(PLAN, encoding="utf-8")

    assert run("build", "--corpus", corpus, "--if-stale")[1].count("published") == 1
    report = run("report")[1]
    assert "## noi-khac" in report
    assert "## them" in report


def test_the_first_file_that_is_added_makes_the_index(run, tmp_path):
    """
    Without an index, a file that is added becomes one; each step is told as a line of JSON to a program that asks for it.
    """
    plan = tmp_path / "ke-hoach.txt"
    plan.write_text(PLAN, encoding="utf-8")
    code, out, _ = run("add", plan, "--steps")

    steps = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    assert code == 0
    assert {"what": "read", "done": 1, "total": 1} in steps
    assert "## ke-hoach" in run("report")[1]


@pytest.mark.parametrize(
    ("arguments", "fact"),
    [
        (["build", "--corpus", "khong-co"], "khong-co: there is no such folder"),
        (["add", "khong-co.txt"], "there is no such file"),
        (["remove", "x"], "there is no index"),
        (["report"], "there is no index"),
        (["verify"], "there is no index"),
    ],
)
def test_faults_of_the_input(run, tmp_path, monkeypatch, arguments, fact):
    """
    A fault exits with 1: nothing on stdout, and on stderr the place, the fact, and the next step.
    """
    monkeypatch.chdir(tmp_path)
    code, out, err = run(*arguments)

    assert (code, out) == (1, "")
    assert fact.lower() in err.lower()
    assert "\n  " in err


def test_an_empty_corpus(run, tmp_path):
    """
    A folder without a text is told so, with what to do.
    """
    (tmp_path / "trong").mkdir()
    code, _, err = run("build", "--corpus", tmp_path / "trong")

    assert code == 1
    assert "no document could be read" in err
    assert "Put UTF-8 text files" in err


@pytest.mark.parametrize("data", [b"", b"PK\x00\x01", b"K\xea ho\xa1ch"])
def test_read_of_a_broken_file(run, tmp_path, data):
    """
    A file that is no text is one message, no traceback.
    """
    path = tmp_path / "hong.txt"
    path.write_bytes(data)
    code, out, err = run("read", path, on_index=False)

    assert (code, out) == (1, "")
    assert str(path) in err.splitlines()[0]
    assert err.splitlines()[1].startswith("  ")


@pytest.mark.parametrize("arguments", [[], ["xyz"], ["read"], ["build", "--khong-co"], ["remove"]])
def test_wrong_usage(arguments, capsys):
    """
    Wrong usage exits with 2 and says how it goes.
    """
    with pytest.raises(SystemExit) as caught:
        main(arguments)

    assert caught.value.code == 2
    assert "usage: python -m indexer" in capsys.readouterr().err


def test_help_is_quick():
    """
    ``--help`` loads neither torch nor any other heavy part.
    """
    code = (
        "import sys\nfrom indexer.__main__ import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit as end:\n    assert end.code == 0\n"
        "heavy = {'torch', 'faiss', 'numpy', 'bm25s', 'pyvi', 'gradio', 'sentence_transformers'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stderr
    assert "build" in done.stdout
