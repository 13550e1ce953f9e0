"""What tests of limits measure with: how many run at once, and an engine that hears messages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import cascade as cs


class Gauge:
    """A task that takes time, and how many of it ran at once."""

    def __init__(self, seconds: float = 1.0) -> None:
        self.now = self.most = 0
        self.begun: list[Any] = []
        self.times: list[float] = []

        @cs.task(name="work")
        async def work(label: Any, clock: Any = cs.inject("cascade.clock")) -> Any:
            self.begun.append(label)
            self.times.append(clock.scheduled)
            self.now += 1
            self.most = max(self.most, self.now)
            try:
                await clock.sleep(seconds)
            finally:
                self.now -= 1
            return label

        self.task = work


PAUSE = {"id": "p", "scope": "global", "type": "pause"}


class Live:
    """An engine with a connector, kept up by a run of its own, and messages to it."""

    def __init__(self, clock: cs.Clock, **parts: Any) -> None:
        self.clock = clock
        self.connector = cs.InProcessConnector()
        self.engine = cs.Engine(clock=clock, connector=self.connector, **parts)
        self.end: cs.Channel[None] = cs.Channel(capacity=1)

    async def __aenter__(self) -> Live:
        end = self.end

        @cs.task
        async def keep_connected() -> None:
            await end.receive()

        self._keeper = asyncio.create_task(self.engine.run(keep_connected()))
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.end.send(None)
        await drive_clock_until(self.clock, self._keeper.done)
        await self._keeper
        await self.engine.aclose()

    async def say(self, topic: str, payload: Any) -> None:
        await self.connector.publish(f"cascade/constraints/{topic}", payload)

    def start(self, target: cs.Lazy) -> asyncio.Task[Any]:
        return asyncio.create_task(self.engine.run(target))


async def drive_clock_until(clock: cs.Clock, is_over: Callable[[], bool]) -> None:
    while not is_over():
        await asyncio.sleep(0)
        if isinstance(clock, cs.VirtualClock) and clock.next_deadline is not None:
            clock.run_until(clock.next_deadline)
