"""The pump: one asyncio task that lets virtual time pass, and shows what became of it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments import Parameters, Simulation
from gui.controllers.advancing import Advancing
from gui.controllers.changing import Changing
from gui.controllers.frame_times import FrameTimes
from gui.controllers.moving import Moving
from gui.controllers.presenting import Presenting
from gui.controllers.replaying import Replaying
from gui.controllers.running_ahead import RunningAhead
from gui.controllers.screen import Screen
from gui.controllers.showing import Showing
from gui.controllers.staging import Staging
from gui.controllers.undoing import Undoing
from gui.controllers.watcher import Watcher
from gui.models.allowance import Allowance
from gui.models.colouring import Colouring
from gui.models.current_run import CurrentRun
from gui.models.intent import Intent
from gui.models.metrics import Metrics
from gui.models.problems import Problem
from gui.models.pump_state import PumpState
from gui.picture.painting import Painting

BUDGET_S: Final = 0.006
"""Wall time for the simulation before the picture of a frame."""

_LEFT_TO_OTHERS_S: Final = 0.003
"""Wall time at the end of a frame that is left alone, however much time is owed."""

_LEAST_BUDGET_S: Final = 0.001

REST_S: Final = 0.1
"""Wall time between two frames when nothing moves, or nobody looks and nothing is owed."""


class Pump:
    """Takes up the user's wishes, advances the simulation and shows it, 60 times a second.

    Parameters
    ----------
    simulation
        What runs; started and restarted here, closed by its maker.
    intent
        What the user wants.
    current
        What is known of the run.
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
    presenting
        Shows what is not a picture.
    painting
        Makes the pictures, and knows how late each flash was.
    on_error
        Called with an error of a frame; the next frame still comes.
    watchers
        What takes pictures away, or has something else to do once a frame.
    allowance
        How long the simulation may work in a frame.
    frame_times
        When frames are.
    """

    def __init__(
        self,
        simulation: Simulation,
        intent: Intent,
        current: CurrentRun,
        screen: Screen,
        metrics: Metrics,
        table_of: Callable[[Colouring], NDArray[np.uint8]],
        wall_clock: Callable[[], float] = time.monotonic,
        failed_colour: tuple[int, int, int, int] = (255, 255, 255, 255),
    ) -> None:
        self.simulation = simulation
        self._intent = intent
        self._screen = screen
        self._metrics = metrics
        self._wall_clock = wall_clock
        self._has_failed = False
        self.allowance = Allowance(BUDGET_S)
        self._picture_s = 0.0
        self.frame_times = FrameTimes(metrics, self.allowance)
        intent.on_wish = self.wake
        self.on_error: Callable[[Exception], object] | None = None
        self.watchers: list[Watcher] = []
        self.painting = Painting(
            simulation.parameters, table_of, metrics, wall_clock, failed_colour
        )
        self.presenting = Presenting(simulation, intent, current, screen)
        self.replaying = Replaying(
            simulation, intent, current, self.presenting, screen, self.painting
        )
        self.replaying.on_branched = self._on_branched
        self._ahead = RunningAhead(simulation, intent, current, self.presenting, screen)
        self._advancing = Advancing(
            simulation, intent, current, screen, self.painting, self.replaying, self._ahead
        )
        self._showing = Showing(
            simulation,
            intent,
            current,
            self.presenting.findings,
            screen,
            metrics,
            self.painting,
            self._advancing,
            self.allowance,
        )
        meter, marks = self._advancing.meter, self._showing.marks
        self._changing = Changing(
            simulation, current, self.presenting.findings, meter, marks, wall_clock
        )
        self.undoing = Undoing(
            simulation,
            intent,
            current,
            screen,
            self.painting,
            self._changing.ask,
            lambda: marks.marks,
            lambda: self.replaying.session,
        )
        self._moving = Moving(
            simulation,
            intent,
            current,
            Staging(simulation, intent, current, self.presenting, screen, self, wall_clock),
            self.replaying,
            self.undoing,
            self._showing,
            self._begin_to_measure,
            self._going_on,
            wall_clock,
        )
        self._showing.forget(simulation.parameters)

    @property
    def state(self) -> PumpState:
        """What it is doing."""
        return PumpState.FAILED if self._has_failed else self._moving.state

    @property
    def dropped(self) -> float:
        """Virtual seconds owed that were dropped, for good."""
        return self._advancing.dropped

    @property
    def is_behind(self) -> bool:
        """Whether something is left to do that is due already."""
        return self._advancing.is_behind

    @property
    def is_resting(self) -> bool:
        """Whether it waits for somebody to want something."""
        return self.frame_times.is_resting

    @property
    def rest_s(self) -> float:
        """Seconds for which there is nothing to do unless somebody wants it; 0 if there is."""
        intent = self._intent
        is_under_way = self.is_behind or self.undoing.is_waiting or intent.is_elsewhere
        if self._moving.is_wanted or is_under_way or self._is_taken:
            return 0.0
        if not self._screen.is_showing():
            return 0.0 if intent.steps or intent.periods else REST_S
        if intent.is_playing or intent.steps or intent.periods:
            return 0.0
        return REST_S if self._showing.is_up_to_date else 0.0

    @property
    def _is_taken(self) -> bool:
        return any(watcher.wants_pictures for watcher in self.watchers)

    def wake(self) -> None:
        """Ask for a frame at once: somebody wants something."""
        self.frame_times.call()

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

    async def begin(self) -> None:
        """Start the simulation and show how far it is."""
        with self._ending_with_errors():
            await self._moving.begin()

    async def go_on(self) -> None:
        """Show one frame after the other, until cancelled."""
        with self._ending_with_errors():
            while True:
                await self.frame_times.next(self.rest_s)
                await self.step(self._wall_clock())

    async def step(self, wall: float) -> None:
        """One frame: moves to another run or moment, wishes, time, picture, figures.

        Parameters
        ----------
        wall
            Wall time, seconds, never going back.

        Notes
        -----
        Cancelling is safe. The loop has a turn in between, for input and painting.
        """
        if await self._moving.go() or await self._advancing.ready():
            wall = self._wall_clock()
        with self._going_on(), self.allowance.watching():
            self._take_up_wishes()
            self._advancing.pass_time(wall, self.allowance.beside(self._picture_s))
            began = time.perf_counter()
            self._showing.show_picture(wall, is_taken=self._is_taken)
            self._picture_s = time.perf_counter() - began
            self.replaying.note(wall)
            self._ahead.note(wall)
            for watcher in self.watchers:
                watcher.take(wall)
        await asyncio.sleep(0)
        with self._going_on(), self.allowance.watching():
            self._showing.show_more(self._wall_clock(), self.allowance.scarcity)
            self.presenting.show()
            self._work_off()

    async def run_ahead(self, t: float) -> None:
        """Run to virtual time `t` as fast as possible, with nothing shown on the way."""
        self.painting.appointment = None  # these flashes aren't due at any wall time
        while not self.simulation.run_until(t, BUDGET_S).reached:
            self.painting.rest(self.simulation)  # flashes it has seen need not be kept
            await asyncio.sleep(0)
        self.simulation.sample()
        self._showing.pass_over()
        self.painting.rest(self.simulation)

    def present(self) -> None:
        """Show the present state, without letting time pass."""
        self._take_up_wishes()
        wall = self._wall_clock()
        self._showing.show_picture(wall, is_taken=self._is_taken)
        self._showing.show_all(wall)
        self.presenting.show()

    def show_problem(self, problem: Problem) -> None:
        """Say that something has gone wrong, and keep it in the list."""
        self._showing.show_problem(problem)

    @contextlib.contextmanager
    def _going_on(self) -> Iterator[None]:
        """Report an error to `on_error` and go on; raise it if that is None."""
        try:
            yield
        except Exception as error:
            if self.on_error is None:
                raise
            self.on_error(error)

    @contextlib.contextmanager
    def _ending_with_errors(self) -> Iterator[None]:
        try:
            yield
        except Exception:
            self._has_failed = True
            raise

    # -- a frame ------------------------------------------------------------------------

    def _take_up_wishes(self) -> None:
        intent = self._intent
        self.painting.is_calm = intent.is_calm
        self.painting.drawing = intent.drawing
        if intent.take_cancel():
            self.replaying.cancel()
            self._ahead.cancel()
        if intent.take_branch():
            self.replaying.branch()
        self._changing.ask(intent.take_asked())
        self.undoing.take_up(BUDGET_S)
        self.presenting.show()  # not after the picture, which is painted before the frame ends

    def _work_off(self) -> None:
        """Let more of the time pass that is owed, if the frame has something left for that.

        A frame with nothing new to paint, in the middle of an avalanche, has what painting
        would have cost, however late it is.
        """
        left = min(BUDGET_S, self.frame_times.left_s() - _LEFT_TO_OTHERS_S)
        if not self._showing.has_new_picture:
            left = max(left, self.allowance.budget_s)
        is_beside = self.simulation.under_way is not None
        if self.is_behind and left > _LEAST_BUDGET_S and not is_beside:
            self._advancing.pass_time(self._wall_clock(), left)

    # -- another run --------------------------------------------------------------------

    def _on_branched(self) -> None:
        self._moving.note_arrival()
        self._showing.branch()
        self._advancing.forgive()

    def take_up_changes(self) -> None:
        """Ask the model for what was asked for since the last time; see :class:`Stage`."""
        self._changing.ask(self._intent.take_asked())

    def clear(self, parameters: Parameters) -> None:
        """Forget the run before, and show what is about to be made; see :class:`Stage`."""
        self._showing.clear(parameters, self.replaying.begin())
        self._advancing.forget()
        self.presenting.show()

    def _begin_to_measure(self) -> None:
        """Nothing is owed for the time that a move has taken, and nothing was late."""
        self._advancing.forget()
        self._metrics.begin_anew()
        self.frame_times.forget()
