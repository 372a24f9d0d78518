"""
Starts every peer of this folder, scores them beside ours and the baselines in one run, and ends them.

    python -m eval.peers.beside --python .peer/bin/python --index .index --json eval/results/peers-COMMIT.json

*--python* is the interpreter of the peers' environment (``requirements.txt``).
"""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from eval.__main__ import main as run_eval
from eval.question_set import DEVELOPMENT, QUESTIONS
from indexer.command_line import run_command
from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PEERS = {"LangChain": "langchain_rag", "LlamaIndex": "llama_index_rag", "Haystack": "haystack_rag"}
SYSTEMS = "assistant,bm25-syllables,bm25-words,dense"
_STARTING = 300.0  # seconds until a peer has read and encoded the documents
_ENDING = 10.0


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 done, 1 a fault of the input, 2 wrong usage."""
    parser = argparse.ArgumentParser(
        prog="python -m eval.peers.beside", description=(__doc__ or "").strip().split("\n")[0]
    )
    parser.add_argument(
        "--python",
        type=Path,
        default=Path(".peer/bin/python"),
        metavar="FILE",
        help="interpreter of the peers (.peer/bin/python)",
    )
    parser.add_argument("--index", type=Path, default=Path(".index"), metavar="DIR", help="the index (.index)")
    parser.add_argument(
        "--questions",
        type=Path,
        nargs="+",
        default=[DEVELOPMENT, QUESTIONS / "practice_5.jsonl"],
        metavar="FILE",
        help="question files (development.jsonl practice_5.jsonl)",
    )
    parser.add_argument(
        "--peers", nargs="+", choices=PEERS, default=list(PEERS), metavar="NAME", help=f"({' '.join(PEERS)})"
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="write what the table of the documentation is made of")
    options = parser.parse_args(argv)
    options.run = _run
    return run_command(options)


def _run(options: argparse.Namespace) -> int:
    command = ["run", "--questions", *map(str, options.questions), "--index", str(options.index)]
    command += ["--systems", SYSTEMS, "--no-baseline", "--brief"]
    command += ["--json", str(options.json)] if options.json else []
    with ExitStack() as stack:
        for name in options.peers:
            address = stack.enter_context(serving(options.python, name, options.index))
            command += ["--adapter", f"http:{address}", "--name", name]
        return run_eval(command)


@contextmanager
def serving(python: Path, name: str, index: Path) -> Iterator[str]:
    """
    Start the peer *name*, give its address once it answers, and end it.

    Raises:
        InputError: it cannot be started; the message has the last thing that it said.
    """
    port = _free_port()
    module = f"eval.peers.{PEERS[name]}"
    with tempfile.TemporaryFile() as said:
        try:
            child = subprocess.Popen(  # noqa: S603 - our own module
                [str(python), "-m", module, "--index", str(index), "--port", str(port)],
                stdin=subprocess.DEVNULL,
                stderr=said,
            )
        except OSError as error:
            msg = f"{python}: cannot be started ({error.strerror}).\n  Make the environment of the peers; eval/peers/requirements.txt says what is in it."
            raise InputError(msg) from error
        try:
            sys.stderr.write(f"{name} reads the documents …\n")
            _wait(child, port, name, said)
            yield f"http://127.0.0.1:{port}/"
        finally:
            child.terminate()
            try:
                child.wait(_ENDING)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _wait(child: subprocess.Popen[bytes], port: int, name: str, said: tempfile._TemporaryFileWrapper[bytes]) -> None:
    end = time.monotonic() + _STARTING
    while time.monotonic() < end and child.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    said.seek(0)
    last = said.read().decode(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
    raise InputError(
        f"{name}: did not start ({last[0]}).\n  Leave it out with --peers, or install what it needs: eval/peers/requirements.txt"
    )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
