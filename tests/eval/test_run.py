"""The run: asking, counting, reporting, comparing."""

from __future__ import annotations

import json

import pytest

from eval.adapters import Adapted, RecordedAnswers, read_answers
from eval.baseline import PIECE, PasteBaseline
from eval.compare import compare_rows, comparison_lines, comparison_report, load_report, rows_by_id
from eval.run import (
    ASSISTANT,
    BASELINE,
    ask_all,
    count_by_category,
    count_scores,
    misses,
    report,
    table,
)
from eval.run_measures import lines as measure_lines
from indexer.errors import InputError
from tests.eval.samples import ROW, question, record, score, unanswerable


class Parrot:
    """Answers by id from a dict, and remembers what it was asked."""

    def __init__(self, answers):
        self.answers = answers
        self.asked = []

    def record(self, asked):
        """Return the record kept for this id."""
        self.asked.append(asked)
        return self.answers[asked["id"]]


def test_every_question_is_asked_with_its_history_in_order():
    """The answerer gets the batch object of each question, and each outcome keeps question, record and score."""
    parrot = Parrot({"q1": record(), "q2": record("Không có.", status="not_found", citations=[])})
    questions = [question(history=("Nhiệm vụ 8?",)), unanswerable(id="q2")]

    outcomes = ask_all(questions, parrot, texts={"phu-luc": ROW})

    assert [asked["history"] for asked in parrot.asked] == [[{"question": "Nhiệm vụ 8?"}], []]
    assert [outcome.score.right for outcome in outcomes] == [True, True]


def test_counts():
    """Facts, citations and wrong refusals are counted over what can be answered, right refusals over the rest."""
    counts = count_scores(
        [
            score("a"),
            score("b", right=False),
            score("c", right=False, declined=True),
            score("d", answerable=False, declined=True),
            score("e", answerable=False, right=False),
        ]
    )

    assert (counts.count, counts.answerable, counts.unanswerable) == (5, 3, 2)
    assert (counts.facts, counts.citations, counts.both) == (1, 1, 1)
    assert (counts.declined_right, counts.declined_wrongly, counts.right) == (1, 1, 2)


def test_categories_keep_their_order():
    """Categories stand in the order of their first question."""
    scores = [score(category="b"), score(category="a"), score(category="b")]

    assert {name: counts.count for name, counts in count_by_category(scores).items()} == {"b": 2, "a": 1}


def systems():
    questions = [question(), question(id="q2"), unanswerable(id="q3")]
    wrong = record("Sở Tài chính", citations=[])
    ours = Parrot({"q1": record(), "q2": wrong, "q3": record(status="not_found")})
    theirs = Parrot({"q1": wrong, "q2": wrong, "q3": wrong})
    return {ASSISTANT: ask_all(questions, ours), BASELINE: ask_all(questions, theirs)}


def test_the_table_shows_both_systems_with_intervals():
    """The report has a row a category, the totals with intervals, and the difference to the baseline."""
    lines = list(table(systems()))

    assert "| table_lookup | 2 | 1/2 50% | 1/2 50% | 1/2 50% | – | 0/2 0% | 1/2 50% | 1/2 50% |" in lines
    assert "| unanswerable | 1 | – | – | – | 1/1 100% | – | 1/1 100% | – |" in lines
    assert any(line.startswith("| assistant | 1/2 0.500 [0.095, 0.905]") for line in lines)
    tests = [line for line in lines if line.startswith("| baseline | ")]
    assert any(line.startswith("| baseline | right | 3 | +0.667 [") for line in tests)
    assert any(line.endswith("| 1 | 0 | 1.0000 | 1.0000 |") and "| headline | 2 | +0.500 [" in line for line in tests)


def test_misses_show_answer_reason_and_gold():
    """A wrong question is listed with its answer, why it is wrong and where the answer stands; a right one is not."""
    text = "\n".join(misses(systems()[ASSISTANT]))

    assert "q1" not in text
    assert "✗ q2 (table_lookup): Ai chủ trì nhiệm vụ 9?" in text
    assert "answer (answered): Sở Tài chính" in text
    assert "because: fact missing: Sở Khoa học và Công nghệ" in text
    assert "gold: phu-luc, Phụ lục II, nhiệm vụ 9: Sở Khoa học và Công nghệ" in text


