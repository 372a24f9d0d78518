"""The evaluator's tab as a person meets it: a real server over the real corpus, a real browser, the real evaluation."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.assistant.test_browser import CHROMIUM, DRIVER, found, opened, press, serving, until, visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="BROWSER TESTS SKIPPED: install chromium and chromium-driver"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

GOLD = {"document": "phu-luc-6896-ubnd-tinh", "label": "Phụ lục II, nhiệm vụ 9", "quote": "Tháng \n\n10/2025"}


def line(name, fact):
    asked = {"category": "table_lookup", "question": "Nhiệm vụ 9 xong khi nào?", "answerable": True}
    beside = {**GOLD, "beside": "Xây dựng, triển khai đề án ứng dụng IoT"}
    return json.dumps({**asked, "id": name, "must": [[fact]], "gold": [beside]}, ensure_ascii=False) + "\n"


@pytest.fixture(scope="module")
def address(real_index, tmp_path_factory):
    folder = tmp_path_factory.mktemp("Đánh giá")
    index, sets = folder / "index", folder / "sets"
    sets.mkdir()
    (sets / "nhỏ.jsonl").write_text(line("đúng", "tháng 10/2025") + line("sai", "tháng 1/1999"), encoding="utf-8")
    shutil.copytree(real_index, index)
    options = ["--data", str(folder / "data"), "--sets", str(sets)]
    with serving(folder / "log", "-m", "assistant", "serve", "--index", str(index), *options, "--port") as served:
        yield served


@pytest.fixture(scope="module", params=[(1440, 900), (390, 844)], ids=["desktop", "phone"])
def browser(request):
    with opened(*request.param) as window:
        yield window


@pytest.fixture
def tab(browser, address):
    """The tab, freshly opened."""
    visit(browser, address)
    browser.execute_script(
        "[...document.querySelectorAll('button[role=tab]')].find(t => t.innerText.includes('Đánh giá')).click()"
    )
    until(lambda: found(browser, "#hvb-bench [data-act=run]"), "the form")
    return browser


def run(browser):
    done = len(found(browser, "#hvb-bench [data-event=input]"))
    press(browser, "#hvb-bench [data-act=run]")
    until(lambda: found(browser, ".hvb-bench-running progress"), "the bar")
    until(lambda: len(found(browser, "#hvb-bench [data-event=input]")) > done, "the end of the run")
    assert found(browser, ".hvb-bench-running") == []


@pytest.mark.one_window
def test_a_set_is_run_a_miss_is_opened_and_two_runs_are_compared(tab):
    """
    A run shows its bar until its end; the miss brings its right place into the viewer, marked; two runs stand beside each other.
    """
    run(tab)
    run(tab)
    assert "1/2 (50 %)" in found(tab, "#hvb-bench tbody tr")[0].text

    press(tab, "#hvb-bench [data-event=input]")
    until(lambda: found(tab, ".hvb-miss"), "the misses")
    assert [miss.get_attribute("data-id") for miss in found(tab, ".hvb-miss")] == ["sai"]
    tab.execute_script("document.querySelector('.hvb-miss').open = true")
    assert "tháng 1/1999" in found(tab, ".hvb-miss")[0].text
    assert found(tab, ".hvb-miss .hvb-steps li")
    press(tab, ".hvb-gold button")
    until(lambda: found(tab, "td.hvb-cited"), "the place")
    assert [" ".join(cell.text.split()) for cell in found(tab, "td.hvb-cited")] == ["Tháng 10/2025"]

    press(tab, "#hvb-bench [data-act=compare]")
    until(lambda: found(tab, ".hvb-comparison .hvb-difference"), "the comparison")
    assert "Chênh lệch: 0,0 điểm phần trăm" in found(tab, ".hvb-difference")[0].text
    assert [entry for entry in tab.get_log("browser") if entry["level"] == "SEVERE"] == []


@pytest.mark.one_window
def test_a_set_is_added(tab):
    """
    Wrong lines of a set that is pasted are named; once they are mended the set is added and chosen.
    """
    fill = "for (const [name, value] of Object.entries(arguments[0])) document.querySelector(`.hvb-bench-upload [name=${name}]`).value = value"
    tab.execute_script("document.querySelector('.hvb-bench-upload').open = true")
    tab.execute_script(fill, {"name": "của tôi", "text": line("một", "x") + "{"})
    press(tab, ".hvb-bench-send")
    until(lambda: "Dòng 2: không phải JSON" in found(tab, ".hvb-bench-said")[0].text, "the fault")

    tab.execute_script(fill, {"name": "của tôi", "text": line("một", "x")})
    press(tab, ".hvb-bench-send")
    chosen = "return document.querySelector('#hvb-bench select[name=set]')?.selectedOptions[0].text"
    until(lambda: tab.execute_script(chosen) == "của tôi (1 câu)", "the new set")
    until(lambda: "Đã thêm bộ" in found(tab, ".hvb-bench-said")[0].text, "the sentence")


def test_nothing_is_wider_than_the_window_and_axe_finds_nothing(tab):
    """
    With a result open nothing lies beside the window, and axe-core finds no fault that is serious.
    """
    import importlib.util
    from pathlib import Path

    if not found(tab, "#hvb-bench [data-event=input]"):
        run(tab)
    press(tab, "#hvb-bench [data-event=input]")
    until(lambda: found(tab, ".hvb-miss"), "the misses")
    tab.execute_script("document.querySelectorAll('#hvb-bench-column details').forEach(one => one.open = true)")
    wider = """return [...document.querySelectorAll('#hvb-bench-column :is(button, p, form, .hvb-scroll, details, dd)')]
        .filter(one => one.offsetWidth && one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('.hvb-scroll'))
        .map(one => one.outerHTML.slice(0, 90))"""
    assert tab.execute_script(wider) == []

    package = importlib.util.find_spec("axe_playwright_python")
    if package is None:
        pytest.skip("axe-playwright-python is not installed")
    script = next(Path(package.origin).parent.rglob("axe.min.js")).read_text(encoding="utf-8")
    tab.execute_script(script)
    found_faults = tab.execute_async_script(
        "const done = arguments[0]; axe.run('#hvb-bench-column').then(found => done(found.violations"
        ".filter(one => ['critical', 'serious'].includes(one.impact)).map(one => [one.id, one.nodes.map(n => n.html.slice(0, 120))])))"
    )
    assert found_faults == []
