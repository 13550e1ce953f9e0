"""The works on the engine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import cascade as cs
from experiments.benchmarks.rivals import works

_leaf: Final = cs.task(works.leaf)
_leaf_coroutine: Final = cs.task(works.leaf_coroutine)
_step: Final = cs.task(works.step)


def _on_one_engine(declared: Callable[[], Any], expected: object, times: int) -> list[float]:
    async def main() -> list[float]:
        async with cs.Engine() as engine:

            def work() -> Awaitable[object]:
                return engine.run(declared())

            return await works.timed_here(work, expected, times)

    return asyncio.run(main())


def _wide(n: int, times: int) -> list[float]:
    return _on_one_engine(lambda: [_leaf(i) for i in range(n)], list(range(n)), times)


def _wide_coroutines(n: int, times: int) -> list[float]:
    return _on_one_engine(lambda: [_leaf_coroutine(i) for i in range(n)], list(range(n)), times)


def _chain(n: int, times: int) -> list[float]:
    def declared() -> Any:
        x: Any = 0
        for _ in range(n):
            x = _step(x)
        return x

    return _on_one_engine(declared, n, times)


@cs.task
async def _sleeper(number: int, each: int, clock: cs.Clock = cs.inject("cascade.clock")) -> float:
    for k in range(each):
        await clock.sleep(works.sleep_s(number, k))
    return clock.now


async def _sleepers(sleepers: int, each: int) -> int:
    clock = cs.VirtualClock()
    async with cs.Engine(clock=clock) as engine:
        runs = [asyncio.create_task(engine.run(_sleeper(i, each))) for i in range(sleepers)]
        await asyncio.sleep(0)  # each goes to its first wait
        while clock.next_deadline is not None:
            clock.advance(1000.0)
        return round(1000 * max(await asyncio.gather(*runs)))


def _virtual_sleeps(sleepers: int, each: int, times: int) -> list[float]:
    async def main() -> list[float]:
        expected = works.last_wake_ms(sleepers, each)
        return await works.timed_here(lambda: _sleepers(sleepers, each), expected, times)

    return asyncio.run(main())


@cs.task
async def _waiter(channel: cs.Channel[None]) -> None:
    await channel.receive()


def _waiting(n: int) -> float:
    async def main() -> float:
        async with cs.Engine(clock=cs.VirtualClock()) as engine:
            channels: list[cs.Channel[None]] = [cs.Channel() for _ in range(n)]
            before = works.resident()
            runs = [asyncio.create_task(engine.run(_waiter(channel))) for channel in channels]
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            found = (works.resident() - before) / n
            works.check(engine.statistics().runs_active, n)
        await asyncio.gather(*runs, return_exceptions=True)
        return found

    return asyncio.run(main())


WAYS: Final[dict[str, Callable[..., Any]]] = {
    "wide": _wide,
    "wide_coroutines": _wide_coroutines,
    "chain": _chain,
    "virtual_sleeps": _virtual_sleeps,
    "waiting": _waiting,
}
