"""
Training of the static embedding model: headings and pieces of text are drawn to the passage they belong to.

A softmax over the batch, both ways; batches of one source, articles of one subject together. See
Gao, Yao, Chen 2021 (SimCSE) for the loss and MinishLab's potion models for the kind of model.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from indexer.static_model import StaticModel
from indexer.training.batches import Sampler
from indexer.training.sources import LAW, PROCEDURES, WIKIPEDIA, segmented_texts
from indexer.vocabulary import TIE, Vocabulary, expand, neighbours

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import numpy.typing as npt

    from indexer.training.batches import Ids
    from indexer.training.sources import TitledText

NAME = "vi-static-256"
DIMENSION = 256
HASH_ROWS = 4096
TOKENS = 30_000
RAREST = 5  # a token seen less often shares a hashed row
PAIRS = 80_000  # pairs of neighbouring words with a row of their own
RAREST_PAIR = 15
STEPS = 700
BATCH = 2048
RATE = 0.01
SHARPNESS = 20.0  # cosine is multiplied by it
BODY_CHARACTERS = {LAW: 100_000, PROCEDURES: 2_000, WIKIPEDIA: 2_000}
_SPECTRAL_PASSAGES = 40_000
_SPECTRAL_ROUNDS = 4


def train_embedding(data: Path, cache: Path, *, seed: int, steps: int = STEPS, workers: int = 1) -> StaticModel:
    """Return the model trained on the texts of *data*; the same seed and number of threads give the same model."""
    texts = [
        text
        for source, characters in BODY_CHARACTERS.items()
        for text in segmented_texts(data, cache, source=source, body_characters=characters, workers=workers)
    ]
    return train_on(texts, seed=seed, steps=steps)


def train_on(
    texts: list[TitledText], *, seed: int, steps: int = STEPS, dimension: int = DIMENSION, rarest: int = RAREST
) -> StaticModel:
    """Return the model trained on *texts*, whose words are segmented and parted by spaces."""
    vocabulary = build_vocabulary((f"{text.title} . {text.body}" for text in texts), rarest=rarest)
    sampler = Sampler(texts, vocabulary, seed=seed)
    start = _initial(sampler.passages(_SPECTRAL_PASSAGES), len(vocabulary), dimension, seed=seed)
    return StaticModel(NAME, vocabulary, _fit(start, sampler, steps=steps))


def build_vocabulary(texts: Iterable[str], *, rarest: int = RAREST, rarest_pair: int = RAREST_PAIR) -> Vocabulary:
    """
    Return the `TOKENS` most frequent words and syllables of the segmented *texts*, then the `PAIRS` most frequent pairs.

    The most frequent come first; pairs are of known words, and not both are numbers.
    """
    words: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for text in tqdm(texts, desc="count words"):
        found = text.split()
        words.update(found)
        pairs.update(neighbours(found))
    tokens: Counter[str] = Counter()
    for word, count in words.items():
        for token in expand((word,)):
            tokens[token] += count
    kept = _most_frequent(tokens, rarest)[:TOKENS]
    known = frozenset(kept)
    tied = {
        f"{first}{TIE}{second}": count
        for (first, second), count in pairs.items()
        if first in known and second in known and not (first.isdigit() and second.isdigit())
    }
    return Vocabulary.from_tokens([*kept, *_most_frequent(tied, rarest_pair)[:PAIRS]], hash_rows=HASH_ROWS)


def _most_frequent(counts: Mapping[str, int], rarest: int) -> list[str]:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [token for token, count in ranked if count >= rarest]


def _initial(passages: list[Ids], rows: int, dimension: int, *, seed: int) -> npt.NDArray[np.float32]:
    """Half latent semantic analysis of *passages*, half noise, longer for rarer tokens."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415 - for training only

    random = np.random.default_rng(seed)
    columns = np.concatenate(passages)
    starts = np.concatenate(([0], np.cumsum([len(passage) for passage in passages])))
    counts = csr_matrix((np.ones(len(columns), dtype=np.float32), columns, starts), shape=(len(passages), rows))
    counts.sum_duplicates()
    found_in = np.bincount(counts.indices, minlength=rows)
    rarity = np.log((1 + len(passages)) / (1 + found_in)).astype(np.float32)
    counts.data = (1 + np.log(counts.data)) * rarity[counts.indices]
    basis = random.standard_normal((rows, dimension + 16)).astype(np.float32)
    for _ in range(_SPECTRAL_ROUNDS):
        basis, _ = np.linalg.qr(counts.T @ (counts @ basis))
    noise = random.standard_normal((rows, dimension)).astype(np.float32)
    start = (0.5 * _unit(basis[:, :dimension]) + 0.5 * _unit(noise)) * rarity[:, None] / rarity.mean()
    return np.asarray(start, dtype=np.float32)


def _unit(rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))


def _fit(start: npt.NDArray[np.float32], sampler: Sampler, *, steps: int) -> npt.NDArray[np.float32]:
    import torch  # noqa: PLC0415 - its import takes seconds

    torch.manual_seed(0)
    weights = torch.nn.Parameter(torch.from_numpy(start.astype(np.float32)))
    optimiser = torch.optim.Adam([weights], lr=RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps, pct_start=0.05)

    def embed(rows: list[Ids]) -> torch.Tensor:
        starts = np.concatenate(([0], np.cumsum([len(row) for row in rows[:-1]])))
        flat = torch.from_numpy(np.concatenate(rows).astype(np.int64))
        means = torch.nn.functional.embedding_bag(flat, weights, torch.from_numpy(starts), mode="mean")
        return torch.nn.functional.normalize(means)

    losses: list[float] = []
    progress = tqdm(range(steps), desc="train")
    for _ in progress:
        batch = sampler.batch(BATCH)
        scores = SHARPNESS * embed(batch.questions) @ embed(batch.passages).T
        titles = torch.from_numpy(batch.titles)
        same = titles[:, None] == titles[None, :]
        same.fill_diagonal_(fill_value=False)
        scores = scores.masked_fill(same, -1e4)
        target = torch.arange(len(titles))
        loss = (
            torch.nn.functional.cross_entropy(scores, target) + torch.nn.functional.cross_entropy(scores.T, target)
        ) / 2
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
        losses.append(loss.item())
        progress.set_postfix(loss=f"{np.mean(losses[-20:]):.3f}")
    return weights.detach().numpy()
