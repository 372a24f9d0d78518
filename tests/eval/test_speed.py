"""Speed: the arithmetic and the child processes, with work that is known."""

from __future__ import annotations

import pytest

from eval.speed import Measured, lines, measure_questions, measure_start, question_floor, report, run_child
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
    found = run_child("libraries", "json")

    assert 0 <= found["seconds"] < 5
    assert found["memory"] is None or 1 < found["memory"] < 200


def test_a_child_that_fails_is_an_error():
    """A child that ends badly is reported with its command and its last line."""
    with pytest.raises(StoreError, match="No module named 'no_such_library'"):
        run_child("libraries", "no_such_library")


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


def test_the_floor_of_a_start_imports_what_the_start_had_loaded():
    """Starts and floors run in turn, the fastest of each counts, and equal floors are shared."""
    calls = []

    def child(mode, *arguments):
        calls.append((mode, *arguments))
        slow = len(calls)
        if mode == "libraries":
            return {"seconds": len(arguments) + slow / 1000, "memory": 10.0}
        return {
            "ready": 2.0 + slow,
            "answered": 4.0 + slow,
            "libraries_ready": ["numpy"],
            "libraries_answered": ["numpy", "torch"],
            "memory_ready": 20.0,
            "memory_answered": None,
        }

    questions = [question(), question(id="q2", category="clause_fact", text="Hạn?")]
    measured = measure_start("index", questions, rounds=2, child=child)

    assert [call[0] for call in calls] == ["answer", "libraries", "libraries", "answer"] * 2
    assert [(one.what, one.ours, one.floor) for one in measured] == [
        ("start to index open", 3.0, 1.002),
        ("peak memory, index open", 20.0, 10.0),
        ("start to first answer (table_lookup)", 5.0, 2.003),
        ("start to first answer (clause_fact)", 8.0, 2.003),
    ]
