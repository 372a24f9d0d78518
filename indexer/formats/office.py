"""
Old Word files (DOC), RTF and ODT: LibreOffice makes a DOCX of them, and that is read.

LibreOffice runs in a process of its own, without a screen, with a fresh profile that is thrown away. The profile forbids macros and
links to anything outside the document: without that, an ODT that names a picture on the web has it fetched. Memory, processor time,
file size and time are limited.
"""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import ReadError
from indexer.formats.docx import read_docx

if TYPE_CHECKING:
    from indexer.types import Extracted

TIMEOUT = 40  # seconds; measured: 2 to 4 for files of up to 20 pages, and every file is to end within 60
MAX_MEMORY = 1024**3  # of address space; measured: LibreOffice 7.4 needs 0.5 GiB of it and 0.21 GiB of memory
MAX_OUTPUT = 200 * 1024**2
_PROGRAMS = ("soffice", "libreoffice")
_SCRIPTING, _INTERNET = "/org.openoffice.Office.Common/Security/Scripting", "/org.openoffice.Inet/Settings"
_SETTINGS = (
    (_SCRIPTING, "DisableMacrosExecution", "true"),
    (_SCRIPTING, "MacroSecurityLevel", "3"),
    (_SCRIPTING, "BlockUntrustedRefererLinks", "true"),
    (_INTERNET, "ooInetProxyType", "2"),  # a proxy of our own choice, and nobody listens there
    (_INTERNET, "ooInetHTTPProxyName", "127.0.0.1"),
    (_INTERNET, "ooInetHTTPProxyPort", "9"),
    (_INTERNET, "ooInetHTTPSProxyName", "127.0.0.1"),
    (_INTERNET, "ooInetHTTPSProxyPort", "9"),
)


def read_office(path: Path, *, suffix: str | None = None) -> Extracted:
    """
    Return the text of the DOC, RTF or ODT at *path* as :func:`indexer.formats.docx.read_docx` does.

    *suffix* says what the file is by its bytes (".rtf"), whatever its name says; by default its name is believed.

    Raises:
        ReadError: LibreOffice is not installed, cannot open the file, or takes too long.
    """
    program = next((found for name in _PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        raise ReadError(
            f"{path}: files of this kind are read by LibreOffice Writer, which is not installed.\n"
            "  Install it (apt install libreoffice-writer-nogui), or save the file as DOCX in Word and add that."
        )
    with tempfile.TemporaryDirectory(prefix="hoi-van-ban-") as name:
        folder = Path(name)
        source = folder / f"source{suffix or path.suffix.lower()}"
        source.write_bytes(path.read_bytes())
        _write_profile(folder / "profile")
        _convert(program, source, folder, path)
        made = folder / "source.docx"
        if not made.is_file():
            raise ReadError(
                f"{path}: LibreOffice cannot open it; the file is damaged or locked by a password.\n"
                "  Open it in Word and save it as DOCX."
            )
        try:
            return read_docx(made)
        except ReadError as error:  # tell of the file that was added, not of the one between
            raise ReadError(str(error).replace(str(made), str(path))) from error


def _write_profile(folder: Path) -> None:
    """Write the settings of LibreOffice, so that a document can neither run anything nor call anyone."""
    items = "".join(
        f'<item oor:path="{place}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for place, name, value in _SETTINGS
    )
    (folder / "user").mkdir(parents=True)
    (folder / "user" / "registrymodifications.xcu").write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>\n',
        encoding="utf-8",
    )


def _convert(program: str, source: Path, folder: Path, path: Path) -> None:
    """Have LibreOffice write ``source.docx`` into *folder*."""
    command = [
        program,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        *("--headless", "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard"),
        *("--convert-to", "docx:MS Word 2007 XML", "--outdir", str(folder), str(source)),
    ]
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "TMPDIR": str(folder),
    }
    process = subprocess.Popen(  # noqa: S603 - our own command line; the file's name is ours too
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=environment,
        start_new_session=True,  # soffice starts a second process; both must end
        preexec_fn=_limit,  # noqa: PLW1509 - no thread of ours is running yet in a child that reads one file
    )
    try:
        process.wait(TIMEOUT)
    except subprocess.TimeoutExpired as error:
        raise ReadError(
            f"{path}: LibreOffice took longer than {TIMEOUT} seconds.\n  Save the file as DOCX in Word and add that."
        ) from error
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what is left of the session that *process* began."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _limit() -> None:
    """Limit LibreOffice in the process that will become it."""
    for kind, limit in (
        (resource.RLIMIT_AS, MAX_MEMORY),
        (resource.RLIMIT_CPU, TIMEOUT),
        (resource.RLIMIT_FSIZE, MAX_OUTPUT),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (limit if hard == resource.RLIM_INFINITY else min(limit, hard),) * 2)
