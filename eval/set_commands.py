"""The commands ``import`` and ``check``: question sets brought in, and looked over before anybody measures with them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.command_help import add_command

if TYPE_CHECKING:
    import argparse

    from eval.imported import Imported
    from eval.set_check import CheckedSet
    from eval.sources import Sources

FORMS = ("squad", "beir", "trec", "csv", "excel", "jsonl")


def add_import(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command ``import``."""
    made = add_command(commands, "import", "make a question set or a retrieval set of somebody's file")
    made.add_argument("source", type=Path, metavar="FILE_OR_DIR", help="SQuAD, CSV, Excel, JSON lines; BEIR, TREC")
    made.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="SET",
        help="SET.jsonl for a question set; a folder for a retrieval set",
    )
    made.add_argument("--as", dest="form", choices=FORMS, help="what it is (told from the file)")
    made.add_argument(
        "--columns", action="append", default=[], metavar="FIELD=NAME,…", help="how columns are called, if otherwise"
    )
    made.add_argument("--sheet", metavar="NAME", help="sheet of a workbook (the one with most columns that are known)")
    made.add_argument("--index", type=Path, metavar="DIR", help="look documents, places and quotes up in this index")
    made.add_argument("--corpus", type=Path, metavar="FILE", help="documents in the place of those of a folder")
    made.add_argument("--json", type=Path, metavar="OUT", help="write what was left out and noted, by row and reason")
    made.add_argument(
        "--documents-out", type=Path, metavar="DIR", help="write the documents that come along, to be indexed"
    )


