import pypdfium2 as pdfium
import pytest

from indexer.errors import ReadError
from indexer.formats.pdf import read_pdf
from indexer.types import LineKind
from tests.indexer.factories.pdfs import PdfMaker

FULL = "Thuc hien Ke hoach so 12 cua tinh ve chuyen doi so, cac so va cac don vi co lien"  # as wide as the page
NEXT = "quan trien khai cac nhiem vu sau day cho den het nam hai nghin khong tram hai lam,"


def read(maker, tmp_path):
    return read_pdf(maker.save(tmp_path / "a.pdf"))


def test_lines_of_a_paragraph_are_one_line_of_text(tmp_path):
    """
    A line that was full goes on in the next; a short line and an indent end a paragraph.
    """
    maker = PdfMaker().new_page()
    maker.text(115, 100, FULL).lines(85, 117, NEXT + " va", "ke tu nay.").text(115, 151, "Cac so bao cao.")

    extracted = read(maker, tmp_path)

    assert extracted.paragraphs
    assert extracted.text == f"{FULL} {NEXT} va ke tu nay.\nCac so bao cao.\n"


def test_every_printed_line_has_its_place(tmp_path):
    """
    What is placed is a slice of the text, and its box holds the words on the page.
    """
    extracted = read(PdfMaker().new_page().text(85, 100, "Dieu 1").text(85, 200, "Dieu 2"), tmp_path)

    second = extracted.placed[1]
    assert extracted.text[second.start : second.end] == "Dieu 2"
    assert (second.box.page, round(second.box.left)) == (1, 85)
    assert 195 < second.box.top < 205 < second.box.bottom < 220


def test_a_letterhead_is_read_column_by_column(tmp_path):
    """
    The body on the left comes first, whole, then the State and its motto, then the text.
    """
    maker = PdfMaker().new_page()
    maker.lines(100, 60, "UBND TINH HOA SEN", "BAN DAN TOC", "So: 12/KH-SNV")
    maker.lines(
        300, 60, "CONG HOA XA HOI CHU NGHIA VIET NAM", "Doc lap - Tu do - Hanh phuc", "Hoa Sen, ngay 5 thang 6 nam 2025"
    )
    maker.text(265, 130, "KE HOACH").text(115, 160, FULL)

    lines = read(maker, tmp_path).text.splitlines()

    assert lines == [
        "UBND TINH HOA SEN",
        "BAN DAN TOC",
        "So: 12/KH-SNV",
        "CONG HOA XA HOI CHU NGHIA VIET NAM",
        "Doc lap - Tu do - Hanh phuc",
        "Hoa Sen, ngay 5 thang 6 nam 2025",
        "KE HOACH",
        FULL,
    ]


def test_a_drawn_table_is_a_grid(tmp_path):
    """
    Cells stand in the text row by row, the lines of one cell together, and a blank cell has no words.
    """
    maker = PdfMaker().new_page().text(85, 100, "Danh muc nhiem vu")
    maker.table(
        [85, 120, 300, 500],
        [130, 160, 190, 220],
        [["TT", "Noi dung", "Chu tri"], ["1", "Xay dung\nkhung", ""], ["2", "Bao cao", "So Y te"]],
    )

    extracted = read(maker, tmp_path)

    (grid,) = extracted.grids
    cells = {(c.row, c.column): " ".join(extracted.text[s.start : s.end] for s in c.spans) for c in grid.cells}
    assert (grid.rows, grid.columns) == (3, 3)
    assert cells[1, 1].split() == ["Xay", "dung", "khung"]
    assert cells[1, 2] == ""
    assert cells[2, 2] == "So Y te"
    assert extracted.text[grid.start : grid.end].splitlines()[:3] == ["TT", "Noi dung", "Chu tri"]