def test_a_report_can_be_compared(tmp_path):
    """What run writes, compare reads: gains, losses, questions of one run alone, and the sign test."""
    path = tmp_path / "run.json"
    path.write_text(json.dumps(report(systems(), files=["set.jsonl"])), encoding="utf-8")

    before, after = load_report(path, BASELINE), load_report(path, ASSISTANT)
    found = compare_rows(before, after)

    assert load_report(path, None) == after  # the first system of a file
    assert (found.gained, found.lost, found.right_before, found.right_after) == (("q1", "q3"), (), 0, 2)
    lines = list(comparison_lines(before, after))
    assert "gained 2, lost 0; exact McNemar (sign) test p = 0.5000" in lines
    assert any("gained q1: Ai chủ trì nhiệm vụ 9?" in line for line in lines)
    told = comparison_report(before, after)
    assert [(one["id"], one["category"]) for one in told["gained"]] == [("q1", "table_lookup"), ("q3", "unanswerable")]
    assert (told["common"], told["lost"], told["p"], told["difference"]["value"]) == (3, [], 0.5, pytest.approx(2 / 3))
    del after["q3"]
    assert comparison_report(before, {})["difference"] is None
    assert list(comparison_lines(before, after))[-1] == "only before: q3"
    assert list(comparison_lines(before, {})) == ["The two runs have no question in common."]


def test_a_row_tells_what_a_person_needs_to_judge_an_answer():
    """A row has what was understood and answered, what is missing and too much, both places and the steps."""
    told = record("Sở Tài chính, không phải Sở Y tế", understood="ai chủ trì?", trace=["một bước"])
    outcomes = ask_all([question(must_not=("Sở Y tế",))], Parrot({"q1": told}))

    (row,) = report({ASSISTANT: outcomes}, files=[])["systems"][ASSISTANT]["rows"]

    assert (row["missing"], row["forbidden"], row["pasted"]) == (["Sở Khoa học và Công nghệ"], ["Sở Y tế"], False)
    assert (row["understood"], row["trace"]) == ("ai chủ trì?", ["một bước"])
    assert row["places"][0]["quote"] == row["gold"][0]["quote"] == "Sở Khoa học và \n\nCông nghệ"
    assert (row["gold"][0]["reached"], row["gold"][0]["start"]) == (True, None)


def test_a_report_sums_up_measures_and_is_the_same_twice():
    """A system has its measures, a row its own; an answer that is missing counts as 0 and is told; nothing depends on chance."""
    badly = question(id="q2", text="ai chu tri", well_typed="Ai chủ trì")
    questions = [question(), badly, question(id="q3"), unanswerable(id="q4")]
    error = record("", status="error", citations=[], elapsed_ms=None)
    answers = {
        "q1": record(confidence=0.9),
        "q2": record("Sở Tài chính", understood="ai chủ trì?", confidence=0.4),
        "q3": error,
        "q4": record(status="not_found", confidence=0.1),
    }

    found = report({ASSISTANT: ask_all(questions, Parrot(answers))}, files=[])

    system = found["systems"][ASSISTANT]
    measures = system["measures"]
    assert (found["format"], found["kind"], measures["unanswered"], measures["weighed"]) == (2, "answers", 1, 3)
    assert measures["graded"]["unit_recall"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert measures["understanding"] == {"count": 1, "restored": 1, "interval": [0.2065, 1.0], "syllables": 1.0}
    assert (measures["latency"]["count"], measures["refusal"]["declined_right"]) == (3, 1.0)
    assert [row["confidence"] for row in system["rows"]] == [0.9, 0.4, None, 0.1]
    assert system["rows"][1]["read_right"] == 1
    assert system["rows"][2]["measures"]["unit_precision"] == 0
    again = report({ASSISTANT: ask_all(questions, Parrot(answers))}, files=[])
    assert {**again, "memory_peak_mib": None} == {**found, "memory_peak_mib": None}
    assert any("1 questions without an answer" in line for line in measure_lines(found))


def test_a_comparison_names_classes_and_measures(tmp_path):
    """Per category gains, losses and Holm's correction; each measure with its own test; what the set can show in words."""
    ours, theirs = (rows_by_id(report(systems(), files=[])["systems"][name]["rows"]) for name in (ASSISTANT, BASELINE))

    told = comparison_report(theirs, ours)

    assert [(one["category"], one["gained"], one["lost"], one["p"], one["p_holm"]) for one in told["by_category"]] == [
        ("table_lookup", 1, 0, 1.0, 1.0),
        ("unanswerable", 1, 0, 1.0, 1.0),
    ]
    assert (told["graded"]["unit_recall"]["count"], told["graded"]["unit_recall"]["value"]) == (2, 0.5)
    assert (told["smallest"]["changed"], told["smallest"]["net"]) == (2, None)
    text = "\n".join(comparison_lines(theirs, ours))
    assert "at least 6 have to change" in text
    assert "table_lookup (2): gained 1, lost 0; p = 1.0000, after Holm's correction for 2 categories 1.0000" in text
    assert "unit recall (2): +0.500" in text


def test_a_sealed_report_tells_nothing_of_the_questions():
    """With ``sealed`` a row says which question was right, and neither what was asked nor what was answered."""
    found = report(systems(), files=[], sealed=True)

    assert found["systems"][ASSISTANT]["rows"][0] == {
        "id": "q1",
        "category": "table_lookup",
        "right": True,
        "answerable": True,
    }
    assert "Sở" not in json.dumps(found, ensure_ascii=False)


def test_a_brief_report_has_sums_and_tests_alone():
    """With ``brief`` there is no row, but the totals, and the first system tested against the other by right and by headline."""
    found = report(systems(), files=[], brief=True)

    assert found["systems"][ASSISTANT]["rows"] == []
    assert (found["systems"][ASSISTANT]["total"]["headline"], found["systems"][ASSISTANT]["total"]["count"]) == (1, 3)
    tests = [(one["other"], one["measure"], one["count"], one["gained"], one["lost"]) for one in found["tests"]]
    assert tests == [(BASELINE, "right", 3, 2, 0), (BASELINE, "headline", 2, 1, 0)]
    assert "Sở" not in json.dumps(found, ensure_ascii=False)


def test_progress_is_told_to_programs(capsys):
    """In the form "json" stderr has a line before the first question and one after each."""
    ask_all([question(), question(id="q2")], Parrot({"q1": record(), "q2": record()}), name="a", progress="json")

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert lines == [{"name": "a", "done": done, "total": 2} for done in range(3)]


@pytest.mark.parametrize(
    ("content", "fact"),
    [
        (None, "No such file"),
        ("{", "is no JSON"),
        ("[]", '"systems" is missing'),
        ('{"systems": {"other": {"rows": []}}}', "holds no 'assistant', but other"),
        ('{"systems": {"assistant": {"rows": [{"id": "a"}]}}}', "its rows are not those of a run"),
    ],
)
def test_a_file_that_is_no_report_is_refused(tmp_path, content, fact):
    """A file that run did not write is refused with place, fact and next step."""
    path = tmp_path / "run.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")

    with pytest.raises(InputError) as caught:
        load_report(path, ASSISTANT)

    assert str(caught.value).startswith(str(path))
    assert fact in str(caught.value)
    assert "\n  " in str(caught.value)


