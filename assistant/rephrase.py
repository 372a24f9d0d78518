"""
An optional language model that may reword a finished answer; off by default.

Any server that speaks the OpenAI protocol will do. It is shown the built answer and its quotes, told that they are data, and its text is
taken only where :func:`assistant.rewording.fault_of` finds nothing changed; in all other cases the built answer stands. The key, if there is
one, goes into the request and nowhere else.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import replace
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import ip_address
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from assistant.english import is_english
from assistant.rewording import fault_of, rephrase_data, tidied
from indexer.errors import InputError, LanguageModelError
from indexer.types import fold_white

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.parse import SplitResult

    from assistant.types import Answer

KEY_VARIABLE = "HVB_LLM_KEY"
TRACE = "mô hình ngôn ngữ"  # how its lines in a trace begin
_TIMEOUT = 30.0  # seconds, for the whole exchange
_LARGEST = 262_144  # bytes of a reply
_PAUSE = 30.0  # seconds in which a server that failed is not asked again
_LONGEST_ANSWER = 3000  # characters; a longer one is a list, which has to stay as it is
_LONGEST_QUOTE = 600  # characters
_MOST_QUOTES = 20
_TEMPLATE = re.compile(r"\[(/?[A-Z_]+)\]")  # "[/INST]"; "<|im_end|>" and "</s>" go with their brackets
_THOUGHT = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)  # some models think aloud first


class Rephraser(Protocol):
    """What is needed of a language model."""

    def rewrite(self, system: str, user: str) -> str:
        """
        Return the model's words on *user*, under the instruction *system*.

        Raises:
            LanguageModelError: there are none; the message says why.
        """


def rephrased(answer: Answer, client: Rephraser) -> Answer:
    """
    Return *answer* in the words of *client* where they say the same, else as it is; a line in ``trace`` tells which and why.

    Question, citations and what was understood stay. Never raises: a server that fails leaves the answer as it was built.
    """
    if len(answer.text) > _LONGEST_ANSWER:
        return _with_line(answer, "giữ câu trả lời gốc (quá dài để viết lại)")
    language = "en" if is_english(answer.question) else "vi"
    try:
        text = client.rewrite(*messages(answer, language))
    except LanguageModelError as error:
        return _with_line(answer, f"giữ câu trả lời gốc ({error})")
    text = tidied(_THOUGHT.sub("", text, count=1))
    if fault := fault_of(answer, text, language):
        return _with_line(answer, f"giữ câu trả lời gốc ({fault})")
    return _with_line(replace(answer, text=text), "dùng lời viết lại, đã kiểm tra từng từ")


def _with_line(answer: Answer, line: str) -> Answer:
    return replace(answer, trace=(*answer.trace, f"{TRACE}: {line}"))


def messages(answer: Answer, language: str) -> tuple[str, str]:
    """
    Return the instruction and the request for *answer*: its text and its quotes, each in a block that only this request can close.

    The lines around a block bear 16 random digits that stand nowhere inside it; what looks like such a line in a document is defused.
    """
    data = rephrase_data()[language]
    quotes = [
        f"[{number}] {_harmless(fold_white(citation.quote)[:_LONGEST_QUOTE])}"
        for number, citation in enumerate(answer.citations[:_MOST_QUOTES], start=1)
    ]
    blocks = {"answer": _harmless(answer.text), "quotes": "\n".join(quotes)}
    mark = secrets.token_hex(8)
    while any(mark in words for words in blocks.values()):
        mark = secrets.token_hex(8)
    written = {
        name: f"{data['open'].format(name=data[name], mark=mark)}\n{words}\n{data['close'].format(name=data[name], mark=mark)}"
        for name, words in blocks.items()
    }
    system = data["system"].format(free=", ".join(data["free"]), mark=mark)
    return system.strip(), data["user"].format(**written).strip()


def _harmless(text: str) -> str:
    """Return *text* without control characters and without what could be the edge of a block or a sign of a chat template."""
    text = "".join(letter if letter == "\n" or letter.isprintable() else " " for letter in text)
    return _TEMPLATE.sub(r"(\1)", text).replace("<", "‹").replace(">", "›")


class ChatClient:
    """
    A server with the OpenAI protocol: one POST to ``{base}/chat/completions`` a question.

    No redirect is followed, no proxy is used, nothing is asked twice. *timeout* (seconds) holds for the whole exchange, *largest* (bytes) for
    the reply; for *pause* seconds after a failure the server is left alone. Threads may share it.
    """

    def __init__(
        self,
        url: SplitResult,
        model: str,
        *,
        key: str | None = None,
        timeout: float = _TIMEOUT,
        largest: int = _LARGEST,
        pause: float = _PAUSE,
    ) -> None:
        self._url = url
        self._model = model
        self._key = key
        self._timeout = timeout
        self._largest = largest
        self._pause = pause
        self._asleep_until = 0.0

    @classmethod
    def open(cls, base: str, model: str, *, key: str | None = None, **limits: Any) -> ChatClient:
        """
        Return a client for the server at *base* ("http://127.0.0.1:11434/v1"); nothing is sent yet.

        Raises:
            InputError: *base* is no address of a server, or *model* or *key* cannot be sent.
        """
        if not model.strip() or not model.isprintable():
            msg = '--llm-model: thiếu tên mô hình.\n  Thêm tên mà máy chủ biết, ví dụ: --llm-model "qwen3:4b"'
            raise InputError(msg)
        if key is not None and not (key.isascii() and key.isprintable() and " " not in key):
            msg = f"{KEY_VARIABLE}: khóa có ký tự không gửi được.\n  Đặt lại biến môi trường, chỉ gồm chữ, số và dấu không có khoảng trắng."
            raise InputError(msg)
        return cls(_checked_url(base), model.strip(), key=key or None, **limits)

    @property
    def host(self) -> str:
        """The name or address of the server."""
        return self._url.hostname or ""

    @property
    def is_local(self) -> bool:
        """Whether the server runs on this machine, by its address."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def rewrite(self, system: str, user: str) -> str:
        """
        Return what the model says; see :class:`Rephraser`.

        Raises:
            LanguageModelError: the server cannot be reached, is slow, or replies with something else.
        """
        if monotonic() < self._asleep_until:
            msg = "máy chủ vừa gặp lỗi, tạm thời chưa hỏi lại"
            raise LanguageModelError(msg)
        try:
            return _content(self._reply(system, user))
        except LanguageModelError:
            self._asleep_until = monotonic() + self._pause
            raise

    def _reply(self, system: str, user: str) -> bytes:
        said = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        request = {"model": self._model, "messages": said, "temperature": 0, "stream": False}
        # a lone surrogate would not encode
        body = json.dumps(request, ensure_ascii=False).encode("utf-8", errors="replace")
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Accept": "application/json",
            "Connection": "close",
        }
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        exchange = _Exchange(self._connection(), f"{self._url.path}/chat/completions", body, headers, self._largest)
        threading.Thread(target=exchange.run, daemon=True, name="rephrase").start()
        if not exchange.done.wait(self._timeout):
            exchange.cut()
            raise LanguageModelError(f"máy chủ không trả lời xong trong {self._timeout:g} giây")
        if exchange.body is None:
            raise LanguageModelError(exchange.fault)
        return exchange.body

    def _connection(self) -> HTTPConnection:
        if self._url.scheme == "https":
            context = ssl.create_default_context()
            return HTTPSConnection(self.host, self._url.port, timeout=self._timeout, context=context)
        return HTTPConnection(self.host, self._url.port, timeout=self._timeout)


