"""What the screen does, without Gradio: ask, take back, open a place, teach."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from assistant.characters import whole_characters
from assistant.chat.conversation import Turn
from assistant.chat.original_pages import original_view
from assistant.chat.viewer import render_document, render_shelf
from assistant.feedback import Verdict
from assistant.lessons import lessons
from assistant.library import Library
from assistant.reloading import PerIndex
from assistant.wording import document_name
from indexer.errors import InputError
from indexer.types import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from assistant.chat.strings import Strings
    from assistant.conversation import State
    from assistant.corpus import Corpus
    from assistant.history import Said
    from assistant.lessons import Lesson
    from assistant.library import Holdings
    from assistant.types import Citation, Reply
    from indexer.types import Document

_log = logging.getLogger(__name__)
_KEPT_TURNS = 40  # a longer conversation forgets its oldest questions
_EXAMPLES = 6


class Asks(Protocol):
    """What is needed of ``assistant.service.Assistant``."""

    @property
    def index(self) -> Holdings:
        """The index that is asked."""

    @property
    def corpus(self) -> Corpus:
        """What is known of the documents of the index."""

    def record(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer record of ``{"id", "question", "history"?}``."""

    @property
    def today(self) -> date | None:
        """The day that deadlines are compared with, None for that of the machine."""

    def ask(self, question: str, state: State | None = None, *, literal: bool = False) -> tuple[Reply, State]:
        """Answer *question* and return the state that the next one starts from."""


