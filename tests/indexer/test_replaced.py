import pytest

from indexer.replaced import replacements
from indexer.types import Document
from tests.indexer.factories.documents import LETTERHEAD, metadata_of


def document(name, text):
    return Document(name, f"{name}.txt", text, metadata_of(text))


OLD = LETTERHEAD.replace("45/KH-SNN", "31/KH-SNN").replace("05 tháng 3 năm 2026", "10 tháng 02 năm 2025")
NEW = LETTERHEAD + "I. MỘT\n1. Kế hoạch này thay thế Kế hoạch số 31/KH-SNN{rest}.\n"


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("", {"old": "new"}),
        (" ngày 10/02/2025 của Sở Nông nghiệp", {"old": "new"}),
        # the same number of another year, or of another office
        (" ngày 10/02/2024", {}),
        (" ngày 10/02/2025 của Sở Xây dựng", {}),
    ],
)
def test_a_document_is_replaced_by_the_one_that_says_so(rest, expected):
    """
    Number, date and issuer of what is replaced must be those of the document of the corpus.
    """
    found = replacements([document("old", OLD), document("new", NEW.format(rest=rest))])

    assert {old: new.id for old, new in found.items()} == expected


def test_an_older_document_replaces_none():
    """
    A document cannot have replaced one that was issued after it; and one that is only mentioned or amended goes on.
    """
    older = NEW.format(rest="").replace("năm 2026\n\nKẾ", "năm 2024\n\nKẾ").replace("05 tháng 3", "05 tháng 1")
    amending = LETTERHEAD + "Điều 1. Sửa đổi, bổ sung Kế hoạch số 31/KH-SNN.\n"

    assert replacements([document("old", OLD), document("new", older)]) == {}
    assert replacements([document("old", OLD), document("new", amending)]) == {}


def test_of_several_the_latest_counts():
    """
    Where two documents replace one, the later is named.
    """
    later = NEW.format(rest="").replace("45/KH-SNN", "50/KH-SNN").replace("tháng 3", "tháng 9")
    every = [document("old", OLD), document("later", later), document("new", NEW.format(rest=""))]

    assert replacements(every)["old"].id == "later"
