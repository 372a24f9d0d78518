import pytest

from assistant.describing import Describing
from assistant.service import Assistant
from assistant.types import Status
from tests.assistant.small import FARMING, PROVINCE, index_of

DECISION = """UBND TỈNH HOA SEN
SỞ VĂN HÓA
Số: 77/QĐ-SVH

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Hoa Sen, ngày 20 tháng 02 năm 2026

QUYẾT ĐỊNH
Về việc dừng tu sửa đình Ba Tầng

Căn cứ Nghị định số 8/2020/NĐ-CP ngày 02/3/2020 của Chính phủ;
Theo đề nghị của Trưởng phòng Di sản tại Tờ trình số 14/TTr-PDS ngày 12 tháng 02 năm 2026,

Điều 1. Dừng tu sửa mái đình Ba Tầng do gỗ lim không đúng hồ sơ.
Điều 2. Quyết định này có hiệu lực kể từ ngày ký.

Nơi nhận:
- Ban Quản lý đình;
- Lưu: VT, PDS.

KT. GIÁM ĐỐC
PHÓ GIÁM ĐỐC
Lê Thị Gạch
"""


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    texts = {"trong-sen": FARMING, "nong-thon-so": PROVINCE, "dinh-ba-tang": DECISION}
    return Assistant(index_of(texts, tmp_path_factory.mktemp("three")))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        # its title
        ("quyết định dừng tu sửa đình", "dinh-ba-tang"),
        # what it says, which its title does not
        ("văn bản về gỗ lim", "dinh-ba-tang"),
        ("kế hoạch có nhắc tổ công nghệ số cộng đồng", "nong-thon-so"),
        # the level of who issued it, among all of them
        ("kế hoạch trồng sen của sở", "trong-sen"),
        # nothing that tells one from another
        ("văn bản năm 2026", None),
        # as much of one as of another
        ("văn bản có sen và có đình", None),
        # nothing of that here
        ("kế hoạch phòng cháy chữa cháy rừng", None),
    ],
)
def test_a_document_is_known_by_what_is_said_of_it(three, text, meant):
    """
    The document whose name and text hold most of the words is meant, where it leads the next clearly.
    """
    found = Describing(three.corpus).one(text)

    assert (found and found.id) == meant


def test_each_part_describes_one(three):
    """
    "quyết định A và kế hoạch B" are two documents; a part that is not clear leaves none.
    """
    describing = Describing(three.corpus)

    both = describing.each("Quyết định dừng tu sửa đình và kế hoạch vùng trồng sen do ai ký?")
    assert [one.id for one in both] == ["dinh-ba-tang", "trong-sen"]
    assert describing.each("Quyết định dừng tu sửa đình và kế hoạch phòng cháy rừng do ai ký?") == []


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Vị nào đặt bút ký quyết định dừng tu sửa đình, giữ chức gì?", ["Lê Thị Gạch", "PHÓ GIÁM ĐỐC"]),
        ("Quyết định dừng tu sửa đình do trưởng hay cấp phó đứng tên?", ["PHÓ GIÁM ĐỐC"]),
        ("Quyết định dừng tu sửa đình ra hôm nào, số bao nhiêu?", ["20/02/2026", "77/QĐ-SVH"]),
        ("Quyết định dừng tu sửa đình được cất giữ ở những bộ phận nào?", ["VT, PDS"]),
        ("Quyết định dừng tu sửa đình ban hành trên cơ sở tờ trình số bao nhiêu, ngày nào?", ["14/TTr-PDS"]),
        (
            "Hai văn bản, quyết định dừng tu sửa đình và kế hoạch trồng sen, bản nào ra trước?",
            ["20/02/2026", "05/03/2026"],
        ),
    ],
)
def test_fields_of_a_described_document(three, question, says):
    """
    Who signed, in which office, when, for whom and at whose proposal is told of a document that is only described.
    """
    reply, _ = three.ask(question)

    assert reply.status is Status.ANSWERED
    assert [words for words in says if words not in reply.text] == []


def test_a_document_that_is_not_here_is_not_made_up(three):
    """
    What nobody described well is asked back or not found, never answered from another document.
    """
    reply, _ = three.ask("Quyết định về phòng cháy chữa cháy rừng do ai ký?")

    assert reply.status in (Status.NOT_FOUND, Status.AMBIGUOUS, Status.NOT_STATED)
    assert "Gạch" not in reply.text
