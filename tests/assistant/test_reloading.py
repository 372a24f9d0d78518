"""An assistant that follows its index, and what is made of an index."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from assistant.reloading import PerIndex, SharedAssistant
from indexer.errors import IndexDamagedError


@dataclass(eq=False)
class FakeIndex:
    """A generation's name."""

    generation: str


@dataclass(eq=False)
class FakeAssistant:
    """Answers with the name of its generation."""

    index: FakeIndex
    warmed: bool = False

    def warm(self):
        self.warmed = True

    def ask(self, question, state=None, *, literal=False):  # noqa: ARG002 - the protocol's
        return f"{question} {self.index.generation}", state


class Clock:
    """Goes when it is told to."""

    now = 0.0

    def __call__(self):
        return self.now


def publish(directory, name):
    (directory / "CURRENT").write_text(f"{name} {'0' * 64}\n", encoding="ascii")


def open_fake(directory):
    return FakeAssistant(FakeIndex((directory / "CURRENT").read_text().split()[0]))


def test_a_new_generation_answers_once_it_is_warm(tmp_path):
    """
    Within a second nobody looks; then the new generation is opened and warmed beside the old one, and takes its place.
    """
    publish(tmp_path, "gen-000001")
    clock = Clock()
    told = []
    shared = SharedAssistant(tmp_path, open_fake, clock=clock, swapped=told.append)
    publish(tmp_path, "gen-000002")
    clock.now = 0.5
    assert shared.ask("x")[0] == "x gen-000001"
    clock.now = 1.5
    shared.ask("x")
    shared.wait(10)

    assert shared.ask("x")[0] == "x gen-000002"
    assert shared.current.warmed
    assert told == ["gen-000002"]


def test_an_older_generation_that_was_gone_back_to_answers(tmp_path):
    """
    Whatever CURRENT names is followed, backward too.
    """
    publish(tmp_path, "gen-000002")
    clock = Clock()
    shared = SharedAssistant(tmp_path, open_fake, clock=clock)
    publish(tmp_path, "gen-000001")
    clock.now = 2.0
    shared.ask("x")
    shared.wait(10)

    assert shared.ask("x")[0] == "x gen-000001"


def test_an_index_that_was_made_anew_answers(tmp_path):
    """
    Where the folder was emptied and built again, the generation has the same name and is another one all the same.
    """
    publish(tmp_path, "gen-000001")
    clock, told = Clock(), []
    shared = SharedAssistant(tmp_path, open_fake, clock=clock, swapped=told.append)
    first = shared.current
    (tmp_path / "CURRENT").write_text(f"gen-000001 {'1' * 64}\n", encoding="ascii")
    clock.now = 2.0
    shared.ask("x")
    shared.wait(10)

    assert shared.current is not first
    clock.now = 4.0
    shared.ask("x")
    shared.wait(10)
    assert told == ["gen-000001"]


def test_a_generation_that_cannot_be_opened_leaves_the_old_one(tmp_path, caplog):
    """
    No question fails because a new generation is damaged; the log says what is wrong, and it is tried again later.
    """
    publish(tmp_path, "gen-000001")
    clock, fail = Clock(), [False]

    def open_or_fail(directory):
        if fail[0]:
            message = "gen-000002: damaged"
            raise IndexDamagedError(message)
        return open_fake(directory)

    shared = SharedAssistant(tmp_path, open_or_fail, clock=clock)
    publish(tmp_path, "gen-000002")
    clock.now, fail[0] = 2.0, True
    with caplog.at_level(logging.ERROR):
        shared.ask("x")
        shared.wait(10)
    assert shared.ask("x")[0] == "x gen-000001"
    assert "the one before goes on answering" in caplog.text
    clock.now, fail[0] = 40.0, False
    shared.ask("x")
    shared.wait(10)

    assert shared.ask("x")[0] == "x gen-000002"


def test_an_index_that_is_gone_leaves_the_one_that_is_open(tmp_path, caplog):
    """
    Whatever happens to the folder, the open generation goes on answering.
    """
    publish(tmp_path, "gen-000001")
    clock = Clock()
    shared = SharedAssistant(tmp_path, open_fake, clock=clock)
    (tmp_path / "CURRENT").write_text("nonsense", encoding="ascii")
    clock.now = 2.0
    assert shared.ask("x")[0] == "x gen-000001"
    (tmp_path / "CURRENT").unlink()
    clock.now = 100.0
    assert shared.ask("x")[0] == "x gen-000001"


def test_what_is_made_of_an_index_is_made_once_a_generation():
    """
    The same index gives the same thing; another one has it made anew.
    """
    assistant = FakeAssistant(FakeIndex("1"))
    made = PerIndex(assistant, lambda index: [index.generation])
    first = made.get()
    assert made.get() is first
    assistant.index = FakeIndex("2")

    assert made.get() == ["2"]
