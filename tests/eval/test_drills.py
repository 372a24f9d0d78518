"""Fault drills, in short: what they try holds, and what does not hold they would tell."""

from __future__ import annotations

import json
import os
import random
import sys

import pytest

from eval import drill_command
from eval.__main__ import main
from eval.doc_tables import drill as table
from tests.assistant.small import FARMING, PROVINCE

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the drills fork")

if os.name == "posix":
    from eval.drills.damage import DAMAGES, Kind, damage, damaged, fault
    from eval.drills.disk import disk, mounting, run_apart
    from eval.drills.kill import kill
    from eval.drills.load import load
    from eval.drills.material import Seen, gather
    from eval.drills.offline import offline
    from eval.drills.outcome import Outcome, lines, report
    from eval.drills.processes import Told, in_child
    from indexer.errors import InputError, StoreError

LETTER = """SỞ XÂY DỰNG TỈNH HOA SEN
Số: 7/SXD-VP
Hoa Sen, ngày 06 tháng 4 năm 2026

V/v mở lớp bồi dưỡng kỹ năng số

Kính gửi: Các phòng thuộc Sở.
1. Lớp học mở ngày 20 tháng 4 năm 2026 tại hội trường A.
2. Văn phòng Sở chuẩn bị máy tính cho 30 học viên.
"""


def corpus_of(folder):
    for name, text in (("ke-hoach", PROVINCE), ("nong-nghiep", FARMING), ("cong-van", LETTER)):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return corpus_of(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="module")
def material(corpus, tmp_path_factory):
    return gather(corpus, tmp_path_factory.mktemp("material") / "of")


@pytest.mark.drill
def test_writers_that_are_killed(material, tmp_path):
    """
    A dozen kills of add, remove and build: every time the old or the new generation answers, and nothing is left over.
    """
    outcome = kill(material, tmp_path / "kill", count=12, seed=3)

    assert outcome.failures == ()
    assert outcome.tries == outcome.figures["old"] + outcome.figures.get("new", 0) == 12


@pytest.mark.drill
def test_damaged_files(material, tmp_path):
    """
    Every kind of file of an index is refused by name in each kind of damage.
    """
    outcome = damage(material, tmp_path / "damage", count=42, seed=3, models=False)

    assert outcome.failures == ()
    assert min(outcome.figures[name] for name in DAMAGES) > 0


@pytest.mark.drill
@pytest.mark.parametrize("mounted", [True, False], ids=["tmpfs", "limit"])
def test_disks(material, tmp_path, mounted):
    """
    A full disk and a read-only one are told, the old index answers; where nothing can be mounted a limit stands for the full one.
    """
    own = mounting()
    if mounted and not own:
        pytest.skip("this machine lets nobody mount a file system of his own")

    outcome = disk(material, tmp_path / "disk", levels=2, own=own if mounted else ())

    assert outcome.failures == ()
    assert outcome.figures["no room left"] >= 2
    assert bool(outcome.figures["read-only"]) == mounted


@pytest.mark.drill
def test_publishing_while_people_ask(material, tmp_path):
    """
    While generations are published no question fails and the server's log has no traceback; how long it takes is not asked here.
    """
    outcome = load(material, tmp_path / "load", seconds=5, strict=False)

    assert outcome.failures == ()
    assert outcome.figures["generations"] >= 1


@pytest.mark.drill
def test_without_a_network(material, tmp_path):
    """
    From the documents to an answer in a network that has loopback alone; no name is looked up.
    """
    outcome = offline(material, tmp_path / "offline", whole=False)
    if outcome.skipped:
        pytest.skip(outcome.skipped)

    assert outcome.failures == ()
    assert outcome.figures == {"names looked up": 0, "datagrams sent": 0}


