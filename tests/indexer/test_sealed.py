"""A damaged file of a model is refused by name before it is loaded."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

import assistant.answering
from assistant.answering import AnsweringModel
from indexer import embedding
from indexer.channel import Confusions
from indexer.embedding import load_encoder
from indexer.errors import InputError
from indexer.formats.proofread import PRINT_CONFUSIONS
from indexer.reranker import Reranker
from indexer.sealed import LIST, MODELS, check_sealed, check_shipped, seal
from indexer.syllable_model import SyllableModel

ANSWERING = Path(assistant.answering.__file__).parent / "models"


@pytest.mark.parametrize("models", [MODELS, ANSWERING], ids=["indexer", "assistant"])
def test_what_is_delivered_is_what_the_lists_say(models):
    """
    Every model of the repository has a list that names its every file; a file that was trained anew is sealed anew.
    """
    check_shipped(models)


LOADED = [
    (MODELS / "vi-static-256" / "model.safetensors", lambda folder: load_encoder(str(folder))),
    (MODELS / "vi-static-256" / "vocabulary.txt", lambda folder: load_encoder(str(folder))),
    (MODELS / "vi-static-256" / "model.json", lambda folder: load_encoder(str(folder))),
    (MODELS / "vi-reranker" / "model.safetensors", Reranker.load),
    (MODELS / "vi-reranker" / "model.json", Reranker.load),
    (MODELS / "vi-syllables" / "model.safetensors", SyllableModel.load),
    (MODELS / "vi-syllables" / "syllables.txt", SyllableModel.load),
    (MODELS / "vi-syllables" / "confusions.json", lambda folder: Confusions.load(folder / "confusions.json")),
    (PRINT_CONFUSIONS, lambda folder: Confusions.load(folder / PRINT_CONFUSIONS.name)),
    (ANSWERING / "vi-answering" / "model.safetensors", AnsweringModel.load),
]


@pytest.mark.parametrize(("path", "load"), LOADED, ids=[f"{path.parent.name}-{path.name}" for path, _ in LOADED])
@pytest.mark.parametrize("damage", ["flip", "cut", "empty"])
def test_a_damaged_model_is_refused(tmp_path, path, load, damage):
    """
    A flipped bit, a cut and an emptied file are refused by name, with how to mend it, by whatever loads the model.
    """
    folder = shutil.copytree(path.parent, tmp_path / "model")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    (folder / path.name).write_bytes({"flip": data, "cut": data[: len(data) // 2], "empty": b""}[damage])

    with pytest.raises(InputError, match=rf"{folder / path.name}: this is not the file(.|\n)*git restore"):
        load(folder)


def test_the_list_itself_is_guarded(tmp_path):
    """
    A list that is damaged, empty or gone is no leave to load anything.
    """
    folder = shutil.copytree(MODELS / "vi-reranker", tmp_path / "models" / "vi-reranker")
    whole = (folder / LIST).read_bytes()
    for damaged in (whole[:-20], whole[:10] + b"x" + whole[11:], whole.replace(b"model.json", b"model.jsom"), b""):
        (folder / LIST).write_bytes(damaged)
        with pytest.raises(InputError, match=LIST):
            check_shipped(tmp_path / "models")
        with pytest.raises(InputError, match=LIST):
            Reranker.load(folder)
    (folder / LIST).unlink()
    with pytest.raises(InputError, match="missing or empty"):
        check_shipped(tmp_path / "models")


def test_a_file_that_is_missing_or_too_much(tmp_path):
    """
    A file of the list that is gone and one that the list does not name are both told.
    """
    folder = shutil.copytree(MODELS / "vi-reranker", tmp_path / "models" / "vi-reranker")
    (folder / "more.json").write_text("{}")
    with pytest.raises(InputError, match=r"more.json.*says nothing"):
        check_shipped(tmp_path / "models")
    (folder / "more.json").unlink()
    (folder / "model.json").unlink()
    with pytest.raises(InputError, match=r"model.json: cannot be read"):
        check_shipped(tmp_path / "models")


def test_writing_a_model_seals_it_and_nothing_else(tmp_path):
    """
    The hashes of the files that were just written take their place in the list; those of other files stay, right or wrong.
    """
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "b.txt").write_text("b")
    seal([tmp_path / "a.txt", tmp_path / "b.txt"])
    (tmp_path / "a.txt").write_text("new")
    (tmp_path / "b.txt").write_text("damaged")
    seal([tmp_path / "a.txt"])

    check_sealed([tmp_path / "a.txt"])
    with pytest.raises(InputError, match=r"b\.txt"):
        check_sealed([tmp_path / "b.txt"])


def test_a_model_of_ones_own_needs_no_list(tmp_path):
    """
    A folder without a list is somebody's own model, whose hash the index keeps.
    """
    (tmp_path / "weights").write_bytes(b"1")

    assert len(check_sealed([tmp_path / "weights"])[0]) == 64


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not there")
def test_the_list_is_one_of_sha256sum():
    """
    The system's own tool checks a list, where Python is not to be trusted.
    """
    folder = embedding.MODELS / embedding.DEFAULT_MODEL

    assert subprocess.run(["sha256sum", "--check", "--status", LIST], cwd=folder, check=False).returncode == 0
