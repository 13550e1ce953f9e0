"""What many items of a map keep for the garbage collector, while they wait and when one fails."""

from __future__ import annotations

import asyncio
import gc

import pytest

import cascade as cs
from tests.cascade.running import make_clock


@cs.task
async def _fail_first(i: int, clock: cs.Clock = cs.inject("cascade.clock")) -> None:
    await clock.sleep(0.02 if i == 0 else 5.0)
    raise ValueError(i)


def _left_by(n: int, kind: str) -> int:
    """Objects in cycles that a map leaves of which one of n items fails, and the rest is ended."""
    gc.collect()
    with pytest.raises(ValueError, match="0"):
        cs.run(_fail_first.map(i=range(n)), engine=cs.Engine(clock=make_clock(kind)))
    return gc.collect()


@pytest.mark.parametrize("kind", ["virtual", "wall"])
def test_items_that_are_ended_since_another_failed_leave_no_cycles(kind: str) -> None:
    """Next to nothing each: otherwise a large map would be collected for a second."""
    _left_by(10, kind)
    few, many = _left_by(100, kind), _left_by(600, kind)
    assert many - few <= 500


def _kept_by(n: int, kind: str) -> int:
    """Objects that the collector looks at each time, while n items of a map wait."""

    async def main() -> int:
        clock = make_clock(kind)
        async with cs.Engine(clock=clock) as engine:
            gc.collect()
            before = len(gc.get_objects())
            run = asyncio.create_task(engine.run(_fail_first.map(i=[1] * n)))
            while clock.waiting < n:
                await asyncio.sleep(0)
            gc.collect()
            kept = len(gc.get_objects()) - before
            run.cancel()
            await asyncio.wait([run])
            return kept

    return asyncio.run(main())


@pytest.mark.parametrize(("kind", "at_most"), [("virtual", 8), ("wall", 27)])
def test_items_that_wait_keep_few_objects(kind: str, at_most: int) -> None:
    """Three coroutines, a context and what waits; on the wall clock what asyncio needs, too.

    All of them are looked at again and again while more begin: 20 and 31 each made a map of
    16,000 twice as slow.
    """
    _kept_by(10, kind)
    assert _kept_by(600, kind) - _kept_by(100, kind) <= 500 * at_most
