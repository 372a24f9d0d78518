"""The checker of question sets: what is a fault, what a remark, and what is said of a sealed set."""

from __future__ import annotations

import json

import pytest

from eval.__main__ import main
from eval.balance import Typing, balance_lines, lopsided, typing_of
from eval.readable import Found, Reader, stands
from eval.set_check import SHOWN, Check, CheckedSet, check_object, report_lines
from eval.similar import alike, asked
from eval.sources import IndexSources, TextSources
from eval.typings import typed
from tests.assistant.small import small_index
from tests.eval.samples import gold, line, question, unanswerable

TEXT = "Nhiệm vụ 9. Chủ trì: Sở Khoa học và Công nghệ. Thời hạn: tháng 10/2025. Phối hợp: các Sở."
LONG = "Cơ quan nào chủ trì xây dựng đề án ứng dụng công nghệ số trong quản lý rừng?"


def checked(*questions, file="a.jsonl", sealed=False, faults=()):
    return CheckedSet(file, questions, faults, sealed=sealed)


def found(*questions, text=TEXT, sealed=False):
    """Return kind and grade of what a check of one set finds, its balance apart."""
    check = Check(TextSources({"phu-luc": text, "khac": "Văn bản khác, có 30 xã."}))
    check.one(checked(*questions, sealed=sealed))
    balance = {"small category", "refusals", "one document"}
    return [(one.kind, one.is_fault) for one in check.findings if one.kind not in balance]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, []),
        ({"category": "odd"}, [("category", False)]),
        ({"gold": (gold("Sở Tài chính"),)}, [("quote", True)]),
        ({"gold": (gold(beside="Sở Tài chính"),)}, [("quote", True)]),
        ({"gold": (gold(document="other"),), "must": ()}, [("no fact", False), ("no document", True)]),
        ({"gold": ()}, [("no place", False)]),
        ({"gold": (), "must": ()}, [("no answer", True)]),
        ({"status": "not_found"}, [("status", True)]),
        # any place that says so would count as cited, unless words beside it tell which is meant
        ({"gold": (gold("Sở"), gold("tháng 10/2025"))}, [("several places", False)]),
        ({"gold": (gold("Sở", beside="Chủ trì"),)}, []),
        # facts
        ({"must": (("Sở Nội vụ",),)}, [("readable nowhere", True)]),
        ({"must": (("Sở Nội vụ", "sở khoa học  và công nghệ"),)}, []),
        ({"must": (("3/13", "3 nhiệm vụ"),)}, [("computed", False)]),
        ({"must": (("ba nhiệm vụ",),)}, [("computed", False)]),
        ({"must": (("30 xã",),)}, [("in another document", False)]),
        ({"must": (("Không nêu",),)}, [("absent", False)]),
        # the number of a document is not computed
        ({"must": (("12/KH-ABC",),)}, [("readable nowhere", True)]),
        # nor is a number part of another
        ({"must": (("tháng 10/20",),)}, [("computed", False)]),
    ],
)
def test_what_is_found_in_one_question(given, expected):
    """Each fault and remark has its kind; a right question has none."""
    assert found(question(**given)) == expected


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ({"text": "ai  chủ trì nhiệm vụ 9?"}, [("asked twice", True)]),
        # the same but for typing is meant, in sets that measure typing
        ({"text": "Ai chu tri nhiem vu 9"}, [("alike", False)]),
        # the same place in other words
        ({"text": "Nhiệm vụ 9 do ai chủ trì vậy?"}, [("alike", False)]),
        # another number is another question
        ({"text": "Ai chủ trì nhiệm vụ 8?", "gold": (gold("tháng 10/2025"),)}, []),
        ({"text": "Ai chủ trì nhiệm vụ 9?", "history": ("Chào bạn, cho hỏi về Phụ lục II của kế hoạch?",)}, []),
    ],
)
def test_questions_that_are_alike(second, expected):
    """Asked twice is a fault, nearly so a remark; other numbers or another history make another question."""
    assert found(question(), question(**{"id": "q2", **second})) == expected


