import errno
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from indexer import generation
from indexer.errors import IndexBusyError, IndexDamagedError, IndexMismatchError, IndexMissingError, StoreError
from indexer.generation import read_generation, writing
from indexer.index import Index, publish
from indexer.manifest import FORMAT, parse_manifest
from tests.fakes import FakeEncoder
from tests.indexer.samples import annex, plan, sources


class Killed(BaseException):
    """Stands for kill -9: nothing of ours catches it and cleans up."""


def build(directory, *parsed):
    return publish(directory, parsed, encoder=FakeEncoder(), sources=sources(*parsed))


def snapshot(directory):
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def test_two_builds_are_byte_for_byte_equal(tmp_path):
    """
    The same documents in two folders give the same files, manifest and CURRENT included.
    """
    build(tmp_path / "a", plan(), annex())
    build(tmp_path / "b", plan(), annex())

    assert snapshot(tmp_path / "a" / "gen-000001") == snapshot(tmp_path / "b" / "gen-000001")
    assert (tmp_path / "a" / "CURRENT").read_bytes() == (tmp_path / "b" / "CURRENT").read_bytes()


def test_where_nothing_changed_nothing_is_published(tmp_path):
    """
    A second build of the same documents keeps the generation and says so.
    """
    first = build(tmp_path, plan())
    second = build(tmp_path, plan())

    assert (first.generation, first.changed) == ("gen-000001", True)
    assert (second.generation, second.changed) == ("gen-000001", False)


def test_the_last_three_generations_are_kept(tmp_path):
    """
    Older generations are cleared away when a new one is published.
    """
    for size in range(5):
        build(tmp_path, *[plan(f"vb{i}") for i in range(size + 1)])

    assert sorted(path.name for path in tmp_path.glob("gen-*")) == ["gen-000003", "gen-000004", "gen-000005"]


@pytest.mark.parametrize("mapped", [0, 2**20])
def test_a_reader_keeps_its_generation(tmp_path, monkeypatch, mapped):
    """
    A reader that is open answers from what it opened, even when its folder is long gone, and files are mapped, not read.
    """
    monkeypatch.setattr(generation, "_MAPPED", mapped)
    build(tmp_path, plan("cu"))
    index = Index.open(tmp_path, encoder=FakeEncoder())
    for number in range(4):
        build(tmp_path, plan(f"moi{number}"))

    assert not (tmp_path / "gen-000001").exists()
    assert [document.id for document in index.documents] == ["cu"]
    assert index.keyword_scores("kinh phí").any()
    assert index.vector_scores("kinh phí").any()


@pytest.mark.parametrize("name", ["Kế hoạch", "a b", "ổ đĩa/của tôi"])
def test_folders_with_any_name(tmp_path, name):
    """
    The index works in a folder with Vietnamese letters or spaces, which is made where it is missing.
    """
    build(tmp_path / name, plan())

    assert Index.open(tmp_path / name, encoder=FakeEncoder()).vector_scores("kinh phí").any()


def test_no_index(tmp_path):
    """
    A folder without an index, or no folder at all, is refused with the command that builds one.
    """
    for directory in (tmp_path, tmp_path / "không có"):
        with pytest.raises(IndexMissingError, match=rf"{directory}.*\n.*python -m indexer build --index {directory}"):
            Index.open(directory)


FILES = [
    "store.sqlite",
    "vectors.safetensors",
    "keywords.safetensors",
    "passages.safetensors",
    "canary.json",
    "manifest.json",
]


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
        lambda data: data[:0],
        lambda data: data[:100] + bytes([data[100] ^ 1]) + data[101:],
        lambda data: data[:-3] + bytes([data[-3] ^ 128]) + data[-2:],
        None,
    ],
    ids=["last byte gone", "half gone", "empty", "bit flipped", "bit flipped near the end", "file gone"],
)
def test_a_damaged_file_is_refused_by_name(tmp_path, file, damage):
    """
    Any change of any file of the generation is refused at open; the message names the file and the command.
    """
    build(tmp_path, plan(), annex())
    path = tmp_path / "gen-000001" / file
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage(path.read_bytes()))

    with pytest.raises(IndexDamagedError, match=rf"{file}(.|\n)*python -m indexer build"):
        Index.open(tmp_path)


@pytest.mark.parametrize(
    "content", ["", "gen-000001", "gen-000001 " + "0" * 64 + "\n", "../../etc\n", "gen-000007 " + "0" * 64 + "\n"]
)
def test_a_damaged_pointer_is_refused(tmp_path, content):
    """
    A CURRENT that names no generation of ours is refused.
    """
    build(tmp_path, plan())
    (tmp_path / "CURRENT").write_text(content)

    with pytest.raises(IndexDamagedError, match="python -m indexer build"):
        Index.open(tmp_path)


