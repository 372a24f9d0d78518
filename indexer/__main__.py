"""The command line of the indexer: ``python -m indexer build|add|remove|read|report|verify|rollback|gc|copy|embed-worker|train``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.command_line import run_command
from indexer.errors import StoreError
from indexer.location import INDEX_HELP, index_location

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from indexer.build import BuildResult
    from indexer.location import Location


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


def _line_progress() -> Callable[[str, int, int], None]:
    """Return a reporter that prints an object of JSON a step, for a program that shows it: {"what", "done", "total"}."""

    def report(what: str, done: int, total: int) -> None:
        print(json.dumps({"what": what, "done": done, "total": total}, ensure_ascii=False), flush=True)

    return report


def _show(result: BuildResult, index: Location, *, as_json: bool = False) -> None:
    from indexer.build import ingest_report_of
    from indexer.codec import to_json
    from indexer.ingest import head_line, records_line
    from indexer.records import is_record_file

    for failure in result.failures:
        place = (
            "" if is_record_file(failure.path.name) else f"{failure.path}: "
        )  # a line's reason begins with its place
        print(f"{place}left out: {failure.reason}", file=sys.stderr)
    report = ingest_report_of(result)
    if as_json:
        print(json.dumps(to_json(report), ensure_ascii=False, indent=1))
        return
    rows = sum(len(table.rows) for one in result.parsed for table in one.tables)
    clauses = sum(len(one.clauses) for one in result.parsed)
    state = "published" if result.changed else "nothing changed"
    print(
        f"{index}/{result.generation}: {state}; {len(result.parsed)} documents, {clauses} clauses, {rows} table rows read"
    )
    for file in report.files:
        print(f"  {head_line(file)}")
    for records in report.records.items():
        print(f"  {records_line(records)}")
    for failed in report.failed:
        print(f"  {failed.file}: chưa đọc được")
    if report.files or report.failed:
        print(f"Xem chi tiết:  python -m indexer report --summary --index {index}")


def _build(arguments: argparse.Namespace) -> int:
    from indexer.build import build, is_stale

    if arguments.if_stale:
        try:
            if not is_stale(arguments.corpus, arguments.index):
                _remind(arguments.index)
                return 0
        except StoreError as error:
            print(f"{error}\n  Building it now.", file=sys.stderr)
    result = build(arguments.corpus, arguments.index, arguments.model, progress=_progress())
    _show(result, arguments.index, as_json=arguments.json)
    return 0


def _remind(index: Location) -> None:
    """Name the files that are still left out, though nothing has to be built."""
    from indexer.home import home_of
    from indexer.index import failed_in

    failed = failed_in(home_of(index).open())
    if failed:
        names = ", ".join(one.file for one in failed[:5]) + (" …" if len(failed) > 5 else "")
        print(f"{index}: {len(failed)} tệp chưa đọc được: {names}", file=sys.stderr)
        print(f"  Xem lý do:  python -m indexer report --summary --index {index}", file=sys.stderr)


def _add(arguments: argparse.Namespace) -> int:
    from indexer.build import add

    progress = _line_progress() if arguments.steps else _progress()
    _show(add(arguments.files, arguments.index, progress=progress), arguments.index)
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

    index = Index.open(arguments.index)
    every = index.parsed()
    if arguments.summary:
        from indexer import ingest
        from indexer.codec import to_json

        found = ingest.ingest_report(every, index.failed, index.seconds)
        if arguments.json:
            print(json.dumps(to_json(found), ensure_ascii=False, indent=1))
        else:
            print("\n".join(ingest.report_lines(found)))
    elif arguments.json:
        print(json.dumps([parsed_json(parsed) for parsed in every], ensure_ascii=False, indent=1))
    else:
        for parsed in every:
            print("\n".join(report_lines(parsed)))
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    from indexer.keeping import verified

    index = verified(arguments.index)
    print(f"{arguments.index}/{index.generation}: every file is as written, and the model answers as when it was built")
    return 0


def _rollback(arguments: argparse.Namespace) -> int:
    from indexer.keeping import roll_back

    went = roll_back(arguments.index, arguments.to)
    if went.now == went.before:
        print(f"{arguments.index}/{went.now}: this is the current generation already; it was verified")
        return 0
    print(f"{arguments.index}/{went.now}: verified and current now, in place of {went.before or 'a damaged CURRENT'}")
    print("A running server follows by itself; the next build reads the corpus as it is then.", file=sys.stderr)
    return 0


def _gc(arguments: argparse.Namespace) -> int:
    from indexer.keeping import collect

    found = collect(arguments.index, dry_run=arguments.dry_run)
    for left in found.leftovers:
        print(f"{left.path}\t{left.size}")
    size = sum(left.size for left in found.leftovers) / 1e6
    done = "would be removed" if arguments.dry_run else "removed"
    kept = ", ".join(found.kept)
    print(f"{arguments.index}: {kept} kept; {len(found.leftovers)} {done}, {size:.1f} MB", file=sys.stderr)
    return 0


def _copy(arguments: argparse.Namespace) -> int:
    from indexer.copying import copy_index

    result = copy_index(arguments.source, arguments.target, hnsw=arguments.hnsw)
    state = "published, read back and verified" if result.changed else "nothing changed"
    counts = result.counts
    print(f"{arguments.target}/{result.generation}: {state}; {counts.documents} documents, {counts.passages} passages")
    return 0


def _embed_worker(arguments: argparse.Namespace) -> int:
    from indexer.embedding import load_encoder
    from indexer.errors import InputError
    from indexer.location import DatabaseAddress

    if not isinstance(arguments.index, DatabaseAddress):
        msg = f"{arguments.index}: workers take jobs from a database.\n  Give it:  --index postgresql://user@host/database"
        raise InputError(msg)
    from indexer.postgres.jobs import work_on

    def done(count: int) -> None:
        print(f"\r{count} batches", end="", file=sys.stderr, flush=True)

    encoder = load_encoder(arguments.model)
    print(f"{arguments.index}: waiting for jobs of model {encoder.name!r}; Ctrl+C ends", file=sys.stderr)
    try:
        count = work_on(arguments.index, encoder, idle=arguments.until_idle, done=done)
    except KeyboardInterrupt:
        return 0
    print(f"{count} batches embedded")
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
        if name not in ("read", "train", "copy"):
            sub.add_argument("--index", type=index_location, default=Path(".index"), help=INDEX_HELP)
        return sub

    build = command("build", _build, "build the index of a folder of documents")
    build.add_argument(
        "--corpus",
        type=Path,
        default=Path("corpus"),
        help="folder of documents, or a file of JSON lines (default corpus)",
    )
    build.add_argument("--model", help="another embedding model, by name or path")
    build.add_argument(
        "--if-stale", action="store_true", help="only when the index is missing or older than the corpus"
    )
    build.add_argument("--json", action="store_true", help="print the ingest report as JSON")
    add = command("add", _add, "add documents, or replace those of the same id")
    add.add_argument("files", nargs="+", type=Path)
    add.add_argument("--steps", action="store_true", help="print each step as a line of JSON, for a program to follow")
    remove = command("remove", _remove, "take documents out")
    remove.add_argument("ids", nargs="+")
    read = command("read", _read, "show what is understood of one file; needs no index")
    read.add_argument("file", type=Path)
    read.add_argument("--json", action="store_true")
    report = command("report", _report, "show what is understood of every document of the index")
    report.add_argument("--json", action="store_true")
    report.add_argument(
        "--summary",
        action="store_true",
        help="only what was found, what is missing or doubtful, and which files failed",
    )
    command("verify", _verify, "check every file of the index and its model")
    rollback = command("rollback", _rollback, "make an older generation of the index the current one, verified first")
    rollback.add_argument("--to", type=int, metavar="N", help="its number (default: the newest older one)")
    gc = command("gc", _gc, "remove generations, unfinished folders and originals that no kept generation needs")
    gc.add_argument("--dry-run", action="store_true", help="only say what would be removed")
    copy = command("copy", _copy, "copy an index from a folder into a database, or out of it")
    for option, name in (("--from", "source"), ("--to", "target")):
        copy.add_argument(
            option,
            dest=name,
            type=index_location,
            required=True,
            metavar="INDEX",
            help="a folder, or postgresql://user@host/database",
        )
    copy.add_argument(
        "--hnsw",
        action=argparse.BooleanOptionalAction,
        help="a graph of the vectors in the database: much faster from some 100,000 passages on, not quite exact (default: as before)",
    )
    worker = command("embed-worker", _embed_worker, "make vectors for a build into the same database, beside others")
    worker.add_argument("--model", help="the embedding model of that build, by name or path")
    worker.add_argument(
        "--until-idle", type=float, metavar="SECONDS", help="end when there was nothing to do for so long"
    )
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
