"""Original pages as a person meets them: files that the browser itself prints, a real server over them, a real browser."""

from __future__ import annotations

import base64
import io
import subprocess
import sys
import time

import pytest
from PIL import Image

from indexer.formats.ocr import has_tesseract
from tests.assistant.test_browser import ROOT, ask, found, opened, press, pytestmark, serving, until, visit
from tests.assistant.test_browser_form import RUN_AXE, TOO_WIDE, axe_source

__all__ = ["pytestmark"]  # a real browser is needed here, too

SCANS = has_tesseract()
FONTS = ROOT / "assistant" / "chat" / "static" / "fonts"
ROWS = [
    ("1", "Xây dựng đề án trồng sen ven hồ", "Sở Nông nghiệp", "Quý II/2026"),
    ("2", "Tập huấn kỹ thuật cho các hợp tác xã", "Trung tâm Khuyến nông", "Tháng 9/2026"),
    ("3", "Rà soát quy hoạch vùng trồng", "Sở Xây dựng", "Quý III/2026"),
    ("4", "Kiểm tra chất lượng giống sen", "Chi cục Trồng trọt", "Tháng 11/2026"),
]


def page_of(body: str) -> str:
    """Return a page of HTML in a font that has every letter and lies beside us."""
    fonts = "".join(
        f"@font-face {{ font-family: F; src: url(data:font/woff2;base64,{data}); unicode-range: {letters}; }}"
        for data, letters in (
            (font("latin"), "U+0000-00FF, U+2000-206F"),
            (
                font("vietnamese"),
                "U+0102-0103, U+0110-0111, U+0128-0129, U+0168-0169, U+01A0-01B0, U+0300-0323, U+1EA0-1EF9",
            ),
        )
    )
    style = "body { font: 13pt/1.45 F; margin: 0 } table { border-collapse: collapse; width: 100% } td, th { border: 1px solid; padding: 4px 6px }"
    return f"<!doctype html><html lang=vi><meta charset=utf-8><style>{fonts}{style}</style><body>{body}"


def font(letters: str) -> str:
    return base64.b64encode((FONTS / f"be-vietnam-pro-{letters}-400-normal.woff2").read_bytes()).decode()


def plan() -> str:
    """A plan of many pages, the annex with its table on the last."""
    head = "<p>UBND TỈNH HOA SEN<br>SỞ NÔNG NGHIỆP<br>Số: 45/KH-SNN</p><p>Hoa Sen, ngày 05 tháng 3 năm 2026</p>"
    head += "<p><b>KẾ HOẠCH</b><br>Phát triển vùng trồng sen năm 2026</p>"
    clauses = "".join(
        f"<p>{number}. Xã thứ {number} trồng sen trên {10 * number} ha đất ven hồ và báo cáo kết quả hằng quý.</p>"
        for number in range(1, 181)
    )
    heads = "".join(f"<th>{name}</th>" for name in ("TT", "Nhiệm vụ", "Cơ quan chủ trì", "Thời gian hoàn thành"))
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in ROWS)
    annex = f"<p>PHỤ LỤC I<br>DANH MỤC NHIỆM VỤ</p><table><tr>{heads}</tr>{rows}</table>"
    return page_of(f"{head}<p>I. NỘI DUNG</p>{clauses}<div style='break-before: page'>{annex}</div>")


def letter() -> str:
    body = "<p>UBND TỈNH HOA SEN<br>SỞ TƯ PHÁP<br>Số: 78/CV-STP</p><p>Hoa Sen, ngày 12 tháng 4 năm 2026</p>"
    body += "<p>Kính gửi: Ủy ban nhân dân các xã, phường</p>"
    body += "<p>Sở Tư pháp đề nghị các xã, phường cử 25 hòa giải viên tham dự lớp tập huấn tại thành phố Hoa Sen.</p>"
    body += "<p>Lớp tập huấn khai mạc ngày 20 tháng 4 năm 2026 và kéo dài trong ba ngày.</p>"
    return page_of(f"<div style='padding: 60px 70px'>{body}</div>")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """A printed PDF and, where it can be read, a scan: the picture of a page."""
    folder = tmp_path_factory.mktemp("goc")
    with opened(794, 1123) as printer:
        for name, html in (("trong-sen", plan()), ("cong-van", letter())):
            file = folder / f"{name}.html"
            file.write_text(html, encoding="utf-8")
            printer.get(file.as_uri())
            printer.execute_async_script("document.fonts.ready.then(arguments[0])")
            if name == "trong-sen":
                margins = {f"margin{side}": 0.8 for side in ("Top", "Bottom", "Left", "Right")}
                printed = printer.execute_cdp_cmd(
                    "Page.printToPDF", {"paperWidth": 8.27, "paperHeight": 11.69, **margins}
                )
                (folder / f"{name}.pdf").write_bytes(base64.b64decode(printed["data"]))
            elif SCANS:
                size = {"x": 0, "y": 0, "width": 794, "height": 1123, "scale": 2.5}
                shot = printer.execute_cdp_cmd("Page.captureScreenshot", {"clip": size})
                picture = Image.open(io.BytesIO(base64.b64decode(shot["data"]))).convert("L")
                picture.save(folder / f"{name}.png", dpi=(240, 240))
            file.unlink()
    return folder