def test_a_cell_merged_downwards_covers_its_rows(tmp_path):
    """
    Where the line between two cells is not drawn, one cell covers both rows.
    """
    maker = PdfMaker().new_page()
    for y in (130, 190):
        maker.rule(85, y, 500, y)
    maker.rule(85, 160, 300, 160)
    for x in (85, 120, 300, 500):
        maker.rule(x, 130, x, 190)
    maker.text(90, 133, "1").text(90, 163, "2").text(125, 133, "Mot").text(125, 163, "Hai").text(305, 133, "So Y te")

    (grid,) = read(maker, tmp_path).grids

    merged = next(cell for cell in grid.cells if cell.column == 2)
    assert (merged.row, merged.row_end) == (0, 2)


def test_a_background_has_no_lines(tmp_path):
    """
    A filled rectangle behind the words of a line is no table.
    """
    import pypdfium2.raw as pdfium_c

    maker = PdfMaker().new_page()
    for top in (100, 130, 160):
        for left in (85, 285):
            box = pdfium_c.FPDFPageObj_CreateNewRect(left, maker.height - top - 25, 200, 25)
            pdfium_c.FPDFPath_SetDrawMode(box, pdfium_c.FPDF_FILLMODE_ALTERNATE, 0)
            pdfium_c.FPDFPageObj_SetFillColor(box, 255, 255, 255, 255)
            pdfium_c.FPDFPage_InsertObject(maker.page.raw, box)
            maker.text(left + 5, top + 5, "chu")

    assert read(maker, tmp_path).grids == ()


def test_what_returns_on_every_page_is_aside(tmp_path):
    """
    Running heads and page numbers stand in the text, marked; a table's header that returns is no running head.
    """
    maker = PdfMaker()
    for number in range(1, 5):
        maker.new_page().text(85, 30, f"CONG BAO/So 12/Trang {number}").text(85, 300, f"Muc {number} cua van ban").text(
            295, 810, str(number)
        )

    extracted = read(maker, tmp_path)

    kinds = [(aside.kind, extracted.text[aside.start : aside.end]) for aside in extracted.asides]
    assert kinds[:2] == [(LineKind.RUNNING_HEAD, "CONG BAO/So 12/Trang 1"), (LineKind.PAGE_NUMBER, "1")]
    assert len(kinds) == 8
    assert [page.page for page in extracted.pages] == [1, 2, 3, 4]


def test_a_sentence_goes_on_behind_a_page_end(tmp_path):
    """
    The first line of a page that goes on with the last paragraph is told as such.
    """
    maker = PdfMaker().new_page().text(115, 760, FULL).text(85, 777, f"{NEXT} theo cac")
    maker.new_page().text(85, 60, "So Noi vu va cac don vi.").text(115, 77, FULL)

    extracted = read(maker, tmp_path)

    assert [extracted.text[at : at + 10] for at in extracted.continued] == ["So Noi vu "]
    assert extracted.text.count("\f") == 1


def test_a_word_broken_by_a_narrow_cell_is_one_word(tmp_path):
    """
    "10/02/202" over "6" is one date; two words that fill a line each stay two.
    """
    maker = PdfMaker().new_page()
    maker.table([85, 120, 172], [130, 160, 190], [["TT", "Han"], ["1", "10/02/202\n6"]])

    extracted = read(maker, tmp_path)

    assert "10/02/2026" in extracted.text


@pytest.mark.parametrize(
    ("lines", "width", "expected"),
    [
        ("ST\nT", 25, "STT"),
        ("Chuye\nn tiep", 42, "Chuyen tiep"),
        ("Ngu\non khac", 32, "Nguon khac"),
        ("12.480,\n5", 48, "12.480,5"),
        ("1.\n1", 20, "1.1"),
        ("I\nI", 15, "II"),
        ("so 05-\nNQ/TW", 46, "so 05-NQ/TW"),
        ("31/12\n/2026", 38, "31/12/2026"),
        ("Kubernetes\nmaster", 60, "Kubernetes master"),
        ("Elasticsear\nch", 60, "Elasticsearch"),
        ("thanh\nvien", 38, "thanh vien"),  # two words that fill a line each
        ("1.\n2", 120, "1. 2"),  # in a wide cell
    ],
)
def test_words_broken_by_narrow_cells(tmp_path, lines, width, expected):
    """
    What did not fit into its cell goes on in the next line as one word.
    """
    maker = PdfMaker().new_page()
    maker.table([85, 85 + width, 300], [130, 160, 190], [["TT", "Han"], [lines, "x"]])

    assert expected in " ".join(read(maker, tmp_path).text.split())


