"""How far an advance gets in a chain of tasks that never wait."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import cascade as cs


async def test_a_budget_that_is_used_up_ends_after_the_task_under_way() -> None:
    """On a virtual clock no task takes time, so how long each took says nothing."""
    done: list[int] = []

    @cs.task
    async def begin(clock: cs.Clock = cs.inject("cascade.clock")) -> None:
        await clock.sleep(1.0)

    @cs.task
    async def step(i: int, _before: object) -> int:
        done.append(i)
        return i

    clock = cs.VirtualClock()
    engine = cs.Engine(clock=clock)
    chain: Any = begin()
    for i in range(6):
        chain = step(i, chain)
    run = asyncio.ensure_future(engine.run(chain))
    await asyncio.sleep(0)
    seen = []
    while len(done) < 6:
        clock.run_until(1.0, budget_s=0.0)
        seen.append(len(done))
    assert max(b - a for a, b in pairwise([0, *seen])) <= 1
    clock.run_until(1.0)
    assert await run == 5
    await engine.aclose()
