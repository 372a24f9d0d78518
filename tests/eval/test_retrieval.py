"""Retrieval sets, their measures, and the rankings of the systems that are compared."""

from __future__ import annotations

import gzip
import json
import lzma
import math
import os
import random
import zlib
from dataclasses import replace
from pathlib import Path

import ir_measures
import numpy as np
import pytest

from eval.retrieval import FULL, SYSTEMS, _default_words, _listed, _plain_scorer, collection_of, main, rank, write_run
from eval.retrieval_measures import MEASURES, evaluate, measure_question, question_values, trec_order
from eval.retrieval_sets import Entry, load_set, named_set, write_squad_as_beir
from indexer.embedding import load_encoder
from indexer.errors import InputError
from indexer.ranking import QuestionReading
from indexer.reranker import Reranker

DOCUMENTS = [
    {"_id": "d 1", "title": "Luật Cư trú", "text": "Đăng ký thường trú tại chỗ ở hợp pháp."},
    {"_id": "d 2", "title": "Luật Cư trú", "text": "Đăng ký tạm trú khi đến sinh sống."},
    {"_id": "d 3", "title": "Luật Đất đai", "text": "Thu hồi đất vì mục đích quốc phòng."},
]


def beir(folder, documents=DOCUMENTS, qrels="query-id\tcorpus-id\tscore\nq1\td 2\t1\nq2\td 3\t1\n"):
    folder.mkdir(exist_ok=True)
    lines = "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in documents)
    (folder / "corpus.jsonl").write_text(lines, encoding="utf-8")
    queries = [{"_id": "q1", "text": "đăng ký tạm trú?"}, {"_id": "q2", "text": "khi nào thu hồi đất?"}]
    (folder / "queries.jsonl").write_text("".join(json.dumps(query) + "\n" for query in queries), encoding="utf-8")
    (folder / "qrels.tsv").write_text(qrels, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("ranked", "gains", "expected"),
    [
        # the only one, second: 1/log2(3), not first, all found, half
        (["x", "a"], {"a": 1}, (1 / math.log2(3), 0, 1, 0.5)),
        # two of three, first and third
        (["a", "x", "b"], {"a": 1, "b": 1, "c": 1}, ((1 + 0.5) / (1 + 1 / math.log2(3) + 0.5), 1, 2 / 3, 1)),
        # eleventh is too late
        ([*"klmnopqrst", "a"], {"a": 1}, (0, 0, 0, 0)),
        # nothing was found
        ([], {"a": 1}, (0, 0, 0, 0)),
        # gains count in nDCG alone
        (["b", "a"], {"a": 3, "b": 1}, ((1 + 3 / math.log2(3)) / (3 + 1 / math.log2(3)), 1, 1, 1)),
    ],
)
def test_measures_by_hand(ranked, gains, expected):
    """
    nDCG@10, Success@1, R@10 and RR@10 are what arithmetic gives.
    """
    assert measure_question(ranked, gains) == pytest.approx(expected)


