import unicodedata

import pytest

from indexer.errors import ReadError
from indexer.reader import normalise, read_text


@pytest.fixture
def write(tmp_path):
    def write_file(data, name="van-ban.txt"):
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    return write_file


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # letters in two parts
        (unicodedata.normalize("NFD", "Kế hoạch số 5"), "Kế hoạch số 5"),
        # Icelandic and African d
        ("Ðiều 1. ðồng ý", "Điều 1. đồng ý"),
        # Cyrillic letters inside a Latin word; a Cyrillic word stays
        ("КH-UBND, Москва", "KH-UBND, Москва"),
        # line ends of Windows and of old Macs
        ("một\r\nhai\rba", "một\nhai\nba"),
        # spaces and hyphens of word processors, letters that print nothing
        ("Số:\u00a05\u2011KH\u200b", "Số: 5-KH"),
        # blank lines, double spaces and form feeds stay
        ("một  hai\n\n\fba ", "một  hai\n\n\fba "),
    ],
)
def test_normalise(text, expected):
    """
    Letters that look alike become one letter; the form of the text stays.
    """
    assert normalise(text) == expected
    assert normalise(expected) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(write, encoding):
    """
    UTF-8 with or without its mark, and marked UTF-16, give the same text.
    """
    assert read_text(write("Kế hoạch\r\n".encode(encoding))) == "Kế hoạch\n"


@pytest.mark.parametrize(
    ("data", "name", "place", "fact"),
    [
        ("dòng một\n".encode() + b"K\xea ho\xa1ch", "a.txt", "a.txt:2", "not UTF-8"),
        (b"PK\x03\x04\x00\x00", "a.txt", "a.txt", "byte 4 is 0"),
        (b"", "a.txt", "a.txt", "no letter"),
        (b" \n 12 \n", "a.txt", "a.txt", "no letter"),
        (b"\xff\xfeA", "a.txt", "a.txt", "UTF-16"),
        (b"x", "a.xyz", "a.xyz", "'.xyz'"),
    ],
)
def test_a_file_that_cannot_be_read(write, data, name, place, fact):
    """
    The message has the place, the fact, and on a line of its own the next step.
    """
    with pytest.raises(ReadError) as caught:
        read_text(write(data, name))

    first, following = str(caught.value).split("\n", 1)
    assert place in first
    assert fact in first
    assert following.startswith("  ")


def test_a_missing_file(tmp_path):
    """
    A file that is not there is named, with a way to look for it; so is a folder.
    """
    with pytest.raises(ReadError, match=r"khong-co.txt: there is no such file.\n  Check the name"):
        read_text(tmp_path / "khong-co.txt")
    with pytest.raises(ReadError, match="there is no such file"):
        read_text(tmp_path)


def test_a_file_too_large(write, monkeypatch):
    """
    A file beyond the limit is refused before it is read.
    """
    monkeypatch.setattr("indexer.reader.MAX_BYTES", 3)

    with pytest.raises(ReadError, match="4 bytes, more than the 3"):
        read_text(write(b"abcd"))
