"""Question sets of others: SQuAD, BEIR, CSV, Excel and JSON lines become question files; what is wrong is named and the rest goes on."""

from __future__ import annotations

import json

import pytest
from openpyxl import Workbook

from eval.__main__ import main
from eval.question_set import load_questions
from eval.sheet_sets import columns_of, complete, import_sheet
from eval.sources import IndexSources
from indexer.errors import InputError
from tests.assistant.small import small_index
from tests.eval.samples import line

CONTEXT = "Chợ nổi họp năm 1912. Đến năm 1945 chợ dời đi. Năm 1945 có 30 thuyền."


def squad(*qas, context=CONTEXT, title="Chợ nổi"):
    return {"data": [{"title": title, "paragraphs": [{"context": context, "qas": list(qas)}]}]}


def qa(name, *answers, impossible=False):
    found = [{"text": text, "answer_start": start} for text, start in answers]
    return {"id": name, "question": f"Hỏi {name}?", "answers": found, "is_impossible": impossible}


def imported(capsys, source, out, *more):
    """Run the import and return its exit code, the questions by id, and what stderr says."""
    code = main(["import", str(source), "--out", str(out), *map(str, more)])
    return code, {one.id: one for one in load_questions(out)}, capsys.readouterr().err


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    return IndexSources(small_index(tmp_path_factory.mktemp("small")))


def test_squad(tmp_path, capsys):
    """Answers are forms of one fact with their places, what is impossible has no answer, and paragraphs become documents."""
    path = tmp_path / "Chợ.json"
    second = CONTEXT.index("1945", CONTEXT.index("1945") + 1)
    content = squad(qa("a", ("1912", 0), ("năm 1912", 12)), qa("b", ("1945", second)), qa("c", impossible=True))
    path.write_text(json.dumps(content), encoding="utf-8")

    code, found, said = imported(capsys, path, tmp_path / "set.jsonl", "--documents-out", tmp_path / "texts")

    assert (code, said) == (0, "")
    assert found["a"].must == (("1912", "năm 1912"),)
    assert [gold.quote for gold in found["a"].gold] == ["1912", "năm 1912"]
    assert found["a"].any_gold
    # the year stands twice: the sentence around it tells which is meant
    assert [gold.beside for gold in found["b"].gold] == ["Năm 1945 có 30 thuyền."]
    assert (found["c"].answerable, found["c"].must) == (False, ())
    assert (tmp_path / "texts" / f"{found['a'].gold[0].document}.txt").read_text(encoding="utf-8") == CONTEXT
    assert main(["check", "--questions", str(tmp_path / "set.jsonl"), "--documents", str(tmp_path / "texts")]) == 0


