"""The systems of a run beside each other as HTML: right, the headline, refusals, times, and the tests of the first against each other one."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from eval.html_tables import cell, table
from eval.intervals import wilson
from eval.paired import HEADLINE
from eval.statistics import ALPHA

if TYPE_CHECKING:
    from eval.report_words import Words

Json = Mapping[str, Any]


def render_systems(report: Json, words: Words) -> str:
    """Return the section of the systems of *report*; what a run of an older format does not tell is shown as "–"."""
    heading = f'<h2 id="side_by_side">{escape(words("side_by_side"))}</h2>'
    head = [words(key) for key in ("system", "right", "headline_share", "declined_right", "declined_wrongly")]
    head += [words(key) for key in ("unfounded", "unanswered", "p50", "p95")]
    body = [(words.name("system_names", name), _figures(system, words)) for name, system in report["systems"].items()]
    explain = f'<p class="soft">{escape(words("side_by_side_explain"))}</p>'
    return f"{heading}{table(head, body)}{explain}{_tests(report.get('tests') or [], words)}"


def _figures(system: Json, words: Words) -> list[str]:
    total, found = system["total"], system.get("measures") or {}
    count, answerable = total["count"], total["answerable"]
    took = found.get("latency")
    milliseconds = [words("ms", value=words.number(took[key], 1)) if took else "–" for key in ("p50", "p95")]
    return [
        share_cell(total["right"], count, words),
        share_cell(total.get(HEADLINE), answerable, words),
        share_cell(total["declined_right"], count - answerable, words),
        share_cell(total["declined_wrongly"], answerable, words),
        *("–" if one is None else words.number(one) for one in (total.get("unfounded"), found.get("unanswered"))),
        *map(escape, milliseconds),
    ]


def share_cell(part: int | None, count: int, words: Words) -> str:
    """Return the HTML of "*part*/*count*" above its percentage with the Wilson interval; "–" where there is nothing to count."""
    if part is None or not count:
        return "–"
    share = wilson(part, count)
    interval = f"{words.percent(share.value)} [{words.percent(share.low)}, {words.percent(share.high)}]"
    return cell(f"{part}/{count}", interval)


def _tests(tests: list[Json], words: Words) -> str:
    if not tests:
        return ""
    first = words.name("system_names", tests[0]["first"])
    head = [words(key) for key in ("beside_system", "measure", "count", "difference", "only_first", "only_other")]
    head += [words(key) for key in ("p_value", "p_holm", "verdict")]
    body = []
    for one in tests:
        change = {key: words.points(one["difference"][key]) for key in ("value", "low", "high")}
        cells = [
            escape(words("headline_share" if one["measure"] == HEADLINE else "right")),
            words.number(one["count"]),
            cell(change["value"], f"[{change['low']}, {change['high']}]"),
            *(words.number(one[key]) for key in ("gained", "lost")),
            *(words.number(one[key], 4) for key in ("p", "p_holm")),
            escape(words("verdict_likely" if one["p_holm"] < ALPHA else "verdict_chance")),
        ]
        body.append((words.name("system_names", one["other"]), cells))
    explain = escape(words("tests_explain", system=first))
    return f'<h3>{escape(words("tests", system=first))}</h3>{table(head, body)}<p class="soft">{explain}</p>'
