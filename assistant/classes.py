"""
Live classes: a trainer asks questions one by one, people answer by the class code, the answers are counted.

Nothing here knows the web. A class belongs to its trainer, and every reading by a trainer names that trainer. Of those who take part nothing
is kept but a number, a nickname where they give one, and the hash of a random token; names and tokens are forgotten once the class is over.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from assistant.audit_log import SERVER, AuditLog, Event
from assistant.quiz_types import QuizQuestion, question_from, question_record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from assistant.records import Records

_SCHEMA = """
CREATE TABLE IF NOT EXISTS classes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT NOT NULL UNIQUE, owner TEXT NOT NULL, opened REAL NOT NULL, expires REAL NOT NULL,
    stage TEXT NOT NULL, position INTEGER NOT NULL, asked REAL NOT NULL, revision INTEGER NOT NULL, ranking INTEGER NOT NULL,
    asking INTEGER NOT NULL, questions TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS class_sending (
    class INTEGER PRIMARY KEY REFERENCES classes (id) ON DELETE CASCADE
);
CREATE TABLE IF NOT EXISTS participants (
    id INTEGER PRIMARY KEY AUTOINCREMENT, class INTEGER NOT NULL REFERENCES classes (id) ON DELETE CASCADE, token TEXT NOT NULL,
    number INTEGER NOT NULL, nickname TEXT NOT NULL, UNIQUE (class, token), UNIQUE (class, number)
);
CREATE TABLE IF NOT EXISTS responses (
    class INTEGER NOT NULL REFERENCES classes (id) ON DELETE CASCADE, position INTEGER NOT NULL,
    participant INTEGER NOT NULL REFERENCES participants (id) ON DELETE CASCADE, answer TEXT NOT NULL, is_right INTEGER NOT NULL,
    seconds REAL NOT NULL, PRIMARY KEY (class, position, participant)
);
"""
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # neither 0 nor O, 1 nor I nor L
CODE_LENGTH = 6
MOST_PARTICIPANTS = 200
_MOST_CLASSES = 50  # that one trainer keeps at a time
LONGEST_NICKNAME = 24
LASTS = 12 * 3600.0  # seconds that a class takes people and answers
KEPT = 30 * 86400.0  # seconds that its result is kept


class Stage(StrEnum):
    """What a class is doing."""

    WAITING = "waiting"  # people join; no question yet
    ASKING = "asking"
    REVEALED = "revealed"
    ENDED = "ended"


class Act(StrEnum):
    """What a trainer does to a class."""

    START = "start"  # the next question
    REVEAL = "reveal"
    END = "end"
    RANKING = "ranking"  # shown, or no longer
    ASKING = "asking"  # those who take part may ask questions of their own, or no longer
    SENDING = "sending"  # they may add documents to those of the class, or no longer


class Joining(StrEnum):
    """Why somebody is not let in."""

    OVER = "over"
    FULL = "full"


class NotJoinedError(Exception):
    """Somebody cannot join; ``reason`` says why."""

    def __init__(self, reason: Joining) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Classroom:
    """
    A class as it stands. ``position`` is that of the question asked or revealed last, -1 before the first.

    ``revision`` grows with every act of the trainer. ``ranking`` tells whether the ranking is shown at the end, ``asking`` whether those who
    take part may put questions of their own, ``sending`` whether they may add documents. Times are seconds since 1970.
    """

    id: int
    code: str
    owner: str
    opened: float
    stage: Stage
    position: int
    revision: int
    ranking: bool
    asking: bool
    sending: bool
    questions: tuple[QuizQuestion, ...]

    @property
    def question(self) -> QuizQuestion | None:
        """The question asked or revealed last."""
        return self.questions[self.position] if 0 <= self.position < len(self.questions) else None

    @property
    def is_last(self) -> bool:
        """Whether no question is left."""
        return self.position + 1 >= len(self.questions)


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who takes part: a ``number`` in the class, and a nickname, "" where none was given."""

    id: int
    number: int
    nickname: str


@dataclass(frozen=True, slots=True)
class Response:
    """What a participant answered to one question, and whether that is right."""

    answer: str
    is_right: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """How one question was answered: by how many, rightly by how many, and by how many for each option."""

    answered: int
    right: int
    options: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the ranking; equal scores have equal ``rank``. ``answered`` questions, of them ``right`` rightly."""

    rank: int
    participant: Participant
    answered: int
    right: int


def new_code() -> str:
    """Return a class code that is easily read aloud."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def plain_code(typed: str) -> str:
    """Return the code that *typed* means: capitals, without spaces and dashes; "" where it can be none."""
    code = "".join(letter for letter in typed.upper() if letter not in " -.\u00a0")
    return code if len(code) == CODE_LENGTH and all(letter in LETTERS for letter in code) else ""


