"""The files of a static embedding model of ours: int8 rows with a scale each, and the vocabulary, one token a line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from indexer.errors import InputError
from indexer.sealed import seal
from indexer.vocabulary import Vocabulary

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from indexer.passage_tokens import TokenStreams

WEIGHTS, TOKENS, CONFIG = "model.safetensors", "vocabulary.txt", "model.json"
_FORMAT = "hoi-van-ban static embedding 2"
_TEXTS_AT_ONCE = 20_000  # their tokens are in memory together
_FEW = 64  # texts that are added up one by one, without loading another library
_STEPS = 127  # int8 is used from -127 to 127


@dataclass(frozen=True)
class StaticModel:
    """One row of ``weights`` a token; a text is the mean of its tokens' rows."""

    name: str
    vocabulary: Vocabulary
    weights: npt.NDArray[np.float32]

    def __post_init__(self) -> None:
        if len(self.vocabulary) != len(self.weights):
            msg = f"{len(self.vocabulary)} tokens cannot have {len(self.weights)} rows"
            raise ValueError(msg)

    @cached_property
    def unit_rows(self) -> npt.NDArray[np.float32]:
        """``weights`` with every row of length 1."""
        lengths = np.linalg.norm(self.weights, axis=1, keepdims=True)
        return np.asarray(self.weights / np.maximum(lengths, 1e-9), dtype=np.float32)

    def embed(self, streams: TokenStreams) -> npt.NDArray[np.float32]:
        """Return the mean of the rows of each text's tokens, of length 1, or 0 where a text has none; shape (texts, dimension)."""
        result = np.zeros((len(streams), self.weights.shape[1]), dtype=np.float32)
        if len(streams) <= _FEW:
            for place in range(len(streams)):
                result[place] = self.embed_stream(streams.of_text(place))
            return result
        from scipy.sparse import csr_matrix  # noqa: PLC0415 - to build only

        for start in range(0, len(streams), _TEXTS_AT_ONCE):
            offsets = streams.offsets[start : start + _TEXTS_AT_ONCE + 1]
            rows = self.vocabulary.row_of(streams.tokens[offsets[0] : offsets[-1]])
            # a row of ones a text: thirty times as fast as adding up slices in numpy
            counted = csr_matrix(
                (np.ones(len(rows), dtype=np.float32), rows, offsets - offsets[0]),
                shape=(len(offsets) - 1, len(self.weights)),
            )
            result[start : start + _TEXTS_AT_ONCE] = counted @ self.weights
        return np.asarray(result / np.maximum(np.linalg.norm(result, axis=1, keepdims=True), 1e-9), dtype=np.float32)

    def embed_stream(self, stream: npt.NDArray[np.uint32]) -> npt.NDArray[np.float32]:
        """Return the vector of one text, of length 1, or 0 where it has no tokens; shape (dimension,)."""
        if not len(stream):
            return np.zeros(self.weights.shape[1], dtype=np.float32)
        mean = self.weights[self.vocabulary.row_of(stream)].mean(axis=0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), dtype=np.float32)


def is_static_model(folder: Path) -> bool:
    """Tell whether *folder* holds a model written by `save_static_model`."""
    return all((folder / name).is_file() for name in (WEIGHTS, TOKENS, CONFIG))


def save_static_model(model: StaticModel, folder: Path) -> None:
    """Write *model* into *folder*; the same model gives the same bytes."""
    from safetensors.numpy import save  # noqa: PLC0415

    scale = np.abs(model.weights).max(axis=1) / _STEPS
    scale = np.where(scale == 0, 1, scale).astype(np.float16)
    rows = np.clip(np.rint(model.weights / scale.astype(np.float32)[:, None]), -_STEPS, _STEPS).astype(np.int8)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS).write_bytes(save({"rows": rows, "scale": scale}))
    (folder / TOKENS).write_text(
        "".join(f"{token}\n" for token in model.vocabulary.rows), encoding="utf-8", newline="\n"
    )
    config = {
        "format": _FORMAT,
        "name": model.name,
        "dimension": int(model.weights.shape[1]),
        "hash_rows": model.vocabulary.hash_rows,
    }
    text = json.dumps(config, indent=2, ensure_ascii=False) + "\n"
    (folder / CONFIG).write_text(text, encoding="utf-8", newline="\n")
    seal([folder / name for name in (WEIGHTS, TOKENS, CONFIG)])


def load_static_model(folder: Path) -> StaticModel:
    """
    Read the model in *folder*.

    Raises:
        InputError: its files do not belong together.
    """
    from safetensors.numpy import load  # noqa: PLC0415

    config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    if config.get("format") != _FORMAT:
        msg = (
            f"{folder / CONFIG}: the format is {config.get('format')!r}, not {_FORMAT!r}.\n"
            "  Train the model again:  python -m indexer train --data DIR --only embedding"
        )
        raise InputError(msg)
    tensors = load((folder / WEIGHTS).read_bytes())
    tokens = (folder / TOKENS).read_text(encoding="utf-8").split("\n")[:-1]
    vocabulary = Vocabulary.from_tokens(tokens, hash_rows=config["hash_rows"])
    weights = tensors["rows"].astype(np.float32) * tensors["scale"].astype(np.float32)[:, None]
    if weights.shape != (len(vocabulary), config["dimension"]):
        msg = (
            f"{folder}: {WEIGHTS} has the shape {weights.shape}, but {TOKENS} and {CONFIG} ask for "
            f"{(len(vocabulary), config['dimension'])}.\n"
            "  Copy all files of one model, or train it again:  python -m indexer train --data DIR --only embedding"
        )
        raise InputError(msg)
    return StaticModel(config["name"], vocabulary, weights)
