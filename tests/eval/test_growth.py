"""Growth: what corpora are made, what is run for each size, how it is drawn; no second is asserted anywhere."""

from __future__ import annotations

import json
import re
from itertools import islice
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from eval import growth_child
from eval.__main__ import main
from eval.growth import ROUNDS, Point, growth_lines, growth_report, least, measure_growth, points_of
from eval.growth_child import ask_together, drawn_texts, measure_answers, measure_floor
from eval.growth_corpus import drawn, grown, made, read_articles, write_articles
from eval.growth_plot import growth_svg
from eval.large_speed import CORPUS, QUESTIONS
from eval.speed import Measured
from indexer.errors import InputError, StoreError
from indexer.records import Record

CHILD = {
    "build": {"seconds": 120.0, "documents": 3, "memory": 300.0},
    "floor": {"seconds": 4.0, "memory": 30.0, "bytes": 2**20, "passages": 7},
    "search": {
        "taken": [10.0, 20.0],
        "floors": {"segmentation": [1, 1], "segmentation and encoding": [1, 3], "FAISS": [2, 2], "bm25s": [1, 1]},
        "passages": 7,
    },
    "answer": {
        "first": 5.0,
        "memory_first": 100.0,
        "memory": 200.0,
        "libraries": ["json"],
        "taken": [40.0],  # the second question was not asked any more
        "together": {"users": 2, "seconds": 0.5, "taken": [80.0, 80.0], "errors": 1},
        "floors": {"users": 2, "seconds": 0.1, "taken": [4.0, 4.0], "errors": 0},
    },
    "libraries": {"seconds": 2.0, "memory": 50.0},
}


def articles(count=6):
    texts = [
        f"1. Hồ sơ gồm đơn và {number + 10} bản sao. Thời hạn là {number + 20} ngày, từ năm 2019."
        for number in range(count)
    ]
    return [Record(str(i), "file", f"Điều {i + 11}. Hồ sơ", text, "") for i, text in enumerate(texts)]


@pytest.fixture
def data(tmp_path):
    """A folder of shared data with six articles and two questions, and a corpus of two documents."""
    for name, lines in (
        (QUESTIONS, [{"_id": "a", "text": "Hồ sơ gồm gì?"}, {"_id": "b", "text": "Thời hạn?"}]),
        (CORPUS.removesuffix(".xz"), []),
    ):
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True)
        path.write_text("".join(json.dumps(one) + "\n" for one in lines), encoding="utf-8")
    (tmp_path / "data" / QUESTIONS).with_name("qrels.tsv").write_text("a\t1\t1\n", encoding="utf-8")
    import lzma

    packed = tmp_path / "data" / CORPUS
    write_articles(((one.id, one.title, one.text) for one in articles()), packed.with_suffix(""))
    packed.write_bytes(lzma.compress(packed.with_suffix("").read_bytes()))
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name in ("a.txt", "b.txt"):
        (corpus / name).write_text("Điều 1. Hồ sơ\nHồ sơ gồm đơn.", encoding="utf-8")
    return tmp_path / "data"


def test_made_articles_are_no_copies():
    """Made articles keep the form of theirs, hold other numbers of as many digits, and no text comes twice."""
    found = list(islice(made(articles()), 40))
    again = list(islice(made(articles()), 40))
    texts = [text for _, _, text in found]

    assert found == again
    assert found != list(islice(made(articles(), seed=2), 40))
    assert len(set(texts) | {one.text for one in articles()}) == 46
    assert len({id_ for id_, _, _ in found}) == 40
    assert all(re.fullmatch(r"1\. Hồ sơ gồm đơn và \d\d bản sao\. .+", text) for text in texts)
    assert all(re.fullmatch(r"Điều \d\d\. Hồ sơ", title) for _, title, _ in found)
    assert len({year for text in texts for year in re.findall(r"năm (\d{4})", text)}) > 5
    assert all(1945 <= int(year) <= 2035 for text in texts for year in re.findall(r"năm (\d{4})", text))


def test_no_text_is_made_twice():
    """Where most that can be made is the same, what came out before is made anew."""
    short = [Record("a", "file", "", "Hạn 10 ngày.", ""), Record("b", "file", "", "Hồ sơ gồm đơn.", "")]

    assert len({text for _, _, text in islice(made(short), 100)}) == 100
    with pytest.raises(InputError, match="of 1 articles no more than 1 others can be made"):
        list(islice(made(short[1:]), 3))
    with pytest.raises(InputError, match="no more than 0 others"):
        next(made([Record("a", "file", "Điều 1", "", "")] * 2))