def plain_nickname(typed: str) -> str:
    """Return *typed* on one line without signs that cannot be seen, cut to its longest."""
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in typed[:400]).split())
    return words[:LONGEST_NICKNAME].strip()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


_FOUND = "SELECT *, id IN (SELECT class FROM class_sending) AS sending FROM classes"


class Classes:
    """The classes of one server. *clean* is called with the id of a class that ends, begins anew or is deleted: what else was kept for it goes."""

    def __init__(
        self,
        records: Records,
        *,
        clock: Callable[[], float] = time.time,
        clean: Callable[[int], None] = lambda _: None,
    ) -> None:
        records.prepare(_SCHEMA)
        self._records, self._clock, self._clean = records, clock, clean
        self._audit = AuditLog(records, clock=clock)
        self._questions: dict[int, tuple[QuizQuestion, ...]] = {}  # of the classes read last

    def open(
        self, owner: str, questions: Sequence[QuizQuestion], *, ranking: bool = True, asking: bool = False
    ) -> Classroom:
        """
        Open a class of *owner* with these questions.

        Raises:
            ValueError: there is no question, or nobody owns the class.
        """
        if not questions or not owner:
            msg = "a class needs a trainer and a question"
            raise ValueError(msg)
        self.sweep()
        now = self._clock()
        kept = json.dumps([question_record(question) for question in questions], ensure_ascii=False)
        with self._records.transaction():
            code = new_code()
            while self._records.row("SELECT 1 FROM classes WHERE code = ?", (code,)):
                code = new_code()
            old = "SELECT id FROM classes WHERE owner = ? ORDER BY id DESC LIMIT -1 OFFSET ?"
            for row in self._records.rows(old, (owner, _MOST_CLASSES - 1)):
                self._drop(row["id"], SERVER)
            self._records.write(
                "INSERT INTO classes (code, owner, opened, expires, stage, position, asked, revision, ranking, asking, questions)"
                " VALUES (?, ?, ?, ?, ?, -1, ?, 0, ?, ?, ?)",
                (code, owner, now, now + LASTS, Stage.WAITING, now, ranking, asking, kept),
            )
            opened = self.of_trainer(owner, code)
            assert opened is not None  # noqa: S101 - it was just written
            self._note(Event.CLASS_MADE, owner, opened.id)
        return opened

    def _note(self, event: Event, actor: str, room: int) -> None:
        self._audit.note(event, actor=actor, room=str(room))

    def of_trainer(self, owner: str, code: str) -> Classroom | None:
        """Return the class with *code* of *owner*; None where there is none, or it is another's."""
        row = self._records.row(f"{_FOUND} WHERE code = ? AND owner = ?", (code, owner))
        return self._made(dict(row)) if row and owner else None

    def all_of(self, owner: str) -> list[Classroom]:
        """Return the classes of *owner*, the latest first."""
        rows = self._records.rows(f"{_FOUND} WHERE owner = ? ORDER BY id DESC", (owner,))
        return [self._made(dict(row)) for row in rows] if owner else []

    def by_code(self, code: str) -> Classroom | None:
        """Return the class that people join with *code*; None where there is none or its time has passed."""
        row = self._records.row(f"{_FOUND} WHERE code = ? AND expires > ?", (code, self._clock()))
        return self._made(dict(row)) if row else None

    def is_open(self, room: int) -> bool:
        """Tell whether the class with this id takes people and answers."""
        found = "SELECT 1 FROM classes WHERE id = ? AND expires > ? AND stage != ?"
        return self._records.row(found, (room, self._clock(), Stage.ENDED)) is not None

    def _made(self, row: Mapping[str, Any]) -> Classroom:
        questions = self._questions.get(row["id"])
        if questions is None:
            if len(self._questions) >= _MOST_CLASSES:
                self._questions.clear()
            questions = tuple(question_from(record) for record in json.loads(row["questions"]))
            self._questions[row["id"]] = questions
        over = row["expires"] <= self._clock()
        return Classroom(
            row["id"],
            row["code"],
            row["owner"],
            row["opened"],
            Stage.ENDED if over else Stage(row["stage"]),
            row["position"],
            row["revision"],
            bool(row["ranking"]),
            bool(row["asking"]),
            bool(row["sending"]),
            questions,
        )

    def act(self, owner: str, code: str, act: Act, *, revision: int) -> Classroom | None:
        """
        Do *act* to the class with *code* of *owner* and return it as it stands then; None where there is no such class.

        Nothing is done where the class has moved on since *revision*, so that a button pressed twice acts once, nor where *act* has no place
        now.
        """
        with self._records.transaction():
            room = self.of_trainer(owner, code)
            if room is None or room.revision != revision:
                return room
            stage, position, ranking, asking = room.stage, room.position, room.ranking, room.asking
            if act is Act.START and stage in (Stage.WAITING, Stage.REVEALED) and not room.is_last:
                stage, position = Stage.ASKING, position + 1
            elif act is Act.REVEAL and stage is Stage.ASKING:
                stage = Stage.REVEALED
            elif act is Act.END and stage is not Stage.ENDED:
                stage = Stage.ENDED
            elif act is Act.RANKING:
                ranking = not ranking
            elif act is Act.ASKING and stage is not Stage.ENDED:
                asking = not asking
            elif act is Act.SENDING and stage is not Stage.ENDED:
                change = (
                    "DELETE FROM class_sending WHERE class = ?"
                    if room.sending
                    else "INSERT INTO class_sending VALUES (?)"
                )
                self._records.write(change, (room.id,))
            else:
                return room
            asked = ", asked = ?" if act is Act.START else ""
            self._records.write(
                f"UPDATE classes SET stage = ?, position = ?, ranking = ?, asking = ?, revision = revision + 1{asked} WHERE id = ?",  # noqa: S608 - no word from outside
                (stage, position, ranking, asking, *((self._clock(),) if asked else ()), room.id),
            )
            if act in (Act.END, Act.ASKING, Act.SENDING):
                self._note(Event.CLASS_ENDED if act is Act.END else Event.CLASS_CHANGED, owner, room.id)
        if act is Act.END:
            self._clean(room.id)
        return self.of_trainer(owner, code)

    def clear(self, owner: str, code: str) -> Classroom | None:
        """Forget everybody who took part and all that they answered, and begin anew with the same code and questions."""
        with self._records.transaction():
            room = self.of_trainer(owner, code)
            if room is None:
                return None
            self._records.write("DELETE FROM participants WHERE class = ?", (room.id,))
            now = self._clock()
            self._records.write(
                "UPDATE classes SET stage = ?, position = -1, asked = ?, expires = ?, revision = revision + 1 WHERE id = ?",
                (Stage.WAITING, now, now + LASTS, room.id),
            )
            self._note(Event.CLASS_RESET, owner, room.id)
        self._clean(room.id)
        return self.of_trainer(owner, code)

    def delete(self, owner: str, code: str) -> bool:
        """Delete a class with all that belongs to it; tell whether there was one."""
        room = self.of_trainer(owner, code)
        if room is None:
            return False
        self._drop(room.id, owner)
        return True

    def delete_all(self, owner: str) -> None:
        """Delete every class of *owner* with all that belongs to it."""
        for row in self._records.rows("SELECT id FROM classes WHERE owner = ?", (owner,)):
            self._drop(row["id"], owner)

    def _drop(self, room: int, actor: str) -> None:
        with self._records.transaction():
            self._records.write("DELETE FROM classes WHERE id = ?", (room,))
            self._note(Event.CLASS_REMOVED, actor, room)
        self._questions.pop(room, None)
        self._clean(room)

    def sweep(self) -> None:
        """Forget names and tokens of classes whose time has passed, and classes whose result need not be kept any longer."""
        now = self._clock()
        for row in self._records.rows("SELECT id FROM classes WHERE opened < ?", (now - KEPT,)):
            self._drop(row["id"], SERVER)
        self._records.write(
            "UPDATE participants SET nickname = '', token = 'over-' || id"
            " WHERE token NOT LIKE 'over-%' AND class IN (SELECT id FROM classes WHERE expires <= ?)",
            (now,),
        )

    def join(self, room: Classroom, token: str, nickname: str = "") -> Participant:
        """
        Let whoever holds *token* take part in *room*, and return who that is; who has joined already stays the same.

        Raises:
            NotJoinedError: the class is over or full.
        """
        with self._records.transaction():
            if known := self.participant(room, token):
                return known
            row = self._records.row("SELECT expires, stage FROM classes WHERE id = ?", (room.id,))
            if row is None or row["expires"] <= self._clock() or row["stage"] == Stage.ENDED:
                raise NotJoinedError(Joining.OVER)
            counted = self._records.row(
                "SELECT COUNT(*) AS people, COALESCE(MAX(number), 0) AS last FROM participants WHERE class = ?",
                (room.id,),
            )
            if counted is None or counted["people"] >= MOST_PARTICIPANTS:
                raise NotJoinedError(Joining.FULL)
            self._records.write(
                "INSERT INTO participants (class, token, number, nickname) VALUES (?, ?, ?, ?)",
                (room.id, _hash(token), counted["last"] + 1, plain_nickname(nickname)),
            )
            joined = self.participant(room, token)
            assert joined is not None  # noqa: S101 - it was just written
            return joined

    def participant(self, room: Classroom, token: str) -> Participant | None:
        """Return who holds *token* in *room*, None where nobody does."""
        found = "SELECT id, number, nickname FROM participants WHERE class = ? AND token = ?"
        row = self._records.row(found, (room.id, _hash(token)))
        return Participant(row["id"], row["number"], row["nickname"]) if row and token else None

    def takes_part(self, room: Classroom, participant: Participant) -> bool:
        """Tell whether *participant* still takes part; nobody does once the class has begun anew."""
        found = "SELECT 1 FROM participants WHERE id = ? AND class = ?"
        return self._records.row(found, (participant.id, room.id)) is not None

    def respond(
        self, room: Classroom, participant: Participant, position: int, answer: str, *, mark: Callable[[], bool]
    ) -> bool:
        """
        Take an answer to the question at *position*; tell whether it counts.

        It does not where that question is not being asked now, or was answered already by the same participant.
        """
        is_right = mark()
        with self._records.transaction():
            row = self._records.row("SELECT stage, position, asked, expires FROM classes WHERE id = ?", (room.id,))
            if row is None or row["stage"] != Stage.ASKING or row["position"] != position:
                return False
            now = self._clock()
            if row["expires"] <= now or not self.takes_part(room, participant):
                return False
            statement = "INSERT OR IGNORE INTO responses VALUES (?, ?, ?, ?, ?, ?)"
            values = (room.id, position, participant.id, answer, is_right, max(0.0, now - row["asked"]))
            return self._records.write(statement, values) == 1

    def response(self, room: Classroom, participant: Participant, position: int) -> Response | None:
        """Return what *participant* answered to a question."""
        row = self._records.row(
            "SELECT answer, is_right FROM responses WHERE class = ? AND position = ? AND participant = ?",
            (room.id, position, participant.id),
        )
        return Response(row["answer"], bool(row["is_right"])) if row else None

    def people(self, room: Classroom) -> int:
        """Return how many have joined."""
        row = self._records.row("SELECT COUNT(*) AS people FROM participants WHERE class = ?", (room.id,))
        return int(row["people"]) if row else 0

    def tally(self, room: Classroom, position: int) -> Tally:
        """Return how the question at *position* was answered so far."""
        rows = self._records.rows(
            "SELECT answer, is_right, COUNT(*) AS times FROM responses WHERE class = ? AND position = ? GROUP BY answer, is_right",
            (room.id, position),
        )
        options = room.questions[position].options if 0 <= position < len(room.questions) else ()
        counts = [sum(row["times"] for row in rows if row["answer"] == str(i)) for i in range(len(options))]
        right = sum(row["times"] for row in rows if row["is_right"])
        return Tally(sum(row["times"] for row in rows), right, tuple(counts))

    def ranking(self, room: Classroom) -> list[Place]:
        """Return everybody who takes part, most right answers first; of those with as many, who answered faster."""
        rows = self._records.rows(
            "SELECT p.id, p.number, p.nickname, COUNT(r.position) AS answered, COALESCE(SUM(r.is_right), 0) AS right,"
            " COALESCE(SUM(CASE WHEN r.is_right THEN r.seconds END), 0) AS seconds"
            " FROM participants p LEFT JOIN responses r ON r.participant = p.id WHERE p.class = ? GROUP BY p.id"
            " ORDER BY right DESC, seconds, p.number",
            (room.id,),
        )
        places: list[Place] = []
        for position, row in enumerate(rows, 1):
            rank = places[-1].rank if places and places[-1].right == row["right"] else position
            person = Participant(row["id"], row["number"], row["nickname"])
            places.append(Place(rank, person, row["answered"], row["right"]))
        return places
