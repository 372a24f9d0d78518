"""Speed with a large corpus: what is run, and what becomes of it; the seconds themselves are asserted nowhere."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import pytest

from eval.__main__ import main
from eval.large_child import measure_search, measure_segmentation, resident_memory
from eval.large_speed import CORPUS, QUESTIONS, measure_large
from eval.speed import run_child
from indexer.errors import InputError


@pytest.fixture
def data(tmp_path):
    """A folder of shared data with a corpus of three articles and two questions."""
    folder = tmp_path / "data"
    articles = [
        {"id": str(number), "title": f"Điều {number}. {title}", "text": f"{title} do cơ quan nhà nước thực hiện."}
        for number, title in enumerate(("Thời hạn nộp hồ sơ", "Kinh phí trồng sen", "Trách nhiệm của chủ đầm"), start=1)
    ]
    questions = [{"_id": "a", "text": "Kinh phí trồng sen ở đâu?"}, {"_id": "b", "text": "Thời hạn\nnộp hồ sơ?"}]
    for name, items in ((CORPUS.removesuffix(".xz"), articles), (QUESTIONS, questions)):
        path = folder / name
        path.parent.mkdir(parents=True)
        path.write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")
    plain = folder / CORPUS.removesuffix(".xz")
    (folder / CORPUS).write_bytes(lzma.compress(plain.read_bytes()))
    plain.unlink()
    (folder / "zalo2021_x_phapdien" / "qrels.tsv").write_text("a\t2\t1\nb\t1\t1\n", encoding="utf-8")
    return folder


def test_what_is_run_and_shown(data):
    """The floor and the build are run, then the search as typed and without diacritics; every figure stands beside its floor."""
    calls = []

    def child(mode, *arguments):
        asked = Path(arguments[1]).read_text(encoding="utf-8").splitlines() if mode == "search" else []
        calls.append((mode, *asked))
        if mode == "segment":
            return {"seconds": 10.0}
        if mode == "build":
            return {"seconds": 12.0, "documents": 3, "memory": None}
        floors = {"segmentation": [1, 1], "segmentation and encoding": [1, 2], "FAISS": [3, 3], "bm25s": [1, 1]}
        taken = {"taken": [10.0, 12.0], "floors": floors, "open": 1.0, "warm": 2.0, "passages": 4}
        return taken | {"memory": 100.0, "peak": 120.0}

    measured = {one.what: (one.ours, one.floor) for one in measure_large(data, child=child)}

    assert calls == [
        ("segment",),
        ("build",),
        ("search", "Kinh phí trồng sen ở đâu?", "Thời hạn nộp hồ sơ?"),
        ("search", "kinh phi trong sen o dau?", "thoi han nop ho so?"),
    ]
    assert measured["build, 3 documents"] == (12.0, 10.0)
    assert measured["question as typed, p50 (n = 2)"] == (11.0, 5.5)
    assert measured["question without diacritics, p50 (n = 2)"] == (11.0, 5.5)
    assert measured["part alone: FAISS, p95"] == (3.0, None)
    assert measured["resident memory behind all questions"] == (100.0, None)


def test_a_missing_corpus_is_told(tmp_path, capsys):
    """Where the data is not there, or its folder was not named, the message says what to give."""
    with pytest.raises(InputError, match=r"articles\.jsonl\.xz: there is no such file"):
        measure_large(tmp_path)
    assert main(["speed", "--large", "--data", str(tmp_path)]) == 1
    assert "--data DIR" in capsys.readouterr().err


@pytest.mark.slow
def test_the_processes_run(data, tmp_path):
    """A small corpus goes through the real processes: segmented, built, opened and asked, with a time for each question."""
    index, questions = tmp_path / "index", ["Kinh phí trồng sen ở đâu?", "thoi han nop ho so"]
    built = run_child("build", str(data / CORPUS), str(index), module="eval.large_child")
    searched = measure_search(index, questions)

    assert measure_segmentation(data / CORPUS)["words"] > 10
    assert (built["documents"], searched["documents"], searched["passages"]) == (3, 3, 3)
    assert [len(taken) for taken in (searched["taken"], *searched["floors"].values())] == [2] * 5
    assert resident_memory() is None or resident_memory() > 10
