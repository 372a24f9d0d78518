"""The evaluator's tab as HTML: the form that starts a run, its progress, the list of runs, what is compared."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

from assistant.bench_runs import DONE, FAILED, LONGEST_NAME, RUNNING
from assistant.bench_sets import MOST_FAULTS
from assistant.chat.marks import button

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.bench_runs import Progress, Run
    from assistant.bench_sets import Fault, QuestionSet
    from assistant.chat.strings import Strings


def render_first(strings: Strings) -> str:
    """Return what stands in the tab until it is opened: the script presses its button then."""
    refresh = button(strings("bench.refresh"), "apply", css="hvb-quiet", fresh="")
    return f'<div class="hvb-bench"><p class="hvb-facts">{escape(strings("bench.loading"))}</p>{refresh}</div>'


def render_closed(strings: Strings, reason: str) -> str:
    """Return the sentence ("closed", "absent") for somebody who cannot evaluate here."""
    return f'<div class="hvb-bench"><p class="hvb-notice">{escape(strings(f"bench.{reason}"))}</p></div>'


def when(run: Run) -> str:
    """Return when *run* was started, in the time of the server: "26/11/2026 20:23"."""
    return f"{datetime.fromisoformat(run.started).astimezone():%d/%m/%Y %H:%M}"


def share(right: int, count: int, strings: Strings) -> str:
    """Return "57/70 (81 %)", or "–" where there is nothing to count."""
    if not count:
        return "–"
    return strings("bench.share", right=right, count=count, percent=round(100 * right / count))


def category_name(category: str, strings: Strings) -> str:
    """Return what *category* is called; a set may have categories of its own, which stay as they are."""
    return strings.words.get(f"bench.category_{category}", category)


def options(values: Sequence[tuple[str, str]], chosen: str) -> str:
    """Return the ``<option>`` of each value and its words."""
    return "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(words)}</option>'
        for value, words in values
    )


def render_control(
    sets: Sequence[QuestionSet],
    runs: Sequence[Run],
    progress: Progress | None,
    *,
    strings: Strings,
    notice: str = "",
    compared: tuple[str, str] = ("", ""),
) -> str:
    """
    Return the upper half of the tab. *progress* is that of a run of this visitor; *notice* the key of a sentence to show.

    *compared* are the two runs that were chosen last.
    """
    said = f'<p class="hvb-notice" role="status">{escape(strings(f"bench.{notice}"))}</p>' if notice else ""
    return (
        f'<div class="hvb-bench"><h2>{escape(strings("bench.heading"))}</h2>'
        f'<p class="hvb-facts">{escape(strings("bench.intro"))}</p>{said}'
        f"{_running(progress, runs, strings) if progress else _starter(sets, strings)}{_upload(strings)}"
        f"{_own_sets([one for one in sets if not one.is_shipped], strings)}"
        f"{_runs(runs, strings)}{_compare(runs, compared, strings)}</div>"
    )


def _starter(sets: Sequence[QuestionSet], strings: Strings) -> str:
    if not sets:
        return f'<p class="hvb-notice">{escape(strings("bench.no_sets"))}</p>'
    names = [(one.id, strings("bench.set_of", name=one.name, count=one.count)) for one in sets]
    return (
        '<form class="hvb-bench-form">'
        f'<label>{escape(strings("bench.set"))}<select name="set">{options(names, "")}</select></label>'
        f'<label class="hvb-bench-wide">{escape(strings("bench.note"))}'
        f'<input name="note" maxlength="{LONGEST_NAME}" placeholder="{escape(strings("bench.note_hint"))}"></label>'
        f"{button(strings('bench.run'), 'submit', css='hvb-primary', act='run')}</form>"
    )


def _running(progress: Progress, runs: Sequence[Run], strings: Strings) -> str:
    name = next((run.set_name for run in runs if run.id == progress.run), "")
    words = strings("bench.progress", done=progress.done, total=progress.total)
    return (
        f'<div class="hvb-bench-running" data-run="{escape(progress.run)}" '
        f'data-words="{escape(strings.words["bench.progress"])}">'
        f"<label>{escape(strings('bench.running', name=name))}"
        f'<progress max="{max(1, progress.total)}" value="{progress.done}"></progress></label>'
        f'<span class="hvb-bench-done">{escape(words)}</span>'
        f"{button(strings('bench.stop'), 'stop', css='hvb-quiet')}</div>"
    )


def _upload(strings: Strings) -> str:
    said = {name: strings(f"bench.upload_{name}") for name in ("nothing", "no_name", "large", "sending", "failed")}
    data = "".join(f' data-{name.replace("_", "-")}="{escape(words)}"' for name, words in said.items())
    return (
        f'<details class="hvb-bench-upload"><summary>{escape(strings("bench.upload"))}</summary>'
        f'<p class="hvb-facts">{escape(strings("bench.upload_intro"))}</p>'
        f'<form class="hvb-bench-form" data-language="{strings.language}"{data}>'
        f'<label>{escape(strings("bench.upload_name"))}<input name="name" maxlength="{LONGEST_NAME}"></label>'
        f'<label class="hvb-button hvb-bench-file">{escape(strings("bench.upload_file"))}'
        '<input type="file" name="file" accept=".jsonl,.json,.txt,.csv,.tsv,.xlsx,.xlsm"></label><output class="hvb-bench-chosen"></output>'
        f'<label class="hvb-bench-wide">{escape(strings("bench.upload_text"))}<textarea name="text" rows="4"></textarea></label>'
        f'<button type="button" class="hvb-button hvb-primary hvb-bench-send">{escape(strings("bench.upload_send"))}</button>'
        '</form><div class="hvb-bench-said" role="status"></div></details>'
    )


def _own_sets(sets: Sequence[QuestionSet], strings: Strings) -> str:
    """Return the sets that the visitor brought, each with what deletes it after one more press."""
    if not sets:
        return ""
    items = ""
    for one in sets:
        name = strings("bench.set_of", name=one.name, count=one.count)
        sure = button(strings("bench.set_delete_sure"), "delete", css="hvb-quiet", title=one.name, set=one.id)
        items += (
            f'<li>{escape(name)} <details><summary class="hvb-button hvb-quiet" '
            f'aria-label="{escape(strings("bench.delete"))} {escape(one.name)}">{escape(strings("bench.delete"))}</summary>'
            f"{sure}</details></li>"
        )
    words = escape(strings("bench.own_sets", count=len(sets)))
    return f'<details class="hvb-bench-own"><summary>{words}</summary><ul>{items}</ul></details>'


def render_faults(faults: Sequence[Fault], *, strings: Strings) -> str:
    """Return what is wrong with a set that was sent, a line each."""
    faults = faults[:MOST_FAULTS]
    key = "upload_wrong_many" if len(faults) >= MOST_FAULTS else "upload_wrong"
    lines = "".join(
        f"<li>{escape(strings(f'bench.fault_{fault.reason}', line=fault.line, detail=fault.detail))}</li>"
        for fault in faults
    )
    return f'<div class="hvb-notice"><p>{escape(strings(f"bench.{key}", count=len(faults)))}</p><ul>{lines}</ul></div>'


def render_notes(notes: Sequence[Fault], *, strings: Strings) -> str:
    """Return what was noted about the questions of a sheet that were taken, a line each; "" where there is nothing."""
    if not notes:
        return ""
    lines = "".join(
        f"<li>{escape(strings(f'bench.remark_{note.reason}', line=note.line, detail=note.detail))}</li>"
        for note in notes[:MOST_FAULTS]
    )
    words = escape(strings("bench.upload_remarks", count=len(notes)))
    return f'<div class="hvb-notice"><p>{words}</p><ul>{lines}</ul></div>'


def _runs(runs: Sequence[Run], strings: Strings) -> str:
    refresh = button(strings("bench.refresh"), "apply", css="hvb-quiet hvb-bench-refresh")
    heading = f'<div class="hvb-bar"><h2>{escape(strings("bench.runs"))}</h2>{refresh}</div>'
    if not runs:
        return f'{heading}<p class="hvb-facts">{escape(strings("bench.no_runs"))}</p>'
    names = ("when", "set", "note", "state", "result", "actions")
    head = "".join(f'<th scope="col">{escape(strings(f"bench.column_{name}"))}</th>' for name in names)
    rows = "".join(_row(run, strings) for run in runs)
    return (
        f'{heading}<div class="hvb-scroll" tabindex="0" role="region" aria-label="{escape(strings("bench.runs"))}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(run: Run, strings: Strings) -> str:
    state = strings(f"bench.state_{run.state}")
    hint = f' title="{escape(strings("bench.failed_hint"))}"' if run.state == FAILED else ""
    which = strings("bench.which", when=when(run))
    acts = ""
    if run.state == DONE:
        address = f"/hoi-van-ban/danh-gia/ket-qua/{run.id}"
        acts += button(strings("bench.view"), "input", css="hvb-quiet", title=which, run=run.id)
        acts += (
            f'<a class="hvb-button hvb-quiet" href="{address}" download aria-label="{escape(strings("bench.download"))} '
            f'{escape(which)}">{escape(strings("bench.download"))}</a>'
        )
        page = f"/hoi-van-ban/danh-gia/bao-cao/{run.id}?ngon_ngu={strings.language}"
        acts += (
            f'<a class="hvb-button hvb-quiet" href="{page}" download aria-label="{escape(strings("bench.report"))} '
            f'{escape(which)}">{escape(strings("bench.report"))}</a>'
        )
    if run.state != RUNNING:
        sure = button(strings("bench.delete_sure"), "delete", css="hvb-quiet", title=which, run=run.id)
        acts += (
            f'<details><summary class="hvb-button hvb-quiet" aria-label="{escape(strings("bench.delete"))} {escape(which)}">'
            f"{escape(strings('bench.delete'))}</summary>{sure}</details>"
        )
    result = share(run.correct, run.count, strings) if run.correct is not None else "–"
    cells = "".join(f"<td>{escape(words)}</td>" for words in (when(run), run.set_name, run.note))
    return (
        f'<tr>{cells}<td{hint}>{escape(state)}</td><td>{escape(result)}</td><td class="hvb-bench-acts">{acts}</td></tr>'
    )


def _compare(runs: Sequence[Run], chosen: tuple[str, str], strings: Strings) -> str:
    heading = f"<h2>{escape(strings('bench.compare'))}</h2>"
    done = [run for run in runs if run.state == DONE]
    if len(done) < 2:
        return f'{heading}<p class="hvb-facts">{escape(strings("bench.compare_few"))}</p>'
    before, after = chosen if all(chosen) else (done[1].id, done[0].id)
    named = [(run.id, run_name(run, strings)) for run in done]
    return (
        f'{heading}<form class="hvb-bench-form">'
        f'<label class="hvb-bench-wide">{escape(strings("bench.before"))}<select name="before">{options(named, before)}</select></label>'
        f'<label class="hvb-bench-wide">{escape(strings("bench.after"))}<select name="after">{options(named, after)}</select></label>'
        f"{button(strings('bench.compare_run'), 'submit', css='hvb-primary', act='compare')}</form>"
    )


def run_name(run: Run, strings: Strings) -> str:
    """Return *run* in one line: when, which set, how many right, its note."""
    result = share(run.correct or 0, run.count, strings)
    key = "bench.option_note" if run.note else "bench.option"
    return strings(key, when=when(run), name=run.set_name, share=result, note=run.note)
