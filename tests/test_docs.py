"""What the documentation says is so: its links lead somewhere, its commands exist, its example is a real run."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from eval import docs
from eval.readme import READMES, block, named_file
from indexer.embedding import known_models

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "eval").rglob("*.md"),
        *(ROOT / "indexer").rglob("*.md"),
    ]
)
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_MODULE_COMMAND = re.compile(r"python(?:3|\.exe)? -m ((?:indexer|assistant|eval|deploy)[\w.]*)((?: [^\s`|&;#>()]+)*)")
_MAKE_COMMAND = re.compile(r"\bmake ([a-z]+)\b")
_ASK = re.compile(r"<!-- ask -->\s*```\w*\n\$ (?P<command>[^\n]+)\n(?P<output>.*?)```\s*<!-- /ask -->", re.DOTALL)


def pages() -> list:
    return [pytest.param(path, id=path.relative_to(ROOT).as_posix()) for path in PAGES]


def anchors(text: str) -> set[str]:
    """Return the anchors that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def code(text: str) -> str:
    """Return what *text* shows as code: blocks and spans."""
    blocks = _FENCE.findall(text)
    return "\n".join([*blocks, *re.findall(r"`([^`\n]+)`", _FENCE.sub("", text))])


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@cache
def help_of(*command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command, "--help"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, f"python -m {' '.join(command)} --help: {done.stderr}"
    return done.stdout


@pytest.mark.parametrize("page", pages())
def test_links_lead_somewhere(page):
    """
    Every link into the repository names a file, or a heading, that is there.
    """
    text = page.read_text(encoding="utf-8")
    broken = []
    for link in _LINK.findall(_FENCE.sub("", text)):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = (page.parent / file) if file else page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
            broken.append(link)

    assert broken == []


@pytest.mark.parametrize("page", pages())
def test_make_verbs_exist(page):
    """
    Every ``make`` verb that a page shows is a verb of the Makefile.
    """
    shown = set(_MAKE_COMMAND.findall(code(page.read_text(encoding="utf-8"))))

    assert shown <= make_targets()


@pytest.mark.parametrize("page", pages())
def test_commands_exist(page):
    """
    Every ``python -m`` command that a page shows exists, with every option that it shows.
    """
    unknown = []
    for module, rest in _MODULE_COMMAND.findall(
        code(page.read_text(encoding="utf-8")).replace("[", "").replace("]", "")
    ):
        words = rest.split()
        verbs = words[0].split("|") if words and not words[0].startswith("-") and "." not in module else []
        for verb in verbs or [None]:
            text = help_of(module, verb) if verb else help_of(module)
            options = [word for word in words if word.startswith("--")]
            if "--set" in options:  # a retrieval set has a parser of its own
                text += help_of(module, verb, "--set", "DIR")
            if verb == "accounts" and len(words) > 1:  # so has each of its acts
                text += help_of(module, verb, words[1])
            unknown += [f"{module} {verb or ''} {option}" for option in options if option not in text]

    assert unknown == []


def test_the_verbs_of_the_design_are_made():
    """
    ``make help`` lists the verbs that every page relies on, each with a line of explanation.
    """
    listed = re.findall(r"^([a-z]+):.*## \S", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)

    assert {"help", "install", "chat", "test", "lint", "index", "ask", "eval", "speed", "clean"} <= set(listed)


def test_the_readmes_are_twins():
    """
    The Vietnamese README has the headings, the commands and the modules of the English one, in the same order.
    """
    english, vietnamese = ((ROOT / path).read_text(encoding="utf-8") for path in READMES.values())

    def shape(text: str) -> tuple[list[str], list[str], list[str]]:
        without_prose = code(text)
        return (
            re.findall(r"^(#+) ", _FENCE.sub("", text), re.MULTILINE),
            _MAKE_COMMAND.findall(without_prose) + [match[0] for match in _MODULE_COMMAND.findall(without_prose)],
            [link for link in _LINK.findall(text) if not link.startswith("README")],
        )

    assert shape(english) == shape(vietnamese)


@pytest.mark.parametrize("language", READMES)
def test_results_come_from_their_file(language):
    """
    The results table of a README is what its result file gives, to the letter.
    """
    text = (ROOT / READMES[language]).read_text(encoding="utf-8")
    file = named_file(text)
    if file is None:
        pytest.skip("no results yet: python -m eval docs --results eval/results/FILE.json")

    assert block(ROOT / file, language).replace((ROOT / file).as_posix(), file.as_posix()) in text


def test_every_table_comes_from_its_files():
    """
    The committed pages are what ``python -m eval docs`` makes of the committed result files, to the letter.
    """
    assert [path.relative_to(ROOT).as_posix() for path in docs.outdated(ROOT)] == []


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """Build the index of the corpus once, as a newcomer would."""
    folder = tmp_path_factory.mktemp("docs") / "index"
    command = [sys.executable, "-m", "indexer", "build", "--index", str(folder)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=300)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("language", READMES)
def test_the_example_is_a_real_run(language, index):
    """
    The ``make ask`` of the README, run again, prints what the README shows.
    """
    match = _ASK.search((ROOT / READMES[language]).read_text(encoding="utf-8"))
    assert match, "the README shows no ask between <!-- ask --> and <!-- /ask -->"
    make, ask, question = shlex.split(match["command"])
    assert (make, ask, question[:2]) == ("make", "ask", "q=")

    done = subprocess.run(
        [sys.executable, "-m", "assistant", "ask", "--index", str(index), question[2:]],
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )

    assert (done.stdout.rstrip(), done.returncode) == (match["output"].rstrip(), 0), done.stderr


def test_the_page_of_models_names_every_known_one():
    """
    The page lists the models of models.toml with the figures that stand there.
    """
    page = (ROOT / "docs/models.md").read_text(encoding="utf-8")
    for model in known_models():
        cells = (str(model[key]) for key in ("name", "parameters", "dimension", "longest", "licence", "machine"))
        assert f"| {' | '.join(cells)} |" in page
