from indexer.formats.page import PageWord
from indexer.formats.pieces import put_together


def piece(text, left, right, *, top=0.0, bottom=10.0):
    return PageWord(text, left, top, right, bottom)


def texts(*pieces, spaces=()):
    return [word.text for word in sorted(put_together(pieces, spaces), key=lambda word: word.left)]


def test_letters_borrowed_from_another_font_stand_where_the_page_shows_them():
    """
    "TH NG PH" and "Ủ ƯỚ Ủ", written one behind the other, are "THỦ TƯỚNG PHỦ".
    """
    written = [piece("TH", 0, 13), piece("T", 23, 29), piece("NG", 45.5, 60), piece("PH", 70, 84)]
    borrowed = [
        piece("Ủ", 13, 20, top=-3, bottom=12),
        piece("ƯỚ", 29.2, 45.3, top=-3, bottom=12),
        piece("Ủ", 84, 91, top=-3, bottom=12),
    ]

    assert texts(*written, *borrowed) == ["THỦ", "TƯỚNG", "PHỦ"]


def test_a_space_is_wider_than_the_gap_between_pieces():
    """
    Two words with the narrowest space between them stay two, and so do words of two lines.
    """
    assert texts(piece("của", 0, 20), piece("tỉnh", 22, 40)) == ["của", "tỉnh"]
    assert texts(piece("của", 0, 20), piece("tỉnh", 20, 40, top=12, bottom=22)) == ["của", "tỉnh"]


def test_a_printed_space_parts_letters_that_were_set_closer():
    """
    "BỘ KHOA" set so close that the gap is 0.8 points stays two words where a space was printed there, and only there.
    """
    close = piece("BỘ", 0, 17.5), piece("KHOA", 18.3, 54)

    assert texts(*close, spaces=[(17.9, 5.0)]) == ["BỘ", "KHOA"]
    assert texts(*close, spaces=[(17.9, 25.0), (60.0, 5.0)]) == ["BỘKHOA"]


def test_a_mark_belongs_to_the_vowel_that_it_stands_above():
    """
    Combining marks that were printed by themselves, or before the next letter, come back to their vowel.
    """
    assert texts(piece("ban", 0, 15), piece("\u0309", 6, 9)) == ["bản"]
    assert texts(piece("Nghi", 0, 20), piece("\u0303a", 20, 26)) == ["Nghĩa"]
