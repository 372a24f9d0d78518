"""pyvi's model is a pickle: it is loaded only if its bytes are those that we know."""

from __future__ import annotations

import shutil

import pytest

from indexer import segment
from indexer.errors import InputError


@pytest.fixture
def folder(tmp_path):
    """Return a copy of the model that is installed here."""
    return shutil.copytree(segment.model_folder(), tmp_path / "models")


def test_the_installed_model_is_taken(folder):
    """
    The files of pyvi 0.1.1 are those that we know.
    """
    segment.check_model(folder)


@pytest.mark.parametrize("name", ["pyvi3.pkl", "words.txt"])
def test_another_byte_is_refused(folder, name):
    """
    A file of the model that differs in one bit is refused by name, with what mends it.
    """
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)

    with pytest.raises(InputError, match=rf"{name}: this is not the model of pyvi(.|\n)*pip install --force-reinstall"):
        segment.check_model(folder)


def test_a_missing_model_is_named(folder):
    """
    A model that is not there is an error in words, too.
    """
    (folder / "pyvi3.pkl").unlink()

    with pytest.raises(InputError, match="is not there"):
        segment.check_model(folder)


def test_nothing_is_loaded_before_the_check(folder, monkeypatch):
    """
    Whoever segments words gets the refusal; pyvi is not asked.
    """
    (folder / "pyvi3.pkl").write_bytes(b"cos\nsystem\n(S'false'\ntR.")
    monkeypatch.setattr(segment, "model_folder", lambda: folder)
    monkeypatch.setattr(segment, "_tokenizer", segment._tokenizer.__wrapped__)  # noqa: SLF001 - as if nothing was loaded yet

    with pytest.raises(InputError, match="was not loaded"):
        segment.segment("chủ trì")
