"""
A place in a document as officials write it (``label``) and as Akoma Ntoso would (``eid``); both read back into the path.

    label: "Phụ lục II, mục III, nhiệm vụ 9, cột Thời gian hoàn thành"   "III.1.3, gạch đầu dòng 1"   "điểm a khoản 2 Điều 5"
    eid:   "app_II__grp_III__row.nhi…_9__col.…"                          "rom_III__num_1__num_1.3__bul_1"
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from indexer.types import Step, StepKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.types import Path

_LAW = (
    StepKind.PART,
    StepKind.CHAPTER,
    StepKind.DIVISION,
    StepKind.SUBDIVISION,
    StepKind.ARTICLE,
    StepKind.CLAUSE,
    StepKind.POINT,
)
_LADDER = (StepKind.ROMAN, StepKind.NUMBER)
_WORDS = {
    StepKind.PART: "Phần",
    StepKind.CHAPTER: "Chương",
    StepKind.DIVISION: "Mục",
    StepKind.SUBDIVISION: "Tiểu mục",
    StepKind.ARTICLE: "Điều",
    StepKind.CLAUSE: "khoản",
    StepKind.POINT: "điểm",
    StepKind.BULLET: "gạch đầu dòng",
    StepKind.PARAGRAPH: "đoạn",
    StepKind.APPENDIX: "Phụ lục",
    StepKind.GROUP: "mục",
    StepKind.HEAD: "phần mở đầu",
    StepKind.RECIPIENTS: "nơi nhận",
    StepKind.SIGNATURE: "phần ký",
    StepKind.FOOTNOTE: "chú thích",
    StepKind.TABLE: "bảng",
}
_PLUS = "dấu cộng"  # "+" under a dash
_NUMBER_ALONE = "tiểu mục"  # a number that stands under no Roman one: "tiểu mục 1.3" is 1, then 1.3
_ORPHAN = "tiểu mục số"  # "1.3" whose parent is not "1"
_OCCURRENCE = re.compile(r"(.*?) \(lần (\d+)\)$")


def _occurrence(step: Step) -> str:
    return f" (lần {step.occurrence})" if step.occurrence > 1 else ""


def _step_label(step: Step) -> str:
    if step.kind is StepKind.ROW:
        words = f"{step.name} {step.number}".strip()
    elif step.kind is StepKind.COLUMN:
        words = f"cột {step.name}"
    elif step.kind is StepKind.ROMAN:
        words = step.number
    elif step.kind is StepKind.NUMBER:
        words = f"{_ORPHAN if '.' in step.number else _NUMBER_ALONE} {step.number}"
    elif step.kind is StepKind.APPENDIX and step.name:  # what is issued with a decision: "Quy chế"
        words = f"{step.name} {step.number}".strip()
    elif step.kind is StepKind.BULLET and step.name == "+":
        words = f"{_PLUS} {step.number}"
    else:
        words = f"{_WORDS[step.kind]} {step.number}".strip()
    return words + _occurrence(step)


def _extends(parent: Step | None, step: Step) -> bool:
    """Tell whether the number of *step* can be written behind its parent's: III + 1, or 1 + 1.3."""
    if step.kind is not StepKind.NUMBER or parent is None:
        return False
    if parent.kind is StepKind.ROMAN:
        return "." not in step.number
    return parent.kind is StepKind.NUMBER and step.number.rpartition(".")[0] == parent.number


def step_labels(path: Path) -> tuple[str, ...]:
    """Return one label a step, outermost first: ``("Phụ lục II", "mục III", "nhiệm vụ 9")``."""
    return tuple(_step_label(step) for step in path)


def label(path: Path) -> str:
    """Return *path* in the words of an official; "" for the empty path."""
    parts: list[str] = []
    previous: Step | None = None
    for is_law, run in groupby(path, key=lambda step: step.kind in _LAW):
        steps = list(run)
        if is_law:
            parts.append(" ".join(_step_label(step) for step in reversed(steps)))
            previous = steps[-1]
            continue
        for step in steps:
            if _extends(previous, step):
                tail = step.number.rpartition(".")[2] if previous and previous.kind is StepKind.NUMBER else step.number
                parts[-1] += f".{tail}{_occurrence(step)}"
            else:
                parts.append(_step_label(step))
            previous = step
    return ", ".join(parts)


def _split_occurrence(text: str) -> tuple[str, int]:
    match = _OCCURRENCE.fullmatch(text)
    return (match.group(1), int(match.group(2))) if match else (text, 1)


