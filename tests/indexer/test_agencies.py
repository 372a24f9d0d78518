import pytest

from indexer.abbreviations import learn_abbreviations
from indexer.agencies import GENERAL, Agency, AgencyKeys, agency_key, split_agencies
from indexer.agency_cells import is_group


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
        # departments are provincial, said or not
        ("Sở Khoa học & Công nghệ tỉnh Hoa Sen", "Sở Khoa học và Công nghệ"),
        ("SỞ KHOA HỌC VÀ CÔNG NGHỆ TỈNH HOA SEN", "Sở KHCN"),
        ("Sở Y tế Thành phố", "Sở Y tế"),
        # "&", a dash or a comma between the letters
        ("Sở LĐ-TB&XH", "Sở Lao động - Thương binh và Xã hội"),
        ("Sở VH,TT&DL", "Sở Văn hóa, Thể thao và Du lịch"),
        ("Sở KH & CN", "Sở KH-CN"),
        ("Sở NN&PTNT", "Sở Nông nghiệp và Phát triển nông thôn"),
        ("Sở TT&TT", "Sở Thông tin và Truyền thông"),
        # the front and its committee
        ("Ủy ban MTTQ Việt Nam tỉnh", "Mặt trận Tổ quốc tỉnh"),
        ("UBMTTQVN tỉnh", "MTTQ tỉnh"),
        ("UBND TP. Hoa Sen", "Ủy ban nhân dân thành phố"),
        ("HĐND tỉnh", "Hội đồng nhân dân tỉnh"),
        ("VP UBND tỉnh", "Văn phòng Ủy ban nhân dân tỉnh"),
        ("Bộ CHQS tỉnh", "Bộ Chỉ huy Quân sự tỉnh"),
        # a note in brackets is no name
        ("Sở Y tế (cơ quan thường trực)", "Sở Y tế"),
        # all communes, however they are called
        ("UBND cấp xã", "UBND các xã, phường"),
        ("UBND cấp xã", "Ủy ban nhân dân các xã, phường, thị trấn"),
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
        ("Thanh tra Sở Y tế", "Sở Y tế"),
        ("Văn phòng Sở Y tế", "Sở Y tế"),
        ("Thanh tra tỉnh", "Thanh tra Sở"),
        # two communes
        ("UBND xã Tân An", "UBND xã Bình An"),
        ("Công an tỉnh", "Công an xã"),
        # the youth union of the province is not the province
        ("Tỉnh Đoàn", "Tỉnh ủy"),
        # the number ("số") is no department ("sở")
        ("Ban Chuyển đổi số tỉnh", "Ban Chuyển đổi số"),
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
        # one agency a line, and a name on two lines
        ("Sở Y tế\nSở Nội vụ", ["Sở Y tế", "Sở Nội vụ"], []),
        ("Công an tỉnh\nBộ Chỉ huy Quân sự tỉnh", ["Công an tỉnh", "Bộ Chỉ huy Quân sự tỉnh"], []),
        ("Văn phòng\nUBND tỉnh", ["Văn phòng UBND tỉnh"], []),
        ("Ủy ban\nMặt trận Tổ quốc tỉnh", ["Ủy ban Mặt trận Tổ quốc tỉnh"], []),
        ("- Sở Y tế\n- Sở Nội vụ", ["Sở Y tế", "Sở Nội vụ"], []),
        # lines that were folded to one
        ("- Sở Y tế - Sở Nội vụ", ["Sở Y tế", "Sở Nội vụ"], []),
        ("Các Sở, ban, ngành UBND xã, phường", [], ["Các Sở, ban, ngành", "UBND xã, phường"]),
        (
            "Giám đốc, Thủ trưởng các Sở, ban, ngành Chủ tịch UBND xã, phường",
            [],
            ["Giám đốc, Thủ trưởng các Sở, ban, ngành", "Chủ tịch UBND xã, phường"],
        ),
        (
            "Văn phòng UBND Thành phố. Các Sở, ban, ngành UBND xã, phường",
            ["Văn phòng UBND Thành phố"],
            ["Các Sở, ban, ngành", "UBND xã, phường"],
        ),
        ("Bộ Khoa học và Công nghệ Bộ Tài chính", ["Bộ Khoa học và Công nghệ", "Bộ Tài chính"], []),
        # a unit and the department that it belongs to are one
        ("Trung tâm CNTT Sở Y tế", ["Trung tâm CNTT Sở Y tế"], []),
        ("Chi cục Kiểm lâm Sở NN&PTNT", ["Chi cục Kiểm lâm Sở NN&PTNT"], []),
        # an office of two bodies is one
        ("Văn phòng Đoàn ĐBQH và HĐND tỉnh", ["Văn phòng Đoàn ĐBQH và HĐND tỉnh"], []),
        # who leads and who helps
        ("Sở Y tế chủ trì, phối hợp Sở Nội vụ", ["Sở Y tế", "Sở Nội vụ"], []),
        ("Sở Y tế chủ trì, phối hợp với các sở liên quan", ["Sở Y tế"], ["các sở liên quan"]),
        ("Chủ trì: Sở Y tế; phối hợp: Sở Nội vụ", ["Sở Y tế", "Sở Nội vụ"], []),
        # the kind is said once, with and without a colon
        ("Các Sở Y tế, Nội vụ", ["Sở Y tế", "Sở Nội vụ"], []),
        ("Các Sở: Sở Y tế, Sở Nội vụ", ["Sở Y tế", "Sở Nội vụ"], []),
        ("Các Sở: Y tế, Nội vụ; UBND tỉnh", ["Sở Y tế", "Sở Nội vụ", "UBND tỉnh"], []),
        (
            "Các Sở: Văn hóa, Thể thao và Du lịch, Y tế và Tài chính",
            ["Sở Văn hóa, Thể thao và Du lịch", "Sở Y tế", "Sở Tài chính"],
            [],
        ),
        ("Công an, Quân sự tỉnh", ["Công an", "Quân sự tỉnh"], []),
        # lower case behind a comma
        (
            "Các cơ quan chuyên môn thuộc UBND tỉnh, ban Quản lý khu kinh tế tỉnh",
            ["ban Quản lý khu kinh tế tỉnh"],
            ["Các cơ quan chuyên môn thuộc UBND tỉnh"],
        ),
        ("sở y tế, sở nội vụ", ["sở y tế", "sở nội vụ"], []),
        ("SỞ Y TẾ, SỞ NỘI VỤ", ["SỞ Y TẾ", "SỞ NỘI VỤ"], []),
        # names and groups mixed
        ("Sở Tài chính; các sở, ngành liên quan", ["Sở Tài chính"], ["các sở, ngành liên quan"]),
        (
            "Sở Nội vụ, Văn phòng UBND TP, sở ngành khác và UBND xã, phường",
            ["Sở Nội vụ", "Văn phòng UBND TP"],
            ["sở ngành khác", "UBND xã, phường"],
        ),
        ("Sở Y tế và các đơn vị liên quan", ["Sở Y tế"], ["các đơn vị liên quan"]),
        ("Mặt trận Tổ quốc và các đoàn thể", ["Mặt trận Tổ quốc"], ["các đoàn thể"]),
        ("Sở, ban, ngành", [], ["Sở, ban, ngành"]),
        ("Sở, ban, ngành, UBND các xã, phường", [], ["Sở, ban, ngành", "UBND các xã, phường"]),
        ("Cơ quan, tổ chức, doanh nghiệp liên quan", [], ["Cơ quan, tổ chức, doanh nghiệp liên quan"]),
        # brackets part nothing
        ("Sở Y tế (Chi cục A, Trung tâm B), Sở Nội vụ", ["Sở Y tế (Chi cục A, Trung tâm B)", "Sở Nội vụ"], []),
        # other signs between
        ("Sở GD&ĐT/Sở Y tế", ["Sở GD&ĐT", "Sở Y tế"], []),
        ("Đảng ủy, HĐND, UBND tỉnh", ["Đảng ủy", "HĐND", "UBND tỉnh"], []),
        ("Công an tỉnh; Bộ CHQS tỉnh và BĐBP tỉnh", ["Công an tỉnh", "Bộ CHQS tỉnh", "BĐBP tỉnh"], []),
        # an abbreviation is a name of its own, and not where a comma divides it
        ("Sở Y tế; PTNL", ["Sở Y tế", "PTNL"], []),
        ("Sở Y tế, PTNL", ["Sở Y tế", "PTNL"], []),
        ("Sở VH, TT&DL; Sở Y tế", ["Sở VH, TT&DL", "Sở Y tế"], []),
        # a long name with commas and "và"
        (
            "Ban Chỉ đạo về phát triển khoa học, công nghệ, đổi mới sáng tạo và Đề án 06 tỉnh",
            ["Ban Chỉ đạo về phát triển khoa học, công nghệ, đổi mới sáng tạo và Đề án 06 tỉnh"],
            [],
        ),
        ("Ban Tuyên giáo và Dân vận Tỉnh ủy", ["Ban Tuyên giáo và Dân vận Tỉnh ủy"], []),
        ("Phòng Hành chính - Tổng hợp", ["Phòng Hành chính - Tổng hợp"], []),
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
    assert all(agency.key == agency_key(agency.name) or agency.name == "Công an" for agency in agencies)


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