def sideways(maker, angle):
    """Turn all that stands on the page by *angle* degrees anti-clockwise."""
    turned = pdfium.PdfMatrix().rotate(angle, ccw=True)
    turned = turned.translate(842, 0) if angle == 90 else turned.translate(0, 842)
    for item in maker.page.get_objects():
        item.transform(turned)
    return maker


@pytest.mark.parametrize("angle", [90, 270])
def test_a_page_set_sideways_is_read_turned(tmp_path, angle):
    """
    A table whose lines run upwards or downwards is read as if the page were turned; its places are those on the page as it is shown.
    """
    maker = PdfMaker().new_page(842, 842)
    maker.table(
        [85, 130, 500], [130, 160, 190], [["TT", "Nhiem vu cua cac so"], ["1", "Trong sen trong cac ao cua xa"]]
    )

    extracted = read(sideways(maker, angle), tmp_path)
    box = next(one.box for one in extracted.placed if extracted.text[one.start : one.end].startswith("Trong"))

    assert extracted.text.split("\n")[:4] == ["TT", "Nhiem vu cua cac so", "1", "Trong sen trong cac ao cua xa"]
    assert (extracted.grids[0].rows, extracted.grids[0].columns) == (2, 2)
    assert box.right - box.left < 20
    assert box.bottom - box.top > 100


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"%PDF-1.7\n" + b"\x00\x01garbage" * 50, "damaged"),
        (b"MZ\x90\x00" + b"\x00" * 200, "damaged"),
    ],
)
def test_a_damaged_pdf_ends_with_a_message(tmp_path, data, said):
    """
    The message names the file, what is wrong and what to do.
    """
    path = tmp_path / "a.pdf"
    path.write_bytes(data)

    with pytest.raises(ReadError, match=f"a.pdf.*{said}(?s:.*)viewer"):
        read_pdf(path)


def test_a_pdf_without_a_letter_is_refused(tmp_path):
    """
    An empty page is no document; the message says how many pages were looked at.
    """
    with pytest.raises(ReadError, match="no letter could be read on 1 pages"):
        read(PdfMaker().new_page(), tmp_path)


def test_more_pages_than_are_read_are_refused(tmp_path, monkeypatch):
    """
    A file of countless pages is refused before any of them is read.
    """
    monkeypatch.setattr("indexer.formats.pdf.MOST_PAGES", 2)
    maker = PdfMaker()
    for _ in range(3):
        maker.new_page().text(85, 85, "Trang")

    with pytest.raises(ReadError, match="3 pages, more than the 2"):
        read(maker, tmp_path)


def test_one_glyph_that_stands_for_a_letter_and_its_mark_stays_one(tmp_path):
    """
    Where a font says that one glyph is "â" and a hook, "chuẩn" is one word and the hook stands on its own vowel.
    """
    says = b"1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfchar <58> <00e20309> endbfchar"
    shown = b"BT /F 13 Tf 100 700 Td (tieu chuXn chuyen mon cua to chuc hanh chinh) Tj ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(shown), shown),
        b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman/ToUnicode 6 0 R>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(says), says),
    ]
    body = b"%PDF-1.4\n" + b"".join(b"%d 0 obj%s\nendobj\n" % (n, text) for n, text in enumerate(objects, 1))
    path = tmp_path / "a.pdf"
    path.write_bytes(body + b"trailer<</Root 1 0 R/Size 7>>\n%%EOF\n")

    assert read_pdf(path).text == "tieu chuẩn chuyen mon cua to chuc hanh chinh\n"
