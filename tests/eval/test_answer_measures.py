"""Citations, lists, confidence, reading and time: each measure worked by hand."""

from __future__ import annotations

import pytest

from eval.answer_measures import Measured, measure_answer
from eval.confidence import Judged, calibration_error, operating_point, refusal_curve, reliability
from eval.excerpts import excerpts
from eval.latency import latency
from eval.measures import locate
from eval.question_set import Gold
from eval.understanding import read_right
from tests.eval.samples import citation, gold, question, record, unanswerable

TEXT = "1. Sở Y tế chủ trì.\n2. Sở Nội vụ chủ trì.\n3. Sở Tài chính phối hợp."
UNITS = TEXT.split("\n")


def cited(unit, quote=None, **given):
    """Return a citation of the unit number *unit* of TEXT, whole or of *quote*."""
    text = UNITS[unit - 1]
    start = TEXT.index(quote or text)
    return citation(
        quote or text, text=text, document="a", **{"start": start, "end": start + len(quote or text), **given}
    )


def measures(asked, given, **changes):
    """Return the measures of an answer with the citations *given*."""
    answer = record(changes.pop("answer", "Có [1]."), citations=given, **changes)
    return measure_answer(asked, answer, {"a": TEXT}, lambda one: locate(one, TEXT))


def weighed(confidence, *, answerable=True, declined=False, right=True):
    return Judged(confidence, answerable, declined, right)


TWO = question(
    category="list_count",
    must=(("Sở Y tế",), ("Sở Nội vụ", "SNV")),
    gold=(gold("Sở Y tế", document="a"), gold("Sở Nội vụ", document="a")),
)


def test_units_are_counted_once_and_places_all():
    """Of three cited units one is right, though cited twice; of two places one is held."""
    found = measures(TWO, [cited(1), cited(1, "Y tế"), cited(3), cited(2, start=0, end=3)])

    assert (found.unit_precision, found.unit_recall) == (1 / 3, 1 / 2)


def test_spans_are_counted_in_letters():
    """The words "SởYtế" and "SởNộivụ" are 5 + 7 letters; "Sở Y tế chủ trì." is 12 letters, 5 of them wanted."""
    found = measures(TWO, [cited(1, "Sở Y tế chủ trì.")])

    assert (found.span_precision, found.span_recall) == (5 / 12, 5 / 12)


def test_a_quote_without_offsets_is_looked_up():
    """An answer of another system may cite words alone; words that stand nowhere are cited for nothing."""
    found = measures(
        TWO,
        [cited(1, "Sở Y tế", start=None, end=None), citation("không có", text="không có", document="a", start=None)],
    )

    assert (found.span_precision, found.span_recall) == (5 / (5 + 7), 5 / 12)


def test_any_of_several_places_will_do():
    """With ``any_gold`` one place is all there is to find."""
    asked = question(must=(("Sở Y tế",),), gold=TWO.gold, any_gold=True)

    assert measures(asked, [cited(1, "Sở Y tế")]) == Measured(1.0, 1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        # both stated, no line too many
        ("Gồm:\n- Sở Y tế [1]\n- SNV [2]", (1.0, 1.0)),
        # a third line is not wanted
        ("Gồm:\n- Sở Y tế\n- Sở Tài chính [3]\n- Sở Nội vụ", (2 / 3, 1.0)),
        # a line that states no fact, but cites a place of the gold
        ("1. Việc thứ hai [2]", (1.0, 0.0)),
        # no lines: as precise as what is cited, two of three
        ("Sở Y tế chủ trì [1].", (2 / 3, 1 / 2)),
    ],
)
def test_a_list_is_measured_by_its_lines(answer, expected):
    """Item precision is over the lines of the list, item recall over the facts."""
    found = measures(TWO, [cited(1), cited(2), cited(3)], answer=answer)

    assert (found.item_precision, found.item_recall) == expected


def test_what_was_not_answered_counts_as_nothing():
    """A refusal, an error and an answer without citations have 0 in every measure; what cannot be answered has none."""
    nothing = Measured(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)

    assert measures(TWO, [cited(1)], status="not_found") == nothing
    assert measures(TWO, None, status="error") == nothing
    assert measures(TWO, []) == nothing
    assert measures(unanswerable(), [cited(1)]) == Measured()


def test_a_place_that_is_not_found_counts_as_missed():
    """A gold place in a document that is not there is missed, letter for letter."""
    asked = question(gold=(gold("Sở Y tế", document="a"), gold("Sở Y tế", document="b")))

    found = measure_answer(
        asked,
        record(citations=[cited(1, "Sở Y tế")]),
        {"a": TEXT},
        lambda one: locate(one, TEXT) if one.document == "a" else None,
    )

    assert (found.span_precision, found.span_recall) == (1.0, 1 / 2)


