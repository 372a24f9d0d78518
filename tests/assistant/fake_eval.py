"""
Stands for ``python -m eval``: takes the same arguments, prints the same lines, writes the same files.

A question with "hỏng" in it ends the run with an error, one with "chậm" never ends until standard input closes; every question that
says "sai" is a miss.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def option(name: str) -> str:
    return sys.argv[sys.argv.index(name) + 1]


def row(question: dict[str, object]) -> dict[str, object]:
    right = "sai" not in str(question["question"])
    place = {"document": "phu-luc", "label": "nhiệm vụ 9", "start": 4, "end": 9, "quote": "Lục II"}
    gold = question.get("gold") or []
    return {
        "id": question["id"],
        "category": question["category"],
        "question": question["question"],
        "history": [],
        "understood": question["question"],
        "answerable": True,
        "expected": None,
        "right": right,
        "reasons": [] if right else ["fact missing: Sở Y tế"],
        "missing": [] if right else ["Sở Y tế"],
        "forbidden": [],
        "pasted": False,
        "status": "answered",
        "answer": "Sở <b>Nội vụ</b> chủ trì [1].",
        "places": [place],
        "gold": [{**place, **one, "reached": right} for one in gold] or [{**place, "reached": right}],
        "any_gold": False,
        "trace": ["Dòng được hỏi: nhiệm vụ 9"],
        "elapsed_ms": 4.2,
    }


def counts(rows: list[dict[str, object]]) -> dict[str, object]:
    right = sum(bool(one["right"]) for one in rows)
    numbers = {"count": len(rows), "answerable": len(rows), "facts": right, "citations": right, "both": right}
    return {**numbers, "declined_right": 0, "declined_wrongly": 0, "right": right, "right_interval": [0.1, 0.9]}


def say(words: object) -> None:
    sys.stderr.write((words if isinstance(words, str) else json.dumps(words)) + "\n")
    sys.stderr.flush()


def run() -> int:
    text = Path(option("--questions")).read_text(encoding="utf-8")
    questions = [json.loads(line) for line in text.splitlines() if line.strip()]
    for done, question in enumerate(questions):
        say({"name": "assistant", "done": done, "total": len(questions)})
        if "hỏng" in question["question"]:
            say("the index is damaged")
            return 1
        if "chậm" in question["question"]:
            sys.stdin.read()
            return 1
    say({"name": "assistant", "done": len(questions), "total": len(questions)})
    rows = [row(question) for question in questions]
    categories = dict.fromkeys(str(one["category"]) for one in rows)
    grouped = {name: counts([one for one in rows if one["category"] == name]) for name in categories}
    shown = [{"id": one["id"], "category": one["category"], "right": one["right"]} for one in rows]
    system = {"total": counts(rows), "categories": grouped, "rows": shown if "--sealed" in sys.argv else rows}
    Path(option("--json")).write_text(json.dumps({"systems": {"assistant": system}}), encoding="utf-8")
    return 0


def compare() -> int:
    before, after = (
        {one["id"]: one for one in json.loads(Path(path).read_text(encoding="utf-8"))["systems"]["assistant"]["rows"]}
        for path in sys.argv[2:4]
    )
    named = [one for one in after if one in before]
    gained = [after[one] for one in named if after[one]["right"] and not before[one]["right"]]
    lost = [after[one] for one in named if before[one]["right"] and not after[one]["right"]]
    found = {
        "common": len(named),
        "right_before": sum(before[one]["right"] for one in named),
        "right_after": sum(after[one]["right"] for one in named),
        "difference": {"value": 0.25, "low": -0.1, "high": 0.6} if named else None,
        "p": 0.5 if named else None,
        "gained": gained,
        "lost": lost,
        "only_before": [one for one in before if one not in after],
        "only_after": [one for one in after if one not in before],
    }
    Path(option("--json")).write_text(json.dumps(found), encoding="utf-8")
    return 0


def report() -> int:
    name = next(iter(json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))["systems"]))
    Path(option("--out")).write_text(f"<html lang={option('--language')}>{name}", encoding="utf-8")
    return 0


def import_() -> int:
    """A row a question; one with "sai" in it has a fault, and a note is made of the first."""
    rows = Path(sys.argv[2]).read_text(encoding="utf-8").splitlines()[1:]
    wrong = [number for number, row in enumerate(rows, start=2) if "sai" in row]
    told = {
        "fault_codes": [{"line": number, "reason": "place_quote", "detail": "<b>"} for number in wrong],
        "note_codes": [{"line": 2, "reason": "no_place", "detail": ""}],
    }
    Path(option("--json")).write_text(json.dumps(told), encoding="utf-8")
    asked = {"category": "c", "answerable": True}
    lines = [json.dumps({"id": f"q{number}", "question": row, **asked}) for number, row in enumerate(rows)]
    Path(option("--out")).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit({"run": run, "compare": compare, "report": report, "import": import_}[sys.argv[1]]())
