"""The embedding models: our own, shipped with the package, or any other that lies on this machine."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from indexer.errors import InputError
from indexer.segment import segment
from indexer.static_model import CONFIG, TOKENS, WEIGHTS, hash_files, is_static_model, load_static_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from indexer.vocabulary import Vocabulary

DEFAULT_MODEL = "vi-static-256"
MODELS = Path(__file__).parent / "models"
_WEIGHT_FILES = ("*.safetensors", "*.bin", "tokenizer.json", "vocab.txt", "*.model", "config.json", "modules.json")


@dataclass(frozen=True, slots=True)
class LoadedEncoder:
    """
    An embedding model that is ready to use: rows of float32 with length 1, or 0 where a text has no words.

    ``sha256`` is the hash of its weights and vocabulary, so that an index can refuse another model.
    """

    name: str
    sha256: str
    dimension: int
    model: Any = field(repr=False)  # sentence_transformers.SentenceTransformer
    vocabulary: Vocabulary | None = field(default=None, repr=False)  # None: the model segments for itself

    def encode_query(self, texts: Sequence[str], /) -> npt.NDArray[np.float32]:
        """Return one row a text, shape (len(texts), dimension)."""
        return self._rows(texts, self.model.encode_query)

    def encode_document(self, texts: Sequence[str], /) -> npt.NDArray[np.float32]:
        """Return one row a text, shape (len(texts), dimension)."""
        return self._rows(texts, self.model.encode_document)

    def _rows(self, texts: Sequence[str], encode: Any) -> npt.NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        ready = [self._prepare(text) for text in texts]
        rows = encode(ready, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True)
        return np.ascontiguousarray(rows, dtype=np.float32)

    def _prepare(self, text: str) -> str:
        if self.vocabulary is None:
            return text
        return " ".join(self.vocabulary.tokens(segment(text)))


@cache
def load_encoder(name_or_path: str | None = None) -> LoadedEncoder:
    """
    Return the embedding model with this name or in this folder; None or "vi-static-256" is the one we ship.

    Nothing is ever downloaded: a model by name must lie in the Hugging Face cache of this machine.

    Raises:
        InputError: there is no such model on this machine.
    """
    if name_or_path is None or name_or_path == DEFAULT_MODEL:
        return _load_static(MODELS / DEFAULT_MODEL)
    folder = _find(name_or_path)
    return _load_static(folder) if is_static_model(folder) else _load_other(name_or_path, folder)


def _load_static(folder: Path) -> LoadedEncoder:
    if not is_static_model(folder):
        msg = (
            f"{folder}: one of {WEIGHTS}, {TOKENS}, {CONFIG} is missing.\n"
            "  Install the package again, or train the model:  python -m indexer train --data DIR --only embedding"
        )
        raise InputError(msg)
    _stay_offline()
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - its import takes seconds
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding  # noqa: PLC0415
    from tokenizers import Tokenizer  # noqa: PLC0415
    from tokenizers.models import WordLevel  # noqa: PLC0415
    from tokenizers.pre_tokenizers import WhitespaceSplit  # noqa: PLC0415

    static = load_static_model(folder)
    tokenizer = Tokenizer(WordLevel(static.vocabulary.names()))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    module = StaticEmbedding(tokenizer, embedding_weights=static.weights)
    return LoadedEncoder(
        name=static.name,
        sha256=hash_files([folder / name for name in (WEIGHTS, TOKENS, CONFIG)]),
        dimension=static.weights.shape[1],
        model=SentenceTransformer(modules=[module], device="cpu"),
        vocabulary=static.vocabulary,
    )


def _load_other(name: str, folder: Path) -> LoadedEncoder:
    _stay_offline()
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - its import takes seconds

    try:
        model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    except (OSError, ValueError) as error:
        msg = (
            f"{folder}: this is no sentence-transformers model ({error}).\n"
            "  Give the folder that holds modules.json or config.json, or leave --model out to use our own."
        )
        raise InputError(msg) from error
    files = sorted({path for pattern in _WEIGHT_FILES for path in folder.rglob(pattern) if path.is_file()})
    return LoadedEncoder(
        name=name, sha256=hash_files(files), dimension=int(model.get_embedding_dimension() or 0), model=model
    )


def _find(name_or_path: str) -> Path:
    folder = Path(name_or_path).expanduser()
    if folder.is_dir():
        return folder
    _stay_offline()
    from huggingface_hub import constants, snapshot_download  # noqa: PLC0415
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError  # noqa: PLC0415

    try:
        return Path(snapshot_download(name_or_path, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError) as error:
        msg = (
            f"{name_or_path}: there is no such embedding model on this machine; "
            f"looked for a folder of this name and in {constants.HF_HUB_CACHE}.\n"
            f"  On a connected machine:  hf download {name_or_path} --local-dir model\n"
            "  then copy the folder here and give its path,\n"
            "  or use the model that comes with the program: leave --model out."
        )
        raise InputError(msg) from error


def _stay_offline() -> None:
    """Keep the Hugging Face libraries from looking anything up; it must be set before they are imported."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TRANSFORMERS_NO_ADVISORY_WARNINGS", "1")