def test_answers_made_before_can_be_scored(tmp_path):
    """Records of a batch are found by id; a question nobody answered still counts, as an error."""
    path = tmp_path / "answers.jsonl"
    path.write_text(json.dumps(record()) + "\n\n", encoding="utf-8")

    outcomes = ask_all([question(), question(id="q2")], Adapted(RecordedAnswers(read_answers(path)), {"phu-luc": ROW}))

    assert [outcome.score.right for outcome in outcomes] == [True, False]
    assert outcomes[1].score.reasons == ("status error instead of answered",)


@pytest.mark.parametrize(
    ("second", "fact"), [("{", "is no JSON"), ("[]", "is no answer record"), ("{}", '"id" is missing')]
)
def test_a_broken_answer_is_named(tmp_path, second, fact):
    """A line that is no record is refused with file and line."""
    path = tmp_path / "answers.jsonl"
    path.write_text(f"{json.dumps(record())}\n{second}\n", encoding="utf-8")

    with pytest.raises(InputError) as caught:
        read_answers(path)

    assert str(caught.value).startswith(f"{path}:2: ")
    assert fact in str(caught.value)


def test_the_baseline_pastes_the_best_piece():
    """The baseline answers with the piece that shares most with the question, whole, and cites its place."""
    text = "Sở Tài chính lo kinh phí. ".ljust(PIECE, ".") + "Sở Y tế chủ trì nhiệm vụ chín."

    found = PasteBaseline({"a": "Không liên quan.", "b": text}).record(
        {"id": "q", "question": "Ai chủ trì nhiệm vụ chín?"}
    )

    (cited,) = found["citations"]
    assert found["answer"] == cited["quote"] == text[cited["start"] : cited["end"]] == "Sở Y tế chủ trì nhiệm vụ chín."
    assert (cited["document"], found["status"]) == ("b", "answered")


def test_the_baseline_answers_words_it_does_not_know():
    """A question that shares no word with the documents gets a piece all the same: the baseline never declines."""
    found = PasteBaseline({"a": "Sở Y tế chủ trì."}).record({"id": "q", "question": "zzz ???"})

    assert found["status"] == "answered"
