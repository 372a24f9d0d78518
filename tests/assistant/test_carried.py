"""A conversation on its way to the page in the other language."""

from __future__ import annotations

import pytest

from assistant.chat.ask_tab import AskTab
from assistant.chat.carried import Carried, CarriedTurns
from assistant.chat.conversation import Turn
from assistant.chat.desk import Desk
from assistant.chat.office import Office
from assistant.chat.strings import load_strings
from assistant.visitors import ANYBODY, OWNER
from tests.assistant.chat_fakes import FakeAssistant

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::UserWarning")
KEY = "0123456789abcdef" * 2
CARRIED = Carried((Turn("nhiệm vụ 9"),), "")


class Sent:
    """What a button of the page sends."""

    def __init__(self, **data):
        self._data = data


class Asked:
    """A request without cookies."""

    cookies: dict[str, str] = {}  # noqa: RUF012 - as a request has them


def test_it_is_taken_once_and_by_whom_it_belongs_to():
    """
    Another visitor does not get it, a guessable key is not taken, and after it was taken, or a minute, nothing is left.
    """
    now = [0.0]
    held = CarriedTurns(clock=lambda: now[0])
    assert not held.put(OWNER, "1", CARRIED)
    assert held.put(OWNER, KEY, CARRIED)
    assert held.take(ANYBODY, KEY) is None
    assert held.take(OWNER, KEY) == CARRIED
    assert held.take(OWNER, KEY) is None
    held.put(OWNER, KEY, CARRIED)
    now[0] = 61.0

    assert held.take(OWNER, KEY) is None


def test_the_page_in_the_other_language_shows_it():
    """
    What one page puts down the other takes up, in its own words, and the next question goes on from it.
    """
    office = Office(FakeAssistant())
    here, there = (AskTab(Desk.over(office.assistant, load_strings(language)), office) for language in ("vi", "en"))
    turns = here.desk.answered(here.desk.asked("ai chủ trì nhiệm vụ 9?", ()))
    assert f'data-kept="{KEY}"' in here.put(turns, "", Sent(key=KEY), Asked())
    _, taken, html = there.take(Sent(key=KEY), Asked())

    assert taken == turns
    assert "Copy with sources" in html
    assert there.desk.answered(there.desk.asked("nhiệm vụ 8?", taken))[-1].after.asked == 2
