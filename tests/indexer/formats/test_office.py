import http.server
import shutil
import threading
import zipfile

import pytest

from indexer.errors import ReadError
from indexer.formats import office
from indexer.formats.extract import extract
from indexer.formats.office import read_office
from tests.indexer.formats.test_docx import cells_of

needs_office = pytest.mark.skipif(
    not (shutil.which("soffice") or shutil.which("libreoffice")), reason="needs LibreOffice"
)
RTF = (
    r"{\rtf1\ansi\ansicpg1252 K\u7871? ho\u7841?ch\par Hai\par"
    r"\trowd\cellx2000\cellx4000 TT\intbl\cell N\u7897?i dung\intbl\cell\row\pard }"
)


@needs_office
def test_rtf_in_a_doc(tmp_path):
    """
    RTF is read with its table, though its name says DOC.
    """
    (tmp_path / "a.doc").write_text(RTF)
    extracted = extract(tmp_path / "a.doc")

    assert extracted.text.startswith("Kế hoạch\nHai\nTT\nNội dung")
    assert cells_of(extracted) == [["TT", "Nội dung"]]


@needs_office
def test_a_document_calls_nobody(tmp_path):
    """
    A picture that an ODT names on the web is not fetched.
    """
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_OPTIONS = do_PROPFIND = do_GET  # noqa: N815 - names of http.server

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        spaces = "".join(
            f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{value}:1.0"'
            for name, value in (("office", "office"), ("text", "text"), ("draw", "drawing"), ("manifest", "manifest"))
        )
        address = f"http://127.0.0.1:{server.server_port}/a.png"
        body = f'<text:p>Một<draw:frame><draw:image xlink:href="{address}" xlink:type="simple"/></draw:frame></text:p>'
        with zipfile.ZipFile(tmp_path / "a.odt", "w") as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
            archive.writestr(
                "META-INF/manifest.xml",
                f"<manifest:manifest{spaces}>"
                '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>'
                '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>',
            )
            archive.writestr(
                "content.xml",
                f'<office:document-content{spaces} xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2">'
                f"<office:body><office:text>{body}</office:text></office:body></office:document-content>",
            )
        text = extract(tmp_path / "a.odt").text
        server.shutdown()

    assert text.strip() == "Một"
    assert asked == []


@needs_office
def test_a_file_that_cannot_be_opened(tmp_path):
    """
    A damaged file is told under its own name.
    """
    path = tmp_path / "a.doc"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le"))
    with pytest.raises(ReadError) as caught:
        extract(path)

    assert str(caught.value).startswith(f"{path}: ")
    assert "LibreOffice cannot open it" in str(caught.value) or "no letter" in str(caught.value)


def test_without_libreoffice(tmp_path, monkeypatch):
    """
    The message names the package, and the way without it.
    """
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(ReadError, match=r"libreoffice-writer-nogui.*save the file as DOCX"):
        read_office(tmp_path / "a.doc")


def test_a_file_that_takes_too_long(tmp_path, monkeypatch):
    """
    A program that does not end is ended, with what it has started.
    """
    program = tmp_path / "soffice"
    program.write_text("#!/bin/sh\nsleep 60 &\nsleep 60\n")
    program.chmod(0o755)
    (tmp_path / "a.doc").write_text("x")
    monkeypatch.setattr("shutil.which", lambda _: str(program))
    monkeypatch.setattr(office, "TIMEOUT", 1)

    with pytest.raises(ReadError, match="longer than 1 seconds"):
        read_office(tmp_path / "a.doc")
