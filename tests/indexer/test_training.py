"""Training: small texts, seconds, and the same result twice."""

from __future__ import annotations

import json
import lzma
import random

import numpy as np
import pytest

from indexer.channel import Channel, Confusions
from indexer.embedding import token_model
from indexer.errors import InputError
from indexer.static_model import save_static_model
from indexer.syllable_model import SyllableModel
from indexer.training import main
from indexer.training.batches import PASSAGE_WORDS, Sampler, passages_of
from indexer.training.confusions import align, count_confusions, damage, save_confusions
from indexer.training.embedding import build_vocabulary, train_on
from indexer.training.questions import law_lesson, related_questions, wikipedia_lesson
from indexer.training.sources import FILES, LAW, PROCEDURES, WIKIPEDIA, TitledText, read_texts
from indexer.training.syllables import count

SUBJECTS = {"đất": "thu_hồi đất bồi_thường", "cư_trú": "đăng_ký tạm_trú thường_trú", "thuế": "nộp thuế thu_nhập"}


def texts(number=60):
    chooser = random.Random(0)  # noqa: S311 - no secret
    result = []
    for index in range(number):
        topic = list(SUBJECTS)[index % 3]
        words = SUBJECTS[topic].split()
        body = " ".join(chooser.choices([*words, "và", "của"], k=40))
        result.append(TitledText(LAW, topic, " ".join(chooser.sample(words, 2)) + f" số_{index % 7}", body))
    return result


def write_sources(folder):
    rows = {
        LAW: {"de_muc": "1.1", "title": "Điều 1.1.LQ.3. Phạm vi điều chỉnh", "text": "Luật này quy định về đất đai."},
        PROCEDURES: {"ten_thu_tuc": "Cấp thẻ", "trinh_tu_thuc_hien": "Bước 1: Nộp hồ sơ.", "thoi_han_giai_quyet": None},
        WIKIPEDIA: {"title": "Sông Hồng", "text": "Sông Hồng chảy ra biển."},
    }
    for source, row in rows.items():
        path = folder / FILES[source]
        path.parent.mkdir(parents=True)
        with lzma.open(path, "wt", encoding="utf-8") as file:
            for number in range(120):
                varied = {key: f"{value} {number}" if key == "text" else value for key, value in row.items()}
                file.write(json.dumps(varied, ensure_ascii=False) + "\n")
    return folder


def test_sources_are_titled_texts(tmp_path):
    """
    Articles lose the codification's number, procedures join their parts, and topics group articles of one subject.
    """
    law, *_ = read_texts(write_sources(tmp_path), sources=(LAW,))
    procedure, *_ = read_texts(tmp_path, sources=(PROCEDURES,))

    assert (law.topic, law.title) == ("1.1", "Phạm vi điều chỉnh")
    assert procedure.body == "Bước 1: Nộp hồ sơ."


def test_missing_data_is_told(tmp_path):
    """
    A folder without the sources says which file it lacks and what to give.
    """
    with pytest.raises(InputError, match=r"articles.jsonl.xz: there is no such file.*--data"):
        main(["--data", str(tmp_path), "--only", "syllables", "--out", str(tmp_path)])


def test_same_seed_same_model(tmp_path):
    """
    Two trainings with one seed give the same bytes; another seed gives others.
    """
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        save_static_model(train_on(texts(), seed=seed, steps=3, dimension=8, rarest=2), tmp_path / name)

    first, second, other = ((tmp_path / name / "model.safetensors").read_bytes() for name in "abc")
    assert first == second != other


def test_training_draws_titles_to_their_subject():
    """
    After a few steps a title is nearer to the mean of its own subject's texts than to that of the others.
    """
    model = train_on(texts(), seed=0, steps=30, dimension=8, rarest=2)

    def embed(text):
        row = model.weights[model.vocabulary.ids(text.split())].mean(axis=0)
        return row / np.linalg.norm(row)

    centres = {topic: embed(" ".join(t.body for t in texts() if t.topic == topic)) for topic in SUBJECTS}
    for text in texts(12):
        scores = {topic: float(embed(text.title) @ centre) for topic, centre in centres.items()}
        assert max(scores, key=scores.__getitem__) == text.topic


def test_vocabulary_keeps_the_frequent():
    """
    Rare words get no row of their own; the most frequent come first; ties are in the order of the alphabet.
    """
    vocabulary = build_vocabulary(["b a_b c b", "a_b b"], rarest=2)

    assert list(vocabulary.rows) == ["b", "a", "a_b"]


def test_batches_are_seeded_and_of_one_source():
    """
    The same seed draws the same batches, and questions that are equal are marked as equal.
    """
    vocabulary = build_vocabulary([f"{text.title} {text.body}" for text in texts()], rarest=1)
    one, two = (Sampler(texts(), vocabulary, seed=4).batch(64) for _ in range(2))

    assert all(np.array_equal(a, b) for a, b in zip(one.questions, two.questions, strict=True))
    assert len(one.questions) == len(one.passages) == len(one.titles)


def test_passages_of_a_long_text():
    """
    A text is cut into pieces of about 110 words that hold every word once.
    """
    words = [str(number) for number in range(500)]
    pieces = list(passages_of(words))

    assert [word for piece in pieces for word in piece] == words
    assert all(abs(len(piece) - PASSAGE_WORDS) < PASSAGE_WORDS / 2 for piece in pieces)