def _parse_law(part: str) -> list[Step] | None:
    words = {_WORDS[kind]: kind for kind in _LAW}
    pattern = "|".join(sorted(words, key=len, reverse=True))
    found = re.findall(
        rf"({pattern}) ((?:[Tt]hứ|THỨ) (?:(?:mười|MƯỜI) (?!\()(?!{pattern}))?\S+|\S+)((?: \(lần \d+\))?)", part
    )
    if not found or " ".join(f"{word} {number}{times}" for word, number, times in found) != part:
        return None
    steps = [Step(words[w], n, occurrence=int(t[6:-1]) if t else 1) for w, n, t in found]
    return steps[::-1]


def _parse_chain(part: str) -> list[Step] | None:
    steps: list[Step] = []
    below_roman = not part.startswith(f"{_NUMBER_ALONE} ")
    for token in re.findall(r"\.?(\w+(?: \(lần \d+\))?)", part.removeprefix(f"{_NUMBER_ALONE} ")):
        number, occurrence = _split_occurrence(token)
        if re.fullmatch(r"[IVXLCDM]+", number) and not steps and below_roman:
            steps.append(Step(StepKind.ROMAN, number, occurrence=occurrence))
            continue
        parent = steps[-1] if steps else None
        full = f"{parent.number}.{number}" if parent and parent.kind is StepKind.NUMBER else number
        steps.append(Step(StepKind.NUMBER, full, occurrence=occurrence))
    return steps if steps and (steps[0].kind is StepKind.ROMAN) is below_roman else None


def _parse_part(part: str) -> list[Step]:
    if part.startswith(f"{_ORPHAN} "):
        number, occurrence = _split_occurrence(part.removeprefix(f"{_ORPHAN} "))
        return [Step(StepKind.NUMBER, number, occurrence=occurrence)]
    if part.startswith(f"{_NUMBER_ALONE} ") and (steps := _parse_chain(part)) is not None:
        return steps
    if (steps := _parse_law(part)) is not None:
        return steps
    text, occurrence = _split_occurrence(part)
    if text.startswith(f"{_PLUS} "):
        return [Step(StepKind.BULLET, text.removeprefix(f"{_PLUS} "), "+", occurrence)]
    for kind, word in _WORDS.items():
        number = text.removeprefix(f"{word} ")
        if kind not in _LAW and (text == word or (number != text and " " not in number)):
            return [Step(kind, number if number != text else "", occurrence=occurrence)]
    if (steps := _parse_chain(part)) is not None:
        return steps
    noun, _, number = text.rpartition(" ")
    if text[:1].isupper():  # rows are called by a common noun, what is issued with a decision by its kind
        with_number = bool(noun) and any(letter.isdigit() for letter in number)
        name = noun if with_number else text
        return [Step(StepKind.APPENDIX, number if with_number else "", name, occurrence)]
    return [Step(StepKind.ROW, number, noun, occurrence)]


def parse_label(text: str) -> Path:
    """Return the path that *text* labels: ``label(parse_label(text)) == text`` for every label of ours."""
    head, cut, name = text.partition("cột ") if text.startswith("cột ") else text.partition(", cột ")
    steps = [step for part in head.split(", ") if part for step in _parse_part(part)]
    if cut:
        name, occurrence = _split_occurrence(name)
        steps.append(Step(StepKind.COLUMN, "", name, occurrence))
    return tuple(steps)


def _escape(text: str) -> str:
    return quote(text, safe="").replace("_", "%5F").replace(".", "%2E").replace("~", "%7E")


def eid(path: Path) -> str:
    """Return an identifier of *path*, unique in its document, safe in URLs and HTML ids."""
    parts = []
    for step in path:
        name = f".{_escape(step.name)}" if step.name else ""
        number = f"_{_escape(step.number)}" if step.number else ""
        occurrence = f"~{step.occurrence}" if step.occurrence > 1 else ""
        parts.append(f"{step.kind}{name}{number}{occurrence}")
    return "__".join(parts)


def parse_eid(text: str) -> Path:
    """Return the path that *text* identifies: ``parse_eid(eid(path)) == path``."""
    steps = []
    for part in text.split("__") if text else ():
        body, _, occurrence = part.partition("~")
        head, _, number = body.partition("_")
        kind, _, name = head.partition(".")
        steps.append(Step(StepKind(kind), unquote(number), unquote(name), int(occurrence or 1)))
    return tuple(steps)


def is_prefix(outer: Sequence[Step], inner: Sequence[Step]) -> bool:
    """Tell whether *outer* is an ancestor of *inner*, or *inner* itself."""
    return len(outer) <= len(inner) and all(a == b for a, b in zip(outer, inner, strict=False))
