"""Known vulnerabilities of the installed parts, from advisories in the OSV format that lie on this machine."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from deploy.closure import Part


@dataclass(frozen=True, slots=True)
class Finding:
    """An advisory that concerns a part as it is installed; *fixed* are the versions that mend it."""

    part: Part
    id: str
    aliases: tuple[str, ...]
    summary: str
    fixed: tuple[str, ...]


@dataclass(slots=True)
class Looked:
    """What a look through advisories gave: how many were read, those that concern us, and what could not be read."""

    read: int = 0
    newest: str = ""
    findings: list[Finding] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)


def look_up(parts: Sequence[Part], source: Path) -> Looked:
    """
    Compare *parts* with the advisories in *source*: a folder of JSON files, one JSON file, or the ZIP that osv.dev offers for PyPI.

    An advisory that cannot be read is named in the result, and the rest goes on.

    Raises:
        InputError: there is no such file or folder, or no advisory in it.
    """
    known = {part.name: part for part in parts}
    looked = Looked()
    for place, text in _texts(source):
        try:
            data = json.loads(text)
            for record in data if isinstance(data, list) else [data]:
                looked.findings += _concerned(record, known)
                looked.newest = max(looked.newest, str(record.get("modified", "")))
                looked.read += 1
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            looked.unreadable.append(
                f"{place}: không phải cảnh báo dạng OSV ({error}).\n  Tải lại tệp này, hoặc xóa nó đi."
            )
    if not looked.read and not looked.unreadable:
        msg = f"{source}: không có cảnh báo nào.\n  Cần thư mục tệp JSON dạng OSV, hoặc tệp PyPI/all.zip của osv.dev."
        raise InputError(msg)
    looked.findings.sort(key=lambda finding: (finding.part.name, finding.id))
    return looked


def _texts(source: Path) -> Iterator[tuple[str, bytes]]:
    if source.is_dir():
        for path in sorted(source.rglob("*.json")):
            yield str(path), path.read_bytes()
    elif not source.is_file():
        msg = f"{source}: không có tệp hay thư mục này.\n  Kiểm tra lại đường dẫn của kho cảnh báo."
        raise InputError(msg)
    elif zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as archive:
            for name in sorted(archive.namelist()):
                if name.endswith(".json"):
                    yield f"{source}/{name}", archive.read(name)
    else:
        yield str(source), source.read_bytes()


def _concerned(record: dict[str, Any], known: dict[str, Part]) -> Iterator[Finding]:
    if record.get("withdrawn"):
        return
    for affected in record.get("affected", ()):
        package = affected.get("package", {})
        part = known.get(canonicalize_name(package.get("name", "")))
        if part is None or package.get("ecosystem") != "PyPI" or not _is_affected(part.version, affected):
            continue
        events = [event for one in affected.get("ranges", ()) for event in one["events"]]
        fixed = tuple(dict.fromkeys(event["fixed"] for event in events if "fixed" in event))
        yield Finding(part, record["id"], tuple(record.get("aliases", ())), record.get("summary", ""), fixed)


def _is_affected(installed: str, affected: dict[str, Any]) -> bool:
    """Tell whether the version *installed* is listed, or lies in a range of versions; see https://ossf.github.io/osv-schema/."""
    version = Version(Version(installed).public)  # "2.13.0+cpu" has the code of 2.13.0
    if any(_version(text) == version for text in affected.get("versions", ())):
        return True
    return any(_is_within(version, one["events"]) for one in affected.get("ranges", ()) if one["type"] == "ECOSYSTEM")


def _is_within(version: Version, events: Sequence[dict[str, str]]) -> bool:
    # a bound that is no version raises: taken for another, it could hide that we are concerned
    inside = False
    for kind, at in sorted(
        ((kind, Version(at)) for event in events for kind, at in event.items()),
        key=lambda pair: (pair[1], pair[0] != "introduced"),
    ):
        if kind == "introduced" and version >= at:
            inside = True
        elif (kind == "fixed" and version >= at) or (kind == "last_affected" and version > at):
            inside = False
    return inside


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None
