"""
Training of the answering model: which sentence answers, and whether the best one does (`assistant.answering`).

    python -m eval train-answering --set INDEX QUESTIONS.jsonl… [--set …] [--out DIR]

Questions with an answer teach the order: of all sentences that the search proposes those that hold a gold quote come first. The decision learns
from the same questions, each with a sentence order that was learned without it, and from negatives: questions that have no answer, questions whose gold
places are taken out of the corpus, and questions of one set put to the documents of another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assistant.answering import DECISION, SIGNALS, WEIGHTS, AnsweringModel, Network, matrix, untrained
from assistant.conversation import State
from assistant.service import Assistant
from eval.measures import OVERLAP, longest_run
from eval.question_set import load_questions
from indexer.index import Index
from indexer.reader import normalise
from indexer.types import fold_white

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from assistant.extracts import Extract, Extracts
    from eval.question_set import Gold, Question

_FOLDS = 5
_HIDDEN = 8
_ROUNDS = 400
_DECAY = {"order": 0.02, "decide": 0.02}
_TAKEN_OUT = 0.5  # weight of a negative that was made


@dataclass(frozen=True)
class Asked:
    """A question with every sentence that the search proposes, and which of them hold a gold quote."""

    question: Question
    extracts: Extracts
    found: list[Extract]
    right: npt.NDArray[np.bool_]
    restricted: bool
    foreign: bool = False

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
    return wanted in said or longest_run(words, said.split()) >= max(OVERLAP * len(words), 1)


def ask_all(assistant: Assistant, questions: Sequence[Question], *, foreign: bool = False) -> Iterator[Asked]:
    """Yield what the search proposes for each of *questions*; *foreign*: they are about other documents, and have no answer here."""
    known = {document.id for document in assistant.corpus.documents}
    for question in questions:
        state = State()
        for text in question.history:
            _, state = assistant.ask(text, state)
        extracts = assistant.extracts(question.text, state)
        documents = extracts.query.documents or extracts.query.issued_by
        found = extracts.every(documents)
        golds = [gold for gold in question.gold if gold.document in known] if not foreign else []
        right = np.array([any(_holds(one, gold) for gold in golds) for one in found], dtype=bool)
        yield Asked(question, extracts, found, right, bool(documents), foreign)


def train_order(asked: Sequence[Asked], *, seed: int) -> Network:
    """Return a network whose softmax over the sentences of each of *asked* prefers those that hold a gold quote."""
    import torch

    useful = [one for one in asked if one.right.any() and not one.right.all()]
    signals = np.concatenate([one.signals for one in useful])
    group = np.repeat(np.arange(len(useful)), [len(one.found) for one in useful])
    right = np.concatenate([one.right for one in useful])

    def loss(scores: torch.Tensor) -> torch.Tensor:
        of = torch.from_numpy(group)
        top = torch.full((len(useful),), -1e9, dtype=scores.dtype).scatter_reduce(0, of, scores.detach(), "amax")
        exps = torch.exp(scores - top[of])
        every = torch.zeros(len(useful), dtype=scores.dtype).index_add(0, of, exps)
        good = torch.zeros(len(useful), dtype=scores.dtype).index_add(0, of, exps * torch.from_numpy(right))
        return -(torch.log(good + 1e-12) - torch.log(every)).mean()

    return _fit(signals, loss, decay=_DECAY["order"], seed=seed)


def train_decision(
    rows: npt.NDArray[np.float64], labels: npt.NDArray[np.float64], weights: npt.NDArray[np.float64], *, seed: int
) -> Network:
    """Return a network that gives log-odds of *labels* (0 or 1) for *rows* of `DECISION` numbers."""
    import torch

    target, weight = torch.from_numpy(labels), torch.from_numpy(weights)

    def loss(scores: torch.Tensor) -> torch.Tensor:
        each = torch.nn.functional.binary_cross_entropy_with_logits(scores, target, reduction="none")
        return (each * weight).sum() / weight.sum()

    return _fit(rows, loss, decay=_DECAY["decide"], seed=seed)


def _fit(signals: npt.NDArray[np.float64], loss: object, *, decay: float, seed: int) -> Network:
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    mean, scale = signals.mean(axis=0), np.maximum(signals.std(axis=0), 1e-3)
    centred = torch.from_numpy(np.clip((signals - mean) / scale, -4, 4))
    width = signals.shape[1]
    plain = torch.zeros(width, dtype=torch.float64, requires_grad=True)
    hidden = (torch.randn(width, _HIDDEN, dtype=torch.float64) * 0.3).requires_grad_()
    shift = torch.zeros(_HIDDEN, dtype=torch.float64, requires_grad=True)
    out = (torch.randn(_HIDDEN, dtype=torch.float64) * 0.1).requires_grad_()
    bias = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    parts = [plain, hidden, shift, out, bias]
    optimiser = torch.optim.Adam(parts, lr=0.02)
    for _ in range(_ROUNDS):
        optimiser.zero_grad()
        scores = centred @ plain + torch.relu(centred @ hidden + shift) @ out + bias
        total = loss(scores) + decay * ((plain**2).sum() + (hidden**2).sum() + (out**2).sum()) / width  # type: ignore[operator]
        total.backward()
        optimiser.step()
    done = [part.detach().numpy() for part in parts]
    return Network(mean, scale, done[0], done[1], done[2], done[3], float(done[4][0]))


def ordered(asked: Asked, order: Network) -> tuple[list[Extract], npt.NDArray[np.bool_]]:
    """Return the best sentence of each unit of *asked*, the best first, and which of them are right."""
    from dataclasses import replace

    scores = order.scores(asked.signals)
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
        if not best:
            continue
        yield one.extracts.decision(best, restricted=one.restricted), float(right[0]), 1.0
        if right.any():
            golden = {id(item.unit) for item, good in zip(one.found, one.right, strict=True) if good}
            left = [item for item in best if id(item.unit) not in golden]
            if left:
                yield one.extracts.decision(left, restricted=one.restricted), 0.0, _TAKEN_OUT


def train(sets: Sequence[tuple[Path, Sequence[Path]]], *, seed: int = 0) -> tuple[AnsweringModel, list[str]]:
    """Return the model learned from *sets* of (index, question files), and lines that say how it does, cross-validated."""
    asked: list[Asked] = []
    loaded = [
        (Assistant(Index.open(index), answering=untrained()), [q for file in files for q in load_questions(file)])
        for index, files in sets
    ]
    for place, (assistant, questions) in enumerate(loaded):
        asked += ask_all(assistant, questions)
        for other, (_, others) in enumerate(loaded):
            if other != place:
                asked += ask_all(assistant, [q for q in others if not q.history][::3], foreign=True)
    folds = np.random.default_rng(seed).permutation(len(asked)) % _FOLDS
    rows: list[tuple[float, ...]] = []
    labels: list[float] = []
    weights: list[float] = []
    of_fold: list[int] = []
    first = count = 0
    for fold in range(_FOLDS):
        order = train_order([one for one, its in zip(asked, folds, strict=True) if its != fold], seed=seed)
        held = [one for one, its in zip(asked, folds, strict=True) if its == fold]
        for one in held:
            if one.right.any():
                first += bool(ordered(one, order)[1][0])
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
