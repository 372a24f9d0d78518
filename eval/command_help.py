"""How the commands of ``python -m eval`` are told in their help: each in a sentence, with an example to copy."""

from __future__ import annotations

import argparse
from typing import Any

TOP = """\
From a sheet of questions to a report (docs/evaluator.md):
  python -m eval import questions.xlsx --out set.jsonl --index .index
  python -m eval check --questions set.jsonl --index .index
  python -m eval run --questions set.jsonl --index .index --json run.json
  python -m eval report run.json --out report.html
  python -m eval compare before.json run.json

Every command has a help of its own:  python -m eval run --help
Exit codes: 0 done, 1 a fault of the input, 2 wrong usage, 3 (watch, gate, speed --fail, hostile, drill) something got worse or did not hold.
"""
_EXAMPLES = {
    "run": "--questions set.jsonl --index .index --json run.json\n"
    "run --questions set.jsonl --adapter http:http://127.0.0.1:8100/ --name Theirs\n"
    "run --questions set.jsonl --without rerank --no-baseline\n"
    "run --set DIR     # rankings of a retrieval set; its options:  run --set DIR --help",
    "compare": "before.json after.json",
    "prove": "--questions eval/questions/practice.jsonl",
    "typed": "--questions eval/questions/practice.jsonl --typing none slip --lost",
    "report": "run.json --against before.json --out report.html --language en",
    "docs": "--results eval/results/prove-0123abc.json",
    "speed": "--json now.json --against before.json\nspeed --users 100 --minutes 10 --json load.json\n"
    "speed --growth --data DIR --json growth.json --plot growth.svg",
    "hostile": "--count 500 --http 100 --browser 0 --seed 7",
    "watch": "--sets sets --out results --index .index other=.index-other",
    "drill": "--json eval/results/drill-0123abc.json\ndrill --only kill damage --kills 20 --damages 40 --seed 7",
    "generate": "--index .index --out made.jsonl --count 200 --seed 7",
    "extraction": "--data DIR --json eval/results/extraction-0123abc.json",
    "import": "questions.xlsx --out set.jsonl --index .index\n"
    'import questions.csv --out set.jsonl --columns "question=Yêu cầu,answer=Phải trả lời"\n'
    "import SQUAD.json --out set.jsonl --documents-out documents",
    "check": "--questions set.jsonl --index .index --against tuned.jsonl",
}


def add_command(commands: Any, name: str, what: str, *, after: str = "") -> argparse.ArgumentParser:
    """Add the command *name* to *commands* (subparsers) and return its parser; *what* it does in a clause, *after* ends its help."""
    examples = "".join(
        f"  python -m eval {line if number else f'{name} {line}'}\n"
        for number, line in enumerate(_EXAMPLES.get(name, "").splitlines())
    )
    made: argparse.ArgumentParser = commands.add_parser(
        name,
        help=what,
        description=f"{what[0].upper()}{what[1:]}.",
        epilog="\n\n".join(filter(None, [f"For example:\n{examples}".rstrip() if examples else "", after])),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return made
