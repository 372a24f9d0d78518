"""The parts of the assistant that an evaluation may switch off, to see what each is worth."""

from __future__ import annotations

from enum import StrEnum

from indexer.errors import InputError
from indexer.ranking import RankingPart


class AnsweringPart(StrEnum):
    """The parts beside those of the ranking."""

    UNDERSTANDING = "understanding"
    REGISTERS = "registers"
    REFUSAL = "refusal"
    VERIFICATION = "verification"


Part = RankingPart | AnsweringPart

PARTS: dict[Part, str] = {
    RankingPart.RERANK: "the learned reranker; a weighted sum of keywords, meaning and late interaction orders instead",
    RankingPart.KEYWORDS: "BM25 over syllables and pairs",
    RankingPart.DENSE: "the embedding model: no candidates by meaning, and no cosine",
    RankingPart.LATE: "late interaction: question and passage compared word by word",
    AnsweringPart.UNDERSTANDING: "abbreviations, diacritics left out, slips, English: the question is taken as typed",
    AnsweringPart.REGISTERS: "look-up, lists and counts over the rows of tables: every answer comes from a sentence found",
    AnsweringPart.REFUSAL: "declining: the best sentence is given, however unlikely it answers",
    AnsweringPart.VERIFICATION: "the last check of an answer against what it cites",
}


def part_named(name: str) -> Part:
    """
    Return the part called *name*.

    Raises:
        InputError: there is none; the message names those that there are.
    """
    for part in PARTS:
        if name == part:
            return part
    raise InputError(f"there is no part {name!r} to leave out.\n  There are: {', '.join(PARTS)}")
