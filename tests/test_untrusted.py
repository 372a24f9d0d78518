"""What is read is never run: no pickle, no code from a model's folder, no YAML or array that makes objects."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# modules that make objects, or run code, from bytes
RUNNING = frozenset(("pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal", "joblib", "jsonpickle", "runpy"))
# calls that do so, whatever their arguments
CALLS = frozenset(("torch.load", "yaml.load", "yaml.unsafe_load", "yaml.full_load", "eval", "exec"))
OUR_NAMES = frozenset(("eval",))  # our package bears the name of the function
# keywords that allow it
KEYWORDS = {"trust_remote_code": False, "allow_pickle": False, "weights_only": True, "shell": False}
OWN = [path for name in ("indexer", "assistant", "eval", "deploy") for path in sorted((ROOT / name).rglob("*.py"))]


def dotted(node: ast.AST) -> str:
    """Return "torch.load" for that attribute of that name, "" for what is not so simple."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def running(source: str) -> list[str]:
    """Name what of *source* could run what it reads, with its line."""
    found = []
    for node in ast.walk(ast.parse(source)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        found += [
            f"{node.lineno}: {name}" for name in names if name.split(".")[0] in RUNNING or name in CALLS - OUR_NAMES
        ]
        if isinstance(node, ast.Call):
            name = dotted(node.func)
            found += [f"{node.lineno}: {name}"] if name in CALLS else []
            found += [
                f"{node.lineno}: {keyword.arg}={ast.unparse(keyword.value)}"
                for keyword in node.keywords
                if keyword.arg in KEYWORDS
                and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is KEYWORDS[keyword.arg])
            ]
            if name in {"np.load", "numpy.load"} and not any(
                keyword.arg == "allow_pickle" for keyword in node.keywords
            ):
                found.append(f"{node.lineno}: {name} without allow_pickle=False")
    return found


def test_nothing_that_is_read_is_run():
    """
    No module of ours loads a pickle, trusts code from a model's folder, or hands a line to the shell.
    """
    wrong = [f"{path.relative_to(ROOT)}:{one}" for path in OWN for one in running(path.read_text(encoding="utf-8"))]

    assert wrong == []


@pytest.mark.parametrize(
    "line",
    [
        "import pickle",
        "from joblib import load",
        "from torch import load",
        "def f():\n    import cloudpickle",
        "torch.load(path)",
        "yaml.load(text)",
        "Model(path, trust_remote_code=True)",
        "Model(path, trust_remote_code=trusted)",
        "np.load(path)",
        "np.load(path, allow_pickle=True)",
        "subprocess.run(line, shell=True)",
        "exec(text)",
    ],
)
def test_each_way_is_seen(line):
    """
    The reader of the sources sees every way.
    """
    assert running(line)


def test_what_is_harmless_passes():
    """
    The same names with the harmless values are no complaint.
    """
    source = (
        "Model(path, trust_remote_code=False)\nnp.load(path, allow_pickle=False)\nmodel.eval()\nyaml.safe_load(text)"
    )

    assert running(source) == []
