"""The tables of the documentation, made from small result files."""

from __future__ import annotations

import json

import pytest

from eval import docs
from eval.doc_tables import answers, extraction, kept, prove, retrieval, speed, systems, typing
from eval.readme import READMES
from indexer.errors import InputError

FIGURES = {"BM25 syllables": {"nDCG@10": [0.5, 0.4, 0.6]}, "reranked": {"nDCG@10": [0.75, 0.7, 0.8]}}
ALQAC = {
    "commit": "0123456789",
    "set": "alqac",
    "questions": 1234,
    "documents": 20,
    "figures": FIGURES,
    "typed badly": {"none": {"BM25 syllables": {"nDCG@10": [0.1, 0, 0.2]}, "reranked": {"nDCG@10": [0.71, 0.6, 0.8]}}},
}
KEPT = {"commit": "abcdef012+", "note": "Once.", "columns": ["a", "b"], "align": ["---", "---:"], "rows": [["1", "2"]]}


def test_a_retrieval_table():
    """A row a system, with rows of another file for the same set, and the commits of both."""
    other = {"commit": "fedcba9876", "sets": {"alqac": {"other": {"nDCG@10": [0.1, 0.0, 0.2]}}, "zalo": {"not": {}}}}

    assert retrieval([ALQAC, other]) == [
        "### ALQAC 2023–2025 (1,234 questions, 20 documents)",
        "",
        "| system | nDCG@10 |",
        "|---|---|",
        "| BM25 syllables | 0.500 [0.400, 0.600] |",
        "| reranked | 0.750 [0.700, 0.800] |",
        "| other | 0.100 [0.000, 0.200] |",
        "",
        "Measured at commit `0123456`. “other”: at commit `fedcba9`.",
    ]


def test_a_table_of_typings():
    """A column a set, what is lost in brackets; a file may tell the loss itself, where its figures are rounded."""
    rounded = {**ALQAC, "set": "own", "lost": {"none": 0.041}}

    assert typing([ALQAC, rounded])[2:] == [
        "| well | 0.750 [0.700, 0.800] | 0.750 [0.700, 0.800] |",
        "| without diacritics (`none`) | 0.710 [0.600, 0.800] (0.040) | 0.710 [0.600, 0.800] (0.041) |",
        "",
        "Plain BM25 without diacritics: 0.100, 0.100 in that order.",
    ]


def test_a_table_of_systems():
    """A row a system with its share right, its citations and its times, a dash where it tells none."""
    total = {"count": 4, "answerable": 3, "right": 2, "declined_wrongly": 1}
    measures = {
        "graded": {"unit_precision": {"value": 0.5}, "unit_recall": {"value": 0.25}},
        "latency": {"p50": 1.0, "p95": 2.0},
    }
    run = {
        "commit": "0123456789+",
        "questions": ["b.jsonl", "a.jsonl"],
        "systems": {
            "assistant": {"total": total, "measures": measures},
            "other": {"total": total, "measures": {"graded": {}, "latency": None}},
        },
    }

    assert answers([run])[2:] == [
        "| assistant | 4 | 2 = 50% [15, 85] | 0.50, 0.25 | 1/3 | 1.0 ms | 2.0 ms |",
        "| other | 4 | 2 = 50% [15, 85] | – | 1/3 | – | – |",
        "",
        "a.jsonl, b.jsonl. Measured at commit `0123456+`.",
    ]


