"""
Questions that nobody means: random, malformed, oversized, and written to attack the page, the database or our own patterns.

Each is made from a seed and its number alone, so that one that does harm can be made again: ``hostile_question(1, 4711)``.
"""

from __future__ import annotations

import random
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MARK = "hvbHarm"  # what a script of an attack sets in the window, to be looked for afterwards
ELSEWHERE = "evil.example"  # the host that attacks would have the browser call
_LONGEST = 1000  # characters that the assistant takes; most attacks stay below, to get further in
_DATA: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("hostile.toml").read_text(encoding="utf-8"))
_CUES, _HTML, _MARKDOWN, _CODE, _KEYS = (tuple(_DATA[name]) for name in ("cues", "html", "markdown", "code", "keys"))
_ODD = (
    "\u202e\u202d\u2066\u2067\u2069\u200f\u200e\u061c\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\u2028\u2029\u0085\u00a0\u3000\x00\x01\x07\x1b\x7f\x9f"
    "\ud800\udfff\udc00\ufffe\uffff\U0010ffff\U0001f469\u200d\U0001f680\u0300\u0323\u0309\u20e3ßİıſﬁǅ℡ẞΣς²½Ⅷ٣९９〇㊿𝟗ﷺ꧁ậ̣̂"
)


@dataclass(frozen=True, slots=True)
class Hostile:
    """One question: its number, its kind and its words."""

    number: int
    kind: str
    text: str


def _words(draw: random.Random, count: int) -> str:
    return " ".join(draw.choice(_CUES) for _ in range(count))


def _filled(draw: random.Random, attacks: tuple[str, ...]) -> str:
    attack = draw.choice(attacks).format(mark=MARK, host=ELSEWHERE)
    return draw.choice((attack, f"{_words(draw, 2)} {attack}", f"{attack} {_words(draw, 2)}?", f"{attack}{attack}"))


def _points(draw: random.Random) -> str:
    """Any code points, surrogates among them."""
    top = draw.choice((0x80, 0x300, 0x2100, 0xFFFF, sys.maxunicode))
    return "".join(chr(draw.randint(0, top)) for _ in range(draw.randint(1, 300)))


def _sprinkled(draw: random.Random) -> str:
    """A question with marks that turn, hide or change letters in it."""
    letters = list(_words(draw, draw.randint(1, 6)))
    for _ in range(draw.randint(1, 30)):
        letters.insert(draw.randint(0, len(letters)), draw.choice(_ODD))
    return "".join(letters)


def _stacked(draw: random.Random) -> str:
    """Letters under piles of combining marks."""
    pile = "".join(chr(draw.randint(0x300, 0x36F)) for _ in range(draw.randint(1, 40)))
    return "".join(letter + pile for letter in _words(draw, 1))[: draw.choice((200, _LONGEST))]


def _keys(draw: random.Random) -> str:
    """What is left of Telex and VNI where the keyboard did not take it."""
    glue = draw.choice(("", " ", "  ", "."))
    return glue.join(draw.choice(_KEYS) for _ in range(draw.randint(1, 120)))[:_LONGEST]


def _numbers(draw: random.Random) -> str:
    """Numbers, days and places beyond all bounds."""
    number = draw.choice(
        (
            "9" * draw.choice((5, 20, 400, 900)),
            "-1",
            "0",
            "00000",
            "1e999",
            "NaN",
            "٣",
            "９９",
            "²",
            "Ⅷ",
            "MMMMMMMMMM",
            "IIIIII",
            "1.1.1.1.1.1.1.1",
            "5ađ",
        )
    )
    return draw.choice(
        (
            f"nhiệm vụ {number} ai chủ trì?",
            f"nhiệm vụ {number} đến {number}",
            f"Điều {number} khoản {number} điểm {number}",
            f"trước ngày {number}/{number}/{number}",
            "ngày 31/02/2025, 00/00/0000, 32/13/99999",
            f"tháng {number}/2025",
            f"quý {number} năm {number}",
            f"còn {number} ngày nữa có nhiệm vụ nào đến hạn?",
            f"trong {number} năm tới, {number} tuần trước",
            f"từ năm {number} đến năm 0",
            f"số {number}/{number}/NĐ-CP",
            f"tăng {number}% và {number} tỷ đồng",
            f"mục {number}, phụ lục {number}, lần {number}",
            f"task {number} due before {number}",
        )
    )


