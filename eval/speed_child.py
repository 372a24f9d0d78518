"""
What one fresh Python process takes to start; run by ``eval.speed``, prints one JSON object.

    python -m eval.speed_child answer INDEX QUESTION    import, open the index, answer one question
    python -m eval.speed_child libraries NAME…          import these libraries and nothing else
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from time import perf_counter

# what a process may load that takes time; the floor imports those that the process under measurement did load
LIBRARIES = (
    "numpy",
    "sqlite3",
    "bm25s",
    "faiss",
    "pyvi.ViTokenizer",
    "safetensors",
    "tokenizers",
    "torch",
    "sentence_transformers",
)


def peak_memory() -> float | None:
    """
    Return the peak of this process's resident memory in MiB, None where the system does not tell.

    On Linux ``getrusage`` gives a child the peak of the process that started it, so ``VmHWM`` is read there.
    """
    status = Path("/proc/self/status")
    if status.exists():
        peak = next((line for line in status.read_text().splitlines() if line.startswith("VmHWM:")), None)
        if peak:
            return int(peak.split()[1]) / 1024
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return None
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / 2**20 if sys.platform == "darwin" else used / 1024


def loaded() -> list[str]:
    """Return those of LIBRARIES that this process has loaded."""
    return [name for name in LIBRARIES if name in sys.modules]


def measure_answer(index: Path, question: str) -> dict[str, object]:
    """Import the assistant, open *index* and answer *question*; seconds count from the first line of this function."""
    began = perf_counter()
    from assistant.service import Assistant  # noqa: PLC0415

    imported = perf_counter()
    assistant = Assistant.open(index)
    opened = perf_counter()
    at_opening = loaded()
    memory_at_opening = peak_memory()
    assistant.record({"id": "first", "question": question})
    answered = perf_counter()
    return {
        "import": imported - began,
        "open": opened - imported,
        "ready": opened - began,
        "answered": answered - began,
        "libraries_ready": at_opening,
        "libraries_answered": loaded(),
        "memory_ready": memory_at_opening,
        "memory_answered": peak_memory(),
    }


def measure_libraries(names: list[str]) -> dict[str, object]:
    """Import the libraries *names*."""
    began = perf_counter()
    for name in names:
        import_module(name)
    return {"seconds": perf_counter() - began, "memory": peak_memory()}


if __name__ == "__main__":
    mode, *arguments = sys.argv[1:]
    found = measure_answer(Path(arguments[0]), arguments[1]) if mode == "answer" else measure_libraries(arguments)
    sys.stdout.write(json.dumps(found) + "\n")
