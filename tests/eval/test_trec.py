"""TREC files: topics, judgements and runs, read as trec_eval reads them."""

from __future__ import annotations

import json
import math
import random

import ir_measures
import pytest

from eval.__main__ import main
from eval.retrieval_measures import MEASURES
from eval.retrieval_sets import load_set, read_qrels
from eval.trec import judgements, load_any, load_trec, read_run, read_topics, score_runs
from indexer.errors import InputError

SGML = "<top>\n<num> Number: 301\n<title> đăng ký\ntạm trú\n<desc> Description: …\n</top>\n"


def trec(folder, **files):
    names = {"topics": "topics.tsv", "qrels": "qrels.txt", "corpus": "collection.tsv"}
    content = {"topics": "q1\ttạm trú?\nq2\tthu hồi đất?\n", "qrels": "q1 0 d2 1\nq2 0 d3 2\nq2 0 d1 0\n"}
    content["corpus"] = "d1\tThường trú.\nd2\tTạm trú.\nd3\tThu hồi đất.\n"
    folder.mkdir()
    for name, text in (content | files).items():
        (folder / names.get(name, name)).write_text(text, encoding="utf-8")
    return folder


def test_a_folder_of_trec_files_is_a_retrieval_set(tmp_path):
    """Topics, judgements and documents are found by their names; a gain of 0 is no relevant document."""
    loaded = load_any(trec(tmp_path / "set"))

    assert loaded.queries == {"q1": "tạm trú?", "q2": "thu hồi đất?"}
    assert loaded.qrels == {"q1": {"d2": 1}, "q2": {"d3": 2}}
    assert [entry.text for entry in loaded.corpus] == ["Thường trú.", "Tạm trú.", "Thu hồi đất."]


def test_import_writes_a_beir_folder(tmp_path, capsys):
    """What was TREC is read back as BEIR; a judged document that is not there is named and ends with 1."""
    folder = trec(tmp_path / "set", qrels="q1 0 d2 1\nq2 0 d9 1\n")

    assert main(["import", str(folder), "--out", str(tmp_path / "beir")]) == 1

    assert "'d9' is relevant to 'q2', but no such document is there" in capsys.readouterr().err
    assert load_set(tmp_path / "beir").qrels == {"q1": {"d2": 1}, "q2": {"d9": 1}}
    assert main(["import", str(folder), "--out", str(tmp_path / "set.jsonl")]) == 1
    assert "Make a retrieval set:  --out DIR" in capsys.readouterr().err


def test_a_squad_file_is_a_retrieval_set(tmp_path):
    """Its paragraphs are documents; what has no answer there is no question."""
    qas = [{"id": "a", "question": "Năm nào?", "answers": [{"text": "1912", "answer_start": 0}]}]
    qas.append({"id": "b", "question": "Ai?", "answers": [], "is_impossible": True})
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"data": [{"paragraphs": [{"context": "1912.", "qas": qas}]}]}), encoding="utf-8")

    assert load_any(path).qrels == {"a": {"p1": 1}}


def test_topics_of_the_first_trecs(tmp_path):
    """Topics in angle brackets are read by number and title."""
    path = tmp_path / "topics.txt"
    path.write_text(SGML, encoding="utf-8")

    assert read_topics(path) == {"301": "đăng ký tạm trú"}


def test_a_run_is_ordered_by_score(tmp_path):
    """Ranks are not looked at, and of equal scores the later id is first, as in trec_eval; ids with spaces need tabs."""
    path = tmp_path / "run.trec"
    path.write_text("q1 Q0 d1 1 2.0 x\nq1 Q0 d3 2 2.0 x\nq1 Q0 d2 3 9 x\nq 2\tQ0\td 1\t1\t1\tx\n", encoding="utf-8")

    assert read_run(path) == {"q1": ["d2", "d3", "d1"], "q 2": ["d 1"]}


@pytest.mark.parametrize(
    ("line", "fact"),
    [
        ("q1 Q0 d2 2 1.0", "has 5 fields"),
        ("q1 Q0 d1 2 1.0 x", "'d1' comes twice for 'q1'"),
        ("q1 Q0 d2 2 first x", "the score 'first' is no number"),
        ("q1 Q0 d2 2 nan x", "is not a number"),
    ],
)
def test_a_broken_run_is_refused(tmp_path, line, fact):
    """A run is measured whole or not at all; the line is named."""
    path = tmp_path / "run.trec"
    path.write_text(f"q1 Q0 d1 1 2.0 x\n{line}\n", encoding="utf-8")

    with pytest.raises(InputError, match=fact) as caught:
        read_run(path)

    assert str(caught.value).startswith(f"{path}:2: ")


