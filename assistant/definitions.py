"""
What a word means: "Trẻ em năm tuổi là trẻ em từ …", "hợp tác công tư (PPP)", "STEM (Khoa học, …)".

A definition says little of a question but the word itself, so it is looked for by how it is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex as re

from indexer.types import StepKind
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.corpus import Corpus
    from assistant.extracts import Extract
    from assistant.question import Query
    from assistant.units import Sentence, Unit

_ASKS = re.compile(
    r"\bnghia la (?:gi|sao|the nao)\b|\b(?:duoc )?hieu (?:la|nhu the nao|the nao)\b|\bhieu .{3,60} la\b|\bgiai thich tu\b|\bviet tat\b|\bco nghia\b|"
    r"\bdinh nghia\b|\bla viet tat\b|\bstands? for\b|\bgom nhung (?:gi|mon|thanh phan)"
)
_QUOTED = re.compile(r"[“\"]([^”\"]{2,80})[”\"]")
_ACRONYM = re.compile(r"(?<![\p{L}\d/-])(\p{Lu}[\p{Lu}&]{1,7})(?![\p{L}\d/-])")
_BEFORE = re.compile(
    r"^\W*(?:the nao la |hieu |theo .{3,60}, )?([a-z][a-z ]{2,60}?) (?:duoc hieu|nghia|co nghia|la gi)\b"
)
_IS = r"\W{0,3}(?:\([^)]{1,60}\)\W*)?(?:la|gom|bao gom|duoc hieu la|nghia la|co nghia la)\b"


class Definitions:
    """Finds in *corpus* the sentence that says what a word of *query* means."""

    def __init__(self, corpus: Corpus, query: Query) -> None:
        self.corpus, self.query = corpus, query

    def find(self, found: Sequence[Extract]) -> tuple[Unit, Sentence] | None:
        """Return the sentence that defines what the question asks for: of the documents that it names, else of *found*."""
        if not _ASKS.search(self.query.folded):
            return None
        patterns = [re.compile(pattern) for pattern in self._patterns()]
        for pattern in patterns:
            for unit in self._units(found):
                for sentence in unit.sentences:
                    if pattern.search(sentence.folded):
                        return unit, sentence
        return None

    def _patterns(self) -> Iterator[str]:
        """Yield how a definition of each word that the question asks about is written, the plainest first."""
        words = [fold(word).strip() for word in _QUOTED.findall(self.query.text)]
        if before := _BEFORE.match(self.query.folded):
            words.append(before.group(1))
        for word in words:
            yield rf"^\W*(?:\w{{1,3}}[.)]\s*)?[“\"]?{re.escape(word)}[”\"]?{_IS}"
        for acronym in map(fold, _ACRONYM.findall(self.query.text)):
            short = re.escape(acronym)
            yield rf"\b{short} \([^)]{{4,}}\)"
            yield rf"[a-z]{{2,}} \((?:goi tat la |viet tat la |sau day goi la )?{short}\)"

    def _units(self, found: Sequence[Extract]) -> Iterator[Unit]:
        yield from (one.unit for one in found if one.clause is not None)
        for name in self.query.documents:
            for clause in self.corpus.index.clauses(name):
                if clause.path[0].kind not in (StepKind.HEAD, StepKind.RECIPIENTS, StepKind.SIGNATURE):
                    yield self.corpus.units_of.of(clause)
