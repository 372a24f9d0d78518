"""The command line of the assistant, as a user starts it."""

import json
import os
import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY


@pytest.fixture(scope="module")
def run(real_index):
    """Run ``python -m assistant ask`` on the index of the repository's corpus."""

    def run(*words, index=real_index, typed=None):
        command = [sys.executable, "-m", "assistant", "ask", *words, "--index", str(index)]
        environment = {**os.environ, "PYTHONUTF8": "1"}
        return subprocess.run(
            command,
            cwd=REPOSITORY,
            input=typed,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            env=environment,
            check=False,
        )

    return run


def test_an_answer_is_printed_with_its_words(run):
    """
    What was understood, the answer and each quoted place are printed, and the exit is 0.
    """
    done = run("ai", "chu", "tri", "nv", "9")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(
        "Tôi hiểu câu hỏi là: ai chủ trì nhiệm vụ 9\nNhiệm vụ 9 do Sở Khoa học và Công nghệ chủ trì [1]."
    )
    assert (
        "[1] 6896/KH-UBND | Phụ lục II, mục III, nhiệm vụ 9, cột Cơ quan chủ trì\n    “Sở Khoa học và Công nghệ”"
        in done.stdout
    )


def test_json_prints_the_record(run):
    """
    With ``--json`` the one record is printed, and nothing else.
    """
    done = run("Ai chủ trì nhiệm vụ 45?", "--json")

    record = json.loads(done.stdout)
    assert (done.returncode, record["status"], record["id"]) == (0, "not_found", None)
    assert "1 đến 13" in record["answer"]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        # nothing is asked
        ((), 1, "Chưa có câu hỏi."),
        (("",), 1, "Câu hỏi đang để trống."),
        # 10,000 characters
        (("nhiệm vụ " * 1111 + "9",), 1, "quá 1.000 ký tự"),
        # a batch that is not there
        (("--batch", "khong-co.jsonl"), 1, "khong-co.jsonl: không có tệp này."),
        # wrong usage
        (("--nothing",), 2, "--nothing"),
    ],
)
def test_wrong_input_is_said(run, words, code, says):
    """
    Wrong input ends with its exit code and a sentence on stderr; nothing is printed and nothing is a traceback.
    """
    done = run(*words)

    assert (done.returncode, done.stdout) == (code, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_index_names_the_command_that_builds_it(run, tmp_path):
    """
    Where there is no index the message names the folder and the command that builds one.
    """
    done = run("Ai chủ trì nhiệm vụ 9?", index=tmp_path / "Kế hoạch" / ".index")

    assert (done.returncode, done.stdout) == (1, "")
    assert "python -m indexer build" in done.stderr
    assert "Kế hoạch" in done.stderr
    assert "Traceback" not in done.stderr


BATCH = (
    '{"id": "first", "question": "Ai chủ trì nhiệm vụ 9?"}',
    '{"id": "cut", "question": "Ai chủ',
    '["no object"]',
    '{"id": "none"}',
    '{"id": "history", "question": "Ai chủ trì nhiệm vụ 9?", "history": [9]}',
    '{"id": "empty", "question": ""}',
    "",
    '{"id": "turn", "question": "còn nhiệm vụ 6?", "history": [{"question": "Ai chủ trì nhiệm vụ 9?"}]}',
)


@pytest.mark.parametrize("source", ["file", "stdin"])
def test_a_batch_never_stops_at_a_bad_line(run, tmp_path, source):
    """
    One record a line comes out in the order of the lines; a bad line gives an error record and a line on stderr.
    """
    text = "\r\n".join(BATCH)
    path = tmp_path / "câu hỏi.jsonl"
    path.write_text("\ufeff" + text, encoding="utf-8", newline="")
    done = run("--batch", str(path)) if source == "file" else run("--batch", "-", typed=text)

    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [record["id"] for record in records] == ["first", None, None, "none", "history", "empty", "turn"]
    assert [record["status"] for record in records] == ["answered", *["error"] * 5, "answered"]
    assert records[-1]["citations"][0]["quote"] == "Sở Tài chính"
    assert all(record["reason"] for record in records[1:-1])
    name = path if source == "file" else "-"
    for number in range(2, 7):
        assert f"{name}:{number}: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_batch_of_other_bytes_is_no_traceback(run, tmp_path):
    """
    A file that is no text, or nested beyond reason, is answered line by line with errors.
    """
    path = tmp_path / "batch.jsonl"
    path.write_bytes(b"\xff\xfe\x00\x01\n" + b"[" * 5000 + b"\n")
    done = run("--batch", str(path))

    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, [record["status"] for record in records]) == (0, ["error", "error"])
    assert "Traceback" not in done.stderr