@pytest.fixture(scope="module")
def address(corpus, tmp_path_factory):
    folder = tmp_path_factory.mktemp("trang")
    build = [sys.executable, "-m", "indexer", "build", "--corpus", str(corpus), "--index", str(folder / "index")]
    done = subprocess.run(build, cwd=ROOT, check=False, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    arguments = ("-m", "assistant", "serve", "--index", str(folder / "index"), "--data", str(folder / "data"), "--port")
    with serving(folder / "log", *arguments) as served:
        yield served


@pytest.fixture(scope="module", params=[(1440, 900), (390, 844)], ids=["desktop", "phone"])
def browser(request):
    with opened(*request.param) as window:
        yield window


@pytest.fixture
def page(browser, address):
    visit(browser, address)
    return browser


IMAGE = """
const figure = document.querySelector('#hvb-viewer .hvb-pages #cited')?.closest('.hvb-page');
const image = figure?.querySelector('img');
return image && image.complete && image.naturalWidth > 0;
"""
PLACE = """
const r = arguments[0].getBoundingClientRect();
const paper = [...document.querySelectorAll('#hvb-viewer .hvb-paper')].find((one) => one.getClientRects().length).getBoundingClientRect();
return {top: r.top, bottom: r.bottom, left: r.left, right: r.right, width: innerWidth, height: innerHeight,
        from: paper.top, to: paper.bottom};
"""


def is_in_sight(browser, css):
    """Tell whether the first element of *css* lies in the window, and in the part of the document that is seen."""
    place = browser.execute_script(PLACE, found(browser, css)[0])
    return (
        max(0, place["from"]) <= place["top"] < place["bottom"] <= min(place["height"], place["to"])
        and 0 <= place["left"] < place["right"] <= place["width"]
    )


def cited_page(browser, question):
    """Ask, open the first citation, and wait for the image of its page; return the answer."""
    answer = ask(browser, question)
    press(browser, ".hvb-answer .hvb-reference")
    until(lambda: browser.execute_script(IMAGE), "the image of the cited page")
    time.sleep(1)  # the scrolling
    return answer


def ink_in_box(browser):
    """Return the share of ink in the cited box of the page's image, as the browser shows it without the box's colour."""
    browser.execute_script(
        "document.querySelectorAll('.hvb-line-box, .hvb-cell-box').forEach((box) => { box.style.background = 'none'; box.style.outline = 'none'; })"
    )
    place = browser.execute_script(PLACE, found(browser, ".hvb-pages #cited")[0])
    shot = Image.open(io.BytesIO(browser.get_screenshot_as_png())).convert("L")
    inside = shot.crop(tuple(round(place[side]) for side in ("left", "top", "right", "bottom")))
    return sum(inside.histogram()[:140]) / (inside.width * inside.height)


def test_the_cited_cell_is_boxed_on_its_page(page):
    """
    A question about a task of the annex opens the page of the PDF itself, the box of the cell in sight and on its words.
    """
    answer = cited_page(page, "Ai chủ trì nhiệm vụ 3 Phụ lục I?")

    assert "Sở Xây dựng" in answer
    assert found(page, ".hvb-pages .hvb-cell-box")
    assert is_in_sight(page, ".hvb-pages #cited")
    assert 0.03 < ink_in_box(page) < 0.5
    assert [entry for entry in page.get_log("browser") if entry["level"] == "SEVERE"] == []


@pytest.mark.one_window
def test_the_text_is_one_press_away_and_stays_chosen(page):
    """
    A press shows the text with the cited cell in sight; the next citation opens as text, too, until the pages are chosen again.
    """
    cited_page(page, "Ai chủ trì nhiệm vụ 3 Phụ lục I?")
    press(page, "[data-show=words]")
    until(lambda: is_in_sight(page, ".hvb-words mark"), "the marked cell")
    assert found(page, "[data-show=words]")[0].get_attribute("aria-pressed") == "true"

    ask(page, "Ai chủ trì nhiệm vụ 4 Phụ lục I?")
    press(page, ".hvb-turn:last-child .hvb-reference")
    until(lambda: "trồng trọt" in found(page, "#hvb-viewer mark")[0].text.lower(), "the other cell")
    assert found(page, ".hvb-words")[0].is_displayed()
    assert not found(page, ".hvb-pages")[0].is_displayed()

    press(page, "[data-show=page]")
    until(lambda: page.execute_script(IMAGE), "the image")
    assert found(page, ".hvb-pages")[0].is_displayed()


def test_pages_are_enlarged(page):
    """
    "+" makes the page wider than its column, with an image of more dots, and the box stays on its words; "−" takes it back.
    """
    cited_page(page, "Ai chủ trì nhiệm vụ 3 Phụ lục I?")
    width = "return document.querySelector('.hvb-pages #cited').closest('.hvb-picture').getBoundingClientRect().width"
    before = page.execute_script(width)
    press(page, "[data-zoom='1']")
    until(lambda: page.execute_script(IMAGE), "the finer image")
    page.execute_script("hoiVanBan.reveal(true)")
    time.sleep(1)

    assert page.execute_script(width) == pytest.approx(1.5 * before, abs=2)
    assert "dpi=220" in page.execute_script(
        "return document.querySelector('#cited').closest('.hvb-picture').querySelector('img').src"
    )
    assert is_in_sight(page, ".hvb-pages #cited")
    assert 0.03 < ink_in_box(page) < 0.5
    press(page, "[data-zoom='-1']")
    assert page.execute_script(width) == pytest.approx(before, abs=2)


def numbers(browser):
    script = "return [...document.querySelectorAll('.hvb-pages .hvb-page')].map((one) => Number(one.dataset.page))"
    return browser.execute_script(script)


@pytest.mark.one_window
def test_other_pages_are_fetched_when_asked_for(page):
    """
    Of a long document only some pages are there; a press brings those before them, and a number the page that it names.
    """
    cited_page(page, "Ai chủ trì nhiệm vụ 3 Phụ lục I?")
    last = numbers(page)[-1]
    assert numbers(page) == list(range(last - 3, last + 1))

    press(page, ".hvb-more")
    until(lambda: len(numbers(page)) > 4, "more pages")
    assert numbers(page) == list(range(numbers(page)[0], last + 1))
    goto = "const i = document.querySelector('.hvb-goto'); i.value = 1; i.dispatchEvent(new Event('change', {bubbles: true}))"
    page.execute_script(goto)
    until(lambda: numbers(page)[0] == 1, "the first page")
    page.execute_script("document.querySelector('.hvb-goto').blur()")

    press(page, ".hvb-turn:last-child .hvb-reference")
    until(lambda: found(page, ".hvb-pages #cited"), "the cited page again")
    time.sleep(1)
    assert is_in_sight(page, ".hvb-pages #cited")


@pytest.mark.one_window
@pytest.mark.skipif(not SCANS, reason="SCAN TEST SKIPPED: install tesseract-ocr and tesseract-ocr-vie")
def test_a_scan_is_shown_beside_its_reading(page):
    """
    A picture of a page shows itself, the cited words boxed where they stand, and what was read of it at right or, on a phone, below.
    """
    answer = cited_page(page, "Sở Tư pháp đề nghị cử bao nhiêu hòa giải viên?")
    picture, read = (
        page.execute_script(PLACE, found(page, f".hvb-recognised {css}")[0]) for css in (".hvb-picture", ".hvb-read")
    )

    assert "25" in answer
    assert "chữ nhận dạng từ ảnh" in found(page, "figcaption")[0].text
    assert is_in_sight(page, ".hvb-read mark") or picture["width"] < 500
    assert "tham dự lớp tập huấn" in found(page, ".hvb-read")[0].text
    if picture["width"] > 500:
        assert read["left"] >= picture["right"]
        assert read["top"] == pytest.approx(picture["top"], abs=3)
    else:
        assert read["top"] >= picture["bottom"]
    assert is_in_sight(page, ".hvb-pages #cited")
    assert 0.03 < ink_in_box(page) < 0.5


@pytest.mark.parametrize("theme", ["", "?__theme=dark"], ids=["light", "dark"])
def test_pages_can_be_used_by_everybody(browser, address, theme):
    """
    With pages and with text open axe-core finds nothing serious, and nothing lies beside the window.
    """
    visit(browser, f"{address}/{theme}")
    cited_page(browser, "Ai chủ trì nhiệm vụ 3 Phụ lục I?")
    browser.execute_script(axe_source())
    for view in ("page", "words"):
        press(browser, f"[data-show={view}]")
        time.sleep(0.5)
        assert browser.execute_async_script(RUN_AXE) == []
        assert browser.execute_script(TOO_WIDE) == []


@pytest.mark.one_window
def test_a_page_that_cannot_be_shown_is_said_in_its_place(page):
    """
    Where an image does not come, a sentence stands in its place.
    """
    cited_page(page, "Ai chủ trì nhiệm vụ 3 Phụ lục I?")
    page.execute_script(
        "document.querySelector('#cited').closest('.hvb-picture').querySelector('img').src = '/hoi-van-ban/trang/x/1.webp'"
    )

    until(lambda: found(page, ".hvb-picture .hvb-notice"), "the sentence")
    assert "Không hiển thị được trang này" in found(page, ".hvb-picture .hvb-notice")[0].text
