"""Clauses and metadata straight from a text, for the tests of the reading half."""

from indexer.ladder import parse_ladder
from indexer.layout import split_lines
from indexer.letterhead import read_metadata
from indexer.path import label
from indexer.types import fold_white

LETTERHEAD = """UBND TỈNH HOA SEN
SỞ NÔNG NGHIỆP
Số: 45/KH-SNN

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Hoa Sen, ngày 05 tháng 3 năm 2026

KẾ HOẠCH
Phát triển vùng trồng sen năm 2026

"""


def ladder_of(text, *, damaged=False):
    """The clauses, tables and warnings of *text*."""
    return parse_ladder("d", text, split_lines(text), damaged=damaged)


def labels_of(text, **how):
    """The labels of the clauses of *text*, in order."""
    return [label(clause.path) for clause in ladder_of(text, **how)[0]]


def texts_of(text):
    """What each clause of *text* says, on one line."""
    return [fold_white(clause.text) for clause in ladder_of(text)[0]]


def metadata_of(text):
    """The metadata of *text*."""
    return read_metadata("d", ladder_of(text)[0])
