"""The tab of the documents as a person meets it: a real server over a small corpus, a real browser, a file that is uploaded."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from tests.assistant.small import FARMING, PROVINCE
from tests.assistant.test_browser import ROOT, ask, found, hosts_asked, opened, press, pytestmark, serving, until, visit

__all__ = ["pytestmark"]  # the marks of the browser tests are those of these, too

TAB = "[...document.querySelectorAll('button[role=tab]')].find(t => t.innerText.includes('Văn bản')).click()"
INDEX_BUILD = [sys.executable, "-m", "indexer", "build"]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The address of a server over two plans, and its folder of data."""
    folder = tmp_path_factory.mktemp("Kho văn bản")
    corpus = folder / "corpus"
    corpus.mkdir()
    (corpus / "trong-sen.txt").write_text(FARMING, encoding="utf-8")
    (corpus / "nong-thon-so.txt").write_text(PROVINCE, encoding="utf-8")
    build = [*INDEX_BUILD, "--corpus", str(corpus), "--index", str(folder / "index")]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=180)
    arguments = ["-m", "assistant", "serve", "--index", str(folder / "index"), "--data", str(folder / "data"), "--port"]
    with serving(folder / "log", *arguments) as address:
        yield address, folder


@pytest.fixture(scope="module", params=[(1440, 900), (390, 844)], ids=["desktop", "phone"])
def browser(request, served):
    with opened(*request.param) as window:
        yield window


@pytest.fixture
def page(browser, served):
    """The tab, as nobody has used it."""
    browser.get_log("browser")  # what the test before was told is its own
    visit(browser, served[0])
    browser.execute_script(TAB)
    until(lambda: found(browser, "#hvb-uploader form"), "the form to upload")
    return browser


def text(browser, css):
    return browser.execute_script(
        "return [...document.querySelectorAll(arguments[0])].map(one => one.innerText).join('\\n')", css
    )


def search(browser, words):
    browser.execute_script("document.querySelector('#hvb-documents input[name=words]').value = arguments[0]", words)
    before = browser.execute_script("return document.querySelector('#hvb-documents section').outerHTML")
    press(browser, "#hvb-documents button[data-event=submit]")
    changed = "return document.querySelector('#hvb-documents section').outerHTML != arguments[0]"
    until(lambda: browser.execute_script(changed, before), "the list")


def is_in_view(browser, css):
    script = (
        "const r = document.querySelector(arguments[0])?.getBoundingClientRect();"
        "return !!r && r.top >= 0 && r.bottom <= innerHeight && r.width > 0"
    )
    return browser.execute_script(script, css)


def test_a_document_is_found_opened_and_walked_through(page):
    """
    Words without diacritics find the plan; it opens with its contents, and a press on a heading brings that heading into view.
    """
    search(page, "45/kh-snn")
    assert "Kế hoạch 45/KH-SNN" in text(page, "#hvb-documents .hvb-list")
    assert "Chuyển đổi số nông thôn" not in text(page, "#hvb-documents .hvb-list")
    press(page, "#hvb-documents .hvb-list button")
    until(lambda: found(page, "#hvb-documents .hvb-contents"), "the contents")
    assert "Kế hoạch 45/KH-SNN" in text(page, "#hvb-viewer h2")
    headings = page.execute_script("return [...document.querySelectorAll('.hvb-entry')].map(one => one.innerText)")
    place = next(number for number, words in enumerate(headings) if "TỔ CHỨC THỰC HIỆN" in words)
    press(page, ".hvb-entry", place)
    until(lambda: "TỔ CHỨC THỰC HIỆN" in text(page, "#cited"), "the marked heading")
    until(lambda: is_in_view(page, "#cited"), "the heading in view")
    press(page, "#hvb-documents .hvb-details .hvb-bar button")
    until(lambda: found(page, "#hvb-documents .hvb-list"), "the list")


