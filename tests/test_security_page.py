"""docs/security.md names protections and the tests that show them: the tests are there, and so are all ten entries."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", PAGE)))
# GenAI-Security-Project/GenAI-LLM-Top10, 2026
ENTRIES = [
    "Prompt Injection",
    "Sensitive Information Disclosure",
    "Excessive Agency",
    "Supply Chain",
    "Data and Model Poisoning",
    "Unbounded Consumption",
    "Misinformation",
    "Hidden Context Exposure",
    "Vector and Embedding Weaknesses",
    "Improper Output Handling",
]


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_what_is_named_is_there(file, test):
    """
    Every test that the page names is in its file.
    """
    assert re.search(rf"^def {test}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)


def test_every_row_names_a_test():
    """
    No protection is claimed without a test, and the ten entries are those of the edition.
    """
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and "`tests/" in line]
    entries = re.findall(r"^\| (LLM\d\d) ([^|]+) \|.*`tests/", PAGE, re.MULTILINE)

    assert entries == [(f"LLM{number:02}", name) for number, name in enumerate(ENTRIES, 1)]
    assert len(rows) == len(entries) + len(re.findall(r"^\| [^|]+ \| [^|]+ \| `tests/", PAGE, re.MULTILINE))
    assert len(NAMED) >= 40


def test_the_pace_is_the_one_that_is_kept():
    """
    The table of paces has the numbers of the program.
    """
    from assistant import pace

    for name, made in (
        ("questions", pace.asking()),
        ("events", pace.sending()),
        ("uploads", pace.uploading()),
        ("files", pace.downloading()),
    ):
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| {name}") and "`" not in line)
        told = [
            float(number.replace(",", ""))
            for number in re.findall(r"(?<![\w])([\d,]+\d|\d)(?=[, ]|$)", row.split("|", 2)[2])
        ]
        person, address = made._person, made._address  # noqa: SLF001
        assert told == [person.burst, person.a_minute, address.burst, address.a_minute]
