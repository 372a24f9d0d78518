"""
Extraction: the paragraph is given, and the words that answer are to be found in it. What the extractor is worth, not a bar.

    python -m eval extraction --data DIR [--json OUT]

SQuAD-form sets; exact match and F1 of syllables against the best of the people's answers, beside the first sentence of the paragraph.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import regex as re
from tqdm import tqdm

from assistant.conversation import State
from assistant.service import LONGEST_QUESTION, Assistant
from assistant.spans import narrowed
from assistant.units import sentences
from eval.answer_training import build_records
from eval.intervals import SEED, bootstrap
from eval.provenance import commit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SETS = {
    "UIT-ViQuAD 1.0 dev": "uit_viquad1/dev_ViQuAD.json",
    "UIT university regulations": "uit_regulations_qa/train_reg.json",
}


@dataclass(frozen=True, slots=True)
class Item:
    """A question, the id of its paragraph, and the answers that people gave."""

    question: str
    paragraph: str
    answers: tuple[str, ...]


def load(path: Path) -> tuple[dict[str, str], list[Item]]:
    """Return the paragraphs of a SQuAD-form file by id, and its questions that have an answer."""
    paragraphs: dict[str, str] = {}
    items: list[Item] = []
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            name = f"p{len(paragraphs)}"
            paragraphs[name] = paragraph["context"]
            for question in paragraph["qas"]:
                answers = tuple(answer["text"] for answer in question["answers"])
                if answers and len(question["question"]) <= LONGEST_QUESTION:
                    items.append(Item(question["question"], name, answers))
    return paragraphs, items


def tokens(text: str) -> list[str]:
    """Return the syllables and figures of *text*, case and punctuation aside."""
    return re.findall(r"[\p{L}\p{M}\d]+(?:[.,]\d+)*%?", text.lower())


def exact(found: str, answers: Sequence[str]) -> float:
    """Return 1.0 where *found* is one of *answers*, case and punctuation aside, else 0.0."""
    return float(any(tokens(found) == tokens(answer) for answer in answers))


def f1(found: str, answers: Sequence[str]) -> float:
    """Return the best F1 of the syllables of *found* against one of *answers*."""

    def one(answer: str) -> float:
        ours, theirs = Counter(tokens(found)), Counter(tokens(answer))
        same = sum((ours & theirs).values())
        return 2 * same / (ours.total() + theirs.total()) if same else 0.0

    return max(map(one, answers))


def measure(path: Path) -> dict[str, dict[str, Any]]:
    """
    Return what the first sentence, our sentence and the words that we cut out of it are worth, by system.

    Each has ``questions``, their number, and ``exact`` and ``f1``: the mean with both ends of its 95 % bootstrap interval.
    """
    paragraphs, items = load(path)
    with tempfile.TemporaryDirectory() as folder:
        records = [{"_id": name, "title": "", "text": text} for name, text in paragraphs.items()]
        assistant = Assistant.open(build_records(records, Path(folder)))
        found: dict[str, list[tuple[float, float]]] = {"first sentence": [], "our sentence": [], "our words": []}
        for item in tqdm(items, desc=path.stem, leave=False):
            text = paragraphs[item.paragraph]
            start, end = next(sentences(text, 0, len(text)))
            best = assistant.extracts(item.question, State()).best((item.paragraph,))
            said = best[0].sentence.shown if best else text[start:end]
            cut = said[slice(*narrowed(item.question, said))]
            for system, words in zip(found, (text[start:end], said, cut), strict=True):
                found[system].append((exact(words, item.answers), f1(words, item.answers)))
    return {
        system: {
            "questions": len(scores),
            **{name: _interval([score[place] for score in scores]) for place, name in enumerate(("exact", "f1"))},
        }
        for system, scores in found.items()
    }


def _interval(values: Sequence[float]) -> list[float]:
    mean = bootstrap(values)
    return [mean.value, mean.low, mean.high]


def report(data: Path) -> dict[str, Any]:
    """Return the figures of all sets under *data* as a JSON object, with the commit and the seed of the intervals."""
    sets = {name: measure(data / file) for name, file in SETS.items()}
    return {"commit": commit(), "seed": SEED, "sets": sets}


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the tables of *found* (see `report`) in Markdown, each below the name of its set."""
    for name, systems in found["sets"].items():
        yield f"### {name}"
        yield ""
        yield "| system | questions | exact match | F1 |"
        yield "|---|---:|---|---|"
        for system, one in systems.items():
            means = " | ".join("{:.3f} [{:.3f}, {:.3f}]".format(*one[measure]) for measure in ("exact", "f1"))
            yield f"| {system} | {one['questions']:,} | {means} |"
        yield ""
