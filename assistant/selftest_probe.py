"""The self-test inside its network: starts a watched server, asks it, then tells whom it tried to reach. Prints JSON lines."""

from __future__ import annotations

import json
import socket
import struct
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.selftest_client import ROUTE, Client, NotSoError
from assistant.selftest_watch import CANARY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_STATIC = Path(__file__).parent / "chat" / "static"
_STARTING = 300.0  # seconds until the model is loaded
_NOWHERE = "192.0.2.1"  # kept free for documentation (RFC 5737): a network namespace has no route to it


@dataclass(frozen=True, slots=True)
class Check:
    """What was checked; ``passed`` is None where it could not be."""

    name: str
    passed: bool | None
    remark: str = ""


Command = tuple[str, ...]


def watched_server(index: Path) -> Callable[[Path, Path, int], Command]:
    """Return what makes the command line of the real server over *index*: of its log, its data folder and its port."""
    program = (sys.executable, "-m", "assistant.selftest_watch")
    return lambda log, data, port: (*program, str(log), str(index), str(data), str(port))


def probe(command: Callable[[Path, Path, int], Command], *, isolated: bool = False) -> Iterator[Check]:
    """Yield the checks of the server that *command* starts; *isolated* where this process has a network of its own."""
    before = None
    if isolated:
        raise_loopback()
        before = calibrated()
    with tempfile.TemporaryDirectory(prefix="hvb-selftest-") as folder:
        log = Path(folder) / "attempts"
        port = _free_port()
        with _running(command(log, Path(folder) / "data", port), Path(folder) / "output") as server:
            files = tuple(
                f"{ROUTE}/{file.relative_to(_STATIC).as_posix()}"
                for file in sorted(_STATIC.rglob("*.*"))
                if file.suffix in {".css", ".js", ".woff2", ".svg", ".png"}
            )
            client = Client(port, files)
            started = _tried(
                "Máy chủ khởi động và nạp xong mô hình", lambda: _wait(client, server, Path(folder) / "output")
            )
            yield started
            if started.passed:
                for name, check in client.checks():
                    yield _tried(name, check)
        yield from _attempts(log, isolated=isolated)
    if isolated:
        yield _kernel(before)
    else:
        yield Check(
            "Nhân hệ điều hành không thấy gói tin nào đi ra", None, "máy này không cho tạo mạng riêng (unshare -n)"
        )


def _tried(name: str, check: Callable[[], str]) -> Check:
    try:
        return Check(name, passed=True, remark=check())
    except NotSoError as error:
        return Check(name, passed=False, remark=str(error))
    except (OSError, HTTPException, ValueError, LookupError, StopIteration) as error:
        return Check(name, passed=False, remark=f"{type(error).__name__}: {error}")


@contextmanager
def _running(command: Command, output: Path) -> Iterator[subprocess.Popen[bytes]]:
    with output.open("wb") as told:
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=told, stderr=subprocess.STDOUT)  # noqa: S603 - our own command
        try:
            yield server
        finally:
            server.terminate()
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _wait(client: Client, server: subprocess.Popen[bytes], output: Path) -> str:
    begin = time.monotonic()
    while time.monotonic() - begin < _STARTING:
        if server.poll() is not None:
            lines = output.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise NotSoError(" / ".join(lines[-3:]) or f"máy chủ dừng với mã {server.returncode}")
        try:
            if client.get(f"{ROUTE}/san-sang").status == 200:
                return f"{time.monotonic() - begin:.0f} giây"
        except OSError:
            pass
        time.sleep(0.2)
    raise NotSoError(f"quá {_STARTING:.0f} giây")


def _attempts(log: Path, *, isolated: bool) -> Iterator[Check]:
    """Tell from the *log* of the watch whom the server tried to reach, and which programs it started."""
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    noted = [json.loads(line) for line in lines]
    heard = [one for one in noted if one["to"] == CANARY]
    yield Check("Bộ theo dõi kết nối hoạt động", passed=bool(heard))
    reached = [one for one in noted if one["to"] != CANARY and one["what"].startswith("socket.")]
    said = "; ".join(dict.fromkeys(f"{one['what'].removeprefix('socket.')} {one['to']}" for one in reached))
    yield Check("Máy chủ không nối, không tra tên máy nào khác", passed=bool(heard) and not reached, remark=said)
    programs = dict.fromkeys(one["to"] for one in noted if not one["what"].startswith("socket."))
    # what another program does is seen by the kernel alone
    said = (
        f"{'; '.join(programs)}, {'cũng trong mạng riêng' if isolated else 'không theo dõi được'}" if programs else ""
    )
    yield Check(
        "Chương trình mà máy chủ gọi không ra ngoài được",
        passed=True if isolated or not programs else None,
        remark=said,
    )


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def raise_loopback() -> None:
    """Switch on the one network device of a new namespace."""
    import fcntl  # noqa: PLC0415 - Linux alone has namespaces

    get_flags, set_flags, up = 0x8913, 0x8914, 0x1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        asked = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(control, get_flags, asked))[1]
        fcntl.ioctl(control, set_flags, struct.pack("16sh14x", b"lo", flags | up))


def no_route() -> int | None:
    """Return how often the kernel was asked, in this namespace, for a way to another machine; None where it does not say."""
    try:
        names, values = (
            line.split() for line in Path("/proc/net/snmp").read_text("ascii").splitlines() if line.startswith("Ip:")
        )
        count = int(dict(zip(names, values, strict=True))["OutNoRoutes"])
        six = Path("/proc/net/snmp6")
        lines = six.read_text("ascii").splitlines() if six.exists() else []
        return count + sum(int(line.split()[1]) for line in lines if line.startswith("Ip6OutNoRoutes"))
    except (OSError, ValueError, KeyError):
        return None


def calibrated() -> int | None:
    """Return the kernel's count after one attempt on purpose, None where that was not counted."""
    first = no_route()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as attempt, suppress(OSError):
        attempt.connect((_NOWHERE, 9))
    count = no_route()
    return count if count is not None and first is not None and count > first else None


def _kernel(before: int | None) -> Check:
    name, after = "Nhân hệ điều hành không thấy gói tin nào đi ra", no_route()
    if before is None or after is None:
        return Check(name, None, "nhân không cho số đếm")
    return Check(name, passed=after == before, remark=f"{after - before} lần tìm đường ra")


def main(index: str, isolated: str) -> None:
    """Print the checks of the real server over *index*, one JSON object a line, as they are done."""
    for check in probe(watched_server(Path(index)), isolated=isolated == "isolated"):
        sys.stdout.write(json.dumps(asdict(check)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
