"""What the self-test asks of the server, as a browser would: pages, files, a question through the queue, a document, forged requests."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ROUTE = "/hoi-van-ban"
PAGES = ("/", "/en/", f"{ROUTE}/dang-nhap", f"{ROUTE}/api/")
_EVIL = "https://evil.example"
_PATIENCE = 120.0  # seconds
_LOADED = re.compile(
    r"""(?:\b(?:src|href|action|poster|srcset)\s*=\s*|\burl\(\s*|@import\s+)["']?([^"'\s)>]+)""", re.IGNORECASE
)
_ADDRESS = re.compile(r"""(?:https?:|wss?:|["'(=\s])//([\w-]+(?:\.[\w-]+)+)""", re.IGNORECASE)
_NAMESPACES = frozenset(("www.w3.org",))  # names of formats, never loaded
_HERE = frozenset(("127.0.0.1", "localhost"))
_SOURCES = frozenset(("'self'", "'none'", "'unsafe-inline'", "'unsafe-eval'", "data:", "blob:"))
_SECURITY = (
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "permissions-policy",
    "cross-origin-opener-policy",
)


class NotSoError(Exception):
    """A check failed; the message says at what."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A response: status, headers by lower-case name, body."""

    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Client:
    """Asks one server on this machine."""

    def __init__(self, port: int, files: tuple[str, ...]) -> None:
        """*files* are the paths of what is served to everybody."""
        self.port, self.files = port, files

    def get(self, path: str, **headers: str) -> Answered:
        """Return what the server answers."""
        return self._send("GET", path, None, headers)

    def post(self, path: str, value: Any, **headers: str) -> Answered:
        """Return what the server answers to *value* as JSON."""
        sent = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream", **headers}
        return self._send("POST", path, json.dumps(value), sent)

    def _send(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> Answered:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE)
        try:
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answered(answer.status, found, answer.read().decode("utf-8", "replace"))
        finally:
            connection.close()

    def checks(self) -> Iterator[tuple[str, Callable[[], str]]]:
        """Yield what is checked and how; a check returns a remark or raises NotSoError."""
        yield "Trang tiếng Việt, tiếng Anh, đăng nhập, giao diện lập trình mở được", self._pages
        yield "Tệp kiểu chữ, kiểu trình bày, chương trình của trang đều do máy chủ này cấp", self._files
        yield "Trang và tệp không nêu địa chỉ của máy khác", self._no_other_host
        yield "Đầu mục bảo mật (CSP…) có trong mọi câu trả lời", self._headers
        yield "Hỏi một câu qua hàng đợi của trang", self._ask
        yield "Mở một văn bản", self._open
        yield "Hỏi qua giao diện lập trình", self._api
        yield "Công cụ MCP chỉ đọc", self._mcp
        yield "Yêu cầu từ trang của máy khác bị từ chối", self._forged
        yield "Tên máy lạ bị từ chối", self._foreign_name
        yield "Đường tải tệp không dùng đến đã đóng", self._closed

    def _pages(self) -> str:
        for path in PAGES:
            self._good(path)
        return f"{len(PAGES)} trang"

    def _good(self, path: str) -> Answered:
        answer = self.get(path)
        if answer.status != 200 and not (path == f"{ROUTE}/dang-nhap" and answer.status == 404):  # no accounts, no door
            msg = f"{path}: mã {answer.status}"
            raise NotSoError(msg)
        return answer

    def _files(self) -> str:
        own = [*self.files, *(path for page in PAGES for path in self._loaded(page))]
        for path in dict.fromkeys(own):
            self._good(path)
        return f"{len(set(own))} tệp"

    def _loaded(self, page: str) -> list[str]:
        """Return the paths that a page loads from this server."""
        found = (urljoin(page, address) for address in _LOADED.findall(self.get(page).body))
        paths = (urlsplit(address) for address in found if not address.startswith(("data:", "#", "blob:")))
        return [one.path for one in paths if re.search(r"\.(?:js|css|woff2?|svg|png|ico)$", one.path)]

    def _no_other_host(self) -> str:
        wrong = []
        for path in PAGES:
            loaded = _LOADED.findall(self.get(path).body)
            wrong += [
                f"{path}: {urlsplit(one).hostname}" for one in loaded if not self._is_here(urlsplit(one).hostname)
            ]
        for path in self.files:
            if path.endswith((".css", ".js")):
                named = set(_ADDRESS.findall(self.get(path).body)) - _NAMESPACES
                wrong += [f"{path}: {host}" for host in sorted(named) if not self._is_here(host)]
        if wrong:
            raise NotSoError("; ".join(wrong[:5]))
        return ""

    @staticmethod
    def _is_here(host: str | None) -> bool:
        return host is None or host in _HERE

    def _headers(self) -> str:
        for path in (
            "/",
            "/en/",
            f"{ROUTE}/chat.css",
            f"{ROUTE}/toi",
            f"{ROUTE}/api/",
            "/khong-co",
            "/gradio_api/upload",
        ):
            headers = self.get(path).headers
            missing = [name for name in _SECURITY if name not in headers]
            if missing:
                raise NotSoError(f"{path}: thiếu {', '.join(missing)}")
            for rule in headers["content-security-policy"].replace(",", ";").split(";"):
                other = [source for source in rule.split()[1:] if source not in _SOURCES]
                if other:
                    raise NotSoError(f"{path}: CSP cho phép {' '.join(other)}")
        return ""

    def _event(self, part: str, event: str) -> tuple[dict[str, Any], str]:
        """Return the function of Gradio behind *event* of the part with the id *part*, and the part's placeholder."""
        config = self.get("/config").json
        parts = {one["props"].get("elem_id"): one for one in config["components"]}
        number = parts[part]["id"]
        found = next(one for one in config["dependencies"] if [number, event] in one["targets"] and one["backend_fn"])
        return found, str(parts[part]["props"].get("placeholder", ""))

    def _ask(self) -> str:
        function, placeholder = self._event("hvb-box", "submit")
        question = placeholder.partition(": ")[2] or "Văn bản này do ai ban hành?"
        session = secrets.token_hex(6)
        values = [question, *(None for _ in function["inputs"][1:])]
        joined = self.post(
            "/gradio_api/queue/join", {"data": values, "fn_index": function["id"], "session_hash": session}
        )
        if joined.status != 200:
            raise NotSoError(f"hàng đợi: mã {joined.status}")
        stream = self.get(f"/gradio_api/queue/data?session_hash={session}").body
        told = [json.loads(line.removeprefix("data:")) for line in stream.splitlines() if line.startswith("data:")]
        last = next((one for one in told if one.get("msg") == "process_completed"), None)
        if last is None or not last.get("success"):
            msg = "câu hỏi không được trả lời"
            raise NotSoError(msg)
        if "hvb-answer" not in stream or "hvb-error" in stream:
            msg = "máy chủ báo lỗi khi trả lời"
            raise NotSoError(msg)
        return f"“{question}”"

    def _open(self) -> str:
        documents = self.get(f"{ROUTE}/api/v1/van-ban").json["documents"]
        function, _ = self._event("hvb-viewer", "select")
        sent = {"data": [], "fn_index": function["id"], "event_data": {"document": documents[0]["id"]}}
        opened = self.post("/gradio_api/run/predict", {**sent, "session_hash": secrets.token_hex(6)})
        if opened.status != 200 or "hvb-paper" not in opened.body:
            raise NotSoError(f"văn bản không mở được: mã {opened.status}")
        return str(documents[0]["name"])

    def _api(self) -> str:
        answer = self.post(f"{ROUTE}/api/v1/hoi", {"question": "Văn bản này do ai ký?"})
        if answer.status != 200 or "status" not in answer.json:
            raise NotSoError(f"mã {answer.status}")
        return ""

    def _mcp(self) -> str:
        asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
        tools = self.post(f"{ROUTE}/mcp", asked)
        if tools.status != 200:
            raise NotSoError(f"mã {tools.status}")
        listed = tools.json["result"]["tools"]
        wrong = [tool["name"] for tool in listed if not tool.get("annotations", {}).get("readOnlyHint")]
        if wrong:
            raise NotSoError(", ".join(wrong))
        return ", ".join(tool["name"] for tool in listed)

    def _forged(self) -> str:
        for path in ("/gradio_api/queue/join", "/gradio_api/run/predict", f"{ROUTE}/api/v1/hoi", f"{ROUTE}/mcp"):
            status = self.post(path, {}, Origin=_EVIL).status
            if status != 403:
                raise NotSoError(f"{path}: mã {status}")
        allowed = self.get("/config", Origin=_EVIL).headers.get("access-control-allow-origin")
        if allowed is not None:
            raise NotSoError(f"trang khác được đọc: {allowed}")
        return ""

    def _foreign_name(self) -> str:
        status = self.get("/", Host="evil.example").status
        if status != 421:
            raise NotSoError(f"mã {status}")
        return ""

    def _closed(self) -> str:
        for path in (
            "/gradio_api/file=/etc/hostname",
            "/gradio_api/upload",
            "/gradio_api/proxy=http://evil.example/",
            "/openapi.json",
        ):
            status = self.get(path).status
            if status not in (403, 404, 405):
                raise NotSoError(f"{path}: mã {status}")
        return ""