def test_a_look_up_would_be_seen(tmp_path, monkeypatch):
    """
    A step that looks up a name is told by the watch that every step of the way runs under.
    """
    from eval.drills import offline_child

    asks = "import sys\n\ndef main(arguments):\n    sys.audit('socket.getaddrinfo', 'example.invalid', 80, 0, 0, 0)\n"
    (tmp_path / "asks").mkdir()
    (tmp_path / "asks" / "__main__.py").write_text(asks, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")])))

    code, _, reached = offline_child._step(tmp_path / "log", "asks", [])  # noqa: SLF001 - the whole way takes a minute

    assert (code, reached) == (0, ["socket.getaddrinfo example.invalid"])


@pytest.mark.parametrize("how", DAMAGES if os.name == "posix" else ())
@pytest.mark.parametrize("size", [1, 17, 4096, 10_000])
def test_damage_changes_what_it_damages(how, size):
    """
    A damaged file is never what it was; a flip changes one bit, a zeroed page at most 4 KiB, a cut the length alone.
    """
    chosen = random.Random(size)  # noqa: S311 - no secret
    data = bytes(chosen.choices(range(1, 256), k=size))
    spoilt = damaged(data, how, chosen)

    assert spoilt != data
    if how == "cut":
        assert data.startswith(spoilt)
    else:
        different = [place for place in range(size) if data[place] != spoilt[place]]
        assert len(spoilt) == size
        assert len(different) <= (1 if how == "flip" else 4096)


REFUSED = "{path}: the file is not what was written.\n  Rebuild it:  python -m indexer build"


@pytest.mark.parametrize(
    ("code", "out", "complaints", "says"),
    [
        (1, "", REFUSED, None),
        # it answered all the same
        (0, "Sở A", REFUSED, "ended with 0"),
        # a crash
        (None, "", "Traceback (most recent call last):\nKeyError: 'x'", "ended with None"),
        (1, "", f"{REFUSED}\nTraceback (most recent call last):\nKeyError: 'x'", "KeyError"),
        # half an answer before it noticed
        (1, "Sở A", REFUSED, "printed 'Sở A'"),
        (1, "", "something is damaged.\n  python -m indexer build", "not named"),
        (1, "", "{path}: damaged", "nothing is said that mends it"),
    ],
)
def test_what_counts_as_refused(tmp_path, code, out, complaints, says):
    """
    Only an exit code of 1 with the file's name and what mends it, and nothing else, counts as a refusal.
    """
    kind = Kind("CURRENT", tmp_path / "CURRENT", "assistant", ("ask",))
    found = fault(kind, Told(code, out, complaints.replace("{path}", str(kind.path))))

    assert found is None if says is None else says in found


def wrong_after_a_kill(_index, _questions):
    return Seen("gen-000009", "f" * 64, (), ())


@pytest.mark.drill
def test_a_state_that_is_neither_is_told(material, tmp_path, monkeypatch):
    """
    An index that is neither the old nor the new one after a kill fails the drill at once.
    """
    from eval.drills import kill as killing

    monkeypatch.setattr(killing, "see", wrong_after_a_kill)
    outcome = kill(material, tmp_path / "kill", count=2, seed=1)

    assert "neither the old nor the new" in outcome.failures[0]


def stop(code):
    os._exit(code)


def test_a_child_that_dies_is_told():
    """
    Work that ends its process, or raises, comes back as an error with what happened.
    """
    with pytest.raises(StoreError, match="ended with 7"):
        in_child(stop, 7)
    with pytest.raises(StoreError, match="ValueError"):
        in_child(int, "x")


@pytest.mark.parametrize(
    ("script", "seconds", "told"),
    [
        ("print(input())", 60, ("3\n", "")),
        ("print('{}', flush=True); import time; time.sleep(60)", 2, ("{}\n", "was stopped after 2 s")),
        ("import sys; print(1, flush=True); sys.exit('no room')", 60, ("1\n", "ended with 1: no room")),
    ],
    ids=["well", "too late", "failed"],
)
def test_a_drill_in_a_process_of_its_own(script, seconds, told):
    """
    What a process did stays counted, however it ended; that it took too long is told and is no traceback.
    """
    assert run_apart([sys.executable, "-c", script], 3, seconds) == told


def test_a_corpus_with_too_few_documents(tmp_path):
    """
    Fewer than three documents are no corpus for a drill.
    """
    (tmp_path / "a.txt").write_text(LETTER, encoding="utf-8")
    with pytest.raises(InputError, match="needs three documents"):
        gather(tmp_path, tmp_path / "of")


HELD = {"name": "kill", "what": "kills", "tries": 200, "figures": {"old": 120.0}}


def outcomes():
    lost = Outcome("damage", "damages", 3, ("CURRENT, flip: it ended with 0",))
    return [Outcome(**HELD), lost, Outcome("offline", "offline", 0, skipped="no namespace")]


def test_the_table_and_the_file(tmp_path):
    """
    The command's lines, the file and the documentation's table say the same; drills of the same commit that were not run again stay.
    """
    file = tmp_path / "drill.json"
    file.write_text(json.dumps(report(outcomes(), seed=1, before=file)), encoding="utf-8")
    again = report([Outcome("damage", "damages", 3)], seed=1, before=file)

    assert [one["name"] for one in again["drills"]] == ["kill", "damage", "offline"]
    assert [one["name"] for one in report([Outcome(**HELD)], seed=2, before=file)["drills"]] == ["kill"]
    assert lines(outcomes()[1])[1:] == ["    CURRENT, flip: it ended with 0"]
    assert table([{**json.loads(file.read_text(encoding="utf-8")), "commit": "0123456789"}]) == [
        "| drill | what was done | held | failed | counted |",
        "|---|---|---|---|---|",
        "| kill | kills | 200/200 | 0 | old 120 |",
        "| damage | damages | 2/3 | 1 | – |",
        "| offline | offline | – | – | not done: no namespace |",
        "",
        "Seed 1. Measured at commit `0123456`.",
    ]


@pytest.mark.parametrize(("failures", "code"), [((), 0), (("lost",), 3)])
def test_exit_codes(monkeypatch, capsys, tmp_path, failures, code):
    """
    The command ends with 3 where something did not hold, and has written what it found.
    """
    monkeypatch.setattr(drill_command, "_drill", lambda name, _options: Outcome(name, "x", 1, failures))

    assert main(["drill", "--only", "kill", "disk", "--json", str(tmp_path / "out.json")]) == code
    assert capsys.readouterr().out.count("\n| ") == 2
    assert [one["name"] for one in json.loads((tmp_path / "out.json").read_text())["drills"]] == ["kill", "disk"]
