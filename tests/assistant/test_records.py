"""What the server keeps beside the index."""

from __future__ import annotations

import pytest

from assistant.records import Records
from indexer.errors import InputError

SCHEMA = "CREATE TABLE IF NOT EXISTS note (words TEXT NOT NULL);"


def words(records):
    return [row["words"] for row in records.rows("SELECT words FROM note")]


def test_records_outlast_the_server(tmp_path):
    """
    What was written is there again when the records are opened once more, in a file that others cannot read.
    """
    records = Records.open(tmp_path / "Dữ liệu")
    records.prepare(SCHEMA)
    records.write("INSERT INTO note VALUES (?)", ("đã ghi",))
    records.close()
    again = Records.open(tmp_path / "Dữ liệu")
    again.prepare(SCHEMA)

    assert words(again) == ["đã ghi"]
    assert (tmp_path / "Dữ liệu" / "records.sqlite").stat().st_mode & 0o077 == 0
    again.close()


def test_a_transaction_is_done_whole_or_not_at_all():
    """
    Where something raises inside a transaction, nothing of it is kept, the inner ones included.
    """
    records = Records.in_memory()
    records.prepare(SCHEMA)
    with records.transaction(), records.transaction():
        records.write("INSERT INTO note VALUES ('một')")

    with pytest.raises(RuntimeError), records.transaction():  # noqa: PT012 - what is written before it raises is the point
        records.write("INSERT INTO note VALUES ('hai')")
        with records.transaction():
            records.write("INSERT INTO note VALUES ('ba')")
        raise RuntimeError

    assert words(records) == ["một"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    """
    Where the folder is a file, the message names the place and the option that gives another.
    """
    (tmp_path / "data").write_text("a file")

    with pytest.raises(InputError, match=r"records\.sqlite(.|\n)*--data"):
        Records.open(tmp_path / "data")