def test_a_corpus_grows_to_so_many_passages(tmp_path):
    """All articles come first, then as many made ones as are needed; a part of them is drawn without replacement."""
    found = list(grown(articles(), 10))

    assert [id_ for id_, _, _ in found] == [*"012345", "made-1", "made-2", "made-3", "made-4"]
    assert [one.id for one in drawn(articles(), 6)] == [*"012345"]
    part = [one.id for one in drawn(articles(), 3)]
    assert part == sorted(set(part))
    with pytest.raises(InputError, match="no such file"):
        read_articles(tmp_path / "none.jsonl")


def test_what_is_run_and_shown(data, tmp_path):
    """Each size is built and asked in processes of their own, from the smallest; every figure stands beside its floor."""
    calls = []

    def child(module, mode, *arguments):
        asked = Path(arguments[1]).read_text(encoding="utf-8").splitlines() if mode in {"search", "answer"} else []
        lines = len(Path(arguments[0]).read_text(encoding="utf-8").splitlines()) if arguments[0].endswith("l") else 0
        calls.append((module, mode, lines, *asked))
        return CHILD[mode]

    points, notes = measure_growth(
        [9, 2, 3], corpus=tmp_path / "corpus", data=data, questions=["Ai?"], users=2, child=child
    )
    figures = {one.what: (one.ours, one.floor) for one in points[0].measured}

    assert notes == []
    assert [point.name for point in points] == ["2 documents", "3 articles", "9 passages"]
    assert calls[:5] == [
        ("eval.large_child", "build", 0),
        ("eval.growth_child", "floor", 0),
        ("eval.large_child", "search", 0, "Ai?"),
        ("eval.growth_child", "answer", 0, "Ai?"),
        ("eval.speed_child", "libraries", 0),
    ]
    assert [call[2] for call in calls if call[1] == "build"] == [0, 3, 9]
    assert ("eval.large_child", "search", 0, "Hồ sơ gồm gì?", "Thời hạn?") in calls
    assert figures["build"] == (120.0, 4.0)
    assert figures["peak memory, build"] == (300.0, 30.0)
    assert figures["index size"] == (0.0, 1.0)
    assert figures["start to first answer"] == (5.0, 2.0)
    assert figures["question answered, p50"] == (40.0, 4.0)
    assert figures["question searched, p50"] == (15.0, 5.0)
    assert figures["2 at once: answers a second"] == (4.0, 20.0)
    assert figures["2 at once: p95"] == (80.0, 4.0)
    assert figures["2 at once: errors"] == (1.0, None)


def test_the_least_of_quick_rounds_counts(data, tmp_path):
    """What is built quickly is measured in three rounds, and of each number the least counts, question by question."""
    calls = []

    def child(module, mode, *arguments):
        calls.append(mode)
        slow = calls.count(mode)
        return {**CHILD[mode], **({"seconds": 5.0 + slow} if mode in {"build", "floor"} else {})}

    points, _ = measure_growth([2], corpus=tmp_path / "corpus", data=data, questions=["Ai?"], child=child)

    assert {mode: calls.count(mode) for mode in CHILD} == dict.fromkeys(CHILD, ROUNDS)
    assert (points[0].measured[0].ours, points[0].measured[0].floor) == (6.0, 6.0)
    together = [{"users": 2, "seconds": seconds, "taken": [1.0] * 4, "errors": 0} for seconds in (2.0, 1.0)]
    assert least(
        [
            {
                "taken": [5.0, 1.0, 9.0],
                "memory": None,
                "libraries": ["json"],
                "together": together[0],
                "parts": {"a": [2]},
            },
            {"taken": [4.0, 2.0], "memory": None, "libraries": ["json"], "together": together[1], "parts": {"a": [1]}},
        ]
    ) == {"taken": [4.0, 1.0], "memory": None, "libraries": ["json"], "together": together[1], "parts": {"a": [1]}}


def test_what_fails_is_told_and_the_rest_goes_on(data, tmp_path):
    """A size that cannot be built is left out, one whose answers fail keeps its other figures, and both are told."""

    def child(module, mode, *arguments):
        if mode == "answer" or (mode == "build" and arguments[0].endswith("l")):
            raise StoreError(f"{mode} was killed")
        return CHILD[mode]

    points, notes = measure_growth([2, 3], corpus=tmp_path / "corpus", data=data, questions=["Ai?"], child=child)

    assert [point.name for point in points] == ["2 documents"]
    assert notes == ["2 documents: answer was killed", "3 articles: build was killed"]
    assert "question searched, p95" in {one.what for one in points[0].measured}
    with pytest.raises(InputError, match="--data or HVB_DATA"):
        measure_growth([3], corpus=tmp_path / "corpus", data=None, questions=["Ai?"], child=child)


