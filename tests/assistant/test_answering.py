import shutil

import numpy as np
import pytest

from assistant.answering import (
    DECISION,
    SIGNALS,
    AnsweringModel,
    Network,
    compared,
    matrix,
    probability,
    untrained,
)
from assistant.conversation import State
from indexer.errors import InputError


def test_the_shipped_model_reads_its_signals():
    """
    The shipped model has a weight for every signal, and prefers a sentence that holds more of the question.
    """
    model = AnsweringModel.load()
    little, much = np.zeros((2, len(SIGNALS)))
    much[SIGNALS.index("rank")] = 3.0
    much[SIGNALS.index("first")] = 1.0

    assert len(model.decide.mean) == len(DECISION)
    assert model.order.scores(compared(np.stack([little, much]))).argmax() == 1


def test_a_network_is_stored_as_it_is(tmp_path):
    """
    Weights come back as they were written, in 32 bits.
    """
    from safetensors.numpy import save_file

    model = untrained()
    save_file(model.order.arrays("order") | model.decide.arrays("decide"), tmp_path / "model.safetensors")

    again = AnsweringModel.load(tmp_path)
    assert np.allclose(again.order.plain, model.order.plain)
    assert again.decide.bias == pytest.approx(-6.2)


@pytest.mark.parametrize("content", [None, b"no model", "short"])
def test_a_wrong_model_is_refused_with_the_next_step(tmp_path, content):
    """
    A missing, damaged or older model is named, with what mends it.
    """
    from safetensors.numpy import save_file

    if content == "short":
        one = Network(*(np.zeros(2), np.ones(2), np.zeros(2), np.zeros((2, 1)), np.zeros(1), np.zeros(1)))
        save_file(one.arrays("order") | one.arrays("decide"), tmp_path / "model.safetensors")
    elif content is not None:
        (tmp_path / "model.safetensors").write_bytes(content)

    with pytest.raises(InputError, match=r"make install|Put the file back"):
        AnsweringModel.load(tmp_path)


def test_an_extract_tells_how_likely_it_answers(small):
    """
    The sentence that answers comes first, and is likelier to answer than the best one of a question that nothing answers.
    """
    found = small.extracts("Hỗ trợ bao nhiêu phần trăm chi phí giống cho hộ nghèo?", State())
    best = found.best()
    other = small.extracts("Lương tối thiểu vùng của kỹ sư hàng không là bao nhiêu?", State())

    assert best[0].sentence.shown == "Hỗ trợ 40% chi phí giống cho hộ nghèo."
    assert found.likelihood(best, restricted=False) > 0.5 > other.likelihood(other.best(), restricted=False)
    assert other.likelihood([], restricted=False) == 0.0


def test_numbers_stay_in_their_bounds():
    """
    Log-odds of any size give a probability; no extracts give an empty array of the right width.
    """
    assert probability(1e9) == pytest.approx(1.0)
    assert probability(-1e9) == pytest.approx(0.0)
    assert matrix([], 3).shape == (0, 3)


def test_a_damaged_model_is_met_by_every_question(tmp_path, monkeypatch):
    """
    An assistant is not opened over a damaged model, though most questions would be answered without it.
    """
    from assistant import service

    folder = shutil.copytree(service.FOLDER.parent, tmp_path / "models") / service.FOLDER.name
    (folder / "model.safetensors").write_bytes(b"")
    monkeypatch.setattr(service, "FOLDER", folder)

    with pytest.raises(InputError, match=r"model.safetensors: this is not the file"):
        service.Assistant.open(tmp_path / "index")
