import pytest

from assistant.types import Status


@pytest.mark.parametrize(
    ("question", "quotes"),
    [
        # by a synonym of the role
        ("Việc nâng cấp kho lưu trữ điện tử giao cho ai, bao giờ xong?", ["Văn phòng UBND tỉnh", "Quý III/2026"]),
        ("Ai phối hợp nâng cấp kho lưu trữ điện tử?", ["Sở Tài chính"]),
        # typed without diacritics
        ("cap ma so vung trong sen han khi nao", ["Tháng 9/2026"]),
    ],
)
def test_the_columns_of_a_row_that_is_described(ask, question, quotes):
    """
    A row is found by its words, and the columns that are asked are cited cell by cell.
    """
    reply = ask(question)

    assert [citation.quote for citation in reply.citations] == quotes


def test_a_blank_cell_of_a_described_row_is_said_to_be_blank(ask):
    """
    A row that is found by its words and whose asked cell is blank is not stated, with its place.
    """
    reply = ask("Rà soát hồ sơ di tích cấp tỉnh hạn khi nào?")

    assert reply.status is Status.NOT_STATED
    assert "nhiệm vụ 4: cột Thời gian hoàn thành để trống" in reply.text
