"""Passing time: what is owed to the wall clock, sought, stepped to, or left of an instant."""

from __future__ import annotations

import asyncio
import math
import time
from typing import Final

from experiments import Simulation, sparing_the_collector
from gui.controllers.replaying import Replaying
from gui.controllers.running_ahead import RunningAhead
from gui.controllers.screen import Screen
from gui.models.current_run import CurrentRun
from gui.models.intent import Intent
from gui.models.lateness import Appointment
from gui.models.pacing import Pacer, SpeedMeter, display_speed
from gui.picture.painting import Painting

_SLICE_S: Final = 1.0
"""Virtual time advanced at once, so that the budget is looked at often enough."""

_BESIDE_S: Final = 0.011
"""Wall time of a frame that may pass on another thread beside it."""

WORTH_A_THREAD_S: Final = 0.003
"""Work of a frame, seconds of the processor, that is worth another thread; less is done at once."""

_LONGEST_BESIDE_S: Final = 1_000.0
"""Virtual time that may pass in it, if it is to pass as fast as possible."""

_ROUNDING_S: Final = 1e-9  # smaller debts are rounding errors


class Advancing:
    """Lets virtual time pass as the user wants it to, within budgets.

    Parameters
    ----------
    simulation
        What runs.
    intent
        Says whether time passes, and how.
    current
        Knows how fast a run is repeated.
    screen
        Knows whether the picture is seen: then time doesn't leap.
    painting
        Learns which virtual time the speed asks for.
    replaying
        Leads to what is sought.
    running_ahead
        Leads to a level of R.

    Attributes
    ----------
    is_behind
        Whether something is left to do that is due already.
    meter
        Knows the speed held.
    """

    def __init__(
        self,
        simulation: Simulation,
        intent: Intent,
        current: CurrentRun,
        screen: Screen,
        painting: Painting,
        replaying: Replaying,
        running_ahead: RunningAhead,
    ) -> None:
        self._simulation = simulation
        self._intent = intent
        self._current = current
        self._screen = screen
        self._painting = painting
        self._replaying = replaying
        self._running_ahead = running_ahead
        self._pacer = Pacer()
        self.meter = SpeedMeter()
        self.is_behind = False
        self._was_playing: bool | None = None
        self._beside: tuple[float, float] | None = None  # virtual time: from where, and to where
        self._cost = math.inf  # seconds of the processor for each of virtual time, lately

    @property
    def dropped(self) -> float:
        """Virtual seconds owed that were dropped, for good."""
        return self._pacer.dropped

    @property
    def display_speed(self) -> float:
        """How fast the picture runs; 0 while it stands or takes steps."""
        if not self._intent.is_playing:
            return 0.0
        asked = self._current.speed(self._simulation.parameters.speed)
        return display_speed(asked, self.meter.rate())

    def forgive(self) -> None:
        """Owe nothing any more: the run goes on as another one."""
        self._beside = None
        self._pacer.forgive()

    def forget(self) -> None:
        """Owe nothing any more, and know of no speed held: the run goes on from elsewhere."""
        self._beside = None
        self._cost = math.inf
        self._pacer.forgive()
        self.meter.forget()

    def pass_time(self, wall: float, budget_s: float) -> None:
        """Do what is due, as far as the budget goes; note whether something is left.

        Parameters
        ----------
        wall
            Wall time, seconds.
        budget_s
            Seconds of wall time after which to stop.
        """
        with sparing_the_collector():
            self._take_over()
            self._do_due(wall, budget_s)

    async def ready(self) -> bool:
        """Wait until what passes beside is at the end of its budget; whether that took any time.

        Notes
        -----
        Cancelling is safe: it goes on. The loop has its turns.
        """
        under_way = self._simulation.under_way
        if under_way is None or under_way.done():
            return False
        await asyncio.shield(asyncio.wrap_future(under_way))
        return True

    def _take_over(self) -> None:
        """Pay for what has passed beside since the last frame, and see whether that was all."""
        self._simulation.meet()
        beside, self._beside = self._beside, None
        if beside is not None:
            begin, end = beside
            passed = self._simulation.now - begin
            self._pacer.pay(passed)
            self._cost = self._simulation.beside_s / passed if passed > 0.0 else math.inf
            self.is_behind = self._simulation.now < end

    def _pass_beside(self, owed: float, budget_s: float) -> bool:
        """Let the time pass that is owed while this frame is shown; whether all of it had."""
        simulation = self._simulation
        begin = simulation.now
        end = begin + min(owed, _LONGEST_BESIDE_S)
        simulation.run_beside(end, max(budget_s, _BESIDE_S))
        self._beside = begin, end if simulation.under_way else simulation.now
        return not self.is_behind

    def _do_due(self, wall: float, budget_s: float) -> None:
        simulation, intent = self._simulation, self._intent
        if intent.is_playing is not self._was_playing:
            self._was_playing = intent.is_playing
            self.meter.forget()
        before, self._painting.appointment = self._painting.appointment, None
        if intent.deeds:  # they wait for this instant to be complete: none may begin before
            self.is_behind = not simulation.settle(budget_s)
        elif intent.is_elsewhere:
            self._pacer.rest(wall)
            self.meter.forget()
            goes = self._running_ahead.pursue if intent.seek is None else self._replaying.seek
            if not goes(budget_s):
                self.is_behind = True
                return
        elif intent.is_playing:
            self.is_behind = not self._play(wall, budget_s)
            self.meter.note(wall, simulation.now)
            return
        self._pacer.rest(wall)
        if intent.steps:
            self.meter.forget()
            is_done = simulation.step_flash(budget_s)
            if is_done:
                intent.note_step()
            self.is_behind = not is_done
        elif intent.periods:
            self.meter.forget()
            is_done = simulation.step_period(budget_s)
            if is_done:
                intent.note_period()
            self.is_behind = not is_done
        else:  # what is done to fireflies is asked for now; the rest of an instant was before
            asked = before if self.is_behind else Appointment(wall, simulation.now, 1.0)
            self._painting.appointment = asked
            self.is_behind = not simulation.settle(budget_s)

    def _play(self, wall: float, budget_s: float) -> bool:
        """Let the time pass that is owed; returns whether all of it has."""
        simulation = self._simulation
        speed = self._current.speed(simulation.pending.speed)
        owed = self._pacer.owe(wall, speed)
        if not math.isinf(speed):
            self._painting.appointment = Appointment(wall, simulation.now + owed, speed)
        if self._screen.is_showing():
            owed = min(owed, self._pacer.leap)
        if owed <= _ROUNDING_S:
            return simulation.settle(budget_s)
        if simulation.kind.runs_beside() and owed * self._cost > WORTH_A_THREAD_S:
            return self._pass_beside(owed, budget_s)
        began, begin = time.thread_time(), simulation.now
        has_passed = self._pass_now(owed, budget_s)
        passed = simulation.now - begin
        self._cost = (time.thread_time() - began) / passed if passed > 0.0 else math.inf
        return has_passed

    def _pass_now(self, owed: float, budget_s: float) -> bool:
        """Let the time pass that is owed, as far as the budget goes; whether all of it has."""
        simulation = self._simulation
        stop_at = time.perf_counter() + budget_s
        while owed > _ROUNDING_S and (left := stop_at - time.perf_counter()) > 0.0:
            before = simulation.now
            is_reached = simulation.advance(min(owed, _SLICE_S), left).reached
            passed = simulation.now - before
            self._pacer.pay(passed)
            owed -= passed
            if not is_reached:
                return False
            if passed == 0.0:
                return True  # what is left is below the resolution of the clock: a later frame's
        return owed <= _ROUNDING_S
