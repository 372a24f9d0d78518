"""Every part has a licence that is known, and that lets the program be handed on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deploy.closure import Part, installed_closure, read_project
from deploy.licences import judge, load_rules
from indexer.errors import InputError

ROOT = Path(__file__).parent.parent.parent


def part(**said) -> Part:
    return Part(
        **{"name": "a", "version": "1", "expression": None, "stated": "", "classifiers": (), "needs": ()} | said
    )


@pytest.fixture(scope="module")
def parts():
    return installed_closure(read_project(ROOT).requirements)


def test_every_installed_part_is_taken(parts):
    """
    No part of the program is refused or unknown.
    """
    assert [verdict.reason for one in parts if (verdict := judge(one, load_rules())).reason] == []


def test_the_closure_is_whole(parts):
    """
    What a part asks for is a part, too, and what is asked for only by tests is none.
    """
    names = {one.name for one in parts}

    assert {"gradio", "torch", "starlette", "sklearn-crfsuite"} <= names
    assert not {"pytest", "ruff", "selenium"} & names
    assert [need for one in parts for need in one.needs if need not in names] == []


@pytest.mark.parametrize(
    ("said", "licence"),
    [
        ({"expression": "mit"}, "MIT"),
        ({"stated": "Apache License, Version 2.0"}, "Apache-2.0"),
        # the words are a whole licence text, the classifier says which
        ({"stated": "Permission is hereby granted …", "classifiers": ("MIT License",)}, "MIT"),
        # several classifiers may all hold
        ({"classifiers": ("MIT License", "Apache Software License")}, "Apache-2.0 AND MIT"),
        # what was read in the licence file counts more than vague words
        ({"name": "jinja2", "classifiers": ("BSD License",)}, "BSD-3-Clause"),
    ],
)
def test_licence_is_told_by_its_spdx_name(said, licence):
    """
    An expression, words or classifiers become an SPDX expression.
    """
    verdict = judge(part(**said), load_rules())

    assert (verdict.licence, verdict.reason) == (licence, "")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"expression": "AGPL-3.0-only"}, "AGPL-3.0-only không được dùng"),
        ({"classifiers": ("GNU Affero General Public License v3 or later (AGPLv3+)",)}, "không được dùng"),
        ({"expression": "MIT AND AGPL-3.0-or-later"}, "không được dùng"),
        # one may choose, but who chose?
        ({"expression": "MIT OR GPL-3.0-only"}, "GPL-3.0-only chưa được xem xét"),
        ({"stated": "BSD"}, r"không rõ giấy phép \(BSD\)"),
        ({}, r"không rõ giấy phép \(không ghi gì\)"),
        # one of two classifiers is not known
        ({"classifiers": ("MIT License", "Freeware")}, "không rõ giấy phép"),
    ],
)
def test_what_is_refused_says_why(said, words):
    """
    A licence that may not be, that nobody looked at, or that cannot be told is refused with the next step.
    """
    reason = judge(part(**said), load_rules()).reason

    assert re.search(words, reason)
    assert reason.startswith("a 1: ")
    assert "\n  " in reason


def test_a_part_that_is_not_installed_is_named():
    """
    A report over half of the parts would be none.
    """
    with pytest.raises(InputError, match=r"no-such-part.*\n.*make install"):
        installed_closure(["no-such-part>=1"])


def test_what_is_shipped_is_there():
    """
    Models and fonts that the rules name are files of the repository, and no model or font is left out.
    """
    shipped = set(load_rules().shipped)
    there = {
        path.relative_to(ROOT).as_posix()
        for folder in ("indexer", "assistant")
        for kind in ("*.safetensors", "*.woff2")
        for path in (ROOT / folder).rglob(kind)
    }

    assert there == shipped
