"""One file, one process: what becomes of a reader that eats memory, never ends, crashes, or has a fault."""

from __future__ import annotations

import itertools
import os
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.catalogue import Entry
from indexer.child import LIMITS, parse_in_child, run_child
from indexer.errors import ReadError
from indexer.formats.extract import extract

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither these limits nor these signals")

# put in the place of the reader inside the child, before the child does its job
STAND_IN = """
import os, signal, socket, subprocess, sys, time
import indexer.formats.extract as module
from indexer.progress import page_done
from indexer.types import Extracted, Page

def extract(path):
{body}
    return Extracted("I. MỤC TIÊU\\nMột.\\n", (Page(1, "text", None, 0, 17),))

module.extract = extract
"""


@pytest.fixture
def reader(tmp_path, monkeypatch):
    """Have the child read with *body*, the lines of a function of one argument."""

    def put(body):
        folder = tmp_path / "stand-in"
        folder.mkdir()
        lines = "\n".join(f"    {line}" for line in body.splitlines())
        (folder / "sitecustomize.py").write_text(STAND_IN.format(body=lines), encoding="utf-8")
        monkeypatch.syspath_prepend(str(folder))

    return put


@pytest.fixture
def entry(tmp_path):
    path = tmp_path / "ke-hoach.txt"
    path.write_text("KẾ HOẠCH\nI. MỤC TIÊU\n1. Một.\n", encoding="utf-8")
    return Entry("ke-hoach", path, "https://example.org", "công khai")


def is_gone(process):
    """Wait up to five seconds for the end of *process*."""
    for _ in range(50):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def test_a_child_reads_as_we_do(entry):
    """
    What comes back is the document with all that its entry says, and no folder is left behind.
    """
    run = run_child(entry)

    assert run.error is None
    assert [clause.text for clause in run.parsed.clauses] == ["KẾ HOẠCH", "I. MỤC TIÊU", "1. Một."]
    assert (run.parsed.document.source, run.parsed.document.licence) == ("https://example.org", "công khai")
    assert run.seconds < 20
    if sys.platform == "linux":
        assert 4 < run.peak_bytes / 2**20 < 300


def test_an_error_of_the_reader_comes_back_as_it_is(tmp_path):
    """
    The reader's own message, with place, fact and next step, is not wrapped into another.
    """
    path = tmp_path / "trong.txt"
    path.write_bytes(b"")
    with pytest.raises(ReadError) as ours:
        extract(path)
    with pytest.raises(ReadError) as theirs:
        parse_in_child(Entry("trong", path))

    assert str(theirs.value) == str(ours.value)
    assert str(path) in str(ours.value)


@pytest.mark.parametrize(
    ("body", "fact"),
    [
        # Python is refused memory
        ("data = [bytearray(1 << 20) for _ in range(4000)]", "MiB of memory"),
        # a library aborts, as PDFium does
        ("os.abort()", "crashed (signal SIGABRT)"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "crashed (signal SIGSEGV)"),
        # the computing time is up
        ("os.kill(os.getpid(), signal.SIGXCPU)", "without an end"),
        # a fault of ours is told by its last line
        ("raise KeyError('cột')", "an internal fault while reading (KeyError: 'cột')"),
        ("def deeper(n):\n    return deeper(n + 1)\ndeeper(0)", "an internal fault while reading (RecursionError"),
        # it ends without a word
        ("os._exit(3)", "it ended without a result"),
        # what it prints is not taken for a result
        ("print('{\"page\": 1}'); os.system('echo x'); raise ValueError('a')", "ValueError: a"),
    ],
)
def test_whatever_happens_is_one_message(entry, reader, body, fact):
    """
    Each way to fail ends with a message of place, fact and next step, in plain words, without a traceback.
    """
    reader(body)
    run = run_child(entry)

    assert run.parsed is None
    first, *following = str(run.error).splitlines()
    assert str(entry.path) in first
    assert fact in first
    assert len(following) == 2
    assert all(line.startswith("  ") for line in following)


def test_a_traceback_is_shown_to_those_who_ask(entry, reader, monkeypatch):
    """
    With HVB_DEBUG=1 the message of a fault ends with the traceback of the child.
    """
    reader("raise KeyError('cột')")
    monkeypatch.setenv("HVB_DEBUG", "1")

    assert 'sitecustomize.py", line' in str(run_child(entry).error)


