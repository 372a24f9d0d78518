"""Original pages as HTML and by their routes: boxes in percent, a window of pages, and nothing for what is not there."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from assistant.chat.desk import Desk
from assistant.chat.office import Office
from assistant.chat.original_pages import original_view, page_address, paged, render_pages
from assistant.chat.strings import load_strings
from assistant.page_images import PageImages
from indexer.errors import ReadError
from indexer.manifest import FileEntry
from indexer.types import Box, Cell, Document, Page, Placed, Span
from tests.assistant.chat_fakes import FakeAssistant, FakeIndex, register

WIDTH, HEIGHT = 600.0, 800.0
STRINGS = load_strings("vi")
SHA = "5" * 64


def filed(pages: int = 2, *, source: str = "text", confidence: float | None = None, name: str = "phu-luc") -> FakeIndex:
    """An index of one register whose file has *pages*, all of its text on the last; each cell is printed as one line or two."""
    text, table = register(document=name)
    table = replace(table, document=name)
    blank = [Page(n, "text", None, 0, 0, WIDTH, HEIGHT) for n in range(1, pages)]
    last = Page(pages, source, confidence, 0, len(text), WIDTH, HEIGHT)
    placed = []
    for number, row in enumerate(table.rows):
        for column, cell in enumerate(row.cells):
            for span in cell.spans:
                start = span.start
                for line, words in enumerate(text[span.start : span.end].split("\n")):
                    if words.strip():
                        top = 100.0 + 60 * number + 15 * line
                        box = Box(pages, 90.0 * column + 30, top, 90.0 * column + 90, top + 12)
                        placed.append(Placed(start, start + len(words.rstrip()), box))
                    start += len(words) + 1
    document = Document(name, f"{name}.pdf", text)
    return FakeIndex(
        (document,), {}, {name: (table,)}, {name: (*blank, last)}, {name: tuple(placed)}, {name: FileEntry(SHA, 9)}
    )


def cell_of(index, row=4, column=2, name="phu-luc"):
    return index.tables(name)[0].rows[row].cells[column]


def view(index, cited=None, name="phu-luc", **more):
    return original_view(index, index.document(name), cited=cited, strings=STRINGS, **more)


def boxes(html, css):
    """Return left, top, width, height in percent of every box of this class."""
    found = re.findall(rf'<span[^>]* ?class="{css}" style="([^"]+)"', html)
    return [tuple(float(value) for value in re.findall(r":([\d.]+)%", style)) for style in found]


def test_the_cell_and_its_lines_are_boxed_in_percent():
    """
    A cited cell has a box around it, and each of its lines one, at their share of the page's width and height.
    """
    index = filed()
    span = cell_of(index).spans[0]
    html = view(index, span).body

    (around,) = boxes(html, "hvb-cell-box")
    # the cell: 210 to 270 across, two lines from 340 to 382 down, 3 points of margin
    assert around == pytest.approx((207 / 6, 337 / 8, 66 / 6, 48 / 8), abs=0.01)
    assert boxes(html, "hvb-line-box") == [
        pytest.approx((208.5 / 6, 338.5 / 8, 63 / 6, 15 / 8), abs=0.01),
        pytest.approx((208.5 / 6, 368.5 / 8, 63 / 6, 15 / 8), abs=0.01),
    ]
    assert html.count('id="cited"') == 1
    assert re.search(r'<span id="cited" class="hvb-cell-box"', html)


def test_a_cell_that_a_page_end_cuts_is_boxed_on_both_pages():
    """
    Its neighbours, whose words stand between its two parts, have no box.
    """
    text = "Sở Y tế\nTháng 5\n\fvà Sở Tài chính\n"
    parts = ("Sở Y tế", "Tháng 5", "và Sở Tài chính")
    at = [(text.index(words), text.index(words) + len(words)) for words in parts]
    _, table = register()
    row = replace(
        table.rows[0],
        cells=(Cell("Sở Y tế và Sở Tài chính", (Span(*at[0]), Span(*at[2]))), Cell("Tháng 5", (Span(*at[1]),))),
        start=0,
        end=len(text) - 1,
    )
    table = replace(table, columns=table.columns[:2], rows=(row,), start=0, end=len(text))
    pages = tuple(
        Page(n, "text", None, start, end, WIDTH, HEIGHT) for n, start, end in ((1, 0, 16), (2, 17, len(text)))
    )
    places = [Box(1, 100, 700, 160, 712), Box(1, 300, 700, 360, 712), Box(2, 100, 50, 160, 62)]
    placed = tuple(Placed(*span, box) for span, box in zip(at, places, strict=True))
    index = FakeIndex(
        (Document("d", "d.pdf", text),), {}, {"d": (table,)}, {"d": pages}, {"d": placed}, {"d": FileEntry(SHA, 9)}
    )
    found = paged(index, index.document("d"), cited=Span(at[0][0], at[2][1]), strings=STRINGS).boxes

    assert found.cells == (places[0], places[2])
    assert found.lines == (places[0], places[2])
    assert found.first.page == 1


def test_a_clause_is_boxed_line_by_line():
    """
    Words outside of tables have a box a line and none around them; a box never leaves the page.
    """
    text = "Nâng cao nhận thức\n"
    placed = (Placed(0, len(text) - 1, Box(1, 0.5, 10, WIDTH, 22)),)
    page = Page(1, "text", None, 0, len(text), WIDTH, HEIGHT)
    index = FakeIndex((Document("d", "d.pdf", text),), {}, {}, {"d": (page,)}, {"d": placed}, {"d": FileEntry(SHA, 9)})
    html = view(index, Span(0, len(text) - 1), "d").body

    assert boxes(html, "hvb-cell-box") == []
    assert boxes(html, "hvb-line-box") == [pytest.approx((0, 8.5 / 8, 100, 15 / 8), abs=0.01)]


def test_which_view_opens_first():
    """
    Pages open first where the cited words have boxes, or nothing is cited; words that are nowhere printed open the text, on their page.
    """
    index = filed(5)
    number = Span(index.documents[0].text.index("PHỤ LỤC"), index.documents[0].text.index("PHỤ LỤC") + 7)

    assert view(index).opens
    assert view(index, cell_of(index).spans[0]).opens
    unprinted = view(index, number)
    assert not unprinted.opens
    assert '<figure class="hvb-page" data-page="5" id="cited">' in unprinted.body


@pytest.mark.parametrize(
    "change",
    [
        # the file is not kept
        lambda index: replace(index, originals={}),
        # a DOCX, or an index from before sizes were kept
        lambda index: replace(index, all_pages={"phu-luc": (Page(1, "text", None, 0, 9),)}),
        lambda index: replace(index, all_pages={}),
    ],
)
def test_a_document_without_pages_has_its_text_alone(change):
    """
    Without a kept file, or without sizes of pages, there is no switch, and the cited words have their usual id.
    """
    index = change(filed())
    desk = Desk.over(FakeAssistant(index), STRINGS)
    span = cell_of(index).spans[0]
    html = desk.place({"document": "phu-luc", "start": span.start, "end": span.end})

    assert "hvb-pages" not in html
    assert "data-view" not in html
    assert '<mark id="cited"' in html


def test_text_and_pages_have_different_ids():
    """
    One element of the whole bears the id that the page scrolls to, the box; the mark in the text has its own.
    """
    index = filed()
    span = cell_of(index).spans[0]
    html = Desk.over(FakeAssistant(index), STRINGS).place(
        {"document": "phu-luc", "start": span.start, "end": span.end, "place": "Phụ lục II"}
    )

    identities = re.findall(r' id="([^"]+)"', html)
    assert sorted(identities) == ["cited", "cited-words"]
    assert 'data-view="page"' in html
    assert html.count('aria-pressed="true"') == 1


def test_only_a_window_of_a_long_document_is_drawn():
    """
    Of 300 pages the cited one and three on either side are there, each with its size, and loaded when it comes near.
    """
    index = filed(300)
    middle = index.pages("phu-luc")[149]
    pages = [replace(page, start=0, end=0) for page in index.pages("phu-luc")]
    pages[149] = replace(pages[-1], page=150)
    moved = tuple(replace(line, box=replace(line.box, page=150)) for line in index.placed("phu-luc", 0, 9999))
    index = replace(index, all_pages={"phu-luc": tuple(pages)}, all_placed={"phu-luc": moved})
    html = view(index, cell_of(index).spans[0]).body

    assert middle.page == 150
    assert re.findall(r'<figure[^>]* data-page="(\d+)"', html) == [str(n) for n in range(147, 154)]
    images = re.findall(r"<img [^>]+>", html)
    assert len(images) == 7
    for image in images:
        assert 'loading="lazy"' in image
        assert 'width="1083" height="1444"' in image
    assert 'alt="Trang 150 của phu-luc"' in html
    assert re.findall(r'data-more="(\w+)" data-first="(\d+)" data-last="(\d+)"', html) == [
        ("before", "140", "146"),
        ("behind", "154", "160"),
    ]
    assert len(html) < 10_000


def test_a_recognised_page_stands_beside_its_reading():
    """
    Of a page that was recognised the text is shown beside its image, the cited cell marked, with how sure it is; others have none.
    """
    index = filed(2, source="ocr", confidence=0.55)
    html = view(index, cell_of(index).spans[0]).body
    plain, recognised = re.findall(r"<figure.*?</figure>", html, re.DOTALL)

    assert "hvb-read" not in plain
    assert "trang quét, chữ nhận dạng từ ảnh" in recognised
    assert "độ tin cậy 55%; đề nghị đối chiếu với ảnh" in recognised
    assert 'aria-label="Chữ đọc được ở trang 2"' in recognised
    assert recognised.count('class="hvb-cited"') == 1
    assert "<mark>" in recognised


def test_nothing_of_a_document_can_act():
    """
    Its name, its id and its recognised text are escaped, also in addresses.
    """
    name = 'a"><script>alert(1)</script>/../x'
    index = filed(1, source="ocr", confidence=0.9, name=name)
    html = view(index, name=name, shelf='"><b>').body + render_pages(
        paged(index, index.document(name), cited=None, strings=STRINGS), 1, 1
    )

    assert "<script" not in html
    assert "<b>" not in html
    assert "%2F..%2Fx/1.webp" in html


def test_an_address_says_what_is_asked_for():
    """
    The address of an image has what is not usual of it as its query.
    """
    assert page_address("kế hoạch/1", 3) == "/hoi-van-ban/trang/k%E1%BA%BF%20ho%E1%BA%A1ch%2F1/3.webp"
    assert page_address("a", 3, dpi=220, version="5f", shelf="tôi").endswith("/3.webp?dpi=220&v=5f&shelf=t%C3%B4i")


class Drawer:
    """Draws any page but the second, and remembers which."""

    def __init__(self):
        self.drawn = []

    def __call__(self, original, page, *, dpi):
        assert original == "phu-luc.pdf"
        self.drawn.append((page, dpi))
        if page == 2:
            message = "page 2 cannot be shown"
            raise ReadError(message)
        return b"RIFF" + bytes(20)


class Filed(FakeIndex):
    """An index that gives files back."""

    def original(self, document):
        return f"{document}.pdf"


@pytest.fixture
def server(tmp_path):
    """A client of the routes over two shelves, and what was drawn."""
    fastapi = pytest.importorskip("fastapi")
    testing = pytest.importorskip("fastapi.testclient")
    from assistant.chat.page_routes import routes

    found = filed(9)
    fields = (found.documents, found.all_clauses, found.all_tables, found.all_pages, found.all_placed, found.originals)
    shared = Filed(*fields)
    drawer = Drawer()

    def index_for(request, shelf):
        if shelf:
            return shared if (shelf, request.cookies.get("who")) == ("toi", "an") else None
        return shared

    office = Office(FakeAssistant(shared), tmp_path)
    app = fastapi.FastAPI()
    app.include_router(routes(office, index_for, images=PageImages(tmp_path / "pages", render=drawer)))
    with testing.TestClient(app) as client:
        yield client, drawer.drawn


TRANG = "/hoi-van-ban/trang/phu-luc"


def test_an_image_is_given_and_kept_by_the_browser(server):
    """
    The image is WebP; a browser that has it is told so; under an address with the file's hash it need not even ask.
    """
    client, drawn = server
    first = client.get(f"{TRANG}/1.webp")
    again = client.get(f"{TRANG}/1.webp", headers={"if-none-match": first.headers["etag"]})
    lasting = client.get(f"{TRANG}/1.webp?v=5555")
    other = client.get(f"{TRANG}/1.webp?v=1234")

    assert (first.status_code, first.headers["content-type"]) == (200, "image/webp")
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["cache-control"] == other.headers["cache-control"] == "private, no-cache"
    assert lasting.headers["cache-control"] == "private, max-age=86400"
    assert drawn == [(1, 130)]


@pytest.mark.parametrize(
    "path",
    [
        f"{TRANG}/0.webp",
        f"{TRANG}/10.webp",
        f"{TRANG}/-1.webp",
        f"{TRANG}/một.webp",
        f"{TRANG}/{'9' * 5000}.webp",
        f"{TRANG}/1.webp?dpi=131",
        f"{TRANG}/1.webp?dpi={'9' * 5000}",
        f"{TRANG}/1.webp?shelf=toi",
        f"{TRANG}/1-8.html",
        f"{TRANG}/3-2.html",
        f"{TRANG}/9-10.html",
        f"{TRANG}/1-2.html?start=5&end=2",
        f"{TRANG}/1-2.html?start=5",
        f"{TRANG}/1-2.html?start=0&end=99999",
        f"{TRANG}/1-2.html?shelf=toi",
        "/hoi-van-ban/trang/khong-co/1.webp",
        "/hoi-van-ban/trang/khong-co/1-2.html",
        "/hoi-van-ban/trang/..%2f..%2f..%2fetc%2fpasswd/1.webp",
        "/hoi-van-ban/trang/%2e%2e%2fphu-luc/1.webp",
        "/hoi-van-ban/trang//1.webp",
    ],
)
def test_what_is_not_there_is_said_plainly(server, path):
    """
    Unknown documents and pages, other sizes, shelves of others, and ids that lead out of a folder: a sentence, and nothing is drawn.
    """
    client, drawn = server
    answer = client.get(path)

    assert answer.status_code == 404
    assert answer.text.startswith("Không có trang này.")
    assert answer.headers["content-type"].startswith("text/plain")
    assert drawn == []


def test_a_page_that_cannot_be_drawn_is_a_sentence(server):
    """
    The image's place says so, and the server gives the next page.
    """
    client, _ = server
    answer = client.get(f"{TRANG}/2.webp")

    assert answer.status_code == 422
    assert answer.text == STRINGS("originals.failed")
    assert client.get(f"{TRANG}/3.webp").status_code == 200


def test_an_own_shelf_is_asked_for_each_time(server):
    """
    Who may look into a shelf is told by the hook alone, and the browser keeps no page of it without asking again.
    """
    client, _ = server
    client.cookies.set("who", "an")
    answer = client.get(f"{TRANG}/1.webp?shelf=toi&v=5555")

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-cache"
    assert client.get(f"{TRANG}/1.webp?shelf=khac").status_code == 404


def test_more_pages_are_fetched_as_html(server):
    """
    Some more pages come with the boxes of what is cited and with the button on the side to which they lead, in the page's language.
    """
    client, _ = server
    span = cell_of(filed(9)).spans[0]
    behind = client.get(f"{TRANG}/7-9.html?start={span.start}&end={span.end}&more=behind").text
    before = client.get(f"{TRANG}/3-4.html?more=before&language=en").text
    both = client.get(f"{TRANG}/5-6.html?more=both").text

    assert re.findall(r'<figure[^>]* data-page="(\d)"', behind) == ["7", "8", "9"]
    assert (behind.count('id="cited"'), behind.count("hvb-more")) == (1, 0)
    assert "Show earlier pages (1–2)" in before
    assert before.count("hvb-more") == 1
    assert both.count("hvb-more") == 2
