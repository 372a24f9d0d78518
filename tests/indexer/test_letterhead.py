import pytest

from indexer.types import RelationType
from tests.indexer.factories.documents import LETTERHEAD, metadata_of

BODY = "Căn cứ Nghị quyết số 71/NQ-CP ngày 01/4/2025 của Chính phủ;\nSở Nông nghiệp ban hành Kế hoạch như sau:\nI. MỤC TIÊU\nMột.\n"
TAIL = "Nơi nhận:\n- UBND tỉnh (báo cáo);\n- Các phòng, đơn vị;\n- Lưu: VT, TT.\nGIÁM ĐỐC\nLê Thị Sen\n"


def test_a_whole_letterhead():
    """
    Number, date, issuer, kind, title, signer and recipients are what the document prints, each with the words that state it.
    """
    text = LETTERHEAD + BODY + TAIL
    metadata = metadata_of(text)

    assert metadata.number.value == "45/KH-SNN"
    assert metadata.issued_on.value == "2026-03-05"
    assert metadata.issuer.value == "Sở Nông nghiệp"
    assert metadata.kind.value == "KH"
    assert metadata.title.value == "Phát triển vùng trồng sen năm 2026"
    assert (metadata.signer.value, metadata.signer_office.value) == ("Lê Thị Sen", "GIÁM ĐỐC")
    assert [item.value for item in metadata.recipients] == ["UBND tỉnh (báo cáo)", "Các phòng, đơn vị", "Lưu: VT, TT"]
    assert metadata.unfilled == ()
    for stated in (metadata.number, metadata.issuer, metadata.title, metadata.signer, *metadata.recipients):
        assert text[stated.start : stated.end] == stated.value
    assert text[metadata.issued_on.start : metadata.issued_on.end] == "ngày 05 tháng 3 năm 2026"


@pytest.mark.parametrize(
    ("printed", "field"),
    [
        # the number is not given yet
        ("Số:        /KH-SNN", "number"),
        ("Số:      /KH-SNN ", "number"),
        # nor the day and the month
        ("Hoa Sen, ngày    tháng    năm 2026", "issued_on"),
    ],
)
def test_a_field_that_is_printed_blank(printed, field):
    """
    A blank number or date is no value: it is listed as unfilled, with its place.
    """
    old = "Số: 45/KH-SNN" if field == "number" else "Hoa Sen, ngày 05 tháng 3 năm 2026"
    text = LETTERHEAD.replace(old, printed) + BODY
    metadata = metadata_of(text)

    assert getattr(metadata, field) is None
    ((name, span),) = metadata.unfilled
    assert name == field
    assert text[span.start : span.end] in printed


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("QUYẾT ĐỊNH", "QĐ"),
        ("CHỈ THỊ", "CT"),
        ("TỜ TRÌNH", "TTr"),
        ("CHƯƠNG TRÌNH", "CTr"),
        ("BÁO CÁO", "BC"),
        ("THÔNG TƯ", "TT"),
    ],
)
def test_kinds(heading, kind):
    """
    The kind stands in capitals above the title, and is known by its abbreviation.
    """
    assert metadata_of(LETTERHEAD.replace("KẾ HOẠCH", heading) + BODY).kind.value == kind


def test_two_columns_side_by_side():
    """
    Issuer and State, number and date on one line each are told apart.
    """
    text = (
        "UBND TỈNH HOA SEN            CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n"
        "  SỞ NỘI VỤ                       Độc lập - Tự do - Hạnh phúc\n"
        "Số: 7/TTr-SNV              Hoa Sen, ngày 22 tháng 01 năm 2026\n\n"
        "TỜ TRÌNH\nVề việc gia hạn\n\nKính gửi: Ủy ban nhân dân tỉnh\nMột.\n"
    )
    metadata = metadata_of(text)

    assert (metadata.number.value, metadata.issued_on.value) == ("7/TTr-SNV", "2026-01-22")
    assert metadata.issuer.value == "SỞ NỘI VỤ"


