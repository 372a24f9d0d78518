"""``python -m eval hostile``: attacks on the assistant, its server and its page. Nothing heavy is imported before it runs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.command_help import add_command

if TYPE_CHECKING:
    from eval.hostile import Found

HARMED = 3  # exit code where something went wrong


def add_parser(commands: Any) -> None:
    """Add ``hostile`` to *commands*, the subparsers of ``python -m eval``."""
    hostile = add_command(
        commands, "hostile", "random and hostile questions: to the assistant, over HTTP, in a browser"
    )
    hostile.add_argument("--index", type=Path, default=Path(".index"), metavar="DIR", help="the index (.index)")
    hostile.add_argument("--count", type=_number, default=10_000, metavar="N", help="to the assistant itself (10000)")
    hostile.add_argument(
        "--http", type=_number, default=1_000, metavar="N", help="to the HTTP API, and to the page (1000)"
    )
    hostile.add_argument(
        "--browser", type=_number, default=300, metavar="N", help="in Chromium, to hostile documents (300)"
    )
    hostile.add_argument("--seed", type=int, default=1, metavar="S", help="another seed gives other questions (1)")
    hostile.add_argument("--json", type=Path, metavar="OUT", help="write what was found")


def _number(text: str) -> int:
    number = int(text.replace("_", ""))
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is below 0")
    return number


def run(options: argparse.Namespace) -> int:
    """Ask, print what was found, and return 3 where something did harm, else 0."""
    from eval.speed import report

    found: list[Found] = []
    if options.count:
        found.append(_shown(_assistant(options)))
    if options.http:
        found += [_shown(one) for one in _server(options)]
    notes = []
    if options.browser:
        from eval.chat_screen import NoBrowserError

        try:
            found.append(_shown(_browser(options)))
        except NoBrowserError as error:
            notes.append(str(error))
            print(error, file=sys.stderr)
    if options.json:
        from eval.result_files import write_json

        about = {name: value for name, value in report([], questions=0).items() if name != "measures"}
        write_json(
            options.json, {**about, "seed": options.seed, "found": [one.report() for one in found], "notes": notes}
        )
    return HARMED if any(one.faults for one in found) else 0


def _shown(found: Found) -> Found:
    for line in found.lines():
        print(line)
    sys.stdout.flush()
    return found


def _assistant(options: argparse.Namespace) -> Found:
    from tqdm import tqdm

    from assistant.service import Assistant
    from eval.hostile import ask_assistant
    from eval.hostile_questions import hostile_questions

    assistant = Assistant.open(options.index)
    assistant.warm()
    questions = tqdm(hostile_questions(options.count, seed=options.seed), total=options.count, unit="q", leave=False)
    return ask_assistant(assistant, questions)


def _server(options: argparse.Namespace) -> list[Found]:
    from tempfile import TemporaryDirectory

    from eval.chat_speed import serving, until_ready
    from eval.hostile import ask_page, ask_server
    from eval.hostile_questions import hostile_questions
    from indexer.index import Index

    Index.open(options.index)  # a missing index is said before a server fails
    questions = list(hostile_questions(options.http, seed=options.seed + 1))
    with TemporaryDirectory() as folder, serving(options.index, Path(folder), "--api") as server:
        until_ready(server)
        log = Path(folder) / "log"
        return [ask(server.address, questions, log) for ask in (ask_server, ask_page)]


def _browser(options: argparse.Namespace) -> Found:
    from tempfile import TemporaryDirectory

    from eval.chat_speed import serving, until_ready
    from eval.hostile import questions_for
    from eval.hostile_browser import ask_browser
    from eval.hostile_questions import hostile_document
    from indexer.build import build

    with TemporaryDirectory() as folder:
        corpus, data = Path(folder) / "corpus", Path(folder) / "data"
        corpus.mkdir()
        data.mkdir()
        (corpus / "ke-hoach.txt").write_text(hostile_document(), encoding="utf-8")
        build(corpus, Path(folder) / "index")
        with serving(Path(folder) / "index", data) as server:
            until_ready(server)
            return ask_browser(server.address, questions_for(options.browser, seed=options.seed + 2))
