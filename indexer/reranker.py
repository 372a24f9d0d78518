"""
The learned reranker: candidates of keywords and meaning, ordered by how the question's words meet theirs.

A small network over some sixty numbers a candidate. What a word of the question counts is learned too (`_gates`): "thế nào" tells
less than its rarity says. Trained by ``python -m indexer train --only reranker``; see models/vi-reranker/README.md.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indexer.errors import InputError
from indexer.interaction import TERM_FEATURES
from indexer.sealed import hash_files, seal
from indexer.vocabulary import DIGIT, KIND, WORD

if TYPE_CHECKING:
    import numpy.typing as npt

    from indexer.interaction import AskedWords, Met

    Floats = npt.NDArray[np.float32]

FOLDER = Path(__file__).parent / "models" / "vi-reranker"
WEIGHTS, CONFIG = "model.safetensors", "model.json"
FORMAT = "hoi-van-ban reranker 2"
CLIP = 5.0  # standard deviations beyond which a number says no more
# in standard deviations from the candidates' mean; as they are; as shares of the highest, and by rank
SPREAD = (
    "keywords", "nearness", "soft", "soft_norms", "together", "keywords_beside", "keywords_around", "nearness_beside",
    "nearness_around", "keywords_near", "nearness_near", "heading_nearness", "heading_soft", "heading_exact", "pairs",
    "pairs_unit", "exact", "exact_unit", "soft_unit", "density",
)  # fmt: skip
PLAIN = (
    "soft", "soft_unit", "exact", "exact_unit", "syllables", "syllables_unit",
    "pairs", "pairs_unit", "run", "density", "figures", "numbers", "weakest", "missing", "heading_soft", "heading_exact",
    "heading_covered", "heading_spoken", "heading_nearness", "nearness", "length", "heading_length",
)  # fmt: skip
SUM = {"keywords": 0.4, "nearness": 0.3, "soft": 0.3}  # of deviations: the order that needs no training
RANKED = ("keywords", "nearness", "soft", "soft_unit")
ASKED = 5  # numbers of the question itself
TERM_FACTS = 7  # numbers about each word of the question
COLUMNS = len(SPREAD) + len(PLAIN) + 2 * len(RANKED) + ASKED


@dataclass(frozen=True)
class Described:
    """Candidates as the network sees them: ``columns`` (candidates, COLUMNS), and the words of the question."""

    columns: Floats
    terms: Floats  # (candidates, words, TERM_FEATURES)
    facts: Floats  # (words, TERM_FACTS)
    vectors: Floats  # (words, dimension)


NOTHING = Described(
    np.zeros((0, COLUMNS), dtype=np.float32),
    np.zeros((0, 0, TERM_FEATURES), dtype=np.float32),
    np.zeros((0, TERM_FACTS), dtype=np.float32),
    np.zeros((0, 0), dtype=np.float32),
)


def spread(values: npt.NDArray[np.floating]) -> Floats:
    """Return how many standard deviations each of *values* lies from the mean of its row; zeros where all of a row are equal."""
    exact = np.asarray(values, dtype=np.float64)
    centred = exact - exact.mean(axis=-1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(axis=-1, keepdims=True))
    return np.asarray(np.where(deviation > 1e-6, centred / np.maximum(deviation, 1e-6), 0), dtype=np.float32)


def describe(asked: AskedWords, met: Met, signals: dict[str, Floats], *, highest_idf: float) -> Described:
    """Return the numbers of all candidates; *signals* are those that do not come from words, by name, one a candidate."""
    known = met.columns | signals
    columns: list[Floats] = [*spread(np.stack([known[name] for name in SPREAD])), *(known[name] for name in PLAIN)]
    for name in RANKED:
        values = known[name]
        top = float(values.max())
        ranks = np.empty(len(values), dtype=np.float32)
        ranks[np.argsort(-values, kind="stable")] = np.arange(len(values))
        columns += [values / np.float32(top) if top > 1e-6 else np.zeros_like(values), np.float32(1) / (1 + ranks)]
    digits = (asked.words & DIGIT) > 0
    rarity = asked.idf / highest_idf
    whole = (
        np.log1p(len(asked)),
        float(digits.any()),
        float(rarity.max()),
        float(rarity.mean()),
        float(asked.norms.mean()),
    )
    columns += [np.full(len(met.best), number, dtype=np.float32) for number in whole]
    place = np.arange(len(asked)) / max(1, len(asked) - 1)
    facts = [
        rarity,
        np.log(np.maximum(asked.idf, 0.05)),
        asked.norms / max(float(asked.norms.mean()), 1e-6),
        digits,
        (asked.words & KIND) == WORD,
        place,
        np.full(len(asked), np.log1p(len(asked))),
    ]
    return Described(
        np.stack(columns, axis=1).astype(np.float32),
        met.terms,
        np.stack(facts, axis=1).astype(np.float32),
        asked.vectors,
    )


def untrained(described: Described) -> Floats:
    """Return the weighted sum of deviations of keywords, meaning and late interaction, one a candidate."""
    chosen = [SPREAD.index(name) for name in SUM]
    return np.asarray(described.columns[:, chosen] @ np.array(list(SUM.values()), dtype=np.float32))


@dataclass(frozen=True)
class Reranker:
    """
    An ensemble of networks with the same inputs; see `indexer.training.reranker` for how they were trained.

    ``learned`` are the CRC-32 sums of the ids of the judged questions that it was trained on. ``share`` is what `untrained`
    counts beside the networks: on questions unlike those learned from, both together are better than either.
    """

    sha256: str
    learned: frozenset[int]
    mean: Floats  # of the columns over the training candidates
    deviation: Floats
    networks: tuple[dict[str, Floats], ...]
    share: float = 0.0

    @staticmethod
    def load(folder: Path = FOLDER) -> Reranker:
        """
        Return the reranker in *folder*, by default the one we ship; it is read once.

        Raises:
            InputError: a file is missing or of another format.
        """
        return _load(folder)

    def left_out(self, question: str) -> bool:
        """Tell whether the judged question with that id was not trained on."""
        return zlib.crc32(question.encode()) not in self.learned

    @cached_property
    def _stacked(self) -> dict[str, Floats]:
        """The parameters of all networks by name, transposed, a network each."""
        return {
            name: np.stack([network[name].T for network in self.networks]).astype(np.float32)
            for name in self.networks[0]
        }

    def scores(self, described: Described) -> Floats:
        """Return one score a candidate; only differences between candidates of one question mean anything."""
        columns = np.clip((described.columns - self.mean) / self.deviation, -CLIP, CLIP)
        network = self._stacked
        gates = _gates(network, described)  # (networks, words, heads)
        count, words, features = described.terms.shape
        networks, heads = len(gates), gates.shape[2]
        flat = np.ascontiguousarray(gates.transpose(0, 2, 1)).reshape(-1, words)
        gathered = (flat @ described.terms).reshape(count, networks, heads * features).swapaxes(0, 1)
        relative = gathered - gathered.mean(axis=1, keepdims=True)
        relative /= np.sqrt((relative**2).mean(axis=1, keepdims=True) + 1e-4)
        every = np.broadcast_to(columns, (networks, *columns.shape))
        inputs = np.concatenate([every, gathered, relative], axis=2)
        hidden = _gelu(inputs @ network["first.weight"] + network["first.bias"][:, None])
        hidden = _gelu(hidden @ network["second.weight"] + network["second.bias"][:, None])
        found = inputs @ network["straight.weight"] + hidden @ network["last.weight"]
        scores = found[:, :, 0].mean(axis=0)
        return np.asarray(scores + self.share * scores.std() * spread(untrained(described)), dtype=np.float32)


def _gates(network: dict[str, Floats], described: Described) -> Floats:
    """Return the share of each word in the sums over words; over the words those of each network and head sum to 1."""
    hidden = np.tanh(described.facts @ network["facts.weight"] + network["facts.bias"][:, None])
    logits = hidden @ network["gate.weight"] + described.vectors @ network["meaning.weight"]
    logits = logits + described.facts[:, 1:2]  # the logarithm of the rarity: where nothing is learned, rarity decides
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), dtype=np.float32)


def _gelu(values: Floats) -> Floats:
    return np.asarray(
        0.5 * values * (1 + np.tanh(0.7978845608 * (values + 0.044715 * values * values * values))), dtype=np.float32
    )


@cache
def _load(folder: Path) -> Reranker:
    from safetensors.numpy import load  # noqa: PLC0415

    missing = [name for name in (WEIGHTS, CONFIG) if not (folder / name).is_file()]
    sha256 = "" if missing else hash_files([folder / WEIGHTS, folder / CONFIG])
    config = {} if missing else json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    if missing or (config.get("format"), config.get("columns")) != (FORMAT, COLUMNS):
        fact = f"{' and '.join(missing)} is missing" if missing else f"{CONFIG} is of another version of the program"
        msg = (
            f"{folder}: {fact}.\n"
            "  Install the package again, or train the reranker:  python -m indexer train --data DIR --only reranker"
        )
        raise InputError(msg)
    tensors = load((folder / WEIGHTS).read_bytes())
    networks: list[dict[str, Floats]] = [{} for _ in range(config["networks"])]
    for name, tensor in tensors.items():
        number, _, part = name.partition(".")
        if number.isdigit():
            networks[int(number)][part] = tensor.astype(np.float32)
    return Reranker(
        sha256,
        frozenset(config["learned"]),
        tensors["mean"],
        tensors["deviation"],
        tuple(networks),
        config["share"],
    )


def save_reranker(reranker: Reranker, folder: Path) -> None:
    """Write *reranker* into *folder*; the same one gives the same bytes."""
    from safetensors.numpy import save  # noqa: PLC0415

    tensors = {"mean": reranker.mean, "deviation": reranker.deviation}
    for number, network in enumerate(reranker.networks):
        tensors |= {f"{number}.{name}": np.ascontiguousarray(tensor) for name, tensor in network.items()}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS).write_bytes(save(tensors))
    config = {
        "format": FORMAT, "networks": len(reranker.networks), "columns": COLUMNS, "share": reranker.share,
        "learned": sorted(reranker.learned),
    }  # fmt: skip
    (folder / CONFIG).write_text(json.dumps(config) + "\n", encoding="utf-8", newline="\n")
    seal([folder / WEIGHTS, folder / CONFIG])
