"""
Questions made from texts, each with the texts that answer it: weak supervision for the reranker.

They are titles and pieces of sentences with words left out and others put in their place, dressed as questions. What would
give the answer away (the title itself, or the sentence) is taken out of the text.
"""

from __future__ import annotations

import json
import random
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indexer.collection import TitledText
from indexer.segment import segment
from indexer.training.sources import FILES, LAW, WIKIPEDIA, read_jsonl, read_texts
from indexer.vocabulary import TIE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.static_model import StaticModel

LEFT_OUT, REPLACED = 0.15, 0.2  # shares of words
_ALIKE = 0.5  # cosine from which one word may stand for another
_COMMON = 15_000  # words that may be replaced, and by which
_SENTENCE = re.compile(r"(?<=[.;!?])\s+|\n+")
_ARTICLE_NUMBER = re.compile(r"^Điều\s+\S+\.\s+")
_LAW_TEXTS, _LAW_QUESTIONS, _RELATED, _WIKI_ARTICLES, _WIKI_QUESTIONS = 12_000, 1_600, 900, 80, 1_600
_PARAGRAPH = range(45, 260)  # words


@dataclass(frozen=True)
class Asked:
    """A question, the positions of the texts that answer it, and one that must not be looked at: its own source."""

    text: str
    answers: frozenset[int]
    excluded: int | None = None


@dataclass
class Lesson:
    """A collection with questions about it; ``weight`` is what each question counts in training."""

    name: str
    texts: list[TitledText]
    questions: list[Asked] = field(default_factory=list)
    weight: float = 1.0


class Rewording:
    """Leaves words out and puts others in their place, as who asks does not know the words of the text."""

    def __init__(self, model: StaticModel, chooser: random.Random) -> None:
        self._chooser = chooser
        words = [word for word in list(model.vocabulary.rows)[:_COMMON] if TIE not in word]
        self._words = words
        self._place = {word: place for place, word in enumerate(words)}
        self._rows = model.unit_rows[[model.vocabulary.rows[word] for word in words]]
        self._alike: dict[str, list[str]] = {}

    def __call__(self, words: Sequence[str]) -> list[str]:
        """Return *words* with some left out and some replaced; never nothing."""
        kept: list[str] = []
        for word in words:
            chance = self._chooser.random()
            if chance < LEFT_OUT:
                continue
            others = self._others(word) if chance < LEFT_OUT + REPLACED else []
            kept.append(self._chooser.choice(others) if others else word)
        return kept or list(words)

    def _others(self, word: str) -> list[str]:
        if word not in self._alike:
            place = self._place.get(word)
            if place is None or not any(map(str.isalpha, word)):
                self._alike[word] = []
            else:
                cosines = self._rows @ self._rows[place]
                nearest = np.argsort(-cosines, kind="stable")[1:6]
                self._alike[word] = [self._words[other] for other in nearest if cosines[other] > _ALIKE]
        return self._alike[word]


def _forms() -> dict[str, list[str]]:
    forms: dict[str, list[str]] = tomllib.loads((Path(__file__).parent / "questions.toml").read_text(encoding="utf-8"))
    return forms


def _plain(words: Sequence[str]) -> str:
    return " ".join(words).replace("_", " ")


def _bare_title(title: str) -> str:
    return _ARTICLE_NUMBER.sub("", title)


def law_lesson(data: Path, model: StaticModel, *, seed: int) -> Lesson:
    """Return articles of whole subjects with questions from their titles and sentences."""
    chooser = random.Random(seed)  # noqa: S311 - no secret
    reword, forms = Rewording(model, chooser), _forms()["forms"]
    subjects: dict[str, list[TitledText]] = {}
    for article in read_jsonl(data / FILES[LAW]):
        text = TitledText(str(article["title"]), str(article["text"]))
        subjects.setdefault(str(article["de_muc"]), []).append(text)
    texts: list[TitledText] = []
    for subject in chooser.sample(sorted(subjects), len(subjects)):
        if len(texts) < _LAW_TEXTS:
            texts += subjects[subject]
    lesson = Lesson("law", texts)
    long_enough = [
        place for place, item in enumerate(texts) if 40 < len(item.text.split()) < 1500 and len(item.title.split()) > 4
    ]
    for number, place in enumerate(chooser.sample(long_enough, min(_LAW_QUESTIONS, len(long_enough)))):
        item = texts[place]
        if number % 2 == 0:
            words = reword(segment(_bare_title(item.title)))
            texts[place] = TitledText("", item.text)
        else:
            sentences = [part for part in _SENTENCE.split(item.text) if 7 <= len(part.split()) <= 60]
            if not sentences:
                continue
            sentence = chooser.choice(sentences)
            words = [word for word in segment(sentence) if any(map(str.isalnum, word))]
            length = chooser.randint(5, 14)
            start = chooser.randint(0, max(0, len(words) - length))
            words = reword(words[start : start + length])
            if chooser.random() < 0.5:
                texts[place] = TitledText(item.title, item.text.replace(sentence, " "))
        dressed = chooser.choice(forms).replace("{}", _plain(words)) if chooser.random() < 0.7 else _plain(words)
        lesson.questions.append(Asked(dressed, frozenset({place})))
    return lesson


