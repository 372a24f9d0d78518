"""``python -m eval watch`` and ``gate``: their options, and what they run. Nothing heavy is imported before one runs."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.command_help import add_command

if TYPE_CHECKING:
    import argparse

LOST = 3  # exit code: a question was lost


def add_parsers(commands: Any) -> None:
    """Add ``watch`` and ``gate`` to *commands*, the subparsers of ``python -m eval``."""
    watch = add_command(
        commands,
        "watch",
        "run all sets of a folder, store the results, tell what changed",
        after="Exit codes: 0 nothing lost, 3 a question was lost, 1 none was, but a set could not be run.",
    )
    watch.add_argument("--sets", type=Path, required=True, metavar="DIR", help="question sets and BEIR folders")
    watch.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the results are stored")
    watch.add_argument(
        "--index",
        nargs="+",
        default=[".index"],
        metavar="[NAME=]DIR",
        help="the index (.index); NAME=DIR for a set, or a folder of sets, over other documents",
    )
    watch.add_argument(
        "--sealed",
        nargs="+",
        default=(),
        metavar="NAME",
        help="sets that are kept blind: ids only (reported always is)",
    )

    gate = add_command(
        commands,
        "gate",
        "ask the questions that `make test` asks, and tell which were lost",
        after="Exit codes: 0 nothing lost, 3 a question was lost.",
    )
    gate.add_argument("--index", type=Path, default=Path(".index"), metavar="DIR", help="an index of corpus/ (.index)")
    gate.add_argument("--record", action="store_true", help="make what is right now the new state")
    gate.add_argument("--draw", action="store_true", help="with --record: draw the questions anew")
    gate.add_argument("--count", type=int, default=60, metavar="N", help="with --draw: how many (60)")
    gate.add_argument("--seed", type=int, default=1, metavar="S", help="with --draw: another seed draws others (1)")


def watch(options: argparse.Namespace) -> int:
    """Run ``watch`` and return its exit code."""
    from eval import watch as watching
    from eval.watch_sets import Runner, watched_sets

    places = watching.index_places(options.index, Path(".index"))
    sets = watched_sets(options.sets, sealed=options.sealed)
    runner = Runner(lambda name: watching.place_of(name, places))
    found = watching.watch(sets, options.out, runner, now=datetime.now(UTC))
    for line in watching.watch_lines(found):
        print(line)
    return found.exit_code


def gate(options: argparse.Namespace) -> int:
    """Run ``gate`` and return its exit code."""
    from assistant.service import Assistant
    from eval import gate as gating
    from eval.question_set import load_sets
    from eval.result_files import write_json
    from indexer.errors import InputError

    if options.draw and not options.record:
        raise InputError(
            f"gate --draw draws other questions, which have no state.\n  Record one:  {gating.RECORD} --draw"
        )
    seed = options.seed
    if options.draw:
        recorded: dict[str, gating.State] = {}
        questions = gating.draw(load_sets(gating.practice_files()), count=options.count, seed=seed)
    else:
        recorded, seed = gating.load_gate(), gating.recorded_seed()
        questions = gating.gate_questions(recorded)
    assistant = Assistant.open(options.index, today=gating.TODAY)
    texts = {document.id: document.text for document in assistant.index.documents}
    outcomes = gating.ask_gate(questions, assistant, texts)
    lost, gained = gating.crossings(recorded, outcomes) if recorded else ([], [])
    for line in gating.gate_lines(lost, gained, count=len(outcomes)):
        print(line)
    if options.record:
        write_json(gating.GATE, gating.gate_record(outcomes, seed=seed), "--record")
        print(f"recorded in {gating.GATE}", file=sys.stderr)
        return 0
    return LOST if lost else 0