def test_a_name_that_begins_before_a_longer_one_counts():
    """
    "Đoàn trường THPT A" names the body of the school, and the school.
    """
    known = {agency_key(name): Agency(name, agency_key(name)) for name in ("Đoàn trường", "Trường THPT Hoa Sen")}

    assert [one.name for one in GENERAL.find("Đoàn trường THPT Hoa Sen làm gì?", known)] == [
        "Đoàn trường",
        "Trường THPT Hoa Sen",
    ]
    assert [one.name for one in GENERAL.find("Trường THPT Hoa Sen làm gì?", known)] == ["Trường THPT Hoa Sen"]


def test_a_name_inside_a_longer_one_does_not_count():
    """
    Of the known agencies the longest that stands in a text is found, and not the shorter one inside it.
    """
    names = ["Sở Khoa học và Công nghệ", "Đảng ủy Sở Khoa học và Công nghệ", "Sở Y tế"]
    known = {agency_key(name): Agency(name, agency_key(name)) for name in names}

    def found(text):
        return [agency.name for agency in GENERAL.find(text, known)]

    assert found("Đảng ủy Sở KH&CN chủ trì việc gì?") == ["Đảng ủy Sở Khoa học và Công nghệ"]
    assert found("so y te va so khcn lam gi") == ["Sở Y tế", "Sở Khoa học và Công nghệ"]
    assert found("Sở Y tế và Đảng ủy Sở KHCN, Sở KHCN") == ["Sở Y tế", names[1], names[0]]
    assert found("Sở Yên tĩnh làm gì?") == []


