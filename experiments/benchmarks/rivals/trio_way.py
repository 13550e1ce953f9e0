"""The works on trio: tasks of one nursery, virtual time by its `MockClock`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import trio
import trio.testing

from experiments.benchmarks.rivals import works


async def _sleeper(number: int, each: int) -> None:
    for k in range(each):
        await trio.sleep(works.sleep_s(number, k))


async def _sleepers(sleepers: int, each: int) -> float:
    began = trio.current_time()
    async with trio.open_nursery() as nursery:
        for i in range(sleepers):
            nursery.start_soon(_sleeper, i, each)
    return float(trio.current_time() - began)


def _virtual_sleeps(sleepers: int, each: int, times: int) -> list[float]:
    def work() -> int:
        clock = trio.testing.MockClock(autojump_threshold=0)
        seconds: float = trio.run(_sleepers, sleepers, each, clock=clock)
        return round(1000 * seconds)

    return works.timed(work, works.last_wake_ms(sleepers, each), times)


async def _waiter(event: trio.Event) -> None:
    await event.wait()


async def _waiters(n: int) -> float:
    events = [trio.Event() for _ in range(n)]
    before = works.resident()
    async with trio.open_nursery() as nursery:
        for event in events:
            nursery.start_soon(_waiter, event)
        await trio.testing.wait_all_tasks_blocked()
        found = (works.resident() - before) / n
        works.check(sum(event.statistics().tasks_waiting for event in events), n)
        nursery.cancel_scope.cancel()
    return found


def _waiting(n: int) -> float:
    return float(trio.run(_waiters, n))


WAYS: Final[dict[str, Callable[..., Any]]] = {
    "virtual_sleeps": _virtual_sleeps,
    "waiting": _waiting,
}
