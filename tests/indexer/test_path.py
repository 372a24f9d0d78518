import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.path import eid, is_prefix, label, parse_eid, parse_label, step_labels
from indexer.types import Step, StepKind

A, R, N, B = StepKind.APPENDIX, StepKind.ROMAN, StepKind.NUMBER, StepKind.BULLET


@pytest.mark.parametrize(
    ("path", "words", "identifier"),
    [
        ((), "", ""),
        (
            (Step(R, "III"), Step(N, "1"), Step(N, "1.3"), Step(B, "1")),
            "III.1.3, gạch đầu dòng 1",
            "rom_III__num_1__num_1.3__bul_1",
        ),
        ((Step(R, "III", occurrence=2), Step(N, "1")), "III (lần 2).1", "rom_III~2__num_1"),
        ((Step(N, "1"), Step(N, "1.3")), "tiểu mục 1.3", None),
        ((Step(N, "1.3"),), "tiểu mục số 1.3", None),
        ((Step(R, "II"), Step(N, "1.3")), "II, tiểu mục số 1.3", None),
        (
            (Step(StepKind.ARTICLE, "5"), Step(StepKind.CLAUSE, "2"), Step(StepKind.POINT, "a")),
            "điểm a khoản 2 Điều 5",
            "art_5__cl_2__pnt_a",
        ),
        (
            (
                Step(A, "II"),
                Step(StepKind.GROUP, "III"),
                Step(StepKind.ROW, "9", "nhiệm vụ"),
                Step(StepKind.COLUMN, name="Thời hạn, tiến độ"),
            ),
            "Phụ lục II, mục III, nhiệm vụ 9, cột Thời hạn, tiến độ",
            None,
        ),
        ((Step(A), Step(StepKind.ROW, "1", "chỉ tiêu")), "Phụ lục, chỉ tiêu 1", None),
        ((Step(StepKind.HEAD), Step(StepKind.PARAGRAPH, "2")), "phần mở đầu, đoạn 2", "head__par_2"),
        ((Step(B, "1"), Step(B, "2", "+")), "gạch đầu dòng 1, dấu cộng 2", None),
        # what is issued with a decision, and has articles of its own
        (
            (Step(A, "", "Quy chế"), Step(StepKind.CHAPTER, "I"), Step(StepKind.ARTICLE, "1")),
            "Quy chế, Điều 1 Chương I",
            None,
        ),
        ((Step(A, "01", "Mẫu số"), Step(StepKind.PARAGRAPH, "2")), "Mẫu số 01, đoạn 2", None),
        (
            (Step(StepKind.DIVISION, "2"), Step(StepKind.SUBDIVISION, "1"), Step(StepKind.ARTICLE, "7")),
            "Điều 7 Tiểu mục 1 Mục 2",
            "sec_2__sub_1__art_7",
        ),
        ((Step(StepKind.PART, "thứ nhất"), Step(StepKind.ARTICLE, "7")), "Điều 7 Phần thứ nhất", None),
        ((Step(StepKind.FOOTNOTE, "1"),), "chú thích 1", "fn_1"),
        # the second table of an annex; a row that bears no number; a noun that begins like a group
        (
            (Step(A, "I"), Step(StepKind.TABLE, "2"), Step(StepKind.ROW, "1", "mục tiêu")),
            "Phụ lục I, bảng 2, mục tiêu 1",
            None,
        ),
        ((Step(A), Step(StepKind.ROW, "3", "dòng không đánh số")), "Phụ lục, dòng không đánh số 3", None),
    ],
)
def test_labels(path, words, identifier):
    """
    A path is named as officials name it; label and identifier both read back into it.
    """
    assert label(path) == words
    assert parse_label(words) == path
    assert parse_eid(eid(path)) == path
    if identifier is not None:
        assert eid(path).replace("%2E", ".") == identifier


NAMES = st.text(alphabet=string.ascii_letters + "đĐạứ _.~%/,'\"<>&", min_size=1, max_size=12)
STEPS = st.builds(
    Step,
    st.sampled_from(StepKind),
    st.text(alphabet="0123456789.IVXađ_~ ", max_size=6),
    st.one_of(st.just(""), NAMES),
    st.integers(1, 9),
)


@given(path=st.lists(STEPS, max_size=6).map(tuple))
def test_identifiers_read_back(path):
    """
    Whatever the steps hold, the identifier reads back into the path and is safe in an address and in HTML.
    """
    assert parse_eid(eid(path)) == path
    assert not set(eid(path)) & set(" <>&\"'/#?")


def test_ancestors():
    """
    A path is a prefix of what stands below it and of itself.
    """
    outer, inner = (Step(R, "I"),), (Step(R, "I"), Step(N, "1"))

    assert is_prefix(outer, inner)
    assert is_prefix(inner, inner)
    assert not is_prefix(inner, outer)
    assert step_labels(inner) == ("I", "tiểu mục 1")
