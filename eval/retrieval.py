"""
Rankings of a retrieval set by keywords, by our embedding model, and by both.

    python -m eval run --set DIR [--corpus FILE] [--run OUT.trec]
"""

from __future__ import annotations

import argparse
import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from eval.retrieval_measures import MEASURES, evaluate
from eval.retrieval_sets import load_set
from indexer.vietnamese import syllables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import numpy.typing as npt

    from eval.retrieval_sets import Entry, RetrievalSet
    from indexer.types import Encoder

    Scores = npt.NDArray[np.float32]

SYLLABLES, BIGRAMS, DENSE, FUSED = "BM25 syllables", "BM25 syllables+bigrams", "dense", "fused"
SYSTEMS = (SYLLABLES, BIGRAMS, DENSE, FUSED)
TITLE_COPIES = 5  # a heading counts as often in BM25 with bigrams
PASSAGE_SYLLABLES = 110
POOL = {BIGRAMS: 60, DENSE: 40}  # candidates of the fused ranking
SHARES = {BIGRAMS: 0.65, DENSE: 0.35}
DEPTH = 100
_ENCODE_AT_ONCE = 2048

Rankings = dict[str, dict[str, list[tuple[str, float]]]]


def rank(retrieval_set: RetrievalSet, encoder: Encoder) -> Rankings:
    """
    Return for each of `SYSTEMS` and each judged question its best documents with their scores, at most `DEPTH`.

    A document's dense score is that of its best passage of about 110 syllables with the title in front; the fused
    score is the sum of both scores' distances from the candidates' mean, in standard deviations.
    """
    ids = [entry.id for entry in retrieval_set.corpus]
    queries = retrieval_set.judged()
    plain = _keyword_scorer([syllables(f"{entry.title}\n{entry.text}") for entry in retrieval_set.corpus])
    paired = _keyword_scorer([_with_bigrams(entry) for entry in retrieval_set.corpus])
    dense = _dense_scorer(retrieval_set.corpus, encoder)
    rankings: Rankings = {system: {} for system in SYSTEMS}
    for query, text in tqdm(queries.items(), desc="rank"):
        words = syllables(text)
        scores = {SYLLABLES: plain(words), BIGRAMS: paired([*words, *_bigrams(words)]), DENSE: dense(text)}
        for system, values in scores.items():
            rankings[system][query] = [(ids[i], float(values[i])) for i in _top(values, DEPTH)]
        pool, fused = fuse({system: scores[system] for system in SHARES})
        order = np.argsort(-fused, kind="stable")
        rankings[FUSED][query] = [(ids[pool[i]], float(fused[i])) for i in order[:DEPTH]]
    return rankings


def fuse(scores: Mapping[str, Scores]) -> tuple[npt.NDArray[np.int64], Scores]:
    """Return the candidates of all *scores*, the best of each by `POOL`, and their weighted sums of z-scores."""
    pool = np.unique(np.concatenate([_top(values, POOL[system]) for system, values in scores.items()]))
    total = np.zeros(len(pool), dtype=np.float32)
    for system, values in scores.items():
        chosen = values[pool]
        total += SHARES[system] * (chosen - chosen.mean()) / (chosen.std() or 1)
    return pool, total


