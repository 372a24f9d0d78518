"""SIGKILL at random moments of adding, removing and building: the index always opens as the old or the new generation and answers accordingly."""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from eval.drills.material import Material, Seen, see
from eval.drills.outcome import Outcome
from eval.drills.processes import context, in_child, running_in
from indexer.build import add, build, remove
from indexer.errors import HoiVanBanError
from indexer.generation import unfinished
from indexer.keeping import collect

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerProcess
    from pathlib import Path

_PATIENCE = 120.0  # seconds for one uninterrupted act
_ENDING = 30.0  # seconds in which what a killed writer had started must end by itself
# from where on moments are drawn: the start, the first step of publishing, the first file that is written
_FROM = ("start", "passages 1", "write 2")


class State(NamedTuple):
    """What an index should hold: which version of the corpus, and whether the further document."""

    corpus: int
    more: bool


class Act(NamedTuple):
    """What is done to an index in a state, and the state that it leads to."""

    name: str
    corpus: int
    leads_to: State


def acts(state: State) -> list[Act]:
    """Return what changes an index in *state*."""
    other = 1 - state.corpus
    more = Act("remove" if state.more else "add", state.corpus, State(state.corpus, not state.more))
    return [more, Act("build", other, State(other, state.more))]


def perform(material: Material, act: Act, index: Path, tell: Callable[[str], None] = lambda _: None) -> None:
    """Do *act* to *index*; *tell* hears each step of it."""

    def progress(what: str, done: int, _total: int) -> None:
        tell(f"{what} {done}")

    if act.name == "build":
        build(material.corpora[act.corpus], index, progress=progress)
    elif act.name == "add":
        add([material.more], index, progress=progress)
    else:
        remove([material.more.stem], index, progress=progress)


def _child(material: Material, act: Act, index: Path, temporary: Path, pipe: Connection) -> None:
    os.environ["TMPDIR"] = tempfile.tempdir = str(temporary)  # what is started for it is known by this folder
    pipe.send("start")
    perform(material, act, index, pipe.send)
    pipe.send("end")


class _Running:
    """A child that does an act."""

    def __init__(self, material: Material, act: Act, index: Path, temporary: Path) -> None:
        self._pipe, theirs = context().Pipe(duplex=False)
        self.process: ForkServerProcess = context().Process(
            target=_child, args=(material, act, index, temporary, theirs)
        )
        self.process.start()
        theirs.close()

    def wait_for(self, step: str) -> bool:
        """Wait until *step* was told, or a later one; tell whether it was before the end."""
        try:
            while self._pipe.poll(_PATIENCE):
                told = self._pipe.recv()
                if told == step:
                    return True
        except EOFError:
            pass
        return False

    def kill(self) -> bool:
        """Kill the child; tell whether it still ran."""
        self.process.join(0)
        ran = self.process.exitcode is None
        self.process.kill()
        self.process.join()
        self._pipe.close()
        return ran


def _reference(material: Material, state: State, folder: Path) -> Seen:
    """Return what an index in *state* looks like when nothing was interrupted."""
    index = folder / f"{state.corpus}-{state.more:d}"
    perform(material, Act("build", state.corpus, state), index)
    if state.more:
        perform(material, Act("add", state.corpus, state), index)
    return see(index, material.questions)


def _lengths(material: Material, act: Act, index: Path, temporary: Path) -> dict[str, float]:
    """Return the seconds from each of ``_FROM`` to the end of *act*."""
    running = _Running(material, act, index, temporary)
    times = {step: time.monotonic() for step in _FROM if running.wait_for(step)}
    running.wait_for("end")
    end = time.monotonic()
    running.process.join()
    running.kill()
    return {step: end - at for step, at in times.items()}


def kill(
    material: Material, folder: Path, *, count: int, seed: int, told: Callable[[int], None] = lambda _: None
) -> Outcome:
    """
    Kill a writer *count* times in *folder*, a third each anywhere, while publishing and while writing files; look after each.

    *told* hears how many are done.
    """
    index, temporary, reference = folder / "index", folder / "tmp", folder / "reference"
    temporary.mkdir(parents=True)
    known = {
        state: in_child(_reference, material, state, reference)
        for state in (State(0, more=False), State(0, more=True), State(1, more=False), State(1, more=True))
    }
    state, lengths = State(0, more=False), {}
    in_child(perform, material, Act("build", 0, state), index)
    for act in (acts(state)[0], acts(State(0, more=True))[0], acts(state)[1], acts(State(1, more=False))[1]):
        lengths[act.name] = _lengths(material, act, index, temporary)  # leads back to where it began
    chosen = random.Random(seed)  # noqa: S311 - no secret
    failures: list[str] = []
    counted: Counter[str] = Counter()
    for number in range(count):
        act = chosen.choice(acts(state))
        step = _FROM[number % len(_FROM)]
        running = _Running(material, act, index, temporary)
        running.wait_for(step)
        time.sleep(chosen.uniform(0, lengths[act.name][step]))
        counted["killed at work" if running.kill() else "ended before"] += 1
        counted[act.name] += 1
        try:
            seen = in_child(see, index, material.questions)
        except HoiVanBanError as error:
            failures.append(f"kill {number} of {act.name}: {error}")
            break
        fitting = [one for one in (state, act.leads_to) if known[one].manifest == seen.manifest]
        if not fitting:
            failures.append(
                f"kill {number} of {act.name}: {seen.generation} is neither the old nor the new state: it holds {seen.documents}, "
                f"{known[act.leads_to].documents} were wanted"
            )
            break
        if (seen.documents, seen.answers) != (known[fitting[0]].documents, known[fitting[0]].answers):
            failures.append(f"kill {number} of {act.name}: {seen.generation} answers otherwise than it should")
        counted["old" if fitting[0] == state else "new"] += 1
        state = fitting[0]
        told(number + 1)
    failures += _ends(material, index, temporary, state)
    done = sum(counted[name] for name in ("old", "new")) or count
    return Outcome(
        "kill", "SIGKILL of add, remove and build at a random moment", done, tuple(failures), _figures(counted)
    )


def _figures(counted: Counter[str]) -> dict[str, float | str]:
    wanted = ("add", "remove", "build", "killed at work", "ended before", "old", "new")
    return {name: float(counted[name]) for name in wanted if counted[name]}


def _ends(material: Material, index: Path, temporary: Path, state: State) -> list[str]:
    """Return what does not hold at the end: nothing that was started goes on, the next act works, and nothing is left over."""
    failures = []
    end = time.monotonic() + _ENDING
    while (left := running_in(temporary)) and time.monotonic() < end:
        time.sleep(0.2)
    if left:
        failures.append(f"{len(left)} processes that a killed writer had started still run")
    in_child(perform, material, acts(state)[0], index)
    if remains := [*unfinished(index), *(one.path for one in in_child(collect, index).leftovers)]:
        failures.append(f"left over after the next one: {', '.join(path.name for path in remains)}")
    return failures
