"""Speed: the arithmetic and the child processes, with work that is known."""

from __future__ import annotations

import pytest

from eval.speed import Measured, _child, lines, measure_questions, question_floor, report
from eval.speed_child import loaded, peak_memory
from indexer.errors import StoreError
from tests.eval.samples import question, record
from tests.fakes import FakeEncoder


class Counting:
    """Answers at once and counts."""

    def __init__(self):
        self.asked = 0

    def record(self, asked):
        """Return a record, whatever is asked."""
        assert asked["id"]
        self.asked += 1
        return record()


def test_ratio():
    """A ratio is ours by the floor, and none where there is no floor."""
    assert Measured("a", "s", 3.0, 2.0).ratio == 1.5
    assert Measured("a", "s", 3.0).ratio is None
    assert Measured("a", "s", 3.0, 0.0).ratio is None


def test_every_question_is_asked_once_after_the_warm_up():
    """Each question is asked once, its floor covers the history, and every category has its percentiles."""
    answerer, floor = Counting(), []
    questions = [question(), question(id="q2", category="english", history=("a", "b"))]

    measured = measure_questions(questions, answerer, floor.append, [question(id="w")])

    assert answerer.asked == 3
    assert floor[1:] == ["Ai chủ trì nhiệm vụ 9?", "a", "b", "Ai chủ trì nhiệm vụ 9?"]
    assert [one.what for one in measured] == [
        "question, p50 (n = 2)",
        "question, p95 (n = 2)",
        "question, table_lookup, p50 (n = 1)",
        "question, table_lookup, p95 (n = 1)",
        "question, english, p50 (n = 1)",
        "question, english, p95 (n = 1)",
    ]


def test_the_floor_runs_the_parts():
    """The floor of a question runs the real FAISS and bm25s over the passages, and takes unknown words."""
    floor = question_floor(["Sở Y tế chủ trì", "Sở Tài chính phối hợp"], FakeEncoder())

    floor("Ai chủ trì?")
    floor("zzz")


def test_children_report_seconds_and_memory():
    """A fresh process that imports json says how long that took and how much memory it held."""
    found = _child("libraries", "json")

    assert 0 <= found["seconds"] < 5
    assert found["memory"] is None or 1 < found["memory"] < 200


def test_a_child_that_fails_is_an_error():
    """A child that ends badly is reported with its command and its last line."""
    with pytest.raises(StoreError, match="No module named 'no_such_library'"):
        _child("libraries", "no_such_library")


def test_this_process_tells_its_peak():
    """The peak is in MiB, and numpy, which the tests import, is among the libraries."""
    peak = peak_memory()

    assert peak is None or 10 < peak < 100_000
    assert "numpy" in loaded()


def test_the_table_and_the_report_show_ratios():
    """Every figure is shown with its floor and their ratio, in the table and in the file."""
    measured = [Measured("build", "s", 3.0, 2.0), Measured("open", "s", 0.5)]

    assert list(lines(measured))[2:] == ["| build | 3 s | 2 s | 1.50 |", "| open | 0.5 s | – | – |"]
    assert [one["ratio"] for one in report(measured, questions=1)["measures"]] == [1.5, None]
