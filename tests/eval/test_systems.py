"""Which systems a run asks, what they are called, and how they stand beside each other."""

from __future__ import annotations

import json
from argparse import ArgumentParser

import pytest

from eval.__main__ import main
from eval.baseline import PIECE, open_baseline
from eval.measures import score_record
from eval.run import Outcome
from eval.side_by_side import error_lines, side_by_side
from eval.systems import add_options, assistant_name, open_systems
from indexer.errors import InputError
from tests.eval.samples import ROW, question, record, unanswerable
from tests.fakes import FakeEncoder

TEXTS = {
    "a": "Sở Tài chính lo kinh phí. ".ljust(PIECE, ".") + "Sở Y tế chủ trì nhiệm vụ chín.",
    "b": "Không liên quan.",
}


def options(*words, answers=None, baseline=False):
    parser = ArgumentParser()
    add_options(parser)
    chosen = parser.parse_args(words)
    chosen.answers, chosen.baseline = answers, baseline
    return chosen


class NoIndex:
    """An index with an embedding model and nothing else."""

    encoder = FakeEncoder


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ((), "assistant"),
        (("--without", "rerank", "--without", "dense"), "assistant without rerank, dense"),
        (("--model", "models/small"), "assistant; model small"),
        (("--without", "late", "--llm", "http://here/v1", "--llm-model", "m"), "assistant without late; reworded by m"),
    ],
)
def test_a_report_says_what_was_switched(words, name):
    """The assistant is called by what is not as usual."""
    assert assistant_name(options(*words)) == name


def test_systems_stand_in_their_order(tmp_path):
    """Ours first, then the baselines named, the naive one, and other people's under their names."""
    path = tmp_path / "answers.jsonl"
    path.write_text(json.dumps(record()) + "\n", encoding="utf-8")
    wanted = options(
        "--systems", "assistant, bm25-words,dense:2", "--adapter", f"jsonl:{path}", "--name", "peer",
        answers=path, baseline=True,
    )  # fmt: skip

    assert list(open_systems(wanted, NoIndex(), TEXTS)) == ["assistant", "bm25-words", "dense:2", "baseline", "peer"]


@pytest.mark.parametrize(
    ("words", "fact"),
    [
        (("--systems", "none"), "no system is left"),
        (("--systems", "bm25"), "there is no system 'bm25'"),
        (("--systems", "dense:0"), "there is no system 'dense:0'"),
        (("--systems", "dense,dense"), "two systems are called 'dense'"),
        (("--without", "reranker"), "no part 'reranker'"),
        (("--llm-model", "m"), "--llm-model"),
        (("--systems", "dense", "--name", "a", "--name", "b"), "no adapter for it"),
    ],
)
def test_what_cannot_be_asked_is_refused(words, fact):
    """A name that stands for nothing is told with those that there are."""
    with pytest.raises(InputError) as caught:
        open_systems(options(*words), NoIndex(), TEXTS)

    assert fact in str(caught.value)
    assert "\n  " in str(caught.value)


def test_the_parts_are_listed(capsys):
    """``run --parts`` lists what can be left out, and ends."""
    with pytest.raises(SystemExit) as caught:
        main(["run", "--parts"])

    assert caught.value.code == 0
    assert "verification" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["bm25-syllables", "bm25-words", "dense"])
def test_a_baseline_pastes_its_best_pieces(name):
    """Whatever ranks the pieces, the best is pasted whole and cited; with a number, as many as it says."""
    asked = {"id": "q", "question": "Sở Y tế chủ trì nhiệm vụ chín"}
    one, two = (open_baseline(found, TEXTS, FakeEncoder).record(asked) for found in (name, f"{name}:2"))

    assert one["answer"] == "Sở Y tế chủ trì nhiệm vụ chín."
    assert len(two["citations"]) == 2
    for cited in two["citations"]:
        assert cited["quote"] == TEXTS[cited["document"]][cited["start"] : cited["end"]]


def outcome(asked, told):
    return Outcome(asked, told, score_record(asked, told, {"phu-luc": ROW}))


def test_systems_side_by_side():
    """A line a system: the headline over what can be answered, declined rightly, right, unfounded figures, errors, milliseconds."""
    failed = {**record("", status="error", citations=[]), "reason": "HTTP status 500", "elapsed_ms": 3.0}
    systems = {
        "one": [outcome(question(), record()), outcome(unanswerable(id="q2"), record(status="not_found"))],
        "two": [
            outcome(question(), record("Sở Khoa học và Công nghệ, 77 người")),
            outcome(unanswerable(id="q2"), failed),
        ],
    }

    lines = list(side_by_side(systems))

    assert lines[2].startswith("| one | 2/2 | 1/1 1.000 [")
    assert lines[2].endswith("| 1/1 | 0 | 0 | 1.0 | 1.0 |")
    assert lines[3].startswith("| two | 1/2 |")
    assert lines[3].endswith("| 0/1 | 1 | 1 | 1.0 | 1.0 |")
    assert "  q2: HTTP status 500" in list(error_lines(systems))
