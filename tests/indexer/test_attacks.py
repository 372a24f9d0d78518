"""Files made to take a reader down: each ends with a document or a message, within a minute and 1 GiB, and takes nothing else down."""

from __future__ import annotations

import gc
import sys
import threading
import time
from pathlib import Path

import pytest

from indexer.catalogue import Entry
from indexer.child import run_child
from tests.indexer.factories.attacks import ATTACKS, SLOW

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows does not limit the memory of a process")


def threads_and_files():
    """Return how many threads and open files this process has; what earlier tests dropped is closed first."""
    gc.collect()
    files = Path("/proc/self/fd")
    return threading.active_count(), len(list(files.iterdir())) if files.exists() else 0


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name for name in ATTACKS]
)
def test_an_attack_ends(tmp_path, name):
    """
    An attack ends within a minute and 1 GiB of all processes together, in a document or in a message that names the file.

    Our own process keeps no thread and no file more than before, and the next file is read.
    """
    path = tmp_path / name
    path.write_bytes(ATTACKS[name]())
    sound = tmp_path / "ke-hoach.txt"
    sound.write_text("KẾ HOẠCH\nI. MỤC TIÊU\n1. Một.\n", encoding="utf-8")
    threads, files = threads_and_files()
    began = time.monotonic()
    run = run_child(Entry("tan-cong", path))

    assert time.monotonic() - began < 60
    assert (run.peak_bytes or 0) < 1 << 30
    if run.parsed is None:
        first, *following = str(run.error).splitlines()
        assert name in first
        assert following
        assert "internal fault" not in first
        assert "Traceback" not in str(run.error)
    assert run_child(Entry("ke-hoach", sound)).error is None
    time.sleep(0.05)  # the thread that listened ends by itself
    threads_after, files_after = threads_and_files()
    assert threads_after <= threads
    assert files_after <= files
    assert not (tmp_path.parent / "hvb-attack").exists()


def test_no_attack_leaks_a_file_of_ours(tmp_path):
    """
    What a document asks for from our disk does not stand in its text.
    """
    path = tmp_path / "xin-tep.docx"
    path.write_bytes(ATTACKS["xin-tep.docx"]())
    run = run_child(Entry("tan-cong", path))
    secret = Path("/etc/hostname").read_text(encoding="utf-8").strip() if Path("/etc/hostname").exists() else ""

    assert run.parsed is None or not secret or secret not in run.parsed.document.text
