"""The way from one run or moment to another, and what the pump is about meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from experiments import Simulation
from gui.controllers.replaying import Replaying, Stop
from gui.controllers.showing import Showing
from gui.controllers.staging import Staging
from gui.controllers.undoing import Undoing
from gui.models.current_run import CurrentRun
from gui.models.intent import Intent
from gui.models.place import Place
from gui.models.pump_state import PumpState

_TURN_S: Final = 0.006

_LONGEST_LEAVE_S: Final = 1.0
"""Wall seconds for which a restart waits until the user can come back to the run it leaves."""


class Moving:
    """Goes where the user wants to be: to a fresh swarm, another run, another moment.

    Parameters
    ----------
    simulation
        What runs.
    intent
        What the user wants.
    current
        What is known of the run; told when it is another one.
    staging
        Makes the swarms.
    replaying
        Knows the moments of a run that is repeated.
    undoing
        Knows the places to which the user can come back.
    showing
        Shows a run from its first moment, or as it was.
    begin_to_measure
        Called when a move is over.
    going_on
        Reports errors of what has to be done before a run is left.
    wall_clock
        Wall time in seconds.

    Attributes
    ----------
    state
        What there is at present; never `FAILED`.
    """

    def __init__(
        self,
        simulation: Simulation,
        intent: Intent,
        current: CurrentRun,
        staging: Staging,
        replaying: Replaying,
        undoing: Undoing,
        showing: Showing,
        begin_to_measure: Callable[[], object],
        going_on: Callable[[], AbstractContextManager[None]],
        wall_clock: Callable[[], float],
    ) -> None:
        self._simulation = simulation
        self._intent = intent
        self._current = current
        self._staging = staging
        self._replaying = replaying
        self._undoing = undoing
        self._showing = showing
        self._begin_to_measure = begin_to_measure
        self._going_on = going_on
        self._wall_clock = wall_clock
        self.state = PumpState.STARTING

    @property
    def _wanted_words(self) -> str:
        return "" if self._intent.restart is None else self._intent.restart.words

    @property
    def is_wanted(self) -> bool:
        """Whether somebody wants to be elsewhere."""
        return self._undoing.place_wanted is not None or self._intent.restart is not None

    def note_arrival(self) -> None:
        """There is a swarm, of the user's own or one that repeats a run."""
        self.state = PumpState.FOLLOWING if self._replaying.is_on else PumpState.LIVE

    async def begin(self) -> None:
        """Start the first swarm."""
        if await self._staging.begin():
            self.note_arrival()
        self._replaying.note(self._wall_clock())  # the beginning can be gone back to

    async def go(self) -> bool:
        """Go where the user wants to be; returns whether there was anything to do.

        Notes
        -----
        Cancelling is safe: closing the simulation ends what is half made.
        """
        has_moved = False
        if (place := self._undoing.place_wanted) is not None:
            await self._return_to(place)
            has_moved = True
        while self._intent.restart is not None:
            await self._restart()
            has_moved = True
        if (stop := self._replaying.stop_wanted()) is not None:
            await self._go_to(stop)
            has_moved = True
        return has_moved

    async def _restart(self) -> None:
        """End the swarm and start the one that is wanted."""
        was_ready = self.state is not PumpState.STARTING
        await self._leave_run(was_ready=was_ready)
        self._undoing.note_gone()
        self._showing.close_run()
        self.state = PumpState.STARTING
        if await self._staging.restart(was_ready=was_ready):
            self.note_arrival()
        if (place := self._staging.place_wanted) is not None:
            self._staging.place_wanted = None
            await self._return_to(place)
            return
        self._replaying.note(self._wall_clock())
        self._begin_to_measure()

    async def _leave_run(self, *, was_ready: bool) -> None:
        """Before a restart: keep the way back, and what was painted."""
        words, history = self._wanted_words, self._current.undo_stack
        if not was_ready:  # another one was being made: nobody was in it
            history.rename_last(words)
            return
        stop_at = time.perf_counter() + _LONGEST_LEAVE_S
        while time.perf_counter() < stop_at:
            with self._going_on():
                if await self._has_left(words):
                    return
            await asyncio.sleep(0)
        history.forget()  # there is no telling what was before

    async def _has_left(self, words: str) -> bool:
        """Do what was wished before; whether all of it is done, and the run noted as left."""
        self._undoing.take_up(_TURN_S)
        if (place := self._undoing.place_wanted) is not None:  # undone just before
            await self._return_to(place)
            return False
        if not self._simulation.settle(_TURN_S):
            return False
        self._undoing.note_paint()
        self._undoing.note_left(words)
        return True

    async def _return_to(self, place: Place) -> None:
        """Go on from where another run was left, or this one at an earlier moment."""
        self._undoing.place_wanted = None
        self._showing.close_run()
        self.state = PumpState.MOVING
        if place.parameters.side != self._simulation.parameters.side:
            self._undoing.note_gone()
            self._showing.show_dark(place.parameters)
        await self._staging.return_to(place)
        self._current.return_to(place)
        self._intent.drop_for_another_run()
        if self._intent.restart is None:
            self._intent.drop_seek()
        self._showing.return_to(place)
        self._replaying.begin()
        self.note_arrival()
        self._begin_to_measure()

    async def _go_to(self, stop: Stop) -> None:
        """Go to another moment of the run that is repeated."""
        self._showing.close_run()
        self.state = PumpState.MOVING
        await self._staging.go_to(self._replaying, stop)
        self._showing.go_to_moment()
        self.note_arrival()
        self._begin_to_measure()
