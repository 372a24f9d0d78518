"""What a run found as HTML: the table by category, each question that is not right, and two runs beside each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from assistant.chat.bench import category_name, options, run_name, share, when
from assistant.chat.marks import button, shorten
from indexer.types import fold_white

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.bench_runs import Run
    from assistant.chat.strings import Strings

Json = Mapping[str, Any]  # of what the evaluation wrote
PAGE = 40  # misses shown at once
_QUOTE_SHOWN = 240
_LIKELY = 0.05


def render_result(run: Run, result: Json, *, strings: Strings, category: str = "", shown: int = PAGE) -> str:
    """Return the table of *run* by category and its misses, those of *category* alone where one is given, *shown* at most."""
    heading = strings("bench.result", name=run.set_name, when=when(run))
    misses = "" if run.sealed else _misses(run, result.get("rows") or [], category, shown, strings)
    sealed = f'<p class="hvb-notice">{escape(strings("bench.sealed"))}</p>' if run.sealed else ""
    return (
        f'<div class="hvb-bench" data-shown-run="{escape(run.id)}"><h2>{escape(heading)}</h2>{_table(result, strings)}'
        f'<p class="hvb-facts">{escape(strings("bench.explain"))}</p>{sealed}{misses}</div>'
    )


def render_gone(strings: Strings, reason: str = "gone") -> str:
    """Return the sentence for a result that is not there."""
    return f'<div class="hvb-bench"><p class="hvb-notice">{escape(strings(f"bench.{reason}"))}</p></div>'


def _table(result: Json, strings: Strings) -> str:
    columns = ("category", "count", "right", "facts", "citations", "declined", "refused")
    head = "".join(f'<th scope="col">{escape(strings(f"bench.column_{name}"))}</th>' for name in columns)
    rows = [_counts(category_name(name, strings), counts, strings) for name, counts in result["categories"].items()]
    rows.append(_counts(strings("bench.total"), result["total"], strings, css=' class="hvb-total"'))
    return (
        f'<div class="hvb-scroll" tabindex="0" role="region" aria-label="{escape(strings("bench.column_category"))}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _counts(name: str, counts: Json, strings: Strings, css: str = "") -> str:
    answerable, count = counts["answerable"], counts["count"]
    low, high = (round(100 * bound) for bound in counts.get("right_interval", (0, 1)))
    interval = f'<br><span class="hvb-facts">{escape(strings("bench.interval", low=low, high=high))}</span>'
    cells = [
        escape(share(counts["right"], count, strings)) + interval,
        escape(share(counts["facts"], answerable, strings)),
        escape(share(counts["citations"], answerable, strings)),
        escape(share(counts["declined_right"], count - answerable, strings)),
        escape(share(counts["declined_wrongly"], answerable, strings)),
    ]
    return f'<tr{css}><th scope="row">{escape(name)}</th><td>{count}</td>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _misses(run: Run, rows: Sequence[Json], category: str, shown: int, strings: Strings) -> str:
    wrong = [row for row in rows if not row.get("right")]
    heading = f"<h3>{escape(strings('bench.misses'))}</h3>"
    if not wrong:
        return f'{heading}<p class="hvb-facts">{escape(strings("bench.no_misses"))}</p>'
    counts = Counter(str(row["category"]) for row in wrong)
    if category not in counts:
        category = ""
    chosen = [row for row in wrong if category in ("", row["category"])]
    names = [("", strings("bench.all", count=len(wrong)))]
    names += [
        (name, strings("bench.of_category", name=category_name(name, strings), count=count))
        for name, count in counts.items()
    ]
    head = (
        f'<form class="hvb-bench-form"><label>{escape(strings("bench.filter"))}'
        f'<select name="category" data-event="input" data-run="{escape(run.id)}">{options(names, category)}</select></label></form>'
    )
    cards = "".join(_miss(row, strings) for row in chosen[:shown])
    more = ""
    if len(chosen) > shown:
        words = strings("bench.shown", shown=shown, count=len(chosen))
        opener = button(
            strings("bench.more"), "input", css="hvb-quiet", run=run.id, category=category, shown=shown + PAGE
        )
        more = f'<p class="hvb-bar"><span class="hvb-facts">{escape(words)}</span>{opener}</p>'
    return f'{heading}{head}<div class="hvb-misses">{cards}</div>{more}'


def _miss(row: Json, strings: Strings) -> str:
    asked = escape(str(row["question"]))
    facts = [
        ("history", "<br>".join(escape(text) for text in row.get("history") or [])),
        ("understood", escape(str(row["understood"])) if row.get("understood") not in (None, row["question"]) else ""),
        ("status", escape(_status(row, strings))),
        ("answer", _answer(row, strings)),
        ("missing", escape("; ".join(row.get("missing") or []))),
        ("forbidden", escape("; ".join(row.get("forbidden") or []))),
        ("gold_any" if row.get("any_gold") else "gold", _gold(row.get("gold") or [], strings)),
        ("cited", _cited(row.get("places") or [], strings)),
        ("steps", _steps(row.get("trace") or [])),
    ]
    lines = "".join(f"<dt>{escape(strings(f'bench.{name}'))}</dt><dd>{html}</dd>" for name, html in facts if html)
    elapsed = row.get("elapsed_ms")
    took = (
        f'<p class="hvb-facts">{escape(strings("bench.elapsed", ms=round(elapsed)))}</p>' if elapsed is not None else ""
    )
    return (
        f'<details class="hvb-miss" data-id="{escape(str(row["id"]))}"><summary><strong lang="vi">{asked}</strong> '
        f'<span class="hvb-facts">{escape(str(row["id"]))} · {escape(category_name(str(row["category"]), strings))}</span></summary>'
        f"<dl>{lines}</dl>{took}</details>"
    )


def _status(row: Json, strings: Strings) -> str:
    found = _status_name(str(row.get("status")), strings)
    answered = row.get("status") == "answered"
    if row.get("answerable") and not answered:
        return strings("bench.expected", found=found, wanted=strings("bench.wanted_answer"))
    wanted = row.get("expected")
    if not row.get("answerable") and (answered or wanted):
        named = _status_name(str(wanted), strings) if wanted else strings("bench.wanted_decline")
        return strings("bench.expected", found=found, wanted=named)
    return found


def _status_name(status: str, strings: Strings) -> str:
    if status == "answered":
        return strings("bench.status_answered")
    return strings.words.get(f"status.{status}", status)


def _answer(row: Json, strings: Strings) -> str:
    lines = [line for line in str(row.get("answer") or "").splitlines() if line.strip()]
    words = "<br>".join(escape(line) for line in lines)
    return words + (f"<br><em>{escape(strings('bench.pasted'))}</em>" if row.get("pasted") else "")


def _place(place: Json, label: str, strings: Strings) -> str:
    """Return a place as a line: the button that opens it, its document and its words."""
    name, quote = str(place.get("document")), escape(shorten(fold_white(str(place.get("quote"))), _QUOTE_SHOWN))
    where = f"{strings.document(name)}, {place.get('label')}"
    if isinstance(place.get("start"), int) and isinstance(place.get("end"), int):
        opener = button(
            label,
            "select",
            css="hvb-reference",
            title=strings("conversation.open", label=str(place.get("label"))),
            document=name,
            start=place["start"],
            end=place["end"],
            place=str(place.get("label")),
        )
    else:
        opener = f'<em class="hvb-facts">{escape(strings("bench.gold_lost"))}</em>'
    return f'{opener}<span>{escape(where)}: <q lang="vi">{quote}</q>'


def _gold(places: Sequence[Json], strings: Strings) -> str:
    lines = ""
    for number, place in enumerate(places, 1):
        reached = bool(place.get("reached"))
        mark = escape(strings("bench.reached" if reached else "bench.not_reached"))
        css = "hvb-good" if reached else "hvb-caution"
        lines += (
            f'<li class="hvb-gold">{_place(place, f"({number})", strings)} <em class="{css}">{mark}</em></span></li>'
        )
    return f'<ul class="hvb-citations">{lines}</ul>' if lines else ""


def _cited(places: Sequence[Json], strings: Strings) -> str:
    if not places:
        return escape(strings("bench.nothing_cited"))
    lines = "".join(
        f"<li>{_place(place, f'[{number}]', strings)}</span></li>" for number, place in enumerate(places, 1)
    )
    return f'<ul class="hvb-citations">{lines}</ul>'


def _steps(trace: Sequence[object]) -> str:
    lines = "".join(f'<li lang="vi">{escape(str(step))}</li>' for step in trace)
    return f'<ol class="hvb-steps">{lines}</ol>' if lines else ""


def render_comparison(runs: tuple[Run, Run], results: tuple[Json, Json], comparison: Json, *, strings: Strings) -> str:
    """Return two runs beside each other: shares by category, their difference with its interval, what was gained and lost."""
    before, after = runs
    heading = strings("bench.compare_heading", before=when(before), after=when(after))
    names = "".join(
        f"<li><strong>{escape(strings(f'bench.{key}'))}</strong>: {escape(run_name(run, strings))}</li>"
        for key, run in (("before", before), ("after", after))
    )
    return (
        f'<div class="hvb-bench hvb-comparison"><h2>{escape(heading)}</h2><ul class="hvb-facts">{names}</ul>'
        f"{_both(results, comparison, strings)}{_verdict(comparison, strings)}"
        f"{_changed('gained', comparison, strings)}{_changed('lost', comparison, strings)}{_alone(comparison, strings)}</div>"
    )


def _both(results: tuple[Json, Json], comparison: Json, strings: Strings) -> str:
    columns = ("column_category", "before", "after", "column_gained", "column_lost")
    head = "".join(f'<th scope="col">{escape(strings(f"bench.{name}"))}</th>' for name in columns)
    changes = [Counter(str(one.get("category")) for one in comparison[key]) for key in ("gained", "lost")]
    categories = dict.fromkeys(name for result in results for name in result["categories"])
    rows = ""
    for name in categories:
        shares = [_right(result["categories"].get(name), strings) for result in results]
        numbers = [str(change[name] or "–") for change in changes]
        cells = "".join(f"<td>{escape(words)}</td>" for words in (*shares, *numbers))
        rows += f'<tr><th scope="row">{escape(category_name(name, strings))}</th>{cells}</tr>'
    shares = [_right(result["total"], strings) for result in results]
    sums = [str(len(comparison[key])) for key in ("gained", "lost")]
    cells = "".join(f"<td>{escape(words)}</td>" for words in (*shares, *sums))
    rows += f'<tr class="hvb-total"><th scope="row">{escape(strings("bench.total"))}</th>{cells}</tr>'
    return (
        f'<div class="hvb-scroll" tabindex="0" role="region" aria-label="{escape(strings("bench.compare"))}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _right(counts: Json | None, strings: Strings) -> str:
    return share(counts["right"], counts["count"], strings) if counts else "–"


def _verdict(comparison: Json, strings: Strings) -> str:
    difference, p = comparison.get("difference"), comparison.get("p")
    if not difference or p is None:
        return f'<p class="hvb-notice">{escape(strings("bench.compare_nothing"))}</p>'
    value, low, high = (_points(difference[key], strings) for key in ("value", "low", "high"))
    words = strings("bench.difference", value=value, low=low, high=high, count=comparison["common"])
    chance = strings("bench.chance", p=_number(p, 3, strings))
    verdict = strings("bench.chance_yes" if p < _LIKELY else "bench.chance_no")
    return f'<p class="hvb-difference">{escape(words)} {escape(chance)} {escape(verdict)}</p>'


def _number(value: float, digits: int, strings: Strings) -> str:
    words = f"{value:.{digits}f}"
    return words.replace(".", ",") if strings.language == "vi" else words


def _points(value: float, strings: Strings) -> str:
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return sign + _number(abs(100 * value), 1, strings)


def _changed(key: str, comparison: Json, strings: Strings) -> str:
    changed = comparison[key]
    if not changed:
        return ""
    lines = ""
    for category in dict.fromkeys(str(one.get("category")) for one in changed):
        items = "".join(
            f"<li><code>{escape(str(one['id']))}</code>{_asked(one)}</li>"
            for one in changed
            if str(one.get("category")) == category
        )
        lines += f"<dt>{escape(category_name(category, strings))}</dt><dd><ul>{items}</ul></dd>"
    heading = escape(strings(f"bench.{key}", count=len(changed)))
    return f'<details class="hvb-changed hvb-{key}" open><summary>{heading}</summary><dl>{lines}</dl></details>'


def _asked(one: Json) -> str:
    return f' <span lang="vi">{escape(str(one["question"]))}</span>' if one.get("question") else ""


def _alone(comparison: Json, strings: Strings) -> str:
    words = [
        strings(f"bench.{key}", count=len(comparison[key]))
        for key in ("only_before", "only_after")
        if comparison.get(key)
    ]
    return "".join(f'<p class="hvb-facts">{escape(line)}</p>' for line in words)
