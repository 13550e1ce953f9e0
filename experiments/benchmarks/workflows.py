"""Workflows without fireflies: what graphs, tail calls, waiting and silent events cost.

Usage: ``python -m experiments.benchmarks.workflows PART``
"""

from __future__ import annotations

import asyncio
import gc
import graphlib
import json
import os
import statistics
import sys
import time
import timeit
from collections.abc import Awaitable, Callable
from typing import Any, Final

import cascade as cs
from experiments.benchmarks.processes import measured, resident_bytes

WIDTH: Final = 1_000
SAME_SHAPE: Final = 10_000
STEPS: Final = 100_000
WAITING: Final = 10_000
ENGINES: Final = 2_000
PAIRS: Final = 21

Timed = Callable[[], Awaitable[Any]]


@cs.task
async def _leaf() -> None: ...


@cs.task
async def _gather(leaves: list[Any]) -> int:
    return len(leaves)


@cs.task
async def _count_down(n: int) -> Any:
    return _count_down(n - 1) if n else None


async def _bare_leaf() -> None: ...


async def _bare_count_down(n: int) -> int | None:
    return n - 1 if n else None


async def _seconds(body: Timed) -> float:
    began = time.perf_counter()
    await body()
    return time.perf_counter() - began


async def _ratio(ours: Timed, other: Timed, pairs: int = PAIRS) -> float:
    """Median of the ratios of times taken in turn."""
    await ours()
    await other()
    ratios = [await _seconds(ours) / await _seconds(other) for _ in range(pairs)]
    return round(statistics.median(ratios), 3)


async def _wide_graph(engine: cs.Engine) -> float:
    """A wide graph, declared, built and run, against a sorted list of bare coroutines."""

    async def ours() -> None:
        await engine.run(_gather([_leaf() for _ in range(WIDTH)]))

    async def sorted_coroutines() -> None:
        sorter: graphlib.TopologicalSorter[int] = graphlib.TopologicalSorter()
        coroutines = dict.fromkeys(range(WIDTH), _bare_leaf)
        sorter.add(WIDTH, *range(WIDTH))
        for number in sorter.static_order():
            await coroutines.get(number, _bare_leaf)()

    return await _ratio(ours, sorted_coroutines)


async def _plans_compiled() -> int:
    async with cs.Engine(clock=cs.WallClock()) as engine:
        for _ in range(SAME_SHAPE):
            await engine.run(_gather([_leaf(), _leaf()]))
        return engine.plans.compiled


async def _tail_call(engine: cs.Engine) -> float:
    """A step of a chain of tail calls, against a loop that awaits the same function."""

    async def ours() -> None:
        await engine.run(_count_down(STEPS))

    async def loop() -> None:
        n: int | None = STEPS
        while n:
            n = await _bare_count_down(n)

    return await _ratio(ours, loop, 5)


class _CountingBus(cs.MessageBus):
    """Counts how often it is asked whether nobody listens."""

    asked = 0

    def __getattribute__(self, name: str) -> Any:
        if name == "is_silent":
            type(self).asked += 1
        return super().__getattribute__(name)


async def _silent_events() -> float:
    """What the question whether anybody listens takes of runs without a subscriber: a share.

    That is all that events cost then: how often it is asked, times what it takes to ask.
    """

    async def body(engine: cs.Engine) -> None:
        await engine.run(_gather([_leaf() for _ in range(WIDTH)]))
        await engine.run(_count_down(WIDTH))

    async with cs.Engine(bus=_CountingBus(), clock=cs.WallClock()) as counting:
        await body(counting)
    bus = cs.MessageBus()
    each_s = min(timeit.repeat(lambda: bus.is_silent, number=STEPS)) / STEPS
    async with cs.Engine(bus=bus, clock=cs.WallClock()) as engine:
        await body(engine)
        seconds = [await _seconds(lambda: body(engine)) for _ in range(PAIRS)]
    return round(_CountingBus.asked * each_s / statistics.median(seconds), 3)


async def _bytes_per_waiting(clock: cs.Clock) -> int:
    """Resident memory of one more run that waits, its asyncio task included."""

    @cs.task
    async def wait_on(channel: cs.Channel[None]) -> None:
        await channel.receive()

    async with cs.Engine(clock=clock) as engine:
        channels: list[cs.Channel[None]] = [cs.Channel() for _ in range(WAITING)]
        gc.collect()
        before = resident_bytes() or 0
        tasks = [asyncio.create_task(engine.run(wait_on(channel))) for channel in channels]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        gc.collect()
        found = round(((resident_bytes() or 0) - before) / WAITING)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return found


def _bytes_per_engine() -> int:
    gc.collect()
    before = resident_bytes() or 0
    engines = [cs.Engine() for _ in range(ENGINES)]
    return round(((resident_bytes() or 0) - before) / len(engines))


async def _ratios() -> dict[str, Any]:
    async with cs.Engine(clock=cs.WallClock()) as engine:
        return {
            "wide_graph_ratio": await _wide_graph(engine),
            "plans_compiled_for_one_shape": await _plans_compiled(),
            "tail_call_ratio": await _tail_call(engine),
            "silent_events_share": await _silent_events(),
        }


def measure() -> dict[str, Any]:
    """All figures; ratios are medians of pairs within one process, memory has one each."""
    parts = [measured("experiments.benchmarks.workflows", part) for part in PARTS]
    return {name: figure for part in parts for name, figure in part.items()}


PARTS: Final[dict[str, Callable[[], dict[str, Any]]]] = {
    "ratios": lambda: asyncio.run(_ratios()),
    "virtual": lambda: {
        "bytes_per_waiting_workflow": asyncio.run(_bytes_per_waiting(cs.VirtualClock()))
    },
    "wall": lambda: {
        "bytes_per_waiting_workflow_wall": asyncio.run(_bytes_per_waiting(cs.WallClock()))
    },
    "engine": lambda: {"bytes_per_engine": _bytes_per_engine()},
}


def main() -> None:
    """Print one part as a JSON object."""
    os.write(1, json.dumps(PARTS[sys.argv[1]]()).encode() + b"\n")


if __name__ == "__main__":
    main()
