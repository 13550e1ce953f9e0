"""Runs that say what was skipped in them and why, and tasks that only hand on."""

from __future__ import annotations

import asyncio
from typing import Any

import cascade as cs


def run(clock: cs.Clock, target: cs.Lazy, **params: Any) -> tuple[Any, dict[str, str]]:
    """Result of a run, and the reasons of what was skipped in it, by first argument or name."""
    bus = cs.MessageBus()
    skipped: dict[str, str] = {}
    bus.subscribe(
        cs.TaskSkipped, lambda e: skipped.update({f"{e.task_name}:{e.task_id}": e.reason})
    )

    async def main() -> Any:
        async with cs.Engine(bus=bus, clock=clock) as engine:
            return await engine.run(target, params)

    return asyncio.run(main()), skipped


@cs.task
def after(value: Any) -> Any:
    return value


@cs.task
def both(a: Any, b: Any) -> Any:
    return a, b
