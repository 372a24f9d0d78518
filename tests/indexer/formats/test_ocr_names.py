from indexer.formats.ocr_names import areas_without_name, with_name
from indexer.formats.page import PageWord


def line(text, left, top):
    words = []
    for word in text.split():
        words.append(PageWord(word, left, top, left + 7.0 * len(word), top + 12, confidence=0.9))
        left += 7.0 * len(word) + 4
    return words


def texts(lines):
    return [" ".join(word.text for word in words) for words in lines]


OFFICE = [line("TM. ỦY BAN NHÂN DÂN", 320, 500), line("KT. CHỦ TỊCH", 340, 515), line("PHÓ CHỦ TỊCH", 340, 530)]


def test_the_name_is_looked_for_below_the_lowest_line_of_the_office():
    """
    One area below the office, not beside the recipients; none where a whole name was read, none below other capitals.
    """
    [area] = areas_without_name([*OFFICE, line("Văn Minh", 360, 620), line("- Lưu: VT.", 80, 600)])

    assert (area.top, area.holds(line("Minh", 380, 620)[0]), area.holds(line("Lưu", 80, 600)[0])) == (542, True, False)
    assert areas_without_name([*OFFICE, line("Nguyễn Văn Minh", 340, 620)]) == []
    assert areas_without_name([line("PHẦN CHUNG", 340, 500), line("Chủ tịch ủy ban", 80, 520)]) == []


def test_an_office_beside_the_recipients_counts():
    """
    "Nơi nhận:   GIÁM ĐỐC" on one line are two.
    """
    assert len(areas_without_name([[*line("Nơi nhận:", 80, 500), *line("GIÁM ĐỐC", 350, 500)]])) == 1


def test_a_found_name_takes_the_place_of_its_remains():
    """
    What was read of the name before gives way; dirt before the name is left out; marks of the family name are put right.
    """
    lines = [*OFFICE, line("Văn Minh", 389, 620), line("- Lưu: VT.", 80, 620)]
    found = [line("ï /4", 350, 560), line("V”: Nguyên Văn Minh", 320, 620)]

    assert texts(with_name(lines, found))[3:] == ["- Lưu: VT.", "Nguyễn Văn Minh"]


def test_only_the_family_name_is_put_right():
    """
    "Tố" and "Hạ" are given names although a family name is spelt like them but for the marks.
    """
    found = [line("ï: Nguyên Văn Tố", 340, 620)]

    assert texts(with_name([], found)) == ["Nguyễn Văn Tố"]
    assert texts(with_name([], [line("Lê Thị Hạ", 340, 620)])) == ["Lê Thị Hạ"]


def test_no_name_changes_nothing():
    """
    Where only dirt, offices or sentences are found, the lines stay.
    """
    lines = [*OFFICE, line("Văn Minh", 360, 620)]

    assert with_name(lines, [line("ï /4", 350, 560), line("Hồ sơ gồm có", 350, 600), line("Trần", 350, 620)]) == lines