def test_measures_agree_with_ir_measures():
    """
    On 60 random questions our means are those of ir_measures to nine digits, questions without an answer included.
    """
    chooser = random.Random(3)  # noqa: S311 - no secret
    documents = [f"d{number}" for number in range(40)]
    qrels = {f"q{q}": {d: chooser.choice([1, 1, 2]) for d in chooser.sample(documents, 3)} for q in range(60)}
    ranking = {query: chooser.sample(documents, chooser.choice([0, 3, 20])) for query in qrels}
    run = {
        query: {document: float(-place) for place, document in enumerate(ranked)} for query, ranked in ranking.items()
    }

    ours = evaluate(ranking, qrels)

    wanted = [ir_measures.parse_measure(name) for name in MEASURES]
    theirs = ir_measures.calc_aggregate(wanted, qrels, {query: hits for query, hits in run.items() if hits})
    for measure in wanted:
        assert ours[str(measure)][0] == pytest.approx(theirs[measure], abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_ties_and_cut_offs_agree_with_trec_eval(seed):
    """
    With many equal scores, several cut-offs and questions that nobody answered, each question's value is that of ir_measures.
    """
    chooser = random.Random(seed)  # noqa: S311 - no secret
    documents = [f"d{number}" for number in range(30)]
    qrels = {f"q{q}": {d: chooser.choice([1, 1, 3]) for d in chooser.sample(documents, 4)} for q in range(40)}
    run = {
        query: {document: float(chooser.randrange(4)) for document in chooser.sample(documents, 15)}
        for query in qrels
        if chooser.random() < 0.8
    }
    names = ("nDCG@5", "nDCG@20", "Success@3", "R@1", "R@7", "P@4", "RR@15")

    ours = question_values({query: trec_order(hits.items()) for query, hits in run.items()}, qrels, names)

    # RR with a cut-off is counted by another part of ir_measures, which takes equal scores in another order than trec_eval
    wanted = [ir_measures.parse_measure(name.removesuffix("@15")) for name in names]
    theirs = {(found.query_id, str(found.measure)): found.value for found in ir_measures.iter_calc(wanted, qrels, run)}
    for query, values in zip(qrels, ours, strict=True):
        expected = [theirs.get((query, str(measure)), 0.0) for measure in wanted]
        assert values.tolist() == pytest.approx(expected)


@pytest.mark.parametrize("name", ["nDCG", "nDCG@0", "MAP@10", "R@x"])
def test_an_unknown_measure_is_told(name):
    """
    A measure that is not known is named, with those that are.
    """
    with pytest.raises(InputError, match=r"there is no such measure.\n  Name some of nDCG@k, Success@k"):
        measure_question(["a"], {"a": 1}, [name])


def test_interval_holds_the_mean():
    """
    The mean lies inside its interval, and the interval is the same in every run.
    """
    qrels = {f"q{number}": {"a": 1} for number in range(20)}
    ranking = {f"q{number}": ["a"] if number % 2 else ["b", "a"] for number in range(20)}

    figures = evaluate(ranking, qrels)

    mean, low, high = figures["Success@1"]
    assert low < mean == 0.5 < high
    assert figures == evaluate(ranking, qrels)


def test_no_judgements_no_mean():
    """
    A set without a relevant document has no mean.
    """
    with pytest.raises(ValueError, match="no question has a relevant document"):
        question_values({}, {})


@pytest.mark.parametrize(("name", "opener"), [("c.jsonl", open), ("c.jsonl.gz", gzip.open), ("c.jsonl.xz", lzma.open)])
def test_another_corpus_file(tmp_path, name, opener):
    """
    A corpus file may stand in for the folder's own, packed or not, with "id" for "_id"; the first of two ids counts.
    """
    folder = beir(tmp_path / "set")
    with opener(tmp_path / name, "wt", encoding="utf-8") as file:
        file.write('{"id": "x", "title": "T", "text": "một"}\n{"id": "x", "title": "T", "text": "hai"}\n')

    loaded = load_set(folder, tmp_path / name)

    assert loaded.corpus == (Entry("x", "T", "một"),)
    assert loaded.qrels == {"q1": {"d 2": 1}, "q2": {"d 3": 1}}


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("corpus.jsonl", "{\n", r"corpus.jsonl:1: this line is not JSON"),
        ("corpus.jsonl", "[]\n", r"corpus.jsonl:1: this line is no object"),
        ("corpus.jsonl", '{"text": "a"}\n', r"corpus.jsonl:1: the object has no '_id' or 'id'"),
        ("queries.jsonl", '{"_id": "q"}\n', r"queries.jsonl:1: the object has no 'text'"),
        ("qrels.tsv", "q1 d1 1\n", r"qrels.tsv:1: 'q1 d1 1' is not question, document and score"),
    ],
)
def test_a_broken_line_is_told_by_its_place(tmp_path, file, content, message):
    """
    A line that cannot be read is named by file and number.
    """
    folder = beir(tmp_path / "set")
    (folder / file).write_text(content, encoding="utf-8")

    with pytest.raises(InputError, match=message):
        load_set(folder)


