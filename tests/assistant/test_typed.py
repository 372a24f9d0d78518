import pytest

from assistant.english import gloss, is_english
from assistant.typed import QuestionReader
from indexer.summary import TextWording
from tests.assistant.small import FARMING, PROVINCE


@pytest.fixture(scope="module")
def reader():
    """A reader of questions about the small corpus."""
    return QuestionReader(lambda: TextWording((FARMING, PROVINCE)))


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        # no diacritics
        ("nhiem vu 9 do ai chu tri", "nhiệm vụ 9 do ai chủ trì"),
        ("han hoan thanh cua nhiem vu 4", "hạn hoàn thành của nhiệm vụ 4"),
        # abbreviations
        ("ai chu tri nv 9", "ai chủ trì nhiệm vụ 9"),
        ("nv 9 pl2 han khi nao", "nhiệm vụ 9 phụ lục 2 hạn khi nào"),
        ("Sở KH&CN chủ trì những nhiệm vụ nào?", "Sở khoa học và công nghệ chủ trì những nhiệm vụ nào?"),
        ("nhiệm vụ nào xong t12/2025", "nhiệm vụ nào xong tháng 12/2025"),
        # Telex keys left over
        ("nhieemj vuj 9 do ai chur trif", "nhiệm vụ 9 do ai chủ trì"),
        # keys left over beside a word of the frame
        ("ai chủ trì vaf sản phẩm là gì", "ai chủ trì và sản phẩm là gì"),
        # a slip in the words that questions are put in
        ("nhệim vụ 2 ai chủ trỳ", "nhiệm vụ 2 ai chủ trì"),
        ("chỉ tiu 5 là gì", "chỉ tiêu 5 là gì"),
        # what is written in chats
        ("nhg hs nữ trg này lo kp ntn", "những học sinh nữ trường này lo kinh phí như thế nào"),
        # keys that are a rare syllable themselves
        ("Booj Noong nghieepj", "Bộ Nông nghiệp"),
        # both horns with one key; Đ in names and document numbers
        ("truowcs ngayf naof", "trước ngày nào"),
        ("Quyeets ddinhj 228/QDd-TTg do ai kys", "Quyết định 228/QĐ-TTg do ai ký"),
        ("Thong6 tu7 23/2010/TT-BGDD9T do ai ky1 ngay2 nao2", "Thông tư 23/2010/TT-BGDĐT do ai ký ngày nào"),
        # Telex that looks like English: "its", "so", "do"
        ("its nhaats bao nhieeu soos do ai chur trif", "ít nhất bao nhiêu số do ai chủ trì"),
        # slips that no word has, by what stands beside them
        ("Quyết địn này do ai ký, mang số bao niêu?", "Quyết định này do ai ký, mang số bao nhiêu?"),
        ("Gim đốc nào ký kế hoạch?", "Giám đốc nào ký kế hoạch?"),
        ("uQyết định nào được thay thế?", "Quyết định nào được thay thế?"),
        # an abbreviation that stands for several things
        ("Các nhiệm vụ Sở Tài chính ct gồm những gì?", "Các nhiệm vụ Sở Tài chính chủ trì gồm những gì?"),
        # few diacritics, and an abbreviation that has many
        (
            "phong nao bao cáo sở khcn trc ngày mấy hang thang",
            "phòng nào báo cáo sở khoa học và công nghệ trước ngày mấy hàng tháng",
        ),
        # a slip in a long one
        ("Sở ttttt làm gì?", "Sở thông tin và truyền thông làm gì?"),
        ("ct 5 phụ lục 1 là gì", "chỉ tiêu 5 phụ lục 1 là gì"),
        ("ct 21/CT-TTg ký ngày nào", "chỉ thị 21/CT-TTg ký ngày nào"),
        # a tone on the wrong vowel
        ("nhiệm vụ cuả Sở Tài chính", "nhiệm vụ của Sở Tài chính"),
    ],
)
def test_a_badly_typed_question_is_understood(reader, typed, shown):
    """
    Diacritics are put back, abbreviations written out and slips mended; what was typed is kept and the change is told.
    """
    understood = reader.read(typed)

    assert understood.shown == understood.text == shown
    assert understood.typed == typed
    assert understood.changed


