"""Images of the pages of originals: each is drawn once and kept on the disk, the ones not looked at for longest make room."""

from __future__ import annotations

import logging
import os
import re
import time
from collections import OrderedDict
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from indexer.errors import HoiVanBanError, ReadError
from indexer.rendering import render_page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_log = logging.getLogger(__name__)
PAGES = "pages"  # the folder of page images, below that of the data
_MOST_BYTES = 256 << 20  # some 1,500 pages
_FAILED_FOR = 60.0  # seconds in which a page that could not be drawn is not tried again
_FAILED_KEPT = 1000  # such pages
_WEBP = b"RIFF"
_NAME = re.compile(r"[0-9a-f]{64}-\d+-\d+\.webp")


@dataclass(frozen=True, slots=True)
class PageKey:
    """A page of an original, by the SHA-256 of its file, at so many dots an inch."""

    sha256: str
    page: int
    dpi: int

    @property
    def file(self) -> str:
        """The name of its image."""
        return f"{self.sha256}-{self.page}-{self.dpi}.webp"


class PageImages:
    """
    Page images in one folder, which holds at most so many bytes; threads may share it, and ask for the same page at once.

    The folder belongs to its owner alone: pages of somebody's own documents lie in it.
    """

    def __init__(
        self,
        folder: Path,
        *,
        most_bytes: int = _MOST_BYTES,
        render: Callable[..., bytes] = render_page,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """*render* draws a page as ``render_page`` does."""
        self.folder = folder
        self._most_bytes = most_bytes
        self._render = render
        self._clock = clock
        self._lock = Lock()
        self._sizes: OrderedDict[str, int] | None = None  # of all files, the one not looked at for longest first
        self._drawing: dict[PageKey, Future[bytes]] = {}
        self._failed: OrderedDict[PageKey, tuple[float, HoiVanBanError]] = OrderedDict()

    def kept(self, key: PageKey) -> bytes | None:
        """Return the image of *key* where it is there already."""
        with self._lock:
            return self._kept(key.file)

    def image(self, key: PageKey, original: Callable[[], Path | None]) -> bytes:
        """
        Return the image of *key* as WebP; where it has to be drawn, *original* gives the file.

        Raises:
            ReadError: the page cannot be drawn.
            IndexDamagedError: what *original* raises.
        """
        with self._lock:
            if (kept := self._kept(key.file)) is not None:
                return kept
            when, error = self._failed.get(key, (0.0, None))
            if error is not None and self._clock() < when + _FAILED_FOR:
                raise error
            drawing = self._drawing.get(key)
            ours = drawing is None
            if drawing is None:
                drawing = self._drawing[key] = Future()
        if ours:
            self._draw(key, original, drawing)
        return drawing.result()

    def _draw(self, key: PageKey, original: Callable[[], Path | None], drawing: Future[bytes]) -> None:
        try:
            data = self._drawn(key, original())
        except BaseException as error:  # noqa: BLE001 - whoever waits for it has to hear of it
            with self._lock:
                if isinstance(error, HoiVanBanError):
                    self._failed[key] = (self._clock(), error)
                    while len(self._failed) > _FAILED_KEPT:
                        self._failed.popitem(last=False)
                del self._drawing[key]
            drawing.set_exception(error)
            return
        with self._lock:
            try:
                self._keep(key.file, data)
            except OSError as error:
                _log.warning("%s: a page image cannot be kept: %s", self.folder, error)
            del self._drawing[key]
        drawing.set_result(data)

    def _drawn(self, key: PageKey, original: Path | None) -> bytes:
        if original is None:
            msg = f"page {key.page}: its original is not kept.\n  Build the index again."
            raise ReadError(msg)
        return self._render(original, key.page, dpi=key.dpi)

    def forget(self, sha256: str) -> None:
        """Remove the images of all pages of the original with this hash: its document was deleted by who it belongs to."""
        with self._lock:
            for name in [name for name in self._known() if name.startswith(f"{sha256}-")]:
                self._remove(name)

    def _known(self) -> OrderedDict[str, int]:
        """Return the sizes of the files in the folder, which is looked through once."""
        if self._sizes is None:
            found = []
            if self.folder.is_dir():
                with os.scandir(self.folder) as entries:
                    found = [(entry.stat(), entry.name) for entry in entries if _NAME.fullmatch(entry.name)]
            found.sort(key=lambda one: one[0].st_mtime)
            self._sizes = OrderedDict((name, stat.st_size) for stat, name in found)
        return self._sizes

    def _kept(self, name: str) -> bytes | None:
        sizes = self._known()
        if name not in sizes:
            return None
        path = self.folder / name
        try:
            data = path.read_bytes()
        except OSError:  # somebody has tidied up
            data = b""
        if not data.startswith(_WEBP):  # or a power cut came before the bytes were on the disk
            del sizes[name]
            return None
        sizes.move_to_end(name)
        with suppress(OSError):
            os.utime(path)  # so that a later start knows the order
        return data

    def _keep(self, name: str, data: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = self.folder / f".{name}.part"
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        unfinished.replace(self.folder / name)
        sizes = self._known()
        sizes[name] = len(data)
        sizes.move_to_end(name)
        total = sum(sizes.values())
        while total > self._most_bytes and len(sizes) > 1:
            oldest = next(iter(sizes))
            total -= sizes[oldest]
            self._remove(oldest)

    def _remove(self, name: str) -> None:
        self._known().pop(name, None)
        with suppress(OSError):
            (self.folder / name).unlink()
