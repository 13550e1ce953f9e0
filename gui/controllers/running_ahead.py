"""The run ahead: as fast as possible to a time, or until R is above a level."""

from __future__ import annotations

import math
from typing import Final

from experiments import OrderGoal, Simulation
from gui.controllers.presenting import Presenting
from gui.controllers.screen import Screen
from gui.models.current_run import CurrentRun
from gui.models.intent import Intent

LONGEST_AHEAD_S: Final = 3_600.0
"""Virtual seconds after which a level of R is given up."""

_NOTE_EVERY_S: Final = 0.1

_SHORT_S: Final = 0.3
"""Work below this many seconds shows no progress."""


class RunningAhead:
    """Leads to a level of R, and says how far it is, to a time as well.

    Parameters
    ----------
    simulation
        What runs.
    intent
        Says where the user wants to be.
    current
        Knows whether a run is repeated, whose time line shows the way to a time.
    presenting
        Shows the progress.
    screen
        Says how it ended.
    """

    def __init__(
        self,
        simulation: Simulation,
        intent: Intent,
        current: CurrentRun,
        presenting: Presenting,
        screen: Screen,
    ) -> None:
        self._simulation = simulation
        self._intent = intent
        self._current = current
        self._presenting = presenting
        self._screen = screen
        self._goal: OrderGoal | None = None
        self._run: object = None
        self._note_due: float | None = None

    def pursue(self, budget_s: float) -> bool:
        """Run ahead to the level of R that is wanted; whether that is over."""
        level = self._intent.until_order
        if level is None:
            return True
        run, now = self._simulation.interventions, self._simulation.now
        if self._goal is None or self._goal.level != level or self._run is not run:
            self._goal = OrderGoal(self._simulation, level, now + LONGEST_AHEAD_S)
            self._run = run
        if not self._goal.pursue(budget_s):
            return False
        self._intent.drop_until_order()
        self._intent.drop_playing()
        self._screen.show_toast(self._outcome(self._goal))
        self._goal = None
        return True

    def cancel(self) -> None:
        """Stay where it is by now, paused."""
        if not self._words():
            return
        self._intent.drop_until_order()
        self._intent.drop_seek()
        self._intent.drop_playing()
        self._goal = None
        self._screen.show_toast(f"Stopped at {self._simulation.now:,.1f} s")

    def note(self, wall: float) -> None:
        """After each frame: say how far it is, or take that away."""
        words = self._words()
        if words and self._note_due is None:
            self._note_due = wall + _SHORT_S
        elif words and self._note_due is not None and wall >= self._note_due:
            self._note_due = wall + _NOTE_EVERY_S
            self._presenting.say(words, can_cancel=True)
        elif not words and self._note_due is not None:
            self._note_due = None
            self._presenting.say("")

    def _words(self) -> str:
        """How far it is; nothing if it isn't on its way."""
        instant, seek, level = self._simulation.instant, self._intent.seek, self._intent.until_order
        if level is not None:
            return f"Running until R > {level:g}: R {instant.coherence:.2f} at {instant.t:,.0f} s"
        if seek is None or self._intent.wanted_session(self._current.session) is not None:
            return ""
        return f"Running to {seek:,.1f} s: {instant.t:,.0f} s"

    def _outcome(self, goal: OrderGoal) -> str:
        instant = self._simulation.instant
        if not goal.is_reached:
            where = "to the end of the run" if self._simulation.is_following else (
                f"for {instant.t - goal.begin:,.0f} s"
            )  # fmt: skip
            return f"R has not come above {goal.level:g} {where}: paused at {instant.t:,.1f} s"
        r = math.floor(instant.coherence * 10_000) / 10_000
        if instant.t == goal.begin:
            return f"R is above {goal.level:g} already: {r:.4f}"
        where = f"above {goal.level:g} for the first time"
        return f"R is {r:.4f}, {where}: paused at {instant.t:,.3f} s"
