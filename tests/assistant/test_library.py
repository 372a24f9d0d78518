"""Looking documents up, and how they stand to one another."""

from __future__ import annotations

import pytest

from assistant.library import Library, Search
from indexer.types import Document, Metadata, Relation, RelationType, Stated
from tests.assistant.chat_fakes import FakeIndex


def stated(value):
    return Stated(value, "d", 0, 1)


def document(name, text="", *, number=None, title=None, issuer=None, year=None, names=()):
    relations = tuple(Relation(kind, other, 0, 1, "") for kind, other in names)
    metadata = Metadata(
        number=stated(number) if number else None,
        title=stated(title) if title else None,
        issuer=stated(issuer) if issuer else None,
        issued_on=stated(f"{year}-03-01") if year else None,
        kind=stated("KH"),
        relations=relations,
    )
    return Document(name, f"{name}.txt", text, metadata)


@pytest.fixture
def library():
    return Library(
        FakeIndex(
            (
                document("cu", "Trồng sen bên hồ", number="5/KH-UBND", issuer="UBND tỉnh Hoa Sen", year=2024),
                document(
                    "moi",
                    "Nuôi ong lấy mật",
                    number="9/KH-UBND",
                    title="Chuyển đổi số",
                    issuer="UBND tỉnh Hoa Sen",
                    year=2025,
                    names=[(RelationType.REPLACES, "5/KH-UBND"), (RelationType.BASED_ON, "57-NQ/TW")],
                ),
                document(
                    "so", "Nuôi ong và trồng sen", issuer="Sở Y tế", names=[(RelationType.IMPLEMENTS, "9/KH-UBND")]
                ),
            )
        )
    )


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        (Search(), ["cu", "moi", "so"]),
        (Search("9/kh-ubnd"), ["moi"]),
        (Search("chuyen doi so"), ["moi"]),
        (Search("Sở Y tế"), ["so"]),
        # only in the text: with diacritics as typed, without them however written
        (Search("nuôi ong"), ["moi", "so"]),
        (Search("nuoi ong"), ["moi", "so"]),
        (Search("trồng ong"), ["so"]),
        (Search("ubnd", year="2024"), ["cu"]),
        (Search(issuer="Sở Y tế"), ["so"]),
        (Search(kind="Quyết định"), []),
        (Search("không có ở đâu"), []),
        (Search("((( %%% ***"), []),
    ],
)
def test_search(library, search, expected):
    """
    All words are in the number, the title or the issuer, or else in the text; filters restrict.
    """
    assert sorted(expected) == sorted(found.id for found in library.search(search))


def test_filters_are_those_of_the_corpus(library):
    """
    Years come latest first, issuers by how many documents they have.
    """
    assert library.years() == ["2025", "2024"]
    assert library.issuers() == ["UBND tỉnh Hoa Sen", "Sở Y tế"]
    assert library.kinds() == ["Kế hoạch"]


def test_relations_point_both_ways(library):
    """
    A document of the corpus is linked by its id, another one stays a number; who is named by others says so.
    """
    moi = library.index.document("moi")

    assert [(one.type, one.incoming, one.number, one.document) for one in library.related(moi)] == [
        (RelationType.BASED_ON, False, "57-NQ/TW", None),
        (RelationType.REPLACES, False, "5/KH-UBND", "cu"),
        (RelationType.IMPLEMENTS, True, "", "so"),
    ]


def test_a_number_of_a_later_document_is_another_one(library):
    """
    The number alone proves nothing: what was issued later cannot have been meant.
    """
    index = FakeIndex(
        (
            document("a", number="1/KH-A", year=2023, names=[(RelationType.REPLACES, "2/KH-B")]),
            document("b", number="2/KH-B", year=2026),
        )
    )
    library = Library(index)

    assert [one.document for one in library.related(index.document("a"))] == [None]
    assert library.related(index.document("b")) == []