def test_the_issuer_is_not_taken_from_the_grounds():
    """
    "Chính phủ ban hành Quy chế" in a ground tells of another document.
    """
    text = LETTERHEAD + "Căn cứ Nghị định số 39/2022/NĐ-CP của Chính phủ ban hành Quy chế làm việc;\nĐiều 1. Một.\n"

    assert metadata_of(text).issuer.value == "SỞ NÔNG NGHIỆP"


def test_an_annex_alone():
    """
    An annex without a letterhead is dated, numbered and issued by its note "Kèm theo …"; its heading is its title.
    """
    text = "PHỤ LỤC\nDanh mục nhiệm vụ\n(Kèm theo Kế hoạch số 12/KH-UBND ngày 04/11/2026 của Ủy ban nhân dân tỉnh Hoa Sen)\n1. Một.\n"
    metadata = metadata_of(text)

    assert (metadata.number.value, metadata.issued_on.value, metadata.kind.value) == ("12/KH-UBND", "2026-11-04", "KH")
    assert metadata.issuer.value == "Ủy ban nhân dân tỉnh Hoa Sen"
    assert metadata.title.value == "Danh mục nhiệm vụ"
    assert metadata.signer is None


def test_an_issuer_on_two_lines():
    """
    A committee over the name of its place is one issuer; an agency over its own superior's name is not joined with it.
    """
    two = "ỦY BAN NHÂN DÂN\nTỈNH HOA SEN\nSố: 12/KH-UBND\nKẾ HOẠCH\nPhát triển nông thôn số\n\nI. MỤC TIÊU\n"
    under = "UBND TỈNH HOA SEN\nSỞ NỘI VỤ\nSố: 13/KH-SNV\nKẾ HOẠCH\nPhát triển nông thôn số\n\nI. MỤC TIÊU\n"

    assert metadata_of(two).issuer.value == "ỦY BAN NHÂN DÂN TỈNH HOA SEN"
    assert metadata_of(under).issuer.value == "SỞ NỘI VỤ"


def test_nothing_is_made_up():
    """
    A text without a letterhead has no metadata at all.
    """
    metadata = metadata_of("Hôm nay trời đẹp.\nNgày mai có mưa.")

    assert (metadata.number, metadata.issued_on, metadata.issuer, metadata.kind, metadata.title) == (None,) * 5


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Căn cứ Nghị quyết số 71/NQ-CP ngày 01/4/2025;", [("based_on", "71/NQ-CP")]),
        ("Thực hiện Kế hoạch số 63-CTr/TU của Tỉnh ủy;", [("implements", "63-CTr/TU")]),
        ("I. MỘT\nKế hoạch này thay thế Kế hoạch số 653/KH-UBND ngày 01/3/2024.", [("replaces", "653/KH-UBND")]),
        ("Điều 1. Bãi bỏ Quyết định số 12/2020/QĐ-UBND.", [("repeals", "12/2020/QĐ-UBND")]),
        ("Điều 1. Sửa đổi, bổ sung một số điều của Quy chế số 5/QC-UBND.", [("amends", "5/QC-UBND")]),
        ("I. MỘT\nTheo Nghị định số 118/2025/NĐ-CP, các xã tổ chức thực hiện.", [("mentions", "118/2025/NĐ-CP")]),
        # the passive tells of others
        (
            "Căn cứ Luật số 54/2019/QH14 được sửa đổi, bổ sung bởi Luật số 56/2024/QH15;",
            [("based_on", "54/2019/QH14"), ("based_on", "56/2024/QH15")],
        ),
        (
            "I. MỘT\nQuyết định số 9/QĐ-UBND đã được thay thế bởi Quyết định số 10/QĐ-UBND.",
            [("mentions", "9/QĐ-UBND"), ("mentions", "10/QĐ-UBND")],
        ),
        # so does another document as subject
        (
            "I. MỘT\nNghị định số 245/2025/NĐ-CP sửa đổi, bổ sung Nghị định số 155/2020/NĐ-CP.",
            [("mentions", "245/2025/NĐ-CP"), ("mentions", "155/2020/NĐ-CP")],
        ),
        # one verb, two documents
        (
            "I. MỘT\nKế hoạch này thay thế Kế hoạch số 6/KH-UBND ngày 01/3/2024 và Kế hoạch số 8/KH-UBND ngày 02/4/2024.",
            [("replaces", "6/KH-UBND"), ("replaces", "8/KH-UBND")],
        ),
        # dates, ratios and running heads are no numbers of documents
        ("I. MỘT\nCông báo/Số 146/Ngày 11-03-2026; 33/33 bản; ngày 22/12/2024.", []),
    ],
)
def test_relations(words, expected):
    """
    A document stands to those that it names as its verbs say; what others did to each other is only mentioned.
    """
    relations = metadata_of(words + "\n").relations

    assert [(str(relation.type), relation.number) for relation in relations] == expected