def test_a_child_that_never_ends_is_ended_with_what_it_started(entry, reader, tmp_path):
    """
    After its time the child is gone, and so is the program that it started, in whatever process group that is.
    """
    note = tmp_path / "pid"
    reader(
        f"other = subprocess.Popen(['sleep', '60'], start_new_session=True)\n"
        f"open({str(note)!r}, 'w').write(str(other.pid))\ntime.sleep(60)"
    )
    began = time.monotonic()
    run = run_child(entry, limits=replace(LIMITS, seconds=2))

    assert "2 seconds" in str(run.error)
    assert time.monotonic() - began < 10
    assert is_gone(int(note.read_text()))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the memory of other processes")
def test_the_memory_of_a_program_that_the_child_started_counts(entry, reader):
    """
    A converter that raises its own limit and takes more than the whole tree may hold is ended with the child.
    """
    eat = "import resource, time; s, h = resource.getrlimit(resource.RLIMIT_AS); resource.setrlimit(resource.RLIMIT_AS, (h, h)); "
    reader(f"subprocess.run([sys.executable, '-c', {eat + 'x = bytearray(200 << 20); time.sleep(30)'!r}])")
    run = run_child(entry, limits=replace(LIMITS, memory=128 << 20, tree_memory=150 << 20))

    assert "150 MiB of memory" in str(run.error)
    assert run.seconds < 20


def test_pages_buy_time(entry, reader):
    """
    A long scan is read to its end as long as page after page is done; the pages are heard; a page that hangs is not waited for.
    """
    heard = []
    reader("for page in range(1, 5):\n    time.sleep(0.7)\n    page_done(page, 4, recognised=True)")
    limits = replace(LIMITS, seconds=1.5, recognised_page_seconds=1)
    run = run_child(entry, limits=limits, page_done=lambda page, pages: heard.append((page, pages)))

    assert run.error is None
    assert heard == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_pages_do_not_buy_time_without_end(entry, reader):
    """
    No more pages count than a document may have.
    """
    reader("for page in range(1, 100):\n    time.sleep(0.3)\n    page_done(1, 1, recognised=True)")
    run = run_child(entry, limits=replace(LIMITS, seconds=1, recognised_page_seconds=0.5, pages=2))

    assert "1 seconds" in str(run.error)
    assert run.seconds < 6


@pytest.mark.parametrize(
    ("body", "holds"),
    [
        ("assert not sys.stdin.read()", "nothing to read from us"),
        ("assert 'A_SECRET' not in os.environ", "our secrets"),
        ("open('x', 'wb').truncate(300 << 20)", "a large file"),
    ],
)
def test_what_a_child_has_not(entry, reader, monkeypatch, body, holds):
    """
    A child has neither our standard input nor our secrets, and can write no large file.
    """
    monkeypatch.setenv("A_SECRET", "x")
    reader(body)
    error = run_child(entry).error

    assert (error is None) == (holds != "a large file")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has networks to cut off")
def test_a_child_has_no_network(entry, reader):
    """
    The child sees no network but one that leads nowhere, where the system allows that.
    """
    reader("names = [name for _, name in socket.if_nameindex()]\nassert names in (['lo'], []), names")
    run = run_child(entry)
    if run.error is not None and "AssertionError" in str(run.error):
        pytest.skip("this system does not let an ordinary user cut off the network")

    assert run.error is None


def test_reading_can_be_broken_off(entry, reader):
    """
    Whoever breaks off does not wait for the child to end by itself.
    """
    reader("time.sleep(60)")
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    run = run_child(entry, stop=stop)

    assert "broken off" in str(run.error)
    assert run.seconds < 10


def test_no_folder_is_left(entry, reader, tmp_path, monkeypatch):
    """
    The folder of a child that was ended is removed with whatever it wrote there.
    """
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    reader("open('x', 'w').write('x')\nos.makedirs(os.environ['TMPDIR'] + '/a/b')\nos.abort()")
    run_child(entry)

    assert list(Path(temporary).iterdir()) == []


def test_a_result_that_is_none(entry, reader):
    """
    A child that was taken over and writes something else as its result is a fault, nothing more.
    """
    reader(
        "import json, pathlib\nfolder = pathlib.Path(sys.argv[1])\n"
        "(folder / 'result.json').write_text('{\"parsed\": {\"document\": 1}}')\nos._exit(0)"
    )

    assert "an internal fault" in str(run_child(entry).error)


def test_a_program_that_just_starts_is_not_counted_with_the_memory_of_its_parent(entry, reader, monkeypatch):
    """
    Between vfork and exec a program shows its parent's memory; only what a second look shows as well is held against the file.
    """
    looks = itertools.chain([10 << 20, 2 << 30, 20 << 20], itertools.repeat(20 << 20))
    monkeypatch.setattr("indexer.child.tree_memory", lambda _: next(looks))
    reader("time.sleep(0.5)")
    run = run_child(entry)

    assert run.error is None
    assert run.peak_bytes < 200 << 20