def _repeated(draw: random.Random) -> str:
    """One piece over and over, and an end that does not fit: what makes a pattern try every way."""
    piece = draw.choice(
        (
            *_CUES,
            *(
                "a",
                " ",
                "1",
                "1.",
                "1.1",
                "(",
                "((a",
                "[1]",
                '"',
                "“",
                "- ",
                "-",
                "/",
                "a-",
                "1/1",
                "Đ",
                "\n",
                "\t \n",
                "và ",
                "của ",
                ", ",
                "I",
                "một ",
                "nhiệm vụ 1, ",
            ),
            *(
                "khoản 1 Điều 1 ",
                "ngày 1 tháng 1 ",
                "từ 1 đến ",
                "số 1/KH-A ",
                "Sở A, Sở B và ",
                "điểm a, ",
                "a.b@c",
                "số: ",
                "không ",
                "hai mươi ",
                "năm ",
            ),
        )
    )
    length = draw.choice((300, _LONGEST - 20, _LONGEST))
    return (piece * (length // len(piece) + 1))[: length - 2] + draw.choice(("", "!", "x", "\x00", "?"))


def _huge(draw: random.Random) -> str:
    """A hundred thousand characters."""
    unit = draw.choice((*_CUES, "x", " ", "\x00", "(", "<b>", "ậ̣", "\u202e", _filled(draw, _HTML)))
    return (unit * (100_000 // len(unit) + 1))[:100_000]


def _nested(draw: random.Random) -> str:
    pairs = draw.choice(("()", "[]", "{}", "“”", "<>", "''"))
    depth = draw.randint(20, _LONGEST // 2 - 30)
    return pairs[0] * depth + _words(draw, 1) + pairs[1] * draw.choice((0, depth))


def _mixed(draw: random.Random) -> str:
    """Pieces of real questions in any order, each of which some way of answering listens to."""
    return _words(draw, draw.randint(2, 25))[:_LONGEST]


def _broken(draw: random.Random) -> str:
    """The same, with letters changed, doubled, left out and run together."""
    letters = list(_mixed(draw))
    for _ in range(draw.randint(1, 40)):
        at = draw.randrange(len(letters))
        letters[at : at + 1] = draw.choice(
            ([], [letters[at]] * 2, [draw.choice("aâăeêoôơuưđ 1/.,-?")], [letters[at].upper()])
        )
        letters = letters or ["?"]
    return "".join(letters)[:_LONGEST]


def _empty(draw: random.Random) -> str:
    return draw.choice(("", " ", "\n\t", "?", "???", "\u200b", "\x00", "...", "-", "\u00a0", "\ufeff", "\U0001f600"))


_KINDS: dict[str, tuple[int, Callable[[random.Random], str]]] = {
    "code points": (10, _points),
    "marks": (14, _sprinkled),
    "combining": (4, _stacked),
    "html": (14, lambda draw: _filled(draw, _HTML)),
    "markdown": (8, lambda draw: _filled(draw, _MARKDOWN)),
    "code": (10, lambda draw: _filled(draw, _CODE)),
    "keys": (6, _keys),
    "numbers": (10, _numbers),
    "repeated": (8, _repeated),
    "nested": (3, _nested),
    "mixed": (8, _mixed),
    "broken": (7, _broken),
    "empty": (1, _empty),
    "huge": (1, _huge),
}


def hostile_question(seed: int, number: int) -> Hostile:
    """Return question *number* of those that *seed* gives."""
    draw = random.Random(f"{seed}:{number}")  # noqa: S311 - it has to come back the same
    kind = draw.choices(list(_KINDS), [weight for weight, _ in _KINDS.values()])[0]
    return Hostile(number, kind, _KINDS[kind][1](draw))


def hostile_questions(count: int, *, seed: int = 1) -> Iterator[Hostile]:
    """Yield *count* questions; all kinds come early."""
    return (hostile_question(seed, number) for number in range(count))


def hostile_document() -> str:
    """Return a plan whose every clause and task holds an attack, as somebody could upload it."""
    attacks = [attack.format(mark=MARK, host=ELSEWHERE).replace("\x00", "") for attack in (*_HTML, *_MARKDOWN, *_CODE)]
    clauses = "\n".join(
        f"{number}. Nội dung số {number}: {' '.join(one.split())}." for number, one in enumerate(attacks, 1)
    )
    return (
        "ỦY BAN NHÂN DÂN TỈNH A\n\nSố: 12/KH-UBND\n\nA, ngày 05 tháng 11 năm 2025\n\nKẾ HOẠCH\n\nVề việc thử các nội dung gây hại\n\n"
        f"I. NỘI DUNG\n\n{clauses}\n"
    )
