"""The command line of the assistant: ``python -m assistant ask|serve|accounts|mcp|selftest|verify-log|delete-my-data|backup|restore``."""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.accounts_command import add_accounts_command
from assistant.characters import whole_characters
from assistant.records_commands import add_records_commands
from indexer.command_line import run_command
from indexer.errors import InputError
from indexer.location import INDEX_HELP, index_location

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.rephrase import ChatClient
    from assistant.service import Assistant
    from assistant.types import Reply


def _open(arguments: argparse.Namespace) -> Assistant:
    from assistant.service import Assistant

    today = getattr(arguments, "today", None)
    return Assistant.open(arguments.index, model=arguments.model, rephraser=_rephraser(arguments), today=today)


def _rephraser(arguments: argparse.Namespace) -> ChatClient | None:
    """Return the language model that was asked for, None where none was; what leaves this machine is said on stderr."""
    if arguments.llm is None and arguments.llm_model is None:
        return None
    from assistant.rephrase import open_client

    client = open_client(arguments.llm, arguments.llm_model)
    if client is not None and not client.is_local:
        print(f"Câu trả lời và trích dẫn được gửi đến máy chủ {client.host} để viết lại.", file=sys.stderr)
    return client


def _show(reply: Reply) -> None:
    from assistant.english import is_english
    from assistant.original import is_poorly_recognised
    from assistant.wording import Wording

    if reply.understood != reply.question.strip():
        print(f"Tôi hiểu câu hỏi là: {reply.understood}")
    print(reply.text)
    say = Wording("en" if is_english(reply.question) else "vi")
    for number, citation in enumerate(reply.citations, start=1):
        quote = " ".join(citation.quote.split())
        page = f", {say.say('page', page=citation.page)}" if citation.page is not None else ""
        print(f"\n[{number}] {citation.number or citation.document} | {citation.label}{page}\n    “{quote}”")
        if citation.replaced_by:
            print(f"    ({say.say('replaced_by', document=citation.replaced_by)})")
        if is_poorly_recognised(citation):
            print(f"    ({say.say('low_confidence')})")


def _ask(arguments: argparse.Namespace) -> int:
    if arguments.batch is not None:
        return _batch(arguments)
    if not arguments.question:
        msg = 'Chưa có câu hỏi.\n  Ví dụ: python -m assistant ask "Ai chủ trì nhiệm vụ 9?"'
        raise InputError(msg)
    assistant = _open(arguments)
    question = " ".join(arguments.question)
    if arguments.json:
        record = assistant.record({"id": None, "question": question})
        print(json.dumps(record, ensure_ascii=False, indent=1))
        return 0 if record["status"] != "error" else 1
    reply, _ = assistant.ask(question, literal=arguments.literal)
    _show(reply)
    if arguments.llm is not None and reply.trace and reply.trace[-1].startswith("mô hình ngôn ngữ"):
        print(reply.trace[-1], file=sys.stderr)
    return 0


def _read_line(line: str, number: int, source: str) -> dict[str, Any] | str:
    """Return the object of a batch's line, or what is wrong with it."""
    try:
        item = json.loads(line)
    except json.JSONDecodeError as error:
        return f"{source}:{number}: dòng này không phải JSON ({error.msg}, cột {error.colno}); sửa dòng rồi gửi lại"
    except RecursionError:
        return f'{source}:{number}: dòng này lồng quá nhiều lớp ngoặc; mỗi dòng cần có dạng {{"id", "question"}}'
    if not isinstance(item, dict):
        return f'{source}:{number}: dòng này không phải một đối tượng JSON; mỗi dòng cần có dạng {{"id", "question"}}'
    return item


def _batch(arguments: argparse.Namespace) -> int:
    from assistant.record import error_record

    path: Path = arguments.batch
    if str(path) == "-":
        text = sys.stdin.read()
    elif path.is_file():
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    else:
        raise InputError(f"{path}: không có tệp này.\n  Kiểm tra lại đường dẫn của tệp câu hỏi.")
    assistant = _open(arguments)
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        item = _read_line(line, number, str(path))
        record = error_record(None, line[:200], item) if isinstance(item, str) else assistant.record(item)
        if record["status"] == "error":
            place = "" if isinstance(item, str) else f"{path}:{number}: "
            print(f"{place}{record['reason']}", file=sys.stderr)
        print(whole_characters(json.dumps(record, ensure_ascii=False)), flush=True)  # an id may be anything
    return 0


