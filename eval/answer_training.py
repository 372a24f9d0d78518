"""
Training of the answering model: which sentence answers, and whether the best one does (`assistant.answering`).

    python -m eval train-answering --set INDEX FILE… [--set INDEX FILE…] --data DIR [--out DIR]

Questions with an answer teach the order: of all sentences that the search proposes those that hold a gold quote come first. The decision learns
from the same questions, each with a sentence order that was learned without it, and from negatives: questions that have no answer, questions whose gold
places are taken out of the corpus, and questions of one set put to the documents of another.
"""

from __future__ import annotations

import itertools
import json
import lzma
import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from assistant.answering import DECISION, SIGNALS, WEIGHTS, AnsweringModel, Network, compared, matrix, untrained
from assistant.conversation import State
from assistant.service import Assistant
from eval.measures import OVERLAP, longest_run
from eval.question_set import Gold, Question
from indexer.build import build
from indexer.index import Index
from indexer.reader import normalise
from indexer.sealed import seal
from indexer.types import fold_white

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from assistant.extracts import Extract, Extracts

_ELSEWHERE = ("list_count", "metadata")  # categories that are not answered from the best sentence
_FOLDS = 5
_HIDDEN = 32
_SENTENCES = 60  # that one question is learned from
_OTHERS = 3000  # other paragraphs beside those that people asked about
_EVERY = 15  # of other articles beside the judged ones every so many is taken
_LONGEST = 1500  # characters of a paragraph
_MOST = 4.0  # times that a question of a small set counts
_PEOPLE = 0.5  # weight of a question of other kinds of text
_TAKEN_OUT = 0.5  # weight of a negative that was made


@dataclass(frozen=True)
class Recipe:
    """How networks are trained: ``networks`` from other beginnings are averaged, each sees a signal or not by chance, ``dropped``."""

    networks: int
    rounds: int
    decay: float
    dropped: float = 0.0


_ORDER, _DECIDE = Recipe(4, 250, 0.02), Recipe(8, 400, 0.02, 0.3)


@dataclass(frozen=True)
class TrainingSet:
    """Questions over the documents of an index; ``weight`` is how much each counts."""

    index: Path
    questions: tuple[Question, ...]
    weight: float = 1.0


@dataclass(frozen=True)
class Asked:
    """A question with every sentence that the search proposes, and which of them hold a gold quote."""

    question: Question
    extracts: Extracts
    found: list[Extract]
    right: npt.NDArray[np.bool_]
    restricted: bool
    weight: float = 1.0

    @property
    def signals(self) -> npt.NDArray[np.float64]:
        """The signals of the sentences, (n, SIGNALS)."""
        return matrix([one.signals for one in self.found], len(SIGNALS))


def _holds(extract: Extract, gold: Gold) -> bool:
    if extract.document.id != gold.document:
        return False
    text = extract.document.text
    at, clause = extract.at, extract.clause
    unit = text[at.row.start : at.row.end] if at else text[clause.start : clause.end] if clause else ""
    if fold_white(normalise(gold.beside)) not in fold_white(unit):
        return False
    said = fold_white(unit if at else text[extract.sentence.start : extract.sentence.end])
    wanted = fold_white(normalise(gold.quote))
    words = wanted.split()
    if not wanted:  # the whole document is gold
        return True
    return wanted in said or longest_run(words, said.split()) >= max(OVERLAP * len(words), 1)


def ask_all(
    assistant: Assistant, questions: Sequence[Question], *, foreign: bool = False, weight: float = 1.0
) -> Iterator[Asked]:
    """Yield what the search proposes for each of *questions*; *foreign*: they are about other documents, and have no answer here."""
    known = {document.id for document in assistant.corpus.documents}
    for question in questions:
        state = State()
        for text in question.history:
            _, state = assistant.ask(text, state)
        extracts = assistant.extracts(question.text, state)
        documents = extracts.query.documents
        found = extracts.every(documents)
        golds = [gold for gold in question.gold if gold.document in known] if not foreign else []
        right = np.array([any(_holds(one, gold) for gold in golds) for one in found], dtype=bool)
        yield Asked(question, extracts, found, right, bool(documents), weight)


