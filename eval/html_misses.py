"""The misses of a run as HTML: question, reading, answer, and the gold beside what was cited, both marked in the document's own words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from eval.excerpts import PLACES, window
from indexer.types import fold_white

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eval.report_words import Words

Json = Mapping[str, Any]
GOLD, CITED = "gold", "cited"
_LONGEST_QUOTE = 600  # characters of a quote whose surroundings are not known


def render_misses(system: str, rows: Sequence[Json], report: Json, words: Words) -> str:
    """Return the section of the wrong ones of *rows*; of a sealed report their ids alone."""
    wrong = [row for row in rows if not row.get("right")]
    heading = f'<h2 id="misses">{escape(words("misses", system=words.name("system_names", system)))}</h2>'
    if not wrong:
        return f"{heading}<p>{escape(words('no_misses'))}</p>"
    counts = Counter(str(row["category"]) for row in wrong)
    said = f'<p class="soft">{escape(words("misses_count", count=len(wrong), total=len(rows)))}</p>'
    sealed = bool(report.get("sealed"))
    parts = [heading, said if not sealed else f'<p class="notice">{escape(words("sealed"))}</p>']
    if not sealed:
        parts.append(_legend(words))
    for category, count in counts.items():
        mine = [row for row in wrong if str(row["category"]) == category]
        parts.append(f"<h3>{escape(words.name('categories', category))} ({count})</h3>")
        if sealed:
            ids = (f"<code>{escape(str(row['id']))}</code>" for row in mine)
            parts.append(f"<p>{', '.join(ids)}</p>")
        else:
            parts += [_miss(row, report, words) for row in mine]
    return "".join(parts)


def _legend(words: Words) -> str:
    kinds = (("gold", "legend_gold"), ("cited", "legend_cited"), ("gold cited", "legend_both"))
    items = "".join(f'<li><mark class="{css}">{escape(words(key))}</mark></li>' for css, key in kinds)
    return f'<ul class="legend" aria-label="{escape(words("legend"))}">{items}</ul>'


def _miss(row: Json, report: Json, words: Words) -> str:
    question = str(row.get("question") or "")
    shown = [
        ("history", "\n".join(row.get("history") or []), ""),
        ("well_typed", row.get("well_typed"), ""),
        ("understood", row.get("understood") if row.get("understood") != question else "", ""),
        ("status", _status(row, words), ""),
        ("answer", row.get("answer") or words("no_answer"), ""),
        ("missing", "; ".join(row.get("missing") or []), "bad"),
        ("forbidden", "; ".join(row.get("forbidden") or []), "bad"),
        ("because", words("pasted") if row.get("pasted") else "", "bad"),
        ("confidence_value", None if row.get("confidence") is None else words.percent(row["confidence"]), ""),
        ("elapsed", None if row.get("elapsed_ms") is None else words("ms", value=words.number(row["elapsed_ms"])), ""),
    ]
    lines = "".join(
        f'<dt>{escape(words(key))}</dt><dd class="{css}">{escape(str(text).strip())}</dd>'
        for key, text, css in shown
        if text
    )
    steps = "".join(f"<li>{escape(str(step))}</li>" for step in row.get("trace") or [])
    opened = f'<details class="steps"><summary>{escape(words("steps"))}</summary>'
    told = f"{opened}<ol>{steps}</ol></details>" if steps else ""
    return (
        f'<details class="miss" id="{escape(str(row["id"]))}"><summary><strong lang="vi">{escape(question)}</strong> '
        f'<span class="id">{escape(str(row["id"]))}</span></summary><dl class="row">{lines}</dl>'
        f'<div class="sides">{_gold_side(row, report, words)}{_cited_side(row, report, words)}</div>{told}</details>'
    )


def _status(row: Json, words: Words) -> str:
    found = words.name("status_names", str(row.get("status")))
    if row.get("answerable"):
        return (
            found if row.get("status") == "answered" else words("expected", found=found, wanted=words("wanted_answer"))
        )
    expected = row.get("expected")
    wanted = words.name("status_names", str(expected)) if expected else words("wanted_decline")
    return words("expected", found=found, wanted=wanted)


def _gold_side(row: Json, report: Json, words: Words) -> str:
    places = row.get("gold") or []
    if not places:
        return ""
    heading = words("gold_any" if row.get("any_gold") else "gold")

    def label(place: Json) -> str:
        return f"{place.get('label')} – {words('reached' if place.get('reached') else 'not_reached')}"

    inside = "".join(_passages(places, row, report, words, label))
    return f'<section class="side gold"><h4>{escape(heading)}</h4>{inside}</section>'


def _cited_side(row: Json, report: Json, words: Words) -> str:
    places = row.get("places") or []
    inside = "".join(_passages(places[:PLACES], row, report, words, lambda place: str(place.get("label"))))
    if not places:
        inside = f"<p>{escape(words('nothing_cited'))}</p>"
    elif len(places) > PLACES:
        inside += f"<p>{escape(words('more_citations', count=len(places) - PLACES))}</p>"
    return f'<section class="side cited"><h4>{escape(words("cited"))}</h4>{inside}</section>'


def _passages(places: Sequence[Json], row: Json, report: Json, words: Words, label: Any) -> Iterator[str]:
    """Yield *places* in their surroundings, those that stand together as one passage; a place that is not found by its quote."""
    windows: list[tuple[str, int, int, list[str]]] = []
    for place in places:
        window = _window(place, report)
        if window is None:
            where = _where(str(place.get("document")), [f"{label(place)} ({words('not_in_documents')})"], report)
            quote = escape(fold_white(str(place.get("quote") or ""))[:_LONGEST_QUOTE])
            yield f'<div class="place">{where}<p class="passage" lang="vi">{quote}</p></div>'
            continue
        document, low, high = str(place["document"]), *window
        if windows and windows[-1][0] == document and low <= windows[-1][2] and windows[-1][1] <= high:
            _, start, end, labels = windows.pop()
            windows.append((document, min(low, start), max(high, end), [*labels, label(place)]))
        else:
            windows.append((document, low, high, [label(place)]))
    for document, low, high, labels in windows:
        where = _where(document, list(dict.fromkeys(labels)), report)
        yield f'<div class="place">{where}<p class="passage" lang="vi">{_marked(document, low, high, row, report)}</p></div>'


def _where(document: str, labels: Sequence[str], report: Json) -> str:
    known = (report.get("documents") or {}).get(document) or {}
    name = known.get("number") or known.get("title") or document
    return f'<p class="where"><strong>{escape(str(name))}</strong>: {escape("; ".join(labels))}</p>'


def _excerpt(document: str, start: int, report: Json) -> tuple[int, str] | None:
    """Return the excerpt of *document* in which the character *start* stands, with where it begins."""
    for first, text in (report.get("excerpts") or {}).get(document, ()):
        if first <= start < first + len(text):
            return int(first), str(text)
    return None


def _window(place: Json, report: Json) -> tuple[int, int] | None:
    start, end = place.get("start"), place.get("end")
    if not isinstance(start, int) or not isinstance(end, int):
        return None
    excerpt = _excerpt(str(place.get("document")), start, report)
    if excerpt is None:
        return None
    first, text = excerpt
    low, high = window(text, start - first, min(end - first, len(text)))
    return first + low, first + high


def _marked(document: str, low: int, high: int, row: Json, report: Json) -> str:
    """Return ``document[low:high]`` with every gold and cited place of *row* marked."""
    excerpt = _excerpt(document, low, report)
    if excerpt is None:
        return ""
    first, text = excerpt
    spans = [
        (kind, max(low, place["start"]), min(high, place["end"]))
        for kind, field in ((GOLD, "gold"), (CITED, "places"))
        for place in row.get(field) or ()
        if place.get("document") == document
        and isinstance(place.get("start"), int)
        and isinstance(place.get("end"), int)
    ]
    spans = [span for span in spans if span[1] < span[2]]
    ends = sorted({low, high, *(end for _, *both in spans for end in both)})
    parts = ["… " if low > 0 else ""]
    for start, end in pairwise(ends):
        piece = escape(_folded(text[start - first : end - first]))
        kinds = [kind for kind in (GOLD, CITED) if any(one == kind and a <= start and end <= b for one, a, b in spans)]
        parts.append(f'<mark class="{" ".join(kinds)}">{piece}</mark>' if kinds and piece.strip() else piece)
    return "".join(parts) + " …"


def _folded(text: str) -> str:
    """Return *text* with each run of white space as one space, at its ends too."""
    inner = fold_white(text)
    return (" " if text[:1].isspace() else "") + inner + (" " if inner and text[-1:].isspace() else "")
