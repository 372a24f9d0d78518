"""The command line of eval: exit codes and messages."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from eval.__main__ import main
from eval.compare import load_report
from eval.question_set import REPORTED
from eval.run import ASSISTANT
from tests.eval.samples import line

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("arguments", [[], ["fly"], ["compare", "one.json"], ["run", "--no-such"]])
def test_wrong_usage(arguments, capsys):
    """Wrong usage ends with 2 and shows the usage."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)

    assert caught.value.code == 2
    assert "usage: python -m eval" in capsys.readouterr().err


def test_a_broken_line_ends_with_1(tmp_path, capsys):
    """A fault of the input ends with 1 and says file, line, fact and next step on stderr, nothing on stdout."""
    path = tmp_path / "set.jsonl"
    path.write_text(f"{line()}\n{{\n", encoding="utf-8")

    assert main(["run", "--questions", str(path)]) == 1

    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"{path}:2: is no JSON")


def test_a_missing_index_ends_with_1(tmp_path, capsys):
    """Without an index the message names the folder and the command that builds one."""
    path = tmp_path / "set.jsonl"
    path.write_text(line(), encoding="utf-8")

    assert main(["run", "--questions", str(path), "--index", str(tmp_path / "none")]) == 1

    err = capsys.readouterr().err
    assert str(tmp_path / "none") in err
    assert "python -m indexer build" in err


def test_nothing_is_learned_from_the_reported_set(tmp_path, capsys):
    """The set that is reported cannot be given to the training, by whichever path it is called."""
    named = str(REPORTED.parent / ".." / REPORTED.parent.name / REPORTED.name)

    assert main(["train-answering", "--set", str(tmp_path), named, "--data", str(tmp_path)]) == 1
    assert "reported.jsonl is reported, so nothing may be learned from it" in capsys.readouterr().err


def test_check_reports_faults(tmp_path, capsys):
    """Check lists what is wrong with a set and ends with 1; with nothing wrong it ends with 0."""
    (tmp_path / "phu-luc.txt").write_text("Sở Khoa học và Công nghệ", encoding="utf-8")
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    good.write_text(line(), encoding="utf-8")
    bad.write_text(line(status="not_found"), encoding="utf-8")

    assert main(["check", "--questions", str(good), "--documents", str(tmp_path)]) == 0
    assert "1 questions in 1 files, 0 faults" in capsys.readouterr().out
    assert main(["check", "--questions", str(bad), "--documents", str(tmp_path)]) == 1
    assert "q1: is answerable, but expects not_found" in capsys.readouterr().out


def test_compare_reads_two_runs(tmp_path, capsys):
    """Compare prints what was gained between two result files."""
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    for path, right in ((before, False), (after, True)):
        rows = [{"id": "q1", "right": right, "question": "Ai?", "reasons": []}]
        path.write_text(json.dumps({"systems": {ASSISTANT: {"rows": rows}}}), encoding="utf-8")

    assert main(["compare", str(before), str(after)]) == 0

    assert "gained q1: Ai?" in capsys.readouterr().out
    assert load_report(after, ASSISTANT)["q1"]["right"] is True


def test_help_is_instant():
    """Help imports none of the heavy libraries."""
    code = (
        "import sys\n"
        "from eval.__main__ import parser\n"
        "parser().format_help()\n"
        "print([name for name in ('torch', 'faiss', 'bm25s', 'numpy', 'pyvi') if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
