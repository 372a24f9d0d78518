import pytest

from assistant.agencies import Agency, agency_key, find_agencies, is_group, split_agencies


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # abbreviations, with and without "và"
        ("Sở KH&CN", "Sở Khoa học và Công nghệ"),
        ("Sở KHCN", "Sở Khoa học và Công nghệ"),
        # UBND is written out in three ways
        ("UBND tỉnh", "Ủy ban nhân dân tỉnh"),
        ("UBND tỉnh", "Uỷ ban nhân dân tỉnh"),
        # the name of the province says nothing inside the province
        ("UBND tỉnh", "Ủy ban nhân dân tỉnh Hoa Sen"),
        # letterheads are in capitals
        ("Sở Tài chính", "SỞ TÀI CHÍNH"),
        ("UBND tỉnh", "UBND TỈNH HOA SEN"),
        # typed without diacritics
        ("Sở Tài chính", "so tai chinh"),
        # a cell cut by a line end
        ("Sở Khoa học và Công nghệ", "Sở Khoa học và \n\nCông nghệ"),
    ],
)
def test_two_writings_of_one_agency_have_one_key(one, other):
    """
    However an agency is written, its key is the same.
    """
    assert agency_key(one) == agency_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # the party committee of a department is another body
        ("Đảng ủy Sở Khoa học và Công nghệ", "Sở Khoa học và Công nghệ"),
        # as is the office of the people's committee
        ("Văn phòng UBND tỉnh", "UBND tỉnh"),
        ("UBND xã", "UBND tỉnh"),
        # a ministry is no department
        ("Bộ Tài chính", "Sở Tài chính"),
        # "XÃ HỘI" in capitals is no commune named Hội
        ("SỞ LAO ĐỘNG VÀ XÃ HỘI", "Sở Lao động và Xã"),
    ],
)
def test_two_agencies_have_two_keys(one, other):
    """
    Bodies that share most of their names stay apart.
    """
    assert agency_key(one) != agency_key(other)


@pytest.mark.parametrize(
    ("cell", "named", "groups"),
    [
        ("Sở Y tế; Sở Xây dựng", ["Sở Y tế", "Sở Xây dựng"], []),
        ("Sở Nội vụ, Sở Tư pháp", ["Sở Nội vụ", "Sở Tư pháp"], []),
        ("Sở Nội vụ và Sở Tư pháp", ["Sở Nội vụ", "Sở Tư pháp"], []),
        # "và" and a comma inside a name part nothing
        ("Sở Khoa học và Công nghệ", ["Sở Khoa học và Công nghệ"], []),
        ("Sở Văn hóa, Thể thao và Du lịch", ["Sở Văn hóa, Thể thao và Du lịch"], []),
        # the kind is said once for several
        ("Các Sở: Công thương, Y tế", ["Sở Công thương", "Sở Y tế"], []),
        ("Các Sở: Công thương, Y tế và các đơn vị liên quan", ["Sở Công thương", "Sở Y tế"], ["các đơn vị liên quan"]),
        # groups name nobody
        ("Các sở, ban, ngành; UBND các xã, phường", [], ["Các sở, ban, ngành", "UBND các xã, phường"]),
        # cut by line ends
        ("Các \n\nSở: Xây \ndựng, Y tế", ["Sở Xây dựng", "Sở Y tế"], []),
        # blank cells
        ("", [], []),
        (" \n ; ", [], []),
    ],
)
def test_the_agencies_of_a_cell(cell, named, groups):
    """
    A cell is parted into the agencies that it names, in order, and the groups that it does not name.
    """
    agencies = split_agencies(cell)

    assert [agency.name for agency in agencies if not agency.group] == named
    assert [agency.name for agency in agencies if agency.group] == groups
    assert all(agency.key == agency_key(agency.name) for agency in agencies)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Các sở, ban, ngành tỉnh", True),
        ("UBND các xã, phường", True),
        ("Một số cơ quan liên quan", True),
        ("Sở Nội vụ", False),
        ("UBND tỉnh", False),
    ],
)
def test_a_group_is_known_by_its_words(name, expected):
    """
    "Các …" and "một số …" stand for several bodies without naming them.
    """
    assert is_group(name) is expected


def test_a_name_inside_a_longer_one_does_not_count():
    """
    Of the known agencies the longest that stands in a text is found, and not the shorter one inside it.
    """
    names = ["Sở Khoa học và Công nghệ", "Đảng ủy Sở Khoa học và Công nghệ", "Sở Y tế"]
    known = {agency_key(name): Agency(name, agency_key(name)) for name in names}

    def found(text):
        return [agency.name for agency in find_agencies(text, known)]

    assert found("Đảng ủy Sở KH&CN chủ trì việc gì?") == ["Đảng ủy Sở Khoa học và Công nghệ"]
    assert found("so y te va so khcn lam gi") == ["Sở Y tế", "Sở Khoa học và Công nghệ"]
    assert found("Sở Y tế và Đảng ủy Sở KHCN, Sở KHCN") == ["Sở Y tế", names[1], names[0]]
    assert found("Sở Yên tĩnh làm gì?") == []
