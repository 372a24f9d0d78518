"""Comparing what was read of real documents with what is known of them; all cases are worked by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest

from eval import read
from eval.documents import (
    KNOWN,
    TRANSCRIPTS,
    Heading,
    HeadingScore,
    Known,
    folded,
    heading_score,
    headings_of,
    load_known,
    metadata_verdicts,
)
from eval.error_rate import ErrorRate, edit_distance, error_rate
from eval.known_tables import TableRow, load_tables, rows_of, table_score
from eval.rendered_pages import plain_pages, save_scan
from indexer.errors import InputError, ReadError
from indexer.types import (
    Cell,
    Clause,
    Column,
    Document,
    Group,
    Metadata,
    Page,
    ParsedDocument,
    Row,
    Stated,
    Step,
    StepKind,
    Table,
)

TEXT = "Điều 1. Phạm vi\nI. MỤC TIÊU\n1. Mục tiêu chung\nĐiều 2. Hiệu lực\n"


def parsed(text=TEXT, *, clauses=(), tables=(), pages=(), **values):
    stated = {name: Stated(value, "x", 0, 1) for name, value in values.items()}
    document = Document("x", "x.pdf", text, Metadata(**stated))
    return ParsedDocument(document, tuple(clauses), tuple(tables), pages or (Page(1, "text", None, 0, len(text)),))


def known(*, headings=None, by_hand=(), damaged=(), until_page=None, **values):
    printed = dict.fromkeys(("number", "issued_on", "issuer", "kind", "title", "signer"), ()) | values
    return Known("x", "x.pdf", printed, 0, headings, until_page, by_hand, damaged)


def clause(kind, number, heading, start=0):
    return Clause("x", (Step(kind, number),), start, start + 1, TEXT[start : start + 1], heading)


@pytest.mark.parametrize(
    ("truth", "found", "edits"),
    [
        ("", "", 0),
        ("abc", "", 3),
        ("", "abc", 3),
        # k -> s, e -> i, g put in
        ("kitten", "sitting", 3),
        # one letter put in before all others: no letter keeps its place, one edit all the same
        ("số 12", "xsố 12", 1),
        # taken out at the front, put in at the end
        ("abcdef", "bcdefg", 2),
        # a diacritic is a letter
        ("chuyển đổi", "chuyên đôi", 2),
    ],
)
def test_edit_distance(truth, found, edits):
    """
    The least number of letters put in, taken out or replaced.
    """
    assert edit_distance(truth, found) == edits


def test_edit_distance_is_that_of_the_usual_table():
    """
    The row-wise minimum gives what the table of Levenshtein gives, on random words of three letters.
    """
    random = np.random.default_rng(1)
    for _ in range(50):
        one, other = ("".join(random.choice(list("abc"), size=random.integers(1, 12))) for _ in range(2))
        table = [[i + j if i * j == 0 else 0 for j in range(len(other) + 1)] for i in range(len(one) + 1)]
        for i in range(1, len(one) + 1):
            for j in range(1, len(other) + 1):
                replaced = table[i - 1][j - 1] + (one[i - 1] != other[j - 1])
                table[i][j] = min(replaced, table[i - 1][j] + 1, table[i][j - 1] + 1)

        assert edit_distance(one, other) == table[-1][-1]


def test_error_rate_folds_white_space_and_composes_letters():
    """
    Line ends and decomposed letters are no errors; the rate of two pages weighs them by their length.
    """
    assert error_rate("Bộ Nội vụ\n", "Bộ  Nội\nvụ") == ErrorRate(0, 9)
    assert ErrorRate(1, 10) + ErrorRate(3, 30) == ErrorRate(4, 40)
    assert str(ErrorRate(1, 40)) == "2.50% (1 of 40 characters)"


def test_values_are_compared_folded():
    """
    Case, line breaks and punctuation at the ends do not matter; words, brackets and what stands between them do.
    """
    assert folded(" SỞ  Y TẾ;\n") == folded("Sở Y tế")
    assert folded("Mục tiêu:") == folded("MỤC TIÊU")
    assert folded("Luật (sửa đổi)") != folded("Luật sửa đổi")


def test_metadata_verdicts():
    """
    A printed value must be read, one of the accepted ones will do, and where nothing is printed nothing may be read.
    """
    expected = known(number=("5/KH-ABC",), issuer=("SỞ A", "SỞ B"), signer=("Lê A",), title=("Về việc B",))
    found = parsed(number="5/KH-ABC", issuer="Sở B", issued_on="2026-01-02", title="Về việc C")

    right = {one.field: one.right for one in metadata_verdicts(expected, found)}

    assert right == {
        "number": True,
        "issuer": True,
        "issued_on": False,  # invented
        "kind": True,  # nothing printed, nothing read
        "title": False,  # wrong
        "signer": False,  # not read
    }


def test_metadata_of_a_file_that_failed_is_all_wrong():
    """
    A file that could not be read does not get blank fields right; damaged fields are never counted.
    """
    verdicts = metadata_verdicts(known(damaged=("title",), by_hand=("number",)), None)

    assert [one.right for one in verdicts] == [False] * 5
    assert {one.field for one in verdicts if one.by_hand} == {"number"}


def test_headings_of_clauses():
    """
    Articles count without a title, sections with one only, bullets and points never; what begins behind the page is left out.
    """
    clauses = [
        clause(StepKind.ARTICLE, "1", None),
        clause(StepKind.ROMAN, "I", "MỤC TIÊU", 1),
        clause(StepKind.NUMBER, "1", None, 2),
        clause(StepKind.POINT, "a", "Chung", 3),
        clause(StepKind.APPENDIX, "", "DANH MỤC", 4),
        clause(StepKind.ARTICLE, "2", None, 20),
    ]
    pages = (Page(1, "text", None, 0, 10), Page(2, "text", None, 11, len(TEXT)))
    found = headings_of(parsed(clauses=clauses, pages=pages), until_page=1)

    assert found == [Heading("Điều 1"), Heading("I", "MỤC TIÊU"), Heading("Phụ lục", "DANH MỤC")]
    assert headings_of(parsed(clauses=clauses, pages=pages))[-1] == Heading("Điều 2")


def test_heading_score():
    """
    Three of four are found and one is invented: precision 3/4, recall 3/4; the second "1 Chức trách" is missed, not the first.
    """
    expected = [
        Heading("Điều 4", "Công chức"),
        Heading("1", "Chức trách"),
        Heading("Điều 5"),
        Heading("1", "Chức trách"),
        Heading("2", "Gồm các nguồn:", optional=True),
    ]
    found = [
        Heading("Điều 4", "words of an article are not compared"),
        Heading("1", "CHỨC TRÁCH:"),
        Heading("2", "Gồm các nguồn"),
        Heading("Điều 5"),
        Heading("3", "Việc này do Sở A chủ trì"),
    ]
    score = heading_score(expected, found)

    assert score == HeadingScore(3, ("1 Chức trách",), ("3 Việc này do Sở A chủ trì",))
    assert (score.precision, score.recall, score.f1) == (3 / 4, 3 / 4, 3 / 4)


def test_heading_score_of_nothing():
    """
    A document without headings of which none is read is perfect; one invented heading is no precision.
    """
    assert heading_score([], []).f1 == 1
    assert heading_score([], [Heading("1", "A")]).precision == 0
    assert heading_score([Heading("Điều 1")], []).recall == 0


def gold(**changes):
    cells = {"TT": "1", "Nhiệm vụ": "Lập kế hoạch", "Chủ trì": "Sở A"}
    rows = [
        {"kind": "group", "stt": "I", "text": "Chung"},
        {"kind": "task", "group": "Chung", "subgroup": None, "cells": cells},
        {
            "kind": "subgroup",
            "group": "Chung",
            "subgroup": None,
            "cells": {"TT": "", "Nhiệm vụ": "Về số", "Chủ trì": ""},
        },
        {"kind": "task", "group": "Chung", "subgroup": "Về số", "cells": cells | {"TT": "2", "Nhiệm vụ": "Số hóa"}},
    ]
    header = [["TT", "Nhiệm vụ", "Phân công"], ["TT", "Nhiệm vụ", "Chủ trì"], ["(1)", "(2)", "(3)"]]
    return {"doc": "T1", "files": ["t.pdf"], "header": header, "rows": rows} | changes


def known_table(tmp_path):
    (tmp_path / "table_T1.json").write_text(json.dumps(gold()), encoding="utf-8")
    return load_tables(tmp_path)[0]


def row(*cells, group="Chung"):
    return TableRow(dict(zip(("TT", "Nhiệm vụ", "Chủ trì"), cells, strict=True)), group)


def test_load_tables(tmp_path):
    """
    The leaf columns are those of the last header row that is no count; group rows are no rows of their own.
    """
    table = known_table(tmp_path)

    assert table.columns == ("TT", "Nhiệm vụ", "Chủ trì")
    assert [one.name for one in table.rows] == ["1 Lập kế hoạch", "Về số", "2 Số hóa"]


def test_a_broken_gold_file_is_named(tmp_path):
    """
    The message names the file.
    """
    (tmp_path / "table_T1.json").write_text("{}", encoding="utf-8")

    with pytest.raises(InputError, match="table_T1"):
        load_tables(tmp_path)


def test_table_score(tmp_path):
    """
    One row is lost, one invented, one has a wrong cell and the wrong group: 2 of 3 rows, 5 of 9 cells, 1 of 3 groups.
    """
    read_rows = [
        row("1", "Lập kế hoạch", "Sở A"),
        row("9", "Không có", "Sở Z"),
        row("2", "Số hóa", "Sở B", group="Khác"),
    ]
    score = table_score(known_table(tmp_path), "t.pdf", read_rows)

    assert (score.rows_found, score.rows, score.cells_right, score.cells, score.groups_right) == (2, 3, 5, 9, 1)
    assert score.invented == ("9 | Không có | Sở Z",)
    assert score.misses == (
        "row not found: Về số",
        "2 Số hóa, Chủ trì: 'Sở B' for 'Sở A'",
        "2 Số hóa, group: 'Khác' for 'Chung'",
    )


def test_table_score_of_a_missing_column(tmp_path):
    """
    A column that was not read costs its cells in every row, and says so; one row answers to one known row only.
    """
    read_rows = [TableRow({"tt": "1", "Nhiệm vụ": "Lập kế hoạch"}, "Chung")] * 2
    score = table_score(known_table(tmp_path), "t.pdf", read_rows)

    assert (score.rows_found, score.cells_right, len(score.invented)) == (1, 2, 1)
    assert "1 Lập kế hoạch, Chủ trì: no such column for 'Sở A'" in score.misses


def test_one_row_answers_to_one_known_row(tmp_path):
    """
    A row that shares a cell with two known rows is counted once.
    """
    score = table_score(known_table(tmp_path), "t.pdf", [row("7", "Việc khác", "Sở A")])

    assert (score.rows_found, score.cells_right, score.invented) == (1, 1, ())


def test_table_score_of_nothing(tmp_path):
    """
    Where no table was read, no row is found and none invented.
    """
    score = table_score(known_table(tmp_path), "t.pdf", [])

    assert (score.rows_found, score.cells_right, score.invented) == (0, 0, ())


def test_rows_of_tables():
    """
    Cells stand under the printed names of their columns, and a row under the words of its group.
    """
    path = (Step(StepKind.ROW, "1"),)
    table_row = Row("1", (Cell("1"), Cell(" Sở  A")), 0, 1, path, Group("I", "Chung", 0, 1))
    table = Table("x", (), "", (Column("TT", "order"), Column("Chủ trì", "lead")), (table_row,), 0, 1)

    assert rows_of([table]) == [TableRow({"TT": "1", "Chủ trì": "Sở A"}, "Chung")]


def test_known_documents_are_sound():
    """
    Every known document can be loaded, bears its id in its file's name, and each transcript belongs to one.
    """
    documents = load_known()

    assert len({one.id for one in documents}) == len(documents) == len(KNOWN.read_text("utf-8").splitlines())
    assert all(one.file.startswith(one.id + "_") for one in documents)
    assert {path.stem.split("-")[0] for path in TRANSCRIPTS.glob("*.txt")} <= {one.id for one in documents}


def test_a_broken_line_is_named(tmp_path):
    """
    The message names file and line.
    """
    path = tmp_path / "known.jsonl"
    path.write_text('{"id": "D01"}\n', encoding="utf-8")

    with pytest.raises(InputError, match=r"known.jsonl:1"):
        load_known(path)


def write_pdf(path):
    """Write a PDF of two pages of plain lines in Helvetica, by hand."""
    rows = [f"line {number} of a page of running text that is long enough to be one" for number in range(30)]
    body = "BT /F1 12 Tf 60 780 Td 16 TL " + " ".join(f"({text}) '" for text in rows) + " ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>",
        *[
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 6 0 R >> >> >>"
        ]
        * 2,
        f"<< /Length {len(body)} >>\nstream\n{body}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    data, places = "%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n{one}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    start = len(data)
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    path.write_text(data, encoding="ascii")
    return rows


def test_plain_pages_and_their_scans(tmp_path):
    """
    The first page is passed over; a scan holds one picture of the page's size and no text; the seed fixes the grain.
    """
    import pypdfium2

    rows = write_pdf(tmp_path / "x.pdf")
    pages = plain_pages([("x", tmp_path / "x.pdf")], 3)

    assert [(page.document, page.page, page.text.splitlines()) for page in pages] == [("x", 2, rows)]
    for name, quality in (("one", "noisy"), ("two", "noisy"), ("clean", "clean")):
        save_scan(pages[0], quality, tmp_path / f"{name}.pdf")
    with pypdfium2.PdfDocument(tmp_path / "one.pdf") as scan:
        assert scan[0].get_textpage().get_text_bounded() == ""
        assert scan[0].get_size() == pytest.approx((595, 842), abs=1)
        first = np.asarray(scan[0].render(scale=1).to_pil())
    with pypdfium2.PdfDocument(tmp_path / "two.pdf") as scan:
        assert (np.asarray(scan[0].render(scale=1).to_pil()) == first).all()


def test_measure_lists_messages_and_tracebacks(tmp_path):
    """
    A file that ends in a message is listed with it, one that ends in a traceback as such; both miss all their values.
    """
    documents = load_known()[:2]
    for one in documents:
        (tmp_path / one.file).write_bytes(b"")

    def parse(path):
        if path.name == documents[0].file:
            raise ReadError(f"{path.name}: cannot be read.")
        return {}["no such key"]

    measured = read.measure(tmp_path, parse=parse, scan_pages=0)
    shown = "\n".join(read.lines(measured))

    assert measured.failures[documents[0].file] == f"{documents[0].file}: cannot be read."
    assert measured.failures[documents[1].file] == "TRACEBACK KeyError: 'no such key'"
    assert "metadata: 0/12" in shown
    assert "2 failed" in shown
    assert json.loads(json.dumps(read.report(measured)))["metadata"]["printed"] == {"right": 0, "total": 12}


def test_measure_scores_what_is_read(tmp_path):
    """
    A document that is read as printed is right in every field; its misses are listed, and only the chosen ones are read.
    """
    one, other = load_known()[:2]
    for each in (one, other):
        (tmp_path / each.file).write_bytes(b"")
    values = {name: accepted[0] for name, accepted in one.values.items()}

    measured = read.measure(
        tmp_path, parse=lambda _path: parsed(**values | {"signer": "Ai khác"}), only=[one.id], scan_pages=0
    )

    assert {verdict.field for verdict in measured.verdicts if not verdict.right} == {"signer"}
    assert f"  {one.id} signer: 'Ai khác' for '{one.values['signer'][0]}'" in read.lines(measured)


def test_measure_refuses_an_empty_folder(tmp_path):
    """
    A folder without any known document is a fault, and the message gives the option.
    """
    with pytest.raises(InputError, match="--documents"):
        read.measure(tmp_path, parse=lambda path: path)
