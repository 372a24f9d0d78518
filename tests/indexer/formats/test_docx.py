import docx
import pytest

from indexer.errors import ReadError
from indexer.formats.docx import read_docx
from indexer.types import LineKind
from tests.indexer.formats.docx_files import cell, paragraph, row, run, table, write_docx, write_zip


@pytest.fixture
def read(tmp_path):
    def read_body(body, **parts):
        return read_docx(write_docx(tmp_path / "a.docx", body, **parts))

    return read_body


def cells_of(extracted, number=0):
    """The grid as rows of texts: a merged cell's words stand in every field that it covers."""
    grid = extracted.grids[number]
    fields = [[None] * grid.columns for _ in range(grid.rows)]
    for one in grid.cells:
        for at_row in range(one.row, one.row_end):
            for column in range(one.column, one.column_end):
                assert fields[at_row][column] is None
                fields[at_row][column] = "".join(extracted.text[span.start : span.end] for span in one.spans)
    assert all(field is not None for line in fields for field in line)
    return fields


def test_a_file_of_python_docx(tmp_path):
    """
    Paragraphs are lines, a table stands where it stood, offsets are those of the text, there is one page.
    """
    made = docx.Document()
    made.add_paragraph("Điều 1. Phạm vi")
    drawn = made.add_table(2, 2)
    for number, text in enumerate(["TT", "Nội dung", "1", ""]):
        drawn.cell(number // 2, number % 2).text = text
    made.add_paragraph("Điều 2. Đối tượng")
    made.save(tmp_path / "a.docx")
    extracted = read_docx(tmp_path / "a.docx")

    assert extracted.text == "Điều 1. Phạm vi\nTT\nNội dung\n1\nĐiều 2. Đối tượng"
    assert cells_of(extracted) == [["TT", "Nội dung"], ["1", ""]]
    grid = extracted.grids[0]
    assert extracted.text[grid.start : grid.end] == "TT\nNội dung\n1"
    assert extracted.paragraphs
    assert [(page.page, page.source, page.end) for page in extracted.pages] == [(1, "text", len(extracted.text))]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # words of several runs, a tab, a line end set by hand
        (
            paragraph(run("QUYẾT ĐỊNH") + "<w:r><w:br/></w:r>" + run("Về việc") + "<w:r><w:tab/></w:r>" + run("A")),
            "QUYẾT ĐỊNH\nVề việc\tA",
        ),
        # a page break at either end of a paragraph is no line
        (paragraph('<w:r><w:br w:type="page"/></w:r>' + run("Một") + '<w:r><w:br w:type="page"/></w:r>'), "Một"),
        # hyphens
        (
            paragraph(
                run("KH") + "<w:r><w:noBreakHyphen/></w:r>" + run("UBND") + "<w:r><w:softHyphen/></w:r>" + run("X")
            ),
            "KH-UBNDX",
        ),
        # what was inserted is there, what was deleted or moved away is not
        (
            paragraph(
                f"<w:ins>{run('mới ')}</w:ins><w:del><w:r><w:delText>cũ</w:delText></w:r></w:del>"
                f"<w:moveFrom>{run('xa')}</w:moveFrom><w:moveTo>{run('gần')}</w:moveTo>"
            ),
            "mới gần",
        ),
        # a paragraph whose end was deleted goes on in the next
        (paragraph("Một ", "<w:rPr><w:del/></w:rPr>") + paragraph("hai"), "Một hai"),
        # hidden words, directly and shown again
        (paragraph(run("a", "<w:vanish/>") + run("b", '<w:vanish w:val="0"/>')), "b"),
        # capitals that only the look has
        (paragraph(run("Kế hoạch", "<w:caps/>")), "KẾ HOẠCH"),
        # a link, a content control, a placeholder that nobody filled in
        (
            paragraph(
                f"<w:hyperlink>{run('liên kết ')}</w:hyperlink><w:sdt><w:sdtContent>{run('ô')}</w:sdtContent></w:sdt>"
            )
            + f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{paragraph('Bấm vào đây')}</w:sdtContent></w:sdt>"
            + f"<w:sdt><w:sdtContent>{paragraph('khối')}</w:sdtContent></w:sdt>",
            "liên kết ô\nkhối",
        ),
        # of a field the result; the number of the page is none of the text
        (
            paragraph(
                '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>REF x</w:instrText></w:r>'
                f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("Điều 5")}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
                f'<w:fldSimple w:instr=" PAGE ">{run("7")}</w:fldSimple>'
            ),
            "Điều 5",
        ),
        # a text box is read once, behind its paragraph
        (
            paragraph(
                run("Trên")
                + "<w:r><mc:AlternateContent>"
                + f"<mc:Choice Requires='wps'><w:drawing><wps:txbx><w:txbxContent>{paragraph('Hộp')}</w:txbxContent></wps:txbx></w:drawing></mc:Choice>"
                + f"<mc:Fallback><w:pict><v:textbox><w:txbxContent>{paragraph('Hộp')}</w:txbxContent></v:textbox></w:pict></mc:Fallback>"
                + "</mc:AlternateContent></w:r>"
            )
            + paragraph("Dưới"),
            "Trên\nHộp\nDưới",
        ),
        # a tick of a symbol font, a formula
        (
            paragraph(
                '<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>'
                + run(" đạt ")
                + "<m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath>"
            ),
            "✓ đạt x=1",
        ),
        # letters in two parts, no-break spaces
        (paragraph("Kê\u0301\u00a0hoạch"), "Kế hoạch"),
    ],
)
def test_what_is_printed(read, body, expected):
    """
    The text is what Word prints: nothing deleted, hidden, instructed or doubled.
    """
    assert read(body).text == expected