def open_client(base: str | None, model: str | None) -> ChatClient | None:
    """
    Return a client for the server at *base*, None where none is asked for; the key stands in the environment.

    Raises:
        InputError: there is a *model* and no server, or as ``ChatClient.open``.
    """
    if base is None:
        if model is None:
            return None
        msg = "--llm-model: chưa có địa chỉ máy chủ.\n  Thêm địa chỉ, ví dụ: --llm http://127.0.0.1:11434/v1"
        raise InputError(msg)
    return ChatClient.open(base, model or "", key=os.environ.get(KEY_VARIABLE))


class _Exchange:
    """One request and its reply, in a thread of its own: a server that sends a byte now and then would outlast any timeout of a socket."""

    def __init__(
        self, connection: HTTPConnection, path: str, body: bytes, headers: Mapping[str, str], largest: int
    ) -> None:
        self.done = threading.Event()
        self.body: bytes | None = None
        self.fault = "máy chủ không trả lời"
        self._connection = connection
        self._request = (path, body, headers)
        self._largest = largest
        self._socket: socket.socket | None = None

    def run(self) -> None:
        """Send and receive; ``body`` is the reply, None where there is none, and then ``fault`` says why."""
        path, body, headers = self._request
        try:
            self._connection.connect()
            self._socket = self._connection.sock
            self._connection.request("POST", path, body, dict(headers))
            with self._connection.getresponse() as response:
                self._receive(response)
        except ConnectionRefusedError:
            self.fault = "máy chủ từ chối kết nối"
        except (OSError, HTTPException, ValueError) as error:
            self.fault = f"kết nối với máy chủ bị lỗi: {type(error).__name__}"
        finally:
            self._connection.close()
            self.done.set()

    def _receive(self, response: HTTPResponse) -> None:
        if response.status != 200:
            self.fault = f"máy chủ trả về mã HTTP {response.status}"
            return
        body = response.read(self._largest + 1)
        if len(body) > self._largest:
            self.fault = f"máy chủ trả về quá {self._largest} byte"
            return
        self.body = body

    def cut(self) -> None:
        """End the exchange, whatever it waits for."""
        if self._socket is not None:
            with suppress(OSError, ValueError):
                self._socket.shutdown(socket.SHUT_RDWR)


