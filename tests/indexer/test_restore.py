"""Diacritics put back, and bad scans read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.decoder import Decoder, Place
from indexer.errors import InputError
from indexer.restore import Restorer, looks_damaged
from indexer.syllable import is_syllable_shape, with_case_of
from indexer.syllable_model import SyllableModel, syllable_tokens
from indexer.vietnamese import fold

SOUND = (
    "Ủy ban nhân dân tỉnh yêu cầu các sở, ban, ngành tổ chức triển khai thực hiện Kế hoạch này; định kỳ báo cáo "
    "kết quả thực hiện trước ngày 15/12/2025 để tổng hợp, báo cáo Chính phủ theo quy định. Đẩy mạnh chuyển đổi số "
    "trong hoạt động của cơ quan nhà nước, bảo đảm 25% hồ sơ được xử lý trực tuyến theo Nghị quyết số 57-NQ/TW."
)
SCANNED = (
    "Uy ban nhan dan tinh yéu cdu cac sd, ban, nganh t6 chirc trién khai thuc hién Ké hoach nay; dinh ky bao cdo "
    "két qua thuc hién trude ngay 15/12/2025 dé tong hop, bao cdo Chinh phu theo quy dinh. Pay manh chuyén d6i s6 "
    "trong hoat d6ng cua co quan nha nuéc, bao dam 25% h6 so dugc xtr ly truc tuyén theo Nghi quyét s6 57-NQ/TW."
)


@pytest.fixture(scope="module")
def restorer():
    return Restorer(SyllableModel.load())


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("ai chu tri nhiem vu 9 va han khi nao?", "ai chủ trì nhiệm vụ 9 và hạn khi nào?"),
        # case is kept: a capital, a line in capitals
        ("So Tai chinh co nhung nhiem vu nao", "Sở Tài chính có những nhiệm vụ nào"),
        ("KE HOACH SO 57-NQ/TW", "KẾ HOẠCH SỐ 57-NQ/TW"),
        # abbreviations stay, in small letters too; they are expanded elsewhere
        ("UBND tinh giao nv 9", "UBND tỉnh giao nv 9"),
        # numbers, addresses, document numbers stay
        (
            "gui truoc ngay 15/10/2025, xem http://abc.vn/tin-tuc",
            "gửi trước ngày 15/10/2025, xem http://abc.vn/tin-tuc",
        ),
        # a marked word is kept and helps those beside it
        ("chủ trì nhiem vu 9", "chủ trì nhiệm vụ 9"),
        # the letter of a point is no syllable
        ("diem d khoan 2 Dieu 5", "điểm d khoản 2 Điều 5"),
        # English stays
        ("What is the deadline of task 9?", "What is the deadline of task 9?"),
        ("", ""),
        ("???", "???"),
    ],
)
def test_restore(restorer, typed, expected):
    """
    What was typed without diacritics gets them; everything else stays.
    """
    assert restorer.restore(typed) == expected


def test_sound_text_is_left_alone(restorer):
    """
    A text with its diacritics comes back as it was.
    """
    assert restorer.restore(SOUND) == SOUND


def test_most_syllables_of_unmarked_text_come_back(restorer):
    """
    Of a paragraph of administrative prose at least 97 of 100 syllables come back right.
    """
    expected = SOUND.lower().split()
    restored = restorer.restore(fold(SOUND)).split()

    right = sum(a == b for a, b in zip(restored, expected, strict=True))

    assert right >= 0.97 * len(expected)


def test_the_corpus_decides_where_the_language_does_not(restorer):
    """
    A name that only the corpus knows wins over a more common word, and without the corpus it does not.
    """
    corpus = ["Thôn Bằng Lũng Khuổi Nặm. " * 3]

    assert Restorer(SyllableModel.load(), corpus).restore("thon khuoi nam") == "thôn khuổi nặm"
    assert restorer.restore("thon khuoi nam") != "thôn khuổi nặm"


@given(st.text(max_size=120))
@settings(max_examples=150, deadline=None)
def test_whatever_is_typed_keeps_its_number_of_words(text):
    """
    Any text at all is taken, keeps its number of words, and restoring twice changes nothing more in its numbers.
    """
    restored = Restorer(SyllableModel.load()).restore(text)

    assert len(restored.split()) == len(text.split())
    assert [c for c in restored if c.isdigit()] == [c for c in text if c.isdigit()] or not text.isascii()


@given(st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyAĐUI0169 /.-,;:%()\"'\n¢@&\\", max_size=80))
@settings(max_examples=60, deadline=None)
def test_a_reading_stands_word_for_word_beside_its_text(text):
    """
    The reading of any scan has as many lines as the text, and each line as many words.
    """
    reading = READER.repair(text)

    assert [len(line.split()) for line in reading.split("\n")] == [len(line.split()) for line in text.split("\n")]


READER = Restorer(SyllableModel.load())


def test_a_bad_scan_is_read(restorer):
    """
    At least 19 of 20 words of a bad scan are read right; in the scan itself it is less than one in two.
    """
    expected = SOUND.split()
    read = restorer.repair(SCANNED).split()

    assert sum(a == b for a, b in zip(SCANNED.split(), expected, strict=True)) < 0.5 * len(expected)
    assert sum(a == b for a, b in zip(read, expected, strict=True)) >= 0.95 * len(expected)


@pytest.mark.parametrize(
    "token",
    ["57-NQ/TW", "2273/KH-VPUBND", "22/5/2025", "25%", "04", "1.2.3", "71-NQ/CP,", "(2030)", "5G", "01/4/2025."],
)
def test_numbers_are_never_read_otherwise(restorer, token):
    """
    Numbers, dates, percentages and document numbers of a scan stay as they are.
    """
    assert restorer.repair(f"thuc hién {token} cua tinh").split()[2] == token


def test_a_reading_says_how_sure_it_is(restorer):
    """
    Every token has a confidence from 0 to 1; a clear word is surer than a stump that may be many.
    """
    (row,) = restorer.repair_tokens("thuc hién nhiém vu dg")

    assert all(0 <= token.confidence <= 1 for token in row)
    assert row[2].repaired == "nhiệm"
    assert row[2].confidence > row[4].confidence


@pytest.mark.parametrize(
    ("token", "reading"),
    [
        # a stump, with a mark behind it that is none of it
        ("b,", "b"),
        # dirt that no syllable looks like, and a symbol alone
        ("k¥", "k¥"),
        ("&", "&"),
        ("¢6", "¢6"),
        # joined words are not looked up
        ("thang/lan", "thang/lan"),
    ],
)
def test_what_could_not_be_read_is_in_doubt(restorer, token, reading):
    """
    A token that was left as it stands though it is no word is in doubt, and of its neighbours none.
    """
    read = restorer.read(f"công chức, viên chức {token} người lao động")

    assert [read.text[doubt.start : doubt.end] for doubt in read.doubts] == [reading]


@pytest.mark.parametrize(
    "token",
    [
        "57-NQ/TW",
        "22/5/2025",
        "25%",
        "5G",
        "100$",
        "UBND",
        "CNTT-VT",
        "so@hoasen.gov.vn",
        "http://hoasen.gov.vn/a",
        "-",
        "(2030)",
    ],
)
def test_what_is_never_read_otherwise_is_not_in_doubt(restorer, token):
    """
    Numbers, document numbers, abbreviations, addresses and dashes are not in doubt.
    """
    assert restorer.read(f"công chức, viên chức {token} người lao động").doubts == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SCANNED, True),
        (SOUND, False),
        # typed without diacritics, but no scan
        (fold(SOUND), False),
        ("The quick brown fox jumps over the lazy dog and the plan of the province is due in May. " * 4, False),
        # too short to tell
        ("chuyén ddi sb", False),
        ("", False),
    ],
)
def test_looks_damaged(text, expected):
    """
    Only a Vietnamese text with many words that are none is a bad scan.
    """
    assert looks_damaged(text) is expected


def test_a_bad_scan_among_the_corpus_teaches_nothing():
    """
    Damaged documents among those given do not count as wording.
    """
    damaged = Restorer(SyllableModel.load(), [SCANNED * 20])

    assert damaged.restore("chuyen doi so") == "chuyển đổi số"


def test_model_knows_what_follows():
    """
    "trì" follows "chủ" more often than "trị", and unknown words get a small share, not an error.
    """
    model = SyllableModel.load()

    assert model.log_probability("chủ", "trì") > model.log_probability("chủ", "trị")
    assert model.log_probability("qqq", "zzz") < model.log_probability("chủ", "trị")
    assert set(model.candidates("tri")) >= {"trí", "trì", "trị"}
    assert not model.candidates("qqq")


def test_a_missing_model_is_told(tmp_path):
    """
    A folder without the model's files names them and the command that makes them.
    """
    with pytest.raises(InputError, match=r"model.safetensors.*missing.*\n.*indexer train"):
        SyllableModel.load(tmp_path)


def test_a_place_needs_a_word():
    """
    A place where nothing may stand cannot be built, and no places give no words.
    """
    with pytest.raises(ValueError, match="one cost a word"):
        Place((), ())
    assert Decoder(SyllableModel.load()).decode([]) == []


@pytest.mark.parametrize(
    ("word", "expected"),
    [("nghiêng", True), ("giếng", True), ("quyết", True), ("ở", True), ("uyên", True), ("task", False), ("nv", False)],
)
def test_shape_of_a_syllable(word, expected):
    """
    A syllable has one nucleus, and only the consonants that Vietnamese allows around it.
    """
    assert is_syllable_shape(word) is expected


@pytest.mark.parametrize(
    ("pattern", "word", "expected"),
    [("hoach", "hoạch", "hoạch"), ("Hoach", "hoạch", "Hoạch"), ("HOACH", "hoạch", "HOẠCH"), ("A", "à", "À")],
)
def test_case(pattern, word, expected):
    """
    A word takes the case of what was typed.
    """
    assert with_case_of(pattern, word) == expected


def test_tokens_of_the_model():
    """
    Numbers are one token, sentence ends another; commas part nothing.
    """
    assert list(syllable_tokens("Khoá học, 15/10. Hết")) == ["<s>", "khóa", "học", "<n>", "<s>", "hết"]
