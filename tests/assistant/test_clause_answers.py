"""Answers from clauses, over two invented documents: lists, facts that stand beside a sentence, times, what is not stated, two sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assistant.conversation import State
from assistant.going_on import is_cut
from assistant.halves import halves
from assistant.naming import named_together
from assistant.service import Assistant
from assistant.types import Abstention, Answer, Status
from indexer.catalogue import read_corpus
from indexer.index import Index, publish
from indexer.parse import parse_files
from indexer.types import Clause, Step, StepKind
from indexer.vietnamese import fold
from tests.assistant.conftest import conversation
from tests.fakes import FakeEncoder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from assistant.types import Reply

DECISION = """UBND TỈNH HOA SEN
Số: 07/2026/QĐ-UBND

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Hoa Sen, ngày 02 tháng 02 năm 2026

QUYẾT ĐỊNH
Ban hành Quy định về quản lý chợ nổi

Căn cứ Nghị định số 60/2024/NĐ-CP ngày 05 tháng 6 năm 2024 của Chính phủ về phát triển và quản lý chợ;
Theo đề nghị của Giám đốc Sở Công Thương tại Tờ trình số 15/TTr-SCT ngày 20/01/2026,

Điều 1. Giải thích từ ngữ
1. Ghe hàng rong là ghe bán hàng có tải trọng dưới 02 tấn, không neo đậu cố định.
2. Khuyến khích hợp tác công tư (PPP) trong xây dựng bến ghe.
Điều 2. Điều kiện đăng ký điểm kinh doanh trên chợ nổi
Hộ kinh doanh đăng ký điểm kinh doanh phải đáp ứng các điều kiện sau:
a) Có giấy đăng ký phương tiện thủy;
b) Có phao cứu sinh cho từng người trên ghe;
c) Có cam kết thu gom rác thải.
Điều 3. Các đơn vị của Ban Quản lý chợ nổi
1. Ban Quản lý chợ nổi gồm có:
a) Tổ Hành chính;
b) Tổ Thu phí;
c) Tổ Cứu hộ;
d) Đội Vệ sinh.
2. Các đơn vị quy định từ điểm c đến điểm d khoản 1 Điều này là đơn vị trực chiến.
Điều 4. Vùng chợ nổi gồm 3 huyện: Sen Hồng, Sen Trắng và Sen Vàng.
Điều 5. Chỉ tiêu
Đến năm 2027, tỷ lệ ghe hàng có phao cứu sinh đạt 70%. Đến năm 2030, tỷ lệ ghe hàng có phao cứu sinh đạt 95%.
Điều 6. Điều chỉnh nhiệm vụ trong Chương trình phát triển chợ như sau:
1. Tên nhiệm vụ: Xây dựng bến neo đậu ghe hàng tại ngã ba sông.
2. Cơ quan chủ trì: Sở Xây dựng.
3. Thời gian hoàn thành: Quý IV/2027.
Điều 7. Kinh phí thu gom rác thải trên chợ nổi do ngân sách tỉnh bảo đảm.
Điều 8. Quyết định này có hiệu lực kể từ ngày ký.

Nơi nhận:
- Lưu: VT.

TM. ỦY BAN NHÂN DÂN
CHỦ TỊCH
Lê Văn Bến
"""
PLAN = """UBND TỈNH HOA SEN
SỞ CÔNG THƯƠNG
Số: 21/KH-SCT

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Hoa Sen, ngày 10 tháng 3 năm 2026

KẾ HOẠCH
Triển khai quản lý chợ nổi năm 2026

I. NHIỆM VỤ
1. Tỷ lệ ghe hàng có phao cứu sinh năm 2026 đạt 60%.
2. Phòng Quản lý thương mại báo cáo kết quả vào thứ Sáu hằng tuần.
3. Thí điểm mạng 5G tại bến ghe trung tâm, phủ sóng 5G đạt 80% diện tích chợ.
4. Bến số 1 mở cửa lúc 4 giờ 30 phút.
5. Bến số 2 mở cửa lúc 6 giờ.

Nơi nhận:
- Lưu: VT.

GIÁM ĐỐC
Phạm Thị Ghe

PHỤ LỤC
DANH MỤC NHIỆM VỤ

