"""The command line of the indexer: ``python -m indexer build|add|remove|read|report|verify|train``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.command_line import run_command
from indexer.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from indexer.build import BuildResult


def _progress() -> Callable[[str, int, int], None]:
    """Return a reporter that shows a bar on stderr when it is a terminal and the work takes longer than two seconds."""
    from tqdm import tqdm

    bars: dict[str, tqdm[Any]] = {}

    def report(what: str, done: int, total: int) -> None:
        if what not in bars:
            bars[what] = tqdm(total=total, desc=what, delay=2, file=sys.stderr, leave=False)
        bars[what].update(done - bars[what].n)
        if done >= total:
            bars[what].close()

    return report


def _show(result: BuildResult, index: Path) -> None:
    for failure in result.failures:
        print(f"{failure.path}: left out: {failure.reason}", file=sys.stderr)
    rows = sum(len(table.rows) for one in result.parsed for table in one.tables)
    clauses = sum(len(one.clauses) for one in result.parsed)
    state = "published" if result.changed else "nothing changed"
    print(
        f"{index}/{result.generation}: {state}; {len(result.parsed)} documents, {clauses} clauses, {rows} table rows read"
    )


def _build(arguments: argparse.Namespace) -> int:
    from indexer.build import build, is_stale

    if arguments.if_stale:
        try:
            if not is_stale(arguments.corpus, arguments.index):
                return 0
        except StoreError as error:
            print(f"{error}\n  Building it now.", file=sys.stderr)
    _show(build(arguments.corpus, arguments.index, arguments.model, progress=_progress()), arguments.index)
    return 0


def _add(arguments: argparse.Namespace) -> int:
    from indexer.build import add

    _show(add(arguments.files, arguments.index, progress=_progress()), arguments.index)
    return 0


def _remove(arguments: argparse.Namespace) -> int:
    from indexer.build import remove

    _show(remove(arguments.ids, arguments.index, progress=_progress()), arguments.index)
    return 0


def _read(arguments: argparse.Namespace) -> int:
    from indexer.parse import parse_file
    from indexer.report import parsed_json, report_lines

    parsed = parse_file(arguments.file)
    if arguments.json:
        print(json.dumps(parsed_json(parsed), ensure_ascii=False, indent=1))
    else:
        print("\n".join(report_lines(parsed)))
    return 0


def _report(arguments: argparse.Namespace) -> int:
    from indexer.index import Index
    from indexer.report import parsed_json, report_lines

    every = Index.open(arguments.index).parsed()
    if arguments.json:
        print(json.dumps([parsed_json(parsed) for parsed in every], ensure_ascii=False, indent=1))
    else:
        for parsed in every:
            print("\n".join(report_lines(parsed)))
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    from indexer.index import Index

    index = Index.open(arguments.index)
    index.warm()
    print(f"{arguments.index}/{index.generation}: every file is as written, and the model answers as when it was built")
    return 0


def _train(arguments: argparse.Namespace) -> int:
    from indexer.training import main

    return main(arguments.rest)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m indexer", description="From documents to an index that answers.")
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name: str, run: Callable[[argparse.Namespace], int], words: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=words, description=words)
        sub.set_defaults(run=run)
        if name not in ("read", "train"):
            sub.add_argument("--index", type=Path, default=Path(".index"), help="folder of the index (default .index)")
        return sub

    build = command("build", _build, "build the index of a folder of documents")
    build.add_argument("--corpus", type=Path, default=Path("corpus"), help="folder of documents (default corpus)")
    build.add_argument("--model", help="another embedding model, by name or path")
    build.add_argument(
        "--if-stale", action="store_true", help="only when the index is missing or older than the corpus"
    )
    add = command("add", _add, "add documents, or replace those of the same id")
    add.add_argument("files", nargs="+", type=Path)
    remove = command("remove", _remove, "take documents out")
    remove.add_argument("ids", nargs="+")
    read = command("read", _read, "show what is understood of one file; needs no index")
    read.add_argument("file", type=Path)
    read.add_argument("--json", action="store_true")
    report = command("report", _report, "show what is understood of every document of the index")
    report.add_argument("--json", action="store_true")
    command("verify", _verify, "check every file of the index and its model")
    train = command("train", _train, "train the models that the package ships: see train --help")
    train.add_argument("rest", nargs=argparse.REMAINDER)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return 0 when done, 1 for a fault of the input. Wrong usage exits with 2."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["train"]:
        from indexer.training import main as train

        return train(arguments[1:])
    parsed = _parser().parse_args(arguments)
    return run_command(parsed)


if __name__ == "__main__":
    sys.exit(main())
