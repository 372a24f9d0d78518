"""The lock, the bill of materials and the look through advisories."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deploy.__main__ import main
from deploy.advisories import look_up
from deploy.closure import Part, Project, read_project
from deploy.licences import load_rules
from deploy.lock import LOCK, Entry, lock_text, parse_lock, read_lock, without_cuda
from deploy.sbom import bill_of_materials
from indexer.errors import InputError

ROOT = Path(__file__).parent.parent.parent
HASH = {letter: hashlib.sha256(letter.encode()).hexdigest() for letter in "abcde"}


def part(name: str, version: str = "1.0", *needs: str) -> Part:
    return Part(name=name, version=version, expression="MIT", stated="", classifiers=(), needs=needs)


# The lock


def test_the_lock_has_the_versions_of_the_constraints():
    """
    Whoever installs by the lock gets what the tests ran with; only what other systems need besides is not in the constraints.
    """
    lines = re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)
    constraints = {canonicalize_name(name): version for name, version in lines}
    other = [
        f"{entry.name}=={entry.version}"
        for entry in read_lock(ROOT / LOCK)
        if entry.version.partition("+")[0] != constraints.get(entry.name, entry.version)
    ]

    assert other == []


def test_the_lock_has_all_that_the_program_asks_for():
    """
    Every requirement of pyproject.toml is locked, at a version that it takes.
    """
    locked = {entry.name: entry.version for entry in read_lock(ROOT / LOCK)}
    wrong = [
        text
        for text in read_project(ROOT).requirements
        if locked.get(canonicalize_name(Requirement(text).name)) not in Requirement(text).specifier
    ]

    assert wrong == []


def test_the_lock_names_no_cuda_and_hashes_everything():
    """
    Every entry has a hash; on Linux PyTorch comes without CUDA.
    """
    entries = read_lock(ROOT / LOCK)

    assert [entry.name for entry in entries if not entry.hashes] == []
    assert [entry.name for entry in entries if entry.name.startswith(("nvidia", "cuda", "triton"))] == []
    assert [entry.version.endswith("+cpu") for entry in entries if "== 'linux'" in entry.marker] == [True]


def test_the_lock_reads_back():
    """
    What is written is what is read; the file in the repository was written by this program.
    """
    text = (ROOT / LOCK).read_text(encoding="utf-8")

    assert lock_text(parse_lock(text)) == text


def test_builds_without_cuda_come_from_the_folder_and_the_earlier_lock(tmp_path):
    """
    Files that are known stay known on a machine that does not have them; those of another version do not.
    """
    (tmp_path / "torch-2.0+cpu-cp311-linux.whl").write_bytes(b"a")
    (tmp_path / "torch-1.9+cpu-cp311-linux.whl").write_bytes(b"b")
    resolved = [Entry("nvidia-cublas", "1", "", (HASH["e"],)), Entry("torch", "2.0", "", (HASH["c"],))]
    earlier = [Entry("torch", "2.0+cpu", "; x", (HASH["d"],)), Entry("torch", "1.9+cpu", "; x", (HASH["e"],))]

    made = without_cuda(resolved, earlier, tmp_path)

    assert [(entry.name, entry.version) for entry in made] == [("torch", "2.0"), ("torch", "2.0+cpu")]
    assert set(made[1].hashes) == {HASH["a"], HASH["d"]}
    with pytest.raises(InputError, match="make lock TORCH_WHEELS"):
        without_cuda(resolved, earlier[1:], None)


def test_a_missing_lock_is_named(tmp_path):
    """
    Without a lock, the message says how to make one.
    """
    with pytest.raises(InputError, match="make lock"):
        read_lock(tmp_path / LOCK)


# The bill of materials


@pytest.fixture
def bill():
    project = Project("program", "1", "Apache-2.0", ("A_b>=1",))
    parts = [part("a-b", "1.0", "c"), part("c", "2.0+cpu")]
    return bill_of_materials(project, parts, load_rules(), ROOT, {("c", "2.0+cpu"): (HASH["a"],)})


def test_the_bill_names_parts_models_and_what_needs_what(bill):
    """
    Parts with licence and address, models with their hash, and who asks for whom.
    """
    components = {one["bom-ref"]: one for one in bill["components"]}
    model = components["indexer/models/vi-static-256/model.safetensors"]
    digest = hashlib.sha256((ROOT / "indexer/models/vi-static-256/model.safetensors").read_bytes()).hexdigest()

    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert components["pkg:pypi/a-b@1.0"]["licenses"] == [{"license": {"id": "MIT"}}]
    assert components["pkg:pypi/c@2.0%2Bcpu"]["externalReferences"][0]["hashes"][0]["content"] == HASH["a"]
    assert (model["type"], model["hashes"][0]["content"]) == ("machine-learning-model", digest)
    assert bill["dependencies"][:2] == [
        {"ref": "program@1", "dependsOn": ["pkg:pypi/a-b@1.0"]},
        {"ref": "pkg:pypi/a-b@1.0", "dependsOn": ["pkg:pypi/c@2.0%2Bcpu"]},
    ]


def test_the_bill_refers_only_to_what_it_has(bill):
    """
    References are unique, and every dependency is a component.
    """
    refs = [bill["metadata"]["component"]["bom-ref"], *(one["bom-ref"] for one in bill["components"])]
    named = {ref for one in bill["dependencies"] for ref in (one["ref"], *one["dependsOn"])}

    assert len(refs) == len(set(refs))
    assert named <= set(refs)
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", bill["serialNumber"])


# Advisories


def advisory(**said) -> dict:
    events = said.pop("events", [{"introduced": "0"}])
    package = {"ecosystem": said.pop("ecosystem", "PyPI"), "name": said.pop("name", "A_b")}
    affected = [
        {"package": package, "ranges": [{"type": "ECOSYSTEM", "events": events}], "versions": said.pop("versions", [])}
    ]
    return {"id": "GHSA-1", "modified": "2026-01-01T00:00:00Z", "affected": affected} | said


@pytest.mark.parametrize(
    ("installed", "said", "is_found"),
    [
        ("1.0", {}, True),
        ("1.0", {"events": [{"introduced": "0"}, {"fixed": "1.0"}]}, False),
        ("1.0", {"events": [{"introduced": "0"}, {"fixed": "1.0.1"}]}, True),
        # as numbers, not as words
        ("1.9", {"events": [{"introduced": "0"}, {"fixed": "1.10"}]}, True),
        ("1.0", {"events": [{"introduced": "0"}, {"last_affected": "1.0"}]}, True),
        ("1.1", {"events": [{"introduced": "0"}, {"last_affected": "1.0"}]}, False),
        ("1.0", {"events": [{"introduced": "1.1"}]}, False),
        # mended, then broken again
        ("3.1", {"events": [{"introduced": "0"}, {"fixed": "2"}, {"introduced": "3"}, {"fixed": "4"}]}, True),
        ("2.1", {"events": [{"introduced": "0"}, {"fixed": "2"}, {"introduced": "3"}, {"fixed": "4"}]}, False),
        # a build without CUDA has the code of its version
        ("1.0+cpu", {"events": [{"introduced": "9"}], "versions": ["1.0"]}, True),
        ("1.0", {"name": "other"}, False),
        ("1.0", {"ecosystem": "npm"}, False),
        ("1.0", {"withdrawn": "2026-01-02T00:00:00Z"}, False),
    ],
)
def test_who_is_concerned(tmp_path, installed, said, is_found):
    """
    A part is concerned by its name, its ecosystem and its version.
    """
    (tmp_path / "one.json").write_text(json.dumps(advisory(**said)), encoding="utf-8")

    looked = look_up([part("a-b", installed)], tmp_path)

    assert (looked.read, bool(looked.findings)) == (1, is_found)


def test_an_unreadable_advisory_is_named_and_the_rest_goes_on(tmp_path):
    """
    Neither a broken file nor a bound that is no version hides what another advisory says, and neither passes for "no hole".
    """
    (tmp_path / "a.json").write_text("{", encoding="utf-8")
    (tmp_path / "b.json").write_text(json.dumps(advisory(events=[{"introduced": "soon"}])), encoding="utf-8")
    (tmp_path / "c.json").write_text(json.dumps(advisory(id="GHSA-3", summary="A hole")), encoding="utf-8")

    looked = look_up([part("a-b")], tmp_path)

    assert [finding.id for finding in looked.findings] == ["GHSA-3"]
    assert [Path(complaint.split(": ")[0]).name for complaint in looked.unreadable] == ["a.json", "b.json"]


def test_the_archive_of_osv_is_read(tmp_path):
    """
    The ZIP that osv.dev offers is read as it is.
    """
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("GHSA-1.json", json.dumps(advisory(events=[{"introduced": "0"}, {"fixed": "2.0"}])))

    (finding,) = look_up([part("a-b")], tmp_path / "all.zip").findings

    assert finding.fixed == ("2.0",)


def test_no_advisories_is_no_clean_bill(tmp_path, capsys):
    """
    Where none are given, the report says that nothing was checked; where there are none, it is an error.
    """
    assert main(["vulnerabilities"]) == 0
    assert "CHƯA KIỂM TRA" in capsys.readouterr().err
    assert main(["vulnerabilities", "--advisories", str(tmp_path)]) == 1
    assert "không có cảnh báo nào" in capsys.readouterr().err


def test_a_hole_in_what_is_installed_is_told(tmp_path, capsys):
    """
    The command names part, advisory and the version that mends it, and ends with 1.
    """
    said = advisory(
        name="numpy", aliases=["CVE-2026-1"], summary="A hole", events=[{"introduced": "0"}, {"fixed": "99"}]
    )
    (tmp_path / "one.json").write_text(json.dumps(said), encoding="utf-8")

    assert main(["vulnerabilities", "--advisories", str(tmp_path / "one.json")]) == 1
    assert re.search(r"numpy \S+\tGHSA-1 \(CVE-2026-1\)\tsửa từ 99\tA hole", capsys.readouterr().out)