def test_syllable_counts(tmp_path):
    """
    What follows more often is likelier, a word seen too rarely is no candidate, and the files give the model back.
    """
    model = count(["chủ trì nhiệm vụ. chủ trì hội nghị. chủ tịch nước. " * 5 + "chủ quán"], rarest=3)
    model.save(tmp_path)
    loaded = SyllableModel.load(tmp_path)

    assert loaded.log_probability("chủ", "trì") > loaded.log_probability("chủ", "tịch")
    assert loaded.log_probability("chủ", "tịch") > loaded.log_probability("chủ", "nước")
    assert not loaded.candidates("quan")
    assert loaded.log_probability("chủ", "trì") == pytest.approx(model.log_probability("chủ", "trì"), abs=0.1)


def test_alignment_of_print_and_reading():
    """
    Each letter gets the part of the reading that it most likely became.
    """
    confusions = Confusions({"ư": {"u": 5, "tr": 3}, "ợ": {"g": 9}})
    costs = confusions.costs(["đ", "ư", "ợ", "c"])

    parts = align("được", "dugc", lambda letter, seen: float(costs(seen)["được".index(letter)]))

    assert parts == [("đ", "d"), ("ư", "u"), ("ợ", "g"), ("c", "c")]


def test_confusions_are_counted_and_found_again(tmp_path):
    """
    What letters were seen as is learned from lines, written and read, and brings the word back.
    """
    lines = [("được số đổi", "dugc s6 d6i"), ("được số mới", "dugc s6 mdi")] * 10
    confusions = count_confusions(lines)
    save_confusions(confusions, tmp_path / "confusions.json")
    loaded = Confusions.load(tmp_path / "confusions.json")

    channel = Channel(loaded, ["được", "đục", "số", "sổ", "sao", "đổi", "mới"])

    assert loaded.counts["ợ"] == {"g": 20}
    assert channel.readings("dugc", limit=1, margin=9)[0][0] == "được"
    assert channel.readings("s6", limit=1, margin=9)[0][0] == "số"
    assert channel.readings("S6", limit=1, margin=9)[0][0] == "số"


def test_damage_is_seeded_and_keeps_words_and_numbers():
    """
    Damaged text is the same for one seed, has as many words in each line, and its numbers are whole.
    """
    text = "Số 57-NQ/TW ngày 22/12/2024\nđổi mới sáng tạo"
    worn = damage(text, Confusions.load(), seed=1)

    assert worn == damage(text, Confusions.load(), seed=1) != text
    assert [len(line.split()) for line in worn.split("\n")] == [4, 4]
    assert "57-NQ/TW" in worn
    assert "22/12/2024" in worn


@pytest.mark.slow
def test_the_command_trains_both_models(tmp_path):
    """
    One command writes both models from the three sources, and a second run gives the same files.
    """
    data = write_sources(tmp_path / "data")
    for out in ("one", "two"):
        for model in ("embedding", "syllables"):
            options = ["--data", str(data), "--out", str(tmp_path / out), "--cache", str(tmp_path / "cache")]
            assert main([*options, "--steps", "2", "--only", model]) == 0

    names = ["vi-static-256/model.safetensors", "vi-static-256/vocabulary.txt", "vi-syllables/model.safetensors"]
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.fixture(scope="module")
def made_from(tmp_path_factory):
    """Articles of two subjects, of which one names the other as related, and a long article of Wikipedia."""
    data = tmp_path_factory.mktemp("made")
    sentence = "Cơ quan đăng ký cư trú cấp giấy xác nhận cho công dân trong thời hạn ba ngày làm việc."
    law = [
        {
            "id": f"a{number}",
            "de_muc": f"{number % 2}",
            "title": f"Điều 1.1.LQ.{number}. Thời hạn đăng ký thường trú lần {number}",
            "text": f"{sentence} Hồ sơ số {number} gồm tờ khai và giấy tờ chứng minh chỗ ở hợp pháp. {sentence} {sentence}",
            "related": ["a0"] if number else [],
        }
        for number in range(6)
    ]
    paragraph = "Sông Hồng dài 1149 km chảy từ Trung Quốc qua miền Bắc Việt Nam rồi đổ ra vịnh Bắc Bộ. " * 4
    wikipedia = [{"title": "Sông Hồng", "text": "\n".join([paragraph] * 9)}]
    for source, rows in ((LAW, law), (WIKIPEDIA, wikipedia)):
        path = data / FILES[source]
        path.parent.mkdir(parents=True)
        with lzma.open(path, "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return data


def test_a_question_from_a_title_takes_the_title_out(made_from):
    """
    Half of the articles are asked for by their titles, which they then lack; the same seed gives the same questions.
    """
    one, two = (law_lesson(made_from, token_model(), seed=3) for _ in range(2))

    assert one == two
    assert len(one.questions) == len(one.texts) == 6
    assert sum(not text.title for text in one.texts) == 3


def test_related_articles_answer_but_the_article_itself_does_not(made_from):
    """
    A title is asked about what the editors linked to it, and its own article is left out of the candidates.
    """
    questions = related_questions(made_from, token_model(), {f"a{number}": number for number in range(6)}, seed=1)

    assert {question.excluded for question in questions} == {1, 2, 3, 4, 5}
    assert {question.answers for question in questions} == {frozenset({0})}


def test_a_paragraph_is_asked_for_what_was_left_out(made_from):
    """
    Questions about paragraphs end with a word that asks, and name the paragraph.
    """
    lesson = wikipedia_lesson(made_from, token_model(), seed=1)

    assert len(lesson.texts) == 9
    assert all(question.answers <= set(range(9)) for question in lesson.questions)
    assert any(question.text.endswith(("bao nhiêu", "mấy", "nước nào", "ở đâu")) for question in lesson.questions)


def test_texts_that_are_too_short_give_no_questions(tmp_path):
    """
    Without a long article nothing is asked.
    """
    assert wikipedia_lesson(write_sources(tmp_path), token_model(), seed=1).questions == []
