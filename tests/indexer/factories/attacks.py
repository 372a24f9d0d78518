"""Files made to take a reader down, none of them large: bombs, cycles, lies about size, and text that makes patterns run wild."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/word/document.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
_RELATIONS = """<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
 Target="word/document.xml"/></Relationships>"""
_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_PARAGRAPH = "<w:p><w:r><w:t>Một.</w:t></w:r></w:p>"


def _docx(document: bytes, *, more: dict[str, bytes] | None = None) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        file.writestr("[Content_Types].xml", _TYPES)
        file.writestr("_rels/.rels", _RELATIONS)
        file.writestr("word/document.xml", document)
        for name, data in (more or {}).items():
            file.writestr(name, data)
    return made.getvalue()


def _body(words: str = _PARAGRAPH, *, before: str = "") -> bytes:
    return f'<?xml version="1.0"?>{before}<w:document {_WORD}><w:body>{words}</w:body></w:document>'.encode()


def docx_bomb() -> bytes:
    """300 MB of document.xml in 1 MB."""
    head, tail = _body("@").split(b"@")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        file.writestr("[Content_Types].xml", _TYPES)
        file.writestr("_rels/.rels", _RELATIONS)
        with file.open("word/document.xml", "w", force_zip64=True) as part:
            part.write(head)
            for _ in range(300):
                part.write((_PARAGRAPH.encode() * 26_000)[: 1 << 20])
            part.write(tail)
    return made.getvalue()


def docx_of_many_entries() -> bytes:
    """5,000 entries."""
    return _docx(_body(), more={f"word/media/{number}.png": b"x" for number in range(5000)})


def docx_of_laughs() -> bytes:
    """A billion laughs: entities that hold entities."""
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return _docx(_body("<w:p><w:r><w:t>&a9;</w:t></w:r></w:p>", before=f"<!DOCTYPE d [{entities}]>"))


def docx_that_asks_for_a_file() -> bytes:
    """An external entity that names a file of ours."""
    entity = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    return _docx(_body("<w:p><w:r><w:t>Một. &x;</w:t></w:r></w:p>", before=entity))


def docx_with_a_way_out() -> bytes:
    """An entry whose name leads out of the folder it would be unpacked to."""
    return _docx(_body(), more={"../../../hvb-attack": b"x"})


def docx_of_deep_tables() -> bytes:
    """Tables inside tables, 3,000 deep."""
    opening, closing = "<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"
    return _docx(_body(opening * 3000 + _PARAGRAPH + closing * 3000))


def _pdf(objects: list[bytes]) -> bytes:
    """Return a PDF of *objects*, the first of them the catalogue, numbered from 1."""
    data = b"%PDF-1.7\n"
    places = []
    for number, value in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, value)
    table = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    return data + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)


def _stream(data: bytes, about: bytes = b"") -> bytes:
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(data), about, data)


_CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R >>"
_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>"


def _pages(
    content: bytes,
    *,
    box: bytes = b"0 0 595 842",
    resources: bytes = b"/Font << /F 5 0 R >>",
    more: tuple[bytes, ...] = (_FONT,),
) -> bytes:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [%b] /Contents 4 0 R /Resources << %b >> >>" % (box, resources)
    return _pdf([_CATALOGUE, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page, content, *more])


def pdf_of_words(words: bytes = b"Ke hoach so 1. Mot hai ba bon nam.") -> bytes:
    """A PDF that is no attack: one page with one line."""
    return _pages(_stream(b"BT /F 12 Tf 72 720 Td (%b) Tj ET" % words))


def _squeezed(piece: bytes, times: int) -> bytes:
    packer = zlib.compressobj(1)
    return b"".join([*(packer.compress(piece) for _ in range(times)), packer.flush()])


def pdf_bomb() -> bytes:
    """A page whose 250 MB of orders are squeezed into 1 MB."""
    orders = b"BT /F 12 Tf 72 720 Td (a) Tj ET\n" * 32_768
    return _pages(_stream(_squeezed(orders, 250), b"/Filter /FlateDecode"))


def pdf_of_a_wide_page() -> bytes:
    """A page 2,000,000 points wide."""
    return _pages(_stream(b"BT /F 12 Tf 72 720 Td (Ke hoach) Tj ET"), box=b"0 0 2000000 2000000")


def pdf_of_a_large_picture() -> bytes:
    """A scan that says it has 60,000 times 60,000 dots."""
    side = 60_000
    about = b"/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 1 /ColorSpace /DeviceGray /Filter /FlateDecode"
    picture = _stream(_squeezed(bytes(side // 8), side), about % (side, side))
    return _pages(_stream(b"q 595 0 0 842 0 0 cm /I Do Q"), resources=b"/XObject << /I 5 0 R >>", more=(picture,))


def pdf_of_many_pages(pages: int = 200_000) -> bytes:
    """One page, named 200,000 times."""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>"
    tree = b"<< /Type /Pages /Kids [%b] /Count %d >>" % (b"3 0 R " * pages, pages)
    return _pdf([_CATALOGUE, tree, page, _stream(b"")])


def pdf_of_a_cycle() -> bytes:
    """A tree of pages whose branch is its own trunk."""
    return _pdf(
        [
            _CATALOGUE,
            b"<< /Type /Pages /Kids [3 0 R] /Count 9 >>",
            b"<< /Type /Pages /Kids [2 0 R] /Count 9 /Parent 2 0 R >>",
        ]
    )


def pdf_that_is_a_program() -> bytes:
    """A program for Windows under the name of a PDF."""
    return b"MZ\x90\x00" + bytes(60) + b"\x80\x00\x00\x00" + b"This program cannot be run in DOS mode." * 20


def pdf_with_a_password() -> bytes:
    """A PDF whose encryption asks for a password; what is in it is noise."""
    whole = pdf_of_words()
    lock = b"<< /Filter /Standard /V 1 /R 2 /Length 40 /P -44 /O <%b> /U <%b> >>" % (b"41" * 32, b"42" * 32)
    return whole.replace(b"trailer << ", b"trailer << /Encrypt %b /ID [<00><00>] " % lock)


def pdf_cut_short() -> bytes:
    """The first half of a PDF."""
    whole = pdf_of_words(b"Mot hai ba bon nam. " * 50)
    return whole[: len(whole) // 2]


def pdf_of_noise() -> bytes:
    """Random bytes under the header of a PDF."""
    return b"%PDF-1.7\n" + random.Random(57).randbytes(100_000)  # noqa: S311 - noise, the same every time


def png_of_a_large_picture() -> bytes:
    """A picture of 40,000 times 40,000 dots."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    side = 40_000
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = _squeezed(bytes(1 + side // 8), side)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def html_of_deep_nesting() -> bytes:
    """100,000 elements, each inside the one before."""
    return b"<html><body>" + b"<div>" * 100_000 + "Một.".encode() + b"</div>" * 100_000


def html_of_a_wide_cell() -> bytes:
    """A cell that says it covers a million rows and columns, again and again."""
    cell = b'<td rowspan="1000000" colspan="1000000">a</td>'
    return b"<html><body><table>" + (b"<tr>" + cell * 50 + b"</tr>") * 50 + b"</table></body></html>"


def rtf_bomb() -> bytes:
    """Groups inside groups, 5,000 deep."""
    return rb"{\rtf1\ansi " + b"{\\b " * 5_000


def doc_of_noise() -> bytes:
    """The header of an old Word file and noise behind it."""
    return bytes.fromhex("d0cf11e0a1b11ae1") + random.Random(57).randbytes(200_000)  # noqa: S311


_REGISTER = "TT Nội dung\n"


def text_of_table_numbers() -> bytes:
    """50 MB of numbers below the header of a table."""
    numbers = "\n".join(map(str, range(1, 1000)))
    return (_REGISTER + f"{numbers}\n" * 12_850).encode()


def text_of_many_rows() -> bytes:
    """A table whose numbers begin again and again, 12,000 of them."""
    return (_REGISTER + "1\n2\n3\n4\n" * 3_000).encode()


def text_of_one_row() -> bytes:
    """A table of one row that may be cut in a thousand places."""
    return ("TT Nội dung Cơ quan chủ trì Thời gian\n1 " + "Sở Y tế\n" * 1200).encode()


def text_of_cut_rows() -> bytes:
    """The header of a table again and again, so that each page would cut the row."""
    return (_REGISTER + "1 a\n").encode() * 3000


def text_of_one_line() -> bytes:
    """One line of 10 MB."""
    return ("KẾ HOẠCH\n" + "một hai " * 1_200_000).encode()


def text_of_one_word() -> bytes:
    """One word of a million letters."""
    return ("KẾ HOẠCH\nI. MỤC TIÊU\n" + "a" * 1_000_000).encode()


def text_of_grounds() -> bytes:
    """The opening of a legal ground, 100,000 times."""
    return ("KẾ HOẠCH\n" + "Căn cứ " * 100_000).encode()


def text_of_brackets() -> bytes:
    """100,000 opening brackets."""
    return ("PHỤ LỤC I\n" + "(" * 100_000).encode()


def text_of_document_numbers() -> bytes:
    """A sentence that names 30,000 documents."""
    return ("KẾ HOẠCH\nI. MỤC TIÊU\n" + "".join(f"{n}/KH-UBND, " for n in range(30_000))).encode()


def text_of_noise() -> bytes:
    """Random bytes that say nothing of what they are."""
    return random.Random(57).randbytes(100_000)  # noqa: S311


# file name -> what makes it; those that take more than some seconds are named in SLOW
ATTACKS: dict[str, Callable[[], bytes]] = {
    "bom.docx": docx_bomb,
    "nhieu-muc.docx": docx_of_many_entries,
    "cuoi.docx": docx_of_laughs,
    "xin-tep.docx": docx_that_asks_for_a_file,
    "loi-ra.docx": docx_with_a_way_out,
    "bang-sau.docx": docx_of_deep_tables,
    "bom.pdf": pdf_bomb,
    "trang-rong.pdf": pdf_of_a_wide_page,
    "anh-lon.pdf": pdf_of_a_large_picture,
    "nhieu-trang.pdf": pdf_of_many_pages,
    "vong.pdf": pdf_of_a_cycle,
    "chuong-trinh.pdf": pdf_that_is_a_program,
    "mat-khau.pdf": pdf_with_a_password,
    "cut.pdf": pdf_cut_short,
    "nhieu.pdf": pdf_of_noise,
    "anh-lon.png": png_of_a_large_picture,
    "long-sau.html": html_of_deep_nesting,
    "o-rong.html": html_of_a_wide_cell,
    "bom.rtf": rtf_bomb,
    "nhieu.doc": doc_of_noise,
    "so-50-mb.txt": text_of_table_numbers,
    "nhieu-dong.txt": text_of_many_rows,
    "mot-dong-bang.txt": text_of_one_row,
    "dong-cat.txt": text_of_cut_rows,
    "mot-dong.txt": text_of_one_line,
    "mot-tu.txt": text_of_one_word,
    "can-cu.txt": text_of_grounds,
    "ngoac.txt": text_of_brackets,
    "so-hieu.txt": text_of_document_numbers,
    "nhieu.txt": text_of_noise,
}
SLOW = ("bom.pdf", "anh-lon.pdf", "nhieu-trang.pdf", "bom.docx", "bom.rtf", "so-50-mb.txt", "nhieu-dong.txt")