@pytest.mark.parametrize(
    ("text", "place", "kind"),
    [
        # the same, without diacritics
        ("co quan nao chu tri xay dung de an ung dung cong nghe so trong quan ly rung", "Sở Khoa học", "leak"),
        # one word more, the same place
        (f"Hãy cho biết {LONG}", "Sở Khoa học", "leak"),
        # nearly the same words, but they rest elsewhere: another agency, another matter
        (LONG.replace("rừng", "nước"), "tháng 10/2025", "alike"),
        # the same place, but asked for otherwise
        ("Ai lo việc số hóa ngành lâm nghiệp?", "Sở Khoa học", None),
    ],
)
def test_leaks_between_sets(text, place, kind):
    """What something was trained on must not be asked again: the same question, or the same place in much the same words."""
    check = Check(TextSources({"phu-luc": TEXT}))
    ours = checked(question(text=LONG, gold=(gold("Sở Khoa học"),)))
    theirs = checked(question(id="t1", text=text, gold=(gold(place),)), file="train.jsonl")

    check.against(ours, theirs, leak=True)

    assert [(one.kind, one.is_fault) for one in check.findings] == ([(kind, kind == "leak")] if kind else [])
    assert all("t1 of train.jsonl" in one.fact for one in check.findings)


def test_unanswerable_questions_leak_by_their_words():
    """Where there is no place, nearly the same words with the same numbers are enough."""
    check = Check(TextSources({"phu-luc": TEXT}))
    theirs = checked(unanswerable(text=LONG.replace("quản lý", "trông coi")), file="train.jsonl")

    check.against(checked(unanswerable(text=LONG)), theirs, leak=True)

    assert [one.kind for one in check.findings] == ["leak"]


def test_a_sealed_set_is_told_by_ids_alone():
    """Nothing that is printed or written holds a word of its questions, facts or quotes, nor of those they are like."""
    wrong = question(text=LONG, must=(("Sở Nội vụ",),), gold=(gold("Sở Tài chính"),))
    sealed = checked(wrong, question(id="q2", text=f"Xin hỏi {LONG}", gold=wrong.gold), sealed=True)
    check = Check(TextSources({"phu-luc": TEXT}))

    check.one(sealed)
    check.against(sealed, checked(wrong, file="train.jsonl"), leak=True)

    said = "\n".join(report_lines(check.findings)) + json.dumps(
        check_object([sealed], check.findings), ensure_ascii=False
    )
    assert {"quote", "readable nowhere", "alike", "leak"} <= {one.kind for one in check.findings}
    assert [word for word in ("rừng", "Nội vụ", "Tài chính") if word in said] == []
    assert "q2" in said


def test_many_findings_are_cut_on_the_screen():
    """Of a kind the first are shown, and how many more there are."""
    check = Check(TextSources({"phu-luc": TEXT}))
    check.one(
        checked(*(question(id=f"q{n}", text=f"Hỏi {n}?", gold=(gold("Sở X"),), must=()) for n in range(SHOWN + 5)))
    )

    lines = list(report_lines(check.findings))

    assert f"FAULT, quote ({SHOWN + 5}):" in lines
    assert "  … and 5 more; --json OUT has them all" in lines


def test_places_of_facts_are_told_apart_with_an_index(tmp_path):
    """A fact in the row that is cited is nearer than one elsewhere in the document; the row is known to an index."""
    reader = Reader.of(IndexSources(small_index(tmp_path)))
    cited = question(gold=(gold("Cấp mã số vùng trồng sen", document="trong-sen"),))

    assert reader.where(cited, ("Chi cục Trồng trọt",)) is Found.PLACE
    assert reader.where(cited, ("350 ha",)) is Found.DOCUMENT
    assert reader.where(cited, ("80% thôn, bản",)) is Found.ELSEWHERE


@pytest.mark.parametrize(
    ("form", "expected"), [("nhiệm vụ 9", True), ("nhiệm vụ", True), ("vụ 9. chủ", True), ("10/202", False)]
)
def test_words_stand_as_they_do_in_answers(form, expected):
    """A fact is read in a document as it is in an answer: whole words and numbers."""
    assert stands("nhiệm vụ 9. chủ trì: tháng 10/2025", form) is expected


