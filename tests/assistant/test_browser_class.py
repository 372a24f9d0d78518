"""A live class as people meet it: the trainer's window, a telephone, the projector, in real browsers over a small corpus."""

from __future__ import annotations

import importlib.util
import time
from pathlib import Path

import pytest

from tests.assistant.test_browser import answers, found, opened, press, serving, until, visit
from tests.assistant.test_browser import pytestmark as in_browser

pytestmark = in_browser

SERVER = """
import shutil
import sys
import tempfile
from pathlib import Path
import uvicorn
from assistant.chat.app import build_app
from assistant.chat.office import Office
from tests.assistant.chat_fakes import FakeAssistant

port = int(sys.argv[1])
DATA = Path(tempfile.mkdtemp())
server = uvicorn.Server(uvicorn.Config(build_app(Office(FakeAssistant(), data=DATA), port=port), port=port, log_level="warning", timeout_graceful_shutdown=1))
print("http://", flush=True)
server.run()
shutil.rmtree(DATA, ignore_errors=True)
"""
AXE = "const done = arguments[0]; axe.run(document, {runOnly: ['wcag2a', 'wcag2aa']}).then(r => done(r.violations.map(v => v.id + ': ' + v.nodes[0].html)))"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("class") / "log", "-c", SERVER) as served:
        until(lambda: answers(served), "the page")
        yield served


@pytest.fixture(scope="module")
def trainer(address):
    with opened(1440, 900) as window:
        visit(window, address)
        yield window


@pytest.fixture(scope="module")
def phone():
    with opened(390, 844) as window:
        yield window


@pytest.fixture
def code(trainer, address):
    """The code of a class that was opened in the tab."""
    visit(trainer, address)
    trainer.execute_script("sessionStorage.setItem('hvb-class', '-')")
    visit(trainer, address)
    open_tab(trainer)
    press(trainer, "#hvb-live [data-act=open]")
    until(lambda: found(trainer, "#hvb-live .hvb-code"), "the class code")
    return text(trainer, ".hvb-code")


def open_tab(browser):
    browser.execute_script(
        "[...document.querySelectorAll('button[role=tab]')].find(t => t.innerText.includes('Lớp')).click()"
    )
    until(lambda: found(browser, ".hvb-opening, .hvb-live"), "the panel")


def text(browser, css):
    return browser.execute_script("return document.querySelector(arguments[0])?.innerText ?? ''", css)


def join(phone, address, code, nickname=""):
    phone.delete_all_cookies()
    phone.get(f"{address}/hoi-van-ban/lop")
    found(phone, "#ma")[0].send_keys(code.lower() + "\n")
    until(lambda: found(phone, "#nickname"), "the form to join")
    found(phone, "#nickname")[0].send_keys(nickname)
    press(phone, "form[data-post=vao] button")
    until(lambda: found(phone, ".who"), "the class")


def go(trainer, stage):
    """Press the button that goes on, until the class is at *stage*."""
    press(trainer, ".hvb-go")
    until(lambda: found(trainer, f".hvb-live[data-stage={stage}]"), stage)


def axe_script():
    package = importlib.util.find_spec("axe_playwright_python")
    if package is None or package.origin is None:
        pytest.skip("axe-playwright-python is not installed")
    return next(Path(package.origin).parent.rglob("axe.min.js")).read_text(encoding="utf-8")


LATE = SERVER.replace(
    "server = ",
    """
import asyncio
class Late:
    def __init__(self, app):
        self.app = app
    async def __call__(self, scope, receive, send):
        if scope.get("path", "").endswith("/chat.js"):
            await asyncio.sleep(2)
        await self.app(scope, receive, send)
server = """,
    1,
).replace(
    "build_app(Office(FakeAssistant(), data=DATA), port=port)",
    "Late(build_app(Office(FakeAssistant(), data=DATA), port=port))",
)


def test_a_script_that_comes_late_is_waited_for(trainer, tmp_path):
    """
    Where the page's script arrives after its parts, their buttons work all the same, and nothing is logged.
    """
    with serving(tmp_path / "log", "-c", LATE) as address:
        until(lambda: answers(address), "the page")
        errors(trainer)
        visit(trainer, address)
        until(lambda: trainer.execute_script("return typeof window.hoiVanBan === 'object'"), "the script")
        time.sleep(0.5)
        press(trainer, ".hvb-choice")
        until(lambda: found(trainer, ".hvb-answer"), "the answer")
        assert errors(trainer) == []


def errors(browser):
    return [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]


