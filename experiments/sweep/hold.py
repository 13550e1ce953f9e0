"""The hold on a sweep: whether its lanes may begin batches, and whether all have stopped."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

import cascade as cs


class Hold:
    """Holds up one task of an engine by a live constraint, for as long as is asked.

    Parameters
    ----------
    task
        What is held up; lanes call it again and again.
    on_held
        Called when it is held, and nothing of it is under way any more.

    Attributes
    ----------
    connector, bus
        For the engine.
    """

    def __init__(self, task: cs.Task[..., object], on_held: Callable[[], object]) -> None:
        self._name = task.name
        self._on_held = on_held
        self._topic: Final = f"cascade/constraints/task/{task.name}"
        self._is_paused = False
        self._n_lanes = self._n_held = 0
        self.connector = cs.InProcessConnector()
        self.bus = cs.MessageBus()
        self.bus.subscribe(cs.TaskBlocked, self._note_blocked)

    @property
    def is_held(self) -> bool:
        """Whether it is paused, and nothing is under way any more."""
        return self._is_paused and self._n_held >= self._n_lanes

    async def pause(self) -> None:
        """Let nothing begin until :meth:`go_on`; what is under way comes to its end.

        It may be called at any time, also while there are no lanes yet.
        """
        if not self._is_paused:
            self._is_paused, self._n_held = True, 0
            await self._say()

    async def go_on(self) -> None:
        """Let it begin again."""
        self._is_paused = False
        await self._say()

    @asynccontextmanager
    async def lane(self) -> AsyncIterator[None]:
        """Be one of those who call it; within a run of the engine."""
        self._n_lanes += 1
        try:
            if self._is_paused:
                await self._say()
            yield
        finally:
            self._n_lanes -= 1

    async def _say(self) -> None:
        """Tell the engine, which hears it as long as there are lanes; each asks as it begins."""
        if self._n_lanes:
            held = {"id": "pause", "scope": f"task:{self._name}", "type": "pause"}
            payload = held if self._is_paused else {}
            await self.connector.publish(self._topic, payload, retain=True)

    def _note_blocked(self, event: cs.TaskBlocked) -> None:
        if self._is_paused and event.task_name == self._name:
            self._n_held += 1
            if self.is_held:
                self._on_held()
