"""
The tables of the documentation, each made from result files: pure functions of what stands in them.

    retrieval FILE…   one set: a row a system; a further file adds its rows of the same set
    typing FILE…      what is lost where questions are typed badly, a column a set
    answers FILE…     runs of `python -m eval run --json`: a row a system, with intervals and times
    systems FILE      such a run of several systems: the headline, refusals, times, and the first tested against each other one
    prove FILE        `python -m eval prove --json`: systems that are worse on purpose
    extraction FILE   `python -m eval extraction --json`: a table a set
    speed FILE…       runs of `python -m eval speed --json`: a row a figure, beside its floor
    growth FILE…      runs of `python -m eval speed --growth --json`, one a size or several: a column a size; draws its plot as well
    drill FILE        `python -m eval drill --json`: a row a drill
    kept FILE         a table whose figures were measured once and are not measured again by every release
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from eval.drills.outcome import HEAD
from eval.drills.outcome import row as drill_row
from eval.extraction import lines as extraction_lines
from eval.growth import Point, growth_lines, points_of
from eval.intervals import wilson
from eval.paired import HEADLINE, p_words
from eval.retrieval import FULL, PLAIN
from eval.speed import lines as speed_lines
from eval.speed_against import figures_of

Json = Mapping[str, Any]
PLOT = "growth.svg"
TITLES = {
    "zalo": ("Zalo 2021 × Pháp điển, our half; “reranked” 2-fold", "Zalo"),
    "alqac": ("ALQAC 2023–2025", "ALQAC"),
    "xquad": ("XQuAD-vi, paragraphs", "XQuAD"),
    "xquad-r": ("XQuAD-R vi, sentences", "XQuAD-R"),
    "viquad": ("UIT-ViQuAD 1.0 dev, paragraphs", "ViQuAD"),
}
_TYPED = {
    "none": "without diacritics",
    "half": "half the words without",
    "cut": "words cut short",
    "telex": "Telex keys in every word",
    "vni": "VNI keys in every word",
    "residue": "keys left over in a third",
    "slip": "one slip",
}
_FIRST = "nDCG@10"
_SYSTEMS = {
    "assistant": "this program",
    "baseline": "naive baseline",
    "bm25-syllables": "BM25 over syllables",
    "bm25-words": "BM25 over words",
    "dense": "dense alone",
}


def retrieval(reports: Sequence[Json]) -> list[str]:
    """Return the heading and the table of the first report's set, with the rows that further reports have of it."""
    first = reports[0]
    figures: dict[str, Json] = dict(first["figures"])
    for other in reports[1:]:
        figures |= other["sets"].get(first["set"], {})
    measures = list(next(iter(figures.values())))
    title = TITLES.get(first["set"], (first["set"],))[0]
    lines = [f"### {title} ({first['questions']:,} questions, {first['documents']:,} documents)", ""]
    lines += _table(
        ["system", *measures], ([name, *map(_interval, values.values())] for name, values in figures.items())
    )
    added = [
        f" “{name}”: at commit `{other['commit'][:7]}`."
        for other in reports[1:]
        for name in other["sets"].get(first["set"], {})
    ]
    return [*lines, "", _measured(first) + "".join(added)]


def typing(reports: Sequence[Json]) -> list[str]:
    """Return what "reranked" keeps of each set however it is typed, in brackets what it loses, and what plain BM25 keeps."""
    kinds = list(reports[0]["typed badly"])
    rows = [["well", *(_interval(report["figures"][FULL][_FIRST]) for report in reports)]]
    for kind in kinds:
        cells = []
        for report in reports:
            spoilt = report["typed badly"][kind][FULL][_FIRST]
            lost = report.get("lost", {}).get(kind, report["figures"][FULL][_FIRST][0] - spoilt[0])
            cells.append(f"{_interval(spoilt)} ({lost:.3f})")
        rows.append([f"{_TYPED[kind]} (`{kind}`)", *cells])
    plain = ", ".join(f"{report['typed badly']['none'][PLAIN][_FIRST][0]:.3f}" for report in reports)
    names = [TITLES.get(report["set"], (report["set"],))[-1] for report in reports]
    return [*_table(["typed", *names], rows), "", f"Plain BM25 without diacritics: {plain} in that order."]


def answers(reports: Sequence[Json]) -> list[str]:
    """Return a row a system of each run: right with its interval, precision and recall of its citations, and its times."""
    head = ["system", "questions", "right", "citations: precision, recall by unit", "declined wrongly", "p50", "p95"]
    rows = []
    for report in reports:
        for name, system in report["systems"].items():
            total, found = system["total"], system["measures"]
            share = wilson(total["right"], total["count"])
            graded, took = found["graded"], found["latency"]
            units = [graded[key]["value"] for key in ("unit_precision", "unit_recall") if key in graded]
            rows.append(
                [
                    name,
                    f"{total['count']}",
                    f"{total['right']} = {100 * share.value:.0f}% [{100 * share.low:.0f}, {100 * share.high:.0f}]",
                    ", ".join(f"{value:.2f}" for value in units) or "–",
                    f"{total['declined_wrongly']}/{total['answerable']}",
                    *(f"{took[key]:.1f} ms" if took else "–" for key in ("p50", "p95")),
                ]
            )
    files = sorted({name for report in reports for name in report["questions"]})
    return [*_table(head, rows), "", f"{', '.join(files)}. {_measured(reports[0])}"]


