"""Wishes about time: to be at another one, or where R comes above a level."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from experiments import Session, Simulation
from gui.controllers.screen import Screen
from gui.models.current_run import CurrentRun
from gui.models.intent import Intent
from gui.models.time_words import TimeTextError, parse_level, parse_time

_LEVEL_AT_FIRST: Final = 0.99
_RESTARTING: Final = "A new swarm is being made: wait until it is there"


class TimeWishes:
    """Turns times and levels of R that are typed into wishes.

    Parameters
    ----------
    simulation
        Asked how far it is.
    intent
        Where the wishes go.
    current
        Knows what is repeated, and what the run began with.
    screen
        Says what going back means.
    session_until_now
        Gives the run as a session.
    """

    def __init__(
        self,
        simulation: Simulation,
        intent: Intent,
        current: CurrentRun,
        screen: Screen,
        session_until_now: Callable[[], Session],
    ) -> None:
        self._simulation = simulation
        self._intent = intent
        self._current = current
        self._screen = screen
        self._session_until_now = session_until_now
        self._level = _LEVEL_AT_FIRST

    @property
    def time_text(self) -> str:
        """The present time, to be typed over."""
        return f"{self._simulation.instant.t:.1f}"

    @property
    def level_text(self) -> str:
        """The level of R wanted last, to be typed over."""
        return f"{self._level:g}"

    def go_to(self, text: str) -> str:
        """Want to be at a time that was typed; gives a sentence if that can't be.

        Ahead the run goes there as fast as possible. Back it is repeated to there, to the bit:
        what was is looked at, and only branching off makes it another run.
        """
        try:
            t = parse_time(text)
        except TimeTextError as refused:
            return str(refused)
        if (session := self._intent.wanted_session(self._current.session)) is not None:
            if t > session.end:
                return f"The run that is repeated ends at {session.end:,.1f} s"
            self._intent.drop_until_order()
            self._intent.seek = t
        elif self._intent.restart is not None:
            return _RESTARTING
        elif t >= self._simulation.now:
            self._intent.drop_until_order()
            self._intent.seek = t
        else:
            self._go_back(t)
        return ""

    def run_until(self, text: str) -> str:
        """Want R to come above a level that was typed; gives a sentence if that can't be."""
        try:
            level = parse_level(text)
        except TimeTextError as refused:
            return str(refused)
        if self._intent.restart is not None:
            return _RESTARTING
        self._level = level
        self._intent.drop_seek()
        self._intent.until_order = level
        return ""

    def _go_back(self, t: float) -> None:
        self._simulation.settle()
        session, is_playing = self._session_until_now(), self._intent.is_playing
        self._intent.repeat(
            session, f"going back to {t:,.1f} s", beginning=self._current.beginning, seek=t
        )
        self._intent.is_playing = is_playing
        self._screen.show_toast(
            f"Back to {t:,.1f} s of {session.end:,.1f} s: the run is repeated, flash for flash. "
            "B makes it a new one from there, Ctrl+Z is the way back"
        )
