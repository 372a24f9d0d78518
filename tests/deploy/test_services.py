"""The unit, the Compose file, the image and the proxy name commands, options and ports that there are."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import yaml

import assistant.__main__
import indexer.__main__
from assistant.chat.guard import METRICS, READYZ
from assistant.collections import MOST_BYTES
from deploy.ready import main, wait_until_ready
from indexer.location import DatabaseAddress

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
PARSERS = {"assistant": assistant.__main__._parser, "indexer": indexer.__main__._parser}  # noqa: SLF001 - the options as they are
PORT = 7860


def parsed(words):
    """Return the arguments of the command of ours in *words* ("…python", "-m", "assistant", …), as its own parser takes them."""
    at = words.index("-m")
    assert words[at - 1].rpartition("/")[2] == "python"
    return PARSERS[words[at + 1]]().parse_args(words[at + 2 :])


@pytest.fixture(scope="module")
def unit():
    """Return the lines of the section [Service], by name."""
    lines: dict[str, list[str]] = {}
    section = ""
    for line in (DEPLOY / "hoi-van-ban.service").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line
        elif section == "[Service]" and line and not line.startswith("#"):
            name, _, value = line.partition("=")
            lines.setdefault(name, []).append(value)
    return lines


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def image():
    """Return the instructions of the Dockerfile, by name; of CMD, the words."""
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return dict(line.split(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))


@pytest.fixture(scope="module")
def proxy():
    return (DEPLOY / "nginx" / "hoi-van-ban.conf").read_text(encoding="utf-8")


def test_commands_are_taken_by_our_own_parsers(unit, compose, image):
    """
    Index and data lie in the one folder that may be written, everywhere, and the server listens on the port that is spoken of.
    """
    served = [shlex.split(unit["ExecStart"][0]), compose["services"]["app"]["command"], json.loads(image["CMD"])]
    built = [shlex.split(unit["ExecStartPre"][1]), compose["services"]["index"]["command"]]

    for arguments in map(parsed, served):
        assert (arguments.command, arguments.port) == ("serve", PORT)
        assert (str(arguments.index), str(arguments.data)) == (
            "/var/lib/hoi-van-ban/index",
            "/var/lib/hoi-van-ban/data",
        )
    for arguments in map(parsed, built):
        assert (arguments.command, arguments.if_stale, str(arguments.index)) == (
            "build",
            True,
            "/var/lib/hoi-van-ban/index",
        )


def test_the_index_may_lie_in_a_database(compose):
    """
    On top of the Compose file, index and server name the same database by an address without a password, and wait for it.
    """
    more = yaml.safe_load((DEPLOY / "compose.postgres.yaml").read_text(encoding="utf-8"))
    services = more["services"]
    built, served = (parsed(services[name]["command"]) for name in ("index", "app"))

    assert isinstance(built.index, DatabaseAddress)
    assert built.index == served.index
    assert (served.command, served.port, str(served.data)) == ("serve", PORT, "/var/lib/hoi-van-ban/data")
    assert "database" in services["index"]["depends_on"]
    assert services["app"]["environment"].keys() == services["index"]["environment"].keys() == {"PGPASSWORD"}
    assert {"index", "app"} <= compose["services"].keys()


def test_nobody_owns_the_server_behind_the_proxy(unit):
    """
    On a loopback address a server without accounts belongs to whoever comes, so the unit does not start without one.
    """
    check = unit["ExecStartPre"][0].replace("$$", "$")
    words = shlex.split(shlex.split(check)[2].partition("$(")[2].partition(")")[0])

    arguments = parsed(words)
    assert (arguments.command, arguments.verb, str(arguments.data)) == ("accounts", "list", "/var/lib/hoi-van-ban/data")
    assert parsed(shlex.split(unit["ExecStart"][0])).host == "127.0.0.1"


@pytest.mark.parametrize(("told", "code"), [("", 1), ("lan\\treader\\n", 0)])
def test_the_check_of_accounts_works(unit, tmp_path, told, code):
    """
    The line in the unit, with a program in Python's place that tells of no account or of one.
    """
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\nprintf '{told}'\n", encoding="utf-8")
    program.chmod(0o755)
    line = shlex.split(unit["ExecStartPre"][0].replace("$$", "$"))
    line[2] = line[2].replace("/opt/hoi-van-ban/current/.venv/bin/python", str(program))

    done = subprocess.run(line, capture_output=True, encoding="utf-8", check=False)

    assert (done.returncode, "Chưa có tài khoản" in done.stderr) == (code, bool(code))


def test_the_unit_is_shut_in(unit):
    """
    No privileges, nothing written but its own folder, no packet to another machine.
    """
    asked = {
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
        "PrivateDevices": "yes",
        "CapabilityBoundingSet": "",
        "IPAddressDeny": "any",
        "IPAddressAllow": "localhost",
        "StateDirectory": "hoi-van-ban",
        "User": "hoi-van-ban",
    }

    assert {name: unit.get(name, [None])[-1] for name in asked} == asked


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_takes_the_unit(tmp_path):
    """
    The unit has no line that systemd does not know, and it finds little left open (10 is everything, an ordinary unit 9.6).
    """
    text = (DEPLOY / "hoi-van-ban.service").read_text(encoding="utf-8")
    text = text.replace("/opt/hoi-van-ban/current/.venv/bin/python", "/bin/sh").replace(
        "/opt/hoi-van-ban/current/app", "/"
    )
    file = tmp_path / "hoi-van-ban.service"
    file.write_text(text, encoding="utf-8")

    def analyze(*words):
        return subprocess.run(
            ["systemd-analyze", *words, str(file)], capture_output=True, encoding="utf-8", check=False
        )

    verified = analyze("verify")
    rated = analyze("security", "--offline=true", "--threshold=20")
    if "Unrecognized" in rated.stderr or "unrecognized" in rated.stderr:
        pytest.skip("this systemd-analyze does not rate files")

    assert (verified.returncode, verified.stderr) == (0, "")
    assert rated.returncode == 0, rated.stdout[-300:]


def test_containers_are_shut_in(compose, image):
    """
    No root, nothing written but the one volume, no way out of the program's network.
    """
    for name in ("index", "app"):
        service = compose["services"][name]
        assert (service["read_only"], service["cap_drop"], service["networks"]) == (True, ["ALL"], ["inside"])
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["user"] == image["USER"] != "0:0"
        assert "ports" not in service
        assert [volume.partition(":")[2] for volume in service["volumes"]] == [image["VOLUME"]]
    assert compose["networks"]["inside"] == {"internal": True}
    assert image["EXPOSE"] == str(PORT)


def test_health_is_asked_where_it_is_told(unit, compose, proxy):
    """
    The unit has started, and the container is healthy, once the server is ready; the proxy shows nobody the numbers.
    """
    address = f"http://127.0.0.1:{PORT}{READYZ}"
    waits = shlex.split(unit["ExecStartPost"][0])
    checks = compose["services"]["app"]["healthcheck"]["test"]

    assert waits[1:4] == ["-m", "deploy.ready", address]
    assert checks[1:5] == ["python", "-m", "deploy.ready", address]
    assert float(waits[4]) > float(checks[5]) == 0
    assert re.search(rf"location = {METRICS} {{\s+return 404;\s+}}", proxy)
    for command in (shlex.split(unit["ExecStart"][0]), compose["services"]["app"]["command"]):
        assert (parsed(command).metrics, parsed(command).log) == (True, "json")


@pytest.mark.parametrize(
    ("statuses", "seconds", "expected"), [([200], 0, True), ([503], 0, False), ([503, 200], 20, True)]
)
def test_a_server_is_waited_for(statuses, seconds, expected):
    """
    Ready is who answers 200; who says that it is starting is asked again while there is time, and who is not there is not ready.
    """
    left = list(statuses)

    class Answers(BaseHTTPRequestHandler):
        """Answers with the next status, the last one for good."""

        def do_GET(self):
            self.send_response(left.pop(0) if len(left) > 1 else left[0])
            self.end_headers()

        def log_message(self, *_):
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        address = f"http://127.0.0.1:{server.server_port}/readyz"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert main([address, str(seconds)]) == (0 if expected else 1)
        server.shutdown()
    assert not wait_until_ready(address, 0)


def test_files_that_are_named_are_there(compose):
    """
    What Compose builds from and mounts lies where it says, in a bundle.
    """
    build = compose["services"]["index"]["build"]
    mounted = [volume.split(":")[0] for volume in compose["services"]["proxy"]["volumes"]]

    assert (DEPLOY.parent.parent / build["dockerfile"].replace("app", DEPLOY.parent.name, 1)).is_file()
    assert build["context"] == "../.."
    assert [name for name in mounted if not (DEPLOY / name).exists()] == ["./tls"]  # certificates are the operator's


@pytest.mark.parametrize(("name", "host"), [("upstream.conf", "127.0.0.1"), ("upstream.compose.conf", "app")])
def test_the_proxy_finds_the_server(proxy, compose, name, host):
    """
    Both upstreams bear the name that the proxy asks for, and the server's address and port.
    """
    text = (DEPLOY / "nginx" / name).read_text(encoding="utf-8")
    (upstream,) = re.findall(r"^upstream (\w+) \{", text, re.MULTILINE)

    assert f"proxy_pass http://{upstream};" in proxy
    assert re.findall(r"server (\S+);", text) == [f"{host}:{PORT}"]
    assert "app" in compose["services"]


def test_the_proxy_streams_and_does_not_pass_on_claims(proxy, unit, compose):
    """
    Events and web sockets go through at once; the address of a client is the one seen; uploads fit; all files speak of the same host.
    """
    settings = dict(
        re.findall(r"^\s+(proxy_\w+ (?:[A-Z][\w-]+)?|client_max_body_size|ssl_protocols)\s*(.*);$", proxy, re.MULTILINE)
    )
    settings = {name.strip(): value.strip() for name, value in settings.items()}
    (host,) = set(re.findall(r"server_name (\S+);", proxy))

    assert settings["proxy_buffering"] == "off"
    assert settings["proxy_http_version"] == "1.1"
    assert settings["proxy_set_header Upgrade"] == "$http_upgrade"
    assert settings["proxy_set_header X-Forwarded-For"] == "$remote_addr"
    assert settings["proxy_set_header X-Forwarded-Proto"] == "$scheme"
    assert settings["proxy_set_header Host"] == "$host"
    assert settings["ssl_protocols"] == "TLSv1.2 TLSv1.3"
    assert int(settings["client_max_body_size"].rstrip("m")) << 20 > MOST_BYTES
    assert proxy.count("{") == proxy.count("}")
    assert parsed(shlex.split(unit["ExecStart"][0])).name == [host]
    assert parsed(compose["services"]["app"]["command"]).name == [host]