def test_runs_are_scored_as_ir_measures_scores_them(tmp_path):
    """
    On random rankings with many equal scores the means of a run file are those of trec_eval, to nine digits.

    ir_measures leaves RR@10 to the script of MS MARCO, which orders equal scores the other way; RR of ten documents is trec_eval's.
    """
    chooser = random.Random(7)  # noqa: S311 - no secret
    documents = [f"d{number}" for number in range(30)]
    qrels = {f"q{q}": {d: chooser.choice([1, 2]) for d in chooser.sample(documents, 3)} for q in range(40)}
    run = {q: {d: float(chooser.randrange(4)) for d in chooser.sample(documents, 10)} for q in qrels}
    (tmp_path / "qrels.txt").write_text(
        "".join(f"{q} 0 {d} {gain}\n" for q, gains in qrels.items() for d, gain in gains.items()), encoding="utf-8"
    )
    path = tmp_path / "run.trec"
    path.write_text(
        "".join(f"{q} Q0 {d} 1 {score} x\n" for q, hits in run.items() for d, score in hits.items()), encoding="utf-8"
    )

    figures, notes = score_runs(judgements(tmp_path / "qrels.txt"), [path])

    wanted = [ir_measures.parse_measure(name.replace("RR@10", "RR")) for name in MEASURES]
    theirs = ir_measures.calc_aggregate(wanted, qrels, run)
    assert notes == []
    for name, measure in zip(MEASURES, wanted, strict=True):
        assert figures["run.trec"][name][0] == pytest.approx(theirs[measure], abs=1e-9)


def test_a_run_file_is_measured_from_the_command_line(tmp_path, capsys):
    """A question that the run lacks counts as 0, one that is not judged is left out, and both are said."""
    folder = trec(tmp_path / "set")
    path = tmp_path / "other.trec"
    path.write_text("q1 Q0 d1 1 2 x\nq1 Q0 d2 2 1 x\nq9 Q0 d2 1 1 x\n", encoding="utf-8")

    assert main(["run", "--set", str(folder), "--run-file", str(path), "--json"]) == 0

    out, err = capsys.readouterr()
    figures = json.loads(out)["figures"]["other.trec"]
    assert figures["nDCG@10"][0] == pytest.approx(1 / math.log2(3) / 2)
    assert figures["RR@10"][0] == pytest.approx(0.5 / 2)
    assert "holds nothing for 1 of 2 judged questions" in err
    assert "1 of its questions are not judged" in err
    assert main(["run", "--set", str(folder / "qrels.txt"), "--run-file", str(path)]) == 0
    assert "| other.trec | 0.315 " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("files", "fact"),
    [
        ({"topics": "q1 without tab\n"}, "is not an id and a text"),
        ({"topics": "<top><num> 1 </top>"}, "has no <num> or no <title>"),
        ({"qrels": "q1 d2\n"}, "is not question, document and score"),
        ({"other.qrels": "q1 0 d1 1\n", "qrels2.txt": ""}, None),
    ],
)
def test_faults_of_a_folder(tmp_path, files, fact):
    """A line that is none is named; a file that bears the usual name goes before others."""
    folder = trec(tmp_path / "set", **files)

    if fact is None:
        assert load_trec(folder).qrels == {"q1": {"d2": 1}, "q2": {"d3": 2}}
        return
    with pytest.raises(InputError, match=fact):
        load_trec(folder)


def test_two_files_of_one_kind_are_not_chosen_from(tmp_path):
    """Where no file bears the usual name and two could be meant, both are named."""
    folder = trec(tmp_path / "set")
    (folder / "qrels.txt").rename(folder / "a.qrels")
    (folder / "b.qrels").write_text("", encoding="utf-8")

    with pytest.raises(InputError, match=r"judgements: holds a\.qrels, b\.qrels"):
        judgements(folder)


def test_qrels_of_both_kinds(tmp_path):
    """The header of BEIR is passed over, and ids with spaces are whole between tabs."""
    path = tmp_path / "qrels.tsv"
    path.write_text("query-id\tcorpus-id\tscore\nq 1\td 1\t1\n", encoding="utf-8")

    assert read_qrels(path) == {"q 1": {"d 1": 1}}
