"""The works on looptime: asyncio, on a loop whose time is virtual."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

import looptime

from experiments.benchmarks.rivals import works


async def _sleeper(number: int, each: int) -> float:
    for k in range(each):
        await asyncio.sleep(works.sleep_s(number, k))
    return asyncio.get_running_loop().time()


async def _sleepers(sleepers: int, each: int) -> int:
    began = asyncio.get_running_loop().time()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_sleeper(i, each)) for i in range(sleepers)]
    return round(1000 * (max(task.result() for task in tasks) - began))


def _virtual_sleeps(sleepers: int, each: int, times: int) -> list[float]:
    async def main() -> list[float]:
        expected = works.last_wake_ms(sleepers, each)
        return await works.timed_here(lambda: _sleepers(sleepers, each), expected, times)

    with asyncio.Runner(loop_factory=lambda: looptime.new_event_loop(start=0)) as runner:
        return runner.run(main())


WAYS: Final[dict[str, Callable[..., Any]]] = {"virtual_sleeps": _virtual_sleeps}
