"""Abbreviations: the general ones of ``abbreviations.toml``, and those that a corpus explains or uses for what it writes out elsewhere."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import regex as re

from indexer.types import fold_white
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_FUNCTION = frozenset(("va", "cua", "ve", "cac"))  # "Khoa học và Công nghệ" is KHCN
_LONGEST = 12  # words that one abbreviation stands for
_SHORT = r"\p{Lu}[\p{Lu}&.-]*(?:\s\p{Lu}[\p{Lu}&.-]+)*"
_EXPLAINED = re.compile(
    rf"\(\s*(?:{_SHORT})(?:\s*[,;]\s*(?:{_SHORT}))*\s*\)"
    rf"|\(?\s*(?:sau\s+đây\s+|dưới\s+đây\s+)?(?:được\s+)?(?:gọi\s+tắt|viết\s+tắt)\s+là:?\s*[\"“]?(?P<one>{_SHORT})[\"”]?(?=[\s),.;]|$)"
)
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE_END = re.compile(r"[.;:()]")
# a kind of body, then the name in capitals and small letters
_NAMED = re.compile(r"(?<!\w)(Sở|Bộ|Ban|Cục|Chi cục|Vụ|Phòng|Trung tâm|Hội|Viện|Chi nhánh|Quỹ)\s+(?=\p{Lu}\p{Ll})")


@cache
def _data() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("indexer").joinpath("abbreviations.toml").read_text(encoding="utf-8"))


@cache
def common_abbreviations() -> dict[str, str]:
    """Return abbreviations that stand in documents and questions alike, by their small letters."""
    return dict(_data()["common"])


@cache
def name_abbreviations() -> dict[str, str]:
    """Return every general abbreviation that may stand in a name, by its :func:`letters_of`."""
    return {letters_of(short): meant for short, meant in {**_data()["common"], **_data()["names"]}.items()}


def letters_of(short: str) -> str:
    """Return the letters of an abbreviation alone: "LĐ-TB&XH" gives "ldtbxh"."""
    return "".join(_WORD.findall(fold(short)))


def learn_abbreviations(texts: Iterable[str]) -> dict[str, str]:
    """
    Return what the abbreviations mean that *texts* explain, by their small letters: "Ban Quản lý khu kinh tế (BQL KKT)".

    The letters must be the initials of the words before. One that is explained in two ways is left out.
    """
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for text in texts:
        for short, meant in _explained(fold_white(text)):
            found[short.lower()].setdefault(fold(meant), meant)
    return {short: next(iter(meanings.values())) for short, meanings in found.items() if len(meanings) == 1}


def _explained(text: str) -> Iterator[tuple[str, str]]:
    for match in _EXPLAINED.finditer(text):
        before = text[max(0, match.start() - 250) : match.start()].rstrip(' "”')
        ends = [end.end() for end in _SENTENCE_END.finditer(before)]
        words = list(_WORD.finditer(before, ends[-1] if ends else 0))
        inside = match.group().strip("() ")
        shorts = [match["one"]] if match["one"] else [part.strip() for part in re.split("[,;]", inside)]
        for short in reversed(shorts):  # the last stands nearest
            if len(letters_of(short)) < 2:
                break
            first = _initials_end_at(words, letters_of(short))
            if first is None:
                break
            yield short, before[words[first].start() : words[-1].end()]
            words = words[:first]


def _initials_end_at(words: Sequence[re.Match[str]], letters: str) -> int | None:
    """Return the index of the first of the last words whose initials are *letters*; function words need no letter."""
    left = len(letters)
    for index in range(len(words) - 1, max(-1, len(words) - 1 - _LONGEST), -1):
        word = fold(words[index].group())
        if left and word[0] == letters[left - 1]:
            left -= 1
        elif word not in _FUNCTION or left == len(letters):
            return None
        if left == 0:
            return index
    return None


class Initials:
    """Which one name is written out behind a kind of body, by its initials; those that several names have are left out."""

    def __init__(self, names: Mapping[str, str] | None = None) -> None:
        """*names*, folded, stand by the folded kind and the initials with a tab between them."""
        self.names = names or {}

    @classmethod
    def learn(cls, texts: Iterable[str]) -> Initials:
        """Return the names that *texts* write out."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for text in texts:
            folded = fold_white(text)
            for match in _NAMED.finditer(folded):
                for initials, name in _beginnings(folded[match.end() : match.end() + 90]):
                    found[f"{fold(match.group(1))}\t{initials}"].add(name)
        return cls({key: min(names) for key, names in found.items() if len(set(map(_without_and, names))) == 1})

    def name(self, kind: str, letters: str) -> str | None:
        """Return the one name behind *kind* that has these initials, folded; None where there is none or more than one."""
        return self.names.get(f"{fold(kind)}\t{letters}")


def _without_and(name: str) -> str:
    return " ".join(word for word in re.findall(r"\w+", name) if word != "va")


def _beginnings(after: str) -> Iterator[tuple[str, str]]:
    """
    Yield the initials of each beginning of *after* that may be a name, and that name, folded.

    It ends before punctuation or a small letter, and not before "và" and a capital.
    """
    words = list(re.finditer(r"[\p{L}]+", re.split(r"[.;:()\n]", after)[0]))
    initials = ""
    for index, word in enumerate(words[:_LONGEST]):
        plain = fold(word.group())
        if plain in _FUNCTION:
            continue
        initials += plain[0]
        following = [other.group() for other in words[index + 1 : index + 3]]
        if following and following[0] == "và":
            following = following[1:]
        if len(initials) > 1 and not (following and following[0][0].isupper()):
            yield initials, fold(after[: word.end()])