def test_a_table_of_systems_tested_against_the_first():
    """A row a system with the headline beside what is right, its times, and what the first has that it has not."""
    total = {"count": 4, "answerable": 3, "right": 2, "headline": 1, "both": 2, "declined_right": 1, "unfounded": 1}
    measures = {"latency": {"p50": 1.0, "p95": 2.0}, "unanswered": 0}
    run = {
        "commit": "0123456789",
        "questions": ["a.jsonl"],
        "systems": {
            "assistant": {"total": total, "measures": measures},
            "LangChain": {"total": total, "measures": {**measures, "latency": None}},
        },
        "tests": [
            {"other": "LangChain", "measure": "right", "gained": 9, "lost": 9, "p_holm": 1.0},
            {"other": "LangChain", "measure": "headline", "gained": 7, "lost": 1, "p_holm": 0.00001},
        ],
    }

    assert systems([run])[2:] == [
        "| this program | 2/4 0.500 [0.150, 0.850] | 1/3 0.333 [0.061, 0.792] | 2/3 | 1/1 | 1 | 0 | 1.0 ms | 2.0 ms | – | – |",
        "| LangChain | 2/4 0.500 [0.150, 0.850] | 1/3 0.333 [0.061, 0.792] | 2/3 | 1/1 | 1 | 0 | – | – | 7, 1 | < 0.0001 |",
        "",
        "a.jsonl. Measured at commit `0123456`.",
    ]


def test_a_table_of_worse_systems():
    """The good system above each worse one, with what it lost and the classes that lose most."""
    trial = {"system": "without rerank", "measure": "right", "count": 9, "right_good": 8, "right_worse": 2, "p": 0.0312}
    trial |= {
        "headline": "1/7",
        "told_apart": True,
        "lost_count": 6,
        "gained_count": 0,
        "note": "n",
        "classes": {"a": 4},
    }
    report = {"commit": "0123456789", "files": ["a.jsonl"], "questions": 9, "trials": [trial]}

    assert prove([{**report, "good": {"right": 8, "headline": "6/7"}}])[2:] == [
        "| good | right | 8/9 | 6/7 | – | – | – | – | – |",
        "| without rerank | right | 8 → 2/9 | 1/7 | 6 | 0 | 0.031 | yes | a −4 |",
        "",
        "Without rerank: n. 9 questions: a.jsonl. Measured at commit `0123456`.",
    ]


def test_tables_of_extraction_and_speed():
    """What both commands write gives their tables: a heading a set; figures beside their floors, of several runs in turn."""
    one = {"questions": 1234, "exact": [0.5, 0.4, 0.6], "f1": [0.75, 0.7, 0.8]}
    assert extraction([{"commit": "0123456789", "sets": {"S": {"our words": one}}}]) == [
        "### S",
        "",
        "| system | questions | exact match | F1 |",
        "|---|---:|---|---|",
        "| our words | 1,234 | 0.500 [0.400, 0.600] | 0.750 [0.700, 0.800] |",
        "",
        "Measured at commit `0123456`.",
    ]
    build = {"commit": "0123456789", "measures": [{"what": "build", "unit": "s", "ours": 3.0, "floor": 2.0}]}
    memory = {"commit": "abcdef0123", "measures": [{"what": "peak", "unit": "MiB", "ours": 3670.4, "floor": None}]}
    assert speed([build, memory])[2:] == [
        "| build | 3 s | 2 s | 1.50 |",
        "| peak | 3,670 MiB | – | – |",
        "",
        "Measured at commit `0123456`. Measured at commit `abcdef0`.",
    ]


GROWN = {
    "commit": "0123456789",
    "notes": [],
    "sizes": [{"name": "5 documents", "documents": 5, "passages": 373}],
    "measures": [{"what": "5 documents: build", "unit": "s", "ours": 4.0, "floor": 2.0, "ratio": 2.0}],
}


