"""The speed of an index in a database beside a folder: what is measured and how it is shown; no second is asserted anywhere."""

import json

from eval.__main__ import main
from eval.postgres_child import measure_answers, measure_copy
from eval.postgres_speed import measure_postgres
from indexer.index import publish
from tests.fakes import FakeEncoder
from tests.indexer.samples import annex, plan, sources


def answered(taken, records):
    together = {"users": 2, "seconds": 1.0, "taken": taken, "errors": 0}
    times = {"open": 1.0, "first": 2.0, "memory": 100.0, "peak": 120.0}
    return {**times, "taken": taken, "records": records, "together": together}


def test_figures_stand_beside_those_of_the_folder(tmp_path):
    """
    Each figure of the database has the folder's as its floor; answers that differ are counted among those that both gave.
    """
    found = {
        "copy": {"seconds": {"load": 3.0}, "passages": 7, "folder": 1 << 20, "database": 3 << 20},
        "database": answered([10.0, 30.0], ["a", "b"]),
        "folder": answered([5.0, 15.0, 20.0], ["a", "c", "d"]),
    }

    def child(mode, *arguments):
        return found["copy"] if mode == "copy" else found["folder" if arguments[0] == str(tmp_path) else "database"]

    measured = {one.what: one for one in measure_postgres(tmp_path, "postgresql://u@h/d", ["a", "b"], child=child)}
    assert measured["load into the database, 7 passages"].ours == 3.0
    assert measured["size, 7 passages"].ratio == 3.0
    assert (measured["question, p50 (n = 2)"].ours, measured["question, p50 (n = 2)"].floor) == (20.0, 10.0)
    assert measured["answers that differ"].ours == 1
    assert measured["questions that failed"].ours == 0


def test_a_process_measures_a_folder_and_a_database_alike(tmp_path, database, monkeypatch):
    """
    The child copies, counts bytes of both, and answers from either with the same records.
    """
    folder = tmp_path / "index"
    monkeypatch.setattr("indexer.index.default_encoder", FakeEncoder)
    publish(folder, [plan(), annex()], encoder=FakeEncoder(), sources=sources(plan(), annex()))

    copied = measure_copy(folder, database)
    assert copied["seconds"].keys() == {"read", "load", "verify"}
    assert copied["database"] > 0 < copied["folder"]
    assert measure_copy(folder, database)["seconds"] == {}
    questions = ["Sở Tài chính bố trí kinh phí thế nào?", "Nhiệm vụ 1 do ai chủ trì?"]
    there, here = (measure_answers(where, questions, 2) for where in (database, folder))
    assert there["records"] == here["records"]
    assert (len(there["taken"]), there["together"]["errors"]) == (2, 0)


def test_the_command_needs_the_address_of_a_database(tmp_path, capsys):
    """
    A folder in the place of the address is refused with the form of one.
    """
    assert main(["speed", "--postgres", str(tmp_path)]) == 1
    assert "postgresql://user@host/database" in capsys.readouterr().err


def test_the_command_prints_and_writes(tmp_path, monkeypatch, capsys):
    """
    ``python -m eval speed --postgres`` prints a row a figure and writes them with commit and machine.
    """
    answers = answered([10.0], ["a"])
    copy = {"seconds": {}, "passages": 7, "folder": 1, "database": 1}
    monkeypatch.setattr("eval.postgres_speed.run_child", lambda mode, *_, **__: copy if mode == "copy" else answers)
    out = tmp_path / "out.json"

    assert main(["speed", "--postgres", "postgresql://u@h/d", "--index", str(tmp_path), "--json", str(out)]) == 0
    assert "answers that differ" in capsys.readouterr().out
    assert json.loads(out.read_text(encoding="utf-8"))["machine"]