def _serve(arguments: argparse.Namespace) -> int:
    from assistant.chat.app import serve
    from assistant.chat.offered import Offered
    from assistant.logs import LogForm
    from assistant.question_log import LONGEST_KEPT

    serve(
        arguments.index,
        host=arguments.host,
        port=arguments.port,
        language=arguments.language,
        rephraser=_rephraser(arguments),
        data=arguments.data,
        offered=Offered(
            api=arguments.api,
            mcp=arguments.mcp,
            anonymous=arguments.anonymous,
            names=frozenset(name.lower() for name in arguments.name or ()),
            metrics=arguments.metrics,
            metrics_token=os.environ.get("HVB_METRICS_TOKEN", ""),
        ),
        sets=arguments.sets,
        model=arguments.model,
        question_days=_days(arguments.log_questions, "--log-questions", least=0, most=LONGEST_KEPT),
        audit_days=_days(arguments.keep_audit, "--keep-audit", least=365, most=36500),
        log=LogForm(arguments.log),
    )
    return 0


def _days(days: int, option: str, *, least: int, most: int) -> int:
    if not least <= days <= most:
        msg = f"{option} {days}: số ngày phải từ {least} đến {most}.\n  Xin chọn số ngày khác."
        raise InputError(msg)
    return days


def _mcp(arguments: argparse.Namespace) -> int:
    from assistant.chat.mcp_tools import serve_stdio

    serve_stdio(_open(arguments))
    return 0


def _selftest(arguments: argparse.Namespace) -> int:
    from assistant.selftest import run_selftest

    return run_selftest(arguments.index, arguments.data)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m assistant", description="Ask the documents of an index.")
    commands = parser.add_subparsers(dest="command", required=True)
    ask = commands.add_parser("ask", help="answer one question, or a batch of them")
    ask.add_argument("question", nargs="*", help="the question")
    ask.add_argument("--batch", type=Path, help="JSON lines of {id, question, history?}; '-' reads standard input")
    ask.add_argument("--json", action="store_true", help="print the answer record")
    ask.add_argument("--literal", action="store_true", help="take the question exactly as typed")
    ask.add_argument("--today", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the day that deadlines count from")
    ask.set_defaults(run=_ask)
    serve = commands.add_parser("serve", help="open the chat in a browser")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=7860)
    serve.add_argument("--language", choices=("vi", "en"), default="vi")
    serve.add_argument(
        "--data", type=Path, default=Path(".data"), help="folder of accounts, feedback, uploads (default .data)"
    )
    serve.add_argument(
        "--anonymous",
        action=argparse.BooleanOptionalAction,
        default=False,
        help="with accounts: whether people who are not signed in may read and ask (default: not)",
    )
    serve.add_argument(
        "--name",
        action="append",
        metavar="HOST",
        help="a host name that a proxy in front has; other names are then refused",
    )
    serve.add_argument("--api", action="store_true", help="offer the HTTP API at /hoi-van-ban/api/")
    serve.add_argument("--mcp", action="store_true", help="offer the MCP tools at /hoi-van-ban/mcp")
    serve.add_argument(
        "--sets", type=Path, metavar="DIR", help="question sets for evaluators (default: those of the evaluation)"
    )
    serve.add_argument(
        "--log-questions",
        type=int,
        default=0,
        metavar="DAYS",
        help="keep the questions of the chat, masked, for so many days (default: none is kept)",
    )
    serve.add_argument(
        "--keep-audit",
        type=int,
        default=730,
        metavar="DAYS",
        help="how long entries of the audit log are kept (default 730, at least 365)",
    )
    serve.add_argument(
        "--metrics",
        action="store_true",
        help="offer numbers for Prometheus at /metrics, to this machine and to who bears HVB_METRICS_TOKEN",
    )
    serve.add_argument(
        "--log",
        choices=("text", "json"),
        default="text",
        help="what stderr is for: a person (text), or a program (json)",
    )
    serve.set_defaults(run=_serve)
    mcp = commands.add_parser("mcp", help="offer the MCP tools on standard input and output")
    mcp.set_defaults(run=_mcp)
    selftest = commands.add_parser("selftest", help="prove that the server sends nothing to other machines")
    selftest.add_argument("--index", type=Path, default=Path(".index"), help="folder of the index (default .index)")
    selftest.add_argument("--data", type=Path, help="a folder of data whose permissions are looked at too")
    selftest.set_defaults(run=_selftest)
    add_accounts_command(commands)
    add_records_commands(commands)
    for command in (ask, serve, mcp):
        command.add_argument("--index", type=index_location, default=Path(".index"), help=INDEX_HELP)
        command.add_argument("--model", help="the embedding model that the index was built with, if not our own")
        command.add_argument("--llm", metavar="URL", help="a server with the OpenAI protocol that may reword answers")
        command.add_argument(
            "--llm-model", metavar="NAME", help="the model to ask of it; the key, if any, is in HVB_LLM_KEY"
        )
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return 0 when done, 1 for a fault of the input. Wrong usage exits with 2."""
    arguments = _parser().parse_args(argv)
    return run_command(arguments)


if __name__ == "__main__":
    sys.exit(main())
