"""Pictures of the grid: shown if they would differ from what shows."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments import Instant, Simulation, defects_of, status_after
from gui.controllers.advancing import Advancing
from gui.controllers.screen import Screen
from gui.models.current_run import CurrentRun
from gui.models.intent import Intent
from gui.models.metrics import Metrics
from gui.picture.painting import Painting

_AHEAD_EVERY_S: Final = 0.1

_MARKING_S: Final = 0.05
_MARKING_S_PER_FIREFLY: Final = 4e-6
"""Seconds between two markings of defects at least, and for each firefly of a large swarm."""


class Pictures:
    """Shows the fireflies, and marks those that something was done to.

    Parameters
    ----------
    simulation
        What is shown.
    intent
        What the colours mean, and whether time passes.
    current
        Learns whether something was painted.
    screen
        Where it shows.
    painting
        Makes the pictures.
    advancing
        Knows how fast they follow each other.
    metrics
        Learns when there is nothing to paint.

    Attributes
    ----------
    is_final
        Whether what shows stays as it is as long as nothing happens.
    is_new
        Whether the last frame brought another one.
    """

    def __init__(
        self,
        simulation: Simulation,
        intent: Intent,
        current: CurrentRun,
        screen: Screen,
        painting: Painting,
        advancing: Advancing,
        metrics: Metrics,
    ) -> None:
        self._simulation = simulation
        self._intent = intent
        self._current = current
        self._screen = screen
        self._painting = painting
        self._advancing = advancing
        self._metrics = metrics
        self._n_marked: int | None = 0
        self._status_marked: NDArray[np.uint8] | None = None
        self._ahead_due = -math.inf
        self._marked: Instant | None = None
        self._marks_due = -math.inf
        self.is_final = self.is_new = False

    @property
    def is_marked(self) -> bool:
        """Whether the defects that are marked are those of the present."""
        return not self._intent.marks_defects or self._marked is self._simulation.instant

    def forget(self, n_marked: int | None = None) -> None:
        """Another run or moment, of which this many interventions show; None if unknown."""
        self._n_marked, self._status_marked = n_marked, None

    def rest(self) -> None:
        """Nobody looks: paint nothing."""
        self.is_new = False
        self._metrics.note_rest()
        self._painting.rest(self._simulation)

    def show(self, wall: float) -> None:
        """Show what there is to see at `wall` seconds."""
        self._show_picture(wall)
        self._show_marks()
        self._show_defects(wall)

    def _show_picture(self, wall: float) -> None:
        """Show a picture if it would differ from the one that shows.

        While the run is on its way to somewhere else there are fewer: painting takes its time.
        """
        self.is_new = False
        simulation, intent = self._simulation, self._intent
        if intent.is_elsewhere and wall < self._ahead_due:
            self.is_final = False
            return
        self._ahead_due = wall + _AHEAD_EVERY_S
        is_still = not intent.is_playing and not intent.is_elsewhere
        self.is_final = self._painting.is_up_to_date(simulation, intent.view, is_still=is_still)
        if self.is_final:
            if not intent.is_playing:
                self._metrics.note_rest()
            return
        # A step is shown as it is: nothing moves on its own, and the guard does the rest.
        speed = self._advancing.display_speed
        frame = self._painting.make(simulation, intent.view, speed, wall)
        if frame is not None:
            self.is_new = True
            self._screen.show_frame(frame)

    def _show_defects(self, wall: float) -> None:
        """Mark the phase defects of the instant that shows, if they are wanted."""
        instant, is_wanted = self._simulation.instant, self._intent.marks_defects
        if not is_wanted:
            if self._marked is not None:
                self._marked = None
                self._screen.show_defects(None)
        elif instant is not self._marked and wall >= self._marks_due:
            self._marked = instant
            pause = _MARKING_S_PER_FIREFLY * instant.parameters.n_fireflies
            self._marks_due = wall + max(_MARKING_S, pause)
            self._screen.show_defects(defects_of(instant))

    def _show_marks(self) -> None:
        """Show which fireflies something was done to, if that has changed."""
        simulation = self._simulation
        if simulation.instant.n_interventions != self._n_marked:
            self._n_marked = simulation.instant.n_interventions
            if (status := simulation.status) is self._status_marked:
                return  # it was a parameter
            self._status_marked = status
            self._screen.show_marks(status)
            first = status_after(self._current.beginning.first, simulation.parameters.side)
            self._current.is_painted = bool((status != first).any())