def test_squad_one_object_a_line(tmp_path, capsys):
    """The flat form is told from its keys; answers without any are what SQuAD 2 calls impossible."""
    path = tmp_path / "flat.jsonl"
    answers = {"text": ["1912"], "answer_start": [16]}
    items = [{"id": "a", "context": CONTEXT, "question": "Năm nào?", "answers": answers}]
    items.append({"id": "b", "context": CONTEXT, "question": "Ai?", "answers": {"text": [], "answer_start": []}})
    path.write_text("".join(f"{json.dumps(item)}\n" for item in items), encoding="utf-8")

    code, found, _ = imported(capsys, path, tmp_path / "set.jsonl", "--documents-out", tmp_path / "texts.jsonl")

    assert code == 0
    assert found["a"].must == (("1912",),)
    assert not found["b"].answerable
    (text,) = (tmp_path / "texts.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(text)["text"] == CONTEXT


@pytest.mark.parametrize(
    ("wrong", "fact"),
    [
        (qa("x", ("1999", 0)), "'1999' does not stand in its paragraph"),
        (qa("x"), "has no answer and is not marked as impossible"),
        ({"id": "x", "answers": [{"text": "1912"}]}, '"question" is missing'),
        ("x", "question 1: is no object"),
    ],
)
def test_faults_of_squad_are_named(tmp_path, capsys, wrong, fact):
    """A question that is wrong is named and left out, the exit code is 1, and the others are imported."""
    path = tmp_path / "a.json"
    path.write_text(json.dumps(squad(wrong, qa("b", ("1912", 16)))), encoding="utf-8")

    code, found, said = imported(capsys, path, tmp_path / "set.jsonl")

    assert code == 1
    assert list(found) == ["b"]
    assert said.startswith(f"{path}:")
    assert fact in said


def test_an_id_that_comes_twice_is_told_apart(tmp_path, capsys):
    """Sets that were published repeat ids; the second question is kept under another one, and that is said."""
    path = tmp_path / "a.json"
    path.write_text(json.dumps(squad(qa("b", ("1912", 16)), qa("b", ("1945", 27)))), encoding="utf-8")

    code, found, said = imported(capsys, path, tmp_path / "set.jsonl")

    assert (code, list(found)) == (0, ["b", "b-2"])
    assert "was there before; it is called b-2 here" in said


def beir(folder, *queries):
    folder.mkdir()
    corpus = {"_id": "d 1", "title": "Chợ nổi", "text": CONTEXT}
    (folder / "corpus.jsonl").write_text(json.dumps(corpus), encoding="utf-8")
    lines = "".join(f"{json.dumps(query)}\n" for query in queries)
    (folder / "queries.jsonl").write_text(lines, encoding="utf-8")
    rows = "".join(f"{query['_id']}\td 1\t1\n" for query in queries)
    (folder / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\n{rows}", encoding="utf-8")
    return folder


def test_beir_with_answers(tmp_path, capsys):
    """Answers become facts, and places where they stand in the relevant document; questions without one are left out and counted."""
    queries = [
        {"_id": "a", "text": "Họp năm nào?", "answers": ["Năm Nhâm Tý", "1912"]},
        {"_id": "b", "text": "Đúng không?", "metadata": {"answer": "Đúng"}},
        {"_id": "c", "text": "Ai?"},
    ]

    code, found, said = imported(capsys, beir(tmp_path / "set", *queries), tmp_path / "set.jsonl")

    assert code == 0
    assert list(found) == ["a", "b"]
    assert [(gold.document, gold.quote) for gold in found["a"].gold] == [("d 1", "1912")]
    assert found["b"].gold == ()
    assert "1 questions without an answer are left out" in said
    assert "stands in no relevant document" in said


def test_a_spreadsheet(tmp_path, capsys):
    """A workbook is imported with its usual Vietnamese names; the wrong row is named as the sheet numbers it."""
    book = Workbook()
    book.active.title = "Hỏi"
    for row in (
        ["Câu hỏi", "Đáp án", "Văn bản", "Trích dẫn"],
        ["Chợ họp năm nào?", "1912", "cho-noi", "họp năm 1912"],
        ["Ai lập chợ?", None, None, None],
        ["Có mấy chợ?", "không có thông tin", None, None],
    ):
        book.active.append(row)
    book.save(tmp_path / "bo.xlsx")

    told = tmp_path / "told.json"

    code, found, said = imported(capsys, tmp_path / "bo.xlsx", tmp_path / "set.jsonl", "--json", str(told))

    assert code == 1
    assert said.startswith(f"{tmp_path / 'bo.xlsx'}, sheet 'Hỏi', row 3: has no answer")
    assert json.loads(told.read_text(encoding="utf-8"))["fault_codes"] == [
        {"line": 3, "reason": "no_answer", "detail": ""}
    ]
    assert found["bo-2"].gold[0].document == "cho-noi"
    assert not found["bo-4"].answerable


def test_columns_of_other_names(tmp_path, capsys):
    """Columns are given by name where theirs are not known; one that is not there is told with those that are."""
    path = tmp_path / "bo.csv"
    path.write_text("Yêu cầu;Phải nói\nChợ họp năm nào?;1912\n", encoding="utf-8-sig")

    code, found, _ = imported(capsys, path, tmp_path / "set.jsonl", "--columns", "question=Yêu cầu,answer=phai noi")
    assert (code, found["bo-2"].must) == (0, (("1912",),))

    assert main(["import", str(path), "--out", str(tmp_path / "no.jsonl")]) == 1
    assert "--columns question=NAME,answer=NAME" in capsys.readouterr().err
    assert (
        main(["import", str(path), "--out", str(tmp_path / "no.jsonl"), "--columns", "question=Yêu cầu,answer=X"]) == 1
    )
    assert "has no column 'X'; it has 'Yêu cầu', 'Phải nói'" in capsys.readouterr().err
    assert not (tmp_path / "no.jsonl").exists()


def test_columns_are_read_from_words():
    """A comma may stand in the name of a column; a field that is not known is refused with those that are."""
    assert columns_of(["question=Câu hỏi,answer=Số, ký hiệu", "id=Mã"]) == {
        "question": "Câu hỏi",
        "answer": "Số, ký hiệu",
        "id": "Mã",
    }
    with pytest.raises(InputError, match="Fields are id, question"):
        columns_of(["reply=Đáp án"])


def test_json_lines(tmp_path, capsys):
    """Lines of our own form are kept, lines with other keys are read as columns, and wrong ones are named by their number."""
    path = tmp_path / "bo.jsonl"
    lines = [
        line(),
        json.dumps({"query": "Mấy thuyền?", "answers": ["30", "ba mươi"]}),
        "{",
        line(id="q3", must="a"),
        line(),
    ]
    path.write_text("\n".join(lines), encoding="utf-8")

    code, found, said = imported(capsys, path, tmp_path / "set.jsonl")

    assert code == 1
    assert found["q1"].must == (("Sở Khoa học và Công nghệ",),)
    assert found["bo-2"].must == (("30", "ba mươi"),)
    assert [f"{path}:{number}: " in said for number in (3, 4, 5)] == [True] * 3


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        # a document by its number, a label by its quote
        (
            {"document": "45/KH-SNN", "quote": "Hỗ trợ 40% chi phí giống"},
            {"document": "trong-sen", "label": "I.2", "quote": "Hỗ trợ 40% chi phí giống"},
        ),
        # a document by the only quote that stands there
        (
            {"quote": "Cấp mã số vùng trồng sen"},
            {"document": "trong-sen", "label": "Phụ lục II, nhiệm vụ 1", "quote": "Cấp mã số vùng trồng sen"},
        ),
        # a quote by the label
        (
            {"document": "trong-sen", "label": "nhiệm vụ 2, cột Thời gian hoàn thành"},
            {
                "document": "trong-sen",
                "label": "Phụ lục II, nhiệm vụ 2, cột Thời gian hoàn thành",
                "quote": "Quý II/2026",
            },
        ),
        ({"document": "trong-sen"}, None),
    ],
)
def test_places_are_looked_up_in_an_index(sources, given, expected):
    """With an index a place needs only what tells it apart."""
    gold = dict.fromkeys(("document", "label", "quote", "beside"), "") | given

    assert complete(gold, sources) == expected


