"""Staging: swarms are made and ended, with their progress shown and newer wishes heeded."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from typing import Final, Protocol

from experiments import (
    PARAMETER_FIELDS,
    ParameterError,
    Parameters,
    Simulation,
    Value,
    open_with,
)
from gui.controllers.presenting import Presenting
from gui.controllers.replaying import Replaying, Stop
from gui.controllers.screen import Screen
from gui.models.current_run import CurrentRun
from gui.models.intent import Intent
from gui.models.place import Beginning, Place

_NOTE_EVERY_S: Final = 1 / 30

_SHORT_S: Final = 0.3
"""Work below this many seconds shows no progress."""


class _SupersededError(Exception):
    """The swarm being made isn't wanted any more: another one is."""


class Stage(Protocol):
    """What runs the swarm, as far as this needs it."""

    def take_up_changes(self) -> None:
        """Ask the model for what was asked for since the last time."""

    def clear(self, parameters: Parameters) -> None:
        """Forget the run before, and show a swarm to which nothing has happened yet."""


def _of_swarm(parameters: Parameters) -> list[Value]:
    """What a swarm is made with, and none can be given later."""
    return [getattr(parameters, name) for name in PARAMETER_FIELDS.restarting]


class Staging:
    """Starts and restarts a simulation, shows its progress, and gives way to newer wishes.

    Parameters
    ----------
    simulation
        What is started.
    intent
        What the user wants.
    current
        Learns what the fresh swarm begins with and repeats.
    presenting
        Shows the progress, and what is wished meanwhile.
    screen
        Says what was cancelled.
    stage
        What runs the swarm.
    wall_clock
        Wall time in seconds.

    Attributes
    ----------
    place_wanted
        Where to go after giving up what was being made; None for nowhere.
    """

    def __init__(
        self,
        simulation: Simulation,
        intent: Intent,
        current: CurrentRun,
        presenting: Presenting,
        screen: Screen,
        stage: Stage,
        wall_clock: Callable[[], float],
    ) -> None:
        self._simulation = simulation
        self._intent = intent
        self._current = current
        self._presenting = presenting
        self._findings = presenting.findings
        self._screen = screen
        self._stage = stage
        self._wall_clock = wall_clock
        self._staged = simulation.parameters
        self._last_ready: Parameters | None = None
        self._last_beginning = current.beginning
        self.place_wanted: Place | None = None
        self._note_due = -math.inf

    async def begin(self) -> bool:
        """Start the simulation; False if it was superseded by a wish for another."""
        self._clear()
        with contextlib.suppress(_SupersededError):
            await self._simulation.start(self._show_start)
            self._note_ready()
            return True
        return False

    async def restart(self, *, was_ready: bool) -> bool:
        """End the swarm and start another; False if that was superseded too.

        The wish stays where it is until the old swarm has ended: whatever is
        asked until then goes into the same start.

        Parameters
        ----------
        was_ready
            Whether there is a swarm, rather than one being made.
        """
        if was_ready:
            self._last_ready = self._simulation.pending  # with all that was changed meanwhile
            self._last_beginning = self._current.beginning
        self._intent.take_cancel()
        self._findings.refusals = {}
        self._simulation.stop_following()
        self._current.leave_session()
        if self._intent.restart is not None:
            self._current.follow(self._intent.restart)
        self._clear()
        await self._simulation.aclose(self._show_end)
        self._clear()
        self._current.begin(self._intent.take_restart())
        with contextlib.suppress(_SupersededError):
            await self._simulation.restart(self._staged, self._show_start)
            if (session := self._current.session) is not None:
                self._simulation.follow(session)
            self._note_ready()
            return True
        return False

    async def return_to(self, place: Place) -> None:
        """Put a fresh swarm where another one, or this one, was left."""
        self._note_due = self._wall_clock() + _SHORT_S
        await self._simulation.aclose(self._show_leave)
        await self._simulation.go_to(place.moment, self._show_way)
        if place.session is not None:
            self._simulation.follow(place.session)
        self._staged = self._simulation.parameters
        self._findings.staged = None
        self._presenting.say("")

    async def go_to(self, replaying: Replaying, stop: Stop) -> None:
        """Put a fresh swarm in the state of another moment; whatever is wished waits."""
        self._note_due = self._wall_clock() + _SHORT_S
        await replaying.go_to(stop, self._show_way)
        self._presenting.say("")

    def _wanted(self) -> Parameters:
        """What the next swarm begins with, as far as is known by now."""
        self._stage.take_up_changes()
        return self._simulation.pending.replace(**self._intent.wanted_values)

    def _clear(self) -> None:
        self._staged = self._findings.staged = self._wanted()
        self._note_due = -math.inf
        self._stage.clear(self._staged)

    def _keep_up(self) -> None:
        """Take up what is asked meanwhile, as every frame does while time passes."""
        wanted = self._wanted()
        if _of_swarm(wanted) != _of_swarm(self._staged):
            self._clear()
        else:
            self._staged = self._findings.staged = wanted
            self._presenting.show()

    def _note_ready(self) -> None:
        try:
            if self._current.session is None:
                open_with(self._simulation, self._current.beginning.opening)
        except ParameterError:  # it was made for another grid
            self._current.beginning = Beginning()
        self._intent.take_cancel()
        self._findings.staged = None
        self._presenting.say("")

    def _go_back(self) -> None:
        """Give up the swarm being made for the run before, or for one that is ready at once."""
        left = None if self._last_ready is None else self._current.undo_stack.take_back_left()
        if left is not None:
            self.place_wanted = left
            n, t = left.parameters.n_fireflies, left.moment.t
            self._screen.show_toast(f"Cancelled: {n:,} fireflies again, at {t:.1f} s")
            raise _SupersededError
        before = self._last_ready or self._staged.replace(
            side=min(self._staged.side, PARAMETER_FIELDS["side"].default)
        )
        if _of_swarm(before) != _of_swarm(self._staged):
            values = before.values()
            self._intent.begin_anew("the cancel", beginning=self._last_beginning, **values)
            self._screen.show_toast(f"Cancelled: {before.n_fireflies:,} fireflies again")

    # -- progress -----------------------------------------------------------------------

    def _show_start(self, done: int, total: int) -> None:
        if self._intent.take_cancel():
            self._go_back()
        if self._intent.restart is not None:
            raise _SupersededError
        self._keep_up()
        words = self._simulation.kind_for(self._staged).starting.format(done=done, total=total)
        self._show_progress(words, done == total, can_cancel=True)

    def _show_way(self, done: int, total: int) -> None:
        self._show_progress(f"On the way: {done:,} of {total:,} fireflies")

    def _show_leave(self, done: int, total: int) -> None:
        self._show_progress(f"Ending {total:,} fireflies: {total - done:,} left")

    def _show_end(self, done: int, total: int) -> None:
        self._keep_up()
        self._show_leave(done, total)

    def _show_progress(
        self, words: str, is_last: bool = False, *, can_cancel: bool = False
    ) -> None:
        """Show a progress, no more often than it can be read."""
        wall = self._wall_clock()
        if wall >= self._note_due or is_last:
            self._note_due = wall + _NOTE_EVERY_S
            self._presenting.say(words, can_cancel=can_cancel)