def systems(reports: Sequence[Json]) -> list[str]:
    """Return a row a system of the first report, and how the first system compares with each other one."""
    report = reports[0]
    head = ["system", "right", "headline: facts, places, short", "both, of any length", "declined right"]
    head += ["unfounded", "no answer", "p50", "p95", "headline: the first alone, this alone", "p, Holm"]
    beside = {test["other"]: test for test in report["tests"] if test["measure"] == HEADLINE}
    rows = []
    for name, system in report["systems"].items():
        total, found = system["total"], system["measures"]
        answerable, took, test = total["answerable"], found["latency"], beside.get(name)
        rows.append(
            [
                _SYSTEMS.get(name, name),
                _share(total["right"], total["count"]),
                _share(total["headline"], answerable),
                f"{total['both']}/{answerable}",
                f"{total['declined_right']}/{total['count'] - answerable}",
                str(total["unfounded"]),
                str(found["unanswered"]),
                *(f"{took[key]:.1f} ms" if took else "–" for key in ("p50", "p95")),
                f"{test['gained']}, {test['lost']}" if test else "–",
                p_words(test["p_holm"]) if test else "–",
            ]
        )
    align = ["---", "---", "---", *["---:"] * 8]
    return [*_table(head, rows, align), "", f"{', '.join(report['questions'])}. {_measured(report)}"]


def prove(reports: Sequence[Json]) -> list[str]:
    """Return the good system of the first report above each that is worse on purpose, with the four classes that lose most."""
    report = reports[0]
    head = [
        "system",
        "measure",
        "right",
        "headline",
        "lost",
        "gained",
        "p, Holm",
        "told apart",
        "classes that lose most",
    ]
    good = report["good"]
    rows = [["good", "right", f"{good['right']}/{report['questions']}", good["headline"], *["–"] * 5]]
    for trial in report["trials"]:
        classes = ", ".join(f"{name} −{lost}" for name, lost in list(trial["classes"].items())[:4])
        rows.append(
            [
                trial["system"],
                trial["measure"],
                f"{trial['right_good']} → {trial['right_worse']}/{trial['count']}",
                trial["headline"],
                str(trial["lost_count"]),
                str(trial["gained_count"]),
                f"{trial['p']:.2g}" if trial["p"] else "< 1e-300",
                "yes" if trial["told_apart"] else "no",
                classes or "–",
            ]
        )
    notes = [f"{trial['system'].capitalize()}: {trial['note']}." for trial in report["trials"] if trial["note"]]
    align = ["---", "---", *["---:"] * 5, "---", "---"]
    asked = f"{report['questions']:,} questions: {', '.join(report['files'])}."
    return [*_table(head, rows, align), "", " ".join([*notes, asked, _measured(report)])]


def extraction(reports: Sequence[Json]) -> list[str]:
    """Return the tables of the first report, each below the name of its set."""
    return [*extraction_lines(reports[0]), _measured(reports[0])]


def speed(reports: Sequence[Json]) -> list[str]:
    """Return the figures of all reports, one after the other, each beside its floor."""
    found = [one for report in reports for one in figures_of(dict(report))]
    measured = list(dict.fromkeys(_measured(report) for report in reports))
    return [*speed_lines(found), "", " ".join(measured)]


def growth(reports: Sequence[Json]) -> list[str]:
    """Return the figures of all reports, a column a size, what could not be measured, and where the plot stands."""
    notes = [f"{note}." for report in reports for note in report["notes"]]
    measured = list(dict.fromkeys(_measured(report) for report in reports))
    return [*growth_lines(growth_points(reports)), "", " ".join([*notes, *measured]), "", f"![Growth](images/{PLOT})"]


def growth_points(reports: Sequence[Json]) -> list[Point]:
    """Return the points of all reports, the smallest first."""
    return sorted((point for report in reports for point in points_of(report)), key=lambda point: point.passages)


def drill(reports: Sequence[Json]) -> list[str]:
    """Return a row a drill of the first report."""
    return [
        *_table(HEAD, map(drill_row, reports[0]["drills"])),
        "",
        f"Seed {reports[0]['seed']}. {_measured(reports[0])}",
    ]


def kept(reports: Sequence[Json]) -> list[str]:
    """Return the table of the first report as it stands there."""
    report = reports[0]
    return [*_table(report["columns"], report["rows"], report.get("align")), "", _measured(report)]


KINDS: dict[str, Callable[[Sequence[Json]], list[str]]] = {
    "retrieval": retrieval,
    "typing": typing,
    "answers": answers,
    "systems": systems,
    "prove": prove,
    "extraction": extraction,
    "speed": speed,
    "growth": growth,
    "drill": drill,
    "kept": kept,
}


def _measured(report: Json) -> str:
    commit = str(report["commit"])
    note = f" {report['note']}" if report.get("note") else ""
    return f"Measured at commit `{commit[:7]}{'+' if commit.endswith('+') else ''}`.{note}"


def _share(part: int, count: int) -> str:
    if not count:
        return "–"
    share = wilson(part, count)
    return f"{part}/{count} {share.value:.3f} [{share.low:.3f}, {share.high:.3f}]"


def _interval(values: Sequence[float]) -> str:
    mean, low, high = values
    return f"{mean:.3f} [{low:.3f}, {high:.3f}]"


def _table(head: Sequence[str], rows: Any, align: Sequence[str] | None = None) -> list[str]:
    rule = "|".join(align or ["---"] * len(head))
    return [f"| {' | '.join(head)} |", f"|{rule}|", *(f"| {' | '.join(row)} |" for row in rows)]