def train_order(asked: Sequence[Asked], *, seed: int) -> Network:
    """Return a network over `compared` signals whose softmax over the sentences of each of *asked* prefers those that hold a gold quote."""
    import torch

    useful = [_cut(one) for one in asked if one.right.any()]
    useful = [one for one in useful if not one.right.all() and all(gold.quote for gold in one.question.gold)]
    counts = torch.tensor([one.weight for one in useful], dtype=torch.float32)
    signals = np.concatenate([compared(one.signals) for one in useful])
    group = np.repeat(np.arange(len(useful)), [len(one.found) for one in useful])
    right = np.concatenate([one.right for one in useful])

    def loss(scores: torch.Tensor) -> torch.Tensor:
        of = torch.from_numpy(group)
        top = torch.full((len(useful),), -1e9, dtype=scores.dtype).scatter_reduce(0, of, scores.detach(), "amax")
        exps = torch.exp(scores - top[of])
        every = torch.zeros(len(useful), dtype=scores.dtype).index_add(0, of, exps)
        good = torch.zeros(len(useful), dtype=scores.dtype).index_add(
            0, of, exps * torch.from_numpy(right.astype(np.float32))
        )
        return -(counts * (torch.log(good + 1e-12) - torch.log(every))).sum() / counts.sum()

    return _fit(signals, loss, _ORDER, seed=seed)


def _cut(asked: Asked) -> Asked:
    """Return *asked* with its first sentences and those that are right, which is enough to learn an order from."""
    kept = [i for i, right in enumerate(asked.right) if right or i < _SENTENCES]
    return replace(asked, found=[asked.found[i] for i in kept], right=asked.right[kept])


def train_decision(
    rows: npt.NDArray[np.float64], labels: npt.NDArray[np.float64], weights: npt.NDArray[np.float64], *, seed: int
) -> Network:
    """Return a network that gives log-odds of *labels* (0 or 1) for *rows* of `DECISION` numbers."""
    import torch

    target, weight = (torch.from_numpy(part.astype(np.float32)) for part in (labels, weights))

    def loss(scores: torch.Tensor) -> torch.Tensor:
        each = torch.nn.functional.binary_cross_entropy_with_logits(scores, target, reduction="none")
        return (each * weight).sum() / weight.sum()

    return _fit(rows, loss, _DECIDE, seed=seed)


def _fit(signals: npt.NDArray[np.float64], loss: object, recipe: Recipe, *, seed: int) -> Network:
    """Return the average of several networks that make *loss* small, which is one network with all their hidden sums."""
    import torch

    torch.set_num_threads(1)
    mean, scale = signals.mean(axis=0), np.maximum(signals.std(axis=0), 1e-3)
    centred = torch.from_numpy(np.clip((signals - mean) / scale, -4, 4).astype(np.float32))
    width = signals.shape[1]
    networks = []
    for number in range(recipe.networks):
        torch.manual_seed(recipe.networks * seed + number)
        plain = torch.zeros(width, requires_grad=True)
        hidden = (torch.randn(width, _HIDDEN) * 0.3).requires_grad_()
        shift = torch.zeros(_HIDDEN, requires_grad=True)
        out = (torch.randn(_HIDDEN) * 0.1).requires_grad_()
        bias = torch.zeros(1, requires_grad=True)
        parts = [plain, hidden, shift, out, bias]
        optimiser = torch.optim.Adam(parts, lr=0.02)
        for _ in range(recipe.rounds):
            optimiser.zero_grad()
            kept = (torch.rand(width) >= recipe.dropped) / (1 - recipe.dropped)
            seen = centred * kept
            scores = seen @ plain + torch.relu(seen @ hidden + shift) @ out + bias
            total = loss(scores) + recipe.decay * ((plain**2).sum() + (hidden**2).sum() + (out**2).sum()) / width  # type: ignore[operator]
            total.backward()
            optimiser.step()
        networks.append([part.detach().numpy().astype(np.float64) for part in parts])
    plains, hiddens, shifts, outs, biases = zip(*networks, strict=True)
    return Network(
        mean,
        scale,
        np.mean(plains, axis=0),
        np.concatenate(hiddens, axis=1),
        np.concatenate(shifts),
        np.concatenate(outs) / recipe.networks,
        float(np.mean(biases)),
    )


