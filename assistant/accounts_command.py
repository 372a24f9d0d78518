"""``python -m assistant accounts``: the accounts of a data folder, kept by whoever may write it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.visitors import Role
from indexer.errors import InputError

if TYPE_CHECKING:
    import argparse

    from assistant.accounts import Accounts


def add_accounts_command(commands: Any) -> None:
    """Add the command and its verbs to the subparsers *commands*."""
    verbs = commands.add_parser("accounts", help="keep the accounts that may sign in").add_subparsers(
        dest="verb", required=True
    )
    roles = sorted(Role)

    def verb(name: str, run: Any, said: str, *, named: bool = True) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = verbs.add_parser(name, help=said)
        if named:
            parser.add_argument("name", help="the account's name")
        parser.add_argument("--data", type=Path, default=Path(".data"), help="folder of the data (default .data)")
        parser.set_defaults(run=run)
        return parser

    add = verb("add", _add, "make an account; its password is asked for")
    change = verb("role", _role, "give an account other roles")
    for parser, needed in ((add, False), (change, True)):
        parser.add_argument(
            "--role", action="append", choices=roles, required=needed, help="may be given several times (reader)"
        )
    password = verb("password", _password, "give an account a new password")
    for parser in (add, password):
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from standard input, one line"
        )
    verb("remove", _remove, "remove an account with all that is kept of it")
    verb("unlock", _unlock, "let an account sign in again after too many wrong passwords")
    verb("list", _list, "list the accounts", named=False)
    key = verb("key", _key, "give a program a key for the HTTP API and MCP, which is printed once")
    key.add_argument("--days", type=int, default=90, help="how long it is good for (default 90)")


def _accounts(arguments: argparse.Namespace) -> Accounts:
    from assistant.accounts import Accounts  # noqa: PLC0415 - loads argon2
    from assistant.records import Records  # noqa: PLC0415

    return Accounts(Records.open(arguments.data))


def _say(text: str) -> int:
    sys.stdout.write(f"{text}\n")
    return 0


def _new_password(arguments: argparse.Namespace) -> str:
    """Return the password from standard input, or as it was typed twice on the terminal; never from the command line."""
    if arguments.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    from getpass import getpass  # noqa: PLC0415

    try:
        first, second = getpass("Mật khẩu: "), getpass("Nhập lại mật khẩu: ")
    except EOFError as error:
        msg = "Không có cửa sổ dòng lệnh để nhập mật khẩu.\n  Đưa mật khẩu qua đầu vào chuẩn: --password-stdin"
        raise InputError(msg) from error
    if first != second:
        msg = "Hai lần nhập mật khẩu không giống nhau.\n  Xin chạy lại lệnh."
        raise InputError(msg)
    return first


def _add(arguments: argparse.Namespace) -> int:
    accounts = _accounts(arguments)
    is_first = not accounts.has_any
    roles = [Role(role) for role in arguments.role or [Role.READER]]
    account = accounts.add(arguments.name, _new_password(arguments), roles)
    _say(f"Đã thêm tài khoản {account.name} ({', '.join(sorted(roles))}).")
    if is_first:
        _say("Từ nay chỉ người đăng nhập mới vào được; muốn ai cũng đọc được: python -m assistant serve --anonymous")
    return 0


def _role(arguments: argparse.Namespace) -> int:
    _accounts(arguments).set_roles(arguments.name, [Role(role) for role in arguments.role])
    return _say(f"Vai trò của {arguments.name}: {', '.join(sorted(set(arguments.role)))}.")


def _password(arguments: argparse.Namespace) -> int:
    _accounts(arguments).set_password(arguments.name, _new_password(arguments))
    return _say(f"Đã đổi mật khẩu của {arguments.name}; các phiên đăng nhập cũ và khóa đã cấp hết hiệu lực.")


def _remove(arguments: argparse.Namespace) -> int:
    from assistant.leaving import forget_person  # noqa: PLC0415 - knows all that is kept of people

    accounts = _accounts(arguments)
    forget_person(accounts.remove(arguments.name), accounts.records, arguments.data)
    _say(
        f"Đã xóa tài khoản {arguments.name} cùng tài liệu riêng, hội thoại, ý kiến, lớp học và lần đánh giá của người này.\n"
        "Tài liệu đã được duyệt vào kho chung thì giữ nguyên; muốn bỏ: python -m indexer remove."
    )
    if not accounts.has_any:
        sys.stderr.write("Không còn tài khoản nào: ai mở được địa chỉ của máy chủ cũng vào được.\n")
    return 0


def _unlock(arguments: argparse.Namespace) -> int:
    had = _accounts(arguments).unlock(arguments.name)
    return _say(
        f"Đã mở khóa tài khoản {arguments.name}." if had else f"Tài khoản {arguments.name} không có lần nhập sai nào."
    )


def _key(arguments: argparse.Namespace) -> int:
    if not 1 <= arguments.days <= 3650:
        msg = f"--days {arguments.days}: khóa dùng được từ 1 đến 3650 ngày.\n  Xin chọn số ngày khác."
        raise InputError(msg)
    return _say(_accounts(arguments).give_key(arguments.name, days=arguments.days))


def _list(arguments: argparse.Namespace) -> int:
    for account in _accounts(arguments).all():
        locked = "\tđang khóa" if account.is_locked else ""
        _say(f"{account.name}\t{', '.join(sorted(account.roles))}{locked}")
    return 0
