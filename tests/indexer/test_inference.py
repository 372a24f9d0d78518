from dataclasses import replace

import pytest

from indexer.inference import infer_metadata, is_inferred
from indexer.report import report_lines
from indexer.types import Document, ParsedDocument, Stated
from tests.indexer.factories.documents import ladder_of, metadata_of

TITLE = "Phát triển vùng trồng sen năm 2026"
CITING = "I. MỘT\nThực hiện {citation}, Sở Y tế tổ chức trồng sen.\n"
FULL = f"Kế hoạch số 12/KH-UBND ngày 15/01/2026 của UBND tỉnh về {TITLE.lower()}"


def plan(number: str = "", place: str = "Hoa Sen", *, date: str = "", title: str = TITLE, body: str = "") -> str:
    """A plan of the province whose number and date are as printed, by default not at all."""
    return f"ỦY BAN NHÂN DÂN\nTỈNH {place.upper()}\n{number}\n{date}\nKẾ HOẠCH\n{title}\n\nI. MỤC TIÊU\n1. Trồng sen.\n{body}"


def parsed(name: str, text: str, *, reading: str | None = None) -> ParsedDocument:
    metadata = metadata_of(text)
    document = Document(name, f"{name}.txt", text, metadata, reading)
    return ParsedDocument(document, tuple(ladder_of(text)[0]), (), ())


def inferred(target: str, *citing: str) -> tuple[str | None, str | None]:
    """The number and date of the first document after inference."""
    every = [parsed("ke-hoach", target), *(parsed(f"van-ban-{n}", text) for n, text in enumerate(citing))]
    metadata = infer_metadata(every)[0].document.metadata
    return tuple(stated.value if stated else None for stated in (metadata.number, metadata.issued_on))


NOTHING = (None, None)


@pytest.mark.parametrize(
    ("target", "citation", "expected"),
    [
        (plan(), FULL, ("12/KH-UBND", "2026-01-15")),
        # a date in words
        (plan(), FULL.replace("15/01/2026", "15 tháng 01 năm 2026"), ("12/KH-UBND", "2026-01-15")),
        # no date is named
        (plan(), FULL.replace(" ngày 15/01/2026", ""), ("12/KH-UBND", None)),
        # the chairman signs on the paper of the committee
        (plan(), FULL.replace("UBND tỉnh", "Chủ tịch UBND tỉnh"), ("12/KH-UBND", "2026-01-15")),
        # the printed part of the number fits
        (plan("Số:      /KH-UBND"), FULL, ("12/KH-UBND", "2026-01-15")),
        # or does not
        (plan("Số:      /KH-UBND"), FULL.replace("12/KH-UBND", "12/KH-SYT"), NOTHING),
        # the printed date is another
        (plan(date="Hoa Sen, ngày 16 tháng 01 năm 2026"), FULL, (None, "2026-01-16")),
        # the month that is printed without a day is another
        (plan(date="Hoa Sen, ngày     tháng 02 năm 2026"), FULL, NOTHING),
        (plan(date="Hoa Sen, ngày     tháng 01 năm 2026"), FULL, ("12/KH-UBND", "2026-01-15")),
        # another kind
        (plan(), FULL.replace("Kế hoạch", "Quyết định"), NOTHING),
        # another issuer
        (plan(), FULL.replace("UBND tỉnh", "Sở Nội vụ"), NOTHING),
        (plan(), FULL.replace("UBND tỉnh", "UBND tỉnh Hoa Cúc"), NOTHING),
        # another title, or the same of another year
        (plan(), FULL.replace("trồng sen", "nuôi cá nước lạnh"), NOTHING),
        (plan(), FULL.replace("năm 2026", "năm 2025"), NOTHING),
        # nobody says who issued it, and nothing of its number is printed
        (plan(), FULL.replace(" của UBND tỉnh", ""), NOTHING),
        # it names that number itself, so it is another document
        (plan(body=f"2. Thay thế {FULL}.\n"), FULL, NOTHING),
        # a number that is printed is not touched, a date is taken for it
        (plan("Số: 7/KH-UBND"), FULL, ("7/KH-UBND", None)),
        (plan("Số: 12/KH-UBND"), FULL, ("12/KH-UBND", "2026-01-15")),
    ],
)
def test_what_a_citation_tells_of_the_cited(target, citation, expected):
    """
    Number and date are taken from a citation that agrees with all that the document prints, and from no other.
    """
    assert inferred(target, CITING.format(citation=citation)) == expected


def test_two_numbers_that_fit_are_none():
    """
    Where two numbers are cited for the same kind, issuer and title, neither is taken.
    """
    other = FULL.replace("12/KH-UBND", "13/KH-UBND")

    assert inferred(plan(), CITING.format(citation=FULL), CITING.format(citation=other)) == NOTHING


def test_dates_that_contradict_each_other_are_none():
    """
    Where citations of the number give two dates, the date stays open.
    """
    other = FULL.replace("15/01/2026", "16/01/2026")

    assert inferred(plan(), CITING.format(citation=FULL), CITING.format(citation=other)) == ("12/KH-UBND", None)


def test_one_number_does_not_go_to_two_documents():
    """
    Where two documents fit a citation, neither gets its number, nor does one get the printed number of another.
    """
    every = [parsed("a", plan()), parsed("b", plan()), parsed("c", CITING.format(citation=FULL))]

    assert [one.document.metadata.number for one in infer_metadata(every)] == [None, None, None]
    assert inferred(plan(), CITING.format(citation=FULL), plan("Số: 12/KH-UBND")) == NOTHING


def test_a_bad_scan_proves_nothing():
    """
    A bad scan neither gives a number nor gets one.
    """
    citing = CITING.format(citation=FULL)
    scan = [parsed("a", plan()), parsed("b", citing, reading=citing)]
    damaged = [parsed("a", plan(), reading=plan()), parsed("b", citing)]

    assert infer_metadata(scan) == scan
    assert infer_metadata(damaged) == damaged


def test_an_inferred_value_is_marked_and_proved():
    """
    What is inferred says so in Vietnamese, names the citing document, and points at the words there; the report shows it.
    """
    citing = CITING.format(citation=FULL)
    one = infer_metadata([parsed("a", plan()), parsed("b", citing)])[0]
    number = one.document.metadata.number

    assert is_inferred(number)
    assert number.document == "b"
    assert citing[number.start : number.end] == "Kế hoạch số 12/KH-UBND ngày 15/01/2026 của UBND tỉnh"
    assert "- Số, ký hiệu: 12/KH-UBND (suy ra từ b)" in list(report_lines(one))


def test_a_curated_value_stays():
    """
    A value that the catalogue gives is not replaced.
    """
    curated = Stated("9/KH-UBND", "b", 0, 5, "theo sổ văn bản")
    target = parsed("a", plan())
    target = replace(
        target, document=replace(target.document, metadata=replace(target.document.metadata, number=curated))
    )

    assert infer_metadata([target, parsed("b", CITING.format(citation=FULL))])[0].document.metadata.number == curated


def test_inference_is_repeated_from_the_start():
    """
    When the citing document is gone, so is what was inferred from it; with it, a second pass changes nothing.
    """
    both = infer_metadata([parsed("a", plan()), parsed("b", CITING.format(citation=FULL))])

    assert infer_metadata(both) == both
    assert infer_metadata(both[:1])[0].document.metadata.number is None
