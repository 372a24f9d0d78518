import pytest

from indexer.relations import numbers_in, plain_number
from tests.indexer.factories.documents import LETTERHEAD, metadata_of

ARTICLE = LETTERHEAD + "Điều 1. "
PLAN = LETTERHEAD + "I. MỘT\n1. "


def relations_of(text):
    """The relations of *text* as pairs."""
    return [(str(relation.type), relation.number) for relation in metadata_of(text + "\n").relations]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Quyết định số 1512/QĐ-TTg", ["1512/QĐ-TTg"]),
        ("Nghị quyết 57-NQ/TW", ["57-NQ/TW"]),
        ("Kế hoạch số 02-KH/BCĐTW", ["02-KH/BCĐTW"]),
        ("Luật số 45/2019/QH14", ["45/2019/QH14"]),
        ("Thông tư số 01/2020/TT-BNV", ["01/2020/TT-BNV"]),
        # blanks around the stroke
        ("Số: 12 / KH-UBND", ["12 / KH-UBND"]),
        ("Văn bản số 3374/ BKHCN-CNTT", ["3374/ BKHCN-CNTT"]),
        # a letter behind the figure
        ("số 36a/NQ-CP và số 30c/NQ-CP", ["36a/NQ-CP", "30c/NQ-CP"]),
        ("QĐ số 15/2010/QĐ-UBND", ["15/2010/QĐ-UBND"]),
        ("Thông tư liên tịch số 06/2008/TTLT-BTTTT-BCA", ["06/2008/TTLT-BTTTT-BCA"]),
        # none
        ("Công báo/Số 146; 33/33 bản; 100 km/h; ngày 22/12/2024; năm 2025 - UBND", []),
    ],
)
def test_numbers_of_documents(text, numbers):
    """
    Numbers are found in every form in which offices print them.
    """
    assert [match.group() for match in numbers_in(text)] == numbers
    assert [plain_number(number) for number in numbers] == [plain_number(number.lower()) for number in numbers]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Căn cứ Luật Chứng khoán số 54/2019/QH14;", [("based_on", "54/2019/QH14")]),
        # a law by its name and date has no number
        ("Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015;", []),
        # set as a list
        ("- Căn cứ Nghị định số 32/2008/NĐ-CP ngày 19 tháng 3 năm 2008;", [("based_on", "32/2008/NĐ-CP")]),
        # who asked for it is no ground
        ("Xét đề nghị của Sở Y tế tại Tờ trình số 12/TTr-SYT,", [("mentions", "12/TTr-SYT")]),
        # a title, and what follows it
        ("Về việc triển khai thực hiện Nghị quyết số 71/NQ-CP", [("implements", "71/NQ-CP")]),
        ("Chương trình hành động thực hiện Kết luận số 21-KL/TW ngày 12/11/2025", [("implements", "21-KL/TW")]),
        ("Để triển khai thực hiện Kết luận số 13-KL/TW, Chính phủ yêu cầu:", [("implements", "13-KL/TW")]),
        ("Về việc sửa đổi, bổ sung một số điều của Quyết định số 5/2020/QĐ-UBND", [("amends", "5/2020/QĐ-UBND")]),
        (
            "Sửa đổi, bổ sung một số điều của Quy chế ban hành kèm theo Quyết định số 5/2020/QĐ-UBND",
            [("amends", "5/2020/QĐ-UBND")],
        ),
        ("Về việc bãi bỏ Quyết định số 5/2020/QĐ-UBND", [("repeals", "5/2020/QĐ-UBND")]),
    ],
)
def test_relations_of_the_head(words, expected):
    """
    What a document is based on, implements, amends or repeals is told by its title and its grounds.
    """
    assert relations_of(LETTERHEAD + words) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            "Quyết định này có hiệu lực kể từ ngày ký và thay thế Quyết định số 5/2020/QĐ-UBND ngày 01/3/2020.",
            [("replaces", "5/2020/QĐ-UBND")],
        ),
        ("Thay thế cho QĐ số 15/2010/QĐ-UBND.", [("replaces", "15/2010/QĐ-UBND")]),
        # by the words behind the number
        (
            "Quyết định số 17/2008/QĐ-BNN ngày 01/6/2008 hết hiệu lực thi hành kể từ ngày Quyết định này có hiệu lực.",
            [("repeals", "17/2008/QĐ-BNN")],
        ),
        (
            "Quyết định số 1/2018/QĐ-UBND ngày 01/6/2018 và Quyết định số 2/2019/QĐ-UBND ngày 02/7/2019 hết hiệu lực thi hành.",
            [("repeals", "1/2018/QĐ-UBND"), ("repeals", "2/2019/QĐ-UBND")],
        ),
        ("Kế hoạch số 6/KH-UBND được thay thế bằng Kế hoạch này.", [("replaces", "6/KH-UBND")]),
        # that was another's doing
        ("Quyết định số 17/2008/QĐ-BNN đã hết hiệu lực.", [("mentions", "17/2008/QĐ-BNN")]),
        # several in one sentence
        (
            "Bãi bỏ các Quyết định số 5/2020/QĐ-UBND, số 6/2021/QĐ-UBND và số 7/2022/QĐ-UBND.",
            [("repeals", "5/2020/QĐ-UBND"), ("repeals", "6/2021/QĐ-UBND"), ("repeals", "7/2022/QĐ-UBND")],
        ),
        (
            "Quyết định này thay thế Quyết định số 5/2020/QĐ-UBND và bãi bỏ Quyết định số 6/2021/QĐ-UBND.",
            [("replaces", "5/2020/QĐ-UBND"), ("repeals", "6/2021/QĐ-UBND")],
        ),
        # a part of a document: it is amended, and goes on
        ("Bãi bỏ khoản 2 Điều 5 Nghị định số 8/2020/NĐ-CP.", [("amends", "8/2020/NĐ-CP")]),
        ("Thay thế Phụ lục I ban hành kèm theo Quyết định số 9/2021/QĐ-UBND.", [("amends", "9/2021/QĐ-UBND")]),
        ("Sửa đổi Điều 3 Nghị định số 1/2018/NĐ-CP.", [("amends", "1/2018/NĐ-CP")]),
        ("Bổ sung Điều 5a vào sau Điều 5 của Nghị định số 1/2018/NĐ-CP.", [("amends", "1/2018/NĐ-CP")]),
        ("Điều chỉnh, bổ sung Kế hoạch số 12/KH-UBND.", [("amends", "12/KH-UBND")]),
        # a programme is amended, not what it carries out
        (
            "Sửa đổi, bổ sung nhiệm vụ trong Chương trình hành động thực hiện Nghị quyết số 66-NQ/TW.",
            [("mentions", "66-NQ/TW")],
        ),
        # work that is asked for does nothing yet
        ("Rà soát, sửa đổi, bổ sung các quy định theo Nghị định số 1/2018/NĐ-CP.", [("mentions", "1/2018/NĐ-CP")]),
        # a list below
        (
            "Bãi bỏ văn bản sau:\na) Quyết định số 5/2020/QĐ-UBND;\nb) Quyết định số 6/2021/QĐ-UBND theo Luật số 7/2021/QH15.\nĐiều 2. Luật số 8/2022/QH15.",
            [
                ("repeals", "5/2020/QĐ-UBND"),
                ("repeals", "6/2021/QĐ-UBND"),
                ("mentions", "7/2021/QH15"),
                ("mentions", "8/2022/QH15"),
            ],
        ),
        (
            "Hiệu lực\n1. Các văn bản sau hết hiệu lực:\na) Quyết định số 5/2020/QĐ-UBND;\nb) Quyết định số 6/2021/QĐ-UBND.\n2. Theo Luật số 7/2021/QH15.",
            [("repeals", "5/2020/QĐ-UBND"), ("repeals", "6/2021/QĐ-UBND"), ("mentions", "7/2021/QH15")],
        ),
    ],
)
def test_relations_of_the_body(words, expected):
    """
    What a document ends, replaces or changes is told by the verb before the number, the words behind it, or the list that holds it.
    """
    assert relations_of(ARTICLE + words) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Kế hoạch này thay thế Kế hoạch số 6/KH-UBND.", "replaces"),
        ("Kế hoạch số 6/KH-UBND hết hiệu lực kể từ ngày ban hành Kế hoạch này.", "repeals"),
        # what others shall do
        ("Sửa đổi, bổ sung Kế hoạch số 6/KH-UBND.", "mentions"),
        ("Sở Tư pháp tham mưu bãi bỏ Kế hoạch số 6/KH-UBND.", "mentions"),
        ("Bãi bỏ các văn bản sau:\n- Kế hoạch số 6/KH-UBND.", "mentions"),
    ],
)
def test_a_task_is_no_act(words, expected):
    """
    Outside articles a document does something only where it says "this plan"; all else is work for later.
    """
    assert relations_of(PLAN + words) == [(expected, "6/KH-UBND")]