def test_a_missing_file_is_told(tmp_path):
    """
    A folder that is no retrieval set says which file it lacks; so does a missing corpus file.
    """
    with pytest.raises(InputError, match=r"there is no corpus.jsonl"):
        load_set(tmp_path)
    with pytest.raises(InputError, match=r"other.jsonl: there is no such file"):
        load_set(beir(tmp_path / "set"), tmp_path / "other.jsonl")


def test_rankings(tmp_path):
    """
    Every system ranks every judged question; with words in common, the document that has them comes first.
    """
    retrieval_set = load_set(beir(tmp_path / "set"))
    rankings = rank(retrieval_set, collection_of(retrieval_set, workers=1), load_encoder(), [Reranker.load()])

    assert set(rankings) == set(SYSTEMS)
    for ranking in rankings.values():
        assert [hits[0][0] for hits in ranking.values()] == ["d 2", "d 3"]
        for hits in ranking.values():
            assert [score for _, score in hits] == sorted((score for _, score in hits), reverse=True)


def test_what_is_typed_is_ranked_by_its_readings(tmp_path):
    """
    A badly typed question is put in the place of the set's own, and ranked by what it is read as.
    """
    retrieval_set = load_set(beir(tmp_path / "set"))
    read = {"dang ky tam tru": "đăng ký tạm trú", "thu hoi dat": "thu hồi đất"}

    rankings = rank(
        retrieval_set,
        collection_of(retrieval_set, workers=1),
        load_encoder(),
        [Reranker.load()],
        typed=lambda query, _: list(read)[int(query[1]) - 1],
        reader=lambda text: [QuestionReading(read[text])],
    )

    assert [hits[0][0] for hits in rankings[FULL].values()] == ["d 2", "d 3"]


def test_each_half_is_ranked_by_who_did_not_learn_it(tmp_path):
    """
    Of two rerankers, the one counts for a question that was not trained on it.
    """
    retrieval_set = load_set(beir(tmp_path / "set"))
    shipped = Reranker.load()
    columns = len(shipped.mean)
    mute = {name: np.zeros_like(tensor) for name, tensor in shipped.networks[0].items()}
    learned = frozenset({zlib.crc32(b"q1"), zlib.crc32(b"q2")})
    useless = Reranker("", learned, np.zeros(columns, np.float32), np.ones(columns, np.float32), (mute,))
    collection = collection_of(retrieval_set, workers=1)

    good = rank(retrieval_set, collection, load_encoder(), [useless, replace(shipped, learned=frozenset())])
    bad = rank(retrieval_set, collection, load_encoder(), [useless])

    assert [hits[0][0] for hits in good[FULL].values()] == ["d 2", "d 3"]
    assert {score for hits in bad[FULL].values() for _, score in hits} == {0.0}


def test_run_file_is_parted_by_tabs(tmp_path):
    """
    Document ids may hold spaces, so the six fields of a run line are parted by tabs.
    """
    write_run({"q1": [("Luật A@1", 2.0), ("Luật A@2", 1.5)]}, tmp_path / "out.trec", tag="fused")

    lines = (tmp_path / "out.trec").read_text(encoding="utf-8").splitlines()

    assert [line.split("\t") for line in lines] == [
        ["q1", "Q0", "Luật A@1", "1", "2.000000", "fused"],
        ["q1", "Q0", "Luật A@2", "2", "1.500000", "fused"],
    ]


def test_equal_scores_keep_their_order_in_a_run_file(tmp_path):
    """
    trec_eval orders by score and then by id, so that scores of a run file fall where ours are equal.
    """
    ranking = {"q1": [("a", 1.0), ("c", 1.0), ("b", 1.0), ("d", 0.9999985)]}
    write_run(ranking, tmp_path / "out.trec", tag="x")

    fields = [line.split("\t") for line in (tmp_path / "out.trec").read_text(encoding="utf-8").splitlines()]

    assert trec_order((document, float(score)) for _, _, document, _, score, _ in fields) == ["a", "c", "b", "d"]
    assert [score for *_, score, _ in fields] == ["1.000000", "0.999999", "0.999998", "0.999997"]


