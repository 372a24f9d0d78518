"""
What "nghị quyết đó", "kế hoạch cũ" mean in a conversation: the paper of that kind that the turn before named by its number.

Only papers that the corpus names and does not hold are put in place of such words; its own documents go on from turn to turn by
themselves (:mod:`assistant.conversation`). "Còn Sở B thì sao?" is the question before with Sở B in the place of who it was about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex as re

from assistant.halves import sources
from assistant.naming import agency_pattern
from indexer.letterhead import kinds
from indexer.relations import plain_number
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assistant.conversation import State
    from assistant.corpus import Corpus

_POINTS = re.compile(
    r"\b(nghi quyet|quyet dinh|nghi dinh|thong tu|chi thi|ke hoach|thong bao|ket luan|cong van|to trinh|chuong trinh|van ban)"
    r"(?: (cu|bi thay(?: the)?|truoc day|truoc do))?(?: (?:do|nay|ay|noi tren|vua neu|vua roi))?(?! \d)\b"
)


_SO = re.compile(r"(?:thi sao|thi the nao|thi ra sao|the nao|ra sao|sao)\W*$")
_TO = re.compile(r"^\W*(?:(?:the|con|vay|roi|va)\b\s*)*(?:(?:doi )?voi|o|ben|phia|rieng|cua)?\s*")
_BODY = re.compile(
    r"\b(?:Bộ|Sở|Cục|Vụ|Chi cục|Tổng cục|Ban|Phòng|Viện|Hội|Tập đoàn|UBND|Ủy ban nhân dân|Thanh tra|Văn phòng|Công an)"
    r"(?:\s+(?:tỉnh|thành phố))?(?:\s+\p{Lu}[\p{L}&-]*(?:\s+\p{Ll}+(?!\p{L}))?(?:(?:,|\s+và)\s+\p{Lu}\p{L}*(?:\s+\p{Ll}+)?)*|\s+(?:tỉnh|UBND tỉnh))"
)


def with_swapped(text: str, state: State, corpus: Corpus) -> str:
    """Return the question before about the body that *text* names instead: "còn Bộ B thì sao?"; *text* where it does not only do that."""
    before = state.query
    asked = _SO.search(fold(text))
    if before is None or before.rows or asked is None:
        return text
    start = _TO.match(fold(text))
    named = text[start.end() if start else 0 : asked.start()].strip(" ,")
    bodies = [match.span() for match in _BODY.finditer(before.text)]
    own = corpus.keys.find(named, corpus.agencies)
    if not own and not _BODY.fullmatch(named):
        return text
    if own and agency_pattern(own[0].key).sub("", fold(named)).strip():
        return text
    held = [(one.start, one.end) for one in sources(before, corpus)]
    spans = [body for body in bodies if all(body[1] <= first or last <= body[0] for first, last in held)][-1:]
    if not spans and any(corpus.issuers.get(agency.key) for agency in own):
        spans = held[:1]
    if not spans:
        return text
    first, last = spans[0]
    return f"{before.text[:first]}{named}{before.text[last:]}"


def with_antecedents(text: str, state: State, corpus: Corpus) -> str:
    """Return *text* with the number of what was spoken of behind "nghị quyết đó"; as it is where that is nothing or not one thing."""
    if state.query is None:
        return text
    asked, said = _foreign(state.query.numbers, corpus), _foreign(state.numbers, corpus)
    if not asked and not said:
        return text
    for match in reversed(list(_POINTS.finditer(fold(text)))):
        kind, old = match.group(1), match.group(2)
        if match.end() == match.end(1):
            continue  # it does not point back
        of_kind = [[n for n in numbers if _is_kind(kind, n)] for numbers in (said, asked)]
        meant = of_kind[0] or of_kind[1] if old else list(dict.fromkeys([*of_kind[1], *of_kind[0]]))
        if meant and (old or len(meant) == 1 or len(of_kind[1]) == 1):
            text = f"{text[: match.end(1)]} {meant[0]}{text[match.end() :]}"
    return text


def _foreign(numbers: Iterable[str], corpus: Corpus) -> list[str]:
    """Return those of *numbers* that no document of *corpus* has."""
    return [number for number in numbers if plain_number(number) not in corpus.own_numbers]


def _is_kind(kind: str, number: str) -> bool:
    """Tell whether a paper of *number* may be called *kind*: the letters of its kind stand in the number."""
    code = kinds().get(kind)
    return kind == "van ban" or (code is not None and code in re.split(r"[\W\d_]+", number))