TT
Nhiệm vụ
Cơ quan chủ trì
Thời gian hoàn thành
1
Rà soát điểm neo đậu theo Nghị định số 60/2024/NĐ-CP
Sở Xây dựng
Tháng 9/2026
2
Lắp phao cứu sinh công cộng
Sở Giao thông
Tháng 10/2026
"""


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant of the decision and the plan."""
    directory: Path = tmp_path_factory.mktemp("market")
    corpus = directory / "corpus"
    corpus.mkdir()
    (corpus / "quyet-dinh.txt").write_text(DECISION, encoding="utf-8")
    (corpus / "ke-hoach.txt").write_text(PLAN, encoding="utf-8")
    entries, _ = read_corpus(corpus)
    parsed, unread = parse_files(entries)
    assert not unread
    publish(directory / "index", parsed, encoder=FakeEncoder(), sources={one.document.id: "0" * 64 for one in parsed})
    return Assistant(Index.open(directory / "index", encoder=FakeEncoder()))


@pytest.fixture
def answer(market: Assistant) -> Callable[..., Reply]:
    """Ask both documents."""
    return lambda *questions: conversation(market, *questions)


@pytest.mark.parametrize(
    ("question", "items"),
    [
        # below a lead-in that ends with a colon
        (
            "Quyết định 07 nêu những điều kiện nào để đăng ký điểm kinh doanh trên chợ nổi?",
            ["giấy đăng ký phương tiện", "phao cứu sinh", "thu gom rác"],
        ),
        ("Hộ kinh doanh đăng ký điểm kinh doanh trên chợ nổi phải có mấy điều kiện?", ["giấy đăng ký", "3 nội dung"]),
        # points that are only referred to
        (
            "Các đơn vị trực chiến của Ban Quản lý chợ nổi theo Quyết định 07 là những đơn vị nào?",
            ["Tổ Cứu hộ", "Đội Vệ sinh"],
        ),
        # inline
        ("Vùng chợ nổi gồm những huyện nào?", ["Sen Hồng, Sen Trắng và Sen Vàng"]),
    ],
)
def test_a_list_in_clauses_is_given_whole(answer, question, items):
    """
    All points of a list are given, each with its place, or the sentence that lists them.
    """
    reply = answer(question)

    assert isinstance(reply, Answer)
    assert [item for item in items if item not in reply.text] == []


def test_a_list_that_is_referred_to_has_no_other_points(answer):
    """
    "Từ điểm c đến điểm d" are those two points alone.
    """
    reply = answer("Các đơn vị trực chiến của Ban Quản lý chợ nổi theo Quyết định 07 là những đơn vị nào?")

    assert "Tổ Thu phí" not in reply.text


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        # the field of the same list
        ("Nhiệm vụ xây dựng bến neo đậu ghe hàng tại ngã ba sông hoàn thành vào quý nào?", ["Quý IV/2027"]),
        # the same matter at two times
        ("Đến năm 2030 tỷ lệ ghe hàng có phao cứu sinh là bao nhiêu theo Quyết định 07?", ["95%"]),
        ("Đến năm 2027 tỷ lệ ghe hàng có phao cứu sinh là bao nhiêu theo Quyết định 07?", ["70%"]),
        # what a word means
        ("Ghe hàng rong được hiểu là gì?", ["tải trọng dưới 02 tấn"]),
        ("PPP trong Quyết định 07 nghĩa là gì?", ["hợp tác công tư (PPP)"]),
        # two things that only a number tells apart
        ("Bến số 1 và bến số 2 mở cửa lúc mấy giờ?", ["4 giờ 30", "6 giờ"]),
        # one fact from each of two documents
        (
            "Tỷ lệ ghe hàng có phao cứu sinh: Kế hoạch 21 đặt bao nhiêu, còn Quyết định 07 đặt bao nhiêu đến năm 2030?",
            ["60%", "95%"],
        ),
    ],
)
def test_the_fact_is_found_where_it_stands(answer, question, facts):
    """
    A fact is taken from the field, the year, the definition or the document that the question asks about.
    """
    reply = answer(question)

    assert isinstance(reply, Answer)
    assert [fact for fact in facts if fact not in reply.text] == []


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("Quyết định 07 được ban hành theo đề nghị của ai?", "15/TTr-SCT"),
        ("Quyết định 07 được ký thay mặt cơ quan nào?", "TM. ỦY BAN NHÂN DÂN"),
        ("Nghị định 60/2024 ban hành ngày nào?", "05 tháng 6 năm 2024"),
        # a row of a table names it, too
        ("Những văn bản nào nhắc đến Nghị định số 60/2024/NĐ-CP?", "21/KH-SCT"),
    ],
)
def test_facts_about_documents(answer, question, fact):
    """
    At whose proposal, on whose behalf, of which day, and what names it.
    """
    reply = answer(question)

    assert isinstance(reply, Answer)
    assert fact in reply.text


