"""The ranking: candidates, what the reranker sees of them, and that training and search compute the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from indexer.collection import Collection, TitledText, pieces
from indexer.embedding import load_encoder
from indexer.errors import InputError
from indexer.interaction import TERM_FEATURES, AskedWords, Looked, meet
from indexer.passage_tokens import stream_of
from indexer.ranking import QuestionReading, RankingPart
from indexer.reranker import COLUMNS, PLAIN, Reranker, save_reranker, spread, untrained
from indexer.training.questions import Asked
from indexer.training.reranker import _network, _scores, _Table, examples, train_reranker

TEXTS = [
    TitledText("Điều 1. Đăng ký thường trú", "Công dân đăng ký thường trú tại chỗ ở hợp pháp của mình."),
    TitledText("Điều 2. Đăng ký tạm trú", "Công dân đến sinh sống từ 30 ngày trở lên phải đăng ký tạm trú."),
    TitledText("Điều 3. Thu hồi đất", "Nhà nước thu hồi đất vì mục đích quốc phòng, an ninh."),
    TitledText("Điều 4. Bồi thường", "Người có đất bị thu hồi được bồi thường bằng tiền."),
    TitledText("", "Quán cà phê mở cửa từ bảy giờ sáng đến mười giờ đêm. " * 30),
]


@pytest.fixture(scope="module")
def ranker():
    encoder = load_encoder()
    return Collection(TEXTS, encoder.static).ranker(encoder, Reranker.load())


@pytest.mark.parametrize(
    ("question", "unit"),
    [("Khi nào phải đăng ký tạm trú?", 1), ("Thu hồi đất vì mục đích gì?", 2), ("mấy giờ quán cà phê mở cửa", 4)],
)
def test_the_unit_that_answers_comes_first(ranker, question, unit):
    """
    A question finds its text; scores never rise, and each unit comes once.
    """
    ranked = ranker.rank([QuestionReading(question)])

    assert ranked[0].unit == unit
    assert [one.score for one in ranked] == sorted((one.score for one in ranked), reverse=True)
    assert len({one.unit for one in ranked}) == len(ranked)


def test_only_what_is_allowed(ranker):
    """
    A search can be kept to some units, whose neighbours are looked at all the same.
    """
    ranked = ranker.rank([QuestionReading("thu hồi đất")], allowed=np.array([0, 3]))

    assert {one.unit for one in ranked} <= {0, 3}
    assert ranked[0].unit == 3


def test_the_likelier_reading_counts_more(ranker):
    """
    Of two readings that each fit another text, the likelier one decides; the other text is a hit, too.
    """
    tam, thu = "đăng ký tạm trú", "thu hồi đất quốc phòng"

    first = ranker.rank([QuestionReading(tam), QuestionReading(thu, -50.0)], marked=False)
    second = ranker.rank([QuestionReading(thu), QuestionReading(tam, -50.0)], marked=False)

    assert (first[0].unit, second[0].unit) == (1, 2)
    assert {1, 2} <= {one.unit for one in first} & {one.unit for one in second}


@pytest.mark.parametrize("question", ["", "?!", "…"])
def test_a_question_without_words_has_no_candidates(ranker, question):
    """
    Nothing to look for, nothing found.
    """
    assert ranker.rank([QuestionReading(question)]) == []


def test_a_word_that_stands_there_is_likest_itself(ranker):
    """
    Exact words count 1 and others less; all of a text's own words give it full coverage, with the longest run.
    """
    stream = stream_of("đăng ký tạm trú", ranker.model.vocabulary)
    asked = AskedWords.of(stream, ranker.tokens, ranker.model)
    units = np.array([1, 2])
    first = ranker.tokens.first_passage

    looked = Looked(ranker.tokens.looked_at(first[units]), ranker.tokens.heading_words.gather(units), ranker.model)

    met = meet(asked, ranker.tokens, looked, first=np.array([0, 1]), nearness=np.zeros(2, dtype=np.float32))

    for name in ("soft", "exact", "syllables", "pairs", "run", "heading_exact"):
        assert met.columns[name][0] == pytest.approx(1, abs=1e-5), name
        assert met.columns[name][1] < 0.9, name
    assert met.terms.shape == (2, len(asked), TERM_FEATURES)
    assert met.best.tolist() == [0, 1]


def test_every_candidate_has_every_number(ranker):
    """
    The reranker sees finite numbers, as many as it was trained on.
    """
    (candidates,) = ranker.candidates([QuestionReading("Ai được bồi thường khi thu hồi đất từ 30 ngày?")])

    described = candidates.described
    assert described.columns.shape == (len(candidates.units), COLUMNS)
    assert np.isfinite(described.columns).all()
    assert np.isfinite(described.terms).all()
    assert len(PLAIN) < COLUMNS


def test_spread_of_equal_values_is_nothing():
    """
    Values that are all the same do not tell candidates apart.
    """
    assert spread(np.full(3, 7.0)).tolist() == [0, 0, 0]
    assert spread(np.array([1.0, 3.0])).tolist() == [-1, 1]


def test_the_untrained_sum(ranker):
    """
    What is best by keywords, meaning and late interaction is best in the sum; numbers that tell nothing apart count nothing.
    """
    (candidates,) = ranker.candidates([QuestionReading("thu hồi đất vì mục đích quốc phòng")])
    described = candidates.described

    assert candidates.units[np.argmax(untrained(described))] == 2
    assert not untrained(replace(described, columns=np.zeros_like(described.columns))).any()


def test_the_sum_counts_beside_the_networks(ranker):
    """
    With a share, scores move towards the untrained sum by so many deviations of the networks' scores.
    """
    (candidates,) = ranker.candidates([QuestionReading("Khi nào phải đăng ký tạm trú?")])
    alone = replace(ranker.reranker, share=0.0)
    networks = alone.scores(candidates.described)

    both = replace(alone, share=2.0).scores(candidates.described)

    moved = 2 * networks.std() * spread(untrained(candidates.described))
    assert both == pytest.approx(networks + moved, abs=1e-4)


def test_training_and_search_compute_the_same(ranker):
    """
    The network that is trained with torch gives the scores that numpy computes for a question.
    """
    import torch

    items = list(examples(ranker, [Asked("đăng ký tạm trú khi nào", frozenset({1}))]))
    width = items[0].described.columns.shape[1]
    mean, deviation = np.zeros(width, dtype=np.float32), np.ones(width, dtype=np.float32)
    torch.manual_seed(3)
    network = _network(items[0].described.vectors.shape[1])
    table = _Table(items, mean, deviation)

    theirs = _scores(network, table.batch(np.array([0])), dropout=0.0).detach().numpy()[0]
    arrays = {name: tensor.detach().numpy() for name, tensor in network.items()}
    ours = Reranker("", frozenset(), mean, deviation, (arrays,)).scores(items[0].described)

    assert theirs[: len(ours)] == pytest.approx(ours, abs=0.02)  # terms are learned from in 16 bits


def test_training_learns_what_is_right_and_repeats_itself(ranker, tmp_path):
    """
    A reranker that saw the questions orders them rightly; the same seed gives the same file, and it knows what it learned.
    """
    questions = [Asked(f"{item.title[8:]} thế nào?", frozenset({place})) for place, item in enumerate(TEXTS[:4])]
    items = list(examples(ranker, questions))
    for name in ("a", "b"):
        trained = train_reranker(items, seed=1, networks=1, epochs=30, learned=["q1"])
        save_reranker(trained, tmp_path / name)

    for item in items:
        assert item.right[np.argmax(trained.scores(item.described))]
    assert (tmp_path / "a" / "model.safetensors").read_bytes() == (tmp_path / "b" / "model.safetensors").read_bytes()
    loaded = Reranker.load(tmp_path / "a")
    assert loaded.left_out("q2")
    assert not loaded.left_out("q1")


def test_a_reranker_of_another_version_is_refused(tmp_path):
    """
    A missing or foreign file is named, with the command that mends it.
    """
    with pytest.raises(InputError, match=r"model.safetensors and model.json is missing.*\n.*--only reranker"):
        Reranker.load(tmp_path)


def test_long_texts_are_cut_below_their_title():
    """
    Each piece of a long text stands below the title; a text without words is one piece.
    """
    found = pieces(TitledText("Tên", "Một câu dài vừa phải. " * 60))

    assert len(found) > 2
    assert all(piece.startswith("Tên\n") for piece in found)
    assert pieces(TitledText("Tên", "")) == ["Tên\n"]


ASKED = [QuestionReading("Khi nào phải đăng ký tạm trú?")]


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (RankingPart.KEYWORDS, lambda found: found.keywords),
        (RankingPart.DENSE, lambda found: found.nearness),
        (RankingPart.LATE, lambda found: found.soft),
    ],
)
def test_a_part_that_is_left_out_says_nothing(ranker, part, said):
    """
    With a part switched off there are candidates still, and what it would say of them is 0; with it, it is not.
    """
    (whole,) = ranker.candidates(ASKED)
    (rest,) = replace(ranker, without=frozenset({part})).candidates(ASKED)

    assert said(whole).any()
    assert len(rest.units)
    assert not said(rest).any()


def test_without_keywords_and_meaning_there_is_nothing_to_order():
    """
    What proposes candidates is keywords and meaning; without both a search finds nothing.
    """
    encoder = load_encoder()
    whole = Collection(TEXTS, encoder.static).ranker(encoder, Reranker.load())

    assert replace(whole, without=frozenset({RankingPart.KEYWORDS, RankingPart.DENSE})).rank(ASKED) == []


def test_without_the_reranker_the_plain_sum_orders(ranker):
    """
    With the reranker switched off the order is that of the sum of deviations.
    """
    (candidates,) = ranker.candidates(ASKED)
    sums = untrained(candidates.described)

    ranked = replace(ranker, without=frozenset({RankingPart.RERANK})).rank(ASKED)

    assert [one.unit for one in ranked] == candidates.units[np.argsort(-sums, kind="stable")].tolist()