def _content(body: bytes) -> str:
    """
    Return the text in a reply of the OpenAI protocol.

    Raises:
        LanguageModelError: it is no UTF-8, no JSON, of another shape, or empty.
    """
    try:
        reply = json.loads(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        msg = "trả lời của máy chủ không phải UTF-8"
        raise LanguageModelError(msg) from error
    except (ValueError, RecursionError) as error:
        msg = "trả lời của máy chủ không phải JSON"
        raise LanguageModelError(msg) from error
    try:
        content = reply["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError) as error:
        msg = "trả lời của máy chủ không có choices[0].message.content"
        raise LanguageModelError(msg) from error
    if not isinstance(content, str):
        msg = "trả lời của máy chủ không phải dạng chữ"
        raise LanguageModelError(msg)
    if not content.strip():
        msg = "trả lời của máy chủ để trống"
        raise LanguageModelError(msg)
    return content


def _checked_url(base: str) -> SplitResult:
    """
    Return the parts of *base*, the path without a slash at its end.

    Raises:
        InputError: it is no address of a server; a name and password in it would end up in logs.
    """
    example = "ví dụ: --llm http://127.0.0.1:11434/v1"
    try:
        url = urlsplit(base.strip())
        port = url.port
    except ValueError as error:
        raise InputError(f"--llm: “{_shown(base)}” không phải địa chỉ máy chủ.\n  Sửa lại, {example}") from error
    if "@" in url.netloc:
        msg = f"--llm: địa chỉ không được chứa tên và mật khẩu.\n  Bỏ phần trước “@”, và đặt khóa vào biến môi trường {KEY_VARIABLE}."
        raise InputError(msg)
    proper = all(letter.isascii() and letter.isprintable() and letter not in ' \\"<>' for letter in base.strip())
    if not proper or url.scheme not in {"http", "https"} or not url.hostname or port == 0 or url.query or url.fragment:
        msg = f"--llm: “{_shown(base)}” không phải địa chỉ http:// hoặc https:// của một máy chủ.\n  Sửa lại, {example}"
        raise InputError(msg)
    return url._replace(path=url.path.rstrip("/").removesuffix("/chat/completions"))


def _shown(base: str) -> str:
    """Return *base* as it may be shown: one short line, and nothing in front of an "@"."""
    return fold_white(base.rpartition("@")[2])[:100]