def test_a_quote_that_stands_in_several_places_is_noted(tmp_path, sources):
    """It is kept, without the label of one of them, and whoever wrote it is told to add words."""
    path = tmp_path / "bo.csv"
    path.write_text("Câu hỏi,Đáp án,Văn bản,Trích dẫn\nAi phối hợp?,STC,nong-thon-so,Sở Tài chính\n", encoding="utf-8")

    read = import_sheet(path, sources=sources)

    assert read.questions[0].gold[0].label == "nong-thon-so"
    assert read.notes == [
        f"{path}:2: 'Sở Tài chính' stands in 3 places of nong-thon-so; give words beside it, so that one is meant"
    ]


@pytest.mark.parametrize(
    ("given", "fact"),
    [
        ({"document": "99/KH-ABC", "quote": "sen"}, "no document is called '99/KH-ABC'"),
        ({"document": "trong-sen", "quote": "trồng lúa"}, "'trồng lúa' does not stand in trong-sen"),
        ({"quote": "UBND TỈNH HOA SEN"}, "the quote stands in 2 documents"),
        ({"document": "trong-sen", "label": "nhiệm vụ 7"}, "'nhiệm vụ 7' names 0 places of trong-sen: none"),
    ],
)
def test_places_that_are_not_there(sources, given, fact):
    """What is not there, or not clear, is said."""
    gold = dict.fromkeys(("document", "label", "quote", "beside"), "") | given

    with pytest.raises(InputError, match=fact):
        complete(gold, sources)


@pytest.mark.parametrize(
    ("name", "content", "fact"),
    [
        ("none.csv", None, "there is no such file"),
        ("old.xls", "x", "Save it as an Excel workbook"),
        ("text.doc", "x", "Say what it is:  --as squad|"),
        ("a.json", "{", "is no JSON"),
        ("a.json", "[]", "so it is not in SQuAD form"),
        ("a.csv", "Câu hỏi,Đáp án\n", "no question could be imported"),
    ],
)
def test_what_cannot_be_imported(tmp_path, capsys, name, content, fact):
    """A file that is no set at all ends with 1 and says what to do."""
    path = tmp_path / name
    if content is not None:
        path.write_text(content, encoding="utf-8")

    assert main(["import", str(path), "--out", str(tmp_path / "set.jsonl")]) == 1

    assert fact in capsys.readouterr().err


def test_questions_with_answers_are_no_retrieval_set(tmp_path, capsys):
    """A sheet cannot be written into a folder; the message names the file to give."""
    path = tmp_path / "a.csv"
    path.write_text("Câu hỏi,Đáp án\n?,A", encoding="utf-8")

    assert main(["import", str(path), "--out", str(tmp_path / "folder")]) == 1

    assert f"Give a file:  --out {tmp_path / 'folder'}.jsonl" in capsys.readouterr().err
