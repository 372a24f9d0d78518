"""
What the reranker learns from: questions made from texts, and questions that people asked.

People's questions are those about Wikipedia paragraphs of UIT's chatbot data, and our half of the Zalo 2021 judgements over
Pháp điển. None of them belongs to another set that is reported.
"""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING

from tqdm import tqdm

from indexer.collection import Collection, TitledText
from indexer.embedding import load_encoder
from indexer.errors import InputError
from indexer.reranker import Reranker, save_reranker
from indexer.training.questions import Asked, human_lesson, law_lesson, related_questions, wikipedia_lesson
from indexer.training.reranker import Example, examples, train_reranker
from indexer.training.sources import FILES, LAW, read_jsonl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from indexer.ranking import Ranker

JUDGED = "zalo2021_x_phapdien"
HUMAN = "uit_regulations_qa/train_wiki.json"
# what a question of each kind counts; set on the halves of the judged questions and on made questions held out
LAW_WEIGHT, RELATED_WEIGHT, WIKIPEDIA_WEIGHT, HUMAN_WEIGHT, JUDGED_WEIGHT = 0.3, 0.3, 0.3, 1.0, 1.0


def train_on_lessons(
    data: Path, model: Path, out: Path, *, seed: int, half: int | None = None, labels: bool = True, workers: int = 1
) -> Reranker:
    """
    Train the reranker on the texts in *data* with the static model in folder *model*, and write it into *out*.

    With a *half*, only the judged questions whose id has a CRC-32 of that parity are learned from; without *labels*, none that a
    person asked.

    Raises:
        InputError: a source is missing in *data*.
    """
    encoder = load_encoder(str(model))
    if encoder.static is None:
        raise InputError(
            f"{model}: this is no static model of ours. Train one:  python -m indexer train --only embedding"
        )
    items: list[Example] = []
    lessons = [
        (law_lesson(data, encoder.static, seed=seed), LAW_WEIGHT),
        (wikipedia_lesson(data, encoder.static, seed=seed), WIKIPEDIA_WEIGHT),
    ]
    if labels:
        lessons.append((human_lesson(data, data / HUMAN, seed=seed), HUMAN_WEIGHT))
    nobody = Reranker("", frozenset(), *_NO_NETWORK)
    for lesson, weight in lessons:
        ranker = Collection(lesson.texts, encoder.static, workers=workers).ranker(encoder, nobody)
        items += _told(lesson.name, ranker, lesson.questions, weight)
    ids, texts = _articles(data)
    ranker = Collection(texts, encoder.static, workers=workers).ranker(encoder, nobody)
    items += _told("related", ranker, related_questions(data, encoder.static, ids, seed=seed), RELATED_WEIGHT)
    learned: list[str] = []
    if labels:
        judged = {
            name: asked
            for name, asked in judged_questions(data / JUDGED, ids)
            if half is None or zlib.crc32(name.encode()) % 2 == half
        }
        items += _told("judged", ranker, judged.values(), JUDGED_WEIGHT)
        learned = list(judged)
    reranker = train_reranker(items, seed=seed, learned=learned)
    save_reranker(reranker, out)
    return reranker


_NO_NETWORK = (None, None, ())


def _told(name: str, ranker: Ranker, questions: Iterable[Asked], weight: float) -> Iterator[Example]:
    return examples(ranker, tqdm(list(questions), desc=f"questions: {name}"), weight=weight)


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
