"""
How the signals of an extract count together, and whether the best one answers: two small learned models.

The first orders the sentences of one question, the second says how likely the best of them answers it. Both see numbers and no text, so they
know no document, agency or sentence. Trained by ``python -m eval train-answering``; see models/vi-answering/README.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indexer.errors import InputError
from indexer.sealed import check_sealed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

FOLDER = Path(__file__).parent / "models" / "vi-answering"
WEIGHTS = "model.safetensors"
SIGNALS = (
    "here", "around", "over", "title", "kind", "no_kind", "lead", "rank", "first", "soft", "nearness", "row", "column",
    "no_column", "heading", "capitals", "preamble", "basis", "length", "figures", "noun", "lead_in", "issuer",
    "place", "other_place", "soft_here", "soft_around", "soft_over", "near_here", "near_over", "missing", "missing_here",
    "pairs_here", "pairs_all", "document", "duration", "location", "money", "nth", "beside",
    "other_here", "other_around", "other_over", "other_missing",
)  # fmt: skip
COMPARED = ("here", "soft", "nearness", "rank", "soft_here", "near_here", "pairs_here", "missing")
ORDER = (*SIGNALS, *(f"{name}_less" for name in COMPARED), "held_less")
DECISION = (
    *SIGNALS, "confidence", "margin", "score", "held", "rank_margin", "question_length", "restricted", "unknown", "issuers",
)  # fmt: skip


@dataclass(frozen=True)
class Network:
    """A hidden layer of rectified sums beside a plain sum: ``scores`` of shape (n,) for signals of shape (n, k)."""

    mean: Floats
    scale: Floats
    plain: Floats  # (k,)
    hidden: Floats  # (k, h)
    shift: Floats  # (h,)
    out: Floats  # (h,)
    bias: float = 0.0

    def scores(self, signals: Floats) -> Floats:
        """Return one score a row of *signals*, the higher the better."""
        centred = np.clip((signals - self.mean) / self.scale, -4, 4)
        bent = np.maximum(centred @ self.hidden + self.shift, 0)
        return np.asarray(centred @ self.plain + bent @ self.out + self.bias, dtype=np.float64)

    def arrays(self, name: str) -> dict[str, npt.NDArray[np.float32]]:
        """Return the weights by name, as they are stored."""
        parts = {
            "mean": self.mean,
            "scale": self.scale,
            "plain": self.plain,
            "hidden": self.hidden,
            "shift": self.shift,
            "out": self.out,
            "bias": np.array([self.bias]),
        }
        return {f"{name}.{part}": np.ascontiguousarray(values, dtype=np.float32) for part, values in parts.items()}

    @classmethod
    def of(cls, arrays: dict[str, npt.NDArray[np.float32]], name: str) -> Network:
        """Return the network *name* out of stored *arrays*."""
        parts = {
            part: arrays[f"{name}.{part}"].astype(np.float64)
            for part in ("mean", "scale", "plain", "hidden", "shift", "out")
        }
        return cls(**parts, bias=float(arrays[f"{name}.bias"][0]))


@dataclass(frozen=True)
class AnsweringModel:
    """``order`` scores extracts by `ORDER`; ``decide`` gives log-odds that the best one answers, by `DECISION`."""

    order: Network
    decide: Network

    @classmethod
    @cache
    def load(cls, folder: Path = FOLDER) -> AnsweringModel:
        """
        Return the model in *folder*.

        Raises:
            InputError: the file is missing or of another form.
        """
        from safetensors import SafetensorError  # noqa: PLC0415 - only where questions are answered
        from safetensors.numpy import load_file  # noqa: PLC0415

        path = folder / WEIGHTS
        check_sealed([path])
        try:
            arrays = load_file(path)
            model = cls(Network.of(arrays, "order"), Network.of(arrays, "decide"))
        except (OSError, KeyError, ValueError, SafetensorError) as error:
            msg = f"{path}: the answering model cannot be read ({error}).\n  Install the program again:  make install"
            raise InputError(msg) from error
        if (len(model.order.mean), len(model.decide.mean)) != (len(ORDER), len(DECISION)):
            msg = f"{path}: the answering model is of another version.\n  Install the program again:  make install"
            raise InputError(msg)
        return model


def untrained() -> AnsweringModel:
    """Return a model of plain sums, by which conversations are led before there is a trained one."""

    def plain(names: Sequence[str], weights: dict[str, float], bias: float = 0.0) -> Network:
        count = len(names)
        sums = np.array([weights.get(name, 0.0) for name in names])
        nothing = np.zeros((count, 1))
        return Network(np.zeros(count), np.ones(count), sums, nothing, np.zeros(1), np.zeros(1), bias)

    order = {"here": 1.0, "around": 0.45, "over": 0.15, "kind": 0.25, "lead": 0.2, "rank": 0.02, "capitals": -0.3}
    return AnsweringModel(plain(ORDER, order), plain(DECISION, {"held": 10.0}, -6.2))


def compared(signals: Floats) -> Floats:
    """Return *signals* (n, `SIGNALS`) of the extracts of one question as (n, `ORDER`): beside them how far each stays behind the best."""
    if not len(signals):
        return np.zeros((0, len(ORDER)))
    columns = [SIGNALS.index(name) for name in COMPARED]
    held = signals[:, [SIGNALS.index(name) for name in ("here", "around", "over")]].sum(axis=1, keepdims=True)
    looked_at = np.concatenate([signals[:, columns], held], axis=1)
    return np.concatenate([signals, looked_at - looked_at.max(axis=0)], axis=1)


def probability(log_odds: float) -> float:
    """Return the probability of *log_odds*."""
    return float(1 / (1 + np.exp(-np.clip(log_odds, -30, 30))))


def matrix(rows: Sequence[Sequence[float]], width: int) -> Floats:
    """Return *rows* as an array of shape (n, *width*), also where there are none."""
    return np.asarray(rows, dtype=np.float64).reshape(len(rows), width)