@pytest.mark.parametrize(
    "question",
    [
        # a sum that no sentence has
        "Kinh phí thu gom rác thải trên chợ nổi là bao nhiêu tiền?",
        # a count
        "Ban Quản lý chợ nổi có bao nhiêu biên chế?",
        # how often
        "Mấy tháng một lần thu gom rác thải trên chợ nổi?",
        # never 5G for 6G
        "Mạng 6G phủ sóng bao nhiêu phần trăm diện tích chợ tại bến ghe trung tâm?",
        # another place
        "Quyết định 07 quy định chợ nổi của tỉnh Hoa Đào gồm những huyện nào?",
        # how a paper is built that is only named here
        "Nghị định 60/2024/NĐ-CP có mấy điều?",
    ],
)
def test_what_is_not_stated_is_not_answered_with_what_is_near(answer, question):
    """
    A sentence about the same matter without the fact that is asked for is no answer.
    """
    reply = answer(question)

    assert isinstance(reply, Abstention)
    assert reply.status in (Status.NOT_FOUND, Status.NOT_STATED)


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        # a topic before a colon
        (
            "Phao cứu sinh: Kế hoạch 21 đặt bao nhiêu, còn Quyết định 07 đặt mức nào?",
            "Phao cứu sinh: Kế hoạch 21 đặt bao nhiêu?",
            "Phao cứu sinh: Quyết định 07 đặt mức nào?",
        ),
        # a question behind the second source
        (
            "Tỷ lệ ghe có phao theo Kế hoạch 21 và tỷ lệ rác thải theo Quyết định 07 là bao nhiêu?",
            "Tỷ lệ ghe có phao theo Kế hoạch 21 là bao nhiêu?",
            "tỷ lệ rác thải theo Quyết định 07 là bao nhiêu?",
        ),
    ],
)
def test_two_sources_are_two_questions(market, question, first, second):
    """
    Each half keeps what both share.
    """
    query = market.extracts(question, State()).query

    assert [half.question for half in halves(query, market.corpus)] == [first, second]


def test_one_source_is_one_question(market):
    """
    A plan that serves a decision is one source.
    """
    query = market.extracts("Kế hoạch 21 thực hiện Quyết định 07 đặt tỷ lệ nào?", State()).query

    assert halves(query, market.corpus) is None


@pytest.mark.parametrize(
    ("question", "together"),
    [
        ("kế hoạch của Sở Công Thương và của UBND tỉnh do ai ký", True),
        ("kế hoạch của Sở Công Thương gửi UBND tỉnh để làm gì", False),
    ],
)
def test_bodies_in_one_breath(market, question, together):
    """
    "Của A và của B" asks about both; "của A gửi B" about the first.
    """
    agencies = list(market.corpus.keys.find(question, market.corpus.agencies))

    assert len(agencies) == 2
    assert named_together(fold(question), agencies) is together


def test_a_sentence_that_is_cut_goes_on_in_the_next_paragraph():
    """
    A paragraph that stops in the middle goes on in the next; one that ends with a mark, or is short, does not.
    """
    cut_off = paragraph("Việc thành lập, sáp nhập, giải thể các đội thu phí, đội cứu hộ", 1)
    rest = paragraph("Chợ nổi và các đơn vị tương đương do Giám đốc Sở Công Thương quyết định.", 2)

    assert is_cut(cut_off, rest)
    assert not is_cut(rest, cut_off)
    assert not is_cut(paragraph("Phạm vi áp dụng", 1), rest)


def paragraph(text, number):
    """Return a paragraph of no document."""
    path = (Step(StepKind.ARTICLE, "3"), Step(StepKind.PARAGRAPH, str(number)))
    return Clause(document="d", path=path, start=0, end=len(text), text=text)
