import pytest

from assistant.types import Answer, Status


def columns(reply):
    """The quoted words of a reply, white space folded."""
    return [" ".join(citation.quote.split()) for citation in reply.citations]


def rows(reply):
    """The rows that a list names, in order."""
    import re

    return re.findall(r"^- Nhiệm vụ (\d+):", reply.text, re.MULTILINE)


@pytest.mark.parametrize(
    ("question", "quotes"),
    [
        # by number, and with the annex or the document where two tables have it
        ("Ai chủ trì nhiệm vụ 3?", ["Sở Nội vụ"]),
        ("Ai chủ trì nhiệm vụ 1 phụ lục I?", ["Sở Khoa học và Công nghệ"]),
        ("Ai chủ trì nhiệm vụ 1 của kế hoạch của Sở Nông nghiệp?", ["Chi cục Trồng trọt"]),
        # by description
        ("Ai chủ trì nhiệm vụ nâng cấp kho lưu trữ điện tử?", ["Văn phòng UBND tỉnh"]),
        ("co quan nao chu tri cap ma so vung trong sen", ["Chi cục Trồng trọt"]),
        # several columns of one row, one column of several rows
        (
            "Nhiệm vụ 3 do ai chủ trì, ai phối hợp và thời hạn khi nào?",
            ["Sở Nội vụ", "Các sở, ban, ngành; UBND các xã, phường", "Thường xuyên"],
        ),
        ("Nhiệm vụ 2 đến 4 phụ lục I do ai chủ trì?", ["Văn phòng UBND tỉnh", "Sở Nội vụ", "Sở Văn hóa"]),
        # in English
        ("Who is responsible for task 3?", ["Sở Nội vụ"]),
    ],
)
def test_cells_are_looked_up(ask, question, quotes):
    """
    A row and its columns are answered by exactly the cells that were asked for, each said with its citation.
    """
    reply = ask(question)

    assert isinstance(reply, Answer)
    assert columns(reply) == quotes
    assert all(quote in reply.text and f"[{n}]" in reply.text for n, quote in enumerate(quotes, start=1))


@pytest.mark.parametrize(
    ("question", "expected", "lines"),
    [
        ("Sở Nội vụ chủ trì nhiệm vụ nào?", ["3"], ["1/4 nhiệm vụ của Phụ lục I"]),
        # as a partner the same department has other rows
        ("Sở Tài chính phối hợp những nhiệm vụ nào?", ["2", "4"], ["2/4 nhiệm vụ của Phụ lục I"]),
        ("Có bao nhiêu nhiệm vụ do Sở Nội vụ chủ trì?", ["3"], ["1/4 nhiệm vụ của Phụ lục I"]),
        ("Nhiệm vụ nào không do Sở Nội vụ chủ trì trong phụ lục I?", ["1", "2", "4"], ["3/4 nhiệm vụ"]),
        ("Mục II phụ lục I có những nhiệm vụ nào?", ["3", "4"], ["2/4 nhiệm vụ của Phụ lục I"]),
        # periods, over both tables
        ("Những nhiệm vụ nào có hạn trong quý III/2026?", ["2", "1"], ["1/4 nhiệm vụ", "1/2 nhiệm vụ"]),
        ("Những nhiệm vụ nào có hạn trong quý 2/2026?", ["1", "2"], ["1/4 nhiệm vụ", "1/2 nhiệm vụ"]),
        ("Những nhiệm vụ nào có hạn trước tháng 9/2026?", ["1", "2"], ["1/4 nhiệm vụ", "1/2 nhiệm vụ"]),
        ("Những nhiệm vụ nào đến hết tháng 9/2026?", ["1", "2", "1", "2"], ["2/4 nhiệm vụ", "2/2 nhiệm vụ"]),
        ("Những nhiệm vụ nào thường xuyên?", ["3"], ["1/4 nhiệm vụ"]),
    ],
)
def test_lists_are_computed_over_all_rows(ask, question, expected, lines):
    """
    A list has exactly the rows that fit, one a line, each cited, and ends with how many of how many.
    """
    reply = ask(question)

    assert reply.status is Status.ANSWERED
    assert rows(reply) == expected
    assert all(any(line.startswith(start) for line in reply.text.splitlines()) for start in lines)
    assert reply.text.splitlines()[-1].startswith(lines[-1])
    assert len(reply.citations) >= len(expected)


def test_a_list_is_asked_for_in_english_with_a_vietnamese_name(ask):
    """
    An English question that names an agency in Vietnamese is answered in English.
    """
    assert ask("How many tasks does Sở Nội vụ lead?").text.endswith(
        "1/4 tasks of Phụ lục I (Kế hoạch của UBND TỈNH HOA SEN)."
    )


def test_what_is_given_to_everybody_is_told_beside_the_list(ask):
    """
    Rows of a group that may include the agency are not counted, but said.
    """
    reply = ask("Sở Tài chính phối hợp những nhiệm vụ nào?")

    assert "Chưa kể 2 nhiệm vụ giao chung" in reply.text


