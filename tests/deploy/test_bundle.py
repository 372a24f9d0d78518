"""The air-gapped bundle: what goes into it, and what its installer refuses before it installs anything."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import assistant.__main__
import indexer.__main__
from deploy.bundle import SUMS, TARGET, copy_source, make_bundle, target, write_sums
from indexer.errors import InputError

ROOT = Path(__file__).parent.parent.parent
PARSERS = {"assistant": assistant.__main__._parser, "indexer": indexer.__main__._parser}  # noqa: SLF001 - the options as they are
needs_sh = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("sha256sum") is None, reason="the installer is for Linux"
)


@pytest.fixture
def bundle(tmp_path):
    """Return a bundle without wheels: enough for the installer to look at."""
    folder = tmp_path / "bundle"
    (folder / "app").mkdir(parents=True)
    (folder / "app" / "Kế hoạch.txt").write_text("Điều 1.", encoding="utf-8")
    (folder / "wheels").mkdir()
    shutil.copy(ROOT / "deploy" / "install.sh", folder)
    (folder / TARGET).write_text(f"{target()}\n", encoding="utf-8")
    write_sums(folder)
    return folder


def install(bundle, *options, fails=""):
    """Run the installer; *fails* is a word of the command that the stand-in for Python is to fail at."""
    command = ["sh", str(bundle / "install.sh"), *options]
    environment = os.environ | {"FAILS": fails}
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=60, env=environment)


def test_every_file_is_named_with_its_checksum(bundle):
    """
    The list has every file but itself, and its own hash is what is told to whoever made it.
    """
    made = write_sums(bundle)
    lines = (bundle / SUMS).read_text(encoding="utf-8").splitlines()

    assert [line.split("  ")[1] for line in lines] == ["TARGET", "app/Kế hoạch.txt", "install.sh"]
    assert lines[1].split("  ")[0] == hashlib.sha256("Điều 1.".encode()).hexdigest()
    assert (made.files, made.digest) == (3, hashlib.sha256((bundle / SUMS).read_bytes()).hexdigest())


@needs_sh
@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (
            lambda folder: (folder / "app" / "Kế hoạch.txt").write_text("Điều 2.", encoding="utf-8"),
            "không còn nguyên vẹn",
        ),
        (lambda folder: (folder / "app" / "Kế hoạch.txt").unlink(), "không còn nguyên vẹn"),
        (lambda folder: (folder / SUMS).write_text("", encoding="utf-8"), "không còn nguyên vẹn"),
        # pip would see it among the others
        (lambda folder: (folder / "wheels" / "torch-99-py3-none-any.whl").write_bytes(b"x"), "có tệp lạ"),
        (lambda folder: (folder / "app" / "link").symlink_to("/etc/passwd"), "có tệp lạ"),
    ],
)
def test_a_spoilt_bundle_installs_nothing(bundle, tmp_path, spoil, words):
    """
    A file that was changed, lost or added is told, and nothing is installed.
    """
    spoil(bundle)

    done = install(bundle, "--to", str(tmp_path / "installed"))

    assert done.returncode == 1
    assert words in done.stderr
    assert "Chưa có gì được cài đặt" in done.stderr
    assert not (tmp_path / "installed").exists()


@needs_sh
def test_another_python_is_refused(bundle, tmp_path):
    """
    Wheels of another Python or processor would fail one by one; the installer says so at once.
    """
    (bundle / TARGET).write_text("2.7 Linux pdp11\n", encoding="utf-8")
    write_sums(bundle)

    done = install(bundle, "--to", str(tmp_path / "installed"))

    assert (done.returncode, "dành cho Python 2.7 Linux pdp11" in done.stderr) == (1, True)


@needs_sh
def test_a_running_version_is_not_overwritten(bundle, tmp_path):
    """
    A folder that is there stays as it is.
    """
    done = install(bundle, "--to", str(tmp_path), "--python", sys.executable)

    assert (done.returncode, f"{tmp_path} đã có" in done.stderr) == (1, True)


@pytest.fixture
def stand_in(tmp_path):
    """Return a program in Python's place: it tells the target, makes "environments" of itself, and writes down what it is asked to do."""
    program = tmp_path / "stand-in"
    program.write_text(
        "#!/bin/sh\n"
        f'case "$*" in -c*) echo "{target()}"; exit ;; *"$FAILS"*) [ -z "$FAILS" ] || exit 1 ;; esac\n'
        f'echo "$*" >>"{tmp_path}/asked"\n'
        'if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; fi\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    return program


@needs_sh
def test_the_installer_asks_no_registry_and_tests_last(bundle, tmp_path, stand_in):
    """
    Nothing is installed but the wheels of the bundle, by the hashes of the lock; then documents are indexed and the self-test runs.
    """
    done = install(bundle, "--to", str(tmp_path / "installed"), "--python", str(stand_in))
    venv, pip, *rest = (tmp_path / "asked").read_text(encoding="utf-8").splitlines()

    assert (done.returncode, done.stderr) == (0, "")
    assert venv == f"-m venv {tmp_path}/installed/.venv"
    assert pip.startswith("-m pip --isolated install")
    assert "--no-index --find-links wheels --require-hashes --requirement app/requirements.lock" in pip
    assert [line.split()[1:3] for line in rest] == [
        ["compileall", "-q"],
        ["indexer", "build"],
        ["assistant", "selftest"],
    ]
    for line in rest[1:]:
        PARSERS[line.split()[1]]().parse_args(line.split()[2:])
    assert files(tmp_path / "installed") == [".venv/bin/python", "app/Kế hoạch.txt"]


@needs_sh
@pytest.mark.parametrize(("step", "stays"), [("venv", False), ("pip", False), ("build", False), ("selftest", True)])
def test_a_step_that_fails_is_not_taken_for_done(bundle, tmp_path, stand_in, step, stays):
    """
    Half an installation goes, so that one can try again; one that only failed its self-test stays, to be looked at.
    """
    done = install(bundle, "--to", str(tmp_path / "installed"), "--python", str(stand_in), fails=step)

    assert done.returncode == 1
    assert "Đã cài đặt xong" not in done.stdout
    assert (tmp_path / "installed").exists() is stays


@needs_sh
def test_wrong_usage_is_told(bundle):
    """
    An option that there is not ends with 2.
    """
    assert (install(bundle, "--fast").returncode, install(bundle, "--to").returncode) == (2, 2)


def test_sources_without_git_leave_out_what_was_made_there(tmp_path):
    """
    An unpacked bundle can be bundled again: no environment, index, data or caches travel.
    """
    for name in (
        "a.py",
        ".venv/bin/python",
        ".index/CURRENT",
        ".data/records.sqlite",
        "b/__pycache__/c.pyc",
        "corpus/x.txt",
    ):
        (tmp_path / "from" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "from" / name).write_text("x", encoding="utf-8")

    copy_source(tmp_path / "from", tmp_path / "all")
    copy_source(tmp_path / "from", tmp_path / "without", without_corpus=True)

    assert files(tmp_path / "all") == ["a.py", "corpus/x.txt"]
    assert files(tmp_path / "without") == ["a.py"]


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_what_is_there_is_not_overwritten(tmp_path):
    """
    An existing folder, documents that are not there and a missing lock end before anything is copied.
    """
    with pytest.raises(InputError, match="đã có thư mục"):
        make_bundle(ROOT, tmp_path)
    with pytest.raises(InputError, match="không có thư mục văn bản"):
        make_bundle(ROOT, tmp_path / "out", corpus=tmp_path / "none")
    with pytest.raises(InputError, match="make lock"):
        make_bundle(tmp_path, tmp_path / "out")
    assert files(tmp_path) == []
