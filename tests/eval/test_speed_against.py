"""Speed against a stored run: what counts as worse, and what is noise."""

from __future__ import annotations

import json

import pytest

from eval.__main__ import main
from eval.speed import Measured, report
from eval.speed_against import busy, compare_figures, load_figures
from indexer.errors import InputError


@pytest.mark.parametrize(
    ("before", "after", "worse"),
    [
        # twice as slow on a machine that is twice as slow: its floor says so
        (Measured("a", "ms", 10, 5), Measured("a", "ms", 20, 10), False),
        # as fast as before on a machine that is twice as fast
        (Measured("a", "ms", 20, 10), Measured("a", "ms", 20, 5), True),
        # a quarter more is within noise, a little more than that is not
        (Measured("a", "ms", 20, 10), Measured("a", "ms", 25, 10), False),
        (Measured("a", "ms", 20, 10), Measured("a", "ms", 26, 10), True),
        # three times the floor in place of once, but half a millisecond
        (Measured("a", "ms", 0.25, 0.25), Measured("a", "ms", 0.75, 0.25), False),
        # of rates more is better
        (Measured("a", "/s", 10, 20), Measured("a", "/s", 7, 20), True),
        (Measured("a", "/s", 7, 20), Measured("a", "/s", 10, 20), False),
        # memory without a floor is judged as it is, a time without one is not judged
        (Measured("a", "MiB", 100), Measured("a", "MiB", 130), True),
        (Measured("a", "MiB", 4), Measured("a", "MiB", 8), False),
        (Measured("a", "s", 1), Measured("a", "s", 9), False),
        # one error is one too many
        (Measured("a", "", 0), Measured("a", "", 1), True),
        (Measured("a", "", 1), Measured("a", "", 0), False),
    ],
)
def test_what_is_worse(before, after, worse):
    """A figure is judged by how many times its floor it is, and got worse by more than a quarter and by more than noise."""
    (found,) = compare_figures([before], [after])

    assert found.worse is worse


def test_only_the_same_figures_are_compared():
    """A figure that one run alone has, or in another unit, is compared with nothing."""
    assert compare_figures([Measured("a", "s", 1, 1)], [Measured("a", "ms", 1, 1), Measured("b", "s", 1, 1)]) == []


def test_the_command_says_what_got_worse(tmp_path, capsys):
    """Against a stored run the command names what got worse; with --fail it ends with 3, without it with 0."""
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    for path, times in ((before, 2.0), (after, 4.0)):
        measured = [Measured("build", "s", 10 * times, 10.0), Measured("open", "s", 1.0, 1.0)]
        path.write_text(json.dumps(report(measured, questions=0)), encoding="utf-8")
    command = ["speed", "--figures", str(after), "--against", str(before)]

    assert main(command) == 0
    out = capsys.readouterr().out
    assert "| build | 20 s | 2.00 | 40 s | 4.00 | 2.00 | WORSE |" in out
    assert "1 of 2 figures got worse beyond noise (ratio to the floor worse by more than 25%): build" in out
    assert main([*command, "--fail"]) == 3
    assert main(["speed", "--figures", str(before), "--against", str(after), "--fail"]) == 0
    assert "None of 2 figures got worse" in capsys.readouterr().out


def test_a_busy_machine_is_told():
    """From half a processor in use by others, of each, times say little, and that is said; an idle or unknown one is not."""
    assert busy({"machine": {"load_before": 0.9, "cores": 2}}) is None
    assert busy({"machine": {"load": 3.0, "cores": 2}}) is None
    assert busy({}) is None
    assert busy({"machine": {"load_before": 1.5, "cores": 2}}).startswith("others kept 1.5 of 2 processors busy")


def test_a_file_that_is_no_report(tmp_path, capsys):
    """A stored run that is missing or something else ends with 1 before anything is measured."""
    path = tmp_path / "odd.json"
    assert main(["speed", "--growth", "--against", str(path)]) == 1
    assert "python -m eval speed --json" in capsys.readouterr().err
    path.write_text('{"measures": [{"what": "a"}]}', encoding="utf-8")
    with pytest.raises(InputError, match="is no report of speed"):
        load_figures(path)