def ordered(asked: Asked, order: Network) -> tuple[list[Extract], npt.NDArray[np.bool_]]:
    """Return the best sentence of each unit of *asked*, the best first, and which of them are right."""
    scores = order.scores(compared(asked.signals))
    places = np.argsort(-scores, kind="stable")
    seen: set[int] = set()
    best, right = [], []
    for place in places.tolist():
        one = asked.found[place]
        if id(one.unit) not in seen:
            seen.add(id(one.unit))
            best.append(replace(one, score=float(scores[place])))
            right.append(bool(asked.right[place]))
    return best, np.array(right, dtype=bool)


def decisions(asked: Sequence[Asked], order: Network) -> Iterator[tuple[tuple[float, ...], float, float]]:
    """Yield for each of *asked* what the decision sees, whether the best sentence is right, and how much it counts."""
    for one in asked:
        best, right = ordered(one, order)
        if not best or one.question.category in _ELSEWHERE:
            continue
        yield one.extracts.decision(best, restricted=one.restricted), float(right[0]), one.weight
        if right.any():
            golden = {id(item.unit) for item, good in zip(one.found, one.right, strict=True) if good}
            left = [item for item in best if id(item.unit) not in golden]
            if left:
                yield one.extracts.decision(left, restricted=one.restricted), 0.0, _TAKEN_OUT * one.weight


def balanced(sets: Sequence[tuple[Path, Sequence[Question]]]) -> list[TrainingSet]:
    """Return *sets* with the questions of the smaller ones counting more, up to four times."""
    most = max(len(questions) for _, questions in sets)
    return [
        TrainingSet(index, tuple(questions), min(most / max(len(questions), 1), _MOST)) for index, questions in sets
    ]


def people_set(data: Path, folder: Path) -> TrainingSet:
    """
    Return people's questions about Wikipedia paragraphs, over these and other paragraphs; *folder* takes the index.

    Questions on university regulations, which lie beside them, are reported and never learned from.
    """
    raw = json.loads((data / "uit_regulations_qa" / "train_wiki.json").read_text(encoding="utf-8"))
    records: list[dict[str, str]] = []
    questions: list[Question] = []
    for article in raw["data"]:
        for paragraph in article["paragraphs"]:
            name = f"p{len(records)}"
            records.append({"_id": name, "title": article["title"], "text": paragraph["context"]})
            for item in paragraph["qas"]:
                gold = (Gold(name, "", item["answers"][0]["text"]),)
                questions.append(Question(item["id"], "clause_fact", item["question"], gold=gold))
    with lzma.open(data / "viwiki2017" / "articles.jsonl.xz", "rt", encoding="utf-8") as lines:
        for number, line in enumerate(itertools.islice(lines, _OTHERS)):
            item = json.loads(line)
            records.append({"_id": f"w{number}", "title": item.get("title", ""), "text": item["text"][:_LONGEST]})
    return TrainingSet(build_records(records, folder), tuple(questions), _PEOPLE)