@pytest.mark.one_window
def test_an_uploaded_file_is_read_and_can_be_opened_and_asked(page, served, tmp_path):
    """
    A DOCX that is uploaded is read by itself, opens under its own name, and answers a question; then it is deleted for good.
    """
    import docx

    document = docx.Document()
    for line in FARMING.replace("45/KH-SNN", "77/KH-SNN").replace("350 ha", "471 ha").split("\n"):
        document.add_paragraph(line)
    path = tmp_path / "Kế hoạch của tôi.docx"
    document.save(path)
    found(page, "#hvb-uploader input[type=file]")[0].send_keys(str(path))
    press(page, ".hvb-send-files")
    until(lambda: "Đã đọc" in text(page, "#hvb-own .hvb-state"), "the reading")
    assert "Kế hoạch của tôi.docx" in text(page, "#hvb-own")
    press(page, "#hvb-own button[data-event=apply]")
    until(lambda: "77/KH-SNN" in text(page, "#hvb-viewer h2"), "the document")
    assert "tệp Kế hoạch của tôi.docx" in text(page, "#hvb-viewer .hvb-facts")
    press(page, ".hvb-entry")
    until(lambda: found(page, "#cited"), "a marked heading of the own document")

    press(page, "#hvb-tab-ask-button")
    until(lambda: found(page, ".hvb-where select"), "the choice of documents")
    choose = "arguments[0].value = 'own'; arguments[0].dispatchEvent(new Event('change', {bubbles: true}))"
    page.execute_script(choose, found(page, ".hvb-where select")[0])
    time.sleep(1)  # until the server knows
    assert "471 ha" in ask(page, "Mở rộng diện tích trồng sen lên bao nhiêu vào năm 2026?")
    until(lambda: "471 ha" in text(page, "#hvb-viewer mark"), "the cited words of the own document")

    page.execute_script(TAB)
    press(page, "#hvb-own button[data-act=delete]")
    until(lambda: "Chưa có tệp nào" in text(page, "#hvb-own"), "the deletion")
    folder = served[1] / "data" / "collections"
    assert not list(folder.glob("*/files/*"))
    assert not list(folder.glob("*/index/gen-*"))


@pytest.mark.one_window
def test_a_wrong_file_is_refused_in_words(page, tmp_path):
    """
    A program that is called a PDF is refused with the reason; nothing of it is kept.
    """
    path = tmp_path / "cong-van.pdf"
    path.write_bytes(b"MZ" + b"\x00" * 2000)
    found(page, "#hvb-uploader input[type=file]")[0].send_keys(str(path))
    press(page, ".hvb-send-files")
    until(lambda: "không đúng với đuôi .pdf" in text(page, ".hvb-sent"), "the reason")
    assert "Chưa có tệp nào" in text(page, "#hvb-own")


@pytest.mark.one_window
def test_what_is_approved_answers_in_the_running_server(page, served, tmp_path):
    """
    A file that is proposed and approved is found in the shared corpus without a new start of the server.
    """
    name = f"Quy định {time.monotonic_ns()}"
    path = tmp_path / f"{name}.txt"
    path.write_text(PROVINCE.replace("Số:      /KH-UBND", f"Số: {time.monotonic_ns() % 9000 + 1000}/KH-UBND"), "utf-8")
    found(page, "#hvb-uploader input[type=file]")[0].send_keys(str(path))
    press(page, ".hvb-send-files")
    until(lambda: "Đã đọc" in text(page, "#hvb-own .hvb-state"), "the reading")
    press(page, "#hvb-own button[data-act=propose]")
    until(lambda: name in text(page, "#hvb-proposals"), "the proposal")
    press(page, "#hvb-proposals button[data-event=apply]")
    until(lambda: "Kế hoạch" in text(page, "#hvb-viewer h2"), "the proposed document")
    press(page, "#hvb-proposals button[data-act=approve]")
    until(lambda: "Đã có trong kho chung" in text(page, "#hvb-own"), "the approval")

    def is_in_the_corpus():
        page.refresh()
        until(lambda: found(page, "button[role=tab]"), "the page")
        page.execute_script(TAB)
        until(lambda: found(page, "#hvb-documents input[name=words]"), "the search")
        search(page, name.replace(" ", "-").replace("Quy-định", "quy-dinh"))
        return "tệp quy-dinh" in text(page, "#hvb-documents .hvb-list")

    until(is_in_the_corpus, "the new generation")
    until(lambda: found(page, "#hvb-own button[data-act=delete]"), "one's own documents")
    press(page, "#hvb-own button[data-act=delete]")
    until(lambda: "Chưa có tệp nào" in text(page, "#hvb-own"), "the deletion")


def test_no_other_host_no_error_and_no_barrier(page):
    """
    The tab with an open document asks nothing of another host, logs no error, and axe finds no serious barrier in it.
    """
    from axe_playwright_python.base import AXE_SCRIPT

    search(page, "45/KH-SNN")
    press(page, "#hvb-documents .hvb-list button")
    until(lambda: found(page, "#hvb-documents .hvb-graph"), "the drawing")
    page.execute_script("document.querySelectorAll('#hvb-documents-tab details').forEach(one => { one.open = true })")
    page.execute_script(AXE_SCRIPT)
    run = "const done = arguments[0]; axe.run('#hvb-documents-tab', {resultTypes: ['violations']}).then(r => done(r.violations))"
    page.set_script_timeout(60)
    violations = page.execute_async_script(run)
    serious = [
        (one["id"], [node["html"][:200] for node in one["nodes"][:3]])
        for one in violations
        if one["impact"] in ("serious", "critical")
    ]

    assert serious == []
    assert hosts_asked(page) == {"127.0.0.1"}
    assert [entry["message"] for entry in page.get_log("browser") if entry["level"] == "SEVERE"] == []