def test_a_damaged_index_is_mended_by_building(tmp_path):
    """
    Building again over a damaged index publishes a new generation, although the documents did not change.
    """
    build(tmp_path, plan())
    (tmp_path / "gen-000001" / "store.sqlite").write_bytes(b"")

    assert build(tmp_path, plan()).generation == "gen-000002"
    assert Index.open(tmp_path).documents


def test_another_format_is_refused():
    """
    A manifest of another format is refused with both numbers before anything else of it is read.
    """
    newer = json.dumps({"format": FORMAT + 1, "colour": "red"}).encode()
    with pytest.raises(IndexMismatchError, match=f"format {FORMAT + 1}, this program reads format {FORMAT}"):
        parse_manifest(newer, directory=Path(".index"))


STEPS = ["_write_synced", "_sync_folder", "_replace", "_clear"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("nth", range(6))
def test_killed_at_any_step(tmp_path, monkeypatch, step, nth):
    """
    Killed before any step of publishing, the index is the old one or the new one; the next build clears up and works.
    """
    build(tmp_path, plan("cu"))
    real = getattr(generation, step)
    calls = []

    def dying(*arguments, **options):
        calls.append(arguments)
        if len(calls) > nth:
            raise Killed
        return real(*arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(generation, step, dying)
        with suppress(Killed):
            build(tmp_path, plan("moi"))

    assert [document.id for document in Index.open(tmp_path).documents] in (["cu"], ["moi"])
    build(tmp_path, plan("moi"), annex())
    assert [document.id for document in Index.open(tmp_path).documents] == ["moi", "phu-luc"]
    assert not list(tmp_path.glob(".unfinished-*"))


def test_a_full_disk(tmp_path, monkeypatch):
    """
    Where the disk is full, the message says so, nothing is left behind and the old index still answers.
    """
    build(tmp_path, plan("cu"))

    def full(path, data):
        path.write_bytes(data[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(generation, "_write_synced", full)
        with pytest.raises(StoreError, match=r"No space left on device.*unchanged"):
            build(tmp_path, plan("moi"))

    assert [document.id for document in Index.open(tmp_path).documents] == ["cu"]
    assert not list(tmp_path.glob(".unfinished-*"))


def test_a_file_in_the_place_of_the_folder(tmp_path):
    """
    An index folder that is a file is refused for reading and for writing.
    """
    (tmp_path / "index").write_text("x")

    with pytest.raises(IndexMissingError):
        Index.open(tmp_path / "index")
    with pytest.raises(StoreError, match="cannot be written here"):
        build(tmp_path / "index", plan())


def test_one_writer(tmp_path):
    """
    While one program publishes, another is refused at once and readers are not; who may write already may write again.
    """
    build(tmp_path, plan())

    with writing(tmp_path), writing(tmp_path), ThreadPoolExecutor(1) as other:
        assert read_generation(tmp_path).name == "gen-000001"
        with pytest.raises(IndexBusyError, match="another program"):
            other.submit(build, tmp_path, plan("moi")).result()
    assert build(tmp_path, plan("moi")).changed


def test_a_slow_reader_goes_to_the_new_generation(tmp_path, monkeypatch):
    """
    A reader whose generation is cleared away between reading CURRENT and its files reads the new one.
    """
    build(tmp_path, plan("cu"))
    stale = generation._read_current(tmp_path)  # noqa: SLF001 - a race cannot be had from outside
    for number in range(3):
        build(tmp_path, plan(f"moi{number}"))
    real = generation._read_current  # noqa: SLF001
    answers = [stale]

    monkeypatch.setattr(generation, "_read_current", lambda directory: answers.pop() if answers else real(directory))

    assert read_generation(tmp_path).name == "gen-000004"


def test_the_manifest_knows_the_sources(tmp_path):
    """
    The manifest gives each document's file hash, the counts, the model and the segmenter, and no time.
    """
    build(tmp_path, plan(), annex())
    manifest = Index.open(tmp_path).manifest

    assert manifest.sources == sources(plan(), annex())
    assert (manifest.counts.documents, manifest.counts.clauses, manifest.counts.rows) == (2, 6, 2)
    assert manifest.counts.units == manifest.counts.passages == manifest.counts.vectors == 8
    assert manifest.segmenter == "pyvi 0.1.1"
    assert replace(manifest.model, sha256="") == type(manifest.model)("fake-64", "", 64)
