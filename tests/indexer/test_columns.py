import pytest

from indexer.columns import breaks_off, is_body_kind, needs_more, noun_of, role_of, starts_like


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("Cơ quan chủ trì theo dõi", "lead"),
        ("ĐƠN VỊ PHỐI HỢP", "partners"),
        ("Thời gian hoàn thành (dự kiến)", "due"),
        ("Sản phẩm/Kết quả", "deliverable"),
        ("Số TT", "order"),
        ("Nguồn kinh phí", "funding"),
        ("Đầu mối liên hệ", "other"),
    ],
)
def test_roles(heading, role):
    """
    The longest known name in a heading decides its role; a heading with none is "other".
    """
    assert role_of(heading) == role


@pytest.mark.parametrize(
    ("heading", "noun"),
    [("Nội dung nhiệm vụ", "nhiệm vụ"), ("Chỉ tiêu", "chỉ tiêu"), ("Nội dung", "nội dung"), ("Xã, phường", "dòng")],
)
def test_nouns(heading, noun):
    """
    A row is called after the subject column's heading.
    """
    assert noun_of(heading) == noun


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Trước tháng", True),
        ("hằng tháng", False),
        ("6 tháng", False),
        ("Sở Y tế và", True),
        ("Quý", True),
        ("Sở Y tế", False),
    ],
)
def test_what_breaks_off(text, expected):
    """
    A cell does not end with a function word or with a unit of time that is not counted.
    """
    assert breaks_off(text) is expected


@pytest.mark.parametrize(
    ("role", "text", "expected"),
    [
        ("lead", "Sở Y tế", True),
        ("lead", "Báo cáo kết quả", False),
        ("partners", "Ban hành văn bản", False),
        ("due", "Quý II/2026", True),
        ("due", "2026-2027", True),
        ("due", "30/6/2026", True),
        ("deliverable", "100% cán bộ", True),
        ("other", "Sở Y tế", False),
    ],
)
def test_first_words(role, text, expected):
    """
    Bodies, papers and times are known by their first words; what only begins like a body is none.
    """
    assert starts_like(role, text) is expected


def test_kinds_of_bodies():
    """
    "Trung tâm" waits for a name, "Công an" does not; both are kinds of bodies.
    """
    assert (needs_more("Trung tâm"), needs_more("Công an")) == (True, False)
    assert is_body_kind("Trung tâm")
    assert is_body_kind("Công an")
