"""
Evaluation: question sets over the documents, retrieval sets, speed, reading.

    python -m eval run [--questions FILE…] [--index DIR] [--misses] [--json OUT]
    python -m eval run [--without PART…] [--systems LIST] [--adapter KIND:WHERE…]
    python -m eval run --set DIR
    python -m eval compare BEFORE.json AFTER.json
    python -m eval prove [--questions FILE…] [--index DIR] [--json OUT]
    python -m eval typed [--questions FILE…] [--index DIR] [--typing KIND…] [--lost] [--json OUT]
    python -m eval report RUN.json [--against BEFORE.json] [--out FILE.html] [--language vi|en]
    python -m eval docs [--results FILE.json…] [--check]
    python -m eval speed
    python -m eval speed --chat
    python -m eval speed --large --data DIR
    python -m eval speed --growth --data DIR [--sizes 5,1000,…] [--json OUT] [--plot OUT.svg]
    python -m eval speed --minutes M [--users N] [--json OUT]
    python -m eval speed --against STORED.json [--fail]
    python -m eval hostile [--count N] [--http N] [--browser N] [--seed S] [--json OUT]
    python -m eval watch --sets DIR --out DIR [--index DIR]
    python -m eval gate [--record]
    python -m eval drill [--only DRILL…] [--corpus DIR] [--json OUT]
    python -m eval read --documents DIR [--only ID…] [--scan-pages N] [--json OUT]
    python -m eval generate --out FILE [--index DIR] [--count N] [--seed S]
    python -m eval train-answering --set INDEX FILE… [--set …] --data DIR
    python -m eval extraction --data DIR [--json OUT]
    python -m eval import FILE_OR_DIR --out SET.jsonl [--as FORM] [--columns FIELD=NAME,…] [--index DIR] [--documents-out DIR]
    python -m eval check [--questions FILE…] [--documents DIR | --index DIR] [--against FILE…] [--json OUT]

``generate`` makes a benchmark from any corpus: questions about its registers, letterheads and clauses whose answers and places are
known, with no language model; the same index, count and seed give the same file. ``watch``, ``gate``, ``speed --fail``, ``hostile`` and
``drill`` end with 3 where a question was lost, a figure got worse, a question did harm or something did not hold.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval import drill_command, hostile_command, speed_command, watch_command
from eval.command_help import TOP, add_command
from indexer.location import INDEX_HELP, index_location

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(
        prog="python -m eval",
        description=__doc__.split("\n")[1],
        epilog=TOP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND", title="commands")

    run = add_command(commands, "run", "answer a question set and score it (run --set DIR: a retrieval set)")
    run.add_argument("--questions", type=Path, nargs="+", metavar="FILE", help="question files (reported.jsonl)")
    run.add_argument("--index", type=index_location, default=Path(".index"), metavar="INDEX", help=INDEX_HELP)
    run.add_argument(
        "--answers", type=Path, metavar="FILE", help="score these answers of `assistant ask --batch` instead"
    )
    run.add_argument("--json", type=Path, metavar="OUT", help="write the results, a row a question")
    run.add_argument("--misses", action="store_true", help="list every question that is not right")
    run.add_argument(
        "--baseline", action=argparse.BooleanOptionalAction, default=True, help="run the naive baseline too"
    )

    run.add_argument(
        "--progress", choices=("bar", "json"), default="bar", help="a bar, or JSON lines on stderr: {name, done, total}"
    )
    run.add_argument(
        "--sealed", action="store_true", help="in the JSON, tell which questions were right and not what was asked"
    )
    run.add_argument(
        "--brief",
        action="store_true",
        help="in the JSON, no row a question: what tables of the documentation are made of",
    )
    run.add_argument(
        "--background", action="store_true", help="for another program: give way to others, end when stdin closes"
    )
    from eval.systems import add_options

    add_options(run)

    compare = add_command(commands, "compare", "gains and losses between two runs")
    compare.add_argument("before", type=Path, metavar="BEFORE.json", help="what `run --json` wrote of the first run")
    compare.add_argument("after", type=Path, metavar="AFTER.json", help="and of the second")
    compare.add_argument("--system", metavar="NAME", help="which system of the files (the first of each)")
    compare.add_argument("--json", type=Path, metavar="OUT", help="write the comparison")

    prove = add_command(commands, "prove", "whether systems that are worse on purpose are told from the good one")
    prove.add_argument("--questions", type=Path, nargs="+", metavar="FILE", help="question files (reported.jsonl)")
    prove.add_argument("--index", type=index_location, default=Path(".index"), metavar="INDEX", help=INDEX_HELP)
    prove.add_argument("--json", type=Path, metavar="OUT", help="write the comparisons")
    prove.add_argument("--brief", action="store_true", help="in the JSON, how many questions were lost, and not which")

    from eval.typings import TYPINGS

    typed = add_command(commands, "typed", "what is lost where well-typed questions are typed badly")
    typed.add_argument("--questions", type=Path, nargs="+", metavar="FILE", help="question files (practice.jsonl)")
    typed.add_argument("--index", type=Path, default=Path(".index"), metavar="DIR", help="the index (.index)")
    typed.add_argument("--typing", choices=tuple(TYPINGS), nargs="+", default=tuple(TYPINGS), help="only these (all)")
    typed.add_argument("--lost", action="store_true", help="show what was typed and understood of what is lost")
    typed.add_argument("--json", type=Path, metavar="OUT", help="write the rows")

    from eval.report_words import LANGUAGES

    page = add_command(commands, "report", "a run as one HTML file that opens offline")
    page.add_argument("run", type=Path, metavar="RUN.json", help="what `run --json` wrote")
    page.add_argument("--against", type=Path, metavar="BEFORE.json", help="compare it with this run")
    page.add_argument("--out", type=Path, metavar="FILE.html", help="the file to write (report-COMMIT.html)")
    page.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0], help=f"of the page ({LANGUAGES[0]})")
    page.add_argument("--system", metavar="NAME", help="whose misses are shown and compared (the first of the file)")

    docs = add_command(commands, "docs", "write the tables of the documentation from their result files")
    docs.add_argument(
        "--results",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE.json",
        help="take these results, NAME-COMMIT.json, in the place of those of the same NAME",
    )
    docs.add_argument("--check", action="store_true", help="only say which pages are not what their files give")

    speed_command.add_parser(commands)
    hostile_command.add_parser(commands)
    watch_command.add_parsers(commands)
    drill_command.add_parser(commands)

    read = add_command(commands, "read", "how well real documents are read: metadata, headings, tables, scans")
    read.add_argument("--documents", type=Path, required=True, metavar="DIR", help="folder of the real documents")
    read.add_argument("--only", nargs="+", default=(), metavar="ID", help="only these documents (D01 D05)")
    read.add_argument(
        "--scan-pages", type=int, default=6, metavar="N", help="pages printed as scans, clean and noisy (6)"
    )
    read.add_argument("--json", type=Path, metavar="OUT", help="write the figures, with every value")

    built = add_command(commands, "build-tables", "make task tables whose cells are known, as DOCX, PDF and scan")
    built.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="DIR",
        help="folder for the files and gold/; then:  read --documents DIR",
    )
    built.add_argument("--count", type=int, default=30, metavar="N", help="documents (30)")
    built.add_argument("--seed", type=int, default=1, metavar="S", help="another seed gives other tables (1)")
    built.add_argument(
        "--scans", type=int, default=0, metavar="N", help="how many of them are written as scans too (0)"
    )

    made = add_command(commands, "generate", "make a question set from the documents of an index")
    made.add_argument("--index", type=index_location, default=Path(".index"), metavar="INDEX", help=INDEX_HELP)
    made.add_argument("--out", type=Path, required=True, metavar="FILE", help="the question file to write")
    made.add_argument("--count", type=int, default=200, metavar="N", help="questions at most (200)")
    made.add_argument("--seed", type=int, default=1, metavar="S", help="another seed gives other questions (1)")

    extraction = add_command(commands, "extraction", "the words that answer, cut out of a given paragraph")
    extraction.add_argument(
        "--data",
        type=Path,
        default=os.environ.get("HVB_DATA"),
        metavar="DIR",
        help="folder of the sets in SQuAD form (HVB_DATA)",
    )
    extraction.add_argument("--json", type=Path, metavar="OUT", help="write the figures")

    train = add_command(commands, "train-answering", "train which sentence answers, and whether it does")
    train.add_argument(
        "--set",
        dest="sets",
        type=Path,
        nargs="+",
        action="append",
        required=True,
        metavar=("INDEX", "FILE"),
        help="an index and question files over its documents",
    )
    train.add_argument(
        "--data",
        type=Path,
        default=os.environ.get("HVB_DATA"),
        metavar="DIR",
        help="folder of people's questions on other texts (HVB_DATA)",
    )
    train.add_argument(
        "--out", type=Path, metavar="DIR", help="where the model is written (in place of the shipped one)"
    )
    train.add_argument("--seed", type=int, default=0, metavar="S", help="another seed draws otherwise (0)")

    from eval.set_commands import add_check, add_import

    add_import(commands)
    add_check(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 done, 1 a fault of the input, 2 wrong usage."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    from indexer.errors import HoiVanBanError

    try:
        if arguments[:1] == ["run"] and any(word == "--set" or word.startswith("--set=") for word in arguments):
            from eval.retrieval import main as run_retrieval

            return int(run_retrieval(arguments[1:]))
        options = parser().parse_args(arguments)
        from eval.set_commands import run_import

        chosen = {
            "run": _run,
            "compare": _compare,
            "prove": _prove,
            "typed": _typed,
            "report": _report,
            "docs": _docs,
            "speed": speed_command.run,
            "hostile": hostile_command.run,
            "watch": watch_command.watch,
            "gate": watch_command.gate,
            "drill": drill_command.run,
            "read": _read,
            "build-tables": _build_tables,
            "generate": _generate,
            "extraction": _extraction,
            "train-answering": _train_answering,
            "import": run_import,
            "check": _check,
        }
        return chosen[options.command](options)
    except HoiVanBanError as error:
        print(error, file=sys.stderr)
        return 1


def _run(options: argparse.Namespace) -> int:
    from eval import run
    from eval.question_set import REPORTED, load_sets

    if options.background:
        from eval.background import stay_behind

        stay_behind()
    files = options.questions or [REPORTED]
    questions = load_sets(files)
    from indexer.index import Index

    index = Index.open(options.index)
    texts = {document.id: document.text for document in index.documents}
    from eval.side_by_side import error_lines
    from eval.systems import open_systems

    asked: dict[str, Any] = {"texts": texts, "progress": options.progress}
    systems = {
        name: run.ask_all(questions, answerer, name=name, **asked)
        for name, answerer in open_systems(options, index, texts).items()
    }
    from eval.run_measures import lines as measure_lines

    names = [file.name for file in files]
    report = run.report(systems, files=names, index=run.Located(index), sealed=options.sealed, brief=options.brief)
    _print_lines(run.table(systems))
    print()
    _print_lines(measure_lines(report))
    _print_lines(error_lines(systems))
    if options.misses:
        print()
        _print_lines(run.misses(next(iter(systems.values()))))
    if options.json:
        _write_json(options.json, report)
    return 0


def _compare(options: argparse.Namespace) -> int:
    from eval.compare import comparison_lines, comparison_report, load_report

    before, after = (load_report(path, options.system) for path in (options.before, options.after))
    _print_lines(comparison_lines(before, after))
    if options.json:
        _write_json(options.json, comparison_report(before, after))
    return 0


def _prove(options: argparse.Namespace) -> int:
    from functools import partial

    from assistant.service import Assistant
    from eval import prove
    from eval.question_set import REPORTED, load_sets

    files = options.questions or [REPORTED]
    trials = prove.prove(partial(Assistant.open, options.index), load_sets(files))
    _print_lines(prove.lines(trials))
    if options.json:
        _write_json(options.json, prove.report(trials, files=[file.name for file in files], brief=options.brief))
    return 0


def _typed(options: argparse.Namespace) -> int:
    from assistant.service import Assistant
    from eval import typed_badly
    from eval.question_set import PRACTICE, load_sets

    files = options.questions or [PRACTICE]
    assistant = Assistant.open(options.index)
    texts = {document.id: document.text for document in assistant.index.documents}
    found = typed_badly.measure(load_sets(files), assistant, texts, options.typing)
    _print_lines(typed_badly.lines(found))
    if options.lost:
        _print_lines(typed_badly.lost_lines(found))
    if options.json:
        _write_json(options.json, typed_badly.report(found, files=[file.name for file in files]))
    return 0


def _report(options: argparse.Namespace) -> int:
    from eval import html_report

    report = html_report.load_run(options.run)
    system = html_report.chosen_system(report, options.system, options.run)
    before = html_report.load_run(options.against) if options.against else None
    if before is not None:
        html_report.chosen_system(before, system, options.against)
    page = html_report.render_report(report, system=system, language=options.language, before=before)
    out = options.out or Path(html_report.file_name(report))
    html_report.write_report(out, page)
    print(f"{out}: {len(page.encode()) // 1024:,} KiB, opens offline in any browser")
    return 0


def _docs(options: argparse.Namespace) -> int:
    from eval import docs

    if options.check:
        changed = docs.outdated()
        _print_lines(f"{path}: is not what its result files give; write it:  python -m eval docs" for path in changed)
        return 1 if changed else 0
    changed = docs.write(results=options.results)
    _print_lines(f"{path}: written" for path in changed)
    if not changed:
        print("every page is what its result files give")
    return 0


def _read(options: argparse.Namespace) -> int:
    from eval import read
    from indexer.parse import parse_file

    measured = read.measure(options.documents, parse=parse_file, only=options.only, scan_pages=options.scan_pages)
    _print_lines(read.lines(measured))
    if options.json:
        _write_json(options.json, read.report(measured))
    return 0


def _build_tables(options: argparse.Namespace) -> int:
    from eval.built_tables import save_built

    names = save_built(options.out, count=options.count, seed=options.seed, scans=options.scans)
    print(f"{len(names)} files in {options.out}; measure them:  python -m eval read --documents {options.out}")
    return 0


def _generate(options: argparse.Namespace) -> int:
    from eval.generate import generate, write_questions
    from indexer.index import Index

    questions = generate(Index.open(options.index).parsed(), count=options.count, seed=options.seed)
    write_questions(options.out, questions)
    check = f"python -m eval check --questions {options.out} --index {options.index}"
    print(f"{len(questions)} questions in {options.out}; check them:  {check}")
    return 0


def _extraction(options: argparse.Namespace) -> int:
    from eval import extraction
    from indexer.errors import InputError

    if options.data is None:
        fact = "extraction reads question sets that are not part of the project."
        raise InputError(f"{fact}\n  Give the folder that holds them with --data or HVB_DATA")
    found = extraction.report(options.data)
    _print_lines(extraction.lines(found))
    if options.json:
        _write_json(options.json, found)
    return 0


def _train_answering(options: argparse.Namespace) -> int:
    import tempfile

    from assistant.answering import FOLDER
    from eval import answer_training as training
    from eval.question_set import REPORTED, load_sets
    from indexer.errors import InputError

    if options.data is None:
        fact = "train-answering reads questions on other texts, which are not part of the project."
        raise InputError(f"{fact}\n  Give the folder that holds them with --data or HVB_DATA")
    if any(file.name == REPORTED.name for _, *files in options.sets for file in files):
        raise InputError(f"{REPORTED.name} is reported, so nothing may be learned from it.\n  Leave it out of --set")
    given = [(index, load_sets(files)) for index, *files in options.sets]
    with tempfile.TemporaryDirectory() as folder:
        sets = training.balanced(given)
        sets.append(training.people_set(options.data, Path(folder) / "people"))
        sets.append(training.judged_set(options.data, Path(folder) / "judged"))
        model, lines = training.train(sets, seed=options.seed)
    training.save(model, options.out or FOLDER)
    _print_lines(lines)
    return 0


def _check(options: argparse.Namespace) -> int:
    from eval.set_commands import run_check

    code, found = run_check(options)
    if options.json:
        _write_json(options.json, found)
    return code


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def _write_json(path: Path, found: Mapping[str, Any]) -> None:
    from indexer.errors import InputError

    try:
        path.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    except OSError as error:
        msg = f"{path}: cannot be written ({error.strerror}).\n  Give another file:  --json OUT"
        raise InputError(msg) from error


if __name__ == "__main__":
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr] # a Windows console may say cp1252
    sys.exit(main())
