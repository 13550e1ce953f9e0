"""What a run that fails leaves to the garbage collector."""

from __future__ import annotations

import gc

import pytest

import cascade as cs


@cs.task
async def _fail_first(i: int, clock: cs.Clock = cs.inject("cascade.clock")) -> None:
    await clock.sleep(1.0 if i == 0 else 5.0)
    raise ValueError(i)


def _left_by(n: int) -> int:
    """Objects in cycles that a map leaves of which one of n items fails, and the rest is ended."""
    gc.collect()
    with pytest.raises(ValueError, match="0"):
        cs.run(_fail_first.map(i=range(n)), engine=cs.Engine(clock=cs.VirtualClock()))
    return gc.collect()


def test_items_that_are_ended_since_another_failed_leave_no_cycles() -> None:
    """But for what stands for each in the graph: a large map would be collected for a second."""
    _left_by(10)
    few, many = _left_by(100), _left_by(600)
    assert many - few <= 2 * 500
