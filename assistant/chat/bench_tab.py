"""The evaluator's tab: question sets are run, their misses read beside the documents, and two runs compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gradio as gr

from assistant.bench_runs import BusyError
from assistant.chat import bench, bench_result
from assistant.chat.parts import QUIET, html_part, sent
from assistant.visitors import Role
from indexer.errors import InputError

if TYPE_CHECKING:
    from assistant.bench_runs import BenchRuns
    from assistant.chat.desk import Desk
    from assistant.chat.office import Office

_MOST_SHOWN = 5000  # misses


class BenchTab:
    """Builds the evaluation over one desk. Who asks is looked up at every event; the page itself holds nothing of anybody."""

    name = "bench"

    def __init__(self, desk: Desk, office: Office) -> None:
        self.office = office
        self.desk = desk
        self.strings = desk.strings

    def build(self, viewer: gr.HTML) -> None:
        """Lay out the runs above what one of them found."""
        with gr.Column(elem_id="hvb-bench-column"):
            control = html_part(bench.render_first(self.strings), "hvb-bench")
            result = html_part("", "hvb-bench-result")
        quick = {"queue": False, **QUIET}
        control.apply(self.refresh, None, control, **quick)
        control.submit(self.act, None, [control, result], **quick)
        control.stop(self.stop, None, control, **quick)
        control.delete(self.delete, None, [control, result], **quick)
        control.input(self.show, None, result, **quick)
        result.input(self.show, None, result, **quick)
        result.select(self.open_place, None, viewer, **quick)

    def _allowed(self, request: gr.Request) -> tuple[BenchRuns, str] | str:
        """Return the runs and the id of who asks, or the sentence for somebody who may not."""
        visitor = self.office.visitor(request)
        if not visitor.is_known or not visitor.may(Role.EVALUATOR):
            return bench.render_closed(self.strings, "closed")
        if self.office.bench is None:
            return bench.render_closed(self.strings, "absent")
        return self.office.bench, visitor.id

    def _control(self, runs: BenchRuns, owner: str, *, notice: str = "", compared: tuple[str, str] = ("", "")) -> str:
        progress = runs.progress()
        return bench.render_control(
            runs.sets(owner),
            runs.runs(owner),
            progress if progress and progress.owner == owner else None,
            strings=self.strings,
            notice=notice,
            compared=compared,
        )

    def refresh(self, request: gr.Request) -> str:
        """Draw the sets and the runs anew."""
        allowed = self._allowed(request)
        return allowed if isinstance(allowed, str) else self._control(*allowed)

    def act(self, event: gr.EventData, request: gr.Request) -> tuple[str, object]:
        """Start a run, or compare two."""
        allowed = self._allowed(request)
        if isinstance(allowed, str):
            return allowed, ""
        data = sent(event)
        fields = data.get("fields")
        fields = fields if isinstance(fields, dict) else {}
        if data.get("act") == "compare":
            return self._compare(*allowed, str(fields.get("before", "")), str(fields.get("after", "")))
        runs, owner = allowed
        notice = ""
        try:
            runs.start(owner, str(fields.get("set", "")), str(fields.get("note", "")))
        except BusyError:
            notice = "busy"
        except InputError:
            notice = "unknown_set"
        return self._control(runs, owner, notice=notice), gr.skip()

    def _compare(self, runs: BenchRuns, owner: str, before: str, after: str) -> tuple[str, str]:
        control = self._control(runs, owner, compared=(before, after))
        found = [runs.run(owner, run) for run in (before, after)]
        results = [runs.result(owner, run) for run in (before, after)]
        comparison = runs.compare(owner, before, after)
        if found[0] is None or found[1] is None or results[0] is None or results[1] is None or comparison is None:
            return control, bench_result.render_gone(self.strings, "compare_failed")
        shown = bench_result.render_comparison(
            (found[0], found[1]), (results[0], results[1]), comparison, strings=self.strings
        )
        return control, shown

    def stop(self, request: gr.Request) -> str:
        """Stop the run that is on."""
        allowed = self._allowed(request)
        if isinstance(allowed, str):
            return allowed
        allowed[0].cancel(allowed[1])
        return self._control(*allowed)

    def delete(self, event: gr.EventData, request: gr.Request) -> tuple[str, str]:
        """Forget a run, or a set that the visitor brought."""
        allowed = self._allowed(request)
        if isinstance(allowed, str):
            return allowed, ""
        runs, owner = allowed
        data = sent(event)
        if "set" in data:
            runs.delete_set(owner, str(data["set"]))
        else:
            runs.delete(owner, str(data.get("run", "")))
        return self._control(runs, owner), ""

    def show(self, event: gr.EventData, request: gr.Request) -> str:
        """Show what a run found, the misses of one category alone where one is chosen."""
        allowed = self._allowed(request)
        if isinstance(allowed, str):
            return allowed
        data = sent(event)
        runs, owner = allowed
        run = runs.run(owner, str(data.get("run", "")))
        result = runs.result(owner, run.id) if run else None
        if run is None or result is None:
            return bench_result.render_gone(self.strings)
        fields = data.get("fields")
        category = fields.get("category", "") if isinstance(fields, dict) else data.get("category", "")
        shown = str(data.get("shown", ""))
        limit = min(int(shown), _MOST_SHOWN) if shown.isdecimal() else bench_result.PAGE
        return bench_result.render_result(run, result, strings=self.strings, category=str(category), shown=limit)

    def open_place(self, event: gr.EventData) -> str:
        """Open the place that a pressed button names."""
        return self.desk.place(sent(event))
