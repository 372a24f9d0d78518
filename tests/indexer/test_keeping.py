"""Going back to an older generation, and clearing away what no kept one needs."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from indexer import build as building
from indexer.__main__ import main
from indexer.build import add, build, remove
from indexer.errors import IndexBusyError, IndexDamagedError, IndexMissingError, StoreError
from indexer.generation import current_name, writing
from indexer.index import Index
from indexer.keeping import collect, roll_back, verified

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "UỶ BAN NHÂN DÂN TỈNH HOA SEN\nSố: {number}/KH-UBND\n\nI. MỤC ĐÍCH\n1. Mở {number} lớp bồi dưỡng kỹ năng số.\n"


def file(folder: Path, name: str, number: int = 1) -> Path:
    path = folder / f"{name}.txt"
    path.write_text(TEXT.format(number=number), encoding="utf-8")
    return path


def ids(index: Path) -> list[str]:
    return [document.id for document in Index.open(index).documents]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built")
    (folder / "corpus").mkdir()
    file(folder / "corpus", "a")
    build(folder / "corpus", folder / "index")
    for number, name in enumerate("bcd", start=2):
        add([file(folder, name, number)], folder / "index")
    return folder / "index"


@pytest.fixture
def index(built, tmp_path):
    """An index of four generations, of which three are kept, of two, three and four documents."""
    return shutil.copytree(built, tmp_path / "index")


def generations(index: Path) -> list[str]:
    return sorted(path.name for path in index.glob("gen-*"))


def test_the_last_but_one_is_gone_back_to_and_forward_again(index):
    """
    Going back makes the newest older generation the current one, with all its documents; its number leads forward again.
    """
    went = roll_back(index)
    assert (went.before, went.now, ids(index)) == ("gen-000004", "gen-000003", ["a", "b", "c"])

    assert roll_back(index, 4).now == "gen-000004"
    assert ids(index) == ["a", "b", "c", "d"]
    assert roll_back(index, 2).now == "gen-000002"
    assert generations(index) == ["gen-000002", "gen-000003", "gen-000004"]


def test_what_follows_gets_a_number_of_its_own_and_keeps_where_it_came_from(index, tmp_path):
    """
    After going back, the next generation has a new number, holds what the older one held, and keeps that one.
    """
    roll_back(index, 2)
    add([file(tmp_path, "e", 5)], index)

    assert (current_name(index), ids(index)) == ("gen-000005", ["a", "b", "e"])
    assert generations(index) == ["gen-000002", "gen-000004", "gen-000005"]
    assert roll_back(index).now == "gen-000004"


@pytest.mark.parametrize(
    ("to", "says"),
    [
        # cleared away long ago
        (1, r"gen-000001 is not kept.\n.*gen-000002, gen-000003:  python -m indexer rollback --to N"),
        (9, "gen-000009 is not kept"),
    ],
)
def test_a_generation_that_is_not_kept(index, to, says):
    """
    One cannot go to a generation that is not there; those that are there are named and nothing changes.
    """
    with pytest.raises(StoreError, match=says):
        roll_back(index, to)
    assert current_name(index) == "gen-000004"


def test_the_oldest_has_none_before_it(tmp_path):
    """
    Where one generation alone is kept, or there is no index, going back says what to do instead and makes nothing.
    """
    build(file(tmp_path, "a").parent, tmp_path / "index")
    with pytest.raises(StoreError, match=r"gen-000001 is the oldest.*\n.*python -m indexer build"):
        roll_back(tmp_path / "index")
    with pytest.raises(IndexMissingError):
        roll_back(tmp_path / "none")
    with pytest.raises(IndexMissingError):
        collect(tmp_path / "none")
    with pytest.raises(IndexMissingError):
        remove(["a"], tmp_path / "none")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("damaged", ["pointer", "manifest.json", "store.sqlite", "tokens.safetensors"])
@pytest.mark.parametrize("damage", [lambda data: data[:70] + bytes([data[70] ^ 1]) + data[71:], lambda _: b""])
def test_a_damaged_generation_is_not_gone_back_to(index, damaged, damage):
    """
    Every byte of an older generation is verified before it is made current, its manifest too; the file is named.
    """
    path = index / "gen-000003" / damaged
    path.write_bytes(damage(path.read_bytes()))

    with pytest.raises(IndexDamagedError, match=rf"gen-000003.{damaged}"):
        roll_back(index)
    assert (current_name(index), ids(index)) == ("gen-000004", ["a", "b", "c", "d"])
    assert roll_back(index, 2).now == "gen-000002"


def test_a_pointer_of_another_generation_is_refused(index):
    """
    A pointer copied from another generation leads nowhere.
    """
    (index / "gen-000003" / "pointer").write_bytes((index / "gen-000002" / "pointer").read_bytes())

    with pytest.raises(IndexDamagedError, match="names gen-000002"):
        roll_back(index)


@pytest.mark.parametrize("spoil", [lambda current: current.write_bytes(b"gen-"), lambda current: current.unlink()])
def test_going_back_mends_what_names_the_current_one(index, spoil):
    """
    Where CURRENT is damaged or gone, the newest generation that lies there is made current; reading the index offers that.
    """
    spoil(index / "CURRENT")
    with pytest.raises(StoreError, match="python -m indexer"):
        Index.open(index)

    assert roll_back(index).now == "gen-000004"
    assert ids(index) == ["a", "b", "c", "d"]


def test_a_damaged_index_offers_to_go_back(index):
    """
    The message about a damaged file gives going back beside building, where there is a generation to go back to.
    """
    (index / "gen-000004" / "canary.json").write_bytes(b"")

    with pytest.raises(IndexDamagedError, match=rf"canary.json(.|\n)*build(.|\n)*rollback --index {index}"):
        Index.open(index)
    assert main(["rollback", "--index", str(index)]) == 0
    assert ids(index) == ["a", "b", "c"]


def test_only_one_writes(index):
    """
    While another program writes, neither going back nor clearing is done.
    """
    with writing(index), ThreadPoolExecutor(1) as other:
        for act in (roll_back, collect):
            with pytest.raises(IndexBusyError):
                other.submit(act, index).result()


def test_leftovers_are_told_then_removed(index):
    """
    Clearing names what killed writers left and originals that no generation names, removes nothing in a dry run, then all of it.
    """
    (index / ".unfinished-gen-000005").mkdir()
    (index / ".unfinished-gen-000005" / "store.sqlite").write_bytes(b"12345")
    (index / ".unfinished-CURRENT").write_bytes(b"gen")
    (index / "originals").mkdir()
    (index / "originals" / ("0" * 64)).write_bytes(b"1234567")
    (index / "gen-000001").mkdir()  # Windows held on to it
    expected = {"gen-000001": 0, ".unfinished-CURRENT": 3, ".unfinished-gen-000005": 5, "0" * 64: 7}

    for dry_run in (True, False):
        found = collect(index, dry_run=dry_run)
        assert {left.path.name: left.size for left in found.leftovers} == expected
        assert found.kept == ("gen-000002", "gen-000003", "gen-000004")
        assert all(left.path.exists() == dry_run for left in found.leftovers)
    assert sorted(path.name for path in index.iterdir()) == [".lock", "CURRENT", *found.kept]
    assert collect(index).leftovers == ()


def test_a_generation_that_was_gone_back_to_is_kept(index):
    """
    Clearing keeps the current generation, however old, beside the newest.
    """
    roll_back(index, 2)
    assert collect(index).kept == ("gen-000002", "gen-000003", "gen-000004")
    assert ids(index) == ["a", "b"]


def test_a_damaged_index_is_not_cleared(index):
    """
    Where the current generation is damaged, nothing is removed: the others may be what mends it.
    """
    (index / "gen-000004" / "manifest.json").write_bytes(b"{}")
    (index / ".unfinished-CURRENT").write_bytes(b"gen")

    with pytest.raises(IndexDamagedError):
        collect(index)
    assert (index / ".unfinished-CURRENT").exists()


def test_commands(index, capsys):
    """
    The commands print what they did; a generation that is not kept ends with 1 and a message, wrong usage with 2.
    """
    where = ["--index", str(index)]
    assert main(["rollback", *where]) == 0
    assert capsys.readouterr().out == f"{index}/gen-000003: verified and current now, in place of gen-000004\n"
    assert main(["rollback", "--to", "3", *where]) == 0
    assert "is the current generation already" in capsys.readouterr().out
    assert main(["rollback", "--to", "1", *where]) == 1
    assert "gen-000001 is not kept" in capsys.readouterr().err
    (index / ".unfinished-CURRENT").write_bytes(b"gen")
    assert main(["gc", "--dry-run", *where]) == 0
    told = capsys.readouterr()
    assert (told.out, "1 would be removed" in told.err) == (f"{index / '.unfinished-CURRENT'}\t3\n", True)
    assert main(["gc", *where]) == 0
    assert not (index / ".unfinished-CURRENT").exists()
    with pytest.raises(SystemExit) as ended:
        main(["rollback", "--to", "x", *where])
    assert ended.value.code == 2


def test_a_verified_index_names_a_damaged_model(index, monkeypatch):
    """
    Verifying loads the model that the index was built with, and refuses one that is not on this machine.
    """
    assert verified(index).generation == "gen-000004"
    monkeypatch.setattr("indexer.keeping.DEFAULT_MODEL", "another")
    monkeypatch.setattr("indexer.keeping.load_encoder", lambda name: pytest.fail(f"asked for {name}"))
    with pytest.raises(pytest.fail.Exception, match="asked for vi-static-256"):
        verified(index)


def test_two_who_add_at_once_lose_nothing(index, tmp_path, monkeypatch):
    """
    Two programs that read their files at the same time and add them one after the other both find their document in the index.
    """
    both = Barrier(2)
    read = building.parse_files

    def read_together(*arguments, **options):
        found = read(*arguments, **options)
        both.wait(20)
        return found

    monkeypatch.setattr(building, "parse_files", read_together)

    def add_until_let(path):
        try:
            add([path], index)
        except IndexBusyError:
            monkeypatch.setattr(building, "parse_files", read)
            while True:
                try:
                    return add([path], index)
                except IndexBusyError:
                    continue

    with ThreadPoolExecutor(2) as two:
        list(two.map(add_until_let, [file(tmp_path, "e", 5), file(tmp_path, "f", 6)]))

    assert ids(index) == ["a", "b", "c", "d", "e", "f"]


def test_documents_stand_in_one_order_whichever_was_added_first(tmp_path):
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    corpus.mkdir()
    file(corpus, "a")
    file(corpus, "d", 4)
    build(corpus, index)
    add([file(tmp_path, "c", 3)], index)
    file(corpus, "b", 2)
    build(corpus, index)

    assert ids(index) == ["a", "b", "c", "d"]
