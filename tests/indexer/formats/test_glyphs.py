from indexer.formats.glyphs import with_known_glyphs
from indexer.formats.page import PageWord


def word(text, left=0.0):
    return PageWord(text, left, 0, left + 20, 10)


def texts(words):
    return [one.text for one in words]


def test_a_glyph_is_what_the_recognised_word_shows():
    """
    Where the other letters agree, recognition tells the glyph; it holds where recognition failed too.
    """
    own = [word("trư\ue078ng"), word("nhà", 30), word("ngư\ue078i", 60)]
    read = [word("trường"), word("nhà", 30), word("nguoi", 60)]

    assert texts(with_known_glyphs(own, read)) == ["trường", "nhà", "người"]


def test_sound_words_are_not_touched_by_recognition():
    """
    What the layer says without unknown glyphs stays, whatever recognition saw.
    """
    own = [word("q\ue038y"), word("tổ", 30)]
    read = [word("quy"), word("tô", 30)]

    assert texts(with_known_glyphs(own, read)) == ["quy", "tổ"]


def test_a_vote_that_makes_a_syllable_counts_more():
    """
    One reading that gives a syllable wins over two that give none.
    """
    own = [word("\ue001ủa"), word("\ue001xk", 30), word("\ue001qz", 60)]
    read = [word("của"), word("exk", 30), word("eqz", 60)]

    assert texts(with_known_glyphs(own, read))[0] == "của"


def test_a_glyph_that_nothing_tells_is_shown_as_blank():
    """
    Without recognition a word keeps its place, and the gap shows.
    """
    assert texts(with_known_glyphs([word("s\ue059")], [])) == ["s□"]