def test_a_relation_quotes_its_sentence():
    """
    The quote of a relation is the sentence that names the document, at its place; the document's own number is none.
    """
    text = (
        LETTERHEAD + "I. MỘT\nMột. Kế hoạch này thay thế Kế hoạch số 653/KH-UBND. Kế hoạch số 45/KH-SNN có hiệu lực.\n"
    )
    (relation,) = metadata_of(text).relations

    assert relation.type is RelationType.REPLACES
    assert text[relation.start : relation.end] == relation.quote == "Kế hoạch này thay thế Kế hoạch số 653/KH-UBND."


def test_a_head_as_gazettes_set_it():
    """
    Without a letterhead, issuer, number and date stand below the kind, on one line or two; the title follows, the authority is none.
    """
    text = (
        "THÔNG TƯ\n\nCỦA BỘ HOA SEN SỐ 02/2010/TT-BHS\nNGÀY 19 THÁNG 01 NĂM 2010\n\nQUY ĐỊNH CHI TIẾT LẬP HỒ SƠ\n\n"
        "Căn cứ Luật Đầu tư;\n\nĐiều 1. Một.\n"
    )
    metadata = metadata_of(text)

    assert (metadata.number.value, metadata.issued_on.value) == ("02/2010/TT-BHS", "2010-01-19")
    assert (metadata.issuer.value, metadata.title.value) == ("BỘ HOA SEN", "QUY ĐỊNH CHI TIẾT LẬP HỒ SƠ")


def test_a_letter_prints_no_kind():
    """
    A công văn is told by "V/v" below its number; what it is addressed to is no title.
    """
    text = "SỞ NỘI VỤ\nSố: 12/SNV-VP\nV/v gia hạn thời gian\nHoa Sen, ngày 5 tháng 6 năm 2025\n\nKính gửi:\n- Sở Y tế;\n\nThực hiện.\n"
    metadata = metadata_of(text)

    assert (metadata.kind.value, metadata.title.value) == ("CV", "gia hạn thời gian")


@pytest.mark.parametrize(
    ("line", "value"),
    [
        # the number was filled in by hand, or stamped when it was signed
        ("Số: 6582 /SNV-VP", "6582/SNV-VP"),
        ("Số : 02/2010/QĐ-UBND", "02/2010/QĐ-UBND"),
        ("Luật số: 77/2015/QH13", "77/2015/QH13"),
        ("Số 36/QĐ-SNV", "36/QĐ-SNV"),
        # a sentence about numbers is none
        ("Số lượng 36 người", None),
    ],
)
def test_numbers(line, value):
    """
    The number of a document in the forms in which it is printed, white space taken out.
    """
    number = metadata_of(f"SỞ NỘI VỤ\n{line}\n\nQUYẾT ĐỊNH\nVề việc gia hạn\n\nĐiều 1. Một.\n").number

    assert (number.value if number else None) == value


def test_the_first_signature_counts():
    """
    What is annexed may be signed by others; titles before a name are no part of it.
    """
    text = (
        "QUYẾT ĐỊNH\nVề việc gia hạn\n\nĐiều 1. Một.\nĐiều 2. Hai./.\n\nNơi nhận:\n- Như Điều 2;\n- Lưu: VT.\n\nGIÁM ĐỐC\nPGS.TS. Trần Văn Sen\n\n"
        "QUY CHẾ\nVề gia hạn\n\nĐiều 1. Một.\nĐiều 2. Hai./.\n\nTRƯỞNG BAN\nLê Thị Hoa\n"
    )

    assert metadata_of(text).signer.value == "Trần Văn Sen"
