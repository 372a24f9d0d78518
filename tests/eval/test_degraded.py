"""Systems that are worse on purpose are told from the good one, and by what they are worse at."""

from __future__ import annotations

import random

import pytest

from eval.degraded import PagePaster, Refuser, with_wrong_numbers, wrong_number
from eval.figures import unfounded_figures
from eval.measures import score_record
from eval.prove import Trial, corrected, lines, prove, report
from eval.run import Outcome, ask_all
from indexer.index import Index
from indexer.ranking import RankingPart
from indexer.types import Span
from tests.assistant.small import small_index
from tests.eval.samples import ROW, citation, gold, question, record, unanswerable
from tests.fakes import FakeEncoder

TEXTS = {"phu-luc": ROW}


def outcome(asked, told):
    return Outcome(asked, told, score_record(asked, told, TEXTS))


def test_a_wrong_number_is_one_other_digit():
    """One digit of one figure changes; marks of citations stay, and an answer without a figure has none to change."""
    answer = "Nhiệm vụ 9, hạn 10/2025 [1][2]."

    for seed in range(30):
        changed = wrong_number(answer, random.Random(seed))  # noqa: S311
        assert len(changed) == len(answer)
        assert sum(one != other for one, other in zip(answer, changed, strict=True)) == 1
        assert changed.endswith("[1][2].")
    assert wrong_number("Sở Y tế chủ trì [1].", random.Random(0)) is None  # noqa: S311


def test_a_share_of_the_answers_gets_a_wrong_number():
    """Of 40 answers 5 % are two, the same ones for the same seed; what declines is left alone."""
    good = [outcome(question(id=f"q{n}"), record()) for n in range(39)]
    good.append(outcome(unanswerable(id="no"), record("Không có 9.", status="not_found")))

    changed, spoilt = with_wrong_numbers(good, TEXTS)

    differing = {a.question.id for a, b in zip(good, changed, strict=True) if a.record != b.record}
    assert differing == spoilt
    assert len(spoilt) == 2
    assert "no" not in spoilt
    assert with_wrong_numbers(good, TEXTS)[1] == spoilt
    assert with_wrong_numbers(good, TEXTS, seed=1)[1] != spoilt


@pytest.mark.parametrize(
    ("answer", "given", "unfounded"),
    [
        # in the cited row, other zeros, and the number of the task from the question
        ("Nhiệm vụ 9: tháng 10 năm 2025 [1].", {}, ()),
        ("Nhiệm vụ 9: tháng 11 năm 2025 [1].", {}, ("11",)),
        # of the document's own number, and of its letterhead
        ("Theo Kế hoạch 45/KH, ngày 05/3 [1].", {"number": "45/KH", "label": "ngày 5 tháng 3"}, ()),
        # a mark is no figure; one place is cited, and may be counted
        ("Có 1 nhiệm vụ [1].", {}, ()),
        ("Có 3/13 nhiệm vụ [1].", {}, ("3", "13")),
    ],
)
def test_figures_that_nothing_cited_has(answer, given, unfounded):
    """A figure stands in what is cited, in the question, or counts what is shown; any other is told."""
    assert unfounded_figures(question(), record(answer, citations=[citation(**given)])) == unfounded
    assert unfounded_figures(question(), record(answer, status="not_found")) == ()


def test_who_declines_everything_has_no_headline():
    """Declining is right where there is no answer, and earns nothing of the headline."""
    answered, declined = ask_all([question(), unanswerable(id="q2")], Refuser(), texts=TEXTS)

    assert (answered.score.headline, answered.score.right, declined.score.right) == (False, False, True)


def test_who_pastes_pages_has_no_headline():
    """A page with the fact in it, each of its places cited word for word, is neither short nor, for a list, as short as a list is."""
    padding = "Nội dung khác của trang này. " * 60
    text = f"{ROW}\n{padding}"
    paster = PagePaster({"phu-luc": text}, {"phu-luc": [Span(0, len(ROW)), Span(len(ROW) + 1, len(text))]})
    asked = [question(), question(id="q2", category="list_count")]

    one, listed = ask_all(asked, paster, texts={"phu-luc": text})

    assert "Sở Khoa học" in one.record["answer"]
    assert (one.score.citations, one.score.headline) == (True, False)
    assert (listed.score.both, listed.score.headline) == (True, False)


def trial(lost, gained, *, kept=5):
    good = (
        {f"l{n}": True for n in range(lost)}
        | {f"g{n}": False for n in range(gained)}
        | {f"k{n}": True for n in range(kept)}
    )
    worse = {id_: id_[0] != "l" for id_ in good}
    return Trial("worse", "right", good, worse, {id_: "lists" if id_[0] == "l" else "facts" for id_ in good})


def test_a_trial_counts_what_is_lost_and_how_likely_chance_is():
    """The exact test of 10 lost and none gained, corrected for how many comparisons there are; the class that loses is named."""
    found = trial(10, 0)

    assert corrected([found]) == [2 * 0.5**10]
    assert corrected([found, trial(12, 0)]) == [2 * 0.5**10, 2 * 2 * 0.5**12]
    assert found.told_apart(0.04)
    assert not found.told_apart(0.06)
    assert found.classes() == [("lists", 10)]
    assert not trial(0, 10).told_apart(0.001)  # better is not worse
    assert any("| yes | lists −10 |" in line for line in lines([found, found]))
    assert report([found, found])["trials"][0]["lost"] == [f"l{n}" for n in range(10)]


def test_the_proof_over_a_small_corpus(tmp_path):
    """Every worse system is asked the same questions; refusals off loses what is not in the documents, the refuser the rest."""
    from assistant.service import Assistant

    directory = small_index(tmp_path).directory

    def open_with(*, without):
        ranking = [part for part in without if part in set(RankingPart)]
        index = Index.open(directory, encoder=FakeEncoder(), without=ranking)
        return Assistant(index, without=[part for part in without if part not in ranking])

    task = gold("Trung tâm Khuyến nông", document="trong-sen", beside="Thí điểm tưới tiết kiệm")
    asked = [
        question(
            text="Ai chủ trì nhiệm vụ 2 của Kế hoạch 45/KH-SNN?", must=(("Trung tâm Khuyến nông",),), gold=(task,)
        ),
        unanswerable(id="q2", text="Mức phạt vi phạm vùng trồng sen là bao nhiêu?"),
    ]

    good, *others = prove(open_with, asked)

    assert good.good == {"q1": True, "q2": True}
    lost = {(one.name, one.measure): one.lost for one in others}
    assert lost["without refusal", "right"] == ("q2",)
    assert lost["declines everything", "right"] == ("q1",)
    assert lost["pastes pages", "right"] == ("q2",)
    assert set(dict(lost)) >= {("without rerank", "right"), ("without rerank", "first place found")}
