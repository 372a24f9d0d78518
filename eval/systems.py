"""The systems of a run by name, as the command line asks for them: ours, also with parts left out, baselines, and other people's."""

from __future__ import annotations

import sys
from argparse import SUPPRESS, Action
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.errors import InputError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Mapping

    from eval.run import Answerer
    from indexer.index import Index


class _PartsHelp(Action):
    """``--parts``: print what ``--without`` takes, and end."""

    def __call__(self, parser: ArgumentParser, *_: Any, **__: Any) -> None:
        from assistant.switches import PARTS  # noqa: PLC0415 - heavy, and rarely asked for

        sys.stdout.write("".join(f"{part:14} {what}\n" for part, what in PARTS.items()))
        parser.exit()


def add_options(run: ArgumentParser) -> None:
    """Add to the command *run* the options that say which systems answer."""
    systems = run.add_argument_group("systems")
    systems.add_argument(
        "--systems",
        default="assistant",
        metavar="LIST",
        help="assistant, bm25-syllables, bm25-words, dense, or none, parted by commas; dense:3 pastes three pieces (assistant)",
    )
    systems.add_argument(
        "--without",
        action="append",
        default=[],
        metavar="PART",
        help="leave a part out, again for more; --parts lists them",
    )
    systems.add_argument("--parts", action=_PartsHelp, nargs=0, default=SUPPRESS, help="list the parts, and end")
    systems.add_argument(
        "--model", metavar="NAME", help="the embedding model that the index was built with, if not our own"
    )
    systems.add_argument("--llm", metavar="URL", help="a server with the OpenAI protocol that may reword answers")
    systems.add_argument(
        "--llm-model", metavar="NAME", help="the model to ask of it; the key, if any, is in HVB_LLM_KEY"
    )
    systems.add_argument(
        "--adapter",
        action="append",
        default=[],
        metavar="KIND:WHERE",
        help="another system too, jsonl:FILE or http:URL, again for more; see docs/adapters.md",
    )
    systems.add_argument(
        "--name",
        action="append",
        default=[],
        metavar="NAME",
        help="what the adapters are called, in their order; without one, the assistant",
    )
    systems.add_argument(
        "--timeout", type=float, default=60.0, metavar="S", help="seconds to wait for an answer over HTTP (60)"
    )


def open_systems(options: Namespace, index: Index, texts: Mapping[str, str]) -> dict[str, Answerer]:
    """
    Return what *options* (of `add_options`, with ``answers``, ``baseline`` and ``index``) ask for, by name, ours first.

    Raises:
        InputError: an option cannot be followed; the message says which and what to do.
        StoreError: the index is of another model than the one that was asked for.
    """
    from eval.adapters import Adapted, RecordedAnswers, open_adapter, read_answers  # noqa: PLC0415
    from eval.baseline import PasteBaseline, open_baseline  # noqa: PLC0415
    from eval.run import ASSISTANT, BASELINE  # noqa: PLC0415

    found: dict[str, Answerer] = {}

    def add(name: str, answerer: Answerer) -> None:
        if name in found:
            raise InputError(f"two systems are called {name!r}.\n  Name them:  --name NAME for each --adapter")
        found[name] = answerer

    names = list(options.name)
    own_name = names.pop(0) if names and not options.adapter else None
    for wanted in [name.strip() for name in options.systems.split(",") if name.strip() not in ("", "none")]:
        if wanted == ASSISTANT and options.answers:
            add(own_name or ASSISTANT, Adapted(RecordedAnswers(read_answers(options.answers)), texts))
        elif wanted == ASSISTANT:
            add(own_name or assistant_name(options), open_assistant(options))
        elif wanted != BASELINE:
            add(wanted, open_baseline(wanted, texts, index.encoder))
    if options.baseline or BASELINE in options.systems.split(","):
        add(BASELINE, PasteBaseline(texts))
    for number, spec in enumerate(options.adapter):
        add(names[number] if number < len(names) else spec, open_adapter(spec, texts, timeout=options.timeout))
    if len(names) > len(options.adapter):
        raise InputError(f"--name {names[-1]!r}: there is no adapter for it.\n  Give as many --name as --adapter")
    if not found:
        msg = "no system is left to be asked.\n  Name one:  --systems assistant"
        raise InputError(msg)
    return found


def assistant_name(options: Namespace) -> str:
    """Return what the assistant is called in a report: "assistant without rerank, dense; model m; reworded by l"."""
    from eval.run import ASSISTANT  # noqa: PLC0415

    parts = [f"{ASSISTANT} without {', '.join(options.without)}"] if options.without else [ASSISTANT]
    parts += [f"model {Path(options.model).name}"] if options.model else []
    parts += [f"reworded by {options.llm_model}"] if options.llm else []
    return "; ".join(parts)


def open_assistant(options: Namespace) -> Answerer:
    """Return our system as *options* want it, its records with the steps of each answer."""
    from assistant.rephrase import open_client  # noqa: PLC0415 - each is heavy
    from assistant.service import Assistant  # noqa: PLC0415
    from assistant.switches import part_named  # noqa: PLC0415
    from eval.run import Explained  # noqa: PLC0415

    without = [part_named(name) for name in options.without]
    client = open_client(options.llm, options.llm_model)
    if client is not None and not client.is_local:
        sys.stderr.write(f"answers and quotes are sent to {client.host} to be reworded\n")
    assistant = Assistant.open(options.index, model=options.model, rephraser=client, without=without)
    if options.model is not None:
        assistant.index.encoder()  # another model than that of the index is told before anything is asked
    return Explained(assistant)