def test_all_rows_are_counted(ask):
    """
    A count without a condition is the number of rows of the table.
    """
    assert ask("Phụ lục I có bao nhiêu nhiệm vụ?").text.startswith(
        "Phụ lục I (Kế hoạch của UBND TỈNH HOA SEN) có 4 nhiệm vụ"
    )


@pytest.mark.parametrize(
    ("question", "status", "says"),
    [
        # the row is there, its cell is blank
        ("Thời hạn nhiệm vụ 4?", Status.NOT_STATED, ["nhiệm vụ 4", "Thời gian hoàn thành", "để trống"]),
        # there is no such row; what there is is said
        ("Ai chủ trì nhiệm vụ 9?", Status.NOT_FOUND, ["Không có nhiệm vụ 9", "1 đến 4", "1 đến 2"]),
        ("Ai chủ trì nhiệm vụ 0?", Status.NOT_FOUND, ["Không có nhiệm vụ 0", "1 đến 4"]),
        # there is no such annex
        ("Ai chủ trì nhiệm vụ 1 phụ lục V?", Status.NOT_FOUND, ["Phụ lục V"]),
        # the table has no such column; the columns that it has are said
        ("Kết quả của nhiệm vụ 3 là gì?", Status.NOT_FOUND, ["không có cột kết quả", "Cơ quan chủ trì"]),
        ("Nhiệm vụ 2 phụ lục II ai phối hợp?", Status.NOT_FOUND, ["không có cột", "Thời gian hoàn thành"]),
        # an agency that no row names
        ("Sở Y tế chủ trì nhiệm vụ nào?", Status.NOT_FOUND, ["Sở Y tế", "4 nhiệm vụ", "2 nhiệm vụ"]),
    ],
)
def test_what_is_not_there_is_not_answered(ask, question, status, says):
    """
    A blank cell, a missing row, annex, column or agency is refused by name, with what there is instead.
    """
    reply = ask(question)

    assert reply.status is status
    assert all(words in reply.text for words in says)


def test_a_blank_cell_cites_its_row(ask):
    """
    That a cell is blank is proved by the row in which it is.
    """
    (citation,) = ask("Thời hạn nhiệm vụ 4?").citations

    assert citation.label.endswith("nhiệm vụ 4")
    assert citation.quote.startswith("4\nRà soát hồ sơ di tích")


def test_two_tables_with_the_row_are_ambiguous_and_every_choice_is_clear(ask):
    """
    Where two tables have the row nothing is guessed; each offered question is answered, from its own table.
    """
    reply = ask("Ai chủ trì nhiệm vụ 1?")

    assert reply.status is Status.AMBIGUOUS
    answers = [ask(choice) for choice in reply.choices]
    assert [columns(answer) for answer in answers] == [["Sở Khoa học và Công nghệ"], ["Chi cục Trồng trọt"]]


@pytest.mark.parametrize("question", ["Giá vàng hôm nay?", "Xin chào", "Thời tiết hôm nay thế nào?", "cảm ơn bạn"])
def test_what_is_no_question_about_documents(ask, question):
    """
    Small talk and questions about the world are out of scope and cite nothing.
    """
    reply = ask(question)

    assert (reply.status, reply.citations) == (Status.OUT_OF_SCOPE, ())


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Nhiệm vụ nào do Sở Tài chính chủ trì?", ["6"]),
        ("Có bao nhiêu nhiệm vụ do Sở KHCN chủ trì?", ["1", "2", "4", "9", "10", "11", "12", "13"]),
        # its party committee leads row 3
        ("Những nhiệm vụ nào không do Sở Khoa học và Công nghệ chủ trì?", ["3", "5", "6", "7", "8"]),
        ("Liệt kê các nhiệm vụ hoàn thành trong tháng 12/2025", ["4", "6"]),
        ("nhiem vu nao thuong xuyen", ["1", "2", "5", "10", "13"]),
        ("Trong phụ lục II mục III có những nhiệm vụ nào?", ["5", "6", "7", "8", "9", "10"]),
    ],
)
def test_lists_of_the_repository_s_corpus(ask_real, question, expected):
    """
    The lists of the real annex, whose table lines are lost, are complete.
    """
    reply = ask_real(question)

    assert rows(reply) == expected
    assert reply.text.endswith(f"{len(expected)}/13 nhiệm vụ của Phụ lục II.")


def test_a_merged_or_cut_cell_is_cited_in_its_slices(ask_real):
    """
    A cell that a page end cuts is said as one and cited slice by slice.
    """
    reply = ask_real("Ai phối hợp nhiệm vụ 7 phụ lục II?")

    assert " ".join(columns(reply)) in reply.text
    assert len(reply.citations) == 2


def test_a_deadline_is_not_asked_of_a_table_without_one(ask_real):
    """
    A table that has no deadlines answers no question for what is due; it is not listed whole.
    """
    reply = ask_real("Chỉ tiêu nào có hạn trong tháng 12/2025?")

    assert reply.status is Status.NOT_STATED
    assert "không có cột" in reply.text
