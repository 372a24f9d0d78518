"""The watch: which sets are run, with what they are compared, and what is told; small sets and answers that are known."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from eval.__main__ import main
from eval.watch import FAULTY, LOST, index_places, place_of, stored_runs, watch, watch_lines
from eval.watch_sets import Runner, watched_sets
from indexer.errors import InputError
from tests.eval.samples import line

FIRST, SECOND, THIRD = (datetime(2026, 1, day, 21, tzinfo=UTC) for day in (5, 6, 7))


class Scripted(Runner):
    """A runner whose outcomes are given: the ids that are right, by the name of the set; others are read as always."""

    def __init__(self, right, documents="d1"):
        super().__init__(Path, lambda _: {"q1": right["beir"], "q2": ["d9"]})
        self.right = right
        self.documents = documents

    def _questions(self, one):
        asked = [json.loads(text) for text in one.path.read_text(encoding="utf-8").splitlines()]
        if any("id" not in item for item in asked):
            raise InputError(f"{one.path}:1: no id.\n  Mend it.")
        rows = [
            {"id": item["id"], "category": item["category"], "right": item["id"] in self.right[one.name]}
            | ({} if one.sealed else {"question": item["question"], "reasons": ["fact missing: Sở"]})
            for item in asked
        ]
        return {"systems": {"assistant": {"rows": rows}}, "documents": self.documents}


@pytest.fixture
def sets(tmp_path):
    """A folder with a question set, the reported set in a folder, and a retrieval set of two questions."""
    folder = tmp_path / "sets"
    (folder / "own").mkdir(parents=True)
    (folder / "beir").mkdir()
    (folder / "a.jsonl").write_text("\n".join(line(id=f"q{i}") for i in range(3)), encoding="utf-8")
    (folder / "own" / "reported.jsonl").write_text(line(id="r1", question="Câu kín?"), encoding="utf-8")
    for name, items in (("corpus", ("d1", "d2")), ("queries", ("q1", "q2"))):
        lines = "".join(json.dumps({"_id": id_, "text": f"words of {id_}"}) + "\n" for id_ in items)
        (folder / "beir" / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    (folder / "beir" / "qrels.tsv").write_text("q1\td1\t1\nq2\td2\t1\n", encoding="utf-8")
    return folder


def run(sets, out, now, *, a=("q0", "q1"), reported=("r1",), beir=("d1", "d2"), documents="d1"):
    runner = Scripted({"a": a, "own/reported": reported, "beir": list(beir)}, documents)
    return watch(watched_sets(sets), out, runner, now=now)


def test_the_sets_of_a_folder(sets):
    """Question sets are found at any depth, a BEIR folder is one set, and the reported set tells ids only."""
    found = watched_sets(sets, sealed=["a"])

    assert [(one.name, one.retrieval, one.sealed) for one in found] == [
        ("a", False, True),
        ("beir", True, False),
        ("own/reported", False, True),
    ]
    with pytest.raises(InputError, match="holds no question set b"):
        watched_sets(sets, sealed=["b"])
    with pytest.raises(InputError, match="no such folder"):
        watched_sets(sets / "none")
    (sets / "empty").mkdir()
    with pytest.raises(InputError, match="holds no question set"):
        watched_sets(sets / "empty")


def test_losses_and_gains_are_told_by_class(sets, tmp_path):
    """The second watch compares with the first: lost and gained by id and class; a sealed set tells no question."""
    out = tmp_path / "out"
    first = run(sets, out, FIRST)
    second = run(sets, out, SECOND, a=("q1", "q2"), reported=(), beir=("d2", "d1"))
    told = "\n".join(watch_lines(second))

    assert (first.exit_code, second.exit_code) == (0, LOST)
    assert [one.name for one in first.runs if one.before is None] == ["a", "beir", "own/reported"]
    assert {one.name: (one.comparison.lost, one.comparison.gained) for one in second.runs} == {
        "a": (("q0",), ("q2",)),
        "beir": (("q1",), ()),
        "own/reported": (("r1",), ()),
    }
    assert "- **a, table_lookup** (1): q0\n  - q0: Ai chủ trì nhiệm vụ 9? (fact missing: Sở)" in told
    assert "- **beir, retrieval** (1): q1\n  - q1: words of q1 (RR@10 is 0.500)" in told
    assert "- **own/reported, table_lookup** (1): r1" in told
    assert "  - r1" not in told
    assert f"20260105T210000Z, {first.commit}" in told
    assert next(out.glob("changes_20260106*.md")).read_text(encoding="utf-8") == f"{told}\n"
    assert [one.name for one in stored_runs(out)] == ["a", "beir", "own/reported"] * 2


def test_a_set_whose_content_changed_is_compared_with_nothing(sets, tmp_path):
    """Another content is told and not compared; a set that is renamed is known by its content; one that is gone is told."""
    out = tmp_path / "out"
    run(sets, out, FIRST)
    (sets / "a.jsonl").write_text(line(id="q0"), encoding="utf-8")
    second = run(sets, out, SECOND, a=())
    (sets / "a.jsonl").unlink()
    (sets / "own" / "reported.jsonl").rename(sets / "reported.jsonl")
    runner = Scripted({"reported": (), "beir": ["d1"]}, "d2")
    third = watch(watched_sets(sets), out, runner, now=THIRD)
    told = "\n".join(watch_lines(third))

    assert second.exit_code == 0
    assert "- a: its content is another than on 20260105T210000Z." in "\n".join(watch_lines(second))
    assert "| a | 1 | – | 0 |" in "\n".join(watch_lines(second))
    assert "- reported: has the content of own/reported of 20260106T210000Z." in told
    assert "- reported: the documents of the index have changed too" in told
    assert "- a: was there at the last watch, and is gone." in told
    assert third.exit_code == LOST


def test_a_content_that_comes_back_is_compared_with_its_own_run(sets, tmp_path):
    """A set that is put back as it was is compared with the run of that content, not with the last one of its name."""
    out, path = tmp_path / "out", sets / "a.jsonl"
    kept = path.read_text(encoding="utf-8")
    run(sets, out, FIRST)
    path.write_text(line(id="q0"), encoding="utf-8")
    run(sets, out, SECOND)
    path.write_text(kept, encoding="utf-8")

    third = run(sets, out, THIRD, a=("q1",))

    assert third.runs[0].comparison.lost == ("q0",)
    assert third.runs[0].before.date == "20260105T210000Z"
    assert "its content is another than on 20260106T210000Z" in "\n".join(watch_lines(third))


def test_a_bad_set_is_told_and_the_rest_goes_on(sets, tmp_path):
    """A set that cannot be read is a fault with its reason, the other sets are run; without a loss the exit code is 1."""
    (sets / "b.jsonl").write_text("{}", encoding="utf-8")
    (sets / "beir" / "qrels.tsv").unlink()

    found = run(sets, tmp_path / "out", FIRST)

    assert [one.name for one in found.runs] == ["a", "own/reported"]
    assert [fault.split(":")[0] for fault in found.faults] == ["b", "beir"]
    assert "qrels.tsv" in "\n".join(watch_lines(found))
    assert found.exit_code == FAULTY


def test_a_stored_run_that_is_damaged_is_a_fault(sets, tmp_path):
    """Where the run to compare with cannot be read, that is told, and the new run is kept."""
    out = tmp_path / "out"
    run(sets, out, FIRST)
    next((out / "a").iterdir()).write_text("{", encoding="utf-8")
    (out / "notes.json").write_text("{}", encoding="utf-8")

    found = run(sets, out, SECOND)

    assert "is no JSON" in found.faults[0]
    assert len(list((out / "a").iterdir())) == 2


def test_each_set_has_its_index():
    """NAME=DIR names the index of a set or of a folder of sets, DIR that of all others."""
    places = index_places(["i", "other=j", "other/b=k"], Path(".index"))

    assert [place_of(name, places) for name in ("a", "other/a", "other/b")] == [Path("i"), Path("j"), Path("k")]
    assert place_of("a", index_places(["other=j"], Path(".index"))) == Path(".index")


@pytest.mark.slow
def test_a_real_index_is_asked(real_index, tmp_path, capsys):
    """The command runs a set over an index, and a set over documents that the index lacks is a fault with the next step."""
    folder = tmp_path / "sets"
    folder.mkdir()
    nothing = line(answerable=False, must=[], gold=[], category="unanswerable", question="Giá vàng hôm nay?")
    (folder / "nothing.jsonl").write_text(nothing, encoding="utf-8")
    (folder / "other.jsonl").write_text(line(), encoding="utf-8")
    command = ["watch", "--sets", str(folder), "--out", str(tmp_path / "out"), "--index", str(real_index)]

    assert main(command) == FAULTY

    out = capsys.readouterr().out
    assert "| nothing | 1 | – | 1 |" in out
    assert "Name its index: --index other=DIR" in out