@pytest.mark.parametrize(
    "typed",
    [
        "Ai chủ trì nhiệm vụ 9?",
        "Nhiệm vụ 9 do ai chủ trì, khi nào xong?",
        # document numbers, figures and addresses are not words
        "Kế hoạch 45/KH-SNN có hiệu lực khi nào?",
        "Tỷ lệ 99,5% được nêu ở đâu?",
        "Địa chỉ https://hoasen.gov.vn dùng để làm gì?",
        # a word of English inside
        "Ứng dụng IoT giao cho ai?",
        "Sở Nội vụ làm gì?",
        # words that are near to those of the frame
        "Tỷ lệ đạt bao nhiêu và ai theo dõi?",
        "Phải nộp những gì?",
    ],
)
def test_a_properly_typed_question_is_not_changed(reader, typed):
    """
    A question in good Vietnamese is understood letter for letter as it is typed.
    """
    understood = reader.read(typed)

    assert (understood.shown, understood.text, understood.changed, understood.marked) == (typed, typed, False, True)


def test_white_space_and_unicode_forms_are_no_difference(reader):
    """
    Decomposed letters and runs of white space are read as their usual form.
    """
    import unicodedata

    typed = unicodedata.normalize("NFD", "Ai  chủ trì\n nhiệm vụ 9? ")

    assert reader.read(typed).shown == "Ai chủ trì nhiệm vụ 9?"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Who leads task 9?", True),
        ("what is the deadline of task 4?", True),
        ("Which agency is responsible for indicator 3?", True),
        # with the Vietnamese name of an agency
        ("How many tasks does Sở Nội vụ lead?", True),
        ("What does Sở Nội vụ lead?", True),
        ("ai chu tri nv 9", False),
        ("nhiem vu nao do so tai chinh chu tri", False),
        ("Ai chủ trì task 9?", False),
        # one that any language could have
        ("9", False),
        ("", False),
    ],
)
def test_english_is_known_by_its_small_words(typed, expected):
    """
    An English question is told from Vietnamese typed without diacritics.
    """
    assert is_english(typed) is expected


def test_an_english_question_is_shown_as_typed_and_read_in_vietnamese(reader):
    """
    What is shown is the English question itself; what is analysed is its gloss.
    """
    understood = reader.read("Who leads task 9?")

    assert (understood.shown, understood.language, understood.changed) == ("Who leads task 9?", "en", False)
    assert understood.text == gloss("Who leads task 9?") == "ai chủ trì nhiệm vụ 9?"
    assert gloss("Who must secure backup power supplies?") == "ai phải bảo đảm dự phòng nguồn điện ?"


@pytest.mark.parametrize(
    "typed",
    [
        # words that would be keys: "must" and "data" are "mút" and "đất"
        "How many data centers must the province have?",
        "What should the office list, and who must be told?",
    ],
)
def test_english_is_not_taken_for_telex(reader, typed):
    """
    An English question with words that Telex could write stays English.
    """
    assert reader.read(typed).language == "en"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        # VNI
        ("nhie65m vu5 9 do ai chu3 tri2", "nhiệm vụ 9 do ai chủ trì"),
        # Telex keys inside a word
        ("nhiemej vuj 9 do ai chur trif", "nhiệm vụ 9 do ai chủ trì"),
        # a space forgotten, with marks and without
        ("ai chủtrì nhiệmvụ 9", "ai chủ trì nhiệm vụ 9"),
        ("chutri nhiemvu 9", "chủ trì nhiệm vụ 9"),
        # three words, and two that one slip would make one
        ("làbaonhiêu, ởđâu", "là bao nhiêu, ở đâu"),
        ("Hệsố nào?", "Hệ số nào?"),
    ],
)
def test_keys_anywhere_and_forgotten_spaces_are_mended(reader, typed, shown):
    """
    Keys of VNI and Telex are read wherever they stand in a word, and two words run together come apart.
    """
    assert reader.read(typed).shown == shown


def test_a_badly_typed_question_has_several_readings(reader):
    """
    What was understood comes first, other ways to read it after it, abbreviations written out in all of them.
    """
    understood = reader.read("so nao chu tri nv 9")
    readings = reader.readings(understood)

    assert (readings[0].text, readings[0].score) == (understood.text, 0.0)
    assert 1 < len(readings) <= 3
    assert len({reading.text for reading in readings}) == len(readings)
    assert all(reading.text.endswith("nhiệm vụ 9") and reading.score <= 0 for reading in readings)


@pytest.mark.parametrize(
    "typed",
    ["Ai chủ trì nhiệm vụ 9?", "Sở Nội vụ làm gì?", "Kế hoạch 45/KH-SNN có hiệu lực khi nào?", "Who leads task 9?"],
)
def test_a_properly_typed_question_has_one_reading(reader, typed):
    """
    A question in good Vietnamese, or in English, is read in one way, as it is understood.
    """
    understood = reader.read(typed)

    assert [reading.text for reading in reader.readings(understood)] == [understood.text]
