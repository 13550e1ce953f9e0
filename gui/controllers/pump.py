"""The pump: one asyncio task that lets virtual time pass, and shows what became of it."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import math
import time
from collections.abc import Callable, Iterator
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from experiments import (
    PARAMETER_FIELDS,
    ParameterError,
    Parameters,
    Simulation,
    sparing_the_collector,
)
from gui.controllers.doze import Doze
from gui.controllers.instruments import Instruments
from gui.controllers.preset_shown import PresetShown
from gui.controllers.readouts import Readouts
from gui.controllers.replaying import Replaying, Stop
from gui.controllers.schedule import Schedule
from gui.controllers.screen import Screen
from gui.controllers.staging import Staging
from gui.controllers.undoing import Undoing
from gui.models.allowance import Allowance
from gui.models.coherence_trace import MarkKeeper
from gui.models.colouring import Colouring
from gui.models.intent import Intent
from gui.models.lateness import Appointment
from gui.models.metrics import FRAME_RATE_HZ, Metrics
from gui.models.pacing import Pacer, SpeedMeter, display_speed
from gui.models.place import Place
from gui.models.problems import Problem
from gui.models.scales import refusal_text, value_text
from gui.picture.painting import Painting

BUDGET_S: Final = 0.006
"""Wall time for the simulation before the picture of a frame."""

_LEFT_TO_OTHERS_S: Final = 0.003
"""Wall time at the end of a frame that is left alone, however much time is owed."""

_LEAST_BUDGET_S: Final = 0.001

_LONGEST_LEAVE_S: Final = 1.0
"""Wall seconds for which a restart waits until the run that is left can be come back to."""

_SLICE_S: Final = 1.0
"""Virtual time advanced at once, so that the budget is looked at often enough."""

_ROUNDING_S: Final = 1e-9  # what is owed less than this is what doubles left over

_REST_S: Final = 0.1
"""Wall time between two frames when nothing moves, or nobody looks and nothing is owed."""


class Watcher(Protocol):
    """Whoever takes pictures away, beside the screen."""

    @property
    def wants_pictures(self) -> bool:
        """Whether pictures have to be made even if nobody looks."""

    def take(self, wall: float) -> None:
        """A frame has been made, or its picture would be the one before."""


class Pump:
    """Takes up the user's wishes, advances the simulation and shows it, 60 times a second.

    Parameters
    ----------
    simulation
        What runs; started and restarted here, closed by whoever made it.
    intent
        What the user wants.
    screen
        Where it shows.
    metrics
        What it measures of itself.
    table_of
        Gives the colours of a view, RGBA, shape ``(256, 4)``.
    wall_clock
        Wall time in seconds.
    failed_colour
        RGBA of a firefly whose workflow has failed.

    Attributes
    ----------
    painting
        Makes the pictures, and knows how late each flash was.
    on_error
        Told of an error of a frame; the next frame comes all the same.
    watchers
        Who takes pictures away, or has something else to do once a frame.
    allowance
        How long the simulation may work in a frame.
    """

    def __init__(
        self,
        simulation: Simulation,
        intent: Intent,
        screen: Screen,
        metrics: Metrics,
        table_of: Callable[[Colouring], NDArray[np.uint8]],
        wall_clock: Callable[[], float] = time.monotonic,
        failed_colour: tuple[int, int, int, int] = (255, 255, 255, 255),
    ) -> None:
        self.simulation = simulation
        self.schedule = Schedule(FRAME_RATE_HZ)
        self._intent = intent
        self._screen = screen
        self._metrics = metrics
        self._wall_clock = wall_clock
        self._pacer = Pacer()
        self.painting = Painting(
            simulation.parameters, table_of, metrics, wall_clock, failed_colour
        )
        self._meter = SpeedMeter()
        self.allowance = Allowance(BUDGET_S)
        self._readouts = Readouts(screen, metrics, self._meter, intent, self.allowance)
        self._doze = Doze()
        intent.on_wish = self.wake
        self.on_error: Callable[[Exception], object] | None = None
        self.watchers: list[Watcher] = []
        self._is_playing_shown: bool | None = None
        self._is_behind = False
        self._is_picture_final = self._has_new_picture = False
        self._shown = simulation.parameters
        self._staging = Staging(simulation, intent, screen, self, wall_clock)
        self.replaying = Replaying(simulation, intent, screen, self.painting)
        self.replaying.on_branched = self._on_branched
        self.undoing = Undoing(
            simulation,
            intent,
            screen,
            self.painting,
            self._ask_of_the_model,
            lambda: self._marks.marks,
            lambda: self.replaying.session,
        )
        self._preset_shown = PresetShown(intent, screen)
        self._forget(simulation.parameters)

    @property
    def dropped(self) -> float:
        """Virtual seconds owed that were dropped, for good."""
        return self._pacer.dropped

    @property
    def is_resting(self) -> bool:
        """Whether it waits for somebody to want something."""
        return self._doze.is_on

    def wake(self) -> None:
        """Let there be a frame at once: somebody wants something."""
        self._doze.call()

    def _forget(self, parameters: Parameters) -> None:
        """Begin with nothing seen: the first run, or another."""
        self.painting.begin_anew(parameters)
        self._intent.time_window = None
        self._marks = MarkKeeper()
        self._instruments = Instruments(
            self._screen, self.painting.history, self._marks, self._intent
        )
        self._readouts.begin_anew()
        self._n_marked = 0
        self._screen.show_marks(np.zeros(parameters.n_fireflies, dtype=np.uint8))
        self._screen.show_pinned(None)
        self._preset_shown.forget()
        self._pacer.forgive()
        self._meter.forget()
        self._intent.wants_values_shown = True

    # -- running ------------------------------------------------------------------------

    async def run(self) -> None:
        """Start the simulation, then show one frame after the other, until cancelled.

        Notes
        -----
        Cancelling is safe at any moment; closing the simulation is left to its
        owner. Frames keep to the loop's clock.
        """
        await self.begin()
        await self.go_on()

    async def go_on(self) -> None:
        """Show one frame after the other, until cancelled."""
        while True:
            await self._next_frame()
            if (place := self.undoing.place_wanted) is not None:
                await self._return_to(place)
            while self._intent.restart is not None:
                await self._restart()
            if (stop := self.replaying.stop_wanted()) is not None:
                await self._go_to(stop)
            with self._going_on(), self.allowance.watching():
                self._advance_and_show()
            await asyncio.sleep(0)  # input and painting have their turn in between
            with self._going_on(), self.allowance.watching():
                self._show_more(self._wall_clock())
                self._work_off()

    async def _next_frame(self) -> None:
        """Wait until the next frame is due; as long as nothing moves, until somebody wants it."""
        is_rested = (rest := self._rest_s()) > 0.0
        if is_rested:
            await self._doze.sleep(rest)
        if not is_rested and self.allowance.is_starved and self.schedule.left() <= 0.0:
            self.schedule.catch_up()  # whoever sleeps now is woken after all the others
            await asyncio.sleep(0)
        elif not is_rested or self._doze.is_called:  # of many wishes in a row, one frame
            await self.schedule.next()
        missed, self.schedule.missed = self.schedule.missed, 0
        if not is_rested:
            self._metrics.frames_dropped += missed
            self.allowance.note_frame(missed)
        self._doze.begin_anew()

    def _rest_s(self) -> float:
        """How long there is nothing to do unless somebody wants it; 0 if there is."""
        intent = self._intent
        is_elsewhere = self.undoing.place_wanted or intent.restart is not None
        is_under_way = self._is_behind or self.undoing.is_waiting or intent.seek is not None
        if is_elsewhere or is_under_way or any(watcher.wants_pictures for watcher in self.watchers):
            return 0.0
        if not self._screen.is_showing():
            return 0.0 if intent.steps or intent.periods else _REST_S
        if intent.is_playing or intent.steps or intent.periods or not self._is_picture_final:
            return 0.0
        return _REST_S if self._instruments.is_up_to_date(self.simulation) else 0.0

    @contextlib.contextmanager
    def _going_on(self) -> Iterator[None]:
        """Let whoever listens know of an error, and go on; raise it if nobody listens."""
        try:
            yield
        except Exception as error:
            if self.on_error is None:
                raise
            self.on_error(error)

    def show_problem(self, problem: Problem) -> None:
        """Say that something has gone wrong, and keep it in the list."""
        self._readouts.show_problem(problem)

    async def begin(self) -> None:
        """Start the simulation and show how far it is."""
        await self._staging.begin()
        self.replaying.note(self._wall_clock())  # the beginning can be gone back to

    async def run_ahead(self, t: float) -> None:
        """Run to virtual time `t` as fast as possible, with nothing shown on the way."""
        while not self.simulation.run_until(t, BUDGET_S).reached:  # noqa: ASYNC110
            await asyncio.sleep(0)
        self.simulation.sample()
        self.painting.appointment = None  # nobody asked for these flashes at any moment
        self.painting.rest(self.simulation)

    async def _restart(self) -> None:
        """End the swarm and start the one that is wanted."""
        await self._leave_run()
        self.undoing.note_gone()
        self._readouts.close_run(self.simulation)
        await self._staging.restart()
        if (place := self._staging.place_wanted) is not None:
            self._staging.place_wanted = None
            await self._return_to(place)
            return
        self.replaying.note(self._wall_clock())
        self._pacer.forgive()
        self._metrics.begin_anew()
        self.schedule.forget()

    async def _leave_run(self) -> None:
        """Before a restart: keep the way back, and what was painted."""
        words, history = self._intent.restart_words, self._intent.undo_stack
        if not self._staging.is_ready:  # another one was being made: nobody left that
            history.rename_last(words)
            return
        stop_at = time.perf_counter() + _LONGEST_LEAVE_S
        while time.perf_counter() < stop_at:
            with self._going_on():
                self.undoing.take_up(BUDGET_S)
                if (place := self.undoing.place_wanted) is not None:  # undone just before
                    await self._return_to(place)
                elif self.simulation.settle(BUDGET_S):
                    self.undoing.note_paint()
                    self.undoing.note_left(words)
                    return
            await asyncio.sleep(0)
        history.forget()  # there is no telling what was before

    async def _return_to(self, place: Place) -> None:
        """Go on from where another run was left, or this one at an earlier moment."""
        self.undoing.place_wanted = None
        self._readouts.close_run(self.simulation)
        if place.parameters.side != self.simulation.parameters.side:
            self.undoing.note_gone()
            dark = self.painting.dark(place.parameters)
            self._screen.show_frame(dataclasses.replace(dark, is_evened=False))
        await self._staging.return_to(place)
        self._intent.return_to(place)
        self._forget(place.parameters)
        self.replaying.begin()
        self._marks.marks[:] = place.marks
        self.painting.return_to(self.simulation, place.memory, place.history, place.history_age)
        self._instruments = Instruments(
            self._screen, self.painting.history, self._marks, self._intent
        )
        self._n_marked = -1
        self._metrics.begin_anew()
        self.schedule.forget()

    async def _go_to(self, stop: Stop) -> None:
        """Go to another moment of the run that is repeated."""
        self._readouts.close_run(self.simulation)
        await self._staging.go_to(self.replaying, stop)
        self._readouts.begin_anew()
        self._n_marked = -1
        self._pacer.forgive()
        self._meter.forget()
        self._metrics.begin_anew()
        self.schedule.forget()
        self._intent.wants_values_shown = True

    def _on_branched(self) -> None:
        now = self.simulation.now
        self._marks.marks[:] = [mark for mark in self._marks.marks if mark.t <= now]
        self._pacer.forgive()

    def take_up_changes(self) -> None:
        """Ask the model for what was asked for since the last time; see :class:`Stage`."""
        self._ask_of_the_model(self._intent.take_asked())

    def clear(self, parameters: Parameters) -> None:
        """Forget the run before, and show what is about to be made; see :class:`Stage`."""
        self._forget(parameters)
        self._marks.marks[:] = self.replaying.begin()
        self._screen.show_parameters(parameters)
        self._instruments.show_empty(parameters)
        self._readouts.show_start(parameters)
        dark = self.painting.dark(parameters)
        self._screen.show_frame(dataclasses.replace(dark, is_evened=False))

    def frame(self) -> None:
        """One frame in one go: wishes, time, picture, figures."""
        self._advance_and_show()
        self._show_more(self._wall_clock())

    def present(self) -> None:
        """Show the present state, without letting time pass."""
        self._take_up_wishes()
        wall = self._wall_clock()
        self._show_picture_if_seen(wall)
        self._readouts.show(self.simulation, self.painting, wall)
        if self._screen.is_showing():
            self._instruments.show_all(self.simulation, wall)

    def _show_more(self, wall: float) -> None:
        self._readouts.show(self.simulation, self.painting, wall)
        if self._screen.is_showing():
            self._instruments.show_next(self.simulation, wall, self.allowance.scarcity)

    def _work_off(self) -> None:
        """Let more of the time pass that is owed, if the frame has something left for that.

        A frame with nothing new to paint, in the middle of an avalanche, has what painting
        would have cost, however late it is.
        """
        left = min(BUDGET_S, self.schedule.left() - _LEFT_TO_OTHERS_S)
        if not self._has_new_picture:
            left = max(left, self.allowance.budget_s)
        if self._is_behind and left > _LEAST_BUDGET_S:
            self._pass_time(self._wall_clock(), left)

    def _advance_and_show(self) -> None:
        wall = self._wall_clock()
        self._take_up_wishes()
        self._pass_time(wall, self.allowance.budget_s)
        self._show_picture_if_seen(wall)
        self.replaying.note(wall)
        for watcher in self.watchers:
            watcher.take(wall)

    def _show_picture_if_seen(self, wall: float) -> None:
        is_taken = any(watcher.wants_pictures for watcher in self.watchers)
        if self._screen.is_showing() or is_taken:
            self._show_picture(wall)
            self._show_marks()
            return
        self._has_new_picture = False
        self._metrics.note_rest()
        self.painting.rest(self.simulation)

    def _show_marks(self) -> None:
        """Show which fireflies something was done to, if that has changed."""
        if self.simulation.instant.n_interventions != self._n_marked:
            self._n_marked = self.simulation.instant.n_interventions
            status, side = self.simulation.status, self.simulation.parameters.side
            self._screen.show_marks(status)
            self._preset_shown.note_status(status, side)
            self._preset_shown.show(self.simulation.pending)  # there may be no other frame soon

    # -- wishes -------------------------------------------------------------------------

    def _take_up_wishes(self) -> None:
        self.painting.is_calm = self._intent.is_calm
        if self._intent.wants_cancel:
            self._intent.wants_cancel = False
            self.replaying.cancel()  # nothing else could be
        if self._intent.wants_branch:
            self.replaying.branch()
        asked = self._intent.take_asked()
        self._ask_of_the_model(asked)
        self.undoing.take_up(BUDGET_S)
        pending = self.simulation.pending
        if self._intent.replay_speed is not None:
            pending = pending.replace(speed=self._intent.replay_speed)
        if asked or self._intent.wants_values_shown or pending != self._shown:
            self._intent.wants_values_shown = False
            self._shown = pending
            self._screen.show_parameters(pending)
        self._preset_shown.show(pending)
        if self._intent.is_playing is not self._is_playing_shown:
            self._is_playing_shown = self._intent.is_playing
            self._screen.show_playing(self._intent.is_playing)
            self._meter.forget()
            self._readouts.hurry_status()

    def _ask_of_the_model(self, asked: dict[str, float]) -> None:
        """Change what was asked for, and say what was refused, next to what was moved."""
        if self._intent.session is not None:
            self._intent.replay_speed = asked.get("speed", self._intent.replay_speed)
            self._meter.forget()
            return
        refusals = self._refusals(asked)
        for name in asked:
            self._screen.show_refusal(name, refusals.get(name, ""))

    def _refusals(self, asked: dict[str, float]) -> dict[str, str]:
        """Change values; the reasons for those refused. One bad value doesn't refuse another."""
        try:
            self._change(asked)
        except ParameterError as refused:
            if len(asked) == 1:
                pending = self.simulation.pending
                return {
                    name: refusal_text(name, value, refused, pending)
                    for name, value in asked.items()
                }
            each = (self._refusals({name: value}) for name, value in asked.items())
            return {name: reason for reasons in each for name, reason in reasons.items()}
        return {}

    def _change(self, asked: dict[str, float]) -> None:
        if not asked or self.simulation.is_following:
            return
        before = self.simulation.pending
        after = self.simulation.change(**asked)
        if after.speed > before.speed:
            self._meter.forget()  # what was achieved until now is no limit any more
        for name in asked:
            value = getattr(after, name)
            if PARAMETER_FIELDS[name].shapes_run and value != getattr(before, name):
                words = f"{name} {value_text(name, value)}"
                self._marks.note(self._wall_clock(), self.simulation.now, name, words)

    # -- time ---------------------------------------------------------------------------

    def _pass_time(self, wall: float, budget_s: float) -> None:
        """Do what is due, as far as the budget goes; note whether something is left."""
        with sparing_the_collector():
            self._do_due(wall, budget_s)

    def _do_due(self, wall: float, budget_s: float) -> None:
        before, self.painting.appointment = self.painting.appointment, None
        if self.undoing.is_waiting:  # for this instant to be complete: none may begin before
            self._is_behind = not self.simulation.settle(budget_s)
        elif self._intent.seek is not None:
            self._pacer.rest(wall)
            self._meter.forget()
            self._is_behind = not self.replaying.seek(budget_s)
        elif self._intent.is_playing:
            self._is_behind = not self._play(wall, budget_s)
            self._meter.note(wall, self.simulation.now)
            return
        self._pacer.rest(wall)
        if self._intent.steps:
            self._meter.forget()
            is_done = self.simulation.step_flash(budget_s)
            self._intent.steps -= is_done
            self._is_behind = not is_done
        elif self._intent.periods:
            self._meter.forget()
            is_done = self.simulation.step_period(budget_s)
            self._intent.periods -= is_done
            self._is_behind = not is_done
        else:  # what is done to fireflies is asked for now; the rest of an instant was before
            asked = before if self._is_behind else Appointment(wall, self.simulation.now, 1.0)
            self.painting.appointment = asked
            self._is_behind = not self.simulation.settle(budget_s)

    def _play(self, wall: float, budget_s: float) -> bool:
        """Let the time pass that is owed; whether all of it has."""
        speed = self._intent.speed(self.simulation.pending.speed)
        owed = self._pacer.owe(wall, speed)
        if not math.isinf(speed):
            self.painting.appointment = Appointment(wall, self.simulation.now + owed, speed)
        if self._screen.is_showing():
            owed = min(owed, self._pacer.leap)
        if owed <= _ROUNDING_S:
            return self.simulation.settle(budget_s)
        stop_at = time.perf_counter() + budget_s
        while owed > _ROUNDING_S and (left := stop_at - time.perf_counter()) > 0.0:
            before = self.simulation.now
            is_reached = self.simulation.advance(min(owed, _SLICE_S), left).reached
            passed = self.simulation.now - before
            self._pacer.pay(passed)
            owed -= passed
            if not is_reached:
                return False
            if passed == 0.0:
                return True  # what is left is below the resolution of the clock: a later frame's
        return owed <= _ROUNDING_S

    # -- picture ------------------------------------------------------------------------

    def _show_picture(self, wall: float) -> None:
        """Show a picture if it would differ from the one that shows."""
        self._has_new_picture = False
        simulation, view = self.simulation, self._intent.view
        is_still = not self._intent.is_playing and self._intent.seek is None
        self._is_picture_final = self.painting.is_up_to_date(simulation, view, is_still=is_still)
        if self._is_picture_final:
            if not self._intent.is_playing:
                self._metrics.note_rest()
            return
        # A step is shown as it is: nothing moves on its own, and the guard sees to the rest.
        speed = 0.0
        if self._intent.is_playing:
            asked = self._intent.speed(simulation.parameters.speed)
            speed = display_speed(asked, self._meter.rate())
        frame = self.painting.make(simulation, view, speed, wall)
        if frame is not None:
            self._has_new_picture = True
            self._screen.show_frame(frame)
