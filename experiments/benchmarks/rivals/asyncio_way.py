"""The works by hand: `graphlib` sorts, `asyncio` runs side by side what is ready."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from graphlib import TopologicalSorter
from typing import Any, Final

from experiments.benchmarks.rivals import works


def _wide(n: int, times: int) -> list[float]:
    def work() -> list[int]:
        needs: dict[int, tuple[int, ...]] = dict.fromkeys(range(n), ())
        results: dict[int, int] = {}
        for i in TopologicalSorter(needs).static_order():
            results[i] = works.leaf(i)
        return [results[i] for i in range(n)]

    return works.timed(work, list(range(n)), times)


def _chain(n: int, times: int) -> list[float]:
    def work() -> int:
        needs = {i: (i - 1,) if i else () for i in range(n)}
        results: dict[int, int] = {}
        for i in TopologicalSorter(needs).static_order():
            results[i] = works.step(*(results[j] for j in needs[i]) if i else (0,))
        return results[n - 1]

    return works.timed(work, n, times)


async def _side_by_side(needs: dict[int, tuple[int, ...]]) -> list[int]:
    """As the documentation of `graphlib` does it with workers."""
    sorter = TopologicalSorter(needs)
    sorter.prepare()
    results: dict[int, int] = {}
    running: set[asyncio.Task[int]] = set()
    numbers: dict[asyncio.Task[int], int] = {}
    while sorter.is_active():
        for i in sorter.get_ready():
            task = asyncio.create_task(works.leaf_coroutine(i))
            running.add(task)
            numbers[task] = i
        ended, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            i = numbers.pop(task)
            results[i] = task.result()
            sorter.done(i)
    return [results[i] for i in needs]


def _wide_coroutines(n: int, times: int) -> list[float]:
    async def main() -> list[float]:
        def work() -> Any:
            return _side_by_side(dict.fromkeys(range(n), ()))

        return await works.timed_here(work, list(range(n)), times)

    return asyncio.run(main())


async def _waiter(event: asyncio.Event) -> None:
    await event.wait()


def _waiting(n: int) -> float:
    async def main() -> float:
        events = [asyncio.Event() for _ in range(n)]
        before = works.resident()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_waiter(event)) for event in events]
            await asyncio.sleep(0)
            found = (works.resident() - before) / n
            works.check(sum(task.done() for task in tasks), 0)
            for event in events:
                event.set()
        return found

    return asyncio.run(main())


WAYS: Final[dict[str, Callable[..., Any]]] = {
    "wide": _wide,
    "wide_coroutines": _wide_coroutines,
    "chain": _chain,
    "waiting": _waiting,
}
