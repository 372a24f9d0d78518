"""Two runs beside each other as HTML: the difference, what may be chance, and the questions gained and lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from eval.html_tables import cell, table
from eval.statistics import ALPHA

if TYPE_CHECKING:
    from eval.report_words import Words

Json = Mapping[str, Any]
_SHORT_COMMIT = 7


def render_comparison(found: Json, before: Json, after: Json, words: Words) -> str:
    """Return the section of the comparison *found* (see `eval.compare.comparison_report`) between two reports."""
    heading = f'<h2 id="comparison">{escape(words("comparison"))}</h2>'
    names = "".join(
        f"<div><dt>{escape(words(key))}</dt><dd>{escape(_name(report, words))}</dd></div>"
        for key, report in (("before", before), ("after", after))
    )
    parts = [heading, f'<dl class="facts">{names}</dl>']
    change = found["difference"]
    if change is None:
        return "".join([*parts, f"<p>{escape(words('comparison_none'))}</p>"])
    gained, lost = found["gained"], found["lost"]
    parts += [
        f'<p class="headline">{escape(_difference(found, words))}</p>',
        f'<p class="verdict">{escape(_verdict(found, words))}</p>',
        f'<p class="soft">{escape(_smallest(found["smallest"], words))}</p>',
        _by_category(found["by_category"], words),
        _graded(found["graded"], words),
        f'<p class="soft">{escape(words("holm_explain"))}</p>',
        _changed("gained_list", gained, words),
        _changed("lost_list", lost, words),
    ]
    for key in ("only_before", "only_after"):
        if found[key]:
            parts.append(f"<p>{escape(words(key, ids=', '.join(found[key])))}</p>")
    return "".join(parts)


def _name(report: Json, words: Words) -> str:
    commit = str(report.get("commit") or words("unknown_commit"))
    return f"{commit[:_SHORT_COMMIT]}{'+' if commit.endswith('+') else ''} ({', '.join(report.get('questions') or [])})"


def _difference(found: Json, words: Words) -> str:
    change = {key: words.points(found["difference"][key]) for key in ("value", "low", "high")}
    return words(
        "comparison_line",
        count=found["common"],
        before=found["right_before"],
        after=found["right_after"],
        **change,
    )


def _verdict(found: Json, words: Words) -> str:
    said = words("comparison_test", gained=len(found["gained"]), lost=len(found["lost"]), p=words.number(found["p"], 4))
    return f"{said} {words('likely' if found['p'] < ALPHA else 'chance')}"


def _smallest(smallest: Json, words: Words) -> str:
    changed = smallest["changed"]
    if smallest["net"] is None:
        said = words("smallest_none", changed=changed)
    else:
        points = words.number(100 * smallest["net"] / smallest["count"], 1)
        said = words("smallest_exact", changed=changed, net=smallest["net"], points=points)
    if smallest["likely"] is None:
        return said
    return f"{said} {words('smallest_power', points=words.number(100 * smallest['likely'], 1))}"


def _by_category(categories: Sequence[Json], words: Words) -> str:
    head = [words(key) for key in ("category", "count", "gained", "lost", "p_value", "p_holm")]
    body = [
        (
            words.name("categories", one["category"]),
            [str(one[key]) for key in ("count", "gained", "lost")]
            + [words.number(one[key], 4) if one["gained"] or one["lost"] else "–" for key in ("p", "p_holm")],
        )
        for one in categories
    ]
    return table(head, body)


def _graded(measures: Json, words: Words) -> str:
    if not measures:
        return ""
    head = [words(key) for key in ("measure", "count", "difference", "p_value", "p_holm")]
    body = []
    for name, one in measures.items():
        interval = f"[{words.points(one['low'])}, {words.points(one['high'])}]"
        p = [words.number(one[key], 4) for key in ("p", "p_holm")]
        body.append(
            (words.name("measure_names", name), [str(one["count"]), cell(words.points(one["value"]), interval), *p])
        )
    return table(head, body)


def _changed(key: str, questions: Sequence[Json], words: Words) -> str:
    if not questions:
        return ""
    items = "".join(_item(one, words) for one in questions)
    return f"<details open><summary>{escape(words(key, count=len(questions)))}</summary><ul>{items}</ul></details>"


def _item(one: Json, words: Words) -> str:
    category = escape(words.name("categories", str(one.get("category"))))
    asked = f'<span lang="vi">{escape(str(one["question"]))}</span> ' if one.get("question") else ""
    return f'<li>{asked}<span class="id">{escape(str(one["id"]))} · {category}</span></li>'
