"""
A run as one HTML file that opens offline: no script, nothing fetched, light and dark, and fit for printing.

    python -m eval report RUN.json [--against BEFORE.json] [--out FILE.html] [--language vi|en]

Made from the JSON of ``python -m eval run --json`` alone; a file of an older format lacks the sections that it has no figures for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from eval.answer_measures import NAMES
from eval.compare import comparison_report, rows_by_id
from eval.html_comparison import render_comparison
from eval.html_misses import render_misses
from eval.html_systems import render_systems, share_cell
from eval.html_tables import cell, table
from eval.intervals import wilson
from eval.report_words import Words
from eval.statistics import ONE_IN_TEN, detectable
from eval.svg import IntervalRow, Series, bar_chart, interval_chart, line_chart
from indexer.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

Json = Mapping[str, Any]
_SHORT_COMMIT = 7


def load_run(path: Path) -> dict[str, Any]:
    """
    Return the report of a run that ``python -m eval run --json`` wrote.

    Raises:
        InputError: the file cannot be read, or is no such report.
    """
    again = f"  Make one:  python -m eval run --json {path}"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        msg = f"{path}: {error.strerror}.\n{again}"
        raise InputError(msg) from error
    except ValueError as error:
        msg = f"{path}: is no JSON ({error}).\n{again}"
        raise InputError(msg) from error
    systems = found.get("systems") if isinstance(found, dict) else None
    if not isinstance(systems, dict) or not all(isinstance(one, dict) and "rows" in one for one in systems.values()):
        msg = f'{path}: is no report of a run, "systems" with their "rows" are missing.\n{again}'
        raise InputError(msg)
    return dict(found)


def chosen_system(report: Json, name: str | None, path: Path) -> str:
    """
    Return the system *name* of *report*, without a name the first.

    Raises:
        InputError: the report has no such system.
    """
    systems = list(report["systems"])
    if not systems or (name is not None and name not in systems):
        msg = f"{path}: holds no {name!r}, but {', '.join(systems) or 'nothing'}.\n  Name one of them:  --system NAME"
        raise InputError(msg)
    return name or str(systems[0])


def file_name(report: Json) -> str:
    """Return what the page is called by default: ``report-COMMIT.html``, with "+" where files differed from the commit."""
    commit = str(report.get("commit") or "unknown")
    return f"report-{commit[:_SHORT_COMMIT]}{'+' if commit.endswith('+') else ''}.html"


def write_report(path: Path, page: str) -> None:
    """
    Write *page*.

    Raises:
        InputError: it cannot be written.
    """
    try:
        path.write_text(page, encoding="utf-8", newline="\n")
    except OSError as error:
        msg = f"{path}: cannot be written ({error.strerror}).\n  Give another file:  --out FILE.html"
        raise InputError(msg) from error


def render_report(report: Json, *, system: str, language: str = "vi", before: Json | None = None) -> str:
    """
    Return the page of *report*; the misses and the comparison with *before*, another report, are those of *system*.

    The same reports give the same page, byte for byte.
    """
    words = Words.of(language)
    sections = [
        _headline(report, words),
        render_systems(report, words),
        _categories(report, words),
        _measures(report, words),
        _confidence(report["systems"][system], words),
        _latency(report, words),
    ]
    rows = report["systems"][system]["rows"]
    if before is not None and system in before["systems"]:
        runs = rows_by_id(before["systems"][system]["rows"]), rows_by_id(rows)
        sections.append(render_comparison(comparison_report(*runs), before, report, words))
    if not report.get("brief"):  # which has no rows, and not because every question was right
        sections.append(render_misses(system, rows, report, words))
    title = f"{words('title')} {_commit(report, words)}"
    style = files("eval").joinpath("report.css").read_text(encoding="utf-8")
    command = "<code>python -m eval report</code>"
    made = escape(words("made", command="\0")).replace("\0", command)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>\n{style}</style></head>\n<body>\n"
        f"<header><h1>{escape(title)}</h1>{_facts(report, words)}{_contents(sections, words)}</header>\n<main>\n"
        + "\n".join(f"<section>{section}</section>" for section in sections if section)
        + f"\n</main>\n<footer><p>{made}</p></footer>\n</body></html>\n"
    )


def _commit(report: Json, words: Words) -> str:
    commit = str(report.get("commit") or words("unknown_commit"))
    return f"{commit[:_SHORT_COMMIT]}{'+' if commit.endswith('+') else ''}"


def _facts(report: Json, words: Words) -> str:
    first = next(iter(report["systems"].values()))
    memory = report.get("memory_peak_mib")
    found = {
        "commit": _commit(report, words),
        "questions": f"{', '.join(report.get('questions') or [])} ({words.number(first['total']['count'])})",
        "systems": ", ".join(words.name("system_names", name) for name in report["systems"]),
        "memory": words("mib", value=words.number(memory)) if memory else "",
        "seed": str(report.get("seed", "")),
    }
    lines = "".join(
        f"<div><dt>{escape(words(key))}</dt><dd>{escape(value)}</dd></div>" for key, value in found.items() if value
    )
    sealed = f'<p class="notice">{escape(words("sealed"))}</p>' if report.get("sealed") else ""
    return f'<dl class="facts">{lines}</dl>{sealed}'


def _contents(sections: list[str], words: Words) -> str:
    links = []
    for section in filter(None, sections):
        anchor, _, rest = section.removeprefix('<h2 id="').partition('">')
        links.append(f'<li><a href="#{anchor}">{rest.partition("</h2>")[0]}</a></li>')
    return f'<nav aria-label="{escape(words("contents"))}"><ul>{"".join(links)}</ul></nav>'


def _heading(key: str, words: Words) -> str:
    return f'<h2 id="{key}">{escape(words(key))}</h2>'


def _headline(report: Json, words: Words) -> str:
    lines = []
    for name, system in report["systems"].items():
        total = system["total"]
        share = wilson(total["right"], total["count"])
        shown = {key: words.percent(getattr(share, key), 1) for key in ("value", "low", "high")}
        line = words(
            "headline_line",
            system=words.name("system_names", name),
            right=total["right"],
            count=total["count"],
            share=shown["value"],
            low=shown["low"],
            high=shown["high"],
        )
        lines.append(f'<p class="headline">{escape(line)}</p>')
    count = next(iter(report["systems"].values()))["total"]["count"]
    found = detectable(count, ONE_IN_TEN)
    if found is None:
        smallest = words("smallest_few", count=words.number(count))
    else:
        smallest = words("smallest_one", count=words.number(count), points=words.number(100 * found, 1))
    explain = f'<p class="soft">{escape(words("headline_explain"))}</p>'
    return f'{_heading("headline", words)}{"".join(lines)}{explain}<p class="soft">{escape(smallest)}</p>'


def _categories(report: Json, words: Words) -> str:
    systems = report["systems"]
    names = [words.name("system_names", name) for name in systems]
    rows = []
    categories = dict.fromkeys(name for system in systems.values() for name in system["categories"])
    for category in categories:
        shares = []
        for system in systems.values():
            counts = system["categories"].get(category)
            share = wilson(counts["right"], counts["count"]) if counts else None
            shares.append((share.value, share.low, share.high) if share else None)
        rows.append(IntervalRow(words.name("categories", category), shares))
    chart = interval_chart(rows, names, title=words("plot_categories"), percent=words.percent)
    parts = [_heading("by_category", words), _figure(words("plot_categories"), chart)]
    for place, (name, system) in enumerate(systems.items()):
        shown = _counts_table(system, words)
        label = escape(words.name("system_names", name))
        parts.append(f"<details{' open' if place == 0 else ''}><summary>{label}</summary>{shown}</details>")
    return "".join(parts)


def _counts_table(system: Json, words: Words) -> str:
    head = [words(key) for key in ("category", "count", "right", "headline_share", "facts", "citations", "both")]
    head += [words(key) for key in ("declined_right", "declined_wrongly")]
    body = [(words.name("categories", name), _counts(counts, words)) for name, counts in system["categories"].items()]
    return table(head, [*body, (words("total"), _counts(system["total"], words))], last_is_total=True)


def _counts(counts: Json, words: Words) -> list[str]:
    def share(part: int, count: int) -> str:
        return cell(f"{part}/{count}", words.percent(part / count)) if count else "–"

    answerable, count = counts["answerable"], counts["count"]
    return [
        str(count),
        share_cell(counts["right"], count, words),
        share_cell(counts.get("headline"), answerable, words),
        *(share(counts[key], answerable) for key in ("facts", "citations", "both")),
        share(counts["declined_right"], count - answerable),
        share(counts["declined_wrongly"], answerable),
    ]


def _measures(report: Json, words: Words) -> str:
    systems = {name: one["measures"] for name, one in report["systems"].items() if one.get("measures")}
    if not systems:
        return ""
    head = [words("measure"), *(words.name("system_names", name) for name in systems)]
    body = []
    for name in NAMES:
        if any(name in one["graded"] for one in systems.values()):
            body.append(
                (words.name("measure_names", name), [_mean(one["graded"].get(name), words) for one in systems.values()])
            )
    if any(one["understanding"] for one in systems.values()):
        read = [one["understanding"] for one in systems.values()]
        body.append((words("understanding"), [_restored(one, words) for one in read]))
        body.append((words("syllables"), [words.percent(one["syllables"], 1) if one else "–" for one in read]))
    body.append((words("unanswered"), [str(one["unanswered"]) for one in systems.values()]))
    return f'{_heading("measures", words)}{table(head, body)}<p class="soft">{escape(words("measures_explain"))}</p>'


def _mean(mean: Json | None, words: Words) -> str:
    if not mean:
        return "–"
    low, high = (words.percent(mean[key], 1) for key in ("low", "high"))
    return cell(words.percent(mean["value"], 1), f"[{low}, {high}] n = {mean['count']}")


def _restored(read: Json | None, words: Words) -> str:
    if not read:
        return "–"
    low, high = (words.percent(end) for end in read["interval"])
    return cell(
        f"{read['restored']}/{read['count']}", f"{words.percent(read['restored'] / read['count'])} [{low}, {high}]"
    )


def _confidence(system: Json, words: Words) -> str:
    found = system.get("measures")
    if not found:
        return ""
    heading = _heading("confidence", words)
    if not found["weighed"]:
        return f"{heading}<p>{escape(words('confidence_none'))}</p>"
    said = words("confidence_explain", weighed=found["weighed"], count=system["total"]["count"])
    plots = [
        _figure(words("plot_reliability"), _reliability(found, words)),
        _figure(words("plot_refusal"), _refusal(found["refusal"], words)),
        _figure(words("plot_threshold"), _thresholds(found["refusal"], words)),
    ]
    error = found.get("calibration_error")
    calibrated = (
        f"<p>{escape(words('calibration', value=words.number(100 * error, 1)))}</p>" if error is not None else ""
    )
    bins = [
        (
            f"{words.percent(one['low'])} – {words.percent(one['high'])}",
            [str(one["count"]), words.percent(one["confidence"]), words.percent(one["right"])],
        )
        for one in found["reliability"]
    ]
    curve = [
        (
            words.number(one["threshold"], 2),
            ["–" if one[key] is None else words.percent(one[key], 1) for key in _CURVE],
        )
        for one in found["refusal"]["curve"]
    ]
    tables = table([words(key) for key in ("bin", "answers", "said", "was_right")], bins)
    tables += table([words(key) for key in ("threshold", *_CURVE)], curve)
    return (
        f'{heading}<p class="soft">{escape(said)}</p><div class="plots">{"".join(plots)}</div>{calibrated}'
        f"<details><summary>{escape(words('as_table'))}</summary>{tables}</details>"
    )


_CURVE = ("declined_right", "declined_wrongly", "kept", "let_through")


def _reliability(found: Json, words: Words) -> str:
    points = [(one["confidence"], one["right"], *one["interval"]) for one in found["reliability"]]
    return line_chart(
        [Series(words("was_right"), points)],
        title=words("plot_reliability"),
        x_name=words("said"),
        y_name=words("was_right"),
        percent=words.percent,
        diagonal=True,
    )


def _refusal(refusal: Json, words: Words) -> str:
    points = [
        (one["declined_wrongly"], one["declined_right"])
        for one in refusal["curve"]
        if one["declined_wrongly"] is not None and one["declined_right"] is not None
    ]
    now = refusal["declined_wrongly"], refusal["declined_right"]
    marked = [(now[0], now[1], words("now"))] if None not in now else []
    most = max((x for x, *_ in (*points, *marked)), default=1.0)
    return line_chart(
        [Series(words("plot_refusal"), points)],
        title=words("plot_refusal"),
        x_name=words("declined_wrongly"),
        y_name=words("declined_right"),
        percent=words.percent,
        x_end=next(end for end in (0.2, 0.4, 0.6, 0.8, 1.0) if most <= end),
        marked=marked,
    )


def _thresholds(refusal: Json, words: Words) -> str:
    series = [
        Series(words(key), [(one["threshold"], one[key]) for one in refusal["curve"] if one[key] is not None])
        for key in ("kept", "let_through")
    ]
    return line_chart(
        series,
        title=words("plot_threshold"),
        x_name=words("threshold_axis"),
        y_name=words("share"),
        percent=words.percent,
    )


def _latency(report: Json, words: Words) -> str:
    told = {name: one["measures"]["latency"] for name, one in report["systems"].items() if one.get("measures")}
    told = {name: took for name, took in told.items() if took}
    if not told:
        return ""
    parts = [_heading("latency", words), '<div class="plots">']
    for name, took in told.items():
        figures = {key: words.number(took[key], 1 if took[key] >= 1 else 2) for key in ("p50", "p95", "max")}
        line = words("latency_line", system=words.name("system_names", name), count=took["count"], **figures)
        bars = [(words.number(low), count) for low, _, count in took["bins"]]
        chart = bar_chart(bars, title=line, x_name=words("milliseconds"), y_name=words("answers"))
        parts.append(_figure(line, chart))
    return "".join([*parts, "</div>"])


def _figure(caption: str, chart: str) -> str:
    return f"<figure><figcaption>{escape(caption)}</figcaption>{chart}</figure>"
