"""``python -m eval drill``: its options, and which drills it runs. Nothing heavy is imported before one runs."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.command_help import add_command

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from eval.drills.material import Material
    from eval.drills.outcome import Outcome

FAILED = 3  # exit code: something did not hold
DRILLS = ("kill", "damage", "disk", "load", "offline")
_QUICKEST = 3  # documents, where reading is not what is tried


def add_parser(commands: Any) -> None:
    """Add ``drill`` to *commands*, the subparsers of ``python -m eval``."""
    drill = add_command(
        commands,
        "drill",
        "kill, damage, fill up and load an index on purpose, and tell what did not hold",
        after="Exit codes: 0 all held, 3 something did not. All is done in a folder that is removed; Linux alone has all drills.",
    )
    drill.add_argument(
        "--corpus", type=Path, default=Path("corpus"), metavar="DIR", help="three documents or more (corpus)"
    )
    drill.add_argument(
        "--only", nargs="+", choices=DRILLS, default=DRILLS, metavar="DRILL", help=f"of {', '.join(DRILLS)}"
    )
    drill.add_argument("--kills", type=int, default=200, metavar="N", help="writers that are killed (200)")
    drill.add_argument("--damages", type=int, default=240, metavar="N", help="files that are damaged (240)")
    drill.add_argument("--levels", type=int, default=12, metavar="N", help="steps of too little room on the disk (12)")
    drill.add_argument(
        "--seconds", type=float, default=60.0, metavar="S", help="of questions at rest, and under load (60)"
    )
    drill.add_argument("--seed", type=int, default=1, metavar="S", help="another seed draws other moments and bits (1)")
    drill.add_argument(
        "--json",
        type=Path,
        metavar="OUT",
        help="write the figures; drills that a file there has and that are not run stay",
    )


def run(options: argparse.Namespace) -> int:
    """Run ``drill`` and return its exit code."""
    from eval.drills.outcome import HEAD, lines, report
    from eval.result_files import write_json
    from indexer.errors import InputError

    if os.name != "posix":
        msg = "drills need a system with fork and signals.\n  Run them on Linux; the tests of the index run everywhere."
        raise InputError(msg)
    print(f"| {' | '.join(HEAD)} |", f"|{'---|' * len(HEAD)}", sep="\n", flush=True)
    outcomes = []
    for name in options.only:
        outcomes.append(_drill(name, options))
        print(*lines(outcomes[-1]), sep="\n", flush=True)
        if options.json:  # what was done is kept, whatever the next one does
            write_json(options.json, report(outcomes, seed=options.seed, before=options.json))
    return FAILED if any(outcome.failures for outcome in outcomes) else 0


def _drill(name: str, options: argparse.Namespace) -> Outcome:
    from eval.drills.material import gather

    with tempfile.TemporaryDirectory(prefix="hvb-drill-") as place:
        material = gather(options.corpus, Path(place) / "material", quickest=None if name == "load" else _QUICKEST)
        return _chosen(name, options)(material, Path(place) / name)


def _chosen(name: str, options: argparse.Namespace) -> Callable[[Material, Path], Outcome]:
    """Return the drill with that *name* as *options* ask for it."""
    from functools import partial

    from eval.drills import damage, disk, kill, load, offline

    seeded = {"seed": options.seed, "told": _progress(name, options)}
    drills: dict[str, Callable[[Material, Path], Outcome]] = {
        "kill": partial(kill.kill, count=options.kills, **seeded),
        "damage": partial(damage.damage, count=options.damages, **seeded),
        "disk": partial(disk.disk, levels=options.levels),
        "load": partial(load.load, seconds=options.seconds),
        "offline": offline.offline,
    }
    return drills[name]


def _progress(name: str, options: argparse.Namespace) -> Callable[[int], None]:
    from tqdm import tqdm

    totals = {"kill": options.kills, "damage": options.damages}
    if name not in totals:
        return lambda _: None
    bar = tqdm(total=totals[name], desc=name, delay=2, file=sys.stderr, leave=False)

    def told(done: int) -> None:
        bar.update(done - bar.n)
        if done >= totals[name]:
            bar.close()

    return told
