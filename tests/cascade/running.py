"""Runs for tests, on either clock, that say what was skipped and in which order it went."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import cascade as cs

CLOCKS = ("wall", "virtual")


def make_clock(kind: str) -> cs.Clock:
    return cs.WallClock(start=0.0) if kind == "wall" else cs.VirtualClock()


async def drive(clock: cs.Clock, *runs: Coroutine[Any, Any, Any]) -> list[Any]:
    """Outcomes of runs that overlap, errors included; virtual time passes as it must."""
    tasks = [asyncio.create_task(run) for run in runs]
    while not all(task.done() for task in tasks):
        await asyncio.sleep(0)
        if isinstance(clock, cs.VirtualClock):
            due = clock.next_deadline
            if due is not None:
                clock.run_until(due)
    return await asyncio.gather(*tasks, return_exceptions=True)


def run(clock: cs.Clock, target: Any, params: Any = None, **parts: Any) -> Any:
    """The value of `target` on an engine of its own; raises what the run raises."""

    async def main() -> Any:
        async with cs.Engine(clock=clock, **parts) as engine:
            (outcome,) = await drive(clock, engine.run(target, params))
            return outcome

    outcome = asyncio.run(main())
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome


def listening(*event_types: type[cs.Event]) -> tuple[cs.MessageBus, list[Any]]:
    """A bus, and the list to which it brings the events of these types."""
    bus, seen = cs.MessageBus(), list[Any]()
    for event_type in event_types:
        bus.subscribe(event_type, seen.append)
    return bus, seen


OnClock = Callable[..., Any]
"""Runs an async body with a virtual clock and an engine on it: fixture `on_virtual_clock`."""


async def start(engine: cs.Engine, *targets: cs.Lazy, priority: int = 0) -> list[Any]:
    """Start runs, each gone to its first wait; who gives the asyncio tasks must end them."""
    tasks = [asyncio.create_task(engine.run(t, priority=priority)) for t in targets]
    await asyncio.sleep(0)
    return tasks


async def drop(tasks: list[Any]) -> list[Any]:
    """Cancel asyncio tasks; their outcomes."""
    for task in tasks:
        task.cancel()
    return await asyncio.gather(*tasks, return_exceptions=True)
