"""The instruments around the grid: each is shown now and then, and only if somebody can see it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from experiments import Simulation
from gui.controllers.screen import Screen
from gui.instruments.phases import phase_circle, phase_histogram
from gui.instruments.rate_trace import rate_curve
from gui.models.coherence_trace import MarkKeeper, curve
from gui.models.flash_history import FlashHistory
from gui.models.intent import Intent
from gui.models.panels import PanelName

_INTERVALS_S: Final = {
    PanelName.CIRCLE: 1 / 12,
    PanelName.COHERENCE: 1 / 10,
    PanelName.HISTOGRAM: 1 / 8,
    PanelName.RASTER: 1 / 8,
    PanelName.RATE: 1 / 6,
}
"""Seconds of wall time between two pictures of an instrument; longer for large swarms."""

_SMALL_SWARM: Final = 10_000


@dataclass(slots=True)
class _Turn:
    """When an instrument is due, seconds of wall time, and what it shows."""

    due: float = -math.inf
    moment: tuple[object, ...] | None = None


class Instruments:
    """Shows one instrument a frame at most, the one that has waited longest.

    Parameters
    ----------
    screen
        Where they show.
    history
        The flashes so far.
    marks
        The changes so far.
    intent
        Says which part of the run those over time show.
    """

    def __init__(
        self, screen: Screen, history: FlashHistory, marks: MarkKeeper, intent: Intent
    ) -> None:
        self._screen = screen
        self._intent = intent
        self._window = intent.time_window
        self._history = history
        self._marks = marks
        self._turns = {name: _Turn() for name in _INTERVALS_S}
        self._shows: dict[PanelName, Callable[[Simulation], None]] = {
            PanelName.COHERENCE: self._show_curve,
            PanelName.CIRCLE: self._show_circle,
            PanelName.HISTOGRAM: self._show_histogram,
            PanelName.RASTER: self._show_raster,
            PanelName.RATE: self._show_rate,
        }

    def hurry(self, name: PanelName) -> None:
        """Let an instrument be due at once: something of it has changed."""
        self._turns[name] = _Turn()

    def show_next(self, simulation: Simulation, wall: float, scarcity: float = 1.0) -> None:
        """Show the instrument that is due longest, if there is one to see that would differ.

        Parameters
        ----------
        simulation
            What they show.
        wall
            Wall time, seconds.
        scarcity
            How many times as long as usual they wait: so that pictures of the grid come first.
        """
        if self._intent.time_window != self._window:
            self._window = self._intent.time_window
            self.hurry(PanelName.COHERENCE)
            self.hurry(PanelName.RATE)
        due = [
            name
            for name, turn in self._turns.items()
            if wall >= turn.due
            and self._screen.is_seen(name)
            and self._moment(name, simulation) != turn.moment
        ]
        if due:
            name = min(due, key=lambda name: self._turns[name].due)
            self._show(name, simulation, wall, scarcity)

    def is_up_to_date(self, simulation: Simulation) -> bool:
        """Whether all that anybody can see shows the present."""
        return all(
            self._moment(name, simulation) == turn.moment or not self._screen.is_seen(name)
            for name, turn in self._turns.items()
        )

    def show_all(self, simulation: Simulation, wall: float) -> None:
        """Show every instrument that anybody can see."""
        for name in self._turns:
            if self._screen.is_seen(name):
                self._show(name, simulation, wall)

    def _show(
        self, name: PanelName, simulation: Simulation, wall: float, scarcity: float = 1.0
    ) -> None:
        self._shows[name](simulation)
        slower = scarcity * max(1.0, simulation.parameters.n_fireflies / _SMALL_SWARM)
        self._turns[name] = _Turn(
            wall + _INTERVALS_S[name] * slower, self._moment(name, simulation)
        )

    def _moment(self, name: PanelName, simulation: Simulation) -> tuple[object, ...]:
        """All that the picture of an instrument depends on."""
        instant = simulation.instant
        moment = (instant.t, instant.n_flashes, instant.n_interventions, instant.parameters)
        if name is PanelName.COHERENCE:
            return *moment, len(simulation.coherence), len(self._marks.marks), self._window
        if name is PanelName.RASTER:
            return *moment, self._screen.raster_size()
        if name is PanelName.RATE:
            return *moment, self._window
        return moment

    def _show_curve(self, simulation: Simulation) -> None:
        instant, marks = simulation.instant, self._marks.marks
        shown = curve(simulation.coherence, instant.t, marks, self._window)
        self._screen.show_curve(shown.until(instant.t, instant.coherence))

    def _show_circle(self, simulation: Simulation) -> None:
        instant = simulation.instant
        self._screen.show_circle(phase_circle(instant.phases, instant.order, instant.parameters))

    def _show_histogram(self, simulation: Simulation) -> None:
        instant = simulation.instant
        self._screen.show_histogram(phase_histogram(instant.phases, instant.parameters))

    def _show_raster(self, simulation: Simulation) -> None:
        rows, columns = self._screen.raster_size()
        instant = simulation.instant
        self._screen.show_raster(self._history.raster(instant.t, instant.parameters, rows, columns))

    def _show_rate(self, simulation: Simulation) -> None:
        instant = simulation.instant
        self._screen.show_rate(rate_curve(self._history, instant.t, self._window))
