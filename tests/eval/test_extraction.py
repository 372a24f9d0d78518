import pytest

from assistant.spans import narrowed
from eval.extraction import exact, f1, load


@pytest.mark.parametrize(
    ("question", "sentence", "words"),
    [
        ("Hồ rộng bao nhiêu ha?", "Hồ Sen rộng 350 ha và sâu trung bình 4 m.", "350 ha"),
        ("Tỷ lệ là bao nhiêu phần trăm?", "Năm 2025 có 80% thôn đạt chuẩn.", "80%"),
        ("Cầu được khánh thành khi nào?", "Cầu được khánh thành ngày 02/9/2019, dài 5 km.", "02/9/2019"),
        ("Ai xây chùa?", "Chùa do nhà sư Nguyễn Minh Không xây dựng.", "Nguyễn Minh Không"),
        ("Hội họp ở đâu?", "Hội họp tại nhà văn hóa thôn Đông, hằng quý.", "nhà văn hóa thôn Đông"),
    ],
)
def test_words_are_cut_by_the_kind_of_fact(question, sentence, words):
    """
    A number with its unit, a percentage, a time, a name or a place is cut out of its sentence.
    """
    assert words in sentence[slice(*narrowed(question, sentence))]
    assert len(sentence[slice(*narrowed(question, sentence))]) < len(sentence)


def test_a_sentence_without_such_a_fact_stays():
    """
    Where nothing tells, all of the sentence is returned.
    """
    assert narrowed("Vì sao trời mưa?", "Trời mưa to") == (0, 11)


def test_scores_against_hand_worked_cases():
    """
    Exact match and F1 leave case and punctuation aside, and take the best of several answers.
    """
    assert exact("350 HA.", ["4 m", "350 ha"]) == 1.0
    assert exact("350 ha", ["350"]) == 0.0
    assert f1("rộng 350 ha", ["350 ha"]) == pytest.approx(0.8)
    assert f1("sen", ["350 ha"]) == 0.0


def test_a_set_in_squad_form_is_read(tmp_path):
    """
    Paragraphs get ids, and questions without an answer are left out.
    """
    path = tmp_path / "set.json"
    path.write_text(
        '{"data": [{"title": "t", "paragraphs": [{"context": "Hồ rộng 3 ha.", "qas": ['
        '{"id": "1", "question": "Rộng bao nhiêu?", "answers": [{"text": "3 ha", "answer_start": 8}]},'
        '{"id": "2", "question": "Sâu bao nhiêu?", "answers": []}]}]}]}',
        encoding="utf-8",
    )

    paragraphs, items = load(path)
    assert paragraphs == {"p0": "Hồ rộng 3 ha."}
    assert [(item.question, item.answers) for item in items] == [("Rộng bao nhiêu?", ("3 ha",))]
