"""Runs of question sets in child processes: progress, results, owners, and what happens when something goes wrong."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assistant.bench_runs import DONE, FAILED, STOPPED, BenchRuns, BusyError
from assistant.records import Records
from indexer.errors import InputError

FAKE = (sys.executable, str(Path(__file__).parent / "fake_eval.py"))


def line(number, question="Ai chủ trì?", category="table_lookup"):
    found = {"id": f"q{number}", "category": category, "question": question, "answerable": True}
    return json.dumps(found, ensure_ascii=False) + "\n"


def until(condition):
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.02)
    pytest.fail("waited 30 s")


@pytest.fixture
def runs(tmp_path):
    sets = tmp_path / "sets"
    sets.mkdir()
    (sets / "nhanh.jsonl").write_text(line(1) + line(2, "câu sai"), encoding="utf-8")
    (sets / "reported.jsonl").write_text(line(1), encoding="utf-8")
    made = BenchRuns(Records.in_memory(), tmp_path / "bench", tmp_path / "index", sets=sets, command=FAKE)
    yield made
    made.close()
    until(lambda: made.progress() is None)


def finished(runs, text=None, *, owner="an", chosen="shipped:nhanh.jsonl"):
    """Run a shipped set, or *text*, to its end and return the run."""
    run = runs.start(owner, runs.add_set(owner, "riêng", text).id if text else chosen)
    until(lambda: runs.progress() is None)
    return runs.run(owner, run)


def test_a_run_gives_its_result(runs):
    """
    A run tells how many were right, and its result has a row a question.
    """
    run = finished(runs)

    assert (run.state, run.count, run.correct, run.set_name) == (DONE, 2, 1, "nhanh")
    assert [row["id"] for row in runs.result("an", run.id)["rows"]] == ["q1", "q2"]
    assert runs.result_file("an", run.id).is_file()


def test_one_run_at_a_time_and_it_can_be_stopped(runs):
    """
    While a run is on its progress is known and nobody starts another; only who started it stops it, and nothing is kept.
    """
    slow = runs.add_set("an", "chậm", line(1) + line(2, "chậm"))
    run = runs.start("an", slow.id, "  ghi   chú ")
    until(lambda: runs.progress() and runs.progress().done == 1)

    with pytest.raises(BusyError):
        runs.start("bình", "shipped:nhanh.jsonl")
    runs.cancel("bình")
    assert runs.progress().total == 2
    runs.cancel("an")
    until(lambda: runs.progress() is None)
    assert (runs.run("an", run).state, runs.run("an", run).note) == (STOPPED, "ghi chú")
    assert runs.result("an", run) is None
    assert finished(runs).state == DONE


def test_a_run_that_fails_says_so(runs, caplog):
    """
    A child that ends badly leaves a failed run, and its last words in the log.
    """
    run = finished(runs, line(1, "hỏng"))

    assert (run.state, run.correct) == (FAILED, None)
    assert "the index is damaged" in caplog.text


def test_a_command_that_is_not_there_is_a_failed_run(tmp_path):
    """
    Where the evaluation cannot be started at all, the run fails and the next one may begin.
    """
    made = BenchRuns(Records.in_memory(), tmp_path, tmp_path, command=(str(tmp_path / "none"),))

    assert finished(made, line(1)).state == FAILED


def test_everybody_sees_their_own(runs):
    """
    Runs, results, comparisons and sets of somebody else are not there, and cannot be deleted.
    """
    run = finished(runs, line(1))

    assert runs.run("bình", run.id) is None
    assert runs.result("bình", run.id) is None
    assert runs.result_file("bình", run.id) is None
    assert runs.runs("bình") == ()
    assert [one.name for one in runs.sets("bình")] == ["nhanh", "reported"]
    assert runs.compare("bình", run.id, run.id) is None
    runs.delete("bình", run.id)
    assert runs.result("an", run.id)
    with pytest.raises(InputError):
        runs.start("bình", runs.sets("an")[-1].id)


def test_a_reported_set_tells_only_which_were_right(runs):
    """
    Of the set that is reported no question is kept in a result.
    """
    run = finished(runs, chosen="shipped:reported.jsonl")

    assert run.sealed
    assert runs.result("an", run.id)["rows"] == [{"id": "q1", "category": "table_lookup", "right": True}]


def test_two_runs_are_compared(runs):
    """
    Questions that only the later run has right are gained.
    """
    before, after = finished(runs, line(1, "sai") + line(2)), finished(runs, line(1) + line(2))

    found = runs.compare("an", before.id, after.id)

    assert ([one["id"] for one in found["gained"]], found["lost"], found["common"]) == (["q1"], [], 2)
    assert runs.compare("an", before.id, "none") is None


def test_a_deleted_run_is_gone(runs):
    """
    Deleting forgets the run and its file.
    """
    run = finished(runs)
    file = runs.result_file("an", run.id)

    runs.delete("an", run.id)

    assert not file.exists()
    assert runs.runs("an") == ()


def test_a_run_of_a_server_that_ended_is_stopped(tmp_path):
    """
    What a server that was killed left as running is shown as stopped by the next one.
    """
    records = Records.in_memory()
    BenchRuns(records, tmp_path, tmp_path, command=FAKE)
    records.write(
        "INSERT INTO bench_run VALUES ('r', 'an', 'x', '', '2026-01-01T00:00:00+00:00', 'running', 1, NULL, 0)"
    )

    assert BenchRuns(records, tmp_path, tmp_path, command=FAKE).run("an", "r").state == STOPPED


def test_the_real_command_ends_with_who_started_it(tmp_path):
    """
    ``python -m eval run --background`` ends when its standard input closes, so no run outlives a server that was killed.
    """
    code = (
        "from eval.background import stay_behind; import time; stay_behind(); print('on', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout.readline().strip() == b"on"
        child.stdin.close()
        assert child.wait(timeout=20) == 1


@pytest.mark.slow
def test_a_tiny_set_is_run_by_the_real_evaluation(tmp_path, real_index):
    """
    The real command over the real corpus: progress to the end, a right answer, a miss with its steps and the place of its gold.
    """
    gold = {"document": "phu-luc-6896-ubnd-tinh", "label": "Phụ lục II, nhiệm vụ 9", "quote": "Tháng \n\n10/2025"}
    asked = {"category": "table_lookup", "question": "Nhiệm vụ 9 xong khi nào?", "answerable": True, "gold": [gold]}
    text = "".join(
        json.dumps({**asked, "id": name, "must": [[fact]]}, ensure_ascii=False) + "\n"
        for name, fact in (("đúng", "tháng 10/2025"), ("sai", "tháng 1/1999"))
    )
    made = BenchRuns(Records.in_memory(), tmp_path, real_index)

    run = made.start("an", made.add_set("an", "nhỏ", text).id)
    end = time.monotonic() + 120
    while made.progress() and time.monotonic() < end:
        time.sleep(0.1)

    assert (made.run("an", run).state, made.run("an", run).correct) == (DONE, 1)
    right, wrong = made.result("an", run)["rows"]
    assert (right["right"], wrong["right"], wrong["missing"]) == (True, False, ["tháng 1/1999"])
    assert wrong["trace"]
    assert isinstance(wrong["gold"][0]["start"], int)
    comparison = made.compare("an", run, run)
    assert (comparison["common"], comparison["gained"], comparison["p"]) == (2, [], 1.0)


def test_a_set_is_deleted_by_who_brought_it(runs):
    """
    A set goes with its file when its owner deletes it; nobody else does, and no shipped set goes.
    """
    brought = runs.add_set("an", "riêng", line(1))
    runs.delete_set("bình", brought.id)
    runs.delete_set("an", "shipped:nhanh.jsonl")
    assert [one.is_shipped for one in runs.sets("an")] == [True, True, False]
    runs.delete_set("an", brought.id)

    assert [one.name for one in runs.sets("an")] == ["nhanh", "reported"]
    assert not brought.path.exists()
