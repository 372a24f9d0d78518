import pytest

from indexer.formats.rejoin import rejoin


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ĐIỀ U 5", "ĐIỀU 5"),
        ("thự c hiệ n quyề n, trướ c ngườ i", "thực hiện quyền, trước người"),
        ("ĐIỀ U 5 và thự c", "ĐIỀU 5 và thự c"),
        ("Ủ Y BAN và ủ y ban", "ỦY BAN và ủy ban"),
        ("c ủa, th ực, tr ường, nh ận, kh ông", "c ủa, thực, trường, nhận, không"),
    ],
)
def test_cut_syllables(text, expected):
    """
    Pieces of which one can be no syllable are joined; others only in a text that has three such cuts.
    """
    assert rejoin([text])[0] == [expected]


@pytest.mark.parametrize(
    "text",
    [
        # a letter of a list, a number in words, a unit
        "ý c) khoản 2, phần tử thứ n, thứ m",
        "điểm c khoản 2, Tổ a, mục đ ở",
        # both may stand alone, and nothing else is cut
        "thự c",
        "Đ c, vă a) một",
        # the case does not fit
        "ĐIỀ u, cấ P",
        "Bộ Y tế, ở y viện, tỷ p",
        "quy ết",
    ],
)
def test_what_is_not_joined(text):
    """
    What may be right stays.
    """
    assert rejoin([text]) == ([text], 0)


def test_lines_stay_apart():
    """
    A line end is no cut.
    """
    assert rejoin(["ĐIỀ", "U"]) == (["ĐIỀ", "U"], 0)
