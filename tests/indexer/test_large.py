import gc
import os

import pytest

from indexer import large
from indexer.large import beside, uncollected


def doubled(numbers):
    """Stand for work that a process does."""
    return [2 * number for number in numbers], os.getpid()


def dies(numbers):
    """Die in a process of its own, as for want of memory."""
    if numbers[0] != os.getpid():
        os._exit(9)
    return "done here"


@pytest.mark.parametrize("count", [3, 20])
def test_work_beside_gives_what_it_gives_here(monkeypatch, count):
    """
    Few things are worked on here, many in a process of their own, with the same outcome.
    """
    monkeypatch.setattr(large, "LARGE", 10)
    with beside(doubled, range(count)) as result:
        found, process = result()

    assert found == [2 * number for number in range(count)]
    assert (process == os.getpid()) is (count < 10)


def test_a_process_that_dies_costs_time_alone(monkeypatch):
    """
    Where the process dies, the work is done here.
    """
    monkeypatch.setattr(large, "LARGE", 1)
    with beside(dies, [os.getpid()]) as result:
        assert result() == "done here"


def test_cycles_are_looked_for_afterwards():
    """
    The search for cycles rests meanwhile, and goes on afterwards whatever happens.
    """
    seen = []

    def fail():
        with uncollected():
            seen.append(gc.isenabled())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [*seen, gc.isenabled()] == [False, True]