def related_questions(data: Path, model: StaticModel, ids: dict[str, int], *, seed: int) -> list[Asked]:
    """Return questions from titles of articles which the articles answer that the editors linked; *ids* gives positions."""
    chooser = random.Random(seed)  # noqa: S311 - no secret
    reword, forms = Rewording(model, chooser), _forms()["forms"]
    linked: dict[str, tuple[str, frozenset[int]]] = {}
    for item in read_jsonl(data / FILES[LAW]):
        answers = frozenset(ids[other] for other in map(str, item.get("related") or ()) if other in ids)  # type: ignore[call-overload]
        if answers and len(str(item["title"]).split()) > 4:
            linked.setdefault(str(item["id"]), (_bare_title(str(item["title"])), answers))
    questions = []
    for name in chooser.sample(sorted(linked), min(_RELATED, len(linked))):
        title, answers = linked[name]
        words = _plain(reword(segment(title)))
        text = chooser.choice(forms).replace("{}", words) if chooser.random() < 0.7 else words
        questions.append(Asked(text, answers - {ids[name]}, excluded=ids[name]))
    return [question for question in questions if question.answers]


def wikipedia_lesson(data: Path, model: StaticModel, *, seed: int) -> Lesson:
    """Return paragraphs of long articles with questions from their sentences, of which a few words are asked for."""
    chooser = random.Random(seed)  # noqa: S311 - no secret
    reword, asking = Rewording(model, chooser), _forms()
    articles = [found for text in read_texts(data, sources=(WIKIPEDIA,)) if len(found := paragraphs(text.body)) >= 8]
    chosen = chooser.sample(articles, min(_WIKI_ARTICLES, len(articles)))
    texts = [TitledText("", paragraph) for article in chosen for paragraph in article[:60]]
    lesson = Lesson("wikipedia", texts)
    for place in chooser.choices(range(len(texts)), k=_WIKI_QUESTIONS if texts else 0):
        sentences = [part for part in re.split(r"(?<=[.!?])\s+", texts[place].text) if 8 <= len(part.split()) <= 45]
        if not sentences:
            continue
        words = chooser.choice(sentences).split()
        facts = [spot for spot in range(1, len(words)) if words[spot][0].isdigit() or words[spot][0].isupper()]
        spot = chooser.choice(facts) if facts and chooser.random() < 0.7 else chooser.randrange(len(words))
        behind = spot + chooser.randint(1, 5)
        left = reword(segment(" ".join(words[max(0, spot - chooser.randint(3, 9)) : spot])))
        right = reword(segment(" ".join(words[behind : behind + chooser.randint(2, 9)])))
        sides = [left, right] if chooser.random() < 0.65 else [right, left]
        text = _plain([*sides[0], *sides[1], chooser.choice(asking[_kind_of(words[spot])])])
        lesson.questions.append(Asked(text, frozenset({place})))
    return lesson


def _kind_of(word: str) -> str:
    if re.match(r"[12]\d{3}\b", word):
        return "year"
    if word[0].isdigit():
        return "number"
    return "name" if word[0].isupper() else "other"


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of *text* that are as long as those people ask about."""
    return [part.strip() for part in text.split("\n") if len(part.split()) in _PARAGRAPH]


def human_lesson(data: Path, file: Path, *, seed: int) -> Lesson:
    """Return the questions that people asked about the paragraphs of *file* (SQuAD form), among others of Wikipedia."""
    chooser = random.Random(seed)  # noqa: S311 - no secret
    lesson = Lesson("people on Wikipedia", [])
    for article in json.loads(file.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            place = len(lesson.texts)
            lesson.texts.append(TitledText("", paragraph["context"]))
            lesson.questions += [Asked(one["question"], frozenset({place})) for one in paragraph["qas"]]
    others = [part for text in read_texts(data, sources=(WIKIPEDIA,)) for part in paragraphs(text.body)[:40]]
    lesson.texts += [TitledText("", part) for part in chooser.sample(others, min(2_500, len(others)))]
    return lesson
