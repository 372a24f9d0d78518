import zipfile

import pytest

from indexer.errors import ReadError
from indexer.formats.decoding import decode_text
from indexer.formats.extract import extract
from tests.indexer.formats.docx_files import paragraph, write_docx

SENTENCE = "Điều 1. Ủy ban nhân dân tỉnh chịu trách nhiệm hướng dẫn thực hiện."
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.fixture
def write(tmp_path):
    def write_file(data, name="a.txt"):
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    return write_file


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (SENTENCE.encode(), ""),
        (SENTENCE.encode("utf-8-sig"), ""),
        (SENTENCE.encode("utf-16"), ""),
        (SENTENCE.encode("utf-16-le"), ""),
        (SENTENCE.encode("utf-16-be"), ""),
        # letters and combining tones, as Windows wrote them
        (
            "Đi\u00ea\u0300u 1. U\u0309y ban nh\u00e2n d\u00e2n ti\u0309nh ch\u1ecbu tr\u00e1ch nhi\u00ea\u0323m h\u01b0\u01a1\u0301ng d\u00e2\u0303n "
            "th\u01b0\u0323c hi\u00ea\u0323n.".replace("\u1ecb", "i\u0323").encode("cp1258"),
            "Windows-1258",
        ),
        (
            b"\xa7i\xd2u 1. \xf1y ban nh\xa9n d\xa9n t\xd8nh ch\xdeu tr\xb8ch nhi\xd6m h\xad\xedng d\xc9n th\xf9c hi\xd6n.",
            "TCVN3",
        ),
    ],
)
def test_encodings_of_text(write, data, encoding):
    """
    Text comes out the same whatever the encoding; an old one is named in a warning.
    """
    extracted = extract(write(data))

    assert extracted.text.replace("ủy", "Ủy") == SENTENCE
    assert [warning.what for warning in extracted.warnings] == (
        [f"bảng mã {encoding} đã được chuyển sang Unicode"] if encoding else []
    )
    assert not extracted.paragraphs


def test_pages_of_a_text(write):
    """
    Form feeds divide pages, a page's bounds leave them out.
    """
    extracted = extract(write("một\r\nhai\fba".encode()))

    assert [extracted.text[page.start : page.end] for page in extracted.pages] == ["một\nhai", "ba"]


def test_the_bytes_count_not_the_name(tmp_path, write):
    """
    A DOCX or a web page is read as one, whatever its name says; so is text.
    """
    write_docx(tmp_path / "b.doc", paragraph("Một"))

    assert extract(tmp_path / "b.doc").paragraphs
    assert extract(write("<html><body><p>Một</p><p>Hai</p></body></html>".encode(), "c.doc")).text == "Một\nHai"
    assert extract(write("BM là viết tắt".encode(), "d.doc")).text == "BM là viết tắt"


@pytest.mark.parametrize(
    ("data", "fact"),
    [
        (b"MZ\x90\x00\x03\x00", "a program of Windows"),
        (b"Rar!\x1a\x07\x00", "a RAR archive"),
        (b"PK\x03\x04 broken", "a damaged file"),
        (OLE, "no Word document"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "locked by a password"),
        (b"", "no letter"),
        (b"12 \n", "no letter"),
        (b"\x01\x00\x02\x00\x03\x00", "byte 1 is 0"),
        ("dòng một\n".encode() + b"K\xea ho\xa1ch", "not UTF-8"),
    ],
)
def test_what_is_not_read(write, data, fact):
    """
    A file of another kind is named for what it is, with the next step.
    """
    with pytest.raises(ReadError) as caught:
        extract(write(data))

    assert fact in str(caught.value)
    assert "\n  " in str(caught.value)


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("xl/workbook.xml", "an Excel file"),
        ("ppt/presentation.xml", "a PowerPoint file"),
        ("a.txt", "no Word document"),
    ],
)
def test_other_zip_files(tmp_path, name, fact):
    """
    A zip file without a Word document is named for what it is.
    """
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr(name, "x")

    with pytest.raises(ReadError, match=fact):
        extract(tmp_path / "a.docx")


def test_a_file_too_large(write, monkeypatch):
    """
    A file beyond the limit is refused before it is read; a missing one is named.
    """
    monkeypatch.setattr("indexer.reader.MAX_BYTES", 3)

    with pytest.raises(ReadError, match="4 bytes, more than the 3"):
        extract(write(b"abcd"))
    with pytest.raises(ReadError, match="there is no such file"):
        extract(write(b"").parent / "b.txt")


def test_decoding_names_the_line(tmp_path):
    """
    Bytes that are no text in any encoding are told with their line.
    """
    with pytest.raises(ReadError, match=r"a.txt:2: byte 4 is not UTF-8"):
        decode_text(b"abc\n\xff\xfe\xfd", tmp_path / "a.txt")
