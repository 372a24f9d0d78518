"""The command that trains the models: ``python -m indexer train --data DIR [--out DIR] [--only MODEL]``."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.embedding import DEFAULT_MODEL

if TYPE_CHECKING:
    from collections.abc import Sequence

EMBEDDING, SYLLABLES, RERANKER, SCANS, PRINT = "embedding", "syllables", "reranker", "scans", "print"
USUAL = (EMBEDDING, SYLLABLES, RERANKER)  # in this order: the reranker looks at what the embedding model makes of texts
# tables of what letters are seen as: bad scans, read as if they were English; print, read as the Vietnamese that it is
_TABLES = ((SCANS, "eng", "confusions.json"), (PRINT, "vie", "confusions-print.json"))
MODELS = Path(__file__).parent.parent / "models"
_CACHE = Path(tempfile.gettempdir()) / "hoi-van-ban-training"
_PAGES = 120


def train(
    data: Path,
    out: Path,
    *,
    seed: int = 0,
    what: Sequence[str] = USUAL,
    cache: Path = _CACHE,
    workers: int = 1,
    steps: int | None = None,
    half: int | None = None,
    labels: bool = True,
) -> None:
    """
    Train the models named in *what* on the texts in *data* and write each into its folder in *out*.

    The same texts, seed and number of threads give the same files. Segmented text is kept in *cache*. The reranker learns from
    questions that people asked where *labels* is set, of those with judgements from one *half* alone (0 or 1) where it is given.

    Raises:
        InputError: a source is missing in *data*, or Tesseract for the scans.
    """
    if EMBEDDING in what:
        from indexer.static_model import save_static_model  # noqa: PLC0415 - torch comes with it
        from indexer.training.embedding import NAME, STEPS, train_embedding  # noqa: PLC0415

        model = train_embedding(data, cache, seed=seed, steps=steps or STEPS, workers=workers)
        save_static_model(model, out / NAME)
    if SYLLABLES in what:
        from indexer.training.syllables import train_syllables  # noqa: PLC0415

        train_syllables(data).save(out / "vi-syllables")
    if RERANKER in what:
        from indexer.training.lessons import train_on_lessons  # noqa: PLC0415

        own = out / DEFAULT_MODEL if EMBEDDING in what else MODELS / DEFAULT_MODEL
        train_on_lessons(data, own, out / "vi-reranker", seed=seed, half=half, labels=labels, workers=workers)
    for table, language, file in _TABLES:
        if table in what:
            from indexer.training.confusions import count_confusions, save_confusions  # noqa: PLC0415
            from indexer.training.scans import read_as  # noqa: PLC0415
            from indexer.training.syllables import scan_texts  # noqa: PLC0415

            lines = read_as(language, scan_texts(data), pages=_PAGES, seed=seed)
            save_confusions(count_confusions(lines), out / "vi-syllables" / file)


def main(argv: Sequence[str]) -> int:
    """Train the models that the package ships."""
    parser = argparse.ArgumentParser(prog="python -m indexer train", description=main.__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with phapdien/, tthc_dvcqg/ and viwiki2017/")
    parser.add_argument(
        "--out", type=Path, default=MODELS, help="folder for the models (default: those of the package)"
    )
    parser.add_argument(
        "--only", choices=(*USUAL, SCANS, PRINT), help="train one model; scans and print need Tesseract"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, help="steps of the embedding model's training")
    parser.add_argument(
        "--half",
        type=int,
        choices=(0, 1),
        help="reranker: learn from this half of the judged questions, to measure on the other",
    )
    parser.add_argument("--no-labels", action="store_true", help="reranker: learn from no question that a person asked")
    parser.add_argument("--workers", type=int, default=1, help="processes that segment text")
    parser.add_argument("--cache", type=Path, default=_CACHE, help="folder for segmented text")
    options = parser.parse_args(argv)
    start = time.monotonic()
    train(
        options.data,
        options.out,
        seed=options.seed,
        what=(options.only,) if options.only else USUAL,
        cache=options.cache,
        workers=options.workers,
        steps=options.steps,
        half=options.half,
        labels=not options.no_labels,
    )
    sys.stdout.write(f"{options.out}: trained in {time.monotonic() - start:.0f} s\n")
    return 0
