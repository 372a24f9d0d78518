import pytest

from indexer.errors import ReadError
from indexer.formats.extract import extract
from indexer.formats.html import read_html
from tests.indexer.formats.test_docx import cells_of


@pytest.fixture
def read(tmp_path):
    def read_page(body, encoding="utf-8"):
        (tmp_path / "a.html").write_bytes(body.encode(encoding))
        return read_html(tmp_path / "a.html")

    return read_page


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # white space means nothing, block elements and br end a line
        ("<p>Kế\n hoạch  <b>số</b> 5<p>Hai<br>\n ba<div>bốn</div>năm", "Kế hoạch số 5\nHai\nba\nbốn\nnăm"),
        # lists
        ("<ol start=3><li>a<li>b<ul><li>c</ul><li value=9>d</ol>", "3. a\n4. b\n- c\n9. d"),
        ('<ol type="a"><li><p>một</p><p>hai</p></li></ol>', "a. một\nhai"),
        # what is not shown
        (
            "<head><title>x</title></head><script>x</script><style>x</style><p style='display: none'>x</p>A<!-- x -->B",
            "AB",
        ),
        ("<pre>a  b\n  c</pre>", "a  b\n  c"),
        ("<p>a<o:p></o:p>&nbsp;b &lt;c&gt;</p>", "a b <c>"),
    ],
)
def test_lines(read, body, expected):
    """
    Lines are those that a browser shows.
    """
    assert read(body).text == expected


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (
            "<tr><th rowspan=2>TT<th colspan=2>Phân công<tr><th>Chủ trì<th>Phối hợp<tr><td>1<td>Sở A<td>",
            [["TT", "Phân công", "Phân công"], ["TT", "Chủ trì", "Phối hợp"], ["1", "Sở A", ""]],
        ),
        # spans that reach beyond the table, or are no numbers
        ("<tr><td rowspan=99>a<td colspan=x>b<tr><td>c", [["a", "b"], ["a", "c"]]),
        ("<tr><td rowspan=0>a<td>b<tr><td>c", [["a", "b"], ["a", "c"]]),
        # rows of unequal length; a table in a cell
        ("<tr><td>a<td>b<tr><td><p>c</p><table><tr><td>d<td>e</table>", [["a", "b"], ["c\nd\ne", ""]]),
        # two cells for one field
        ("<tr><td>a<td rowspan=2>b<tr><td colspan=2>c", [["a", "b"], ["c", "b"]]),
    ],
)
def test_tables(read, table, expected):
    """
    Merged and missing cells are known.
    """
    assert cells_of(read(f"<table>{table}</table>")) == expected


def test_a_frame_is_no_table(read):
    """
    A table of one cell holds text, and the table in it is a grid.
    """
    extracted = read("<table><tr><td><p>Một</p><table><tr><td>a<td>b</table></table>")

    assert extracted.text == "Một\na\nb"
    assert cells_of(extracted) == [["a", "b"]]


@pytest.mark.parametrize(
    ("encoding", "declared", "words"),
    [
        # UTF-8 is UTF-8 whatever the page says of itself
        ("utf-8", "windows-1252", "Kế hoạch số 5"),
        ("utf-8", "", "Kế hoạch số 5"),
        ("utf-16", "utf-16", "Kế hoạch số 5"),
        # another encoding is believed
        ("iso-8859-1", "iso-8859-1", "thông báo"),
    ],
)
def test_encodings(read, encoding, declared, words):
    """
    The page's own word for its encoding counts only where the bytes do not speak for themselves.
    """
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">'

    assert read(f"<html><head>{meta}</head><p>{words}</p></html>", encoding).text == words


def test_a_page_in_an_old_encoding(read):
    """
    Old encodings are recognised in web pages too.
    """
    extracted = read("<p>§iÒu 1. Céng hoµ x· héi chñ nghÜa ViÖt Nam</p>", "latin-1")

    assert extracted.text == "Điều 1. Cộng hoà xã hội chủ nghĩa Việt Nam"
    assert "TCVN3" in extracted.warnings[0].what


def test_a_web_archive(tmp_path):
    """
    A page in a web archive is read; programs save one as ".doc".
    """
    (tmp_path / "a.doc").write_bytes(
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n--x\r\n'
        b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        b"<p>K=E1=BA=BF ho=E1=BA=A1ch</p>\r\n--x--\r\n"
    )

    assert extract(tmp_path / "a.doc").text == "Kế hoạch"


@pytest.mark.parametrize(("body", "fact"), [("<p>12</p>", "no letter"), ("<div>" * 230 + "a", "nested"), ("", "no")])
def test_what_is_not_read(read, body, fact):
    """
    A page without a letter, or one that was made to do harm, ends in a message.
    """
    with pytest.raises(ReadError, match=fact):
        read(body)