def test_a_class_with_a_telephone(trainer, phone, address, code):
    """
    A telephone joins by the code and answers; the trainer's window counts it, reveals the answer, and the telephone shows right or wrong.
    """
    join(phone, address, code, "Lan")
    until(lambda: text(trainer, "[data-live=people]") == "1", "the count of people")
    go(trainer, "asking")
    until(lambda: found(phone, ".option input"), "the question on the telephone")
    assert text(phone, ".asked") == text(trainer, ".hvb-live-question")
    press(phone, ".option input", 1)
    press(phone, "form[data-post=tra-loi] button")
    until(lambda: "Đã nhận" in text(phone, ".note"), "the receipt")
    until(lambda: text(trainer, "[data-live=option-1]") == "1", "the tally")
    assert text(trainer, "[data-live=answered]") == "1"

    go(trainer, "revealed")
    until(lambda: found(phone, ".verdict"), "right or wrong")
    right = trainer.execute_script(
        "return [...document.querySelectorAll('.hvb-tally')].findIndex(t => t.classList.contains('hvb-right'))"
    )
    assert text(phone, ".verdict") == ("Đúng rồi!" if right == 1 else "Chưa đúng.")
    assert found(phone, ".proof q")
    press(trainer, "#hvb-live .hvb-reference")
    until(lambda: found(trainer, "#hvb-viewer mark"), "the cited place")
    assert errors(trainer) == errors(phone) == []


def test_a_telephone_that_loads_again(trainer, phone, address, code):
    """
    After loading the page again somebody is still the same, with the question that is asked.
    """
    join(phone, address, code)
    go(trainer, "asking")
    phone.refresh()
    until(lambda: found(phone, ".option input"), "the question")

    assert text(phone, ".who") == "Bạn số 1"
    until(lambda: text(trainer, "[data-live=people]") == "1", "the count of people")


def test_a_class_to_its_end(trainer, phone, address, code):
    """
    After the last question the class ends with the ranking, and the telephone shows its score.
    """
    join(phone, address, code, "Lan")
    total = None
    while total is None or found(trainer, ".hvb-live:not([data-stage=ended])"):
        total = total or 0
        if found(trainer, ".hvb-go[data-act=end]"):
            go(trainer, "ended")
        else:
            go(trainer, "asking")
            total += 1
            go(trainer, "revealed")
    until(lambda: "Anh, chị trả lời đúng" in text(phone, ".verdict"), "the score")

    assert f"/{total} câu" in text(phone, ".verdict")
    assert "Lan (bạn số 1)" in text(trainer, ".hvb-ranking")


def test_the_projector_shows_one_thing_at_a_time(trainer, code):
    """
    The projector view fills the window with the class code, arrow keys turn to the cards, the space bar goes on, Esc leaves it.
    """
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    press(trainer, "[data-project=on]")
    until(lambda: text(trainer, ".hvb-slide-number").startswith("1/"), "the first slide")
    size = trainer.execute_script("return parseFloat(getComputedStyle(document.querySelector('.hvb-code')).fontSize)")
    shown = "return [...document.querySelectorAll('.hvb-slide')].filter(s => s.offsetHeight).length"
    assert size > 80
    assert trainer.execute_script(shown) == 1
    keys = ActionChains(trainer)
    keys.send_keys(Keys.ARROW_RIGHT).perform()
    until(lambda: text(trainer, ".hvb-slide-number").startswith("2/"), "the first card")
    assert trainer.execute_script(shown) == 1
    assert "Thẻ 1." in text(trainer, "[data-current] h3")
    press(trainer, "[data-current] button[data-event=submit]")
    until(lambda: found(trainer, "[data-current] .hvb-answer"), "the answer on its card")
    ActionChains(trainer).send_keys(Keys.ARROW_LEFT).perform()
    until(lambda: text(trainer, ".hvb-slide-number").startswith("1/"), "the class again")
    ActionChains(trainer).send_keys(Keys.SPACE).perform()
    until(lambda: found(trainer, ".hvb-live[data-stage=asking]"), "the first question")
    ActionChains(trainer).send_keys(Keys.ESCAPE).perform()
    until(lambda: trainer.execute_script("return document.documentElement.dataset.projector === undefined"), "the tab")
    assert trainer.execute_script(shown) > 1


def test_a_class_is_cleaned(trainer, phone, address, code):
    """
    The trainer confirms, and the telephone is back at the form to join.
    """
    join(phone, address, code)
    trainer.execute_script("window.confirm = () => true")
    press(trainer, "#hvb-live [data-act=clear]")

    until(lambda: found(phone, "#nickname"), "the form to join")
    until(lambda: text(trainer, "[data-live=people]") == "0", "nobody")


