"""The runs of a swarm: one ``engine.run`` per firefly and the courier's, owned to their end."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import cascade as cs
from experiments.population.courier import COURIER_PRIORITY, courier
from experiments.population.firefly import firefly
from experiments.population.garbage import collect_what_was_hidden, hide_what_lives
from experiments.population.protocol import Failure, OnProgress
from experiments.population.swarm import Swarm

_SLICE: Final = 64
"""Runs started before the loop has a turn: 2 to 3 ms of work."""

_ENDED_SLICE: Final = 2 * _SLICE
"""Runs ended before the loop has a turn: about as much work."""


class FireflyRuns:
    """Starts, watches and ends the workflows of one swarm, all on one engine."""

    def __init__(self, swarm: Swarm, engine: cs.Engine) -> None:
        self.failures: list[Failure] = []
        self._swarm = swarm
        self._engine = engine
        self._courier: asyncio.Task[Any] | None = None
        self._tasks: list[asyncio.Task[Any]] = []
        self._ids: dict[asyncio.Task[Any], int] = {}

    async def start(self, on_progress: OnProgress | None = None) -> None:
        """Start every firefly, a few at a time, so that the loop is never held for long.

        No virtual time passes. What has been made is taken out of the garbage
        collector's sight slice by slice: a full collection would hold the loop
        for as long as there are fireflies to look at.
        """
        side = self._swarm.parameters.side
        n = side * side
        await self._let_loop_turn(0, n, on_progress)
        collect_what_was_hidden()
        for row, _ in enumerate(self._swarm.connect()):
            if row % max(1, 2 * _SLICE // side) == 0:
                await self._let_loop_turn(0, n, on_progress)
        brings = self._engine.run(courier(self._swarm), priority=COURIER_PRIORITY)
        self._courier = asyncio.create_task(brings, name="courier")
        self._courier.add_done_callback(self._note_end)
        note_end = self._note_end  # one bound method, and one name, for all
        for i in range(n):
            run = self._engine.run(firefly(self._swarm, i), priority=i)
            task = asyncio.create_task(run, name="firefly")
            task.add_done_callback(note_end)
            self._tasks.append(task)
            if i % _SLICE == _SLICE - 1:
                await self._let_loop_turn(i + 1, n, on_progress)
        await self._let_loop_turn(n, n, on_progress)

    @property
    def is_courier_running(self) -> bool:
        """Whether the courier has started and not ended."""
        return self._courier is not None and not self._courier.done()

    async def _let_loop_turn(self, done: int, n: int, on_progress: OnProgress | None) -> None:
        if on_progress is not None:
            on_progress(done, n)
        await asyncio.sleep(0)
        hide_what_lives()

    async def aclose(self, on_progress: OnProgress | None = None) -> None:
        """Cancel every run, and wait until each has ended.

        Parameters
        ----------
        on_progress
            Called now and then with (runs ended, runs in all); not at all if there are none.
        """
        await asyncio.sleep(0)  # a run that never began would be a coroutine nobody awaited
        if self._courier is not None:
            self._courier.cancel()
            await asyncio.gather(self._courier, return_exceptions=True)
            self._courier = None
        n = len(self._tasks)
        if n and on_progress is not None:
            on_progress(0, n)
        for first in range(0, n, _ENDED_SLICE):
            batch = self._tasks[first : first + _ENDED_SLICE]
            for task in batch:
                task.cancel()
            await asyncio.gather(*batch, return_exceptions=True)
            if on_progress is not None:
                on_progress(first + len(batch), n)
        self._tasks.clear()
        self._ids.clear()

    def _note_end(self, task: asyncio.Task[Any]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None and task is self._courier:
            self.failures.append(Failure(None, "the courier", error))
        elif error is not None:
            if task not in self._ids:  # made when somebody fails: usually nobody does
                self._ids = {each: i for i, each in enumerate(self._tasks)}
            i = self._ids[task]
            self.failures.append(Failure(i, f"firefly {i}", error))