def judged_set(data: Path, folder: Path) -> TrainingSet:
    """Return judged legal questions, over their articles and others of Pháp điển; gold is the whole article."""
    qrels: dict[str, list[str]] = {}
    for line in (data / "zalo2021_x_phapdien" / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, article, _ = line.split("\t")
        qrels.setdefault(query, []).append(article)
    wanted = {article for articles in qrels.values() for article in articles}
    records = []
    with lzma.open(data / "phapdien" / "articles.jsonl.xz", "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            item = json.loads(line)
            if item["id"] in wanted or number % _EVERY == 0:
                records.append({"_id": item["id"], "title": item["title"], "text": item["text"]})
    questions = []
    for line in (data / "zalo2021_x_phapdien" / "queries.jsonl").read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        gold = tuple(Gold(article, "", "") for article in qrels.get(item["_id"], ()))
        if gold:
            questions.append(Question(item["_id"], "clause_fact", item["text"], gold=gold))
    return TrainingSet(build_records(records, folder), tuple(questions), _PEOPLE)


def build_records(records: Sequence[dict[str, str]], folder: Path) -> Path:
    """Return the folder of an index of *records* (``_id``, ``title``, ``text``), built under *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "records.jsonl"
    file.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records), encoding="utf-8")
    build(file, folder / "index")
    return folder / "index"


def train(sets: Sequence[TrainingSet], *, seed: int = 0) -> tuple[AnsweringModel, list[str]]:
    """Return the model learned from *sets*, and lines that say how it does, cross-validated."""
    asked: list[Asked] = []
    loaded = [(Assistant(Index.open(one.index), answering=untrained()), one) for one in sets]
    for place, (assistant, one) in enumerate(loaded):
        asked += ask_all(assistant, one.questions, weight=one.weight)
        others = [q for other in range(len(sets)) if other != place for q in sets[other].questions if not q.history]
        chosen = random.Random(seed).sample(others, min(len(others), len(one.questions) // 4))  # noqa: S311
        asked += ask_all(assistant, chosen, foreign=True, weight=one.weight)
    folds = np.random.default_rng(seed).permutation(len(asked)) % _FOLDS
    rows: list[tuple[float, ...]] = []
    labels: list[float] = []
    weights: list[float] = []
    of_fold: list[int] = []
    first = count = 0
    for fold in range(_FOLDS):
        order = train_order([one for one, its in zip(asked, folds, strict=True) if its != fold], seed=seed)
        held = [one for one, its in zip(asked, folds, strict=True) if its == fold]
        for question in held:
            if question.right.any():
                first += bool(ordered(question, order)[1][0])
                count += 1
        for row, label, weight in decisions(held, order):
            rows.append(row)
            labels.append(label)
            weights.append(weight)
            of_fold.append(fold)
    data, target, counts = matrix(rows, len(DECISION)), np.array(labels), np.array(weights)
    where = np.array(of_fold)
    odds = np.zeros(len(data))
    for fold in range(_FOLDS):
        others = where != fold
        network = train_decision(data[others], target[others], counts[others], seed=seed)
        odds[~others] = network.scores(data[~others])
    order = train_order(asked, seed=seed)
    decide = train_decision(data, target, counts, seed=seed)
    lines = [f"sentences: the right one first in {first}/{count} = {first / max(count, 1):.3f} (cross-validated)"]
    lines += trade_off(odds, target, counts)
    return AnsweringModel(order, decide), lines


def trade_off(
    odds: npt.NDArray[np.float64], right: npt.NDArray[np.float64], weight: npt.NDArray[np.float64]
) -> list[str]:
    """Return the trade-off of the decision: of what is right how much is kept, of what is wrong how much is let through."""
    probabilities = 1 / (1 + np.exp(-odds))
    lines = ["threshold  right kept  wrong let through"]
    for threshold in (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7):
        passed = probabilities >= threshold
        kept = (weight * right * passed).sum() / (weight * right).sum()
        through = (weight * (1 - right) * passed).sum() / (weight * (1 - right)).sum()
        lines.append(f"{threshold:9.2f}  {kept:10.3f}  {through:17.3f}")
    return lines


def save(model: AnsweringModel, folder: Path) -> None:
    """Write *model* into *folder*."""
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    save_file(model.order.arrays("order") | model.decide.arrays("decide"), folder / WEIGHTS)
    seal([folder / WEIGHTS])
