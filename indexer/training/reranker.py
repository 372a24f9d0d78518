"""
Training of the reranker: the candidates of each question, and which of them answer it.

A softmax over the candidates (ListNet; Cao et al. 2007); several networks from other beginnings, averaged.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from tqdm import tqdm

from indexer.interaction import TERM_FEATURES
from indexer.ranking import QuestionReading
from indexer.reranker import CLIP, COLUMNS, SPREAD, SUM, TERM_FACTS, Described, Reranker

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import numpy.typing as npt
    import torch

    from indexer.ranking import Ranker
    from indexer.training.questions import Asked

    Floats = npt.NDArray[np.float32]

NETWORKS = 4
EPOCHS = 14
RATE = 2e-3
DECAY = 0.1
PRIOR = 2.0  # of the untrained sum in the scores before anything is learned
DROPOUT = 0.1
HEADS, HIDDEN, FACTS = 2, 32, 12
_QUESTIONS_AT_ONCE = 32
_LONGEST = 28  # words of a question that are learned from
_CANDIDATES = 130


class Example(NamedTuple):
    """The candidates of a question, which of them answer it, and what the question counts."""

    described: Described
    right: npt.NDArray[np.bool_]
    weight: float


def examples(ranker: Ranker, questions: Iterable[Asked], *, weight: float = 1.0) -> Iterator[Example]:
    """Yield the questions of which a candidate is an answer, and any is not."""
    for question in questions:
        (candidates,) = ranker.candidates([QuestionReading(question.text)])
        kept = candidates.units != (-1 if question.excluded is None else question.excluded)
        right = np.isin(candidates.units[kept], list(question.answers))
        if right.any() and not right.all():
            one = candidates.described
            yield Example(Described(one.columns[kept], one.terms[kept], one.facts, one.vectors), right, weight)


def train_reranker(
    items: Sequence[Example],
    *,
    seed: int,
    networks: int = NETWORKS,
    epochs: int = EPOCHS,
    learned: Iterable[str] = (),
    share: float = 0.0,
) -> Reranker:
    """
    Return the reranker trained on *items*; the same seed and number of threads give the same one.

    *learned* are the ids of the judged questions among them; *share* as in `Reranker`.
    """
    columns = np.concatenate([item.described.columns for item in items])
    mean, deviation = columns.mean(axis=0), columns.std(axis=0) + 1e-4
    table = _Table(items, mean, deviation)
    trained = tuple(
        _train(table, seed=seed + number, epochs=epochs) for number in tqdm(range(networks), desc="train reranker")
    )
    return Reranker("", frozenset(zlib.crc32(name.encode()) for name in learned), mean, deviation, trained, share)


class _Table:
    """All examples, padded, as tensors."""

    def __init__(self, items: Sequence[Example], mean: Floats, deviation: Floats) -> None:
        import torch  # noqa: PLC0415 - its import takes seconds

        count, dimension = len(items), items[0].described.vectors.shape[1]
        most = min(_CANDIDATES, max(len(item.right) for item in items))
        words = min(_LONGEST, max(len(item.described.facts) for item in items))
        self.columns = np.zeros((count, most, COLUMNS), dtype=np.float32)
        self.terms = np.zeros((count, most, words, TERM_FEATURES), dtype=np.float16)
        self.facts = np.zeros((count, words, TERM_FACTS), dtype=np.float32)
        self.vectors = np.zeros((count, words, dimension), dtype=np.float16)
        self.absent = np.zeros((count, most), dtype=np.float32)
        self.silent = np.full((count, words), -1e9, dtype=np.float32)
        self.target = np.zeros((count, most), dtype=np.float32)
        for place, item in enumerate(items):
            kept = _kept(item.right, most)
            one, size = item.described, min(words, len(item.described.facts))
            self.columns[place, : len(kept)] = np.clip((one.columns[kept] - mean) / deviation, -CLIP, CLIP)
            self.terms[place, : len(kept), :size] = one.terms[kept, :size]
            self.facts[place, :size], self.vectors[place, :size] = one.facts[:size], one.vectors[:size]
            self.absent[place, len(kept) :] = -1e9
            self.silent[place, :size] = 0
            self.target[place, : len(kept)] = item.right[kept] / item.right[kept].sum()
        self.weights = torch.tensor([item.weight for item in items])

    def __len__(self) -> int:
        return len(self.columns)

    def batch(self, places: npt.NDArray[np.intp]) -> tuple[torch.Tensor, ...]:
        """Return the tensors of the examples at *places*."""
        import torch  # noqa: PLC0415

        parts = (self.columns, self.terms, self.facts, self.vectors, self.absent, self.silent, self.target)
        return tuple(torch.from_numpy(part[places].astype(np.float32)) for part in parts)


def _kept(right: npt.NDArray[np.bool_], most: int) -> npt.NDArray[np.intp]:
    """Return the first *most* candidates, those that are right before others."""
    order = np.argsort(~right, kind="stable")[:most]
    return np.sort(order)


def _train(table: _Table, *, seed: int, epochs: int) -> dict[str, Floats]:
    import torch  # noqa: PLC0415

    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    network = _network(table.vectors.shape[2])
    prior = _prior(network["straight.weight"].shape[1])
    optimiser = torch.optim.AdamW(network.values(), lr=RATE, weight_decay=DECAY)
    batches = -(-len(table) // _QUESTIONS_AT_ONCE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=epochs * batches, pct_start=0.1)
    for _ in range(epochs):
        order = random.permutation(len(table))
        for start in range(0, len(order), _QUESTIONS_AT_ONCE):
            places = order[start : start + _QUESTIONS_AT_ONCE]
            batch = table.batch(places)
            scores = _scores(network | {"straight.weight": network["straight.weight"] + prior}, batch)
            target = batch[-1]
            losses = -(target * torch.log_softmax(scores, dim=1)).sum(dim=1)
            loss = (losses * table.weights[places]).mean()
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
    network["straight.weight"].data += prior
    return {name: tensor.detach().numpy() for name, tensor in network.items()}


def _prior(inputs: int) -> torch.Tensor:
    """Return what each input counts before anything is learned, shape (1, inputs); what is learned decays towards it."""
    import torch  # noqa: PLC0415

    prior = torch.zeros(1, inputs)
    for name, weight in SUM.items():
        prior[0, SPREAD.index(name)] = PRIOR * weight
    return prior


def _network(dimension: int) -> dict[str, torch.nn.Parameter]:
    """Return the parameters, named as `indexer.reranker` reads them."""
    import torch  # noqa: PLC0415

    inputs = COLUMNS + 2 * HEADS * TERM_FEATURES
    shapes = {
        "facts": (FACTS, TERM_FACTS), "gate": (HEADS, FACTS), "meaning": (HEADS, dimension), "first": (HIDDEN, inputs),
        "second": (HIDDEN, HIDDEN), "straight": (1, inputs), "last": (1, HIDDEN),
    }  # fmt: skip
    scale = {"gate": 0.3, "meaning": 0.1, "last": 0.1, "straight": 0.3}
    parameters = {
        f"{name}.weight": torch.nn.Parameter(torch.randn(shape) * scale.get(name, 1.0) / shape[1] ** 0.5)
        for name, shape in shapes.items()
    }
    parameters |= {
        f"{name}.bias": torch.nn.Parameter(torch.zeros(shapes[name][0])) for name in ("facts", "first", "second")
    }
    return parameters


def _scores(
    network: Mapping[str, torch.Tensor], batch: tuple[torch.Tensor, ...], *, dropout: float = DROPOUT
) -> torch.Tensor:
    """Return what `indexer.reranker` computes, for a batch, with inputs dropped at random; absent candidates have -1e9."""
    import torch  # noqa: PLC0415
    from torch.nn import functional  # noqa: PLC0415

    columns, terms, facts, vectors, absent, silent, _ = batch
    hidden = torch.tanh(facts @ network["facts.weight"].T + network["facts.bias"])
    logits = hidden @ network["gate.weight"].T + vectors @ network["meaning.weight"].T + facts[:, :, 1:2]
    gates = torch.softmax(logits + silent[:, :, None], dim=1)
    gathered = torch.einsum("bcwf,bwh->bchf", terms, gates).flatten(2)
    present = (absent == 0).float()[:, :, None]
    count = present.sum(dim=1, keepdim=True)
    relative = gathered - (gathered * present).sum(dim=1, keepdim=True) / count
    relative = relative / torch.sqrt((relative**2 * present).sum(dim=1, keepdim=True) / count + 1e-4)
    inputs = torch.cat([columns, gathered, relative], dim=2)
    dropped = functional.dropout(inputs, dropout)
    hidden = functional.gelu(dropped @ network["first.weight"].T + network["first.bias"], approximate="tanh")
    hidden = functional.dropout(hidden, dropout)
    hidden = functional.gelu(hidden @ network["second.weight"].T + network["second.bias"], approximate="tanh")
    return (inputs @ network["straight.weight"].T + hidden @ network["last.weight"].T).squeeze(2) + absent