class ByDocument(Mapping[str, str]):
    """What *say* says of the documents of an assistant's corpus, by id, whatever index it asks; "" says nothing. Looked up one by one."""

    def __init__(self, assistant: Asks, say: Callable[[Document], str]) -> None:
        self._assistant, self._say = assistant, say
        self._said: PerIndex[dict[str, str]] = PerIndex(assistant, lambda _: {})

    def __getitem__(self, name: str) -> str:
        said = self._said.get()
        if name not in said:
            try:
                said[name] = self._say(self._assistant.index.document(name))
            except InputError:
                raise KeyError(name) from None
        if not said[name]:
            raise KeyError(name)
        return said[name]

    def __iter__(self) -> Iterator[str]:
        return (document.id for document in self._assistant.index.documents if document.id in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _date(document: Document) -> str:
    issued_on = document.metadata.issued_on
    return "/".join(reversed(issued_on.value.split("-"))) if issued_on else ""


@dataclass(frozen=True, slots=True)
class Desk:
    """
    The acts of one screen over one assistant; holds nothing of any user.

    What it knows of the corpus follows the index that the assistant asks.
    """

    assistant: Asks
    strings: Strings
    made_lessons: PerIndex[tuple[Lesson, ...]]
    made_library: PerIndex[Library]

    @classmethod
    def over(cls, assistant: Asks, strings: Strings) -> Desk:
        """Return a desk over the assistant's corpus; *strings* may name files and the shelf that its documents lie on."""

        def name(document: Document) -> str:
            nameless = not document.metadata.number and not document.metadata.issuer
            file = strings.files.get(document.id) if nameless else None
            return file or document_name(document, strings.language)

        names, dates = ByDocument(assistant, name), ByDocument(assistant, _date)
        made_lessons, made_library = PerIndex(assistant, lessons), PerIndex(assistant, Library)
        return cls(assistant, replace(strings, documents=names, dates=dates), made_lessons, made_library)

    @property
    def lessons(self) -> tuple[Lesson, ...]:
        """The guided questions that the corpus can fill."""
        return self.made_lessons.get()

    @property
    def library(self) -> Library:
        """The documents of the corpus as a person looks for them."""
        return self.made_library.get()

    def examples(self) -> tuple[str, ...]:
        """Return questions that the corpus at hand answers."""
        return tuple(lesson.question for lesson in self.lessons)[:_EXAMPLES]

    def asked(self, question: str, turns: Sequence[Turn]) -> tuple[Turn, ...]:
        """Return *turns* with *question* added, not answered yet."""
        goes_on = bool(turns) and turns[-1].shelf == self.strings.shelf
        before = turns[-1].after if goes_on else None
        turn = Turn(whole_characters(question), before=before, strings=self._own_strings)
        return (*turns, turn)[-_KEPT_TURNS:]

    def taken_back(self, position: int, turns: Sequence[Turn]) -> tuple[Turn, ...]:
        """Return *turns* with the question at *position* to be asked once more, word for word; *turns* if there is none."""
        if not 0 <= position < len(turns):
            return tuple(turns)
        turn = turns[position]
        return (*turns, Turn(turn.question, before=turn.before, literal=True, strings=turn.strings))[-_KEPT_TURNS:]

    def answered(self, turns: Sequence[Turn]) -> tuple[Turn, ...]:
        """Return *turns* with the last question answered, or with the reason in words why it could not be."""
        if not turns:
            return ()
        *earlier, turn = turns
        reply, state = self._ask(turn.question, turn.before, literal=turn.literal)
        if isinstance(reply, str):
            return (*earlier, replace(turn, error=reply, after=turn.before))
        return (*earlier, replace(turn, reply=reply, after=state))

    def stopped(self, turns: Sequence[Turn]) -> tuple[Turn, ...]:
        """Return *turns* with a word that the question after them was ended by the person."""
        after = turns[-1].after if turns else None
        strings = turns[-1].strings if turns else None
        return (*turns, Turn("", error=self.strings("conversation.stopped"), after=after, strings=strings))[
            -_KEPT_TURNS:
        ]

    def judged(self, position: int, verdict: str, turns: Sequence[Turn]) -> tuple[Turn, ...]:
        """Return *turns* with *verdict* noted on the reply at *position*; *turns* if there is no such reply or verdict."""
        if not 0 <= position < len(turns) or turns[position].reply is None or verdict not in set(Verdict):
            return tuple(turns)
        return (*turns[:position], replace(turns[position], verdict=verdict), *turns[position + 1 :])

    def resumed(self, said: Sequence[Said], turns: Sequence[Turn] = ()) -> tuple[Turn, ...]:
        """
        Return *turns* with those of a conversation that was kept, all of this desk's shelf, ready to go on.

        Replies stand as they were given; what the next question starts from comes of asking the questions once more.
        """
        state = turns[-1].after if turns and turns[-1].shelf == self.strings.shelf else None
        made = list(turns)
        for one in said[-_KEPT_TURNS:]:
            before = state
            state = self._ask(one.question, state, literal=one.literal)[1]
            reply, error = (None, one.reply) if isinstance(one.reply, str) else (one.reply, None)
            turn = Turn(one.question, reply, error, before, state, one.literal, strings=self._own_strings)
            made.append(turn)
        return tuple(made)

    @property
    def _own_strings(self) -> Strings | None:
        return self.strings if self.strings.shelf else None

    def _ask(self, question: str, state: State | None, *, literal: bool) -> tuple[Reply | str, State | None]:
        try:
            return self.assistant.ask(question, state, literal=literal)
        except InputError as error:
            return str(error), state
        except Exception:  # noqa: BLE001 - the boundary: the log gets the traceback, the screen a sentence
            _log.exception("question of %d characters failed", len(question))
            return self.strings("error.failed"), state

    def shelf(self) -> str:
        """Return the list of documents as HTML."""
        return render_shelf(self.assistant.index.documents, strings=self.strings)

    def place(self, data: Mapping[str, object]) -> str:
        """
        Return the document that *data* (of a pressed button) names as HTML, its cited words marked.

        *data* comes from the browser: an unknown document or offsets outside of it give a sentence instead.
        """
        try:
            document = self.assistant.index.document(str(data["document"]))
            cited = Span(int(str(data["start"])), int(str(data["end"]))) if "start" in data else None
        except (InputError, KeyError, ValueError):
            return self._no_place()
        if cited and cited.end > len(document.text):
            return self._no_place()
        index = self.assistant.index
        return render_document(
            document,
            index.clauses(document.id),
            index.tables(document.id),
            strings=self.strings,
            cited=cited,
            place=str(data.get("place", "")),
            original=original_view(index, document, cited=cited, strings=self.strings, shelf=self.strings.shelf),
        )

    def cited(self, citation: Citation) -> str:
        """Return the document of *citation* as HTML, its words marked."""
        return self.place(
            {"document": citation.document, "start": citation.start, "end": citation.end, "place": citation.label}
        )

    def _no_place(self) -> str:
        return f'<p class="hvb-notice">{self.strings("error.place")}</p>{self.shelf()}'