def passages(entry: Entry) -> list[str]:
    """Return the text of *entry* in pieces of about 110 syllables, each with the title in front."""
    words = entry.text.split()
    count = max(1, round(len(words) / PASSAGE_SYLLABLES))
    size = -(-len(words) // count) or 1
    head = f"{entry.title}. " if entry.title else ""
    return [head + " ".join(words[start : start + size]) for start in range(0, len(words), size)] or [head]


def write_run(ranking: Mapping[str, Sequence[tuple[str, float]]], path: Path, *, tag: str) -> None:
    """
    Write *ranking* as a TREC run file: question, Q0, document, rank, score, tag.

    Fields are parted by tabs, because document ids may hold spaces.
    """
    lines = [
        f"{query}\tQ0\t{document}\t{place}\t{score:.6f}\t{tag}\n"
        for query, hits in ranking.items()
        for place, (document, score) in enumerate(hits, start=1)
    ]
    path.write_text("".join(lines), encoding="utf-8", newline="\n")


def main(argv: Sequence[str]) -> int:
    """Measure the rankings of a retrieval set, print the table, and write the fused ranking where asked."""
    parser = argparse.ArgumentParser(prog="python -m eval run --set", description=main.__doc__)
    parser.add_argument("--set", type=Path, required=True, help="BEIR folder: corpus.jsonl, queries.jsonl, qrels.tsv")
    parser.add_argument("--corpus", type=Path, help="file in the place of the folder's corpus.jsonl (.jsonl, .gz, .xz)")
    parser.add_argument("--run", type=Path, help="write the ranking as a TREC run file")
    parser.add_argument("--system", choices=SYSTEMS, default=FUSED, help="which ranking --run writes")
    parser.add_argument("--model", help="name or folder of an embedding model in the place of our own")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    options = parser.parse_args(argv)
    from indexer.embedding import load_encoder  # noqa: PLC0415 - its import takes seconds

    retrieval_set = load_set(options.set, options.corpus)
    encoder = load_encoder(options.model)
    rankings = rank(retrieval_set, encoder)
    figures = {
        system: evaluate({query: [name for name, _ in hits] for query, hits in ranking.items()}, retrieval_set.qrels)
        for system, ranking in rankings.items()
    }
    if options.run:
        write_run(rankings[options.system], options.run, tag=options.system.replace(" ", "-"))
    if options.json:
        report = {"set": retrieval_set.name, "questions": len(retrieval_set.qrels), "figures": figures}
        sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("".join(f"{line}\n" for line in _table(retrieval_set, encoder.name, figures)))
    return 0


def _table(
    retrieval_set: RetrievalSet, model: str, figures: Mapping[str, Mapping[str, tuple[float, float, float]]]
) -> Iterator[str]:
    yield (
        f"{retrieval_set.name}: {len(retrieval_set.qrels)} questions, {len(retrieval_set.corpus)} documents, "
        f"model {model}; 95 % bootstrap over questions"
    )
    yield ""
    yield f"| system | {' | '.join(MEASURES)} |"
    yield f"|---|{'---|' * len(MEASURES)}"
    for system, values in figures.items():
        cells = [f"{mean:.3f} [{low:.3f}, {high:.3f}]" for mean, low, high in (values[name] for name in MEASURES)]
        yield f"| {system} | {' | '.join(cells)} |"


def _bigrams(words: Sequence[str]) -> list[str]:
    return [f"{first}_{second}" for first, second in pairwise(words)]


def _with_bigrams(entry: Entry) -> list[str]:
    title, text = syllables(entry.title), syllables(entry.text)
    return (title + _bigrams(title)) * TITLE_COPIES + text + _bigrams(text)


def _keyword_scorer(documents: list[list[str]]) -> Callable[[list[str]], Scores]:
    import bm25s  # noqa: PLC0415

    index = bm25s.BM25(method="lucene")
    index.index(documents, show_progress=False)
    known = index.vocab_dict

    def score(words: list[str]) -> Scores:
        kept = [word for word in words if word in known]
        if not kept:
            return np.zeros(len(documents), dtype=np.float32)
        return np.asarray(index.get_scores(kept), dtype=np.float32)

    return score


def _dense_scorer(corpus: Sequence[Entry], encoder: Encoder) -> Callable[[str], Scores]:
    pieces: list[str] = []
    starts: list[int] = []
    for entry in corpus:
        starts.append(len(pieces))
        pieces.extend(passages(entry))
    blocks = range(0, len(pieces), _ENCODE_AT_ONCE)
    rows = np.concatenate(
        [encoder.encode_document(pieces[start : start + _ENCODE_AT_ONCE]) for start in tqdm(blocks, desc="encode")]
    )

    def score(text: str) -> Scores:
        similarities = rows @ encoder.encode_query([text])[0]
        return np.maximum.reduceat(similarities, starts)

    return score


def _top(values: Scores, count: int) -> npt.NDArray[np.int64]:
    """Return the places of the *count* highest values, highest first, the earlier of equals first."""
    count = min(count, len(values))
    chosen = np.argpartition(-values, count - 1)[:count]
    chosen = np.sort(chosen)
    return chosen[np.argsort(-values[chosen], kind="stable")]