@pytest.mark.skipif(not os.environ.get("HVB_DATA"), reason="reads a set that is not part of the project: HVB_DATA")
def test_bm25_comes_out_as_published_on_xquad():
    """
    Plain BM25 over the 1,182 different questions of XQuAD-vi has the published nDCG@10 of 0.9579 and R@1 of 0.916.
    """
    xquad = named_set("xquad", Path(os.environ["HVB_DATA"]))
    score = _plain_scorer(_default_words([entry.text for entry in xquad.corpus]))
    ranking = {
        query: [xquad.corpus[unit].id for unit, _ in _listed(score(_default_words([text])[0]))]
        for query, text in xquad.judged().items()
    }

    figures = evaluate(ranking, xquad.qrels, ["nDCG@10", "R@1"])

    assert (len(ranking), round(figures["nDCG@10"][0], 4), round(figures["R@1"][0], 3)) == (1182, 0.9579, 0.916)


def test_the_command_prints_every_system(tmp_path, capsys):
    """
    The command prints one line a system with its intervals, writes the run, and gives the same as JSON.
    """
    folder = beir(tmp_path / "set")

    assert main(["--set", str(folder), "--run", str(tmp_path / "out.trec")]) == 0
    table = capsys.readouterr().out
    assert main(["--set", str(folder), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)

    assert all(f"| {system} | 1.000 [1.000, 1.000]" in table for system in SYSTEMS)
    assert report["figures"]["reranked"]["nDCG@10"] == [1, 1, 1]
    assert main(["--set", str(folder), "--json", str(tmp_path / "out.json"), "--measures", "R@1"]) == 0
    assert "| BM25 as published | 1.000 [1.000, 1.000] |" in capsys.readouterr().out
    kept = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert (kept["kind"], kept["documents"], kept["figures"]["dense"]) == ("retrieval", 3, {"R@1": [1, 1, 1]})
    assert (tmp_path / "out.trec").read_text(encoding="utf-8").startswith("q1\tQ0\td 2\t1\t")


def test_squad_becomes_beir(tmp_path):
    """
    Each paragraph is a document; a question asked of two paragraphs is one question with two relevant documents.
    """
    paragraphs = [
        {"context": "Một.", "qas": [{"id": "a", "question": "Gì?"}, {"id": "b", "question": "Ai?"}]},
        {"context": "Hai.", "qas": [{"id": "c", "question": " Gì? "}]},
    ]
    (tmp_path / "squad.json").write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}), encoding="utf-8")

    write_squad_as_beir(tmp_path / "squad.json", tmp_path / "set")

    loaded = load_set(tmp_path / "set")
    assert [entry.text for entry in loaded.corpus] == ["Một.", "Hai."]
    assert loaded.queries == {"a": "Gì?", "b": "Ai?"}
    assert loaded.qrels == {"a": {"p1": 1, "p2": 1}, "b": {"p1": 1}}


def test_sentences_of_a_squad_file(tmp_path):
    """
    Each sentence is a document, and the one in which the answer begins is relevant; a named set says which file it lacks.
    """
    context = "Một câu. Hai câu."
    paragraph = {
        "context": context,
        "sentences": ["Một câu.", "Hai câu."],
        "qas": [{"id": "a", "question": "Mấy?", "answers": [{"answer_start": context.index("Hai"), "text": "Hai"}]}],
    }
    folder = tmp_path / "xquad_r_vi"
    folder.mkdir()
    (folder / "vi.json").write_text(json.dumps({"data": [{"paragraphs": [paragraph]}]}), encoding="utf-8")

    loaded = named_set("xquad-r", tmp_path)

    assert [entry.text for entry in loaded.corpus] == ["Một câu.", "Hai câu."]
    assert loaded.qrels == {"a": {"p2": 1}}
    with pytest.raises(InputError, match=r"dev_ViQuAD.json: there is no such file.*--data"):
        named_set("viquad", tmp_path)
