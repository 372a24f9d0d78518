import random
import subprocess
import sys

import pytest

from indexer.index import Index
from tests.fakes import FakeEncoder
from tests.indexer.samples import annex, plan
from tests.indexer.test_index import build

WRITER = """
import sys
from pathlib import Path
from tests.indexer.samples import annex, plan
from tests.indexer.test_index import build

build(Path(sys.argv[1]), plan("b"))
print("ready", flush=True)
while True:
    build(Path(sys.argv[1]), plan("a"), annex())
    build(Path(sys.argv[1]), plan("b"))
"""
KILLS = 6


@pytest.mark.slow
def test_kill_9_at_random_moments(tmp_path):
    """
    However often a writer is killed while it publishes, the index opens as one that was published whole.
    """
    build(tmp_path, plan("a"), annex())
    moments = random.Random(57)  # noqa: S311 - no secret
    for _ in range(KILLS):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as writer:
            writer.stdout.readline()
            with pytest.raises(subprocess.TimeoutExpired):
                writer.wait(moments.uniform(0.02, 0.4))
            writer.kill()

        index = Index.open(tmp_path, encoder=FakeEncoder())
        assert index.parsed() in ([plan("a"), annex()], [plan("b")])
        assert len(index.vector_scores("kinh phí")) == len(index.passages)
    assert int(index.generation.removeprefix("gen-")) > 1
