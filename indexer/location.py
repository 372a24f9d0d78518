"""Where an index lies: a folder of this machine, or a PostgreSQL database that several machines share."""

from __future__ import annotations

from argparse import ArgumentTypeError
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

_SCHEMES = ("postgresql://", "postgres://")


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """
    The address of a database, ``postgresql://user@host/database``, as libpq writes it. It holds no password.

    Several hosts may be named, parted by commas: the first that answers is asked. ``?host=`` names the folder of a socket.
    """

    url: str

    def __str__(self) -> str:
        return self.url


Location = Path | DatabaseAddress
INDEX_HELP = "folder of the index, or postgresql://user@host/database (default .index)"


def index_location(text: str) -> Location:
    """
    Return the folder or the database that *text* names, as ``--index`` takes it.

    Raises:
        ArgumentTypeError: it holds a password, which every user of the machine could read in the list of processes.
    """
    if not text.startswith(_SCHEMES):
        return Path(text)
    found = urlsplit(text)
    user, _, _ = found.netloc.rpartition("@")
    if ":" in user or "password" in dict(parse_qsl(found.query, keep_blank_values=True)):
        msg = (
            "địa chỉ cơ sở dữ liệu không được chứa mật khẩu. "
            "Đặt mật khẩu trong tệp ~/.pgpass hoặc biến môi trường PGPASSWORD, rồi bỏ nó khỏi địa chỉ."
        )
        raise ArgumentTypeError(msg)
    return DatabaseAddress(text)
