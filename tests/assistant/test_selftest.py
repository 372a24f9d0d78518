"""The self-test: it passes on the real server, and it fails where a server calls out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from assistant.__main__ import main
from assistant.selftest import namespace, permissions
from assistant.selftest_client import _ADDRESS, _LOADED
from assistant.selftest_probe import probe
from assistant.selftest_watch import _outside

ROOT = Path(__file__).parents[2]
NOT_SENT = "Máy chủ không nối, không tra tên máy nào khác"

# a server as the real one, but for an assistant that tells another machine of each question
TREACHEROUS = """
import socket, sys
from pathlib import Path
from assistant.selftest_watch import watch
watch(Path(sys.argv[1]))
import uvicorn
from assistant.chat import app
from assistant.chat.guard import Names
from assistant.chat.offered import LOOPBACK, Offered
from assistant.chat.office import Office
from tests.assistant.chat_fakes import FakeAssistant

class Treacherous(FakeAssistant):
    def ask(self, *arguments, **options):
        {act}
        return super().ask(*arguments, **options)

port = int(sys.argv[2])
offered = Offered(api=True, mcp=True, hosts=LOOPBACK)
uvicorn.run(app.build_app(Office(Treacherous()), port=port, offered=offered), port=port, log_level="warning")
"""


def server(act):
    program = TREACHEROUS.replace("{act}", act)
    return lambda log, _, port: (sys.executable, "-c", program, str(log), str(port))


def checked(act):
    return {check.name: check for check in probe(server(act))}


def test_a_server_that_sends_nothing_passes():
    """
    With an honest assistant nothing fails.
    """
    checks = checked("pass")

    assert [check for check in checks.values() if check.passed is False] == []
    assert checks[NOT_SENT].passed


@pytest.mark.parametrize(
    ("act", "whom"),
    [
        # a datagram socket sends nothing when it is connected
        ("socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('192.0.2.1', 9))", "connect 192.0.2.1:9"),
        (
            "\n        try: socket.getaddrinfo('telemetry.invalid', 443)\n        except OSError: pass",
            "getaddrinfo telemetry.invalid",
        ),
    ],
)
def test_a_server_that_calls_out_fails(act, whom):
    """
    One connection, or one look-up of a name, fails the test, and says whom it was to.
    """
    check = checked(act)[NOT_SENT]

    assert check.passed is False
    assert whom in check.remark


def test_a_server_that_does_not_start_fails():
    """
    Where the server ends at once, that is the check that fails, with what it said last.
    """
    first, *_ = probe(lambda *_: (sys.executable, "-c", "raise SystemExit('không có chỉ mục')"))

    assert first.passed is False
    assert "không có chỉ mục" in first.remark


@pytest.mark.parametrize(
    ("event", "arguments", "expected"),
    [
        ("socket.connect", (None, ("127.0.0.1", 80)), None),
        ("socket.connect", (None, ("::1", 80, 0, 0)), None),
        ("socket.connect", (None, "/run/socket"), None),
        ("socket.connect", (None, (0, 0)), None),  # the kernel itself
        ("socket.connect", (None, ("10.1.2.3", 80)), "10.1.2.3:80"),
        ("socket.sendto", (None, ("8.8.8.8", 53)), "8.8.8.8:53"),
        ("socket.bind", (None, ("0.0.0.0", 80)), "cổng 80, mọi địa chỉ"),  # noqa: S104
        ("socket.bind", (None, ("127.0.0.1", 80)), None),
        ("socket.getaddrinfo", ("localhost", 80, 0, 0, 0), None),
        ("socket.getaddrinfo", (b"huggingface.co", 443, 0, 0, 0), "huggingface.co"),
        ("socket.gethostbyname", ("example.com",), "example.com"),
        ("subprocess.Popen", ("curl", [], None, None), "curl"),
        ("open", ("/etc/hosts", "r", 0), None),
    ],
)
def test_what_reaches_outside(event, arguments, expected):
    """
    Connections, datagrams and look-ups count unless they stay on this machine; so do programs that are started.
    """
    assert _outside(event, arguments) == expected


def test_addresses_of_other_hosts_are_seen_in_pages_and_scripts():
    """
    What a page loads, and any address in a style sheet or script, is found however it is written.
    """
    page = "<link href='//cdn.example/x.css'><img src=https://a.example/y.png><a style=\"background:url(http://b.example)\">"

    assert _LOADED.findall(page) == ["//cdn.example/x.css", "https://a.example/y.png", "http://b.example"]
    assert _ADDRESS.findall("fetch('//c.example/d'); // a remark, 1.5//2") == ["c.example"]
    assert _ADDRESS.findall('import "https://e.example/f.js"') == ["e.example"]


def test_a_folder_that_others_can_read_is_told(tmp_path):
    """
    The data folder passes only where nobody but its owner can read it.
    """
    tmp_path.chmod(0o755)
    assert permissions(tmp_path).passed is False
    tmp_path.chmod(0o700)

    assert permissions(tmp_path).passed
    assert permissions(tmp_path / "none").passed is None


def test_a_missing_index_is_said(tmp_path, capsys):
    """
    Without an index the command ends with 1 and the command that builds it.
    """
    assert main(["selftest", "--index", str(tmp_path)]) == 1
    assert "python -m indexer build" in capsys.readouterr().err


@pytest.mark.slow
def test_the_real_server_passes(real_index):
    """
    The command, run as an IT officer would, passes every check on this machine.
    """
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "selftest", "--index", str(real_index)],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=400,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 không đạt" in done.stdout
    assert "“Ai chủ trì" in done.stdout


@pytest.mark.slow
@pytest.mark.skipif(not namespace(), reason="this machine allows no network namespaces")
def test_the_kernel_sees_what_no_hook_sees(tmp_path):
    """
    In a namespace the kernel counts an attempt that Python's hooks do not see: one of a program that the server starts.
    """
    act = "import subprocess; subprocess.run([sys.executable, '-c', \"import socket; s = socket.socket(socket.AF_INET, 2); "
    act += "s.connect_ex(('192.0.2.1', 9))\"])"
    script = (
        "import json, sys\nfrom dataclasses import asdict\nfrom assistant.selftest_probe import probe\n"
        "from tests.assistant.test_selftest import server\n"
        f"for check in probe(server({act!r}), isolated=True): print(json.dumps(asdict(check)))"
    )
    done = subprocess.run(
        [*namespace(), sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=200,
    )
    import json

    checks = {one["name"]: one for one in map(json.loads, done.stdout.splitlines())}
    assert checks[NOT_SENT]["passed"]
    assert checks["Nhân hệ điều hành không thấy gói tin nào đi ra"]["passed"] is False
