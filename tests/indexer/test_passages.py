from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from indexer.passages import LONGEST, passages_from, split_text
from indexer.types import StepKind
from tests.indexer.samples import annex, long_clause, plan

WORDS = st.sampled_from(["Điều", "1.", "a)", ";", "khoản,", "khoản,", "…", "x", "thực hiện.", "\u00a0", "–", "!?"])
SPACE = st.sampled_from([" ", "\n", "\n\n", "\u00a0", "  ", "\x1f", "\u2028", ""])
LIKE_OURS = st.lists(st.tuples(WORDS, SPACE)).map(lambda pairs: "".join(word + space for word, space in pairs))


@given(text=st.one_of(LIKE_OURS, st.text()), longest=st.integers(min_value=1, max_value=12))
def test_pieces_hold_every_word_where_they_say(text, longest):
    """
    The pieces of any text stand in order at their offsets, are not too long, and leave out white space alone.
    """
    places = split_text(text, longest=longest)

    assert [word for start, end in places for word in text[start:end].split()] == text.split()
    assert all(0 < len(text[start:end].split()) <= longest for start, end in places)
    gaps = zip([0, *(end for _, end in places)], [*(start for start, _ in places), len(text)], strict=True)
    assert all(not text[end:start].strip() for end, start in gaps)


def test_a_repeated_sentence_is_found_at_its_own_place():
    """
    Pieces with the same words get different offsets (the splitter's own start_index is wrong here).
    """
    text = "Sở Y tế chủ trì. " * 6

    places = split_text(text, longest=6)

    assert places == [(17 * i, 17 * i + 16) for i in range(6)]


def test_long_clauses_are_cut_at_sentences():
    """
    A clause of 250 words gives three passages of one eid; each ends with a sentence and knows its part of the reading.
    """
    parsed = long_clause(250)
    passages = passages_from(parsed)

    assert [len(passage.text.split()) for passage in passages] == [LONGEST, LONGEST, 30]
    assert {passage.eid for passage in passages} == {"rom_I"}
    assert all(passage.text.endswith(".") for passage in passages)
    assert all(parsed.document.text[passage.start : passage.end] == passage.text for passage in passages)
    assert [passage.reading.split()[0] for passage in passages] == ["tư0", "tư110", "tư220"]
    assert passages[1].search.startswith("tư110")


def test_a_reading_of_other_words_is_kept_whole():
    """
    Where the words of the reading do not pair with those of the text, every piece is searched by all of the reading.
    """
    parsed = long_clause(120)
    (clause,) = parsed.clauses
    passages = passages_from(replace(parsed, clauses=(replace(clause, reading="khác hẳn"),)))

    assert [passage.search for passage in passages] == ["khác hẳn", "khác hẳn"]


def test_clauses_know_the_headings_above_them():
    """
    The context of a clause is the document's name and what stands over it on its path, the nearest last; not its own heading.
    """
    parsed = plan()
    contexts = {passage.eid: passage.context for passage in passages_from(parsed)}

    assert contexts["rom_I"] == "12/KH-UBND"
    assert contexts["rom_I__num_1__bul_1"] == (
        "12/KH-UBND\nI. MỤC ĐÍCH\n1. Thúc đẩy chuyển đổi số trong cơ quan nhà nước."
    )
    assert contexts["rom_II__num_2"] == "12/KH-UBND\nII. TỔ CHỨC THỰC HIỆN"


def test_rows_are_searched_by_column_and_cell():
    """
    A row's text is its slice of the document; it is searched as "column: cell", blank cells left out.
    """
    first, second = passages_from(annex())

    assert first.text == "1 Phủ sóng 5G Sở Khoa học Tháng 6/2026\nvà Công nghệ"
    assert first.context == "PHỤ LỤC\nI Nhiệm vụ về hạ tầng"
    assert first.search.splitlines()[-1] == (
        "nhiệm vụ 1. TT: 1. Nhiệm vụ: Phủ sóng 5G. Chủ trì: Sở Khoa học và Công nghệ. Thời hạn: Tháng 6/2026"
    )
    assert "Thời hạn" not in second.search
    assert {first.kind, second.kind} == {StepKind.ROW}
