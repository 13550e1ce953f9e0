"""The zoom of the plots over time: the part of the run that they show, and of the fireflies."""

from __future__ import annotations

from typing import Final

from experiments import Simulation
from gui.models.axis_part import WHOLE_AXIS
from gui.models.intent import Intent
from gui.models.time_window import TimeWindow, latest_window, shifted, whole_window, zoomed

_FEWEST_ROWS: Final = 5
"""Fireflies that a plot shows at least of those that have a row each."""


class TimeZoom:
    """Turns what is done to a plot into a wish for all of them.

    Parameters
    ----------
    simulation
        Asked how long the run is by now.
    intent
        Where the wish goes.
    """

    def __init__(self, simulation: Simulation, intent: Intent) -> None:
        self._simulation = simulation
        self._intent = intent

    def zoom(self, factor: float, about: float) -> None:
        """Show less or more of the run, about a time that stays put, seconds."""
        now = self._simulation.now
        self._intent.time_window = zoomed(self._shown(), factor, about, now)

    def move(self, by: float) -> None:
        """Show another part of the run, `by` seconds later."""
        self._intent.time_window = shifted(self._shown(), by, self._simulation.now)

    def show_all(self) -> None:
        """Show all of the run, as it grows."""
        self._intent.time_window = None

    def show_latest(self) -> None:
        """Follow the present: the last five periods."""
        period = self._simulation.parameters.period
        self._intent.time_window = latest_window(self._simulation.now, period)

    def zoom_rows(self, factor: float, about: float) -> None:
        """Show fewer or more fireflies, about a share of all of them that stays put."""
        least = _FEWEST_ROWS / self._simulation.parameters.n_fireflies
        self._intent.whose = self._intent.whose.zoomed(factor, about, least)

    def move_rows(self, share: float) -> None:
        """Show fireflies of higher ids, by a share of those that show."""
        self._intent.whose = self._intent.whose.moved(share)

    def show_all_rows(self) -> None:
        """Show all fireflies."""
        self._intent.whose = WHOLE_AXIS

    def _shown(self) -> TimeWindow:
        now, wanted = self._simulation.now, self._intent.time_window
        return whole_window(now) if wanted is None else wanted.at(now)