def points():
    return [
        Point("2 documents", 2, 7, (Measured("build", "s", 2.0, 1.0), Measured("index size", "MiB", 0.5, 0.1))),
        Point("1,000 articles", 1000, 4000, (Measured("build", "s", 300.0, 200.0),)),
    ]


def test_a_report_is_read_back(tmp_path, capsys):
    """The points of a stored report are those that were written, and the command shows and draws them without measuring."""
    found = growth_report(points(), ["a note"], users=2)
    stored, plot = tmp_path / "growth.json", tmp_path / "growth.svg"
    stored.write_text(json.dumps(found), encoding="utf-8")

    assert points_of(found) == points()
    assert found["measures"][2]["what"] == "1,000 articles: build"
    assert main(["speed", "--figures", str(stored), "--plot", str(plot), "--json", str(tmp_path / "again.json")]) == 0
    told = capsys.readouterr()
    assert "| build | 2 s (2.00) | 300 s (1.50) |\n| index size | 0.5 MiB (5.00) | – |" in told.out
    assert told.err == "a note\n"
    assert ET.parse(plot).getroot().tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314 - our own
    assert json.loads((tmp_path / "again.json").read_text(encoding="utf-8"))["sizes"] == found["sizes"]
    assert list(growth_lines(points()))[2] == "| passages | 7 | 4,000 |"


def test_the_plot_has_powers_of_ten():
    """Ten times as much is one step on either axis; a panel without figures is left out, a value of 0 has no place."""
    made_of = [
        Point("a", 1, 10, (Measured("build", "s", 1.0, 0.1),)),
        Point("b", 1, 100, (Measured("build", "s", 10.0, 0.0),)),
        Point("c", 1, 1000, (Measured("build", "s", 100.0),)),
    ]
    drawing = growth_svg(made_of)
    ours = [
        tuple(map(float, place.split(","))) for place in re.search(r'class="o" points="([^"]+)"', drawing)[1].split()
    ]
    across, down = ([place[axis] for place in ours] for axis in (0, 1))

    assert across[1] - across[0] == pytest.approx(across[2] - across[1], abs=0.2)
    assert down[1] - down[0] == pytest.approx(down[2] - down[1], abs=0.2)
    assert down[0] > down[2]
    assert drawing.count('class="fd"') == 1
    assert drawing.count('class="t"') == 1


def test_several_ask_at_once():
    """Every question is asked once, by threads together; what fails is counted, and a budget that is spent asks no more."""
    asked = []
    found = ask_together(lambda text: asked.append(text) or text != "b", ["a", "b", "c"], 3)

    assert sorted(asked) == ["a", "b", "c"]
    assert (len(found["taken"]), found["errors"], found["users"]) == (3, 1, 3)
    assert ask_together(asked.count, ["a"], 1, budget=-1.0)["taken"] == []


def test_the_sample_of_the_floor():
    """Of many texts so many are drawn that they have the characters asked for, always the same ones; of few, all."""
    texts = [f"{number:05}" for number in range(100)]
    drawn = drawn_texts(texts, 50)

    assert (len(drawn), drawn == drawn_texts(texts, 50), drawn == texts[:10]) == (10, True, False)
    assert set(drawn) < set(texts)
    assert drawn_texts(texts, 10_000) == texts
    assert len(drawn_texts(texts, 1)) == 1


def test_the_floor_of_a_sample_stands_for_all(real_index, monkeypatch):
    """The time of a sample is multiplied by how much more all words are."""
    monkeypatch.setattr(growth_child, "SAMPLE", 1)
    monkeypatch.setattr(growth_child, "segment_together", lambda texts: {"seconds": 2.0, "words": len(texts)})
    found = measure_floor(real_index)

    assert 0 < found["measured"] < 1
    assert found["seconds"] == pytest.approx(2.0 / found["measured"])


@pytest.mark.slow
def test_the_processes_measure(real_index):
    """The functions of the children give a time for every question over a real index, alone and at once, and the words' bytes."""
    found = measure_answers(real_index, ["Ai chủ trì nhiệm vụ 9?", "thoi han nhiem vu 4"], 2)

    assert [len(taken) for taken in (found["taken"], found["together"]["taken"], found["floors"]["taken"])] == [2, 2, 2]
    assert found["together"]["errors"] == 0
    assert "numpy" in found["libraries"]
    assert measure_floor(real_index)["bytes"] > 10_000
