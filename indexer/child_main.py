"""
The child process that reads one file: ``python -m indexer.child_main FOLDER``, started by ``indexer.child`` and by nobody else.

FOLDER holds ``job.json``; the child leaves ``result.json`` there and writes a line of JSON to its standard output for every page
that is done. It holds itself to its limits before it imports anything that touches the file.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from dataclasses import replace
from pathlib import Path
from typing import Any

from indexer.limits import Limits, confine, grant_cpu

JOB, RESULT = "job.json", "result.json"


def _tell_pages(descriptor: int, limits: Limits) -> None:
    """Send every page that is done to the parent, and take the time that it buys."""
    from indexer.progress import listen  # noqa: PLC0415 - after the limits hold

    def tell(page: int, pages: int, recognised: bool) -> None:
        grant_cpu(limits.recognised_page_seconds if recognised else limits.text_page_seconds)
        line = json.dumps({"page": page, "pages": pages, "recognised": recognised})
        os.write(descriptor, f"{line}\n".encode())

    listen(tell)


def _own_output() -> int:
    """Keep standard output for us alone: what a library, Tesseract or LibreOffice prints goes nowhere."""
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return kept


def _read(job: dict[str, Any]) -> dict[str, Any]:
    from indexer.catalogue import Entry  # noqa: PLC0415 - after the limits hold
    from indexer.codec import from_json, to_json  # noqa: PLC0415
    from indexer.errors import HoiVanBanError  # noqa: PLC0415
    from indexer.formats.extract import extract  # noqa: PLC0415
    from indexer.parse import check_parsed, parse_extracted  # noqa: PLC0415
    from indexer.places import pack_places  # noqa: PLC0415
    from indexer.types import Reading  # noqa: PLC0415

    try:
        path = Path(job["path"])
        entry = Entry(job["id"], path, job["source"], job["licence"])
        parsed = parse_extracted(entry, extract(path), from_json(Reading | None, job["reading"]))
        check_parsed(parsed)
        return {"parsed": to_json(replace(parsed, placed=())), "placed": pack_places(parsed.placed)}
    except HoiVanBanError as error:
        return {"error": str(error)}


def _peak_bytes() -> int:
    """Return the most memory that this process held, 0 where the system does not tell; getrusage would count our parent's too."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    peak = next(
        (line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:")), "VmHWM: 0"
    )
    return int(peak.split()[1]) * 1024


def _bytes(result: dict[str, Any]) -> bytes:
    return json.dumps(result, ensure_ascii=False, separators=(",", ":")).encode()


def main(folder: Path) -> None:
    """Do the job that lies in *folder*."""
    job = json.loads((folder / JOB).read_bytes())
    limits = Limits(**job["limits"])
    output = _own_output()
    confine(limits)
    try:
        _tell_pages(output, limits)
        data = _bytes({**_read(job), "peak": _peak_bytes()})
    except MemoryError:
        data = _bytes({"stopped": "memory"})
    except Exception as error:  # noqa: BLE001 - the boundary of a process: whatever it is, the parent has to hear of it
        last = traceback.format_exception_only(error)[-1].strip()
        data = _bytes({"fault": last, "traceback": traceback.format_exc()})
    unfinished = folder / f"{RESULT}.part"
    unfinished.write_bytes(data)
    unfinished.rename(folder / RESULT)
    os._exit(0)  # nothing is left to tidy that the parent does not, and a library's threads may not end by themselves


if __name__ == "__main__":
    main(Path(sys.argv[1]))
