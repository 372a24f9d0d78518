from importlib.resources import files
from unicodedata import normalize

import pytest

from assistant.thesaurus import SaidOtherwise
from indexer.terms import terms

ASKED = frozenset(terms("hạn chót nộp"))


def _covered(question: str, text: str, *, known: bool = True) -> frozenset[str]:
    otherwise = SaidOtherwise.of(question, ASKED, lambda _: known)
    return otherwise.covered_by(frozenset(terms(text)))


@pytest.mark.parametrize("question", ["Hạn chót nộp là khi nào?", "han chot nop la khi nao"])
def test_a_text_covers_what_it_says_in_other_words(question: str) -> None:
    assert {"han", "chot", "han chot"} <= _covered(question, "Thời hạn gửi báo cáo là ngày 15 hằng tháng")


def test_a_text_that_says_something_else_covers_nothing() -> None:
    assert not _covered("Hạn chót nộp là khi nào?", "Trụ sở của đơn vị nằm trong khu trung tâm")


def test_a_phrase_of_which_a_text_has_a_part_is_not_said() -> None:
    assert {"han", "chot", "han chot"} <= _covered("Hạn chót nộp là khi nào?", "Thời gian hoàn thành: quý I")
    assert not _covered("Hạn chót nộp là khi nào?", "Xã đã hoàn thành kế hoạch")


def test_what_stands_nowhere_in_the_corpus_is_not_looked_for() -> None:
    assert not SaidOtherwise.of("Hạn chót nộp là khi nào?", ASKED, lambda _: False).phrases


def test_every_line_names_one_phrase_and_others_once() -> None:
    lines = files("assistant").joinpath("thesaurus.txt").read_text(encoding="utf-8").splitlines()
    entries = [line for line in lines if not line.startswith("#")]
    said = [line.partition(": ")[0] for line in entries]
    assert len(set(said)) == len(said)
    for line in entries:
        name, _, others = line.partition(": ")
        phrases = [name, *others.split(", ")]
        assert normalize("NFC", line) == line
        assert len(set(phrases)) == len(phrases) > 1, line
        assert all(0 < len(phrase.split()) <= 6 for phrase in phrases), line
