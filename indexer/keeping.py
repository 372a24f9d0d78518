"""
The generations of an index that are kept: verifying one, going back to an older one, clearing away what none of them needs.

Nothing of a generation is ever changed here; going back replaces ``CURRENT`` alone, as publishing does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.embedding import DEFAULT_MODEL, load_encoder
from indexer.errors import IndexDamagedError, InputError, StoreError
from indexer.generation import (
    current_name,
    generation_name,
    generation_numbers,
    kept_names,
    make_current,
    manifests_of,
    read_generation,
    read_pointer,
    remove_all,
    superfluous,
    unfinished,
    writing,
)
from indexer.home import home_of
from indexer.index import Index
from indexer.location import DatabaseAddress
from indexer.originals import clear_originals, unnamed_originals
from indexer.sealed import check_shipped
from indexer.segment import check_model, model_folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from indexer.location import Location


@dataclass(frozen=True, slots=True)
class WentBack:
    """Which generation was the current one, None where that cannot be told, and which one is now."""

    before: str | None
    now: str


@dataclass(frozen=True, slots=True)
class Leftover:
    """A file or folder of an index that no kept generation needs, with its size in bytes."""

    path: Path
    size: int


@dataclass(frozen=True, slots=True)
class Collected:
    """The generations that are kept, the oldest first, and what is not."""

    kept: tuple[str, ...]
    leftovers: tuple[Leftover, ...]


def verified(directory: Location, pointer: tuple[str, str] | None = None) -> Index:
    """
    Return the index in *directory*, its current generation or that of a *pointer*, with all that its answers rest on verified.

    That is every file with its originals, the model that it was built with, by its hash and by its canary sentences, and all models
    that the indexer is delivered with.

    Raises:
        StoreError: something is missing, damaged or another than when it was built; the message names it.
        InputError: a file of a model is damaged, or there is no such model on this machine.
    """
    check_shipped()
    check_model(model_folder())
    name = home_of(directory).open(pointer).manifest.model.name
    index = Index.open(
        directory, load_encoder=lambda: load_encoder(None if name == DEFAULT_MODEL else name), pointer=pointer
    )
    index.warm()
    index.verify()
    return index


def roll_back(directory: Location, to: int | None = None) -> WentBack:
    """
    Make generation number *to* of the index in *directory* the current one, by default the newest that is older than it.

    It is verified first, and nothing is removed: one can go forward again in the same way. Where ``CURRENT`` is damaged, the default is
    the newest generation. The next build, whatever it is made from, gets a number of its own.

    Raises:
        IndexMissingError: there is no index.
        IndexBusyError: another program is writing it.
        StoreError: no such generation is kept, or it does not verify; the current one is still the same.
    """
    if isinstance(directory, DatabaseAddress):
        return _roll_back_database(directory, to)
    if not generation_numbers(directory):
        Index.open(directory)  # tells what is there instead
    with writing(directory):
        try:
            before = current_name(directory)
        except IndexDamagedError:  # going back mends it
            before = None
        names = [generation_name(number) for number in generation_numbers(directory)]
        pointer = read_pointer(directory, _target(directory, names, before, to))
        now = verified(directory, pointer).generation
        if now != before:
            make_current(directory, pointer)
    return WentBack(before, now)


def _roll_back_database(address: DatabaseAddress, to: int | None) -> WentBack:
    from indexer.postgres.home import PostgresHome  # noqa: PLC0415 - its driver is an extra

    home = PostgresHome(address)
    home.open()  # tells what is there instead
    with home.writing():
        before = home.current_name()
        pointers = home.pointers()
        name = _target(address, list(pointers), before, to)
        now = verified(address, pointers[name]).generation
        if now != before:
            home.make_current(pointers[name])
    return WentBack(before, now)


def _target(directory: Location, names: Sequence[str], before: str | None, to: int | None) -> str:
    older = names[: names.index(before)] if before in names else names
    wanted = generation_name(to) if to is not None else older[-1] if older else None
    if wanted in names:
        return str(wanted)
    fact = f"{before} is the oldest generation that is kept" if wanted is None else f"{wanted} is not kept"
    others = ", ".join(name for name in names if name != before)
    step = (
        f"Name one of {others}:  python -m indexer rollback --to N --index {directory}"
        if others
        else f"There is no other one; build from the corpus:  python -m indexer build --index {directory}"
    )
    msg = f"{directory}: {fact}.\n  {step}"
    raise StoreError(msg)


def collect(directory: Location, *, dry_run: bool = False) -> Collected:
    """
    Remove what no kept generation of the index in *directory* needs; with *dry_run* only tell what that is.

    That are generations beyond the kept ones, what killed writers left, and originals that no kept generation names. A damaged index
    is left as it is: what lies there may be what mends it.

    Raises:
        IndexMissingError: there is no index.
        IndexBusyError: another program is writing it.
        IndexDamagedError: the current generation is not what was written.
    """
    if isinstance(directory, DatabaseAddress):
        msg = f"{directory}: a database drops what it does not keep whenever it publishes.\n  There is nothing to clear away"
        raise InputError(msg)
    read_generation(directory)
    with writing(directory):
        current = read_generation(directory).name
        kept = kept_names(directory, current=current)
        named = {entry.sha256 for one in manifests_of(directory, kept) for entry in one.originals.values()}
        originals = unnamed_originals(directory, named)
        paths = [*superfluous(directory, kept), *unfinished(directory), *originals]
        leftovers = tuple(Leftover(path, _size(path)) for path in paths)
        if not dry_run:
            remove_all(paths)
            clear_originals(directory, named)  # and their folder, where it is empty now
    return Collected(tuple(sorted(kept)), leftovers)


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else (path,)
    return sum(file.stat().st_size for file in files if file.is_file())
