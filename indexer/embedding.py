"""The embedding models: our own, shipped with the package, or any other that lies on this machine."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from indexer.errors import InputError
from indexer.passage_tokens import Streams, stream_of
from indexer.sealed import MODELS, hash_files
from indexer.static_model import CONFIG, TOKENS, WEIGHTS, is_static_model, load_static_model

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from indexer.static_model import StaticModel

DEFAULT_MODEL = "vi-static-256"
_WEIGHT_FILES = ("*.safetensors", "*.bin", "tokenizer.json", "vocab.txt", "*.model", "config.json", "modules.json")


@dataclass(frozen=True, slots=True)
class StaticEncoder:
    """
    A static model of ours: rows of float32 with length 1, or 0 where a text has no words.

    It is a `StaticEmbedding` of sentence-transformers (see `sentence_transformer_of`), whose mean is taken by numpy: that library and
    torch take seconds and 400 MB to import. ``sha256`` is the hash of weights and vocabulary, so that an index can refuse
    another model.
    """

    name: str
    sha256: str
    static: StaticModel = field(repr=False)

    @property
    def dimension(self) -> int:
        """Length of the rows."""
        return int(self.static.weights.shape[1])

    def encode_query(self, texts: Sequence[str], /) -> npt.NDArray[np.float32]:
        """Return one row a text, shape (len(texts), dimension)."""
        return self.static.embed(Streams.of([stream_of(text, self.static.vocabulary) for text in texts]))

    def encode_document(self, texts: Sequence[str], /) -> npt.NDArray[np.float32]:
        """Return one row a text, shape (len(texts), dimension)."""
        return self.encode_query(texts)

    def fits(self, _text: str, /) -> bool:
        """Tell whether the model reads the whole of a text: this one always does."""
        return True


@dataclass(frozen=True, slots=True)
class OtherEncoder:
    """
    Any other model, loaded by sentence-transformers; prompts, length and normalisation are those of its own configuration.

    ``prompts`` are put before texts where the configuration has none and models.toml knows the family.
    """

    name: str
    sha256: str
    dimension: int
    model: Any = field(repr=False)  # sentence_transformers.SentenceTransformer
    prompts: Mapping[str, str] = field(default_factory=dict)
    static: None = None

    def encode_query(self, texts: Sequence[str], /) -> npt.NDArray[np.float32]:
        """Return one row a text, shape (len(texts), dimension)."""
        return self._rows(texts, self.model.encode_query, self.prompts.get("query"))

    def encode_document(self, texts: Sequence[str], /) -> npt.NDArray[np.float32]:
        """Return one row a text, shape (len(texts), dimension)."""
        return self._rows(texts, self.model.encode_document, self.prompts.get("document"))

    def fits(self, text: str, /) -> bool:
        """Tell whether the model reads the whole of *text*; what lies behind its maximum length it does not see."""
        longest = self.model.max_seq_length
        if longest is None or len(text) < longest:  # a token has a letter at least
            return True
        prompt = self.prompts.get("document") or self.model.prompts.get("document") or ""
        tokens = self.model.tokenizer(prompt + text, truncation=False, verbose=False)["input_ids"]
        return bool(len(tokens) <= longest)

    def _rows(self, texts: Sequence[str], encode: Any, prompt: str | None) -> npt.NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        options = {"normalize_embeddings": self.model.similarity_fn_name != "dot"} | (
            {"prompt": prompt} if prompt else {}
        )
        rows = encode(list(texts), show_progress_bar=False, convert_to_numpy=True, **options)
        return np.ascontiguousarray(rows, dtype=np.float32)


LoadedEncoder = StaticEncoder | OtherEncoder


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


@cache
def _load_static(folder: Path) -> StaticEncoder:
    if not is_static_model(folder):
        msg = (
            f"{folder}: one of {WEIGHTS}, {TOKENS}, {CONFIG} is missing.\n"
            "  Install the package again, or train the model:  python -m indexer train --data DIR --only embedding"
        )
        raise InputError(msg)
    sha256 = hash_files([folder / name for name in (WEIGHTS, TOKENS, CONFIG)])  # before anything of it is loaded
    static = load_static_model(folder)
    return StaticEncoder(static.name, sha256, static)


def token_model() -> StaticModel:
    """Return the static model that we ship: its vocabulary is that of the token streams in every index."""
    return _load_static(MODELS / DEFAULT_MODEL).static


def token_model_hash() -> str:
    """Return the hash of `token_model`."""
    return _load_static(MODELS / DEFAULT_MODEL).sha256


def sentence_transformer_of(static: StaticModel) -> Any:
    """Return *static* as a SentenceTransformer; its texts are the names that ``vocabulary.tokens`` gives, parted by spaces."""
    _stay_offline()
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - its import takes seconds
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding  # noqa: PLC0415
    from tokenizers import Tokenizer  # noqa: PLC0415
    from tokenizers.models import WordLevel  # noqa: PLC0415
    from tokenizers.pre_tokenizers import WhitespaceSplit  # noqa: PLC0415

    tokenizer = Tokenizer(WordLevel(static.vocabulary.names()))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    return SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=static.weights)], device="cpu")


def _load_other(name: str, folder: Path) -> OtherEncoder:
    _stay_offline()
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - its import takes seconds

    try:
        model = SentenceTransformer(str(folder), device="cpu", local_files_only=True, trust_remote_code=False)
    except (OSError, ValueError) as error:
        msg = (
            f"{folder}: this is no sentence-transformers model ({error}).\n"
            "  Give the folder that holds modules.json or config.json, or leave --model out to use our own."
        )
        raise InputError(msg) from error
    files = sorted({path for pattern in _WEIGHT_FILES for path in folder.rglob(pattern) if path.is_file()})
    return OtherEncoder(
        name=name,
        sha256=hash_files(files),
        dimension=int(model.get_embedding_dimension() or 0),
        model=model,
        prompts={} if any(model.prompts.values()) else known_prompts(name),
    )


def known_models() -> list[dict[str, Any]]:
    """Return what is known of models that others made: models.toml, one table a model."""
    found: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "models.toml").read_text(encoding="utf-8"))[
        "model"
    ]
    return found


def known_prompts(name: str) -> dict[str, str]:
    """Return what stands before questions and documents for the model *name* or a copy of it in a folder of that name."""
    for known in known_models():
        if name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1].lower() == known["name"].rsplit("/", 1)[-1].lower():
            return {kind: known[kind] for kind in ("query", "document") if known.get(kind)}
    return {}


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
