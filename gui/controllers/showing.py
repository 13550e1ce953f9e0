"""The showing of a run: its pictures, figures and instruments."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from experiments import Parameters, Simulation
from gui.controllers.advancing import Advancing
from gui.controllers.instruments import Instruments
from gui.controllers.pictures import Pictures
from gui.controllers.readouts import Readouts
from gui.controllers.screen import Screen
from gui.models.allowance import Allowance
from gui.models.coherence_trace import Mark, MarkKeeper
from gui.models.current_run import CurrentRun
from gui.models.findings import Findings
from gui.models.intent import Intent
from gui.models.metrics import Metrics
from gui.models.place import Place
from gui.models.problems import Problem
from gui.picture.painting import Painting


class Showing:
    """Shows the state of the run, each part as often as it can be seen.

    Parameters
    ----------
    simulation
        What is shown.
    intent
        What the user wants to see.
    current
        What is known of the run.
    findings
        Take what is said in words.
    screen
        Where the rest shows.
    metrics
        What was measured.
    painting
        Makes the pictures.
    advancing
        Knows how fast they follow each other.
    allowance
        Knows whether the processor is busy elsewhere.

    Attributes
    ----------
    marks
        The changes that plots over time show.
    """

    def __init__(
        self,
        simulation: Simulation,
        intent: Intent,
        current: CurrentRun,
        findings: Findings,
        screen: Screen,
        metrics: Metrics,
        painting: Painting,
        advancing: Advancing,
        allowance: Allowance,
    ) -> None:
        self._simulation = simulation
        self._intent = intent
        self._screen = screen
        self._painting = painting
        self.marks = MarkKeeper()
        self._readouts = Readouts(
            findings, screen, metrics, advancing.meter, intent, current, allowance
        )
        self._pictures = Pictures(simulation, intent, current, screen, painting, advancing, metrics)

    @property
    def has_new_picture(self) -> bool:
        """Whether the last frame brought another picture."""
        return self._pictures.is_new

    @property
    def is_up_to_date(self) -> bool:
        """Whether all that anybody can see shows the present, and stays as it is."""
        if not (self._pictures.is_final and self._pictures.is_marked):
            return False
        return self._instruments.is_up_to_date(self._simulation)

    # -- a frame ------------------------------------------------------------------------

    def show_picture(self, wall: float, *, is_taken: bool) -> None:
        """Show a picture if it would differ, and if somebody sees it or a watcher wants it."""
        if self._screen.is_showing() or is_taken:
            self._pictures.show(wall)
        else:
            self._pictures.rest()

    def show_more(self, wall: float, scarcity: float) -> None:
        """Show figures, and an instrument; see :meth:`Instruments.show_next`."""
        self._readouts.show(self._simulation, self._painting, wall)
        if self._screen.is_showing():
            self._instruments.show_next(self._simulation, wall, scarcity)

    def show_all(self, wall: float) -> None:
        """Show figures, and every instrument that anybody can see."""
        self._readouts.show(self._simulation, self._painting, wall)
        if self._screen.is_showing():
            self._instruments.show_all(self._simulation, wall)

    def pass_over(self) -> None:
        """The run came here with nothing shown on the way: what was found there is no news."""
        self._readouts.pass_over(self._simulation)

    def show_problem(self, problem: Problem) -> None:
        """Say that something has gone wrong, and keep it in the list."""
        self._readouts.show_problem(problem)

    # -- another run, or moment ---------------------------------------------------------

    def close_run(self) -> None:
        """The swarm is about to end: add its counts to those of earlier ones."""
        self._readouts.close_run(self._simulation)

    def forget(self, parameters: Parameters) -> None:
        """Begin with nothing seen: the first run, or another."""
        self._painting.begin_anew(parameters)
        self.marks.begin_anew()
        self._make_instruments()
        self._readouts.begin_anew()
        self._pictures.forget(n_marked=0)
        self._screen.show_marks(np.zeros(parameters.n_fireflies, dtype=np.uint8))
        self._screen.show_defects(None)

    def clear(self, parameters: Parameters, marks: Sequence[Mark]) -> None:
        """Forget the run before, and show a swarm to which nothing has happened yet.

        Parameters
        ----------
        parameters
            Of the swarm that is about to be made.
        marks
            Changes that there will be.
        """
        self.forget(parameters)
        self.marks.begin_anew(marks)
        self._instruments.show_empty(parameters)
        self._readouts.show_start(parameters, self._simulation.kind_for(parameters))
        self.show_dark(parameters)

    def show_dark(self, parameters: Parameters) -> None:
        """Show a swarm of which nothing has been seen."""
        dark = self._painting.dark(parameters)
        self._screen.show_frame(dataclasses.replace(dark, is_evened=False))

    def return_to(self, place: Place) -> None:
        """The run goes on from a place: it shows as it did then."""
        self.forget(place.parameters)
        self.marks.begin_anew(place.marks)
        self._painting.return_to(self._simulation, place.memory, place.history, place.history_age)
        self._make_instruments()
        self.pass_over()
        self._pictures.forget()

    def go_to_moment(self) -> None:
        """The run that is repeated is at another moment."""
        self._readouts.begin_anew()
        self.pass_over()
        self._pictures.forget()

    def branch(self) -> None:
        """The run goes on from here as a new one: drop the changes that were still to come."""
        self.pass_over()
        now = self._simulation.now
        self.marks.marks[:] = [mark for mark in self.marks.marks if mark.t <= now]

    def _make_instruments(self) -> None:
        self._instruments = Instruments(
            self._screen, self._painting, self.marks, self._intent, self._readouts
        )