def test_hidden_by_a_style(read):
    """
    A style may hide words or print them in capitals; what it is based on counts too.
    """
    styles = (
        '<w:style w:type="paragraph" w:styleId="A"><w:rPr><w:caps/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="A"/></w:style>'
        '<w:style w:type="character" w:styleId="H"><w:rPr><w:vanish/></w:rPr></w:style>'
    )
    body = paragraph(run("Mục tiêu") + run(" ẩn", '<w:rStyle w:val="H"/>'), '<w:pStyle w:val="B"/>')

    assert read(body, styles=styles).text == "MỤC TIÊU"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # a header of two levels: merged down and merged across
        (
            [
                row(cell("TT", '<w:vMerge w:val="restart"/>'), cell("Phân công", '<w:gridSpan w:val="2"/>')),
                row(cell("", "<w:vMerge/>"), cell("Chủ trì"), cell("Phối hợp")),
                row(cell("1"), cell("Sở A"), cell("")),
            ],
            [["TT", "Phân công", "Phân công"], ["TT", "Chủ trì", "Phối hợp"], ["1", "Sở A", ""]],
        ),
        # rows that begin later and end earlier
        (
            [
                row(cell("a"), cell("b"), cell("c")),
                row(cell("d"), cell("e"), properties='<w:gridBefore w:val="1"/>'),
                row(cell("f")),
            ],
            [["a", "b", "c"], ["", "d", "e"], ["f", "", ""]],
        ),
        # a row that was deleted, a row in a content control, merging sideways in the old way
        (
            [
                row(cell("a"), cell("b")),
                row(cell("x"), cell("y"), properties="<w:del/>"),
                "<w:sdt><w:sdtContent>"
                + row(cell("c", '<w:hMerge w:val="restart"/>'), cell("", "<w:hMerge/>"))
                + "</w:sdtContent></w:sdt>",
            ],
            [["a", "b"], ["c", "c"]],
        ),
        # columns that no cell ends at do not count
        (
            [
                row(cell("a", '<w:gridSpan w:val="3"/>'), cell("b")),
                row(cell("c", '<w:gridSpan w:val="3"/>'), cell("d")),
            ],
            [["a", "b"], ["c", "d"]],
        ),
        # paragraphs of a cell are lines; a table in a cell becomes lines of it
        (
            [
                row(
                    cell(paragraph("- một") + paragraph("- hai")),
                    cell(table(row(cell("x"), cell("y"))) + paragraph("z")),
                )
            ],
            [["- một\n- hai", "x\ny\nz"]],
        ),
    ],
)
def test_tables(read, rows, expected):
    """
    Every field of a grid is covered by one cell; merged and missing cells are known, words stand once in the text.
    """
    assert cells_of(read(table(*rows))) == expected


def test_edges_that_nearly_meet(read):
    """
    Two rows whose edges differ by a hair have the same columns.
    """
    rows = [
        row(cell("a"), cell("b", '<w:gridSpan w:val="2"/>')),
        row(cell("c", '<w:gridSpan w:val="2"/>'), cell("d")),
    ]

    assert cells_of(read(table(*rows, widths=(3000, 20, 4000)))) == [["a", "b"], ["c", "d"]]
    assert cells_of(read(table(*rows, widths=(3000, 2000, 4000)))) == [["a", "b", "b"], ["c", "c", "d"]]


def test_a_frame_is_no_table(read):
    """
    A table of one cell is a frame: its words are text and the table inside it is a grid.
    """
    extracted = read(table(row(cell(paragraph("Điều 1") + table(row(cell("a"), cell("b"))) + paragraph()))))

    assert extracted.text == "Điều 1\na\nb\n"
    assert cells_of(extracted) == [["a", "b"]]
    assert len(extracted.grids) == 1


