"""``python -m eval speed``: its options, and which measurement they choose. Nothing heavy is imported before one runs."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.command_help import add_command
from indexer.location import index_location

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eval.speed import Measured

SLOWER = 3  # exit code of --fail where a figure got worse
_CHAT_USERS, _GROWTH_USERS, _LOAD_USERS = 50, 8, 100


def add_parser(commands: Any) -> None:
    """Add ``speed`` to *commands*, the subparsers of ``python -m eval``."""
    speed = add_command(commands, "speed", "build time, latency, start-up and memory beside their floors")
    speed.add_argument("--index", type=Path, default=Path(".index"), metavar="DIR", help="the index (.index)")
    speed.add_argument("--corpus", type=Path, default=Path("corpus"), metavar="DIR", help="its documents (corpus)")
    speed.add_argument("--documents", type=Path, metavar="DIR", help="PDF files of which the long one is made")
    speed.add_argument("--questions", type=Path, nargs="+", metavar="FILE", help="question files (reported.jsonl)")
    what = speed.add_mutually_exclusive_group()
    what.add_argument("--reading", action="store_true", help="only the reading of a PDF of 300 pages")
    what.add_argument("--large", action="store_true", help="only a large corpus: all of Pháp điển, built and searched")
    what.add_argument(
        "--chat", action="store_true", help="only the chat: its first page, Enter to answer in a browser, many users"
    )
    what.add_argument("--growth", action="store_true", help="only corpora of growing size, each built and asked")
    what.add_argument(
        "--postgres",
        type=index_location,
        metavar="ADDRESS",
        help="only the index in a database, postgresql://…, into which it is copied, beside the folder",
    )
    what.add_argument(
        "--figures", type=Path, nargs="+", metavar="JSON", help="measure nothing: take the figures of stored runs"
    )
    speed.add_argument("--kept", type=Path, metavar="DIR", help="where --large leaves its index (nowhere)")
    speed.add_argument(
        "--data",
        type=Path,
        default=os.environ.get("HVB_DATA"),
        metavar="DIR",
        help="folder of the data of --large and --growth (HVB_DATA)",
    )
    speed.add_argument(
        "--sizes",
        type=_sizes,
        metavar="N,N,…",
        help="of --growth: the documents of --corpus (by their number), articles, passages (5,1000,62323,1000000)",
    )
    speed.add_argument("--plot", type=Path, metavar="OUT.svg", help="draw the growth")
    speed.add_argument(
        "--users",
        type=_count,
        metavar="N",
        help=f"at once, for --chat ({_CHAT_USERS}), --growth and --postgres ({_GROWTH_USERS})",
    )
    speed.add_argument(
        "--minutes",
        type=float,
        metavar="M",
        help=f"only many people (--users, {_LOAD_USERS}) with accounts who use the chat for so long: faults, waiting, memory",
    )
    speed.add_argument("--json", type=Path, metavar="OUT", help="write the figures")
    speed.add_argument(
        "--against", type=Path, metavar="STORED.json", help="compare with a stored run, by the ratios to the floors"
    )
    speed.add_argument("--fail", action="store_true", help="end with 3 where --against finds a figure worse")


def _count(text: str) -> int:
    number = int(text.replace("_", ""))
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not above 0")
    return number


def _sizes(text: str) -> list[int]:
    return [_count(part) for part in text.split(",")]


def run(options: argparse.Namespace) -> int:
    """Measure, print and write what *options* ask for; return the exit code."""
    from eval.result_files import write_json
    from eval.speed_against import against_lines, figures_of, load_figures

    stored = load_figures(options.against) if options.against else None  # a fault is told before anything is measured
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None  # of others, since nothing of ours runs yet
    if options.figures:
        measured, found = _stored(options)
    elif options.growth:
        measured, found = _growth(options)
    elif options.minutes:
        measured, found = _load(options)
    elif options.postgres:
        measured, found = _postgres(options)
    else:
        measured, found = (_large if options.large else _chat if options.chat else _documents)(options)
    if not options.figures:
        found["machine"]["load_before"] = load
    if options.json:
        write_json(options.json, found)
    if stored is None:
        return 0
    before = figures_of(stored)
    print()
    _print_lines(against_lines(stored, found, before, measured))
    return SLOWER if options.fail and _got_worse(before, measured) else 0


def _got_worse(before: list[Measured], after: list[Measured]) -> bool:
    from eval.speed_against import compare_figures

    return any(change.worse for change in compare_figures(before, after))


def _shown(measured: list[Measured], *, questions: int) -> dict[str, Any]:
    from eval import speed

    _print_lines(speed.lines(measured))
    return speed.report(measured, questions=questions)


def _documents(options: argparse.Namespace) -> tuple[list[Measured], dict[str, Any]]:
    from eval import large_speed, reading_speed, speed
    from eval.question_set import DEVELOPMENT, REPORTED, load_questions, load_sets
    from indexer.errors import InputError

    questions = [] if options.reading else load_sets(options.questions or [REPORTED])
    measured: list[speed.Measured] = []
    try:
        measured += reading_speed.measure_reading(options.corpus, options.documents)
    except InputError as error:
        if options.reading or options.documents:
            raise
        print(f"the reading of a long PDF is not measured: {error}", file=sys.stderr)
    if not options.reading:
        measured += speed.measure_all(options.index, options.corpus, questions, load_questions(DEVELOPMENT))
        measured += large_speed.measure_searching(options.index, [question.text for question in questions])
    return measured, _shown(measured, questions=len(questions))


def _chat(options: argparse.Namespace) -> tuple[list[Measured], dict[str, Any]]:
    from eval import chat_speed
    from eval.question_set import DEVELOPMENT, load_sets
    from indexer.index import Index

    Index.open(options.index)  # a missing index is said before anything is measured
    asked = load_sets(options.questions or [DEVELOPMENT])[: chat_speed.QUESTIONS]
    texts = [question.text for question in asked]
    measured, notes = chat_speed.measure_chat(options.index, texts, users=options.users or _CHAT_USERS)
    found = _shown(measured, questions=len(asked))
    _tell(notes)
    return measured, {**found, "notes": notes}


def _load(options: argparse.Namespace) -> tuple[list[Measured], dict[str, Any]]:
    from eval import chat_load
    from eval.question_set import DEVELOPMENT, load_sets
    from indexer.index import Index

    Index.open(options.index)
    questions = [question.text for question in load_sets(options.questions or [DEVELOPMENT])]
    users = options.users or _LOAD_USERS
    seen = chat_load.measure_load(options.index, questions, users=users, minutes=options.minutes)
    found = _shown(seen.figures(), questions=len(questions))
    _tell(f"{count} × {kind}" for kind, count in seen.faults.most_common())
    return seen.figures(), {**found, "load": seen.report()}


def _large(options: argparse.Namespace) -> tuple[list[Measured], dict[str, Any]]:
    from eval import large_speed
    from indexer.errors import InputError

    if options.data is None:
        fact = "speed --large reads a corpus that is not part of the project."
        raise InputError(f"{fact}\n  Give the folder that holds it with --data or HVB_DATA")
    measured = large_speed.measure_large(options.data, options.kept)
    return measured, _shown(measured, questions=0)


def _growth(options: argparse.Namespace) -> tuple[list[Measured], dict[str, Any]]:
    from eval import growth
    from eval.question_set import DEVELOPMENT, load_sets

    questions = [question.text for question in load_sets(options.questions or [DEVELOPMENT])]
    users = options.users or _GROWTH_USERS
    points, notes = growth.measure_growth(
        options.sizes or growth.SIZES, corpus=options.corpus, data=options.data, questions=questions, users=users
    )
    found = growth.growth_report(points, notes, users=users)
    _grown(options, points, notes)
    return growth.flat_figures(points), found


def _postgres(options: argparse.Namespace) -> tuple[list[Measured], dict[str, Any]]:
    from eval import postgres_speed
    from eval.question_set import DEVELOPMENT, load_sets
    from indexer.errors import InputError
    from indexer.location import DatabaseAddress

    if not isinstance(options.postgres, DatabaseAddress):
        raise InputError(
            f"--postgres {options.postgres}: no database.\n  Give its address: postgresql://user@host/database"
        )
    questions = [question.text for question in load_sets(options.questions or [DEVELOPMENT])]
    users = options.users or _GROWTH_USERS
    measured = postgres_speed.measure_postgres(options.index, options.postgres, questions, users=users)
    return measured, _shown(measured, questions=min(len(questions), postgres_speed.ASKED))


def _stored(options: argparse.Namespace) -> tuple[list[Measured], dict[str, Any]]:
    """Return the figures of stored runs, one after the other; those of --growth are shown as such."""
    from eval import growth
    from eval.speed_against import figures_of, load_figures

    files = [load_figures(path) for path in options.figures]
    if options.plot or all("sizes" in found for found in files):
        points = sorted(
            (point for found in files for point in growth.points_of(found)), key=lambda point: point.passages
        )
        notes = [note for found in files for note in found["notes"]]
        _grown(options, points, notes)
        return growth.flat_figures(points), {**files[-1], **growth.sizes_report(points, notes)}
    measured = [one for found in files for one in figures_of(found)]
    shown = _shown(measured, questions=0)
    return measured, {**files[-1], "measures": shown["measures"]}


def _grown(options: argparse.Namespace, points: list[Any], notes: list[str]) -> None:
    from eval import growth
    from eval.growth_plot import growth_svg
    from eval.result_files import write_text

    _print_lines(growth.growth_lines(points))
    _tell(notes)
    if options.plot:
        write_text(options.plot, growth_svg(points), "--plot")


def _tell(notes: Iterable[str]) -> None:
    for note in notes:
        print(note, file=sys.stderr)


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)
