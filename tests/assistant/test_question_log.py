"""The log of questions: off by default, masked, for a time; and all that goes when a person wants it to."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from assistant.__main__ import main
from assistant.audit_log import OPERATOR, AuditLog, Event
from assistant.chat import ask_tab
from assistant.chat.desk import Desk
from assistant.chat.office import Office
from assistant.chat.strings import load_strings
from assistant.masking import masked
from assistant.question_log import Asked, QuestionLog
from assistant.records import Records
from assistant.visitors import ANYBODY, Visitor
from tests.assistant.chat_fakes import FakeAssistant
from tests.assistant.test_accounts import Clock
from tests.assistant.test_leaving import data, kept, people  # noqa: F401 - fixtures

LAN, MINH = Visitor("lan", "Lan", frozenset()), Visitor("minh", "Minh", frozenset())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CCCD 012345678901 có được hỗ trợ không?", "CCCD [số] có được hỗ trợ không?"),
        ("CMND 045 678 912", "CMND [số]"),
        ("gọi 0912.345.678 hay (0213) 3876-543, +84 912 345 678", "gọi [số] hay [số], [số]"),
        ("hộ chiếu B1234567, BHXH 0123456789", "hộ chiếu [số], BHXH [số]"),
        ("stk 1903 4567 8901 23", "stk [số]"),
        ("số ０９１２３４５６７８ và 09\u200b12345678", "số [số] và [số]"),
        ("gửi lan.nguyen@tinh.gov.vn, xin cảm ơn", "gửi [thư điện tử], xin cảm ơn"),
        ("mật khẩu là Abc@123 và MK: hoasen", "mật khẩu là [mật khẩu] và MK: [mật khẩu]"),
        # what a question is about stays
        ("Kế hoạch 6896/KH-UBND ngày 04/11/2025", "Kế hoạch 6896/KH-UBND ngày 04/11/2025"),
        ("trước 30-12-2026, 30.12.2026 hay 2026-12-30", "trước 30-12-2026, 30.12.2026 hay 2026-12-30"),
        ("giai đoạn 2025-2030, 2021 - 2025 - 2030", "giai đoạn 2025-2030, 2021 - 2025 - 2030"),
        ("nhiệm vụ 9, 10 và 12 của Phụ lục II", "nhiệm vụ 9, 10 và 12 của Phụ lục II"),
        ("57-NQ/TW có hiệu lực từ đâu", "57-NQ/TW có hiệu lực từ đâu"),
    ],
)
def test_personal_numbers_are_masked(text, expected):
    """
    Numbers of cards, telephones and accounts, e-mail and passwords go; numbers of documents, days and years stay.
    """
    assert masked(text) == expected


def test_nothing_is_kept_unless_it_is_switched_on():
    """
    A log without days writes nothing.
    """
    records = Records.in_memory()
    QuestionLog(records).add(LAN, "nhiệm vụ 9", "answered")

    assert QuestionLog(records).all() == []


def test_a_question_is_kept_masked_for_its_days():
    """
    It goes when its time has passed, even where the log was switched off meanwhile; a long question is cut.
    """
    records, clock = Records.in_memory(), Clock()
    log = QuestionLog(records, days=30, clock=clock)
    log.add(LAN, "số 0912345678 của ai", "not_found")
    log.add(ANYBODY, "x" * 100_000, "error")
    assert log.all()[0] == Asked(clock.now, "lan", "số [số] của ai", "not_found")
    assert len(log.all()[1].question) == 500

    clock.go(30 * 86400 - 1)
    off = QuestionLog(records, clock=clock)
    assert off.sweep() == 0
    clock.go(1)
    assert off.sweep() == 2
    assert log.all() == []


def test_the_chat_logs_what_the_shared_documents_are_asked(monkeypatch):
    """
    A question of the chat is kept with its end; one about somebody's own documents is not.
    """
    office = Office(FakeAssistant(), question_days=30)
    strings = load_strings("vi")
    own = Desk.over(office.assistant, replace(strings, shelf="own"))
    monkeypatch.setattr(ask_tab, "desk_for", lambda *_: own)
    tab = ask_tab.AskTab(Desk.over(office.assistant, strings), office)
    for question, shelf in (("nhiệm vụ 9", ""), ("đơn của tôi", "own")):
        list(tab.ask(question, (), shelf, SimpleNamespace(cookies={}, client=None)))

    assert [(one.account, one.question, one.status) for one in office.questions.all()] == [
        ("owner", "nhiệm vụ 9", "answered")
    ]


def test_an_answer_comes_though_the_log_cannot_be_written(caplog):
    """
    A log that cannot be written is told to who runs the server; the person gets the answer.
    """
    office = Office(FakeAssistant(), question_days=30)
    office.records.write("DROP TABLE question_log")
    tab = ask_tab.AskTab(Desk.over(office.assistant, load_strings("vi")), office)
    *_, last = tab.ask("nhiệm vụ 9", (), "", SimpleNamespace(cookies={}, client=None))

    assert "Sở Khoa học" in str(last)
    assert "log of questions" in caplog.text


def test_a_person_has_all_data_deleted_and_keeps_the_account(people, data, capsys):  # noqa: F811 - fixtures
    """
    Everything of that person goes, down to the bytes of the question; the account and all of another stay; the audit log says that, no more.
    """
    records, (lan, minh) = people
    log = QuestionLog(records, days=30)
    log.add(lan, "câu hỏi riêng tư", "answered")
    log.add(minh, "câu hỏi của người khác", "answered")
    assert main(["delete-my-data", "--account", "Lan", "--data", str(data)]) == 0

    assert kept(records, data, lan) == (0, 0, 0, 0, 2, 2, 1)
    assert kept(records, data, minh) == (1, 1, 1, 1, 2, 2, 1)
    assert [one.account for one in log.all()] == [minh.id]
    assert records.row("SELECT 1 FROM account WHERE id = ?", (lan.id,)) is not None
    written = b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())
    assert "câu hỏi riêng tư".encode() not in written
    assert "câu hỏi của người khác".encode() in written
    last = list(AuditLog(records).entries())[-1]
    assert (last.event, last.actor, last.subjects) == (Event.DATA_DELETED, OPERATOR, {"account": lan.id})
    assert "bản sao lưu" in capsys.readouterr().out
    assert main(["delete-my-data", "--account", "Ai", "--data", str(data)]) == 1


@pytest.mark.parametrize("option", [("--log-questions", "400"), ("--log-questions", "-1"), ("--keep-audit", "30")])
def test_a_retention_out_of_bounds_is_refused(option, tmp_path, capsys):
    """
    Questions are kept for a year at most, the audit log for a year at least.
    """
    assert main(["serve", *option, "--data", str(tmp_path / "data")]) == 1
    assert option[0] in capsys.readouterr().err
    assert not (tmp_path / "data").exists()