def add_check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command ``check``."""
    check = add_command(commands, "check", "verify question files against the documents and one another")
    check.add_argument("--questions", type=Path, nargs="+", metavar="FILE", help="question files (all of ours)")
    texts = check.add_mutually_exclusive_group()
    texts.add_argument(
        "--documents", type=Path, default=Path("corpus/documents"), metavar="DIR", help="folder of .txt files"
    )
    texts.add_argument("--index", type=Path, metavar="DIR", help="an index with the documents, of whatever format")
    check.add_argument(
        "--against",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE",
        help="sets that something was trained or tuned on",
    )
    check.add_argument("--sealed", action="store_true", help="tell which questions, and no words of them")
    check.add_argument("--json", type=Path, metavar="OUT", help="write all that was found, and the balance")


def run_import(options: argparse.Namespace) -> int:
    """Import a set; 1 where something of it had to be left out."""
    from eval.generate import write_questions
    from eval.imported import import_object, write_documents
    from eval.result_files import write_json
    from indexer.errors import InputError

    form = options.form or _form_of(options.source)
    if options.out.suffix != ".jsonl":
        return _import_retrieval(options, form)
    if form == "trec":
        fact = f"{options.source}: TREC files hold no answers, so no question set can be made of them."
        raise InputError(f"{fact}\n  Make a retrieval set:  --out DIR")
    found = _imported(options, form)
    if options.json:
        write_json(options.json, import_object(found))
    if not found.questions:
        print("\n".join(found.faults), file=sys.stderr)
        raise InputError(f"{options.source}: no question could be imported.\n  Mend what is named above")
    write_questions(options.out, found.questions)
    for note in found.notes:
        print(f"note: {note}", file=sys.stderr)
    for fault in found.faults:
        print(fault, file=sys.stderr)
    print(f"{len(found.questions)} questions in {options.out}, {len(found.faults)} left out")
    places = f"--index {options.index or 'DIR'}"
    if options.documents_out:
        if not found.documents:
            raise InputError(f"{options.source}: brings no documents along.\n  Leave out --documents-out")
        write_documents(found.documents, options.documents_out)
        print(f"{len(found.documents)} documents in {options.documents_out}; index them:")
        print(f"  python -m indexer build --corpus {options.documents_out} --index DIR")
    print(f"check them:  python -m eval check --questions {options.out} {places}")
    return 1 if found.faults else 0


def _imported(options: argparse.Namespace, form: str) -> Imported:
    from eval import beir, sheet_sets, squad

    if form == "squad":
        return squad.import_squad(options.source)
    if form == "beir":
        return beir.import_beir(options.source, options.corpus)
    columns = sheet_sets.columns_of(options.columns)
    sources = _sources(options.index) if options.index else None
    if form == "jsonl":
        return sheet_sets.import_lines(options.source, columns=columns, sources=sources)
    return sheet_sets.import_sheet(options.source, columns=columns, sheet=options.sheet, sources=sources)


def _import_retrieval(options: argparse.Namespace, form: str) -> int:
    from eval.retrieval_sets import write_beir
    from eval.trec import load_any
    from indexer.errors import InputError

    if form not in ("squad", "beir", "trec"):
        fact = f"{options.out}: questions with answers are written as one file of JSON lines."
        raise InputError(f"{fact}\n  Give a file:  --out {options.out}.jsonl")
    loaded = load_any(options.source, options.corpus)
    write_beir(loaded, options.out)
    print(f"{len(loaded.judged())} judged questions, {len(loaded.corpus)} documents in {options.out}")
    print(f"measure on them:  python -m eval run --set {options.out}")
    known = {entry.id for entry in loaded.corpus}
    faults = [
        f"{options.source}: {query!r} is judged, but no such question is there."
        for query in loaded.qrels
        if query not in loaded.queries
    ]
    faults += [
        f"{options.source}: {document!r} is relevant to {query!r}, but no such document is there."
        for query, gains in loaded.qrels.items()
        for document in gains
        if document not in known
    ]
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def _form_of(source: Path) -> str:
    """Return the form of *source*, told from its name, or from the files in it, or from its first line."""
    from assistant.sheets import CSV_SUFFIXES, EXCEL_SUFFIXES
    from eval.trec import is_beir, is_trec
    from indexer.errors import InputError

    if not source.exists():
        raise InputError(f"{source}: there is no such file.\n  Check the name, or list the folder: ls {source.parent}")
    if source.is_dir():
        if is_beir(source):
            return "beir"
        if is_trec(source):
            return "trec"
    elif source.suffix.lower() in EXCEL_SUFFIXES:
        return "excel"
    elif source.suffix.lower() in CSV_SUFFIXES:
        return "csv"
    elif source.suffix == ".json":
        return "squad"
    elif source.suffix == ".jsonl":
        return "squad" if _is_flat_squad(source) else "jsonl"
    if source.suffix.lower() in (".xls", ".ods"):
        raise InputError(f"{source}: workbooks of this kind are not read.\n  Save it as an Excel workbook (.xlsx)")
    raise InputError(f"{source}: is in no form that is known.\n  Say what it is:  --as {'|'.join(FORMS)}")


def _is_flat_squad(source: Path) -> bool:
    with source.open(encoding="utf-8-sig", errors="replace") as lines:
        first = next((line for line in lines if line.strip()), "")
    try:
        item = json.loads(first)
    except json.JSONDecodeError:
        return False
    return isinstance(item, dict) and "context" in item and "answers" in item


def run_check(options: argparse.Namespace) -> tuple[int, dict[str, Any]]:
    """Check question files and print what was found; return the exit code, 1 where one has a fault, and all of it for a JSON file."""
    from eval.question_set import QUESTIONS
    from eval.set_check import Check, check_object, report_lines, summary_lines
    from eval.sources import TextSources

    files = options.questions or sorted(QUESTIONS.glob("*.jsonl"))
    sets = [_checked(path, sealed=options.sealed) for path in files]
    others = [_checked(path, sealed=options.sealed) for path in options.against]
    check = Check(_sources(options.index) if options.index else TextSources.of_folder(options.documents))
    check.ids(sets)
    for place, one in enumerate(sets):
        check.one(one)
        for earlier in sets[:place]:
            check.against(one, earlier, leak=False)
        for other in others:
            check.against(one, other, leak=True)
    for line in (*report_lines(check.findings), *summary_lines(sets, check.findings)):
        print(line)
    return int(any(finding.is_fault for finding in check.findings)), check_object(sets, check.findings)


def _checked(path: Path, *, sealed: bool) -> CheckedSet:
    from eval.question_set import REPORTED, read_questions
    from eval.set_check import CheckedSet
    from indexer.errors import InputError

    questions, faults = read_questions(path)
    if not questions and not faults:
        raise InputError(f"{path}: holds no question.\n  Give a question file (JSON lines):  --questions FILE")
    return CheckedSet(path.name, questions, faults, sealed=sealed or path.name == REPORTED.name)


def _sources(folder: Path) -> Sources:
    from eval.sources import IndexSources
    from indexer.index import Index

    return IndexSources(Index.open(folder))