LEARNING = """KẾ HOẠCH
Về khoa học, công nghệ, đổi mới sáng tạo, chuyển đổi số (KHCN, ĐMST, CĐS).
Ban Quản lý cửa khẩu quốc tế (sau đây viết tắt là BQL CKQT) phối hợp với Sở Dân tộc và Tôn giáo.
Hội Chữ thập đỏ (CTĐ) và các đơn vị; hệ thống văn bản (QLVB).
Quỹ Phát triển đất (PTD), Phòng Thí điểm (PTD).
"""


def test_abbreviations_are_learned_where_they_are_explained():
    """
    An abbreviation behind its words is learned when its letters are their initials; one with two meanings is not.
    """
    assert learn_abbreviations([LEARNING]) == {
        "khcn": "khoa học, công nghệ",
        "đmst": "đổi mới sáng tạo",
        "cđs": "chuyển đổi số",
        "bql ckqt": "Ban Quản lý cửa khẩu quốc tế",
        "ctđ": "Chữ thập đỏ",
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # explained in the corpus
        ("BQL CKQT", "Ban Quản lý cửa khẩu quốc tế"),
        ("Hội CTĐ tỉnh", "Hội Chữ thập đỏ tỉnh"),
        # written out elsewhere in the corpus
        ("Sở DTTG", "Sở Dân tộc và Tôn giáo"),
        ("sở dttg", "Sở Dân tộc và Tôn giáo"),
    ],
)
def test_keys_of_a_corpus(one, other):
    """
    Two writings meet by what the corpus itself explains or writes out.
    """
    keys = AgencyKeys.learn([LEARNING])

    assert keys.key(one) == keys.key(other)


def test_initials_that_fit_two_names_stand_for_neither():
    """
    Where two agencies of the corpus have the same initials, nothing is guessed.
    """
    keys = AgencyKeys.learn(["Sở Quy hoạch đề nghị Sở Quản hạt trả lời."])

    assert keys.key("Sở QH") == "so qh"


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("Sở Y tế;\nSở Nội vụ", ["Sở Y tế", "Sở Nội vụ"]),
        ("Các Sở: Y tế, Nội vụ", ["Y tế", "Nội vụ"]),
        ("  - Sở Khoa học và \n\nCông nghệ.", ["Sở Khoa học và \n\nCông nghệ"]),
    ],
)
def test_an_agency_knows_its_place_in_the_cell(cell, words):
    """
    Every agency is a slice of its cell, of several kinds that are printed once its own words.
    """
    assert [cell[agency.start : agency.end] for agency in split_agencies(cell)] == words
