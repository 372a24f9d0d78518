"""Token streams of passages: what they hold, and that more processes give the same."""

from __future__ import annotations

import numpy as np
import pytest

from indexer import passage_tokens
from indexer.passage_tokens import PassageTokens, Streams, join_tokens, stream_of, streams_of, words_only
from indexer.vocabulary import BOTH, DIGIT, IDENTITY, KIND, PAIR, SYLLABLE, TIE, WORD, Vocabulary

VOCABULARY = Vocabulary.from_tokens(
    ["nhiệm_vụ", "nhiệm", "vụ", "sở", f"sở{TIE}nhiệm_vụ", f"nhiệm_vụ{TIE}sở"], hash_rows=4
)


def kinds(stream):
    return [int(token) & KIND for token in stream]


def test_a_word_is_followed_by_its_syllables_and_its_pair():
    """
    A word of two syllables gives three tokens, and a pair that the vocabulary knows one more.
    """
    stream = VOCABULARY.stream(["sở", "nhiệm_vụ"])

    assert [token & IDENTITY for token in stream] == [3, 0, 1, 2, 4]
    assert kinds(stream) == [BOTH, WORD, SYLLABLE, SYLLABLE, PAIR]


@pytest.mark.parametrize(("words", "pairs"), [(["sở", ",", "nhiệm_vụ"], 1), (["sở", ".", "nhiệm_vụ"], 0)])
def test_a_full_stop_parts_a_pair(words, pairs):
    """
    A comma between two words is passed over, another mark is not.
    """
    assert kinds(VOCABULARY.stream(words)).count(PAIR) == pairs


def test_unknown_words_keep_their_identity():
    """
    Two unknown words are told apart although they may share a row; one that holds a digit says so.
    """
    first, second, again = VOCABULARY.stream(["xyz", "5g", "xyz"])

    assert first == again != second
    assert second & DIGIT
    assert not first & DIGIT
    assert VOCABULARY.row_of(np.array([first])) >= len(VOCABULARY.rows)


def test_lines_do_not_meet():
    """
    The last word of a line and the first of the next are no pair; white space and case do not count.
    """
    assert PAIR in kinds(stream_of("Sở nhiệm vụ", VOCABULARY))
    assert PAIR not in kinds(stream_of("Sở\nnhiệm vụ", VOCABULARY))


def test_gathered_streams_keep_their_order():
    """
    Streams are taken out in the order asked for, empty ones too.
    """
    streams = Streams.of([np.array(one, dtype=np.uint32) for one in ([1, 2], [], [3])])

    chosen = streams.gather(np.array([2, 1, 0]))

    assert len(streams) == 3
    assert [chosen.of_text(place).tolist() for place in range(3)] == [[3], [], [1, 2]]


def test_frequencies_count_units():
    """
    A word that stands twice in a unit, or in two of its passages, counts once; what was stored is read back.
    """
    passages = [stream_of(text, VOCABULARY) for text in ("sở sở", "sở", "nhiệm vụ")]

    tokens = join_tokens(passages, passages[:2], np.array([0, 0, 1], dtype=np.int32), identities=VOCABULARY.identities)

    assert tokens.frequencies[3] == 1
    assert tokens.first_passage.tolist() == [0, 2, 3]
    assert tokens.idf[3] < tokens.idf[5]  # one of two units, none
    again = PassageTokens.from_arrays(tokens.arrays())
    assert again.passages.tokens.tolist() == tokens.passages.tokens.tolist()


def test_words_stand_before_syllables_and_pairs():
    """
    In what is stored the words of several syllables come first, then all syllables in order, pairs last, text by text.
    """
    streams = [stream_of(text, VOCABULARY) for text in ("sở nhiệm vụ sở", "", "vụ")]

    tokens = join_tokens(streams, streams[:1], np.array([0, 0, 0], dtype=np.int32), identities=VOCABULARY.identities)

    assert kinds(tokens.passages.of_text(0)) == [WORD, BOTH, SYLLABLE, SYLLABLE, BOTH, PAIR, PAIR]
    assert [int(token) & IDENTITY for token in tokens.passages.of_text(0)][1:5] == [3, 1, 2, 3]
    assert tokens.singles.tolist() == [5, 0, 1]
    looked = tokens.looked_at(np.array([2, 0]))
    assert kinds(looked.tokens) == [BOTH, WORD, BOTH, SYLLABLE, SYLLABLE, BOTH]
    assert kinds(tokens.heading_words.of_text(0)) == [BOTH, WORD, BOTH]


@pytest.mark.slow
def test_more_processes_give_the_same(monkeypatch):
    """
    Many texts are segmented side by side, and give the same streams in the same order.
    """
    monkeypatch.setattr(passage_tokens, "_WORTH_WORKERS", 3)
    monkeypatch.setattr(passage_tokens, "_BLOCK", 2)
    texts = ["sở nhiệm vụ", "nhiệm vụ 5G", "", "sở", "vụ nhiệm"]
    reported = []

    found = streams_of(texts, VOCABULARY, workers=2, progress=lambda done, total: reported.append((done, total)))

    assert [one.tolist() for one in found] == [stream_of(text, VOCABULARY).tolist() for text in texts]
    assert reported[-1] == (4, 4)  # the lines of all texts


def test_a_shared_line_is_segmented_once(monkeypatch):
    """
    A heading that stands over several texts is segmented once, and each text has its tokens as if it stood alone.
    """
    texts = ["sở\nnhiệm vụ", "sở\nvụ", "sở", "\n"]
    seen = []

    def counting(line, vocabulary):
        seen.append(line)
        return stream_of(line, vocabulary)

    monkeypatch.setattr(passage_tokens, "stream_of", counting)
    found = streams_of(texts, VOCABULARY)

    assert seen == ["sở", "nhiệm vụ", "vụ", ""]
    assert [one.tolist() for one in found] == [stream_of(text, VOCABULARY).tolist() for text in texts]


def test_words_only():
    """
    Syllables of longer words and pairs are left out.
    """
    assert (words_only(stream_of("sở nhiệm vụ", VOCABULARY)) & IDENTITY).tolist() == [3, 0]
