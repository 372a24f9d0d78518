"""
What the reranker learns from: questions made from texts, and questions that people asked.

People's questions are those about Wikipedia paragraphs of UIT's chatbot data, and our half of the Zalo 2021 judgements over
Pháp điển. None of them belongs to another set that is reported.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from indexer.collection import Collection, TitledText
from indexer.embedding import load_encoder
from indexer.errors import InputError
from indexer.reranker import Reranker, save_reranker
from indexer.training.questions import Asked, human_lesson, law_lesson, related_questions, wikipedia_lesson
from indexer.training.reranker import Example, examples, train_reranker
from indexer.training.sources import FILES, LAW, read_jsonl

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from indexer.ranking import Ranker
    from indexer.training.questions import Lesson

JUDGED = "zalo2021_x_phapdien"
HUMAN = "uit_regulations_qa/train_wiki.json"
# what a question of each kind counts; set on the halves of the judged questions and of people's questions on Wikipedia
LAW_WEIGHT, RELATED_WEIGHT, WIKIPEDIA_WEIGHT, HUMAN_WEIGHT, JUDGED_WEIGHT = 0.1, 0.1, 0.3, 1.0, 2.0
# what the untrained sum counts beside the networks: most where nothing was learned from people
SHARE, SHARE_WITHOUT_LABELS = 0.6, 1.0
HALVES = ("half-0", "half-1")
NO_LABELS = "no-labels"


@dataclass
class Lessons:
    """Examples of questions made from texts, of people's questions, and of judged ones by their id."""

    made: list[Example]
    people: list[Example]
    judged: dict[str, list[Example]]

    def train(self, *, seed: int, labels: bool = True, half: int | None = None) -> Reranker:
        """
        Return the reranker trained on all of them; without *labels* on those alone that were made.

        With a *half*, only those judged questions are learned from whose id has a CRC-32 of that parity.
        """
        if not labels:
            return train_reranker(self.made, seed=seed, share=SHARE_WITHOUT_LABELS)
        chosen = {
            name: found for name, found in self.judged.items() if half is None or zlib.crc32(name.encode()) % 2 == half
        }
        judged = [example for found in chosen.values() for example in found]
        return train_reranker([*self.made, *self.people, *judged], seed=seed, learned=chosen, share=SHARE)


def train_on_lessons(
    data: Path, model: Path, out: Path, *, seed: int, measure: Path | None = None, workers: int = 1
) -> None:
    """
    Train the reranker on the texts in *data* with the static model in folder *model*, and write it into *out*.

    Into *measure* go those by which it is measured, each in a folder: one trained on either half of the judged questions
    (`HALVES`), and one that learned from no question that a person asked (`NO_LABELS`).

    Raises:
        InputError: a source is missing in *data*.
    """
    lessons = read_lessons(data, model, seed=seed, workers=workers)
    save_reranker(lessons.train(seed=seed), out)
    if measure is not None:
        for half, name in enumerate(HALVES):
            save_reranker(lessons.train(seed=seed, half=half), measure / name)
        save_reranker(lessons.train(seed=seed, labels=False), measure / NO_LABELS)


def read_lessons(data: Path, model: Path, *, seed: int, workers: int = 1) -> Lessons:
    """Return what is learned from the texts in *data*, as the reranker sees it with the static model in folder *model*."""
    encoder = load_encoder(str(model))
    if encoder.static is None:
        msg = f"{model}: this is no static model of ours. Train one:  python -m indexer train --only embedding"
        raise InputError(msg)
    law = law_lesson(data, encoder.static, seed=seed)
    wikipedia = wikipedia_lesson(data, encoder.static, seed=seed)
    human = human_lesson(data, data / HUMAN, seed=seed)

    def told(lesson: Lesson, weight: float) -> list[Example]:
        ranker = Collection(lesson.texts, encoder.static, workers=workers).ranker(encoder, _NOBODY)
        return _told(lesson.name, ranker, lesson.questions, weight)

    made, people = [*told(law, LAW_WEIGHT), *told(wikipedia, WIKIPEDIA_WEIGHT)], told(human, HUMAN_WEIGHT)
    ids, texts = _articles(data)
    ranker = Collection(texts, encoder.static, workers=workers).ranker(encoder, _NOBODY)
    made += _told("related", ranker, related_questions(data, encoder.static, ids, seed=seed), RELATED_WEIGHT)
    judged = {
        name: list(examples(ranker, [asked], weight=JUDGED_WEIGHT))
        for name, asked in tqdm(list(judged_questions(data / JUDGED, ids)), desc="questions: judged")
    }
    return Lessons(made, people, judged)


_NOBODY = Reranker("", frozenset(), np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.float32), ())  # never asked


def _told(name: str, ranker: Ranker, questions: Sequence[Asked], weight: float) -> list[Example]:
    return list(examples(ranker, tqdm(questions, desc=f"questions: {name}"), weight=weight))


def _articles(data: Path) -> tuple[dict[str, int], list[TitledText]]:
    ids: dict[str, int] = {}
    texts: list[TitledText] = []
    for item in read_jsonl(data / FILES[LAW]):
        if str(item["id"]) not in ids:
            ids[str(item["id"])] = len(texts)
            texts.append(TitledText(str(item["title"]), str(item["text"])))
    return ids, texts


def judged_questions(folder: Path, ids: dict[str, int]) -> Iterator[tuple[str, Asked]]:
    """Yield id and question of each line of *folder*/queries.jsonl that qrels.tsv has an answer for; *ids* gives positions."""
    answers: dict[str, set[int]] = {}
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines():
        query, document, gain = line.split("\t")
        if document in ids and gain.strip() != "0":
            answers.setdefault(query, set()).add(ids[document])
    for line in (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        if item["_id"] in answers:
            yield item["_id"], Asked(item["text"], frozenset(answers[item["_id"]]))