def test_a_class_has_documents_of_its_own(trainer, phone, address, code, tmp_path):
    """
    The trainer brings a document, a telephone sees and adds one where that is allowed, and after a reset both are gone everywhere.
    """
    paper = tmp_path / "ke-hoach.txt"
    paper.write_text("KẾ HOẠCH\nTrồng sen năm 2026\n", encoding="utf-8")
    press(trainer, ".hvb-class-papers > summary")
    found(trainer, "#hvb-live input[data-papers]")[0].send_keys(str(paper))
    until(lambda: "ke-hoach.txt" in text(trainer, ".hvb-class-list"), "the document in the list")
    press(trainer, "#hvb-live [data-act=sending]")
    join(phone, address, code)
    until(lambda: found(phone, "#papers:not([hidden]) #papers-form:not([hidden])"), "the form to send a document")
    press(phone, "#papers > summary")
    for window in (trainer, phone):
        window.execute_script(axe_script())
        assert window.execute_async_script(AXE) == []
        wide = "return document.documentElement.scrollWidth <= window.innerWidth"
        assert window.execute_script(wide)
    found(phone, "#papers-form input")[0].send_keys(str(paper))
    until(lambda: "Bạn số 1" in text(trainer, ".hvb-class-list"), "what the telephone sent")
    assert trainer.execute_script("return document.querySelector('.hvb-class-papers').open")

    trainer.execute_script("window.confirm = () => true")
    press(trainer, "#hvb-live [data-act=clear]")
    until(lambda: "chưa có tài liệu" in text(trainer, ".hvb-class-list"), "an empty list")
    until(lambda: found(phone, "#nickname"), "the door")
    assert not found(phone, "#papers:not([hidden])")
    assert errors(trainer) == errors(phone) == []


def test_the_quiz_is_drawn_in_another_form(trainer, address):
    """
    The quiz of the tab can be answered in words or by hunting for a place, and is marked.
    """
    visit(trainer, address)
    open_tab(trainer)
    choose = "const s = document.querySelector('#hvb-test select[name=form]'); s.value = 'hunt'; s.dispatchEvent(new Event('change', {bubbles: true}))"
    trainer.execute_script(choose)
    until(lambda: found(trainer, "#hvb-test [name=q0r]"), "the hunt")
    trainer.execute_script("document.querySelector('#hvb-test [name=q0]').value = '9'")
    press(trainer, "#hvb-test button[data-event=submit]")
    until(lambda: found(trainer, ".hvb-score"), "the score")

    assert found(trainer, "#hvb-test .hvb-verdict")
    assert trainer.execute_script("return document.querySelector('#hvb-test [name=q0]').value") == "9"


@pytest.mark.parametrize("width", [360, 768])
def test_the_pages_fit_and_can_be_used_by_all(trainer, phone, address, code, width):
    """
    At 360 pixels and wider nothing of a telephone's page lies beside the window, and axe finds nothing against it.
    """
    script = axe_script()
    size = {"width": width, "height": 780, "deviceScaleFactor": 1, "mobile": True}
    phone.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    join(phone, address, code, "Một biệt danh rất dài đấy")
    go(trainer, "asking")
    until(lambda: found(phone, ".option"), "the question")
    wider = "return document.documentElement.scrollWidth > innerWidth"

    for page in (None, f"{address}/hoi-van-ban/lop", f"{address}/hoi-van-ban/lop/{code}/phieu"):
        if page:
            phone.get(page)
            time.sleep(0.3)
        assert not phone.execute_script(wider)
        phone.execute_cdp_cmd("Page.setBypassCSP", {"enabled": True})
        phone.execute_cdp_cmd("Runtime.evaluate", {"expression": script})
        assert phone.execute_async_script(AXE) == []


def test_the_tab_can_be_used_by_all(trainer, code):
    """
    Axe finds nothing against the classroom with an open class, light and dark, nor against the projector view.
    """
    trainer.execute_cdp_cmd("Runtime.evaluate", {"expression": axe_script()})
    run = AXE.replace("document,", "'#hvb-classroom',")
    go(trainer, "asking")
    assert trainer.execute_async_script(run) == []
    trainer.execute_script("document.documentElement.classList.add('dark'); document.body.classList.add('dark')")
    time.sleep(0.6)
    assert trainer.execute_async_script(run) == []
    press(trainer, "[data-project=on]")
    time.sleep(0.5)
    assert trainer.execute_async_script(run) == []
    press(trainer, "[data-project=off]")