def test_reliability():
    """Answers are binned by confidence; refusals and answers without confidence are not."""
    judged = [
        weighed(0.95),
        weighed(1.0, right=False),
        weighed(0.31),
        weighed(0.1, declined=True, right=False),
        weighed(None),
    ]

    low, high = bins = reliability(judged)

    assert (low["low"], low["count"], low["right"]) == (0.3, 1, 1.0)
    assert (high["high"], high["count"], high["confidence"], high["right"]) == (1.0, 2, 0.975, 0.5)
    assert calibration_error(bins) == round((1 * 0.69 + 2 * 0.475) / 3, 4)
    assert calibration_error([]) is None


def test_the_curve_of_refusing():
    """A threshold refuses what has less confidence, and leaves what has none as it is."""
    judged = [
        weighed(0.1, answerable=False, declined=True),
        weighed(0.6, answerable=False, right=False),
        weighed(0.3, declined=True, right=False),
        weighed(0.5),
        weighed(None),
        weighed(0.9, right=False),
    ]

    zero, half, high = refusal_curve(judged, (0.0, 0.5, 0.7))

    assert zero == {"threshold": 0.0, "declined_right": 0.0, "declined_wrongly": 0.0, "kept": 1.0, "let_through": 1.0}
    assert half == {"threshold": 0.5, "declined_right": 0.5, "declined_wrongly": 0.25, "kept": 1.0, "let_through": 1.0}
    assert high == {"threshold": 0.7, "declined_right": 1.0, "declined_wrongly": 0.5, "kept": 0.5, "let_through": 0.5}
    assert operating_point(judged) == {"declined_right": 0.5, "declined_wrongly": 0.25}
    assert operating_point([]) == {"declined_right": None, "declined_wrongly": None}


@pytest.mark.parametrize(
    ("understood", "share"),
    [
        ("Ai chủ trì nhiệm vụ 9?", 1.0),
        # case, punctuation and the place of the tone mark do not count
        ("ai chủ trì nhiệm vụ 9", 1.0),
        # one syllable of six is misread
        ("Ai chú trì nhiệm vụ 9?", 5 / 6),
        # one too many of seven
        ("Ai chủ trì các nhiệm vụ 9?", 6 / 7),
        # an abbreviation written out is no mistake
        ("Ai chủ trì nv 9?", 1.0),
        ("", 0.0),
    ],
)
def test_how_much_was_read_right(understood, share):
    """The share of syllables that were read right, in their order."""
    assert read_right(understood, "Ai chủ trì nhiệm vụ 9?") == pytest.approx(share)


def test_reading_ignores_where_the_tone_mark_stands():
    """The syllables "hoà" and "hòa" are one syllable; a question without syllables is read right."""
    assert read_right("Hoà Bình", "Hòa Bình") == 1
    assert read_right("", "?") == 1


def test_latency():
    """Percentiles are those of the told times; the last bin has no end."""
    found = latency([1.5, 2.5, 2.5, None, 20_000.0])

    assert (found["count"], found["p50"], found["max"]) == (4, 2.5, 20_000.0)
    assert found["bins"][:2] == [[1, 2, 1], [2, 3, 2]]
    assert found["bins"][-1] == [10_000, None, 1]
    assert latency([None]) is None


def test_excerpts_hold_the_places_of_misses_alone():
    """Windows around places of wrong questions are joined where they touch, and are slices of the document."""
    text = " ".join(f"từ{number}" for number in range(2_000))

    def place(start, length=5):
        return {"document": "a", "start": start, "end": start + length}

    rows = [
        {
            "right": False,
            "gold": [place(2_000), {"document": "b", "start": None, "end": None}],
            "places": [place(2_300)],
        },
        {"right": False, "gold": [], "places": [place(8_000)]},
        {"right": True, "gold": [place(5_000)], "places": []},
    ]

    found = excerpts(rows, {"a": text, "b": text})

    assert list(found) == ["a"]
    (first, words), (second, _) = found["a"]
    assert text[first : first + len(words)] == words
    assert first <= 2_000
    assert first + len(words) >= 2_305
    assert second <= 8_000


def test_the_gold_of_samples_stands_in_its_row():
    """The factory's gold is a place, so that the tests above measure something."""
    assert locate(Gold("a", "", "Sở Y tế"), TEXT) is not None
