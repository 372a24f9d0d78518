"""
The results table of README.md and README.vi.md, made from a result file between two marks and never typed.

    python -m eval run --sealed --json eval/results/reported-COMMIT.json
    python -m eval docs --results eval/results/reported-COMMIT.json
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.intervals import wilson
from eval.run import ASSISTANT, BASELINE
from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

READMES = {"en": Path("README.md"), "vi": Path("README.vi.md")}
_BLOCK = re.compile(r"<!-- results(?: (?P<file>\S+))? -->\n.*?<!-- /results -->", re.DOTALL)
_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "head": "questions | n | naive baseline, right | this program, right",
        "total": "all",
        "note": (
            "Right: every asked fact is in the answer and the right place is cited; where the documents do not say, that this is said. "
            "The baseline cuts the text into pieces of 500 characters, ranks them by BM25 and pastes the best. "
            "95 % Wilson intervals. Commit {commit}, {questions}."
        ),
        "table_lookup": "a cell of a table",
        "list_count": "lists and counts",
        "clause_fact": "a fact in a clause",
        "cross_document": "over several documents",
        "metadata": "number, date, signer",
        "blank_cell": "a cell left blank",
        "unanswerable": "not in the documents",
        "no_diacritics": "typed without diacritics",
        "english": "in English",
        "scanned": "a bad scan",
        "follow_up": "following up",
        "typing": "slips and abbreviations",
    },
    "vi": {
        "head": "nhóm câu hỏi | số câu | cách đơn giản, đúng | chương trình này, đúng",
        "total": "tất cả",
        "note": (
            "Đúng nghĩa là: câu trả lời có đủ các dữ kiện được hỏi và dẫn đúng căn cứ; nếu văn bản không nêu thì nói rõ là không nêu. "
            "Cách đơn giản: cắt văn bản thành đoạn 500 ký tự, xếp hạng bằng BM25 rồi dán nguyên đoạn đầu. "
            "Khoảng tin cậy Wilson 95 %. Phiên bản {commit}, {questions}."
        ),
        "table_lookup": "tra một ô trong bảng",
        "list_count": "liệt kê và đếm",
        "clause_fact": "nội dung một điều khoản",
        "cross_document": "đối chiếu nhiều văn bản",
        "metadata": "số, ngày ban hành, người ký",
        "blank_cell": "ô để trống",
        "unanswerable": "văn bản không nêu",
        "no_diacritics": "gõ không dấu",
        "english": "hỏi bằng tiếng Anh",
        "scanned": "bản quét hỏng dấu",
        "follow_up": "câu hỏi nối tiếp",
        "typing": "gõ sai, viết tắt",
    },
}


def table(report: Mapping[str, Any], language: str) -> Iterator[str]:
    """Yield the lines of the table: the baseline first, then the assistant; every category, also where it loses."""
    words = _WORDS[language]
    systems = report["systems"]
    ours, baseline = systems[ASSISTANT], systems[BASELINE]
    yield f"| {words['head']} |"
    yield "|---|---:|---:|---:|"
    for category, counts in ours["categories"].items():
        pair = (baseline["categories"][category], counts)
        cells = [f"{one['right']} ({100 * one['right'] / one['count']:.0f} %)" for one in pair]
        yield f"| {words.get(category, category)} | {counts['count']} | {' | '.join(cells)} |"
    totals = [wilson(one["total"]["right"], one["total"]["count"]) for one in (baseline, ours)]
    cells = [f"**{100 * one.value:.0f} %** [{100 * one.low:.0f}, {100 * one.high:.0f}]" for one in totals]
    yield f"| **{words['total']}** | {ours['total']['count']} | {' | '.join(cells)} |"
    yield ""
    yield words["note"].format(commit=f"`{report['commit'][:7]}`", questions=", ".join(report["questions"]))


def block(file: Path, language: str) -> str:
    """
    Return the block that stands in the README of *language* for the result file *file*.

    Raises:
        InputError: the file is missing or holds no results of both systems.
    """
    try:
        report = json.loads(file.read_text(encoding="utf-8"))
        lines = "\n".join(table(report, language))
    except (OSError, ValueError, KeyError, TypeError) as error:
        msg = f"{file}: holds no results of {ASSISTANT} and {BASELINE} ({error}).\n  Make it:  python -m eval run --json {file}"
        raise InputError(msg) from error
    return f"<!-- results {file.as_posix()} -->\n{lines}\n<!-- /results -->"


def named_file(text: str) -> Path | None:
    """Return the result file from which the table in *text*, a README, was made; None where there is none yet."""
    match = _BLOCK.search(text)
    return Path(match.group("file")) if match and match.group("file") else None


def with_block(text: str, made: str) -> str:
    """
    Return *text*, a README, with its results replaced by *made*.

    Raises:
        InputError: it has no place for them.
    """
    if not _BLOCK.search(text):
        msg = "the README has no place for results.\n  Put <!-- results --> and <!-- /results --> into it."
        raise InputError(msg)
    return _BLOCK.sub(lambda _: made, text, count=1)
