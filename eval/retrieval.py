"""
Rankings of a retrieval set by our ranking, by each of its parts alone, and by plain BM25.

    python -m eval run --set DIR [--corpus FILE] [--typing KIND …] [--run OUT.trec]

Our ranking is the one that the assistant searches with, over the same parts, built by the same functions.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from eval.provenance import FORMAT, commit
from eval.retrieval_measures import MEASURES, evaluate, parsed
from eval.retrieval_sets import NAMED, named_set
from eval.trec import judgements, load_any, run_lines, score_runs
from eval.typings import TYPINGS, typed
from indexer.errors import InputError
from indexer.vietnamese import has_diacritics, syllables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import numpy.typing as npt

    from eval.retrieval_sets import RetrievalSet
    from indexer.collection import Collection
    from indexer.embedding import LoadedEncoder
    from indexer.ranking import Candidates, QuestionReading, Ranker
    from indexer.reranker import Reranker

    Scores = npt.NDArray[np.float32]
    Reader = Callable[[str], Sequence[QuestionReading]]

PLAIN, DEFAULT, KEYWORDS, DENSE, SOFT = "BM25 syllables", "BM25 as published", "keywords", "dense", "late interaction"
RRF, SUM, FULL = "reciprocal rank fusion", "sum of deviations", "reranked"
SYSTEMS = (PLAIN, DEFAULT, KEYWORDS, DENSE, SOFT, RRF, SUM, FULL)
RRF_CONSTANT = 60
DEPTH = 100
_STDOUT = Path("-")
_SLIPS_OF_TEXTS = 10_000  # a word in one of so many texts may be a slip of its author

Rankings = dict[str, dict[str, list[tuple[str, float]]]]


def collection_of(retrieval_set: RetrievalSet, *, workers: int = 2) -> Collection:
    """Return the documents of *retrieval_set* as they are searched, a unit each; our own model is its vocabulary."""
    from indexer.collection import Collection, TitledText  # noqa: PLC0415 - imports pyvi
    from indexer.embedding import token_model  # noqa: PLC0415

    texts = [TitledText(entry.title, entry.text) for entry in retrieval_set.corpus]
    with tqdm(total=0, desc="segment", unit="passage") as bar:

        def report(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        return Collection(texts, token_model(), workers=workers, progress=report)


def reader_of(collection: Collection) -> Reader:
    """Return what reads a question as the assistant does, where words that the collection holds are not mended."""
    from indexer.question_readings import QuestionSpeller  # noqa: PLC0415
    from indexer.syllable_model import SyllableModel  # noqa: PLC0415

    units = len(collection.keywords)

    def knows(word: str) -> bool:
        found = collection.keywords.frequencies(word, folded=False)
        return bool(found) and found[0] > units / _SLIPS_OF_TEXTS

    return QuestionSpeller(SyllableModel.load(), knows).readings


def rank(
    retrieval_set: RetrievalSet,
    collection: Collection,
    encoder: LoadedEncoder,
    rerankers: Sequence[Reranker],
    *,
    typed: Callable[[str, str], str] | None = None,
    reader: Reader | None = None,
    parts: bool = True,
) -> Rankings:
    """
    Return for each of `SYSTEMS` and each judged question its best documents with their scores, at most `DEPTH`.

    *typed* gives what was typed in place of a question, from its id and text, *reader* the readings of that. Of several *rerankers*
    each question is ranked by the first that was not trained on it; "sum of deviations", "late interaction" and "reranked"
    order the candidates of keywords and meaning, the others the whole collection. Without *parts* only plain BM25 and "reranked" are given.
    """
    ids = [entry.id for entry in retrieval_set.corpus]
    texts = [f"{entry.title}\n{entry.text}".strip() for entry in retrieval_set.corpus]
    plain = _plain_scorer([syllables(text) for text in texts])
    published = _plain_scorer(_default_words(texts)) if parts else None
    rankers = [collection.ranker(encoder, reranker) for reranker in rerankers]
    rankings: Rankings = {system: {} for system in (SYSTEMS if parts else (PLAIN, FULL))}
    for query, text in tqdm(retrieval_set.judged().items(), desc="rank"):
        asked = typed(query, text) if typed else text
        readings = list(reader(asked)) if reader else [_as_typed(asked)]
        marked = has_diacritics(asked) and [reading.text for reading in readings] == [asked]
        ranker = next(one for one in rankers if one.reranker.left_out(query) or one is rankers[-1])
        found = _by_parts(ranker, readings, marked=marked) if parts else {}
        found[PLAIN] = _listed(plain(syllables(asked)))
        if published is not None:
            found[DEFAULT] = _listed(published(_default_words([asked])[0]))
        found[FULL] = [(hit.unit, hit.score) for hit in ranker.rank(readings, marked=marked)]
        for system, hits in found.items():
            rankings[system][query] = [(ids[unit], score) for unit, score in hits[:DEPTH]]
    return rankings


def _as_typed(text: str) -> QuestionReading:
    from indexer.ranking import QuestionReading  # noqa: PLC0415

    return QuestionReading(text)


def _by_parts(
    ranker: Ranker, readings: Sequence[QuestionReading], *, marked: bool
) -> dict[str, list[tuple[int, float]]]:
    """Return the rankings of each part alone, of the best reading, and of the ways to fuse them that need no training."""
    from indexer.reranker import untrained  # noqa: PLC0415

    keywords = _listed(ranker.keywords.scores(readings[0].text, folded=not marked))
    vector = ranker.encoder.encode_query([readings[0].text])[0]
    passages, cosines = ranker.vectors.best(vector, 5 * DEPTH)
    dense: dict[int, float] = {}
    for unit, cosine in zip(ranker.tokens.unit_of[passages].tolist(), cosines.tolist(), strict=True):
        dense.setdefault(unit, cosine)
    candidates: Candidates = next(iter(ranker.candidates(readings[:1], marked=marked)))
    found = {KEYWORDS: keywords, DENSE: sorted(dense.items(), key=lambda hit: -hit[1])[:DEPTH]}
    if not len(candidates.units):
        return found | {RRF: [], SUM: [], SOFT: []}
    soft = candidates.soft
    places: dict[int, float] = {}
    for ranking in (found[KEYWORDS], found[DENSE]):
        for place, (unit, _) in enumerate(ranking, start=1):
            places[unit] = places.get(unit, 0.0) + 1 / (RRF_CONSTANT + place)
    return found | {
        SOFT: _listed(soft, candidates.units),
        SUM: _listed(untrained(candidates.described), candidates.units),
        RRF: sorted(places.items(), key=lambda hit: -hit[1])[:DEPTH],
    }


def _listed(scores: Scores, units: npt.NDArray[np.intp] | None = None) -> list[tuple[int, float]]:
    """Return the `DEPTH` best of *units* (by default, of all) with their scores, the best first, the earlier of equals first."""
    count = min(DEPTH, len(scores))
    chosen = np.sort(np.argpartition(-scores, count - 1)[:count])
    order = chosen[np.argsort(-scores[chosen], kind="stable")]
    names = order if units is None else units[order]
    return list(zip(names.tolist(), scores[order].tolist(), strict=True))


def _typing_table(
    figures: Mapping[str, Mapping[str, tuple[float, float, float]]],
    badly_typed: Mapping[str, Mapping[str, Mapping[str, tuple[float, float, float]]]],
) -> Iterator[str]:
    if not badly_typed:
        return
    measure = next(iter(figures[FULL]))
    yield ""
    yield f"| questions typed | {PLAIN}, {measure} | {FULL}, {measure} | lost |"
    yield "|---|---|---|---|"
    for kind, spoilt in {"well": figures, **badly_typed}.items():
        (plain, *_), (ours, low, high) = spoilt[PLAIN][measure], spoilt[FULL][measure]
        lost = figures[FULL][measure][0] - ours
        yield f"| {kind} | {plain:.3f} | {ours:.3f} [{low:.3f}, {high:.3f}] | {lost:.3f} |"


def _plain_scorer(documents: list[list[str]]) -> Callable[[list[str]], Scores]:
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


def _default_words(texts: list[str]) -> list[list[str]]:
    """
    Return the words of each text as bm25s cuts them when nothing is set: at least two letters, less the English stop words.

    That is how the published figures of BM25 on XQuAD came about (MTEB's "bm25s"), so a table that has them can be checked.
    """
    import bm25s  # noqa: PLC0415

    found: list[list[str]] = bm25s.tokenize(texts, stopwords="en", return_ids=False, show_progress=False)
    return found


def write_run(ranking: Mapping[str, Sequence[tuple[str, float]]], path: Path, *, tag: str) -> None:
    """
    Write *ranking* as a TREC run file: question, Q0, document, rank, score, tag.

    Fields are parted by tabs, because document ids may hold spaces. Scores fall with every rank, by a millionth where they are
    equal: trec_eval goes by the score alone, and would order equal ones by their ids.
    """
    lines = []
    for query, hits in ranking.items():
        before = math.inf
        for place, (document, score) in enumerate(hits, start=1):
            before = min(round(score, 6), round(before - 1e-6, 6))
            lines.append(f"{query}\tQ0\t{document}\t{place}\t{before:.6f}\t{tag}\n")
    path.write_text("".join(lines), encoding="utf-8", newline="\n")


def main(argv: Sequence[str]) -> int:
    """Measure the rankings of a retrieval set, print the table, and write the ranking where asked."""
    parser = argparse.ArgumentParser(prog="python -m eval run --set", description=main.__doc__)
    parser.add_argument(
        "--set",
        required=True,
        help="BEIR folder (corpus.jsonl, queries.jsonl, qrels.tsv), folder of TREC files, SQuAD-form file; "
        f"with --data one of {', '.join(NAMED)}; with --run-file also a qrels file",
    )
    parser.add_argument("--data", type=Path, default=os.environ.get("HVB_DATA"), help="folder of the named sets")
    parser.add_argument("--corpus", type=Path, help="file in the place of the folder's corpus.jsonl (.jsonl, .gz, .xz)")
    parser.add_argument(
        "--run-file", type=Path, nargs="+", metavar="RUN", help="measure these TREC run files, and rank nothing"
    )
    parser.add_argument(
        "--measures",
        nargs="+",
        default=MEASURES,
        metavar="NAME@K",
        help=f"nDCG, Success, R, P, RR ({' '.join(MEASURES)})",
    )
    parser.add_argument("--run", type=Path, help="write the ranking as a TREC run file")
    parser.add_argument("--system", choices=SYSTEMS, default=FULL, help="which ranking --run writes")
    parser.add_argument("--model", help="name or folder of an embedding model in the place of our own")
    parser.add_argument(
        "--reranker",
        type=Path,
        action="append",
        help="folder of a reranker in the place of our own; twice for the two of a 2-fold measurement",
    )
    parser.add_argument("--workers", type=int, default=2, help="processes that segment a large corpus")
    parser.add_argument(
        "--typing", choices=tuple(TYPINGS), nargs="+", default=[], help="measure the questions typed badly, too"
    )
    parser.add_argument(
        "--json",
        type=Path,
        nargs="?",
        const=_STDOUT,
        metavar="OUT",
        help="write the figures as one JSON object, without OUT to stdout in the place of the table",
    )
    options = parser.parse_args(argv)
    for name in options.measures:
        parsed(name)  # a wrong name is said before anything is measured
    if options.run_file:
        return _measure_runs(options)
    from indexer.embedding import load_encoder  # noqa: PLC0415 - its import takes seconds
    from indexer.reranker import FOLDER, Reranker  # noqa: PLC0415

    named = options.set in NAMED and options.data
    retrieval_set = named_set(options.set, Path(options.data)) if named else load_any(Path(options.set), options.corpus)
    encoder = load_encoder(options.model)
    rerankers = [Reranker.load(folder) for folder in options.reranker or [FOLDER]]
    seen = [query for query in retrieval_set.qrels if not any(one.left_out(query) for one in rerankers)]
    if seen:
        sys.stderr.write(
            f"{retrieval_set.name}: the reranker was trained on {len(seen)} of these questions; 'reranked' is no measurement of them.\n"
            "  Train one a half, and give both: --reranker DIR --reranker DIR (docs/evaluation.md)\n"
        )
    collection = collection_of(retrieval_set, workers=options.workers)
    reader = reader_of(collection)
    rankings = rank(retrieval_set, collection, encoder, rerankers, reader=reader)
    figures = _figures(rankings, retrieval_set, options.measures)
    badly_typed = {}
    for kind in options.typing:
        spoilt = rank(
            retrieval_set,
            collection,
            encoder,
            rerankers,
            typed=lambda query, text, kind=kind: typed(kind, query, text),  # type: ignore[misc]
            reader=reader,
            parts=False,
        )
        badly_typed[kind] = _figures(spoilt, retrieval_set, options.measures)
    if options.run:
        write_run(rankings[options.system], options.run, tag=options.system.replace(" ", "-"))
    if options.json:
        report: dict[str, object] = {
            "format": FORMAT,
            "kind": "retrieval",
            "commit": commit(),
            "set": retrieval_set.name,
            "questions": len(retrieval_set.qrels),
            "documents": len(retrieval_set.corpus),
            "model": encoder.name,
            "figures": figures,
            "typed badly": badly_typed,
        }
        _write_report(report, options.json)
    if options.json != _STDOUT:
        lines = [*_table(retrieval_set, encoder.name, figures), *_typing_table(figures, badly_typed)]
        sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


def _measure_runs(options: argparse.Namespace) -> int:
    """Print the measures of run files that another system has written."""
    named = options.set in NAMED and options.data
    qrels = named_set(options.set, Path(options.data)).qrels if named else judgements(Path(options.set))
    figures, notes = score_runs(qrels, options.run_file)
    sys.stderr.write("".join(f"{note}\n" for note in notes))
    if options.json:
        _write_report({"set": options.set, "questions": len(qrels), "figures": figures}, options.json)
    else:
        sys.stdout.write("".join(f"{line}\n" for line in run_lines(figures, options.set, len(qrels))))
    return 0


def _write_report(report: Mapping[str, object], path: Path) -> None:
    if path == _STDOUT:
        sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")
        return
    try:
        path.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    except OSError as error:
        msg = f"{path}: cannot be written ({error.strerror}).\n  Give another file:  --json OUT"
        raise InputError(msg) from error


def _figures(
    rankings: Rankings, retrieval_set: RetrievalSet, measures: Sequence[str]
) -> dict[str, dict[str, tuple[float, float, float]]]:
    return {
        system: evaluate(
            {query: [name for name, _ in hits] for query, hits in ranking.items()}, retrieval_set.qrels, measures
        )
        for system, ranking in rankings.items()
    }


def _table(
    retrieval_set: RetrievalSet, model: str, figures: Mapping[str, Mapping[str, tuple[float, float, float]]]
) -> Iterator[str]:
    yield (
        f"{retrieval_set.name}: {len(retrieval_set.qrels)} questions, {len(retrieval_set.corpus)} documents, "
        f"model {model}; 95 % bootstrap over questions"
    )
    yield ""
    measures = list(figures[FULL])
    yield f"| system | {' | '.join(measures)} |"
    yield f"|---|{'---|' * len(measures)}"
    for system, values in figures.items():
        cells = [f"{mean:.3f} [{low:.3f}, {high:.3f}]" for mean, low, high in values.values()]
        yield f"| {system} | {' | '.join(cells)} |"