def test_likeness_by_hand():
    """The share of words that both have: {a, b, c} and {b, c, d} share two of four; every pair comes once, and none with itself."""
    items = [asked(question(text=text)) for text in ("mai lan cúc", "lan cúc trúc", "MAI, lan: cuc!", "")]

    assert [(pair.first, pair.second, pair.likeness) for pair in alike(items, least=0.4)] == [
        (0, 1, 0.5),
        (0, 2, 1.0),
        (1, 2, 0.5),
    ]
    assert [(pair.first, pair.second) for pair in alike(items[:1], items[1:], least=0.9)] == [(0, 1)]
    assert list(alike([], items, least=0.4)) == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Nhiệm vụ 9 Phụ lục II, V", {"9", "ii", "v"}),
        # typed small, only those that are no syllables
        ("phu luc iii vi sao", {"iii"}),
    ],
)
def test_numbers_of_a_question(text, numbers):
    """Figures and Roman numbers tell questions apart; "vi" is a word."""
    assert asked(question(text=text)).numbers == numbers


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("none", Typing.NONE),
        ("telex", Typing.KEYS),
        ("vni", Typing.KEYS),
        ("residue", Typing.KEYS),
        (None, Typing.FULL),
    ],
)
def test_typings_are_told(kind, expected):
    """A question is told from how it was spoilt."""
    text = "Thời hạn hoàn thành việc cấp mã số vùng trồng sen là khi nào?"

    assert typing_of(typed(kind, "q1", text) if kind else text) is expected


def test_other_typings():
    """Half of the words without diacritics, and another language."""
    assert typing_of("thoi han hoàn thành viec cap ma so") is Typing.HALF
    assert typing_of("Which department leads task 9?") is Typing.FOREIGN
    assert typing_of("???") is Typing.FOREIGN


def test_balance():
    """Categories, answers, documents and typings are counted, and what is lopsided is said."""
    questions = [question(id=f"q{n}") for n in range(11)]
    questions += [question(id="e", category="english", text="Who leads the task?", gold=(gold(document="khac"),))]

    lines = list(balance_lines(questions))

    assert "| table_lookup | 11 | 11 | 0 | 11 | 0 | 0 | 0 | 0 |" in lines
    assert "| **total** | 12 | 12 | 0 | 11 | 0 | 0 | 0 | 1 |" in lines
    assert "| phu-luc | 11 | 11 | 0 |" in lines
    assert list(lopsided(questions)) == [
        ("small category", "english has 1 questions, fewer than 10"),
        ("refusals", "0 of 12 questions have no answer, which is few"),
        ("one document", "11 of 12 questions with a place rest on phu-luc"),
    ]


def test_check_from_the_command_line(tmp_path, capsys):
    """Faults end with 1, remarks with 0; broken lines are named and the others checked; the JSON holds all."""
    (tmp_path / "phu-luc.txt").write_text(TEXT, encoding="utf-8")
    good, broken, out = tmp_path / "good.jsonl", tmp_path / "broken.jsonl", tmp_path / "out.json"
    good.write_text(line(), encoding="utf-8")
    broken.write_text(f"{{\n{line(category='odd')}\n", encoding="utf-8")
    documents = ["--documents", str(tmp_path)]

    assert main(["check", "--questions", str(good), *documents]) == 0
    assert "1 questions in 1 files, 0 faults, " in capsys.readouterr().out
    assert main(["check", "--questions", str(good), "--against", str(good), *documents]) == 1
    assert "1 questions, 100 %, are known to the sets compared with" in capsys.readouterr().out
    assert main(["check", "--questions", str(good), str(broken), *documents, "--json", str(out)]) == 1

    report = json.loads(out.read_text(encoding="utf-8"))
    assert [fault["kind"] for fault in report["faults"]] == ["id", "line", "asked twice"]
    assert f"{broken}:1: is no JSON" in report["faults"][1]["fact"]
    assert report["sets"][0]["balance"] == [
        {"category": "table_lookup", "answerable": True, "document": "phu-luc", "typing": "full", "questions": 1}
    ]