def test_notes_and_heads(read):
    """
    Notes stand at the end with their numbers, lines of the page's head that stand nowhere else behind them; both are asides.
    """
    body = paragraph(run("Một") + '<w:r><w:footnoteReference w:id="7"/></w:r>') + (
        '<w:sectPr><w:headerReference w:type="default" r:id="r_header"/></w:sectPr>'
    )
    extracted = read(
        body,
        footnotes=f'<w:footnote w:id="7">{paragraph("Theo Luật A.")}</w:footnote>',
        header=paragraph("Một")
        + paragraph("Phụ lục của Quyết định B")
        + paragraph('<w:fldSimple w:instr="PAGE"><w:r><w:t>2</w:t></w:r></w:fldSimple>'),
    )

    assert extracted.text == "Một\n[1] Theo Luật A.\nPhụ lục của Quyết định B"
    assert [(aside.kind, extracted.text[aside.start : aside.end]) for aside in extracted.asides] == [
        (LineKind.FOOTNOTE, "[1] Theo Luật A."),
        (LineKind.RUNNING_HEAD, "Phụ lục của Quyết định B"),
    ]


def test_a_letterhead_in_the_page_head(read):
    """
    A letterhead that stands only in the page's head is text, and comes first.
    """
    section = '<w:sectPr><w:titlePg/><w:headerReference w:type="first" r:id="r_header"/></w:sectPr>'
    head = table(row(cell("SỞ A"), cell("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"))) + paragraph("Số: 5/KH-SA")
    extracted = read(paragraph("KẾ HOẠCH") + section, header=head)

    assert extracted.text == "SỞ A\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nSố: 5/KH-SA\nKẾ HOẠCH"
    assert extracted.asides == ()


def test_what_is_not_read_is_told(read):
    """
    Pictures and embedded files may hold words: that they were not read is said.
    """
    body = paragraph("Một") + paragraph(
        "<w:r><w:drawing><a:blip/></w:drawing></w:r><w:r><w:object><o:OLEObject/></w:object></w:r>"
    )
    warnings = [warning.what for warning in read(body).warnings]

    assert len(warnings) == 2
    assert warnings[0].startswith("có 1 hình")
    assert warnings[1].startswith("có 1 tệp")


@pytest.mark.parametrize(
    ("font", "text", "expected", "warned"),
    [
        (".VnTime", "§iÒu 1. Céng hoµ x· héi, ng\u00adêi d©n", "Điều 1. Cộng hoà xã hội, người dân", True),
        (".VnTimeH", "KÕ ho¹ch", "KẾ HOẠCH", True),
        ("VNI-Times", "Coäng hoøa xaõ hoäi, ñöôïc", "Cộng hòa xã hội, được", True),
        # Unicode text set in an old font is left alone
        (".VnTime", "Kế hoạch của các đơn vị", "Kế hoạch của các đơn vị", False),
        ("Times New Roman", "các đơn vị", "các đơn vị", False),
    ],
)
def test_fonts_of_old_encodings(read, font, text, expected, warned):
    """
    The font of a run tells its encoding, unless the words are spelt better without it.
    """
    extracted = read(paragraph(run(text, f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}"/>')))

    assert extracted.text == expected
    assert bool(extracted.warnings) is warned


@pytest.mark.parametrize(
    ("files", "fact"),
    [
        ({"a.txt": "x"}, "no Word document in it"),
        ({"../a": "x"}, "lies outside"),
        ({f"{n}": "" for n in range(2001)}, "2001 parts"),
        ({"a": b"\0" * 2_000_000}, "more than 100 times"),
        ({"_rels/.rels": "<a"}, "is damaged"),
        ({"_rels/.rels": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}, "document type"),
    ],
)
def test_a_hostile_zip_file(tmp_path, files, fact):
    """
    A file that breaks a limit is refused before its parts are parsed, with the fact and the next step.
    """
    write_zip(tmp_path / "a.docx", files)
    with pytest.raises(ReadError) as caught:
        read_docx(tmp_path / "a.docx")

    assert fact in str(caught.value)
    assert "\n  " in str(caught.value)


def test_sizes_are_limited(tmp_path, monkeypatch):
    """
    The sum of the unpacked sizes, and the size of one part, are limited.
    """
    path = write_docx(tmp_path / "a.docx", paragraph("Một"))
    monkeypatch.setattr("indexer.formats.package.MAX_PART", 10)
    with pytest.raises(ReadError, match="more than the 10 that are read"):
        read_docx(path)
    monkeypatch.setattr("indexer.formats.package.MAX_UNPACKED", 5)
    with pytest.raises(ReadError, match="when unpacked, more than the 5"):
        read_docx(path)


@pytest.mark.parametrize(("data", "fact"), [(b"PK\x03\x04 cut", "no DOCX file"), (b"", "no DOCX file")])
def test_a_damaged_file(tmp_path, data, fact):
    """
    What is no zip file ends in a message.
    """
    (tmp_path / "a.docx").write_bytes(data)
    with pytest.raises(ReadError, match=fact):
        read_docx(tmp_path / "a.docx")


def test_nothing_but_pictures(read):
    """
    A document without a letter is refused; where it holds pictures, that is said.
    """
    with pytest.raises(ReadError, match="no letter"):
        read(paragraph("1 2 3"))
    with pytest.raises(ReadError, match="nothing but pictures"):
        read(paragraph("<w:r><w:drawing><a:blip/></w:drawing></w:r>"))
