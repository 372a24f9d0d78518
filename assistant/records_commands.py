"""``python -m assistant verify-log|delete-my-data|backup|restore``: looking after what a server keeps."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.errors import InputError

if TYPE_CHECKING:
    import argparse

    from assistant.audit_log import Chain


def add_records_commands(commands: Any) -> None:
    """Add the commands to the subparsers *commands*."""

    def command(name: str, run: Any, said: str) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = commands.add_parser(name, help=said, description=said)
        parser.set_defaults(run=run)
        return parser

    verify = command("verify-log", _verify_log, "check that nothing in the audit log was changed or taken out")
    verify.add_argument(
        "--head", default="", metavar="N:HASH", help="an end that was printed before: it must still be there"
    )
    delete = command("delete-my-data", _delete_my_data, "delete all that is kept of a person; the account stays")
    delete.add_argument("--account", required=True, metavar="NAME", help="the name of the person's account")
    for parser in (verify, delete):
        parser.add_argument("--data", type=Path, default=Path(".data"), help="folder of the data (default .data)")
    backup = command("backup", _backup, "write data and index into one file, while a server may be running")
    backup.add_argument("--data", type=Path, default=Path(".data"), help="folder of the data (default .data)")
    backup.add_argument("--index", type=Path, default=Path(".index"), help="folder of the index (default .index)")
    backup.add_argument("--out", type=Path, required=True, metavar="FILE.zip", help="the new file")
    restore = command("restore", _restore, "put a back-up into two new folders, every hash checked")
    restore.add_argument("file", type=Path, help="the file that backup wrote")
    restore.add_argument("--data", type=Path, required=True, help="the folder that becomes that of the data")
    restore.add_argument("--index", type=Path, required=True, help="the folder that becomes that of the index")


def _say(text: str) -> int:
    sys.stdout.write(f"{text}\n")
    return 0


def _verified(data: Path, known: str = "") -> Chain:
    """Return the audit log of *data* as it was verified, or raise what is wrong with it, with the folder's name."""
    from assistant.audit_log import AuditLog, has_log  # noqa: PLC0415 - no other command needs it
    from assistant.records import FILE, Records  # noqa: PLC0415

    records = Records.existing(data)
    try:
        if fault := records.fault():
            fact, then = (
                f"cơ sở dữ liệu bị hỏng ({fault})",
                "Khôi phục bản sao lưu gần nhất:  python -m assistant restore",
            )
        elif not has_log(records):
            fact = "chưa có nhật ký kiểm toán"
            then = (
                "Máy chủ tạo nhật ký khi khởi động. Nếu máy chủ phiên bản này đã chạy với thư mục này thì nhật ký đã bị xóa:"
                " so với bản sao lưu gần nhất."
            )
        else:
            return AuditLog(records).verify(known=known)
    except InputError as error:
        msg = f"{data / FILE}: {error}"
        raise InputError(msg) from error
    finally:
        records.close()
    msg = f"{data / FILE}: {fact}.\n  {then}"
    raise InputError(msg)


def _verify_log(arguments: argparse.Namespace) -> int:
    chain = _verified(arguments.data, arguments.head)
    if chain.last < chain.first:
        return _say(f"Nhật ký kiểm toán còn trống.\nDấu cuối: {chain.head}")
    return _say(
        f"Nhật ký kiểm toán nguyên vẹn: mục {chain.first} đến {chain.last}.\nDấu cuối: {chain.head}\n"
        "Hãy chép dấu cuối ra nơi khác; lần sau kiểm tra thêm --head để biết nhật ký có bị làm lại hay không."
    )


def _delete_my_data(arguments: argparse.Namespace) -> int:
    from assistant.accounts import Accounts  # noqa: PLC0415 - loads argon2
    from assistant.audit_log import OPERATOR  # noqa: PLC0415
    from assistant.leaving import delete_data  # noqa: PLC0415 - knows all that is kept of people
    from assistant.records import Records  # noqa: PLC0415

    records = Records.existing(arguments.data)
    try:
        delete_data(Accounts(records).id_of(arguments.account), records, arguments.data, actor=OPERATOR)
    finally:
        records.close()
    return _say(
        f"Đã xóa tài liệu riêng, hội thoại, ý kiến, câu hỏi đã ghi, lớp học và lần đánh giá của {arguments.account}; tài khoản vẫn còn.\n"
        "Tài liệu đã được duyệt vào kho chung thì giữ nguyên; muốn bỏ: python -m indexer remove.\n"
        "Các bản sao lưu cũ vẫn chứa dữ liệu này: hãy xóa khi hết hạn lưu, và chạy lại lệnh này nếu phải khôi phục."
    )


def _backup(arguments: argparse.Namespace) -> int:
    from assistant.backup import back_up  # noqa: PLC0415

    contents = back_up(arguments.data, arguments.index, arguments.out)
    size = arguments.out.stat().st_size / 1e6
    return _say(
        f"Đã sao lưu {len(contents.files)} tệp ({size:.1f} MB), chỉ mục {contents.generation}: {arguments.out}\n"
        "Trong tệp có hội thoại và tài liệu riêng của mọi người: cất nơi chỉ cán bộ quản trị mở được.\n"
        f"Thử khôi phục:  python -m assistant restore {arguments.out} --data THƯ_MỤC_MỚI --index CHỈ_MỤC_MỚI"
    )


def _restore(arguments: argparse.Namespace) -> int:
    from assistant.restoring import restore  # noqa: PLC0415

    contents = restore(arguments.file, arguments.data, arguments.index)
    _say(
        f"Đã khôi phục {len(contents.files)} tệp, bản sao lưu lúc {contents.made_at}: mọi mã băm đều khớp.\n"
        f"Chạy:  python -m assistant serve --data {arguments.data} --index {arguments.index}"
    )
    chain = _verified(arguments.data)
    return _say(f"Nhật ký kiểm toán nguyên vẹn: mục {chain.first} đến {chain.last}.")
