import pytest

from indexer.catalogue import read_corpus
from indexer.errors import CatalogueError
from indexer.parse import parse_files

PLAN = "KẾ HOẠCH\nTrồng sen\n\nI. MỤC TIÊU\nMột.\n"
ANNEX = (
    "PHỤ LỤC\nDanh mục\n(Kèm theo Kế hoạch số 12/KH-UBND ngày 04/11/2026 của Ủy ban nhân dân tỉnh Hoa Sen)\n1. Hai.\n"
)
CURATED = """[[document]]
file = "ke-hoach.txt"
[document.metadata.number]
value = "12/KH-UBND"
document = "phu-luc"
quote = "Kế hoạch số 12/KH-UBND"
reason = "phụ lục kèm theo chính kế hoạch này"
"""


@pytest.fixture
def corpus(tmp_path):
    def write(catalogue=None, **files):
        for name, text in ({"ke-hoach": PLAN, "phu-luc": ANNEX} | files).items():
            (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
        if catalogue is not None:
            (tmp_path / "catalogue.toml").write_text(catalogue, encoding="utf-8")
        return tmp_path

    return write


def test_a_plain_folder(corpus):
    """
    A folder without a catalogue is a corpus: each file of a known kind is a document by its stem; other kinds are named, hidden files are not.
    """
    folder = corpus()
    (folder / "bang.xlsx").write_bytes(b"x")
    (folder / ".an.txt").write_text("x", encoding="utf-8")
    entries, skipped = read_corpus(folder)

    assert [entry.id for entry in entries] == ["ke-hoach", "phu-luc"]
    assert [(item.path.name, "'.xlsx'" in item.reason) for item in skipped] == [("bang.xlsx", True)]


def test_one_document_in_two_formats(corpus):
    """
    The second file of the same name has its suffix in its id; one in another folder is another document and is refused.
    """
    folder = corpus()
    (folder / "phu-luc.PDF").write_bytes(b"x")
    entries, _ = read_corpus(folder)

    assert [(entry.id, entry.path.name) for entry in entries] == [
        ("ke-hoach", "ke-hoach.txt"),
        ("phu-luc", "phu-luc.PDF"),
        ("phu-luc-txt", "phu-luc.txt"),
    ]

    (folder / "khac").mkdir()
    (folder / "khac" / "phu-luc.txt").write_text("x", encoding="utf-8")
    with pytest.raises(CatalogueError, match="the id 'phu-luc' is taken"):
        read_corpus(folder)


def test_a_catalogue_beside_other_files(corpus):
    """
    The catalogue names some files; the others of the folder count all the same.
    """
    entries, _ = read_corpus(
        corpus('[[document]]\nid = "kh"\nfile = "ke-hoach.txt"\nsource = "Sở"\nlicence = "công khai"\n')
    )

    assert [(entry.id, entry.source) for entry in entries] == [("kh", "Sở"), ("phu-luc", None)]


def test_a_curated_value(corpus):
    """
    What a document does not print may be curated: the value points at the words that prove it, in the document that has them.
    """
    entries, _ = read_corpus(corpus(CURATED))
    parsed, _ = parse_files(entries)
    number = parsed[0].document.metadata.number
    text = parsed[1].document.text

    assert (number.value, number.document) == ("12/KH-UBND", "phu-luc")
    assert text[number.start : number.end] == "Kế hoạch số 12/KH-UBND"
    assert number.reason == "phụ lục kèm theo chính kế hoạch này"


@pytest.mark.parametrize(
    ("catalogue", "fact"),
    [
        ("[[document]\n", "not TOML"),
        ('[[document]]\nfile = "ke-hoach.txt"\nnguon = "x"\n', "unknown key ['nguon']"),
        ('[[document]]\nid = "x"\n', "'file' is missing"),
        ('[[document]]\nfile = "../ngoai.txt"\n', "lies outside"),
        ('[[document]]\nid = "phu-luc"\nfile = "ke-hoach.txt"\n', "the id 'phu-luc' is taken"),
        ('[[document]]\nid = 7\nfile = "ke-hoach.txt"\n', "'id' is no text"),
        ('[[document]]\nfile = "ke-hoach.txt"\nsource = 7\n', "'source' is no text"),
        ('document = "x"\n', "no list"),
        ('tai-lieu = "x"\n', "unknown key ['tai-lieu']"),
        ('[[document]]\nfile = "ke-hoach.txt"\nmetadata = "x"\n', "'metadata' is no table"),
        ('[[document]]\nfile = "ke-hoach.txt"\n[document.metadata.mau]\nvalue = "x"\n', "'mau' cannot be curated"),
        (
            '[[document]]\nfile = "ke-hoach.txt"\n[document.metadata.number]\nvalue = "x"\n',
            "lacks document, quote, reason",
        ),
    ],
)
def test_a_wrong_catalogue(corpus, catalogue, fact):
    """
    A fault of the catalogue is told with its place, the fact, and the next step.
    """
    with pytest.raises(CatalogueError) as caught:
        read_corpus(corpus(catalogue))

    first, following = str(caught.value).split("\n", 1)
    assert fact in str(caught.value)
    assert first.startswith("/")
    assert following.strip()


@pytest.mark.parametrize(
    ("old", "new", "fact"),
    [
        ("Kế hoạch số 12/KH-UBND", "Kế hoạch số 13", "'Kế hoạch số 13' does not stand in 'phu-luc'"),
        ('"phu-luc"', '"khong-co"', "does not stand in 'khong-co'"),
        ("ke-hoach.txt", "phu-luc.txt", "number is printed in the document itself ('12/KH-UBND')"),
    ],
)
def test_a_curated_value_without_proof(corpus, old, new, fact):
    """
    A quote that stands nowhere, and a value that the document prints itself, are refused.
    """
    entries, _ = read_corpus(corpus(CURATED.replace(old, new)))

    with pytest.raises(CatalogueError) as caught:
        parse_files(entries)
    assert fact in str(caught.value)
    assert "\n  " in str(caught.value)


def test_a_missing_folder(tmp_path):
    """
    A folder that is not there is named, with the option that names another.
    """
    with pytest.raises(CatalogueError, match=r"khong-co: there is no such folder.\n  Name the corpus: .*--corpus DIR"):
        read_corpus(tmp_path / "khong-co")
