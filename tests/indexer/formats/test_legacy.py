import pytest

from indexer.formats.legacy import convert_old, encodings, from_font, share_spelt
from indexer.formats.mending import mend
from indexer.formats.spelling import is_spelt
from indexer.formats.symbols import replace_private, symbol_text

SENTENCE = "Điều 2. Bộ trưởng chịu trách nhiệm hướng dẫn nghiệp vụ; kỹ thuật đẵn gỗ, ngã ba, mỡ, ý kiến, lẫn lộn, thuở xưa, quỵ lụy."


def written(text, name):
    """*text* as a font of the old encoding *name* needs it."""
    encoding = encodings()[name]
    if encoding.marked:
        codes = {}
        for signs, letter in encoding.marked.items():
            codes.setdefault(letter, signs)
    else:
        codes = {letter: chr(code) for code, letter in encoding.letters.items()}
    return "".join(codes.get(letter, letter) for letter in text)


@pytest.mark.parametrize("name", ["TCVN3", "VNI", "VISCII"])
def test_an_old_encoding_is_recognised(name):
    """
    A sentence in an old encoding is told from its words and comes back letter by letter, and short ones beside it too.
    """
    texts = [written(SENTENCE, name), "", written("Ghế", name), "12/2009"]

    assert convert_old(texts, viscii=True) == ([SENTENCE, "", "Ghế", "12/2009"], name)


@pytest.mark.parametrize(
    "text",
    [
        SENTENCE,
        "có là và cá ba à",
        "Le garçon a été reçu à l'hôpital, où il était déjà",
        "μ = 5 ± 2 °C; § 3; ¾ số dân; ·",
        # a bad scan is not an old encoding
        "chuyén ddi sb, nguòi dân, dé án, câp xã, phuong án",
        "",
    ],
)
def test_what_is_no_old_encoding(text):
    """
    Unicode text, other languages, signs and bad scans stay as they are.
    """
    assert convert_old([text], viscii=True) == ([text], "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a line without a small letter was set in a font of capitals
        ("S¾C LÖNH Sè 3 NGµY 1", "SẮC LỆNH SỐ 3 NGÀY 1"),
        # so was a word, in the middle of others
        ("theo NghÞ ®Þnh cña CHÝNH PHñ", "theo Nghị định của CHÍNH PHỦ"),
        ("Sè ng\u00adêi", "Số người"),
    ],
)
def test_capitals_of_tcvn3(text, expected):
    """
    TCVN3 has no capitals with tones; a text without its fonts gets them back from the letters beside them.
    """
    assert convert_old([written(SENTENCE, "TCVN3"), text])[0][1] == expected


@pytest.mark.parametrize(
    ("text", "font", "expected"),
    [
        ("Céng hoµ", ".VnTime", ("Cộng hoà", "TCVN3")),
        ("Céng hoµ", ".VnArialH", ("CỘNG HOÀ", "TCVN3")),
        # as some programs number the letters of such a font
        ("C\uf0e9ng", ".VnTime", ("Cộng", "TCVN3")),
        ("Coäng hoøa", "VNI-Times", ("Cộng hòa", "VNI")),
        ("COÄNG HOØA", "VNI-Times", ("CỘNG HÒA", "VNI")),
        ("Cộng hoà", "Times New Roman", ("Cộng hoà", "")),
    ],
)
def test_a_font_tells_the_encoding(text, font, expected):
    """
    The name of a font tells the encoding; TCVN3 fonts that end in H print capitals.
    """
    assert from_font(text, font) == expected


@pytest.mark.parametrize(
    "word", ["điều", "Uỷ", "thuở", "quỵ", "khuyến", "ĐƯỜNG", "được", "nghiêng", "giữa", "xoong", "ý"]
)
def test_a_word_that_is_spelt(word):
    """
    Syllables with their marks, in small and capital letters.
    """
    assert is_spelt(word)


@pytest.mark.parametrize("word", ["điề", "vă", "cấ", "hiệ", "đượ", "cảc", "chấch", "thnăm", "c", "wế", "ngoàii"])
def test_a_word_that_is_not_spelt(word):
    """
    An end is missing, the tone does not go with the end, or it is no syllable.
    """
    assert not is_spelt(word)


def test_the_share_of_words_that_are_spelt():
    """
    Only words with more than plain letters are judged; punctuation does not count.
    """
    assert share_spelt("(Quyết) định, task; Wörter") == (3, 2 / 3)
    assert share_spelt("12 task") == (0, 0.0)


@pytest.mark.parametrize(
    ("code", "font", "expected"),
    [
        (0xF0FC, "Wingdings", "✓"),
        (0xFC, "Wingdings", "✓"),
        (0xF0B7, "Symbol", "•"),
        (0xF0B3, "Symbol", "≥"),
        (0xF0B3, "", None),
        (0x2713, "Segoe UI", "✓"),
        (0xE123, "", None),
    ],
)
def test_signs_of_symbol_fonts(code, font, expected):
    """
    A picture becomes the sign that it shows, in a font that is known.
    """
    if 0xE000 <= code < 0xF000:
        assert replace_private(chr(code)) == ("", 1)
    else:
        assert symbol_text(code, font) == expected


def test_mending_tells_what_it_did():
    """
    What was put right is said once, with the number of signs that were left out.
    """
    texts, warnings = mend([written(SENTENCE, "TCVN3"), "\uf0b7 một \ue000\ue001", "ĐIỀ U 1"])

    assert texts == [SENTENCE, "• một ", "ĐIỀU 1"]
    assert [warning.what for warning in warnings] == [
        "bảng mã TCVN3 đã được chuyển sang Unicode",
        "2 ký hiệu của phông riêng không nhận ra đã bị bỏ qua",
        "1 chữ bị tách dấu đã được ghép lại",
    ]