def test_a_table_and_a_plot_of_growth(tmp_path):
    """A column a size out of several files, the smallest first, and the plot below the table, written with the page."""
    large = {
        "commit": "0123456789",
        "notes": ["1,000,000 passages: took too long"],
        "sizes": [{"name": "1,000 articles", "documents": 1000, "passages": 5222}],
        "measures": [{"what": "1,000 articles: build", "unit": "s", "ours": 40.0, "floor": None, "ratio": None}],
    }
    (tmp_path / "docs").mkdir()
    for name in READMES.values():
        (tmp_path / name).write_text("No tables.\n", encoding="utf-8")
    for name, report in {"large": large, "small": GROWN}.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(report), encoding="utf-8")
    page = tmp_path / "docs" / "page.md"
    page.write_text("<!-- table growth large.json small.json -->\n<!-- /table -->\n", encoding="utf-8")
    plot = tmp_path / "docs" / "images" / "growth.svg"

    assert docs.outdated(tmp_path) == [page, plot]
    assert docs.write(tmp_path) == [page, plot]
    text = page.read_text(encoding="utf-8")
    assert "| passages | 373 | 5,222 |\n| build | 4 s (2.00) | 40 s |\n" in text
    assert "1,000,000 passages: took too long. Measured at commit `0123456`.\n\n![Growth](images/growth.svg)" in text
    assert "5,222 passages: 40" in plot.read_text(encoding="utf-8")
    assert docs.outdated(tmp_path) == []


def test_a_kept_table():
    """A table that was measured once says when."""
    assert kept([KEPT]) == ["| a | b |", "|---|---:|", "| 1 | 2 |", "", "Measured at commit `abcdef0+`. Once."]


def project(folder, mark="<!-- table kept kept.json -->"):
    """Return *folder* as a project with one page that has one table."""
    (folder / "docs").mkdir()
    for name in READMES.values():
        (folder / name).write_text("# T\n", encoding="utf-8")
    (folder / "docs" / "page.md").write_text(f"A\n\n{mark}\nold\n<!-- /table -->\nB\n", encoding="utf-8")
    (folder / "docs" / "other.md").write_text("no table\n", encoding="utf-8")
    (folder / "kept.json").write_text(json.dumps(KEPT), encoding="utf-8")
    return folder


def test_pages_are_written_once(tmp_path):
    """What is between the marks is made again, the rest stays; a second time there is nothing to write."""
    root = project(tmp_path)
    page = root / "docs" / "page.md"

    assert docs.outdated(root) == [page]
    assert docs.write(root) == [page]
    assert page.read_text(encoding="utf-8") == (
        "A\n\n<!-- table kept kept.json -->\n| a | b |\n|---|---:|\n| 1 | 2 |\n\nMeasured at commit `abcdef0+`. Once.\n<!-- /table -->\nB\n"
    )
    assert (docs.write(root), docs.outdated(root)) == ([], [])


def test_a_new_result_takes_the_place_of_the_one_of_its_name(tmp_path):
    """A file called as one in a mark but for its commit goes into that mark; one of another name is refused where there are several."""
    root = project(tmp_path, "<!-- table kept kept-0123abc.json -->")
    (root / "kept-0123abc.json").write_text(json.dumps(KEPT), encoding="utf-8")
    (root / "kept-fedc987.json").write_text(json.dumps({**KEPT, "rows": [["3", "4"]]}), encoding="utf-8")

    docs.write(root, results=[root / "kept-fedc987.json"])

    text = (root / "docs" / "page.md").read_text(encoding="utf-8")
    assert "<!-- table kept kept-fedc987.json -->" in text
    assert "| 3 | 4 |" in text
    with pytest.raises(InputError, match="Name them NAME-COMMIT"):
        docs.pages(root, results=[root / "a-0123abc.json", root / "b-0123abc.json"])


@pytest.mark.parametrize(
    ("mark", "fact"),
    [
        (
            "<!-- table pie kept.json -->",
            r"page.md:3: there is no table of the kind 'pie'.\n  Name one of them:  retrieval",
        ),
        ("<!-- table kept gone.json -->", r"page.md:3: gone.json give no table 'kept' \(FileNotFoundError"),
        ("<!-- table typing kept.json -->", r"page.md:3: kept.json give no table 'typing' \(KeyError"),
    ],
)
def test_a_wrong_mark_is_told_by_its_place(tmp_path, mark, fact):
    """A kind that is not known, a file that is not there and one of another kind are told with page and line."""
    with pytest.raises(InputError, match=fact):
        docs.outdated(project(tmp_path, mark))
